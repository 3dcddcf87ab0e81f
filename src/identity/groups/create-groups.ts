import { sql } from 'kysely';
import { SallyportError } from '../../core/errors.ts';
import type { PrincipalRef } from '../../core/events.ts';
import { accountQuery, getAccount, lockAccount, refuseOverOwner, toAccount } from '../accounts.ts';
import { foldEmail, foldName } from '../email.ts';
import type { Ground } from '../ground.ts';
import { change } from '../ground.ts';
import type { User } from '../identity.ts';
import type { GroupRow } from './group-rows.ts';
import {
  countGroups,
  findGroup,
  getGroupRow,
  groupKey,
  groupQuery,
  groupsPerSourceMax,
  insertGroup,
  parseGroupName,
  recordGroup,
  toGroup,
} from './group-rows.ts';
import type { Group, Groups } from './groups.ts';
import { moveMember, tellGroups } from './membership.ts';

const rowsAtOnce = 10_000;
const listMax = 500;
const batch = 500;
/** Up to here the members are sorted; beyond, people are walked in order and asked whether they are one. */
const sortedMax = 2000;
const walkedAtOnce = 1000;
const local = { kind: 'local', id: '' } as const;

/** Groups over the tables of this room. */
export function createGroups(ground: Ground): Groups {
  return {
    list: (query = {}) => listGroups(ground, query),
    get: id => getGroup(ground, id),
    getMany: async ids => {
      if (ids.length === 0) return [];
      const rows = await groupQuery(ground.db).where('g.id', 'in', ids.slice(0, 1000)).orderBy('g.name_norm').execute();
      return rows.map(toGroup);
    },
    create: (by, input) => makeGroup(ground, by, { source: local, name: input.name, externalId: null }),
    rename: (by, id, name) => renameGroup(ground, by, id, name),
    delete: (by, id) => deleteGroup(ground, by, id),
    setMember: (by, input) => setMember(ground, by, input),
    members: (id, query = {}) => listMembers(ground, id, query),
    of: async userId => {
      const rows = await groupQuery(ground.db)
        .innerJoin('identity_members as mine', 'mine.group_id', 'g.id')
        .where('mine.user_id', '=', userId)
        .orderBy('g.name_norm')
        .orderBy('g.id')
        .execute();
      return rows.map(toGroup);
    },
    announce: (by, input) => announceGroup(ground, by, input),
    load: () => loadMemberships(ground),
  };
}

/** By name, at most 500 after the group `after`. `search` is a part of the name, in any case. */
async function listGroups(ground: Ground, query: Parameters<Groups['list']>[0] & object): Promise<Group[]> {
  let rows = groupQuery(ground.db).orderBy('g.name_norm').orderBy('g.id');
  if (query.source !== undefined) rows = rows.where('g.source_kind', '=', query.source);
  const search = foldName((query.search ?? '').slice(0, 200)).trim();
  if (search !== '') {
    const part = `%${search.replace(/[\\%_]/g, '\\$&')}%`;
    rows = rows.where(sql<boolean>`g.name_norm like ${part} escape '\\'`);
  }
  if (query.after !== undefined) {
    const last = await getGroupRow(ground.db, query.after);
    rows = rows.where(where =>
      where.or([
        where('g.name_norm', '>', last.name_norm),
        where.and([where('g.name_norm', '=', last.name_norm), where('g.id', '>', last.id)]),
      ]),
    );
  }
  return (await rows.limit(bounded(query.limit)).execute()).map(toGroup);
}

async function getGroup(ground: Ground, id: string): Promise<Group> {
  const row = await groupQuery(ground.db).where('g.id', '=', id).executeTakeFirst();
  return row ? toGroup(row) : toGroup({ ...(await getGroupRow(ground.db, id)), member_count: 0 });
}

async function makeGroup(
  ground: Ground,
  by: PrincipalRef,
  input: { source: { kind: GroupRow['source_kind']; id: string }; name: string; externalId: string | null },
): Promise<Group> {
  const name = parseGroupName(input.name);
  return change(ground, async work => {
    if (await findGroup(work.tx, input.source, name)) throw conflict(`there is a group "${name}" already`);
    if ((await countGroups(work.tx, input.source)) >= groupsPerSourceMax) {
      throw conflict(`at most ${groupsPerSourceMax} groups come from one source`);
    }
    return toGroup({ ...(await insertGroup(work, by, { ...input, name })), member_count: 0 });
  });
}

/** Names the group exactly as the provider will, so that it is the provider's when somebody brings it. */
async function announceGroup(
  ground: Ground,
  by: PrincipalRef,
  input: { providerId: string; name: string },
): Promise<Group> {
  const source = { kind: 'provider' as const, id: input.providerId };
  const found = await findGroup(ground.db, source, input.name);
  if (found?.external_id === input.name) return getGroup(ground, found.id);
  const provider = await ground.db
    .selectFrom('identity_providers')
    .select('id')
    .where('id', '=', input.providerId)
    .executeTakeFirst();
  if (!provider) {
    throw new SallyportError('identity.provider_not_found', `Cannot find identity provider "${input.providerId}"`);
  }
  return makeGroup(ground, by, { source, name: input.name, externalId: parseGroupName(input.name) });
}

async function renameGroup(ground: Ground, by: PrincipalRef, id: string, text: string): Promise<Group> {
  const name = parseGroupName(text);
  await change(ground, async work => {
    const row = await getGroupRow(work.tx, id);
    demandLocal(row, 'rename');
    const other = await findGroup(work.tx, local, name);
    if (other && other.id !== id) throw conflict(`there is a group "${name}" already`);
    if (row.name === name) return;
    await recordGroup(work, by, 'group.updated', { ...row, name });
    await work.tx
      .updateTable('identity_groups')
      .set({ name, name_norm: foldName(name), name_key: groupKey(name), modified_at: ground.now() })
      .where('id', '=', id)
      .execute();
  });
  return getGroup(ground, id);
}

