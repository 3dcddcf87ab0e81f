/** One command of a command line: its program, and what its arguments look like. */

import { isBlank, isWordCode } from '../reading.ts';
import { sensitivePath } from '../sensitive.ts';
import { type Command, cmdletVerbs, commands, wrappers } from './commands.ts';
import { type Lexing, readWord, skipBlanks, type Word } from './lexer.ts';

/** What is seen among the arguments, as bits. */
export const seen = {
  flag: 1,
  path: 2,
  sensitive: 4,
  url: 8,
  host: 16,
  number: 32,
  variable: 64,
  glob: 128,
  file: 256,
  quoted: 512,
  redirect: 1024,
  slashFlag: 2048,
  substitution: 4096,
} as const;

export interface Segment {
  readonly command: Command;
  readonly start: number;
  readonly end: number;
  readonly args: number;
  /** The arguments' values, lower case, as many as were read. */
  readonly words: readonly string[];
  /** Arguments that are ordinary words. */
  readonly plain: number;
  readonly tricks: number;
  /** The program was given with its folder, or through a glob of one. */
  readonly isPath: boolean;
  /** `sudo`, `exec`, `then` … stood before it. */
  readonly isWrapped: boolean;
  /** The character that ended it; empty at the text's end. */
  readonly closer: string;
}

const argumentsMax = 12;
const spanMax = 400;

/** The command that begins at `at` (blanks passed); undefined when what stands there is none. Reads at most 400 characters. */
export function readSegment(lexing: Lexing, at: number): Segment | undefined {
  let tricks = 0;
  let start = -1;
  let reading = lexing;
  let wrapper: Word | undefined;
  for (let turn = 0, next = at; turn < 8; turn++) {
    const gap = skipBlanks(reading, next);
    tricks += gap.tricks;
    next = gap.at;
    const code = lexing.text.charCodeAt(next);
    if (code === 60 && isTag(lexing.text, next)) break;
    if (code === 60 || code === 62) {
      next = skipBlanks(reading, next + 1).at;
      next = readWord(reading, next).end;
      continue;
    }
    if (code === 123 || code === 40 || code === 64) {
      if (code === 123 && isBraceList(lexing.text, next)) reading = { ...lexing, isBraced: true };
      next++;
      continue;
    }
    if (start < 0) start = next;
    const word = readWord(reading, next);
    if (word.end === next) break;
    next = word.end;
    if (assign(reading, word)) continue;
    if (wrapper !== undefined && isOfWrapper(word.value)) continue;
    if (wrappers.has(word.value.toLowerCase()) && isBlank(lexing.text.charCodeAt(word.end))) {
      wrapper = word;
      continue;
    }
    const found = programOf(word, lexing.text);
    if (found !== undefined)
      return withArguments(reading, word, { ...found, start, tricks, isWrapped: wrapper !== undefined });
    break;
  }
  const outer = wrapper === undefined ? undefined : programOf(wrapper, lexing.text);
  if (wrapper === undefined || outer === undefined) return undefined;
  return withArguments(reading, wrapper, { ...outer, start: wrapper.start, tricks, isWrapped: false });
}

/** `-o0`, `5`, `10s` between a wrapper and its command. */
function isOfWrapper(value: string): boolean {
  return /^--?[A-Za-z][\w=-]{0,24}$|^\d{1,5}[smhd]?$|^\w{1,16}==\w{1,16}$/.test(value);
}

interface Program {
  readonly command: Command;
  readonly isPath: boolean;
}

const binaryFolder = /^(?:\.{0,2}|~)?\/(?:[\w.?*[\]-]{0,40}\/){0,6}[\w.?*[\]-]{1,40}$/;

