import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { PostgresServer } from '../../../tests/servers/postgres.ts';
import { postgresMissing, startPostgres } from '../../../tests/servers/postgres.ts';
import { operatorPrincipal } from '../../core/events.ts';
import { Secret } from '../../core/secret.ts';
import type { StoreSettings } from '../../store/store.ts';
import { getAccount } from '../accounts.ts';
import { change } from '../ground.ts';
import type { House } from '../identity.fixture.ts';
import { is, withIdentity } from '../identity.fixture.ts';
import { syncProviderGroups } from './membership.ts';

const op = operatorPrincipal;

async function addMember(house: House, email: string) {
  return house.identity.createUser(op, { email, name: email, role: 'member' });
}

async function sync(house: House, userId: string, names: readonly string[], isCaseless = false) {
  return change(house.ground, async work => {
    const { user } = await getAccount(work.tx, userId);
    return syncProviderGroups(work, op, { user, providerId: 'p1', names, isCaseless });
  });
}

const told = (house: House, userId: string) =>
  house.changes.findLast(change => change.kind === 'groups' && change.userId === userId);

describe('groups', () => {
  it('hold whom people here put in, tell it at once and record it', async () => {
    await withIdentity(async house => {
      const { groups } = house.identity;
      const ada = await addMember(house, 'ada@example.org');
      const group = await groups.create(op, { name: ' Night shift ' });
      assert.equal(group.name, 'Night shift');
      await groups.setMember(op, { groupId: group.id, userId: ada.id, isMember: true });
      await groups.setMember(op, { groupId: group.id, userId: ada.id, isMember: true });
      assert.deepEqual(told(house, ada.id), { kind: 'groups', userId: ada.id, groupIds: [group.id] });
      assert.deepEqual(await groups.load(), new Map([[ada.id, [group.id]]]));
      assert.equal((await groups.get(group.id)).memberCount, 1);
      assert.deepEqual(
        (await groups.members(group.id)).map(user => user.email),
        ['ada@example.org'],
      );
      const moves = house.events.filter(event => event.type === 'user.groups_changed');
      assert.equal(moves.length, 1);
      await groups.setMember(op, { groupId: group.id, userId: ada.id, isMember: false });
      assert.deepEqual(told(house, ada.id), { kind: 'groups', userId: ada.id, groupIds: [] });
    });
  });

  it('have one name each, letter case and width aside', async () => {
    await withIdentity(async ({ identity: { groups } }) => {
      const first = await groups.create(op, { name: 'Admins' });
      for (const name of ['ADMINS', 'ａｄｍｉｎｓ', ' admins ']) {
        await assert.rejects(groups.create(op, { name }), is('store.conflict'), name);
      }
      const other = await groups.create(op, { name: 'Readers' });
      await assert.rejects(groups.rename(op, other.id, 'admins'), is('store.conflict'));
      assert.equal((await groups.rename(op, first.id, 'ADMINS')).name, 'ADMINS');
    });
  });

  it('refuse names nobody could read or an index could not take', async () => {
    await withIdentity(async ({ identity: { groups } }) => {
      for (const name of ['', ' ', 'a\nb', 'x'.repeat(257), 'ﷺ'.repeat(200), '\ud800']) {
        await assert.rejects(groups.create(op, { name }), is('core.invalid_input'), JSON.stringify(name));
      }
    });
  });

  it('take nothing with them but the memberships, and tell everybody who was in', async () => {
    await withIdentity(async house => {
      const { groups } = house.identity;
      const [ada, bob] = [await addMember(house, 'ada@example.org'), await addMember(house, 'bob@example.org')];
      const [gone, kept] = [await groups.create(op, { name: 'gone' }), await groups.create(op, { name: 'kept' })];
      for (const group of [gone, kept]) {
        for (const user of [ada, bob]) {
          await groups.setMember(op, { groupId: group.id, userId: user.id, isMember: true });
        }
      }
      await groups.delete(op, gone.id);
      assert.deepEqual(told(house, ada.id), { kind: 'groups', userId: ada.id, groupIds: [kept.id] });
      assert.deepEqual(
        (await groups.of(bob.id)).map(group => group.name),
        ['kept'],
      );
      await assert.rejects(groups.get(gone.id), is('identity.group_not_found'));
      await house.identity.deleteUser(op, ada.id);
      assert.equal((await groups.get(kept.id)).memberCount, 1);
    });
  });

  it('of a provider become exactly what it said, and nobody else moves people in them', async () => {
    await withIdentity(async house => {
      const { groups } = house.identity;
      const ada = await addMember(house, 'ada@example.org');
      const local = await groups.create(op, { name: 'staff' });
      await groups.setMember(op, { groupId: local.id, userId: ada.id, isMember: true });
      await sync(house, ada.id, ['staff', 'ops', 'ops']);
      const names = async () => (await groups.of(ada.id)).map(group => `${group.source.kind}:${group.name}`).sort();
      assert.deepEqual(await names(), ['local:staff', 'provider:ops', 'provider:staff']);
      assert.equal(await sync(house, ada.id, ['ops', 'staff']), false);
      await sync(house, ada.id, ['ops', 'night']);
      assert.deepEqual(await names(), ['local:staff', 'provider:night', 'provider:ops']);
      const [theirs] = await groups.list({ source: 'provider', search: 'ops' });
      assert.ok(theirs);
      await assert.rejects(
        groups.setMember(op, { groupId: theirs.id, userId: ada.id, isMember: false }),
        is('access.denied'),
      );
      await sync(house, ada.id, []);
      assert.deepEqual(await names(), ['local:staff']);
    });
  });

  it('are not entered under a name that only looks like theirs', async () => {
    await withIdentity(async house => {
      const ada = await addMember(house, 'ada@example.org');
      await sync(house, ada.id, ['admins']);
      const bob = await addMember(house, 'bob@example.org');
      await sync(house, bob.id, ['ADMINS', 'ａｄｍｉｎｓ', ' admins', 'admins\n']);
      assert.deepEqual(await house.identity.groups.of(bob.id), []);
      await sync(house, bob.id, ['ADMINS'], true);
      assert.deepEqual(
        (await house.identity.groups.of(bob.id)).map(group => group.name),
        ['admins'],
      );
    });
  });

  it('can be announced before anybody brought them', async () => {
    await withIdentity(async house => {
      const { groups } = house.identity;
      await assert.rejects(groups.announce(op, { providerId: 'none', name: 'x' }), is('identity.provider_not_found'));
      await house.db
        .insertInto('identity_providers')
        .values({
          ...{ id: 'p1', slug: 'p', name: 'P', kind: 'oidc', enabled: 1, input: '{}', sealed: null },
          ...{ created_at: 0, revision: 0, unreachable_since: null },
        })
        .execute();
      const announced = await groups.announce(op, { providerId: 'p1', name: 'Admins' });
      assert.equal((await groups.announce(op, { providerId: 'p1', name: 'Admins' })).id, announced.id);
      const ada = await addMember(house, 'ada@example.org');
      await sync(house, ada.id, ['Admins']);
      assert.deepEqual(
        (await groups.of(ada.id)).map(group => group.id),
        [announced.id],
      );
    });
  });
});

describe('groups on PostgreSQL', { skip: postgresMissing() ?? false }, () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server[Symbol.asyncDispose]());

  it('sync, list, page and search as on SQLite', async () => {
    const settings: StoreSettings = { kind: 'postgres', url: new Secret(await server.createDatabase('groups')) };
    await withIdentity(
      async house => {
        const { groups } = house.identity;
        const ada = await addMember(house, 'ada@example.org');
        await sync(house, ada.id, ['b', 'a_', 'c']);
        const page = await groups.list({ limit: 2 });
        assert.deepEqual(
          page.map(group => [group.name, group.memberCount]),
          [
            ['a_', 1],
            ['b', 1],
          ],
        );
        const [rest] = await groups.list({ after: page[1]?.id ?? '' });
        assert.equal(rest?.name, 'c');
        assert.deepEqual(
          (await groups.list({ search: 'A_' })).map(group => group.name),
          ['a_'],
        );
        assert.deepEqual(
          (await groups.members(rest?.id ?? '')).map(user => user.id),
          [ada.id],
        );
      },
      {},
      settings,
    );
  });
});
