import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operatorPrincipal } from '../../core/events.ts';
import { createBrowser, openGate, password } from '../admin.fixture.ts';
import { isApiProblem } from '../client.ts';

const denied = (error: unknown) => isApiProblem(error, 'access.denied');

describe('people', () => {
  it('are invited with a link that sets them up', async () => {
    await using gate = await openGate();
    const { client } = await gate.openSession(await gate.addPerson('ada@example.org', 'administrator'));
    const { user, link } = await client('users.create', { body: { email: 'Bob@Example.org', name: 'Bob' } });
    assert.equal(user.role, 'member');
    assert.equal(user.hasPassword, false);
    const browser = createBrowser(gate);
    const done = await browser.submit(await browser.open(link.url), { password, again: password });
    assert.equal(done.url.pathname, '/.sallyport/portal/');
    const { users } = await client('users.list', { query: { search: 'bob' } });
    assert.deepEqual(
      users.map(({ hasPassword }) => hasPassword),
      [true],
    );
    const refused = client('users.issueLink', { params: { id: user.id }, body: { purpose: 'invitation' } });
    await assert.rejects(refused, (e: unknown) => isApiProblem(e, 'core.invalid_input'));
  });

  it('who are Owners are out of an Administrator’s reach, by whatever way', async () => {
    await using gate = await openGate();
    const owner = await gate.addPerson('owner@example.org', 'owner');
    await gate.addPerson('second@example.org', 'owner');
    const member = await gate.addPerson('member@example.org', 'member');
    const { client } = await gate.openSession(await gate.addPerson('ada@example.org', 'administrator'));
    const params = { id: owner.id };
    await assert.rejects(
      client('users.create', { body: { email: 'x@example.org', name: 'X', role: 'owner' } }),
      denied,
    );
    await assert.rejects(client('users.update', { params, body: { role: 'member' } }), denied);
    await assert.rejects(client('users.update', { params, body: { disabled: true } }), denied);
    await assert.rejects(client('users.update', { params, body: { name: 'Other' } }), denied);
    await assert.rejects(client('users.delete', { params }), denied);
    await assert.rejects(client('users.issueLink', { params, body: { purpose: 'recovery' } }), denied);
    await assert.rejects(client('users.removeTotp', { params }), denied);
    await assert.rejects(client('users.endSessions', { params }), denied);
    await assert.rejects(client('users.update', { params: { id: member.id }, body: { role: 'owner' } }), denied);
    const raised = await client('users.update', { params: { id: member.id }, body: { role: 'administrator' } });
    assert.equal(raised.role, 'administrator');
    assert.equal((await gate.identity.getUser(owner.id)).disabled, false);
  });

  it('change neither their own role nor take themselves away', async () => {
    await using gate = await openGate();
    const ada = await gate.addPerson('ada@example.org', 'owner');
    await gate.addPerson('second@example.org', 'owner');
    const { client } = await gate.openSession(ada);
    const params = { id: ada.id };
    await assert.rejects(client('users.update', { params, body: { role: 'administrator' } }), denied);
    await assert.rejects(client('users.update', { params, body: { disabled: true } }), denied);
    await assert.rejects(client('users.delete', { params }), denied);
    await assert.rejects(client('users.removeTotp', { params }), denied);
    // A refused part leaves nothing of the rest done.
    await assert.rejects(client('users.update', { params, body: { name: 'New', role: 'member' } }), denied);
    assert.equal((await gate.identity.getUser(ada.id)).name, ada.name);
    assert.equal((await client('users.update', { params, body: { name: 'New', role: 'owner' } })).name, 'New');
  });

  it('who are the last Owner stay', async () => {
    await using gate = await openGate();
    const ada = await gate.addPerson('ada@example.org', 'owner');
    const bob = await gate.addPerson('bob@example.org', 'owner');
    const { client } = await gate.openSession(ada);
    await client('users.delete', { params: { id: bob.id } });
    await assert.rejects(gate.identity.deleteUser(operatorPrincipal, ada.id));
    assert.ok(gate.entered.includes(`forgotten|${bob.id}`));
  });

  it('are signed out at once when disabled or when somebody ends their sessions', async () => {
    await using gate = await openGate();
    const bob = await gate.addPerson('bob@example.org', 'member');
    const { client } = await gate.openSession(await gate.addPerson('ada@example.org', 'owner'));
    const own = await gate.openSession(bob);
    assert.equal((await own.client('me.get')).person.email, 'bob@example.org');
    const { ended } = await client('users.endSessions', { params: { id: bob.id } });
    assert.ok(ended >= 1);
    await assert.rejects(own.client('me.get'), (e: unknown) => isApiProblem(e, 'gateway.unauthenticated'));
    const next = await gate.openSession(bob);
    await client('users.update', { params: { id: bob.id }, body: { disabled: true } });
    await assert.rejects(next.client('me.get'), (e: unknown) => isApiProblem(e, 'gateway.unauthenticated'));
  });
});

describe('one’s own account', () => {
  it('shows itself, its sessions without a hash, and what it may do', async () => {
    await using gate = await openGate();
    const { client } = await gate.openSession(await gate.addPerson('ada@example.org', 'administrator'));
    const me = await client('me.get');
    assert.equal(me.person.role, 'administrator');
    assert.ok(me.permissions.includes('user.manage'));
    assert.equal(me.session.current, true);
    assert.ok(!('tokenHash' in me.session));
    const { sessions } = await client('me.listSessions');
    assert.equal(sessions.filter(session => session.current).length, 1);
    const { users } = await client('users.list');
    assert.deepEqual(Object.keys(users[0] ?? {}).toSorted(), Object.keys(me.person).toSorted());
  });

  it('gets a new session by a fresh proof, and nothing by a wrong one', async () => {
    await using gate = await openGate();
    const { client } = await gate.openSession(await gate.addPerson('ada@example.org', 'owner'));
    gate.advance(20 * 60_000);
    const wrong = client('me.reauthenticate', { body: { password: 'not this one' } });
    await assert.rejects(wrong, (e: unknown) => isApiProblem(e, 'admin.proof_refused') && e.status === 422);
    const { stepUpUntil } = await client('me.reauthenticate', { body: { password } });
    assert.ok(stepUpUntil > gate.now());
    await assert.rejects(
      client('me.get'),
      (e: unknown) => isApiProblem(e, 'gateway.unauthenticated'),
      'the old id is void',
    );
  });

  it('ends only sessions of its own', async () => {
    await using gate = await openGate();
    const { client } = await gate.openSession(await gate.addPerson('ada@example.org', 'owner'));
    const bob = await gate.openSession(await gate.addPerson('bob@example.org', 'member'));
    const { session } = await bob.client('me.get');
    const refused = client('me.endSession', { params: { id: session.id } });
    await assert.rejects(refused, (e: unknown) => isApiProblem(e, 'identity.session_not_found'));
    assert.ok(await bob.client('me.get'));
    await bob.client('me.signOut');
    await assert.rejects(bob.client('me.get'), (e: unknown) => isApiProblem(e, 'gateway.unauthenticated'));
  });

  it('draws its QR code as markup that holds nothing but paths', async () => {
    await using gate = await openGate();
    const { client } = await gate.openSession(await gate.addPerson('ada@example.org', 'member'));
    const { qrSvg, uri } = await client('me.beginTotp');
    assert.match(uri, /^otpauth:\/\/totp\//);
    assert.match(qrSvg, /^<svg [^<>]+><path [^<>]+\/><path [^<>]+\/><\/svg>$/);
  });
});
