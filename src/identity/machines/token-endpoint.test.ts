import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { hostileTokens, rightToken } from '../../../tests/fakes/hostile-tokens.ts';
import { startFakeServer } from '../../../tests/fakes/http.ts';
import { operatorPrincipal } from '../../core/events.ts';
import { type House, is, withIdentity } from '../identity.fixture.ts';
import type { Program } from './machines.fixture.ts';
import {
  addOwned,
  addProgram,
  ask,
  assertionType,
  basic,
  credentials,
  dayMs,
  eventsOf,
  issuer,
  tokenOf,
  tokenUrl,
} from './machines.fixture.ts';

const rsa: Record<string, unknown> = {
  ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
  kid: 'k1',
};

async function addRsaKey(house: House, program: Program): Promise<void> {
  const jwk = createPublicKey({ key: rsa, format: 'jwk' }).export({ format: 'jwk' });
  const expiresAt = house.clock.wall + dayMs;
  await house.identity.machines.addKey(operatorPrincipal, {
    userId: program.account.id,
    name: 'k',
    expiresAt,
    jwk: { ...jwk },
  });
}

/** The claims of a right assertion at the time of the house. */
const claimsOf = (house: House, program: Program, patch: Record<string, unknown> = {}) => ({
  ...{ iss: program.account.id, sub: program.account.id, aud: tokenUrl, jti: randomUUID() },
  ...{ iat: Math.floor(house.clock.wall / 1000), exp: Math.floor(house.clock.wall / 1000) + 120 },
  ...patch,
});

const assertion = (token: string) => ({
  ...credentials,
  ...{ client_assertion_type: assertionType, client_assertion: token },
});

