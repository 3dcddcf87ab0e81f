import { gunzipSync, inflateSync, constants as zlib } from 'node:zlib';

/** Fewer characters than this say nothing: words of that length are Base64 and hexadecimal by chance. */
export const decodedCharsMin = 8;
const probeChars = 24;
const shortCharsMax = 12;
const inflatedBytesMax = 32_768;

/**
 * The text in a run of Base64 (RFC 4648 sections 4 and 5, with or without padding, line breaks allowed); undefined when the run is
 * something else or what comes out is neither text nor the beginning of a serialised object. Looks at the first few bytes before the rest.
 */
export function decodeBase64(run: string): string | undefined {
  if (!beginsLikely(run)) return undefined;
  // A blank is a plus sign that a form reader took; line breaks are of the mail form (RFC 2045 section 6.8).
  const unbroken = run.includes('\n') ? run.replaceAll(/[\r\n\t]/g, '').trim() : run.trim();
  const body = unbroken.includes(' ') ? unbroken.replaceAll(' ', '+') : unbroken;
  if (body.length < (decodedCharsMin * 4) / 3 || !isBase64(body)) return undefined;
  const probe = Buffer.from(body.slice(0, probeChars), 'base64');
  if (!isText(probe, true) && !isSerialised(probe)) return undefined;
  const bytes = Buffer.from(body, 'base64');
  if (bytes.length < decodedCharsMin) return undefined;
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return inflate(bytes);
  if (bytes[0] === 0x78) return objectInside(bytes) ?? (isText(bytes, false) ? bytes.toString('utf8') : undefined);
  if (isSerialised(probe)) return bytes.toString('latin1');
  return isText(bytes, false) ? bytes.toString('utf8') : undefined;
}

/**
 * Six to eight characters in a run of Base64 so short that words have its form too: only printable ASCII, and three signs or more among it.
 * Ends at the first byte that is neither, which is nearly always the first or second.
 */
export function decodeShort(run: string): string | undefined {
  let end = run.length;
  if (end > shortCharsMax) return undefined;
  while (end > run.length - 2 && run.charCodeAt(end - 1) === 0x3d) end--;
  let bits = 0;
  let count = 0;
  let signs = 0;
  let text = '';
  for (let i = 0; i < end; i++) {
    const digit = digits[run.charCodeAt(i)] ?? 255;
    if (digit === 255) return undefined;
    bits = ((bits << 6) | digit) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    const byte = (bits >> count) & 255;
    if (byte < 32 || byte > 126) return undefined;
    if (isSign(byte)) signs++;
    text += String.fromCharCode(byte);
  }
  return signs >= 3 && text.length >= 6 ? text : undefined;
}

function isSign(byte: number): boolean {
  const letter = byte | 32;
  return !(letter >= 97 && letter <= 122) && !(byte >= 48 && byte <= 57) && byte !== 32 && byte !== 46 && byte !== 45;
}

/** The text that an even run of hexadecimal digits spells, with or without `0x`; undefined when it spells none. */
export function decodeHex(run: string): string | undefined {
  const hex = run.startsWith('0x') || run.startsWith('0X') ? run.slice(2) : run;
  if (hex.length < decodedCharsMin * 2 || hex.length % 2 !== 0) return undefined;
  const probe = Buffer.from(hex.slice(0, probeChars), 'hex');
  if (probe.length < probeChars / 2 && probe.length < hex.length / 2) return undefined;
  if (!isText(probe, true)) return undefined;
  const bytes = Buffer.from(hex, 'hex');
  return bytes.length === hex.length / 2 && isText(bytes, false) ? bytes.toString('utf8') : undefined;
}

/** Letters, digits, `+/` or `-_`, and at most two `=` at the end. */
function isBase64(run: string): boolean {
  let end = run.length;
  while (end > run.length - 2 && run.charCodeAt(end - 1) === 0x3d) end--;
  if (end % 4 === 1) return false;
  let isStandard = false;
  let isUrl = false;
  for (let i = 0; i < end; i++) {
    const code = run.charCodeAt(i);
    const letter = code | 32;
    if ((letter >= 97 && letter <= 122) || (code >= 48 && code <= 57)) continue;
    if (code === 0x2b || code === 0x2f) isStandard = true;
    else if (code === 0x2d || code === 0x5f) isUrl = true;
    else return false;
  }
  return !(isStandard && isUrl);
}

const likelyChars = 8;
const digits = makeDigits();

