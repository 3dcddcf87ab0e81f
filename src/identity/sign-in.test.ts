import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operatorPrincipal } from '../core/events.ts';
import {
  addPerson,
  addPersonWithTotp,
  asPrincipal,
  code,
  from,
  goodPassword,
  is,
  otherPassword,
  pendingOf,
  secret,
  signedIn,
  signInWithTotp,
  withIdentity,
  wrongCode,
} from './identity.fixture.ts';

const minute = 60_000;

describe('sign-in', () => {
  it('gives a member with a long password a session, and records and tells it', async () => {
    await withIdentity(async house => {
      const { user } = await addPerson(house, { email: 'Ada@Example.org' });
      house.events.length = house.changes.length = 0;
      const ctx = { ...from(), site: 's1', platform: 'n8n' };
      const step = signedIn(
        await house.identity.signIn({ email: ' ada@example.ORG ', password: secret(goodPassword) }, ctx),
      );
      assert.match(step.token.reveal(), /^sp_s_[\w-]{43}$/);
      assert.deepEqual(step.session.methods, ['password']);
      assert.equal(step.user.lastSignInAt, house.clock.wall);
      assert.equal(step.user.email, 'Ada@Example.org');
      const [event] = house.events;
      assert.equal(event?.type, 'session.opened');
      assert.deepEqual(event?.principal, asPrincipal(user));
      assert.deepEqual([event?.site, event?.platform, event?.clientIp], ['s1', 'n8n', '203.0.113.7']);
      assert.deepEqual(house.changes, [
        { kind: 'session', session: step.session },
        { kind: 'user', userId: user.id, user: step.user },
      ]);
      assert.deepEqual(await house.identity.findSession(step.token, ctx.host), {
        session: step.session,
        user: step.user,
      });
      const stored = JSON.stringify(await house.db.selectFrom('identity_sessions').selectAll().execute());
      assert.ok(!stored.includes(step.token.reveal().slice(5)), 'the store holds no token');
    });
  });

  it('lets nobody of a role with compulsory MFA in without a second factor', async () => {
    await withIdentity(async house => {
      for (const role of ['administrator', 'owner'] as const) {
        const { step } = await addPerson(house, { email: `${role}@example.org`, role });
        assert.equal(step.state, 'enrolment_needed');
        const again = await house.identity.signIn(
          { email: `${role}@example.org`, password: secret(goodPassword) },
          from(),
        );
        assert.equal(again.state, 'enrolment_needed');
      }
      assert.deepEqual(await house.identity.listSessions({}), []);
    });
  });

  it('enrols once, with the same seed until it is confirmed, and asks for a code ever after', async () => {
    await withIdentity(async house => {
      const { step } = await addPerson(house, { email: 'ada@example.org', role: 'owner' });
      const pending = pendingOf(step);
      const [first, second] = await Promise.all([
        house.identity.beginEnrolment(pending),
        house.identity.beginEnrolment(pending),
      ]);
      assert.ok(first.secret.equals(second.secret));
      const uri = new URL(first.uri.reveal());
      assert.equal(`${uri.protocol}//${uri.host}`, 'otpauth://totp');
      assert.equal(uri.searchParams.get('secret'), first.secret.reveal());
      assert.equal(uri.searchParams.get('issuer'), 'Sallyport');
      const at = house.clock.wall;
      await assert.rejects(
        house.identity.confirmEnrolment({ pending, code: wrongCode(first.secret, at) }, from()),
        is('identity.code_invalid'),
      );
      await assert.rejects(
        house.identity.confirmEnrolment(
          { pending, code: code(first.secret, at) },
          from('203.0.113.7', 'other.example.org'),
        ),
        is('identity.code_invalid'),
      );
      const confirmed = await house.identity.confirmEnrolment({ pending, code: code(first.secret, at) }, from());
      const { session, user } = signedIn(confirmed.step);
      assert.deepEqual(session.methods, ['password', 'totp', 'link']);
      assert.equal(user.factors.totp, true);
      assert.equal(new Set(confirmed.recoveryCodes.map(one => one.reveal())).size, 10);
      await assert.rejects(
        house.identity.confirmEnrolment({ pending, code: code(first.secret, at) }, from()),
        is('identity.code_invalid'),
      );
      assert.equal(
        (await house.identity.signIn({ email: 'ada@example.org', password: secret(goodPassword) }, from())).state,
        'factor_needed',
      );
      const stored = JSON.stringify(await house.db.selectFrom('identity_factors').selectAll().execute());
      assert.ok(!stored.includes(first.secret.reveal()), 'the store holds no seed');
    });
  });

  it('does not let a second pending enrolment put another device in place of an enrolled one', async () => {
    await withIdentity(async house => {
      await addPerson(house, { email: 'ada@example.org', role: 'owner' });
      const signIn = () => house.identity.signIn({ email: 'ada@example.org', password: secret(goodPassword) }, from());
      const [honest, thief] = [pendingOf(await signIn()), pendingOf(await signIn())];
      const thiefSeed = (await house.identity.beginEnrolment(thief)).secret;
      const seed = (await house.identity.beginEnrolment(honest)).secret;
      await house.identity.confirmEnrolment({ pending: honest, code: code(seed, house.clock.wall) }, from());
      await assert.rejects(
        house.identity.confirmEnrolment({ pending: thief, code: code(thiefSeed, house.clock.wall) }, from()),
        is('identity.code_invalid'),
      );
      await assert.rejects(house.identity.beginEnrolment(thief), is('identity.code_invalid'));
    });
  });

  it('takes a TOTP code once, also when it comes twice at the same moment, and no older code', async () => {
    await withIdentity(async house => {
      const person = await addPersonWithTotp(house, { email: 'ada@example.org' });
      const begin = async () =>
        pendingOf(await house.identity.signIn({ email: 'ada@example.org', password: secret(goodPassword) }, from()));
      const enrolled = code(person.seed, house.clock.wall);
      assert.equal(
        (await house.identity.answerTotp({ pending: await begin(), code: enrolled }, from())).state,
        'refused',
        'the code of the enrolment',
      );
      house.pass(60_000);
      const pendings = [await begin(), await begin(), await begin()];
      const now = code(person.seed, house.clock.wall);
      const steps = await Promise.all(
        pendings.map(pending => house.identity.answerTotp({ pending, code: now }, from())),
      );
      assert.deepEqual(steps.map(step => step.state).sort(), ['refused', 'refused', 'signed_in']);
      const older = code(person.seed, house.clock.wall - 30_000);
      assert.equal((await house.identity.answerTotp({ pending: await begin(), code: older }, from())).state, 'refused');
    });
  });

  it('accepts one step of clock difference either way and no more', async () => {
    for (const [offset, expected] of [
      [-60_000, 'refused'],
      [-30_000, 'signed_in'],
      [0, 'signed_in'],
      [30_000, 'signed_in'],
      [60_000, 'refused'],
    ] as const) {
      await withIdentity(async house => {
        const person = await addPersonWithTotp(house, { email: 'ada@example.org' });
        house.pass(10 * minute);
        const pending = pendingOf(
          await house.identity.signIn({ email: 'ada@example.org', password: secret(goodPassword) }, from()),
        );
        const step = await house.identity.answerTotp(
          { pending, code: code(person.seed, house.clock.wall + offset) },
          from(),
        );
        assert.equal(step.state, expected, String(offset));
      });
    }
  });

  it('takes a recovery code once, in any case, with or without dashes; new codes void the old', async () => {
    await withIdentity(async house => {
      const person = await addPersonWithTotp(house, { email: 'ada@example.org' });
      const begin = async () =>
        pendingOf(await house.identity.signIn({ email: 'ada@example.org', password: secret(goodPassword) }, from()));
      const [first = secret(''), second = secret(''), third = secret('')] = person.recoveryCodes;
      const typed = ` ${first.reveal().toUpperCase().replaceAll('-', ' ')} `;
      const step = signedIn(await house.identity.answerTotp({ pending: await begin(), code: typed }, from()));
      assert.deepEqual(step.session.methods, ['password', 'recovery_code']);
      assert.equal(
        (await house.identity.answerTotp({ pending: await begin(), code: first.reveal() }, from())).state,
        'refused',
      );
      const pendings = [await begin(), await begin()];
      const both = await Promise.all(
        pendings.map(pending => house.identity.answerTotp({ pending, code: second.reveal() }, from())),
      );
      assert.deepEqual(both.map(one => one.state).sort(), ['refused', 'signed_in']);
      const [fresh] = await house.identity.makeRecoveryCodes(asPrincipal(person.user), person.user.id);
      assert.equal(
        (await house.identity.answerTotp({ pending: await begin(), code: third.reveal() }, from())).state,
        'refused',
      );
      signedIn(await house.identity.answerTotp({ pending: await begin(), code: fresh?.reveal() ?? '' }, from()));
      const stored = JSON.stringify(await house.db.selectFrom('identity_recovery_codes').selectAll().execute());
      assert.ok(!stored.includes(third.reveal().replaceAll('-', '')));
    });
  });

  it('binds a pending sign-in to its step, host, ten minutes, and one use', async () => {
    await withIdentity(async house => {
      const person = await addPersonWithTotp(house, { email: 'ada@example.org' });
      const email = person.user.email;
      house.pass(minute);
      const begin = async () =>
        pendingOf(await house.identity.signIn({ email, password: secret(goodPassword) }, from()));
      const answer = (pending: ReturnType<typeof secret>, ctx = from()) =>
        house.identity.answerTotp({ pending, code: code(person.seed, house.clock.wall) }, ctx);
      const pending = await begin();
      assert.equal(await house.identity.findSession(pending, from().host), undefined, 'it is not a session');
      assert.equal((await answer(person.token)).state, 'refused', 'nor is a session it');
      assert.equal((await answer(pending, from('203.0.113.7', 'evil.example.org'))).state, 'refused');
      await assert.rejects(house.identity.beginEnrolment(pending), is('identity.code_invalid'));
      for (const odd of [
        '',
        'sp_p_',
        `${pending.reveal()}A`,
        pending.reveal().replace('sp_p_', 'sp_s_'),
        pending.reveal().toUpperCase(),
      ]) {
        assert.equal((await answer(secret(odd))).state, 'refused');
      }
      signedIn(await answer(pending));
      house.pass(minute);
      assert.equal((await answer(pending)).state, 'refused');
      const late = await begin();
      house.pass(10 * minute);
      assert.equal((await answer(late)).state, 'refused');
      signedIn(await answer(await begin()));
    });
  });

  it('ends sign-ins under way with the password, factor, role or account that began them', async () => {
    const operator = operatorPrincipal;
    const acts = {
      disable: ['setDisabled', true],
      demote: ['setRole', 'administrator'],
      unfactor: ['removeTotp'],
      recover: ['recover'],
    } as const;
    for (const [name, [act, value]] of Object.entries(acts)) {
      await withIdentity(async house => {
        await addPersonWithTotp(house, { email: 'root@example.org' });
        const person = await addPersonWithTotp(house, { email: 'ada@example.org' });
        house.pass(minute);
        const pending = pendingOf(
          await house.identity.signIn({ email: 'ada@example.org', password: secret(goodPassword) }, from()),
        );
        if (act === 'setDisabled') {
          await house.identity.setDisabled(operator, person.user.id, value);
          await house.identity.setDisabled(operator, person.user.id, false);
        } else if (act === 'setRole') await house.identity.setRole(operator, person.user.id, value);
        else if (act === 'removeTotp') await house.identity.removeTotp(operator, person.user.id);
        else {
          const { token } = await house.identity.issueLink(operator, { purpose: 'recovery', userId: person.user.id });
          await house.identity.redeemLink(token, { password: secret(otherPassword) }, from());
        }
        const step = await house.identity.answerTotp({ pending, code: code(person.seed, house.clock.wall) }, from());
        assert.equal(step.state, 'refused', name);
        assert.deepEqual(await house.identity.listSessions({ userId: person.user.id }), [], name);
      });
    }
  });

  it('makes the hash anew when the parameters change, and keeps the password', async () => {
    await withIdentity(async house => {
      await addPerson(house, { email: 'ada@example.org' });
      const hashOf = async () =>
        (await house.db.selectFrom('identity_passwords').select('hash').executeTakeFirstOrThrow()).hash;
      const before = await hashOf();
      assert.match(before, /^\$argon2id\$v=19\$m=64,t=1,p=1\$/);
      const stronger = house.another({
        ...house.config,
        passwords: { ...house.config.passwords, memoryKib: 128, passes: 2 },
      });
      signedIn(await stronger.signIn({ email: 'ada@example.org', password: secret(goodPassword) }, from()));
      const after = await hashOf();
      assert.match(after, /^\$argon2id\$v=19\$m=128,t=2,p=1\$/);
      signedIn(await stronger.signIn({ email: 'ada@example.org', password: secret(goodPassword) }, from()));
      assert.equal(await hashOf(), after);
    });
  });

  it('refuses as busy beyond its bounds, and does not hold that against anybody', async () => {
    await withIdentity(
      async house => {
        await addPerson(house, { email: 'ada@example.org' });
        const flood = await Promise.allSettled(
          Array.from({ length: 30 }, (_, i) =>
            house.identity.signIn({ email: `p${i}@example.org`, password: secret('x') }, from(`10.0.${i}.1`)),
          ),
        );
        const busy = flood.filter(one => one.status === 'rejected');
        assert.ok(busy.length > 0);
        for (const one of busy) assert.ok(one.status === 'rejected' && is('identity.busy')(one.reason));
        const kept = await house.db.selectFrom('identity_lockouts').selectAll().where('failures', '>', 0).execute();
        assert.equal(kept.length, (30 - busy.length) * 2);
        signedIn(await house.identity.signIn({ email: 'ada@example.org', password: secret(goodPassword) }, from()));
      },
      { passwords: { activeMax: 1, waitingMax: 0, memoryKib: 65_536, passes: 3 } },
    );
  });
});