describe('client credentials', () => {
  it('give a token of an hour with what was asked for and may be, never to be kept by anybody', () =>
    withIdentity(async house => {
      const { program } = await addOwned(house);
      const answer = await ask(
        house,
        { ...credentials, scope: 'workflow.read settings.manage', resource: 's2' },
        { as: program },
      );
      assert.equal(answer.status, 200);
      assert.equal(answer.headers['cache-control'], 'no-store');
      assert.match(String(answer.body['access_token']), /^sp_at_[\w-]{43}$/);
      assert.equal(answer.body['token_type'], 'Bearer');
      assert.equal(answer.body['expires_in'], 3600);
      assert.equal(answer.body['scope'], 'workflow.read');
      assert.equal(answer.body['refresh_token'], undefined);
      const { apiKeys } = await house.identity.load();
      assert.equal(apiKeys.length, 1);
      assert.deepEqual(apiKeys[0]?.sites, ['s2']);
      assert.deepEqual(apiKeys[0]?.permissions, ['workflow.read']);
      assert.deepEqual(apiKeys[0]?.token, { clientId: program.account.id, actors: [], parents: [] });
      const rows = await house.db.selectFrom('identity_access_tokens').selectAll().execute();
      assert.ok(!JSON.stringify(rows).includes(String(answer.body['access_token'])));
      const [issued] = eventsOf(house, 'token.issued');
      assert.equal(issued?.principal.name, program.account.name);
      assert.equal(issued?.clientIp, '203.0.113.9');
    }));

  it('are taken by header, by form and by signed assertion, and by exactly one of them', () =>
    withIdentity(async house => {
      const { program } = await addOwned(house);
      await addRsaKey(house, program);
      const { id } = program.account;
      const post = { ...credentials, client_id: id, client_secret: program.secret };
      assert.equal((await ask(house, post)).status, 200);
      assert.equal((await ask(house, { ...credentials, client_id: id }, { as: program })).status, 200);
      const token = rightToken({ privateJwk: rsa, claims: claimsOf(house, program), decoyUrl: '' });
      assert.equal((await ask(house, assertion(token))).status, 200);
      for (const form of [post, { ...assertion(token) }]) {
        assert.equal((await ask(house, form, { as: program })).body['error'], 'invalid_request');
      }
    }));

  it('refuse what is malformed with the words of RFC 6749 section 5.2', () =>
    withIdentity(async house => {
      const { program } = await addOwned(house);
      const { id } = program.account;
      const as = program;
      type Row = readonly [
        string,
        Record<string, string> | [string, string][],
        Parameters<typeof ask>[2],
        number,
        string,
      ];
      const rows: readonly Row[] = [
        ['no grant', {}, { as }, 400, 'invalid_request'],
        ['another grant', { grant_type: 'password' }, { as }, 400, 'unsupported_grant_type'],
        ['an authorization code', { grant_type: 'authorization_code' }, { as }, 400, 'unsupported_grant_type'],
        ['no client', credentials, {}, 401, 'invalid_client'],
        ['a secret without a client', { ...credentials, client_secret: as.secret }, {}, 400, 'invalid_request'],
        ['another client beside the header', { ...credentials, client_id: 'x' }, { as }, 400, 'invalid_request'],
        ['a bearer token', credentials, { authorization: 'Bearer x' }, 401, 'invalid_client'],
        ['no colon', credentials, { authorization: 'Basic eA==' }, 401, 'invalid_client'],
        ['no base64', credentials, { authorization: 'Basic %%%' }, 401, 'invalid_client'],
        [
          'bad percent signs',
          credentials,
          { authorization: `Basic ${Buffer.from('%:%').toString('base64')}` },
          401,
          'invalid_client',
        ],
        ['a wrong secret', credentials, { authorization: basic(id, `${as.secret}x`) }, 401, 'invalid_client'],
        ['no secret', credentials, { authorization: basic(id, '') }, 401, 'invalid_client'],
        ['an unknown client', credentials, { authorization: basic('nobody', as.secret) }, 401, 'invalid_client'],
        ['an unknown scope', { ...credentials, scope: 'everything' }, { as }, 400, 'invalid_scope'],
        ['an empty scope', { ...credentials, scope: ' ' }, { as }, 400, 'invalid_scope'],
        ['a scope it has not', { ...credentials, scope: 'audit.read' }, { as }, 400, 'invalid_scope'],
        ['an unknown site', { ...credentials, resource: 'https://other.example.org' }, { as }, 400, 'invalid_target'],
        ['a site it is not for', { ...credentials, audience: 's3' }, { as }, 400, 'invalid_target'],
        [
          'a parameter twice',
          [
            ['grant_type', 'client_credentials'],
            ['scope', 'workflow.read'],
            ['scope', 'workflow.read'],
          ],
          { as },
          400,
          'invalid_request',
        ],
        [
          'another kind of assertion',
          { ...credentials, client_assertion_type: 'x', client_assertion: 'a.b.c' },
          {},
          400,
          'invalid_request',
        ],
      ];
      for (const [name, form, how, status, error] of rows) {
        const answer = await ask(house, form, {
          ...how,
          clientIp: `198.51.100.${rows.findIndex(row => row[0] === name) + 1}`,
        });
        assert.deepEqual([answer.status, answer.body['error']], [status, error], name);
        assert.equal(answer.headers['cache-control'], 'no-store', name);
        assert.equal(answer.headers['www-authenticate'] !== undefined, status === 401, name);
        assert.ok(!JSON.stringify(answer.body).includes(as.secret), name);
      }
      assert.equal((await house.identity.load()).apiKeys.length, 0);
    }));

  it('take two resources, which are then both in the token', () =>
    withIdentity(async house => {
      const { program } = await addOwned(house);
      const form: [string, string][] = [
        ['grant_type', 'client_credentials'],
        ['resource', 's1'],
        ['resource', 's2'],
      ];
      assert.equal((await ask(house, form, { as: program })).status, 200);
      assert.deepEqual((await house.identity.load()).apiKeys[0]?.sites, ['s1', 's2']);
    }));
});

