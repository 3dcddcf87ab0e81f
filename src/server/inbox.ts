import type { Log } from '../core/log.ts';

const retryMs = 100;

/** Takes what a worker tells, in order. What cannot be taken now (the log's queue is full) waits and is tried again. */
export interface Inbox<T> {
  put(messages: readonly T[]): void;
  readonly waiting: number;
}

/**
 * `taken` says how many were taken, and is called only for those: a teller that bounds what is not taken bounds what waits here, so nothing is
 * dropped and nothing grows.
 */
export function createInbox<T>(deps: {
  take: (message: T) => void;
  taken: (count: number) => void;
  log: Log;
}): Inbox<T> {
  const waiting: T[] = [];
  let retry: NodeJS.Timeout | undefined;

  function drain(): void {
    retry = undefined;
    let count = 0;
    try {
      for (; count < waiting.length; count++) deps.take(waiting[count] as T);
    } catch (error) {
      deps.log.warn('worker.messages_wait', { waiting: waiting.length - count, error });
      retry = setTimeout(drain, retryMs).unref();
    }
    waiting.splice(0, count);
    if (count > 0) deps.taken(count);
  }

  return {
    put(messages) {
      waiting.push(...messages);
      if (retry === undefined) drain();
    },
    get waiting() {
      return waiting.length;
    },
  };
}
