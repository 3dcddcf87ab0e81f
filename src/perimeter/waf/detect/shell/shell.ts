/**
 * Commands of POSIX shells, cmd.exe and PowerShell. Every place where a shell would begin a command (the start, a separator, a
 * substitution) is a launch; behind it stands a command only when the word is a known program *and* its arguments fit.
 */

import { charClass, type Detector, type DetectorInput, type Hit } from '../../waf.ts';
import { type Reading, readingAround, readingOf } from '../reading.ts';
import { type Launch, launches } from './launch.ts';
import type { Lexing } from './lexer.ts';
import { mayHoldCommand } from './look.ts';
import { phrases } from './phrases.ts';
import { isPlantedScript } from './planted.ts';
import { type Plausibility, plausibility, severe } from './plausible.ts';
import { readSegment, type Segment } from './segment.ts';

/** Commands meant for a shell, in any value of a request. */
export const shell: Detector = {
  id: 'shell',
  rules: [
    { id: 'shell.chained-command', title: 'a command put behind a value', points: 5, paranoia: 1 },
    { id: 'shell.substitution', title: 'a command run inside a value', points: 5, paranoia: 1 },
    { id: 'shell.bare-command', title: 'a command instead of a value', points: 5, paranoia: 1 },
    { id: 'shell.hidden-command', title: 'a command written so that it is not recognised', points: 5, paranoia: 1 },
    { id: 'shell.pipe-to-interpreter', title: 'something fetched or decoded and then run', points: 5, paranoia: 1 },
    { id: 'shell.reverse-shell', title: 'a shell connected to another machine', points: 5, paranoia: 1 },
    { id: 'shell.function-import', title: 'a shell function in a variable (Shellshock)', points: 5, paranoia: 1 },
    { id: 'shell.powershell', title: 'PowerShell that fetches or hides code', points: 5, paranoia: 1 },
    { id: 'shell.windows-launcher', title: 'a Windows program that starts code', points: 5, paranoia: 1 },
    { id: 'shell.field-separator', title: 'a blank written as $IFS', points: 5, paranoia: 1 },
    { id: 'shell.option', title: 'an option that makes a program write or run something', points: 5, paranoia: 1 },
    { id: 'shell.destruction', title: 'a command that destroys the system', points: 5, paranoia: 1 },
    { id: 'shell.talked-command', title: 'a command within a text', points: 3, paranoia: 2 },
    { id: 'shell.lone-word', title: "a command's name behind a separator", points: 3, paranoia: 2 },
    { id: 'shell.expansion', title: 'a shell expansion', points: 2, paranoia: 3 },
    { id: 'shell.separator', title: 'a shell separator beside a word', points: 2, paranoia: 4 },
  ],
  needles: [
    'whoami',
    'ifconfig',
    'ipconfig',
    'systeminfo',
    'tasklist',
    'netstat',
    'uname',
    'printenv',
    'comspec',
    'powershell',
    'pwsh',
    'iex',
    'cmd',
    '/dev/tcp/',
    '/dev/udp/',
    '$ifs',
    '{ifs',
    'net.webclient',
    'net.sockets.tcpclient',
    'invoke-expression',
    'certutil',
    'bitsadmin',
    'mshta',
    'rundll32',
    'regsvr32',
    'wmic',
    ']::',
    ':~',
    'for /',
    'proxycommand',
    'queuedirectory',
    '-write',
    '-soutputfile',
    '-dnosafer',
    '-authenticate',
    'core.sshcommand',
    'core.pager',
    'core.fsmonitor',
    'core.editor',
    'core.hookspath',
    '--checkpoint-action',
    'ext::',
    'localcommand',
    ' -exec',
    ' -ok',
    ' -o /',
    ' -o/',
    ' -t /',
    ' --output',
    ' --to-command',
    ' --post-file',
    'protocol.ext',
    '$env:',
    '$psversiontable',
    'gcm ',
  ],
  chars:
    charClass.singleQuote |
    charClass.doubleQuote |
    charClass.backtick |
    charClass.less |
    charClass.greater |
    charClass.slash |
    charClass.backslash |
    charClass.dollar |
    charClass.percent |
    charClass.ampersand |
    charClass.semicolon |
    charClass.pipe |
    charClass.mark |
    charClass.newline |
    charClass.space |
    charClass.plain,
  mayMatch: mayHoldCommand,
  detect,
};

interface Case {
  readonly input: DetectorInput;
  readonly lexing: Lexing;
  readonly reading: () => Reading;
  readonly hit: Hit;
  /** The command before, when a pipe joins it to the next. */
  previous: Segment | undefined;
}

/** What every shell has set to itself. */
const shellNames: readonly (readonly [string, string])[] = [
  ['SHELL', 'sh'],
  ['BASH', 'bash'],
];

