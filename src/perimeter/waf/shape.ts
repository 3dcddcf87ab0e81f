/**
 * Whether a value is a whole document of code: a file somebody saves, a script in a chat, a page in an editor. There code is the work, so
 * rules about a line of code do not count; what breaks out of a value into the application's own statement still does.
 */

import type { Place, Zone } from './waf.ts';
import { isAsked, isOneFence, isOwnMarkup } from './written.ts';

/** What a text is as a whole: `page` is a program whose language is markup. */
export type Shape = 'program' | 'page' | 'other';

const scannedChars = 16_384;
const linesMin = 6;
/** Of the lines that are not blank, so many in a hundred look like code. */
const codeShare = 70;
const charsMin = 120;

/** The beginning of a line that declares, imports or builds something, in the languages people write. */
const declaration =
  /^(?:#!\/|#include\b|#lang\b|<!doctype html|<html\b|<\?(?:php|xml)\b|<template\b|<project\b|\{%|@(?:import|media|app|Component)\b|(?:export |default |public |private |protected |static |async |pub |abstract |final )*(?:import|from|use|using|package|module|namespace|class|interface|struct|enum|impl|trait|object|def|defmodule|defp|fn|func|fun|function|sub|proc|program|procedure|const|let|var|val|local|require|library|resource|provider|variable|terraform|data|param|upstream|server|services|apiVersion|kind|jobs|FROM|RUN|CMD|WITH|BEGIN|CREATE|ALTER|INSERT|SELECT|set -|void|int|main|type)(?:[\s:({]|$)|\(define\b|\.PHONY|[\w.]{1,40}\s?(?:<-|:=)\s|"(?:cells|scripts|dependencies|compilerOptions)":|[.#]?[\w-]{1,40}\s?\{$|\w{1,40}\s?\([^()]{0,80}\)\s?\{$)/i;
/** A line that only code has: its end, its beginning, its indentation. */
const codeLine =
  /^(?:(?:set|export|mkdir|cd|cp|mv|rm|chmod|chown|curl|wget|tar|ssh|git|npm|pip3?|apt-get|apt|docker|kubectl|systemctl|echo|printf|sudo|exit|return|if|for|while|case|done|fi|esac|else|elif|then|do|end)\b|\t| {2,}|[})\]>*#@<|%.&`]|\/\/|--|- |\w[\w.$-]{0,60}\s?(?:[-+:|*]?=|\(|:|<-)|\w[\w-]{0,40} [\w$"'@/.-]{1,60}(?:$|[;({]))|[{}()[\];,:>\\|]\s{0,4}$/;

