import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { operatorPrincipal } from '../../core/events.ts';
import { addPerson, from, goodPassword, is, secret, withIdentity } from '../identity.fixture.ts';
import { addOwned, addProgram, ask, credentials, dayMs, eventsOf, keyOf, tokenOf, wide } from './machines.fixture.ts';

const by = operatorPrincipal;

describe('service accounts', () => {
  it('have an owner, a scope and a name, and are no people', () =>
    withIdentity(async house => {
      const { owner, program } = await addOwned(house);
      const { machines } = house.identity;
      assert.deepEqual(program.account.owner, { name: owner.name, email: owner.email, state: 'active' });
      assert.deepEqual(program.account.scope, wide);
      assert.deepEqual(
        (await house.identity.listUsers()).map(user => user.id),
        [owner.id],
      );
      const user = await house.identity.getUser(program.account.id);
      assert.equal(user.ownerId, owner.id);
      assert.equal(user.role, 'member');
      assert.match(user.email, /@service\.invalid$/);
      assert.equal((await machines.list({ ownerId: owner.id })).length, 1);
      assert.equal((await machines.list({ search: 'nothing like it' })).length, 0);
      const [event] = eventsOf(house, 'service_account.created');
      assert.equal(event?.data.ownerId, owner.id);
    }));

  it('with one name have different addresses, which no person can have', () =>
    withIdentity(async house => {
      const { owner } = await addOwned(house);
      const one = await addProgram(house, owner, {}, 'Déploy bot!');
      const other = await addProgram(house, owner, {}, 'Déploy bot!');
      assert.notEqual(
        (await house.identity.getUser(one.account.id)).email,
        (await house.identity.getUser(other.account.id)).email,
      );
      for (const email of ['x@service.invalid', 'X@SERVICE.INVALID', 'x@ｓervice.invalid']) {
        const made = house.identity.createUser(by, { email, name: 'X', role: 'member' });
        await assert.rejects(made, is('core.invalid_input'), email);
      }
    }));

  it('cannot sign in by any human way, nor be more than a Member', () =>
    withIdentity(async house => {
      const { program } = await addOwned(house);
      const { email, id } = await house.identity.getUser(program.account.id);
      const step = await house.identity.signIn({ email, password: secret(goodPassword) }, from());
      assert.equal(step.state, 'refused');
      for (const purpose of ['invitation', 'recovery'] as const) {
        await assert.rejects(house.identity.issueLink(by, { purpose, userId: id }), is('store.conflict'), purpose);
      }
      await assert.rejects(house.identity.setRole(by, id, 'administrator'), is('store.conflict'));
    }));

  it('are answered for by a person who is there, not by each other', () =>
    withIdentity(async house => {
      const { owner, program } = await addOwned(house);
      const make = (ownerId: string) => house.identity.machines.create(by, { name: 'B', ownerId, scope: wide });
      await assert.rejects(make(program.account.id), is('core.invalid_input'));
      await assert.rejects(make('nobody'), is('identity.user_not_found'));
      await house.identity.setDisabled(by, owner.id, true);
      await assert.rejects(make(owner.id), is('core.invalid_input'));
    }));

  it('whose owner is disabled or gone are listed as such and get no token', () =>
    withIdentity(async house => {
      const { owner, program } = await addOwned(house);
      const { machines } = house.identity;
      await house.identity.setDisabled(by, owner.id, true);
      assert.equal((await machines.get(program.account.id)).owner.state, 'disabled');
      assert.equal((await ask(house, credentials, { as: program })).status, 401);
      await house.identity.setDisabled(by, owner.id, false);
      assert.equal((await ask(house, credentials, { as: program })).status, 200);
      await house.identity.deleteUser(by, owner.id);
      const [listed] = await machines.list();
      assert.deepEqual(listed?.owner, { state: 'gone' });
      assert.equal((await ask(house, credentials, { as: program })).status, 401);
    }));

  it('that are disabled or deleted get no token, and what they had is told as ended', () =>
    withIdentity(async house => {
      const { program } = await addOwned(house);
      const { machines } = house.identity;
      await machines.setDisabled(by, program.account.id, true);
      assert.equal((await ask(house, credentials, { as: program })).status, 401);
      await machines.setDisabled(by, program.account.id, false);
      await tokenOf(house, program);
      house.changes.length = 0;
      await machines.delete(by, program.account.id);
      const ended = house.changes.filter(change => change.kind === 'api_key');
      assert.ok(ended.length === 1 && ended.every(change => change.key.revokedAt !== null));
      assert.ok(house.changes.some(change => change.kind === 'user' && change.user === null));
      assert.equal((await ask(house, credentials, { as: program })).status, 401);
      await assert.rejects(machines.get(program.account.id), is('identity.service_account_not_found'));
    }));

  it('handed over leave nothing in the hands of the former owner', () =>
    withIdentity(async house => {
      const { program } = await addOwned(house);
      const { user: next } = await addPerson(house, { email: 'next@example.org' });
      await tokenOf(house, program);
      await keyOf(house, await house.identity.getUser(program.account.id));
      await house.identity.machines.update(by, program.account.id, { ownerId: next.id });
      assert.equal((await ask(house, credentials, { as: program })).status, 401);
      assert.deepEqual(await house.identity.machines.listTokens({ clientId: program.account.id }), []);
      assert.deepEqual(await house.identity.listApiKeys({ userId: program.account.id }), []);
    }));

  it('with a smaller scope lose the tokens and keys that were for more', () =>
    withIdentity(async house => {
      const { program } = await addOwned(house);
      const user = await house.identity.getUser(program.account.id);
      await keyOf(house, user);
      await keyOf(house, user, { sites: ['s1'], permissions: ['workflow.read'] });
      await assert.rejects(keyOf(house, user, { sites: ['s3'] }), is('core.invalid_input'));
      await assert.rejects(keyOf(house, user, { permissions: ['workflow.delete'] }), is('core.invalid_input'));
      await tokenOf(house, program);
      const scope = { ...wide, sites: ['s1'] };
      await house.identity.machines.update(by, program.account.id, { scope });
      assert.equal((await house.identity.listApiKeys({ userId: user.id })).length, 1);
      assert.deepEqual(await house.identity.machines.listTokens({ clientId: user.id }), []);
      const answer = await ask(house, { ...credentials, resource: 's2' }, { as: program });
      assert.equal(answer.body['error'], 'invalid_target');
    }));
});

