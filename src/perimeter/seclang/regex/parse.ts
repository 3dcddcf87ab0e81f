import type { ByteSet } from './bytes.ts';
import { byteSet, escapeSets, foldCase, invert, posixSets } from './bytes.ts';

/** What an expression is made of. Everything is over bytes, as PCRE sees them without its UTF mode. */
export type Node =
  | { readonly type: 'empty' }
  | { readonly type: 'set'; readonly set: ByteSet }
  | { readonly type: 'concat'; readonly items: readonly Node[] }
  | { readonly type: 'either'; readonly items: readonly Node[] }
  | { readonly type: 'repeat'; readonly item: Node; readonly min: number; readonly max: number; readonly mode: Mode }
  | { readonly type: 'group'; readonly item: Node; readonly index: number }
  | { readonly type: 'assert'; readonly kind: Assertion }
  | { readonly type: 'look'; readonly item: Node; readonly isAhead: boolean; readonly isNegated: boolean }
  | { readonly type: 'atomic'; readonly item: Node }
  | { readonly type: 'backreference'; readonly index: number };

type Mode = 'greedy' | 'lazy' | 'possessive';
export type Assertion = 'start' | 'end' | 'lastLine' | 'lineStart' | 'lineEnd' | 'word' | 'notWord';

/** A parsed expression: its tree and how many capturing groups it has. */
export interface Parsed {
  readonly tree: Node;
  readonly groups: number;
}

const repeatsMax = 1000;
const depthMax = 200;

interface Flags {
  readonly i: boolean;
  readonly s: boolean;
  readonly m: boolean;
}

interface Reader {
  readonly text: string;
  at: number;
  flags: Flags;
  groups: number;
  depth: number;
}

/**
 * Parses the part of PCRE's language that rule sets use; throws a RangeError that says what was not understood. Flags are those of the
 * reference engine: a dot takes newlines, `$` is the very end.
 */
export function parseExpression(text: string): Parsed {
  const reader: Reader = { text, at: 0, flags: { i: false, s: true, m: false }, groups: 0, depth: 0 };
  const tree = either(reader);
  if (reader.at < text.length) throw new RangeError(`unmatched ")" at ${reader.at}`);
  return { tree, groups: reader.groups };
}

function either(reader: Reader): Node {
  if (++reader.depth > depthMax) throw new RangeError(`groups nested deeper than ${depthMax}`);
  const flags = reader.flags;
  const branches: Node[] = [sequence(reader)];
  while (reader.text[reader.at] === '|') {
    reader.at += 1;
    branches.push(sequence(reader));
  }
  reader.flags = flags;
  reader.depth -= 1;
  const first = branches[0];
  return branches.length === 1 && first !== undefined ? first : { type: 'either', items: branches };
}

function sequence(reader: Reader): Node {
  const items: Node[] = [];
  for (;;) {
    const char = reader.text[reader.at];
    if (char === undefined || char === '|' || char === ')') break;
    const item = atom(reader);
    if (item !== undefined) items.push(quantified(reader, item));
  }
  const first = items[0];
  if (first === undefined) return { type: 'empty' };
  return items.length === 1 ? first : { type: 'concat', items };
}

function quantified(reader: Reader, inner: Node): Node {
  let item = inner;
  for (;;) {
    const bounds = quantifier(reader);
    if (bounds === undefined) return item;
    let mode: Mode = 'greedy';
    if (reader.text[reader.at] === '?') mode = 'lazy';
    else if (reader.text[reader.at] === '+') mode = 'possessive';
    if (mode !== 'greedy') reader.at += 1;
    item = { type: 'repeat', item, min: bounds[0], max: bounds[1], mode };
  }
}

const counted = /\{(\d+)(?:(,)(\d*))?\}/y;

function quantifier(reader: Reader): [number, number] | undefined {
  const char = reader.text[reader.at];
  if (char === '*' || char === '+' || char === '?') {
    reader.at += 1;
    return [char === '+' ? 1 : 0, char === '?' ? 1 : Number.POSITIVE_INFINITY];
  }
  if (char !== '{') return undefined;
  counted.lastIndex = reader.at;
  const found = counted.exec(reader.text);
  if (found === null) return undefined;
  reader.at = counted.lastIndex;
  const min = Number(found[1]);
  const max = found[2] === undefined ? min : found[3] === '' ? Number.POSITIVE_INFINITY : Number(found[3]);
  if (min > repeatsMax || (max !== Number.POSITIVE_INFINITY && max > repeatsMax) || max < min) {
    throw new RangeError(`repeat "${found[0]}": bounds must be ordered and at most ${repeatsMax}`);
  }
  return [min, max];
}

