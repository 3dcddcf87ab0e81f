import { z } from 'zod';
import { lockAccount } from '../accounts.ts';
import { foldName } from '../email.ts';
import type { Db, Ground, Work } from '../ground.ts';
import { change } from '../ground.ts';
import { deleteGroup } from '../groups/create-groups.ts';
import type { GroupRow } from '../groups/group-rows.ts';
import {
  countGroups,
  findGroup,
  groupKey,
  groupsPerSourceMax,
  insertGroup,
  isGroupName,
  recordGroup,
} from '../groups/group-rows.ts';
import { moveMember } from '../groups/membership.ts';
import type { Filter } from './filter.ts';
import type { ListQuery } from './listing.ts';
import { equalityOf, isAskedFor, listAnswer, select } from './listing.ts';
import type { Json } from './match.ts';
import { asObject, itemsOf } from './match.ts';
import type { PatchOperation } from './patch.ts';
import { readPatch } from './patch.ts';
import { notFound, ScimProblem } from './problem.ts';
import type { ScimCall } from './scim-users.ts';
import { demandVersion } from './scim-users.ts';
import { metaOf } from './user-shape.ts';

export const groupSchema = 'urn:ietf:params:scim:schemas:core:2.0:Group';

const membersMax = 20_000;
const movedMax = 2000;
const movedAtOnce = 50;

const body = z.object({
  displayname: z.string().trim().refine(isGroupName, 'want 1 to 256 characters'),
  externalid: z.string().max(500).nullish(),
  members: z
    .array(z.object({ value: z.string().min(1).max(200) }))
    .max(movedMax)
    .nullish(),
});

/** What shall be of the members: `all` alone or others taken in and out. */
interface Moves {
  all: ReadonlySet<string> | undefined;
  readonly added: Set<string>;
  readonly removed: Set<string>;
}

const sourceOf = (call: ScimCall) => ({ kind: 'scim' as const, id: call.client.id });

export async function createScimGroup(ground: Ground, call: ScimCall, resource: unknown): Promise<Json> {
  const said = readGroup(resource);
  return change(ground, async work => {
    const source = sourceOf(call);
    if (await findGroup(work.tx, source, said.displayname))
      throw new ScimProblem(409, 'displayName is taken', 'uniqueness');
    if ((await countGroups(work.tx, source)) >= groupsPerSourceMax) {
      throw new ScimProblem(400, `At most ${groupsPerSourceMax} groups`, 'tooMany');
    }
    const externalId = said.externalid ?? null;
    const row = await insertGroup(work, call.by, { source, name: said.displayname, externalId });
    await moveAll(work, call, row, { all: new Set(idsOf(said.members)), added: new Set(), removed: new Set() });
    return show(work.tx, row, call, true);
  });
}

export async function getScimGroup(ground: Ground, call: ScimCall, id: string, query: URLSearchParams): Promise<Json> {
  return show(ground.db, await getRow(ground.db, call, id), call, isAskedFor('members', query));
}

/** By name, external id and id an index answers; filters on members are answered from the memberships of one person. */
export async function listScimGroups(
  ground: Ground,
  call: ScimCall,
  query: ListQuery,
  given: URLSearchParams,
): Promise<Json> {
  const source = sourceOf(call);
  let rows = ground.db
    .selectFrom('identity_groups')
    .selectAll()
    .where('source_kind', '=', source.kind)
    .where('source_id', '=', source.id)
    .orderBy('name_norm')
    .orderBy('id');
  const name = equalityOf(query.filter, 'displayname');
  if (name !== undefined) rows = rows.where('name_key', '=', groupKey(name));
  const id = equalityOf(query.filter, 'id');
  if (id !== undefined) rows = rows.where('id', '=', id);
  const member = memberIn(query.filter);
  if (member !== undefined) {
    rows = rows.where('id', 'in', ids =>
      ids.selectFrom('identity_members').select('group_id').where('user_id', '=', member),
    );
  }
  const found = await rows.limit(groupsPerSourceMax).execute();
  const shown = found.map(row => ({ row, json: bare(row, call) }));
  // Who is in them is read for the page alone; a filter on members has been answered above.
  const forMatch = shown.map(({ json }) => (member === undefined ? json : { ...json, members: [{ value: member }] }));
  const selected = select(forMatch, query).map(json => json['id']);
  const page = selected.slice(query.startIndex - 1, query.startIndex - 1 + query.count);
  const byId = new Map(shown.map(({ row }) => [row.id as unknown, row]));
  const withMembers = isAskedFor('members', given);
  const resources: Json[] = [];
  for (const one of page) {
    const row = byId.get(one);
    if (row) resources.push(await show(ground.db, row, call, withMembers));
  }
  return listAnswer(resources, query, selected.length);
}

