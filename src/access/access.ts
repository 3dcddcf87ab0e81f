/**
 * Access answers "may they?". Roles are tables of permissions; `decide` is pure, needs no I/O and refuses whatever it does not know.
 * Projects isolate workflows and data sources; people get a role in each project they belong to, and one global role.
 */
import type { PrincipalRef } from '../core/events.ts';
import type { Permission } from '../core/permissions.ts';
import type { BreakGlass } from './break-glass.ts';
import type { Roles } from './custom-roles.ts';
import type { Elevations } from './elevations.ts';
import type { Grants } from './grants.ts';
import type { Reviews } from './reviews.ts';
import type { Uses } from './uses.ts';

export const globalRoles = ['member', 'administrator', 'owner'] as const;
export type GlobalRole = (typeof globalRoles)[number];

export const projectRoles = ['viewer', 'editor', 'admin', 'owner'] as const;
export type ProjectRole = (typeof projectRoles)[number];

/** A role for a time. `project` null: `role` is a global one. */
export interface Elevated {
  readonly project: string | null;
  readonly role: string;
  readonly expiresAt: number;
}

/** What a decision is made from: a person's roles as the snapshot carries them, by whatever way they hold them. */
export interface Subject {
  readonly id: string;
  readonly globalRole: GlobalRole;
  readonly disabled: boolean;
  /** Project id → roles: built-in ones by name, those made here by id. */
  readonly projects: ReadonlyMap<string, readonly string[]>;
  readonly elevations: readonly Elevated[];
}

/** Roles made here: id → what it may do in its project. */
export type CustomRoles = ReadonlyMap<string, readonly Permission[]>;

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
  /** A built-in project role, or the id of one made here. */
  readonly role: string;
}

/** A project role made here. */
export interface CustomRole {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly permissions: readonly Permission[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What everybody in a group holds by it: a global role (`project` null), or a role in a project. */
export interface Grant {
  readonly id: string;
  readonly groupId: string;
  readonly project: string | null;
  readonly role: string;
  readonly createdAt: number;
  /** Who made it, as people recognise them. */
  readonly createdBy: string;
}

/** An approved elevation that has not ended. */
export interface LiveElevation extends Elevated {
  readonly id: string;
  readonly userId: string;
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
      readonly members: readonly (Omit<Membership, 'role'> & { readonly role: string | null })[];
    }
  | { readonly kind: 'role'; readonly roleId: string; readonly role: CustomRole | null }
  | { readonly kind: 'grants'; readonly added: readonly Grant[]; readonly removed: readonly Grant[] }
  | { readonly kind: 'elevation'; readonly elevation: LiveElevation; readonly isLive: boolean }
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
  setMember(by: PrincipalRef, input: { projectId: string; userId: string; role: string | null }): Promise<void>;
  /** Takes a person who leaves out of every project, also where they were its last Owner: global Owners and Administrators still own it. */
  removeUser(by: PrincipalRef, userId: string): Promise<void>;
  listAssignments(projectId: string): Promise<ResourceAssignment[]>;
  /** The project of one resource; undefined when nobody assigned it. */
  findAssignment(resource: Omit<ResourceAssignment, 'projectId'>): Promise<string | undefined>;
  /** `siteName` is for the record, which names sites by name. */
  assignResource(by: PrincipalRef, assignment: ResourceAssignment, siteName: string): Promise<void>;
  /** Forgets what was assigned of a site that is no more. The record is that of its deletion. */
  removeSite(siteId: string): Promise<void>;
  /** Everything a snapshot needs, in one read. */
  load(): Promise<AccessRows>;

  readonly roles: Roles;
  readonly grants: Grants;
  readonly elevations: Elevations;
  readonly breakGlass: BreakGlass;
  readonly reviews: Reviews;
  readonly uses: Uses;
  /** People not seen for longer are shown as inactive. */
  readonly inactiveAfterMs: number;
}

/** What a snapshot is made of. */
export interface AccessRows {
  readonly projects: readonly Project[];
  readonly memberships: readonly Membership[];
  readonly assignments: readonly ResourceAssignment[];
  readonly roles: readonly CustomRole[];
  readonly grants: readonly Grant[];
  readonly elevations: readonly LiveElevation[];
}

export type { BreakGlass, BreakGlassAccount } from './break-glass.ts';
export type { AccessConfig } from './config.ts';
export { accessConfig } from './config.ts';
export { createAccess } from './create-access.ts';
export type { Roles } from './custom-roles.ts';
export {
  decide,
  decideCustomRole,
  decideEntry,
  decideGrant,
  decideMember,
  decidePerson,
  globalRoleOf,
  permissionsOf,
  withoutElevations,
} from './decide.ts';
export type { Elevation, Elevations } from './elevations.ts';
export type { Explanation, JudgedWay } from './explain.ts';
export { explainDecision } from './explain.ts';
export type { Grants, GrantTarget } from './grants.ts';
export type { AccessDeps, AccessHands } from './ground.ts';
export type { GrantPreview, HeldRole, PreviewedPerson } from './preview.ts';
export { previewGrants } from './preview.ts';
export type { ReviewedKey, ReviewScope } from './review-items.ts';
export type { Campaign, CampaignInput, ReviewItem, Reviews } from './reviews.ts';
export { reviewItemsMax } from './reviews.ts';
export {
  customRolePermissions,
  everyProjectPermissions,
  globalRolePermissions,
  permissionsOfRole,
  projectRolePermissions,
} from './roles.ts';
export type { Roster, RosterEntry, RosterGroup, RosterPerson, RosterRows, Way } from './roster.ts';
export { createRoster } from './roster.ts';
export type { AccessTables } from './tables.ts';
export { accessMigrations } from './tables.ts';
