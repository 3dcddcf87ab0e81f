import type { Clock } from '../core/clock.ts';
import { SallyportError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { AuditConfig } from './config.ts';
import { batchBytesMax, batchEventsMax } from './config.ts';
import type { FlushWaiters } from './flush-waiters.ts';
import { createFlushWaiters } from './flush-waiters.ts';
import type { Committed, FrameLog } from './frame-log.ts';
import { createLinger } from './linger.ts';
import type { Entry, Pending } from './pending.ts';
import { createPending } from './pending.ts';

/** Group commit: gathers entries into frames, acknowledges after the sync, fails closed and heals by itself. */
export interface Writer extends AsyncDisposable {
  /** Takes an entry in order. Throws `core.queue_full` beyond the bounds and `audit.unavailable` when it may not wait. */
  add(entry: Entry): void;
  /** Resolves when everything taken so far is durable; throws `audit.unavailable` when the log failed. */
  flush(): Promise<void>;
  isRecording(): boolean;
}

export interface WriterDeps {
  readonly frames: FrameLog;
  readonly settings: AuditConfig;
  readonly clock: Clock;
  readonly log: Log;
  /** Called for each durable frame, in order. */
  readonly onCommit: (frame: Committed) => void;
  /** The record that says the log was recovered. */
  readonly recoveredEntry: (cutBytes: number, lastSeq: number) => Entry;
}

const recoverMsMax = 30_000;
/** Share of the queue above which the gate is told to stop, so that what is already under way still finds room. */
const nearlyFull = 0.8;
/** Awaited events may use this much more of the queue than request records, so that a flood does not shut them out. */
const awaitedReserve = 1.25;

export function createWriter(deps: WriterDeps): Writer {
  const { settings, log } = deps;
  const pending = createPending();
  const core = createCore(deps, pending);
  let isClosing = false;
  return {
    add(entry) {
      if (isClosing) throw unavailable('Cannot record: the log is closed');
      if (entry.waiter !== undefined && core.hasFailed()) {
        throw unavailable('Cannot record: the log could not be written');
      }
      checkRoom(pending, entry, settings);
      core.take(entry);
    },
    flush: () => core.flush(),
    isRecording: () =>
      !core.hasFailed() &&
      pending.count < settings.queueEvents * nearlyFull &&
      pending.bytes < settings.queueBytes * nearlyFull,
    async [Symbol.asyncDispose]() {
      if (isClosing) return;
      isClosing = true;
      await core.settle();
      await deps.frames.close();
      if (pending.count > 0) {
        log.error('audit.lost_at_exit', { events: pending.count });
        throw unavailable(`Cannot close the audit log: ${pending.count} events could not be written`);
      }
    },
  };
}

function checkRoom(pending: Pending, entry: Entry, settings: AuditConfig): void {
  const { queueEvents, queueBytes } = settings;
  const isAwaited = entry.waiter !== undefined;
  const share = isAwaited ? awaitedReserve : 1;
  if (pending.count < queueEvents * share && pending.bytes + entry.bytes <= queueBytes * share) return;
  const what = `${pending.count} events and ${pending.bytes} bytes wait, at most ${queueEvents} and ${queueBytes} are allowed`;
  if (isAwaited) throw unavailable(`Cannot record: ${what}`);
  throw new SallyportError('core.queue_full', `Cannot add to the audit queue: ${what}`);
}

interface Core {
  take(entry: Entry): void;
  flush(): Promise<void>;
  hasFailed(): boolean;
  /** Writes what is pending, after one more attempt to recover if need be, and stops. */
  settle(): Promise<void>;
}

/** The loop that writes, and what it does when a write fails. */
function createCore(deps: WriterDeps, pending: Pending): Core {
  const { frames, settings, clock } = deps;
  const flushes = createFlushWaiters();
  const linger = createLinger({ lingerMs: settings.lingerMs, monotonicMs: () => clock.monotonicMs() });
  let failed = false;
  let draining: Promise<void> | undefined;
  const recovery = createRecovery(deps, frame => {
    failed = false;
    flushes.accept();
    commit(frame);
    kick();
  });

  function kick(): void {
    if (draining !== undefined || failed || pending.count === 0) return;
    draining = drain().finally(() => {
      draining = undefined;
      kick();
    });
  }

  async function drain(): Promise<void> {
    while (pending.count > 0) {
      await linger.wait(pending.bytes >= batchBytesMax);
      const batch = pending.take(batchEventsMax, batchBytesMax);
      const written = await frames.write(batch).catch((error: unknown) => fail(error, batch));
      if (written === undefined) return;
      commit(written);
    }
  }

  const commit = (frame: Committed) => acknowledge(deps, flushes, frame);

  function fail(cause: unknown, batch: readonly Entry[]): void {
    failed = true;
    const error = unavailable('Cannot record: the log could not be written', cause);
    const refused = pending.retreat(batch);
    for (const entry of refused) entry.waiter?.reject(error);
    flushes.fail(error, pending.count);
    deps.log.error('audit.write_failed', { error: cause, refused: refused.length, waiting: pending.count });
    recovery.later();
  }

  async function drained(): Promise<void> {
    linger.hurry();
    for (let running = draining; running !== undefined; running = draining) await running;
  }

  return {
    take(entry) {
      pending.push(entry);
      flushes.accept();
      if (pending.bytes >= batchBytesMax) linger.hurry();
      kick();
    },
    flush() {
      if (failed) return Promise.reject(unavailable('Cannot flush: the log could not be written'));
      if (!flushes.isSettled) linger.hurry();
      return flushes.wait();
    },
    hasFailed: () => failed,
    async settle() {
      await drained();
      if (failed) await recovery.now();
      await drained();
      recovery.stop();
    },
  };
}

function acknowledge(deps: WriterDeps, flushes: FlushWaiters, frame: Committed): void {
  deps.onCommit(frame);
  for (const entry of frame.entries) entry.waiter?.resolve(entry.event);
  flushes.commit(frame.entries.length);
}

/** Tries to go on after a failed write, at first soon, then at longer intervals. */
function createRecovery(deps: WriterDeps, onRecovered: (frame: Committed) => void) {
  const { frames, settings, log } = deps;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let waitMs = settings.recoverMs;
  let cutBytes = 0;

  async function attempt(): Promise<void> {
    try {
      cutBytes += await frames.repair();
      // The record of the recovery is also its proof: only when it is on disk may others be taken.
      const frame = await frames.write([deps.recoveredEntry(cutBytes, frames.end().nextSeq - 1)]);
      log.info('audit.recovered', { cutBytes, seq: frame.firstSeq });
      cutBytes = 0;
      waitMs = settings.recoverMs;
      onRecovered(frame);
    } catch (error) {
      log.warn('audit.recovery_failed', { error });
      later();
    }
  }

  function now(): Promise<void> {
    clearTimeout(timer);
    running ??= attempt().finally(() => {
      running = undefined;
    });
    return running;
  }

  function later(): void {
    timer = setTimeout(() => void now(), waitMs).unref();
    waitMs = Math.min(waitMs * 2, Math.max(recoverMsMax, settings.recoverMs));
  }

  return { now, later, stop: () => clearTimeout(timer) };
}

function unavailable(message: string, cause?: unknown): SallyportError {
  return new SallyportError('audit.unavailable', message, { cause });
}
