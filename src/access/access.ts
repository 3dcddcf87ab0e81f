/**
 * Access answers "may they?". Roles are tables of permissions; `decide` is pure, needs no I/O and refuses whatever it does not know.
 * Projects isolate workflows and data sources; people get a role in each project they belong to, and one global role.
 */
import type { PrincipalRef } from '../core/events.ts';
import type { Permission } from '../core/permissions.ts';

export const globalRoles = ['member', 'administrator', 'owner'] as const;
export type GlobalRole = (typeof globalRoles)[number];

export const projectRoles = ['viewer', 'editor', 'admin', 'owner'] as const;
export type ProjectRole = (typeof projectRoles)[number];

/** What a decision is made from: a person's roles as the snapshot carries them. */
export interface Subject {
  readonly id: string;
  readonly globalRole: GlobalRole;
  readonly disabled: boolean;
  /** Project id → role. */
  readonly projects: ReadonlyMap<string, ProjectRole>;
}

export interface AccessRequest {
  readonly permission: Permission;
  /** The project the resource is in; undefined for what belongs to no project (settings, people, sites). */
  readonly project: string | undefined;
}

/** `because` names the rule that decided, for "Why?". */
export type Decision =
  | { readonly allow: true; readonly because: string }
  | { readonly allow: false; readonly reason: string };

export interface Project {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
}

export interface Membership {
  readonly projectId: string;
  readonly userId: string;
  readonly role: ProjectRole;
}

/** Which project a platform's workflow or credential belongs to, `site` by its id; what is not listed is in the site's default project. */
export interface ResourceAssignment {
  readonly site: string;
  readonly kind: string;
  readonly resourceId: string;
  readonly projectId: string;
}

/** What a change of access means for whoever decides from a copy: a null takes the entry out. */
export type AccessChange =
  | { readonly kind: 'project'; readonly projectId: string; readonly project: Project | null }
  | {
      readonly kind: 'members';
      readonly members: readonly (Omit<Membership, 'role'> & { readonly role: ProjectRole | null })[];
    }
  | {
      readonly kind: 'assignment';
      readonly assignment: Omit<ResourceAssignment, 'projectId'> & { readonly projectId: string | null };
    };

/**
 * Every change is recorded before it is committed (an audit log that cannot record stops it) and told to `changed` after; the call returns
 * when `changed` has returned. None of these asks whether `by` may: `decide` first.
 */
export interface Access {
  listProjects(): Promise<Project[]>;
  getProject(id: string): Promise<Project>;
  createProject(by: PrincipalRef, input: { name: string }): Promise<Project>;
  renameProject(by: PrincipalRef, id: string, name: string): Promise<Project>;
  /** Refused (`store.conflict`) while a site has it as its default project or resources are assigned to it. */
  deleteProject(by: PrincipalRef, id: string): Promise<void>;
  listMembers(projectId: string): Promise<Membership[]>;
  /** `role: null` takes the person out. The last Owner of a project cannot be removed or demoted (`access.last_owner`). */
  setMember(by: PrincipalRef, input: { projectId: string; userId: string; role: ProjectRole | null }): Promise<void>;
  /** Takes a person who leaves out of every project, also where they were its last Owner: global Owners and Administrators still own it. */
  removeUser(by: PrincipalRef, userId: string): Promise<void>;
  listAssignments(projectId: string): Promise<ResourceAssignment[]>;
  /** `siteName` is for the record, which names sites by name. */
  assignResource(by: PrincipalRef, assignment: ResourceAssignment, siteName: string): Promise<void>;
  /** Forgets what was assigned of a site that is no more. The record is that of its deletion. */
  removeSite(siteId: string): Promise<void>;
  /** Everything a snapshot needs, in one read. */
  load(): Promise<{ memberships: Membership[]; assignments: ResourceAssignment[] }>;
}

export { decide, decideEntry, decideMember, decidePerson, permissionsOf } from './decide.ts';
export type { AccessDeps } from './projects.ts';
export { createAccess } from './projects.ts';
export { everyProjectPermissions, globalRolePermissions, projectRolePermissions } from './roles.ts';
export type { AccessTables } from './tables.ts';
export { accessMigrations } from './tables.ts';
