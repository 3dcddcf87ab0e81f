import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operatorPrincipal } from '../../core/events.ts';
import { addPerson, is, withIdentity } from '../identity.fixture.ts';
import {
  accessTokenType,
  addOwned,
  addProgram,
  ask,
  eventsOf,
  exchange,
  exchangeGrant,
  keyOf,
  tokenOf,
  wide,
} from './machines.fixture.ts';

const by = operatorPrincipal;

describe('a program that acts for a person', () => {
  it('gets what both tokens allow, no longer than either, with both in the record', () =>
    withIdentity(async house => {
      const { program } = await addOwned(house);
      const { user: bea } = await addPerson(house, { email: 'bea@example.org' });
      const subject = await keyOf(house, bea, {
        sites: ['s2', 's3'],
        paths: ['/api/v1'],
        permissions: ['workflow.read', 'audit.read'],
      });
      const actor = await tokenOf(house, program);
      house.pass(1_800_000);
      const answer = await exchange(house, program, subject, { actor_token: actor });
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      assert.equal(answer.body['issued_token_type'], accessTokenType);
      assert.equal(answer.body['scope'], 'workflow.read');
      assert.equal(answer.body['expires_in'], 1800);
      const made = (await house.identity.load()).apiKeys.find(key => key.token?.actors.length === 1);
      assert.ok(made);
      assert.deepEqual(
        { userId: made.userId, sites: made.sites, paths: made.paths, actors: made.token?.actors },
        { userId: bea.id, sites: ['s2'], paths: ['/api/v1'], actors: [program.account.id] },
      );
      assert.equal(made.token?.parents.length, 2);
      const issued = eventsOf(house, 'token.issued').at(-1);
      assert.deepEqual(issued?.data.actors, [program.account.id]);
      assert.equal(issued?.data.subjectId, bea.id);
    }));

  it('is refused without a token of its own, and with anything that is not right', () =>
    withIdentity(async house => {
      const { owner, program } = await addOwned(house);
      const other = await addProgram(house, owner);
      const { user: bea } = await addPerson(house, { email: 'bea@example.org' });
      const subject = await keyOf(house, bea);
      const [own, foreign] = [await tokenOf(house, program), await tokenOf(house, other)];
      const acting = String((await exchange(house, program, subject)).body['access_token']);
      const right = {
        ...{ grant_type: exchangeGrant, subject_token: subject, subject_token_type: accessTokenType },
        ...{ actor_token: own, actor_token_type: accessTokenType },
      };
      const without = (name: keyof typeof right) =>
        Object.fromEntries(Object.entries(right).filter(([key]) => key !== name));
      const rows: readonly (readonly [string, Record<string, string>, string])[] = [
        ['no actor token', without('actor_token'), 'invalid_request'],
        ['no actor token type', without('actor_token_type'), 'invalid_request'],
        ['no subject token', without('subject_token'), 'invalid_request'],
        ['no subject token type', without('subject_token_type'), 'invalid_request'],
        ['another type', { ...right, subject_token_type: 'urn:ietf:params:oauth:token-type:jwt' }, 'invalid_request'],
        [
          'another type wanted',
          { ...right, requested_token_type: 'urn:ietf:params:oauth:token-type:id_token' },
          'invalid_request',
        ],
        ['an unknown subject token', { ...right, subject_token: `sp_at_${'A'.repeat(43)}` }, 'invalid_request'],
        ['no token at all', { ...right, subject_token: 'x' }, 'invalid_request'],
        ['a token of a program as subject', { ...right, subject_token: foreign }, 'invalid_request'],
        ['its own token as subject', { ...right, subject_token: own }, 'invalid_request'],
        ['the token of another program as its own', { ...right, actor_token: foreign }, 'invalid_request'],
        ['a person’s key as its own', { ...right, actor_token: subject }, 'invalid_request'],
        ['a token in which it acts as its own', { ...right, actor_token: acting }, 'invalid_request'],
        ['its secret', { ...right, actor_token: program.secret }, 'invalid_request'],
        ['a scope that is not in both', { ...right, scope: 'audit.read' }, 'invalid_scope'],
        ['a site that is not in both', { ...right, resource: 's3' }, 'invalid_target'],
      ];
      for (const [name, form, error] of rows) {
        const answer = await ask(house, form, { as: program });
        assert.deepEqual([answer.status, answer.body['error']], [400, error], name);
      }
      assert.equal((await ask(house, right)).body['error'], 'invalid_client');
      assert.equal((await ask(house, right, { as: program })).status, 200);
    }));

  it('passes on at most twice, and everybody stands in the chain', () =>
    withIdentity(async house => {
      const { owner, program } = await addOwned(house);
      const chain = [program, await addProgram(house, owner), await addProgram(house, owner)];
      const last = await addProgram(house, owner);
      const { user: bea } = await addPerson(house, { email: 'bea@example.org' });
      let token = await keyOf(house, bea);
      for (const one of chain) token = String((await exchange(house, one, token)).body['access_token']);
      const made = (await house.identity.load()).apiKeys.find(key => key.token?.actors.length === 3);
      assert.deepEqual(made?.token?.actors, chain.map(one => one.account.id).reverse());
      assert.equal(made.userId, bea.id);
      assert.equal((await exchange(house, last, token)).body['error'], 'invalid_request');
    }));

  it('loses it when anything it came from, or anybody in it, has ended', () =>
    withIdentity(async house => {
      const { owner, program } = await addOwned(house);
      const next = await addProgram(house, owner);
      const { user: bea } = await addPerson(house, { email: 'bea@example.org' });
      const subject = await keyOf(house, bea);
      const acting = String((await exchange(house, program, subject)).body['access_token']);
      assert.equal((await exchange(house, next, acting)).status, 200);
      await house.identity.machines.setDisabled(by, program.account.id, true);
      assert.equal((await exchange(house, next, acting)).status, 400, 'the first program is disabled');
      await house.identity.machines.setDisabled(by, program.account.id, false);
      const [key] = await house.identity.listApiKeys({ userId: bea.id });
      assert.ok(key);
      await house.identity.revokeApiKey(by, key.id);
      assert.equal((await exchange(house, next, acting)).status, 400, 'the key of the person is revoked');
      assert.equal((await exchange(house, program, subject)).status, 400);
    }));

  it('is refused for a person who is disabled', () =>
    withIdentity(async house => {
      const { program } = await addOwned(house);
      const { user: bea } = await addPerson(house, { email: 'bea@example.org' });
      const subject = await keyOf(house, bea);
      await house.identity.setDisabled(by, bea.id, true);
      assert.equal((await exchange(house, program, subject)).status, 400);
      assert.ok(eventsOf(house, 'auth.failed').some(event => event.data.reason === 'subject_disabled'));
    }));

  it('loses what it had for a person who is disabled, also when they are enabled again', () =>
    withIdentity(async house => {
      const { program } = await addOwned(house);
      const { user: bea } = await addPerson(house, { email: 'bea@example.org' });
      assert.equal((await exchange(house, program, await keyOf(house, bea))).status, 200);
      await house.identity.setDisabled(by, bea.id, true);
      await house.identity.setDisabled(by, bea.id, false);
      assert.deepEqual(await house.identity.machines.listTokens({ userId: bea.id }), []);
    }));
});