/** Takes the members out in batches, each told when it is done; the group itself goes last. */
export async function deleteGroup(ground: Ground, by: PrincipalRef, id: string): Promise<void> {
  const row = await getGroupRow(ground.db, id);
  await change(ground, work => recordGroup(work, by, 'group.deleted', row));
  for (;;) {
    const left = await change(ground, async work => {
      const members = await work.tx
        .selectFrom('identity_members')
        .select('user_id')
        .where('group_id', '=', id)
        .orderBy('user_id')
        .limit(batch)
        .execute();
      const ids = members.map(member => member.user_id);
      if (ids.length === 0) {
        await work.tx.deleteFrom('identity_groups').where('id', '=', id).execute();
        return 0;
      }
      await work.tx.deleteFrom('identity_members').where('group_id', '=', id).where('user_id', 'in', ids).execute();
      await tellGroups(work, ids);
      return ids.length;
    });
    if (left === 0) return;
  }
}

async function setMember(
  ground: Ground,
  by: PrincipalRef,
  input: { groupId: string; userId: string; isMember: boolean },
): Promise<void> {
  await change(ground, async work => {
    const { user } = await lockAccount(work, input.userId);
    const group = await getGroupRow(work.tx, input.groupId);
    demandLocal(group, 'change the members of');
    if (!input.isMember) await refuseOverOwner(work, by, { current: user });
    await moveMember(work, by, { group, user, isMember: input.isMember });
  });
}

/** By e-mail address, at most 500 after the person `after`. */
async function listMembers(ground: Ground, id: string, query: { limit?: number; after?: string }): Promise<User[]> {
  const { memberCount } = await getGroup(ground, id);
  const after = query.after === undefined ? '' : foldEmail((await getAccount(ground.db, query.after)).user.email);
  const page = { after, limit: bounded(query.limit) };
  const ids = memberCount <= sortedMax ? await sortMembers(ground, id, page) : await walkMembers(ground, id, page);
  if (ids.length === 0) return [];
  const rows = await accountQuery(ground.db).where('u.id', 'in', ids).orderBy('u.email_norm').execute();
  return rows.map(row => toAccount(row).user);
}

interface MemberPage {
  /** The folded address after which it begins. */
  readonly after: string;
  readonly limit: number;
}

async function sortMembers(ground: Ground, groupId: string, page: MemberPage): Promise<string[]> {
  const rows = await ground.db
    .selectFrom('identity_members as m')
    .innerJoin('identity_users as u', 'u.id', 'm.user_id')
    .select('u.id')
    .where('m.group_id', '=', groupId)
    .where('u.email_norm', '>', page.after)
    .orderBy('u.email_norm')
    .limit(page.limit)
    .execute();
  return rows.map(row => row.id);
}

/** Goes through people in their order and asks which are in: of a large group a page is full soon, whatever the planner thinks. */
async function walkMembers(ground: Ground, groupId: string, page: MemberPage): Promise<string[]> {
  const found: string[] = [];
  for (let { after } = page; found.length < page.limit; ) {
    const people = await ground.db
      .selectFrom('identity_users')
      .select(['id', 'email_norm'])
      .where('email_norm', '>', after)
      .orderBy('email_norm')
      .limit(walkedAtOnce)
      .execute();
    const last = people.at(-1);
    if (last === undefined) break;
    after = last.email_norm;
    const ids = people.map(person => person.id);
    const rows = await ground.db
      .selectFrom('identity_members')
      .select('user_id')
      .where('group_id', '=', groupId)
      .where('user_id', 'in', ids)
      .execute();
    const members = new Set(rows.map(row => row.user_id));
    found.push(...ids.filter(one => members.has(one)));
  }
  return found.slice(0, page.limit);
}

/** Some at a time: rows on their way from the store take many times the room of what is kept of them. */
async function loadMemberships(ground: Ground): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  // Each row brings its own copy of the id; one of each is kept.
  const known = new Map<string, string>();
  let last = { user_id: '', group_id: '' };
  for (;;) {
    const { group_id: lastGroup, user_id: lastUser } = last;
    const rows = await ground.db
      .selectFrom('identity_members')
      .select(['user_id', 'group_id'])
      .where('user_id', '>=', lastUser)
      .where(where => where.or([where('user_id', '>', lastUser), where('group_id', '>', lastGroup)]))
      .orderBy('user_id')
      .orderBy('group_id')
      .limit(rowsAtOnce)
      .execute();
    for (const { user_id, group_id } of rows) {
      const id = known.get(group_id) ?? group_id;
      if (id === group_id) known.set(id, id);
      const groups = found.get(user_id);
      if (groups) groups.push(id);
      else found.set(user_id, [id]);
    }
    const end = rows.at(-1);
    if (end === undefined || rows.length < rowsAtOnce) return found;
    last = end;
  }
}

const bounded = (limit: number | undefined): number => Math.min(Math.max(limit ?? 100, 1), listMax);

function demandLocal(row: GroupRow, act: string): void {
  if (row.source_kind === 'local') return;
  const message = `Cannot ${act} group "${row.name}": it comes from ${row.source_kind === 'scim' ? 'a SCIM client' : 'an identity provider'}, which says who is in it`;
  throw new SallyportError('access.denied', message, { detail: message });
}

function conflict(why: string): SallyportError {
  const message = `Cannot keep the group: ${why}`;
  return new SallyportError('store.conflict', message, { detail: message });
}
