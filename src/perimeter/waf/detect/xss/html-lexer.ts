/**
 * Reads tags out of a value as a lenient browser would. It never refuses: what a browser mends, this mends the same way. Every reading is
 * one pass, so time is linear in the text.
 */

/** One attribute of a tag; `name` is in lower case without control characters, `value` as written without its quotes. */
export interface Attribute {
  readonly name: string;
  readonly value: string;
  readonly start: number;
  readonly end: number;
  readonly quote: '' | '"' | "'";
  /** False for `disabled`, true for `disabled=`. */
  readonly hasValue: boolean;
}

/** One tag; `end` is behind its `>` or, where that is missing, where the text or the reading ends. */
export interface Tag {
  readonly name: string;
  readonly isClosing: boolean;
  readonly isFinished: boolean;
  readonly attributes: readonly Attribute[];
  readonly start: number;
  readonly end: number;
}

/**
 * How quotes are taken: `html` as a browser in element content does; `flat` ends values and tags at the next `<` or `>`, which finds
 * markup hidden inside attribute values (mutation, and values that land in another context).
 */
export type Reading = 'html' | 'flat';

/** All tags of the text in order. */
export function readTags(text: string, reading: Reading): Tag[] {
  const tags: Tag[] = [];
  let at = text.indexOf('<');
  while (at !== -1) {
    const tag = readTag(text, at, reading);
    if (tag === undefined) {
      at = text.indexOf('<', at + 1);
      continue;
    }
    tags.push(tag);
    at = text.indexOf('<', Math.max(tag.end, at + 1));
  }
  return tags;
}

function readTag(text: string, start: number, reading: Reading): Tag | undefined {
  let at = skipControls(text, start + 1);
  const isClosing = text[at] === '/';
  if (isClosing) at = skipControls(text, at + 1);
  if (!isNameStart(text.charCodeAt(at))) return undefined;
  const nameStart = at;
  while (at < text.length && !endsName(text.charCodeAt(at)) && text[at] !== '<') at++;
  const name = clean(text.slice(nameStart, Math.min(at, nameStart + 64)));
  const attributes: Attribute[] = [];
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 62) return { name, isClosing, isFinished: true, attributes, start, end: at + 1 };
    if (code === 60 && (reading === 'flat' || isTagStart(text, at))) break;
    if (isBetween(code)) {
      at++;
      continue;
    }
    const attribute = readAttribute(text, at, reading);
    attributes.push(attribute);
    at = attribute.end;
  }
  return { name, isClosing, isFinished: false, attributes, start, end: at };
}

function readAttribute(text: string, start: number, reading: Reading): Attribute {
  let at = start + 1;
  while (at < text.length && !endsAttributeName(text.charCodeAt(at))) at++;
  const name = clean(text.slice(start, Math.min(at, start + 64)));
  const afterName = at;
  at = skipSpace(text, at);
  if (text[at] !== '=') return { name, value: '', start, end: afterName, quote: '', hasValue: false };
  at = skipSpace(text, at + 1);
  const quote = text[at];
  if (quote === '"' || quote === "'") return readQuoted(text, { name, start, at: at + 1, quote, reading });
  const valueStart = at;
  while (at < text.length && !isSpace(text.charCodeAt(at)) && text[at] !== '>') {
    if (reading === 'flat' && text[at] === '<') break;
    at++;
  }
  return { name, value: text.slice(valueStart, at), start, end: at, quote: '', hasValue: true };
}

interface QuotedStart {
  readonly name: string;
  readonly start: number;
  readonly at: number;
  readonly quote: '"' | "'";
  readonly reading: Reading;
}

function readQuoted(text: string, from: QuotedStart): Attribute {
  const { name, start, quote, reading } = from;
  let at = from.at;
  while (at < text.length && text[at] !== quote) {
    if (reading === 'flat' && (text[at] === '<' || text[at] === '>')) break;
    at++;
  }
  const value = text.slice(from.at, at);
  return { name, value, start, end: text[at] === quote ? at + 1 : at, quote, hasValue: true };
}

/** Letters, and what odd browsers accept as the beginning of a name: `?` for processing instructions, `%`-less otherwise. */
function isNameStart(code: number): boolean {
  return (code > 96 && code < 123) || (code > 64 && code < 91) || code === 63 || code === 33;
}

function isTagStart(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1);
  return next === 47 || isNameStart(next);
}

function isSpace(code: number): boolean {
  return code <= 32 || code === 160 || code === 0x2028 || code === 0x2029 || code === 0x3000;
}

function isBetween(code: number): boolean {
  return (isSpace(code) || code === 47 || code === 34 || code === 39 || code === 96) && code !== 0;
}

function endsName(code: number): boolean {
  return code !== 0 && (isSpace(code) || code === 47 || code === 62 || code === 34 || code === 39);
}

function endsAttributeName(code: number): boolean {
  return code !== 0 && (isSpace(code) || code === 47 || code === 62 || code === 61 || code === 60);
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && isSpace(text.charCodeAt(at))) at++;
  return at;
}

function skipControls(text: string, from: number): number {
  let at = from;
  while (at < text.length && (text.charCodeAt(at) < 9 || text.charCodeAt(at) === 0x7f)) at++;
  return at;
}

function isClean(name: string): boolean {
  for (let at = 0; at < name.length; at++) if (name.charCodeAt(at) <= 32) return false;
  return true;
}

function clean(name: string): string {
  if (isClean(name)) return name.toLowerCase();
  let out = '';
  for (let i = 0; i < name.length; i++) if (name.charCodeAt(i) > 32) out += name[i];
  return out.toLowerCase();
}
