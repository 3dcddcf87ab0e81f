import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PrincipalRef } from '../core/events.ts';
import { operatorPrincipal } from '../core/events.ts';
import { is, withAccess } from './access.fixture.ts';
import type { ProjectRole } from './access.ts';

const ada: PrincipalRef = { kind: 'user', id: 'ada', name: 'ada@example.org' };

describe('projects', () => {
  it('make their maker the Owner, and tell and record it', async () => {
    await withAccess(async ({ access, events, changes }) => {
      const project = await access.createProject(ada, { name: '  Billing ' });
      assert.equal(project.name, 'Billing');
      assert.deepEqual(await access.listMembers(project.id), [{ projectId: project.id, userId: 'ada', role: 'owner' }]);
      assert.deepEqual(
        events.map(event => event.type),
        ['project.created', 'project.member_changed'],
      );
      assert.deepEqual(
        changes.map(change => change.kind),
        ['project', 'members'],
      );
      const other = await access.createProject(operatorPrincipal, { name: 'Default' });
      assert.deepEqual(await access.listMembers(other.id), []);
      assert.deepEqual(
        (await access.listProjects()).map(found => found.name),
        ['Billing', 'Default'],
      );
    });
  });

  it('refuse a name that is taken in any case or width, also when two ask at once', async () => {
    await withAccess(async ({ access, events }) => {
      await access.createProject(ada, { name: 'Billing' });
      for (const name of ['billing', 'BILLING', 'Ｂilling', ' Billing ']) {
        await assert.rejects(access.createProject(ada, { name }), is('access.project_exists'), name);
      }
      for (const name of ['', ' ', 'a\u0000b', 'x'.repeat(81)]) {
        await assert.rejects(access.createProject(ada, { name }), is('core.invalid_input'), name);
      }
      const made = await Promise.allSettled([1, 2, 3, 4].map(() => access.createProject(ada, { name: 'Twice' })));
      assert.equal(made.filter(result => result.status === 'fulfilled').length, 1);
      assert.equal(events.filter(event => event.type === 'project.created').length, 2);
      const third = await access.createProject(ada, { name: 'Third' });
      await assert.rejects(access.renameProject(ada, third.id, 'TWICE'), is('access.project_exists'));
      assert.equal((await access.renameProject(ada, third.id, 'THIRD')).name, 'THIRD');
      assert.equal((await access.getProject(third.id)).name, 'THIRD');
    });
  });

  it('keep their last Owner, also when two leave at once', async () => {
    await withAccess(async ({ access }) => {
      const { id } = await access.createProject(ada, { name: 'P' });
      const set = (userId: string, role: ProjectRole | null): Promise<void> =>
        access.setMember(ada, { projectId: id, userId, role });
      for (const role of [null, 'viewer', 'admin'] as const)
        await assert.rejects(set('ada', role), is('access.last_owner'));
      await set('bob', 'owner');
      const left = await Promise.allSettled([set('ada', null), set('bob', 'viewer')]);
      assert.equal(left.filter(result => result.status === 'fulfilled').length, 1);
      const owners = (await access.listMembers(id)).filter(member => member.role === 'owner');
      assert.equal(owners.length, 1);
    });
  });

  it('record each change of a role from and to, and say nothing of no change', async () => {
    await withAccess(async ({ access, events, changes }) => {
      const { id } = await access.createProject(ada, { name: 'P' });
      events.length = changes.length = 0;
      await access.setMember(ada, { projectId: id, userId: 'bob', role: 'viewer' });
      await access.setMember(ada, { projectId: id, userId: 'bob', role: 'viewer' });
      await access.setMember(ada, { projectId: id, userId: 'bob', role: 'editor' });
      await access.setMember(ada, { projectId: id, userId: 'bob', role: null });
      await access.setMember(ada, { projectId: id, userId: 'nobody', role: null });
      assert.deepEqual(
        events.map(event => (event.type === 'project.member_changed' ? [event.data.from, event.data.to] : event.type)),
        [
          [null, 'viewer'],
          ['viewer', 'editor'],
          ['editor', null],
        ],
      );
      assert.equal(changes.length, 3);
      assert.deepEqual(
        (await access.load()).memberships.map(member => member.userId),
        ['ada'],
      );
    });
  });

  it('can be deleted only when nothing is in them and no site stands on them', async () => {
    await withAccess(async ({ access, sites, changes }) => {
      const first = await access.createProject(ada, { name: 'first' });
      const second = await access.createProject(ada, { name: 'second' });
      const workflow = { site: 's', kind: 'workflow', resourceId: '7' };
      await access.assignResource(ada, { ...workflow, projectId: first.id }, 'flows');
      await assert.rejects(access.deleteProject(ada, first.id), is('store.conflict'));
      await access.assignResource(ada, { ...workflow, projectId: second.id }, 'flows');
      assert.deepEqual(await access.listAssignments(first.id), []);
      assert.deepEqual(await access.listAssignments(second.id), [{ ...workflow, projectId: second.id }]);
      sites.set(first.id, 'n8n');
      await assert.rejects(access.deleteProject(ada, first.id), is('store.conflict'));
      sites.clear();
      await access.deleteProject(ada, first.id);
      assert.deepEqual(changes.slice(-2), [
        { kind: 'members', members: [{ projectId: first.id, userId: 'ada', role: null }] },
        { kind: 'project', projectId: first.id, project: null },
      ]);
      await assert.rejects(access.getProject(first.id), is('access.project_not_found'));
    });
  });

  it('lose what was assigned of a site that is no more, and can then be deleted', async () => {
    await withAccess(async ({ access, changes, events }) => {
      const project = await access.createProject(operatorPrincipal, { name: 'p' });
      const workflow = { site: 's', kind: 'workflow', resourceId: '7' };
      const other = { ...workflow, site: 't', projectId: project.id };
      await access.assignResource(ada, { ...workflow, projectId: project.id }, 'flows');
      assert.equal(events.at(-1)?.site, 'flows', 'records name sites by name');
      await access.assignResource(ada, other, 'others');
      await access.removeSite('s');
      assert.deepEqual(changes.at(-1), { kind: 'assignment', assignment: { ...workflow, projectId: null } });
      assert.deepEqual((await access.load()).assignments, [other]);
      await access.removeSite('t');
      await access.deleteProject(ada, project.id);
    });
  });

  it('lose a person who leaves the house everywhere', async () => {
    await withAccess(async ({ access, changes }) => {
      const first = await access.createProject(ada, { name: 'first' });
      const second = await access.createProject(operatorPrincipal, { name: 'second' });
      await access.setMember(ada, { projectId: second.id, userId: 'ada', role: 'viewer' });
      await access.removeUser(operatorPrincipal, 'ada');
      assert.deepEqual((await access.load()).memberships, []);
      const last = changes.at(-1);
      assert.equal(last?.kind === 'members' ? last.members.length : 0, 2);
      await access.removeUser(operatorPrincipal, 'ada');
      assert.deepEqual(await access.listMembers(first.id), []);
    });
  });

  it('change nothing and tell nobody while the audit log cannot record', async () => {
    await withAccess(async house => {
      const { access, changes } = house;
      const project = await access.createProject(ada, { name: 'P' });
      await access.setMember(ada, { projectId: project.id, userId: 'bob', role: 'viewer' });
      const before = [await access.listProjects(), await access.load()];
      changes.length = 0;
      house.fail = true;
      const acts: Record<string, () => Promise<unknown>> = {
        create: () => access.createProject(ada, { name: 'Q' }),
        rename: () => access.renameProject(ada, project.id, 'R'),
        delete: () => access.deleteProject(ada, project.id),
        add: () => access.setMember(ada, { projectId: project.id, userId: 'eve', role: 'owner' }),
        remove: () => access.setMember(ada, { projectId: project.id, userId: 'bob', role: null }),
        leave: () => access.removeUser(ada, 'bob'),
        assign: () =>
          access.assignResource(ada, { site: 's', kind: 'workflow', resourceId: '1', projectId: project.id }, 'flows'),
      };
      for (const [name, act] of Object.entries(acts)) await assert.rejects(act, is('audit.unavailable'), name);
      assert.deepEqual([await access.listProjects(), await access.load()], before);
      assert.deepEqual(changes, []);
    });
  });

  it('are unknown by any other id', async () => {
    await withAccess(async ({ access }) => {
      const unknown = is('access.project_not_found');
      await assert.rejects(access.getProject('nope'), unknown);
      await assert.rejects(access.renameProject(ada, 'nope', 'x'), unknown);
      await assert.rejects(access.deleteProject(ada, 'nope'), unknown);
      await assert.rejects(access.listMembers('nope'), unknown);
      await assert.rejects(access.listAssignments('nope'), unknown);
      await assert.rejects(access.setMember(ada, { projectId: 'nope', userId: 'u', role: 'viewer' }), unknown);
      await assert.rejects(
        access.assignResource(ada, { site: 's', kind: 'k', resourceId: 'r', projectId: 'nope' }, 'flows'),
        unknown,
      );
    });
  });
});