export function replaceScimGroup(ground: Ground, call: ScimCall, id: string, resource: unknown): Promise<Json> {
  const said = readGroup(resource);
  return update(ground, call, id, {
    name: said.displayname,
    externalId: said.externalid ?? null,
    moves: { all: new Set(idsOf(said.members)), added: new Set(), removed: new Set() },
  });
}

export function patchScimGroup(ground: Ground, call: ScimCall, id: string, request: unknown): Promise<Json> {
  const next: Next = { moves: { all: undefined, added: new Set(), removed: new Set() } };
  for (const operation of readPatch(request)) take(next, operation);
  return update(ground, call, id, next);
}

export async function deleteScimGroup(ground: Ground, call: ScimCall, id: string): Promise<void> {
  demandVersion(call, (await getRow(ground.db, call, id)).version);
  await deleteGroup(ground, call.by, id);
}

interface Next {
  name?: string;
  externalId?: string | null;
  readonly moves: Moves;
}

function take(next: Next, { op, path, value }: PatchOperation): void {
  if (path === null) return;
  switch (path.attribute) {
    case 'displayname':
      if (op === 'remove' || typeof value !== 'string' || !isGroupName(value.trim())) {
        throw new ScimProblem(400, 'displayName: want 1 to 256 characters', 'invalidValue');
      }
      next.name = value.trim();
      return;
    case 'externalid':
      if (op === 'remove') next.externalId = null;
      else if (typeof value === 'string') next.externalId = value.slice(0, 500);
      else throw new ScimProblem(400, 'externalId: want a text', 'invalidValue');
      return;
    case 'members':
      takeMembers(
        next.moves,
        op,
        path.filter === null ? memberIds(value) : filteredIds(path.filter),
        path.filter !== null,
      );
      return;
    case 'id':
    case 'meta':
      throw new ScimProblem(400, `"${path.attribute}" cannot be changed`, 'mutability');
    default:
    // What is not kept is not changed either.
  }
}

function takeMembers(moves: Moves, op: PatchOperation['op'], ids: readonly string[], isFiltered: boolean): void {
  if (isFiltered && op !== 'remove')
    throw new ScimProblem(400, 'A member cannot be changed into another', 'mutability');
  if (op === 'replace' || (op === 'remove' && ids.length === 0 && !isFiltered)) {
    moves.all = new Set(op === 'replace' ? ids : []);
    moves.added.clear();
    moves.removed.clear();
    return;
  }
  const [into, outOf] = op === 'add' ? [moves.added, moves.removed] : [moves.removed, moves.added];
  for (const id of ids) {
    into.add(id);
    outOf.delete(id);
  }
}

function memberIds(value: unknown): string[] {
  return itemsOf(value).map(item => {
    const id = asObject(item)['value'];
    if (typeof id !== 'string' || id === '' || id.length > 200) {
      throw new ScimProblem(400, 'members: want their ids as value', 'invalidValue');
    }
    return id;
  });
}

/** `value eq "id"`, or several joined by `or`. */
function filteredIds(filter: Filter): string[] {
  if (filter.kind === 'or') return [...filteredIds(filter.left), ...filteredIds(filter.right)];
  const isValue = filter.kind === 'compare' && filter.path.attribute === 'value' && filter.operator === 'eq';
  if (isValue && typeof filter.value === 'string') return [filter.value];
  throw new ScimProblem(400, 'members are found by: value eq "id"', 'invalidFilter');
}

function memberIn(filter: Filter | undefined): string | undefined {
  if (filter === undefined) return undefined;
  if (filter.kind === 'and') return memberIn(filter.left) ?? memberIn(filter.right);
  if (filter.kind === 'values' && filter.attribute === 'members' && filter.then === null)
    return filteredIds(filter.inner)[0];
  const isMember = filter.kind === 'compare' && filter.operator === 'eq' && filter.path.attribute === 'members';
  return isMember && typeof filter.value === 'string' ? filter.value : undefined;
}

