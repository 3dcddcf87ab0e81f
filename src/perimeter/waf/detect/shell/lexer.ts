/** Reads one word of a command line the way POSIX shells and cmd.exe would, with the usual ways of hiding it taken off. */

import { indexWithin, isBlank, isDigit, isLetter, isWordCode } from '../reading.ts';

/** A word as the shell would have it. */
export interface Word {
  /** Quotes, escapes and empty expansions off; known variables put in. */
  readonly value: string;
  readonly start: number;
  /** The first index behind it. */
  readonly end: number;
  /** How many hiding places were passed: quotes inside the word, escapes of letters, expansions that come to nothing. */
  readonly tricks: number;
  readonly hasGlob: boolean;
  readonly hasVariable: boolean;
  readonly isQuoted: boolean;
}

/** What the text has told so far, and how to read on. */
export interface Lexing {
  readonly text: string;
  readonly variables: Map<string, string>;
  /** `+` stands for a blank, as in a form nobody decoded. */
  readonly isPlusBlank: boolean;
  /** Inside `{a,b}`: a comma ends the word. */
  readonly isBraced: boolean;
}

interface Draft {
  value: string;
  at: number;
  tricks: number;
  hasGlob: boolean;
  hasVariable: boolean;
  isQuoted: boolean;
}

const wordMax = 160;

/** The word at `start`; empty when none begins there. Reads at most 160 characters and looks 64 further for a bracket's end. */
export function readWord(lexing: Lexing, start: number): Word {
  const { text } = lexing;
  const draft: Draft = { value: '', at: start, tricks: 0, hasGlob: false, hasVariable: false, isQuoted: false };
  const stop = Math.min(text.length, start + wordMax);
  while (draft.at < stop && step(lexing, draft, start)) {}
  return { ...draft, start, end: draft.at };
}

/** Passes blanks and what expands to them (`$IFS`, `${IFS%??}`); tells how many of the latter. */
export function skipBlanks(lexing: Lexing, from: number): { readonly at: number; readonly tricks: number } {
  const { text } = lexing;
  let at = from;
  let tricks = 0;
  for (;;) {
    const code = text.charCodeAt(at);
    if (isBlank(code) || (code === 43 && lexing.isPlusBlank) || (code === 44 && lexing.isBraced)) at++;
    else if (code === 92 && (text.charCodeAt(at + 1) === 10 || isBlank(text.charCodeAt(at + 1)))) at += 2;
    else {
      const field = fieldSeparator(text, at);
      if (field < 0) return { at, tricks };
      at = field;
      tricks++;
    }
  }
}

/** Where `$IFS`, `${IFS}` or a form of them ends; -1 when none begins at `at`. */
function fieldSeparator(text: string, at: number): number {
  if (text.charCodeAt(at) !== 36) return -1;
  if (text.startsWith('IFS', at + 1) && !isLetter(text.charCodeAt(at + 4)) && text[at + 4] !== '_') {
    const behind = at + 4;
    return text[behind] === '$' && isDigit(text.charCodeAt(behind + 1)) ? behind + 2 : behind;
  }
  if (!text.startsWith('{IFS', at + 1)) return -1;
  const close = indexWithin(text, '}', at + 5, 24);
  return close < 0 ? -1 : close + 1;
}

/** Takes one character or one expansion into the draft; false at the word's end. */
function step(lexing: Lexing, draft: Draft, start: number): boolean {
  const { text } = lexing;
  const code = text.charCodeAt(draft.at);
  if (isEnd(code, lexing)) return false;
  switch (code) {
    case 39:
    case 34:
      return takeQuoted(lexing, draft, start);
    case 92:
      return takeEscape(text, draft);
    case 94:
      if (isWordCode(text.charCodeAt(draft.at + 1))) draft.tricks++;
      draft.at++;
      return true;
    case 36:
      return takeDollar(lexing, draft, start);
    case 37:
      return takePercent(text, draft);
    case 96:
      return takeEmpty(text, draft, start);
    case 42:
    case 63:
    case 91:
      draft.hasGlob = true;
      break;
    default:
  }
  draft.value += text[draft.at];
  draft.at++;
  return true;
}

function isEnd(code: number, lexing: Lexing): boolean {
  if (isBlank(code) || code === 10 || code === 13 || code === 59 || code === 124 || code === 38) return true;
  if (code === 60 || code === 62 || code === 40 || code === 41 || code === 0) return true;
  if (lexing.isBraced) return code === 44 || code === 125;
  return code === 43 && lexing.isPlusBlank;
}

/** `c''at`, `w"h"o`, `'whoami'`; a quote without its other half ends the word: the value began inside it. */
function takeQuoted({ text, variables }: Lexing, draft: Draft, start: number): boolean {
  const quote = text[draft.at] ?? '';
  const close = indexWithin(text, quote, draft.at + 1, 128);
  if (close < 0) return false;
  const inner = text.slice(draft.at + 1, close);
  const isFirst = draft.at === start;
  if (inner.includes('\n') || (!isFirst && /[\s;&|<>=]/.test(inner))) return false;
  const behind = text.charCodeAt(close + 1);
  if (!isFirst || isWordCode(behind) || behind === 39 || behind === 34) draft.tricks++;
  const name = quote === '"' ? /^\$\{?(\w{1,31})\}?$/.exec(inner)?.[1] : undefined;
  draft.value += (name === undefined ? undefined : variables.get(name)) ?? inner;
  draft.isQuoted = true;
  draft.at = close + 1;
  return true;
}

