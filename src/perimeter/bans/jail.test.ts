import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from '../../core/clock.ts';
import type { PrincipalRef, SecurityEvent } from '../../core/events.ts';
import { anonymous } from '../../core/events.ts';
import { silentLog } from '../../core/log.ts';
import type { BanHouse } from './bans.fixture.ts';
import { withBans } from './bans.fixture.ts';
import type { Jail, JailConfig } from './jail.ts';
import { createJail } from './jail.ts';

const base: JailConfig = { enabled: true, threshold: 100, windowMs: 600_000, bansPerMinuteMax: 60 };
let requests = 0;

function denied(clientIp: string, type: string, principal: PrincipalRef = anonymous): SecurityEvent {
  requests++;
  const id = `r-${requests}`;
  return {
    ...{
      id,
      time: 0,
      type: 'request.finished',
      outcome: 'denied',
      action: 'request',
      requestId: id,
      principal,
      clientIp,
    },
    data: {
      ...{ method: 'GET', endpoint: '/', path: '/', status: 403, bytesIn: 0, bytesOut: 0, durationMs: 1, layersUs: {} },
      denied: { layer: 'any', reason: 'any', type },
    },
  };
}

const jailOf = (house: BanHouse, patch: Partial<JailConfig> = {}): Jail =>
  createJail({ ...house, log: silentLog, config: { ...base, ...patch } });

function feed(jail: Jail, count: number, ip: string, type: string): void {
  for (let i = 0; i < count; i++) jail.consume(denied(ip, type));
}

describe('the jail', () => {
  it('does not let a foreign page have its visitors banned', () =>
    withBans(async house => {
      const jail = jailOf(house);
      for (let turn = 0; turn < 50; turn++) {
        const event = denied('192.0.2.1', 'firewall');
        if (event.type === 'request.finished') jail.consume({ ...event, data: { ...event.data, isCrossSite: true } });
      }
      await jail.settled();
      assert.equal(house.plane.find('192.0.2.1'), undefined);
    }));

  it('bans who is refused too often, with the requests it was earned with', () =>
    withBans(async house => {
      const jail = jailOf(house);
      feed(jail, 9, '192.0.2.1', 'firewall');
      await jail.settled();
      assert.equal(house.plane.find('192.0.2.1'), undefined);
      jail.consume(denied('192.0.2.1', 'firewall'));
      await jail.settled();
      assert.match(house.plane.find('192.0.2.1')?.reason ?? '', /firewall 10×/);
      const [event] = house.events;
      assert.ok(event?.type === 'ban.created');
      assert.equal(event.data.evidence.length, 10);
      assert.equal(event.data.score, 100);
      assert.equal(event.data.evidence.at(-1), `r-${requests}`);
      assert.equal(event.data.untilMs, house.clock.ms + 600_000);
    }));

  it('counts only what lies in the window', () =>
    withBans(async house => {
      const jail = jailOf(house);
      for (let i = 0; i < 50; i++) {
        feed(jail, 1, '192.0.2.1', 'firewall');
        house.clock.ms += 70_000;
      }
      await jail.settled();
      assert.deepEqual(house.events, []);
    }));

  it('counts an IPv6 /64 as one and bans it whole', () =>
    withBans(async house => {
      const jail = jailOf(house);
      for (let i = 1; i <= 10; i++) jail.consume(denied(`2001:db8:1:2::${i}`, 'firewall'));
      await jail.settled();
      assert.ok(house.plane.find('2001:db8:1:2::abcd'));
    }));

  it('never bans the exempt, the signed-in, or anybody for what honest people run into', () =>
    withBans(async house => {
      const jail = jailOf(house);
      feed(jail, 500, '10.0.0.1', 'firewall');
      feed(jail, 500, '127.0.0.1', 'firewall');
      feed(jail, 500, 'nonsense', 'firewall');
      for (let i = 0; i < 500; i++) jail.consume(denied('192.0.2.1', 'firewall', { kind: 'user', id: 'u', name: 'u' }));
      for (const type of ['unauthenticated', 'forbidden', 'overload', 'upstream', 'banned', 'toString', 'geo'])
        feed(jail, 500, '192.0.2.1', type);
      feed(jail, 49, '192.0.2.2', 'closed_route');
      feed(jail, 400, '192.0.2.3', 'rate_limit');
      await jail.settled();
      assert.deepEqual(house.events, []);
    }));

  it('bans who guesses passwords', () =>
    withBans(async house => {
      const jail = jailOf(house);
      for (let i = 0; i < 20; i++) {
        jail.consume({
          ...{
            id: `e${i}`,
            time: 0,
            type: 'auth.failed',
            outcome: 'failure',
            principal: anonymous,
            action: 'session.open',
          },
          ...{ clientIp: '192.0.2.1', data: { login: 'a', factor: 'password', reason: 'wrong' } },
        });
      }
      await jail.settled();
      assert.ok(house.plane.find('192.0.2.1'));
    }));

  it('bans no more than so many in a minute, and says so', () =>
    withBans(async house => {
      const jail = jailOf(house, { bansPerMinuteMax: 3 });
      for (let i = 1; i <= 8; i++) feed(jail, 10, `192.0.2.${i}`, 'firewall');
      await jail.settled();
      const types = () => house.events.map(event => event.type);
      assert.deepEqual(types().toSorted(), ['ban.created', 'ban.created', 'ban.created', 'ban.withheld'].toSorted());
      house.clock.ms += 60_000;
      feed(jail, 1, '192.0.2.8', 'firewall');
      await jail.settled();
      assert.ok(house.plane.find('192.0.2.8'), 'who goes on is banned in the next minute');
      const summed = house.events.findLast(event => event.type === 'ban.withheld');
      assert.ok(summed?.type === 'ban.withheld' && summed.data.count === 5 && summed.data.networks.length === 5);
    }));

  it('does nothing when it is off, and goes on when a ban cannot be recorded', () =>
    withBans(async house => {
      const off = jailOf(house, { enabled: false });
      feed(off, 100, '192.0.2.1', 'firewall');
      assert.equal(off.tracked, 0);
      const jail = jailOf(house);
      house.isAuditDown = true;
      feed(jail, 10, '192.0.2.1', 'firewall');
      await jail.settled();
      house.isAuditDown = false;
      feed(jail, 10, '192.0.2.1', 'firewall');
      await jail.settled();
      assert.ok(house.plane.find('192.0.2.1'));
    }));

  it('keeps within its memory in a flood and holds the worst offender', () =>
    withBans(async house => {
      const jail = jailOf(house);
      feed(jail, 9, '192.0.2.1', 'firewall');
      for (let i = 0; i < 25_000; i++)
        jail.consume(denied(`198.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, 'closed_route'));
      assert.equal(jail.tracked, 20_000);
      feed(jail, 1, '192.0.2.1', 'firewall');
      await jail.settled();
      assert.ok(house.plane.find('192.0.2.1'));
    }));

  it('takes less than a second from the event to the ban in force', () =>
    withBans(async house => {
      const jail = createJail({ ...house, clock: systemClock, log: silentLog, config: base });
      const startedAt = performance.now();
      feed(jail, 5, '192.0.2.1', 'path_traversal');
      await jail.settled();
      assert.ok(house.plane.find('192.0.2.1'));
      assert.ok(performance.now() - startedAt < 1000);
    }));
});
