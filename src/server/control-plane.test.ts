import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type {
  AccessChange,
  CustomRole,
  Grant,
  LiveElevation,
  Membership,
  ResourceAssignment,
  RosterGroup,
} from '../access/access.ts';
import { createRoster } from '../access/access.ts';
import { silentLog } from '../core/log.ts';
import type { Permission } from '../core/permissions.ts';
import { Secret } from '../core/secret.ts';
import type { PersonPolicy, PolicySnapshot, SitePolicy, SnapshotUpdate } from '../gateway/gateway.ts';
import { applyUpdate } from '../gateway/gateway.ts';
import type { IdentityChange, Session, User } from '../identity/identity.ts';
import type { PlatformSession } from '../platforms/platforms.ts';
import type { ControlPlane, Plane, PolicySources } from './control-plane.ts';
import { createControlPlane } from './control-plane.ts';

const keys = { privateJwk: {}, publicJwks: [] };
const userIds = ['u1', 'u2', 'u3'];
const projectIds = ['p1', 'p2'];

/** The rooms behind the sources, as plain tables that a change is written to before it is told. */
class Rooms {
  readonly users = new Map<string, User>();
  readonly sessions = new Map<string, Session>();
  readonly memberships = new Map<string, Membership>();
  readonly assignments = new Map<string, ResourceAssignment>();
  readonly groups = new Map<string, RosterGroup>();
  readonly groupsOf = new Map<string, readonly string[]>();
  readonly roles = new Map<string, CustomRole>();
  readonly grants = new Map<string, Grant>();
  readonly elevations = new Map<string, LiveElevation>();
  readonly platformSessions = new Map<string, PlatformSession>();
  sites: readonly SitePolicy[] = [];

  sources(): PolicySources {
    return {
      identity: async () => ({
        users: [...this.users.values()],
        sessions: [...this.sessions.values()].filter(session => session.endedAt === null),
        apiKeys: [],
      }),
      groups: async () => ({ groups: [...this.groups.values()], groupsOf: new Map(this.groupsOf) }),
      access: async () => ({
        projects: [],
        memberships: [...this.memberships.values()],
        assignments: [...this.assignments.values()],
        roles: [...this.roles.values()],
        grants: [...this.grants.values()],
        elevations: [...this.elevations.values()],
      }),
      sites: async () => this.sites,
      platformSessions: async () => new Map(this.platformSessions),
      perimeter: async () => ({ exclusions: new Map(), versions: new Map(), limits: [], lists: [] }),
      bans: async () => [],
    };
  }
}

const makeControl = (rooms: Rooms, planeTimeoutMs = 1000): Promise<ControlPlane> =>
  createControlPlane({
    sources: rooms.sources(),
    roster: createRoster(),
    keys,
    portalOrigin: 'https://localhost:8443',
    log: silentLog,
    planeTimeoutMs,
  });

function user(id: string, patch: Partial<User> = {}): User {
  return {
    id,
    email: `${id}@example.com`,
    name: id,
    role: 'member',
    disabled: false,
    hasPassword: true,
    factors: { totp: false, passkeys: 0 },
    createdAt: 0,
    lastSignInAt: null,
    ...patch,
  };
}

function session(tokenHash: string, userId: string, endedAt: number | null): Session {
  return {
    id: `s-${tokenHash}`,
    userId,
    tokenHash,
    host: 'localhost',
    methods: ['password'],
    createdAt: 0,
    authenticatedAt: 0,
    lastSeenAt: 0,
    idleTimeoutMs: 1000,
    expiresAt: 5000,
    clientIp: '127.0.0.1',
    userAgent: 'test',
    endedAt,
    endReason: endedAt === null ? null : 'test',
  };
}

/** A data plane that keeps what it was given, as a worker does. */
function keeper(lateMs = 0): Plane & { held: PolicySnapshot | undefined; ended: boolean; got: SnapshotUpdate[] } {
  const plane = {
    name: 'keeper',
    held: undefined as PolicySnapshot | undefined,
    ended: false,
    got: [] as SnapshotUpdate[],
    async apply(update: SnapshotUpdate) {
      if (lateMs > 0) await new Promise(resolve => setTimeout(resolve, lateMs).unref());
      plane.got.push(update);
      const next = applyUpdate(plane.held, update);
      if (next) plane.held = next;
      return next !== undefined;
    },
    end() {
      plane.ended = true;
    },
  };
  return plane;
}

