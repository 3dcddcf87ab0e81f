import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { operatorPrincipal } from '../core/events.ts';
import {
  addPerson,
  addPersonWithTotp,
  from,
  goodPassword,
  type House,
  is,
  secret,
  signedIn,
  signInWithTotp,
  withIdentity,
} from './identity.fixture.ts';
import { createSteadyTime } from './steady-time.ts';

const minute = 60_000;
const hour = 60 * minute;
const host = from().host;
const n8n = 'n8n.example.org';

async function open(house: House, email = 'ada@example.org') {
  return signedIn(await house.identity.signIn({ email, password: secret(goodPassword) }, from()));
}

async function handOff(house: House, sessionId: string, target = n8n) {
  const handoff = await house.identity.issueHandoff(sessionId, target);
  return signedIn(await house.identity.redeemHandoff(handoff, from('203.0.113.7', target)));
}

const reasons = (house: House) =>
  house.events.flatMap(event => (event.type === 'session.ended' ? [event.data.reason] : []));

describe('sessions', () => {
  it('are found by their token on their host only', async () => {
    await withIdentity(async house => {
      await addPerson(house, { email: 'ada@example.org' });
      const { token, session } = await open(house);
      assert.equal((await house.identity.findSession(token, host))?.session.id, session.id);
      assert.equal(await house.identity.findSession(token, 'other.example.org'), undefined);
      for (const odd of [
        '',
        'sp_s_',
        session.id,
        session.tokenHash,
        `${token.reveal()} `,
        token.reveal().slice(0, -1),
      ]) {
        assert.equal(await house.identity.findSession(secret(odd), host), undefined, odd);
      }
    });
  });

  it('end when idle, and at their absolute end however much they are used', async () => {
    await withIdentity(async house => {
      await addPerson(house, { email: 'ada@example.org' });
      const idle = await open(house);
      house.pass(hour - 1);
      assert.ok(await house.identity.findSession(idle.token, host));
      house.pass(1);
      assert.equal(await house.identity.findSession(idle.token, host), undefined);
      await house.identity.touchSessions(new Map([[idle.session.id, house.clock.wall]]));
      assert.equal(await house.identity.findSession(idle.token, host), undefined, 'use after the end revives nothing');
      const used = await open(house);
      for (let i = 1; i < 24; i++) {
        house.pass(30 * minute);
        await house.identity.touchSessions(new Map([[used.session.id, house.clock.wall + 99 * hour]]));
        assert.ok(await house.identity.findSession(used.token, host), `after ${i / 2} hours`);
      }
      house.pass(30 * minute);
      assert.equal(await house.identity.findSession(used.token, host), undefined);
      assert.equal(await house.identity.sweep(), 3, 'with the one of the invitation');
      assert.deepEqual(reasons(house).sort(), ['expired', 'idle', 'idle'].sort());
      assert.equal(await house.identity.sweep(), 0);
      assert.deepEqual((await house.identity.load()).sessions, []);
      assert.equal((await house.identity.listSessions({ includeEnded: true })).length, 3, 'rows are kept');
    });
  });

  it('are neither revived nor prolonged by a clock set back, and expire by one set forward', async () => {
    await withIdentity(async house => {
      await addPerson(house, { email: 'ada@example.org' });
      const ended = await open(house);
      await house.identity.endSession(operatorPrincipal, ended.session.id, 'test');
      const live = await open(house);
      house.clock.wall -= 30 * 24 * hour;
      assert.equal(await house.identity.findSession(ended.token, host), undefined);
      assert.ok(await house.identity.findSession(live.token, host), 'a running process goes by what has passed');
      house.clock.monotonic += hour;
      assert.equal(await house.identity.findSession(live.token, host), undefined, 'idle all the same');
      assert.equal(
        await house.another().findSession(live.token, host),
        undefined,
        'a new process sees it come from the future',
      );
      const later = await open(house);
      house.clock.wall += 60 * 24 * hour;
      assert.equal(await house.identity.findSession(later.token, host), undefined);
    });
  });

  it('go by a time that never goes back, whatever the wall clock does', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 1e6 }))), steps => {
        const time = { wall: 1e12, monotonic: 5 };
        const now = createSteadyTime({ now: () => time.wall, monotonicMs: () => time.monotonic });
        let passed = 0;
        for (const [jump, ms] of steps) {
          time.wall += jump;
          time.monotonic += ms;
          passed += ms;
          assert.ok(now() >= 1e12 + passed, 'at least what has passed');
          assert.ok(now() >= time.wall, 'at least the wall clock');
        }
      }),
    );
  });

  it('of one person are at most so many; the oldest ends for one more', async () => {
    await withIdentity(
      async house => {
        const { step } = await addPerson(house, { email: 'ada@example.org' });
        const first = signedIn(step);
        const child = await handOff(house, first.session.id);
        house.pass(1000);
        const opened = [];
        for (let i = 0; i < 3; i++) {
          opened.push(await open(house));
          house.pass(1000);
        }
        const live = await house.identity.listSessions({});
        assert.deepEqual(new Set(live.map(session => session.id)), new Set(opened.map(one => one.session.id)));
        assert.equal(await house.identity.findSession(first.token, host), undefined);
        assert.equal(await house.identity.findSession(child.token, n8n), undefined);
        assert.deepEqual(reasons(house), ['too_many', 'too_many']);
        const [root] = opened;
        for (let i = 0; i < 5; i++) await handOff(house, root?.session.id ?? '');
        assert.equal((await house.identity.listSessions({})).length, 6);
      },
      { sessions: { perPersonMax: 3 } },
    );
  });

  it('end for good, one or all, and tell it before the call returns', async () => {
    await withIdentity(async house => {
      const { user } = await addPerson(house, { email: 'ada@example.org' });
      const [one, two, three] = [await open(house), await open(house), await open(house)];
      house.changes.length = 0;
      await house.identity.endSession(operatorPrincipal, one.session.id, 'because');
      const [told] = house.changes;
      assert.ok(
        told?.kind === 'session' && told.session.id === one.session.id && told.session.endedAt === house.clock.wall,
      );
      await house.identity.endSession(operatorPrincipal, one.session.id, 'again');
      assert.equal(house.changes.length, 1, 'ending twice is ending once');
      assert.equal(await house.identity.endAllSessions(operatorPrincipal, user.id, 'all', three.session.id), 2);
      assert.equal(await house.identity.findSession(two.token, host), undefined);
      assert.ok(await house.identity.findSession(three.token, host));
      await assert.rejects(house.identity.endSession(operatorPrincipal, 'nope', 'x'), is('identity.session_not_found'));
    });
  });

  it('end with the account: at once when disabled or deleted, and for a change of role', async () => {
    await withIdentity(async house => {
      const acts = {
        disabled: (id: string) => house.identity.setDisabled(operatorPrincipal, id, true),
        role_changed: (id: string) => house.identity.setRole(operatorPrincipal, id, 'administrator'),
        deleted: (id: string) => house.identity.deleteUser(operatorPrincipal, id),
      };
      for (const [reason, act] of Object.entries(acts)) {
        const { user, step } = await addPerson(house, { email: `${reason}@example.org` });
        const { token, session } = signedIn(step);
        const child = await handOff(house, session.id);
        await act(user.id);
        assert.equal(await house.identity.findSession(token, host), undefined);
        assert.equal(await house.identity.findSession(child.token, n8n), undefined);
        const rows = await house.identity.listSessions({ userId: user.id, includeEnded: true });
        assert.deepEqual(
          rows.map(row => row.endReason),
          [reason, reason],
        );
        assert.equal(await house.identity.findSession(token, host), undefined);
      }
    });
  });

  it('touched by many at once keep the latest time', async () => {
    await withIdentity(async house => {
      await addPerson(house, { email: 'ada@example.org' });
      const { token, session } = await open(house);
      house.pass(10 * minute);
      const times = [3, 9, 1, 7, 5].map(minutes => session.createdAt + minutes * minute);
      await Promise.all(times.map(at => house.identity.touchSessions(new Map([[session.id, at]]))));
      const found = await house.identity.findSession(token, host);
      assert.equal(found?.session.lastSeenAt, session.createdAt + 9 * minute);
    });
  });
});

