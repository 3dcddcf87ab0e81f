import { assuranceOf } from '../core/assurance.ts';
import { isSallyportError, SallyportError } from '../core/errors.ts';
import type { PrincipalRef } from '../core/events.ts';
import type { Secret } from '../core/secret.ts';
import { findAccount, getAccount, hasSecondFactor, lockAccount, refuseOverOwner } from './accounts.ts';
import { foldEmail } from './email.ts';
import { readOrigin } from './federation/origin.ts';
import type { Ground } from './ground.ts';
import { change, principalOf, resourceOf } from './ground.ts';
import type { SignInContext, SignInStep, TotpEnrolment } from './identity.ts';
import { beginPersonalAttempt, clearPersonalAttempts, recordFailure } from './lockout.ts';
import { notify } from './notices/notices.ts';
import { refuseMissingFactor } from './passkeys/own.ts';
import { claimPending, countAttempt, findPending, forgetPendings } from './pendings.ts';
import { demandOf } from './policy/mfa-policy.ts';
import {
  codeInvalid,
  enrolmentOf,
  installTotp,
  replaceRecoveryCodes,
  tooManyAttempts,
  totpContext,
} from './second-factor.ts';
import { endSessionsOf, openSession, parseMethods } from './sessions.ts';
import { cleanCode, makeSeed, matchStep } from './totp.ts';

const attemptsMax = 10;
const pendingSeedMs = 15 * 60_000;
const pendingContext = (tokenHash: string): string => `identity/enrolment/${tokenHash}`;

/** The seed being enrolled by a pending sign-in: made once, the same until it is confirmed. */
export async function beginEnrolment(ground: Ground, pending: Secret): Promise<TotpEnrolment> {
  const row = await findPending(ground, 'enrolment', pending);
  const account = row && (await findAccount(ground.db, { id: row.user_id }));
  if (!row || !account) throw codeInvalid();
  const context = pendingContext(row.token_hash);
  await ground.db
    .updateTable('identity_pendings')
    .set({ sealed: ground.vault.seal(makeSeed(ground.random), context) })
    .where('token_hash', '=', row.token_hash)
    .where('sealed', 'is', null)
    .execute();
  const sealed = (await findPending(ground, 'enrolment', pending))?.sealed;
  if (sealed === undefined || sealed === null) throw codeInvalid();
  return enrolmentOf(ground, ground.vault.open(sealed, context), account.user.email);
}

/**
 * Confirms the seed with a first code and signs in. Refused when the person has a second factor by now: who knows a password alone cannot
 * put another device in place of theirs. All other sessions of the person end.
 */
export async function confirmEnrolment(
  ground: Ground,
  input: { pending: Secret; code: string },
  ctx: SignInContext,
): Promise<{ step: SignInStep; recoveryCodes: readonly Secret[] }> {
  const row = await findPending(ground, 'enrolment', input.pending, ctx.host);
  if (!row || row.sealed === null || !(await countAttempt(ground, row.token_hash, attemptsMax))) throw codeInvalid();
  const seed = ground.vault.open(row.sealed, pendingContext(row.token_hash));
  const step = matchStep(seed, cleanCode(input.code), { nowMs: ground.clock.now(), lastStep: 0 });
  if (step === undefined) {
    const account = await getAccount(ground.db, row.user_id);
    const target = { norm: foldEmail(account.user.email), userId: row.user_id, ctx, factor: 'totp' as const };
    await recordFailure(ground, target, { reason: 'wrong' });
    throw codeInvalid();
  }
  return change(ground, async work => {
    const account = await lockAccount(work, row.user_id);
    const isBehindFactor = hasSecondFactor(account) && assuranceOf(parseMethods(row.methods)) === 'sfa';
    if (account.user.disabled || account.totp !== null || isBehindFactor) throw codeInvalid();
    if ((await demandOf(ground, work.tx, account)) === 'phishing_resistant') throw codeInvalid();
    if (!(await claimPending(work, row.token_hash))) throw codeInvalid();
    const recoveryCodes = await installTotp(work, principalOf(account.user), account.user, { seed, step });
    const enrolled = await getAccount(work.tx, row.user_id);
    await endSessionsOf(work, row.user_id, { by: principalOf(account.user), reason: 'mfa_changed' });
    const methods = [...parseMethods(row.methods), 'totp' as const];
    const opened = await openSession(work, {
      ...{ account: enrolled, methods, ctx },
      origin: readOrigin(row.origin),
    });
    await forgetPendings(work, row.user_id);
    return { step: { state: 'signed_in' as const, ...opened }, recoveryCodes };
  });
}

