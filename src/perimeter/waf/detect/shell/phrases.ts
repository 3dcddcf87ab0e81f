/** What is no honest text wherever it stands: connections of shells, Shellshock, hidden PowerShell, blanks written as `$IFS`. */

import type { DetectorInput, Hit, Rule } from '../../waf.ts';
import { charClass } from '../../waf.ts';
import { isBlank, isWordCode, type Reading, skipSpace } from '../reading.ts';
import { options } from './options.ts';

/** Reports the phrases found; each is sought once, from the left, with a bounded look around. */
export function phrases(input: DetectorInput, reading: () => Reading, hit: Hit): void {
  const { chars } = input;
  if ((chars & charClass.slash) !== 0) device(input, reading, hit);
  if ((chars & charClass.paren) !== 0 && (chars & charClass.brace) !== 0) functionImport(input, reading, hit);
  if ((chars & charClass.dollar) !== 0) fieldSeparators(input, reading, hit);
  options(input.text, hit);
  for (const [needle, form, rule] of told) {
    const at = input.lower.indexOf(needle);
    if (at < 0 || reading().isDocument || reading().words > 9) continue;
    if (form.test(input.lower.slice(Math.max(0, at - 60), at + 120))) hit(rule, at, at + needle.length);
  }
  if (
    /^[\s;|&]{0,4}>{1,2}\s{0,3}\/(?:tmp|var|etc|home|root|dev|opt|usr|srv)\/[\w./-]{1,80}\s{0,4}$/.test(
      input.text.slice(0, 160),
    )
  )
    hit('shell.chained-command', 0, input.text.length);
  powershell(input, reading, hit);
  windowsLaunchers(input, reading, hit);
}

