/** XPath and XQuery: a value that closes its literal and goes on with a path, and the functions a blind search is made of. */

import { charClass, type Detector, type Rule } from '../waf.ts';
import { readingOf } from './reading.ts';
import { pathIn } from './xpath-paths.ts';
import { xqueryIn } from './xquery.ts';

const rules = [
  { id: 'xpath.breakout', title: 'a value that ends its quotes and goes on as XPath', points: 5, paranoia: 1 },
  { id: 'xpath.blind', title: 'a question about the structure of an XML document', points: 5, paranoia: 1 },
  { id: 'xpath.document', title: 'XPath that reads another document', points: 5, paranoia: 1 },
  { id: 'xpath.query', title: 'an XQuery expression', points: 5, paranoia: 1 },
  { id: 'xpath.path', title: 'an XPath expression', points: 2, paranoia: 2 },
] as const satisfies readonly Rule[];
type XpathRule = (typeof rules)[number]['id'];

const asking = [
  'count(',
  'string-length(',
  'name(',
  'local-name(',
  'substring(',
  'contains(',
  'starts-with(',
  'normalize-space(',
  'position(',
  'last(',
  'boolean(',
  'not(',
  'string-to-codepoints(',
  'matches(',
  'lower-case(',
  'concat(',
  'string(',
  'namespace-uri(',
];
const path =
  /^\(?\s?(?:\/\/?(?:\*|@|[a-z_][\w.-]{0,40}(?:[[/:(|=<>!]|\)|$|\s))|@[*a-z]|\.\.?\/|\*\[|(?:child|parent|ancestor|descendant|self|following|preceding|attribute|descendant-or-self|ancestor-or-self|following-sibling|preceding-sibling)::)/u;

/** What a literal, a call, a predicate or a variable has; without them only a path at the beginning or behind a word of logic is left. */
const signs =
  charClass.singleQuote |
  charClass.doubleQuote |
  charClass.paren |
  charClass.bracket |
  charClass.dollar |
  charClass.brace |
  charClass.semicolon |
  charClass.control;

export const xpath: Detector = {
  id: 'xpath',
  rules,
  needles: [
    '//',
    '::',
    'name(',
    'count(',
    'string-length(',
    'doc(',
    'document(',
    'unparsed-text(',
    'position(',
    'text()',
    'node()',
    "']",
    '"]',
    '/*',
    'comment()',
    'codepoints(',
    'contains(',
    'starts-with(',
    'matches(',
    'true()',
    'last()',
    'for $',
    'let $',
    'some $',
    'every $',
    'declare ',
    'variable(',
    'variables(',
    'json-doc',
    'collection(',
    'query-module(',
    'put(',
    'transform(',
    'delete node',
    'delete @',
    'delete /',
    'update ',
    'replace ',
    'rename ',
    'insert node',
    'insert <',
    '(:',
    ':shell(',
    ':spawn(',
    ':run(',
    'return ',
    'property(',
    '(/',
    '] |',
    ']|',
    ':open(',
    ':list(',
    ':login(',
    ':eval',
    ':system(',
    ':function',
    ':send-request(',
    ':read',
    ':exec',
    ':get(',
    ' or .',
    '(//',
    ',//',
    ' or *',
    ']/',
    '] or',
    '] and',
    'string(/',
    'available(',
    'entity-uri(',
    'xpointer(',
    'current()',
    ':list-',
    ':get-',
    ':fork',
    ':create-',
    ':send-',
    ':logs(',
    '$..',
    '[?(@',
    ' div ',
    ' or ceiling',
    ' or floor',
    ' or round',
    ' or number',
    ' or boolean',
    ' or not(',
    ' or error',
    ' or true(',
  ],
  chars: charClass.singleQuote | charClass.doubleQuote,
  mayMatch: ({ text, chars }) =>
    (chars & signs) !== 0 ||
    text.includes('::') ||
    text.includes('| //') ||
    /^\s{0,4}(?:\/|(?:delete|replace|rename|insert|update)\s)|\s(?:or|and)\s|declare/i.test(text),
  detect({ lower, place }, hit) {
    // OData (part 2, section 5.1.1): its conditions call functions by the same names.
    if (place.name === '$filter' || place.name === '$orderby') return;
    const told = new Set<XpathRule>();
    const tell = (rule: XpathRule | undefined, start: number, end: number): void => {
      if (rule === undefined || told.has(rule)) return;
      told.add(rule);
      hit(rule, start, Math.min(end, lower.length));
    };
    const query = xqueryIn(lower);
    if (query !== undefined) tell(query.rule, query.start, query.end);
    const asked = place.part === 'value' ? pathIn(lower) : undefined;
    if (asked !== undefined) tell(asked.rule, asked.start, asked.end);
    if (everything.test(lower) || compared.test(lower) || unopened.test(lower.slice(0, 80)))
      tell('xpath.breakout', 0, 24);
    const isTalk = readingOf(lower).words >= 3;
    // A path of its own closes the quotes it has opened.
    const isSelector = /^\s{0,4}(?:[a-z][a-z ]{0,40} |xpath\s?[:=]\s?)?\(?\/\/[a-z*]/u.test(lower);
    let quotes = 0;
    for (let index = 0; index < lower.length; index += 1) {
      const code = lower.charCodeAt(index);
      if (code === 0x27 || code === 0x22) {
        if (quotes < 64 && !(isSelector && quotes % 2 === 1))
          tell(
            judgeQuote(lower, index + 1) ?? (quotes % 2 === 0 ? judgeFunction(lower, index + 1) : undefined),
            index,
            index + 24,
          );
        quotes += 1;
      } else if (code === 0x28) {
        const rule = judgeCall(lower, index);
        if (rule !== 'xpath.blind' || !isTalk || quotes > 0) tell(rule, Math.max(0, index - 14), index + 16);
      }
    }
    tell(judgeBare(lower), 0, 24);
    if (path.test(lower.slice(0, 64)) && lower.includes('[')) tell('xpath.path', 0, 24);
  },
};

/** Every node there is, asked for by nothing but that. */
const everything =
  /^\s{0,4}(?:\/\/?(?:(?:descendant-or-self|descendant|child|self)::)?(?:node\(\)|text\(\)|comment\(\)|@\*|(?<=::)\*)|(?:descendant-or-self|descendant|child|parent|ancestor|following|preceding|self)::(?:node\(\)|text\(\)|\*)|\/\/[a-z]\w{0,24}(?:\[[^\]]{0,60}\])?\/(?:pass(?:word|wd)?|pwd|secret|token)(?:\/text\(\))?)\s{0,4}$/u;
/** The comparisons and joins of XPath 2.0 in words, between two literals of which the application closes one. */
const compared = /^[\w.@-]{0,24}(['"])\s{1,4}(?:eq|ne|lt|le|gt|ge)\s{1,4}\1[^'"]{0,24}$/u;
/** Functions that hand on what a path finds. */
const reading: ReadonlySet<string> = new Set(
  'integer string trace data distinct-values string-join generate-id concat normalize-space upper-case tokenize root base-uri document-uri node-name exists one-or-more exactly-one zero-or-one serialize boolean head tail deep-equal sum avg min max translate floor ceiling round number lower-case reverse sort index-of local-name namespace-uri string-to-codepoints path nilled innermost outermost in-scope-prefixes resolve-qname encode-for-uri'.split(
    ' ',
  ),
);
/** A bracket closes that the value never opened, and another path is joined. */
const unopened = /^[\w.-]{0,24}\s{0,3}[\])]{1,3}\s{0,3}\|\s{0,3}\/\/?[*a-z@]/u;
const named = /^[\])\s]{0,8}(?:or|and)\s{1,4}(?:not\s{0,2}\(\s{0,2})?[a-z][\w:.-]{1,40}\(/u;
const quantified = /^[\])\s]{0,8}(?:or|and)\s{1,4}(?:some|every)\s{1,4}\$/u;
/** The application's own quote is to close what the value leaves open at its end. */
const openEnd = /(?:\bor|\band|[=<>])\s{0,4}\(?\s{0,2}['"][^'"]{0,24}$/u;

/** Behind the end of a literal: a call, and at the end of the value a literal that is left open. */
function judgeFunction(lower: string, at: number): XpathRule | undefined {
  const rest = lower.slice(at, at + 80);
  if (quantified.test(rest)) return 'xpath.breakout';
  return named.test(rest) && openEnd.test(lower.slice(Math.max(at, lower.length - 60))) ? 'xpath.breakout' : undefined;
}

/** A number or one word, `or`, and what XPath alone goes on with: `1 or //user`, `x or child::node()`. */
function judgeBare(lower: string): XpathRule | undefined {
  const start = /^\s{0,4}[\w.-]{0,24}[\])]{0,4}\s{1,4}(?:or|and)\s{1,4}/u.exec(lower.slice(0, 60))?.[0];
  if (start === undefined) return undefined;
  const rest = lower.slice(start.length, start.length + 64);
  return /^(?:\/\/?(?:\*|@\w|[a-z_][\w.-]{0,30}(?:\/|\[|$))|(?:child|parent|ancestor|descendant|self|following|preceding|attribute|descendant-or-self|ancestor-or-self|following-sibling|preceding-sibling)::|(?:contains|starts-with|ends-with|matches)\(\s?(?:\.|@?[a-z_]{1,20}|text\(\)|name\(\))\s?,|(?:count|string-length)\(\s?[/.@]|(?:position|last|true)\(\)|(?:text|node|comment)\(\)\s?(?:=|$)|(?:\.|\*)\s{0,2}$)/u.test(
    rest,
  )
    ? 'xpath.breakout'
    : undefined;
}

function skip(lower: string, at: number): number {
  let index = at;
  while (index < at + 32 && lower.charCodeAt(index) <= 0x20) index += 1;
  return index;
}

/** After a quote: closing brackets, then `|` or a condition with a path in it. */
function judgeQuote(lower: string, at: number): XpathRule | undefined {
  let index = skip(lower, at);
  let brackets = 0;
  while ((lower.charAt(index) === ']' || lower.charAt(index) === ')') && brackets < 8) {
    brackets += 1;
    index = skip(lower, index + 1);
  }
  const joins = /^(?:\||or\b|and\b|\/)/u.exec(lower.slice(index, index + 4))?.[0];
  if (joins === undefined || lower.charAt(index + 1) === '|') return undefined;
  if (joins === '/')
    return brackets > 0 &&
      /^\/\/?\s?(?:\*|\.\.|@|password|user|text\(|node\(|parent|child|descendant|ancestor|following|preceding|self)/u.test(
        lower.slice(index, index + 16),
      ) &&
      isOpenAfter(lower, index)
      ? 'xpath.breakout'
      : undefined;
  index = skip(lower, index + joins.length);
  const rest = lower.slice(index, index + 64);
  if (
    path.test(rest) &&
    (joins !== '|' ||
      brackets > 0 ||
      /^\s?\/\/?\*|^\s?\/\/?[a-z][\w-]{0,30}(?:\/{1,2}[a-z@][\w-]{0,30}){0,6}(?:\[|\/\*|\/text|\s?\||\s?$)/u.test(rest))
  )
    return 'xpath.breakout';
  if (joins === '|') return undefined;
  if (brackets > 0 && /^\[\s?['"]/u.test(rest)) return 'xpath.breakout';
  if (
    /^(?:count|string-length|name|local-name|substring|boolean|not|starts-with|string-to-codepoints)\(\s?(?:\(?\/|\.|name\(|[@*]|concat\(|string\(|parent|child|self)/u.test(
      rest,
    )
  )
    return 'xpath.breakout';
  if (
    /^(?:position|last|name|local-name)\(\)\s?[=<>!]/u.test(rest) ||
    /^(?:text|node|comment)\(\)/u.test(rest) ||
    /^(?:true|false)\(\)/u.test(rest)
  )
    return 'xpath.breakout';
  if (/^contains\(\s?(?:\.|@|text\(|name\(|[a-z]{1,20}),/u.test(rest)) return 'xpath.breakout';
  return /^\.{1,2}(?:\/|\s?=)/u.test(rest) ? 'xpath.breakout' : undefined;
}

/** A literal or bracket is left open for the application to close. */
function isOpenAfter(lower: string, at: number): boolean {
  const rest = lower.slice(at, at + 400);
  return rest.includes('[') || rest.includes("'") || rest.length < 40;
}

/** The call whose parenthesis opens at `at`. */
function judgeCall(lower: string, at: number): XpathRule | undefined {
  let start = at;
  while (start > at - 24 && /[a-z-]/u.test(lower.charAt(start - 1)) && start > 0) start -= 1;
  const word = lower.slice(start, at);
  const rest = lower.slice(at + 1, at + 80);
  if (
    word === 'doc' ||
    word === 'document' ||
    word === 'unparsed-text' ||
    word === 'doc-available' ||
    word === 'collection' ||
    word === 'uri-collection' ||
    word === 'json-doc'
  ) {
    const isMethod = lower.charAt(start - 1) === '.' || lower.charAt(start - 1) === '$';
    return !isMethod && /^\s?(?:['"](?:https?:|file:|ftp:|\/\/|\/[a-z]|\.\.?\/)|concat\(|encode-for-uri\()/u.test(rest)
      ? 'xpath.document'
      : undefined;
  }
  if (
    reading.has(word) &&
    /^\s?(?:['"][^'"]{0,24}['"]\s{0,2},\s{0,2})?\(?\/\/(?:[a-z_][\w.-]{0,40}\s{0,2}[[/,)@]|[*@])/u.test(rest)
  )
    return 'xpath.blind';
  if (!asking.includes(`${word}(`)) return undefined;
  if (/^\s?\/\s?\)/u.test(rest)) return 'xpath.blind';
  if (
    /^\s?(?:local-)?name\(\s?(?:\/|\*|\.|@|\))/u.test(rest) ||
    /^\s?(?:\/\*|\/\/\*|\/\/?\*?\[|\/child::|\/descendant::)/u.test(rest)
  )
    return 'xpath.blind';
  if (word !== 'contains' && word !== 'matches' && /^\s?\(?\/\/[a-z*@]/u.test(rest)) return 'xpath.blind';
  const isCounting =
    word === 'count' ||
    word === 'string-length' ||
    word === 'name' ||
    word === 'local-name' ||
    word === 'namespace-uri';
  if (isCounting && /^\s?(?:\/\/?[a-z*@]|(?:parent|child|ancestor|descendant|self)::)/u.test(rest))
    return 'xpath.blind';
  return undefined;
}
