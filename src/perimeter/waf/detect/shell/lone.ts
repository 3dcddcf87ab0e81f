/** Whether a program's name says something where nothing stands behind it. */

import type { DetectorInput } from '../../waf.ts';
import { isBlank } from '../reading.ts';
import { columns, commands } from './commands.ts';
import type { Launch } from './launch.ts';
import { isPlanted } from './planted.ts';
import type { Plausibility } from './plausible.ts';
import type { Segment } from './segment.ts';

/** A name alone: enough only behind a separator or in a substitution, and only where no list or formula has it. */
export function lone(segment: Segment, launch: Launch, input: DetectorInput): Plausibility {
  const { command, closer } = segment;
  const { text } = input;
  if (
    command.kind === 'rare' ||
    command.kind === 'run' ||
    (command.kind === 'admin' && command.isWindows && !command.isWord)
  ) {
    if (
      closer !== '=' &&
      closer !== ':' &&
      !entity(launch, input) &&
      isPlanted(segment, launch, text) &&
      saysAlone(segment, launch)
    )
      return 'lone';
  }
  const isRun = segment.isPath && command.kind === 'run';
  const isObscured = segment.tricks > 0 && (segment.isPath || command.name.length > 1);
  if (command.name === 'ss' || command.name === 'ip') return 'none';
  if (command.kind !== 'info' && !isRun && !(isObscured && segment.tricks > 1) && !isHalt(segment)) return 'none';
  if (closer === '=' || closer === ':' || closer === ',' || closer === '[' || closer === '{') return 'none';
  if (
    closer === '(' ||
    (closer === ')' && launch.kind !== 'dollar' && launch.kind !== 'start' && text[segment.start - 1] !== '(')
  )
    return 'none';
  if (launch.kind === 'start') return wholeValue(segment, text) ? 'lone' : 'none';
  if (
    /^\s{0,4}(?:if|then|do|else|while|until)\s/.test(text.slice(launch.at, launch.at + 12)) &&
    /^;\s{0,3}(?:then|do|done|fi|else)\b/.test(text.slice(segment.end, segment.end + 12))
  )
    return 'lone';
  if (entity(launch, input)) return 'none';
  if (!command.isWord)
    return command.isWindows && launch.kind === 'pipe' && launch.isSpaced && text.length > 200 ? 'none' : 'lone';
  if (
    /^(?:who|w|date|set|top|last|users|groups|history|mount|free|jobs|time|more|route|vol|ver|arp|halt)$/.test(
      command.name,
    )
  )
    return commonLone(segment, launch, text);
  if (text.length > 160) return 'none';
  if (launch.kind === 'line')
    return text.trim().split('\n').length <= 3 && !columns.has(priorWord(text, launch.from)) ? 'lone' : 'none';
  if (launch.kind === 'tick' || launch.kind === 'dollar') return 'lone';
  return isListed(segment, launch, text) ? 'none' : 'lone';
}

