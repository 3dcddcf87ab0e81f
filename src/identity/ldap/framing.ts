import { Duplex } from 'node:stream';
import { checkMessage, messageLength } from './message-shape.ts';

/** How much one connection may bring before it is cut. */
export interface FramingLimits {
  readonly messageBytesMax: number;
  readonly bytesMax: number;
  readonly messagesMax: number;
}

/** What a sign-in or a lookup may read: far above an honest answer, far below what hurts. */
export const framingLimits: FramingLimits = {
  messageBytesMax: 1_048_576,
  bytesMax: 16_777_216,
  messagesMax: 20_000,
};

/** Splits bytes into whole, well-formed messages; throws at the first that is not, and over a limit. Keeps less than one message. */
export function createFraming(limits: FramingLimits): (chunk: Buffer) => readonly Buffer[] {
  let parts: Buffer[] = [];
  let kept = 0;
  let bytes = 0;
  let messages = 0;
  return chunk => {
    bytes += chunk.length;
    if (bytes > limits.bytesMax) throw new Error(`The server sent too much: want at most ${limits.bytesMax} bytes`);
    parts.push(chunk);
    kept += chunk.length;
    const wanted = messageLength(headOf(parts));
    if (wanted !== null && wanted > limits.messageBytesMax) throw tooLong(limits);
    if (wanted === null || kept < wanted) return [];
    let rest = Buffer.concat(parts);
    const whole: Buffer[] = [];
    for (let length = messageLength(rest); length !== null && length <= rest.length; length = messageLength(rest)) {
      if (length > limits.messageBytesMax) throw tooLong(limits);
      if (++messages > limits.messagesMax) {
        throw new Error(`The server sent too much: want at most ${limits.messagesMax} messages`);
      }
      const message = rest.subarray(0, length);
      checkMessage(message);
      whole.push(message);
      rest = rest.subarray(length);
    }
    parts = rest.length > 0 ? [rest] : [];
    kept = rest.length;
    return whole;
  };
}

/**
 * A stream like `inner` that hands on whole, checked messages only and one at a time; it ends with an error at the first that is not.
 * The client library on top of it never sees part of a message.
 */
export function guardStream(inner: Duplex, limits: FramingLimits): Duplex {
  const split = createFraming(limits);
  const guarded = new Duplex({
    read: () => void inner.resume(),
    write: (chunk: Buffer, _encoding, done) => {
      inner.write(chunk, error => done(error ?? null));
    },
    final: done => {
      inner.end(() => done());
    },
    destroy: (error, done) => {
      inner.destroy();
      done(error);
    },
    readableHighWaterMark: 1,
  });
  inner.on('data', (chunk: Buffer) => {
    try {
      for (const message of split(chunk)) guarded.push(message);
    } catch (error) {
      guarded.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  });
  inner.on('error', error => guarded.destroy(error));
  inner.once('close', () => guarded.destroy());
  inner.once('end', () => guarded.push(null));
  return guarded;
}

/** Enough of the first bytes to read a length, without joining all that came. */
function headOf(parts: readonly Buffer[]): Buffer {
  const [first] = parts;
  if (first !== undefined && (first.length >= 6 || parts.length === 1)) return first;
  return Buffer.concat(parts.slice(0, 6));
}

function tooLong(limits: FramingLimits): Error {
  return new Error(`The server sent too much: want messages of at most ${limits.messageBytesMax} bytes`);
}
