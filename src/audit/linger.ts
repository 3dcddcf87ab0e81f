/** Waits for company before a frame is written. One waiter at a time. */
export interface Linger {
  /**
   * Resolves at the end of this turn when the log was idle, else when the linger since the last frame is over, or as soon as
   * `hurry` is called. The next linger counts from here.
   */
  wait(isFull: boolean): Promise<void>;
  /** Ends the wait now, or skips the next one. */
  hurry(): void;
}

export function createLinger(deps: { lingerMs: number; monotonicMs: () => number }): Linger {
  let lastMs = Number.NEGATIVE_INFINITY;
  let isHurried = false;
  let wake: (() => void) | undefined;
  return {
    async wait(isFull) {
      // Never longer than the linger itself, whatever the clock says.
      const waitMs = Math.min(deps.lingerMs, lastMs + deps.lingerMs - deps.monotonicMs());
      await new Promise<void>(resolve => {
        if (waitMs <= 0 || isHurried || isFull) {
          setImmediate(resolve);
          return;
        }
        const timer = setTimeout(resolve, waitMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      wake = undefined;
      isHurried = false;
      lastMs = deps.monotonicMs();
    },
    hurry() {
      isHurried = true;
      wake?.();
    },
  };
}
