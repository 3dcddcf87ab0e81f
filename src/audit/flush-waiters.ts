/** Who waits until a number of entries is durable. Counts only; knows nothing of the entries. */
export interface FlushWaiters {
  /** One more entry was taken. */
  accept(): void;
  /** So many more are durable. */
  commit(count: number): void;
  /** The log failed: everybody who waits is told, and only `keptCount` entries are still to come. */
  fail(error: Error, keptCount: number): void;
  /** Resolves when everything accepted so far is durable. */
  wait(): Promise<void>;
  readonly isSettled: boolean;
}

export function createFlushWaiters(): FlushWaiters {
  let accepted = 0;
  let durable = 0;
  let waiting: { upTo: number; resolve: () => void; reject: (error: Error) => void }[] = [];
  return {
    accept() {
      accepted += 1;
    },
    commit(count) {
      durable += count;
      const done = waiting.filter(waiter => waiter.upTo <= durable);
      waiting = waiting.filter(waiter => waiter.upTo > durable);
      for (const waiter of done) waiter.resolve();
    },
    fail(error, keptCount) {
      accepted = durable + keptCount;
      for (const waiter of waiting.splice(0)) waiter.reject(error);
    },
    wait() {
      if (durable >= accepted) return Promise.resolve();
      return new Promise((resolve, reject) => waiting.push({ upTo: accepted, resolve, reject }));
    },
    get isSettled() {
      return durable >= accepted;
    },
  };
}
