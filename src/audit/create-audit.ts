import path from 'node:path';
import type { Kysely } from 'kysely';
import type { Clock } from '../core/clock.ts';
import { SallyportError } from '../core/errors.ts';
import type { Bus, NewEvent } from '../core/events.ts';
import { systemPrincipal } from '../core/events.ts';
import type { NewId } from '../core/ids.ts';
import type { Log } from '../core/log.ts';
import { toEntry } from './accept.ts';
import type { Audit } from './audit.ts';
import type { AuditConfig } from './config.ts';
import type { LogDisk } from './disk.ts';
import { systemDisk } from './disk.ts';
import type { Committed, FrameLog } from './frame-log.ts';
import { createFrameLog } from './frame-log.ts';
import { createIndexRows } from './index-rows.ts';
import { headAt } from './index-source.ts';
import type { Indexer } from './indexer.ts';
import { createIndexer } from './indexer.ts';
import type { Entry } from './pending.ts';
import { countByTime, searchIndex } from './query.ts';
import type { LogEnd } from './recovery.ts';
import { recoverLog } from './recovery.ts';
import type { AuditTables } from './tables.ts';
import { verifyLog } from './verify.ts';
import type { Writer } from './writer.ts';
import { createWriter } from './writer.ts';

/** What the audit log needs from the house. */
export interface AuditDeps {
  /** The directory that holds one directory per node. */
  readonly dir: string;
  /** `store.db<AuditTables>()`, with `auditMigrations` applied. */
  readonly db: Kysely<AuditTables>;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
  /** Keeps every other process off this path until disposed, or throws `store.locked`. */
  readonly lock: (path: string) => Disposable;
  /** The disk; tests put one here that fails. */
  readonly disk?: LogDisk;
}

const pruneEveryMs = 3_600_000;
const dayMs = 86_400_000;

/**
 * Opens the audit log of this node: recovers its end, refuses to start when it does not verify (`audit.corrupt`) or another
 * process writes it (`store.locked`), and starts recording.
 */
export async function createAudit(config: AuditConfig, deps: AuditDeps): Promise<Audit> {
  const { clock, log, db } = deps;
  const disk = deps.disk ?? systemDisk;
  const { node } = config;
  const dir = path.join(deps.dir, node);
  await using opening = new AsyncDisposableStack();
  await disk.makeDir(dir);
  opening.use(deps.lock(path.join(dir, 'log')));
  const start = await recoverLog({ disk, dir, node, nowMs: clock.now() });
  const { indexedSeq, isShorter } = await openIndex({
    db,
    disk,
    dir,
    node,
    start,
    log,
    accept: config.acceptShorterLog,
  });
  const { segmentBytes, segmentMs, searchWaitMs } = config;
  const frames = createFrameLog({ disk, dir, start, segmentBytes, segmentMs, monotonicMs: () => clock.monotonicMs() });
  const durableSeq = () => frames.end().nextSeq - 1;
  const retentionMs = config.indexRetentionDays * dayMs;
  const indexer = createIndexer({
    db,
    disk,
    dir,
    node,
    clock,
    log,
    retentionMs,
    searchWaitMs,
    durableSeq,
    indexedSeq,
  });
  opening.use(indexer);
  const recoveredEntry = (cutBytes: number, lastSeq: number) =>
    toEntry(recoveredEvent(cutBytes, lastSeq), deps, ignored);
  const onCommit = (frame: Committed) => publish(frame, deps.bus, indexer);
  const writer = opening.use(createWriter({ frames, settings: config, clock, log, onCommit, recoveredEntry }));
  const stopPruning = pruneRegularly(indexer, log);
  opening.defer(stopPruning);
  if (start.cutBytes > 0 || isShorter) {
    log.warn('audit.recovered', { cutBytes: start.cutBytes, lastSeq: start.nextSeq - 1, isShorter });
    writer.add(toEntry(recoveredEvent(start.cutBytes, start.nextSeq - 1), deps));
    await writer.flush();
  }
  if (indexedSeq < durableSeq()) indexer.reach(durableSeq()).catch(error => log.info('audit.index_behind', { error }));
  const open = opening.move();
  return { ...doorOf({ dir, node, frames, writer, indexer, deps }), [Symbol.asyncDispose]: () => open.disposeAsync() };
}

