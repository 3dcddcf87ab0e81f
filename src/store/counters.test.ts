import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type RedisServer, redisMissing, startRedis } from '../../tests/servers/redis.ts';
import { silentLog } from '../core/log.ts';
import { Secret } from '../core/secret.ts';
import {
  type Counters,
  type CountersAnswer,
  type CountersAsk,
  type CountersChannel,
  createChannelCounters,
  createMemoryCounters,
  createRedisCounters,
  serveCounters,
} from './store.ts';

const ttlMs = 150;
const longMs = 60_000;

/** What counters promise wherever they are kept. `pass` lets the time of one short life go by. */
function contract(
  open: () => Promise<Counters>,
  pass: (isOver: () => Promise<boolean>) => Promise<void>,
  wrongCode: 'internal' | 'store.unavailable' = 'internal',
): void {
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

  it('grant no more than the limit of a window to many at the same time, in parts where fewer are left', async () => {
    const take = { key: 'w', limit: 10, windowMs: longMs };
    const answers = await Promise.all(Array.from({ length: 8 }, () => counters.takeWindows([{ ...take, by: 3 }])));
    assert.deepEqual(
      answers.map(([count]) => count?.granted),
      [3, 3, 3, 1, 0, 0, 0, 0],
    );
    assert.deepEqual(
      answers.map(([count]) => count?.used),
      [3, 6, 9, 10, 10, 10, 10, 10],
    );
    assert.equal(answers[0]?.[0]?.freeInMs, 0);
    const freeInMs = answers[3]?.[0]?.freeInMs ?? 0;
    assert.ok(freeInMs > longMs / 2 && freeInMs <= longMs);
    const [forced, other] = await counters.takeWindows([
      { ...take, by: 5, isForced: true },
      { ...take, key: 'w2', by: 1 },
    ]);
    assert.deepEqual([forced?.granted, forced?.used], [5, 15]);
    assert.deepEqual(other, { granted: 1, used: 1, freeInMs: 0 });
  });

  it('free a window when its counts have left it, and none before', async () => {
    const take = { key: 'slide', by: 2, limit: 2, windowMs: ttlMs };
    const startedAt = performance.now();
    assert.equal((await counters.takeWindows([take]))[0]?.granted, 2);
    let granted = (await counters.takeWindows([take]))[0]?.granted ?? 0;
    assert.ok(granted === 0 || performance.now() - startedAt >= ttlMs);
    await pass(async () => {
      granted = (await counters.takeWindows([take]))[0]?.granted ?? 0;
      return granted > 0;
    });
    assert.ok(granted > 0);
  });

  it('refuse a window that is none', async () => {
    for (const bad of [{ by: 0 }, { by: 1.5 }, { limit: -1 }, { windowMs: 0 }, { windowMs: Number.NaN }]) {
      await assert.rejects(counters.takeWindows([{ key: 'w', by: 1, limit: 1, windowMs: 1, ...bad }]));
    }
    const one = { key: 'w', by: 1, limit: 1, windowMs: 1 };
    await assert.rejects(counters.takeWindows(Array.from({ length: 1001 }, () => one)));
    assert.deepEqual(await counters.takeWindows([]), []);
  });

  it('refuse to count by parts or to keep a key for no time', async () => {
    await assert.rejects(counters.increment('a', 0.5, longMs), { code: wrongCode });
    for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      await assert.rejects(counters.increment('a', 1, bad), { code: wrongCode });
      await assert.rejects(counters.claim('a', bad), { code: wrongCode });
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

/** Both ends of a channel whose messages take a turn of the event loop, and its breaking. */
function channelPair() {
  const listeners = {
    worker: new Set<(message: CountersAnswer) => void>(),
    parent: new Set<(message: CountersAsk) => void>(),
  };
  let isCut = false;
  const carry = <T>(to: Set<(message: T) => void>, message: T) => {
    const copy = structuredClone(message);
    setImmediate(() => {
      if (!isCut) for (const listener of to) listener(copy);
    });
  };
  const worker: CountersChannel<CountersAsk, CountersAnswer> = {
    send: message => carry(listeners.parent, message),
    onMessage(listener) {
      listeners.worker.add(listener);
      return () => listeners.worker.delete(listener);
    },
  };
  const parent: CountersChannel<CountersAnswer, CountersAsk> = {
    send: message => carry(listeners.worker, message),
    onMessage(listener) {
      listeners.parent.add(listener);
      return () => listeners.parent.delete(listener);
    },
  };
  return { worker, parent, cut: () => (isCut = true) };
}

describe('counters of another process', () => {
  let nowMs = 0;
  const clock = { now: () => 0, monotonicMs: () => nowMs };
  contract(
    async () => {
      const { worker, parent } = channelPair();
      serveCounters(createMemoryCounters({ clock }), parent);
      return createChannelCounters(worker);
    },
    async isOver => {
      nowMs += ttlMs;
      assert.ok(await isOver());
    },
    'store.unavailable',
  );

  it('are shared by all that ask, and fail in time when nobody answers', async () => {
    await using shared = createMemoryCounters({ clock, keysMax: 1 });
    const one = channelPair();
    const two = channelPair();
    const stops = [serveCounters(shared, one.parent), serveCounters(shared, two.parent)];
    await using first = createChannelCounters(one.worker, { timeoutMs: 30 });
    await using second = createChannelCounters(two.worker, { timeoutMs: 30 });
    await first.increment('a', 1, longMs);
    assert.equal((await second.increment('a', 1, longMs)).value, 2);
    await assert.rejects(first.increment('b', 1, longMs), { code: 'core.queue_full' });
    one.cut();
    await assert.rejects(first.get('a'), { code: 'store.unavailable' });
    const asked = second.get('a');
    await second[Symbol.asyncDispose]();
    await assert.rejects(asked, { code: 'store.unavailable' });
    await assert.rejects(second.get('a'), { code: 'store.unavailable' });
    for (const stop of stops) stop();
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
