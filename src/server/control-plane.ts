import type {
  AccessChange,
  AccessRows,
  ResourceAssignment,
  Roster,
  RosterEntry,
  RosterGroup,
} from '../access/access.ts';
import { SallyportError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type {
  ApiKeyPolicy,
  AssertionKeys,
  GatePerimeter,
  PolicySnapshot,
  SessionPolicy,
  SitePolicy,
  SnapshotChange,
  SnapshotUpdate,
} from '../gateway/gateway.ts';
import { applyUpdate } from '../gateway/gateway.ts';
import type { ApiKey, Group, IdentityChange, Session, User } from '../identity/identity.ts';
import type { Ban, BanChange } from '../perimeter/perimeter.ts';
import type { PlatformSession } from '../platforms/platforms.ts';

/** A data plane, in this process or another. Resolves false when the update does not fit and the full snapshot is wanted. */
export interface Plane {
  readonly name: string;
  apply(update: SnapshotUpdate): boolean | Promise<boolean>;
  /** Called when it did not take a change in time: it gets no further ones, so it must stop deciding at once. */
  end(): void;
}

/** Where the policy comes from, each in one read. */
export interface PolicySources {
  identity(): Promise<{ users: readonly User[]; sessions: readonly Session[]; apiKeys: readonly ApiKey[] }>;
  /** Every group, and who is in which. */
  groups(): Promise<{ groups: readonly RosterGroup[]; groupsOf: ReadonlyMap<string, readonly string[]> }>;
  access(): Promise<AccessRows>;
  sites(): Promise<readonly SitePolicy[]>;
  platformSessions(): Promise<ReadonlyMap<string, PlatformSession>>;
  perimeter(): Promise<GatePerimeter>;
  /** Every live ban. */
  bans(): Promise<readonly Ban[]>;
}

/**
 * Compiles everything a decision needs into the one snapshot and pushes each change to every data plane. The `…Changed` calls resolve when
 * every plane has the change in force: whoever awaited them may say "done" to a person. Changes are applied one after another.
 */
export interface ControlPlane {
  snapshot(): PolicySnapshot;
  /** Gives the plane the full snapshot; from then on every change. Returns the way to leave. */
  attach(plane: Plane): Promise<() => void>;
  identityChanged(change: IdentityChange): Promise<void>;
  accessChanged(change: AccessChange): Promise<void>;
  sitesChanged(): Promise<void>;
  platformSessionChanged(siteId: string, userId: string, session: PlatformSession | null): Promise<void>;
  perimeterChanged(): Promise<void>;
  bansChanged(change: BanChange): Promise<void>;
  keysChanged(keys: AssertionKeys): Promise<void>;
}

export async function createControlPlane(deps: {
  sources: PolicySources;
  /** Filled at the start and kept from then on: what people hold is compiled from it. */
  roster: Roster;
  keys: AssertionKeys;
  portalOrigin: string;
  log: Log;
  planeTimeoutMs: number;
}): Promise<ControlPlane> {
  const { roster } = deps;
  const planes = new Set<Plane>();
  let snapshot = await compile(deps);
  let last: Promise<unknown> = Promise.resolve();

  /** One change after another: what a later one is built on has been pushed. */
  function inTurn<T>(act: () => Promise<T>): Promise<T> {
    const mine = last.then(act);
    last = mine.catch(() => undefined);
    return mine;
  }

  async function push(update: SnapshotUpdate): Promise<void> {
    await Promise.all([...planes].map(plane => give(plane, update)));
  }

  /** All there is, for a plane that has nothing or lost its place. */
  const whole = async (): Promise<SnapshotUpdate> => ({ kind: 'full', snapshot, bans: await deps.sources.bans() });

  async function give(plane: Plane, update: SnapshotUpdate): Promise<void> {
    try {
      const fits = await inTime(plane.apply(update), deps.planeTimeoutMs);
      if (!fits && !(await inTime(plane.apply(await whole()), deps.planeTimeoutMs)))
        throw new Error('the full snapshot does not fit');
    } catch (error) {
      deps.log.error('plane.lagged', { plane: plane.name, error });
      planes.delete(plane);
      plane.end();
    }
  }

  function change(changes: readonly SnapshotChange[], bans?: BanChange): Promise<void> {
    return inTurn(async () => {
      if (changes.length === 0 && bans === undefined) return;
      const next = { kind: 'delta', revision: snapshot.revision + 1, changes } as const;
      const update: SnapshotUpdate = bans === undefined ? next : { ...next, bans };
      const applied = applyUpdate(snapshot, update);
      if (applied === undefined)
        throw new SallyportError('internal', `Cannot apply revision ${update.revision} to ${snapshot.revision}`);
      snapshot = applied;
      await push(update);
    });
  }

  /** What is not made of entries changes rarely: the whole snapshot goes out. */
  function replace(part: () => Promise<Partial<Pick<PolicySnapshot, 'sites' | 'keys' | 'perimeter'>>>): Promise<void> {
    return inTurn(async () => {
      snapshot = { ...snapshot, ...(await part()), revision: snapshot.revision + 1 };
      await push({ kind: 'full', snapshot });
    });
  }

  const person = (userId: string): SnapshotChange => {
    const entry = roster.entry(userId);
    return { section: 'people', key: userId, ...(entry ? { value: entry } : {}) };
  };

  return {
    snapshot: () => snapshot,
    attach: plane =>
      inTurn(async () => {
        planes.add(plane);
        await give(plane, await whole());
        return () => planes.delete(plane);
      }),
    identityChanged(told) {
      switch (told.kind) {
        case 'session':
          return change([sessionChange(told.session)]);
        case 'api_key':
          return change([keyChange(told.key)]);
        case 'user':
          return change(roster.setPerson(told.userId, told.user).map(person));
        case 'group':
          return change(roster.setGroup(told.groupId, told.group && toRosterGroup(told.group)).map(person));
        case 'groups':
          return change(roster.setGroupsOf(told.userId, told.groupIds).map(person));
        default:
          return told satisfies never;
      }
    },
    accessChanged(told) {
      const touched = roster.apply(told).map(person);
      if (told.kind === 'assignment') touched.push(assignmentChange(told.assignment));
      if (told.kind === 'role') touched.push(roleChange(told));
      return change(touched);
    },
    sitesChanged: () => replace(async () => ({ sites: await deps.sources.sites() })),
    perimeterChanged: () => replace(async () => ({ perimeter: await deps.sources.perimeter() })),
    bansChanged: bans => change([], bans),
    keysChanged: keys => replace(async () => ({ keys })),
    platformSessionChanged: (siteId, userId, session) =>
      change([
        { section: 'platformSessions', key: `${siteId}|${userId}`, ...(session === null ? {} : { value: session }) },
      ]),
  };
}

async function compile(deps: {
  sources: PolicySources;
  roster: Roster;
  keys: AssertionKeys;
  portalOrigin: string;
}): Promise<PolicySnapshot> {
  const { roster } = deps;
  const [identity, { groups, groupsOf }, access, sites, platformSessions, perimeter] = await Promise.all([
    deps.sources.identity(),
    deps.sources.groups(),
    deps.sources.access(),
    deps.sources.sites(),
    deps.sources.platformSessions(),
    deps.sources.perimeter(),
  ]);
  roster.fill({ ...access, people: identity.users, groups, groupsOf });
  return {
    revision: 1,
    sites,
    sessions: new Map(identity.sessions.map(session => [session.tokenHash, toSession(session)])),
    apiKeys: new Map(identity.apiKeys.map(key => [key.tokenHash, toApiKey(key)])),
    people: new Map(identity.users.flatMap(({ id }) => entryOf(roster, id))),
    roles: new Map(roster.customRoles),
    assignments: new Map(access.assignments.map(assignment => [assignmentKey(assignment), assignment.projectId])),
    platformSessions,
    perimeter,
    keys: deps.keys,
    portalOrigin: deps.portalOrigin,
  };
}

function keyChange(key: ApiKey): SnapshotChange {
  const { revokedAt, tokenHash } = key;
  return { section: 'apiKeys', key: tokenHash, ...(revokedAt === null ? { value: toApiKey(key) } : {}) };
}

function toApiKey({ id, userId, prefix, sites, paths, permissions, expiresAt, token }: ApiKey): ApiKeyPolicy {
  return { id, userId, prefix, sites, paths, permissions, expiresAt, ...(token === undefined ? {} : { token }) };
}

const assignmentKey = (assignment: Omit<ResourceAssignment, 'projectId'>) =>
  `${assignment.site}|${assignment.kind}|${assignment.resourceId}`;

function assignmentChange(
  assignment: Extract<AccessChange, { readonly kind: 'assignment' }>['assignment'],
): SnapshotChange {
  const { projectId } = assignment;
  return {
    section: 'assignments',
    key: assignmentKey(assignment),
    ...(projectId === null ? {} : { value: projectId }),
  };
}

function entryOf(roster: Roster, userId: string): [string, RosterEntry][] {
  const entry = roster.entry(userId);
  return entry === undefined ? [] : [[userId, entry]];
}

function roleChange({ role, roleId }: Extract<AccessChange, { readonly kind: 'role' }>): SnapshotChange {
  return { section: 'roles', key: roleId, ...(role === null ? {} : { value: role.permissions }) };
}

/** A group as the roster holds one. */
export function toRosterGroup({ id, name, source }: Pick<Group, 'id' | 'name' | 'source'>): RosterGroup {
  return { id, name, source: source.kind };
}

function toSession(session: Session): SessionPolicy {
  const { id, userId, host, methods, authenticatedAt, lastSeenAt, idleTimeoutMs, expiresAt } = session;
  return { id, userId, host, methods, authenticatedAt, lastSeenAt, idleTimeoutMs, expiresAt };
}

function sessionChange(session: Session): SnapshotChange {
  return {
    section: 'sessions',
    key: session.tokenHash,
    ...(session.endedAt === null ? { value: toSession(session) } : {}),
  };
}

async function inTime<T>(work: T | Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
