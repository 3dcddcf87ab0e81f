import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operatorPrincipal } from '../core/events.ts';
import { addPerson, type House, is, withIdentity } from './identity.fixture.ts';
import type { ApiKeyInput } from './identity.ts';
import { sha256 } from './tokens.ts';

const op = operatorPrincipal;
const day = 86_400_000;

async function inputFor(house: House, patch: Partial<ApiKeyInput> = {}): Promise<ApiKeyInput> {
  const { user } = await addPerson(house, { email: 'ada@example.org' });
  return {
    ...{ userId: user.id, name: 'orders', sites: ['s-1'], paths: ['/api/v1'], permissions: ['workflow.read'] },
    ...{ expiresAt: house.clock.wall + 30 * day, ...patch },
  };
}

describe('API keys', () => {
  it('are shown once and kept as a hash', () =>
    withIdentity(async house => {
      const { key, token } = await house.identity.createApiKey(op, await inputFor(house));
      assert.match(token.reveal(), /^sp_[0-9a-v]{8}_[\w-]{43}$/);
      assert.equal(key.tokenHash, sha256(token.reveal()));
      assert.ok(token.reveal().startsWith(`${key.prefix}_`));
      const rows = JSON.stringify(await house.db.selectFrom('identity_api_keys').selectAll().execute());
      assert.ok(!rows.includes(token.reveal().slice(12)));
      const event = house.events.find(one => one.type === 'api_key.created');
      assert.equal(event?.resource?.id, key.id);
      assert.ok(!JSON.stringify(house.events).includes(token.reveal().slice(12)));
      assert.deepEqual((await house.identity.load()).apiKeys, [key]);
      assert.ok(house.changes.some(one => one.kind === 'api_key' && one.key.id === key.id));
    }));

  it('have an end within a year and plain scopes', () =>
    withIdentity(async house => {
      const input = await inputFor(house);
      const bad: readonly Partial<ApiKeyInput>[] = [
        { expiresAt: house.clock.wall },
        { expiresAt: house.clock.wall + 367 * day },
        { expiresAt: Number.NaN },
        { sites: [] },
        { paths: [] },
        { paths: ['api'] },
        { paths: ['/a/../b'] },
        { paths: ['/a%2fb'] },
        { paths: ['/a*'] },
        { permissions: [] },
        { permissions: ['everything' as never] },
        { name: ' ' },
      ];
      for (const patch of bad) {
        await assert.rejects(
          async () => house.identity.createApiKey(op, { ...input, ...patch }),
          is('core.invalid_input'),
          JSON.stringify(patch),
        );
      }
      await house.identity.setDisabled(op, input.userId, true);
      await assert.rejects(house.identity.createApiKey(op, input), is('core.invalid_input'));
    }));

  it('end when they are revoked, and with their owner', () =>
    withIdentity(async house => {
      const input = await inputFor(house);
      const { key } = await house.identity.createApiKey(op, input);
      await house.identity.revokeApiKey(op, key.id);
      await house.identity.revokeApiKey(op, key.id);
      assert.equal(house.events.filter(one => one.type === 'api_key.revoked').length, 1);
      assert.deepEqual(await house.identity.listApiKeys({}), []);
      assert.equal((await house.identity.listApiKeys({ includeEnded: true })).length, 1);
      const second = await house.identity.createApiKey(op, input);
      await house.identity.deleteUser(op, input.userId);
      const last = house.changes.filter(one => one.kind === 'api_key').at(-1);
      assert.ok(last?.key.id === second.key.id || last?.key.id === key.id);
      assert.ok(
        house.changes.some(one => one.kind === 'api_key' && one.key.id === second.key.id && one.key.revokedAt !== null),
      );
      assert.deepEqual((await house.identity.load()).apiKeys, []);
      await assert.rejects(house.identity.revokeApiKey(op, second.key.id), is('identity.api_key_not_found'));
    }));

  it('get a successor while the old one goes on for a while', () =>
    withIdentity(async house => {
      const { key } = await house.identity.createApiKey(op, await inputFor(house));
      const expiresAt = house.clock.wall + 60 * day;
      const { key: next, token } = await house.identity.rotateApiKey(op, { id: key.id, overlapMs: day, expiresAt });
      assert.notEqual(next.tokenHash, key.tokenHash);
      assert.deepEqual([next.sites, next.paths, next.permissions], [key.sites, key.paths, key.permissions]);
      assert.equal(next.tokenHash, sha256(token.reveal()));
      const old = await house.identity.getApiKey(key.id);
      assert.ok(old.expiresAt <= house.clock.wall + day);
      house.pass(2 * day);
      assert.deepEqual(
        (await house.identity.listApiKeys({})).map(one => one.id),
        [next.id],
      );
      await assert.rejects(
        house.identity.rotateApiKey(op, { id: key.id, overlapMs: 0, expiresAt }),
        is('core.invalid_input'),
      );
    }));

  it('remember their last use, and are not made when nobody can record it', () =>
    withIdentity(async house => {
      const input = await inputFor(house);
      const { key } = await house.identity.createApiKey(op, input);
      await house.identity.touchApiKeys(new Map([[key.id, 500]]));
      await house.identity.touchApiKeys(new Map([[key.id, 400]]));
      assert.equal((await house.identity.getApiKey(key.id)).lastUsedAt, 500);
      house.isAuditDown = true;
      await assert.rejects(house.identity.createApiKey(op, input), is('audit.unavailable'));
      house.isAuditDown = false;
      assert.equal((await house.identity.listApiKeys({})).length, 1);
    }));
});