/** Reads at most the first 16 KiB once. `breaks out`: a value that begins with what ends somebody else's literal or command is no file. */
export function shapeOf(whole: string): Shape {
  const text = whole.slice(0, scannedChars);
  if (isDiff(text.trimStart())) return 'program';
  if (whole.length < charsMin) return 'other';
  const fenced = text.includes('```') ? insideFences(text) : text;
  const first = fenced.trimStart();
  if (/^['")\]};|&`]/.test(first) || first.startsWith('-->') || first.startsWith('%>')) return 'other';
  let lines = 0;
  let code = 0;
  let declared = 0;
  for (const line of fenced.split('\n')) {
    const trimmed = line.trim();
    if (trimmed === '') continue;
    lines++;
    const bounded = line.length > 240 ? `${line.slice(0, 120)}${line.slice(-120)}` : line;
    const isDeclaration = declaration.test(trimmed.slice(0, 160));
    if (isDeclaration) declared++;
    if (isDeclaration || codeLine.test(bounded.trimEnd())) code++;
  }
  if (lines < linesMin || declared === 0 || code * 100 < lines * codeShare || !isBalanced(fenced)) return 'other';
  return isMarkup(first) ? 'page' : 'program';
}

/** A change as version control prints it: marks of added, removed and kept lines. */
function isDiff(first: string): boolean {
  if (!/^(?:diff --git |@@ -\d|--- \S|Index: )/.test(first)) return false;
  const lines = first.split('\n').filter(line => line !== '');
  const marked = lines.filter(line => /^(?:[-+ ]|@@ |diff |index )/.test(line)).length;
  return lines.length >= 3 && marked * 10 >= lines.length * 9 && lines.some(line => line.startsWith('@@ -'));
}

/** What stands between code fences, where people write around it; each kept on its own lines. */
function insideFences(text: string): string {
  const parts = text.split('```');
  let inside = '';
  for (let at = 1; at < parts.length; at += 2) {
    const part = parts[at] ?? '';
    const end = part.indexOf('\n');
    inside += end < 0 || !/^[\w+#.-]{0,20}\r?$/.test(part.slice(0, end)) ? `${part}\n` : `${part.slice(end + 1)}\n`;
  }
  return inside;
}

function isMarkup(first: string): boolean {
  return /^(?:<!doctype html|<html\b|<template\b|<!--[^>]{0,200}-->\s{0,8}<(?:!doctype|html)\b|\{%|\{\{[#!>]|---\n)/i.test(
    first,
  );
}

/** Brackets that open also close, give or take those in strings and smileys. */
function isBalanced(text: string): boolean {
  let depth = 0;
  let brackets = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 40 || code === 91 || code === 123) depth++;
    else if (code === 41 || code === 93 || code === 125) depth--;
    else continue;
    brackets++;
  }
  return text.length === scannedChars || Math.abs(depth) * 10 <= Math.max(20, brackets);
}

const writtenZones: ReadonlySet<Zone> = new Set(['form', 'json', 'multipart', 'xml', 'text', 'file', 'graphql']);
/** Rules about what code does, by the category; breaking out of a literal is told apart below. */
const excused: ReadonlySet<string> = new Set(
  'sqli nosqli xpath ldap shell code template traversal ssrf prototype'.split(' '),
);
/** A literal of the application's own statement is ended: in a file its quotes come in pairs on the line. */
const breakouts: ReadonlySet<string> = new Set([
  'sqli.tautology',
  'sqli.breakout',
  'sqli.comment_end',
  'sqli.union',
  'sqli.weak_breakout',
  'sqli.condition',
]);
const never: ReadonlySet<string> = new Set(['shell.reverse-shell', 'shell.function-import', 'code.php-probe']);

/** Where a rule matched in a reading. */
interface Spot {
  readonly place: Place;
  readonly text: string;
  readonly start: number;
  readonly shape: () => Shape;
}

/** What a snippet between fences may hold as well: statements and command lines, no markup a browser would run. */
const quoted: ReadonlySet<string> = new Set('sqli nosqli shell code template ssrf xpath ldap'.split(' '));
/** A statement on its own: an application that runs no statements of others does not run it. */
const statements: ReadonlySet<string> = new Set([
  'sqli.statement',
  'sqli.stacked',
  'sqli.inner_statement',
  'sqli.catalogue',
  'sqli.procedure',
]);

/** Whether a match is a line of a document of code, and so no attack by itself. */
export function isWork(rule: string, { place, text, start, shape }: Spot): boolean {
  if (place.part === 'name' || never.has(rule)) return false;
  if ((place.zone === 'query' || writtenZones.has(place.zone)) && isAsked(rule, text)) return true;
  if (!writtenZones.has(place.zone)) return false;
  if (rule.startsWith('xss.') && isOwnMarkup(place.name)) return true;
  if (statements.has(rule) && isOneFence(text)) return true;
  if (quoted.has(rule.slice(0, rule.indexOf('.'))) && !breakouts.has(rule) && codeFields.test(place.name)) return true;
  if (/^xss\.script_(?:call|breakout|sink)$/.test(rule) && codeFields.test(place.name)) return true;
  if (rule.startsWith('xss.') && isSample(place.name, text)) return true;
  if (
    isFenced(rule, text, start) ||
    isInline(rule, text, start) ||
    isTraced(rule, text, start) ||
    isWiki(rule, text, start)
  )
    return true;
  if (statements.has(rule) && isLaidOut(text)) return true;
  const category = rule.slice(0, rule.indexOf('.'));
  const isScript = category === 'xss' && rule !== 'xss.attribute_breakout' && rule !== 'xss.tag_breakout';
  const isField = rule === 'upload.server_script' && place.zone === 'multipart';
  if (!excused.has(category) && !isScript && !isField) return false;
  if (category === 'upload') return shape() !== 'other';
  // Markup at the edge of a program is none of its lines: a script put behind a file would run where the file is shown.
  if (isScript)
    return (
      shape() === 'page' || (shape() === 'program' && text.charCodeAt(text.lastIndexOf('\n', start - 1) + 1) !== 0x3c)
    );
  return shape() !== 'other' && (!breakouts.has(rule) || hasPairedQuotes(text, start));
}

/** The first 40 characters of a script that a policy has stopped (CSP3 section 2.4): a script begins with no tag and ends no literal. */
function isSample(name: string, text: string): boolean {
  return (
    /(?:^|\.)(?:csp-report\.script-sample|body\.sample)$/.test(name) && text.length <= 40 && /^[\w$(!/;]/.test(text)
  );
}

/** A sentence of a page of a wiki, whose marks are apostrophes: the line is a person's, and nothing in it cuts a statement off. */
function isWiki(rule: string, text: string, at: number): boolean {
  if (rule !== 'sqli.tautology') return false;
  const head = text.slice(0, scannedChars);
  if (!/(?:^|\n)={2,4} ?[^=\n]{1,120} ?={2,4}\r?(?:\n|$)/.test(head) || !/\[\[[^\]\n]{1,300}\]\]/.test(head))
    return false;
  const from = text.lastIndexOf('\n', at) + 1;
  const end = text.indexOf('\n', at);
  const line = text.slice(from, Math.min(end < 0 ? text.length : end, from + 600));
  return /^[*#:;]{0,4} ?[A-Z]/.test(line) && !/--|\/\*|[;#`]/.test(line.slice(2)) && wordsIn(line) >= 12;
}

/** What stands before a name on a line of such a trace: never a bracket that an expression begins with. */
const tracedName = /^\s{0,8}(?:at |Caused by: |Suppressed: )?[\w.$]{0,200}(?:: )?[\w.$]{0,200}$/;
/** A line of a trace of Java and its kin, below what was thrown. */
const javaFrame =
  /^(?:Exception in thread "[^"\n]{1,80}" )?(?:[a-z][\w$]{0,40}\.){1,8}\w{1,80}(?:Exception|Error|Throwable|Failure)\b[^]{0,2000}?\n\s{1,8}at [\w.$<>/]{3,200}\((?:[\w$]{1,80}\.(?:java|kt|scala|groovy):\d{1,6}|Native Method|Unknown Source)\)/;

/** The line of a program that a trace of Python shows below its file and number. */
function isTraced(rule: string, text: string, at: number): boolean {
  if (rule === 'code.java' || rule === 'deserialisation.gadget') {
    const before = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
    return tracedName.test(before.slice(0, 400)) && javaFrame.test(text.slice(0, scannedChars));
  }
  if (!rule.startsWith('code.')) return false;
  const line = text.lastIndexOf('\n', at);
  if (line < 0) return false;
  const before = text.slice(text.lastIndexOf('\n', line - 1) + 1, line);
  return (
    /^\s{1,8}File "[^"]{1,200}", line \d{1,7}, in \S/.test(before.slice(0, 300)) &&
    /^\s*Traceback |\nTraceback /.test(text)
  );
}

const fence =
  /```|~~~|\{(?:code|noformat)(?::\w{1,20})?\}|\[\/?code(?:=\w{1,20})?\]|<\/?(?:pre|code|syntaxhighlight)\b[^<>]{0,80}>/gi;
const wordsAround = 3;
/** The beginning of a block on lines of its own that says its language: whoever writes that writes to people. */
const tagged = /^(?:(?:```|~~~)[a-z][\w+#-]{0,15}[ \t]{0,3}\r?\n|\{code:[a-z]{1,16}\}|\[code=\w{1,16}\])/i;

/** `at` stands in a block that somebody set off as code within what they write. */
function isFenced(rule: string, text: string, at: number): boolean {
  if (!quoted.has(rule.slice(0, rule.indexOf('.')))) return false;
  let open = -1;
  let words = 0;
  let from = 0;
  let isInside = false;
  let isTagged = false;
  for (const mark of text.slice(0, scannedChars * 2).matchAll(fence)) {
    const isHtml = mark[0].startsWith('<');
    // `<pre><code>` is one beginning and `</code></pre>` one end.
    const opens = isHtml ? !mark[0].startsWith('</') : mark[0].startsWith('[') ? !mark[0].startsWith('[/') : open < 0;
    if (opens && open < 0) {
      words += wordsIn(text.slice(from, mark.index));
      open = mark.index;
    } else if (!opens && open >= 0) {
      if (open < at && at < mark.index) {
        isInside = true;
        isTagged = tagged.test(text.slice(open, open + 40));
      }
      open = -1;
      from = mark.index + mark[0].length;
    }
  }
  if (!isInside) return false;
  if (breakouts.has(rule) && !hasPairedQuotes(text, at)) return false;
  return words + wordsIn(text.slice(from, from + 2000)) >= (isTagged ? 0 : wordsAround - 1);
}

/** Members of documents whose format says that code or a statement stands there: notebooks, editors, scripts of packages and builds, maps of sources, traces and errors as monitors report them. */
const codeFields =
  /(?:^|\.)(?:cells\[\]\.source(?:\[\])?|source_code|typed_code|files(?:\[\]|\.[^[\]]{1,100})\.content|lexical\.root\.children\[\]\.code|blocks\[\]\.data\.code|scripts\.[\w:.-]{1,40}|sourcesContent\[\]|steps\[\]\.run|(?:c|initC)ontainers\[\]\.(?:command|args)\[\]|services\.[\w-]{1,40}\.(?:command|entrypoint)(?:\[\])?|csp-report\.script-sample|body\.sample|frames\[\]\.(?:context_line|(?:pre|post)_context\[\])|(?:scopeSpans\[\]\.spans\[\]|resource)\.attributes\[\]\.value\.stringValue|(?:alerts|breadcrumbs(?:\.values)?|logs|log_?events|logRecords|spans)\[\]\.(?:\w{1,24}\.){0,3}(?:message|msg|query|statement|sql|rule|expr))$/;
const inlined: ReadonlySet<string> = new Set([
  'shell.chained-command',
  'shell.substitution',
  'shell.destruction',
  'shell.pipe-to-interpreter',
  'traversal.to-secret',
  'traversal.system-file',
  'sqli.tautology',
  'sqli.order_probe',
  ...statements,
]);
const spanMax = 240;

/** `at` stands between two backticks of one line that people write around. */
function isInline(rule: string, text: string, found: number): boolean {
  const isTick = text.charCodeAt(found) === 0x60;
  if (!inlined.has(rule) || (isTick && rule.startsWith('shell.'))) return false;
  const at = isTick ? found + 1 : found;
  const from = Math.max(text.lastIndexOf('\n', at) + 1, at - spanMax);
  const before = text.slice(from, at);
  const behind = text.slice(at, at + spanMax);
  const open = before.lastIndexOf('`');
  const close = behind.indexOf('`');
  const line = behind.indexOf('\n');
  if (open < 0 || close < 0 || (line >= 0 && line < close) || before.split('`').length % 2 === 1) return false;
  const outside = /[\s([]$/.test(before.slice(0, open)) || open === 0;
  const span = before.slice(open + 1) + behind.slice(0, close);
  if (rule.startsWith('sqli.') && !hasPairedQuotes(span, 0)) return false;
  const ends = !/^[\w`]/.test(behind.slice(close + 1));
  return outside && ends && wordsIn(before.slice(0, open)) + wordsIn(behind.slice(close + 1)) >= wordsAround;
}

function wordsIn(text: string): number {
  return text.match(/[^\W\d_]{2,40}|[\u0080-\uffff]{2,40}/gu)?.length ?? 0;
}

/** SQL written over several lines of ordinary length, each clause on its own: what editors save, not what goes behind a value. */
function isLaidOut(text: string): boolean {
  const lines = text
    .slice(0, 4000)
    .trim()
    .split('\n')
    .filter(line => line.trim() !== '');
  if (lines.length < 3 || text.length < lines.length * 12) return false;
  if (
    !/^(?:--|\/\*|(?:select|with|insert|update|delete|create|alter|drop|begin|declare|merge|explain|set|use)\b)/i.test(
      lines[0] ?? '',
    )
  )
    return false;
  const clauses = lines.filter(line =>
    /^\s{0,16}(?:select|from|where|and|or|left|inner|right|join|on|group|order|having|limit|union|insert|into|values|update|set|delete|create|alter|drop|with|when|case|end|begin|commit|declare|exec|execute|go|if|else|--|\)|\(|["'\w.@*]{1,60}[ ,])/i.test(
      line,
    ),
  ).length;
  return clauses * 10 >= lines.length * 8 && isBalanced(text);
}

/** The line around `at` opens as many quotes of each kind as it closes. */
function hasPairedQuotes(text: string, at: number): boolean {
  const from = text.lastIndexOf('\n', at) + 1;
  const end = text.indexOf('\n', at);
  const line = text.slice(from, Math.min(end < 0 ? text.length : end, from + 2000));
  for (const quote of ["'", '"', '`']) if ((line.split(quote).length - 1) % 2 === 1) return false;
  return true;
}
