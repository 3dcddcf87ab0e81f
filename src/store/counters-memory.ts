import type { Clock } from '../core/clock.ts';
import { SallyportError } from '../core/errors.ts';
import type { Counters } from './store.ts';

const keysMaxDefault = 200_000;

interface Entry {
  value: number;
  readonly expiresAt: number;
}

/**
 * Counters of one process. Holds at most `keysMax` live keys and then refuses with `core.queue_full`: forgetting one would
 * let its owner start again from zero.
 */
export function createMemoryCounters(deps: { clock: Clock; keysMax?: number }): Counters {
  const keysMax = deps.keysMax ?? keysMaxDefault;
  const entries = new Map<string, Entry>();
  let sweepFrom = 0;

  const live = (key: string): Entry | undefined => {
    const entry = entries.get(key);
    if (!entry || entry.expiresAt > deps.clock.monotonicMs()) return entry;
    entries.delete(key);
    return undefined;
  };

  const add = (key: string, value: number, ttlMs: number): Entry => {
    if (!(ttlMs > 0)) {
      throw new SallyportError('internal', `Cannot count "${key}" for ${ttlMs} ms: want a time above 0`);
    }
    const nowMs = deps.clock.monotonicMs();
    // A sweep costs a look at every key, so it runs only when the room is needed and something can have expired since.
    if (entries.size >= keysMax && nowMs >= sweepFrom) sweep(nowMs);
    if (entries.size >= keysMax) {
      throw new SallyportError('core.queue_full', `Cannot count one more key: ${keysMax} are live, the most allowed`);
    }
    const entry = { value, expiresAt: nowMs + ttlMs };
    sweepFrom = Math.min(sweepFrom, entry.expiresAt);
    entries.set(key, entry);
    return entry;
  };

  const sweep = (nowMs: number): void => {
    sweepFrom = Number.POSITIVE_INFINITY;
    for (const [key, entry] of entries) {
      if (entry.expiresAt <= nowMs) entries.delete(key);
      else sweepFrom = Math.min(sweepFrom, entry.expiresAt);
    }
  };

  return {
    async increment(key, by, ttlMs) {
      const entry = live(key);
      if (entry) entry.value += by;
      const counted = entry ?? add(key, by, ttlMs);
      return {
        value: counted.value,
        expiresInMs: Math.max(0, Math.ceil(counted.expiresAt - deps.clock.monotonicMs())),
      };
    },
    get: async key => live(key)?.value ?? 0,
    async claim(key, ttlMs) {
      if (live(key)) return false;
      add(key, 1, ttlMs);
      return true;
    },
    async delete(key) {
      entries.delete(key);
    },
    async [Symbol.asyncDispose]() {
      entries.clear();
    },
  };
}
