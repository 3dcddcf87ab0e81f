import { randomBytes } from 'node:crypto';
import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';

export type NewId = () => string;

/**
 * Makes UUIDv7 strings (RFC 9562 section 5.7) that never go back, not even when the clock does:
 * the 12-bit `rand_a` field is a counter within a millisecond, as in section 6.2 method 1.
 */
export function createIds(deps: { clock: Clock; random: (bytes: number) => Buffer }): NewId {
  let lastMs = 0;
  let counter = 0;
  let pool: Buffer = Buffer.alloc(0);
  let poolAt = 0;
  return () => {
    const nowMs = deps.clock.now();
    if (nowMs > lastMs) {
      lastMs = nowMs;
      counter = 0;
    } else if (++counter > 0xfff) {
      lastMs++;
      counter = 0;
    }
    if (poolAt + 8 > pool.length) {
      pool = deps.random(2048);
      poolAt = 0;
    }
    const tail = pool.subarray(poolAt, poolAt + 8).toString('hex');
    poolAt += 8;
    const time = lastMs.toString(16).padStart(12, '0');
    const variant = ((Number.parseInt(tail.slice(0, 1), 16) & 0x3) | 0x8).toString(16);
    const low = counter.toString(16).padStart(3, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${low}-${variant}${tail.slice(1, 4)}-${tail.slice(4)}`;
  };
}

/** Ids from the system clock and the system's randomness. */
export const createSystemIds = (): NewId => createIds({ clock: systemClock, random: randomBytes });
