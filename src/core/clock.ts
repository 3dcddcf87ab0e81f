/** Wall time for what people see and what outlives the process; monotonic time for durations and windows. */
export interface Clock {
  /** Unix time in milliseconds. May jump in either direction. */
  now(): number;
  /** Milliseconds since an arbitrary start; never goes back. */
  monotonicMs(): number;
}

export const systemClock: Clock = { now: Date.now, monotonicMs: () => performance.now() };