/** The program a word names; case counts where the system counts it. */
export function programOf(word: Word, text: string): Program | undefined {
  // A variable is split at its blanks where it stands unquoted.
  const value = word.hasVariable ? (word.value.trimStart().split(/\s/, 1)[0] ?? '') : word.value;
  let name = value.replace(/\/(?:\.?\/)+/g, '/');
  let isPath = false;
  const slash = name.lastIndexOf('/');
  if (slash >= 0) {
    if (!binaryFolder.test(name)) return undefined;
    isPath = true;
    if (word.hasGlob) return globbed(name);
    if (!/bin\/$|^\.{1,2}\/|^~\//.test(name.slice(0, slash + 1))) return undefined;
    name = name.slice(slash + 1);
  }
  const direct = lookUp(name);
  if (direct !== undefined) return { command: direct, isPath };
  const raw = text.slice(word.start, word.end);
  const back = raw.lastIndexOf('\\');
  if (back < 1 || !/[:\\%]/.test(raw.slice(0, back))) return undefined;
  const file = raw.slice(back + 1).replace(/["']$/, '');
  const tail = lookUp(file);
  return tail === undefined || (tail.isWord && !file.includes('.')) ? undefined : { command: tail, isPath: true };
}

/** What the names of PowerShell's own commands are about. */
const cmdletNouns =
  'process|service|(?:child)?item(?:property)?|content|host|output|error|object|command|expression|variable|location|executionpolicy|member|date|clipboard|wmi(?:object|method)|cim(?:instance|method)|local(?:user|group)|netipaddress|nettcpconnection|acl|eventlog|winevent|computer|module|psdrive|adcomputer|adgroup|addomain|hotfix|job|scheduledtask|mppreference|volume|disk|netfirewallrule|random|credential|alias|history|culture|timezone|smbshare|webbinding|vm|json|csv|string|null|file|sleep|transcript';
const cmdlet = new RegExp(`^(?:${cmdletVerbs.replaceAll(' ', '|')})-(?:${cmdletNouns})$`);

function lookUp(name: string): Command | undefined {
  if (name.length < 1 || name.length > 24) return undefined;
  const exact = commands.get(name);
  if (exact !== undefined) return exact;
  const bare = name.toLowerCase().replace(/\.(?:exe|com)$/, '');
  const other = commands.get(bare) ?? commands.get(bare.replace(/(?<=[a-z]{3})[\d.]{1,6}$/, ''));
  if (other === undefined)
    return cmdlet.test(bare) ? { name: bare, kind: 'info', isWord: false, isWindows: true } : other;
  return other.isWindows || name.toLowerCase() === name ? other : undefined;
}

const globPlaces = '/bin/ /usr/bin/ /sbin/ /usr/sbin/ /usr/local/bin/'.split(' ');

/** `/???/c?t`: the first command the pattern would find. */
function globbed(pattern: string): Program | undefined {
  const slash = pattern.lastIndexOf('/');
  if (!globPlaces.some(place => matches(pattern.slice(0, slash + 1), place))) return undefined;
  const base = pattern.slice(slash + 1);
  if (!/[a-z]/.test(base) && !/^\?{2,8}$/.test(base)) return undefined;
  for (const command of commands.values()) if (matches(base, command.name)) return { command, isPath: true };
  return undefined;
}

/** Shell pattern of `?`, `*` and `[…]`; the pattern is at most 160 characters, the name 24. */
function matches(pattern: string, name: string): boolean {
  let at = 0;
  let star = -1;
  let mark = 0;
  let index = 0;
  while (index < name.length) {
    const one = pattern[at];
    const close = one === '[' ? pattern.indexOf(']', at + 1) : -1;
    const isOne =
      one === '?' || one === name[index] || (close > 0 && within(pattern.slice(at + 1, close), name[index] ?? ''));
    if (one === '*') {
      star = at++;
      mark = index;
    } else if (isOne) {
      at = close > 0 ? close + 1 : at + 1;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++mark;
    } else return false;
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}

function within(list: string, one: string): boolean {
  const range = /^(.)-(.)$/.exec(list);
  return range === null
    ? list.includes(one) !== /^[!^]/.test(list)
    : one >= (range[1] ?? '') && one <= (range[2] ?? '');
}

interface Head extends Program {
  readonly start: number;
  readonly tricks: number;
  readonly isWrapped: boolean;
}

function withArguments(lexing: Lexing, word: Word, head: Head): Segment {
  const words: string[] = [];
  let args = 0;
  let plain = 0;
  let tricks = head.tricks + word.tricks;
  let at = word.end;
  if (word.hasVariable && word.value.includes(' ')) {
    for (const value of word.value
      .trim()
      .split(/\s{1,8}/)
      .slice(1, 1 + argumentsMax)) {
      args |= bitsOf({ ...word, value }, lexing.text);
      words.push(value.toLowerCase());
    }
  }
  const stop = Math.min(lexing.text.length, head.start + spanMax);
  while (words.length < argumentsMax && at < stop) {
    const gap = skipBlanks(lexing, at);
    tricks += gap.tricks;
    at = gap.at;
    const code = lexing.text.charCodeAt(at);
    if (code === 60 && isTag(lexing.text, at)) break;
    if (code === 60 || code === 62) {
      if (
        code === 60 ||
        words.length > 0 ||
        head.command.kind !== 'info' ||
        /^>{1,2}\s?(?:[/&.~]|[\w-]{1,24}\.[a-z]{2,5}\b)/.test(lexing.text.slice(at, at + 36))
      )
        args |= seen.redirect;
      at++;
      continue;
    }
    const next = readWord(lexing, at);
    if (next.end === at) {
      if (code === 36 || (code === 96 && opensTick(lexing.text, head.start, at))) args |= seen.substitution;
      break;
    }
    if (next.value.startsWith('#') && gap.at > word.end) break;
    const bits = bitsOf(next, lexing.text);
    args |= bits;
    if (bits === 0) plain++;
    tricks += next.tricks;
    words.push(next.value.toLowerCase());
    at = next.end;
  }
  const closer = lexing.text[skipBlanks(lexing, at).at] ?? '';
  return { ...head, end: at, args, words, plain, tricks, closer };
}

const hostForm =
  /^(?:[\w.-]{1,32}@)?(?:\d{1,3}(?:\.\d{1,3}){3}|localhost|[a-z0-9](?:[a-z0-9-]{0,62}\.){1,8}[a-z]{2,24})(?:[:/].{0,120})?$/i;

function bitsOf(word: Word, text: string): number {
  const raw = text.slice(word.start, word.end);
  const value = /^["']?(?:[A-Za-z]:\\|\\\\\w|%\w{2,20}%\\|\.\.?\\)/.test(raw) ? raw.replaceAll('"', '') : word.value;
  let bits = 0;
  if (word.hasVariable) bits |= seen.variable;
  if (word.isQuoted) bits |= seen.quoted;
  if (sensitivePath(value)) bits |= seen.sensitive | seen.path;
  const first = value.charCodeAt(0);
  if (first === 45)
    return /^--?[A-Za-z][\w=-]*/.test(value) || value === '-' || /^-\d{1,4}$/.test(value) ? bits | seen.flag : bits;
  if (first === 47) bits |= /^\/[a-z?]{1,4}(?::.{0,40})?$/i.test(value) ? seen.slashFlag | seen.path : seen.path;
  else if (value === '~' || value === '.' || value === '..') bits |= seen.path;
  else if (/^%\w{2,20}%\\/.test(value)) bits |= seen.path;
  else if (/^(?:~\/|\.{1,2}[/\\]|[A-Za-z]:[\\/]?|\\\\\w)/.test(value) && !/^[A-Za-z]:\w/.test(value)) bits |= seen.path;
  else if (/^(?:https?|ftp|tftp|ldap|gopher|file):\/\//i.test(value)) bits |= seen.url;
  else if (/^\d{1,10}(?:\.\d{1,6})?[smhd]?$/.test(value)) bits |= seen.number;
  else if (hostForm.test(value)) bits |= seen.host;
  if (/^[\w./\\@-]{0,80}\.[a-z][a-z0-9]{0,5}$/i.test(value)) bits |= seen.file;
  if (word.hasGlob && !/^[\w']{1,40}\?$/.test(value)) bits |= seen.glob;
  return bits;
}

/** Whether the backtick at `at` begins a substitution of its own and does not end the one around. */
function opensTick(text: string, start: number, at: number): boolean {
  return text.charCodeAt(start - 1) !== 96 && text.slice(at + 1, at + 65).includes('`');
}

/** `name=value` before a command: kept for `$name`. */
function assign(lexing: Lexing, word: Word): boolean {
  const found = /^([A-Za-z_]\w{0,31})=/.exec(word.value);
  if (found === null || lexing.variables.size > 32) return false;
  lexing.variables.set(found[1] ?? '', word.value.slice(found[0].length));
  return true;
}

/** Whether the sign at `at` begins an element of HTML or ends one, `</p>`: no file is read from there. */
function isTag(text: string, at: number): boolean {
  return /^<\/?(?:p|br|div|span|b|i|u|em|strong|li|ul|ol|td|tr|th|table|h[1-6]|a|blockquote|pre|code|small|font|body|html|hr)\s{0,2}\/?>/i.test(
    text.slice(at, at + 16),
  );
}

/** Whether the brace at `at` begins `{word,word…}`. */
function isBraceList(text: string, at: number): boolean {
  const close = text.slice(at, at + 120).indexOf('}');
  if (close < 0) return false;
  const inner = text.slice(at + 1, at + close);
  return (
    inner.includes(',') &&
    !inner.includes(' ') &&
    (!inner.includes(':') || /,https?:\/\//.test(inner)) &&
    (isWordCode(inner.charCodeAt(0)) || /^[/\\'"]/.test(inner))
  );
}
