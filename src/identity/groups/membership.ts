import type { PrincipalRef } from '../../core/events.ts';
import type { Work } from '../ground.ts';
import { resourceOf } from '../ground.ts';
import type { User } from '../identity.ts';
import type { GroupRow } from './group-rows.ts';
import { countGroups, groupKey, groupsPerSourceMax, insertGroup, isGroupName } from './group-rows.ts';

/** Groups of one person from one source. */
export const groupsOfPersonMax = 500;

/** Reads all groups of these people as they now are, to be told after the commit. */
export async function tellGroups(work: Work, userIds: readonly string[]): Promise<void> {
  for (let at = 0; at < userIds.length; at += 200) {
    const some = userIds.slice(at, at + 200);
    const rows = await work.tx.selectFrom('identity_members').selectAll().where('user_id', 'in', some).execute();
    for (const id of some) {
      work.told.groups.set(
        id,
        rows.filter(row => row.user_id === id).map(row => row.group_id),
      );
    }
  }
}

/** Puts a person in or takes them out, recorded; nothing when it is so already. Needs the account locked. True when it changed. */
export async function moveMember(
  work: Work,
  by: PrincipalRef,
  move: { group: GroupRow; user: User; isMember: boolean },
): Promise<boolean> {
  const { group, user, isMember } = move;
  const found = await work.tx
    .selectFrom('identity_members')
    .select('user_id')
    .where('group_id', '=', group.id)
    .where('user_id', '=', user.id)
    .executeTakeFirst();
  if ((found !== undefined) === isMember) return false;
  await recordMoves(work, by, {
    user,
    source: group.source_kind,
    added: isMember ? [group.name] : [],
    removed: isMember ? [] : [group.name],
  });
  if (isMember) await work.tx.insertInto('identity_members').values({ group_id: group.id, user_id: user.id }).execute();
  else {
    await work.tx
      .deleteFrom('identity_members')
      .where('group_id', '=', group.id)
      .where('user_id', '=', user.id)
      .execute();
  }
  await tellGroups(work, [user.id]);
  return true;
}

/**
 * The person's groups of one provider become exactly these. A name is a group's when it is the very text the provider calls it by, so that
 * "ADMINS" there is not "admins" here; of a name that differs from a known one in letter case alone nothing comes (but of a directory,
 * whose names know no case). Groups nobody brought before are made, up to 10,000. Needs the account locked. True when something changed.
 */
export async function syncProviderGroups(
  work: Work,
  by: PrincipalRef,
  input: { user: User; providerId: string; names: readonly string[]; isCaseless: boolean },
): Promise<boolean> {
  const { user, providerId } = input;
  const wanted = await wantedGroups(work, by, input);
  const current = await work.tx
    .selectFrom('identity_members as m')
    .innerJoin('identity_groups as g', 'g.id', 'm.group_id')
    .selectAll('g')
    .where('m.user_id', '=', user.id)
    .where('g.source_kind', '=', 'provider')
    .where('g.source_id', '=', providerId)
    .execute();
  const held = new Set(current.map(group => group.id));
  const added = [...wanted.values()].filter(group => !held.has(group.id));
  const removed = current.filter(group => !wanted.has(group.id));
  if (added.length === 0 && removed.length === 0) return false;
  const names = (groups: readonly GroupRow[]) => groups.map(group => group.name);
  await recordMoves(work, by, { user, source: 'provider', added: names(added), removed: names(removed) });
  if (removed.length > 0) {
    const gone = removed.map(group => group.id);
    await work.tx.deleteFrom('identity_members').where('user_id', '=', user.id).where('group_id', 'in', gone).execute();
  }
  if (added.length > 0) {
    const rows = added.map(group => ({ group_id: group.id, user_id: user.id }));
    await work.tx.insertInto('identity_members').values(rows).execute();
  }
  await tellGroups(work, [user.id]);
  return true;
}

async function wantedGroups(
  work: Work,
  by: PrincipalRef,
  input: { user: User; providerId: string; names: readonly string[]; isCaseless: boolean },
): Promise<Map<string, GroupRow>> {
  const source = { kind: 'provider' as const, id: input.providerId };
  const names = [...new Set(input.names)].filter(isGroupName).slice(0, groupsOfPersonMax);
  const known = new Map<string, GroupRow>();
  for (let at = 0; at < names.length; at += 200) {
    const keys = names.slice(at, at + 200).map(groupKey);
    const rows = await work.tx
      .selectFrom('identity_groups')
      .selectAll()
      .where('source_kind', '=', source.kind)
      .where('source_id', '=', source.id)
      .where('name_key', 'in', keys)
      .execute();
    for (const row of rows) known.set(row.name_key, row);
  }
  const wanted = new Map<string, GroupRow>();
  let room: number | undefined;
  let left = input.names.length - names.length;
  for (const name of names) {
    let group = known.get(groupKey(name));
    if (group === undefined) {
      room ??= groupsPerSourceMax - (await countGroups(work.tx, source));
      if (room-- > 0) {
        group = await insertGroup(work, by, { source, name, externalId: name });
        known.set(group.name_key, group);
      }
    }
    const isIt =
      group !== undefined &&
      (group.external_id === name || (input.isCaseless && group.external_id?.toLowerCase() === name.toLowerCase()));
    if (group !== undefined && isIt) wanted.set(group.id, group);
    else left++;
  }
  if (left > 0) work.ground.log.warn('federation.groups_left_out', { providerId: input.providerId, count: left });
  return wanted;
}

/** Takes a person out of every group, or those of one source. Needs the account locked. */
export async function leaveGroups(
  work: Work,
  by: PrincipalRef,
  leaving: { user: User; source?: { kind: GroupRow['source_kind']; id: string } },
): Promise<void> {
  const { source, user } = leaving;
  let query = work.tx
    .selectFrom('identity_members as m')
    .innerJoin('identity_groups as g', 'g.id', 'm.group_id')
    .select(['g.id', 'g.name'])
    .where('m.user_id', '=', user.id);
  if (source) query = query.where('g.source_kind', '=', source.kind).where('g.source_id', '=', source.id);
  const groups = await query.execute();
  if (groups.length === 0) return;
  const removed = groups.map(group => group.name);
  await recordMoves(work, by, { user, source: source?.kind ?? 'all', added: [], removed });
  const ids = groups.map(group => group.id);
  await work.tx.deleteFrom('identity_members').where('user_id', '=', user.id).where('group_id', 'in', ids).execute();
  await tellGroups(work, [user.id]);
}

function recordMoves(
  work: Work,
  by: PrincipalRef,
  moves: { user: User; source: string; added: readonly string[]; removed: readonly string[] },
): Promise<void> {
  const { added, removed, source, user } = moves;
  return work.record({
    type: 'user.groups_changed',
    outcome: 'success',
    principal: by,
    action: 'user.change_groups',
    resource: resourceOf(user),
    data: { source, added, removed },
  });
}