/** Options that name a program, loops of cmd.exe, parts of variables, static calls of PowerShell: a literal and what stands around it. */
const told: readonly (readonly [string, RegExp, Rule['id']])[] = [
  ['proxycommand', /-o\s{0,2}proxycommand\s{0,2}[=\s]/, 'shell.option'],
  ['core.', /-c\s{0,3}["']?core\.(?:sshcommand|pager|fsmonitor|editor|hookspath)\s{0,2}=/, 'shell.option'],
  ['--checkpoint-action', /--checkpoint-action\s{0,2}=\s{0,2}exec/, 'shell.option'],
  ['ext::', /^\s{0,4}ext::\S{1,40}\s/, 'shell.option'],
  ['localcommand', /-o\s{0,2}(?:permit)?localcommand\s{0,2}=/, 'shell.option'],
  ['protocol.ext', /-c\s{0,3}protocol\.ext\.allow\s{0,2}=/, 'shell.option'],
  ['for /', /\bfor \/[fldr]\s.{0,60}%\w\s{1,3}in\s{0,3}\(/, 'shell.windows-launcher'],
  [':~', /%\w{2,30}:~-?\d{1,3}(?:,-?\d{1,3})?%/, 'shell.hidden-command'],
  // `$env:USERNAME`, `$PSVersionTable` behind a separator; a call of a name put together or looked up.
  ['$env:', /(?:^|[;|&(`])\s{0,3}\$env:\w{2,24}\s{0,3}(?:$|[;|&)#])/, 'shell.powershell'],
  ['$psversiontable', /(?:^|[;|&(])\s{0,3}\$psversiontable(?:\.\w{1,20})?\s{0,3}(?:$|[;|&)])/, 'shell.powershell'],
  ["'+'", /(?:^|[;|&.(])\s{0,3}[.&]\s{0,3}\(\s{0,3}'[\w-]{1,16}'\s{0,3}\+\s{0,3}'/, 'shell.powershell'],
  ['{1}', /[.&]\s{0,3}\(\s{0,3}["'](?:\{\d\}){2,9}["']\s{0,3}-f\s/, 'shell.powershell'],
  ['gcm ', /[&.]\s{0,3}\(\s{0,3}gcm\s/, 'shell.powershell'],
  ['get-command ', /[&.]\s{0,3}\(\s{0,3}get-command\s/, 'shell.powershell'],
  ['set ', /(?:^|[;|&(\s])set\s{1,3}\w{1,16}=.{1,40}&.{0,60}%\w{1,16}%/, 'shell.hidden-command'],
  [
    ']::',
    /\[(?:system|net|io|convert|environment|reflection|diagnostics|activator|scriptblock|runtime|microsoft)(?:\.[\w.]{1,60})?\]::[a-z]/,
    'shell.powershell',
  ],
];

/** `/dev/tcp/10.0.0.1/4444` */
function device({ text, lower }: DetectorInput, reading: () => Reading, hit: Hit): void {
  for (const needle of ['/dev/tcp/', '/dev/udp/']) {
    const at = lower.indexOf(needle);
    if (at < 0) continue;
    if (
      /^[\w.$%{}-]{1,64}\/[\d$]/.test(text.slice(at + 9, at + 90)) &&
      !(reading().isProse && !/[<>]/.test(text.slice(Math.max(0, at - 12), at)))
    )
      hit('shell.reverse-shell', at, at + 9);
  }
}

/** `() { :; };` at the start, where a shell takes over a variable as a function, or with its idle body anywhere; and the fork bomb. */
function functionImport({ text }: DetectorInput, reading: () => Reading, hit: Hit): void {
  let tries = 0;
  for (let at = text.indexOf('('); at >= 0 && tries < 64; at = text.indexOf('(', at + 1), tries++) {
    const close = skipSpace(text, at + 1);
    if (text.charCodeAt(close) !== 41 || close > at + 16) continue;
    const brace = skipSpace(text, close + 1);
    if (text.charCodeAt(brace) !== 123 || brace > close + 16) continue;
    const body = skipSpace(text, brace + 1);
    const isIdle = text.charCodeAt(body) === 58 && /^;/.test(text.slice(skipSpace(text, body + 1)).slice(0, 1));
    const isStart = /^[\s'"]{0,3}(?:BASH_FUNC_\w{1,40}(?:%%|\(\))?=)?$/.test(text.slice(0, at));
    const isBomb = /^:\s?\|\s?:\s?&/.test(text.slice(body, body + 8)) && reading().words < 3;
    // The shell takes over a variable only that begins so; in the midst of a sentence somebody asks about it.
    if (
      isIdle &&
      !isStart &&
      /[a-z] [a-z]{2,24} $/i.test(text.slice(0, at)) &&
      /^[^{}]{0,8}\};? [a-z]{2,24} [a-z]{1,24}[\s,.?!]/i.test(text.slice(body))
    )
      continue;
    if (isIdle || isBomb || (isStart && text.charCodeAt(body) !== 125)) {
      hit('shell.function-import', at, body + 1);
      return;
    }
  }
}

/** `$IFS` that joins two words; in talk about it there are blanks around. */
function fieldSeparators({ text, paranoia }: DetectorInput, reading: () => Reading, hit: Hit): void {
  const at = text.indexOf('IFS');
  if (at < 1) return;
  const open = text.charCodeAt(at - 1) === 123 ? at - 2 : at - 1;
  if (open < 0 || text.charCodeAt(open) !== 36) return;
  const before = text.charCodeAt(open - 1);
  const behind = text.slice(at + 3, at + 16);
  const isJoining =
    open > 0 && (isWordCode(before) || '\'"`/-}@\\'.includes(text[open - 1] ?? '')) && /^[^\s"'`.]/.test(behind);
  if (isJoining && !(reading().isDocument && /["'`]/.test(text[open - 1] ?? '')))
    hit('shell.field-separator', open, at + 3);
  else if (paranoia >= 2) hit('shell.talked-command', open, at + 3);
}

const cradle =
  /downloadstring|downloadfile|downloaddata|invoke-expression|invoke-webrequest|start-bitstransfer|frombase64string|net\.webclient|invoke-restmethod|net\.sockets\.tcpclient|start-process|reflection\.assembly/;

/** PowerShell with hidden code, or code that fetches code. */
function powershell({ lower, text, paranoia }: DetectorInput, reading: () => Reading, hit: Hit): void {
  const open = firstOf(lower, ['powershell', 'pwsh']);
  if (open >= 0) {
    const rest = lower.slice(open, open + 400).replaceAll('^', '');
    const isHidden = /\s[-/](?:e|ec|en|enc|enco\w{0,12})\s{1,4}["']?[a-z0-9+/=]{8}/.test(rest);
    const isQuiet =
      /\s[-/](?:nop|noprofile|w|windowstyle|ep|exec|executionpolicy|noni|noninteractive|sta|c|com|command)\b/.test(
        rest,
      );
    const isCode =
      cradle.test(rest) || /\biex\b|\|\s{0,4}iex|\biwr\b|get-process|get-content|new-object|["'&(;|$]/.test(rest);
    const isUnseen =
      /\s[-/]w\w{0,10}\s{1,3}hidden\b/.test(rest) && /\s[-/](?:c|command)\s/.test(rest) && reading().words < 6;
    if (
      isHidden ||
      isUnseen ||
      (isQuiet && isCode && !reading().isDocument && (reading().words < 3 || cradle.test(rest)))
    )
      return hit('shell.powershell', open, open + 10);
    if (isQuiet && paranoia >= 2) hit('shell.talked-command', open, open + 10);
  }
  const found = lower.indexOf('iex');
  if (
    found >= 0 &&
    !isWordCode(lower.charCodeAt(found - 1)) &&
    /^iex[\s(]{1,4}(?:\(|\$|new-object|["'&]|iwr|irm|\[)/.test(lower.slice(found, found + 24))
  )
    return hit('shell.powershell', found, found + 3);
  const net = firstOf(lower, ['net.webclient', 'net.sockets.tcpclient', 'invoke-expression']);
  if (
    net >= 0 &&
    !reading().isProse &&
    /new-object|download|invoke-expression[\s(]{1,3}[("'$]/.test(lower) &&
    !text.startsWith('at ')
  )
    hit('shell.powershell', net, net + 13);
}

const launchers: readonly (readonly [string, RegExp])[] = [
  ['cmd', /^cmd(?:\.exe)?["']?\s{0,3}\/[a-z]{0,3}[ck]\b/],
  ['certutil', /^certutil(?:\.exe)?\s{1,4}.{0,60}-(?:urlcache|decode|verifyctl|encode)/],
  ['bitsadmin', /^bitsadmin(?:\.exe)?\s{1,4}.{0,20}\/(?:transfer|create|addfile)/],
  ['mshta', /^mshta(?:\.exe)?\s{1,4}["']?(?:https?:|vbscript:|javascript:|\\\\)/],
  ['rundll32', /^rundll32(?:\.exe)?\s{1,4}.{0,80}(?:,|javascript:|\\\\)/],
  ['regsvr32', /^regsvr32(?:\.exe)?\s{1,4}.{0,40}\/i:/],
  ['wmic', /^wmic(?:\.exe)?\s{1,4}.{0,40}(?:call\s{1,4}create|get\s{1,4}[a-z]|list\s{1,4}(?:brief|full)|os\b)/],
];

/** Programs Windows ships that start foreign code, and the `cmd /c` before anything. */
function windowsLaunchers({ lower, paranoia }: DetectorInput, reading: () => Reading, hit: Hit): void {
  for (const [needle, form] of launchers) {
    const at = lower.indexOf(needle);
    if (at < 0 || isWordCode(lower.charCodeAt(at - 1)) || !form.test(lower.slice(at, at + 200))) continue;
    if (
      !reading().isDocument &&
      !(reading().words >= 4 && needle === 'cmd' && (at === 0 || isBlank(lower.charCodeAt(at - 1))))
    )
      return hit('shell.windows-launcher', at, at + needle.length);
    if (paranoia >= 2) hit('shell.talked-command', at, at + needle.length);
  }
}

function firstOf(lower: string, needles: readonly string[]): number {
  let first = -1;
  for (const needle of needles) {
    const at = lower.indexOf(needle);
    if (at >= 0 && (first < 0 || at < first)) first = at;
  }
  return first;
}