/** A snapshot as plain data; a person who belongs to no project looks the same however that came. */
function plain(snapshot: PolicySnapshot | undefined): unknown {
  assert.ok(snapshot);
  const entries = (map: ReadonlyMap<string, unknown>) => [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    sites: snapshot.sites,
    sessions: entries(snapshot.sessions),
    people: entries(snapshot.people).map(([id, one]) => {
      const { elevations, groups, projects, ...rest } = one as PersonPolicy;
      // In which order somebody came by what they hold says nothing.
      const lifted = elevations.map(one => JSON.stringify(one)).toSorted();
      return [id, rest, entries(projects), lifted, groups.toSorted()];
    }),
    roles: entries(snapshot.roles),
    assignments: entries(snapshot.assignments),
    platformSessions: entries(snapshot.platformSessions).map(([key, one]) => [key, (one as PlatformSession).account]),
  };
}

type Step = (rooms: Rooms, control: ControlPlane) => Promise<void>;

const tell = (control: ControlPlane, change: IdentityChange | AccessChange): Promise<void> =>
  isIdentityChange(change) ? control.identityChanged(change) : control.accessChanged(change);

function isIdentityChange(change: IdentityChange | AccessChange): change is IdentityChange {
  return ['session', 'user', 'api_key', 'group', 'groups'].includes(change.kind);
}

