import { hash } from 'node:crypto';
import {
  bodyBytesMax,
  frameMagic,
  framePrefix,
  frameVersion,
  genesisLabel,
  hashBytes,
  headerBytes,
  headerOffsets,
  leafPrefix,
} from './format.ts';

/** A frame as read: its records are still the stored bytes. */
export interface Frame {
  readonly firstSeq: number;
  readonly count: number;
  readonly prev: Buffer;
  readonly body: Buffer;
  readonly hash: Buffer;
  /** Length of the whole frame. */
  readonly bytes: number;
}

/** What a buffer holds at a place: a whole frame that matches its own hash, or why it is none. */
export type Decoded = { readonly ok: true; readonly frame: Frame } | { readonly ok: false; readonly why: string };

/** The hash before the first frame of a node. */
export function genesisHash(node: string): Buffer {
  return hash('sha256', `${genesisLabel}\n${node}\n`, 'buffer');
}

/** RFC 6962 section 2.1 leaf hash of one record (without its newline). */
export function leafHash(record: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([Buffer.of(leafPrefix), record]), 'buffer');
}

/** A frame ready to be written. `bytes` is a view of the encoder's buffer and valid until the next call. */
export interface EncodedFrame {
  readonly bytes: Buffer;
  readonly hash: Buffer;
}

export interface FrameInput {
  readonly prev: Buffer;
  readonly firstSeq: number;
  readonly lines: readonly string[];
  /** UTF-8 bytes of all lines, each with its newline. */
  readonly bodyBytes: number;
}

/** Returns an encoder that keeps one buffer for all frames, so that writing makes no garbage. */
export function createFrameEncoder(): (input: FrameInput) => EncodedFrame {
  // In front of the frame lie 0x02 and the previous hash, so that the hashed bytes are one piece.
  const lead = 1 + hashBytes;
  let buffer = Buffer.alloc(0);
  return ({ prev, firstSeq, lines, bodyBytes }) => {
    const size = lead + headerBytes + bodyBytes + hashBytes;
    if (buffer.length < size) buffer = Buffer.allocUnsafeSlow(Math.max(size, 2 * buffer.length));
    buffer.writeUInt8(framePrefix, 0);
    prev.copy(buffer, 1);
    const header = buffer.subarray(lead, lead + headerBytes);
    header.writeUInt32BE(frameMagic, headerOffsets.magic);
    header.writeUInt16BE(frameVersion, headerOffsets.version);
    header.writeUInt16BE(0, headerOffsets.flags);
    header.writeBigUInt64BE(BigInt(firstSeq), headerOffsets.firstSeq);
    header.writeUInt32BE(lines.length, headerOffsets.count);
    header.writeUInt32BE(bodyBytes, headerOffsets.length);
    prev.copy(header, headerOffsets.prev);
    let at = lead + headerBytes;
    for (const line of lines) {
      at += buffer.write(line, at);
      buffer[at++] = 0x0a;
    }
    const digest = hash('sha256', buffer.subarray(0, at), 'buffer');
    digest.copy(buffer, at);
    return { bytes: buffer.subarray(lead, at + hashBytes), hash: digest };
  };
}

/** Reads the frame that starts at `at`, and checks it against its own hash; whether it chains is the caller's question. */
export function decodeFrame(bytes: Buffer, at: number): Decoded {
  if (bytes.length - at < headerBytes) return { ok: false, why: 'ends inside a frame header' };
  const header = bytes.subarray(at, at + headerBytes);
  const why = headerFault(header);
  if (why !== undefined) return { ok: false, why };
  const length = header.readUInt32BE(headerOffsets.length);
  const end = at + headerBytes + length + hashBytes;
  if (bytes.length < end) return { ok: false, why: 'ends inside a frame' };
  const prev = header.subarray(headerOffsets.prev);
  const stored = bytes.subarray(end - hashBytes, end);
  const hashed = Buffer.concat([Buffer.of(framePrefix), prev, bytes.subarray(at, end - hashBytes)]);
  if (!hash('sha256', hashed, 'buffer').equals(stored)) return { ok: false, why: 'frame hash does not match' };
  return {
    ok: true,
    frame: {
      firstSeq: Number(header.readBigUInt64BE(headerOffsets.firstSeq)),
      count: header.readUInt32BE(headerOffsets.count),
      prev,
      body: bytes.subarray(at + headerBytes, end - hashBytes),
      hash: stored,
      bytes: end - at,
    },
  };
}

function headerFault(header: Buffer): string | undefined {
  if (header.readUInt32BE(headerOffsets.magic) !== frameMagic) return 'no frame magic';
  const version = header.readUInt16BE(headerOffsets.version);
  if (version !== frameVersion) return `unknown version ${version}`;
  if (header.readUInt16BE(headerOffsets.flags) !== 0) return 'unknown flags';
  if (header.readBigUInt64BE(headerOffsets.firstSeq) > BigInt(Number.MAX_SAFE_INTEGER)) return 'first_seq too large';
  const length = header.readUInt32BE(headerOffsets.length);
  if (length > bodyBytesMax) return `length ${length} above ${bodyBytesMax}`;
  const count = header.readUInt32BE(headerOffsets.count);
  // A record is at least `{}` and a newline.
  if (count < 1 || count * 3 > length) return `count ${count} does not fit length ${length}`;
  return undefined;
}

/** The records of a frame body as text, without their newlines. Throws nothing: the hash vouches for the bytes. */
export function recordsOf(frame: Frame): string[] {
  const lines = frame.body.toString('utf8').split('\n');
  lines.pop();
  return lines;
}

/** True when a complete frame, valid by its own hash, starts anywhere in the bytes: then they are not a torn write. */
export function holdsFrame(bytes: Buffer): boolean {
  const magic = Buffer.alloc(4);
  magic.writeUInt32BE(frameMagic);
  for (let at = bytes.indexOf(magic); at !== -1; at = bytes.indexOf(magic, at + 1)) {
    if (decodeFrame(bytes, at).ok) return true;
  }
  return false;
}
