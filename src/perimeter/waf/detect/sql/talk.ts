/** Whether SQL is quoted by somebody who talks about it. */

import { charClass } from '../../waf.ts';
import { isBlank, type Token } from './lexer.ts';
import { clauseWords, constantWords, proseWords } from './words.ts';

const quotedMax = 80;

/**
 * True when the quote at `at` opens a quotation in a sentence: a blank before it, its partner followed by a blank, a sentence mark or the
 * end, and two words outside. As SQL that is broken: behind the partner a string would begin in the midst of a condition.
 */
export function isQuotedTalk(lower: string, at: number): boolean {
  const quote = lower.charAt(at);
  if (quote !== '"' && quote !== "'" && quote !== '`') return false;
  if (at > 0 && !isOutside(lower.charCodeAt(at - 1))) return false;
  const close = lower.slice(at + 1, at + quotedMax).indexOf(quote);
  if (close < 1) return false;
  const end = at + 1 + close;
  if (end + 1 < lower.length && !isOutside(lower.charCodeAt(end + 1))) return false;
  if (/^[^a-z\u0080-\uffff]{0,8}(?:--|#|\/\*|;)/u.test(lower.slice(end + 1, end + 16))) return false;
  return words(lower.slice(Math.max(0, at - 120), at)) + words(lower.slice(end + 1, end + 120)) >= 2;
}

/** `the word 'like' is used too often`: one word between its quotes, and a sentence on both sides. */
export function isQuotedWord(lower: string, at: number): boolean {
  if (!/^['"`][a-z]{2,24}['"`] [a-z]{2,24} [a-z]/u.test(lower.slice(at, at + 56))) return false;
  return /[a-z] [a-z]{2,24},? $/u.test(lower.slice(Math.max(0, at - 48), at)) && isQuotedTalk(lower, at);
}

/**
 * `she said 'yes' or 'no'`: the quote at `at` ends one plain word that the value itself has quoted in a sentence. As SQL the first of the two
 * quotes has ended the literal, and a bare word behind it is none.
 */
export function endsQuotedWord(lower: string, at: number): boolean {
  const quote = lower.charAt(at);
  const open = lower.lastIndexOf(quote, at - 1);
  if (open < 1 || at - open > 32 || !/^[a-z]{2,24}$/u.test(lower.slice(open + 1, at))) return false;
  const word = lower.slice(open + 1, at);
  if ((clauseWords.has(word) && !constantWords.has(word)) || lower.indexOf(quote) !== open) return false;
  return /[a-z\u0080-\uffff][;:]? [a-z\u0080-\uffff]{2,24}[,:]? $/u.test(lower.slice(Math.max(0, open - 48), open));
}

/**
 * A sentence of a script that writes no blanks ends the text: at least four of its signs and a mark of its own, behind a whole condition or a
 * name. No comment sets it off, and no statement goes on with it.
 */
export function endsInSigns({ lower, chars }: { readonly lower: string; readonly chars: number }): boolean {
  if ((chars & charClass.high) === 0) return false;
  const found = /[\s\d)a-z][\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{4,60}[\u3002\uff1f\uff01?]\s{0,4}$/u.exec(
    lower.slice(-80),
  );
  return found !== null && !/--|#|\/\*|;|['"]/u.test(lower.slice(-160));
}

const talking = new Set(
  'why how when who does do did is are was can could should would will not no returns return gives give shows works work slow fast wrong error please help thanks thank need want mean means please know tell explain fails failing nothing everything something anything instead but because so if then very too much still always never only also just really'.split(
    ' ',
  ),
);

/**
 * True when the text ends in at least three plain words of a sentence that no comment mark sets off: behind a statement they leave nothing
 * a database would run.
 */
export function endsInProse(lower: string): boolean {
  // A dash between blanks is one of a sentence as well.
  const tail = lower.slice(-160).replaceAll(/([a-z])(?: - |[.?!] )(?=[a-z])/gu, (_, letter: string) => `${letter} `);
  const found = /(?:^|[^a-z' ?.!])([a-z' ]{8,100})[?.!]{0,3}\s{0,4}$/u.exec(tail);
  if (found === null) return false;
  const before = tail.slice(Math.max(0, found.index - 2), found.index + 1);
  if (/--|#|\*\/?$|\/\*/u.test(before) || /--|#|\/\*/u.test(tail.slice(0, found.index))) return false;
  const said = (found[1] ?? '').split(' ').filter(word => word !== '');
  if (said.length < 3) return false;
  const plain = said.slice(-8);
  // A quote that stands at the edge of a word is one of SQL.
  if (plain.some(word => !/^[a-z]+(?:'[a-z]+)?$/u.test(word) || word === 'null')) return false;
  if (plain.slice(-3).some(word => clauseWords.has(word) && !proseWords.has(word))) return false;
  return plain.filter(word => talking.has(word) || proseWords.has(word)).length >= 2;
}

const tailWords = new Set(['lock', 'for', 'option', 'sounds', 'fetch', 'rows', 'qualify', 'connect', 'start', 'minus']);

/** `or 1=1 style injection`: after a whole condition no SQL goes on with two plain words. */
export function goesOnInWords(after: Token, second: Token): boolean {
  return (
    after.kind === 'word' &&
    second.kind === 'word' &&
    !clauseWords.has(after.text) &&
    !tailWords.has(after.text) &&
    !clauseWords.has(second.text)
  );
}

/**
 * `when I run select * from t`, `write a query: select x from y`: two plain words stand directly before the statement, and neither a
 * literal nor a bracket nor a statement before it ends there, so that nothing of an application's own goes on with it.
 */
export function isToldOf(lower: string, start: number): boolean {
  const found = /(?:^|[\s("'.!?])([a-z'\u0080-\uffff]{1,24}) ([a-z'\u0080-\uffff]{2,24})(?: ?: ?|\s)[\s"`]{0,4}$/u.exec(
    lower.slice(Math.max(0, start - 64), start),
  );
  if (found === null) return false;
  const isPlain = (word: string): boolean => !clauseWords.has(word) || telling.has(word);
  return isPlain(found[1] ?? '') && isPlain(found[2] ?? '') && !starting.has(found[2] ?? '');
}

const telling = new Set('this that my the a use query with like'.split(' '));
const starting = new Set(
  'union all distinct exists not in and or explain as then else when into from any some begin do return returns'.split(
    ' ',
  ),
);

/** `; -- will this lock the table?`: a remark that asks is for people. */
export function asksBehind(lower: string): boolean {
  return /--\s{1,4}[a-z']{1,24}(?: [\w'.-]{1,24}){3,20} ?\?\s{0,4}$/u.test(lower.slice(-200));
}

/** Blanks, sentence marks, brackets, and letters of scripts that write no blanks. */
function isOutside(code: number): boolean {
  return isBlank(code) || code >= 0x80 || ',.!?:)('.includes(String.fromCharCode(code));
}

function words(text: string): number {
  return text.match(/[^\W\d_]{2,40}|[\u0080-\uffff]{2,40}/gu)?.length ?? 0;
}
