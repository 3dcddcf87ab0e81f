/**
 * The independent verifier: it reads the files as docs/reference/audit-log.md describes them and trusts nothing the writer
 * says. It shares no code with the writer but the numbers in format.ts.
 */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditVerification, VerifyProgress } from './audit.ts';
import * as format from './format.ts';

/** One thing that is wrong, and where. `seq` is the first sequence number that cannot be relied on. */
export interface Fault {
  readonly segment: string;
  readonly offset: number;
  readonly seq: number;
  readonly what: string;
}

export interface VerifyOptions {
  /** The directory of the node. */
  readonly dir: string;
  readonly node: string;
  /** A sequence number and the hash of the frame that ends with it, noted earlier and kept elsewhere. */
  readonly anchor?: { readonly seq: number; readonly head: string };
  /** Reads no further than this, for a log that is being written. */
  readonly until?: { readonly segmentSeq: number; readonly bytes: number };
  readonly onProgress?: (done: VerifyProgress) => void;
  readonly signal?: AbortSignal;
}

const faultsMax = 100;

interface Walk {
  seq: number;
  prev: Buffer;
  records: number;
  anchorHead: string | undefined;
  readonly faults: Fault[];
  readonly options: VerifyOptions;
}

/** Reads the whole log and checks every point under "Verifying" in docs/reference/audit-log.md. Repairs nothing. */
export async function verifyLog(
  options: VerifyOptions,
): Promise<AuditVerification & { readonly faults: readonly Fault[] }> {
  const label = `${format.genesisLabel}\n${options.node}\n`;
  const walk: Walk = {
    seq: 0,
    prev: createHash('sha256').update(label).digest(),
    records: 0,
    anchorHead: undefined,
    faults: [],
    options,
  };
  const segments = await findSegments(walk);
  for (const [i, segment] of segments.entries()) {
    options.signal?.throwIfAborted();
    await checkSegment(walk, segment, i === segments.length - 1);
    options.onProgress?.({ segments: i + 1, segmentsTotal: segments.length, records: walk.records });
  }
  checkAnchor(walk);
  return {
    ok: walk.faults.length === 0,
    records: walk.records,
    segments: segments.length,
    firstSeq: segments[0]?.firstSeq ?? 0,
    lastSeq: walk.seq - 1,
    head: walk.prev.toString('hex'),
    problems: walk.faults.map(fault => `${fault.segment} byte ${fault.offset}, event ${fault.seq}: ${fault.what}`),
    faults: walk.faults,
  };
}

interface Segment {
  readonly name: string;
  readonly firstSeq: number;
  readonly bytesMax: number;
}

async function findSegments(walk: Walk): Promise<Segment[]> {
  const { dir, until } = walk.options;
  const found: Segment[] = [];
  for (const name of (await readdir(dir)).toSorted()) {
    if (!name.endsWith(format.segmentSuffix)) continue;
    const firstSeq = Number(format.segmentNamePattern.exec(name)?.[1] ?? Number.NaN);
    if (!Number.isSafeInteger(firstSeq)) {
      addFault(walk, { segment: name, offset: 0, what: 'the name is not that of a segment' });
      continue;
    }
    if (until !== undefined && (firstSeq > until.segmentSeq || (firstSeq === until.segmentSeq && until.bytes === 0)))
      continue;
    const bytesMax = firstSeq === until?.segmentSeq ? until.bytes : Number.POSITIVE_INFINITY;
    found.push({ name, firstSeq, bytesMax });
  }
  return found;
}

async function checkSegment(walk: Walk, segment: Segment, isLast: boolean): Promise<void> {
  await using file = await open(join(walk.options.dir, segment.name), 'r');
  const { size } = await file.stat();
  const end = Math.min(size, segment.bytesMax);
  const at = { segment: segment.name, offset: 0 };
  if (size < segment.bytesMax && Number.isFinite(segment.bytesMax)) {
    addFault(walk, {
      ...at,
      offset: size,
      what: `the segment is ${size} bytes long, ${segment.bytesMax} were acknowledged`,
    });
  }
  if (end === 0 && !isLast) addFault(walk, { ...at, what: 'the segment is empty but not the last' });
  if (segment.firstSeq !== walk.seq) {
    addFault(walk, { ...at, what: `the segment starts with event ${segment.firstSeq}, want ${walk.seq}` });
    // What follows is judged for itself, so that one missing segment is one fault and not one per frame.
    walk.seq = segment.firstSeq;
  }
  while (at.offset < end) {
    walk.options.signal?.throwIfAborted();
    const step = await checkFrame(walk, { file, end, at });
    if (step === undefined) return;
    at.offset += step;
  }
}

