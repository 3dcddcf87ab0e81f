import { SallyportError } from '../core/errors.ts';
import type { AuthMethod, PrincipalRef } from '../core/events.ts';
import type { Secret } from '../core/secret.ts';
import type { Account } from './accounts.ts';
import { hasSecondFactor } from './accounts.ts';
import type { Ground, Work } from './ground.ts';
import { resourceOf } from './ground.ts';
import type { TotpEnrolment, User } from './identity.ts';
import { notify } from './notices/notices.ts';
import { cleanCode, hashRecoveryCode, makeRecoveryCodes, matchStep, seedUri } from './totp.ts';

/** Where a person's seed is sealed for: nobody else's row opens it. */
export const totpContext = (userId: string): string => `identity/totp/${userId}`;

/** Which factor a typed code can be. */
export function factorOf(typed: string): 'totp' | 'recovery_code' {
  return hashRecoveryCode(typed) === undefined ? 'totp' : 'recovery_code';
}

/**
 * Takes a second-factor code, which then works no more: the update that marks it is conditional, so that of two that come at once one is
 * taken. Needs the account locked. Undefined when the code is wrong, used, or there is no second factor.
 */
export async function takeCode(work: Work, account: Account, typed: string): Promise<AuthMethod | undefined> {
  const { ground, tx } = work;
  const userId = account.user.id;
  const recovery = hashRecoveryCode(typed);
  if (recovery !== undefined) {
    if (!hasSecondFactor(account)) return undefined;
    const taken = await tx
      .updateTable('identity_recovery_codes')
      .set({ used_at: ground.now() })
      .where('user_id', '=', userId)
      .where('code_hash', '=', recovery)
      .where('used_at', 'is', null)
      .returning('user_id')
      .executeTakeFirst();
    if (taken) await notify(work, { userId, kind: 'recovery_code_used' });
    return taken ? 'recovery_code' : undefined;
  }
  if (account.totp === null) return undefined;
  const seed = ground.vault.open(account.totp.sealed, totpContext(userId));
  const step = matchStep(seed, cleanCode(typed), { nowMs: ground.clock.now(), lastStep: account.totp.lastStep });
  if (step === undefined) return undefined;
  const taken = await tx
    .updateTable('identity_factors')
    .set({ last_step: step })
    .where('user_id', '=', userId)
    .where('kind', '=', 'totp')
    .where('ref', '=', 'active')
    .where('last_step', '<', step)
    .returning('user_id')
    .executeTakeFirst();
  return taken ? 'totp' : undefined;
}

/** Makes a confirmed seed the person's second factor in place of any other, with new recovery codes, and records both. */
export async function installTotp(
  work: Work,
  by: PrincipalRef,
  user: User,
  factor: { seed: Secret; step: number },
): Promise<readonly Secret[]> {
  const { ground, tx } = work;
  await work.record({
    type: 'user.mfa_enrolled',
    outcome: 'success',
    principal: by,
    action: 'user.enrol_mfa',
    resource: resourceOf(user),
    data: { method: 'totp' },
  });
  await tx.deleteFrom('identity_factors').where('user_id', '=', user.id).where('kind', '=', 'totp').execute();
  await tx
    .insertInto('identity_factors')
    .values({
      user_id: user.id,
      kind: 'totp',
      ref: 'active',
      sealed: ground.vault.seal(factor.seed, totpContext(user.id)),
      last_step: factor.step,
      created_at: ground.now(),
    })
    .execute();
  await notify(work, { userId: user.id, kind: 'factor_added', what: 'Authenticator app' });
  return replaceRecoveryCodes(work, by, user);
}

/** New recovery codes; the old ones are void. */
export async function replaceRecoveryCodes(work: Work, by: PrincipalRef, user: User): Promise<readonly Secret[]> {
  const { codes, hashes } = makeRecoveryCodes(work.ground.random);
  await work.record({
    type: 'user.recovery_codes_made',
    outcome: 'success',
    principal: by,
    action: 'user.make_recovery_codes',
    resource: resourceOf(user),
    data: { count: codes.length },
  });
  await work.tx.deleteFrom('identity_recovery_codes').where('user_id', '=', user.id).execute();
  await work.tx
    .insertInto('identity_recovery_codes')
    .values(hashes.map(hash => ({ user_id: user.id, code_hash: hash, used_at: null })))
    .execute();
  return codes;
}

/** What an authenticator app needs to know. */
export function enrolmentOf(ground: Ground, seed: Secret, email: string): TotpEnrolment {
  return { secret: seed, uri: seedUri(seed, { issuer: ground.config.mfa.issuer, email }) };
}

export function codeInvalid(): SallyportError {
  const detail = 'The code is wrong, expired or was used before.';
  return new SallyportError('identity.code_invalid', 'Cannot take the code: want a current one that was not used', {
    detail,
  });
}

export function tooManyAttempts(waitMs: number): SallyportError {
  const seconds = Math.ceil(waitMs / 1000);
  return new SallyportError('identity.too_many_attempts', `Refused an attempt: the next is judged in ${seconds} s`, {
    detail: `Too many attempts. Try again in ${seconds} seconds.`,
    extensions: { retryAfterMs: waitMs },
  });
}
