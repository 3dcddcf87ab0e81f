import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operatorPrincipal } from '../../core/events.ts';
import type { House } from '../identity.fixture.ts';
import {
  addPersonWithTotp,
  asPrincipal,
  from,
  goodPassword,
  is,
  otherPassword,
  secret,
  signInWithTotp,
  withIdentity,
  wrongCode,
} from '../identity.fixture.ts';

const kinds = async (house: House, userId: string): Promise<string[]> =>
  (await house.identity.notices.list(userId)).map(notice => notice.kind);

describe('what a person is told of their account', () => {
  it('names what changed, by whom and from where, newest first', () =>
    withIdentity(async house => {
      const { identity } = house;
      const person = await addPersonWithTotp(house, { email: 'ada@example.org' });
      const by = asPrincipal(person.user);
      const pass = () => house.pass(1000);
      pass();
      const passwords = { current: secret(goodPassword), next: secret(otherPassword) };
      await identity.changePassword(by, { userId: person.user.id, keepSessionId: person.sessionId, ...passwords });
      pass();
      await identity.makeRecoveryCodes(by, person.user.id);
      pass();
      await signInWithTotp(house, { ...person, password: otherPassword }, from('198.51.100.9'));
      pass();
      await identity.removeTotp(operatorPrincipal, person.user.id);
      const wanted = ['factor_removed', 'new_network', 'recovery_codes_made', 'password_changed', 'factor_added'];
      assert.deepEqual(await kinds(house, person.user.id), wanted);
      const [removed, network] = await identity.notices.list(person.user.id);
      assert.equal(removed?.by, 'local operator');
      assert.equal(network?.clientIp, '198.51.100.9');
    }));

  it('is told of a network once', () =>
    withIdentity(async house => {
      const person = await addPersonWithTotp(house, { email: 'ada@example.org' });
      await signInWithTotp(house, person, from('198.51.100.9'));
      await signInWithTotp(house, person, from('198.51.100.9'));
      await signInWithTotp(house, person, from('198.51.100.77'));
      const networks = (await kinds(house, person.user.id)).filter(kind => kind === 'new_network');
      assert.equal(networks.length, 2);
    }));

  it('stops the next sign-in for a recovery by somebody else until it was read, and not for one’s own changes', () =>
    withIdentity(async house => {
      const { identity } = house;
      const admin = await addPersonWithTotp(house, { email: 'boss@example.org' });
      const person = await addPersonWithTotp(house, { email: 'ada@example.org', role: 'member' });
      assert.deepEqual(await identity.notices.urgent(person.user.id), []);
      const link = { purpose: 'recovery', userId: person.user.id } as const;
      const { token } = await identity.issueLink(asPrincipal(admin.user), link);
      await identity.redeemLink(token, { password: secret(otherPassword) }, from());
      const urgent = await identity.notices.urgent(person.user.id);
      assert.deepEqual(urgent.map(notice => notice.kind).sort(), ['recovered', 'recovery_issued']);
      assert.equal(urgent.find(notice => notice.kind === 'recovery_issued')?.by, 'boss@example.org');
      await identity.notices.read(person.user.id);
      assert.deepEqual(await identity.notices.urgent(person.user.id), []);
      assert.equal((await identity.notices.list(person.user.id)).length > 0, true);
      assert.deepEqual(await identity.notices.urgent(admin.user.id), [], 'nobody else reads it');
    }));

  it('goes with the account', () =>
    withIdentity(async house => {
      const person = await addPersonWithTotp(house, { email: 'ada@example.org', role: 'member' });
      await house.identity.deleteUser(operatorPrincipal, person.user.id);
      assert.deepEqual(await house.identity.notices.list(person.user.id), []);
    }));
});

describe('a wrong code while enrolling an app', () => {
  it('is recorded as a failed attempt, with where it came from', () =>
    withIdentity(async house => {
      const person = await addPersonWithTotp(house, { email: 'ada@example.org' });
      const { secret: seed } = await house.identity.beginTotp(person.user.id);
      const input = {
        userId: person.user.id,
        code: wrongCode(seed, house.clock.wall),
        keepSessionId: person.sessionId,
        ctx: from('198.51.100.9'),
      };
      await assert.rejects(house.identity.confirmTotp(asPrincipal(person.user), input), is('identity.code_invalid'));
      const failed = house.events.filter(event => event.type === 'auth.failed');
      assert.deepEqual(
        failed.map(event => [event.data.factor, event.data.reason, event.clientIp]),
        [['totp', 'wrong', '198.51.100.9']],
      );
    }));
});
