import { SallyportError } from '../../core/errors.ts';
import type { PrincipalRef } from '../../core/events.ts';
import type { Secret } from '../../core/secret.ts';
import type { Account } from '../accounts.ts';
import { getAccount, hasSecondFactor, lockAccount, refuseOverOwner } from '../accounts.ts';
import type { Ground, Work } from '../ground.ts';
import { change, resourceOf } from '../ground.ts';
import type { SignInContext } from '../identity.ts';
import { recordFailure } from '../lockout.ts';
import { notify } from '../notices/notices.ts';
import { forgetPendings } from '../pendings.ts';
import { demandOf } from '../policy/mfa-policy.ts';
import { replaceRecoveryCodes } from '../second-factor.ts';
import { endSessionsOf } from '../sessions.ts';
import type { MadeCredential } from './answers.ts';
import { challengeOf, checkRegistration, readRegistration } from './answers.ts';
import { namesOf, offerRegistration } from './ceremonies.ts';
import type { Bond } from './challenges.ts';
import { claimChallenge } from './challenges.ts';
import type { Answer, Ceremony, Passkey } from './passkeys.ts';
import { passkeysMax } from './passkeys.ts';
import { getRow, parsePasskeyName, passkeyRefused, rowsOf, toPasskey } from './rows.ts';
import { targetOf } from './use.ts';

const bondOf = (input: { userId: string; sessionId: string }): Bond => ({
  purpose: 'register',
  userId: input.userId,
  binding: input.sessionId,
});

/** Options to make one more; none twice on one authenticator. */
export async function beginOwn(ground: Ground, input: { userId: string; sessionId: string }): Promise<Ceremony> {
  const { user } = await getAccount(ground.db, input.userId);
  const held = await rowsOf(ground.db, input.userId);
  if (held.length >= passkeysMax) throw tooMany();
  return offerRegistration(ground, { user, held, bond: bondOf(input) });
}

/** Keeps it; other sessions of the person end. */
export async function addOwn(
  ground: Ground,
  by: PrincipalRef,
  input: { userId: string; sessionId: string; name: string; answer: Answer },
  ctx: SignInContext,
): Promise<{ passkey: Passkey; recoveryCodes: readonly Secret[] }> {
  const made = await readMade(ground, { answer: input.answer, bond: bondOf(input) }, ctx);
  return change(ground, async work => {
    const account = await lockAccount(work, input.userId);
    if (account.user.disabled) throw refusedMaking();
    const kept = await keepPasskey(work, by, account, { made, name: input.name, ctx });
    await forgetPendings(work, input.userId);
    await endSessionsOf(work, input.userId, { by, reason: 'mfa_changed', keep: input.sessionId });
    work.told.users.set(input.userId, (await getAccount(work.tx, input.userId)).user);
    return kept;
  });
}

/** A checked credential; its challenge is used up. Throws `identity.passkey_refused`, recorded. */
export async function readMade(
  ground: Ground,
  input: { answer: Answer; bond: Bond },
  ctx: SignInContext,
): Promise<MadeCredential> {
  const answer = readRegistration(input.answer);
  const challenge = answer && challengeOf(answer);
  const isClaimed = challenge !== undefined && (await claimChallenge(ground, challenge, input.bond));
  const made = answer && isClaimed ? await checkRegistration(answer, challenge, namesOf(ground)) : undefined;
  if (made) return made;
  const target = await targetOf(ground, input.bond.userId ?? undefined, ctx);
  await recordFailure(ground, target, { reason: isClaimed ? 'wrong' : 'challenge' });
  throw refusedMaking();
}