describe('secrets and keys of service accounts', () => {
  it('are hashed, expire within a year, are at most five, and rotate with an overlap', () =>
    withIdentity(async house => {
      const { program } = await addOwned(house);
      const { machines } = house.identity;
      const userId = program.account.id;
      const expiresAt = house.clock.wall + dayMs;
      const rows = await house.db.selectFrom('identity_client_credentials').selectAll().execute();
      assert.ok(!JSON.stringify(rows).includes(program.secret));
      for (const bad of [house.clock.wall, house.clock.wall + 400 * dayMs, Number.NaN]) {
        const made = machines.createSecret(by, { userId, name: 'x', expiresAt: bad });
        await assert.rejects(made, is('core.invalid_input'));
      }
      const [old] = await machines.listCredentials(userId);
      assert.ok(old);
      const next = await machines.createSecret(by, {
        userId,
        name: 'n',
        expiresAt,
        replaces: old.id,
        overlapMs: 60_000,
      });
      const renewed = { account: program.account, secret: next.secret.reveal() };
      assert.equal((await ask(house, credentials, { as: program })).status, 200);
      assert.equal((await ask(house, credentials, { as: renewed })).status, 200);
      house.pass(60_001);
      assert.equal((await ask(house, credentials, { as: program })).status, 401);
      assert.equal((await ask(house, credentials, { as: renewed })).status, 200);
      for (let count = 0; count < 4; count++) await machines.createSecret(by, { userId, name: 'x', expiresAt });
      await assert.rejects(machines.createSecret(by, { userId, name: 'x', expiresAt }), is('core.invalid_input'));
    }));

  it('revoked take the tokens they got with them', () =>
    withIdentity(async house => {
      const { program } = await addOwned(house);
      const { machines } = house.identity;
      await tokenOf(house, program);
      const [held] = await machines.listCredentials(program.account.id);
      assert.ok(held?.lastUsedAt);
      await machines.revokeCredential(by, program.account.id, held.id);
      assert.deepEqual(await machines.listTokens({ clientId: program.account.id }), []);
      assert.equal((await ask(house, credentials, { as: program })).status, 401);
      const wrong = machines.revokeCredential(by, 'other', held.id);
      await assert.rejects(wrong, is('identity.user_not_found'));
    }));

  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const refused: readonly (readonly [string, Record<string, unknown>])[] = [
    ['a private key', { ...ec.privateKey.export({ format: 'jwk' }) }],
    ['a shared secret', { kty: 'oct', k: 'AAAA' }],
    ['a weak RSA key', { ...generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' }) }],
    [
      'a curve nobody uses',
      { ...generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey.export({ format: 'jwk' }) },
    ],
    ['a key for agreement', { ...generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' }) }],
    ['nothing', {}],
    ['nonsense', { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }],
  ];
  for (const [name, jwk] of refused) {
    it(`refuse ${name}`, () =>
      withIdentity(async house => {
        const { program } = await addOwned(house);
        const input = { userId: program.account.id, name: 'k', expiresAt: house.clock.wall + dayMs, jwk };
        await assert.rejects(house.identity.machines.addKey(by, input), is('core.invalid_input'));
      }));
  }
});
