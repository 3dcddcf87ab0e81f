import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operatorPrincipal } from '../../core/events.ts';
import type { Gate } from '../admin.fixture.ts';
import { openGate, siteInput } from '../admin.fixture.ts';
import { isApiProblem } from '../client.ts';

const is = (code: string) => (error: unknown) => isApiProblem(error, code as 'access.denied');
const denied = is('access.denied');

/** Bob with a service account at a shop, Cy beside him, and Ada who administers. */
async function open(gate: Gate) {
  const bob = await gate.addPerson('bob@example.org', 'member');
  const cy = await gate.addPerson('cy@example.org', 'member');
  const project = await gate.access.createProject(operatorPrincipal, { name: 'P' });
  const site = await gate.sites.create(operatorPrincipal, siteInput('shop', project.id));
  const admin = await gate.addPerson('ada@example.org', 'administrator');
  const clients = {
    own: (await gate.openSession(bob)).client,
    other: (await gate.openSession(cy)).client,
    admin: (await gate.openSession(admin)).client,
  };
  const body = { name: 'Order bot', sites: [site.name], permissions: ['workflow.execute' as const] };
  const account = await clients.own('machines.create', { body });
  return { ...clients, bob, cy, adminUser: admin, site, body, account };
}

describe('service accounts', () => {
  it('are made for oneself, shown to their owner and to who may read people', async () => {
    await using gate = await openGate();
    const { account, admin, bob, body, own, other, site } = await open(gate);
    assert.deepEqual([account.ownerId, account.sites, account.paths], [bob.id, [site.id], ['/']]);
    assert.deepEqual(account.owner, { state: 'active', name: bob.name, email: bob.email });
    assert.equal((await own('machines.list', { query: {} })).accounts.length, 1);
    assert.equal((await other('machines.list', { query: {} })).accounts.length, 0);
    for (const query of [{ all: 'true' as const }, { ownerId: bob.id }]) {
      await assert.rejects(other('machines.list', { query }), denied);
      assert.equal((await admin('machines.list', { query })).accounts.length, 1);
    }
    const params = { id: account.id };
    await assert.rejects(other('machines.get', { params }), denied);
    assert.deepEqual((await own('machines.get', { params })).tokens, []);
    await assert.rejects(other('machines.create', { body: { ...body, ownerId: bob.id } }), denied);
    assert.equal((await admin('users.list', { query: {} })).users.length, 3, 'they are no people');
  });

  it('give secrets and keys to their owner alone, shown once', async () => {
    await using gate = await openGate();
    const { account, admin, own, other } = await open(gate);
    const params = { id: account.id };
    const body = { name: 'main', expiresAt: gate.now() + 86_400_000 };
    for (const client of [other, admin]) {
      await assert.rejects(client('machines.createSecret', { params, body }), denied);
      await assert.rejects(client('machines.addKey', { params, body: { ...body, jwk: {} } }), denied);
    }
    const made = await own('machines.createSecret', { params, body });
    assert.match(made.secret, /^sp_cs_/);
    const shown = await own('machines.get', { params });
    assert.ok(!JSON.stringify(shown).includes(made.secret) && !JSON.stringify(shown).includes('ash'));
    await assert.rejects(
      other('machines.revokeCredential', { params: { ...params, credentialId: made.credential.id } }),
      denied,
    );
    await admin('machines.revokeCredential', { params: { ...params, credentialId: made.credential.id } });
    assert.deepEqual((await own('machines.get', { params })).credentials, []);
  });

  it('are managed by their owner and by who manages that person; handed over by the latter only', async () => {
    await using gate = await openGate();
    const { account, admin, cy, own, other } = await open(gate);
    const params = { id: account.id };
    await assert.rejects(other('machines.update', { params, body: { disabled: true } }), denied);
    await assert.rejects(other('machines.delete', { params }), denied);
    await assert.rejects(own('machines.update', { params, body: { ownerId: cy.id } }), denied);
    assert.equal((await own('machines.update', { params, body: { disabled: true } })).disabled, true);
    assert.equal((await admin('machines.update', { params, body: { disabled: false } })).disabled, false);
    const changed = await admin('machines.update', {
      params,
      body: { ownerId: cy.id, permissions: ['workflow.read'] },
    });
    assert.deepEqual([changed.ownerId, changed.permissions], [cy.id, ['workflow.read']]);
    await other('machines.delete', { params });
    await assert.rejects(other('machines.get', { params }), is('identity.service_account_not_found'));
  });

  it('of an Owner are not an Administrator’s to change', async () => {
    await using gate = await openGate();
    const { admin, body } = await open(gate);
    const boss = await gate.addPerson('boss@example.org', 'owner');
    const account = await (await gate.openSession(boss)).client('machines.create', { body });
    const params = { id: account.id };
    await assert.rejects(admin('machines.update', { params, body: { disabled: true } }), denied);
    await assert.rejects(admin('machines.create', { body: { ...body, ownerId: boss.id } }), denied);
  });

  it('have API keys that their owner makes, within their scope', async () => {
    await using gate = await openGate();
    const { account, own, other, site } = await open(gate);
    const expiresAt = gate.now() + 86_400_000;
    const body = {
      ...{ userId: account.id, name: 'k', sites: [site.name], expiresAt },
      permissions: ['workflow.execute' as const],
    };
    await assert.rejects(other('keys.create', { body }), denied);
    const made = await own('keys.create', { body });
    assert.equal(made.key.userId, account.id);
    assert.equal((await own('keys.list', { query: { userId: account.id } })).keys.length, 1);
    await assert.rejects(other('keys.list', { query: { userId: account.id } }), denied);
    await assert.rejects(
      own('keys.create', { body: { ...body, permissions: ['workflow.delete'] } }),
      is('core.invalid_input'),
    );
    await own('keys.revoke', { params: { id: made.key.id } });
  });

  it('are explained as the gate decides: the owner must be allowed too', async () => {
    await using gate = await openGate();
    const { account, admin, bob, site } = await open(gate);
    const projectId = site.defaultProject;
    const set = (userId: string, role: 'editor' | 'viewer') =>
      gate.access.setMember(operatorPrincipal, { projectId, userId, role });
    const why = () =>
      admin('access.explain', { query: { userId: account.id, permission: 'workflow.execute', project: projectId } });
    await set(account.id, 'editor');
    const without = await why();
    assert.equal(without.allowed, false);
    assert.match(without.rule, /owner of the service account/);
    await set(bob.id, 'editor');
    assert.equal((await why()).allowed, true);
    await set(bob.id, 'viewer');
    assert.equal((await why()).allowed, false);
  });

  it('whose owner is gone are still there for who manages people', async () => {
    await using gate = await openGate();
    const { account, admin, bob } = await open(gate);
    await gate.identity.deleteUser(operatorPrincipal, bob.id);
    const { accounts } = await admin('machines.list', { query: { all: 'true' } });
    assert.deepEqual(accounts[0]?.owner, { state: 'gone', name: null, email: null });
    await admin('machines.delete', { params: { id: account.id } });
  });
});

