import type { Permission } from '../core/permissions.ts';
import { permissions } from '../core/permissions.ts';
import type { CustomRoles, GlobalRole, ProjectRole } from './access.ts';

const viewer: readonly Permission[] = ['project.read', 'workflow.read', 'execution.read', 'data_source.read'];

const editor: readonly Permission[] = [
  ...viewer,
  'workflow.create',
  'workflow.update',
  'workflow.delete',
  'workflow.execute',
  'execution.control',
  'execution.delete',
  // To use a credential one must be able to pick it; what is read of it never holds its secret.
  'credential.read',
  'credential.use',
  'data_source.use',
];

const projectAdmin: readonly Permission[] = [
  ...editor,
  'workflow.share',
  'credential.create',
  'credential.manage',
  'data_source.create',
  'data_source.manage',
  'project.manage',
];

/**
 * What a role made here can hold: what happens inside a project. Never `project.own`, which hands out everything, and nothing of the house.
 */
export const customRolePermissions: ReadonlySet<Permission> = new Set(projectAdmin);

/** What each project role may do inside its project. */
export const projectRolePermissions: Readonly<Record<ProjectRole, ReadonlySet<Permission>>> = {
  viewer: new Set(viewer),
  editor: new Set(editor),
  admin: new Set(projectAdmin),
  owner: new Set<Permission>([...projectAdmin, 'project.own']),
};

const all: ReadonlySet<Permission> = new Set(permissions);

const administrator: readonly Permission[] = [
  'project.create',
  'project.read',
  'project.manage',
  'project.own',
  'user.read',
  'user.manage',
  'site.read',
  'site.manage',
  'settings.read',
  'settings.manage',
  'audit.read',
  'review.manage',
];

/** What each global role may do with what belongs to no project. */
export const globalRolePermissions: Readonly<Record<GlobalRole, ReadonlySet<Permission>>> = {
  member: new Set<Permission>(),
  administrator: new Set(administrator),
  owner: all,
};

/**
 * What each global role may do inside every project, with or without a role in it. Administrators look and manage; to change or run a
 * workflow, or use a credential, they must give themselves a role in the project first, and that is recorded.
 */
export const everyProjectPermissions: Readonly<Record<GlobalRole, ReadonlySet<Permission>>> = {
  member: new Set<Permission>(),
  administrator: new Set([...administrator, ...viewer]),
  owner: all,
};

/** Whether a role held in a project is enough. What is neither built in nor made here grants nothing; a name that is built in is only that. */
export function roleHolds(role: string, permission: Permission, roles: CustomRoles): boolean {
  // Roles come out of a snapshot: a word that is no role of ours must not find something on the prototype.
  if (Object.hasOwn(projectRolePermissions, role)) return projectRolePermissions[role as ProjectRole].has(permission);
  return customRolePermissions.has(permission) && roles.get(role)?.includes(permission) === true;
}

/** What a role holds in its project; undefined for one that is unknown. */
export function permissionsOfRole(role: string, roles: CustomRoles): readonly Permission[] | undefined {
  if (!Object.hasOwn(projectRolePermissions, role) && !roles.has(role)) return undefined;
  return permissions.filter(permission => roleHolds(role, permission, roles));
}
