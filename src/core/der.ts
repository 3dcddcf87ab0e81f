import { isIPv4 } from 'node:net';

/** One DER element (X.690 section 8.1): the tag, the shortest length, the content. */
export function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  if (length < 0x100) return Buffer.concat([Buffer.of(tag, 0x81, length), content]);
  if (length > 0xffff) throw new RangeError(`Cannot encode "${length}" bytes: want at most 65535`);
  return Buffer.concat([Buffer.of(tag, 0x82, length >> 8, length & 0xff), content]);
}

/** SEQUENCE. */
export const sequence = (...contents: readonly Uint8Array[]): Buffer => der(0x30, ...contents);

/** INTEGER of an unsigned big-endian number: no needless leading zeros, one where the top bit would mean "negative". */
export function unsigned(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex(byte => byte !== 0);
  const bare = first === -1 ? Buffer.of(0) : bytes.subarray(first);
  return (bare[0] ?? 0) >= 0x80 ? der(0x02, Buffer.of(0), bare) : der(0x02, bare);
}

/** OBJECT IDENTIFIER (X.690 section 8.19). */
export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap(arc => {
    const digits = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      digits.unshift((left & 0x7f) | 0x80);
    return digits;
  });
  return der(0x06, Buffer.from(bytes));
}

/** BIT STRING of whole bytes, or with `unused` bits at the end. */
export const bitString = (bytes: Uint8Array, unused = 0): Buffer => der(0x03, Buffer.of(unused), bytes);

/** A time as RFC 5280 section 4.1.2.5 wants it: UTCTime through 2049, GeneralizedTime after. */
export function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\.\d+/, '').replaceAll(/[-:T]/g, '');
  const isLate = new Date(ms).getUTCFullYear() >= 2050;
  return isLate ? der(0x18, Buffer.from(digits)) : der(0x17, Buffer.from(digits.slice(2)));
}

/** GeneralName (RFC 5280 section 4.2.1.6) of a DNS name or an address in canonical form. */
export function generalName(name: string): Buffer {
  const bytes = addressBytes(name);
  return bytes === undefined ? der(0x82, Buffer.from(name, 'latin1')) : der(0x87, bytes);
}

/** GeneralSubtree (RFC 5280 section 4.2.1.10): a name and everything below it, or exactly one address. */
export function subtree(name: string): Buffer {
  const bytes = addressBytes(name);
  return sequence(bytes === undefined ? generalName(name) : der(0x87, bytes, Buffer.alloc(bytes.length, 0xff)));
}

function addressBytes(name: string): Buffer | undefined {
  if (isIPv4(name)) return Buffer.from(name.split('.').map(Number));
  if (!name.includes(':')) return undefined;
  const [left = '', right] = name.split('::');
  const groups = (text: string | undefined) => (text ? text.split(':') : []);
  const before = groups(left);
  const after = groups(right);
  const middle = Array.from({ length: right === undefined ? 0 : 8 - before.length - after.length }, () => '0');
  const words = [...before, ...middle, ...after].map(group => Number.parseInt(group, 16));
  return Buffer.from(words.flatMap(word => [word >> 8, word & 0xff]));
}
