import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Authenticator, Wrong } from '../../../tests/fakes/authenticator.ts';
import { cborArray, cborBytes, cborInt, createAuthenticator, map } from '../../../tests/fakes/authenticator.ts';
import { operatorPrincipal } from '../../core/events.ts';
import type { Secret } from '../../core/secret.ts';
import type { House } from '../identity.fixture.ts';
import {
  addPerson,
  addPersonWithTotp,
  asPrincipal,
  code,
  from,
  goodPassword,
  is,
  pendingOf,
  secret,
  signedIn,
  withIdentity,
} from '../identity.fixture.ts';
import type { User } from '../identity.ts';
import { passkeysMax } from './passkeys.ts';

const origin = 'https://gate.example.org';
const browser = secret('a cookie of this browser');

interface Holder {
  readonly user: User;
  readonly sessionId: string;
  readonly device: Authenticator;
  readonly recoveryCodes: readonly Secret[];
}

async function addHolder(house: House, email: string, options: { counts?: boolean } = {}): Promise<Holder> {
  const { user, step } = await addPerson(house, { email, password: `${goodPassword}-and-more` });
  const sessionId = signedIn(step).session.id;
  const device = createAuthenticator(origin, options);
  const { recoveryCodes } = await addPasskey(house, { user, sessionId }, device);
  return { user, sessionId, device, recoveryCodes };
}

async function addPasskey(house: House, who: { user: User; sessionId: string }, device: Authenticator, wrong?: Wrong) {
  const { passkeys } = house.identity;
  const about = { userId: who.user.id, sessionId: who.sessionId };
  const { publicKey } = await passkeys.begin(about);
  const answer = device.create(publicKey, wrong);
  return passkeys.add(asPrincipal(who.user), { ...about, name: 'Key', answer }, from());
}

async function byPasskey(house: House, device: Authenticator, wrong?: Wrong) {
  const { publicKey } = await house.identity.passkeys.beginSignIn(browser);
  return house.identity.passkeys.signIn({ browser, answer: device.get(publicKey, wrong) }, from());
}

const reasons = (house: House): string[] =>
  house.events.flatMap(event => (event.type === 'auth.failed' ? [event.data.reason] : []));

describe('a passkey', () => {
  it('signs in alone, as two factors, and says when it was used and how it is kept', () =>
    withIdentity(async house => {
      const { user, device } = await addHolder(house, 'ada@example.org', { counts: false });
      house.pass(1000);
      const step = signedIn(await byPasskey(house, device));
      assert.deepEqual(step.session.methods, ['passkey']);
      assert.equal(step.user.id, user.id);
      assert.deepEqual(step.user.factors, { totp: false, passkeys: 1 });
      const [key] = await house.identity.passkeys.list(user.id);
      assert.equal(key?.lastUsedAt, house.clock.wall);
      assert.deepEqual([key?.synced, key?.backedUp], [true, true]);
    }));

  it('is asked for after the password of its holder, and a recovery code stands in for it', () =>
    withIdentity(async house => {
      const { device, user, recoveryCodes } = await addHolder(house, 'ada@example.org');
      assert.equal(recoveryCodes.length, 10);
      const password = secret(`${goodPassword}-and-more`);
      const begin = async () => {
        const step = await house.identity.signIn({ email: user.email, password }, from());
        assert.ok(step.state === 'factor_needed');
        assert.deepEqual(step.factors, { totp: false, passkeys: 1 });
        return step.pending;
      };
      const pending = await begin();
      const { publicKey } = await house.identity.passkeys.beginSecond(pending);
      const answer = device.get(publicKey);
      const step = signedIn(await house.identity.passkeys.answerSecond({ pending, answer }, from()));
      assert.deepEqual(step.session.methods, ['password', 'passkey']);
      const again = await house.identity.passkeys.answerSecond({ pending, answer }, from());
      assert.equal(again.state, 'refused', 'a sign-in under way is good for one success');
      const typed = recoveryCodes[0]?.reveal() ?? '';
      signedIn(await house.identity.answerTotp({ pending: await begin(), code: typed }, from()));
      assert.equal((await house.identity.answerTotp({ pending: await begin(), code: typed }, from())).state, 'refused');
    }));

  it('proves again who one is: the session gets a new id', () =>
    withIdentity(async house => {
      const { device, sessionId } = await addHolder(house, 'ada@example.org');
      house.pass(20 * 60_000);
      const { publicKey } = await house.identity.passkeys.beginProof(sessionId);
      const step = signedIn(await house.identity.passkeys.prove({ sessionId, answer: device.get(publicKey) }, from()));
      assert.notEqual(step.session.id, sessionId);
      assert.equal(step.session.authenticatedAt, house.clock.wall);
      await assert.rejects(house.identity.passkeys.beginProof(sessionId), is('identity.session_not_found'));
    }));

  it('a password alone is no fresh proof for who has one', () =>
    withIdentity(async house => {
      const { sessionId } = await addHolder(house, 'ada@example.org');
      const password = secret(`${goodPassword}-and-more`);
      assert.equal((await house.identity.reauthenticate({ sessionId, password }, from())).state, 'refused');
    }));

  it('still signs in while guessed passwords have locked the account', () =>
    withIdentity(async house => {
      const { device, user } = await addHolder(house, 'ada@example.org');
      for (let guess = 0; guess < 8; guess++) {
        await house.identity.signIn({ email: user.email, password: secret('wrong') }, from('198.51.100.4'));
      }
      signedIn(await byPasskey(house, device));
    }));
});

