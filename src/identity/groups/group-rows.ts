import { SallyportError } from '../../core/errors.ts';
import type { PrincipalRef } from '../../core/events.ts';
import { foldName, printable } from '../email.ts';
import type { FederationTables } from '../federation/tables.ts';
import type { Db, Work } from '../ground.ts';
import { sha256 } from '../tokens.ts';
import type { Group, GroupSource } from './groups.ts';

export type GroupRow = FederationTables['identity_groups'];

export const groupsPerSourceMax = 10_000;
/** Also when folded: what an index takes on either database. */
const nameCharsMax = 256;

/** How names of groups are compared within their source. */
export const groupKey = (name: string): string => sha256(foldName(name));

/** Whether this can be the name of a group. */
export function isGroupName(name: string): boolean {
  const isShort = name.length >= 1 && name.length <= nameCharsMax && foldName(name).length <= nameCharsMax * 2;
  return isShort && name.trim() === name && !/\p{Cc}/u.test(name) && name.isWellFormed();
}

/** Throws `core.invalid_input`. */
export function parseGroupName(text: string): string {
  const name = text.normalize('NFC').trim();
  if (isGroupName(name)) return name;
  const detail = `name: want 1 to ${nameCharsMax} characters, no control characters`;
  throw new SallyportError('core.invalid_input', `Cannot use group name "${printable(text, 80)}": ${detail}`, {
    detail,
  });
}

/** A group of one source by its name. */
export function findGroup(
  db: Db,
  source: { kind: GroupRow['source_kind']; id: string },
  name: string,
): Promise<GroupRow | undefined> {
  return db
    .selectFrom('identity_groups')
    .selectAll()
    .where('source_kind', '=', source.kind)
    .where('source_id', '=', source.id)
    .where('name_key', '=', groupKey(name))
    .executeTakeFirst();
}

/** Throws `identity.group_not_found`. */
export async function getGroupRow(db: Db, id: string): Promise<GroupRow> {
  const row = await db.selectFrom('identity_groups').selectAll().where('id', '=', id).executeTakeFirst();
  if (row) return row;
  throw new SallyportError('identity.group_not_found', `Cannot find group "${printable(id, 80)}"`);
}

/** How many groups a source has. */
export async function countGroups(db: Db, source: { kind: GroupRow['source_kind']; id: string }): Promise<number> {
  const row = await db
    .selectFrom('identity_groups')
    .select(count => count.fn.countAll<number | string | bigint>().as('groups'))
    .where('source_kind', '=', source.kind)
    .where('source_id', '=', source.id)
    .executeTakeFirstOrThrow();
  return Number(row.groups);
}

/** The row and the record of a new group. The caller has seen that name and number allow it. */
export async function insertGroup(
  work: Work,
  by: PrincipalRef,
  input: { source: { kind: GroupRow['source_kind']; id: string }; name: string; externalId: string | null },
): Promise<GroupRow> {
  const now = work.ground.now();
  const row: GroupRow = {
    id: work.ground.newId(),
    source_kind: input.source.kind,
    source_id: input.source.id,
    name: input.name,
    name_norm: foldName(input.name),
    name_key: groupKey(input.name),
    external_id: input.externalId,
    created_at: now,
    modified_at: now,
    version: 1,
  };
  await work.tx.insertInto('identity_groups').values(row).execute();
  await recordGroup(work, by, 'group.created', row);
  return row;
}

const actions = { 'group.created': 'create', 'group.updated': 'update', 'group.deleted': 'delete' } as const;

export function recordGroup(work: Work, by: PrincipalRef, type: keyof typeof actions, row: GroupRow): Promise<void> {
  const { id, name } = row;
  work.told.groupRows.set(id, type === 'group.deleted' ? null : { id, name, source: sourceOf(row) });
  return work.record({
    type,
    outcome: 'success',
    principal: by,
    action: `group.${actions[type]}`,
    resource: { kind: 'group', id: row.id, name: row.name },
    data: { name: row.name, source: row.source_kind },
  });
}

/** Group rows with the number of members. */
export function groupQuery(db: Db) {
  return db
    .selectFrom('identity_groups as g')
    .selectAll('g')
    .select(of =>
      of
        .selectFrom('identity_members as m')
        .select(count => count.fn.countAll<number | string | bigint>().as('n'))
        .whereRef('m.group_id', '=', 'g.id')
        .as('member_count'),
    );
}

export function toGroup(row: GroupRow & { member_count: number | string | bigint | null }): Group {
  return {
    id: row.id,
    name: row.name,
    source: sourceOf(row),
    externalId: row.external_id,
    memberCount: Number(row.member_count ?? 0),
    createdAt: row.created_at,
  };
}

function sourceOf(row: GroupRow): GroupSource {
  switch (row.source_kind) {
    case 'local':
      return { kind: 'local' };
    case 'provider':
      return { kind: 'provider', providerId: row.source_id };
    case 'scim':
      return { kind: 'scim', clientId: row.source_id };
    default:
      return row.source_kind satisfies never;
  }
}