describe('a subject token that a signed-in person makes', () => {
  it('is good once, for the one program it was made for, and nowhere at the gate', () =>
    withIdentity(async house => {
      const { owner, program } = await addOwned(house);
      const other = await addProgram(house, owner);
      const { user: bea } = await addPerson(house, { email: 'bea@example.org' });
      const expiresAt = house.clock.wall + 600_000;
      const input = { userId: bea.id, agentId: program.account.id, scope: wide, expiresAt };
      const made = await house.identity.machines.createSubjectToken(by, input);
      const text = made.token.reveal();
      assert.equal((await house.identity.load()).apiKeys.length, 0);
      assert.equal((await exchange(house, other, text)).status, 400);
      const actor = await tokenOf(house, program);
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => exchange(house, program, text, { actor_token: actor })),
      );
      assert.equal(answers.filter(answer => answer.status === 200).length, 1);
      assert.equal(answers.find(answer => answer.status === 200)?.body['expires_in'], 600);
      assert.equal((await exchange(house, program, text)).status, 400);
    }));

  it('lives at most an hour, is for a program that can act, and only of people', () =>
    withIdentity(async house => {
      const { owner, program } = await addOwned(house);
      const { machines } = house.identity;
      const right = {
        userId: owner.id,
        agentId: program.account.id,
        scope: wide,
        expiresAt: house.clock.wall + 60_000,
      };
      const rows: readonly (readonly [string, Partial<typeof right>])[] = [
        ['a long life', { expiresAt: house.clock.wall + 3_600_001 }],
        ['no life', { expiresAt: house.clock.wall }],
        ['no program', { agentId: owner.id }],
        ['a program as the person', { userId: program.account.id }],
        ['no site', { scope: { ...wide, sites: [] } }],
      ];
      for (const [name, patch] of rows) {
        await assert.rejects(machines.createSubjectToken(by, { ...right, ...patch }), is('core.invalid_input'), name);
      }
      await machines.createSubjectToken(by, right);
    }));
});
