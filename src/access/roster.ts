import type {
  AccessChange,
  CustomRole,
  CustomRoles,
  Elevated,
  GlobalRole,
  Grant,
  LiveElevation,
  Membership,
  Project,
  Subject,
} from './access.ts';
import { higher } from './decide.ts';

/** A person as the roster needs one. */
export interface RosterPerson {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  /** The global role given to the person directly. */
  readonly role: GlobalRole;
  readonly disabled: boolean;
  readonly createdAt?: number;
  readonly lastSignInAt?: number | null;
  /** Set for a service account: the person who answers for it. */
  readonly ownerId?: string;
}

export interface RosterGroup {
  readonly id: string;
  readonly name: string;
  readonly source: 'local' | 'provider' | 'scim';
}

/** Everything the roster is made from. */
export interface RosterRows {
  readonly people: Iterable<RosterPerson>;
  readonly groups: Iterable<RosterGroup>;
  /** Person → ids of the groups they are in. */
  readonly groupsOf: ReadonlyMap<string, readonly string[]>;
  readonly projects: Iterable<Project>;
  readonly memberships: Iterable<Membership>;
  readonly roles: Iterable<CustomRole>;
  readonly grants: Iterable<Grant>;
  readonly elevations: Iterable<LiveElevation>;
}

/** A person with all they hold, as a decision needs it. */
export interface RosterEntry extends Subject {
  readonly email: string;
  readonly name: string;
  readonly ownerId?: string;
  /** Names of the groups they are in. */
  readonly groups: readonly string[];
}

/** By which way somebody holds a role. */
export interface Way {
  readonly kind: 'direct' | 'group' | 'elevation';
  readonly project: string | null;
  readonly role: string;
  readonly group: RosterGroup | null;
  readonly grantId: string | null;
  readonly elevationId: string | null;
  readonly expiresAt: number | null;
}

/**
 * Who is in which group, what groups are granted and what everybody holds by it, in memory: what the snapshot is compiled from, and what
 * previews, reviews and explanations read. Each change names the people whose entry it touches. Nothing here is kept: the store is the truth.
 */
export interface Roster {
  /** Replaces everything. */
  fill(rows: RosterRows): void;
  setPerson(id: string, person: RosterPerson | null): readonly string[];
  /** A group's name; null: it is gone with its memberships. */
  setGroup(id: string, group: RosterGroup | null): readonly string[];
  /** All groups of one person, as they are now. */
  setGroupsOf(userId: string, groupIds: readonly string[]): readonly string[];
  apply(change: AccessChange): readonly string[];

  /** Undefined for nobody. */
  entry(userId: string): RosterEntry | undefined;
  /** The same for somebody who were in these groups, or if groups were granted something else. */
  imagine(
    userId: string | null,
    given: { readonly groupIds?: readonly string[]; readonly grantsOf?: (groupId: string) => readonly Grant[] },
  ): RosterEntry;
  ways(userId: string | null, groupIds?: readonly string[]): readonly Way[];
  readonly customRoles: CustomRoles;

  person(id: string): RosterPerson | undefined;
  people(): Iterable<RosterPerson>;
  group(id: string): RosterGroup | undefined;
  groupsOf(userId: string): readonly string[];
  membersOf(groupId: string): ReadonlySet<string>;
  grantsOf(groupId: string): readonly Grant[];
  grants(): Iterable<Grant>;
  elevationsOf(userId: string): readonly LiveElevation[];
  directRole(userId: string, projectId: string): string | undefined;
  directProjects(userId: string): ReadonlyMap<string, string>;
  /** Who has a role of their own in the project. */
  directMembers(projectId: string): ReadonlySet<string>;
  elevations(): Iterable<LiveElevation>;
  role(id: string): CustomRole | undefined;
  roles(): Iterable<CustomRole>;
  project(id: string): Project | undefined;
  projects(): Iterable<Project>;
}

const nobody: ReadonlySet<string> = new Set();
const none: readonly never[] = [];
const noProjects: ReadonlyMap<string, never> = new Map<string, never>();
const sharedMax = 20_000;
const groupNamesMax = 100;

