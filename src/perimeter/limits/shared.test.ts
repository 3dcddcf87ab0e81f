import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type RedisServer, redisMissing, startRedis } from '../../../tests/servers/redis.ts';
import { systemClock } from '../../core/clock.ts';
import type { Log } from '../../core/log.ts';
import { silentLog } from '../../core/log.ts';
import { Secret } from '../../core/secret.ts';
import type { Counters } from '../../store/store.ts';
import { createMemoryCounters, createRedisCounters } from '../../store/store.ts';
import type { Limiter } from './limiter.ts';
import { createLimiter } from './limiter.ts';
import type { LimitInput, LimitRule } from './rules.ts';

const rule = (limit: number, patch: Partial<LimitRule> = {}): LimitRule => ({
  id: 'address',
  scope: 'address',
  limit,
  windowMs: 60_000,
  appliesTo: 'any',
  ...patch,
});
const from = (address: string): LimitInput => ({ class: 'other', address });

function node(counters: Counters, rules: readonly LimitRule[], log: Log = silentLog, timeoutMs = 5000): Limiter {
  return createLimiter(rules, {
    clock: systemClock,
    counters,
    log,
    seeds: [1, 2],
    shared: { nodes: 3, timeoutMs, retryEveryMs: 20 },
  });
}

/** Each node is asked as fast as it answers, by 20 at a time; returns how many were allowed in all. */
async function blast(nodes: readonly Limiter[], address: string, perNode: number): Promise<number> {
  let allowed = 0;
  const one = async (limiter: Limiter): Promise<void> => {
    for (let i = 0; i < perNode / 20; i++) {
      if ((await limiter.check(from(address)))?.allowed === true) allowed++;
      if (i % 10 === 9) await new Promise(resolve => setImmediate(resolve));
    }
  };
  await Promise.all(nodes.flatMap(limiter => Array.from({ length: 20 }, () => one(limiter))));
  return allowed;
}

/** What limiters promise over any shared counters. */
function contract(open: () => Promise<Counters>): void {
  const opened: Counters[] = [];
  after(async () => {
    for (const counters of opened) await counters[Symbol.asyncDispose]();
  });
  const connect = async (): Promise<Counters> => {
    const counters = await open();
    opened.push(counters);
    return counters;
  };

  for (const limit of [20, 300, 1000, 3000]) {
    it(`allow ${limit} over three nodes under a blast, within 2 per cent`, async () => {
      const nodes = [];
      for (let i = 0; i < 3; i++) nodes.push(node(await connect(), [rule(limit, { id: `blast-${limit}` })]));
      const allowed = await blast(nodes, '192.0.2.1', limit * 2);
      assert.ok(Math.abs(allowed - limit) <= limit * 0.02, `${allowed} of ${limit}`);
      for (const limiter of nodes) {
        assert.equal(limiter.state(), 'shared');
        assert.equal((await limiter.check(from('192.0.2.1')))?.allowed, false);
        assert.equal((await limiter.check(from('192.0.2.2')))?.allowed, true);
        limiter.close();
      }
    });
  }

  it('give a burst once over all nodes', async () => {
    const nodes = [];
    for (let i = 0; i < 3; i++) nodes.push(node(await connect(), [rule(50, { id: 'burst', burst: 30 })]));
    assert.equal(await blast(nodes, '192.0.2.1', 100), 80);
    for (const limiter of nodes) limiter.close();
  });

  it('count nothing against one limit for requests that another is known to refuse', async () => {
    const counters = await connect();
    const strict = rule(5, { id: 'strict', scope: 'site' });
    const limiter = node(counters, [rule(1000, { id: 'wide' }), strict]);
    const input = { ...from('192.0.2.1'), site: 's' };
    for (let i = 0; i < 500; i++) assert.equal((await limiter.check(input))?.allowed, i < 5);
    const [wide] = await counters.takeWindows([{ key: 'wide|192.0.2.1', by: 1, limit: 1000, windowMs: 60_000 }]);
    assert.ok(wide !== undefined && wide.used <= 10, `${wide?.used}`);
    limiter.close();
  });

  it('ask a fraction as often as they are asked while far below the limit', async () => {
    const counters = await connect();
    let calls = 0;
    const counted: Counters = { ...counters, takeWindows: takes => (calls++, counters.takeWindows(takes)) };
    const limiter = node(counted, [rule(1000, { id: 'far' })]);
    let immediate = 0;
    for (let i = 0; i < 2000; i++) {
      const decision = limiter.check(from(`10.0.${i % 200}.1`));
      if (!(decision instanceof Promise)) immediate++;
      assert.ok((await decision)?.allowed);
      if (i % 20 === 19) await delay(2);
    }
    assert.equal(immediate, 2000);
    assert.ok(calls < 200, `${calls} calls`);
    limiter.close();
  });
}

describe('rate limits shared in memory', () => {
  let shared: Counters;
  before(() => {
    shared = createMemoryCounters({ clock: systemClock });
  });
  contract(async () => shared);

  it('go on alone when the counters are away, say so once, and come back', async () => {
    const told: string[] = [];
    const log: Log = { ...silentLog, warn: event => told.push(event), info: event => told.push(event) };
    await using real = createMemoryCounters({ clock: systemClock });
    let how: 'well' | 'fails' | 'silent' = 'well';
    const act = <T>(work: () => Promise<T>): Promise<T> => {
      if (how === 'well') return work();
      return how === 'fails' ? Promise.reject(new Error('away')) : new Promise(() => undefined);
    };
    const counters: Counters = {
      ...real,
      get: key => act(() => real.get(key)),
      takeWindows: takes => act(() => real.takeWindows(takes)),
    };
    const limiter = node(counters, [rule(10)], log, 30);
    const ask = async (): Promise<boolean> => (await limiter.check(from('192.0.2.1')))?.allowed === true;
    assert.ok(await ask());
    assert.equal(limiter.state(), 'shared');
    for (const trouble of ['fails', 'silent'] as const) {
      how = trouble;
      const startedAt = performance.now();
      const answers = await Promise.all(Array.from({ length: 4 }, ask));
      assert.ok(answers.every(Boolean) && performance.now() - startedAt < 500);
      assert.equal(limiter.state(), 'local_only');
      how = 'well';
      const deadline = performance.now() + 5000;
      while (limiter.state() !== 'shared') {
        assert.ok(performance.now() < deadline);
        await limiter.check(from('192.0.2.7'));
        await delay(5);
      }
    }
    assert.deepEqual(told, ['limits.local_only', 'limits.shared', 'limits.local_only', 'limits.shared']);
    how = 'fails';
    // One was counted before, eight while away: this node still knows its own ten.
    assert.deepEqual([await ask(), await ask(), await ask()], [true, false, false]);
    limiter.close();
  });
});

const missing = redisMissing();
describe('rate limits shared in Redis', { skip: missing ?? false }, () => {
  let server: RedisServer;
  before(async () => {
    server = await startRedis();
  });
  contract(() => createRedisCounters(new Secret(server.url), { log: silentLog }));
  after(async () => {
    await server[Symbol.asyncDispose]();
  });
});