const anyUser = fc.constantFrom(...userIds);
const anyProject = fc.constantFrom(...projectIds);
const anyGroup = fc.constantFrom('g1', 'g2', 'g3');
const steps: readonly fc.Arbitrary<Step>[] = [
  fc.record({ id: anyUser, disabled: fc.boolean(), role: fc.constantFrom('member' as const, 'owner' as const) }).map(
    ({ id, ...patch }): Step =>
      async (rooms, control) => {
        rooms.users.set(id, user(id, patch));
        await tell(control, { kind: 'user', userId: id, user: user(id, patch) });
      },
  ),
  anyUser.map(
    (id): Step =>
      async (rooms, control) => {
        // As the wiring does it: whoever leaves is taken out of every project first.
        const members = projectIds.map(projectId => ({ projectId, userId: id, role: null }));
        for (const { projectId } of members) rooms.memberships.delete(`${projectId}|${id}`);
        rooms.users.delete(id);
        rooms.groupsOf.delete(id);
        for (const [key, one] of rooms.elevations) if (one.userId === id) rooms.elevations.delete(key);
        await Promise.all([
          tell(control, { kind: 'members', members }),
          tell(control, { kind: 'user', userId: id, user: null }),
        ]);
      },
  ),
  fc.record({ token: fc.constantFrom('t1', 't2', 't3', 't4'), userId: anyUser, ended: fc.boolean() }).map(
    ({ token, userId, ended }): Step =>
      async (rooms, control) => {
        const made = session(token, userId, ended ? 1 : null);
        rooms.sessions.set(token, made);
        await tell(control, { kind: 'session', session: made });
      },
  ),
  fc
    .record({
      projectId: anyProject,
      userId: anyUser,
      role: fc.constantFrom<string | null>('viewer', 'editor', 'owner', 'r1', null),
    })
    .map(
      ({ projectId, userId, role }): Step =>
        async (rooms, control) => {
          if (!rooms.users.has(userId)) return;
          if (role === null) rooms.memberships.delete(`${projectId}|${userId}`);
          else rooms.memberships.set(`${projectId}|${userId}`, { projectId, userId, role });
          await tell(control, { kind: 'members', members: [{ projectId, userId, role }] });
        },
    ),
  fc.record({ projectId: anyProject, resourceId: fc.constantFrom('w1', 'w2') }).map(
    ({ projectId, resourceId }): Step =>
      async (rooms, control) => {
        const assignment = { site: 'site-1', kind: 'workflow', resourceId, projectId };
        rooms.assignments.set(resourceId, assignment);
        await tell(control, { kind: 'assignment', assignment });
      },
  ),
  fc.record({ id: anyGroup, name: fc.constantFrom('Ops', 'Sales', null) }).map(
    ({ id, name }): Step =>
      async (rooms, control) => {
        if (name === null) {
          rooms.groups.delete(id);
          for (const [userId, ids] of rooms.groupsOf)
            rooms.groupsOf.set(
              userId,
              ids.filter(one => one !== id),
            );
        } else rooms.groups.set(id, { id, name, source: 'local' });
        const group = name === null ? null : { id, name, source: { kind: 'local' as const } };
        await tell(control, { kind: 'group', groupId: id, group });
      },
  ),
  fc.record({ userId: anyUser, groupIds: fc.subarray(['g1', 'g2', 'g3']) }).map(
    ({ userId, groupIds }): Step =>
      async (rooms, control) => {
        if (!rooms.users.has(userId)) return;
        rooms.groupsOf.set(userId, groupIds);
        await tell(control, { kind: 'groups', userId, groupIds });
      },
  ),
  fc
    .record({
      id: fc.constantFrom('a', 'b', 'c', 'd'),
      groupId: anyGroup,
      project: fc.option(anyProject),
      isAdded: fc.boolean(),
    })
    .map(
      ({ id, groupId, isAdded, project }): Step =>
        async (rooms, control) => {
          const held = rooms.grants.get(id);
          const role = project === null ? 'administrator' : 'editor';
          const added = isAdded ? [{ id, groupId, project, role, createdAt: 0, createdBy: 'ada' }] : [];
          for (const grant of added) rooms.grants.set(id, grant);
          if (!isAdded) rooms.grants.delete(id);
          await tell(control, { kind: 'grants', added, removed: held === undefined ? [] : [held] });
        },
    ),
  fc.record({ id: fc.constantFrom('r1', 'r2'), list: fc.option(fc.subarray<Permission>(['workflow.read'])) }).map(
    ({ id, list }): Step =>
      async (rooms, control) => {
        const role = list && { id, name: id, description: '', permissions: list, createdAt: 0, updatedAt: 0 };
        if (role === null) rooms.roles.delete(id);
        else rooms.roles.set(id, role);
        await tell(control, { kind: 'role', roleId: id, role });
      },
  ),
  fc.record({ id: fc.constantFrom('e1', 'e2'), userId: anyUser, isLive: fc.boolean() }).map(
    ({ id, isLive, userId }): Step =>
      async (rooms, control) => {
        // An elevation stays with its person.
        const held = rooms.elevations.get(id);
        if (!rooms.users.has(userId) || (held !== undefined && held.userId !== userId)) return;
        const elevation = { id, userId, project: null, role: 'owner', expiresAt: 5 };
        if (isLive) rooms.elevations.set(id, elevation);
        else rooms.elevations.delete(id);
        await tell(control, { kind: 'elevation', elevation, isLive });
      },
  ),
  fc.record({ userId: anyUser, cookie: fc.option(fc.string({ maxLength: 4 })) }).map(
    ({ userId, cookie }): Step =>
      async (rooms, control) => {
        const held =
          cookie === null ? null : { account: cookie, headers: { cookie: new Secret(cookie) }, expiresAt: 9 };
        if (held === null) rooms.platformSessions.delete(`site-1|${userId}`);
        else rooms.platformSessions.set(`site-1|${userId}`, held);
        await control.platformSessionChanged('site-1', userId, held);
      },
  ),
  fc.integer({ min: 0, max: 3 }).map(
    (count): Step =>
      async (rooms, control) => {
        rooms.sites = Array.from({ length: count }, (_, at) => ({ id: `site-${at}` }) as SitePolicy);
        await control.sitesChanged();
      },
  ),
];

