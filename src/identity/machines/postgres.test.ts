import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { rightToken } from '../../../tests/fakes/hostile-tokens.ts';
import { type PostgresServer, postgresMissing, startPostgres } from '../../../tests/servers/postgres.ts';
import { operatorPrincipal } from '../../core/events.ts';
import { Secret } from '../../core/secret.ts';
import type { StoreSettings } from '../../store/store.ts';
import { addPerson, withIdentity } from '../identity.fixture.ts';
import {
  addOwned,
  ask,
  assertionType,
  credentials,
  dayMs,
  exchange,
  keyOf,
  tokenOf,
  tokenUrl,
  wide,
} from './machines.fixture.ts';

const by = operatorPrincipal;

// On PostgreSQL requests run side by side: what is good once must be good once there too.
describe('machines on PostgreSQL', { skip: postgresMissing() ?? false }, () => {
  let server: PostgresServer;
  let databases = 0;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server[Symbol.asyncDispose]());
  const settings = async (): Promise<StoreSettings> => ({
    kind: 'postgres',
    url: new Secret(await server.createDatabase(`machines${databases++}`)),
  });

  it('take one assertion once, of many that come together', async () => {
    await withIdentity(
      async house => {
        const { program } = await addOwned(house);
        const privateJwk: Record<string, unknown> = {
          ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
        };
        const jwk = { ...createPublicKey({ key: privateJwk, format: 'jwk' }).export({ format: 'jwk' }) };
        const { id } = program.account;
        const expiresAt = house.clock.wall + dayMs;
        await house.identity.machines.addKey(by, { userId: id, name: 'k', expiresAt, jwk });
        const nowS = Math.floor(house.clock.wall / 1000);
        const claims = { iss: id, sub: id, aud: tokenUrl, jti: randomUUID(), iat: nowS, exp: nowS + 120 };
        const token = rightToken({ privateJwk, claims, decoyUrl: '' });
        const form = { ...credentials, client_assertion_type: assertionType, client_assertion: token };
        const answers = await Promise.all(Array.from({ length: 12 }, () => ask(house, form)));
        assert.equal(answers.filter(answer => answer.status === 200).length, 1);
      },
      {},
      await settings(),
    );
  });

  it('take one subject token once, and count live tokens one by one', async () => {
    await withIdentity(
      async house => {
        const { program } = await addOwned(house);
        const { user: bea } = await addPerson(house, { email: 'bea@example.org' });
        const made = await house.identity.machines.createSubjectToken(by, {
          ...{ userId: bea.id, agentId: program.account.id, scope: wide, expiresAt: house.clock.wall + 600_000 },
        });
        const more = { actor_token: await tokenOf(house, program) };
        const all = await Promise.all(
          Array.from({ length: 8 }, () => exchange(house, program, made.token.reveal(), more)),
        );
        assert.equal(all.filter(answer => answer.status === 200).length, 1);
        const key = await keyOf(house, bea);
        for (let round = 0; round < 3; round++) {
          house.pass(61_000);
          await Promise.all(Array.from({ length: 36 }, () => exchange(house, program, key, more)));
        }
        const live = await house.identity.machines.listTokens({ clientId: program.account.id });
        assert.equal(live.length, 100);
        const [account] = await house.identity.machines.list({ search: program.account.name });
        assert.equal(account?.lastUsedAt, house.clock.wall);
      },
      {},
      await settings(),
    );
  });

  it('end with a secret that is revoked while tokens are being made with it', async () => {
    await withIdentity(
      async house => {
        const { program } = await addOwned(house);
        const [held] = await house.identity.machines.listCredentials(program.account.id);
        assert.ok(held);
        const revoke = house.identity.machines.revokeCredential(by, program.account.id, held.id);
        const asked = Array.from({ length: 10 }, () => ask(house, credentials, { as: program }));
        await Promise.all([revoke, ...asked]);
        assert.deepEqual(await house.identity.machines.listTokens({ clientId: program.account.id }), []);
        assert.equal((await ask(house, credentials, { as: program })).status, 401);
      },
      {},
      await settings(),
    );
  });
});
