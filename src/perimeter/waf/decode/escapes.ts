import { character, type Decoded, hexDigit, hexNumber, rewrite } from './rewrite.ts';

const simple: ReadonlyMap<number, string> = new Map([
  [0x6e, '\n'],
  [0x72, '\r'],
  [0x74, '\t'],
  [0x62, '\b'],
  [0x66, '\f'],
  [0x76, '\v'],
  [0x22, '"'],
  [0x27, "'"],
  [0x60, '`'],
  [0x2f, '/'],
  [0x5c, '\\'],
  [0x0a, ''],
]);

/**
 * Takes off the escapes of JavaScript and JSON strings once (ECMA-262 section 12.9.4): `\x3c`, `\u003c`, `\u{3c}`, octal, `\n`. A
 * backslash before any other character stays: in a path or a regular expression it means something else.
 */
export function decodeEscapes(text: string): string {
  return rewrite(text, '\\', decodeAt);
}

function decodeAt(text: string, at: number, decoded: Decoded): boolean {
  const next = text.charCodeAt(at + 1);
  if (next === 0x78) return fixed(text, at + 2, 2, decoded);
  if (next === 0x75 || next === 0x55) {
    return text.charCodeAt(at + 2) === 0x7b ? braced(text, at + 3, decoded) : unicode(text, at + 2, decoded);
  }
  if (next >= 0x30 && next <= 0x37) return octal(text, at + 1, decoded);
  const value = simple.get(next);
  if (value === undefined) return false;
  decoded.value = value;
  decoded.end = at + 2;
  return true;
}

function fixed(text: string, start: number, digits: number, decoded: Decoded): boolean {
  const code = hexNumber(text, start, digits);
  if (code < 0) return false;
  decoded.value = character(code);
  decoded.end = start + digits;
  return true;
}

/** `\u003c`; `\U0000003c` as Python and C write it. */
function unicode(text: string, start: number, decoded: Decoded): boolean {
  if (text.charCodeAt(start - 1) === 0x55 && fixed(text, start, 8, decoded)) return true;
  return fixed(text, start, 4, decoded);
}

function braced(text: string, start: number, decoded: Decoded): boolean {
  let end = start;
  let code = 0;
  for (; end < text.length; end++) {
    const digit = hexDigit(text.charCodeAt(end));
    if (digit < 0) break;
    code = Math.min(code * 16 + digit, 0x11_0000);
  }
  decoded.value = character(code);
  decoded.end = end + 1;
  // What was looked at and is no escape is passed over as it stands, so that no character is looked at twice.
  if (end === start || text.charCodeAt(end) !== 0x7d) {
    decoded.value = text.slice(start - 3, end);
    decoded.end = end;
  }
  return true;
}

function octal(text: string, start: number, decoded: Decoded): boolean {
  const digitsMax = text.charCodeAt(start) <= 0x33 ? 3 : 2;
  let end = start;
  let code = 0;
  for (; end < start + digitsMax && end < text.length; end++) {
    const digit = text.charCodeAt(end) - 48;
    if (digit < 0 || digit > 7) break;
    code = code * 8 + digit;
  }
  decoded.value = String.fromCharCode(code);
  decoded.end = end;
  return true;
}

/** Takes off CSS escapes once (CSS Syntax section 4.3.7): one to six hexadecimal digits and the blank that ends them. */
export function decodeCssEscapes(text: string): string {
  return rewrite(text, '\\', cssAt);
}

function cssAt(text: string, at: number, decoded: Decoded): boolean {
  let end = at + 1;
  let code = 0;
  for (; end < at + 7 && end < text.length; end++) {
    const digit = hexDigit(text.charCodeAt(end));
    if (digit < 0) break;
    code = code * 16 + digit;
  }
  if (end < at + 3) return false;
  decoded.value = character(code);
  const after = text.charCodeAt(end);
  decoded.end = after === 0x20 || after === 0x09 || after === 0x0a ? end + 1 : end;
  return true;
}
