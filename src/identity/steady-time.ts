import type { Clock } from '../core/clock.ts';

/**
 * Unix time that does not go back while the process runs: the wall clock, or what the monotonic clock says has passed since the start,
 * whichever is later. A clock set back prolongs nothing; a clock set forward expires what it should.
 */
export function createSteadyTime(clock: Clock): () => number {
  const startMs = clock.now();
  const startMonotonicMs = clock.monotonicMs();
  return () => Math.max(clock.now(), Math.floor(startMs + clock.monotonicMs() - startMonotonicMs));
}
