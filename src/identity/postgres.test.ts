import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createAuthenticator } from '../../tests/fakes/authenticator.ts';
import { type PostgresServer, postgresMissing, startPostgres } from '../../tests/servers/postgres.ts';
import { operatorPrincipal } from '../core/events.ts';
import { Secret } from '../core/secret.ts';
import type { StoreSettings } from '../store/store.ts';
import {
  addPerson,
  addPersonWithTotp,
  code,
  from,
  goodPassword,
  is,
  pendingOf,
  secret,
  signedIn,
  withIdentity,
} from './identity.fixture.ts';

const op = operatorPrincipal;

// On PostgreSQL transactions run side by side: what SQLite serialises must hold here by locks and conditional updates.
describe('identity on PostgreSQL', { skip: postgresMissing() ?? false }, () => {
  let server: PostgresServer;
  let databases = 0;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server[Symbol.asyncDispose]());
  const settings = async (): Promise<StoreSettings> => ({
    kind: 'postgres',
    url: new Secret(await server.createDatabase(`identity${databases++}`)),
  });

  it('judges five guesses of a parallel burst and no more', async () => {
    await withIdentity(
      async house => {
        await addPerson(house, { email: 'ada@example.org' });
        const guess = { email: 'ada@example.org', password: secret('wrong') };
        await Promise.all(Array.from({ length: 40 }, () => house.identity.signIn(guess, from())));
        const wrong = house.events.filter(event => event.type === 'auth.failed' && event.data.reason === 'wrong');
        assert.equal(wrong.length, 5);
        assert.equal(house.events.filter(event => event.type === 'auth.locked').length, 1);
      },
      {},
      await settings(),
    );
  });

  it('keeps one Owner when all leave at once', async () => {
    await withIdentity(
      async house => {
        const ids = [];
        for (const who of ['a', 'b', 'c', 'd']) {
          ids.push((await addPerson(house, { email: `${who}@example.org`, role: 'owner' })).user.id);
        }
        const left = await Promise.allSettled(
          ids.map((id, i) =>
            i % 2 === 0 ? house.identity.deleteUser(op, id) : house.identity.setRole(op, id, 'member'),
          ),
        );
        const refused = left.flatMap(one => (one.status === 'rejected' ? [one.reason] : []));
        assert.equal(refused.length, 1);
        assert.ok(is('access.last_owner')(refused[0]));
        assert.equal(await house.identity.countOwners(), 1);
      },
      {},
      await settings(),
    );
  });

  it('takes a passkey once of many at once, changes the policy once of two, and finds who is not there any more', async () => {
    await withIdentity(
      async house => {
        const { identity } = house;
        const person = await addPersonWithTotp(house, { email: 'ada@example.org' });
        const device = createAuthenticator('https://gate.example.org');
        const about = { userId: person.user.id, sessionId: person.sessionId };
        const { publicKey } = await identity.passkeys.begin(about);
        const answer = device.create(publicKey);
        await identity.passkeys.add(op, { ...about, name: 'Key', answer }, from());
        assert.deepEqual((await identity.getUser(person.user.id)).factors, { totp: true, passkeys: 1 });
        const browser = secret('a cookie of this browser');
        const used = device.get((await identity.passkeys.beginSignIn(browser)).publicKey);
        const steps = await Promise.all(
          Array.from({ length: 6 }, () => identity.passkeys.signIn({ browser, answer: used }, from())),
        );
        assert.equal(steps.filter(step => step.state === 'signed_in').length, 1);
        const { policy } = await identity.mfaPolicy.get();
        const both = await Promise.allSettled(
          (['member', 'administrator'] as const).map(role =>
            identity.mfaPolicy.set(op, { ...policy, roles: [role], revision: 0 }),
          ),
        );
        assert.equal(both.filter(one => one.status === 'fulfilled').length, 1);
        assert.equal(await identity.mfaPolicy.countWithout(), 0);
        const { user } = await addPerson(house, { email: 'gone@example.org', password: `${goodPassword}-and-more` });
        house.pass(91 * 24 * 3_600_000);
        assert.equal(await identity.disableInactive(new Set()), 1);
        assert.equal((await identity.getUser(user.id)).disabled, true);
        assert.ok((await identity.notices.list(person.user.id)).length > 0);
        await identity.sweep();
      },
      {},
      await settings(),
    );
  });

  it('redeems a link, a code and a handoff for one of many at once', async () => {
    await withIdentity(
      async house => {
        const { identity } = house;
        const first = await identity.issueLink(op, { purpose: 'first_owner' });
        const made = await Promise.allSettled(
          [1, 2, 3, 4].map(i =>
            identity.redeemLink(
              first.token,
              { email: `o${i}@example.org`, name: 'O', password: secret(goodPassword) },
              from(),
            ),
          ),
        );
        assert.equal(made.filter(one => one.status === 'fulfilled').length, 1);
        assert.equal(await identity.countOwners(), 1);
        const person = await addPersonWithTotp(house, { email: 'ada@example.org' });
        house.pass(60_000);
        const signIn = () => identity.signIn({ email: 'ada@example.org', password: secret(goodPassword) }, from());
        const pendings = [pendingOf(await signIn()), pendingOf(await signIn()), pendingOf(await signIn())];
        const typed = code(person.seed, house.clock.wall);
        const steps = await Promise.all(pendings.map(pending => identity.answerTotp({ pending, code: typed }, from())));
        const opened = steps.filter(step => step.state === 'signed_in');
        assert.equal(opened.length, 1);
        const { session } = signedIn(opened[0] ?? { state: 'refused' });
        const handoff = await identity.issueHandoff(session.id, 'n8n.example.org');
        const ctx = from('203.0.113.7', 'n8n.example.org');
        const moved = await Promise.all([1, 2, 3].map(() => identity.redeemHandoff(handoff, ctx)));
        assert.equal(moved.filter(step => step.state === 'signed_in').length, 1);
      },
      {},
      await settings(),
    );
  });

  it('lists, finds, touches and sweeps as on SQLite', async () => {
    await withIdentity(
      async house => {
        const { user, step } = await addPerson(house, { email: 'Ada_%@example.org' });
        const { token, session } = signedIn(step);
        assert.deepEqual(
          (await house.identity.listUsers({ search: 'A_%' })).map(found => found.id),
          [user.id],
        );
        house.pass(1000);
        await house.identity.touchSessions(new Map([[session.id, house.clock.wall]]));
        const found = await house.identity.findSession(token, from().host);
        assert.equal(found?.session.lastSeenAt, house.clock.wall);
        assert.equal((await house.identity.load()).sessions.length, 1);
        house.pass(24 * 3_600_000);
        assert.equal(await house.identity.sweep(), 1);
        await house.identity.deleteUser(op, user.id);
        assert.deepEqual((await house.identity.load()).users, []);
      },
      {},
      await settings(),
    );
  });
});
