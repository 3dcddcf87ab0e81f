import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operatorPrincipal } from '../../core/events.ts';
import type { House } from '../identity.fixture.ts';
import { addPerson, from, goodPassword, secret, signedIn } from '../identity.fixture.ts';
import type { World } from './federation.fixture.ts';
import {
  connectDirectory,
  connectOidc,
  never,
  refuses,
  signInAt,
  stepOf,
  vouches,
  withWorld,
} from './federation.fixture.ts';
import type { ExternalIdentity } from './federation.ts';

const op = operatorPrincipal;
const password = 'from the directory 7';

const reasons = (house: House) =>
  house.events.flatMap(event => (event.type === 'auth.failed' ? [`${event.data.factor} ${event.data.reason}`] : []));

const signIn = (house: House, email: string, typed = password) =>
  house.identity.signIn({ email, password: secret(typed) }, from());

async function comeIn(house: House, world: World, patch: Partial<ExternalIdentity> = {}) {
  world.logins.set('ada', { password, outcome: vouches(patch) });
  return signedIn(await signIn(house, 'ada'));
}

describe('the ordinary form for people of a directory', () => {
  it('signs them in by login or address, and keeps what they typed', async () => {
    await withWorld(async (house, world) => {
      await connectDirectory(house);
      const { session, user } = await comeIn(house, world, { groups: ['ops'] });
      assert.deepEqual(session.methods, ['ldap']);
      assert.equal(user.email, 'ada@example.org');
      world.logins.set('ada@example.org', { password, outcome: vouches() });
      assert.equal(signedIn(await signIn(house, 'ada@example.org')).user.id, user.id);
      assert.deepEqual(await house.identity.groups.of(user.id), []);
    });
  });

  it('answers alike for who is unknown, wrong, locked and disabled, and records which it was', async () => {
    await withWorld(async (house, world) => {
      await connectDirectory(house);
      for (const why of ['disabled', 'expired', 'locked', 'must_change', 'time_restricted'] as const) {
        world.logins.set(why, { password, outcome: refuses(why) });
        assert.deepEqual(await signIn(house, why), { state: 'refused' });
      }
      assert.deepEqual(await signIn(house, 'nobody'), { state: 'refused' });
      world.logins.set('ada', { password, outcome: vouches() });
      assert.deepEqual(await signIn(house, 'ada', 'wrong'), { state: 'refused' });
      assert.deepEqual(reasons(house), [
        ...['ldap disabled', 'ldap expired', 'ldap locked', 'ldap must_change', 'ldap time_restricted'],
        ...['ldap unknown', 'ldap wrong'],
      ]);
    });
  });

  it('never shows a directory the password of somebody who has one here', async () => {
    await withWorld(async (house, world) => {
      await connectDirectory(house);
      await addPerson(house, { email: 'ada@example.org' });
      world.logins.set('ada@example.org', { password, outcome: vouches() });
      assert.equal((await signIn(house, 'ada@example.org')).state, 'refused');
      assert.equal((await signIn(house, 'ada@example.org', goodPassword)).state, 'signed_in');
      assert.equal(world.asked.get('authenticate'), undefined);
    });
  });

  it('counts guesses as it does for people here', async () => {
    await withWorld(async (house, world) => {
      await connectDirectory(house);
      world.logins.set('ada', { password, outcome: vouches() });
      for (let i = 0; i < 5; i++) await signIn(house, 'ada', 'wrong');
      const asked = world.asked.get('authenticate');
      const step = await signIn(house, 'ada');
      assert.ok(step.state === 'refused' && step.retryAfterMs);
      assert.equal(world.asked.get('authenticate'), asked, 'what waits is not asked');
    });
  });

  it('asks the next directory only when one does not know the login', async () => {
    await withWorld(async (house, world) => {
      await connectDirectory(house, { name: 'A' });
      await connectDirectory(house, { name: 'B' });
      await signIn(house, 'nobody');
      assert.equal(world.asked.get('authenticate'), 2);
      world.logins.set('ada', { password, outcome: vouches() });
      await signIn(house, 'ada', 'wrong');
      assert.equal(world.asked.get('authenticate'), 3);
    });
  });

  it('refuses calmly while the directory is away, and blames nobody', async () => {
    await withWorld(async (house, world) => {
      await connectDirectory(house);
      world.isAway = true;
      for (let i = 0; i < 8; i++) assert.deepEqual(await signIn(house, 'ada'), { state: 'refused' });
      world.isAway = false;
      await comeIn(house, world);
    });
  });

  it('holds a refusal of people here about as long as the directory takes', async () => {
    await withWorld(async (house, world) => {
      await connectDirectory(house);
      await addPerson(house, { email: 'local@example.org' });
      world.delayMs = 120;
      const time = async (email: string) => {
        const start = performance.now();
        await signIn(house, email, 'wrong');
        return performance.now() - start;
      };
      await time('nobody');
      assert.ok((await time('local@example.org')) >= 110);
    });
  });

  it('proves them again by the directory, as the same person', async () => {
    await withWorld(async (house, world) => {
      await connectDirectory(house);
      const { session } = await comeIn(house, world);
      const again = (typed: string, sessionId = session.id) =>
        house.identity.reauthenticate({ sessionId, password: secret(typed) }, from());
      assert.equal((await again('wrong')).state, 'refused');
      world.logins.set('ada', { password, outcome: vouches({ subject: 's-other' }) });
      assert.equal((await again(password)).state, 'refused');
      world.logins.set('ada', { password, outcome: vouches() });
      const renewed = signedIn(await again(password));
      assert.deepEqual(renewed.session.methods, ['ldap']);
    });
  });
});