function detect(input: DetectorInput, hit: Hit): void {
  const { text } = input;
  if (text.length < 2) return;
  let known: Reading | undefined;
  const isPlusBlank = !text.includes(' ') && text.includes('+');
  const lexing: Lexing = { text, variables: new Map(shellNames), isPlusBlank, isBraced: false };
  const reading = (): Reading => (known ??= readingOf(text));
  const state: Case = { input, lexing, reading, hit, previous: undefined };
  phrases(input, reading, hit);
  for (const launch of launches(text)) judge(state, launch);
}

function judge(state: Case, launch: Launch): void {
  const { input, lexing, hit } = state;
  const first = input.text[launch.at];
  if (launch.kind === 'dollar' && (first === "'" || first === '"')) return;
  const segment = readSegment(lexing, launch.at);
  const before = state.previous;
  state.previous = segment;
  if (segment === undefined) {
    if (launch.kind === 'dollar' && /^\s{0,8}<\s{0,8}[/~.]/.test(input.text.slice(launch.at, launch.at + 20)))
      hit('shell.substitution', launch.from, launch.at);
    if (isPlantedScript(launch, input.text)) hit('shell.chained-command', launch.from, launch.at);
    separatorOnly(input, launch, hit);
    return;
  }
  if (launch.kind === 'pipe' && before !== undefined && feeds(before) && isInterpreter(segment) && !isRecorded(input)) {
    hit('shell.pipe-to-interpreter', before.start, segment.end);
    return;
  }
  if (isTypo(segment, launch, input) || (prompt.test(input.text.slice(0, 120)) && severe(segment) === undefined))
    return;
  const fit = plausibility(segment, launch, input);
  if (fit === 'none') {
    if (input.paranoia >= 2 && launch.kind !== 'start') hit('shell.lone-word', segment.start, segment.end);
    return;
  }
  const rule = decide(state, segment, launch, fit);
  if (rule !== undefined) hit(rule, launch.from, segment.end);
}

