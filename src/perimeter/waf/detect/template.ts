/**
 * Expressions of template engines that do more than print a variable: probes that calculate, and walks from a value to its class, to
 * the interpreter, to a process. `{{ name }}`, `${user}`, `{{ $json.email }}` and the logic of mail merges pass.
 */

import type { Detector, DetectorInput, Hit, Rule } from '../waf.ts';
import { indexWithin, type Reading, readingOf } from './reading.ts';
import { alone, aloneRuby } from './template-alone.ts';
import { directives } from './template-directives.ts';
import { templateNeedles } from './template-needles.ts';
import { execution, inside, onLiteral, walk } from './template-words.ts';

/** Template expressions in values that a server might render. */
export const template: Detector = {
  id: 'template',
  rules: [
    { id: 'template.arithmetic', title: 'a template expression that only calculates', points: 5, paranoia: 1 },
    { id: 'template.walk', title: "a template expression that walks to a value's class", points: 5, paranoia: 1 },
    { id: 'template.execution', title: 'a template expression that runs something', points: 5, paranoia: 1 },
    {
      id: 'template.inside',
      title: "a template expression that prints the engine's own settings",
      points: 5,
      paranoia: 1,
    },
    { id: 'template.directive', title: 'a template directive that runs code', points: 5, paranoia: 1 },
    { id: 'template.literal', title: 'a template expression on a literal', points: 3, paranoia: 2 },
    { id: 'template.in-document', title: 'a template expression within a document', points: 3, paranoia: 2 },
    { id: 'template.expression', title: 'a template expression with a call', points: 2, paranoia: 3 },
    { id: 'template.variable', title: 'a template variable', points: 2, paranoia: 4 },
  ],
  needles: templateNeedles,
  chars: 0,
  detect,
};

interface Delimiter {
  readonly open: string;
  readonly close: string;
}

const delimiters: ReadonlyMap<string, readonly Delimiter[]> = new Map(
  Object.entries({
    '{': [
      { open: '{{', close: '}}' },
      { open: '{%', close: '%}' },
      { open: '{!', close: '}' },
      { open: '{@', close: '}' },
      { open: '{=', close: '}' },
      { open: '{', close: '}' },
    ],
    $: [
      { open: '${', close: '}' },
      { open: '$!{', close: '}' },
    ],
    '#': [{ open: '#{', close: '}' }],
    '*': [{ open: '*{', close: '}' }],
    '~': [{ open: '~{', close: '}' }],
    '!': [{ open: '!{', close: '}' }],
    '@': [
      { open: '@(', close: ')' },
      { open: '@{', close: '}' },
    ],
    '<': [
      { open: '<%', close: '%>' },
      { open: '<#', close: '>' },
    ],
    '[': [
      { open: '[=', close: ']' },
      { open: '[#', close: ']' },
      { open: '[%', close: '%]' },
    ],
  }),
);

const innerMax = 400;
const expressionsMax = 600;
const talkWords = 7;
/** A value that is little more than one expression. */
const restMax = 40;

function detect(input: DetectorInput, hit: Hit): void {
  const { text } = input;
  directives(input, hit);
  let count = 0;
  let reading: Reading | undefined;
  const done = new Set<Rule['id']>();
  for (let at = 0; at < text.length && count < expressionsMax; at++) {
    const found = delimiterAt(text, at);
    if (found === undefined) continue;
    count++;
    const from = at + found.open.length;
    const close = indexWithin(text, found.close, from, innerMax);
    if (close < 0 && found.open === '{') continue;
    const inner = text.slice(from, close < 0 ? from + innerMax : close);
    let rule = judge(inner, found, close >= 0, input);
    if (rule === undefined || done.has(rule)) continue;
    reading ??= readingOf(text);
    if (reading.isDocument && rule !== 'template.execution') rule = 'template.in-document';
    // Who writes a sentence around `{{ 7*7 }}` asks about it.
    if (rule === 'template.arithmetic' && (reading.words >= talkWords || asks(text, reading.words)))
      rule = 'template.in-document';
    if (rule === 'template.inside' && reading.words >= talkWords) {
      const around = readingOf(text.slice(0, at) + text.slice(from + inner.length + found.close.length));
      if (around.words >= talkWords) rule = 'template.in-document';
    }
    done.add(rule);
    hit(rule, at, Math.min(text.length, from + inner.length + found.close.length));
  }
}

/** A question of a few words. */
function asks(text: string, words: number): boolean {
  return words >= talkWords - 2 && /[?\uff1f]\s{0,4}$/.test(text.slice(-8));
}

