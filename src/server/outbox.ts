import { setTimeout as delay } from 'node:timers/promises';
import { SallyportError } from '../core/errors.ts';

const batchMax = 500;

/** Messages that go up in batches and count until they are acknowledged. */
export interface Outbox<T> {
  /** Takes it at once; throws `core.queue_full` when `countMax` are not acknowledged: the gate then refuses requests. */
  tell(message: T): void;
  taken(count: number): void;
  /** Resolves when everything is acknowledged, or when the time is over. */
  untilTaken(timeoutMs: number): Promise<void>;
}

/** What is told in one turn of the event loop leaves together. */
export function createOutbox<T>(send: (messages: readonly T[]) => void, countMax: number): Outbox<T> {
  let unacknowledged = 0;
  let waiting: T[] = [];

  function flush(): void {
    for (let at = 0; at < waiting.length; at += batchMax) {
      const batch = waiting.slice(at, at + batchMax);
      unacknowledged += batch.length;
      send(batch);
    }
    waiting = [];
  }

  return {
    tell(message) {
      if (unacknowledged + waiting.length >= countMax)
        throw new SallyportError('core.queue_full', `Cannot tell the control plane: ${countMax} messages wait`);
      waiting.push(message);
      if (waiting.length === 1) setImmediate(flush);
    },
    taken(count) {
      unacknowledged -= count;
    },
    async untilTaken(timeoutMs) {
      flush();
      const deadline = performance.now() + timeoutMs;
      while (unacknowledged + waiting.length > 0 && performance.now() < deadline) await delay(5);
    },
  };
}
