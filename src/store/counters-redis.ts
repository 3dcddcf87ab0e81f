import { Redis } from 'ioredis';
import { isSallyportError, SallyportError } from '../core/errors.ts';
import { createLimiter } from '../core/limiter.ts';
import type { Log } from '../core/log.ts';
import type { Secret } from '../core/secret.ts';
import { requireCount, requireTtl } from './counters-memory.ts';
import type { Counters } from './store.ts';
import { requireTakes } from './windows-memory.ts';
import { readWindows, windowArguments, windowScript } from './windows-redis.ts';

const keyPrefix = 'sallyport:';

// The first increment sets the time of expiry and no later one moves it; one script is one atomic step.
const incrementScript = `
local value = redis.call('INCRBY', KEYS[1], ARGV[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  left = tonumber(ARGV[2])
end
return {value, left}`;

/** The bounds of the connection to Redis or Valkey. */
export interface RedisLimits {
  readonly connectTimeoutMs: number;
  /** The longest a caller waits for an answer. */
  readonly commandTimeoutMs: number;
  readonly activeMax: number;
  readonly reconnectDelayMaxMs: number;
}

const redisLimits: RedisLimits = {
  connectTimeoutMs: 2000,
  commandTimeoutMs: 1000,
  activeMax: 5000,
  reconnectDelayMaxMs: 2000,
};

/**
 * Counters shared by many nodes, in Redis or Valkey. Nothing is queued while the connection is away and nothing is sent twice:
 * a call fails with `store.unavailable` within the time limit, and the caller decides what is safe. Throws the same when the
 * server cannot be reached at the start.
 */
export async function createRedisCounters(
  url: Secret,
  deps: { log: Log; limits?: Partial<RedisLimits> },
): Promise<Counters> {
  const limits = { ...redisLimits, ...deps.limits };
  const redis = new Redis(url.reveal(), {
    lazyConnect: true,
    connectTimeout: limits.connectTimeoutMs,
    commandTimeout: limits.commandTimeoutMs,
    // A silent server: drop the connection, so that what waits on it does not pile up.
    socketTimeout: limits.commandTimeoutMs * 2,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: attempt => Math.min(attempt * 100, limits.reconnectDelayMaxMs),
    // After a failover the old primary answers READONLY: connect anew.
    reconnectOnError: error => error.message.startsWith('READONLY'),
    connectionName: 'sallyport',
  });
  redis.on('error', error => deps.log.warn('store.counters_connection', { error: String(error) }));
  const limit = createLimiter({ activeMax: limits.activeMax, waitingMax: 0, code: 'core.queue_full' });
  const ask = async <T>(act: () => Promise<T>): Promise<T> => {
    try {
      return await limit(act);
    } catch (error) {
      if (isSallyportError(error)) throw error;
      throw new SallyportError('store.unavailable', `Cannot use the counters: ${String(error)}`, { cause: error });
    }
  };
  try {
    await ask(() => redis.connect());
    await warnOfEviction(redis, deps.log);
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  return {
    async increment(key, by, ttlMs) {
      requireCount(key, by);
      requireTtl(key, ttlMs);
      const answer = await ask(() => redis.eval(incrementScript, 1, keyPrefix + key, by, Math.ceil(ttlMs)));
      return readIncrement(answer);
    },
    get: async key => Number((await ask(() => redis.get(keyPrefix + key))) ?? 0),
    async claim(key, ttlMs) {
      requireTtl(key, ttlMs);
      return (await ask(() => redis.set(keyPrefix + key, 1, 'PX', Math.ceil(ttlMs), 'NX'))) === 'OK';
    },
    async delete(key) {
      await ask(() => redis.del(keyPrefix + key));
    },
    async takeWindows(takes) {
      requireTakes(takes);
      if (takes.length === 0) return [];
      const keys = takes.map(take => `${keyPrefix}window:${take.key}`);
      const answer = await ask(() => redis.eval(windowScript, keys.length, ...keys, ...windowArguments(takes)));
      return readWindows(answer, takes.length);
    },
    async [Symbol.asyncDispose]() {
      redis.disconnect();
    },
  };
}

function readIncrement(answer: unknown): { value: number; expiresInMs: number } {
  if (Array.isArray(answer) && typeof answer[0] === 'number' && typeof answer[1] === 'number') {
    return { value: answer[0], expiresInMs: answer[1] };
  }
  throw new SallyportError(
    'store.unavailable',
    `Cannot read the answer of the counters: want two numbers, got "${typeof answer}"`,
  );
}

// A server that evicts would forget a lockout or let a one-time code be used twice when its memory is full.
async function warnOfEviction(redis: Redis, log: Log): Promise<void> {
  const info = await redis.info('memory').catch(() => '');
  const policy = /^maxmemory_policy:(?<policy>\S+)/m.exec(info)?.groups?.['policy'];
  if (policy !== 'noeviction') log.warn('store.counters_evict', { policy: policy ?? 'unknown', wanted: 'noeviction' });
}
