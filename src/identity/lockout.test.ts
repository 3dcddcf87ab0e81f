import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { describe, it } from 'node:test';
import {
  addPerson,
  addPersonWithTotp,
  code,
  from,
  goodPassword,
  type House,
  pendingOf,
  secret,
  signedIn,
  withIdentity,
  wrongCode,
} from './identity.fixture.ts';

const minute = 60_000;
const guess = (house: House, email: string, clientIp?: string) =>
  house.identity.signIn({ email, password: secret('not the password') }, from(clientIp));
const tryRight = (house: House, email: string, clientIp?: string) =>
  house.identity.signIn({ email, password: secret(goodPassword) }, from(clientIp));
const failures = (house: House, reason: string) =>
  house.events.filter(event => event.type === 'auth.failed' && event.data.reason === reason).length;
const locks = (house: House) => house.events.filter(event => event.type === 'auth.locked');

describe('lockout', () => {
  it('judges five guesses of a parallel burst and no more', async () => {
    await withIdentity(async house => {
      await addPerson(house, { email: 'ada@example.org' });
      const steps = await Promise.all(Array.from({ length: 40 }, () => guess(house, 'ada@example.org')));
      assert.ok(steps.every(step => step.state === 'refused'));
      assert.equal(failures(house, 'wrong'), 5);
      assert.equal(failures(house, 'locked'), 35);
      assert.equal(locks(house).length, 1);
      assert.deepEqual(await tryRight(house, 'ada@example.org'), { state: 'refused', retryAfterMs: minute });
    });
  });

  it('doubles the wait with each further failure up to the longest, and is never prolonged by trying', async () => {
    await withIdentity(async house => {
      await addPerson(house, { email: 'ada@example.org' });
      for (let i = 0; i < 4; i++) assert.deepEqual(await guess(house, 'ada@example.org'), { state: 'refused' });
      for (const minutes of [1, 2, 4, 8, 15, 15]) {
        assert.deepEqual(await guess(house, 'ada@example.org'), { state: 'refused', retryAfterMs: minutes * minute });
        house.pass(minutes * minute - 1);
        assert.deepEqual(await guess(house, 'ada@example.org'), { state: 'refused', retryAfterMs: 1 });
        house.pass(1);
      }
      signedIn(await tryRight(house, 'ada@example.org'));
      assert.deepEqual(await guess(house, 'ada@example.org'), { state: 'refused' });
    });
  });

  it('forgets failures after a day', async () => {
    await withIdentity(async house => {
      await addPerson(house, { email: 'ada@example.org' });
      for (let i = 0; i < 4; i++) await guess(house, 'ada@example.org');
      house.pass(24 * 60 * minute);
      assert.deepEqual(await guess(house, 'ada@example.org'), { state: 'refused' });
      signedIn(await tryRight(house, 'ada@example.org'));
    });
  });

  it('treats people who do not exist alike, answer for answer', async () => {
    await withIdentity(async house => {
      await addPerson(house, { email: 'ada@example.org' });
      const known = [];
      const unknown = [];
      for (let i = 0; i < 8; i++) {
        known.push(await guess(house, 'ada@example.org', '198.51.100.1'));
        unknown.push(await guess(house, 'nobody@example.org', '198.51.100.2'));
        house.pass(5000);
      }
      assert.deepEqual(known, unknown);
      assert.equal(locks(house).length, 2);
    });
  });

  it('cannot be got round by case, width, spaces, or another form of the address', async () => {
    await withIdentity(async house => {
      await addPerson(house, { email: 'ada@example.org' });
      const forms = [
        'ADA@example.org',
        ' ada@example.org ',
        'Ada@Example.ORG',
        'ａｄａ@example.org',
        '\u00a0ada@example.org',
      ];
      for (const form of forms) await guess(house, form);
      assert.equal((await tryRight(house, 'ada@example.org')).state, 'refused');
      assert.equal(failures(house, 'wrong'), 5);
    });
  });

  it('sees one network in every address of an IPv6 /64, and in both forms of an IPv4 address', async () => {
    await withIdentity(async house => {
      await addPerson(house, { email: 'ada@example.org' });
      for (let i = 0; i < 5; i++) await guess(house, 'ada@example.org', `2001:db8:1:2::${i + 1}`);
      assert.equal((await tryRight(house, 'ada@example.org', '2001:db8:1:2:ffff::9')).state, 'refused');
      signedIn(await tryRight(house, 'ada@example.org', '2001:db8:1:3::1'));
      for (let i = 0; i < 5; i++) {
        await guess(house, 'ada@example.org', i % 2 === 0 ? '192.0.2.1' : '::ffff:192.0.2.1');
      }
      assert.equal((await tryRight(house, 'ada@example.org', '192.0.2.1')).state, 'refused');
    });
  });

  it('bounds guessing from many networks, without keeping the person out of their own', async () => {
    await withIdentity(async house => {
      await addPerson(house, { email: 'ada@example.org' });
      const home = '203.0.113.7';
      for (let i = 0; i < 60; i++) await guess(house, 'ada@example.org', `2001:db8:${i}::1`);
      assert.equal(failures(house, 'wrong'), 20, 'the limit for one account');
      assert.equal((await tryRight(house, 'ada@example.org', '198.51.100.99')).state, 'refused', 'a new network waits');
      signedIn(await tryRight(house, 'ada@example.org', home));
      // The same for somebody who does not exist.
      for (let i = 0; i < 60; i++) await guess(house, 'nobody@example.org', `2001:db8:${i}::1`);
      assert.equal(failures(house, 'wrong'), 40);
    });
  });

  it('bounds how long an attacker can keep anybody waiting', async () => {
    await withIdentity(async house => {
      await addPerson(house, { email: 'ada@example.org' });
      for (let i = 0; i < 200; i++) {
        const step = await guess(house, 'ada@example.org');
        assert.ok(step.state === 'refused' && (step.retryAfterMs ?? 0) <= 15 * minute);
        house.pass(20_000);
      }
      house.pass(15 * minute);
      signedIn(await tryRight(house, 'ada@example.org'));
    });
  });

  it('stops a network that tries many people, and leaves others alone', async () => {
    await withIdentity(
      async house => {
        await addPerson(house, { email: 'ada@example.org' });
        for (let i = 0; i < 15; i++) await guess(house, `person${i}@example.org`, '198.51.100.1');
        assert.equal(failures(house, 'wrong'), 10);
        const step = await tryRight(house, 'ada@example.org', '198.51.100.1');
        assert.ok(step.state === 'refused' && (step.retryAfterMs ?? 0) > 0);
        assert.deepEqual(
          locks(house).map(event => (event.type === 'auth.locked' ? event.data.scope : '')),
          ['network'],
        );
        signedIn(await tryRight(house, 'ada@example.org', '198.51.100.2'));
        house.pass(15 * minute);
        signedIn(await tryRight(house, 'ada@example.org', '198.51.100.1'));
      },
      { lockout: { networkFailuresMax: 10 } },
    );
  });

  it('does not charge a network for people who sign in', async () => {
    await withIdentity(
      async house => {
        await addPerson(house, { email: 'ada@example.org' });
        for (let i = 0; i < 12; i++) signedIn(await tryRight(house, 'ada@example.org'));
        await guess(house, 'ada@example.org');
        signedIn(await tryRight(house, 'ada@example.org'));
      },
      { lockout: { networkFailuresMax: 5 } },
    );
  });

  it('survives a restart and a clock that is set back', async () => {
    await withIdentity(async house => {
      await addPerson(house, { email: 'ada@example.org' });
      for (let i = 0; i < 5; i++) await guess(house, 'ada@example.org');
      const restarted = house.another();
      const again = { email: 'ada@example.org', password: secret(goodPassword) };
      assert.equal((await restarted.signIn(again, from())).state, 'refused');
      house.clock.wall -= 60 * minute;
      house.clock.monotonic += minute;
      signedIn(await tryRight(house, 'ada@example.org'));
      // A lock written by a clock that ran a year ahead binds nobody for a year.
      await house.db
        .updateTable('identity_lockouts')
        .set({ locked_until: house.clock.wall + 365 * 24 * 60 * minute })
        .execute();
      signedIn(await house.another().signIn(again, from()));
    });
  });

  it('bounds guesses of a second factor over sign-ins, codes and kinds of code', async () => {
    await withIdentity(async house => {
      const person = await addPersonWithTotp(house, { email: 'ada@example.org' });
      const pendings = [];
      for (let i = 0; i < 4; i++) pendings.push(pendingOf(await tryRight(house, 'ada@example.org')));
      const bad = wrongCode(person.seed, house.clock.wall);
      const guesses = pendings.flatMap(pending =>
        [bad, 'aaaaaa-aaaaaa-aaaaaa-aaaaaa', bad].map(guessed => ({ pending, code: guessed })),
      );
      await Promise.all(guesses.map(input => house.identity.answerTotp(input, from())));
      assert.equal(failures(house, 'wrong'), 5);
      house.pass(30_000);
      const [pending] = pendings;
      assert.ok(pending);
      const right = { pending, code: code(person.seed, house.clock.wall) };
      assert.equal((await house.identity.answerTotp(right, from())).state, 'refused');
      const byRecovery = { pending, code: person.recoveryCodes[0]?.reveal() ?? '' };
      assert.equal((await house.identity.answerTotp(byRecovery, from())).state, 'refused');
      const anew = pendingOf(await tryRight(house, 'ada@example.org'));
      assert.equal((await house.identity.answerTotp({ pending: anew, code: right.code }, from())).state, 'refused');
      const again = { sessionId: person.sessionId, password: secret(goodPassword), code: right.code };
      assert.equal(
        (await house.identity.reauthenticate(again, from())).state,
        'refused',
        'nor by proving oneself again',
      );
      house.pass(minute);
      signedIn(await house.identity.answerTotp({ pending: anew, code: code(person.seed, house.clock.wall) }, from()));
    });
  });
});