describe('signed client assertions', () => {
  it('of the hostile list are refused, and nobody is asked for a key', () =>
    withIdentity(async house => {
      await using decoy = await startFakeServer({ answer: () => ({ body: {} }) });
      // The list knows the time of the machine: so must the house.
      house.pass(Date.now() - house.clock.wall);
      const { program } = await addOwned(house);
      await addRsaKey(house, program);
      const ground = () => ({ privateJwk: rsa, claims: claimsOf(house, program), decoyUrl: decoy.baseUrl });
      const names = hostileTokens(ground()).map(one => one.name);
      for (const [at, name] of names.entries()) {
        const token = hostileTokens(ground()).find(one => one.name === name)?.token ?? '';
        const answer = await ask(house, assertion(token), { clientIp: `198.51.100.${at + 1}` });
        assert.equal(answer.status, 401, name);
      }
      assert.deepEqual(decoy.requests, []);
      assert.equal((await ask(house, assertion(rightToken(ground())))).status, 200);
    }));

  it('are refused when they are not exactly this client’s, for this server alone, and short', () =>
    withIdentity(async house => {
      const { owner, program } = await addOwned(house);
      const other = await addProgram(house, owner);
      await addRsaKey(house, program);
      const nowS = Math.floor(house.clock.wall / 1000);
      const rows: readonly (readonly [string, Record<string, unknown>])[] = [
        ['another issuer', { iss: other.account.id }],
        ['another subject', { sub: other.account.id }],
        ['all of another client', { iss: other.account.id, sub: other.account.id }],
        ['another server', { aud: 'https://other.example.org/token' }],
        ['also another server', { aud: [tokenUrl, 'https://other.example.org/token'] }],
        ['no id', { jti: undefined }],
        ['an empty id', { jti: '' }],
        ['an id that is no text', { jti: 7 }],
        ['a long life', { exp: nowS + 86_400 }],
        ['an end in the past', { exp: nowS - 60 }],
        ['no end', { exp: undefined }],
        ['a begin to come', { nbf: nowS + 600 }],
      ];
      for (const [at, [name, patch]] of rows.entries()) {
        const token = rightToken({ privateJwk: rsa, claims: claimsOf(house, program, patch), decoyUrl: '' });
        const answer = await ask(house, assertion(token), { clientIp: `198.51.100.${at + 1}` });
        assert.equal(answer.status, 401, name);
      }
      for (const aud of [issuer, tokenUrl, [tokenUrl]]) {
        const token = rightToken({ privateJwk: rsa, claims: claimsOf(house, program, { aud }), decoyUrl: '' });
        assert.equal((await ask(house, assertion(token))).status, 200, String(aud));
      }
    }));

  it('are good once, also for many at the same time', () =>
    withIdentity(async house => {
      const { program } = await addOwned(house);
      await addRsaKey(house, program);
      const token = rightToken({ privateJwk: rsa, claims: claimsOf(house, program), decoyUrl: '' });
      const answers = await Promise.all(Array.from({ length: 10 }, () => ask(house, assertion(token))));
      assert.equal(answers.filter(answer => answer.status === 200).length, 1);
      assert.equal((await ask(house, assertion(token))).status, 401);
      assert.equal((await house.identity.load()).apiKeys.length, 1);
    }));
});

