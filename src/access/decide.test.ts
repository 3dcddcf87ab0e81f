import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Permission } from '../core/permissions.ts';
import { permissions } from '../core/permissions.ts';
import type { GlobalRole, ProjectRole, Subject } from './access.ts';
import { decide, decideEntry, decideMember, decidePerson, globalRoles, permissionsOf, projectRoles } from './access.ts';

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

const letter: Record<GlobalRole, string> = { member: 'M', administrator: 'A', owner: 'O' };

function modelSays(subject: Subject, permission: Permission, project: string | undefined): boolean {
  if (subject.disabled) return false;
  const row = model[permission];
  if (project === undefined) return row.g.includes(letter[subject.globalRole]);
  if (row.e.includes(letter[subject.globalRole])) return true;
  const held = subject.projects.get(project);
  if (held === undefined || row.p === 'nobody') return false;
  return projectRoles.indexOf(held) >= projectRoles.indexOf(row.p);
}

const projectId = fc.constantFrom('p1', 'p2', 'p3');
const subjects: fc.Arbitrary<Subject> = fc.record({
  id: fc.uuid(),
  globalRole: fc.constantFrom(...globalRoles),
  disabled: fc.boolean(),
  projects: fc
    .uniqueArray(fc.tuple(projectId, fc.constantFrom(...projectRoles)), { selector: x => x[0] })
    .map(x => new Map(x)),
});
const requests = fc.record({
  permission: fc.constantFrom(...permissions),
  project: fc.option(fc.oneof(projectId, fc.constant('elsewhere')), { nil: undefined }),
});

const person = (globalRole: GlobalRole, role?: ProjectRole, disabled = false): Subject => ({
  id: 'u',
  globalRole,
  disabled,
  projects: new Map(role === undefined ? [] : [['p', role]]),
});