describe('an answer by passkey', () => {
  const rows: [string, Wrong, string][] = [
    ['from another origin', { origin: 'https://gate.example.org.evil.test' }, 'wrong'],
    ['from another port of the same name', { origin: 'https://gate.example.org:8444' }, 'wrong'],
    ['for another relying party', { rpId: 'example.org' }, 'wrong'],
    ['with a challenge of its own', { challenge: 'A'.repeat(43) }, 'challenge'],
    ['of the wrong type', { type: 'webauthn.create' }, 'wrong'],
    ['from a frame on another site', { crossOrigin: true }, 'challenge'],
    ['that names a top origin', { topOrigin: 'https://evil.test' }, 'wrong'],
    ['without the person present', { isPresent: false, isVerified: false }, 'wrong'],
    ['without the person verified', { isVerified: false }, 'wrong'],
    ['with a user handle of somebody else', { userHandle: Buffer.from('other').toString('base64url') }, 'not_theirs'],
    ['that does not say whose it is', { userHandle: null }, 'not_theirs'],
    ['by an unknown credential', { credentialId: 'A'.repeat(43) }, 'unknown'],
    ['with a signature of nothing', { signature: Buffer.from('30060201010201', 'hex').toString('base64url') }, 'wrong'],
    ['with the counter where it was', { signCount: 2 }, 'counter'],
    ['with the counter back', { signCount: 1 }, 'counter'],
    ['with the counter gone', { signCount: 0 }, 'counter'],
    [
      'with authenticator data changed after signing',
      { tamper: data => Buffer.concat([data.subarray(0, 33), Buffer.from([0, 0, 1, 0]), data.subarray(37)]) },
      'wrong',
    ],
    ['with trailing bytes', { tamper: data => Buffer.concat([data, Buffer.from([0])]) }, 'wrong'],
  ];
  for (const [name, wrong, reason] of rows) {
    it(`is refused ${name}`, () =>
      withIdentity(async house => {
        const { device } = await addHolder(house, 'ada@example.org');
        signedIn(await byPasskey(house, device));
        assert.deepEqual(await byPasskey(house, device, wrong), { state: 'refused' });
        assert.equal(reasons(house).at(-1), reason);
      }));
  }

  it('is refused a second time, late, in another browser, or for another purpose', () =>
    withIdentity(async house => {
      const { passkeys } = house.identity;
      const { device, sessionId } = await addHolder(house, 'ada@example.org', { counts: false });
      const ask = async () => (await passkeys.beginSignIn(browser)).publicKey;
      const answer = device.get(await ask());
      signedIn(await passkeys.signIn({ browser, answer }, from()));
      assert.equal((await passkeys.signIn({ browser, answer }, from())).state, 'refused', 'used');
      const elsewhere = { browser: secret('another browser'), answer: device.get(await ask()) };
      assert.equal((await passkeys.signIn(elsewhere, from())).state, 'refused', 'another browser');
      assert.equal((await passkeys.signIn({ ...elsewhere, browser }, from())).state, 'refused', 'and used up by it');
      const { publicKey } = await passkeys.beginProof(sessionId);
      assert.equal((await passkeys.signIn({ browser, answer: device.get(publicKey) }, from())).state, 'refused');
      const late = { browser, answer: device.get(await ask()) };
      house.pass(5 * 60_000);
      assert.equal((await passkeys.signIn(late, from())).state, 'refused', 'five minutes');
      assert.deepEqual([...new Set(reasons(house))], ['challenge']);
    }));

  it('is taken once of many that come at the same moment', () =>
    withIdentity(async house => {
      const { device } = await addHolder(house, 'ada@example.org');
      const { publicKey } = await house.identity.passkeys.beginSignIn(browser);
      const answer = device.get(publicKey);
      const steps = await Promise.all(
        Array.from({ length: 8 }, () => house.identity.passkeys.signIn({ browser, answer }, from())),
      );
      assert.equal(steps.filter(step => step.state === 'signed_in').length, 1);
    }));

  it('of somebody else is no second factor for this person', () =>
    withIdentity(async house => {
      const { user } = await addHolder(house, 'ada@example.org');
      const other = await addHolder(house, 'eve@example.org');
      const password = secret(`${goodPassword}-and-more`);
      const pending = pendingOf(await house.identity.signIn({ email: user.email, password }, from()));
      const { publicKey } = await house.identity.passkeys.beginSecond(pending);
      const answer = other.device.get(publicKey);
      assert.equal((await house.identity.passkeys.answerSecond({ pending, answer }, from())).state, 'refused');
      assert.equal(reasons(house).at(-1), 'not_theirs');
    }));

  it('of a disabled person is refused, and so is one of a passkey that was taken away', () =>
    withIdentity(async house => {
      const { user, device } = await addHolder(house, 'ada@example.org');
      await house.identity.setDisabled(operatorPrincipal, user.id, true);
      assert.equal((await byPasskey(house, device)).state, 'refused');
      await house.identity.setDisabled(operatorPrincipal, user.id, false);
      const [key] = await house.identity.passkeys.list(user.id);
      await house.identity.passkeys.remove(operatorPrincipal, { userId: user.id, id: key?.id ?? '' });
      assert.equal((await byPasskey(house, device)).state, 'refused');
    }));

  it('with a counter that went back raises an alarm and tells its person', () =>
    withIdentity(async house => {
      const { user, device } = await addHolder(house, 'ada@example.org');
      await byPasskey(house, device, { signCount: 1 });
      const alarm = house.events.find(event => event.type === 'user.passkey_suspected');
      assert.equal(alarm?.data.held, 1);
      assert.equal(alarm.resource?.id, user.id);
    }));

  const nonsense: [string, unknown][] = [
    ['nothing', undefined],
    ['text', 'hello'],
    ['an empty object', {}],
    ['a list', []],
    ['a huge field', { id: 'A'.repeat(5000), rawId: 'A'.repeat(5000), type: 'public-key', response: {} }],
  ];
  for (const [name, answer] of nonsense) {
    it(`is refused when it is ${name}`, () =>
      withIdentity(async house => {
        assert.equal((await house.identity.passkeys.signIn({ browser, answer }, from())).state, 'refused');
        assert.deepEqual(reasons(house), ['malformed']);
      }));
  }
});