describe('programs that act for a person', () => {
  it('get a token from that person only, and what they got is seen and ended by the person', async () => {
    await using gate = await openGate();
    const { account, own, other, site, cy } = await open(gate);
    const delegation = { agentId: account.id, sites: [site.name], permissions: ['workflow.execute' as const] };
    const expiresAt = gate.now() + 600_000;
    const { token } = await other('machines.delegate', { body: { ...delegation, expiresAt } });
    assert.match(token, /^sp_st_/);
    await assert.rejects(
      other('machines.delegate', { body: { ...delegation, expiresAt: gate.now() + 86_400_000 } }),
      is('core.invalid_input'),
    );
    const { secret } = await own('machines.createSecret', {
      params: { id: account.id },
      body: { name: 'main', expiresAt: gate.now() + 86_400_000 },
    });
    const ask = (form: Record<string, string>) =>
      gate.identity.machines.answerTokenRequest({
        form: new URLSearchParams({ ...form, client_id: account.id, client_secret: secret }),
        ...{ authorization: undefined, clientIp: '192.0.2.7', requestId: 'r', issuer: 'https://gate.test:8443' },
        findSite: async () => undefined,
      });
    const actor = await ask({ grant_type: 'client_credentials' });
    const type = 'urn:ietf:params:oauth:token-type:access_token';
    const exchanged = await ask({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      ...{ subject_token: token, subject_token_type: type },
      ...{ actor_token: String(actor.body['access_token']), actor_token_type: type },
    });
    assert.equal(exchanged.status, 200, JSON.stringify(exchanged.body));
    const { tokens } = await other('machines.listTokens', { query: {} });
    assert.deepEqual([tokens[0]?.userId, tokens[0]?.actors], [cy.id, [account.id]]);
    await assert.rejects(own('machines.listTokens', { query: { userId: cy.id } }), denied);
    await other('machines.revokeToken', { params: { id: tokens[0]?.id ?? '' } });
    assert.deepEqual((await other('machines.listTokens', { query: {} })).tokens, []);
  });
});
