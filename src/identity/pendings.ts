import type { AuthMethod } from '../core/events.ts';
import type { Secret } from '../core/secret.ts';
import type { Account } from './accounts.ts';
import type { Origin } from './federation/origin.ts';
import { writeOrigin } from './federation/origin.ts';
import type { Ground, Work } from './ground.ts';
import type { SignInContext } from './identity.ts';
import { writeMethods } from './sessions.ts';
import type { IdentityTables } from './tables.ts';
import { hashToken, makeToken } from './tokens.ts';

export type PendingRow = IdentityTables['identity_pendings'];
export type Stage = 'totp' | 'enrolment';

const pendingMs = 10 * 60_000;
const perPersonMax = 20;

/** A token that carries a sign-in to its next step: 10 minutes, one step, one host. Needs the account locked. */
export async function makePending(
  work: Work,
  stage: Stage,
  signing: { account: Account; methods: readonly AuthMethod[]; ctx: SignInContext; origin?: Origin | undefined },
): Promise<Secret> {
  const { ground, tx } = work;
  const now = ground.now();
  const userId = signing.account.user.id;
  const { token, hash } = makeToken('pending', ground.random);
  const old = await tx
    .selectFrom('identity_pendings')
    .select('token_hash')
    .where('user_id', '=', userId)
    .orderBy('created_at', 'desc')
    .offset(perPersonMax - 1)
    .limit(1000)
    .execute();
  if (old.length > 0) {
    const hashes = old.map(row => row.token_hash);
    await tx.deleteFrom('identity_pendings').where('token_hash', 'in', hashes).execute();
  }
  await tx
    .insertInto('identity_pendings')
    .values({
      token_hash: hash,
      user_id: userId,
      stage,
      host: signing.ctx.host,
      methods: writeMethods(signing.methods),
      sealed: null,
      origin: writeOrigin(signing.origin),
      attempts: 0,
      created_at: now,
      expires_at: now + pendingMs,
      used_at: null,
    })
    .execute();
  return token;
}

/** The pending sign-in of a token, for this step; on another host than it began on it is worth nothing. */
export async function findPending(
  ground: Ground,
  stage: Stage,
  token: Secret,
  host?: string,
): Promise<PendingRow | undefined> {
  const hash = hashToken('pending', token);
  if (hash === undefined) return undefined;
  const row = await ground.db
    .selectFrom('identity_pendings')
    .selectAll()
    .where('token_hash', '=', hash)
    .where('stage', '=', stage)
    .where('used_at', 'is', null)
    .where('expires_at', '>', ground.now())
    .executeTakeFirst();
  return row && (host === undefined || row.host === host) ? row : undefined;
}

/** True for exactly one caller. */
export async function claimPending(work: Work, tokenHash: string): Promise<boolean> {
  const now = work.ground.now();
  const claimed = await work.tx
    .updateTable('identity_pendings')
    .set({ used_at: now })
    .where('token_hash', '=', tokenHash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('token_hash')
    .executeTakeFirst();
  return claimed !== undefined;
}

/** Counts one attempt at a pending sign-in; false when it had as many as it may. */
export async function countAttempt(ground: Ground, tokenHash: string, most: number): Promise<boolean> {
  const counted = await ground.db
    .updateTable('identity_pendings')
    .set(update => ({ attempts: update('attempts', '+', 1) }))
    .where('token_hash', '=', tokenHash)
    .where('attempts', '<', most)
    .returning('attempts')
    .executeTakeFirst();
  return counted !== undefined;
}

/** Sign-ins under way end with whatever made them possible: password, factor, account. */
export async function forgetPendings(work: Work, userId: string): Promise<void> {
  await work.tx.deleteFrom('identity_pendings').where('user_id', '=', userId).execute();
}