describe('reauthentication', () => {
  it('gives a new session, id and token for the old, with all factors asked again', async () => {
    await withIdentity(async house => {
      const person = await addPersonWithTotp(house, { email: 'ada@example.org' });
      const { token, session } = await signInWithTotp(house, person);
      house.pass(20 * minute);
      const proof = (patch: object = {}) => ({
        sessionId: session.id,
        password: secret(goodPassword),
        code: code(person.seed, house.clock.wall),
        ...patch,
      });
      for (const bad of [
        { password: secret('wrong') },
        { code: wrongCode(person.seed, house.clock.wall) },
        { code: undefined },
      ]) {
        assert.equal((await house.identity.reauthenticate(proof(bad), from())).state, 'refused');
      }
      assert.equal(
        (await house.identity.reauthenticate(proof(), from('203.0.113.7', 'other.example.org'))).state,
        'refused',
      );
      const renewed = signedIn(await house.identity.reauthenticate(proof(), from()));
      assert.notEqual(renewed.session.id, session.id);
      assert.ok(!renewed.token.equals(token));
      assert.equal(renewed.session.authenticatedAt, house.clock.wall);
      assert.equal(await house.identity.findSession(token, from().host), undefined, 'the old token is worth nothing');
      await assert.rejects(house.identity.reauthenticate(proof(), from()), is('identity.session_not_found'));
      assert.ok(house.events.some(event => event.type === 'session.renewed' && event.data.previousId === session.id));
    });
  });

  it('bounds guesses of the password by who holds a session', async () => {
    await withIdentity(async house => {
      const { user, step } = await addPerson(house, { email: 'ada@example.org' });
      const { session } = signedIn(step);
      const wrong = () => house.identity.reauthenticate({ sessionId: session.id, password: secret('no') }, from());
      await Promise.all(Array.from({ length: 10 }, wrong));
      const right = await house.identity.reauthenticate(
        { sessionId: session.id, password: secret(goodPassword) },
        from(),
      );
      assert.deepEqual(right, { state: 'refused', retryAfterMs: minute });
      const change = {
        userId: user.id,
        current: secret(goodPassword),
        next: secret(otherPassword),
        keepSessionId: session.id,
      };
      await assert.rejects(house.identity.changePassword(asPrincipal(user), change), is('identity.too_many_attempts'));
    });
  });
});
