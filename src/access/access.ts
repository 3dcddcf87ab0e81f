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
export type Decision = { readonly allow: true; readonly because: string } | { readonly allow: false; readonly reason: string };

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

/** Which project a platform's workflow or credential belongs to; what is not listed is in the site's default project. */
export interface ResourceAssignment {
  readonly site: string;
  readonly kind: string;
  readonly resourceId: string;
  readonly projectId: string;
}

/** Every change is recorded (audit first, then the row) and told to `changed`. */
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
  removeUser(by: PrincipalRef, userId: string): Promise<void>;
  assignResource(by: PrincipalRef, assignment: ResourceAssignment): Promise<void>;
  /** Everything a snapshot needs, in one read. */
  load(): Promise<{ memberships: Membership[]; assignments: ResourceAssignment[] }>;
}
