import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operatorPrincipal } from '../../core/events.ts';
import { addPerson, addPersonWithTotp, signInWithTotp, withIdentity } from '../identity.fixture.ts';

const dayMs = 24 * 3_600_000;
const nobody: ReadonlySet<string> = new Set();
const password = 'violet-harbour-19-kettle';

describe('people who are not there any more', () => {
  it('are disabled after the configured days, with a record and the end of what they had; the last Owner stays', () =>
    withIdentity(async house => {
      const owner = await addPersonWithTotp(house, { email: 'own@example.org' });
      const { user } = await addPerson(house, { email: 'm@example.org', password });
      house.pass(89 * dayMs);
      assert.equal(await house.identity.disableInactive(nobody), 0);
      house.pass(2 * dayMs);
      assert.equal(await house.identity.disableInactive(nobody), 1);
      assert.equal((await house.identity.getUser(user.id)).disabled, true);
      assert.equal((await house.identity.getUser(owner.user.id)).disabled, false);
      const fact = house.events.findLast(event => event.type === 'user.disabled');
      assert.deepEqual([fact?.principal.kind, fact?.resource?.id], ['system', user.id]);
      assert.equal(await house.identity.disableInactive(nobody), 0, 'once');
    }));

  it('are not those who came, whose key was used, who were enabled again, or who are exempt', () =>
    withIdentity(async house => {
      const { identity } = house;
      const came = await addPersonWithTotp(house, { email: 'came@example.org' });
      const { user: keyed } = await addPerson(house, { email: 'key@example.org', password });
      const { user: back } = await addPerson(house, { email: 'back@example.org', password });
      const { user: kept } = await addPerson(house, { email: 'kept@example.org', password });
      const { user: gone } = await addPerson(house, { email: 'gone@example.org', password });
      const { key } = await identity.createApiKey(operatorPrincipal, {
        ...{ userId: keyed.id, name: 'k', sites: ['s'], paths: ['/'], permissions: ['workflow.read'] },
        expiresAt: house.clock.wall + 200 * dayMs,
      });
      house.pass(80 * dayMs);
      await signInWithTotp(house, came);
      await identity.touchApiKeys(new Map([[key.id, house.clock.wall]]));
      await identity.setDisabled(operatorPrincipal, back.id, true);
      await identity.setDisabled(operatorPrincipal, back.id, false);
      house.pass(20 * dayMs);
      assert.equal(await identity.disableInactive(new Set([kept.id])), 1);
      assert.equal((await identity.getUser(gone.id)).disabled, true);
      for (const { id } of [came.user, keyed, back, kept]) assert.equal((await identity.getUser(id)).disabled, false);
    }));

  it('stay when it is switched off', () =>
    withIdentity(
      async house => {
        await addPerson(house, { email: 'm@example.org', password });
        house.pass(1000 * dayMs);
        assert.equal(await house.identity.disableInactive(nobody), 0);
      },
      { inactiveDays: 0 },
    ));
});
