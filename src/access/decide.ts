import type { Permission } from '../core/permissions.ts';
import { permissions } from '../core/permissions.ts';
import type { AccessRequest, CustomRoles, Decision, Elevated, GlobalRole, ProjectRole, Subject } from './access.ts';
import { everyProjectPermissions, globalRolePermissions, permissionsOfRole, roleHolds } from './roles.ts';

const known: ReadonlySet<string> = new Set(permissions);
const ranks: readonly GlobalRole[] = ['member', 'administrator', 'owner'];

/** A time at which no elevation counts: for what must not be made from a borrowed role. */
export const withoutElevations = Number.POSITIVE_INFINITY;

const allowGlobal = allowances('global role');
const allowProject = allowances('project role');
const allowElevation = allowances('elevation to');

const disabled: Decision = { allow: false, reason: 'the account is disabled' };
const unknownPermission: Decision = { allow: false, reason: 'the permission is unknown' };
const noProjectRole: Decision = { allow: false, reason: 'no role in this project' };
const globalRoleLacks: Decision = { allow: false, reason: 'the global role does not grant it' };
const projectRoleLacks: Decision = { allow: false, reason: 'the role in this project does not grant it' };

/**
 * Says whether the subject may do it at this time. Pure, allocates nothing, refuses what it does not know: a role, a permission, a project
 * in which the subject has no role, an elevation whose end has come. Only a global Owner passes `platform.unknown`. `roles` are those made
 * here; `now` is Unix time, so that an elevation ends where nobody can be asked any more.
 */
export function decide(subject: Subject, request: AccessRequest, now: number, roles: CustomRoles): Decision {
  const { permission, project } = request;
  // oxlint-disable-next-line typescript/no-unnecessary-boolean-literal-compare -- a subject that does not say so is refused too
  if (subject.disabled !== false) return disabled;
  if (!known.has(permission)) return unknownPermission;
  const global = project === undefined ? globalRolePermissions : everyProjectPermissions;
  if (holds(global, subject.globalRole, permission)) return allowGlobal(subject.globalRole);
  const held = project === undefined ? undefined : subject.projects.get(project);
  if (held !== undefined) for (const role of held) if (roleHolds(role, permission, roles)) return allowProject(role);
  for (const elevation of subject.elevations) {
    if (!(now < elevation.expiresAt)) continue;
    const { role } = elevation;
    const isEnough =
      elevation.project === null
        ? holds(global, role, permission)
        : elevation.project === project && roleHolds(role, permission, roles);
    if (isEnough) return allowElevation(role);
  }
  if (project === undefined) return globalRoleLacks;
  return held === undefined ? noProjectRole : projectRoleLacks;
}

/** Every permission `decide` grants the subject there: for a page that shows only what works. Never what a decision is made from. */
export function permissionsOf(
  subject: Subject,
  project: string | undefined,
  now: number,
  roles: CustomRoles,
): Permission[] {
  return permissions.filter(permission => decide(subject, { permission, project }, now, roles).allow);
}

/** The highest global role the subject has at this time, elevations with it. */
export function globalRoleOf(subject: Pick<Subject, 'globalRole' | 'elevations'>, now: number): GlobalRole {
  let highest = subject.globalRole;
  for (const elevation of subject.elevations) if (isGlobal(elevation, now)) highest = higher(highest, elevation.role);
  return highest;
}

/** The higher of two global roles; what is none counts as the lowest. */
export function higher(one: GlobalRole, other: string): GlobalRole {
  const at = ranks.findIndex(role => role === other);
  return at > ranks.indexOf(one) ? (ranks[at] ?? one) : one;
}

/**
 * Says whether the subject may manage a person who has `current` (null: a new person) and shall have `next` (null: deleted; left out: the
 * role stays). Only an Owner may touch an Owner or make one, by whatever way: role, recovery link, second factor, sessions.
 */
export function decidePerson(
  subject: Subject,
  person: { readonly current: GlobalRole | null; readonly next?: GlobalRole | null },
  now: number,
): Decision {
  const { current, next } = person;
  // A borrowed role makes no lasting one, for anybody.
  const raises = (next === 'administrator' || next === 'owner') && next !== current;
  const at = raises ? withoutElevations : now;
  const decision = decide(subject, { permission: 'user.manage', project: undefined }, at, noRoles);
  if (!decision.allow || globalRoleOf(subject, at) === 'owner') return decision;
  if (current === 'owner') return { allow: false, reason: 'only an Owner manages an Owner' };
  if (next === 'owner') return { allow: false, reason: 'only an Owner makes an Owner' };
  return decision;
}