/** Checks one frame and returns its length, or undefined when nothing behind it can be found. */
async function checkFrame(
  walk: Walk,
  place: { file: FileHandle; end: number; at: { segment: string; offset: number } },
): Promise<number | undefined> {
  const { file, end, at } = place;
  const rest = end - at.offset;
  const header = await readExactly(file, at.offset, Math.min(format.headerBytes, rest));
  const fields = readHeader(header);
  if (typeof fields === 'string') {
    addFault(walk, { ...at, what: fields });
    return undefined;
  }
  const total = format.headerBytes + fields.length + format.hashBytes;
  if (total > rest) {
    addFault(walk, { ...at, what: `the frame is ${total} bytes long, only ${rest} are there` });
    return undefined;
  }
  const tail = await readExactly(file, at.offset + format.headerBytes, fields.length + format.hashBytes);
  const body = tail.subarray(0, fields.length);
  const stored = tail.subarray(fields.length);
  if (fields.firstSeq !== walk.seq) {
    addFault(walk, { ...at, what: `the frame starts with event ${fields.firstSeq}, want ${walk.seq}` });
    walk.seq = fields.firstSeq;
  }
  if (!fields.prev.equals(walk.prev)) addFault(walk, { ...at, what: 'the frame does not chain to the one before' });
  const computed = createHash('sha256')
    .update(Buffer.of(format.framePrefix))
    .update(fields.prev)
    .update(header)
    .update(body)
    .digest();
  if (!computed.equals(stored)) addFault(walk, { ...at, what: 'the frame hash does not match its bytes' });
  const wrong = bodyFault(body, fields.count);
  if (wrong !== undefined) addFault(walk, { ...at, what: wrong });
  walk.prev = stored;
  walk.seq = fields.firstSeq + fields.count;
  walk.records += fields.count;
  if (walk.options.anchor?.seq === walk.seq - 1) walk.anchorHead = stored.toString('hex');
  return total;
}

interface Header {
  readonly firstSeq: number;
  readonly count: number;
  readonly length: number;
  readonly prev: Buffer;
}

/** The fields of a header, or what is wrong with it. */
function readHeader(header: Buffer): Header | string {
  if (header.length < format.headerBytes) return 'the segment ends inside a frame header';
  const at = format.headerOffsets;
  if (header.readUInt32BE(at.magic) !== format.frameMagic) return 'there is no frame here';
  const version = header.readUInt16BE(at.version);
  if (version !== format.frameVersion)
    return `the frame has version ${version}, this verifier knows ${format.frameVersion}`;
  const flags = header.readUInt16BE(at.flags);
  if (flags !== 0) return `the frame has unknown flags ${flags}`;
  const firstSeq = header.readBigUInt64BE(at.firstSeq);
  if (firstSeq > BigInt(Number.MAX_SAFE_INTEGER))
    return `the frame starts with event ${firstSeq}, more than there can be`;
  const count = header.readUInt32BE(at.count);
  const length = header.readUInt32BE(at.length);
  if (length > format.bodyBytesMax)
    return `the frame body is ${length} bytes long, at most ${format.bodyBytesMax} are allowed`;
  if (count === 0) return 'the frame holds no record';
  return { firstSeq: Number(firstSeq), count, length, prev: header.subarray(at.prev) };
}

function bodyFault(body: Buffer, count: number): string | undefined {
  let records = 0;
  let start = 0;
  while (start < body.length) {
    const end = body.indexOf(0x0a, start);
    if (end === -1) return 'the last record does not end';
    if (end - start > format.recordBytesMax) return `record ${records} of the frame is ${end - start} bytes long`;
    if (body[start] !== 0x7b || body[end - 1] !== 0x7d) return `record ${records} of the frame is not an object`;
    records++;
    start = end + 1;
  }
  return records === count ? undefined : `the frame says ${count} records, ${records} are there`;
}

function checkAnchor(walk: Walk): void {
  const { anchor } = walk.options;
  if (anchor === undefined || anchor.seq < 0 || walk.anchorHead === anchor.head) return;
  const what =
    walk.seq <= anchor.seq
      ? `the log ends with event ${walk.seq - 1}, but event ${anchor.seq} was recorded`
      : `the log differs from the head noted for event ${anchor.seq}`;
  addFault(walk, { segment: 'log', offset: 0, seq: Math.min(walk.seq, anchor.seq), what });
}

function addFault(walk: Walk, fault: Omit<Fault, 'seq'> & { seq?: number }): void {
  if (walk.faults.length < faultsMax) walk.faults.push({ seq: walk.seq, ...fault });
}

async function readExactly(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(buffer, done, length - done, offset + done);
    if (bytesRead === 0) throw new Error(`Cannot read ${length} bytes at ${offset}: the file became shorter`);
    done += bytesRead;
  }
  return buffer;
}