describe('making a passkey', () => {
  const x5c = map([
    ['alg', cborInt(-7)],
    ['sig', cborBytes(Buffer.alloc(70))],
    ['x5c', cborArray([cborBytes(Buffer.alloc(300))])],
  ]);
  const rows: [string, Wrong][] = [
    ['from another origin', { origin: 'https://evil.test' }],
    ['for another relying party', { rpId: 'evil.test' }],
    ['with another challenge', { challenge: 'B'.repeat(43) }],
    ['of the wrong type', { type: 'webauthn.get' }],
    ['in a frame on another site', { crossOrigin: true }],
    ['without verification', { isVerified: false }],
    ['under another id', { credentialId: 'C'.repeat(43) }],
    ['with certificates, which would have to be fetched', { fmt: 'packed', attStmt: x5c }],
    ['in an unknown format', { fmt: 'other' }],
    ['with trailing bytes', { tamper: data => Buffer.concat([data, Buffer.from([0])]) }],
  ];
  for (const [name, wrong] of rows) {
    it(`is refused ${name}`, () =>
      withIdentity(async house => {
        const who = await addHolder(house, 'ada@example.org');
        const device = createAuthenticator(origin);
        await assert.rejects(addPasskey(house, who, device, wrong), is('identity.passkey_refused'));
        assert.equal((await house.identity.passkeys.list(who.user.id)).length, 1);
      }));
  }

  it('is refused in another session, twice, and for a credential that is registered', () =>
    withIdentity(async house => {
      const { passkeys } = house.identity;
      const who = await addHolder(house, 'ada@example.org');
      const by = asPrincipal(who.user);
      const about = { userId: who.user.id, sessionId: who.sessionId };
      const device = createAuthenticator(origin);
      const first = device.create((await passkeys.begin(about)).publicKey);
      const elsewhere = { ...about, sessionId: 'another', name: 'x', answer: first };
      await assert.rejects(passkeys.add(by, elsewhere, from()), is('identity.passkey_refused'));
      const answer = device.create((await passkeys.begin(about)).publicKey);
      await passkeys.add(by, { ...about, name: 'x', answer }, from());
      await assert.rejects(passkeys.add(by, { ...about, name: 'x', answer }, from()), is('identity.passkey_refused'));
      const { publicKey } = await passkeys.begin(about);
      const excluded = publicKey['excludeCredentials'] as { id: string }[];
      const wanted = new Set([who.device.held[0]?.id, device.held[1]?.id]);
      assert.deepEqual(new Set(excluded.map(({ id }) => id)), wanted);
    }));

  it('ends the other sessions, and gives recovery codes with the first factor only', () =>
    withIdentity(async house => {
      const who = await addHolder(house, 'ada@example.org');
      const other = signedIn(await byPasskey(house, who.device));
      const { recoveryCodes } = await addPasskey(house, who, createAuthenticator(origin));
      assert.equal(recoveryCodes.length, 0);
      const live = await house.identity.listSessions({ userId: who.user.id });
      assert.deepEqual(
        live.map(session => session.id),
        [who.sessionId],
      );
      assert.ok(!live.some(session => session.id === other.session.id));
    }));

  it(`stops at ${passkeysMax}`, () =>
    withIdentity(async house => {
      const who = await addHolder(house, 'ada@example.org');
      for (let made = 1; made < passkeysMax; made++) await addPasskey(house, who, createAuthenticator(origin));
      await assert.rejects(addPasskey(house, who, createAuthenticator(origin)), is('identity.passkey_refused'));
    }));

  it('names it, and renames only one of the own', () =>
    withIdentity(async house => {
      const { passkeys } = house.identity;
      const who = await addHolder(house, 'ada@example.org');
      const eve = await addHolder(house, 'eve@example.org');
      const [key] = await passkeys.list(who.user.id);
      const id = key?.id ?? '';
      const renamed = await passkeys.rename(asPrincipal(who.user), {
        userId: who.user.id,
        id,
        name: ' Work\u0007 laptop ',
      });
      assert.equal(renamed.name, 'Work? laptop');
      const theft = { userId: eve.user.id, id, name: 'x' };
      await assert.rejects(passkeys.rename(asPrincipal(eve.user), theft), is('identity.passkey_not_found'));
      await assert.rejects(passkeys.remove(asPrincipal(eve.user), theft), is('identity.passkey_not_found'));
    }));
});