/** The row and the record; recovery codes where there are none yet. Needs the account locked. */
export async function keepPasskey(
  work: Work,
  by: PrincipalRef,
  account: Account,
  given: { made: MadeCredential; name: string; ctx: SignInContext },
): Promise<{ passkey: Passkey; recoveryCodes: readonly Secret[] }> {
  const { ground, tx } = work;
  const { user } = account;
  const { made } = given;
  const held = await rowsOf(tx, user.id);
  if (held.length >= passkeysMax) throw tooMany();
  const taken = await tx
    .selectFrom('identity_passkeys')
    .select('id')
    .where('credential_id', '=', made.credentialId)
    .executeTakeFirst();
  // Section 7.1 step 26: a credential id belongs to one account.
  if (taken) throw passkeyRefused('This passkey is registered already.');
  const row = {
    id: ground.newId(),
    user_id: user.id,
    credential_id: made.credentialId,
    public_key: made.publicKey,
    sign_count: made.signCount,
    name: parsePasskeyName(given.name),
    transports: made.transports,
    synced: made.synced ? 1 : 0,
    backed_up: made.backedUp ? 1 : 0,
    aaguid: made.aaguid,
    created_at: ground.now(),
    last_used_at: null,
  };
  await work.record({
    type: 'user.mfa_enrolled',
    outcome: 'success',
    principal: by,
    action: 'user.enrol_mfa',
    resource: resourceOf(user),
    data: { method: 'passkey', name: row.name },
  });
  await tx.insertInto('identity_passkeys').values(row).execute();
  await notify(work, { userId: user.id, kind: 'factor_added', what: row.name, clientIp: given.ctx.clientIp });
  const recoveryCodes = hasSecondFactor(account) ? [] : await replaceRecoveryCodes(work, by, user);
  return { passkey: toPasskey(row), recoveryCodes };
}

export async function renameOwn(
  ground: Ground,
  by: PrincipalRef,
  input: { userId: string; id: string; name: string },
): Promise<Passkey> {
  const name = parsePasskeyName(input.name);
  return change(ground, async work => {
    const { user } = await lockAccount(work, input.userId);
    const row = await getRow(work.tx, input.userId, input.id);
    if (row.name === name) return toPasskey(row);
    await work.record({
      type: 'user.updated',
      outcome: 'success',
      principal: by,
      action: 'user.update',
      resource: resourceOf(user),
      data: { changed: ['passkey name'] },
    });
    await work.tx.updateTable('identity_passkeys').set({ name }).where('id', '=', row.id).execute();
    return toPasskey({ ...row, name });
  });
}

/** Takes one away, with the recovery codes when it was the last factor. */
export async function removePasskey(
  ground: Ground,
  by: PrincipalRef,
  input: { userId: string; id: string; keepSessionId?: string },
): Promise<void> {
  const { userId } = input;
  await change(ground, async work => {
    const account = await lockAccount(work, userId);
    await refuseOverOwner(work, by, { current: account.user });
    const row = await getRow(work.tx, userId, input.id);
    const isOwn = by.kind === 'user' && by.id === userId;
    const left = { totp: account.totp !== null, passkeys: account.user.factors.passkeys - 1 };
    if (isOwn) await refuseMissingFactor(work, account, left);
    await work.record({
      type: 'user.mfa_removed',
      outcome: 'success',
      principal: by,
      action: 'user.remove_mfa',
      resource: resourceOf(account.user),
      data: { method: 'passkey', name: row.name },
    });
    await work.tx.deleteFrom('identity_passkeys').where('id', '=', row.id).execute();
    if (!left.totp && left.passkeys === 0) {
      await work.tx.deleteFrom('identity_recovery_codes').where('user_id', '=', userId).execute();
    }
    await notify(work, { userId, kind: 'factor_removed', what: row.name, ...(isOwn ? {} : { by: by.name }) });
    await forgetPendings(work, userId);
    const keep = isOwn ? input.keepSessionId : undefined;
    await endSessionsOf(work, userId, { by, reason: 'mfa_changed', ...(keep === undefined ? {} : { keep }) });
    work.told.users.set(userId, (await getAccount(work.tx, userId)).user);
  });
}

/** Throws `identity.mfa_compulsory` where what would be left is less than policy wants of the person. */
export async function refuseMissingFactor(
  work: Work,
  account: Account,
  left: { readonly totp: boolean; readonly passkeys: number },
): Promise<void> {
  if (left.passkeys > 0) return;
  const demand = await demandOf(work.ground, work.tx, account);
  if (demand === 'none' || (demand === 'mfa' && left.totp)) return;
  const detail =
    demand === 'phishing_resistant'
      ? 'Your role signs in with a passkey: add another one first.'
      : 'A second factor is compulsory for your role, for a group of yours, or for a password as short as yours.';
  const message = `Cannot take the factor of "${account.user.id}": ${detail}`;
  throw new SallyportError('identity.mfa_compulsory', message, { detail });
}

function tooMany(): SallyportError {
  return passkeyRefused(`There are ${passkeysMax} passkeys already. Remove one that is not used.`);
}

function refusedMaking(): SallyportError {
  return passkeyRefused('It was not made for this gate, took too long, or did not ask who you are. Try again.');
}
