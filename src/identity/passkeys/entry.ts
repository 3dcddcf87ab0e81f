import { assuranceOf } from '../../core/assurance.ts';
import type { Secret } from '../../core/secret.ts';
import { findAccount, getAccount, hasSecondFactor, lockAccount } from '../accounts.ts';
import { readOrigin } from '../federation/origin.ts';
import { voucherOf } from '../federation/vouched.ts';
import type { Ground } from '../ground.ts';
import { change, principalOf } from '../ground.ts';
import type { SignInContext, SignInStep } from '../identity.ts';
import type { PendingRow } from '../pendings.ts';
import { claimPending, findPending, forgetPendings } from '../pendings.ts';
import { codeInvalid } from '../second-factor.ts';
import { endSessionsOf, getLiveRow, parseMethods, renewSession } from '../sessions.ts';
import { proceed } from '../sign-in.ts';
import { sha256 } from '../tokens.ts';
import { offerAssertion, offerRegistration } from './ceremonies.ts';
import type { Bond, Purpose } from './challenges.ts';
import { keepPasskey, readMade } from './own.ts';
import type { Answer, Ceremony } from './passkeys.ts';
import { passkeyRefused, rowsOf } from './rows.ts';
import { judgeAnswer, noteUse } from './use.ts';

const browserBond = (browser: Secret): Bond => ({
  purpose: 'sign_in',
  userId: null,
  binding: sha256(browser.reveal()),
});

const pendingBond = (purpose: Purpose, row: PendingRow): Bond => ({
  purpose,
  userId: row.user_id,
  binding: row.token_hash,
});

/** Options for anybody: they name nobody, so they tell nothing of who has a passkey. */
export function beginSignIn(ground: Ground, browser: Secret): Promise<Ceremony> {
  return offerAssertion(ground, { bond: browserBond(browser) });
}

/** Signs in by a passkey alone: it is kept and unlocked, two factors in one. A lock against guessed passwords does not keep it out. */
export async function signInByPasskey(
  ground: Ground,
  input: { browser: Secret; answer: Answer },
  ctx: SignInContext,
): Promise<SignInStep> {
  const use = await judgeAnswer(ground, { answer: input.answer, bond: browserBond(input.browser) }, ctx);
  if (!use) return { state: 'refused' };
  return change(ground, async work => {
    const account = await lockAccount(work, use.row.user_id);
    if (account.user.disabled || !(await noteUse(work, use))) return { state: 'refused' };
    return proceed(work, { account, methods: ['passkey'], ctx, origin: await voucherOf(work, account.user) });
  });
}

export async function beginSecond(ground: Ground, pending: Secret): Promise<Ceremony> {
  const row = await findPending(ground, 'totp', pending);
  if (!row) throw codeInvalid();
  return offerAssertion(ground, { held: await rowsOf(ground.db, row.user_id), bond: pendingBond('second', row) });
}

/** The second factor; a pending sign-in is good for one success. */
export async function answerSecond(
  ground: Ground,
  input: { pending: Secret; answer: Answer },
  ctx: SignInContext,
): Promise<SignInStep> {
  const row = await findPending(ground, 'totp', input.pending, ctx.host);
  if (!row) return { state: 'refused' };
  const use = await judgeAnswer(ground, { answer: input.answer, bond: pendingBond('second', row) }, ctx);
  if (!use) return { state: 'refused' };
  return change(ground, async work => {
    const account = await lockAccount(work, row.user_id);
    if (account.user.disabled || !(await noteUse(work, use))) return { state: 'refused' };
    if (!(await claimPending(work, row.token_hash))) return { state: 'refused' };
    return proceed(work, {
      account,
      methods: [...parseMethods(row.methods), 'passkey'],
      ctx,
      origin: readOrigin(row.origin),
    });
  });
}

export async function beginEnrolment(ground: Ground, pending: Secret): Promise<Ceremony> {
  const row = await findPending(ground, 'enrolment', pending);
  const account = row && (await findAccount(ground.db, { id: row.user_id }));
  if (!row || !account) throw codeInvalid();
  const held = await rowsOf(ground.db, row.user_id);
  return offerRegistration(ground, { user: account.user, held, bond: pendingBond('enrol', row) });
}

/**
 * Makes the first passkey on the way in, and goes on. Who has a second factor by now and has not given it is refused: a password alone
 * cannot put another device in place of theirs. All other sessions of the person end.
 */
export async function enrolPasskey(
  ground: Ground,
  input: { pending: Secret; name: string; answer: Answer },
  ctx: SignInContext,
): Promise<{ step: SignInStep; recoveryCodes: readonly Secret[] }> {
  const row = await findPending(ground, 'enrolment', input.pending, ctx.host);
  if (!row) throw codeInvalid();
  const made = await readMade(ground, { answer: input.answer, bond: pendingBond('enrol', row) }, ctx);
  return change(ground, async work => {
    const account = await lockAccount(work, row.user_id);
    const methods = parseMethods(row.methods);
    if (account.user.disabled || (hasSecondFactor(account) && assuranceOf(methods) === 'sfa')) throw codeInvalid();
    if (!(await claimPending(work, row.token_hash))) throw codeInvalid();
    const by = principalOf(account.user);
    const { recoveryCodes } = await keepPasskey(work, by, account, { made, name: input.name, ctx });
    await endSessionsOf(work, row.user_id, { by, reason: 'mfa_changed' });
    await forgetPendings(work, row.user_id);
    const enrolled = await getAccount(work.tx, row.user_id);
    const step = await proceed(work, {
      account: enrolled,
      methods: [...methods, 'passkey'],
      ctx,
      origin: readOrigin(row.origin),
    });
    return { step, recoveryCodes };
  });
}

/** Options to prove again who one is; throws where the person has no passkey. */
export async function beginProof(ground: Ground, sessionId: string): Promise<Ceremony> {
  const session = await getLiveRow(ground.db, sessionId, ground.now());
  const held = await rowsOf(ground.db, session.user_id);
  if (held.length === 0) throw passkeyRefused('There is no passkey on this account.');
  return offerAssertion(ground, { held, bond: { purpose: 'prove', userId: session.user_id, binding: session.id } });
}

/** The old session ends and a new one, with a new id and token, takes its place. */
export async function proveByPasskey(
  ground: Ground,
  input: { sessionId: string; answer: Answer },
  ctx: SignInContext,
): Promise<SignInStep> {
  const row = await getLiveRow(ground.db, input.sessionId, ground.now());
  if (row.host !== ctx.host) return { state: 'refused' };
  const bond: Bond = { purpose: 'prove', userId: row.user_id, binding: row.id };
  const use = await judgeAnswer(ground, { answer: input.answer, bond }, ctx);
  if (!use) return { state: 'refused' };
  return change(ground, async work => {
    const account = await lockAccount(work, row.user_id);
    const old = await getLiveRow(work.tx, row.id, ground.now());
    if (account.user.disabled || !(await noteUse(work, use))) return { state: 'refused' };
    return { state: 'signed_in', ...(await renewSession(work, { account, old, methods: ['passkey'], ctx })) };
  });
}
