import type { Clock } from '../core/clock.ts';
import { SallyportError } from '../core/errors.ts';
import type { Counters } from './store.ts';
import { createMemoryWindows } from './windows-memory.ts';

const keysMaxDefault = 200_000;
const sweepGapMs = 50;

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
  const windows = createMemoryWindows({ monotonicMs: () => deps.clock.monotonicMs(), keysMax });
  let earliestExpiry = Number.POSITIVE_INFINITY;
  let sweptAt = Number.NEGATIVE_INFINITY;

  const live = (key: string): Entry | undefined => {
    const entry = entries.get(key);
    if (!entry || entry.expiresAt > deps.clock.monotonicMs()) return entry;
    entries.delete(key);
    return undefined;
  };

  const add = (key: string, value: number, ttlMs: number): Entry => {
    const nowMs = deps.clock.monotonicMs();
    // A sweep looks at every key: it runs only when the room is needed, something expired, and the last one is a while ago.
    if (entries.size >= keysMax && nowMs >= earliestExpiry && nowMs - sweptAt >= sweepGapMs) sweep(nowMs);
    if (entries.size >= keysMax) {
      throw new SallyportError('core.queue_full', `Cannot count one more key: ${keysMax} are live, the most allowed`);
    }
    const entry = { value, expiresAt: nowMs + ttlMs };
    earliestExpiry = Math.min(earliestExpiry, entry.expiresAt);
    entries.set(key, entry);
    return entry;
  };

  const sweep = (nowMs: number): void => {
    sweptAt = nowMs;
    earliestExpiry = Number.POSITIVE_INFINITY;
    for (const [key, entry] of entries) {
      if (entry.expiresAt <= nowMs) entries.delete(key);
      else earliestExpiry = Math.min(earliestExpiry, entry.expiresAt);
    }
  };

  return {
    async increment(key, by, ttlMs) {
      requireCount(key, by);
      requireTtl(key, ttlMs);
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
      requireTtl(key, ttlMs);
      if (live(key)) return false;
      add(key, 1, ttlMs);
      return true;
    },
    async delete(key) {
      entries.delete(key);
    },
    takeWindows: async takes => windows.take(takes),
    async [Symbol.asyncDispose]() {
      entries.clear();
      windows.clear();
    },
  };
}

/** Refuses to count by anything but a whole number. */
export function requireCount(key: string, by: number): void {
  if (!Number.isSafeInteger(by))
    throw new SallyportError('internal', `Cannot count "${key}" by ${by}: want a whole number`);
}

/** Refuses a key that would never expire or is gone at once. */
export function requireTtl(key: string, ttlMs: number): void {
  if (!(ttlMs > 0 && ttlMs <= Number.MAX_SAFE_INTEGER)) {
    throw new SallyportError('internal', `Cannot keep "${key}" for ${ttlMs} ms: want a time above 0`);
  }
}
