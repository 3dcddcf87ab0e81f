import type { TLSSocket } from 'node:tls';
import { connect } from 'node:tls';
import { eventually } from './transport.fixture.ts';

export const frameTypes = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
};

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** An HTTP/2 client that sends exactly the frames it is told to, sound or not. */
export interface FramePeer {
  readonly socket: TLSSocket;
  readonly frames: Frame[];
  readonly isClosed: boolean;
  write(...frames: readonly Buffer[]): void;
  until(isDone: (frames: readonly Frame[]) => boolean, what: string): Promise<void>;
  /** Code of the last GOAWAY received. */
  readonly goaway: number | undefined;
  /** Code a stream was reset with. */
  resetOf(stream: number): number | undefined;
}

export function frame(type: number, flags: number, stream: number, payload: Buffer | string = ''): Buffer {
  const body = Buffer.from(payload as string, 'latin1');
  const head = Buffer.alloc(9);
  head.writeUIntBE(body.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, body]);
}

/** HPACK without tables or Huffman codes (RFC 7541 section 6.2.2). */
function fields(pairs: readonly (readonly [string, string])[]): Buffer {
  const text = (value: string) => {
    const bytes = Buffer.from(value, 'latin1');
    return Buffer.concat([integer(bytes.length, 7), bytes]);
  };
  return Buffer.concat(pairs.flatMap(([name, value]) => [Buffer.of(0), text(name), text(value)]));
}

function integer(value: number, prefixBits: number): Buffer {
  const most = 2 ** prefixBits - 1;
  if (value < most) return Buffer.of(value);
  const bytes = [most];
  let left = value - most;
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push((left % 128) + 128);
  return Buffer.from([...bytes, left]);
}

/** A request head; `endStream` unless a body follows. */
export function headers(stream: number, pairs: readonly (readonly [string, string])[], endStream = true): Buffer {
  return frame(frameTypes.headers, endStream ? 5 : 4, stream, fields(pairs));
}

export async function framePeer(port: number, ca: string): Promise<FramePeer> {
  const socket = connect({ host: '127.0.0.1', port, ca, servername: 'localhost', ALPNProtocols: ['h2'] });
  const frames: Frame[] = [];
  let isClosed = false;
  let buffered: Buffer = Buffer.alloc(0);
  socket.on('data', (piece: Buffer) => {
    buffered = Buffer.concat([buffered, piece]);
    while (buffered.length >= 9 && buffered.length >= 9 + buffered.readUIntBE(0, 3)) {
      const length = buffered.readUIntBE(0, 3);
      const payload = buffered.subarray(9, 9 + length);
      frames.push({ type: buffered[3] ?? 0, flags: buffered[4] ?? 0, stream: buffered.readUInt32BE(5), payload });
      buffered = buffered.subarray(9 + length);
    }
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    isClosed = true;
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve);
    socket.once('error', reject);
  });
  socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  socket.write(frame(frameTypes.settings, 0, 0));
  const last = (type: number, stream?: number) =>
    frames.findLast(entry => entry.type === type && (stream === undefined || entry.stream === stream));
  return {
    socket,
    frames,
    get isClosed() {
      return isClosed;
    },
    write(...pieces) {
      if (socket.writable) socket.write(Buffer.concat(pieces));
    },
    until: (isDone, what) => eventually(() => isDone(frames) || isClosed, what),
    get goaway() {
      return last(frameTypes.goaway)?.payload.readUInt32BE(4);
    },
    resetOf: stream => last(frameTypes.reset, stream)?.payload.readUInt32BE(0),
  };
}

/** Status of the answer on a stream: the first field of the block, in the forms nghttp2 writes. */
export function statusOf(frames: readonly Frame[], stream: number): number | undefined {
  const block = frames.find(entry => entry.type === frameTypes.headers && entry.stream === stream)?.payload;
  if (block === undefined) return undefined;
  const indexed = new Map([
    [0x88, 200],
    [0x89, 204],
    [0x8a, 206],
    [0x8b, 304],
    [0x8c, 400],
    [0x8d, 404],
    [0x8e, 500],
  ]);
  const first = block[0] ?? 0;
  if (indexed.has(first)) return indexed.get(first);
  const length = block[1] ?? 0;
  const value = block.subarray(2, 2 + (length & 0x7f));
  return length >= 0x80 ? digitsOf(value) : Number(value.toString('latin1'));
}

/** Huffman codes of digits (RFC 7541 appendix B): `0`–`2` have five bits, the others six. */
function digitsOf(bytes: Buffer): number {
  const bits = [...bytes].map(byte => byte.toString(2).padStart(8, '0')).join('');
  let text = '';
  for (let at = 0; at < bits.length && text.length < 3; ) {
    const five = Number.parseInt(bits.slice(at, at + 5), 2);
    if (five <= 2) {
      text += String(five);
      at += 5;
    } else {
      text += String(Number.parseInt(bits.slice(at, at + 6), 2) - 0x19 + 3);
      at += 6;
    }
  }
  return Number(text);
}
