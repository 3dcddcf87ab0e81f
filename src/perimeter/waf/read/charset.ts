import { isAscii, isUtf8 } from 'node:buffer';
import type { Problem } from '../waf.ts';
import { problem, quote } from './problem.ts';
import { wholeUtf8 } from './utf8.ts';

/** The encodings of text that are read. */
export type Charset =
  | 'utf-8'
  | 'us-ascii'
  | 'latin1'
  | 'utf-16le'
  | 'utf-16be'
  | 'utf-16'
  | `windows-125${number}`
  | `iso-8859-${number}`
  | 'koi8-r'
  | 'koi8-u';

/** One byte a character, and the first 128 are US-ASCII: nothing hides in them. */
const singleByte = /^(?:windows-125[0-8]|iso-8859-(?:[2-79]|1[03-6])|koi8-[ru])$/;

const labels = new Map<string, Charset>([
  ['utf-8', 'utf-8'],
  ['utf8', 'utf-8'],
  ['us-ascii', 'us-ascii'],
  ['ascii', 'us-ascii'],
  ['iso-8859-1', 'latin1'],
  ['iso8859-1', 'latin1'],
  ['latin1', 'latin1'],
  ['cp1252', 'windows-1252'],
  ['utf-16', 'utf-16'],
  ['utf-16le', 'utf-16le'],
  ['utf-16be', 'utf-16be'],
]);

/** The charset a label names; whatever else there is (UTF-7, UTF-32, EBCDIC, unknown ones) is refused, because it hides US-ASCII. */
export function parseCharset(label: string): Charset | Problem {
  const name = label.trim().toLowerCase();
  // The pattern holds just the names of the type.
  if (singleByte.test(name)) return name as Charset;
  return labels.get(name) ?? problem('unsupported', `the charset ${quote(label)}`);
}

/** Turns bytes into text as they arrive. */
export interface Decoder {
  write(bytes: Buffer): string | Problem;
  end(): Problem | undefined;
}

/** A decoder that refuses what its charset does not have, overlong and broken UTF-8 above all (RFC 3629 section 3). */
export function createDecoder(charset: Exclude<Charset, 'utf-16'>): Decoder {
  if (charset === 'latin1') return { write: bytes => bytes.toString('latin1'), end: () => undefined };
  if (charset === 'utf-8') return createUtf8Decoder();
  if (charset === 'us-ascii') {
    return { write: bytes => (isAscii(bytes) ? bytes.toString('latin1') : broken(charset)), end: () => undefined };
  }
  const decoder = new TextDecoder(charset, { fatal: true, ignoreBOM: true });
  const decode = (bytes: Uint8Array | undefined, stream: boolean): string | Problem => {
    try {
      return decoder.decode(bytes, { stream });
    } catch {
      return broken(charset);
    }
  };
  return {
    write: bytes => decode(bytes, true),
    end() {
      const last = decode(undefined, false);
      return typeof last === 'string' ? undefined : last;
    },
  };
}

function createUtf8Decoder(): Decoder {
  let carry: Buffer | undefined;
  return {
    write(bytes) {
      if (carry === undefined && isAscii(bytes)) return bytes.toString('latin1');
      const whole = carry === undefined ? bytes : Buffer.concat([carry, bytes]);
      const end = whole.length - unfinished(whole);
      carry = end === whole.length ? undefined : Buffer.from(whole.subarray(end));
      const complete = whole.subarray(0, end);
      return isUtf8(complete) ? complete.toString('utf8') : broken('utf-8');
    },
    end: () => (carry === undefined ? undefined : broken('utf-8')),
  };
}

/** How many bytes at the end belong to a UTF-8 sequence that goes on. */
function unfinished(bytes: Buffer): number {
  const tail = bytes.subarray(-3).toString('latin1');
  return tail.length - wholeUtf8(tail);
}

function broken(charset: string): Problem {
  return problem('malformed', `the text is not ${charset}`);
}

/** What the first bytes say: a byte order mark, or the zero bytes of UTF-16 around an ASCII character. */
export function sniffCharset(bytes: string): { readonly charset: Charset; readonly markBytes: number } | undefined {
  if (bytes.startsWith('\xff\xfe')) return { charset: 'utf-16le', markBytes: 2 };
  if (bytes.startsWith('\xfe\xff')) return { charset: 'utf-16be', markBytes: 2 };
  if (bytes.startsWith('\xef\xbb\xbf')) return { charset: 'utf-8', markBytes: 3 };
  const isZero = [0, 1, 2, 3].map(i => (i < bytes.length ? bytes.charCodeAt(i) === 0 : undefined));
  if (isZero[0] === false && isZero[1] === true && isZero[2] !== true) return { charset: 'utf-16le', markBytes: 0 };
  if (isZero[0] === true && isZero[1] === false && isZero[2] !== false) return { charset: 'utf-16be', markBytes: 0 };
  return undefined;
}
