import { open } from 'node:fs/promises';
import path from 'node:path';
import { SallyportError } from '../core/errors.ts';
import type { LogDisk } from './disk.ts';
import { bodyBytesMax, hashBytes, headerBytes, headerOffsets, segmentNamePattern, segmentSuffix } from './format.ts';
import type { Frame } from './frame.ts';
import { decodeFrame } from './frame.ts';

export const frameBytesMax = headerBytes + bodyBytesMax + hashBytes;

/** A segment file by name. */
export interface SegmentRef {
  readonly firstSeq: number;
  readonly path: string;
}

export function segmentPath(dir: string, firstSeq: number): string {
  return path.join(dir, `${String(firstSeq).padStart(20, '0')}${segmentSuffix}`);
}

/** The segments of a directory in order. Throws `audit.corrupt` for a segment with a name that is none. */
export async function listSegments(disk: LogDisk, dir: string): Promise<SegmentRef[]> {
  const found: SegmentRef[] = [];
  for (const name of await disk.list(dir)) {
    if (!name.endsWith(segmentSuffix)) continue;
    const firstSeq = Number(segmentNamePattern.exec(name)?.[1] ?? Number.NaN);
    if (!Number.isSafeInteger(firstSeq)) {
      throw new SallyportError('audit.corrupt', `Cannot read segment "${name}": want 20 digits and "${segmentSuffix}"`);
    }
    found.push({ firstSeq, path: path.join(dir, name) });
  }
  return found.toSorted((a, b) => a.firstSeq - b.firstSeq);
}

/** What reading a segment meets, in order: whole frames, and at most one rest that is none, which ends the walk. */
export type Step =
  | { readonly kind: 'frame'; readonly offset: number; readonly frame: Frame }
  | { readonly kind: 'rest'; readonly offset: number; readonly bytes: number; readonly why: string };

/** Reads a segment frame by frame up to `bytesMax`, never holding more than one frame. */
export async function* readSegment(file: string, bytesMax = Number.POSITIVE_INFINITY): AsyncGenerator<Step> {
  await using handle = await open(file, 'r');
  const end = Math.min((await handle.stat()).size, bytesMax);
  let offset = 0;
  while (offset < end) {
    const header = await readAt(handle, offset, Math.min(headerBytes, end - offset));
    const claimed =
      header.length < headerBytes ? headerBytes : headerBytes + header.readUInt32BE(headerOffsets.length) + hashBytes;
    const bytes = await readAt(handle, offset, Math.min(claimed, frameBytesMax, end - offset));
    const decoded = decodeFrame(bytes, 0);
    if (!decoded.ok) {
      yield { kind: 'rest', offset, bytes: end - offset, why: decoded.why };
      return;
    }
    yield { kind: 'frame', offset, frame: decoded.frame };
    offset += decoded.frame.bytes;
  }
}

/** Reads exactly this range of a file, or up to its end. */
export async function readRange(file: string, offset: number, length: number): Promise<Buffer> {
  await using handle = await open(file, 'r');
  return await readAt(handle, offset, length);
}

type Handle = Awaited<ReturnType<typeof open>>;

async function readAt(handle: Handle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(buffer, done, length - done, offset + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return buffer.subarray(0, done);
}
