import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operatorPrincipal } from '../../core/events.ts';
import type { Gate } from '../admin.fixture.ts';
import { openGate } from '../admin.fixture.ts';
import { isApiProblem } from '../client.ts';

const codeOf = async (act: Promise<unknown>): Promise<string> => {
  try {
    await act;
    return 'done';
  } catch (error) {
    return isApiProblem(error) ? error.code : String(error);
  }
};

async function setUp(gate: Gate) {
  const owner = await gate.addPerson('owner@example.org', 'owner');
  const admin = await gate.addPerson('admin@example.org', 'administrator');
  const ada = await gate.addPerson('ada@example.org', 'member');
  const group = await gate.identity.groups.create(operatorPrincipal, { name: 'Flow builders' });
  const own = await gate.identity.groups.create(operatorPrincipal, { name: 'Administrators here' });
  await gate.identity.groups.setMember(operatorPrincipal, { groupId: group.id, userId: ada.id, isMember: true });
  await gate.identity.groups.setMember(operatorPrincipal, { groupId: own.id, userId: admin.id, isMember: true });
  const project = await gate.access.createProject(operatorPrincipal, { name: 'Billing' });
  const clients = {
    owner: (await gate.openSession(owner)).client,
    admin: (await gate.openSession(admin)).client,
    ada: (await gate.openSession(ada)).client,
  };
  return { owner, admin, ada, group, own, project, clients };
}

