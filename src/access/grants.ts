import { SallyportError } from '../core/errors.ts';
import type { NewEvent, PrincipalRef } from '../core/events.ts';
import type { Grant } from './access.ts';
import type { AccessDeps, Db, Tx } from './ground.ts';
import { invalid, lockProject, lockRole, roleNotFound } from './ground.ts';
import type { AccessTables } from './tables.ts';

const grantsOfGroupMax = 200;

/** What is granted, and to whom. `project` null: `role` is a global one. */
export interface GrantTarget {
  readonly groupId: string;
  readonly project: string | null;
  readonly role: string;
}

/** What groups are granted. Whether `by` may is `decideGrant`, asked before. */
export interface Grants {
  /** By group, at most 500 after the grant `after`. */
  list(query?: {
    groupIds?: readonly string[];
    project?: string | null;
    limit?: number;
    after?: string;
  }): Promise<Grant[]>;
  get(id: string): Promise<Grant>;
  /** At most 200 for one group. Granting the same twice gives the grant there is. Members have it when it returns. */
  create(by: PrincipalRef, target: GrantTarget, groupName: string): Promise<Grant>;
  /** Members have it no more when it returns. */
  delete(by: PrincipalRef, id: string, groupName: string): Promise<void>;
  /** Takes back all grants of a group that is no more. */
  forgetGroup(by: PrincipalRef, groupId: string, groupName: string): Promise<void>;
}

export function createGrants(deps: AccessDeps): Grants {
  return {
    list: (query = {}) => listGrants(deps.db, query),
    get: id => findGrant(deps.db, id),
    create: (by, target, groupName) => createGrant(deps, by, target, groupName),
    async delete(by, id, groupName) {
      const gone = await removeGrants(deps, by, groupName, tx =>
        tx.deleteFrom('access_grants').where('id', '=', id).returningAll().execute(),
      );
      if (gone === 0) throw grantNotFound(id);
    },
    async forgetGroup(by, groupId, groupName) {
      await removeGrants(deps, by, groupName, tx =>
        tx.deleteFrom('access_grants').where('group_id', '=', groupId).returningAll().execute(),
      );
    },
  };
}

async function listGrants(
  db: Db,
  query: { groupIds?: readonly string[]; project?: string | null; limit?: number; after?: string },
): Promise<Grant[]> {
  const { after, groupIds, project } = query;
  let rows = db.selectFrom('access_grants').selectAll().orderBy('id');
  if (groupIds !== undefined) rows = rows.where('group_id', 'in', groupIds.length === 0 ? [''] : [...groupIds]);
  if (project !== undefined) rows = rows.where('project_id', '=', project ?? '');
  if (after !== undefined) rows = rows.where('id', '>', after);
  const found = await rows.limit(Math.min(Math.max(query.limit ?? 100, 1), 500)).execute();
  return found.map(toGrant);
}

async function createGrant(deps: AccessDeps, by: PrincipalRef, target: GrantTarget, groupName: string): Promise<Grant> {
  const { groupId, project, role } = target;
  if (project === null && role !== 'administrator' && role !== 'owner') throw roleNotFound(role);
  const grant: Grant = { id: deps.newId(), groupId, project, role, createdAt: deps.clock.now(), createdBy: by.name };
  const held = await deps.db.transaction().execute(async tx => {
    // Projects before roles, everywhere: two changes cannot wait for each other in a ring.
    if (project !== null) {
      await lockProject(tx, project);
      await lockRole(tx, role);
    }
    const rows = await tx.selectFrom('access_grants').selectAll().where('group_id', '=', groupId).execute();
    const same = rows.find(row => row.project_id === (project ?? '') && row.role === role);
    if (same !== undefined) return toGrant(same);
    if (rows.length >= grantsOfGroupMax) throw tooMany(groupName);
    await tx.insertInto('access_grants').values(toRow(grant)).execute();
    await deps.audit.append(recorded('grant.created', by, grant, groupName));
    return undefined;
  });
  if (held !== undefined) return held;
  await deps.changed({ kind: 'grants', added: [grant], removed: [] });
  return grant;
}

async function removeGrants(
  deps: AccessDeps,
  by: PrincipalRef,
  groupName: string,
  take: (tx: Tx) => Promise<AccessTables['access_grants'][]>,
): Promise<number> {
  const removed = await deps.db.transaction().execute(async tx => {
    const grants = (await take(tx)).map(toGrant);
    for (const grant of grants) await deps.audit.append(recorded('grant.deleted', by, grant, groupName));
    return grants;
  });
  if (removed.length > 0) await deps.changed({ kind: 'grants', added: [], removed });
  return removed.length;
}

async function findGrant(db: Db, id: string): Promise<Grant> {
  const row = await db.selectFrom('access_grants').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw grantNotFound(id);
  return toGrant(row);
}

/** The record of a grant made or taken back. */
export function recorded(
  type: 'grant.created' | 'grant.deleted',
  by: PrincipalRef,
  grant: Grant,
  groupName: string,
): NewEvent {
  return {
    type,
    outcome: 'success',
    principal: by,
    action: type === 'grant.created' ? 'grant.create' : 'grant.delete',
    resource: { kind: 'group', id: grant.groupId, name: groupName },
    ...(grant.project === null ? {} : { project: grant.project }),
    data: { grantId: grant.id, groupId: grant.groupId, role: grant.role, isGlobal: grant.project === null },
  };
}

function grantNotFound(id: string): SallyportError {
  return new SallyportError('access.grant_not_found', `Cannot find grant "${id.slice(0, 60)}": want the id of a grant`);
}

function tooMany(groupName: string): SallyportError {
  return invalid(`Cannot grant group "${groupName}" more: it has ${grantsOfGroupMax} grants`);
}

const toRow = (grant: Grant): AccessTables['access_grants'] => ({
  id: grant.id,
  group_id: grant.groupId,
  project_id: grant.project ?? '',
  role: grant.role,
  created_at: grant.createdAt,
  created_by: grant.createdBy,
});

export const toGrant = (row: AccessTables['access_grants']): Grant => ({
  id: row.id,
  groupId: row.group_id,
  project: row.project_id === '' ? null : row.project_id,
  role: row.role,
  createdAt: row.created_at,
  createdBy: row.created_by,
});
