import { toKey } from '../api-keys.ts';
import type { Work } from '../ground.ts';
import type { MachineScope } from './machines.ts';

/** Revokes those API keys of an account that are meant. Needs the account locked. */
export async function endKeysOf(work: Work, userId: string, isMeant: (key: MachineScope) => boolean): Promise<void> {
  const now = work.ground.now();
  const rows = await work.tx
    .selectFrom('identity_api_keys')
    .selectAll()
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .execute();
  for (const key of rows.map(toKey)) {
    if (!isMeant(key)) continue;
    await work.tx.updateTable('identity_api_keys').set({ revoked_at: now }).where('id', '=', key.id).execute();
    work.told.keys.set(key.id, { ...key, revokedAt: now });
  }
}
