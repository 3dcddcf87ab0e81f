/** Where in a text a shell would begin a new command. */

import { isBlank, isLetter, isWordCode } from '../reading.ts';

/** How a command can begin: at the text's start, behind a separator, on a new line, or inside a substitution. */
export type LaunchKind = 'start' | 'semicolon' | 'pipe' | 'and' | 'ampersand' | 'line' | 'tick' | 'dollar';

export interface Launch {
  readonly kind: LaunchKind;
  /** Where the separator stands. */
  readonly from: number;
  /** The first index behind it. */
  readonly at: number;
  /** A blank stands before the separator, as in a written command line. */
  readonly isSpaced: boolean;
  /** Set off from the words around it, as Markdown does with code. */
  readonly isCode: boolean;
}

const launchesMax = 4096;

/** All launches from left to right, at most 4096; one pass. */
export function* launches(text: string): Generator<Launch> {
  yield { kind: 'start', from: 0, at: 0, isSpaced: false, isCode: false };
  let count = 0;
  let isTickOpen = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 124 || (code >= 65 && code <= 90) || (code >= 97 && code <= 122)) {
      if (code !== 124) continue;
    }
    const kind = kindAt(text, at, code);
    if (kind === undefined) continue;
    if (kind === 'tick') {
      isTickOpen = !isTickOpen;
      if (!isTickOpen) continue;
    }
    const behind = behindOf(text, at, kind);
    if (kind !== 'tick' && !mayBegin(text, behind)) {
      at = behind - 1;
      continue;
    }
    const isSpaced = at > 0 && isBlank(text.charCodeAt(at - 1));
    yield { kind, from: at, at: behind, isSpaced, isCode: kind === 'tick' && isMarkdown(text, at, behind) };
    if (++count >= launchesMax) return;
    at = behind - 1;
  }
}

function kindAt(text: string, at: number, code: number): LaunchKind | undefined {
  switch (code) {
    case 59:
      return 'semicolon';
    case 124:
      return 'pipe';
    case 38:
      return text.charCodeAt(at + 1) === 38 ? 'and' : 'ampersand';
    case 10:
    case 13:
      return 'line';
    case 96:
      return 'tick';
    case 36:
      return text.charCodeAt(at + 1) === 40 ? 'dollar' : undefined;
    case 60:
    case 62:
      return text.charCodeAt(at + 1) === 40 ? 'dollar' : undefined;
    default:
      return undefined;
  }
}

function behindOf(text: string, at: number, kind: LaunchKind): number {
  if (kind === 'dollar') return at + 2;
  let behind = at + 1;
  const next = text.charCodeAt(behind);
  if (kind === 'and' || (kind === 'pipe' && (next === 124 || next === 38))) behind++;
  return behind;
}

/** Whether a command word could stand there at all: spares most of a minified script. */
function mayBegin(text: string, from: number): boolean {
  let at = from;
  while (isBlank(text.charCodeAt(at)) && at < from + 64) at++;
  const code = text.charCodeAt(at);
  if (isWordCode(code) || code === 47 || code === 46 || code === 36 || code === 123 || code === 40 || code === 92)
    return true;
  return (
    code === 39 ||
    code === 34 ||
    code === 96 ||
    code === 33 ||
    code === 64 ||
    code === 94 ||
    code === 37 ||
    code === 60 ||
    code === 62 ||
    code === 126 ||
    code === 43
  );
}

/** `` Run `ls -la` first ``: a blank or bracket outside, none inside, and words around. */
function isMarkdown(text: string, at: number, behind: number): boolean {
  const close = text.slice(behind, behind + 200).indexOf('`');
  if (close < 1) return false;
  const end = behind + close + 1;
  const isOpenOutside = at === 0 || isBlank(text.charCodeAt(at - 1)) || '([*\n"\'>:'.includes(text[at - 1] ?? '');
  const isCloseOutside = end >= text.length || !isWordCode(text.charCodeAt(end));
  return isOpenOutside && isCloseOutside && hasWords(text, at, end);
}

/** Two words of at least two letters outside `[at, end)`, looking 48 characters to each side. */
function hasWords(text: string, at: number, end: number): boolean {
  return wordsIn(text.slice(Math.max(0, at - 48), at)) + wordsIn(text.slice(end, end + 48)) >= 2;
}

function wordsIn(part: string): number {
  let count = 0;
  let letters = 0;
  for (let index = 0; index <= part.length; index++) {
    const code = part.charCodeAt(index);
    if (isLetter(code) || code >= 0x80) letters++;
    else {
      if (letters >= 2) count++;
      letters = 0;
    }
  }
  return count;
}
