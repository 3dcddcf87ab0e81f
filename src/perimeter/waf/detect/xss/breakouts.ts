import { isEventHandler } from './events.ts';
import type { Report } from './rules.ts';
import { findDialog, holdsCode, isNamePart, isSinkAt, nameAt, skip } from './script.ts';

/**
 * Looks for values that leave the place they are put in. Such a value closes a string or attribute it did not open, so only the first
 * quote of each kind counts, and only near the beginning: in honest code the first quote opens a string.
 */
const firstQuoteMax = 1024;
const listener = /^(?:async\s)?(?:function\b|\(?[\w\s,{}]{0,40}\)?\s?=>)/;
const operators = '+-*/%^|&,;)}]?:=<>!~\n';

export function findScriptBreakouts(lower: string, report: Report): void {
  for (const quote of ['"', "'", '`']) {
    const at = lower.indexOf(quote);
    if (at === -1 || at > firstQuoteMax) continue;
    if (continuesAsCode(lower, at)) report('xss.script_breakout', at, Math.min(lower.length, at + 80));
  }
  const comment = skip(lower, 0, '*/;)}] \t\r\n', 12);
  if (comment > 1 && isDialogAt(lower, comment)) report('xss.script_breakout', 0, comment + 8);
  for (let at = lower.indexOf('${'); at !== -1; at = lower.indexOf('${', at + 2)) {
    if (isDialogAt(lower, skip(lower, at + 2, ' ([{', 8))) report('xss.script_breakout', at, at + 12);
  }
}

function continuesAsCode(lower: string, at: number): boolean {
  if (isOpening(lower, at)) return false;
  let end = at + 1;
  let isOperator = false;
  for (; end < lower.length && end - at < 48; end++) {
    const sign = lower[end] ?? '';
    if (operators.includes(sign)) isOperator = true;
    else if (!'"\'`\\ \t\r'.includes(sign)) break;
  }
  const word = nameAt(lower, end);
  if (word === 'in' || word === 'instanceof') {
    isOperator = true;
    end += word.length;
  }
  if (!isOperator) return false;
  if (lower[at] === '`' && !lower.slice(end, end + 40).includes('(')) return false;
  if (isSinkAt(lower, end) || lower.startsWith('*/', end - 1)) return isSinkAt(lower, end);
  return findDialog(lower, end, Math.min(lower.length, end + 120)) !== -1 && !lower.slice(end, end + 120).includes(' ');
}

/** A quote behind `(`, `[`, `,`, `:` or `=` begins a string of honest code, unless all before it is only such signs. */
function isOpening(lower: string, at: number): boolean {
  const before = lower[skipBack(lower, at - 1)] ?? '';
  return before !== '' && '([,:={+'.includes(before) && hasLetter(lower, at);
}

function hasLetter(lower: string, end: number): boolean {
  for (let at = 0; at < end; at++) if (isNamePart(lower.charCodeAt(at))) return true;
  return false;
}

function skipBack(lower: string, from: number): number {
  let at = from;
  while (at >= 0 && from - at < 8 && lower.charCodeAt(at) <= 32) at--;
  return at;
}

function isDialogAt(lower: string, at: number): boolean {
  const end = at + nameAt(lower, at).length;
  return end > at && findDialog(lower, at, end) === at;
}

/** A quote that ends an attribute, the end of its tag, and a new tag: `"><img`. */
export function findTagBreakouts(lower: string, report: Report): void {
  const markup = lower.indexOf('<');
  for (const quote of ['"', "'", '`']) {
    const at = lower.indexOf(quote);
    if (at === -1 || at > firstQuoteMax || markup < at || isOpening(lower, at)) continue;
    const end = skip(lower, at + 1, '"\'`;)}] \t\r\n/-\\', 24);
    if (lower[end] !== '>') continue;
    const tag = skip(lower, end, '>"\' \t\r\n', 8);
    if (lower[tag] === '<' && isTagName(lower, tag + 1)) report('xss.tag_breakout', at, tag + 8);
  }
}

function isTagName(lower: string, at: number): boolean {
  return /^[/!?]?[a-z]/.test(lower.slice(at, at + 2));
}

/** Event handlers outside of tags, before the first one; `limit` is where that begins. */
export function findBareHandlers(lower: string, limit: number, report: Report): void {
  for (let at = lower.indexOf('on'); at !== -1 && at < limit; at = lower.indexOf('on', at + 2)) {
    if (!isSeparated(lower, at)) continue;
    const name = nameAt(lower, at);
    const equals = skip(lower, at + name.length, ' \t\r\n\f\v', 8);
    if (lower[equals] !== '=' || lower[equals + 1] === '=' || !isEventHandler(name)) continue;
    judgeHandler(lower, { at, equals }, report);
  }
}

function judgeHandler(lower: string, found: { at: number; equals: number }, report: Report): void {
  const { at, equals } = found;
  const value = skip(lower, equals + 1, ' \t\r\n"\'`&;', 16);
  const end = Math.min(lower.length, value + 120);
  const runs = isSinkAt(lower, value) || lower.startsWith('javascript:', value);
  if (!runs && !holdsCode(lower, value, end)) return;
  const isGlued = runs && '"\''.includes(lower[at - 1] ?? ' ');
  const isInlineCode = lower[at - 1] === '`' && lower.includes('`', value);
  if (isInlineCode) return report('xss.bare_handler', at, end);
  if (listener.test(lower.slice(value, value + 60))) return report('xss.bare_handler', at, end);
  if (isGlued || leavesQuotes(lower, at)) return report('xss.attribute_breakout', at, end);
  const isTight = equals === at + nameAt(lower, at).length && lower[equals + 1] !== ' ';
  const isAlone = at < 120 && !/[;{(]/.test(lower.slice(0, at));
  report(runs && isTight && isAlone ? 'xss.attribute_breakout' : 'xss.bare_handler', at, end);
}

/** The nearest 400 characters before the handler hold a quote that closes rather than opens. */
function leavesQuotes(lower: string, at: number): boolean {
  const before = lower.slice(Math.max(0, at - 400), at);
  for (const quote of ['"', "'", '`']) {
    const first = before.indexOf(quote);
    if (first !== -1 && !isOpening(before, first)) return true;
  }
  return false;
}

function isSeparated(lower: string, at: number): boolean {
  if (at === 0) return true;
  const before = lower.charCodeAt(at - 1);
  return before <= 32 || '"\'`/\\\u00a0'.includes(lower[at - 1] ?? ' ');
}
