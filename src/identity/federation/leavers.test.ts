import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Authenticator } from '../../../tests/fakes/authenticator.ts';
import { createAuthenticator } from '../../../tests/fakes/authenticator.ts';
import { operatorPrincipal } from '../../core/events.ts';
import type { House } from '../identity.fixture.ts';
import { addPerson, asPrincipal, code, from, goodPassword, secret, signedIn } from '../identity.fixture.ts';
import type { User } from '../identity.ts';
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

const op = operatorPrincipal;
const browser = secret('a cookie of this browser');
const password = 'the password of ada there';

async function comeIn(house: House, world: World) {
  world.logins.set('ada', { password, outcome: vouches() });
  world.subjects.set('s-ada', vouches());
  return signedIn(await house.identity.signIn({ email: 'ada', password: secret(password) }, from()));
}

async function addPasskey(house: House, who: { user: User; session: { id: string } }): Promise<Authenticator> {
  const device = createAuthenticator('https://gate.example.org');
  const about = { userId: who.user.id, sessionId: who.session.id };
  const { publicKey } = await house.identity.passkeys.begin(about);
  const answer = device.create(publicKey);
  await house.identity.passkeys.add(asPrincipal(who.user), { ...about, name: 'Key', answer }, from());
  return device;
}

async function byPasskey(house: House, device: Authenticator) {
  const { publicKey } = await house.identity.passkeys.beginSignIn(browser);
  return house.identity.passkeys.signIn({ browser, answer: device.get(publicKey) }, from());
}

describe('a passkey of somebody whom a provider vouches for', () => {
  it('opens a session that is looked after there: it ends when the person is gone', async () => {
    await withWorld(async (house, world) => {
      await connectDirectory(house);
      const device = await addPasskey(house, await comeIn(house, world));
      const { token } = signedIn(await byPasskey(house, device));
      house.pass(40_000);
      world.subjects.delete('s-ada');
      await house.identity.signOn.refresh(never);
      assert.equal(await house.identity.findSession(token, from().host), undefined);
    });
  });

  it('is no way in once the directory knows them no more, or has them disabled', async () => {
    await withWorld(async (house, world) => {
      await connectDirectory(house);
      const device = await addPasskey(house, await comeIn(house, world));
      for (const outcome of [refuses('unknown'), refuses('disabled'), refuses('denied')]) {
        world.subjects.set('s-ada', outcome);
        assert.equal((await byPasskey(house, device)).state, 'refused');
        assert.equal((await house.identity.load()).sessions.filter(one => one.methods.includes('passkey')).length, 0);
      }
      world.subjects.set('s-ada', vouches());
      assert.equal((await byPasskey(house, device)).state, 'signed_in', 'who is back comes in as before');
    });
  });

  it('still serves while the directory is away, and for people who have a password here', async () => {
    await withWorld(async (house, world) => {
      const provider = await connectDirectory(house);
      const device = await addPasskey(house, await comeIn(house, world));
      world.isAway = true;
      assert.equal((await byPasskey(house, device)).state, 'signed_in');
      world.isAway = false;
      const local = await addPerson(house, { email: 'lea@example.org', password: `${goodPassword}-and-more` });
      await house.identity.signOn.link(op, { userId: local.user.id, providerId: provider.id, subject: 's-lea' });
      const own = await addPasskey(house, signedIn(local.step));
      assert.equal((await byPasskey(house, own)).state, 'signed_in');
    });
  });

  it('ends with the provider’s own sign-out, as every session of its people', async () => {
    await withWorld(async (house, world) => {
      const provider = await connectOidc(house);
      world.codes.set('c', vouches({ upstreamSession: 'up' }));
      const device = await addPasskey(house, signedIn(stepOf(await signInAt(house, provider, 'c'))));
      const { token } = signedIn(await byPasskey(house, device));
      const expiresAt = house.clock.wall + 60_000;
      const said = JSON.stringify({ subject: 's-ada', session: null, id: 'j1', expiresAt });
      await house.identity.signOn.backChannelLogout(provider.slug, said, never);
      assert.equal(await house.identity.findSession(token, from().host), undefined);
    });
  });
});

