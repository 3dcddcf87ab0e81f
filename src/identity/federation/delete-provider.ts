import type { PrincipalRef } from '../../core/events.ts';
import type { Ground } from '../ground.ts';
import { change } from '../ground.ts';
import { deleteGroup } from '../groups/create-groups.ts';
import { endProviderSessions, forgetPendingsOf } from './links.ts';
import { getProviderRow, recordProvider, toProvider } from './providers.ts';

/**
 * Switches the provider off first, so that nobody comes in while it goes; then its sessions end, its groups and links go, and it goes itself.
 * Done again after a failure it goes on where it stopped.
 */
export async function deleteProvider(ground: Ground, by: PrincipalRef, id: string): Promise<void> {
  await change(ground, async work => {
    const row = await getProviderRow(work.tx, { id });
    await recordProvider(work, by, { type: 'provider.deleted', id, input: toProvider(row) });
    const input = JSON.stringify({ ...JSON.parse(row.input), enabled: false });
    await work.tx
      .updateTable('identity_providers')
      .set(one => ({ enabled: 0, input, revision: one('revision', '+', 1) }))
      .where('id', '=', id)
      .execute();
    await work.tx.deleteFrom('identity_flows').where('provider_id', '=', id).execute();
  });
  await endProviderSessions(ground, by, { providerId: id, reason: 'provider_deleted' });
  for (;;) {
    const groups = await ground.db
      .selectFrom('identity_groups')
      .select('id')
      .where('source_kind', '=', 'provider')
      .where('source_id', '=', id)
      .limit(200)
      .execute();
    if (groups.length === 0) break;
    for (const group of groups) await deleteGroup(ground, by, group.id);
  }
  await change(ground, async work => {
    await work.tx.deleteFrom('identity_accounts').where('provider_id', '=', id).execute();
    await forgetPendingsOf(work, id);
    await work.tx.deleteFrom('identity_providers').where('id', '=', id).execute();
  });
  // Somebody who had begun just before may have come in since.
  await endProviderSessions(ground, by, { providerId: id, reason: 'provider_deleted' });
}
