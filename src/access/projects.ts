import type { Kysely } from 'kysely';
import { SallyportError } from '../core/errors.ts';
import type { NewEvent, PrincipalRef } from '../core/events.ts';
import type { Access, Membership, Project } from './access.ts';
import { endElevations } from './elevations.ts';
import { recorded, toGrant } from './grants.ts';
import type { AccessDeps, Tx } from './ground.ts';
import { cleanName, fold, lockProject, lockRole, projectNotFound, toProject } from './ground.ts';
import type { AccessTables } from './tables.ts';

type ProjectAccess = Omit<
  Access,
  'load' | 'roles' | 'grants' | 'elevations' | 'breakGlass' | 'reviews' | 'uses' | 'inactiveAfterMs'
>;

const nameCharsMax = 80;

/**
 * Projects, their members and what is assigned to them. Checks, record and rows are one transaction: the record is durable before the
 * commit, and a change that cannot be recorded is rolled back. Changes of one project's members happen one after another.
 */
export function createProjects(deps: AccessDeps): ProjectAccess {
  const { db } = deps;
  return {
    async listProjects() {
      const rows = await db.selectFrom('access_projects').selectAll().orderBy('name_norm').execute();
      return rows.map(toProject);
    },
    getProject: id => findProject(db, id),
    createProject: (by, input) => createProject(deps, by, input.name),
    renameProject: (by, id, name) => renameProject(deps, by, { id, name }),
    deleteProject: (by, id) => deleteProject(deps, by, id),
    async listMembers(projectId) {
      await findProject(db, projectId);
      const rows = await db
        .selectFrom('access_members')
        .selectAll()
        .where('project_id', '=', projectId)
        .orderBy('created_at')
        .orderBy('user_id')
        .execute();
      return rows.map(toMembership);
    },
    setMember: (by, input) => setMember(deps, by, input),
    removeUser: (by, userId) => removeUser(deps, by, userId),
    async listAssignments(projectId) {
      await findProject(db, projectId);
      const rows = await db
        .selectFrom('access_assignments')
        .selectAll()
        .where('project_id', '=', projectId)
        .orderBy('site')
        .orderBy('kind')
        .orderBy('resource_id')
        .execute();
      return rows.map(toAssignment);
    },
    async findAssignment({ kind, resourceId, site }) {
      const row = await db
        .selectFrom('access_assignments')
        .select('project_id')
        .where('site', '=', site)
        .where('kind', '=', kind)
        .where('resource_id', '=', resourceId)
        .executeTakeFirst();
      return row?.project_id;
    },
    async assignResource(by, assignment, siteName) {
      const { site, kind, resourceId, projectId } = assignment;
      await db.transaction().execute(async tx => {
        const project = await lockProject(tx, projectId);
        await deps.audit.append({
          type: 'project.resource_assigned',
          ...about(by, 'project.assign_resource', project),
          site: siteName,
          data: { site: siteName, resourceKind: kind, resourceId },
        });
        await tx
          .insertInto('access_assignments')
          .values({ site, kind, resource_id: resourceId, project_id: projectId })
          .onConflict(conflict =>
            conflict.columns(['site', 'kind', 'resource_id']).doUpdateSet({ project_id: projectId }),
          )
          .execute();
      });
      await deps.changed({ kind: 'assignment', assignment });
    },
    removeSite: siteId => removeSite(deps, siteId),
  };
}

async function createProject(deps: AccessDeps, by: PrincipalRef, wanted: string): Promise<Project> {
  const name = cleanName('project', wanted, nameCharsMax);
  const project: Project = { id: deps.newId(), name, createdAt: deps.clock.now() };
  const owner: Membership | undefined =
    by.kind === 'user' ? { projectId: project.id, userId: by.id, role: 'owner' } : undefined;
  await deps.db.transaction().execute(async tx => {
    await refuseTakenName(tx, name);
    // Rows first here: two that want one name meet at the unique index, and the loser must not have been recorded.
    await tx
      .insertInto('access_projects')
      .values({ id: project.id, name, name_norm: fold(name), created_at: project.createdAt, revision: 0 })
      .execute();
    if (owner) await insertMember(tx, owner, project.createdAt);
    await deps.audit.append({ type: 'project.created', ...about(by, 'project.create', project), data: { name } });
    if (owner) await deps.audit.append(memberChanged(by, project, { ...owner, from: null, to: 'owner' }));
  });
  await deps.changed({ kind: 'project', projectId: project.id, project });
  if (owner) await deps.changed({ kind: 'members', members: [owner] });
  return project;
}

