import { SallyportError } from '../core/errors.ts';
import type { LogDisk, LogFile } from './disk.ts';
import { hashBytes, headerBytes } from './format.ts';
import { createFrameEncoder } from './frame.ts';
import type { Entry } from './pending.ts';
import type { LogEnd } from './recovery.ts';
import { repairSegment } from './recovery.ts';
import { segmentPath } from './segments.ts';

/** A frame that is on disk. */
export interface Committed {
  readonly firstSeq: number;
  readonly head: Buffer;
  readonly entries: readonly Entry[];
}

/** The durable end of the log: everything before it is acknowledged. */
interface DurableEnd extends LogEnd {
  /** First sequence number of the segment that is being written and its acknowledged bytes; 0 bytes when none is open. */
  readonly segmentSeq: number;
  readonly segmentBytes: number;
}

/** Writes frames one after the other into segments. Not for concurrent use: the caller awaits each call. */
export interface FrameLog {
  /** Resolves when the frame is on disk. After a throw nothing of it counts, and `repair` must succeed before the next write. */
  write(entries: readonly Entry[]): Promise<Committed>;
  /** Checks what was acknowledged, cuts what was not, and returns how many bytes that were. The next write begins a new segment. */
  repair(): Promise<number>;
  end(): DurableEnd;
  close(): Promise<void>;
}

interface OpenSegment {
  readonly firstSeq: number;
  readonly path: string;
  readonly prev: Buffer;
  readonly startedMs: number;
  /** Undefined once a call on it failed: a descriptor that failed is never used again. */
  file: LogFile | undefined;
  bytes: number;
}

interface FrameLogDeps {
  disk: LogDisk;
  dir: string;
  start: LogEnd;
  segmentBytes: number;
  segmentMs: number;
  monotonicMs: () => number;
}

export function createFrameLog(deps: FrameLogDeps): FrameLog {
  const { disk, dir } = deps;
  const encode = createFrameEncoder();
  let { nextSeq, head } = deps.start;
  let current: OpenSegment | undefined;

  async function closeCurrent(): Promise<void> {
    const file = current?.file;
    current = undefined;
    await file?.close();
  }

  async function openSegment(): Promise<OpenSegment & { file: LogFile }> {
    const path = segmentPath(dir, nextSeq);
    const file = await disk.create(path);
    const opened = { firstSeq: nextSeq, path, prev: head, startedMs: deps.monotonicMs(), file, bytes: 0 };
    current = opened;
    await disk.syncDir(dir);
    return opened;
  }

  async function segmentFor(frameBytes: number): Promise<OpenSegment & { file: LogFile }> {
    if (current !== undefined && current.bytes > 0) {
      const isFull = current.bytes + frameBytes > deps.segmentBytes;
      if (isFull || deps.monotonicMs() - current.startedMs >= deps.segmentMs) await closeCurrent();
    }
    if (current === undefined) return await openSegment();
    const { file } = current;
    if (file === undefined) throw new SallyportError('audit.unavailable', 'Cannot write a frame: repair the log first');
    return Object.assign(current, { file });
  }

  async function abandon(): Promise<void> {
    const file = current?.file;
    if (current !== undefined) current.file = undefined;
    // It failed already; a failing close tells nothing more.
    await file?.close().catch(() => undefined);
  }

  return {
    async write(entries) {
      const bodyBytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
      const firstSeq = nextSeq;
      try {
        const segment = await segmentFor(headerBytes + bodyBytes + hashBytes);
        checkUntouched(segment);
        const frame = encode({ prev: head, firstSeq, lines: entries.map(entry => entry.line), bodyBytes });
        await segment.file.write(frame.bytes, segment.bytes);
        await segment.file.sync();
        segment.bytes += frame.bytes.length;
        head = frame.hash;
        nextSeq += entries.length;
      } catch (error) {
        await abandon();
        throw error;
      }
      return { firstSeq, head, entries };
    },
    async repair() {
      if (current === undefined) return 0;
      const { firstSeq, path, prev, bytes } = current;
      await abandon();
      const cut = await repairSegment(disk, dir, { segment: { firstSeq, path }, prev, head, bytes });
      current = undefined;
      return cut;
    },
    end: () => ({ nextSeq, head, segmentSeq: current?.firstSeq ?? nextSeq, segmentBytes: current?.bytes ?? 0 }),
    close: closeCurrent,
  };
}

function checkUntouched(segment: OpenSegment & { file: LogFile }): void {
  const length = segment.file.length();
  if (length === segment.bytes) return;
  const message = `Cannot write to "${segment.path}": it is ${length} bytes long, want the ${segment.bytes} written here; is something else writing to it?`;
  throw new SallyportError('audit.unavailable', message);
}
