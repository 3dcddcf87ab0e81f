import { character, type Decoded, hexNumber, rewrite } from './rewrite.ts';

/**
 * Takes off percent encoding once: `%3C`, `%u003C`, and UTF-8 in every form a lenient decoder takes, overlong ones included (RFC 3629
 * section 3 forbids them; what follows the gate may not). Bytes that are no UTF-8 count as Latin-1; a stray `%` stays.
 */
export function decodePercent(text: string): string {
  return rewrite(text, '%', decodeAt);
}

function decodeAt(text: string, at: number, decoded: Decoded): boolean {
  const next = text.charCodeAt(at + 1) | 32;
  if (next === 0x75) {
    const unit = hexNumber(text, at + 2, 4);
    if (unit < 0) return false;
    decoded.value = String.fromCharCode(unit);
    decoded.end = at + 6;
    return true;
  }
  const first = hexNumber(text, at + 1, 2);
  if (first < 0) return false;
  const count = first < 0xc0 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf8 ? 3 : 0;
  let code = count === 0 ? first : first & (0x3f >> count);
  for (let i = 1; i <= count; i++) {
    const byte = text.charCodeAt(at + 3 * i) === 0x25 ? hexNumber(text, at + 3 * i + 1, 2) : -1;
    if (byte < 0 || (byte & 0xc0) !== 0x80) return single(first, at, decoded);
    code = (code << 6) | (byte & 0x3f);
  }
  decoded.value = character(code);
  decoded.end = at + 3 * (count + 1);
  return true;
}

function single(byte: number, at: number, decoded: Decoded): boolean {
  decoded.value = String.fromCharCode(byte);
  decoded.end = at + 3;
  return true;
}