function delimiterAt(text: string, at: number): Delimiter | undefined {
  const code = text.charCodeAt(at);
  if (
    code !== 123 &&
    code !== 36 &&
    code !== 33 &&
    code !== 35 &&
    code !== 42 &&
    code !== 126 &&
    code !== 64 &&
    code !== 60 &&
    code !== 91
  )
    return undefined;
  return delimiters.get(text[at] ?? '')?.find(one => text.startsWith(one.open, at));
}

function judge(inner: string, delimiter: Delimiter, isClosed: boolean, input: DetectorInput): Rule['id'] | undefined {
  const lower = inner.toLowerCase();
  if (delimiter.open === '{') return single(lower, input);
  if (execution.test(lower)) return 'template.execution';
  if (walk.test(lower)) return 'template.walk';
  const body = lower
    .replace(/^[{=\-#!&~\s(]{0,6}/, '')
    .replace(/^(?:structure|python|string|not|php|nocall):\s{0,3}/, '')
    .replace(/[}\-~!\s)]{0,6}$/, '');
  if (!isClosed)
    return /^[\s=(]{0,4}\d{1,9}\s{0,3}\*\s{0,3}['"]?\d{1,9}['"]?\s{0,3}[)}%\]]/.test(inner)
      ? 'template.arithmetic'
      : undefined;
  if (isArithmetic(body) && delimiter.open !== '<#' && !isOwnFormula(input)) return 'template.arithmetic';
  if (
    inside.test(body) ||
    /^\s{0,3}(?:settings|config|app\.config)\.[A-Z][A-Z0-9]{0,24}_[A-Z0-9_]{1,40}\s{0,3}$/.test(inner) ||
    inside.test(lower.trim()) ||
    (delimiter.open === '#{' && /^(?:env|dir\.pwd|file\.\w{2,12}|self|global|process\b.{0,60})$/.test(body)) ||
    (delimiter.open === '<%' &&
      /^(?:(?:env|params|cookies|session|headers|response|binding|locals|global|globalthis|this|assigns)|json\.stringify\(\s{0,2}(?:locals|this|global|globalthis|process|settings|options)\b.{0,20}|inspect\(?\s{0,2}(?:assigns|conn|self|params|session|cookies).{0,12}|(?:@?\w{1,24}|object\.new)\.(?:inspect|class|methods|instance_\w{2,20})|(?:session|request|params|cookies|self|binding)\.(?:env|to_h)|render\s{0,2}\(?\s{0,2}(?:inline|file):.{0,60}|scope\.(?:lookupvar|function_\w{2,24}|call_function|to_hash)\b.{0,60}|activerecord::.{1,80}|[a-z]{2,20}\.(?:all|pluck|connection|find_by_sql|delete_all|destroy_all|update_all)\b.{0,40})$/.test(
        body,
      ))
  )
    return 'template.inside';
  if (delimiter.open === '{%' && ownState.test(body)) return 'template.inside';
  if (
    (delimiter.open === '{%' || delimiter.open === '[%') &&
    input.text.trim().length <= inner.length + restMax &&
    probeTag.test(body)
  )
    return 'template.directive';
  if (
    delimiter.open === '{%' &&
    /^(?:(?:import|from)\s{1,4}(?:os|sys|subprocess|socket|shutil)\b|debug$|raw\s{0,3}sys|get_admin_log\b|load\s{1,3}log$|module\s{1,3}template\s{0,2}\(|apply\s|autoescape\s{1,3}none$|(?:extends|layout|render|include_relative|source|embed|use|import|partial)\s{1,3}["'](?:\/|\.\.)|include\s{1,3}["'](?:\/(?:etc|proc)|\.\.)|set_global\s)/.test(
      body,
    )
  )
    return 'template.directive';
  if (delimiter.open === '{%' && isLoneTag(body, input.text)) return 'template.directive';
  if (delimiter.open === '<%' && /^<%!/.test(`<%${inner.trimStart()}`)) return 'template.directive';
  if (
    input.text.trim().length <= inner.length + 8 &&
    !isOwnFormula(input) &&
    onLiteral.test(body === '' ? inner.trim() : body)
  )
    return 'template.arithmetic';
  const isNamed = alone.test(body) || (delimiter.open === '<%' && aloneRuby.test(inner));
  if (isNamed && !isOwnFormula(input) && isOnlyExpressions(input.text, inner)) return 'template.inside';
  if (input.paranoia < 2) return undefined;
  if (
    /^(?:['"][^'"]{0,60}['"]\s{0,3}[.|[]|\[\s{0,3}\]|\(\s{0,3}\)|\.$|this$|\d{1,9}\s{0,3}[-/]\s{0,3}\d{1,9}$)/.test(
      body,
    )
  )
    return 'template.literal';
  if (input.paranoia >= 3 && /[\w\])]\(/.test(body)) return 'template.expression';
  return input.paranoia >= 4 ? 'template.variable' : undefined;
}

/** Nothing but the expression, or it and a few more of the kind. */
function isOnlyExpressions(text: string, inner: string): boolean {
  return (
    text.trim().length <= inner.length + 8 ||
    (text.length <= 240 && /^\s{0,4}(?:[{$<[][{%#=][^{}%]{1,120}[}%]\}?>?\s{0,2}){1,5}$/.test(text))
  );
}

/** One tag that loads another template or prints, with nothing around it but such tags: no line of a page somebody writes. */
function isLoneTag(body: string, text: string): boolean {
  return (
    /^(?:(?:include|extends|import|from|embed|use|source)\s{1,3}["'][^"']{1,60}\/|print\s{0,3}\()/.test(body) &&
    text.length <= 160 &&
    /^\s{0,4}(?:\{%[^{}%]{1,60}%\}\s{0,4}){1,4}$/.test(text)
  );
}

/** Tags whose whole sense is to see whether an engine reads them. */
const probeTag =
  /^(?:csrf_token$|widthratio\s{1,3}\d|lorem\b|ssi\s|(?:if|elif|unless)\s{1,3}(?:\d{1,6}|true|false|not\s{1,3}\d)$|for\s{1,3}\w{1,12}\s{1,3}in\s{1,3}(?:range\s{0,2}\(\s{0,2}\d|\(\d{1,4}\.\.\d|\[|\(\s{0,2}\))|(?:set|assign|with)\s{1,3}\w{1,12}\s{0,3}=\s{0,3}(?:\d{1,9}\b|['"][^'"]{0,24}['"]\s{0,2}[|~+*])|perl\b|rawperl\b|python\b|use\s{1,3}\w|(?:include|insert|process)\s{1,3}["']?(?:\/|\.\.|request\b)|\d{1,9}\s{0,2}[-+*/%]\s{0,2}\d)/;

/** A test or loop whose whole subject is the engine's own state: a probe; a theme asks for a setting of it. */
const ownState =
  /^(?:if|elif|print|unless|for\s{1,3}\w{1,20}(?:\s{0,2},\s{0,2}\w{1,12})?\s{1,3}in|set\s{1,3}\w{1,20}\s{0,3}=|with\s{1,3}\w{1,20}\s{0,3}=)\s{0,3}(?:config|self|_self|_context|request|app|lipsum|cycler|joiner|get_flashed_messages|url_for|namespace)(?:\.items\(?\)?|\.\w{0,24}(?:secret|key|password|env)\w{0,24}|\[.{1,40}\])?$|^(?:include|import|extends)\s{1,3}request\.(?:args|form|values|cookies|headers)/;

/** Functions of PHP that run something, by the variable they are called through or put into. */
const throughVariable =
  /^var\s{1,3}\$\w{1,24}\s{0,3}=\s{0,3}['"](?:system|exec|passthru|shell_exec|assert|eval|popen|proc_open|phpinfo|call_user_func|file_get_contents|readfile)['"]|^=?\$\w{1,24}\s{0,2}\(\s{0,2}['"](?:id|whoami|ls|cat|uname|pwd|ps|ifconfig|dir|type|curl|wget)(?:\s|['"])/;
/** Tags of content systems from China whose conditions are run as PHP: with a call in it. */
const phpTag =
  /^(?:pboot|gbook|dede|eyou|eyoucms|maccms|seacms|cms|ec|tp):(?:if|elseif|php|sql|field|vod|list)\b[^]{0,80}(?:[a-z_]{2,24}\s{0,2}\(\s{0,2}[^)\s]|runphp|if-a:)/;
/** ViewHelpers of TYPO3's Fluid, and its way to name more of them. */
const viewHelper =
  /^(?:f|v|vhs|x):(?:cobject|security|system|render|debug|variable|format\.raw|be)\b[\w.]{0,30}\s{0,2}\(|^namespace\s{1,3}\w{1,12}\s{0,2}=\s{0,2}[a-z]\w{1,20}\\/;

/** `{7*7}` and `{system('id')}` of Smarty and Latte, whose single braces are everybody's: only as the whole value, or with a PHP call. */
function single(lower: string, input: DetectorInput): Rule['id'] | undefined {
  if (/^(?:php|\/php)$/.test(lower)) return 'template.directive';
  if (throughVariable.test(lower) || phpTag.test(lower)) return 'template.execution';
  if (input.text.trim().length <= lower.length + 40 && viewHelper.test(lower)) return 'template.directive';
  if (/^[#?^@](?:[^}]{0,40}[\s=.])?(?:constructor|__proto__|__definegetter__)(?:$|[\s./=])/.test(lower))
    return 'template.walk';
  if (
    /^[^{}|\n]{1,60}(?:\|[^{}|\n]{1,60}){0,5}\|\s{0,2}@?(?:system|exec|passthru|shell_exec|popen|assert|eval|unserialize|phpinfo)$/.test(
      lower,
    )
  )
    return 'template.execution';
  if (
    /^(?:include|extends|fetch|eval|insert)\s{1,3}(?:file|template|var|name)?\s{0,2}=?\s{0,2}['"]?(?:php|string|eval|data|phar):|^function\s{1,3}name\s{0,2}=\s{0,2}['"][^'"]{0,40}\)|^(?:fetch|include|include_php|insert)\s{1,3}(?:file|script)\s{0,2}=\s{0,2}['"]?(?:\/|file:|https?:|\.\.)|^math\s{1,3}equation\s{0,2}=.{0,80}(?:\\\d{2,3}|system|exec)|^\[.{1,40}\]\s{0,2}\|\s{0,2}(?:map|filter|sort|reduce)\s{0,2}:\s{0,2}(?:system|exec|passthru|shell_exec|phpinfo|assert)/.test(
      lower,
    )
  )
    return 'template.execution';
  if (
    /^(?:if\s{1,4}|=)?(?:system|exec|passthru|shell_exec|phpinfo|readfile|file_get_contents|popen|include|fetch)\s{0,3}\(/.test(
      lower,
    )
  )
    return 'template.execution';
  if (
    input.text.trim().length === lower.length + 2 &&
    /^(?:eval\s{1,3}var|math\s{1,3}equation|assign\s{1,3}var)\s{0,2}=/.test(lower)
  )
    return 'template.directive';
  if (
    /^\$smarty\.(?:version|template|server|const|env|now(?!\s{0,2}\|)|current_dir)|^self::|^\$this->|smarty_internal/.test(
      lower,
    )
  )
    return 'template.inside';
  return input.text.trim().length === lower.length + 2 && isArithmetic(lower) && !lower.includes(',')
    ? 'template.arithmetic'
    : undefined;
}

/** An n8n formula in its own field, `={{ 2 * 3 }}`: an author's arithmetic. */
function isOwnFormula({ text, place }: DetectorInput): boolean {
  return text.startsWith('=') && place.zone === 'json' && text[1] === '{';
}

/** Numbers (or quoted ones), perhaps through a filter or in a list, joined by `*`, `+`, `%`, `**`; a division only by zero. */
function isArithmetic(whole: string): boolean {
  const body = whole
    .replace(
      /\s{0,3}(?:\|\s{0,3}(?:safe|escape|e|raw|h|n|string|int|float|abs|c|print|upper|json)\b|\?(?:c|string|number|int)\b).{0,12}$/,
      '',
    )
    .replace(/^\[\s{0,2}([^\][]{3,60})\s{0,2}\]$/, '$1');
  if (whole !== body && /^\(?\d{1,9}\)?\s{0,3}\|/.test(whole)) return true;
  if (/^\d{1,9}\s{1,3}if\s{1,3}\S{1,12}\s{1,3}else\s{1,3}\d/.test(body)) return true;
  if (/^\d{1,9}\?(?:c|string|number)$/.test(whole)) return true;
  if (/^['"][\w ]{0,20}['"]\.(?:upper|lower|touppercase|tolowercase|concat|replace|join)\([^)]{0,20}$/.test(body))
    return true;
  if (
    /^\(?\d{1,9}\)?\s{0,3}\|\s{0,3}(?:upper|lower|string|float|int|length|title|capitalize|e|escape|safe|list|abs|filesizeformat|json_encode|raw|attr|tojson|pprint|urlencode|wordcount|reverse|first|last)\b/.test(
      body,
    )
  )
    return true;
  if (body.length > 80 || !/^[\d'"(]/.test(body)) return false;
  if (/^\d{1,9}\s{0,3}\/\s{0,3}0$/.test(body)) return true;
  return (
    /^[\d\s*+%()'"._-]{3,80}$/.test(body) &&
    /\d['"\s)]{0,4}[*+%][\s*('"]{0,4}\d/.test(body) &&
    !/^\+?\d{1,3}[\s(]/.test(body.replace(/\s{0,3}[*+%].{0,80}$/, '')) &&
    !/[.-]{2}/.test(body)
  );
}
