import type { ErrorCode } from './errors.ts';
import { SallyportError } from './errors.ts';

/** Runs at most `activeMax` tasks at once and lets at most `waitingMax` wait; one more is refused with `code`. */
export type Limiter = <T>(task: () => Promise<T>) => Promise<T>;

export function createLimiter(bounds: { activeMax: number; waitingMax: number; code: ErrorCode }): Limiter {
  let active = 0;
  const waiting: (() => void)[] = [];
  return async task => {
    if (active >= bounds.activeMax) {
      if (waiting.length >= bounds.waitingMax) {
        throw new SallyportError(
          bounds.code,
          `Refused: ${active} active and ${waiting.length} waiting are the most allowed`,
        );
      }
      await new Promise<void>(resolve => waiting.push(resolve));
    } else {
      active++;
    }
    try {
      return await task();
    } finally {
      // The slot passes straight to the next in line, so `active` never dips below what runs.
      const next = waiting.shift();
      if (next) next();
      else active--;
    }
  };
}