describe('control plane', () => {
  it('what a plane holds after any changes is what the sources would compile to, whenever it joined', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(...steps), { maxLength: 40 }), fc.nat(40), async (changes, joinAt) => {
        const rooms = new Rooms();
        const control = await makeControl(rooms);
        const [early, late] = [keeper(), keeper()];
        await control.attach(early);
        for (const [at, change] of changes.entries()) {
          if (at === joinAt) await control.attach(late);
          await change(rooms, control);
        }
        if (late.held === undefined) await control.attach(late);
        const compiled = plain((await makeControl(rooms)).snapshot());
        assert.deepEqual(plain(control.snapshot()), compiled);
        assert.deepEqual(plain(early.held), compiled);
        assert.deepEqual(plain(late.held), compiled);
      }),
      { numRuns: 200 },
    );
  });

  it('changes told at once arrive in the order they were told, at every plane', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(...steps), { minLength: 2, maxLength: 30 }), async changes => {
        const rooms = new Rooms();
        const control = await makeControl(rooms);
        const [quick, slow] = [keeper(), keeper(1)];
        await Promise.all([control.attach(quick), control.attach(slow)]);
        await Promise.all(changes.map(change => change(rooms, control)));
        const revisions = (plane: typeof quick) =>
          plane.got.map(update => (update.kind === 'full' ? update.snapshot.revision : update.revision));
        assert.deepEqual(
          revisions(quick),
          revisions(quick).toSorted((a, b) => a - b),
        );
        assert.deepEqual(plain(slow.held), plain(quick.held));
        assert.deepEqual(plain(slow.held), plain((await makeControl(rooms)).snapshot()));
      }),
      { numRuns: 40 },
    );
  });

  it('a change is in force at every plane when the call returns', async () => {
    const rooms = new Rooms();
    const control = await makeControl(rooms);
    const planes = [keeper(), keeper(5), keeper(20)];
    for (const plane of planes) await control.attach(plane);
    await control.identityChanged({ kind: 'session', session: session('t1', 'u1', null) });
    for (const plane of planes) assert.ok(plane.held?.sessions.has('t1'));
    await control.identityChanged({ kind: 'session', session: session('t1', 'u1', 1) });
    for (const plane of planes) assert.ok(!plane.held?.sessions.has('t1'));
  });

  it('a plane that missed a change is given everything again', async () => {
    const control = await makeControl(new Rooms());
    const plane = keeper();
    await control.attach(plane);
    Object.assign(plane, { held: undefined });
    await control.identityChanged({ kind: 'user', userId: 'u1', user: user('u1') });
    assert.ok(plane.held?.people.has('u1'));
    assert.deepEqual(
      plane.got.map(update => update.kind),
      ['full', 'delta', 'full'],
    );
    assert.equal(plane.ended, false);
  });

  for (const [how, apply] of [
    ['does not answer', () => new Promise<boolean>(() => undefined)],
    ['fails', () => Promise.reject(new Error('gone'))],
    ['takes nothing, not even the full snapshot', () => false],
  ] as const) {
    it(`a plane that ${how} is ended, and holds up nobody for longer than its time`, async () => {
      const control = await makeControl(new Rooms(), 50);
      const [good, bad] = [keeper(), keeper()];
      await control.attach(good);
      await control.attach(bad);
      bad.apply = apply;
      await control.identityChanged({ kind: 'user', userId: 'u1', user: user('u1') });
      assert.equal(bad.ended, true);
      assert.ok(good.held?.people.has('u1'));
      await control.identityChanged({ kind: 'user', userId: 'u2', user: user('u2') });
      assert.ok(good.held?.people.has('u2'));
      assert.equal(good.ended, false);
    });
  }

  it('a plane that left is told nothing more', async () => {
    const control = await makeControl(new Rooms());
    const plane = keeper();
    const leave = await control.attach(plane);
    leave();
    await control.identityChanged({ kind: 'user', userId: 'u1', user: user('u1') });
    assert.equal(plane.got.length, 1);
  });

  it('sources that fail once fail that call alone', async () => {
    const rooms = new Rooms();
    const sources = rooms.sources();
    let fails = false;
    const control = await createControlPlane({
      sources: { ...sources, sites: () => (fails ? Promise.reject(new Error('store away')) : sources.sites()) },
      roster: createRoster(),
      keys,
      portalOrigin: 'https://localhost',
      log: silentLog,
      planeTimeoutMs: 1000,
    });
    const plane = keeper();
    await control.attach(plane);
    fails = true;
    await assert.rejects(control.sitesChanged());
    fails = false;
    rooms.sites = [{ id: 'site-1' } as SitePolicy];
    await control.sitesChanged();
    assert.equal(plane.held?.sites.length, 1);
  });
});
