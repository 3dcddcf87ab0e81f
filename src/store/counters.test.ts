import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type RedisServer, redisMissing, startRedis } from '../../tests/servers/redis.ts';
import { silentLog } from '../core/log.ts';
import { Secret } from '../core/secret.ts';
import { type Counters, createMemoryCounters, createRedisCounters } from './store.ts';

const ttlMs = 150;
const longMs = 60_000;

/** What counters promise wherever they are kept. `pass` lets the time of one short life go by. */
function contract(open: () => Promise<Counters>, pass: (isOver: () => Promise<boolean>) => Promise<void>): void {
  let counters: Counters;
  before(async () => {
    counters = await open();
  });
  after(async () => {
    await counters[Symbol.asyncDispose]();
  });

  it('add, read and forget', async () => {
    assert.equal(await counters.get('a'), 0);
    assert.equal((await counters.increment('a', 2, longMs)).value, 2);
    assert.equal((await counters.increment('a', -5, longMs)).value, -3);
    assert.equal(await counters.get('a'), -3);
    await counters.delete('a');
    await counters.delete('a');
    assert.equal(await counters.get('a'), 0);
  });

  it('lose no increment of many at the same time', async () => {
    const values = await Promise.all(Array.from({ length: 200 }, () => counters.increment('many', 1, longMs)));
    assert.deepEqual(
      values.map(({ value }) => value).toSorted((a, b) => a - b),
      Array.from({ length: 200 }, (_, i) => i + 1),
    );
  });

  it('expire from the first increment on, and no later one moves it', async () => {
    const first = await counters.increment('short', 1, ttlMs);
    assert.ok(first.expiresInMs > 0 && first.expiresInMs <= ttlMs);
    const next = await counters.increment('short', 1, longMs);
    assert.equal(next.value, 2);
    assert.ok(next.expiresInMs <= ttlMs);
    await pass(async () => (await counters.get('short')) === 0);
    assert.equal((await counters.increment('short', 1, ttlMs)).value, 1);
  });

  it('give a claim to exactly one of many, and again after it expired', async () => {
    const claims = await Promise.all(Array.from({ length: 50 }, () => counters.claim('code', ttlMs)));
    assert.equal(claims.filter(Boolean).length, 1);
    let isMine = false;
    await pass(async () => {
      isMine = await counters.claim('code', longMs);
      return isMine;
    });
    assert.ok(isMine);
    assert.equal(await counters.claim('code', longMs), false);
    await counters.delete('code');
    assert.equal(await counters.claim('code', longMs), true);
  });

  it('refuse to count by parts or to keep a key for no time', async () => {
    await assert.rejects(counters.increment('a', 0.5, longMs), { code: 'internal' });
    for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      await assert.rejects(counters.increment('a', 1, bad), { code: 'internal' });
      await assert.rejects(counters.claim('a', bad), { code: 'internal' });
    }
  });
}

describe('counters in memory', () => {
  let nowMs = 0;
  const clock = { now: () => 0, monotonicMs: () => nowMs };
  contract(
    async () => createMemoryCounters({ clock }),
    async isOver => {
      nowMs += ttlMs;
      assert.ok(await isOver());
    },
  );

  it('refuse one key too many rather than forget a live one, and make room as keys expire', async () => {
    await using counters = createMemoryCounters({ clock, keysMax: 3 });
    await counters.increment('a', 1, 10);
    await counters.increment('b', 1, 1000);
    await counters.claim('c', 1000);
    await assert.rejects(counters.increment('d', 1, 10), { code: 'core.queue_full' });
    await assert.rejects(counters.claim('d', 10), { code: 'core.queue_full' });
    assert.equal((await counters.increment('b', 1, 10)).value, 2);
    nowMs += 10;
    await counters.increment('d', 1, 1000);
    assert.equal(await counters.get('b'), 2);
    await assert.rejects(counters.claim('e', 10), { code: 'core.queue_full' });
  });
});

const missing = redisMissing();
describe('counters in Redis', { skip: missing ?? false }, () => {
  let server: RedisServer;
  const limits = { commandTimeoutMs: 200, connectTimeoutMs: 500, reconnectDelayMaxMs: 100 };
  const open = (): Promise<Counters> => createRedisCounters(new Secret(server.url), { log: silentLog, limits });
  const within = async (isOver: () => Promise<boolean>, ms = 5000): Promise<void> => {
    const deadline = performance.now() + ms;
    while (!(await isOver().catch(() => false))) {
      assert.ok(performance.now() < deadline, `want it within ${ms} ms`);
      await delay(10);
    }
  };
  before(async () => {
    server = await startRedis();
  });
  contract(open, within);
  after(async () => {
    await server[Symbol.asyncDispose]();
  });

  it('are shared by every node', async () => {
    await using one = await open();
    await using other = await open();
    await one.increment('shared', 1, longMs);
    assert.equal((await other.increment('shared', 1, longMs)).value, 2);
    assert.equal(await one.claim('shared-code', longMs), true);
    assert.equal(await other.claim('shared-code', longMs), false);
  });

  it('answer store.unavailable in time while the server is silent, and count again after', async () => {
    await using counters = await open();
    server.freeze();
    const startedAt = performance.now();
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => counters.increment('frozen', 1, longMs)));
    assert.ok(performance.now() - startedAt < 2000);
    for (const result of results) assert.ok(result.status === 'rejected' && result.reason.code === 'store.unavailable');
    server.thaw();
    await within(async () => (await counters.increment('thawed', 1, longMs)).value > 0);
  });

  it('answer store.unavailable at once while the server is gone, and come back with it', async () => {
    const doomed = await startRedis();
    await using counters = await createRedisCounters(new Secret(doomed.url), { log: silentLog, limits });
    await counters.increment('a', 1, longMs);
    await doomed[Symbol.asyncDispose]();
    await within(async () => {
      await assert.rejects(counters.get('a'), { code: 'store.unavailable' });
      return true;
    });
    const unreachable = createRedisCounters(new Secret(doomed.url), { log: silentLog, limits });
    await assert.rejects(unreachable, { code: 'store.unavailable' });
    await using again = await startRedis({ port: doomed.port });
    assert.ok(again.port === doomed.port);
    await within(async () => (await counters.increment('b', 1, longMs)).value > 0);
  });
});
