import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openGate, siteInput } from '../../src/admin/admin.fixture.ts';
import { isApiProblem } from '../../src/admin/client.ts';
import { operatorPrincipal } from '../../src/core/events.ts';

const op = operatorPrincipal;
/** Settings of a provider as somebody types them into the portal. */
const provider = (patch: object = {}) => ({
  ...{ kind: 'oidc' as const, name: 'Login', domains: ['corp.example'], enabled: true },
  ...{ createsAccounts: true, trustsMfa: false, sessionHoursMax: null },
  settings: { issuer: 'https://idp.example', clientId: 'gate', clientAuth: 'none' as const },
  ...patch,
});
const denied = (error: unknown) => isApiProblem(error, 'access.denied');

describe('an Administrator', () => {
  it('does no more to an Owner by a group than to any other Owner: sessions and programs are theirs', async () => {
    await using gate = await openGate();
    const { identity } = gate;
    const ada = (await gate.openSession(await gate.addPerson('ada@example.org', 'administrator'))).client;
    const olga = await gate.addPerson('olga@example.org', 'member');
    const group = await identity.groups.create(op, { name: 'Board' });
    await gate.access.grants.create(op, { groupId: group.id, project: null, role: 'owner' }, group.name);
    await identity.groups.setMember(op, { groupId: group.id, userId: olga.id, isMember: true });
    const { client } = await gate.openSession(olga);
    const [session] = await identity.listSessions({ userId: olga.id });
    assert.ok(session);
    const project = await gate.access.createProject(op, { name: 'P' });
    const site = await gate.sites.create(op, siteInput('shop', project.id));
    const scope = { sites: [site.id], paths: ['/'], permissions: ['workflow.read' as const] };
    const { id } = await identity.machines.create(op, { name: 'Nightly', ownerId: olga.id, scope });

    const params = { id: olga.id };
    await assert.rejects(ada('users.endSessions', { params }), denied);
    await assert.rejects(ada('users.endSession', { params: { ...params, session: session.id } }), denied);
    await assert.rejects(ada('machines.update', { params: { id }, body: { disabled: true } }), denied);
    await assert.rejects(ada('machines.update', { params: { id }, body: { paths: ['/', '/rest'] } }), denied);
    await assert.rejects(ada('machines.delete', { params: { id } }), denied);
    await client('machines.update', { params: { id }, body: { disabled: true } });
    assert.equal((await client('me.get')).person.id, olga.id);
  });

  it('does not loosen the policy of second factors by believing a provider’s', async () => {
    await using gate = await openGate();
    const ada = (await gate.openSession(await gate.addPerson('ada@example.org', 'administrator'))).client;
    const olga = (await gate.openSession(await gate.addPerson('olga@example.org', 'owner'))).client;
    const trusting = { provider: provider({ trustsMfa: true }) };
    await assert.rejects(ada('providers.create', { body: trusting }), denied);
    const { id } = await ada('providers.create', { body: { provider: provider() } });
    const body = { provider: provider({ trustsMfa: true }) };
    await assert.rejects(ada('providers.update', { params: { id }, body }), denied);
    await olga('providers.update', { params: { id }, body });
    await ada('providers.update', { params: { id }, body: { provider: provider({ trustsMfa: true, name: 'New' }) } });
  });

  it('does not loosen it by taking themselves out of a group that it names', async () => {
    await using gate = await openGate();
    const ada = await gate.addPerson('ada@example.org', 'administrator');
    const { client } = await gate.openSession(ada);
    const olga = (await gate.openSession(await gate.addPerson('olga@example.org', 'owner'))).client;
    const { id } = await client('groups.create', { body: { name: 'Passkeys only' } });
    const params = { id, userId: ada.id };
    await client('groups.addMember', { params });
    await client('groups.removeMember', { params });
    await client('groups.addMember', { params });
    const { revision } = await olga('policy.getMfa');
    const lists = { roles: ['administrator', 'owner'] as const, groups: [], phishingResistantRoles: [] };
    const body = { ...lists, roles: [...lists.roles], phishingResistantGroups: [id], revision };
    await olga('policy.setMfa', { body });
    await assert.rejects(client('groups.removeMember', { params }), denied);
    await assert.rejects(client('groups.delete', { params: { id } }), denied);
    await olga('groups.removeMember', { params });
  });

  it('gives nobody a second way into an account without its person hearing of it', async () => {
    await using gate = await openGate();
    const { identity } = gate;
    const bob = await gate.addPerson('bob@example.org', 'member');
    const ada = (await gate.openSession(await gate.addPerson('ada@example.org', 'administrator'))).client;
    const { id: providerId } = await ada('providers.create', { body: { provider: provider() } });
    await ada('links.create', { params: { id: bob.id }, body: { providerId, subject: 'eve' } });
    const [notice] = await identity.notices.urgent(bob.id);
    assert.deepEqual([notice?.kind, notice?.by], ['linked', 'ada@example.org']);
  });
});

describe('what somebody was lent', () => {
  it('is not prolonged by two who approve each other in turn', async () => {
    await using gate = await openGate();
    const [amy, ben] = [
      await gate.addPerson('amy@example.org', 'member'),
      await gate.addPerson('ben@example.org', 'member'),
    ];
    const clients = [(await gate.openSession(amy)).client, (await gate.openSession(ben)).client] as const;
    const ada = (await gate.openSession(await gate.addPerson('ada@example.org', 'administrator'))).client;
    const body = { project: null, role: 'administrator', reason: 'on call', durationMs: 3_600_000 };
    const first = await clients[0]('elevations.ask', { body });
    await ada('elevations.approve', { params: { id: first.id }, body: { comment: '' } });
    await clients[0]('users.list', { query: {} });
    const second = await clients[1]('elevations.ask', { body });
    const params = { id: second.id };
    await assert.rejects(clients[0]('elevations.approve', { params, body: { comment: '' } }), denied);
    await ada('elevations.approve', { params, body: { comment: '' } });
  });
});