describe('looking people up again', () => {
  const refresh = (house: House) => house.identity.signOn.refresh(never);

  it('takes over groups, and ends sessions and keys of who is gone, within the time set', async () => {
    await withWorld(async (house, world) => {
      const { identity } = house;
      await connectDirectory(house);
      const { session, token, user } = await comeIn(house, world, { groups: ['ops', 'night'] });
      const made = await identity.createApiKey(op, {
        ...{ userId: user.id, name: 'k', sites: ['s'], paths: ['/'], permissions: ['workflow.read'] },
        expiresAt: house.clock.wall + 86_400_000,
      });
      assert.deepEqual(await refresh(house), { checked: 0, ended: 0 });
      house.pass(40_000);
      world.subjects.set('s-ada', vouches({ groups: ['ops'] }));
      assert.deepEqual(await refresh(house), { checked: 1, ended: 0 });
      assert.deepEqual(
        (await identity.groups.of(user.id)).map(group => group.name),
        ['ops'],
      );
      house.pass(40_000);
      world.subjects.set('s-ada', refuses('locked'));
      assert.deepEqual(await refresh(house), { checked: 1, ended: 0 });
      assert.ok(await identity.findSession(token, from().host));
      house.pass(40_000);
      world.subjects.delete('s-ada');
      assert.deepEqual(await refresh(house), { checked: 1, ended: 1 });
      assert.equal(await identity.findSession(token, from().host), undefined);
      assert.notEqual((await identity.getApiKey(made.key.id)).revokedAt, null);
      assert.deepEqual(await identity.groups.of(user.id), []);
      const [ended] = await identity.listSessions({ userId: user.id, includeEnded: true });
      assert.deepEqual([ended?.id, ended?.endReason], [session.id, 'provider_unknown']);
    });
  });

  it('also looks after who has a key and no session', async () => {
    await withWorld(async (house, world) => {
      const { identity } = house;
      await connectDirectory(house);
      const { session, user } = await comeIn(house, world);
      const made = await identity.createApiKey(op, {
        ...{ userId: user.id, name: 'k', sites: ['s'], paths: ['/'], permissions: ['workflow.read'] },
        expiresAt: house.clock.wall + 86_400_000,
      });
      await identity.endSession(op, session.id, 'test');
      house.pass(40_000);
      await refresh(house);
      assert.notEqual((await identity.getApiKey(made.key.id)).revokedAt, null);
    });
  });

  it('believes a session for an hour while the directory is away, and no longer', async () => {
    await withWorld(async (house, world) => {
      await connectDirectory(house);
      const { token } = await comeIn(house, world);
      world.subjects.set('s-ada', vouches());
      world.isAway = true;
      house.pass(40_000);
      await refresh(house);
      house.pass(30 * 60_000);
      assert.equal((await refresh(house)).ended, 0);
      world.isAway = false;
      house.pass(40_000);
      assert.equal((await refresh(house)).checked, 1);
      world.isAway = true;
      house.pass(40_000);
      assert.equal((await refresh(house)).ended, 0, 'the grace begins anew');
      for (let i = 0; i < 3; i++) {
        house.pass(25 * 60_000);
        await house.identity.touchSessions(
          new Map((await house.identity.load()).sessions.map(one => [one.id, house.clock.wall])),
        );
        await refresh(house);
      }
      assert.equal(await house.identity.findSession(token, from().host), undefined);
    });
  });

  it('renews by refresh token, each link by one node, and ends what is no longer renewed', async () => {
    await withWorld(async (house, world) => {
      const provider = await connectOidc(house);
      world.codes.set('c', vouches({ keepsake: secret('{"subject":"s-ada","refresh":true}') }));
      const { token, user } = signedIn(stepOf(await signInAt(house, provider, 'c')));
      world.subjects.set('s-ada', vouches({ groups: ['g'] }));
      house.pass(70_000);
      const both = await Promise.all([refresh(house), house.another().signOn.refresh(never)]);
      assert.equal(
        both.reduce((sum, one) => sum + one.checked, 0),
        1,
      );
      assert.equal((await house.identity.groups.of(user.id)).length, 1);
      world.subjects.set('s-ada', refuses('denied'));
      house.pass(70_000);
      assert.equal((await refresh(house)).ended, 1);
      assert.equal(await house.identity.findSession(token, from().host), undefined);
    });
  });
});
