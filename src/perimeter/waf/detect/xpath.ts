/** XPath and XQuery: a value that closes its literal and goes on with a path, and the functions a blind search is made of. */

import { charClass, type Detector, type Rule } from '../waf.ts';

const rules = [
  { id: 'xpath.breakout', title: 'a value that ends its quotes and goes on as XPath', points: 5, paranoia: 1 },
  { id: 'xpath.blind', title: 'a question about the structure of an XML document', points: 5, paranoia: 1 },
  { id: 'xpath.document', title: 'XPath that reads another document', points: 5, paranoia: 1 },
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
];
const path =
  /^\(?\s?(?:\/\/?(?:\*|@|[a-z_][\w.-]{0,40}(?:[[/:(|]|\)|$|\s))|\.\.?\/|\*\[|(?:child|parent|ancestor|descendant|self|following|preceding|attribute|descendant-or-self|ancestor-or-self|following-sibling|preceding-sibling)::)/u;

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
  ],
  chars: charClass.singleQuote | charClass.doubleQuote,
  detect({ lower, place }, hit) {
    // OData (part 2, section 5.1.1): its conditions call functions by the same names.
    if (place.name === '$filter' || place.name === '$orderby') return;
    const told = new Set<XpathRule>();
    const tell = (rule: XpathRule | undefined, start: number, end: number): void => {
      if (rule === undefined || told.has(rule)) return;
      told.add(rule);
      hit(rule, start, Math.min(end, lower.length));
    };
    let quotes = 0;
    for (let index = 0; index < lower.length; index += 1) {
      const code = lower.charCodeAt(index);
      if (code === 0x27 || code === 0x22) {
        if (quotes < 64) tell(judgeQuote(lower, index + 1), index, index + 24);
        quotes += 1;
      } else if (code === 0x28) tell(judgeCall(lower, index), Math.max(0, index - 14), index + 16);
    }
    tell(judgeBare(lower), 0, 24);
    if (path.test(lower.slice(0, 64)) && lower.includes('[')) tell('xpath.path', 0, 24);
  },
};

/** A number or one word, `or`, and what XPath alone goes on with: `1 or //user`, `x or child::node()`. */
function judgeBare(lower: string): XpathRule | undefined {
  const start = /^\s{0,4}[\w.-]{0,24}[\])]{0,4}\s{1,4}(?:or|and)\s{1,4}/u.exec(lower.slice(0, 60))?.[0];
  if (start === undefined) return undefined;
  const rest = lower.slice(start.length, start.length + 64);
  return /^(?:\/\/?(?:\*|@\w|[a-z_][\w.-]{0,30}(?:\/|\[|$))|(?:child|parent|ancestor|descendant|self|following|preceding|attribute|descendant-or-self|ancestor-or-self|following-sibling|preceding-sibling)::|(?:contains|starts-with|ends-with|matches)\(\s?(?:\.|@?[a-z_]{1,20}|text\(\)|name\(\))\s?,|(?:count|string-length)\(\s?[/.@]|(?:position|last|true)\(\)|(?:text|node|comment)\(\)\s?(?:=|$))/u.test(
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
      /^\/\/?(?:\*|\.\.|@|password|user|text\(|node\(|parent|child|descendant)/u.test(lower.slice(index, index + 16)) &&
      isOpenAfter(lower, index)
      ? 'xpath.breakout'
      : undefined;
  index = skip(lower, index + joins.length);
  const rest = lower.slice(index, index + 64);
  if (path.test(rest) && (joins !== '|' || brackets > 0 || /^\s?\/\/?\*|^\s?\/\/?[a-z]+(?:\[|\/\*|\/text)/u.test(rest)))
    return 'xpath.breakout';
  if (joins === '|') return undefined;
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
    word === 'collection'
  ) {
    const isMethod = lower.charAt(start - 1) === '.' || lower.charAt(start - 1) === '$';
    return !isMethod && /^\s?(?:['"](?:https?:|file:|ftp:|\/\/|\/[a-z]|\.\.?\/)|concat\(|encode-for-uri\()/u.test(rest)
      ? 'xpath.document'
      : undefined;
  }
  if (!asking.includes(`${word}(`)) return undefined;
  if (
    /^\s?(?:local-)?name\(\s?(?:\/|\*|\.|@|\))/u.test(rest) ||
    /^\s?(?:\/\*|\/\/\*|\/\/?\*?\[|\/child::|\/descendant::)/u.test(rest)
  )
    return 'xpath.blind';
  const isCounting = word === 'count' || word === 'string-length' || word === 'name' || word === 'local-name';
  if (isCounting && /^\s?(?:\/\/?[a-z*@]|(?:parent|child|ancestor|descendant|self)::)/u.test(rest))
    return 'xpath.blind';
  return undefined;
}