/** What PowerShell and a login shell print before a line somebody typed and pasted. */
const prompt = /^\s{0,4}(?:PS [A-Z]:\\[^>\n]{0,80}> ?|[\w.-]{1,32}@[\w.-]{1,40}:[\w~/.-]{1,60}[#$] )/;

/** A password with a backtick that nothing closes: no shell takes it for a substitution. */
function isTypo(segment: Segment, launch: Launch, { text, place }: DetectorInput): boolean {
  return (
    launch.kind === 'tick' &&
    segment.words.length === 0 &&
    /pass|pwd/i.test(place.name) &&
    text.length <= 128 &&
    !text.includes(' ') &&
    !text.includes('`', launch.at)
  );
}

/** Members in which systems that watch machines or build programs report what ran there: Elastic Common Schema, Sysmon, OSQuery, auditd, Travis CI. */
const recorded =
  /(?:^|[._])(?:cmdline|command_?line|parent_?command_?line|process\.(?:command_line|args(?:\[\])?|executable)|executable_?path|image_?path|proctitle|data\[\]\.columns\.path|config\.(?:before_|after_)?(?:script|install|deploy|success|failure|cache)(?:\[\])?)$/i;

const isRecorded = ({ place }: DetectorInput): boolean => place.part === 'value' && recorded.test(place.name);

type Rule = Parameters<Hit>[0];

/** Which rule a plausible command breaks where it stands; talk about commands is only `shell.talked-command`. */
function decide(state: Case, segment: Segment, launch: Launch, fit: Plausibility): Rule | undefined {
  const reading = readingAround(state.input.text, state.reading(), { from: launch.from, end: segment.end });
  const isSevere = severe(segment);
  const talked = state.input.paranoia >= 2 ? 'shell.talked-command' : undefined;
  if (isSevere === 'destruction' && !(launch.kind === 'tick' && reading.words >= 4)) return 'shell.destruction';
  const isHidden = segment.tricks >= 2 && !reading.isDocument;
  switch (launch.kind) {
    case 'start':
      if (isRecorded(state.input)) return talked;
      // `uname` and `whoami` are names of members too.
      if (fit === 'lone' && state.input.place.part === 'name' && segment.tricks === 0) return talked;
      if (fit === 'lone' && isAsked(segment, state.input.text)) return 'shell.bare-command';
      if (
        reading.isDocument ||
        isTalk(segment, launch) ||
        reading.words > (isSevere !== undefined ? 10 : segment.command.name === 'powershell' ? 2 : 4)
      )
        return talked;
      return fit === 'lone' && !isLoneBare(segment, state.input) ? undefined : named(segment, 'shell.bare-command');
    case 'line':
      if (
        reading.isDocument ||
        (reading.lines > 2 && isSevere === undefined && !isFewLines(state.input.text)) ||
        reading.words > 12
      )
        return talked;
      return fit === 'lone' && segment.command.isWord && reading.words > 1 && !isHostField(state.input.place.name)
        ? talked
        : named(segment, 'shell.chained-command');
    case 'tick':
    case 'dollar':
      if (isEveryday(segment, launch, state.input.text) || isRecorded(state.input)) return talked;
      if (isHidden && isSevere !== undefined) return 'shell.hidden-command';
      if (reading.isDocument || launch.isCode || (reading.words >= 5 && isSevere === undefined)) return talked;
      return named(segment, 'shell.substitution');
    case 'semicolon':
    case 'pipe':
    case 'and':
    case 'ampersand':
      if (isHidden) return 'shell.hidden-command';
      if (
        isSevere === undefined &&
        (reading.isDocument ||
          isTalk(segment, launch) ||
          isSaid(segment, reading, state.input.text) ||
          (reading.words >= 5 && /^(?:git|npm|pip3?|gem|docker|podman|kubectl|sudo)$/.test(segment.command.name)) ||
          (reading.isProse && (segment.command.kind === 'info' || segment.command.kind === 'file')))
      )
        return talked;
      if (isSevere !== undefined && reading.isDocument && launch.isSpaced) return talked;
      return named(segment, 'shell.chained-command');
    default:
      return launch.kind satisfies never;
  }
}

/** `sudo id` and nothing more. */
function isAsked({ isWrapped }: Segment, text: string): boolean {
  return (
    isWrapped &&
    /^\s{0,4}(?:sudo|doas|busybox|exec|strace|nohup|stdbuf|xargs|env|nice|timeout|setsid|command|builtin)\s/.test(text)
  );
}

/** One value and one more line, whatever blank lines lie between. */
function isFewLines(text: string): boolean {
  return text.length < 200 && text.split('\n').filter(line => line.trim() !== '').length <= 2;
}

/** Fields that hold a machine's name, and so no second line. */
function isHostField(name: string): boolean {
  return /(?:^|[.\-_\]])(?:ip|host|hostname|addr|domain|target|server|ping|dest|cmd|exec)$/i.test(name);
}

/** Three ordinary words among the arguments of a program that takes files or hosts. */
function isTalk(segment: Segment, launch: Launch): boolean {
  if (launch.kind !== 'start' && segment.command.name === 'find' && segment.words.includes('-exec')) return false;
  return segment.plain >= 3 && segment.command.kind !== 'admin' && segment.command.kind !== 'run';
}

/** `touch base; echo that`: in a sentence a word that is only said again. */
function isSaid(segment: Segment, { isProse }: Reading, text: string): boolean {
  return (
    isProse &&
    segment.command.name === 'echo' &&
    segment.tricks === 0 &&
    segment.words.length > 0 &&
    segment.words.every(word => /^[a-z]{2,16}[.,!?]?$/.test(word)) &&
    !/[<>|$`%/\\]/.test(text.slice(segment.end, segment.end + 40))
  );
}

/** `-v $(pwd):/app`, `` try `sudo systemctl restart nginx` ``: what build files and colleagues write every day. */
function isEveryday(segment: Segment, launch: Launch, text: string): boolean {
  if (launch.kind === 'tick') return segment.command.kind === 'admin' && launch.isSpaced;
  return (segment.command.name === 'pwd' || segment.command.name === 'date') && text.length > 16;
}

function named(segment: Segment, rule: Rule): Rule {
  return segment.tricks > 0 ? 'shell.hidden-command' : rule;
}

/** Whole values that are nothing but a command's name: only those that are no word of any language. */
function isLoneBare(segment: Segment, input: DetectorInput): boolean {
  const { command } = segment;
  if (segment.isPath) return command.kind === 'info' || command.kind === 'run' || segment.tricks > 0;
  return (
    (!command.isWord && command.kind === 'info') || segment.tricks > 1 || (segment.tricks > 0 && input.text.length < 64)
  );
}

function feeds(before: Segment): boolean {
  const { kind, name } = before.command;
  return (
    (kind === 'net' || kind === 'say' || kind === 'file' || kind === 'filter') &&
    (before.words.length > 0 || name === 'base64' || before.args > 0)
  );
}

const interpreters = new Set(
  'sh bash zsh ksh dash ash csh tcsh python python2 python3 perl ruby php node nodejs lua iex powershell pwsh cmd xargs'.split(
    ' ',
  ),
);

function isInterpreter(segment: Segment): boolean {
  return interpreters.has(segment.command.name) && segment.plain === 0;
}

function separatorOnly(input: DetectorInput, launch: Launch, hit: Hit): void {
  if (input.paranoia >= 3 && launch.kind === 'dollar') hit('shell.expansion', launch.from, launch.at);
  if (input.paranoia >= 4 && launch.kind !== 'start' && launch.kind !== 'dollar')
    hit('shell.separator', launch.from, launch.at);
}