/** Words such as `date` or `history` alone: only in a substitution, or at the very end behind a value that is no word. */
function commonLone(segment: Segment, launch: Launch, text: string): Plausibility {
  if (launch.kind === 'tick' || launch.kind === 'dollar')
    return text.length < 40 && segment.command.name.length > 1 ? 'lone' : 'none';
  if (
    text.length > 40 ||
    !/^(?:set|ver|date|who|w|arp|mount|history|last|groups|users|free|top|jobs|route)$/.test(segment.command.name)
  )
    return 'none';
  const before = text.slice(0, launch.from).trim();
  if (/^(?:last|groups|users|free|top|jobs|route)$/.test(segment.command.name) && /^(?:\d{1,3}|x)$/.test(before))
    return 'none';
  return segment.closer === '' && (before === '' || /^[\d.]+$|^x$|["']$/.test(before)) && launch.kind !== 'line'
    ? 'lone'
    : 'none';
}

/** Names nobody writes behind a separator for another reason; what opens a program on Windows does so alone. */
function saysAlone({ command, tricks }: Segment, { kind, from }: Launch): boolean {
  if (tricks > 0) return true;
  if (command.kind === 'admin') return true;
  if (command.kind === 'run') return command.isWindows && command.name !== 'start' && command.name !== 'call';
  if (
    /^(?:where|format|expand|choice|look|label|read|info|yes|help|install|split|screen|query|brew|snap|perf|vault|yes)$/.test(
      command.name,
    )
  )
    return false;
  return kind !== 'ampersand' || from === 0 || !command.isWord;
}

function isHalt(segment: Segment): boolean {
  return /^(?:reboot|poweroff|halt)$/.test(segment.command.name) && !segment.isWrapped;
}

/** Nothing but the command, and perhaps what ends or comments the rest away. */
function wholeValue(segment: Segment, text: string): boolean {
  return (
    segment.closer === '' ||
    /^[;&|#\s'"`)]{1,4}$/.test(text.slice(segment.end)) ||
    (segment.closer !== '' &&
      ';|&'.includes(segment.closer) &&
      !segment.command.isWord &&
      !/^[;|&\s]{1,4}(?:[a-z]{2,24}[ ,.]+){2}[a-z]{2,24}/i.test(text.slice(segment.end)))
  );
}

/** `name;id;email`, `A | id`, `x=1&id`: one of several plain fields. */
function isListed(segment: Segment, launch: Launch, text: string): boolean {
  const prior = priorWord(text, launch.from);
  if (columns.has(prior)) return true;
  const before = text.slice(0, launch.from);
  const mark = text[launch.from] ?? '';
  if (
    launch.kind !== 'ampersand' &&
    /^[\w\s.&-]{1,40}$/.test(before.split(mark, 1)[0] ?? '') &&
    before.split(mark, 3).length > 1
  )
    return true;
  if (
    mark === ';' &&
    !launch.isSpaced &&
    (/\w'\w{1,4}$/.test(before) ||
      /[A-Za-z\u00c0-\u024f]{2,}[\s/&]{1,4}[^\s'"]{0,20}[A-Za-z\u00c0-\u024f]{2,}$/.test(before.slice(-80)))
  )
    return true;
  if (mark === '|' && text.includes('\n|')) return true;
  const isMore = segment.closer !== '' && segment.closer === text[launch.from];
  const next = isMore ? /^\w{0,24}/.exec(text.slice(segment.end).replace(/^[;|&\s]{1,8}/, ''))?.[0] : undefined;
  if (next !== undefined && next !== '' && !commands.has(next)) return true;
  if (/=/.test(text.slice(0, launch.from)) && /^\s{0,4};\s{0,4}\w{1,24}=/.test(text.slice(segment.end))) return true;
  if (launch.kind === 'ampersand') return /[=?]/.test(text.slice(0, launch.from)) || /^[A-Z]$/.test(prior);
  if (launch.kind === 'and') return !launch.isSpaced && /[!()=]/.test(text);
  return launch.kind === 'pipe' && launch.isSpaced && /^[A-Z]/.test(text) && text.length > 24;
}

/** The word before the separator at `from`, lower case where it is longer than one letter. */
function priorWord(text: string, from: number): string {
  const word = /[A-Za-z_]{1,32}\s{0,4}$/.exec(text.slice(Math.max(0, from - 36), from))?.[0].trim() ?? '';
  return word.length > 1 ? word.toLowerCase() : word;
}

/** Whether the launch's `;` ends an HTML entity, `&amp;`. */
export function entity(launch: Launch, input: DetectorInput): boolean {
  if (launch.kind !== 'semicolon') return false;
  const before = input.text.slice(Math.max(0, launch.from - 10), launch.from);
  const amp = before.lastIndexOf('&');
  return amp >= 0 && !isBlank(before.charCodeAt(amp + 1)) && /^&#?[A-Za-z0-9]{2,8}$/.test(before.slice(amp));
}