interface Parts {
  readonly deps: AuditDeps;
  readonly dir: string;
  readonly node: string;
  readonly frames: FrameLog;
  readonly writer: Writer;
  readonly indexer: Indexer;
}

/** What others see of the parts, once they are open. */
function doorOf({ deps, dir, node, frames, writer, indexer }: Parts): Omit<Audit, typeof Symbol.asyncDispose> {
  const { db, log } = deps;
  const durableSeq = () => frames.end().nextSeq - 1;

  async function catchUp(): Promise<void> {
    // A log that cannot write now can still be searched.
    await writer.flush().catch(() => undefined);
    await indexer.reach(durableSeq());
  }

  return {
    append: event =>
      new Promise((resolve, reject) => {
        writer.add(toEntry(event, deps, { resolve, reject }));
      }),
    enqueue(event) {
      writer.add(toEntry(event, deps));
    },
    isRecording: () => writer.isRecording(),
    async search(query) {
      await catchUp();
      return await searchIndex(db, node, query);
    },
    async histogram(query) {
      await catchUp();
      return await countByTime(db, node, query);
    },
    async verify(options = {}) {
      const { nextSeq, head, segmentSeq, segmentBytes: bytes } = frames.end();
      const anchor = { seq: nextSeq - 1, head: head.toString('hex') };
      const { faults: _, ...result } = await verifyLog({ ...options, dir, node, anchor, until: { segmentSeq, bytes } });
      if (!result.ok) log.error('audit.verify_failed', { problems: result.problems.slice(0, 10) });
      return result;
    },
    rebuildIndex: () => indexer.rebuild(),
    async flush() {
      await writer.flush();
      await indexer.reach(durableSeq());
    },
  };
}

const ignored: NonNullable<Entry['waiter']> = { resolve() {}, reject() {} };

function publish(frame: Committed, bus: Bus, indexer: Indexer): void {
  indexer.push({ firstSeq: frame.firstSeq, head: frame.head, records: frame.entries });
  for (const entry of frame.entries) bus.emit(entry.event);
}

function recoveredEvent(cutBytes: number, lastSeq: number): NewEvent {
  return {
    type: 'audit.recovered',
    outcome: 'success',
    principal: systemPrincipal,
    action: 'audit.recover',
    data: { cutBytes, lastSeq },
  };
}

/** Compares the log with the anchor in the index, which whoever can change the log files cannot change with them. */
async function openIndex(input: {
  db: Kysely<AuditTables>;
  disk: LogDisk;
  dir: string;
  node: string;
  start: LogEnd;
  log: Log;
  accept: boolean;
}): Promise<{ indexedSeq: number; isShorter: boolean }> {
  const { db, disk, dir, node, start } = input;
  const anchor = await db.selectFrom('audit_index').selectAll().where('node', '=', node).executeTakeFirst();
  if (anchor === undefined) return { indexedSeq: -1, isShorter: false };
  const anchorSeq = anchor.last_seq;
  const head = anchorSeq < start.nextSeq ? await headAt(disk, dir, anchorSeq) : undefined;
  if (head?.toString('hex') === anchor.head) return { indexedSeq: anchorSeq, isShorter: false };
  const found = anchorSeq < start.nextSeq ? 'it has another hash there' : `it ends with event ${start.nextSeq - 1}`;
  const message = `Cannot continue the audit log in "${dir}": event ${anchorSeq} was recorded, but ${found}. If an older copy was restored on purpose, set audit.acceptShorterLog`;
  if (!input.accept) throw new SallyportError('audit.corrupt', message, { detail: message });
  input.log.error('audit.shorter_log_accepted', { anchorSeq, lastSeq: start.nextSeq - 1 });
  await createIndexRows(db, node).clear();
  return { indexedSeq: -1, isShorter: true };
}

function pruneRegularly(indexer: Indexer, log: Log): () => void {
  const timer = setInterval(() => {
    indexer.prune().then(
      rows => log.debug('audit.index_pruned', { rows }),
      error => log.warn('audit.index_prune_failed', { error }),
    );
  }, pruneEveryMs).unref();
  return () => clearInterval(timer);
}
