import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Permission } from '../core/permissions.ts';
import { permissions } from '../core/permissions.ts';
import type { CustomRoles, Elevated, GlobalRole, ProjectRole, Subject } from './access.ts';
import {
  customRolePermissions,
  decide,
  decideCustomRole,
  decideEntry,
  decideGrant,
  decideMember,
  decidePerson,
  globalRoleOf,
  globalRoles,
  permissionsOf,
  projectRoles,
  withoutElevations,
} from './access.ts';

/**
 * The model: for each permission, in words of its own, who holds it. `g` are global roles that hold it outside projects, `e` those that
 * hold it in every project, `p` the lowest project role that holds it in its own. Written as rows per permission, where the product has
 * sets per role, so that one slip does not make both agree.
 */
const model: Record<Permission, { g: string; e: string; p: ProjectRole | 'nobody' }> = {
  'workflow.create': { g: 'O', e: 'O', p: 'editor' },
  'workflow.read': { g: 'O', e: 'AO', p: 'viewer' },
  'workflow.update': { g: 'O', e: 'O', p: 'editor' },
  'workflow.delete': { g: 'O', e: 'O', p: 'editor' },
  'workflow.execute': { g: 'O', e: 'O', p: 'editor' },
  'workflow.share': { g: 'O', e: 'O', p: 'admin' },
  'execution.read': { g: 'O', e: 'AO', p: 'viewer' },
  'execution.control': { g: 'O', e: 'O', p: 'editor' },
  'execution.delete': { g: 'O', e: 'O', p: 'editor' },
  'credential.create': { g: 'O', e: 'O', p: 'admin' },
  'credential.read': { g: 'O', e: 'O', p: 'editor' },
  'credential.use': { g: 'O', e: 'O', p: 'editor' },
  'credential.manage': { g: 'O', e: 'O', p: 'admin' },
  'data_source.create': { g: 'O', e: 'O', p: 'admin' },
  'data_source.read': { g: 'O', e: 'AO', p: 'viewer' },
  'data_source.use': { g: 'O', e: 'O', p: 'editor' },
  'data_source.manage': { g: 'O', e: 'O', p: 'admin' },
  'settings.read': { g: 'AO', e: 'AO', p: 'nobody' },
  'settings.manage': { g: 'AO', e: 'AO', p: 'nobody' },
  'project.create': { g: 'AO', e: 'AO', p: 'nobody' },
  'project.read': { g: 'AO', e: 'AO', p: 'viewer' },
  'project.manage': { g: 'AO', e: 'AO', p: 'admin' },
  'project.own': { g: 'AO', e: 'AO', p: 'owner' },
  'user.read': { g: 'AO', e: 'AO', p: 'nobody' },
  'user.manage': { g: 'AO', e: 'AO', p: 'nobody' },
  'site.read': { g: 'AO', e: 'AO', p: 'nobody' },
  'site.manage': { g: 'AO', e: 'AO', p: 'nobody' },
  'audit.read': { g: 'AO', e: 'AO', p: 'nobody' },
  'review.manage': { g: 'AO', e: 'AO', p: 'nobody' },
  'platform.unknown': { g: 'O', e: 'O', p: 'nobody' },
};

const now = 1_000_000;
const noRoles: CustomRoles = new Map();

/** What a role made here can hold, in words of its own: everything a project Admin has. */
const mayBeCustom = (permission: Permission): boolean => ['viewer', 'editor', 'admin'].includes(model[permission].p);

function globalSays(role: string, permission: Permission, project: string | undefined): boolean {
  const row = model[permission];
  const sign = role === 'administrator' ? 'A' : role === 'owner' ? 'O' : 'M';
  return (project === undefined ? row.g : row.e).includes(sign);
}

function projectSays(role: string, permission: Permission, roles: CustomRoles): boolean {
  const { p } = model[permission];
  const rank = projectRoles.findIndex(one => one === role);
  if (rank >= 0) return p !== 'nobody' && rank >= projectRoles.indexOf(p);
  return mayBeCustom(permission) && (roles.get(role) ?? []).includes(permission);
}

/** By brute force: every role by every way, one after another, and the answer is whether any of them is enough. */
function modelSays(
  subject: Subject,
  request: { permission: Permission; project: string | undefined },
  at: number,
  roles: CustomRoles,
): boolean {
  const { permission, project } = request;
  if (subject.disabled) return false;
  const held: { scope: string | null; role: string; until: number | null }[] = [
    { scope: null, role: subject.globalRole, until: null },
    ...[...subject.projects].flatMap(([scope, list]) => list.map(role => ({ scope, role, until: null }))),
    ...subject.elevations.map(one => ({ scope: one.project, role: one.role, until: one.expiresAt })),
  ];
  return held.some(({ scope, role, until }) => {
    if (until !== null && at >= until) return false;
    if (scope === null) return globalSays(role, permission, project);
    return scope === project && projectSays(role, permission, roles);
  });
}