describe('who is gone from the directory and can sign in no other way', () => {
  it('goes on by no program, secret, token or session of theirs; the programs wait for somebody else', async () => {
    await withWorld(async (house, world) => {
      const { identity } = house;
      await connectDirectory(house);
      const { session, user } = await comeIn(house, world);
      const scope = { sites: ['s'], paths: ['/'], permissions: ['workflow.read' as const] };
      const program = await identity.machines.create(op, { name: 'Nightly', ownerId: user.id, scope });
      const expiresAt = house.clock.wall + 86_400_000;
      const { secret: held } = await identity.machines.createSecret(op, {
        ...{ userId: program.id, name: 's', expiresAt, overlapMs: 0 },
      });
      const ask = () =>
        identity.machines.answerTokenRequest({
          ...{ form: new URLSearchParams({ grant_type: 'client_credentials' }), clientIp: '203.0.113.7' },
          authorization: `Basic ${Buffer.from(`${program.id}:${held.reveal()}`).toString('base64')}`,
          ...{ requestId: 'r', issuer: 'https://gate.example.org', findSite: async () => 's' },
        });
      assert.equal((await ask()).status, 200);
      // Nothing of theirs is left but the program: they are looked up all the same.
      await identity.endSession(op, session.id, 'test');
      house.pass(40_000);
      world.subjects.set('s-ada', refuses('disabled'));
      await identity.signOn.refresh(never);
      assert.equal((await ask()).status, 401);
      assert.equal((await identity.load()).apiKeys.length, 0, 'the token it had is no more');
      assert.equal((await identity.machines.get(program.id)).disabled, true);
      await identity.machines.setDisabled(op, program.id, false);
      assert.equal((await ask()).status, 200, 'whoever takes it over switches it on again');
    });
  });
});

describe('a further factor enrolled in a session begun at a provider', () => {
  it('leaves the session the provider’s: its sign-out and its time end what comes of it', async () => {
    await withWorld(async (house, world) => {
      const provider = await connectOidc(house, { sessionHoursMax: 1 });
      world.codes.set('c', vouches({ upstreamSession: 'up' }));
      const { session } = signedIn(stepOf(await signInAt(house, provider, 'c')));
      const pending = await house.identity.beginFurtherEnrolment(session.id, from());
      const { secret: seed } = await house.identity.beginEnrolment(pending);
      const typed = { pending, code: code(seed, house.clock.wall) };
      const made = signedIn((await house.identity.confirmEnrolment(typed, from())).step);
      assert.equal(made.session.expiresAt, session.expiresAt);
      const expiresAt = house.clock.wall + 60_000;
      const said = JSON.stringify({ subject: 's-ada', session: 'up', id: 'j1', expiresAt });
      assert.equal(await house.identity.signOn.backChannelLogout(provider.slug, said, never), 1);
      assert.equal(await house.identity.findSession(made.token, from().host), undefined);
    });
  });
});

describe('a login of a directory', () => {
  it('is one login however it is typed: what a directory takes for the same name shares one count of guesses', async () => {
    await withWorld(async (house, world) => {
      await connectDirectory(house);
      // As Active Directory and OpenLDAP compare: accents, soft hyphens, joiners and doubled blanks make no difference.
      const typed = ['ada', 'áda', 'adà', 'a\u{ad}da', 'ad\u{200b}a', 'Ada'];
      for (const login of typed) world.logins.set(login, { password, outcome: vouches() });
      const guess = (login: string) =>
        house.identity.signIn({ email: login, password: secret('wrong') }, from('203.0.113.9'));
      for (const login of typed.slice(0, 5)) await guess(login);
      const asked = world.asked.get('authenticate');
      const step = await guess('adá');
      assert.ok(step.state === 'refused' && step.retryAfterMs !== undefined, 'it must wait');
      assert.equal(world.asked.get('authenticate'), asked);
    });
  });

  it('is not locked for who comes from where they always do, by guesses from elsewhere', async () => {
    await withWorld(async (house, world) => {
      await connectDirectory(house);
      await comeIn(house, world);
      for (let i = 0; i < 60; i++) {
        const ctx = from(`198.51.${i}.7`);
        await house.identity.signIn({ email: 'ada', password: secret('wrong') }, ctx);
      }
      const step = await house.identity.signIn({ email: 'ada', password: secret(password) }, from());
      assert.equal(step.state, 'signed_in');
    });
  });
});