function atom(reader: Reader): Node | undefined {
  const char = reader.text[reader.at++] ?? '';
  switch (char) {
    case '(':
      return group(reader);
    case '[':
      return { type: 'set', set: bracket(reader) };
    case '.':
      return { type: 'set', set: reader.flags.s ? byteSet([0, 255]) : invert(byteSet([10, 10])) };
    case '^':
      return { type: 'assert', kind: reader.flags.m ? 'lineStart' : 'start' };
    case '$':
      return { type: 'assert', kind: reader.flags.m ? 'lineEnd' : 'end' };
    case '*':
    case '+':
    case '?':
      throw new RangeError(`nothing to repeat at ${reader.at - 1}`);
    case '\\':
      return escape(reader);
    default:
      return literal(reader, char.charCodeAt(0));
  }
}

function literal(reader: Reader, code: number): Node {
  if (code > 255) throw new RangeError('a character above one byte');
  const set = byteSet([code, code]);
  return { type: 'set', set: reader.flags.i ? foldCase(set) : set };
}

const inlineFlags = /\?([imsx]*)(?:-([imsx]+))?([:)])/y;
const named = /\?P?<([A-Za-z_]\w*)>|\?'([A-Za-z_]\w*)'/y;

function group(reader: Reader): Node | undefined {
  const rest = reader.text.slice(reader.at, reader.at + 3);
  if (rest.startsWith('?#')) {
    const end = reader.text.indexOf(')', reader.at);
    if (end < 0) throw new RangeError('a comment without end');
    reader.at = end + 1;
    return undefined;
  }
  if (rest.startsWith('?=') || rest.startsWith('?!')) return look(reader, 2, true);
  if (rest === '?<=' || rest === '?<!') return look(reader, 3, false);
  if (rest.startsWith('?>')) {
    reader.at += 2;
    return { type: 'atomic', item: closed(reader) };
  }
  inlineFlags.lastIndex = reader.at;
  const flags = inlineFlags.exec(reader.text);
  if (flags !== null) return flagged(reader, flags);
  named.lastIndex = reader.at;
  const name = named.exec(reader.text);
  if (name !== null) reader.at = named.lastIndex;
  else if (rest.startsWith('?')) throw new RangeError(`unknown group "(${rest}"`);
  const index = ++reader.groups;
  return { type: 'group', item: closed(reader), index };
}

function look(reader: Reader, skip: number, isAhead: boolean): Node {
  const isNegated = reader.text[reader.at + skip - 1] === '!';
  reader.at += skip;
  return { type: 'look', item: closed(reader), isAhead, isNegated };
}

function flagged(reader: Reader, found: RegExpExecArray): Node | undefined {
  const on = found[1] ?? '';
  const off = found[2] ?? '';
  if (on.includes('x')) throw new RangeError('flag "x"');
  const before = reader.flags;
  reader.flags = {
    i: (before.i || on.includes('i')) && !off.includes('i'),
    s: (before.s || on.includes('s')) && !off.includes('s'),
    m: (before.m || on.includes('m')) && !off.includes('m'),
  };
  reader.at += found[0].length;
  if (found[3] === ')') return undefined;
  const item = closed(reader);
  reader.flags = before;
  return item;
}

function closed(reader: Reader): Node {
  const item = either(reader);
  if (reader.text[reader.at] !== ')') throw new RangeError('a group without end');
  reader.at += 1;
  return item;
}

const assertions = new Map<string, Assertion>([
  ['b', 'word'],
  ['B', 'notWord'],
  ['A', 'start'],
  ['z', 'end'],
  ['Z', 'lastLine'],
]);