describe('grants', () => {
  it('give everybody in the group the role at the next call, and take it back', async () => {
    await using gate = await openGate();
    const { clients, group, project } = await setUp(gate);
    assert.equal(await codeOf(clients.ada('projects.listMembers', { params: { id: project.id } })), 'access.denied');
    const body = { groupId: group.id, project: project.id, role: 'viewer' };
    const grant = await clients.admin('grants.create', { body });
    assert.deepEqual(
      [grant.groupName, grant.projectName, grant.roleName, grant.members],
      ['Flow builders', 'Billing', 'Viewer', 1],
    );
    assert.equal(await codeOf(clients.ada('projects.listMembers', { params: { id: project.id } })), 'done');
    assert.equal((await clients.admin('grants.create', { body })).id, grant.id);
    await clients.admin('grants.delete', { params: { id: grant.id } });
    assert.equal(await codeOf(clients.ada('projects.listMembers', { params: { id: project.id } })), 'access.denied');
    assert.deepEqual(
      gate.told.map(event => event.type).filter(type => type.startsWith('grant.')),
      ['grant.created', 'grant.deleted'],
    );
  });

  it('let a mapped Administrator use the portal, and a mapped Owner manage Owners', async () => {
    await using gate = await openGate();
    const { ada, clients, group, owner } = await setUp(gate);
    assert.equal(await codeOf(clients.ada('users.list', {})), 'access.denied');
    const grant = await clients.owner('grants.create', {
      body: { groupId: group.id, project: null, role: 'administrator' },
    });
    assert.equal(await codeOf(clients.ada('users.list', {})), 'done');
    const rename = () => clients.ada('users.update', { params: { id: owner.id }, body: { name: 'New name' } });
    assert.equal(await codeOf(rename()), 'access.denied');
    await clients.owner('grants.create', { body: { groupId: group.id, project: null, role: 'owner' } });
    assert.equal(await codeOf(rename()), 'done');
    // What is mapped to Owner is an Owner: an Administrator manages it no more.
    const byAdmin = clients.admin('users.update', { params: { id: ada.id }, body: { name: 'Ada L' } });
    assert.equal(await codeOf(byAdmin), 'access.denied');
    for (const { id } of (await clients.owner('grants.list', { query: { groupId: group.id } })).grants)
      await clients.owner('grants.delete', { params: { id } });
    assert.equal(await codeOf(clients.ada('users.list', {})), 'access.denied');
    assert.equal(await codeOf(clients.owner('grants.delete', { params: { id: grant.id } })), 'access.grant_not_found');
  });

  it('are never above the one who makes them', async () => {
    await using gate = await openGate();
    const { admin, clients, group, own, project } = await setUp(gate);
    const grant = (client: typeof clients.ada, groupId: string, where: string | null, role: string) =>
      codeOf(client('grants.create', { body: { groupId, project: where, role } }));
    assert.equal(await grant(clients.admin, group.id, null, 'owner'), 'access.denied');
    assert.equal(await grant(clients.admin, own.id, null, 'owner'), 'access.denied');
    assert.equal(await grant(clients.admin, own.id, project.id, 'editor'), 'access.denied');
    assert.equal(await grant(clients.admin, group.id, project.id, 'editor'), 'done');
    assert.equal(await grant(clients.ada, group.id, project.id, 'viewer'), 'access.denied');
    assert.equal(await grant(clients.owner, group.id, null, 'member'), 'access.denied');
    assert.equal(await grant(clients.owner, group.id, project.id, 'root'), 'access.denied');
    // Nor may an Administrator take an Owner's grant away.
    const made = await clients.owner('grants.create', { body: { groupId: group.id, project: null, role: 'owner' } });
    assert.equal(await codeOf(clients.admin('grants.delete', { params: { id: made.id } })), 'access.denied');
    // Nor join a group that is granted more by the way of a role they hold already.
    assert.equal(gate.roster.entry(admin.id)?.globalRole, 'administrator');
  });

  it('show a project Admin the grants of that project alone', async () => {
    await using gate = await openGate();
    const { ada, clients, group, own, project } = await setUp(gate);
    const other = await gate.access.createProject(operatorPrincipal, { name: 'Other' });
    await gate.access.setMember(operatorPrincipal, { projectId: project.id, userId: ada.id, role: 'admin' });
    for (const where of [project.id, other.id, null])
      await clients.owner('grants.create', {
        body: { groupId: own.id, project: where, role: where === null ? 'administrator' : 'viewer' },
      });
    const seen = (await clients.ada('grants.list', { query: {} })).grants;
    assert.deepEqual(
      seen.map(grant => grant.project),
      [project.id],
    );
    assert.equal((await clients.owner('grants.list', { query: {} })).grants.length, 3);
    assert.equal((await clients.owner('grants.list', { query: { search: 'ADMINISTRATORS' } })).grants.length, 3);
    assert.equal((await clients.owner('grants.list', { query: { search: 'flow' } })).grants.length, 0);
    const paged = await clients.owner('grants.list', { query: { limit: 2 } });
    const rest = await clients.owner('grants.list', { query: { limit: 2, after: paged.grants.at(-1)?.id ?? '' } });
    assert.deepEqual([paged.grants.length, rest.grants.length], [2, 1]);
    assert.equal(
      await codeOf(clients.ada('grants.create', { body: { groupId: group.id, project: other.id, role: 'viewer' } })),
      'access.denied',
    );
    assert.equal(
      await codeOf(clients.ada('grants.create', { body: { groupId: group.id, project: project.id, role: 'editor' } })),
      'done',
    );
  });

  it('can be tried first: who would gain and lose what, and nothing is saved', async () => {
    await using gate = await openGate();
    const { ada, admin, clients, group, own, project } = await setUp(gate);
    const held = await clients.owner('grants.create', {
      body: { groupId: own.id, project: project.id, role: 'viewer' },
    });
    const preview = await clients.admin('grants.preview', {
      body: {
        add: [
          { groupId: group.id, project: project.id, role: 'editor' },
          { groupId: group.id, project: null, role: 'owner' },
        ],
        remove: [held.id],
      },
    });
    assert.deepEqual([preview.gaining, preview.losing, preview.unchanged, preview.next], [1, 1, 0, null]);
    assert.deepEqual(preview.refused, [{ at: 1, reason: 'only an Owner makes an Owner' }]);
    const of = (userId: string) => preview.people.find(person => person.userId === userId);
    assert.deepEqual(
      of(ada.id)
        ?.gains.map(one => `${one.roleName} of ${one.projectName}`)
        .toSorted(),
      ['Editor of Billing', 'Owner of null'],
    );
    assert.deepEqual(
      of(admin.id)?.loses.map(one => one.roleName),
      ['Viewer'],
    );
    assert.equal((await clients.owner('grants.list', { query: {} })).grants.length, 1);
    assert.equal(await codeOf(clients.ada('grants.preview', { body: { add: [] } })), 'done');
    assert.equal(await codeOf(clients.ada('grants.preview', { body: { remove: [held.id] } })), 'access.denied');
    const person = await clients.admin('grants.previewPerson', {
      body: { userId: null, groupIds: [own.id, group.id] },
    });
    assert.deepEqual(
      person.ways.map(way => [way.roleName, way.groupName]),
      [['Viewer', 'Administrators here']],
    );
  });

  it('go with their project, and count no more without their group', async () => {
    await using gate = await openGate();
    const { ada, clients, group, project } = await setUp(gate);
    await clients.owner('grants.create', { body: { groupId: group.id, project: project.id, role: 'editor' } });
    assert.equal(gate.roster.entry(ada.id)?.projects.size, 1);
    await gate.access.deleteProject(operatorPrincipal, project.id);
    assert.equal(gate.roster.entry(ada.id)?.projects.size, 0);
    await clients.owner('grants.create', { body: { groupId: group.id, project: null, role: 'administrator' } });
    await gate.identity.groups.delete(operatorPrincipal, group.id);
    assert.equal(gate.roster.entry(ada.id)?.globalRole, 'member');
  });
});

