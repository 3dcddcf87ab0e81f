import type { Clock } from '../../src/core/clock.ts';

/** The true time and what the test adds to it: nobody waits. */
export function createMovingClock(): { readonly clock: Clock; now(): number; advance(ms: number): void } {
  let offsetMs = 0;
  const clock = { now: () => Date.now() + offsetMs, monotonicMs: () => performance.now() + offsetMs };
  return {
    clock,
    now: clock.now,
    advance(ms) {
      offsetMs += ms;
    },
  };
}
