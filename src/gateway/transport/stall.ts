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
