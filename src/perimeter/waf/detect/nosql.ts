/** Injection into document stores, caches and graph databases: MongoDB, CouchDB, Redis, Memcached, Elasticsearch, Neo4j. */

import { charClass, type Detector, type Place, type Rule } from '../waf.ts';
import { cacheCommandIn } from './nosql-cache.ts';

const rules = [
  { id: 'nosqli.operator', title: 'a MongoDB operator where a plain value belongs', points: 5, paranoia: 1 },
  { id: 'nosqli.code', title: 'JavaScript for a MongoDB server', points: 5, paranoia: 1 },
  {
    id: 'nosqli.breakout',
    title: 'a value that ends its quotes and goes on as a JavaScript condition',
    points: 5,
    paranoia: 1,
  },
  { id: 'nosqli.shell', title: 'a command of a document database', points: 5, paranoia: 1 },
  { id: 'nosqli.cache_command', title: 'a cache server command brought in by a line break', points: 5, paranoia: 1 },
  { id: 'nosqli.search_script', title: 'a script for a search server', points: 5, paranoia: 1 },
  { id: 'nosqli.graph', title: 'a value that goes on as a graph query', points: 5, paranoia: 1 },
  { id: 'nosqli.weak_operator', title: 'a MongoDB operator that filters also use', points: 3, paranoia: 1 },
  { id: 'nosqli.any_operator', title: 'a name that begins like a MongoDB operator', points: 3, paranoia: 3 },
] as const satisfies readonly Rule[];
type NosqlRule = (typeof rules)[number]['id'];

const strong = new Set([
  '$ne',
  '$gt',
  '$regex',
  '$where',
  '$nin',
  '$exists',
  '$expr',
  '$function',
  '$accumulator',
  '$func',
  '$elemmatch',
  '$nor',
  '$jsonschema',
  '$lookup',
  '$out',
  '$mod',
  '$reduce',
]);
const weak = new Set([
  '$gte',
  '$lt',
  '$lte',
  '$eq',
  '$in',
  '$or',
  '$and',
  '$not',
  '$all',
  '$size',
  '$type',
  '$text',
  '$comment',
  '$slice',
  '$max',
  '$min',
  '$inc',
  '$unset',
  '$rename',
  '$push',
  '$pull',
  '$merge',
  '$unionwith',
  '$graphlookup',
]);

