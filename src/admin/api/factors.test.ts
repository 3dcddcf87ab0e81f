import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createAuthenticator } from '../../../tests/fakes/authenticator.ts';
import { operatorPrincipal } from '../../core/events.ts';
import type { Gate } from '../admin.fixture.ts';
import { openGate, portalOrigin } from '../admin.fixture.ts';
import type { Client } from '../client.ts';
import { createClient } from '../client.ts';
import type { OperationInput } from '../contract/contract.ts';

const operatorClient = (gate: Gate): Client =>
  createClient({
    baseUrl: 'http://sallyport',
    fetch: (url, init) => gate.admin.handleOperator(new Request(url, init), 'r-op'),
  });

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: Error & { code?: string }) => error.code ?? error.message,
  );

async function addPasskey(client: Client, device = createAuthenticator(portalOrigin)) {
  const { publicKey } = await client('me.beginPasskey', {});
  const response = device.create(publicKey) as { id: string; rawId: string; type: 'public-key' };
  return { device, ...(await client('me.addPasskey', { body: { name: 'Key', response } })) };
}

async function sign(gate: Gate, email: string, role: 'member' | 'administrator' | 'owner') {
  const user = await gate.addPerson(email, role);
  return { user, ...(await gate.openSession(user)) };
}

describe('one’s own factors by the API', () => {
  it('are added, listed, renamed, used for a fresh proof, and removed', async () => {
    await using gate = await openGate();
    const { client } = await sign(gate, 'ada@example.org', 'member');
    const { device, passkey, recoveryCodes } = await addPasskey(client);
    assert.equal(recoveryCodes.length, 10);
    const renamed = await client('me.renamePasskey', { params: { id: passkey.id }, body: { name: 'Laptop' } });
    assert.equal(renamed.name, 'Laptop');
    const factors = await client('me.getFactors', {});
    assert.deepEqual(
      [factors.passkeys.length, factors.totp, factors.recoveryCodesLeft, factors.passkeysMax],
      [1, null, 10, 20],
    );
    gate.advance(20 * 60_000);
    assert.equal(await codeOf(client('me.removePasskey', { params: { id: passkey.id } })), 'admin.step_up');
    const { publicKey } = await client('me.beginPasskeyProof', {});
    const response = device.get(publicKey) as { id: string; rawId: string; type: 'public-key' };
    const { stepUpUntil } = await client('me.reauthenticateByPasskey', { body: { response } });
    assert.ok(stepUpUntil > gate.now());
  });

  it('are not shown to who may not manage people, and taken away only by who may', async () => {
    await using gate = await openGate();
    const ada = await sign(gate, 'ada@example.org', 'member');
    const eve = await sign(gate, 'eve@example.org', 'member');
    const boss = await sign(gate, 'boss@example.org', 'administrator');
    const { passkey } = await addPasskey(ada.client);
    const params = { id: ada.user.id };
    assert.equal(await codeOf(eve.client('users.getFactors', { params })), 'access.denied');
    assert.equal(
      await codeOf(eve.client('me.removePasskey', { params: { id: passkey.id } })),
      'identity.passkey_not_found',
    );
    assert.equal((await boss.client('users.getFactors', { params })).passkeys.length, 1);
    await boss.client('users.removePasskey', { params: { ...params, passkey: passkey.id } });
    assert.equal((await boss.client('users.getFactors', { params })).passkeys.length, 0);
    assert.equal(await codeOf(ada.client('me.get', {})), 'gateway.unauthenticated', 'their sessions ended');
    const [notice] = await gate.identity.notices.list(ada.user.id);
    assert.equal(notice?.by, 'boss@example.org');
    const own = { params: { id: boss.user.id } };
    assert.equal(await codeOf(boss.client('users.resetFactors', own)), 'access.denied', 'not one’s own here');
  });

  it('an Administrator ends one session of a person, and not another’s under their name', async () => {
    await using gate = await openGate();
    const ada = await sign(gate, 'ada@example.org', 'member');
    const boss = await sign(gate, 'boss@example.org', 'administrator');
    const [session] = await gate.identity.listSessions({ userId: ada.user.id });
    const wrong = { params: { id: boss.user.id, session: session?.id ?? '' } };
    assert.equal(await codeOf(boss.client('users.endSession', wrong)), 'identity.session_not_found');
    await boss.client('users.endSession', { params: { id: ada.user.id, session: session?.id ?? '' } });
    assert.equal(await codeOf(ada.client('me.get', {})), 'gateway.unauthenticated');
  });

  it('tells what happened, and keeps what was read', async () => {
    await using gate = await openGate();
    const { client } = await sign(gate, 'ada@example.org', 'member');
    await addPasskey(client);
    const before = await client('me.listNotices', {});
    assert.deepEqual(
      before.notices.map(({ kind, read }) => [kind, read]),
      [['factor_added', false]],
    );
    assert.match(before.notices[0]?.text ?? '', /Key/);
    await client('me.readNotices', {});
    assert.equal((await client('me.listNotices', {})).notices[0]?.read, true);
  });
});

describe('the policy of second factors by the API', () => {
  type Body = OperationInput<'policy.setMfa'>['body'];
  const nobody: Body = { roles: [], groups: [], phishingResistantRoles: [], phishingResistantGroups: [], revision: 0 };

  it('never goes below the configuration file, names only groups there are, and is loosened by an Owner only', async () => {
    await using gate = await openGate({ mfaCompulsoryFor: ['owner'] });
    const boss = await sign(gate, 'boss@example.org', 'administrator');
    const set = (client: Client, body: Partial<Body>) =>
      codeOf(client('policy.setMfa', { body: { ...nobody, ...body } }));
    assert.equal(await set(boss.client, {}), 'core.invalid_input', 'the floor');
    assert.equal(await set(boss.client, { roles: ['owner'], groups: ['g'] }), 'identity.group_not_found');
    assert.equal(await set(boss.client, { roles: ['owner', 'member'] }), 'done');
    assert.equal(
      await set(boss.client, { roles: ['owner'], revision: 1 }),
      'access.denied',
      'members would be let off',
    );
    assert.equal(await set(operatorClient(gate), { roles: ['owner'], revision: 0 }), 'store.conflict');
    assert.equal(await set(operatorClient(gate), { roles: ['owner'], revision: 1 }), 'done');
    const kept = await boss.client('policy.getMfa', {});
    assert.deepEqual([kept.roles, kept.floor, kept.revision], [['owner'], ['owner'], 2]);
  });

  it('is no Member’s to see or change', async () => {
    await using gate = await openGate();
    const ada = await sign(gate, 'ada@example.org', 'member');
    assert.equal(await codeOf(ada.client('policy.getMfa', {})), 'access.denied');
    assert.equal(await codeOf(ada.client('policy.setMfa', { body: nobody })), 'access.denied');
  });

  it('stops a sign-in for what happened meanwhile, once', async () => {
    await using gate = await openGate();
    const ada = await sign(gate, 'ada@example.org', 'member');
    await gate.identity.issueLink(operatorPrincipal, { purpose: 'recovery', userId: ada.user.id });
    assert.equal((await gate.identity.notices.urgent(ada.user.id)).length, 1);
    await ada.client('me.readNotices', {});
    assert.equal((await gate.identity.notices.urgent(ada.user.id)).length, 0);
  });
});
