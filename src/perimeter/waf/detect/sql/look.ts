/** A first look for SQL: does the text hold a word, a sign or the end of a literal with which anything this detector tells could begin? */

import { charClass, type FirstLook } from '../../waf.ts';
import { isBlank, isWordCode as isWordCodeOfLexer } from './lexer.ts';
import { isIdentifier, leavesNumber } from './numeric.ts';
import {
  clauseWords,
  isCatalogue,
  isDangerousPackage,
  likelyTables,
  plainFunctions,
  strongFunctions,
} from './words.ts';

const words = (list: string): readonly string[] => list.split(' ');

/** Statements that count at the beginning of a text, behind a semicolon or behind the end of a literal. */
const verbs = words(
  'select insert replace merge update delete drop truncate alter create rename exec execute call declare waitfor shutdown set grant revoke copy load ' +
    'attach detach backup restore handler prepare begin if while use kill pragma vacuum reconfigure commit rollback desc describe show do lock ' +
    'with table values explain analyze optimize repair flush reset dbcc bulk runscript script connect start',
);
/** What makes a text worth reading wherever it stands. */
const telling = words(
  'union intersect except minus outfile dumpfile select insert delete update drop waitfor exec execute truncate xor having where when rlike regexp sleep case ' +
    'offset procedure analyse rdb httpuritype duplicate conflict',
);
const links = words('or and not');
const comparing = words('like ilike glob match in between is similar sounds div mod');
const pairs: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    order: 'by',
    group: 'by',
    limit: '',
    into: 'outfile dumpfile',
    from: [...likelyTables].join(' '),
  }).map(([word, next]) => [word, new Set(next.split(' '))]),
);

const nothing = 0;
const isTelling = 1;
const isLink = 2;
const isComparing = 4;
const isFunction = 8;
const isPair = 16;
/** May begin a statement, or go on behind a literal. */
const isOpening = 32;
const wordCharsMax = 40;
const kinds = kindsOf();
/** The lengths words of the table have by their first letter, as bits: most words are told from them without being looked up. */
const lengths = lengthsOf();

const endsLiteral = charClass.singleQuote | charClass.doubleQuote | charClass.backtick;

/** False only when nothing in the text is SQL at any level up to the second: one pass, with one look-up for a few of its words. */
export function mayHoldSql({ text, chars, paranoia, place }: FirstLook): boolean {
  if (paranoia > 2) return true;
  let flags = 0;
  let start = skip(text, 0);
  const first = text.charCodeAt(start);
  const isNamed = isWordCode(first) && !isDigit(first);
  if (isDigit(first) && text.length <= 160 && isIdentifier(place) && leavesNumber(text.toLowerCase())) return true;
  let ranTo = 0;
  for (let at = start; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (isWordCode(code)) {
      const end = wordEnd(text, at);
      if (end < 0) return true;
      const kind = kindOf(text, at, end);
      flags |= kind;
      if (kind !== nothing) {
        if ((kind & isTelling) !== 0 || (at === start && (kind & (isOpening | isLink)) !== 0)) return true;
        if (!isNamed && (kind & (isOpening | isLink | isComparing)) !== 0) return true;
        if ((kind & isFunction) !== 0 && text.charCodeAt(skip(text, end)) === 40) return true;
        if ((kind & isPair) !== 0 && isPairAt(text, at, end)) return true;
      }
      at = end;
      continue;
    }
    if (isSignal(text, at, code, isNamed)) return true;
    // Once for a run of them: what stands behind the run is the same for each.
    if (code === 59 && at >= ranTo) {
      ranTo = runEnd(text, at + 1);
      if (mayBegin(text, ranTo, isOpening)) return true;
    }
    if (isQuote(code) && mayLeave(text, at)) return true;
    if (at === start && (code === 40 || code === 59 || code === 41)) start = skip(text, at + 1);
    at++;
  }
  if ((flags & isLink) === 0) return false;
  const isCompared = charClass.equals | charClass.less | charClass.greater | charClass.mark;
  if ((chars & (isCompared | charClass.paren | endsLiteral | charClass.control | charClass.high)) !== 0) return true;
  return (flags & isComparing) !== 0 || text.includes('~') || text.includes('--') || text.includes('#');
}

/** Signs that join conditions, comments of SQL alone, and variables of a server. */
function isSignal(text: string, at: number, code: number, isNamed: boolean): boolean {
  const next = text.charCodeAt(at + 1);
  switch (code) {
    case 0x7c:
    case 0x26:
    case 0x40:
      return next === code;
    case 0x2f:
      return next === 0x2a;
    case 0x2a:
      return next === 0x2f;
    case 0x2d:
      return !isNamed && next === 0x2d;
    case 0x23:
      return !isNamed;
    case 0:
      return true;
    default:
      return false;
  }
}