describe('decide', () => {
  it('agrees with the model for every role, permission and project', () => {
    for (const globalRole of globalRoles)
      for (const role of [undefined, ...projectRoles])
        for (const permission of permissions)
          for (const project of [undefined, 'p', 'other'])
            for (const disabled of [false, true]) {
              const subject = person(globalRole, role, disabled);
              const said = decide(subject, { permission, project }).allow;
              assert.equal(
                said,
                modelSays(subject, permission, project),
                `${globalRole} ${role} ${permission} ${project}`,
              );
            }
  });

  it('agrees with the model for people in several projects', () => {
    fc.assert(
      fc.property(subjects, requests, (subject, request) => {
        assert.equal(decide(subject, request).allow, modelSays(subject, request.permission, request.project));
      }),
      { numRuns: 2000 },
    );
  });

  it('never takes away by a higher role', () => {
    fc.assert(
      fc.property(
        subjects,
        requests,
        fc.constantFrom(...globalRoles),
        fc.constantFrom(...projectRoles),
        (low, request, g, p) => {
          const held = request.project === undefined ? undefined : low.projects.get(request.project);
          fc.pre(globalRoles.indexOf(g) >= globalRoles.indexOf(low.globalRole));
          fc.pre(held === undefined || projectRoles.indexOf(p) >= projectRoles.indexOf(held));
          const projects = new Map(low.projects);
          if (request.project !== undefined) projects.set(request.project, p);
          if (decide(low, request).allow) assert.ok(decide({ ...low, globalRole: g, projects }, request).allow);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('refuses a disabled person everything, an Owner too', () => {
    for (const permission of permissions)
      for (const project of [undefined, 'p'])
        assert.equal(decide(person('owner', 'owner', true), { permission, project }).allow, false);
  });

  it('refuses roles and permissions it does not know', () => {
    const odd = ['', 'OWNER', 'root', '__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    for (const word of odd) {
      // The casts are the test: words that no type would let through.
      const subject = { ...person('member', 'owner'), globalRole: word as GlobalRole };
      assert.equal(decide(subject, { permission: 'user.manage', project: undefined }).allow, false);
      const inProject = person('member', word as ProjectRole);
      assert.equal(decide(inProject, { permission: 'workflow.read', project: 'p' }).allow, false);
      assert.equal(decide(person('owner'), { permission: word as Permission, project: undefined }).allow, false);
    }
    const undecided = { ...person('owner'), disabled: undefined } as unknown as Subject;
    assert.equal(decide(undecided, { permission: 'project.read', project: undefined }).allow, false);
  });

  it('keeps what a platform route does not explain to global Owners', () => {
    for (const role of [undefined, ...projectRoles])
      for (const project of [undefined, 'p']) {
        const request = { permission: 'platform.unknown', project } as const;
        assert.equal(decide(person('member', role), request).allow, false);
        assert.equal(decide(person('administrator', role), request).allow, false);
        assert.equal(decide(person('owner', role), request).allow, true);
      }
  });

  it('lets a Viewer read and nothing else', () => {
    assert.deepEqual(permissionsOf(person('member', 'viewer'), 'p'), [
      'workflow.read',
      'execution.read',
      'data_source.read',
      'project.read',
    ]);
    assert.deepEqual(permissionsOf(person('member', 'owner'), 'other'), []);
    assert.deepEqual(permissionsOf(person('member', 'owner'), undefined), []);
  });

  it('names the rule that decided', () => {
    assert.deepEqual(decide(person('member', 'editor'), { permission: 'workflow.update', project: 'p' }), {
      allow: true,
      because: 'project role editor',
    });
    assert.deepEqual(decide(person('owner'), { permission: 'workflow.update', project: 'p' }), {
      allow: true,
      because: 'global role owner',
    });
    assert.deepEqual(decide(person('member'), { permission: 'workflow.read', project: 'p' }), {
      allow: false,
      reason: 'no role in this project',
    });
  });
});

describe('decidePerson and decideMember', () => {
  it('let only an Owner touch or make an Owner', () => {
    const roles = [null, ...globalRoles];
    for (const actor of globalRoles)
      for (const current of roles)
        for (const next of [undefined, ...roles]) {
          const said = decidePerson(person(actor, 'owner'), next === undefined ? { current } : { current, next }).allow;
          const expected = actor === 'owner' || (actor === 'administrator' && current !== 'owner' && next !== 'owner');
          assert.equal(said, expected, `${actor}: ${current} -> ${next}`);
        }
    assert.equal(decidePerson(person('owner', undefined, true), { current: 'member' }).allow, false);
  });

  it('let project Admins manage members but not Owners of the project', () => {
    const roles = [null, ...projectRoles];
    for (const actor of [undefined, ...projectRoles])
      for (const current of roles)
        for (const next of roles) {
          const touchesOwner = current === 'owner' || next === 'owner';
          const expected = actor === 'owner' || (actor === 'admin' && !touchesOwner);
          assert.equal(decideMember(person('member', actor), { project: 'p', current, next }).allow, expected);
          assert.equal(decideMember(person('member', actor), { project: 'q', current, next }).allow, false);
          assert.equal(decideMember(person('administrator'), { project: 'p', current, next }).allow, true);
        }
  });
});

describe('entering a site', () => {
  const person = (globalRole: GlobalRole, projects: [string, ProjectRole][], disabled = false): Subject => ({
    ...{ id: 'u', globalRole, disabled, projects: new Map(projects) },
  });
  const site = { defaultProject: 'p', assignedProjects: new Set(['q']) };
  const rows: [string, Subject, boolean][] = [
    ['a member with a role in its default project', person('member', [['p', 'viewer']]), true],
    ['a member with a role where something of it is assigned', person('member', [['q', 'viewer']]), true],
    ['a member with a role elsewhere', person('member', [['r', 'owner']]), false],
    ['a member without a role', person('member', []), false],
    ['an Administrator without a role', person('administrator', []), true],
    ['a disabled Owner', person('owner', [['p', 'owner']], true), false],
  ];
  for (const [who, subject, may] of rows) {
    it(`is ${may ? 'for' : 'not for'} ${who}`, () => assert.equal(decideEntry(subject, site).allow, may));
  }
});