describe('limits of the token endpoint', () => {
  it('failures are recorded, slow guessing down by network, and keep nobody else out', () =>
    withIdentity(async house => {
      const { program } = await addOwned(house);
      const wrong = { authorization: basic(program.account.id, `sp_cs_${'A'.repeat(43)}`), clientIp: '192.0.2.66' };
      const answers = [];
      for (let count = 0; count < 30; count++) answers.push(await ask(house, credentials, wrong));
      assert.ok(answers.slice(0, 20).every(answer => answer.status === 401));
      const refused = answers.slice(20);
      assert.ok(refused.every(answer => answer.status === 429));
      assert.ok(refused.every(answer => answer.body['error'] === 'temporarily_unavailable'));
      assert.ok(refused.every(answer => Number(answer.headers['retry-after']) > 0));
      assert.equal(eventsOf(house, 'auth.failed').length, 20);
      assert.equal(eventsOf(house, 'auth.locked').length, 1);
      const right = { as: program, clientIp: '192.0.2.66' };
      assert.equal((await ask(house, credentials, right)).status, 429, 'from there not even the right one');
      assert.equal((await ask(house, credentials, { as: program })).status, 200, 'from elsewhere');
      house.pass(20 * 60_000);
      assert.equal((await ask(house, credentials, right)).status, 200);
    }));

  it('a burst of guesses is bounded as every burst of one client is, and a burst of right requests is none', () =>
    withIdentity(async house => {
      const { program } = await addOwned(house);
      const right = await Promise.all(Array.from({ length: 60 }, () => ask(house, credentials, { as: program })));
      assert.ok(right.every(answer => answer.status === 200));
      const wrong = { authorization: basic(program.account.id, 'sp_cs_wrong'), clientIp: '192.0.2.66' };
      const answers = await Promise.all(Array.from({ length: 200 }, () => ask(house, credentials, wrong)));
      assert.equal(answers.filter(answer => answer.status === 401).length, 120);
      assert.equal(eventsOf(house, 'auth.locked').length, 2, 'the client from there, and the network');
    }));

  it('one client asks at most 120 times a minute from one network', () =>
    withIdentity(async house => {
      const { program } = await addOwned(house);
      const bad = { grant_type: 'client_credentials', scope: 'audit.read' };
      let answer = await ask(house, bad, { as: program });
      for (let count = 0; count < 120; count++) answer = await ask(house, bad, { as: program });
      assert.equal(answer.status, 429);
      house.pass(60_001);
      assert.equal((await ask(house, bad, { as: program })).status, 400);
    }));

  it('one client has at most 100 live tokens', () =>
    withIdentity(async house => {
      const { program } = await addOwned(house);
      for (let count = 0; count < 100; count++) await tokenOf(house, program);
      house.pass(60_001);
      const answer = await ask(house, credentials, { as: program });
      assert.deepEqual([answer.status, answer.body['error']], [429, 'temporarily_unavailable']);
      house.pass(3_600_000);
      assert.equal((await ask(house, credentials, { as: program })).status, 200);
    }));

  it('nothing is issued while nothing can be recorded', () =>
    withIdentity(async house => {
      const { program } = await addOwned(house);
      house.isAuditDown = true;
      await assert.rejects(ask(house, credentials, { as: program }), is('audit.unavailable'));
      house.isAuditDown = false;
      assert.equal((await house.identity.load()).apiKeys.length, 0);
    }));
});

describe('tokens', () => {
  it('are revoked by the client that got them, and by nobody else', () =>
    withIdentity(async house => {
      const { owner, program } = await addOwned(house);
      const other = await addProgram(house, owner);
      const token = await tokenOf(house, program);
      const revoke = (as: Program, text: string) =>
        house.identity.machines.answerRevocation({
          form: new URLSearchParams({ token: text, token_type_hint: 'access_token' }),
          authorization: basic(as.account.id, as.secret),
          ...{ clientIp: '203.0.113.9', requestId: 'r1', issuer },
        });
      assert.equal((await revoke(other, token)).status, 200);
      assert.equal((await house.identity.load()).apiKeys.length, 1, 'of another: nothing happens');
      assert.equal((await revoke({ ...program, secret: 'wrong' }, token)).status, 401);
      assert.equal((await revoke(program, 'unknown')).status, 200);
      assert.equal((await revoke(program, token)).status, 200);
      assert.equal((await house.identity.load()).apiKeys.length, 0);
      const last = house.changes.at(-1);
      assert.ok(last?.kind === 'api_key' && last.key.revokedAt !== null);
      assert.equal(eventsOf(house, 'token.revoked').length, 1);
    }));

  it('leave the snapshots when their time has come, and are counted as used', () =>
    withIdentity(async house => {
      const { program } = await addOwned(house);
      await tokenOf(house, program);
      const [{ id } = { id: '' }] = await house.identity.machines.listTokens({ clientId: program.account.id });
      await house.identity.touchApiKeys(new Map([[id, house.clock.wall]]));
      assert.equal((await house.identity.machines.getToken(id)).lastUsedAt, house.clock.wall);
      house.pass(3_600_001);
      house.changes.length = 0;
      await house.identity.sweep();
      const [change] = house.changes;
      assert.ok(change?.kind === 'api_key' && change.key.id === id && change.key.revokedAt !== null);
      await assert.rejects(house.identity.machines.getToken(id), is('identity.token_not_found'));
      house.pass(8 * dayMs);
      await house.identity.sweep();
      assert.equal((await house.db.selectFrom('identity_access_tokens').selectAll().execute()).length, 0);
    }));
});
