/** Small grammar of browser script: enough to tell a call of something dangerous from a word in a sentence. Every question is bounded. */

const dialogs = new Set(['alert', 'prompt', 'confirm', 'print', 'eval', 'execscript']);
const callables = new Set([
  ...dialogs,
  'settimeout',
  'setinterval',
  'setimmediate',
  'function',
  'fetch',
  'import',
  'importscripts',
  'atob',
  'require',
  'getscript',
  'sendbeacon',
  'postmessage',
  'createelement',
  'write',
  'writeln',
]);
const objects = new Set([
  'document',
  'window',
  'self',
  'top',
  'parent',
  'this',
  'globalthis',
  'frames',
  'location',
  'localstorage',
  'sessionstorage',
  'navigator',
  'opener',
  'reflect',
  'constructor',
]);
const created = /new\s{1,8}(?:image|xmlhttprequest|function|websocket|worker|audio|eventsource)\b/y;
const prefixes = new Set([
  'void',
  'typeof',
  'delete',
  'return',
  'await',
  'throw',
  'new',
  'var',
  'let',
  'const',
  'if',
  'for',
  'while',
  'with',
  'try',
  'do',
]);

/** True for characters of a JavaScript name. */
export function isNamePart(code: number): boolean {
  return (
    (code > 96 && code < 123) || (code > 64 && code < 91) || (code > 47 && code < 58) || code === 95 || code === 36
  );
}

/** The name that starts at `at`, at most 40 characters. */
export function nameAt(lower: string, at: number): string {
  let end = at;
  while (end < lower.length && end - at < 40 && isNamePart(lower.charCodeAt(end))) end++;
  return lower.slice(at, end);
}

/** True when at `at` begins an expression that calls a dangerous function or reaches into the page, after brackets and key words. */
export function isSinkAt(lower: string, from: number): boolean {
  let at = from;
  for (let words = 0; words < 4; words++) {
    at = skip(lower, at, ' \t\r\n\f\v([{!~+-\\\u00a0', 16);
    const name = nameAt(lower, at);
    if (name === '') return false;
    const after = at + name.length;
    if (callables.has(name) && isInvoked(lower, after)) return true;
    if (words > 0 && dialogs.has(name) && ';,)'.includes(lower[after] ?? ' ')) return true;
    if (objects.has(name) && isReached(lower, after)) return true;
    if (name === 'new' && sticky(created, lower, at)) return true;
    if (prefixes.has(name)) {
      at = after;
    } else if (lower[skip(lower, after, ' ', 4)] === '=' && lower[after + 1] !== '=') {
      at = skip(lower, after, ' =', 8);
    } else return false;
  }
  return false;
}

/** True when what stands at `at` applies the name before it: `(…)`, a template, `?.(`, `.call(`, `)(`. */
export function isInvoked(lower: string, from: number): boolean {
  let at = skip(lower, from, ' \t\r\n\f\v', 8);
  at = skipComment(lower, at);
  const sign = lower[at];
  if (sign === '(' || sign === '`') return true;
  if (lower.startsWith('?.(', at) || lower.startsWith('&lpar;', at) || lower.startsWith('&#40', at)) return true;
  if (sign === ')' || sign === ']') {
    const next = lower[skip(lower, at + 1, ' )]', 8)];
    return next === '(' || next === '`';
  }
  return /^\.(?:call|apply|bind)\b/.test(lower.slice(at, at + 8));
}

function isReached(lower: string, from: number): boolean {
  const at = skip(lower, from, ' \t\r\n', 8);
  const sign = lower[at];
  if (sign === '.') return isNamePart(lower.charCodeAt(at + 1));
  if (sign === '?') return lower.startsWith('?.', at);
  return sign === '[' || (sign === '=' && lower[at + 1] !== '=' && lower[at + 1] !== '>');
}

/** True when the span holds something that runs: a call without a blank before its bracket, a template call, an assignment or a sink. */
export function holdsCode(lower: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const sign = lower.charCodeAt(at);
    if ((sign === 40 || sign === 96) && at > from) {
      const before = lower.charCodeAt(at - 1);
      if (isNamePart(before) || before === 41 || before === 93) return true;
    }
    if (sign === 61 && at > from && at + 1 < to && !isBlank(lower, at - 1, at + 1)) return true;
    if (sign === 59 && at > from && isNamePart(lower.charCodeAt(at - 1))) return true;
    if (sign === 47 && lower[at + 1] === '/' && lower[at - 1] !== ':') return true;
    if (sign === 116 && lower.startsWith('throw', at)) return true;
    if (sign === 105 && /^import\s?["'`{*]/.test(lower.slice(at, at + 8))) return true;
  }
  return false;
}

function isBlank(lower: string, before: number, after: number): boolean {
  return lower.charCodeAt(before) <= 32 && lower.charCodeAt(after) <= 32;
}

/** Index of the first call of a dialog or `eval` in `[from, to)`, or -1. */
export function findDialog(lower: string, from: number, to: number): number {
  for (let at = from; at < to; ) {
    if (!isNamePart(lower.charCodeAt(at))) {
      at++;
      continue;
    }
    const name = nameAt(lower, at);
    if (dialogs.has(name) && isInvoked(lower, at + name.length)) return at;
    at += name.length;
  }
  return -1;
}

/** The position behind at most `max` characters of `set`. */
export function skip(text: string, from: number, set: string, max: number): number {
  let at = from;
  while (at < text.length && at - from < max && set.includes(text[at] ?? '\u0000')) at++;
  return at;
}

function skipComment(lower: string, at: number): number {
  if (!lower.startsWith('/*', at)) return at;
  const end = lower.slice(at, at + 64).indexOf('*/');
  return end === -1 ? at : at + end + 2;
}

function sticky(expression: RegExp, text: string, at: number): boolean {
  expression.lastIndex = at;
  return expression.test(text);
}
