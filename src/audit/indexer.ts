import type { Kysely } from 'kysely';
import type { Clock } from '../core/clock.ts';
import { SallyportError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { LogDisk } from './disk.ts';
import type { IndexableFrame } from './index-source.ts';
import { readFrames } from './index-source.ts';
import type { AuditEventRow, AuditTables } from './tables.ts';
import { toRow } from './tables.ts';

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
  /** The last sequence number that is on disk. */
  readonly durableSeq: () => number;
  readonly indexedSeq: number;
}

/** SQLite allows 32,766 parameters in a statement, PostgreSQL 65,535; a row has 15. */
const rowsPerInsert = 200;
const rowsPerStep = 1_000;
const lingerMs = 50;
const reachMsMax = 5_000;
const retryMsMax = 5_000;
/** Frames kept in memory for the index; beyond it they are read from disk again. */
const waitingRowsMax = 20_000;
const pruneRows = 2_000;
const pruneBatchesMax = 100;

export function createIndexer(deps: IndexerDeps): Indexer {
  const { db, node, log } = deps;
  let { indexedSeq } = deps;
  let waiting: IndexableFrame[] = [];
  let waitingRows = 0;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  const closing = new AbortController();
  let reaching: { seq: number; resolve: () => void }[] = [];

  function start(): void {
    clearTimeout(timer);
    timer = undefined;
    running ??= run().finally(() => {
      running = undefined;
      // Something may have been told between the last look and here.
      if (!closing.signal.aborted && indexedSeq < deps.durableSeq()) start();
    });
  }

  async function run(): Promise<void> {
    let retryMs = 100;
    while (!closing.signal.aborted && indexedSeq < deps.durableSeq()) {
      try {
        await step();
        retryMs = 100;
      } catch (error) {
        log.warn('audit.index_failed', { error, indexedSeq });
        await pause(retryMs, closing.signal);
        retryMs = Math.min(retryMs * 2, retryMsMax);
      }
    }
  }

  async function step(): Promise<void> {
    const frames = takeWaiting();
    if (frames.length > 0) {
      await insert(frames);
      return;
    }
    for await (const frame of readFrames(deps.disk, deps.dir, { fromSeq: indexedSeq + 1, toSeq: deps.durableSeq() })) {
      await insert([frame]);
      if (closing.signal.aborted) return;
    }
  }

  /** The next frames if they are in memory; nothing when the disk must be asked. */
  function takeWaiting(): IndexableFrame[] {
    const fresh = waiting.filter(frame => frame.firstSeq > indexedSeq);
    let rows = 0;
    let count = 0;
    let next = indexedSeq + 1;
    for (const frame of fresh) {
      if (frame.firstSeq !== next || (count > 0 && rows + frame.records.length > rowsPerStep)) break;
      rows += frame.records.length;
      next += frame.records.length;
      count++;
    }
    waiting = fresh.slice(count);
    waitingRows = waiting.reduce((sum, frame) => sum + frame.records.length, 0);
    return fresh.slice(0, count);
  }

  async function insert(frames: readonly IndexableFrame[]): Promise<void> {
    const oldest = deps.clock.now() - deps.retentionMs;
    const rows: AuditEventRow[] = [];
    for (const frame of frames) {
      for (const [i, { event, line }] of frame.records.entries()) {
        if (event.time >= oldest) rows.push(toRow(node, frame.firstSeq + i, event, line));
      }
    }
    for (let i = 0; i < rows.length; i += rowsPerInsert) {
      // A crash before the anchor below is written repeats these rows.
      await db
        .insertInto('audit_events')
        .values(rows.slice(i, i + rowsPerInsert))
        .onConflict(conflict => conflict.doNothing())
        .execute();
    }
    const last = frames.at(-1);
    if (last === undefined) return;
    const anchor = { last_seq: last.firstSeq + last.records.length - 1, head: last.head.toString('hex') };
    await db
      .insertInto('audit_index')
      .values({ node, ...anchor })
      .onConflict(conflict => conflict.column('node').doUpdateSet(anchor))
      .execute();
    indexedSeq = anchor.last_seq;
    const done = reaching.filter(wait => wait.seq <= indexedSeq);
    reaching = reaching.filter(wait => wait.seq > indexedSeq);
    for (const wait of done) wait.resolve();
  }

  function reach(seq: number, waitMs = reachMsMax): Promise<void> {
    if (seq <= indexedSeq) return Promise.resolve();
    start();
    return new Promise((resolve, reject) => {
      const wait = {
        seq,
        resolve: () => {
          clearTimeout(limit);
          resolve();
        },
      };
      const limit = setTimeout(() => {
        reaching = reaching.filter(other => other !== wait);
        reject(
          new SallyportError(
            'store.unavailable',
            `Cannot search yet: event ${seq} is not indexed, ${indexedSeq} is the last`,
            {
              detail: 'The search index is behind the log; try again in a moment.',
            },
          ),
        );
      }, waitMs);
      reaching.push(wait);
    });
  }

  return {
    push(frame) {
      if (waitingRows + frame.records.length > waitingRowsMax) {
        waiting = [];
        waitingRows = 0;
      } else {
        waiting.push(frame);
        waitingRows += frame.records.length;
      }
      if (running === undefined) timer ??= setTimeout(start, lingerMs).unref();
    },
    reach,
    async rebuild() {
      await running;
      await deleteRows(db, node);
      indexedSeq = -1;
      while (indexedSeq < deps.durableSeq()) await step();
      return indexedSeq;
    },
    async prune() {
      const before = deps.clock.now() - deps.retentionMs;
      let deleted = 0;
      for (let i = 0; i < pruneBatchesMax && !closing.signal.aborted; i++) {
        const batch = await deleteBatch(db, node, before);
        deleted += batch;
        if (batch < pruneRows) break;
      }
      return deleted;
    },
    async [Symbol.asyncDispose]() {
      if (closing.signal.aborted) return;
      clearTimeout(timer);
      // What is not indexed now is caught up at the next start.
      await reach(deps.durableSeq(), 2_000).catch(error => log.info('audit.index_left_behind', { error }));
      closing.abort();
      await running;
      clearTimeout(timer);
    },
  };
}

async function deleteBatch(db: Kysely<AuditTables>, node: string, before: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('audit_events')
    .where('node', '=', node)
    .where('seq', 'in', eb =>
      eb
        .selectFrom('audit_events')
        .select('seq')
        .where('node', '=', node)
        .where('time', '<', before)
        .orderBy('time')
        .limit(pruneRows),
    )
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

async function deleteRows(db: Kysely<AuditTables>, node: string): Promise<void> {
  // The anchor goes first: without it the next start builds the index anew, wherever this was interrupted.
  await db.deleteFrom('audit_index').where('node', '=', node).execute();
  while ((await deleteBatch(db, node, Number.MAX_SAFE_INTEGER)) > 0);
}

/** Forgets the index of a node, so that it is built anew. */
export const forgetIndex = deleteRows;

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
