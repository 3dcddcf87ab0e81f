import { charClass } from '../waf.ts';
import { decodeBase64, decodeHex, decodeShort } from './binary-text.ts';
import { decodeEntities } from './entities.ts';
import { decodeCssEscapes, decodeEscapes } from './escapes.ts';
import { dropNulls, foldCompatibility } from './fold.ts';
import { type Inside, readFormInside, readJsonInside } from './inside.ts';
import { decodePercent } from './percent.ts';
import { decodeUtf7, utf7Needles } from './utf7.ts';

/** One way to read a value. */
export interface Reading {
  readonly text: string;
  /** Encodings taken off so far. */
  readonly depth: number;
  readonly isUnwrapped: boolean;
  /** How often percent encoding was taken off; twice is more than honest senders do. */
  readonly percents: number;
}

/** Takes the readings that lie one encoding below another. */
export interface ReadingSink {
  /** `isUnwrapped` when no honest sender would have put this encoding on. */
  add(text: string, isUnwrapped: boolean, percents: number): void;
  readonly inside: Inside;
}

/** Literals that tell a prefilter of the encodings which characters alone do not give away. */
export const decoderNeedles: readonly string[] = ['base64,', 'basic ', 'eyj', ...utf7Needles];

const rewritten = charClass.percent | charClass.ampersand | charClass.backslash | charClass.high | charClass.control;
const notBase64 = ~(
  charClass.letter |
  charClass.digit |
  charClass.plain |
  charClass.slash |
  charClass.equals |
  charClass.space |
  charClass.newline
);
const base64CharsMin = 11;
const shortCharsMin = 8;
const runsMax = 8;

/** Whether `readBelow` could find anything, told from one pass over the text: false for nearly all values, at no cost. */
export function mayHaveReadings(text: string, chars: number, hasNeedle: boolean): boolean {
  return (chars & rewritten) !== 0 || hasNeedle || isBase64Shaped(text, chars) || isJsonShaped(text, chars);
}

/**
 * Tells every reading one encoding below `reading`: percent, HTML, JavaScript and CSS escapes, UTF-7, look-alike characters, null
 * characters, Base64 and hexadecimal text, JSON and forms inside a string. `chars` are the classes of its characters. True when the text
 * is JSON, whose every name and string has been told.
 */
export function readBelow(reading: Reading, chars: number, hasNeedle: boolean, sink: ReadingSink): boolean {
  const { text, isUnwrapped, percents } = reading;
  const add = (decoded: string, unwraps: boolean): void => sink.add(decoded, isUnwrapped || unwraps, percents);
  if ((chars & charClass.percent) !== 0) {
    sink.add(decodePercent(text), isUnwrapped || percents > 0, percents + 1);
    if (readFormInside(text, sink.inside) && text.includes('+')) add(text.replaceAll('+', ' '), false);
  }
  if ((chars & charClass.ampersand) !== 0) add(decodeEntities(text), false);
  const isJson = isJsonShaped(text, chars) && readJsonInside(text, sink.inside);
  if ((chars & charClass.backslash) !== 0) {
    if (!isJson) add(decodeEscapes(text), false);
    add(decodeCssEscapes(text), true);
  }
  if ((chars & charClass.high) !== 0) add(foldCompatibility(text), false);
  if ((chars & charClass.control) !== 0) add(dropNulls(text), false);
  if (isBase64Shaped(text, chars)) readRun(text, sink);
  if (hasNeedle) readMarked(text, sink);
  return isJson;
}

function isBase64Shaped(text: string, chars: number): boolean {
  if ((chars & notBase64) !== 0 || (chars & charClass.letter) === 0) return false;
  return text.length >= base64CharsMin || (text.length >= shortCharsMin && decodeShort(text) !== undefined);
}

function isJsonShaped(text: string, chars: number): boolean {
  if ((chars & (charClass.brace | charClass.bracket)) === 0 || (chars & charClass.doubleQuote) === 0) return false;
  let at = 0;
  while (isJsonBlank(text.charCodeAt(at))) at++;
  const first = text.charCodeAt(at);
  return first === 0x7b || first === 0x5b;
}

function isJsonBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function readRun(text: string, sink: ReadingSink): void {
  const decoded = decodeHex(text) ?? decodeBase64(text) ?? decodeShort(text);
  if (decoded !== undefined) sink.add(decoded, true, 0);
}

/** Base64 that a literal before it announces, the parts of JSON Web Tokens (RFC 7519 section 3), and UTF-7. */
function readMarked(text: string, sink: ReadingSink): void {
  const lower = text.toLowerCase();
  let runs = 0;
  for (const mark of ['base64,', 'basic ']) {
    let at = lower.indexOf(mark);
    while (at >= 0 && runs++ < runsMax) {
      const end = runEnd(text, at + mark.length);
      const decoded = decodeBase64(text.slice(at + mark.length, end));
      if (decoded !== undefined) sink.inside('', decoded, 'value', true);
      at = lower.indexOf(mark, end);
    }
  }
  const token = text.indexOf('eyJ');
  if (token >= 0) readToken(text, token, sink);
  sink.add(decodeUtf7(text), true, 0);
}

function readToken(text: string, start: number, sink: ReadingSink): void {
  const claims = runEnd(text, start);
  for (const [from, to] of [
    [start, claims],
    [claims + 1, runEnd(text, claims + 1)],
  ] as const) {
    const decoded = decodeBase64(text.slice(from, to));
    if (decoded !== undefined) readJsonInside(decoded, sink.inside);
  }
}

function runEnd(text: string, start: number): number {
  let end = start;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    const letter = code | 32;
    const isRun =
      (letter >= 97 && letter <= 122) || (code >= 47 && code <= 57) || code === 43 || code === 45 || code === 95;
    if (!isRun && code !== 61) break;
  }
  return end;
}
