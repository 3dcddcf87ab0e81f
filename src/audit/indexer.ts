import type { Kysely } from 'kysely';
import type { Clock } from '../core/clock.ts';
import { SallyportError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { LogDisk } from './disk.ts';
import type { IndexRows } from './index-rows.ts';
import { createIndexRows } from './index-rows.ts';
import type { IndexableFrame } from './index-source.ts';
import { readFrames } from './index-source.ts';
import type { WaitingFrames } from './index-waiting.ts';
import { createWaitingFrames } from './index-waiting.ts';
import type { AuditTables } from './tables.ts';

/** Keeps the search index behind the log. Never holds up recording: when the store is slow or away it catches up from disk. */
export interface Indexer extends AsyncDisposable {
  /** Tells of a durable frame, in order. Never throws. */
  push(frame: IndexableFrame): void;
  /** Resolves when everything up to `seq` can be searched; throws `store.unavailable` after a bounded wait. */
  reach(seq: number): Promise<void>;
  /** Throws the index of this node away and makes it anew from the log. Resolves with the last sequence number indexed. */
  rebuild(): Promise<number>;
  /** Deletes rows older than the retention, in bounded batches, and returns how many. */
  prune(): Promise<number>;
}

export interface IndexerDeps {
  readonly db: Kysely<AuditTables>;
  readonly disk: LogDisk;
  readonly dir: string;
  readonly node: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly retentionMs: number;
  readonly searchWaitMs: number;
  /** The last sequence number that is on disk. */
  readonly durableSeq: () => number;
  readonly indexedSeq: number;
}

const lingerMs = 50;
const retryMsMax = 5_000;
const closeMsMax = 2_000;

export function createIndexer(deps: IndexerDeps): Indexer {
  const rows = createIndexRows(deps.db, deps.node);
  const waiting = createWaitingFrames();
  const reaching = createReaching(deps.indexedSeq);
  const closing = new AbortController();
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isHeld = false;
  const isBehind = () => reaching.indexedSeq() < deps.durableSeq();

  function start(): void {
    clearTimeout(timer);
    timer = undefined;
    if (isHeld) return;
    running ??= catchUp(deps, { rows, waiting, reaching, signal: closing.signal }).finally(() => {
      running = undefined;
      // Something may have been told between the last look and here.
      if (!closing.signal.aborted && isBehind()) start();
    });
  }

  function reach(seq: number, waitMs: number): Promise<void> {
    if (seq > reaching.indexedSeq()) start();
    return reaching.wait(seq, waitMs);
  }

  return {
    push(frame) {
      waiting.push(frame);
      if (running === undefined) timer ??= setTimeout(start, lingerMs).unref();
    },
    reach: seq => reach(seq, deps.searchWaitMs),
    async rebuild() {
      isHeld = true;
      try {
        await running;
        await rows.clear();
        reaching.moveTo(-1);
      } finally {
        isHeld = false;
      }
      start();
      while (isBehind() && running !== undefined) await running;
      return reaching.indexedSeq();
    },
    prune: () => rows.deleteBefore(oldestKept(deps), closing.signal),
    async [Symbol.asyncDispose]() {
      if (closing.signal.aborted) return;
      // What is not indexed in time is caught up at the next start.
      await reach(deps.durableSeq(), Math.min(closeMsMax, deps.searchWaitMs)).catch(error =>
        deps.log.info('audit.index_left_behind', { error }),
      );
      closing.abort();
      clearTimeout(timer);
      await running;
    },
  };
}

const oldestKept = (deps: IndexerDeps): number => deps.clock.now() - deps.retentionMs;

interface Progress {
  readonly rows: IndexRows;
  readonly waiting: WaitingFrames;
  readonly reaching: ReturnType<typeof createReaching>;
  readonly signal: AbortSignal;
}

/** Indexes until it is level with the log, however often the store fails on the way. */
async function catchUp(deps: IndexerDeps, progress: Progress): Promise<void> {
  const { reaching, signal } = progress;
  let retryMs = 100;
  while (!signal.aborted && reaching.indexedSeq() < deps.durableSeq()) {
    try {
      await advance(deps, progress);
      retryMs = 100;
    } catch (error) {
      deps.log.warn('audit.index_failed', { error, indexedSeq: reaching.indexedSeq() });
      await pause(retryMs, signal);
      retryMs = Math.min(retryMs * 2, retryMsMax);
    }
  }
}

async function advance(deps: IndexerDeps, { rows, waiting, reaching, signal }: Progress): Promise<void> {
  async function insert(frames: readonly IndexableFrame[]): Promise<void> {
    await rows.insert(frames, oldestKept(deps));
    const last = frames.at(-1);
    if (last !== undefined) reaching.moveTo(last.firstSeq + last.records.length - 1);
  }

  const frames = waiting.takeAfter(reaching.indexedSeq());
  if (frames.length > 0) {
    await insert(frames);
    return;
  }
  const range = { fromSeq: reaching.indexedSeq() + 1, toSeq: deps.durableSeq() };
  for await (const frame of readFrames(deps.disk, deps.dir, range)) {
    await insert([frame]);
    if (signal.aborted) return;
  }
}

/** How far the index is, and who waits for it. */
function createReaching(start: number) {
  let indexedSeq = start;
  let waiting: { seq: number; resolve: () => void }[] = [];
  return {
    indexedSeq: () => indexedSeq,
    moveTo(seq: number): void {
      indexedSeq = seq;
      const done = waiting.filter(wait => wait.seq <= seq);
      waiting = waiting.filter(wait => wait.seq > seq);
      for (const wait of done) wait.resolve();
    },
    wait(seq: number, waitMs: number): Promise<void> {
      if (seq <= indexedSeq) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const limit = setTimeout(() => {
          waiting = waiting.filter(other => other !== wait);
          reject(behind(seq, indexedSeq));
        }, waitMs);
        const wait = {
          seq,
          resolve: () => {
            clearTimeout(limit);
            resolve();
          },
        };
        waiting.push(wait);
      });
    },
  };
}

function behind(seq: number, indexedSeq: number): SallyportError {
  const message = `Cannot search yet: event ${seq} is not indexed, ${indexedSeq} is the last`;
  const detail = 'The search index is behind the log; try again in a moment.';
  return new SallyportError('store.unavailable', message, { detail });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
