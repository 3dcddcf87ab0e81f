import { hexDigit, hexPair } from './codec.ts';
import { foldFullWidth } from './url.ts';

/** Collects bytes; a text that never changes is given back as it was. */
function rewrite(text: string, mark: string, step: (at: number, put: (code: number) => void) => number): string {
  if (!text.includes(mark)) return text;
  const out = Buffer.allocUnsafe(text.length);
  let length = 0;
  const put = (code: number) => {
    out[length++] = code & 255;
  };
  for (let at = 0; at < text.length; ) {
    const next = text[at] === mark ? step(at, put) : at;
    if (next === at) put(text.charCodeAt(at++));
    else at = next;
  }
  return out.toString('latin1', 0, length);
}

const letters = new Map([
  ['a', 7],
  ['b', 8],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
]);

/** Takes JavaScript's escapes off: `\uHHHH`, `\xHH`, octal, the letters, and the bare backslash before anything else. */
export function jsDecode(text: string): string {
  return rewrite(text, '\\', (at, put) => {
    const char = text[at + 1];
    if (char === undefined) return at;
    if (char === 'u') {
      const high = hexPair(text, at + 2);
      const low = hexPair(text, at + 4);
      if (high >= 0 && low >= 0) {
        put(foldFullWidth(high, low));
        return at + 6;
      }
    }
    if (char === 'x') {
      const value = hexPair(text, at + 2);
      if (value >= 0) {
        put(value);
        return at + 4;
      }
    }
    if (char >= '0' && char <= '7') {
      const end = octalEnd(text, at + 1);
      put(Number.parseInt(text.slice(at + 1, end), 8));
      return end;
    }
    put(letters.get(char) ?? char.charCodeAt(0));
    return at + 2;
  });
}

function octalEnd(text: string, start: number): number {
  let end = start + 1;
  const longest = text.charCodeAt(start) <= 51 ? 3 : 2;
  while (end < start + longest && /[0-7]/.test(text[end] ?? '')) end += 1;
  return end;
}

/** Takes CSS escapes off: one to six hexadecimal digits with one blank behind them, an escaped newline, an escaped character. */
export function cssDecode(text: string): string {
  return rewrite(text, '\\', (at, put) => {
    let end = at + 1;
    if (end >= text.length) return end;
    while (end < at + 7 && hexDigit(text.charCodeAt(end)) >= 0) end += 1;
    const digits = end - at - 1;
    if (digits === 0) {
      if (text[end] !== '\n') put(text.charCodeAt(end));
      return end + 1;
    }
    const value = Number.parseInt(text.slice(at + 1, end), 16);
    const isFull = digits >= 4 && ((value >>> 8) & 0xffff) === 0xff;
    put(isFull ? foldFullWidth(0xff, value & 255) : value);
    const isBlank = /[ \t\n\r\f\v]/.test(text[end] ?? '');
    return isBlank ? end + 1 : end;
  });
}

const ansiLetters = new Map([...letters, ['e', 27], ['E', 27]] as const);

/** Takes ANSI C escapes off: the letters, octal, hexadecimal; what is none stays. */
export function escapeSeqDecode(text: string): string {
  return rewrite(text, '\\', (at, put) => {
    const char = text[at + 1] ?? '';
    const letter = ansiLetters.get(char) ?? (/[\\?'"]/.test(char) ? char.charCodeAt(0) : undefined);
    if (letter !== undefined) {
      put(letter);
      return at + 2;
    }
    if (char === 'x') {
      const value = hexPair(text, at + 2);
      if (value >= 0) {
        put(value);
        return at + 4;
      }
    }
    if (char >= '0' && char <= '7') {
      let end = at + 2;
      while (end < at + 4 && /[0-7]/.test(text[end] ?? '')) end += 1;
      put(Number.parseInt(text.slice(at + 1, end), 8));
      return end;
    }
    return at;
  });
}

const entities = new Map([
  ['quot', 34],
  ['amp', 38],
  ['lt', 60],
  ['gt', 62],
  ['nbsp', 160],
]);

/** Takes character references off: decimal, hexadecimal and the five names, with or without their semicolon. */
export function htmlEntityDecode(text: string): string {
  return rewrite(text, '&', (at, put) => {
    let start = at + 1;
    let end = start;
    let value: number | undefined;
    if (text[start] === '#') {
      start += 1;
      const isHex = text[start] === 'x' || text[start] === 'X';
      if (isHex) start += 1;
      end = start;
      while (isDigit(text.charCodeAt(end), isHex)) end += 1;
      // Only the low byte is kept, so the last digits say it all.
      if (end > start) value = lowByte(text.slice(start, end), isHex ? 16 : 10);
    } else {
      while (end < at + 8 && isLetterOrDigit(text.charCodeAt(end))) end += 1;
      value = entities.get(text.slice(start, end).toLowerCase());
    }
    if (value === undefined) return at;
    put(value);
    return text[end] === ';' ? end + 1 : end;
  });
}

function lowByte(digits: string, base: number): number {
  let value = 0;
  for (let at = 0; at < digits.length; at++) value = Math.min(value * base + hexDigit(digits.charCodeAt(at)), 2 ** 40);
  return value > 0xffffffff ? 255 : value & 255;
}

function isDigit(code: number, isHex: boolean): boolean {
  return isHex ? hexDigit(code) >= 0 : code >= 48 && code <= 57;
}

function isLetterOrDigit(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}