async function renameProject(
  deps: AccessDeps,
  by: PrincipalRef,
  input: { id: string; name: string },
): Promise<Project> {
  const name = cleanName('project', input.name, nameCharsMax);
  const project = await deps.db.transaction().execute(async tx => {
    const before = await lockProject(tx, input.id);
    if (before.name === name) return before;
    if (fold(before.name) !== fold(name)) await refuseTakenName(tx, name);
    await tx
      .updateTable('access_projects')
      .set({ name, name_norm: fold(name) })
      .where('id', '=', input.id)
      .execute();
    const after = { ...before, name };
    await deps.audit.append({
      type: 'project.updated',
      ...about(by, 'project.rename', after),
      data: { changed: ['name'] },
    });
    return after;
  });
  await deps.changed({ kind: 'project', projectId: project.id, project });
  return project;
}

async function deleteProject(deps: AccessDeps, by: PrincipalRef, id: string): Promise<void> {
  const site = await deps.siteUsing(id);
  if (site !== undefined) throw inUse(id, `it works on site "${site}"`);
  const gone = await deps.db.transaction().execute(async tx => {
    const project = await lockProject(tx, id);
    const assigned = await tx
      .selectFrom('access_assignments')
      .select('resource_id')
      .where('project_id', '=', id)
      .executeTakeFirst();
    if (assigned) throw inUse(id, 'resources are assigned to it');
    const members = await tx.selectFrom('access_members').selectAll().where('project_id', '=', id).execute();
    await deps.audit.append({
      type: 'project.deleted',
      ...about(by, 'project.delete', project),
      data: { name: project.name },
    });
    const granted = await tx.deleteFrom('access_grants').where('project_id', '=', id).returningAll().execute();
    const grants = granted.map(toGrant);
    for (const grant of grants)
      await deps.audit.append(recorded('grant.deleted', by, grant, deps.roster.group(grant.groupId)?.name ?? ''));
    const lifted = await endElevations(deps, tx, by, { projectId: id });
    await tx.deleteFrom('access_uses').where('project_id', '=', id).execute();
    await tx.deleteFrom('access_members').where('project_id', '=', id).execute();
    await tx.deleteFrom('access_projects').where('id', '=', id).execute();
    return { members: members.map(member => ({ projectId: id, userId: member.user_id, role: null })), grants, lifted };
  });
  if (gone.members.length > 0) await deps.changed({ kind: 'members', members: gone.members });
  if (gone.grants.length > 0) await deps.changed({ kind: 'grants', added: [], removed: gone.grants });
  for (const elevation of gone.lifted) await deps.changed({ kind: 'elevation', elevation, isLive: false });
  await deps.changed({ kind: 'project', projectId: id, project: null });
}

async function setMember(
  deps: AccessDeps,
  by: PrincipalRef,
  input: { projectId: string; userId: string; role: string | null },
): Promise<void> {
  const { projectId, userId, role } = input;
  const changed = await deps.db.transaction().execute(async tx => {
    const project = await lockProject(tx, projectId);
    if (role !== null) await lockRole(tx, role);
    const owners = await tx
      .selectFrom('access_members')
      .select(['user_id', 'role'])
      .where('project_id', '=', projectId)
      .where(where => where.or([where('user_id', '=', userId), where('role', '=', 'owner')]))
      .execute();
    const from = owners.find(member => member.user_id === userId)?.role ?? null;
    if (from === role) return false;
    if (from === 'owner' && !owners.some(member => member.role === 'owner' && member.user_id !== userId)) {
      const message = `Cannot change the role of "${userId}" in project "${project.name}": a project keeps at least one Owner`;
      throw new SallyportError('access.last_owner', message, { detail: message });
    }
    await deps.audit.append(memberChanged(by, project, { userId, from, to: role }));
    await tx.deleteFrom('access_members').where('project_id', '=', projectId).where('user_id', '=', userId).execute();
    if (role !== null) await insertMember(tx, { projectId, userId, role }, deps.clock.now());
    return true;
  });
  if (changed) await deps.changed({ kind: 'members', members: [{ projectId, userId, role }] });
}