/**
 * Says whether the subject may change a member's role in a project. Making and unmaking project Owners needs `project.own`; who has less
 * hands out and takes away nothing above what they hold there. For oneself elevations do not count: a borrowed role makes no lasting one.
 */
export function decideMember(
  subject: Subject,
  change: {
    readonly project: string;
    readonly current: string | null;
    readonly next: string | null;
    readonly isSelf?: boolean;
  },
  now: number,
  roles: CustomRoles,
): Decision {
  const at = change.isSelf === true ? withoutElevations : now;
  const { project, current, next } = change;
  const isOwner = current === 'owner' || next === 'owner';
  const may = decide(subject, { permission: isOwner ? 'project.own' : 'project.manage', project }, at, roles);
  if (!may.allow) return may;
  if (next !== null && permissionsOfRole(next, roles) === undefined) return unknownRole;
  if (decide(subject, { permission: 'project.own', project }, at, roles).allow) return may;
  for (const role of [current, next]) {
    if (role !== null && !holdsAll(subject, { project, role }, at, roles)) return aboveOwn;
  }
  return may;
}

/**
 * Says whether the subject may grant a group a role: a global one as they could make one person that, a project role as they could a member.
 * To a group they are in themselves, only what they hold already, elevations aside.
 */
export function decideGrant(
  subject: Subject,
  grant: { readonly project: string | null; readonly role: string; readonly isOwnGroup: boolean },
  now: number,
  roles: CustomRoles,
): Decision {
  const { project, role, isOwnGroup } = grant;
  if (project === null) {
    if (role !== 'administrator' && role !== 'owner') return unknownRole;
    return decidePerson(subject, { current: null, next: role }, now);
  }
  const may = decideMember(subject, { project, current: null, next: role, isSelf: isOwnGroup }, now, roles);
  if (!may.allow || !isOwnGroup) return may;
  return holdsAll(subject, { project, role }, withoutElevations, roles) ? may : aboveOwn;
}

/**
 * Says whether the subject may give a role made here these permissions. Who manages people may, since they could hand out any project role;
 * a role they hold themselves does not get what they have not everywhere already.
 */
export function decideCustomRole(
  subject: Subject,
  role: { readonly added: readonly Permission[]; readonly isHeldBySelf: boolean },
  now: number,
): Decision {
  const may = decide(subject, { permission: 'user.manage', project: undefined }, now, noRoles);
  if (!may.allow) return may;
  for (const permission of role.added) {
    if (role.isHeldBySelf && !holds(everyProjectPermissions, subject.globalRole, permission)) return aboveOwn;
  }
  return may;
}

/**
 * Says whether the subject has any business on a site: whoever may read its default project, or one that something of the site is assigned
 * to. What they may do there is decided request by request.
 */
export function decideEntry(
  subject: Subject,
  site: { readonly defaultProject: string; readonly assignedProjects: Iterable<string> },
  now: number,
  roles: CustomRoles,
): Decision {
  const first = decide(subject, { permission: 'project.read', project: site.defaultProject }, now, roles);
  if (first.allow) return first;
  for (const project of site.assignedProjects) {
    const decision = decide(subject, { permission: 'project.read', project }, now, roles);
    if (decision.allow) return decision;
  }
  return first;
}

const noRoles: CustomRoles = new Map();
const aboveOwn: Decision = { allow: false, reason: 'the role is above your own' };
const unknownRole: Decision = { allow: false, reason: 'the role is unknown' };

const isGlobal = (elevation: Elevated, now: number): boolean => elevation.project === null && now < elevation.expiresAt;

function holdsAll(
  subject: Subject,
  held: { readonly project: string; readonly role: string },
  now: number,
  roles: CustomRoles,
): boolean {
  const { project } = held;
  const wanted = permissionsOfRole(held.role, roles) ?? [];
  return wanted.every(permission => decide(subject, { permission, project }, now, roles).allow);
}

function holds(
  table: Readonly<Record<GlobalRole, ReadonlySet<Permission>>>,
  role: string,
  permission: Permission,
): boolean {
  // Roles come out of a snapshot: a word that is no role of ours must not find something on the prototype.
  return Object.hasOwn(table, role) && table[role as GlobalRole].has(permission);
}

/** Made once: a decision costs no memory. */
function allowances(kind: string): (role: string) => Decision {
  const made = new Map<string, Decision>();
  const builtIn: readonly (GlobalRole | ProjectRole)[] = [...ranks, 'viewer', 'editor', 'admin'];
  for (const role of builtIn) made.set(role, { allow: true, because: `${kind} ${role}` });
  const custom: Decision = { allow: true, because: `${kind} made here` };
  return role => made.get(role) ?? custom;
}