function takeEscape(text: string, draft: Draft): boolean {
  const next = text.charCodeAt(draft.at + 1);
  if (next === 10 || next === 13) {
    draft.at += 2;
    draft.tricks++;
    return true;
  }
  if (next === 34 || next === 39 || isBlank(next)) return false;
  if (isLetter(next) || next === 47) draft.tricks++;
  if (!Number.isNaN(next)) draft.value += text[draft.at + 1];
  draft.at += 2;
  return true;
}

function takeDollar(lexing: Lexing, draft: Draft, start: number): boolean {
  const { text } = lexing;
  const next = text[draft.at + 1] ?? '';
  if (fieldSeparator(text, draft.at) >= 0) return false;
  if (next === '(') return takeEmpty(text, draft, start);
  if (next === "'") return takeAnsi(text, draft);
  if (next === '"' && text.slice(draft.at + 2, draft.at + 34).includes('"')) {
    draft.at++;
    return true;
  }
  if (next === '{') return takeBraces(lexing, draft);
  if (next !== '' && '@*!#$-?'.includes(next)) {
    draft.at += 2;
    draft.tricks++;
    return true;
  }
  let end = draft.at + 1;
  if (isDigit(next.charCodeAt(0))) end++;
  else while (isWordCode(text.charCodeAt(end)) && end < draft.at + 24) end++;
  if (end === draft.at + 1) {
    draft.value += '$';
    draft.at++;
    return true;
  }
  draft.value += next === '0' ? 'sh' : (lexing.variables.get(text.slice(draft.at + 1, end)) ?? '');
  draft.hasVariable = true;
  draft.tricks++;
  draft.at = end;
  return true;
}

/** `${name}`, `${name:-text}`, `${PATH:0:1}`. */
function takeBraces(lexing: Lexing, draft: Draft): boolean {
  const { text } = lexing;
  const close = indexWithin(text, '}', draft.at + 2, 64);
  if (close < 0) return false;
  const inner = text.slice(draft.at + 2, close);
  draft.value += expand(inner, lexing.variables);
  draft.hasVariable = true;
  draft.tricks++;
  draft.at = close + 1;
  return true;
}

/** Variables that begin with a slash. */
const folders = /^(?:PATH|HOME|PWD|OLDPWD|SHELL|BASH|_)$/;

function expand(inner: string, variables: ReadonlyMap<string, string>): string {
  const colon = inner.indexOf(':');
  const name = colon < 0 ? inner : inner.slice(0, colon);
  const rest = inner.slice(colon + 1);
  const known = /^0:1$/.test(rest) && folders.test(name) ? '' : (variables.get(name) ?? '');
  if (colon < 0) return known;
  if (rest.startsWith('-') || rest.startsWith('=')) return known === '' ? rest.slice(1) : known;
  const [from = '', count = ''] = rest.split(':');
  if (known === '' && folders.test(name) && from.trim() === '0' && count.trim() === '1') return '/';
  const begin = Number(from);
  return Number.isInteger(begin) && count !== '' ? known.slice(begin, begin + Number(count)) : '';
}

/** `$'\x63\141t'` */
function takeAnsi(text: string, draft: Draft): boolean {
  const close = indexWithin(text, "'", draft.at + 2, 128);
  if (close < 0) return false;
  draft.value += unescape(text.slice(draft.at + 2, close));
  draft.tricks++;
  draft.at = close + 1;
  return true;
}

/** `ca$()t`, ``ca``t``, `$(printf 'cat')`: an expansion inside a word. At a word's start the detector judges it as a command of its own. */
function takeEmpty(text: string, draft: Draft, start: number): boolean {
  const isTick = text.charCodeAt(draft.at) === 96;
  const open = draft.at + (isTick ? 1 : 2);
  const close = indexWithin(text, isTick ? '`' : ')', open, 64);
  if (close < 0) return false;
  const inner = text.slice(open, close).trim();
  const said = /^(?:printf|echo)\s{1,4}(?:-[ne]{1,2}\s{1,4})?['"]?([^'"]{1,48})/.exec(inner);
  if (draft.at === start && inner !== '' && said === null) return false;
  if (isTick && draft.at !== start && inner !== '' && said === null) return false;
  draft.value += said === null ? '' : unescape(said[1] ?? '');
  draft.hasVariable = true;
  draft.tricks++;
  draft.at = close + 1;
  return true;
}

/** `%COMSPEC%`, `%PATH:~0,1%` of cmd.exe. */
function takePercent(text: string, draft: Draft): boolean {
  const close = indexWithin(text, '%', draft.at + 1, 40);
  const inner = close < 0 ? '' : text.slice(draft.at + 1, close);
  if (!/^[A-Za-z_]{2,20}(?:\([A-Za-z0-9]{1,8}\))?(?::[^%]{1,20})?$/.test(inner)) {
    draft.value += '%';
    draft.at++;
    return true;
  }
  draft.value += inner.toLowerCase() === 'comspec' ? 'cmd' : '';
  draft.hasVariable = true;
  draft.tricks++;
  draft.at = close + 1;
  return true;
}

/** Octal and hexadecimal escapes of `printf` and `$'…'`. */
function unescape(text: string): string {
  return text.replace(
    /\\(?:x([0-9a-fA-F]{1,2})|0?([0-7]{1,3})|(.))/g,
    (_all, hex?: string, octal?: string, other?: string) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 255);
      return other === 'n' || other === 't' ? ' ' : (other ?? '');
    },
  );
}
