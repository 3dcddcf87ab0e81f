import { type Decoded, rewrite } from './rewrite.ts';

/** Lower-case beginnings of a UTF-7 run that hides ASCII: a text without them needs no look. */
export const utf7Needles: readonly string[] = ['+ac', '+ad', '+ae', '+af', '+ag', '+ah'];

const runCharsMax = 4096;

/** Takes off UTF-7 (RFC 2152) where a run spells nothing but ASCII, which is what hides markup: `+ADw-`. */
export function decodeUtf7(text: string): string {
  return rewrite(text, '+A', decodeAt);
}

function decodeAt(text: string, at: number, decoded: Decoded): boolean {
  let bits = 0;
  let count = 0;
  let value = '';
  let end = at + 1;
  for (; end < text.length && end < at + runCharsMax; end++) {
    const digit = base64Digit(text.charCodeAt(end));
    if (digit < 0) break;
    bits = ((bits << 6) | digit) & 0x3f_ffff;
    count += 6;
    if (count < 16) continue;
    count -= 16;
    const unit = (bits >> count) & 0xffff;
    if (unit >= 0x80 || unit < 9) return pass(text, at, end + 1, decoded);
    value += String.fromCharCode(unit);
  }
  if (value === '') return pass(text, at, end, decoded);
  decoded.value = value;
  decoded.end = text.charCodeAt(end) === 0x2d ? end + 1 : end;
  return true;
}

/** Leaves what was read as it stands and goes on behind it, so that nothing is read twice. */
function pass(text: string, at: number, end: number, decoded: Decoded): boolean {
  decoded.value = text.slice(at, end);
  decoded.end = end;
  return true;
}

function base64Digit(code: number): number {
  if (code >= 65 && code <= 90) return code - 65;
  if (code >= 97 && code <= 122) return code - 71;
  if (code >= 48 && code <= 57) return code + 4;
  return code === 0x2b ? 62 : code === 0x2f ? 63 : -1;
}
