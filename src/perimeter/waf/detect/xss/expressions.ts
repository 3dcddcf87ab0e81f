import { createPresence } from '../presence.ts';
import type { Report, XssRule } from './rules.ts';
import { findDialog, isInvoked, isNamePart, nameAt, skip } from './script.ts';

/** One word of dangerous script and how to tell it from the same word elsewhere; the check sees at most 200 characters around it. */
interface Sink {
  readonly word: string;
  readonly judge: (lower: string, at: number) => XssRule | undefined;
}

const globals = new Set([
  'window',
  'self',
  'top',
  'this',
  'parent',
  'frames',
  'globalthis',
  'document',
  'opener',
  'location',
]);
const dialogWords = ['alert', 'prompt', 'confirm', 'eval'];
const hiddenName =
  /^\[\s{0,4}(?:(?:"[^"\n]{0,24}"|'[^'\n]{0,24}'|`[^`\n]{0,24}`)\s{0,4}\+|\/[^/\n]{1,24}\/[a-z]{0,3}\.source|["'`][^"'`\n]{0,24}\\[xu0-7]|atob\(|string\b|\(?\d{4,12}\)?\.{1,2}tostring|(?:"|'|`)(?:alert|eval|prompt|confirm|execscript)(?:"|'|`)\s{0,4}\])/;

const sinks: readonly Sink[] = [
  { word: 'document.cookie', judge: judgeStorage },
  { word: "document['cookie", judge: judgeStorage },
  { word: 'document["cookie', judge: judgeStorage },
  { word: 'localstorage', judge: judgeStorage },
  { word: 'sessionstorage', judge: judgeStorage },
  { word: 'constructor', judge: judgeConstructor },
  { word: 'fromcharcode', judge: judgeCharacters },
  {
    word: 'atob(',
    judge: (lower, at) =>
      /(?:eval|function|settimeout|setinterval)\s?\(\s?(?:window\.)?$/.test(lower.slice(Math.max(0, at - 24), at))
        ? 'xss.obfuscated_script'
        : undefined,
  },
  { word: '[', judge: judgeProperty },
  {
    word: 'import(',
    judge: (lower, at) =>
      /^import\(\s?["'`](?:\/\/|data:|blob:|\\)/.test(lower.slice(at, at + 20)) && !isNamePart(lower.charCodeAt(at - 1))
        ? 'xss.obfuscated_script'
        : undefined,
  },
  { word: 'settimeout`', judge: judgeTemplate },
  { word: 'setinterval`', judge: judgeTemplate },
  { word: 'function`', judge: judgeTemplate },
  { word: 'eval`', judge: judgeTemplate },
  { word: 'eval?.(', judge: () => 'xss.obfuscated_script' },
  { word: 'alert?.', judge: () => 'xss.obfuscated_script' },
  { word: 'alert.call(', judge: () => 'xss.obfuscated_script' },
  { word: 'alert.apply(', judge: () => 'xss.obfuscated_script' },
  {
    word: '=alert',
    judge: (lower, at) => (/^=alert[,;)]/.test(lower.slice(at, at + 7)) ? 'xss.obfuscated_script' : undefined),
  },
  { word: '${eval}', judge: () => 'xss.obfuscated_script' },
  { word: '${alert}', judge: () => 'xss.obfuscated_script' },
  { word: 'function(', judge: judgeDelayed },
  { word: ',eval)(', judge: () => 'xss.obfuscated_script' },
  { word: ',alert)(', judge: () => 'xss.obfuscated_script' },
  { word: 'settimeout(', judge: judgeDelayed },
  { word: 'setinterval(', judge: judgeDelayed },
  { word: '{{', judge: judgeDelayed },
  { word: '(alert', judge: judgePassed },
  { word: 'alert(document.', judge: () => 'xss.script_call' },
  { word: 'prompt(document.', judge: () => 'xss.script_call' },
  { word: 'confirm(document.', judge: () => 'xss.script_call' },
  { word: '(prompt', judge: judgePassed },
  { word: '(confirm', judge: judgePassed },
  { word: '(eval', judge: judgePassed },
  { word: 'onerror=', judge: judgeThrown },
  { word: 'onerror =', judge: judgeThrown },
  {
    word: '.innerhtml',
    judge: (lower, at) => (/^\.innerhtml\s?\+?=[^=]/.test(lower.slice(at, at + 16)) ? 'xss.script_sink' : undefined),
  },
  { word: 'document.write', judge: () => 'xss.script_sink' },
  {
    word: 'getscript(',
    judge: (lower, at) =>
      /^getscript\(\s?["'`](?:https?:)?(?:\/\/|\\)/.test(lower.slice(at, at + 24)) && lower.length < 400
        ? 'xss.obfuscated_script'
        : undefined,
  },
  {
    word: 'with(document',
    judge: (lower, at) =>
      findDialog(lower, at + 14, Math.min(lower.length, at + 60)) === -1 ? undefined : 'xss.obfuscated_script',
  },
  {
    word: '[document.cookie]',
    judge: (lower, at) =>
      /^\.(?:map|find|foreach|some|every|filter|flatmap)\(/.test(lower.slice(at + 17, at + 28))
        ? 'xss.theft'
        : undefined,
  },
  { word: '=~[]', judge: () => 'xss.obfuscated_script' },
  { word: '\u03c9\uff9f\uff89', judge: () => 'xss.obfuscated_script' },
];

const presence = createPresence(sinks.map(sink => sink.word));

/** Looks for script as such, in whatever context: sinks, hidden names, theft of cookies, the whole value being a call. */
export function findExpressions(lower: string, report: Report): void {
  presence.take(lower);
  for (let index = 0; index < sinks.length; index++) {
    const sink = sinks[index];
    if (sink === undefined || !presence.mayHold(index)) continue;
    const { word, judge } = sink;
    let at = lower.indexOf(word);
    for (let count = 0; at !== -1 && count < 400; count++) {
      const rule = judge(lower, at);
      if (rule !== undefined) {
        report(rule, at, Math.min(lower.length, at + 60));
        if (rule !== 'xss.script_sink') break;
      }
      at = lower.indexOf(word, at + word.length);
    }
  }
  findWholeCall(lower, report);
  findSymbolCode(lower, report);
}

/** The value is nothing but a call of a dialog or of eval, with what closes or comments out the rest. */
function findWholeCall(lower: string, report: Report): void {
  if (lower.length > 400) return;
  const digits = /^\d{1,9}(?=[\s'"]{0,2}[;+*/|&^,)-])/.exec(lower)?.[0].length ?? 0;
  const start = skip(lower, digits, ' \t\r\n;,(+-!~[{}])"\'`\\/*?:&|=%^<>', 48);
  const at = findDialog(lower, start, Math.min(lower.length, start + 48));
  if (
    at === -1 ||
    (at !== start &&
      !/^(?:(?:window|self|top|parent|this|globalthis|frames)(?:\[\d{1,2}\])?(?:\.|\?\.)|(?:void|return|typeof|new|throw|await|yield|in)\s{1,4}|[\w$]{1,12}=)+$/.test(
        lower.slice(start, at),
      ))
  )
    return;
  const name = nameAt(lower, at);
  if (name === 'print' && !lower.startsWith('print()', at)) return;
  const open = at + name.length;
  // `eval() is evil`: called with nothing, and a sentence goes on.
  if (/^\((?:s|es|ed|optional)?\)\s[a-z]{2,24}[\s,]|^\((?:s|es|ed|optional)\)/.test(lower.slice(open, open + 40)))
    return;
  if (
    lower[open] === ' ' &&
    !/^\s{1,4}[(`]\s?(?:["'`\d/]|document|window|location|this)/.test(lower.slice(open, open + 24))
  )
    return;
  const close = Math.max(lower.lastIndexOf(')'), lower.lastIndexOf('`'), lower.lastIndexOf('&rpar;'));
  if (close > at && lower.length - close < 40 && !/[a-z]{2}\s+[a-z]{2}/.test(lower.slice(close)))
    report('xss.script_call', at, close + 1);
}

function judgeStorage(lower: string, at: number): XssRule | undefined {
  const before = lower.slice(Math.max(0, at - 200), at);
  const isCookie = lower[at] === 'd';
  const joined = /(?:\+|\$\{|,|\(|body\s?:|data\s?:)\s{0,4}(?:(?:window|self|top|parent|this)\.)?$/.test(
    unwrap(before),
  );
  const isSent =
    /\/\/|fetch\(|\.src|location|sendbeacon|open\(|\.send\(|postmessage\(|import\(|ajax|\$\.(?:get|post)/.test(before);
  if (joined && isSent && (isCookie || /^\w{7,14}(?:\)|\]|\}|$|\.getitem|\[)/.test(lower.slice(at, at + 24))))
    return 'xss.theft';
  return isCookie && lower.length < 600 ? 'xss.script_sink' : undefined;
}

/** Takes calls that only change how a value is written off the end: `+btoa(escape(` becomes `+`. */
function unwrap(before: string): string {
  let out = before;
  for (let depth = 0; depth < 4; depth++) {
    const call = /(?:escape|encodeuri|encodeuricomponent|btoa|json\.stringify|string|window\.btoa)\(\s?$/.exec(
      out.slice(-40),
    );
    if (call === null) return out;
    out = out.slice(0, out.length - call[0].length);
  }
  return out;
}

function judgeConstructor(lower: string, at: number): XssRule | undefined {
  const before = lower[at - 1] ?? '';
  if (!'.["\'`'.includes(before)) return undefined;
  const next = skip(lower, at + 11, '"\'`] \t', 4);
  const tail = lower.slice(next, next + 24);
  const isString = /^\(\s?(?:["'`]|atob|string|name|location|unescape|decodeuri)/.test(tail);
  if (isString && !/(?:super|this)\.$/.test(lower.slice(Math.max(0, at - 6), at))) return 'xss.constructor_call';
  if (/^(?:\?\.|\.)(?:constructor|prototype\.(?:charat|join|tostring))|^\[["'`]constructor/.test(tail))
    return 'xss.constructor_call';
  return (lower[at + 11] === '`' && judgeTemplate(lower, at) !== undefined) || (before === '[' && tail.startsWith('('))
    ? 'xss.constructor_call'
    : undefined;
}

function judgeCharacters(lower: string, at: number): XssRule | undefined {
  const before = lower.slice(Math.max(0, at - 40), at);
  if (/(?:eval|alert|prompt|confirm|settimeout|function|write|constructor)\s?\([^)]{0,24}$/.test(before))
    return 'xss.obfuscated_script';
  return /^\(\s?\d{2,3}(?:,\s?\d{2,3}){3}/.test(lower.slice(at + 12, at + 40)) ? 'xss.script_sink' : undefined;
}

function judgeProperty(lower: string, at: number): XssRule | undefined {
  const start = Math.max(0, at - 12);
  const word = /([a-z]{3,10})\)?(?:\?\.)?$/.exec(lower.slice(start, at))?.[1];
  if (word === undefined || !globals.has(word)) return undefined;
  return hiddenName.test(lower.slice(at, at + 64)) ? 'xss.obfuscated_script' : undefined;
}

/** `[1].find(alert)`, `(alert)(1)`, `Reflect.apply(alert,…`: the function itself handed on. */
function judgePassed(lower: string, at: number): XssRule | undefined {
  const name = nameAt(lower, at + 1);
  if (!dialogWords.includes(name)) return undefined;
  const after = at + 1 + name.length;
  const before = lower.slice(Math.max(0, at - 12), at);
  if (lower[after] === ')' && isInvoked(lower, after)) return 'xss.obfuscated_script';
  return /\.(?:find|map|foreach|filter|some|every|reduce|sort|then|apply|findindex|flatmap)$/.test(before) &&
    /^[,)]/.test(lower.slice(after, after + 1))
    ? 'xss.obfuscated_script'
    : undefined;
}

/** A template call; in Markdown the same signs end a piece of code that began shortly before. */
function judgeTemplate(lower: string, at: number): XssRule | undefined {
  if (lower.slice(Math.max(0, at - 40), at).includes('`')) return undefined;
  return isNamePart(lower.charCodeAt(at - 1)) ? undefined : 'xss.obfuscated_script';
}

/** Code handed over as a string or template expression that calls a dialog. */
function judgeDelayed(lower: string, at: number): XssRule | undefined {
  const isTemplate = lower[at] === '{';
  const from = isTemplate ? at + 2 : lower.indexOf('(', at) + 1;
  if (!isTemplate && /^\s?(?:alert|eval|prompt|confirm)\s?[,)]/.test(lower.slice(from, from + 12)))
    return 'xss.obfuscated_script';
  if (!isTemplate && !/["'`]/.test(lower[skip(lower, from, ' ', 2)] ?? '')) return undefined;
  return findDialog(lower, from, Math.min(lower.length, from + (isTemplate ? 300 : 60))) === -1
    ? undefined
    : 'xss.obfuscated_script';
}

function judgeThrown(lower: string, at: number): XssRule | undefined {
  const value = skip(lower, at + 7, ' =', 4);
  const name = nameAt(lower, value);
  return dialogWords.includes(name) && /throw/.test(lower.slice(Math.max(0, at - 24), at + 40))
    ? 'xss.obfuscated_script'
    : undefined;
}

/** Script written with brackets and signs alone: a long run of `[]()!+{}` that holds empty lists. */
function findSymbolCode(lower: string, report: Report): void {
  if (!lower.includes('[]')) return;
  let start = 0;
  for (let at = 0; at <= lower.length; at++) {
    if (at < lower.length && isSymbol(lower.charCodeAt(at))) continue;
    if (at - start >= 30) {
      const run = lower.slice(start, Math.min(at, start + 400));
      if (/!\[\]|\+\[\]|\[\]\[/.test(run) && run.includes('[]') && run.includes('('))
        report('xss.obfuscated_script', start, at);
    }
    start = at + 1;
  }
}

/** One of `[]()!+{}`. */
function isSymbol(code: number): boolean {
  if (code > 43) return code === 91 || code === 93 || code === 123 || code === 125;
  return code === 40 || code === 41 || code === 33 || code === 43;
}