/** A seed for a signed-in person, the same for 15 minutes or until it is confirmed. The factor in use stays until then. */
export async function beginTotp(ground: Ground, userId: string): Promise<TotpEnrolment> {
  return ground.db.transaction().execute(async tx => {
    const account = await getAccount(tx, userId);
    const now = ground.now();
    const pending = await tx
      .selectFrom('identity_factors')
      .selectAll()
      .where('user_id', '=', userId)
      .where('kind', '=', 'totp')
      .where('ref', '=', 'pending')
      .executeTakeFirst();
    if (pending && now - pending.created_at < pendingSeedMs) {
      return enrolmentOf(ground, ground.vault.open(pending.sealed, totpContext(userId)), account.user.email);
    }
    const seed = makeSeed(ground.random);
    const sealed = ground.vault.seal(seed, totpContext(userId));
    await tx
      .insertInto('identity_factors')
      .values({ user_id: userId, kind: 'totp', ref: 'pending', sealed, last_step: 0, created_at: now })
      .onConflict(conflict => conflict.columns(['user_id', 'kind', 'ref']).doUpdateSet({ sealed, created_at: now }))
      .execute();
    return enrolmentOf(ground, seed, account.user.email);
  });
}

/** Confirms it; the person's other sessions end. Throws `identity.code_invalid` or `identity.too_many_attempts`. */
export async function confirmTotp(
  ground: Ground,
  by: PrincipalRef,
  input: { userId: string; code: string; keepSessionId: string; ctx?: SignInContext },
): Promise<{ recoveryCodes: readonly Secret[] }> {
  const { ctx, userId } = input;
  const attempt = await beginPersonalAttempt(ground, 't', userId);
  if (attempt.waitMs > 0) throw tooManyAttempts(attempt.waitMs);
  const { user } = await getAccount(ground.db, userId);
  const target = ctx && { norm: foldEmail(user.email), userId, ctx, factor: 'totp' as const };
  return change(ground, async work => {
    const account = await lockAccount(work, userId);
    const pending = await work.tx
      .selectFrom('identity_factors')
      .selectAll()
      .where('user_id', '=', userId)
      .where('kind', '=', 'totp')
      .where('ref', '=', 'pending')
      .where('created_at', '>', ground.now() - pendingSeedMs)
      .executeTakeFirst();
    if (!pending) throw codeInvalid();
    const seed = ground.vault.open(pending.sealed, totpContext(userId));
    const step = matchStep(seed, cleanCode(input.code), { nowMs: ground.clock.now(), lastStep: 0 });
    if (step === undefined) throw codeInvalid();
    const recoveryCodes = await installTotp(work, by, account.user, { seed, step });
    await clearPersonalAttempts(work, 't', userId);
    await forgetPendings(work, userId);
    await endSessionsOf(work, userId, { by, reason: 'mfa_changed', keep: input.keepSessionId });
    work.told.users.set(userId, (await getAccount(work.tx, userId)).user);
    return { recoveryCodes };
  }).catch(async (error: unknown) => {
    // After the transaction is undone: the record of a wrong code must stay.
    if (target && isSallyportError(error, 'identity.code_invalid')) {
      await recordFailure(ground, target, { reason: 'wrong', lock: attempt.lock });
    }
    throw error;
  });
}

/** Takes the second factor away; all sessions of the person end. */
export async function removeTotp(ground: Ground, by: PrincipalRef, userId: string): Promise<void> {
  await change(ground, async work => {
    const account = await lockAccount(work, userId);
    await refuseOverOwner(work, by, { current: account.user });
    const isOwn = by.kind === 'user' && by.id === userId;
    const { passkeys } = account.user.factors;
    if (isOwn) await refuseMissingFactor(work, account, { totp: false, passkeys });
    if (account.totp === null) return;
    await work.record({
      type: 'user.mfa_removed',
      outcome: 'success',
      principal: by,
      action: 'user.remove_mfa',
      resource: resourceOf(account.user),
      data: { method: 'totp' },
    });
    await work.tx.deleteFrom('identity_factors').where('user_id', '=', userId).execute();
    if (passkeys === 0) {
      await work.tx.deleteFrom('identity_recovery_codes').where('user_id', '=', userId).execute();
    }
    await notify(work, {
      userId,
      kind: 'factor_removed',
      what: 'Authenticator app',
      ...(isOwn ? {} : { by: by.name }),
    });
    await forgetPendings(work, userId);
    await endSessionsOf(work, userId, { by, reason: 'mfa_changed' });
    work.told.users.set(userId, (await getAccount(work.tx, userId)).user);
  });
}

/** New recovery codes for a person with a second factor; the old ones are void. */
export function makeRecoveryCodesFor(ground: Ground, by: PrincipalRef, userId: string): Promise<readonly Secret[]> {
  return change(ground, async work => {
    const account = await lockAccount(work, userId);
    await refuseOverOwner(work, by, { current: account.user });
    if (!hasSecondFactor(account)) {
      const detail = 'There is no second factor that recovery codes could stand in for.';
      throw new SallyportError('store.conflict', `Cannot make recovery codes for "${userId}": ${detail}`, { detail });
    }
    await notify(work, { userId, kind: 'recovery_codes_made' });
    return replaceRecoveryCodes(work, by, account.user);
  });
}
