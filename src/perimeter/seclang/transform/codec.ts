import { createHash } from 'node:crypto';

/** The value of a hexadecimal digit's code, -1 for anything else. */
export function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 97 && code <= 102) return code - 87;
  if (code >= 65 && code <= 70) return code - 55;
  return -1;
}

/** The value of two hexadecimal digits at a place, -1 when they are not there. */
export function hexPair(text: string, at: number): number {
  if (at + 1 >= text.length) return -1;
  const high = hexDigit(text.charCodeAt(at));
  const low = hexDigit(text.charCodeAt(at + 1));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/** Bytes of the text in lower-case hexadecimal digits. */
export function hexEncode(text: string): string {
  return Buffer.from(text, 'latin1').toString('hex');
}

/** Pairs of hexadecimal digits taken as bytes; an odd last digit is dropped and anything else counts as zero. */
export function hexDecode(text: string): string {
  let out = '';
  for (let at = 0; at + 1 < text.length; at += 2) {
    const high = hexDigit(text.charCodeAt(at));
    const low = hexDigit(text.charCodeAt(at + 1));
    out += String.fromCharCode((Math.max(high, 0) << 4) | Math.max(low, 0));
  }
  return out;
}

/** MySQL's `0x…` literals replaced by what they mean. */
export function sqlHexDecode(text: string): string {
  if (!/0[xX]/.test(text)) return text;
  return text.replace(/0[xX]((?:[0-9a-fA-F]{2})+)/g, (_, digits: string) =>
    Buffer.from(digits, 'hex').toString('latin1'),
  );
}

/** The digest of the text, as bytes. */
export function digest(algorithm: 'sha1' | 'md5'): (text: string) => string {
  return text => createHash(algorithm).update(text, 'latin1').digest().toString('latin1');
}

/** Standard Base64 of the bytes. */
export function base64Encode(text: string): string {
  return Buffer.from(text, 'latin1').toString('base64');
}

const base64Values = new Int8Array(256).fill(-1);
const base64Digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
for (let value = 0; value < 64; value++) base64Values[base64Digits.charCodeAt(value)] = value;

/** Decodes up to the first character that Base64 does not have (`isForgiving`: leaves such characters out). */
export function base64Decode(text: string, isForgiving: boolean): string {
  const out: number[] = [];
  let bits = 0;
  let held = 0;
  for (let at = 0; at < text.length; at++) {
    const value = base64Values[text.charCodeAt(at) & 255] ?? -1;
    if (value < 0) {
      if (isForgiving || text[at] === '\n' || text[at] === '\r') continue;
      break;
    }
    bits = ((bits << 6) | value) & 0xffffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      out.push((bits >>> held) & 255);
    }
  }
  return Buffer.from(out).toString('latin1');
}

/** Percent-encodes all but letters, digits, `*`, `-`, `.`, `_`; a blank becomes `+`. */
export function urlEncode(text: string): string {
  return text.replace(/[^A-Za-z0-9*\-._]/g, char =>
    char === ' ' ? '+' : `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