/** A cheap look at the first six bytes, which ends the work for most words: no control character among them unless they begin an object. */
function beginsLikely(run: string): boolean {
  let bits = 0;
  for (let i = 0; i < likelyChars; i++) {
    const digit = digits[run.charCodeAt(i)] ?? 255;
    // A line break so early, or the end: the full look decides.
    if (digit === 255) return true;
    bits = ((bits << 6) | digit) & 0xff_ffff;
    if (i % 4 !== 3) continue;
    if (isControl(bits >> 16) || isControl((bits >> 8) & 255) || isControl(bits & 255)) return objectFirst(run);
  }
  return true;
}

function isControl(byte: number): boolean {
  return byte < 32 && (byte < 9 || byte > 13);
}

/** Whether the first character can begin one of `beginnings`. */
function objectFirst(run: string): boolean {
  return 'HrgABe'.includes(run.charAt(0));
}

function makeDigits(): Uint8Array {
  const table = new Uint8Array(128).fill(255);
  const order = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  for (let i = 0; i < 64; i++) table[order.charCodeAt(i)] = i;
  table[0x2d] = 62;
  table[0x5f] = 63;
  table[0x20] = 62;
  return table;
}

/** At least nine of ten bytes are printable ASCII or parts of UTF-8 letters; `isCut` when the last letter may be incomplete. */
function isText(bytes: Uint8Array, isCut: boolean): boolean {
  let odd = 0;
  let i = 0;
  // One null byte at the end cuts off what an application puts behind the text; it makes no binary of it.
  const length = bytes.at(-1) === 0 ? bytes.length - 1 : bytes.length;
  while (i < length) {
    const byte = bytes[i] ?? 0;
    const count = byte >= 0xf0 && byte < 0xf5 ? 3 : byte >= 0xe0 ? 2 : byte >= 0xc2 ? 1 : 0;
    if (byte < 0x80) {
      if (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13) odd++;
      if (byte === 0x7f) odd++;
    } else if (count === 0 || byte >= 0xf5 || !continues(bytes, i + 1, count, isCut)) odd++;
    else i += count;
    i++;
  }
  return odd * 10 <= length && length > 0;
}

function continues(bytes: Uint8Array, from: number, count: number, isCut: boolean): boolean {
  for (let i = from; i < from + count; i++) {
    const byte = bytes[i];
    if (byte === undefined) return isCut;
    if ((byte & 0xc0) !== 0x80) return false;
  }
  return true;
}

const beginnings = [
  // gzip, Java serialisation, Python pickle protocols 2 to 5, .NET BinaryFormatter, Ruby Marshal 4.8.
  [0x1f, 0x8b, 0x08],
  // zlib (RFC 1950) at the usual levels.
  [0x78, 0x01],
  [0x78, 0x5e],
  [0x78, 0x9c],
  [0x78, 0xda],
  [0xac, 0xed, 0x00, 0x05],
  [0x80, 0x02],
  [0x80, 0x03],
  [0x80, 0x04, 0x95],
  [0x80, 0x05, 0x95],
  [0x00, 0x01, 0x00, 0x00, 0x00, 0xff],
  [0x04, 0x08],
] as const;

function isSerialised(bytes: Uint8Array): boolean {
  return beginnings.some(beginning => beginning.every((byte, i) => bytes[i] === byte));
}

/** At most `inflatedBytesMax` of what is packed; a broken or larger one is given as it is, so that its beginning can still be judged. */
function inflate(bytes: Buffer): string {
  try {
    return gunzipSync(bytes, { maxOutputLength: inflatedBytesMax, finishFlush: zlib.Z_SYNC_FLUSH }).toString('latin1');
  } catch {
    return bytes.toString('latin1');
  }
}

/** PHP's objects and arrays, a function of a pickle of protocol 0. */
const objectText = /^(?:[aoc]:\+?\d{1,6}:|c[a-z_][\w.]{1,60}\n|\(d?l?p0\n)/iu;

/** What zlib packed, when that is an object and no text or picture; undefined otherwise. */
function objectInside(bytes: Buffer): string | undefined {
  try {
    const inflated = inflateSync(bytes, { maxOutputLength: inflatedBytesMax, finishFlush: zlib.Z_SYNC_FLUSH });
    const text = inflated.toString('latin1');
    return isSerialised(inflated) || objectText.test(text.slice(0, 80)) ? text : undefined;
  } catch {
    return undefined;
  }
}
