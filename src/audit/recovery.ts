import path from 'node:path';
import { SallyportError } from '../core/errors.ts';
import type { LogDisk } from './disk.ts';
import { genesisHash, holdsFrame } from './frame.ts';
import type { SegmentRef } from './segments.ts';
import { frameBytesMax, listSegments, readRange, readSegment } from './segments.ts';

/** Where the next frame goes on: the sequence number it starts with and the hash it chains to. */
export interface LogEnd {
  readonly nextSeq: number;
  readonly head: Buffer;
}

/**
 * Finds the end of the log at start, as "Recovery" in docs/reference/audit-log.md says: a torn last frame is saved beside the
 * segments and cut off, an empty last segment is removed, and anything else that does not verify throws `audit.corrupt`.
 */
export async function recoverLog(input: {
  disk: LogDisk;
  dir: string;
  node: string;
  nowMs: number;
}): Promise<LogEnd & { cutBytes: number }> {
  const { disk, dir, node } = input;
  const segments = await listSegments(disk, dir);
  let cutBytes = 0;
  for (let mayBeTorn = true; ; mayBeTorn = false) {
    const last = segments.pop();
    if (last === undefined) return { nextSeq: 0, head: genesisHash(node), cutBytes };
    const end = await readEnd(last, node);
    if (end.rest !== undefined) {
      if (!mayBeTorn) throw corrupt(last, end.rest.offset, end.rest.why);
      await cutTorn(input, last, { ...end.rest, nextSeq: end.nextSeq });
      cutBytes += end.rest.bytes;
    }
    if (end.head !== undefined) return { nextSeq: end.nextSeq, head: end.head, cutBytes };
    await disk.remove(last.path);
    await disk.syncDir(dir);
  }
}

interface SegmentEnd {
  readonly nextSeq: number;
  /** Undefined when the segment holds no whole frame. */
  readonly head: Buffer | undefined;
  readonly rest: { readonly offset: number; readonly bytes: number; readonly why: string } | undefined;
}

async function readEnd(segment: SegmentRef, node: string): Promise<SegmentEnd> {
  let nextSeq = segment.firstSeq;
  let prev = nextSeq === 0 ? genesisHash(node) : undefined;
  let head: Buffer | undefined;
  for await (const step of readSegment(segment.path)) {
    if (step.kind === 'rest') return { nextSeq, head, rest: step };
    const { frame, offset } = step;
    if (frame.firstSeq !== nextSeq) throw corrupt(segment, offset, `first_seq is ${frame.firstSeq}, want ${nextSeq}`);
    if (prev !== undefined && !frame.prev.equals(prev))
      throw corrupt(segment, offset, 'does not chain to the frame before');
    nextSeq += frame.count;
    head = frame.hash;
    prev = head;
  }
  return { nextSeq, head, rest: undefined };
}

async function cutTorn(
  input: { disk: LogDisk; dir: string; nowMs: number },
  segment: SegmentRef,
  rest: { offset: number; bytes: number; why: string; nextSeq: number },
): Promise<void> {
  // A frame of a later version is not torn, and one write is never longer than a frame.
  if (rest.why.startsWith('unknown') || rest.bytes > frameBytesMax) throw corrupt(segment, rest.offset, rest.why);
  const bytes = await readRange(segment.path, rest.offset, rest.bytes);
  if (holdsFrame(bytes)) throw corrupt(segment, rest.offset, `${rest.why}, but a complete frame follows`);
  const kept = path.join(input.dir, `torn-${String(rest.nextSeq).padStart(20, '0')}-${input.nowMs}.bin`);
  await input.disk.remove(kept);
  const copy = await input.disk.create(kept);
  try {
    await copy.write(bytes, 0);
    await copy.sync();
  } finally {
    await copy.close();
  }
  await cutAt(input.disk, segment.path, rest.offset);
  await input.disk.syncDir(input.dir);
}

/** A segment as its writer knows it, after a write to it failed. */
export interface DurablePart {
  readonly segment: SegmentRef;
  /** The hash the first frame chains to, and the hash of the last acknowledged frame. */
  readonly prev: Buffer;
  readonly head: Buffer;
  readonly bytes: number;
}

/**
 * Re-reads what was acknowledged, cuts what follows it, and returns how many bytes that were. A segment without an
 * acknowledged frame is removed. Throws `audit.corrupt` when an acknowledged frame is no longer there as it was written.
 */
export async function repairSegment(disk: LogDisk, dir: string, part: DurablePart): Promise<number> {
  if (part.bytes === 0) {
    await disk.remove(part.segment.path);
    await disk.syncDir(dir);
    return 0;
  }
  let prev = part.prev;
  let done = 0;
  for await (const step of readSegment(part.segment.path, part.bytes)) {
    if (step.kind === 'rest') throw corrupt(part.segment, step.offset, step.why);
    if (!step.frame.prev.equals(prev)) throw corrupt(part.segment, step.offset, 'does not chain to the frame before');
    prev = step.frame.hash;
    done += step.frame.bytes;
  }
  if (done !== part.bytes || !prev.equals(part.head)) {
    throw corrupt(part.segment, done, 'acknowledged frames are missing');
  }
  return await cutAt(disk, part.segment.path, part.bytes);
}

async function cutAt(disk: LogDisk, file: string, length: number): Promise<number> {
  const handle = await disk.reopen(file);
  try {
    const cut = handle.length() - length;
    if (cut > 0) await handle.truncate(length);
    await handle.sync();
    return cut;
  } finally {
    await handle.close();
  }
}

function corrupt(segment: SegmentRef, offset: number, why: string): SallyportError {
  const message = `Cannot continue the audit log at byte ${offset} of "${segment.path}": ${why}`;
  return new SallyportError('audit.corrupt', message, { detail: message });
}
