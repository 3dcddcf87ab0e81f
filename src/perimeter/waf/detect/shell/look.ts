/** A first look for commands: at every place where a shell would begin one, could the word there be a program's name? */

import { charClass, type FirstLook } from '../../waf.ts';
import { isBlank } from '../reading.ts';
import { cmdletVerbs, commands, wrappers } from './commands.ts';

const launching =
  charClass.semicolon |
  charClass.pipe |
  charClass.ampersand |
  charClass.newline |
  charClass.backtick |
  charClass.less |
  charClass.greater |
  charClass.dollar;

/** What a character of a command's word is to this look. */
const unsure = 0;
const plain = 1;
const end = 2;
const glob = 3;
const kinds = kindsOf();
const keyBits = 16;
/** The key of words that begin with what may fold into a letter; key 0 is theirs that begin with a digit. */
const foldable = (1 << keyBits) - 1;
const beginnings = beginningsOf();
/** A separator behind nothing or a number: what follows may be a program of any name. */
const leading = /^\s{0,4}(?:\d{1,9}|\d{1,3}(?:\.\d{1,3}){3}|localhost)?['"`)]{0,2}\s{0,3}[;|&]/;
const wordMax = 160;
const assignmentsMax = 8;

/** False only when the text holds no command, no option and no phrase: one pass, and for each launch one look at the word behind it. */
export function mayHoldCommand({ text, chars, paranoia, hasNeedle }: FirstLook): boolean {
  if (text.length < 2) return false;
  if (hasNeedle || paranoia > 2) return true;
  if ((chars & charClass.paren) !== 0 && (chars & charClass.brace) !== 0 && text.includes(')')) {
    if (mayImportFunction(text)) return true;
  }
  if (mayBegin(text, 0) || beginsWithOption(text) || leading.test(text.slice(0, 24))) return true;
  if ((chars & launching) === 0) return false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 124 || (code >= 65 && code <= 90) || (code >= 97 && code <= 122)) {
      if (code !== 124) continue;
    }
    if (code === 59 || code === 124 || code === 38 || code === 10 || code === 13 || code === 96) {
      if (mayBegin(text, at + 1)) return true;
    } else if ((code === 36 || code === 60 || code === 62) && text.charCodeAt(at + 1) === 40) {
      if (mayBegin(text, at + 2)) return true;
    }
  }
  return false;
}

/** Whether a word that could be a program's begins at `from`, after blanks, brackets and assignments. */
function mayBegin(text: string, from: number): boolean {
  let at = from;
  for (let words = 0; words < assignmentsMax; words++) {
    at = wordStart(text, at);
    if (at >= text.length) return false;
    const code = text.charCodeAt(at);
    // A brace list, a redirection or `@` before the word, an option, a blank written as `+`.
    if (code === 123 || code === 60 || code === 62 || code === 64 || code === 43) return true;
    if (code === 46 && (isBlank(text.charCodeAt(at + 1)) || text.charCodeAt(at + 1) === 40)) return true;
    const found = judgeWord(text, at);
    if (found <= 0) return found < 0;
    at = found;
  }
  return true;
}

function wordStart(text: string, from: number): number {
  let at = from;
  while (at < text.length && (isBlank(text.charCodeAt(at)) || text.charCodeAt(at) === 40)) at++;
  return at;
}

/** −1 when the word may be a program's, 0 when it is not, and where it ends when it assigns to a variable. */
function judgeWord(text: string, start: number): number {
  const stop = Math.min(text.length, start + wordMax);
  let isName = !isDigit(text.charCodeAt(start));
  let isAssignment = false;
  let hasSlash = false;
  let hasPlus = false;
  let hasGlob = false;
  let at = start;
  for (; at < stop; at++) {
    const code = text.charCodeAt(at);
    const kind = code < 128 ? (kinds[code] ?? unsure) : isBlank(code) ? end : plain;
    if (kind === end) break;
    // A variable within a word: the letters before it are known, and no program begins with them.
    if (kind === unsure && code === 36 && !hasGlob && !hasSlash && !isAssignment && isKnown(text, start, at))
      return beginnings[keyOf(text, start, at)] === 1 ? -1 : 0;
    if (kind === unsure) return -1;
    if (kind === glob) hasGlob = true;
    if (code === 47) hasSlash = true;
    else if (code === 43) {
      // It may stand for a blank: the word may be shorter than it looks.
      if (isAssignment) return -1;
      hasPlus = true;
    }
    if (isAssignment || !isName) continue;
    if (code === 61 && at > start && at - start <= 32) isAssignment = true;
    else isName = isNameCode(code);
  }
  if (isAssignment) return at;
  if (hasSlash && mayBeFolder(text, { start, at, hasGlob })) return -1;
  if (hasSlash && !hasPlus) return 0;
  if (beginnings[keyOf(text, start, at)] !== 1) return 0;
  return hasPlus || hasGlob || isProgram(text.slice(start, at)) ? -1 : 0;
}

