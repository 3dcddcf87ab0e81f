import { hexDigit, hexPair } from './codec.ts';

/** Takes `%xx` and `+` off; what is not a full escape stays as it is. */
export function urlDecode(text: string): string {
  return decode(text, false);
}

/** As `urlDecode`, and `%uXXXX` too: the low byte, or for full-width forms (FF01–FF5E) the ASCII character they stand for. */
export function urlDecodeUni(text: string): string {
  return decode(text, true);
}

function decode(text: string, isUnicode: boolean): string {
  if (!text.includes('%')) return text.includes('+') ? text.replaceAll('+', ' ') : text;
  const out = Buffer.allocUnsafe(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    let code = text.charCodeAt(at);
    if (code === 43) code = 32;
    else if (code === 37) {
      const wide = isUnicode ? wideEscape(text, at) : -1;
      const pair = wide < 0 ? hexPair(text, at + 1) : -1;
      if (wide >= 0) {
        code = wide;
        at += 5;
      } else if (pair >= 0) {
        code = pair;
        at += 2;
      }
    }
    out[length++] = code;
  }
  return out.toString('latin1', 0, length);
}

function wideEscape(text: string, at: number): number {
  const mark = text.charCodeAt(at + 1);
  if (mark !== 117 && mark !== 85) return -1;
  const high = hexPair(text, at + 2);
  const low = hexPair(text, at + 4);
  return high < 0 || low < 0 ? -1 : foldFullWidth(high, low);
}

/** The byte for a character of two: the low one, moved down to ASCII for full-width forms. */
export function foldFullWidth(high: number, low: number): number {
  return high === 0xff && low > 0 && low < 0x5f ? low + 0x20 : low;
}

/** True when every `%` begins an escape of two hexadecimal digits. */
export function isUrlEncodingValid(text: string): boolean {
  for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', at + 1)) {
    if (hexDigit(text.charCodeAt(at + 1)) < 0 || hexDigit(text.charCodeAt(at + 2)) < 0) return false;
  }
  return true;
}
