import { SallyportError } from '../core/errors.ts';
import type { NewEvent, PrincipalRef } from '../core/events.ts';
import type { Permission } from '../core/permissions.ts';
import { permissions } from '../core/permissions.ts';
import type { CustomRole } from './access.ts';
import type { AccessDeps, Db, Tx } from './ground.ts';
import { cleanName, fold, invalid, roleNotFound } from './ground.ts';
import { customRolePermissions, projectRolePermissions } from './roles.ts';
import type { AccessTables } from './tables.ts';

const rolesMax = 200;
const nameCharsMax = 60;
const descriptionCharsMax = 300;

/** Project roles made here. What they can hold is `customRolePermissions`; whether `by` may make one is `decideCustomRole`. */
export interface Roles {
  /** With how often each is in use. */
  list(): Promise<(CustomRole & { readonly members: number; readonly grants: number })[]>;
  get(id: string): Promise<CustomRole>;
  /** At most 200. Throws `access.role_exists` for a name that is taken, by a built-in role too. */
  create(
    by: PrincipalRef,
    input: { name: string; description: string; permissions: readonly Permission[] },
  ): Promise<CustomRole>;
  /** In force for everybody who has the role when it returns. */
  update(
    by: PrincipalRef,
    id: string,
    input: { name?: string; description?: string; permissions?: readonly Permission[] },
  ): Promise<CustomRole>;
  /** Refused (`access.role_in_use`) while a person, a group or an elevation has it. */
  delete(by: PrincipalRef, id: string): Promise<void>;
}

export function createRoles(deps: AccessDeps): Roles {
  return {
    list: () => listRoles(deps.db),
    get: id => findRole(deps.db, id),
    create: (by, input) => createRole(deps, by, input),
    update: (by, id, input) => updateRole(deps, by, id, input),
    delete: (by, id) => deleteRole(deps, by, id),
  };
}

async function listRoles(db: Db): ReturnType<Roles['list']> {
  const [rows, members, grants] = await Promise.all([
    db.selectFrom('access_roles').selectAll().orderBy('name_norm').execute(),
    db
      .selectFrom('access_members')
      .select(count => ['role', count.fn.countAll<number | string | bigint>().as('uses')])
      .groupBy('role')
      .execute(),
    db
      .selectFrom('access_grants')
      .select(count => ['role', count.fn.countAll<number | string | bigint>().as('uses')])
      .groupBy('role')
      .execute(),
  ]);
  const uses = (list: readonly { role: string; uses: number | string | bigint }[], id: string): number =>
    Number(list.find(one => one.role === id)?.uses ?? 0);
  return rows.map(row => ({ ...toRole(row), members: uses(members, row.id), grants: uses(grants, row.id) }));
}

async function createRole(
  deps: AccessDeps,
  by: PrincipalRef,
  input: { name: string; description: string; permissions: readonly Permission[] },
): Promise<CustomRole> {
  const now = deps.clock.now();
  const role: CustomRole = {
    id: deps.newId(),
    name: cleanName('role', input.name, nameCharsMax),
    description: cleanText(input.description),
    permissions: cleanPermissions(input.permissions),
    createdAt: now,
    updatedAt: now,
  };
  await deps.db.transaction().execute(async tx => {
    const ids = await tx.selectFrom('access_roles').select('id').execute();
    if (ids.length >= rolesMax) throw invalid(`Cannot make role "${role.name}": there are ${rolesMax} already`);
    await refuseTakenName(tx, role.name, undefined);
    // Rows first here: two that want one name meet at the unique index, and the loser must not have been recorded.
    await tx.insertInto('access_roles').values(toRow(role)).execute();
    await deps.audit.append({
      type: 'role.created',
      ...about(by, 'role.create', role),
      data: { name: role.name, permissions: role.permissions },
    });
  });
  await deps.changed({ kind: 'role', roleId: role.id, role });
  return role;
}