function escape(reader: Reader): Node {
  const char = reader.text[reader.at] ?? '';
  const assertion = assertions.get(char);
  if (assertion !== undefined) {
    reader.at += 1;
    return { type: 'assert', kind: assertion };
  }
  const set = escapeSets.get(char);
  if (set !== undefined) {
    reader.at += 1;
    return { type: 'set', set };
  }
  if (char >= '1' && char <= '9') {
    octal.lastIndex = reader.at;
    const digits = octal.exec(reader.text)?.[0] ?? '';
    if (digits.length > 1) {
      reader.at += digits.length;
      return literal(reader, Number.parseInt(digits, 8) & 255);
    }
    reader.at += 1;
    if (Number(char) > reader.groups) throw new RangeError(`no group ${char} before "\\${char}"`);
    return { type: 'backreference', index: Number(char) };
  }
  return literal(reader, escapedByte(reader));
}

const controls = new Map([
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['f', 12],
  ['a', 7],
  ['e', 27],
]);
const hex = /x(?:\{([0-9a-fA-F]{1,2})\}|([0-9a-fA-F]{0,2}))/y;
const octal = /[0-7]{1,3}/y;

/** The byte that an escape stands for; `reader.at` is behind the backslash. */
function escapedByte(reader: Reader): number {
  const char = reader.text[reader.at];
  if (char === undefined) throw new RangeError('a backslash at the end');
  const control = controls.get(char);
  if (control !== undefined) {
    reader.at += 1;
    return control;
  }
  for (const [form, base] of [
    [hex, 16],
    [octal, 8],
  ] as const) {
    if (form === octal && char !== '0') continue;
    form.lastIndex = reader.at;
    const found = form.exec(reader.text);
    if (found === null) continue;
    reader.at = form.lastIndex;
    return Number.parseInt(base === 16 ? (found[1] ?? (found[2] || '0')) : found[0], base) & 255;
  }
  if (/[A-Za-z0-9]/.test(char)) throw new RangeError(`unknown escape "\\${char}"`);
  reader.at += 1;
  return char.charCodeAt(0);
}

function bracket(reader: Reader): ByteSet {
  const set: ByteSet = new Uint8Array(256);
  const isNegated = reader.text[reader.at] === '^';
  if (isNegated) reader.at += 1;
  for (let isFirst = true; ; isFirst = false) {
    const char = reader.text[reader.at];
    if (char === undefined) throw new RangeError('a class without end');
    if (char === ']' && !isFirst) break;
    const item = classItem(reader, char);
    if (typeof item !== 'number') {
      for (let code = 0; code < 256; code++) set[code] = (set[code] ?? 0) | (item[code] ?? 0);
      continue;
    }
    const last = rangeEnd(reader) ?? item;
    if (last < item) throw new RangeError('a range out of order');
    set.fill(1, item, last + 1);
  }
  reader.at += 1;
  const folded = reader.flags.i ? foldCase(set) : set;
  return isNegated ? invert(folded) : folded;
}

const posix = /\[:(\^?)([a-z]+):\]/y;

function classItem(reader: Reader, char: string): number | ByteSet {
  if (char === '[') {
    posix.lastIndex = reader.at;
    const found = posix.exec(reader.text);
    if (found !== null) {
      const set = posixSets.get(found[2] ?? '');
      if (set === undefined) throw new RangeError(`unknown class "${found[0]}"`);
      reader.at = posix.lastIndex;
      return found[1] === '^' ? invert(set) : set;
    }
  }
  reader.at += 1;
  if (char !== '\\') {
    const code = char.charCodeAt(0);
    if (code > 255) throw new RangeError('a character above one byte');
    return code;
  }
  const escaped = reader.text[reader.at] ?? '';
  const set = escapeSets.get(escaped);
  if (set !== undefined) {
    reader.at += 1;
    return set;
  }
  if (escaped === 'b') {
    reader.at += 1;
    return 8;
  }
  if (escaped >= '1' && escaped <= '7') {
    octal.lastIndex = reader.at;
    const found = octal.exec(reader.text);
    reader.at = octal.lastIndex;
    return Number.parseInt(found?.[0] ?? '0', 8) & 255;
  }
  return escapedByte(reader);
}

function rangeEnd(reader: Reader): number | undefined {
  if (reader.text[reader.at] !== '-' || reader.text[reader.at + 1] === ']') return undefined;
  const before = reader.at;
  reader.at += 1;
  const char = reader.text[reader.at];
  const item = char === undefined ? undefined : classItem(reader, char);
  if (typeof item === 'number') return item;
  // A class after the hyphen, as in [\d-\w]: the hyphen stands for itself.
  reader.at = before;
  return undefined;
}