/** Whether the first characters say which program it is: four of them, or a digit or point among them. */
function isKnown(text: string, start: number, stop: number): boolean {
  if (stop - start >= 4) return true;
  for (let at = start; at < stop; at++) if (isDigit(text.charCodeAt(at)) || text.charCodeAt(at) === 46) return true;
  return false;
}

/** A word that stands as the shell would have it is a program's name, with or without what follows it on Windows or as its version. */
function isProgram(word: string): boolean {
  const name = word.toLowerCase();
  if (/[^\0-\x7f]|^[a-z]{2,12}-[a-z]|[\]{}]/.test(name) || wrappers.has(name)) return true;
  const bare = name.replace(/\.(?:exe|com)$/, '');
  return (
    commands.has(word) || commands.has(name) || commands.has(bare) || commands.has(bare.replace(/[\d.]{1,6}$/, ''))
  );
}

/** A program with its folder: `/usr/bin/id`, `./run`, `~/x`, or a pattern of one. */
function mayBeFolder(text: string, word: { start: number; at: number; hasGlob: boolean }): boolean {
  const first = text.charCodeAt(word.start);
  if (first === 46 || first === 126) return true;
  if (first !== 47) return false;
  const path = text.slice(word.start, word.at);
  return word.hasGlob || path.includes('bin') || /^\/(?:tmp|var\/tmp|dev\/shm)\//.test(path);
}

/** The first four characters as a number; a digit or a point ends a program's name, whose version or suffix may follow. */
function keyOf(text: string, start: number, stop: number): number {
  let key = 0;
  for (let at = start, left = 4; left > 0; at++, left--) {
    const code = at < stop ? text.charCodeAt(at) : 48;
    if (code >= 128) return foldable;
    if (isDigit(code) || code === 46 || code === 43) return key;
    const letter = code | 32;
    key = (key * 37 + (letter >= 97 && letter <= 122 ? letter - 96 : 31)) & ((1 << keyBits) - 1);
  }
  return key;
}

function beginningsOf(): Uint8Array {
  const found = new Uint8Array(1 << keyBits);
  found[foldable] = 1;
  for (const name of [...commands.keys(), ...wrappers, ...cmdletVerbs.split(' ').map(verb => `${verb}-`)]) {
    for (const form of [name, `${name}.exe`]) found[keyOf(form, 0, form.length)] = 1;
  }
  return found;
}

function kindsOf(): Uint8Array {
  const found = new Uint8Array(128);
  const set = (chars: string, kind: number): void => {
    for (const char of chars) found[char.charCodeAt(0)] = kind;
  };
  set('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:,@+=#~-!]{}', plain);
  set(' \t\v\f\n\r;|&<>()\0', end);
  set('*?[', glob);
  return found;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}

function isNameCode(code: number): boolean {
  return isLetter(code) || isDigit(code) || code === 95;
}

function beginsWithOption(text: string): boolean {
  let at = 0;
  while (at < text.length && (text.charCodeAt(at) <= 32 || text.charCodeAt(at) === 160)) at++;
  const code = text.charCodeAt(at);
  if (code > 127) return true;
  const next = text.charCodeAt(at + 1);
  return code === 45 && (next === 45 || isLetter(next));
}

/** Round brackets with nothing in them and a brace behind. */
function mayImportFunction(text: string): boolean {
  for (let at = text.indexOf('('); at >= 0; at = text.indexOf('(', at + 1)) {
    const next = text.charCodeAt(at + 1);
    if (next === 41 || next <= 32 || next >= 128) {
      if (next !== 41 || closesBeforeBrace(text, at + 2)) return true;
    }
  }
  return false;
}

function closesBeforeBrace(text: string, from: number): boolean {
  let at = from;
  while (text.charCodeAt(at) <= 32 || text.charCodeAt(at) >= 128) at++;
  return text.charCodeAt(at) === 123;
}
