import type { Secret } from '../core/secret.ts';
import { findAccount } from './accounts.ts';
import type { Ground } from './ground.ts';
import { findPending } from './pendings.ts';
import { demandOf } from './policy/mfa-policy.ts';

/** What a sign-in under way can go on with. */
export interface PendingLook {
  readonly stage: 'second' | 'enrolment';
  /** Second: a code of the app will do. Enrolment: an app may be enrolled. */
  readonly totp: boolean;
  readonly passkey: boolean;
}

/** Looks without using. Undefined when it is unknown, used, or too old. */
export async function inspectPending(ground: Ground, token: Secret): Promise<PendingLook | undefined> {
  const row = (await findPending(ground, 'totp', token)) ?? (await findPending(ground, 'enrolment', token));
  const account = row && (await findAccount(ground.db, { id: row.user_id }));
  if (!row || !account) return undefined;
  const { totp, passkeys } = account.user.factors;
  const isPasskeyOnly = (await demandOf(ground, ground.db, account)) === 'phishing_resistant';
  if (row.stage === 'enrolment') return { stage: 'enrolment', totp: !isPasskeyOnly && !totp, passkey: true };
  return { stage: 'second', totp: totp && !(isPasskeyOnly && passkeys > 0), passkey: passkeys > 0 };
}
