import type { Permission } from '../core/permissions.ts';
import { permissions } from '../core/permissions.ts';
import type { AccessRequest, Decision, GlobalRole, ProjectRole, Subject } from './access.ts';
import { everyProjectPermissions, globalRolePermissions, projectRolePermissions } from './roles.ts';

const known: ReadonlySet<string> = new Set(permissions);

const allowGlobal = allowances('global role');
const allowProject = allowances('project role');

const disabled: Decision = { allow: false, reason: 'the account is disabled' };
const unknownPermission: Decision = { allow: false, reason: 'the permission is unknown' };
const noProjectRole: Decision = { allow: false, reason: 'no role in this project' };
const globalRoleLacks: Decision = { allow: false, reason: 'the global role does not grant it' };
const projectRoleLacks: Decision = { allow: false, reason: 'the role in this project does not grant it' };

/**
 * Says whether the subject may do it. Pure, allocates nothing, refuses what it does not know: a role, a permission, a project in which
 * the subject has no role. Only a global Owner passes `platform.unknown`.
 */
export function decide(subject: Subject, request: AccessRequest): Decision {
  const { permission, project } = request;
  // oxlint-disable-next-line typescript/no-unnecessary-boolean-literal-compare -- a subject that does not say so is refused too
  if (subject.disabled !== false) return disabled;
  if (!known.has(permission)) return unknownPermission;
  const global = project === undefined ? globalRolePermissions : everyProjectPermissions;
  if (holds(global, subject.globalRole, permission)) return allowGlobal(subject.globalRole);
  if (project === undefined) return globalRoleLacks;
  const role = subject.projects.get(project);
  if (role === undefined) return noProjectRole;
  return holds(projectRolePermissions, role, permission) ? allowProject(role) : projectRoleLacks;
}

/** Every permission `decide` grants the subject there: for a page that shows only what works. Never what a decision is made from. */
export function permissionsOf(subject: Subject, project: string | undefined): Permission[] {
  return permissions.filter(permission => decide(subject, { permission, project }).allow);
}

/**
 * Says whether the subject may manage a person who has `current` (null: a new person) and shall have `next` (null: deleted; left out: the
 * role stays). Only an Owner may touch an Owner or make one, by whatever way: role, recovery link, second factor, sessions.
 */
export function decidePerson(
  subject: Subject,
  person: { readonly current: GlobalRole | null; readonly next?: GlobalRole | null },
): Decision {
  const decision = decide(subject, { permission: 'user.manage', project: undefined });
  if (!decision.allow || subject.globalRole === 'owner') return decision;
  if (person.current === 'owner') return { allow: false, reason: 'only an Owner manages an Owner' };
  if (person.next === 'owner') return { allow: false, reason: 'only an Owner makes an Owner' };
  return decision;
}

/** Says whether the subject may change a member's role in a project; making and unmaking project Owners needs `project.own`. */
export function decideMember(
  subject: Subject,
  change: { readonly project: string; readonly current: ProjectRole | null; readonly next: ProjectRole | null },
): Decision {
  const touchesOwner = change.current === 'owner' || change.next === 'owner';
  return decide(subject, {
    permission: touchesOwner ? 'project.own' : 'project.manage',
    project: change.project,
  });
}

/**
 * Says whether the subject has any business on a site: whoever may read its default project, or one that something of the site is assigned
 * to. What they may do there is decided request by request.
 */
export function decideEntry(
  subject: Subject,
  site: { readonly defaultProject: string; readonly assignedProjects: Iterable<string> },
): Decision {
  const first = decide(subject, { permission: 'project.read', project: site.defaultProject });
  if (first.allow) return first;
  for (const project of site.assignedProjects) {
    const decision = decide(subject, { permission: 'project.read', project });
    if (decision.allow) return decision;
  }
  return first;
}

function holds<Role extends string>(
  table: Readonly<Record<Role, ReadonlySet<Permission>>>,
  role: Role,
  permission: Permission,
): boolean {
  // Roles come out of a snapshot: a word that is no role of ours must not find something on the prototype.
  return Object.hasOwn(table, role) && table[role].has(permission);
}

function allowances(kind: string): (role: GlobalRole | ProjectRole) => Decision {
  const made = new Map<string, Decision>();
  for (const role of ['member', 'administrator', 'owner', 'viewer', 'editor', 'admin']) {
    made.set(role, { allow: true, because: `${kind} ${role}` });
  }
  return role => made.get(role) ?? unknownPermission;
}