describe('enumeration', () => {
  it('gives one answer for unknown, disabled, passwordless and wrong, and records no password typed as a login', async () => {
    await withIdentity(async house => {
      const { user } = await addPerson(house, { email: 'off@example.org' });
      await house.identity.setDisabled({ kind: 'operator', id: 'operator', name: 'op' }, user.id, true);
      await addPerson(house, { email: 'ada@example.org' });
      await house.identity.createUser(
        { kind: 'operator', id: 'operator', name: 'op' },
        { email: 'new@example.org', name: 'N', role: 'member' },
      );
      const inputs = [
        ['nobody@example.org', goodPassword],
        ['off@example.org', goodPassword],
        ['new@example.org', goodPassword],
        ['new@example.org', ''],
        ['ada@example.org', 'wrong'],
        ['ada@example.org', `${goodPassword} `],
        ['ada@example.org', goodPassword.toUpperCase()],
        ['ada@example.org', 'x'.repeat(100_000)],
        ['', ''],
        ['x'.repeat(100_000), 'y'],
        ['My-Secret-Passphrase', 'z'],
        ["' or 1=1 --@x", 'z'],
        ['ada@example.org\u0000', goodPassword],
      ] as const;
      for (const [email, password] of inputs) {
        const step = await house.identity.signIn(
          { email, password: secret(password) },
          from(`198.51.100.${inputs.findIndex(input => input[0] === email && input[1] === password)}`),
        );
        assert.deepEqual(step, { state: 'refused' }, email);
      }
      const recorded = JSON.stringify(house.events);
      assert.ok(!recorded.includes('My-Secret-Passphrase'));
      assert.ok(recorded.length < 100_000);
    });
  });

  // What breaks if this fails: an attacker learns by the clock who has an account.
  it('takes the same time for an unknown person and a wrong password', async () => {
    await withIdentity(
      async house => {
        await addPerson(house, { email: 'ada@example.org' });
        const samples: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] };
        for (let i = 0; i < 160; i++) {
          const kind = i % 2 === 0 ? 'known' : 'unknown';
          const email = kind === 'known' ? 'ada@example.org' : 'eve@example.org';
          const startMs = performance.now();
          await guess(house, email, `10.${i}.0.1`);
          samples[kind].push(performance.now() - startMs);
        }
        assert.equal(failures(house, 'wrong'), 160);
        const known = median(samples.known);
        const unknown = median(samples.unknown);
        // Without the computation for nobody the medians differ by far more than half: it is most of the time.
        assert.ok(Math.abs(known - unknown) < 0.35 * Math.max(known, unknown), `medians ${known} ms and ${unknown} ms`);
      },
      { lockout: { accountFailuresMax: 1000, networkFailuresMax: 1000 }, passwords: { memoryKib: 8192, passes: 3 } },
    );
  });
});

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