const projectId = fc.constantFrom('p1', 'p2', 'p3');
const anyRole = fc.constantFrom<string>(...projectRoles, 'r1', 'r2', 'gone');
const elevations: fc.Arbitrary<Elevated[]> = fc.array(
  fc.oneof(
    fc.record({ project: projectId, role: anyRole, expiresAt: fc.integer({ min: now - 2, max: now + 2 }) }),
    fc.record({
      project: fc.constant(null),
      role: fc.constantFrom<string>(...globalRoles, 'editor'),
      expiresAt: fc.integer({ min: now - 2, max: now + 2 }),
    }),
  ),
  { maxLength: 3 },
);
const subjects: fc.Arbitrary<Subject> = fc.record({
  id: fc.uuid(),
  globalRole: fc.constantFrom(...globalRoles),
  disabled: fc.boolean(),
  projects: fc
    .uniqueArray(fc.tuple(projectId, fc.uniqueArray(anyRole, { minLength: 1, maxLength: 3 })), { selector: x => x[0] })
    .map(x => new Map(x)),
  elevations,
});
const anyRoles: fc.Arbitrary<CustomRoles> = fc
  .record({ r1: fc.subarray([...permissions]), r2: fc.subarray([...permissions]) })
  .map(
    ({ r1, r2 }) =>
      new Map([
        ['r1', r1],
        ['r2', r2],
      ]),
  );
const requests = fc.record({
  permission: fc.constantFrom(...permissions),
  project: fc.option(fc.oneof(projectId, fc.constant('elsewhere')), { nil: undefined }),
});

const person = (globalRole: GlobalRole, role?: string, isDisabled = false): Subject => ({
  id: 'u',
  globalRole,
  disabled: isDisabled,
  projects: new Map(role === undefined ? [] : [['p', [role]]]),
  elevations: [],
});
const lifted = (subject: Subject, elevation: Elevated): Subject => ({ ...subject, elevations: [elevation] });
const plainly = (subject: Subject, permission: Permission, project: string | undefined): boolean =>
  decide(subject, { permission, project }, now, noRoles).allow;