/** Where an application takes queries from its own pages, these are its language; where a plain value belongs, they are somebody else's. */
const comparing = new Set(['$gte', '$lt', '$lte', '$eq', '$in', '$or', '$and', '$not', '$all', '$size', '$type']);
const asksForFilter =
  /(?:^|[.[_"'])(?:filters?|where|quer(?:y|ies)|criteria|conditions?|match|selector|search|find|options|rules?|pipeline|stages?|aggs?|expr|projection|update)(?:[\]["'.]|$)/u;

export const nosql: Detector = {
  id: 'nosqli',
  rules,
  needles: [
    '$ne',
    '$gt',
    '$lt',
    '$re',
    '$wh',
    '$ni',
    '$in',
    '$ex',
    '$eq',
    '$or',
    '$and',
    '$no',
    '$func',
    '$elem',
    '$acc',
    '$json',
    '$look',
    '$out',
    '$all',
    '$size',
    '$type',
    '$mod',
    '$text',
    'this.',
    'return',
    'db.',
    '==',
    "'||",
    '"||',
    "'&&",
    '"&&',
    'flushall',
    'config',
    'slaveof',
    'eval',
    'script',
    'match',
    'detach',
    'call ',
    'load csv',
    '_all_docs',
    '_utils',
    'apoc',
    'mapreduce',
    'get',
    'set',
    'keys',
    'stats',
    'sleep(',
    'while',
    'true',
    'new date',
    '//',
  ],
  chars: charClass.newline,
  mayMatch: ({ chars, place, text }) => {
    if (place.part === 'name') return (chars & charClass.dollar) !== 0;
    return (chars & ~wordChars) !== 0 || text.length > 32 || wordForms.test(text);
  },
  detect(input, hit) {
    const { lower, place } = input;
    const told = new Set<NosqlRule>();
    const tell = (rule: NosqlRule | undefined, start: number, end: number): void => {
      if (rule === undefined || told.has(rule)) return;
      told.add(rule);
      hit(rule, Math.max(0, start), Math.min(end, lower.length));
    };
    judgeOperators(lower, place, tell);
    if (place.part === 'name') return;
    judgeScript(lower, tell);
    judgeShell(lower, tell);
    const cache = cacheCommandIn(lower);
    if (cache !== undefined) tell('nosqli.cache_command', cache.start, cache.end);
    judgeGraph(lower, tell);
  },
};

type Tell = (rule: NosqlRule | undefined, start: number, end: number) => void;

const credential =
  /(?:^|[._[-])(?:user|pass|login|e?mail|pwd|token|otp|pin|secret|account|name|id|key|code)[a-z_]{0,12}(?:\[|\]|\.|$)/u;

const wordChars = charClass.letter | charClass.digit | charClass.plain;
/** What means something to a database without any sign. */
const wordForms = /return|this|_|while/i;

/** Operators as field names, as JSON keys inside a text, and as the bracketed part of a name inside a text. */
function judgeOperators(lower: string, place: Place, tell: Tell): void {
  let at = lower.indexOf('$');
  for (let count = 0; at >= 0 && count < 256; count += 1) {
    let end = at + 1;
    while (end < at + 24 && isLetter(lower.charCodeAt(end))) end += 1;
    const word = lower.slice(at, end);
    if (strong.has(word) || weak.has(word)) {
      if (stands(lower, at, end, place) && (place.part === 'name' || !isSentence(lower, at))) {
        const names = `${place.name.toLowerCase().slice(0, 256)}.${lower.slice(Math.max(0, at - 64), at)}`;
        const isMeant =
          strong.has(word) ||
          (comparing.has(word) && !asksForFilter.test(names) && !isRange(lower, end, place)) ||
          (/^\$[gl]te?$/u.test(word) &&
            credential.test(place.name.toLowerCase()) &&
            place.part === 'name' &&
            !/(?:filter|where|query)s?(?:\[|\.)/u.test(names));
        const isSure = isMeant && (!isFilterApi(names, word) || isNoFilter(lower, at, word));
        tell(isSure ? 'nosqli.operator' : 'nosqli.weak_operator', at, end);
      }
    }
    at = lower.indexOf('$', end);
  }
}

/** A filter written out as text whose bound is a number that somebody chose: 0 is what attacks compare with. */
const isRange = (lower: string, end: number, place: Place): boolean =>
  place.part === 'value' && /^["']?\s{0,3}:\s{0,3}[1-9]/u.test(lower.slice(end, end + 12));

/** APIs that publish these operators put them under `filters[…]`; code and calls are never among them. */
function isFilterApi(names: string, word: string): boolean {
  return (
    word !== '$where' &&
    word !== '$function' &&
    word !== '$accumulator' &&
    word !== '$func' &&
    word !== '$expr' &&
    /^filters?(?:\[|\.)/u.test(names)
  );
}

/**
 * What no API that publishes filters is asked: an operator where the field belongs, a pipeline that reads or writes other collections, a
 * password that is anything but one value.
 */
function isNoFilter(lower: string, at: number, word: string): boolean {
  const before = lower.slice(Math.max(0, at - 160), at);
  if (/^\s{0,8}\{\s{0,8}["']$/u.test(before) && at < 24) return true;
  if (word === '$lookup' || word === '$out') return /^\s{0,8}\[/u.test(lower.slice(0, 12));
  return /["'](?:pass|pwd|secret|token|otp|pin)\w{0,12}["']\s{0,4}:\s{0,4}\{\s{0,4}["']$/u.test(before);
}

function stands(lower: string, at: number, end: number, place: Place): boolean {
  const before = lower.charAt(at - 1);
  const after = lower.slice(end, end + 4);
  if (place.part === 'name')
    return (
      (at === 0 && after === '') ||
      (before === '[' && after.startsWith(']')) ||
      (before === '.' && (after === '' || /^[.[]/u.test(after)))
    );
  if (before === '[' || (before !== '' && '\'"'.includes(before) && lower.charAt(at - 2) === '['))
    return /^['"]?\]/u.test(after);
  if (before === '"' || before === "'")
    return /^\\?["']\s?:/u.test(after) || /^\\?["']\s{0,3}:/u.test(lower.slice(end, end + 8));
  let index = at - 1;
  while (index > at - 12 && lower.charCodeAt(index) <= 0x20) index -= 1;
  return (lower.charAt(index) === '{' || lower.charAt(index) === ',') && /^\s{0,3}:/u.test(after);
}

/** Words stand before the first brace or bracket: somebody writes about operators. */
function isSentence(lower: string, at: number): boolean {
  if (/^db\.\w{1,40}\.\w{2,20}\(/u.test(lower) && /\)[;.,]?\s[a-z']{2,20}\s[a-z]/u.test(lower.slice(0, 400)))
    return true;
  // Behind the last brace somebody goes on in words: no parser takes it.
  if (
    /^[\])]{0,4}[,.]? [a-z']{2,24} [a-z']{2,24}/u.test(
      lower.slice(lower.lastIndexOf('}') + 1, lower.lastIndexOf('}') + 80),
    )
  )
    return true;
  const brace = lower.search(/[{[]/u);
  const end = brace < 0 ? at : Math.min(brace, at);
  return /\w[,:]? $|\w \w+ \w/u.test(lower.slice(0, Math.min(end, 400)));
}

const isLetter = (code: number): boolean => code >= 0x61 && code <= 0x7a;

/** A quote (or a number) that goes on as a condition or statement of JavaScript. */
function judgeScript(text: string, tell: Tell): void {
  // A null character ends the code for some drivers, as a comment does.
  const lower = text.replaceAll('\u0000', '//');
  let blank = false;
  let seen = 0;
  for (let index = 0; index < lower.length && seen < 64; index += 1) {
    const code = lower.charCodeAt(index);
    if (code <= 0x20) blank = true;
    if (code !== 0x27 && code !== 0x22) continue;
    seen += 1;
    if (seen % 2 === 0 && lower.charCodeAt(index - 1) !== code) continue;
    const rest = lower.slice(index + 1, index + 160);
    const joined = /^\s{0,4}[)\]}]{0,4}\s{0,4}(?:\|\||&&|;|,)\s{0,4}/u.exec(rest)?.[0];
    if (joined === undefined) continue;
    const tail = rest.slice(joined.length);
    if (/^(?:!{0,3}|\(*)this\.[\w.]/u.test(tail) || /^this\[/u.test(tail)) tell('nosqli.code', index, index + 40);
    else if (/^return\b[\s(]{0,4}(?:true|false|1|0|!|this|'|"|tojson|db\.)/u.test(tail) && (seen === 1 || !blank))
      tell('nosqli.code', index, index + 40);
    else if (isScriptTautology(tail)) tell('nosqli.breakout', index, index + 40);
    else if (
      /^(?:var |let )?[\w ]{0,16}=? ?(?:sleep\(\d|new date\(\)[^a-z])|^(?:do|while) ?[({].{0,80}(?:date|true|1)/u.test(
        tail,
      ) &&
      joined.includes(';')
    )
      tell('nosqli.code', index, index + 40);
    else if (/^'?\$(?:or|where|and|nor|ne|gt|regex)'?\s?:/u.test(tail)) tell('nosqli.operator', index, index + 40);
  }
  if (
    /^[\w"'-]{0,40}[)}\]]{0,3}\s{0,4};?\s{0,4}return\s{0,4}\(?\s{0,4}(?:(?:true|false|1|!0)\)?\s{0,4}(?:$|[;}/]|[=!]=)|this\.|this;)/u.test(
      lower,
    ) &&
    (!lower.startsWith('return') || (lower.length < 80 && !/^return\s{1,4}(?:false|!1)\b/u.test(lower)))
  )
    tell('nosqli.code', 0, 40);
  const loop = lower.includes('new date')
    ? /\b(?:do\s{0,2}\{.{0,120}\}\s{0,2})?while\s{0,2}\(.{0,80}(?:date|\w-\w)/u.exec(lower)
    : null;
  if (loop !== null && lower.length < 400 && /^[^\n]{0,60};/u.test(lower))
    tell('nosqli.code', loop.index, loop.index + 40);
  const member =
    /(?:\|\||&&|\breturn\b|^|[(!])\s{0,4}!?\(?this\.(?:pass\w{0,12}|pwd|user\w{0,12}|email|login|secret|token|name|credit\w{0,16}|constructor)(?:\.(?:match|length|charat|substr\w{0,6}|startswith|includes|indexof|constructor|test)\b|\[\d|\s{0,2}[!=<>]={1,2}\s{0,2}(?:['"\d/!]|null|true|false|undefined|this\.))/u.exec(
      lower,
    );
  if (member !== null) tell('nosqli.code', member.index, member.index + 40);
  if (
    /^\s{0,4}(?:function\s{0,4}\(\s{0,4}\)\s{0,4}\{|\(\s{0,2}\)\s{0,2}=>).{0,80}(?:this\.|obj\.|sleep\(|tojson)/u.test(
      lower,
    )
  )
    tell('nosqli.code', 0, 40);
  // A number, a statement: what `$where` makes of a value that was to be a number.
  if (/^[\w.-]{0,24}\s{0,4};\s{0,4}sleep\(\s{0,4}\d{1,8}\s{0,4}\)\s{0,4}[;}/]{0,3}\s{0,4}$/u.test(lower))
    tell('nosqli.code', 0, 40);
  if (/\$where['"]?\s{0,4}:\s{0,4}(?:['"]|function|\d)/u.test(lower))
    tell('nosqli.code', lower.indexOf('$where'), lower.indexOf('$where') + 30);
}

/** `'1'=='1`, `1==1//`, `1==1%00`, `''==''`: JavaScript's own equality, which SQL's reader does not insist on. */
function isScriptTautology(tail: string): boolean {
  const found =
    /^\(?(?:'([^']{0,12})'|"([^"]{0,12})"|(\d{1,6})|(true|!0|!''|!null))\s{0,3}(?:([=!]==?|[<>]=?)\s{0,3}(?:'([^']{0,12})|"([^"]{0,12})|(\d{1,6})))?/u.exec(
      tail,
    );
  if (found === null) return false;
  const left = found[1] ?? found[2] ?? found[3];
  if (left === undefined) return /^\s{0,4}(?:\/\/|$)/u.test(tail.slice(found[0].length));
  if (found[5] === undefined) return found[3] !== undefined && /^\s{0,4}(?:\/\/|\})/u.test(tail.slice(found[0].length));
  return (found[6] ?? found[7] ?? found[8]) !== undefined;
}

const shellVerbs =
  'drop|dropdatabase|find|findone|findandmodify|insert|insertone|insertmany|remove|update|updateone|updatemany|deletemany|deleteone|aggregate|mapreduce|getcollectionnames|getcollection|getusers|createuser|shutdownserver|eval|stats|version|runcommand|admincommand|hostinfo|serverstatus|listdatabases|copydatabase|auth';
const shellCall = new RegExp(`^(?:\\.\\w{1,64})?\\.(?:${shellVerbs})\\(`, 'u');

function judgeShell(lower: string, tell: Tell): void {
  let at = lower.indexOf('db.');
  for (let count = 0; at >= 0 && count < 64; count += 1) {
    const previous = lower.charCodeAt(at - 1);
    const isName =
      isLetter(previous) || (previous >= 0x30 && previous <= 0x39) || previous === 0x5f || previous === 0x2e;
    const isBegun =
      (at === 0 && !/\)[;.,]?\s[a-z]/u.test(lower.slice(0, 400))) ||
      (at > 0 && ';\'")}=({&|!'.includes(lower.charAt(at - 1))) ||
      /[;'")}(|&]\s{1,4}(?:return\s{1,4})?$/u.test(lower.slice(Math.max(0, at - 16), at));
    if (!isName && isBegun && shellCall.test(lower.slice(at + 2, at + 100))) tell('nosqli.shell', at, at + 30);
    at = lower.indexOf('db.', at + 3);
  }
  const docs = lower.search(/(?:^|\/)_(?:all_docs|all_dbs|utils\/|users\/_all|node\/_local|config\/)/u);
  if (docs >= 0 && lower.length < 300 && !lower.includes(' ')) tell('nosqli.shell', docs, docs + 12);
  if (
    lower.includes('script') &&
    /"(?:script|script_fields|inline|source)"\s?:/u.test(lower) &&
    /java\.lang|class\.forname|getruntime|forname\(|groovy|processbuilder|java\.io/u.test(lower)
  )
    tell('nosqli.search_script', lower.indexOf('script'), lower.indexOf('script') + 40);
}

/** Cypher after a closed literal. */
function judgeGraph(lower: string, tell: Tell): void {
  const found =
    /['"`]\s{0,4}[\]})]{0,4}\s{0,4}(?:or\s[^'"]{1,24}\s{0,2})?(?:match\s{0,3}\(|return\s{1,3}\w|detach\s{1,3}delete|with\s{1,3}\w{1,20}\s{1,3}(?:match|call|load)|call\s{1,3}(?:db|apoc|dbms)\.|union\s{1,3}(?:all\s{1,3})?match|load\s{1,3}csv|set\s{1,3}\w{1,20}\.\w|foreach\s{0,3}\()/u.exec(
      lower,
    );
  if (
    found !== null &&
    /\/\/|\bdelete\b|load\s+csv|\bcall\s|match\s{0,3}\(/u.test(lower.slice(found.index, found.index + 400))
  )
    tell('nosqli.graph', found.index, found.index + found[0].length);
  const csv =
    /load\s{1,3}csv\s{1,3}(?:with\s{1,3}headers\s{1,3})?from\s{1,3}['"]|call\s{1,3}(?:apoc\.(?:load|export|cypher|util)|dbms\.(?:security|list|procedures)|db\.(?:labels|property|schema))/u.exec(
      lower,
    );
  if (csv !== null) tell('nosqli.graph', csv.index, csv.index + csv[0].length);
}