/** What stands behind a quote, where a literal would have ended: can it go on as SQL? */
function mayLeave(text: string, at: number): boolean {
  let next = at + 1;
  if (next >= text.length) return false;
  for (let code = text.charCodeAt(next); code === 41 || isBlank(code); code = text.charCodeAt(next)) next++;
  const code = text.charCodeAt(next);
  if (Number.isNaN(code) || isQuote(code) || isDigit(code)) return false;
  if (isWordCode(code)) return mayBegin(text, next, isOpening | isLink | isComparing | isTelling);
  return (
    code !== 40 &&
    code !== 91 &&
    code !== 93 &&
    code !== 123 &&
    code !== 125 &&
    code !== 58 &&
    code !== 92 &&
    code !== 63
  );
}

/** The end of blanks, semicolons and opening brackets. */
function runEnd(text: string, from: number): number {
  let at = skip(text, from);
  for (let code = text.charCodeAt(at); code === 40 || code === 59; code = text.charCodeAt(at)) at = skip(text, at + 1);
  return at;
}

/** Whether a comment stands here, or one of these words. */
function mayBegin(text: string, at: number, wanted: number): boolean {
  const code = text.charCodeAt(at);
  if (code === 45 || code === 35 || code === 47 || code === 42) return true;
  if (!isWordCode(code)) return false;
  const end = wordEnd(text, at);
  return end < 0 || (kindOf(text, at, end) & wanted) !== 0;
}

function isPairAt(text: string, at: number, end: number): boolean {
  const next = skip(text, end);
  const code = text.charCodeAt(next);
  if (!isWordCode(code)) return code === 64 || code === 35 || code === 45 || code === 47 || code === 46;
  if (isDigit(code)) return true;
  const after = wordEnd(text, next);
  const wanted = pairs.get(text.slice(at, end).toLowerCase());
  return after < 0 || wanted === undefined || wanted.has(text.slice(next, after).toLowerCase());
}

/** Where the word ends; −1 when a letter in it changes into a plain one in lower case. */
function wordEnd(text: string, start: number): number {
  let at = start;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x212a || code === 0x130) return -1;
    if (!isWordCode(code)) break;
  }
  return at;
}

/** What a word is here; digits may stand in front of it. */
function kindOf(text: string, start: number, end: number): number {
  let at = start;
  while (at < end - 1 && isDigit(text.charCodeAt(at))) at++;
  const length = end - at;
  if (length > wordCharsMax) return nothing;
  const known = lengths[text.charCodeAt(at) & 31] ?? 0;
  if (((known >>> Math.min(length, 31)) & 1) === 0) return nothing;
  const word = text.slice(at, end).toLowerCase();
  return (
    kinds.get(word) ?? (isDangerousPackage(word) || isCatalogue(word) || word.startsWith('pg_') ? isTelling : nothing)
  );
}

/** The first place from `from` that is no blank; `+` stands for one in forms. */
function skip(text: string, from: number): number {
  let at = from;
  while (at < text.length && isGap(text.charCodeAt(at))) at++;
  return at;
}

function isGap(code: number): boolean {
  return code === 0x2b || isBlank(code);
}

/** Quotes of other scripts are folded into plain ones. */
function isQuote(code: number): boolean {
  if (code < 0x80) return code === 0x27 || code === 0x22 || code === 0x60;
  return (
    code === 0x2018 ||
    code === 0x2019 ||
    code === 0x2b9 ||
    code === 0x2bc ||
    code === 0x2032 ||
    code === 0xff07 ||
    code === 0x201c ||
    code === 0x201d ||
    code === 0x2033 ||
    code === 0xff02
  );
}

/** As the lexer has it once quotes of other scripts are plain ones. */
function isWordCode(code: number): boolean {
  return isWordCodeOfLexer(code) && (code < 0x80 || !isQuote(code));
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function kindsOf(): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const add = (list: Iterable<string>, kind: number): void => {
    for (const word of list) found.set(word, (found.get(word) ?? 0) | kind);
  };
  add(telling, isTelling);
  add(strongFunctions, isTelling);
  add(links, isLink);
  add(comparing, isComparing);
  add(plainFunctions, isFunction);
  add(words('chr char nchar concat concat_ws'), isFunction);
  add(pairs.keys(), isPair);
  add(verbs, isOpening);
  add(clauseWords, isOpening);
  return found;
}

function lengthsOf(): Int32Array {
  const found = new Int32Array(32);
  for (const word of kinds.keys()) {
    const first = word.charCodeAt(0) & 31;
    found[first] = (found[first] ?? 0) | (1 << Math.min(word.length, 31));
  }
  // Packages and catalogues are known by how they begin: any length from four letters on.
  for (const first of 'udxspmciaoer_t') {
    const at = first.charCodeAt(0) & 31;
    found[at] = (found[at] ?? 0) | (-1 << 4);
  }
  return found;
}