describe('roles made here', () => {
  it('give what they name inside the project, by themselves and by a group, and change at once', async () => {
    await using gate = await openGate();
    const { ada, clients, group, project } = await setUp(gate);
    const role = await clients.admin('roles.create', {
      body: { name: 'Runner', permissions: ['project.read', 'workflow.execute'] },
    });
    await clients.owner('projects.setMember', { params: { id: project.id, userId: ada.id }, body: { role: role.id } });
    assert.equal((await clients.ada('projects.list')).projects[0]?.ownRole, role.id);
    const why = async (permission: 'workflow.execute' | 'workflow.update') =>
      (await clients.ada('access.explain', { query: { userId: ada.id, permission, project: project.id } })).allowed;
    assert.deepEqual([await why('workflow.execute'), await why('workflow.update')], [true, false]);
    await clients.admin('roles.update', {
      params: { id: role.id },
      body: { permissions: ['project.read', 'workflow.update'] },
    });
    assert.deepEqual([await why('workflow.execute'), await why('workflow.update')], [false, true]);
    assert.equal(await codeOf(clients.admin('roles.delete', { params: { id: role.id } })), 'access.role_in_use');
    await clients.owner('projects.removeMember', { params: { id: project.id, userId: ada.id } });
    const grant = await clients.owner('grants.create', {
      body: { groupId: group.id, project: project.id, role: role.id },
    });
    assert.equal(await why('workflow.update'), true);
    const listed = (await clients.ada('roles.list')).custom[0];
    assert.deepEqual([listed?.members, listed?.grants], [0, 1]);
    assert.equal(await codeOf(clients.admin('roles.delete', { params: { id: role.id } })), 'access.role_in_use');
    await clients.owner('grants.delete', { params: { id: grant.id } });
    await clients.admin('roles.delete', { params: { id: role.id } });
    assert.equal((await clients.ada('roles.list')).custom.length, 0);
  });

  it('hold nothing of the house and no project.own, and have a name of their own', async () => {
    await using gate = await openGate();
    const { clients } = await setUp(gate);
    const make = (
      name: string,
      permissions: ('project.own' | 'user.manage' | 'workflow.read' | 'platform.unknown')[],
    ) => codeOf(clients.owner('roles.create', { body: { name, permissions } }));
    assert.equal(await make('A', ['project.own']), 'core.invalid_input');
    assert.equal(await make('B', ['workflow.read', 'user.manage']), 'core.invalid_input');
    assert.equal(await make('C', ['platform.unknown']), 'core.invalid_input');
    assert.equal(await make('Reader', ['workflow.read']), 'done');
    assert.equal(await make(' READER ', ['workflow.read']), 'access.role_exists');
    assert.equal(await make('Editor', ['workflow.read']), 'access.role_exists');
  });

  it('cannot be widened by an Administrator who holds them', async () => {
    await using gate = await openGate();
    const { clients, own, project } = await setUp(gate);
    const role = await clients.owner('roles.create', { body: { name: 'Reader', permissions: ['workflow.read'] } });
    await clients.owner('grants.create', { body: { groupId: own.id, project: project.id, role: role.id } });
    const widen = (client: typeof clients.admin) =>
      codeOf(
        client('roles.update', {
          params: { id: role.id },
          body: { permissions: ['workflow.read', 'workflow.execute'] },
        }),
      );
    assert.equal(await widen(clients.admin), 'access.denied');
    assert.equal(await widen(clients.owner), 'done');
  });
});
