import type { Permission } from '../core/permissions.ts';
import { permissions } from '../core/permissions.ts';
import type { GlobalRole, ProjectRole } from './access.ts';

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
