import { SallyportError } from '../core/errors.ts';
import type { WindowCount, WindowTake } from './store.ts';

/** How many parts a shared window is cut into; a count leaves at most one part late. */
export const windowSegments = 60;
const takesMax = 1000;
const sweepEveryMs = 1000;

interface Segment {
  count: number;
  newest: number;
}

interface Window {
  readonly segments: Map<number, Segment>;
  expiresAt: number;
}

/** Sliding windows of one process: the same counting as the script for Redis. Refuses a new key with `core.queue_full` when full. */
export function createMemoryWindows(deps: { monotonicMs: () => number; keysMax: number }): {
  take(takes: readonly WindowTake[]): WindowCount[];
  clear(): void;
} {
  const windows = new Map<string, Window>();
  let sweptAt = Number.NEGATIVE_INFINITY;

  const windowOf = (key: string, nowMs: number): Window => {
    const known = windows.get(key);
    if (known) return known;
    if (windows.size >= deps.keysMax && nowMs - sweptAt >= sweepEveryMs) {
      sweptAt = nowMs;
      for (const [name, window] of windows) if (window.expiresAt <= nowMs) windows.delete(name);
    }
    if (windows.size >= deps.keysMax) {
      throw new SallyportError(
        'core.queue_full',
        `Cannot keep one more window: ${deps.keysMax} are live, the most allowed`,
      );
    }
    const made: Window = { segments: new Map(), expiresAt: 0 };
    windows.set(key, made);
    return made;
  };

  const takeOne = (take: WindowTake): WindowCount => {
    const nowMs = deps.monotonicMs();
    const window = windowOf(take.key, nowMs);
    let used = 0;
    for (const [index, segment] of window.segments) {
      if (segment.newest + take.windowMs <= nowMs) window.segments.delete(index);
      else used += segment.count;
    }
    const granted = take.isForced === true ? take.by : Math.max(0, Math.min(take.by, take.limit - used));
    if (granted > 0) {
      const index = Math.floor(nowMs / Math.ceil(take.windowMs / windowSegments));
      const segment = window.segments.get(index);
      if (segment) {
        segment.count += granted;
        segment.newest = nowMs;
      } else window.segments.set(index, { count: granted, newest: nowMs });
      window.expiresAt = nowMs + take.windowMs;
    }
    used += granted;
    return { granted, used, freeInMs: freeIn(window, used - take.limit + 1, nowMs - take.windowMs) };
  };

  return {
    take(takes) {
      requireTakes(takes);
      return takes.map(takeOne);
    },
    clear: () => windows.clear(),
  };
}

/** Milliseconds until `units` have left; segments stand in the order they were made. */
function freeIn(window: Window, units: number, startMs: number): number {
  if (units <= 0) return 0;
  let left = units;
  for (const segment of window.segments.values()) {
    left -= segment.count;
    if (left <= 0) return Math.max(1, Math.ceil(segment.newest - startMs));
  }
  return 0;
}

/** Refuses what no window can be. */
export function requireTakes(takes: readonly WindowTake[]): void {
  if (takes.length > takesMax)
    throw new SallyportError('internal', `Cannot take from ${takes.length} windows at once: want at most ${takesMax}`);
  for (const { key, by, limit, windowMs } of takes) {
    const isRight = isCount(by) && by > 0 && isCount(limit) && isCount(windowMs) && windowMs > 0;
    if (!isRight)
      throw new SallyportError(
        'internal',
        `Cannot take ${by} of ${limit} in ${windowMs} ms from "${key}": want whole numbers`,
      );
  }
}

const isCount = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= 2 ** 32;
