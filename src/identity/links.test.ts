import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operatorPrincipal } from '../core/events.ts';
import {
  addPerson,
  addPersonWithTotp,
  code,
  from,
  goodPassword,
  type House,
  is,
  otherPassword,
  pendingOf,
  secret,
  signedIn,
  withIdentity,
} from './identity.fixture.ts';

const op = operatorPrincipal;
const minute = 60_000;
const ada = { email: 'ada@example.org', name: 'Ada', password: secret(goodPassword) };

const firstOwner = (house: House) => house.identity.issueLink(op, { purpose: 'first_owner' });

describe('links', () => {
  it('make the first Owner once: of many at once one wins, and none after', async () => {
    await withIdentity(async house => {
      const { token } = await firstOwner(house);
      assert.equal((await house.identity.inspectLink(token))?.purpose, 'first_owner');
      const redeemed = await Promise.allSettled(
        [1, 2, 3, 4, 5].map(i => house.identity.redeemLink(token, { ...ada, email: `ada${i}@example.org` }, from())),
      );
      const won = redeemed.filter(one => one.status === 'fulfilled');
      assert.equal(won.length, 1);
      assert.equal(won[0]?.value.state, 'enrolment_needed');
      assert.equal(await house.identity.countOwners(), 1);
      assert.equal((await house.identity.listUsers()).length, 1);
      await assert.rejects(firstOwner(house), is('identity.owner_exists'));
    });
  });

  it('make no second Owner by a link that was issued before', async () => {
    await withIdentity(async house => {
      const { token } = await firstOwner(house);
      await house.identity.createUser(op, { email: 'boss@example.org', name: 'Boss', role: 'owner' });
      await assert.rejects(house.identity.redeemLink(token, ada, from()), is('identity.owner_exists'));
      assert.equal(await house.identity.countOwners(), 1);
    });
  });

  it('are void once used, expired, replaced, or when their person cannot come in', async () => {
    await withIdentity(async house => {
      const { identity } = house;
      const invalid = is('identity.link_invalid');
      const user = await identity.createUser(op, { email: 'bob@example.org', name: 'Bob', role: 'member' });
      const invite = () => identity.issueLink(op, { purpose: 'invitation', userId: user.id });
      const use = (token: ReturnType<typeof secret>) =>
        identity.redeemLink(token, { password: secret(goodPassword) }, from());
      const replaced = await invite();
      const expired = await invite();
      await assert.rejects(use(replaced.token), invalid);
      assert.equal(expired.expiresAt, house.clock.wall + 72 * 60 * minute);
      house.pass(72 * 60 * minute);
      assert.equal(await identity.inspectLink(expired.token), undefined);
      await assert.rejects(use(expired.token), invalid);
      const off = await invite();
      await identity.setDisabled(op, user.id, true);
      assert.equal(await identity.inspectLink(off.token), undefined);
      await assert.rejects(use(off.token), invalid);
      await assert.rejects(invite(), is('store.conflict'));
      await identity.setDisabled(op, user.id, false);
      const good = await invite();
      const both = await Promise.allSettled([use(good.token), use(good.token)]);
      assert.equal(both.filter(one => one.status === 'fulfilled').length, 1);
      await assert.rejects(use(good.token), invalid);
      await assert.rejects(invite(), is('store.conflict'), 'who has a password is not invited again');
      for (const odd of ['', 'sp_l_', good.token.reveal().replace('sp_l_', 'sp_s_'), `${good.token.reveal()}x`]) {
        await assert.rejects(use(secret(odd)), invalid);
        assert.equal(await identity.inspectLink(secret(odd)), undefined);
      }
      const recovery = await identity.issueLink(op, { purpose: 'recovery', userId: user.id });
      await identity.deleteUser(op, user.id);
      await assert.rejects(use(recovery.token), invalid);
      await assert.rejects(
        identity.issueLink(op, { purpose: 'recovery', userId: 'nope' }),
        is('identity.user_not_found'),
      );
      await assert.rejects(identity.issueLink(op, { purpose: 'recovery' }), is('core.invalid_input'));
    });
  });

  it('are not spent by a password that is refused', async () => {
    await withIdentity(async house => {
      const { token } = await firstOwner(house);
      for (const bad of ['short', 'password1234567', 'ada@example.org!!']) {
        await assert.rejects(
          house.identity.redeemLink(token, { ...ada, password: secret(bad) }, from()),
          is('identity.password_refused'),
        );
      }
      await assert.rejects(
        house.identity.redeemLink(token, { password: ada.password }, from()),
        is('core.invalid_input'),
      );
      assert.equal((await house.identity.redeemLink(token, ada, from())).state, 'enrolment_needed');
    });
  });

  it('of recovery set a new password and end all sessions, but never go past the second factor', async () => {
    await withIdentity(async house => {
      const { identity } = house;
      const person = await addPersonWithTotp(house, { email: 'ada@example.org' });
      for (let i = 0; i < 6; i++) await identity.signIn({ email: 'ada@example.org', password: secret('no') }, from());
      const first = await identity.issueLink(op, { purpose: 'recovery', userId: person.user.id });
      assert.equal(first.expiresAt, house.clock.wall + 60 * minute);
      const step = await identity.redeemLink(first.token, { password: secret(otherPassword) }, from());
      assert.equal(step.state, 'factor_needed');
      assert.equal(await identity.findSession(person.token, from().host), undefined);
      assert.equal((await identity.getUser(person.user.id)).factors.totp, true);
      house.pass(30_000);
      const opened = signedIn(
        await identity.answerTotp({ pending: pendingOf(step), code: code(person.seed, house.clock.wall) }, from()),
      );
      assert.deepEqual(opened.session.methods, ['password', 'totp', 'link']);
      const again = await identity.signIn({ email: 'ada@example.org', password: secret(otherPassword) }, from());
      assert.equal(again.state, 'factor_needed', 'and whoever was locked out is not any more');
    });
  });

  it('are void when the password is set by another way', async () => {
    await withIdentity(async house => {
      const { user, step } = await addPerson(house, { email: 'ada@example.org' });
      const { session } = signedIn(step);
      const link = await house.identity.issueLink(op, { purpose: 'recovery', userId: user.id });
      await house.identity.changePassword(
        { kind: 'user', id: user.id, name: user.email },
        { userId: user.id, current: secret(goodPassword), next: secret(otherPassword), keepSessionId: session.id },
      );
      assert.equal(await house.identity.inspectLink(link.token), undefined);
    });
  });

  it('leave nothing in the store or the record that could be used', async () => {
    await withIdentity(async house => {
      const { token } = await firstOwner(house);
      const stored = JSON.stringify(await house.db.selectFrom('identity_links').selectAll().execute());
      assert.ok(!`${stored}${JSON.stringify(house.events)}`.includes(token.reveal().slice(5)));
    });
  });
});
