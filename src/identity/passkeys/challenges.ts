import { SallyportError } from '../../core/errors.ts';
import type { Db, Ground } from '../ground.ts';
import { sha256 } from '../tokens.ts';

export type Purpose = 'register' | 'enrol' | 'sign_in' | 'second' | 'prove';

/** What a challenge is bound to: another purpose, person or browser makes it worth nothing. */
export interface Bond {
  readonly purpose: Purpose;
  readonly userId: string | null;
  /** What only this browser has: a session id, or the hash of a token of its cookie. */
  readonly binding: string;
}

export const challengeMs = 5 * 60_000;
const challengeBytes = 32;
/** However many ask: a row is 200 bytes, and a flood ends here instead of on the disk. */
const liveMax = 50_000;

/** A new challenge (WebAuthn Level 3 section 13.4.3 asks for 16 random bytes at least). Throws `identity.busy` when there are too many. */
export async function makeChallenge(
  ground: Ground,
  bond: Bond,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; expiresAt: number }> {
  const now = ground.now();
  const live = await ground.db
    .selectFrom('identity_challenges')
    .select(count => count.fn.countAll<number | string | bigint>().as('n'))
    .where('expires_at', '>', now)
    .executeTakeFirstOrThrow();
  if (Number(live.n) >= liveMax) {
    throw new SallyportError('identity.busy', `Cannot begin a passkey ceremony: ${liveMax} are under way`);
  }
  const bytes = Uint8Array.from(ground.random(challengeBytes));
  const expiresAt = now + challengeMs;
  await ground.db
    .insertInto('identity_challenges')
    .values({
      challenge_hash: sha256(Buffer.from(bytes).toString('base64url')),
      purpose: bond.purpose,
      user_id: bond.userId,
      binding: bond.binding,
      expires_at: expiresAt,
      used_at: null,
    })
    .execute();
  return { bytes, expiresAt };
}

/** True for exactly one caller, and only for what the challenge was made for. Any answer uses it up, right or wrong. */
export async function claimChallenge(ground: Ground, challenge: string, bond: Bond): Promise<boolean> {
  const now = ground.now();
  const claimed = await ground.db
    .updateTable('identity_challenges')
    .set({ used_at: now })
    .where('challenge_hash', '=', sha256(challenge))
    .where('used_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
  return (
    claimed !== undefined &&
    claimed.expires_at > now &&
    claimed.purpose === bond.purpose &&
    claimed.user_id === bond.userId &&
    claimed.binding === bond.binding
  );
}

/** Forgets what is too old to be used. */
export async function forgetChallenges(db: Db, now: number): Promise<void> {
  await db.deleteFrom('identity_challenges').where('expires_at', '<', now).execute();
}
