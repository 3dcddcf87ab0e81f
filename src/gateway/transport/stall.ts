/** Watches something that ought to move: says whether it has stood still, with work waiting, for `limitMs`. */
export interface StallWatch {
  /** `mark` changes with every progress; `isWaiting` is false when nothing is due. */
  isStalled(nowMs: number, mark: number, isWaiting: boolean): boolean;
}

export function createStallWatch(limitMs: number): StallWatch {
  let lastMark = -1;
  let sinceMs = 0;
  return {
    isStalled(nowMs, mark, isWaiting) {
      if (!isWaiting || mark !== lastMark) {
        lastMark = mark;
        sinceMs = nowMs;
        return false;
      }
      return nowMs - sinceMs >= limitMs;
    },
  };
}

/** Watches something that ought to move at a least rate: a peer that sends or takes a byte now and then never stands still. */
export interface RateWatch {
  /** `total` grows with every byte; `isWaiting` is false when nothing is due, which begins the time anew. */
  isSlow(nowMs: number, total: number, isWaiting: boolean): boolean;
}

export function createRateWatch(limits: { readonly bytesPerS: number; readonly windowMs: number }): RateWatch {
  let sinceMs: number | undefined;
  let before = 0;
  return {
    isSlow(nowMs, total, isWaiting) {
      if (!isWaiting) {
        sinceMs = undefined;
        return false;
      }
      const spentMs = nowMs - (sinceMs ?? nowMs);
      if (sinceMs !== undefined && spentMs < limits.windowMs) return false;
      const isSlow = sinceMs !== undefined && total - before < (limits.bytesPerS * spentMs) / 1000;
      sinceMs = nowMs;
      before = total;
      return isSlow;
    },
  };
}

/** Counts what came in on an HTTP/2 stream by its window (RFC 9113 section 6.9.1), without touching the data: never more than did come. */
export function createWindowCount(): { count(window: number): number } {
  let total = 0;
  let last: number | undefined;
  return {
    count(window) {
      // A window that was opened again: at least half of it had been used.
      if (last !== undefined) total += window < last ? last - window : window > last ? Math.floor(window / 2) : 0;
      last = window;
      return total;
    },
  };
}

/** A bucket of `burst` tokens, refilled at a tenth of it per second; `take` is false when it is empty. */
export function createBurst(burst: number): { take(nowMs: number): boolean } {
  let tokens = burst;
  let atMs = 0;
  return {
    take(nowMs) {
      tokens = Math.min(burst, tokens + ((nowMs - atMs) / 1000) * (burst / 10));
      atMs = nowMs;
      if (tokens < 1) return false;
      tokens--;
      return true;
    },
  };
}