describe('handoff', () => {
  it('opens a session on the other host with the same proofs and end, which ends with the first', async () => {
    await withIdentity(async house => {
      const person = await addPersonWithTotp(house, { email: 'ada@example.org' });
      const root = await signInWithTotp(house, person);
      house.pass(5 * minute);
      const child = await handOff(house, root.session.id);
      assert.deepEqual(child.session.methods, root.session.methods);
      assert.equal(child.session.authenticatedAt, root.session.authenticatedAt);
      assert.equal(child.session.expiresAt, root.session.expiresAt);
      assert.notEqual(child.session.id, root.session.id);
      const grandchild = await handOff(house, child.session.id, 'flowise.example.org');
      await house.identity.endSession(operatorPrincipal, child.session.id, 'test');
      assert.ok(await house.identity.findSession(grandchild.token, 'flowise.example.org'), 'all hang on the first');
      await house.identity.endSession(operatorPrincipal, root.session.id, 'test');
      assert.equal(await house.identity.findSession(grandchild.token, 'flowise.example.org'), undefined);
      await assert.rejects(house.identity.issueHandoff(root.session.id, n8n), is('identity.session_not_found'));
    });
  });

  it('stays with the person who proves themselves again', async () => {
    await withIdentity(async house => {
      await addPerson(house, { email: 'ada@example.org' });
      const root = await open(house);
      const child = await handOff(house, root.session.id);
      const again = signedIn(
        await house.identity.reauthenticate({ sessionId: root.session.id, password: secret(goodPassword) }, from()),
      );
      assert.ok(await house.identity.findSession(child.token, n8n));
      await house.identity.endSession(operatorPrincipal, again.session.id, 'test');
      assert.equal(await house.identity.findSession(child.token, n8n), undefined);
    });
  });

  it('keeps the first session in use while the person works on the other host', async () => {
    await withIdentity(async house => {
      await addPerson(house, { email: 'ada@example.org' });
      const root = await open(house);
      const child = await handOff(house, root.session.id);
      for (let i = 0; i < 4; i++) {
        house.pass(45 * minute);
        await house.identity.touchSessions(new Map([[child.session.id, house.clock.wall]]));
        await house.identity.sweep();
      }
      assert.ok(await house.identity.findSession(child.token, n8n));
      assert.ok(await house.identity.findSession(root.token, host));
    });
  });

  it('is good once, for 30 seconds, on its host; shown elsewhere it is spent', async () => {
    await withIdentity(async house => {
      await addPerson(house, { email: 'ada@example.org' });
      const { session } = await open(house);
      const redeem = (handoff: ReturnType<typeof secret>, target = n8n) =>
        house.identity.redeemHandoff(handoff, from('203.0.113.7', target));
      const once = await house.identity.issueHandoff(session.id, n8n);
      const steps = await Promise.all([redeem(once), redeem(once), redeem(once)]);
      assert.deepEqual(steps.map(step => step.state).sort(), ['refused', 'refused', 'signed_in']);
      const late = await house.identity.issueHandoff(session.id, n8n);
      house.pass(30_000);
      assert.equal((await redeem(late)).state, 'refused');
      const leaked = await house.identity.issueHandoff(session.id, n8n);
      assert.equal((await redeem(leaked, 'evil.example.org')).state, 'refused');
      assert.equal((await redeem(leaked)).state, 'refused');
      const orphan = await house.identity.issueHandoff(session.id, n8n);
      await house.identity.endSession(operatorPrincipal, session.id, 'test');
      assert.equal((await redeem(orphan)).state, 'refused');
      for (const odd of ['', 'sp_h_', orphan.reveal().replace('sp_h_', 'sp_s_')])
        assert.equal((await redeem(secret(odd))).state, 'refused');
    });
  });
});
