/** A literal that a value ends, in the query languages whose comments, calls and comparisons SQL does not have. */

import { charClass, type Detector, type Place, type Rule } from '../waf.ts';
import { isPlainAddress } from './reading.ts';

const rules = [
  {
    id: 'nosqli.commented',
    title: 'a value that ends its quotes, adds a clause and comments out the rest',
    points: 5,
    paranoia: 1,
  },
  { id: 'nosqli.chain', title: 'a value that ends its call and goes on with another', points: 5, paranoia: 1 },
  { id: 'nosqli.comparison', title: 'a value that ends its quotes and adds a comparison', points: 5, paranoia: 1 },
  { id: 'nosqli.traversal', title: 'a traversal of a graph database', points: 5, paranoia: 1 },
] as const satisfies readonly Rule[];

const charsMax = 800;
const opened = charClass.singleQuote | charClass.doubleQuote | charClass.backtick | charClass.paren | charClass.digit;
const quotes = /['"`]/g;

/** Gremlin, ReQL, Cypher, AQL, SurrealQL, Flux, OData and GraphQL behind a closed literal. */
export const nosqlEndings: Detector = {
  id: 'nosqli.endings',
  rules,
  needles: [
    '//',
    '--',
    '/*',
    ').',
    ') .',
    '){',
    ') {',
    '.v(',
    '.e(',
    '.addv(',
    '.adde(',
    '.inject(',
    '.traversal(',
    ' eq ',
    ' ne ',
    ' gt ',
    ' ge ',
    ' lt ',
    ' le ',
    "' or ",
    "' and ",
    ') or ',
    ') and ',
    ') @',
    'fragment ',
    ' return ',
  ],
  chars: 0,
  mayMatch: ({ chars, place, text }) =>
    place.part !== 'name' &&
    text.length <= charsMax &&
    (chars & opened) !== 0 &&
    !(place.zone === 'header' && isPlainAddress(text)),
  detect({ lower, place }, hit) {
    if (place.part === 'name' || lower.length > charsMax) return;
    const end = commented.test(lower.slice(-24).replaceAll('\0', ' '));
    if (end && place.zone !== 'file' && (lower.length < 200 || lower.split('\n', 4).length < 4) && endsLiteral(lower))
      hit('nosqli.commented', 0, lower.length);
    if (returned.test(lower)) hit('nosqli.commented', 0, lower.length);
    // Between the elements of a page, brackets of its scripts close that stood before the element.
    if ((chain.test(lower) && !isOfPage(place)) || selection.test(lower))
      hit('nosqli.chain', 0, Math.min(60, lower.length));
    const compared = comparisonIn(lower);
    if (compared >= 0) hit('nosqli.comparison', compared, Math.min(compared + 40, lower.length));
    const walk = traversal.exec(lower);
    if (walk !== null) hit('nosqli.traversal', walk.index, walk.index + walk[0].length);
  },
};

/** The mark of a comment ends the value; the two slashes of a URL are none. */
const commented = /(?:[^:/]\/\/|--|\/\*)[\s+]{0,4}$/u;
const clause =
  /^[)}\]\s]{0,12}(?:(?:or|and|xor|not|return|match|optional|with|call|set|remove|delete|detach|create|merge|foreach|unwind|union|filter|for|let|insert|update|upsert|replace|where|group|yield|collect|sort|search|if|using|allow|limit|skip|into|as)\b\s{0,4}[\s\w([{'"`$:!*-]|<?-{1,2}(?:\[[^\]]{0,40}\]-?)?>?\s{0,2}\(|;\s{0,4}[a-z]|\|>|\|\||&&)/u;
/** A number, or a name whose bracket is closed: what stands there where the literal had no quotes. */
const unquoted =
  /^\s{0,4}(?:\d{1,16}|[a-z]\w{0,24}(?::\w{1,24})?\s{0,2}[)}\]]{1,4})\s{1,4}(?:or|and|return|match|with|call|set|remove|delete|detach|create|merge|foreach|unwind|union|filter|for)\b/u;

/** One of the first quotes may close the application's literal: an odd one, with a clause behind it. */
function endsLiteral(lower: string): boolean {
  let count = 0;
  for (const found of lower.matchAll(quotes)) {
    if (count % 2 === 0 && clause.test(lower.slice(found.index + 1, found.index + 48))) return true;
    count += 1;
    if (count > 8) break;
  }
  return unquoted.test(lower.slice(0, 80));
}

/** `1 || 1==1 RETURN doc`: where the number is the end of the query, nothing has to be commented out. */
const returned = /^\s{0,4}-?\d{1,16}\s{0,3}(?:\|\||&&|or\b|and\b)\s{0,3}[^\n]{1,40}\breturn\s{1,3}\w{1,24}\s{0,4}$/u;

/** `').or(true)`, `'})).delete()`: brackets close that the value never opened, and a call goes on. */
const chain = /^[^()'"`\s]{0,40}['"`]\s{0,3}\}?\s{0,3}(?:\)\s{0,3}){1,3}\.\s{0,3}[a-z_]\w{0,24}\s{0,3}\(/u;
/** `") { id password }`: the arguments of a GraphQL field end, and what is selected follows. */
const selection =
  /^[^("'{]{0,60}["']\s{0,3}\}?\s{0,3}\)\s{0,3}(?:@\w{1,20}\([^()]{0,60}\)\s{0,3})?\{\s{0,3}(?:[a-z_]\w{0,40}(?:[\s{}(:,]|$)|\.\.\.)|^\s{0,3}-?\d{1,16}\s{0,3}\)\s{0,3}\{\s{0,3}[a-z_]\w{0,40}\s{0,3}[}\s,]|^[^("'{]{0,60}["']\s{0,3}\}\s{0,3}(?:fragment|query|mutation|subscription)\s{1,3}\w/u;
const traversal =
  /(?:^|[;'")}&|=]\s{0,4})(?:g|__|graph\.traversal\(\))\.(?:(?:v|e)\([^)]{0,60}\)\s{0,2}(?:\.\s{0,2}\w{1,24}\([^)]{0,60}\)\s{0,2}){0,6}\.\s{0,2}(?:drop|iterate|sideeffect|property|valuemap|values|addv|adde|inject)\s{0,2}[({]|(?:addv|adde|inject)\()|[;'")}]\s{0,4}(?:g|__)\.(?:v|e)\([^)]{0,60}\)/u;

const isOfPage = ({ zone, name }: Place): boolean => zone === 'xml' && /^html\b|\.body\b/u.test(name);

const literal = String.raw`(?:\d{1,9}|true|false|null|'[^'"]{0,24}'?)`;
const operator = String.raw`\s{1,3}(?:eq|ne|gt|ge|lt|le)\s{1,3}`;
const constant = new RegExp(
  String.raw`\b(?:or|and)\s{1,3}(?:not\s{1,3})?[(\s]{0,4}${literal}${operator}${literal}`,
  'u',
);
const wanted = new RegExp(
  String.raw`^[)\s]{0,6}(?:or|and)\s{1,3}(?:not\s{1,3})?[(\s]{0,4}(?:[a-z_][\w/.]{0,40}(?:\([^()]{0,60}\))?${operator}|true\s{1,3}(?:or|and)\b|(?:startswith|endswith|contains|substringof)\()`,
  'u',
);
const numbered = new RegExp(
  String.raw`^\s{0,4}\d{1,16}\s{1,4}(?:or|and)\s{1,4}(?:not\s{1,3})?\(?[a-z_][\w/.]{0,40}${operator}\S`,
  'u',
);

/** OData (part 2, section 5.1.1): two literals compared anywhere, or an odd quote that goes on with a comparison; -1 where there is none. */
function comparisonIn(lower: string): number {
  const same = constant.exec(lower);
  if (same !== null) return same.index;
  if (numbered.test(lower)) return 0;
  let count = 0;
  let closed = -1;
  for (const { index } of lower.matchAll(quotes)) {
    if (index <= closed) continue;
    const close = operandEnd(lower, index);
    if (close > index) {
      closed = close;
      continue;
    }
    if (count % 2 === 0 && wanted.test(lower.slice(index + 1, index + 140))) return index;
    count += 1;
    if (count > 8) break;
  }
  return -1;
}

/** Where the literal ends that a comparison of SCIM takes, `userName eq "O'Brien"` (RFC 7644 section 3.4.2.2); -1 where the quote begins none. */
function operandEnd(lower: string, at: number): number {
  if (
    lower[at] !== '"' ||
    !/(?:^|[\s(])[a-z][\w.:$-]{0,60}\s(?:eq|ne|co|sw|ew|gt|ge|lt|le)\s$/u.test(lower.slice(Math.max(0, at - 72), at))
  )
    return -1;
  const close = lower.slice(at + 1, at + 161).indexOf('"');
  return close >= 0 && /^"(?:[\s)\]]|$)/u.test(lower.slice(at + 1 + close, at + 3 + close)) ? at + 1 + close : -1;
}