async function removeUser(deps: AccessDeps, by: PrincipalRef, userId: string): Promise<void> {
  const left = await deps.db.transaction().execute(async tx => {
    const rows = await tx
      .selectFrom('access_members')
      .innerJoin('access_projects', 'access_projects.id', 'access_members.project_id')
      .select(['access_projects.id', 'access_projects.name', 'access_projects.created_at', 'access_members.role'])
      .where('access_members.user_id', '=', userId)
      .execute();
    for (const row of rows) {
      await deps.audit.append(memberChanged(by, toProject(row), { userId, from: row.role, to: null }));
    }
    await tx.deleteFrom('access_members').where('user_id', '=', userId).execute();
    await tx.deleteFrom('access_break_glass').where('user_id', '=', userId).execute();
    await tx.deleteFrom('access_uses').where('user_id', '=', userId).execute();
    const lifted = await endElevations(deps, tx, by, { userId });
    return { members: rows.map(row => ({ projectId: row.id, userId, role: null })), lifted };
  });
  if (left.members.length > 0) await deps.changed({ kind: 'members', members: left.members });
  for (const elevation of left.lifted) await deps.changed({ kind: 'elevation', elevation, isLive: false });
}

async function removeSite(deps: AccessDeps, siteId: string): Promise<void> {
  const gone = await deps.db.deleteFrom('access_assignments').where('site', '=', siteId).returningAll().execute();
  for (const { site, kind, resource_id: resourceId } of gone) {
    await deps.changed({ kind: 'assignment', assignment: { site, kind, resourceId, projectId: null } });
  }
}

async function findProject(db: Kysely<AccessTables>, id: string): Promise<Project> {
  const row = await db.selectFrom('access_projects').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw projectNotFound(id);
  return toProject(row);
}

async function refuseTakenName(tx: Tx, name: string): Promise<void> {
  const taken = await tx
    .selectFrom('access_projects')
    .select('id')
    .where('name_norm', '=', fold(name))
    .executeTakeFirst();
  if (!taken) return;
  const message = `Cannot name a project "${name}": another has that name`;
  throw new SallyportError('access.project_exists', message, { detail: message });
}

async function insertMember(tx: Tx, member: Membership, at: number): Promise<void> {
  await tx
    .insertInto('access_members')
    .values({ project_id: member.projectId, user_id: member.userId, role: member.role, created_at: at })
    .execute();
}

function about(by: PrincipalRef, action: string, project: Project) {
  return {
    outcome: 'success' as const,
    principal: by,
    action,
    resource: { kind: 'project', id: project.id, name: project.name },
    project: project.id,
  };
}

function memberChanged(
  by: PrincipalRef,
  project: Project,
  change: { userId: string; from: string | null; to: string | null },
): NewEvent {
  const { userId, from, to } = change;
  return { type: 'project.member_changed', ...about(by, 'project.set_member', project), data: { userId, from, to } };
}

function inUse(id: string, why: string): SallyportError {
  const message = `Cannot delete project "${id}": ${why}`;
  return new SallyportError('store.conflict', message, { detail: message });
}

export const toMembership = (row: AccessTables['access_members']): Membership => ({
  projectId: row.project_id,
  userId: row.user_id,
  role: row.role,
});

export const toAssignment = (row: AccessTables['access_assignments']) => ({
  site: row.site,
  kind: row.kind,
  resourceId: row.resource_id,
  projectId: row.project_id,
});