/** An empty roster. Changes cost what they touch: one person for their groups, the members of a group for a grant. */
export function createRoster(): Roster {
  const people = new Map<string, RosterPerson>();
  const groups = new Map<string, RosterGroup>();
  const groupsOf = new Map<string, readonly string[]>();
  const membersOf = new Map<string, Set<string>>();
  const direct = new Map<string, ReadonlyMap<string, string>>();
  const directIn = new Map<string, Set<string>>();
  const grants = new Map<string, Grant>();
  const grantsOf = new Map<string, readonly Grant[]>();
  const elevations = new Map<string, readonly LiveElevation[]>();
  const roles = new Map<string, CustomRole>();
  const projects = new Map<string, Project>();
  const share = createSharing();
  let customRoles: CustomRoles = new Map();

  const refreshRoles = (): void => {
    customRoles = new Map([...roles].map(([id, role]) => [id, role.permissions]));
  };
  const grantsOfGroup = (groupId: string): readonly Grant[] => grantsOf.get(groupId) ?? none;

  function setGroupsOf(userId: string, groupIds: readonly string[]): readonly string[] {
    const before = groupsOf.get(userId) ?? none;
    for (const id of before) if (!groupIds.includes(id)) membersOf.get(id)?.delete(userId);
    for (const id of groupIds) addTo(membersOf, id, userId);
    if (groupIds.length === 0) groupsOf.delete(userId);
    else groupsOf.set(userId, groupIds);
    return [userId];
  }

  function addGrant(grant: Grant): void {
    grants.set(grant.id, grant);
    grantsOf.set(grant.groupId, [...grantsOfGroup(grant.groupId).filter(one => one.id !== grant.id), grant]);
  }

  function dropGrant(grant: Grant): void {
    grants.delete(grant.id);
    const left = grantsOfGroup(grant.groupId).filter(one => one.id !== grant.id);
    if (left.length === 0) grantsOf.delete(grant.groupId);
    else grantsOf.set(grant.groupId, left);
  }

  function setMember({ projectId, role, userId }: { projectId: string; role: string | null; userId: string }): void {
    const held = new Map(direct.get(userId));
    if (role === null) held.delete(projectId);
    else held.set(projectId, role);
    if (role === null) directIn.get(projectId)?.delete(userId);
    else addTo(directIn, projectId, userId);
    if (held.size === 0) direct.delete(userId);
    else direct.set(userId, held);
  }

  function setElevation(elevation: LiveElevation, isLive: boolean): void {
    const left = (elevations.get(elevation.userId) ?? none).filter(one => one.id !== elevation.id);
    const held = isLive ? [...left, elevation] : left;
    if (held.length === 0) elevations.delete(elevation.userId);
    else elevations.set(elevation.userId, held);
  }

  function imagine(userId: string | null, given: Parameters<Roster['imagine']>[1]): RosterEntry {
    const person = userId === null ? undefined : people.get(userId);
    const groupIds = given.groupIds ?? groupsOf.get(userId ?? '') ?? none;
    const ofGroup = given.grantsOf ?? grantsOfGroup;
    const held = gather(groupIds, ofGroup, (userId === null ? undefined : direct.get(userId)) ?? noProjects);
    const lifted = (userId === null ? undefined : elevations.get(userId)) ?? none;
    return {
      id: userId ?? '',
      email: person?.email ?? '',
      name: person?.name ?? '',
      globalRole:
        held.global === undefined ? (person?.role ?? 'member') : higher(person?.role ?? 'member', held.global),
      disabled: person?.disabled ?? false,
      ...(person?.ownerId === undefined ? {} : { ownerId: person.ownerId }),
      projects: share.projects(held.projects),
      elevations: lifted.length === 0 ? none : lifted.map(toElevated),
      groups: share.names(groupIds.slice(0, groupNamesMax).flatMap(id => groups.get(id)?.name ?? [])),
    };
  }

  return {
    fill(rows) {
      for (const table of [
        people,
        groups,
        groupsOf,
        membersOf,
        direct,
        directIn,
        grants,
        grantsOf,
        elevations,
        roles,
        projects,
      ])
        table.clear();
      for (const person of rows.people) people.set(person.id, person);
      for (const group of rows.groups) groups.set(group.id, group);
      for (const [userId, ids] of rows.groupsOf) setGroupsOf(userId, ids);
      for (const membership of rows.memberships) setMember(membership);
      for (const grant of rows.grants) addGrant(grant);
      for (const role of rows.roles) roles.set(role.id, role);
      for (const project of rows.projects) projects.set(project.id, project);
      for (const elevation of rows.elevations) setElevation(elevation, true);
      refreshRoles();
    },
    setPerson(id, person) {
      if (person === null) {
        people.delete(id);
        for (const projectId of direct.get(id)?.keys() ?? none) directIn.get(projectId)?.delete(id);
        direct.delete(id);
        elevations.delete(id);
        setGroupsOf(id, none);
      } else people.set(id, person);
      return [id];
    },
    setGroup(id, group) {
      const members = [...(membersOf.get(id) ?? nobody)];
      if (group !== null) groups.set(id, group);
      else {
        groups.delete(id);
        for (const userId of members)
          setGroupsOf(
            userId,
            (groupsOf.get(userId) ?? none).filter(one => one !== id),
          );
        membersOf.delete(id);
      }
      return members;
    },
    setGroupsOf,
    apply(change) {
      switch (change.kind) {
        case 'project':
          if (change.project === null) projects.delete(change.projectId);
          else projects.set(change.projectId, change.project);
          return none;
        case 'members':
          for (const member of change.members) setMember(member);
          return [...new Set(change.members.map(member => member.userId))];
        case 'role':
          if (change.role === null) roles.delete(change.roleId);
          else roles.set(change.roleId, change.role);
          refreshRoles();
          return none;
        case 'grants': {
          for (const grant of change.removed) dropGrant(grant);
          for (const grant of change.added) addGrant(grant);
          const touched = new Set([...change.removed, ...change.added].map(grant => grant.groupId));
          return [...new Set([...touched].flatMap(id => [...(membersOf.get(id) ?? nobody)]))];
        }
        case 'elevation':
          setElevation(change.elevation, change.isLive);
          return [change.elevation.userId];
        case 'assignment':
          return none;
        default:
          return change satisfies never;
      }
    },
    entry: userId => (people.has(userId) ? imagine(userId, {}) : undefined),
    imagine,
    ways(userId, groupIds) {
      const person = userId === null ? undefined : people.get(userId);
      const found: Way[] = [];
      const add = (kind: Way['kind'], project: string | null, role: string, rest: Partial<Way> = {}): unknown =>
        found.push({ kind, project, role, group: null, grantId: null, elevationId: null, expiresAt: null, ...rest });
      if (person !== undefined && person.role !== 'member') add('direct', null, person.role);
      for (const [project, role] of direct.get(userId ?? '') ?? noProjects) add('direct', project, role);
      for (const groupId of groupIds ?? groupsOf.get(userId ?? '') ?? none)
        for (const grant of grantsOfGroup(groupId))
          add('group', grant.project, grant.role, { group: groups.get(groupId) ?? null, grantId: grant.id });
      for (const { expiresAt, id, project, role } of elevations.get(userId ?? '') ?? none)
        add('elevation', project, role, { elevationId: id, expiresAt });
      return found;
    },
    get customRoles() {
      return customRoles;
    },
    person: id => people.get(id),
    people: () => people.values(),
    group: id => groups.get(id),
    groupsOf: userId => groupsOf.get(userId) ?? none,
    membersOf: groupId => membersOf.get(groupId) ?? nobody,
    grantsOf: grantsOfGroup,
    grants: () => grants.values(),
    elevationsOf: userId => elevations.get(userId) ?? none,
    directRole: (userId, projectId) => direct.get(userId)?.get(projectId),
    directMembers: projectId => directIn.get(projectId) ?? nobody,
    elevations: () => [...elevations.values()].flat(),
    directProjects: userId => direct.get(userId) ?? noProjects,
    role: id => roles.get(id),
    roles: () => roles.values(),
    project: id => projects.get(id),
    projects: () => projects.values(),
  };
}

