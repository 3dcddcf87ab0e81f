import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FirewallRecord, SecurityEvent } from '../core/events.ts';
import { anonymous, createBus } from '../core/events.ts';
import { silentLog } from '../core/log.ts';
import { createPerimeterActivity } from './perimeter-activity.ts';

const now = 1_700_000_000_000;
const hourMs = 3_600_000;
let made = 0;

interface About {
  readonly time?: number;
  readonly site?: string;
  readonly clientIp?: string;
  readonly requestId?: string;
}

const base = (about: About) => ({ id: `e-${made++}`, time: now, principal: anonymous, action: 'request', ...about });

function request(about: About, denied?: { layer: string; type: string }): SecurityEvent {
  const none = { method: 'GET', endpoint: '/a', path: '/a', status: 200, bytesIn: 0, bytesOut: 0, durationMs: 0 };
  const why = denied === undefined ? {} : { denied: { ...denied, reason: 'test' } };
  const outcome = denied === undefined ? 'success' : 'denied';
  return { ...base(about), outcome, type: 'request.finished', data: { ...none, ...why, layersUs: {} } };
}

function match(about: About, more: Partial<FirewallRecord>): SecurityEvent {
  const place = { zone: 'query', name: 'q', part: 'value', excerpt: 'x' } as const;
  const data: FirewallRecord = {
    ...{ verdict: 'block', by: 'firewall', phase: 'head', method: 'GET', endpoint: '/a', path: '/a' },
    scores: { sqli: 5 },
    matches: [{ rule: 'sqli.tautology', title: 'a condition that is always true', points: 5, ...place }],
    ...more,
  };
  return { ...base(about), outcome: 'denied', type: 'firewall.matched', data };
}

function setUp(recorded: readonly SecurityEvent[] = [], clock = { now: () => now }) {
  const bus = createBus(silentLog);
  const asked: string[] = [];
  const audit = {
    search: async ({ type = '' }: { type?: string }) => {
      asked.push(type);
      const events = recorded.filter(event => event.type === type).map((event, seq) => ({ ...event, seq }));
      return { events, next: undefined };
    },
  };
  return { bus, asked, activity: createPerimeterActivity({ bus, audit, clock }) };
}

describe('what the perimeter did in a day', () => {
  it('counts stopped requests by layer, category, rule, address and target', async () => {
    const { bus, activity } = setUp();
    using _ = activity;
    bus.emit(request({ site: 'shop' }));
    for (let i = 0; i < 3; i++) {
      bus.emit(match({ site: 'shop', requestId: `r${i}` }, {}));
      bus.emit(request({ site: 'shop', clientIp: '192.0.2.1' }, { layer: 'firewall', type: 'firewall' }));
    }
    bus.emit(request({ clientIp: '192.0.2.2' }, { layer: 'bans', type: 'ban' }));
    const day = await activity.read();
    assert.deepEqual([day.requests, day.stopped], [5, 4]);
    assert.deepEqual(day.byLayer, [
      { name: 'firewall', count: 3 },
      { name: 'bans', count: 1 },
    ]);
    assert.deepEqual(day.byCategory, [{ name: 'sqli', count: 3 }]);
    assert.deepEqual(day.byRule, [{ name: 'sqli.tautology', title: 'a condition that is always true', count: 3 }]);
    assert.deepEqual(day.attackers[0], { address: '192.0.2.1', count: 3 });
    assert.deepEqual(day.targets[0], { site: 'shop', endpoint: '/a', count: 3 });
    assert.equal(day.hours.length, 24);
    assert.deepEqual(day.hours.at(-1), { start: Math.floor(now / hourMs) * hourMs, requests: 5, stopped: 4 });
    assert.equal((await activity.read('shop')).stopped, 3);
    assert.equal((await activity.read('other')).requests, 0);
  });

  it('takes nobody for an attacker who only has to sign in or may not', async () => {
    const { bus, activity } = setUp();
    using _ = activity;
    for (const type of ['unauthenticated', 'forbidden', 'upstream', 'tls', 'internal'])
      bus.emit(request({ clientIp: '192.0.2.1' }, { layer: 'authorize', type }));
    const day = await activity.read();
    assert.deepEqual([day.requests, day.stopped, day.attackers.length], [5, 0, 0]);
  });

  it('counts a request once that shadow mode would have stopped in head and body', async () => {
    const { bus, activity } = setUp();
    using _ = activity;
    const about = { site: 'shop', requestId: 'r1' };
    bus.emit(match(about, { verdict: 'would_block' }));
    bus.emit(match(about, { verdict: 'would_block', phase: 'body' }));
    bus.emit(match({ ...about, requestId: 'r2' }, { verdict: 'would_block', by: 'answers', phase: 'answer' }));
    bus.emit(request(about));
    const day = await activity.read();
    assert.deepEqual(day.bySite.get('shop'), { requests: 1, wouldBlock: 1 });
    assert.deepEqual(day.byCategory, [], 'nothing was stopped');
  });

  it('reads back once what was recorded before, and counts nothing twice', async () => {
    const both = request({ clientIp: '192.0.2.1' }, { layer: 'bans', type: 'ban' });
    const { bus, asked, activity } = setUp([both, request({ time: now - 2 * hourMs })]);
    using _ = activity;
    bus.emit(both);
    assert.deepEqual([(await activity.read()).requests, (await activity.read()).stopped], [2, 1]);
    assert.deepEqual(asked, ['request.finished', 'firewall.matched']);
  });

  it('counts once what is told while the log is read back and found there too', async () => {
    const late = request({ clientIp: '192.0.2.1' }, { layer: 'limits', type: 'rate_limit' });
    const bus = createBus(silentLog);
    const audit = {
      search: async ({ type }: { type?: string }) => {
        if (type === late.type) bus.emit(late);
        return { events: type === late.type ? [{ ...late, seq: 1 }] : [], next: undefined };
      },
    };
    using activity = createPerimeterActivity({ bus, audit, clock: { now: () => now } });
    assert.equal((await activity.read()).stopped, 1);
  });

  it('forgets what is older than a day', async () => {
    let time = now;
    const { bus, activity } = setUp([], { now: () => time });
    using _ = activity;
    bus.emit(request({}));
    time += 25 * hourMs;
    bus.emit(request({ time }));
    assert.equal((await activity.read()).requests, 1);
  });
});
