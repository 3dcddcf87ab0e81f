import { SallyportError } from '../core/errors.ts';
import type { SecurityEvent } from '../core/events.ts';
import type { LogDisk } from './disk.ts';
import { recordsOf } from './frame.ts';
import { listSegments, readSegment } from './segments.ts';

/** A durable frame on its way into the index. */
export interface IndexableFrame {
  readonly firstSeq: number;
  readonly head: Buffer;
  readonly records: readonly { readonly event: SecurityEvent; readonly line: string }[];
}

/** Reads whole frames from disk, from the one that holds `fromSeq` up to the one that ends at or after `toSeq`. */
export async function* readFrames(
  disk: LogDisk,
  dir: string,
  range: { fromSeq: number; toSeq: number },
): AsyncGenerator<IndexableFrame> {
  const segments = await listSegments(disk, dir);
  const first = segments.findLastIndex(segment => segment.firstSeq <= range.fromSeq);
  for (const segment of segments.slice(Math.max(first, 0))) {
    if (segment.firstSeq > range.toSeq) return;
    for await (const step of readSegment(segment.path)) {
      if (step.kind === 'rest') {
        const message = `Cannot read the audit log at byte ${step.offset} of "${segment.path}": ${step.why}`;
        throw new SallyportError('audit.corrupt', message);
      }
      const { frame } = step;
      if (frame.firstSeq > range.toSeq) return;
      if (frame.firstSeq + frame.count <= range.fromSeq) continue;
      // The hash vouches for the line, and the writer checked what it serialised.
      const records = recordsOf(frame).map(line => ({ event: JSON.parse(line) as SecurityEvent, line }));
      yield { firstSeq: frame.firstSeq, head: frame.hash, records };
      if (frame.firstSeq + frame.count > range.toSeq) return;
    }
  }
}

/** The hash of the frame that ends exactly with `seq`, or undefined when no frame does. */
export async function headAt(disk: LogDisk, dir: string, seq: number): Promise<Buffer | undefined> {
  const segments = await listSegments(disk, dir);
  const segment = segments.findLast(candidate => candidate.firstSeq <= seq);
  if (segment === undefined) return undefined;
  for await (const step of readSegment(segment.path)) {
    if (step.kind === 'rest') return undefined;
    const lastSeq = step.frame.firstSeq + step.frame.count - 1;
    if (lastSeq === seq) return step.frame.hash;
    if (lastSeq > seq) return undefined;
  }
  return undefined;
}
