import { Worker } from 'node:worker_threads';
import { SallyportError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Ask, ReplyMessage, WorkerOpen } from './sqlite-protocol.ts';

const heapMbMax = 512;

/** One life of the worker thread: what is asked is answered, or fails with `store.unavailable` when the thread is gone. */
export interface SqliteThread {
  /** Resolves when the file is open; throws `store.unavailable` when it cannot be. */
  readonly ready: Promise<void>;
  readonly isGone: boolean;
  /** Throws `store.unavailable` when the thread died or did not answer within `timeoutMs`. */
  ask(ask: Ask, timeoutMs: number): Promise<ReplyMessage>;
  terminate(): Promise<void>;
}

interface Waiting {
  resolve(message: ReplyMessage): void;
  reject(error: Error): void;
  readonly timer: NodeJS.Timeout | undefined;
}

/** Starts the thread. It gets no environment, no standard streams' flags of the parent and a bounded heap. */
export function startSqliteThread(open: WorkerOpen, log: Log): SqliteThread {
  const worker = new Worker(new URL('./sqlite-worker.ts', import.meta.url), {
    workerData: open,
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: heapMbMax },
  });
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let gone: SallyportError | undefined;

  const expect = (id: number, timeoutMs: number): Promise<ReplyMessage> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        log.error('store.worker_stuck', { file: open.file, timeoutMs });
        end(unavailable(open.file, `it did not answer within ${timeoutMs} ms`));
        void worker.terminate();
      }, timeoutMs);
      waiting.set(id, { resolve, reject, timer });
    });

  function end(error: SallyportError): void {
    gone ??= error;
    for (const one of waiting.values()) {
      clearTimeout(one.timer);
      one.reject(gone);
    }
    waiting.clear();
  }

  worker.on('message', (message: ReplyMessage) => {
    const one = waiting.get(message.id);
    waiting.delete(message.id);
    clearTimeout(one?.timer);
    one?.resolve(message);
  });
  worker.on('error', error => end(unavailable(open.file, 'its thread failed', error)));
  worker.on('exit', () => end(unavailable(open.file, 'its thread ended')));

  const ready = expect(0, openTimeoutMs).then(() => undefined);
  ready.catch(() => undefined);
  return {
    ready,
    get isGone() {
      return gone !== undefined;
    },
    async ask(ask, timeoutMs) {
      if (gone) throw gone;
      const id = ++lastId;
      const answer = expect(id, timeoutMs);
      worker.postMessage({ id, ask });
      return await answer;
    },
    async terminate() {
      await worker.terminate();
    },
  };
}

const openTimeoutMs = 30_000;

function unavailable(file: string, reason: string, cause?: unknown): SallyportError {
  const why = cause instanceof Error ? `${reason} (${cause.message})` : reason;
  return new SallyportError('store.unavailable', `Cannot use the store "${file}": ${why}`, { cause });
}
