import type { Secret } from '../core/secret.ts';
import { findAccount, lockAccount } from './accounts.ts';
import type { Origin } from './federation/origin.ts';
import type { Ground } from './ground.ts';
import { change } from './ground.ts';
import type { SignInContext } from './identity.ts';
import { findPending, makePending } from './pendings.ts';
import { demandOf } from './policy/mfa-policy.ts';
import type { SessionRow } from './sessions.ts';
import { getLiveRow, parseMethods, sessionNotFound } from './sessions.ts';

/** How old the proof behind a session may be when it adds a factor. */
const freshMs = 5 * 60_000;

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

/**
 * A sign-in under way for somebody who is signed in and has just proved it, to enrol what they lack. It carries the proofs of the session, so
 * that who has a second factor and did not give it is refused at its end. Throws `identity.session_not_found` for a stale one.
 */
export function beginFurtherEnrolment(ground: Ground, sessionId: string, ctx: SignInContext): Promise<Secret> {
  return change(ground, async work => {
    const now = ground.now();
    const found = await getLiveRow(work.tx, sessionId, now);
    const account = await lockAccount(work, found.user_id);
    const row = await getLiveRow(work.tx, sessionId, now);
    const isFresh = row.authenticated_at <= now && now - row.authenticated_at < freshMs;
    if (!isFresh || row.host !== ctx.host || account.user.disabled) throw sessionNotFound(sessionId);
    return makePending(work, 'enrolment', { account, methods: parseMethods(row.methods), ctx, origin: originOf(row) });
  });
}

/** What was begun at a provider stays the provider's: its sign-out and its time end what comes of it too. */
function originOf(row: SessionRow): Origin | undefined {
  if (row.provider_id === null) return undefined;
  return {
    ...{ providerId: row.provider_id, upstreamSession: row.upstream_session, keepsake: row.keepsake },
    ...{ endsAt: row.expires_at, authenticatedAt: row.authenticated_at },
  };
}
