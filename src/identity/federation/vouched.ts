import type { Work } from '../ground.ts';
import type { User } from '../identity.ts';
import type { Origin } from './origin.ts';
import { toProvider } from './providers.ts';

/**
 * Where somebody comes from who has no password here: the provider that was last to vouch for them. What they open by a passkey alone belongs
 * to it too, so that its sign-out, its time and its end of them reach that session. Undefined for people of this house.
 */
export async function voucherOf(work: Pick<Work, 'ground' | 'tx'>, user: User): Promise<Origin | undefined> {
  if (user.hasPassword) return undefined;
  const row = await work.tx
    .selectFrom('identity_accounts as a')
    .innerJoin('identity_providers as p', 'p.id', 'a.provider_id')
    .selectAll('p')
    .where('a.user_id', '=', user.id)
    .where('p.enabled', '=', 1)
    .orderBy('a.last_seen_at', 'desc')
    .orderBy('p.id')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { id, sessionHoursMax } = toProvider(row);
  return {
    ...{ providerId: id, upstreamSession: null, keepsake: null, authenticatedAt: null },
    endsAt: sessionHoursMax === null ? null : work.ground.now() + sessionHoursMax * 3_600_000,
  };
}