describe('decide', () => {
  it('agrees with the model for every role, permission and project', () => {
    for (const globalRole of globalRoles)
      for (const role of [undefined, ...projectRoles])
        for (const permission of permissions)
          for (const project of [undefined, 'p', 'other'])
            for (const isDisabled of [false, true]) {
              const subject = person(globalRole, role, isDisabled);
              assert.equal(
                plainly(subject, permission, project),
                modelSays(subject, { permission, project }, now, noRoles),
                `${globalRole} ${role} ${permission} ${project}`,
              );
            }
  });

  it('agrees with the model for people with many roles, by themselves and for a time', () => {
    fc.assert(
      fc.property(subjects, requests, anyRoles, (subject, request, roles) => {
        for (const at of [now - 1, now, now + 1, withoutElevations])
          assert.equal(decide(subject, request, at, roles).allow, modelSays(subject, request, at, roles));
      }),
      { numRuns: 3000 },
    );
  });

  it('never takes away by one more role', () => {
    fc.assert(
      fc.property(
        subjects,
        requests,
        fc.record({ global: fc.constantFrom(...globalRoles), role: anyRole, more: elevations, roles: anyRoles }),
        (low, request, { global, role, more, roles }) => {
          fc.pre(globalRoles.indexOf(global) >= globalRoles.indexOf(low.globalRole));
          const projects = new Map(low.projects);
          const { project } = request;
          if (project !== undefined) projects.set(project, [...(projects.get(project) ?? []), role]);
          const high = { ...low, globalRole: global, projects, elevations: [...low.elevations, ...more] };
          if (decide(low, request, now, roles).allow) assert.ok(decide(high, request, now, roles).allow);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('refuses a disabled person everything, an Owner too', () => {
    const elevated = lifted(person('owner', 'owner', true), { project: null, role: 'owner', expiresAt: now + 1 });
    for (const permission of permissions)
      for (const project of [undefined, 'p']) assert.equal(plainly(elevated, permission, project), false);
  });

  it('lets an elevation lapse by the clock alone', () => {
    const elevation = { project: 'p', role: 'editor', expiresAt: now + 10 };
    const subject = lifted(person('member'), elevation);
    const request = { permission: 'workflow.update', project: 'p' } as const;
    assert.deepEqual(decide(subject, request, now + 9, noRoles), { allow: true, because: 'elevation to editor' });
    assert.deepEqual(decide(subject, request, now + 10, noRoles), { allow: false, reason: 'no role in this project' });
    assert.equal(decide(subject, { ...request, project: 'q' }, now, noRoles).allow, false);
    for (const odd of [Number.NaN, 0, undefined as unknown as number])
      assert.equal(
        decide(lifted(person('member'), { ...elevation, expiresAt: odd }), request, now, noRoles).allow,
        false,
      );
    assert.equal(decide(subject, request, Number.NaN, noRoles).allow, false);
  });

  it('keeps a global elevation to global roles, and one in a project to project roles', () => {
    for (const permission of permissions) {
      const asOwner = lifted(person('member'), { project: 'p', role: 'administrator', expiresAt: now + 1 });
      assert.equal(plainly(asOwner, permission, 'p'), false);
      const asEditor = lifted(person('member'), { project: null, role: 'editor', expiresAt: now + 1 });
      assert.equal(plainly(asEditor, permission, undefined), false);
      assert.equal(plainly(asEditor, permission, 'p'), false);
    }
    assert.equal(
      globalRoleOf(lifted(person('member'), { project: null, role: 'owner', expiresAt: now + 1 }), now),
      'owner',
    );
    assert.equal(
      globalRoleOf(lifted(person('member'), { project: null, role: 'owner', expiresAt: now }), now),
      'member',
    );
    assert.equal(
      globalRoleOf(lifted(person('member'), { project: 'p', role: 'owner', expiresAt: now + 1 }), now),
      'member',
    );
    assert.equal(
      globalRoleOf(lifted(person('administrator'), { project: null, role: 'root', expiresAt: now + 1 }), now),
      'administrator',
    );
  });

  it('gives a role made here nothing of the house, whatever its entry says', () => {
    const roles: CustomRoles = new Map([
      ['r1', permissions],
      ['owner', permissions],
      ['viewer', permissions],
    ]);
    for (const permission of permissions) {
      const said = decide(person('member', 'r1'), { permission, project: 'p' }, now, roles).allow;
      assert.equal(said, customRolePermissions.has(permission), permission);
      assert.equal(decide(person('member', 'r1'), { permission, project: undefined }, now, roles).allow, false);
      // A name that is built in stays what it is.
      const viewer = decide(person('member', 'viewer'), { permission, project: 'p' }, now, roles).allow;
      assert.equal(viewer, plainly(person('member', 'viewer'), permission, 'p'));
    }
    assert.equal(customRolePermissions.has('project.own'), false);
  });

  it('refuses roles and permissions it does not know', () => {
    const odd = ['', 'OWNER', 'root', '__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    for (const word of odd) {
      // The casts are the test: words that no type would let through.
      assert.equal(
        plainly({ ...person('member', 'owner'), globalRole: word as GlobalRole }, 'user.manage', undefined),
        false,
      );
      assert.equal(plainly(person('member', word), 'workflow.read', 'p'), false);
      assert.equal(plainly(person('owner'), word as Permission, undefined), false);
      assert.equal(
        plainly(lifted(person('member'), { project: null, role: word, expiresAt: now + 1 }), 'user.manage', undefined),
        false,
      );
    }
    const undecided = { ...person('owner'), disabled: undefined } as unknown as Subject;
    assert.equal(plainly(undecided, 'project.read', undefined), false);
  });

  it('keeps what a platform route does not explain to global Owners', () => {
    for (const role of [undefined, ...projectRoles])
      for (const project of [undefined, 'p']) {
        assert.equal(plainly(person('member', role), 'platform.unknown', project), false);
        assert.equal(plainly(person('administrator', role), 'platform.unknown', project), false);
        assert.equal(plainly(person('owner', role), 'platform.unknown', project), true);
      }
  });

  it('lets a Viewer read and nothing else', () => {
    const reads = ['workflow.read', 'execution.read', 'data_source.read', 'project.read'];
    assert.deepEqual(permissionsOf(person('member', 'viewer'), 'p', now, noRoles), reads);
    assert.deepEqual(permissionsOf(person('member', 'owner'), 'other', now, noRoles), []);
    assert.deepEqual(permissionsOf(person('member', 'owner'), undefined, now, noRoles), []);
  });

  it('names the rule that decided', () => {
    const said = (subject: Subject, permission: Permission) =>
      decide(subject, { permission, project: 'p' }, now, new Map([['r1', ['workflow.update']]]));
    assert.deepEqual(said(person('member', 'editor'), 'workflow.update'), {
      allow: true,
      because: 'project role editor',
    });
    assert.deepEqual(said(person('owner'), 'workflow.update'), { allow: true, because: 'global role owner' });
    assert.deepEqual(said(person('member', 'r1'), 'workflow.update'), {
      allow: true,
      because: 'project role made here',
    });
    assert.deepEqual(said(person('member'), 'workflow.read'), { allow: false, reason: 'no role in this project' });
  });
});

describe('decidePerson and decideMember', () => {
  it('make nobody an Administrator or Owner by a borrowed role, but manage people by it', () => {
    const elevations = [{ project: null, role: 'owner', expiresAt: now + 1 }] as const;
    const borrower: Subject = { ...person('member'), elevations };
    assert.equal(decidePerson(borrower, { current: 'member' }, now).allow, true);
    assert.equal(decidePerson(borrower, { current: 'owner' }, now).allow, true);
    for (const next of ['administrator', 'owner'] as const) {
      assert.equal(decidePerson(borrower, { current: 'member', next }, now).allow, false);
      assert.equal(decidePerson(borrower, { current: null, next }, now).allow, false);
      const grant = { project: null, role: next, isOwnGroup: false };
      assert.equal(decideGrant(borrower, grant, now, new Map()).allow, false);
    }
  });

  it('let only an Owner touch or make an Owner', () => {
    const roles = [null, ...globalRoles];
    for (const actor of globalRoles)
      for (const current of roles)
        for (const next of [undefined, ...roles]) {
          const change = next === undefined ? { current } : { current, next };
          const expected = actor === 'owner' || (actor === 'administrator' && current !== 'owner' && next !== 'owner');
          assert.equal(
            decidePerson(person(actor, 'owner'), change, now).allow,
            expected,
            `${actor}: ${current} -> ${next}`,
          );
        }
    assert.equal(decidePerson(person('owner', undefined, true), { current: 'member' }, now).allow, false);
  });

  it('let project Admins manage members but not Owners of the project', () => {
    const roles = [null, ...projectRoles];
    for (const actor of [undefined, ...projectRoles])
      for (const current of roles)
        for (const next of roles) {
          const touchesOwner = current === 'owner' || next === 'owner';
          const expected = actor === 'owner' || (actor === 'admin' && !touchesOwner);
          const may = (who: Subject, project: string) =>
            decideMember(who, { project, current, next }, now, noRoles).allow;
          assert.equal(may(person('member', actor), 'p'), expected);
          assert.equal(may(person('member', actor), 'q'), false);
          assert.equal(may(person('administrator'), 'p'), true);
        }
  });

  it('let nobody hand out a role above their own, or one that is unknown', () => {
    const roles: CustomRoles = new Map([
      ['keeper', ['project.read', 'project.manage']],
      ['runner', ['workflow.execute']],
      ['reader', ['project.read']],
    ]);
    const may = (who: Subject, next: string, isSelf = false) =>
      decideMember(who, { project: 'p', current: null, next, isSelf }, now, roles).allow;
    assert.equal(may(person('member', 'keeper'), 'reader'), true);
    assert.equal(may(person('member', 'keeper'), 'keeper'), true);
    for (const above of ['runner', 'viewer', 'editor', 'admin', 'owner', 'gone', '__proto__'])
      assert.equal(may(person('member', 'keeper'), above), false, above);
    assert.equal(may(person('member', 'admin'), 'runner'), true);
    assert.equal(may(person('member', 'owner'), 'gone'), false);
    assert.equal(may(person('owner'), 'gone'), false);
  });

  it('make no lasting role for oneself out of a borrowed one', () => {
    const borrowed = lifted(person('member', 'viewer'), { project: 'p', role: 'owner', expiresAt: now + 1 });
    const change = { project: 'p', current: 'viewer', next: 'owner' };
    assert.equal(decideMember(borrowed, change, now, noRoles).allow, true);
    assert.equal(decideMember(borrowed, { ...change, isSelf: true }, now, noRoles).allow, false);
    const grant = { project: 'p', role: 'editor' };
    assert.equal(decideGrant(borrowed, { ...grant, isOwnGroup: false }, now, noRoles).allow, true);
    assert.equal(decideGrant(borrowed, { ...grant, isOwnGroup: true }, now, noRoles).allow, false);
    const asOwner = lifted(person('member'), { project: null, role: 'owner', expiresAt: now + 1 });
    assert.equal(decideGrant(asOwner, { project: null, role: 'owner', isOwnGroup: true }, now, noRoles).allow, false);
  });
});

describe('decideGrant and decideCustomRole', () => {
  const rows: [string, Subject, { project: string | null; role: string; isOwnGroup: boolean }, boolean][] = [
    ['an Owner grants Owner', person('owner'), { project: null, role: 'owner', isOwnGroup: false }, true],
    [
      'an Owner grants Owner to a group of theirs',
      person('owner'),
      { project: null, role: 'owner', isOwnGroup: true },
      true,
    ],
    [
      'an Administrator grants Owner',
      person('administrator'),
      { project: null, role: 'owner', isOwnGroup: false },
      false,
    ],
    [
      'an Administrator grants Administrator',
      person('administrator'),
      { project: null, role: 'administrator', isOwnGroup: false },
      true,
    ],
    [
      'an Administrator grants Editor',
      person('administrator'),
      { project: 'p', role: 'editor', isOwnGroup: false },
      true,
    ],
    [
      'an Administrator grants Editor to a group of theirs',
      person('administrator'),
      { project: 'p', role: 'editor', isOwnGroup: true },
      false,
    ],
    [
      'an Administrator grants Viewer to a group of theirs',
      person('administrator'),
      { project: 'p', role: 'viewer', isOwnGroup: true },
      true,
    ],
    [
      'a project Owner grants Owner',
      person('member', 'owner'),
      { project: 'p', role: 'owner', isOwnGroup: true },
      true,
    ],
    [
      'a project Admin grants Admin',
      person('member', 'admin'),
      { project: 'p', role: 'admin', isOwnGroup: true },
      true,
    ],
    [
      'a project Admin grants Owner',
      person('member', 'admin'),
      { project: 'p', role: 'owner', isOwnGroup: false },
      false,
    ],
    [
      'a project Admin grants elsewhere',
      person('member', 'admin'),
      { project: 'q', role: 'viewer', isOwnGroup: false },
      false,
    ],
    [
      'a project Owner grants a global role',
      person('member', 'owner'),
      { project: null, role: 'administrator', isOwnGroup: false },
      false,
    ],
    ['an Editor grants Viewer', person('member', 'editor'), { project: 'p', role: 'viewer', isOwnGroup: false }, false],
    ['a role that is none', person('owner'), { project: null, role: 'member', isOwnGroup: false }, false],
    ['a project role as a global one', person('owner'), { project: null, role: 'editor', isOwnGroup: false }, false],
    ['a global role in a project', person('owner'), { project: 'p', role: 'administrator', isOwnGroup: false }, false],
  ];
  for (const [what, subject, grant, may] of rows)
    it(`${may ? 'lets' : 'refuses'}: ${what}`, () =>
      assert.equal(decideGrant(subject, grant, now, noRoles).allow, may));

  it('lets who manages people make roles, and widen none that they hold beyond what they have everywhere', () => {
    const added: Permission[] = ['workflow.read', 'workflow.execute'];
    const may = (who: Subject, isHeldBySelf: boolean, list = added) =>
      decideCustomRole(who, { added: list, isHeldBySelf }, now).allow;
    assert.equal(may(person('administrator'), false), true);
    assert.equal(may(person('administrator'), true), false);
    assert.equal(may(person('administrator'), true, ['workflow.read']), true);
    assert.equal(may(person('owner'), true), true);
    assert.equal(may(person('member', 'owner'), false), false);
  });
});

describe('entering a site', () => {
  const known = (globalRole: GlobalRole, projects: [string, ProjectRole][], isDisabled = false): Subject => ({
    ...{ id: 'u', globalRole, disabled: isDisabled, elevations: [] },
    projects: new Map(projects.map(([project, role]) => [project, [role]])),
  });
  const site = { defaultProject: 'p', assignedProjects: new Set(['q']) };
  const rows: [string, Subject, boolean][] = [
    ['a member with a role in its default project', known('member', [['p', 'viewer']]), true],
    ['a member with a role where something of it is assigned', known('member', [['q', 'viewer']]), true],
    ['a member with a role elsewhere', known('member', [['r', 'owner']]), false],
    ['a member without a role', known('member', []), false],
    ['an Administrator without a role', known('administrator', []), true],
    ['a disabled Owner', known('owner', [['p', 'owner']], true), false],
    [
      'a member with an elevation there',
      lifted(known('member', []), { project: 'p', role: 'viewer', expiresAt: now + 1 }),
      true,
    ],
    [
      'a member whose elevation has ended',
      lifted(known('member', []), { project: 'p', role: 'viewer', expiresAt: now }),
      false,
    ],
  ];
  for (const [who, subject, may] of rows) {
    it(`is ${may ? 'for' : 'not for'} ${who}`, () => assert.equal(decideEntry(subject, site, now, noRoles).allow, may));
  }
});
