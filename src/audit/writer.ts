import type { Clock } from '../core/clock.ts';
import { SallyportError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { AuditConfig } from './config.ts';
import { batchBytesMax, batchEventsMax } from './config.ts';
import type { Committed, FrameLog } from './frame-log.ts';
import type { Entry } from './pending.ts';
import { createPending } from './pending.ts';

/** Group commit: gathers entries into frames, acknowledges after the sync, fails closed and heals by itself. */
export interface Writer extends AsyncDisposable {
  /** Takes an entry in order. Throws `core.queue_full` beyond the bounds and `audit.unavailable` when it may not wait. */
  add(entry: Entry): void;
  /** Resolves when everything taken so far is durable; throws `audit.unavailable` when the log failed. */
  flush(): Promise<void>;
  isRecording(): boolean;
}

interface WriterDeps {
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
  const { frames, settings, clock, log } = deps;
  const pending = createPending();
  let state: 'recording' | 'failed' = 'recording';
  let isClosing = false;
  let draining: Promise<void> | undefined;
  let recovering: Promise<void> | undefined;
  let recoverTimer: NodeJS.Timeout | undefined;
  let recoverMs = settings.recoverMs;
  let cutBytes = 0;
  let lastStartMs = Number.NEGATIVE_INFINITY;
  let isUrgent = false;
  let wake: (() => void) | undefined;
  let accepted = 0;
  let durable = 0;
  let flushing: { upTo: number; resolve: () => void; reject: (error: Error) => void }[] = [];

  function kick(): void {
    if (draining !== undefined || state !== 'recording' || pending.count === 0) return;
    draining = drain().finally(() => {
      draining = undefined;
      kick();
    });
  }

  async function drain(): Promise<void> {
    while (pending.count > 0 && state === 'recording') {
      await gather();
      lastStartMs = clock.monotonicMs();
      isUrgent = false;
      const batch = pending.take(batchEventsMax, batchBytesMax);
      let frame: Committed;
      try {
        frame = await frames.write(batch);
      } catch (error) {
        fail(error, batch);
        return;
      }
      commit(frame);
    }
  }

  /** Waits for company: to the end of this turn when idle, else until the linger since the last frame is over. */
  async function gather(): Promise<void> {
    const waitMs = Math.min(settings.lingerMs, lastStartMs + settings.lingerMs - clock.monotonicMs());
    await new Promise<void>(resolve => {
      if (waitMs <= 0 || isUrgent || pending.bytes >= batchBytesMax) {
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
  }

  function commit(frame: Committed): void {
    durable += frame.entries.length;
    deps.onCommit(frame);
    for (const entry of frame.entries) entry.waiter?.resolve(entry.event);
    const done = flushing.filter(flush => flush.upTo <= durable);
    flushing = flushing.filter(flush => flush.upTo > durable);
    for (const flush of done) flush.resolve();
  }

  function fail(cause: unknown, batch: readonly Entry[]): void {
    state = 'failed';
    const refused = pending.retreat(batch);
    accepted = durable + pending.count;
    log.error('audit.write_failed', { error: cause, refused: refused.length, waiting: pending.count });
    const error = unavailable('Cannot record: the log could not be written', cause);
    for (const entry of refused) entry.waiter?.reject(error);
    for (const flush of flushing.splice(0)) flush.reject(error);
    recoverLater();
  }

  function recoverLater(): void {
    recoverTimer = setTimeout(() => {
      recovering = recover().finally(() => {
        recovering = undefined;
      });
    }, recoverMs).unref();
    recoverMs = Math.min(recoverMs * 2, Math.max(recoverMsMax, settings.recoverMs));
  }

  async function recover(): Promise<void> {
    try {
      cutBytes += await frames.repair();
      const entry = deps.recoveredEntry(cutBytes, frames.end().nextSeq - 1);
      // The record of the recovery is also its proof: only when it is on disk may others be taken.
      const frame = await frames.write([entry]);
      accepted += 1;
      state = 'recording';
      log.info('audit.recovered', { cutBytes, seq: frame.firstSeq });
      cutBytes = 0;
      recoverMs = settings.recoverMs;
      commit(frame);
      kick();
    } catch (error) {
      log.warn('audit.recovery_failed', { error });
      recoverLater();
    }
  }

  /** Waits until nothing is under way any more. */
  async function settle(): Promise<void> {
    isUrgent = true;
    wake?.();
    while (draining !== undefined) await draining;
  }

  function mayTake(entry: Entry): void {
    const isAwaited = entry.waiter !== undefined;
    if (isClosing) throw unavailable('Cannot record: the log is closed');
    if (isAwaited && state === 'failed') throw unavailable('Cannot record: the log could not be written');
    const share = isAwaited ? awaitedReserve : 1;
    const isFull =
      pending.count >= settings.queueEvents * share || pending.bytes + entry.bytes > settings.queueBytes * share;
    if (!isFull) return;
    const what = `${pending.count} events and ${pending.bytes} bytes wait, at most ${settings.queueEvents} and ${settings.queueBytes} are allowed`;
    if (isAwaited) throw unavailable(`Cannot record: ${what}`);
    throw new SallyportError('core.queue_full', `Cannot add to the audit queue: ${what}`);
  }

  return {
    add(entry) {
      mayTake(entry);
      pending.push(entry);
      accepted += 1;
      if (pending.bytes >= batchBytesMax) wake?.();
      kick();
    },
    flush() {
      if (state === 'failed') return Promise.reject(unavailable('Cannot flush: the log could not be written'));
      if (durable >= accepted) return Promise.resolve();
      isUrgent = true;
      wake?.();
      return new Promise((resolve, reject) => flushing.push({ upTo: accepted, resolve, reject }));
    },
    isRecording: () =>
      state === 'recording' &&
      pending.count < settings.queueEvents * nearlyFull &&
      pending.bytes < settings.queueBytes * nearlyFull,
    async [Symbol.asyncDispose]() {
      if (isClosing) return;
      isClosing = true;
      await settle();
      if (state === 'failed') {
        clearTimeout(recoverTimer);
        await (recovering ?? recover());
        clearTimeout(recoverTimer);
        await settle();
      }
      await frames.close();
      if (pending.count > 0) {
        log.error('audit.lost_at_exit', { events: pending.count });
        throw unavailable(`Cannot close the audit log: ${pending.count} events could not be written`);
      }
    },
  };
}

function unavailable(message: string, cause?: unknown): SallyportError {
  return new SallyportError('audit.unavailable', message, { cause });
}