function update(ground: Ground, call: ScimCall, id: string, next: Next): Promise<Json> {
  return change(ground, async work => {
    const row = await getRow(work.tx, call, id);
    demandVersion(call, row.version);
    const name = next.name ?? row.name;
    const external_id = next.externalId === undefined ? row.external_id : next.externalId;
    const other = await findGroup(work.tx, sourceOf(call), name);
    if (other && other.id !== id) throw new ScimProblem(409, 'displayName is taken', 'uniqueness');
    const isRenamed = name !== row.name;
    const names = { name, name_norm: foldName(name), name_key: groupKey(name) };
    const changed: GroupRow = { ...row, ...names, external_id };
    if (isRenamed) await recordGroup(work, call.by, 'group.updated', changed);
    const moved = await moveAll(work, call, changed, next.moves);
    if (isRenamed || moved > 0 || external_id !== row.external_id) {
      changed.version++;
      changed.modified_at = ground.now();
      const { modified_at, version } = changed;
      await work.tx
        .updateTable('identity_groups')
        .set({ ...names, external_id, modified_at, version })
        .where('id', '=', id)
        .execute();
    }
    return show(work.tx, changed, call, true);
  });
}

/** Moves people in and out, all of them this client's own. Returns how many. */
async function moveAll(work: Work, call: ScimCall, group: GroupRow, moves: Moves): Promise<number> {
  const held = new Set(await memberIdsOf(work.tx, group.id));
  const wanted = new Set(moves.all ?? held);
  for (const id of moves.added) wanted.add(id);
  for (const id of moves.removed) wanted.delete(id);
  if (wanted.size > membersMax) throw new ScimProblem(400, `At most ${membersMax} members`, 'tooMany');
  const comes = [...wanted].filter(id => !held.has(id)).sort();
  const goes = [...held].filter(id => !wanted.has(id)).sort();
  if (comes.length + goes.length > movedMax)
    throw new ScimProblem(413, `At most ${movedMax} members are moved at once`);
  await demandOwn(work.tx, call, comes);
  const all = [...comes.map(id => ({ id, isMember: true })), ...goes.map(id => ({ id, isMember: false }))];
  for (let at = 0; at < all.length; at += movedAtOnce) {
    // Side by side, so that their records share the way to the disk.
    await Promise.all(
      all.slice(at, at + movedAtOnce).map(async ({ id, isMember }) => {
        const { user } = await lockAccount(work, id);
        await moveMember(work, call.by, { group, user, isMember });
      }),
    );
  }
  return all.length;
}

async function demandOwn(db: Db, call: ScimCall, ids: readonly string[]): Promise<void> {
  for (let at = 0; at < ids.length; at += 200) {
    const some = ids.slice(at, at + 200);
    const own = await db
      .selectFrom('identity_scim_people')
      .select('user_id')
      .where('client_id', '=', call.client.id)
      .where('user_id', 'in', some)
      .execute();
    if (own.length !== some.length) throw new ScimProblem(400, 'members: there is no such person', 'invalidValue');
  }
}

async function memberIdsOf(db: Db, groupId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('identity_members')
    .select('user_id')
    .where('group_id', '=', groupId)
    .orderBy('user_id')
    .limit(membersMax)
    .execute();
  return rows.map(row => row.user_id);
}

async function getRow(db: Db, call: ScimCall, id: string): Promise<GroupRow> {
  const row = await db
    .selectFrom('identity_groups')
    .selectAll()
    .where('id', '=', id)
    .where('source_kind', '=', 'scim')
    .where('source_id', '=', call.client.id)
    .executeTakeFirst();
  if (!row) throw notFound();
  return row;
}

function readGroup(resource: unknown): z.output<typeof body> {
  const named =
    typeof resource === 'object' && resource !== null
      ? Object.fromEntries(Object.entries(resource).map(([name, value]) => [name.toLowerCase(), value as unknown]))
      : resource;
  const parsed = body.safeParse(named);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ScimProblem(
    400,
    `${issue?.path.join('.') ?? 'resource'}: ${issue?.message ?? 'not valid'}`,
    'invalidValue',
  );
}

const idsOf = (members: z.output<typeof body>['members']): string[] => (members ?? []).map(member => member.value);

function bare(row: GroupRow, call: ScimCall): Json {
  const { created_at: createdAt, modified_at: modifiedAt, version } = row;
  return {
    schemas: [groupSchema],
    id: row.id,
    displayName: row.name,
    ...(row.external_id === null ? {} : { externalId: row.external_id }),
    meta: metaOf('Group', { createdAt, modifiedAt, version, location: `${call.baseUrl}/Groups/${row.id}` }),
  };
}

async function show(db: Db, row: GroupRow, call: ScimCall, withMembers: boolean): Promise<Json> {
  if (!withMembers) return bare(row, call);
  const members = (await memberIdsOf(db, row.id)).map(value => ({
    ...{ value, type: 'User' },
    $ref: `${call.baseUrl}/Users/${value}`,
  }));
  return { ...bare(row, call), members };
}
