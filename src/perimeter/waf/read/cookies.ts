import type { Place } from '../waf.ts';
import { placeNameCharsMax } from './field.ts';
import { percentReadings } from './percent.ts';
import type { Teller } from './teller.ts';

/**
 * Tells each cookie of a Cookie field (RFC 6265 section 5.4, as servers read it: parted at `;`, blanks around names and values left out).
 * A value is told with its percent escapes taken off, and as it stands, as Go and Python have it, unless it is made of escapes and plain
 * characters only and so says nothing; with `+` as a space too, as PHP has it; and without its quotes, with the backslash escapes of RFC 2109 and Python taken off.
 */
export function readCookies(teller: Teller, field: string): void {
  for (let start = 0; start < field.length; ) {
    const semicolon = field.indexOf(';', start);
    const end = semicolon < 0 ? field.length : semicolon;
    readCookie(teller, field.slice(start, end).trim());
    if (semicolon >= 0) readQuoted(teller, field, start, end);
    start = end + 1;
  }
}

/** A quoted value that goes on beyond a semicolon: Python and old Java servers take it as one. */
function readQuoted(teller: Teller, field: string, start: number, end: number): void {
  // Looked for in this cookie alone: a field of semicolons has none, and must not be searched to its end for each.
  const equals = start + field.slice(start, end).indexOf('=');
  if (equals < start) return;
  const value = field.slice(equals + 1, end).trimStart();
  if (!value.startsWith('"')) return;
  const open = end - value.length;
  let close = open + 1;
  for (; close < field.length && field.charCodeAt(close) !== 0x22; close++)
    if (field.charCodeAt(close) === 0x5c) close++;
  if (close <= end || close >= field.length) return;
  const name = field.slice(start, equals).trim().slice(0, placeNameCharsMax);
  teller.tell({ zone: 'cookie', name, part: 'value' }, unescape(field.slice(open + 1, close)));
}

function readCookie(teller: Teller, cookie: string): void {
  if (cookie === '') return;
  const equals = cookie.indexOf('=');
  const name = equals < 0 ? cookie : cookie.slice(0, equals).trimEnd();
  const place: Place = { zone: 'cookie', name: name.slice(0, placeNameCharsMax), part: 'value' };
  for (const reading of percentReadings(name, { isForm: false, isBytes: true })) {
    teller.tell({ ...place, part: 'name' }, reading);
  }
  const value = equals < 0 ? '' : cookie.slice(equals + 1).trimStart();
  for (const reading of cookieReadings(value)) teller.tell(place, reading);
}

const plainEscaped = /^[\w.~%-]*$/;

/** What servers make of a cookie's value, the most common first. */
function cookieReadings(value: string): Iterable<string> {
  const isPlain = !value.includes('%') && !value.includes('+') && !value.startsWith('"');
  const first = percentReadings(value, { isForm: false, isBytes: true });
  if (isPlain) return first;
  const all = new Set(first);
  if (!plainEscaped.test(value)) all.add(value);
  if (value.includes('+'))
    for (const reading of percentReadings(value, { isForm: true, isBytes: true })) all.add(reading);
  if (value.length > 1 && value.startsWith('"') && value.endsWith('"')) {
    const inner = value.slice(1, -1);
    const bare = inner.includes('\\') ? unescape(inner) : inner;
    for (const reading of percentReadings(bare, { isForm: false, isBytes: true })) all.add(reading);
  }
  return all;
}

/** `\047` and `\"`, as Python's http.cookies reads them. */
function unescape(text: string): string {
  return text.replaceAll(/\\(?:([0-3][0-7][0-7])|(.))/gs, (_, octal: string | undefined, char: string | undefined) =>
    octal === undefined ? (char ?? '') : String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