async function updateRole(
  deps: AccessDeps,
  by: PrincipalRef,
  id: string,
  input: { name?: string; description?: string; permissions?: readonly Permission[] },
): Promise<CustomRole> {
  const role = await deps.db.transaction().execute(async tx => {
    const before = await lockForChange(tx, id);
    const after: CustomRole = {
      ...before,
      ...(input.name === undefined ? {} : { name: cleanName('role', input.name, nameCharsMax) }),
      ...(input.description === undefined ? {} : { description: cleanText(input.description) }),
      ...(input.permissions === undefined ? {} : { permissions: cleanPermissions(input.permissions) }),
      updatedAt: deps.clock.now(),
    };
    const changed = (['name', 'description', 'permissions'] as const).filter(
      field => JSON.stringify(before[field]) !== JSON.stringify(after[field]),
    );
    if (changed.length === 0) return before;
    if (changed.includes('name')) await refuseTakenName(tx, after.name, id);
    const { created_at: _same, id: _own, ...row } = toRow(after);
    await tx.updateTable('access_roles').set(row).where('id', '=', id).execute();
    await deps.audit.append({
      type: 'role.updated',
      ...about(by, 'role.update', after),
      data: {
        changed,
        added: after.permissions.filter(permission => !before.permissions.includes(permission)),
        removed: before.permissions.filter(permission => !after.permissions.includes(permission)),
      },
    });
    return after;
  });
  await deps.changed({ kind: 'role', roleId: id, role });
  return role;
}

async function deleteRole(deps: AccessDeps, by: PrincipalRef, id: string): Promise<void> {
  await deps.db.transaction().execute(async tx => {
    // Whoever gives the role to somebody takes the same lock: afterwards it is in use, or gone.
    const role = await lockForChange(tx, id);
    const inUse =
      (await tx.selectFrom('access_members').select('role').where('role', '=', id).executeTakeFirst()) ??
      (await tx.selectFrom('access_grants').select('role').where('role', '=', id).executeTakeFirst()) ??
      (await tx
        .selectFrom('access_elevations')
        .select('role')
        .where('role', '=', id)
        .where('state', 'in', ['asked', 'active'])
        .executeTakeFirst());
    if (inUse) {
      const message = `Cannot delete role "${role.name}": people, groups or elevations have it`;
      throw new SallyportError('access.role_in_use', message, { detail: message });
    }
    await deps.audit.append({ type: 'role.deleted', ...about(by, 'role.delete', role), data: { name: role.name } });
    await tx.deleteFrom('access_roles').where('id', '=', id).execute();
  });
  await deps.changed({ kind: 'role', roleId: id, role: null });
}

async function lockForChange(tx: Tx, id: string): Promise<CustomRole> {
  const row = await tx
    .updateTable('access_roles')
    .set(update => ({ revision: update('revision', '+', 1) }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  if (!row) throw roleNotFound(id);
  return toRole(row);
}

async function findRole(db: Db, id: string): Promise<CustomRole> {
  const row = await db.selectFrom('access_roles').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw roleNotFound(id);
  return toRole(row);
}

async function refuseTakenName(tx: Tx, name: string, own: string | undefined): Promise<void> {
  const taken = await tx.selectFrom('access_roles').select('id').where('name_norm', '=', fold(name)).executeTakeFirst();
  if ((taken === undefined || taken.id === own) && !Object.hasOwn(projectRolePermissions, fold(name))) return;
  const message = `Cannot name a role "${name}": another has that name`;
  throw new SallyportError('access.role_exists', message, { detail: message });
}

function cleanPermissions(wanted: readonly Permission[]): readonly Permission[] {
  const odd = wanted.find(permission => !customRolePermissions.has(permission));
  if (odd !== undefined) throw invalid(`Cannot put "${odd}" into a role: want what happens inside a project`);
  if (wanted.length === 0) throw invalid('Cannot make a role without permissions: want at least one');
  return permissions.filter(permission => wanted.includes(permission));
}

function cleanText(text: string): string {
  const clean = text.normalize('NFC').trim();
  if (clean.length <= descriptionCharsMax && !/\p{Cc}/u.test(clean)) return clean;
  throw invalid(`Cannot keep the description: want at most ${descriptionCharsMax} characters on one line`);
}

function about(
  by: PrincipalRef,
  action: string,
  role: CustomRole,
): Pick<NewEvent, 'outcome' | 'principal' | 'action'> & {
  resource: { kind: string; id: string; name: string };
} {
  return { outcome: 'success', principal: by, action, resource: { kind: 'role', id: role.id, name: role.name } };
}

const toRow = (role: CustomRole): AccessTables['access_roles'] => ({
  id: role.id,
  name: role.name,
  name_norm: fold(role.name),
  description: role.description,
  permissions: JSON.stringify(role.permissions),
  created_at: role.createdAt,
  updated_at: role.updatedAt,
  revision: 0,
});

/** A row as a role; what this version does not let a role hold is left out. */
export function toRole(row: AccessTables['access_roles']): CustomRole {
  const held: unknown = JSON.parse(row.permissions);
  const list = Array.isArray(held) ? held : [];
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    permissions: permissions.filter(permission => customRolePermissions.has(permission) && list.includes(permission)),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