function addTo(sets: Map<string, Set<string>>, key: string, value: string): void {
  const held = sets.get(key);
  if (held === undefined) sets.set(key, new Set([value]));
  else held.add(value);
}

const toElevated = ({ expiresAt, project, role }: LiveElevation): Elevated => ({ project, role, expiresAt });

/** What groups and direct roles come to: the highest global role by groups, and each project's roles without repeats, in order. */
function gather(
  groupIds: readonly string[],
  grantsOf: (groupId: string) => readonly Grant[],
  direct: ReadonlyMap<string, string>,
): { global: GlobalRole | undefined; projects: ReadonlyMap<string, readonly string[]> } {
  let global: GlobalRole | undefined;
  const projects = new Map<string, string[]>();
  const add = (project: string, role: string): void => {
    const held = projects.get(project);
    if (held === undefined) projects.set(project, [role]);
    else if (!held.includes(role)) held.push(role);
  };
  for (const [project, role] of direct) add(project, role);
  for (const groupId of groupIds)
    for (const grant of grantsOf(groupId))
      if (grant.project === null) global = higher(global ?? 'member', grant.role);
      else add(grant.project, grant.role);
  for (const roles of projects.values()) roles.sort();
  return { global, projects };
}

/** Equal values become one: a hundred thousand people in the same groups hold the same few maps. Bounded by forgetting all. */
function createSharing() {
  const maps = new Map<string, ReadonlyMap<string, readonly string[]>>();
  const lists = new Map<string, readonly string[]>();
  const list = (values: readonly string[]): readonly string[] => {
    if (values.length === 0) return none;
    const key = values.join('\n');
    const held = lists.get(key);
    if (held !== undefined) return held;
    if (lists.size >= sharedMax) lists.clear();
    lists.set(key, values);
    return values;
  };
  return {
    names: list,
    projects(held: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, readonly string[]> {
      if (held.size === 0) return noProjects;
      const ids = [...held.keys()].toSorted();
      // Ids of projects and of roles have neither of these in them.
      let key = '';
      for (const id of ids) key += `${id}:${held.get(id)?.join(',')};`;
      const known = maps.get(key);
      if (known !== undefined) return known;
      if (maps.size >= sharedMax) maps.clear();
      const made = new Map(ids.map(id => [id, list(held.get(id) ?? none)]));
      maps.set(key, made);
      return made;
    },
  };
}