describe('enrolling a passkey on the way in', () => {
  it('is as good as an app for whom a second factor is compulsory', () =>
    withIdentity(async house => {
      const { passkeys } = house.identity;
      const { user, step } = await addPerson(house, { email: 'own@example.org', role: 'owner' });
      const pending = pendingOf(step);
      const device = createAuthenticator(origin);
      const { publicKey } = await passkeys.beginEnrolment(pending);
      const made = await passkeys.enrol({ pending, name: '', answer: device.create(publicKey) }, from());
      assert.deepEqual(signedIn(made.step).session.methods, ['password', 'link', 'passkey']);
      assert.equal(made.recoveryCodes.length, 10);
      assert.deepEqual((await house.identity.getUser(user.id)).factors, { totp: false, passkeys: 1 });
      await assert.rejects(
        passkeys.enrol({ pending, name: '', answer: device.create(publicKey) }, from()),
        is('identity.code_invalid'),
      );
      const [key] = await passkeys.list(user.id);
      const own = { userId: user.id, id: key?.id ?? '' };
      await assert.rejects(passkeys.remove(asPrincipal(user), own), is('identity.mfa_compulsory'));
    }));

  it('is refused for who got a second factor meanwhile: a password alone replaces none', () =>
    withIdentity(async house => {
      const { passkeys } = house.identity;
      const { step, user } = await addPerson(house, { email: 'own@example.org', role: 'owner' });
      const [mine, theirs] = [pendingOf(step), pendingOf(step)];
      const { secret: seed } = await house.identity.beginEnrolment(mine);
      const late = (await passkeys.beginEnrolment(theirs)).publicKey;
      signedIn(
        (await house.identity.confirmEnrolment({ pending: mine, code: code(seed, house.clock.wall) }, from())).step,
      );
      const answer = createAuthenticator(origin).create(late);
      await assert.rejects(passkeys.enrol({ pending: theirs, name: '', answer }, from()), is('identity.code_invalid'));
      assert.equal((await passkeys.list(user.id)).length, 0);
    }));

  it('taking one of two factors away keeps the recovery codes, taking the last voids them', () =>
    withIdentity(async house => {
      const person = await addPersonWithTotp(house, { email: 'm@example.org', role: 'member' });
      const device = createAuthenticator(origin);
      await addPasskey(house, person, device);
      await house.identity.removeTotp(operatorPrincipal, person.user.id);
      const begin = async () =>
        pendingOf(await house.identity.signIn({ email: 'm@example.org', password: secret(goodPassword) }, from()));
      const [first = secret('')] = person.recoveryCodes;
      signedIn(await house.identity.answerTotp({ pending: await begin(), code: first.reveal() }, from()));
      const [key] = await house.identity.passkeys.list(person.user.id);
      await house.identity.passkeys.remove(operatorPrincipal, { userId: person.user.id, id: key?.id ?? '' });
      const step = await house.identity.signIn({ email: 'm@example.org', password: secret(goodPassword) }, from());
      assert.equal(step.state, 'signed_in');
      const left = await house.identity.factors(person.user.id);
      assert.equal(left.recoveryCodesLeft, 0);
    }));
});
