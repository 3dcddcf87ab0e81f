/** Injection into document stores, caches and graph databases: MongoDB, CouchDB, Redis, Memcached, Elasticsearch, Neo4j. */

import { charClass, type Detector, type Place, type Rule } from '../waf.ts';
import { cacheCommandIn } from './nosql-cache.ts';
import { disguiseIn } from './nosql-disguises.ts';
import { isForeignDocument } from './nosql-documents.ts';
import { nosqlNeedles } from './nosql-needles.ts';
import { judgeScript, type Tell as TellOf } from './nosql-script.ts';
import { judgeGraph, judgeShell } from './nosql-shell.ts';
import { strong, weak } from './nosql-words.ts';
import { isLetter, isPlainAddress } from './reading.ts';

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
  { id: 'nosqli.search_query', title: 'a query of a search server where a word belongs', points: 5, paranoia: 1 },
  { id: 'nosqli.graph', title: 'a value that goes on as a graph query', points: 5, paranoia: 1 },
  { id: 'nosqli.weak_operator', title: 'a MongoDB operator that filters also use', points: 3, paranoia: 1 },
  { id: 'nosqli.any_operator', title: 'a name that begins like a MongoDB operator', points: 3, paranoia: 3 },
] as const satisfies readonly Rule[];
type NosqlRule = (typeof rules)[number]['id'];

/** Where an application takes queries from its own pages, these are its language; where a plain value belongs, they are somebody else's. */
const comparing = new Set(
  (
    '$gte $lt $lte $eq $in $or $and $not $all $size $near $nearsphere $geowithin $geointersects $text $pull $pullall $bit $like $ilike $notlike ' +
    '$notilike $iregexp $regexp $notregexp $startswith $startswithi $endswith $endswithi $contains $containsi $notcontains $notnull $null ' +
    '$between $notbetween $notin $overlap $substring $any $is $eqi $nei'
  ).split(' '),
);
/** An operator straight under what the filter is called: the field it would ask about is missing. */
const bareFilter =
  /^(?:filters?|where|query|q|search|find|criteria|conditions?|selector)(?:\[|\.)\$(?:n?in|ne|[gl]te?|eq|exists|type|mod|size|all|regex|elemmatch|not(?:\]?\[|\.)\$\w{2,8})(?:\]|\[|\.|$)/u;
/** Stages that read or write collections of their own. */
const stages = new Set(['$unionwith', '$graphlookup', '$merge']);
/** Programs ask for a range of such a field, or for one of a few states; nobody signs in with it. */
const measure =
  /(?:^|[.[_])(?:\w{0,24}(?:price|amount|total|cost|budget|salary|date|day|year|month|time|count|quantity|qty|rating|score|stock|weight|height|width|length|distance|duration|size|views|likes|level|rank|progress|percent|status|state|type|kind|category|categories|tags?|stage|priority|color|colour|brand|lang|language|country|city|room_?ids?|product_?ids?|category_?ids?)|(?:created|updated|published|modified|deleted|started|ended|due|expires|starts|ends)(?:_?(?:at|on))?|age|lat|lng|lon|since|until|from|to|min|max|start|end)\]?(?:\[|\.)\$[a-z]{2,4}\]?(?:$|[.[])/u;
/** A list of what belongs to something: `user_id[$in][]`. */
const references = /(?:^|[.[])\w{2,24}_?ids?\]?(?:\[|\.)\$in\]?(?:$|[.[])/u;
const ofAccount = /account|user|pass|login|mail|token|otp|secret|session|role|admin/u;
const ofSecret = /(?:pass|pwd|secret|token|otp)\w{0,12}\]?(?:\.|\[)\$[a-z]{2,16}\]?(?:$|[.[])/u;
/** Whose value no page asks the kind of. */
const ofSecretWord = /(?:token|code|pin|otp|secret|password|key|hash)\]?(?:\[|\.)\$type/u;
const asksRange = new Set(['$gt', '$gte', '$lt', '$lte', '$ne', '$in', '$nin', '$eq', '$not']);
const asksForFilter =
  /(?:^|[.[_"'])(?:filters?|where|quer(?:y|ies)|criteria|conditions?|match|selector|search|find|options|rules?|pipeline|stages?|aggs?|expr|projection|update)(?:[\]["'.]|$)/u;

export const nosql: Detector = {
  id: 'nosqli',
  rules,
  needles: nosqlNeedles,
  chars: charClass.newline | charClass.control,
  mayMatch: ({ chars, place, text }) => {
    if (place.part === 'name') return (chars & charClass.dollar) !== 0;
    if (text.length <= 16 && place.name.includes('$')) return true;
    if (place.zone === 'header' && isPlainAddress(text)) return wordForms.test(text);
    return (chars & ~wordChars) !== 0 || wordForms.test(text);
  },
  detect(input, hit) {
    const { lower, place } = input;
    const told = new Set<NosqlRule>();
    const tell: Tell = (rule, start, end) => {
      if (told.has(rule)) return;
      told.add(rule);
      hit(rule, Math.max(0, start), Math.min(end, lower.length));
    };
    judgeOperators(lower, place, tell);
    if (place.part === 'name') return;
    if (lower.length <= 16 && isNamedOwner(lower, place.name.toLowerCase())) tell('nosqli.operator', 0, lower.length);
    // The literal and its object end, and the sender's own members follow; or an alternative that is always true.
    const added =
      /['"`]\s{0,3}[}\])]{1,4}[\s}\])]{0,4},\s{0,3}\{?\s{0,3}['"]?\$\w{2,16}['"]?\s{0,3}:|\$or['"]?\s{0,3}:\s{0,3}\[\s{0,3}\{\s{0,3}\}/u.exec(
        lower,
      );
    if (
      added !== null &&
      lower.length < 2000 &&
      !/^\s{0,8}[[{]\s{0,8}(?:[[{]\s{0,8}){0,4}[\]}]?["'].*[\]}]\s{0,4}$/su.test(added[0].includes('$or') ? '' : lower)
    )
      tell('nosqli.operator', added.index, added.index + added[0].length);
    const disguise = disguiseIn(input);
    if (disguise !== undefined) tell(disguise, 0, 40);
    judgeScript(lower, tell);
    judgeShell(lower, place, tell);
    const cache = cacheCommandIn(lower, input.text);
    if (cache !== undefined) tell('nosqli.cache_command', cache.start, cache.end);
    judgeGraph(lower, tell);
  },
};

type Tell = TellOf<NosqlRule>;

const credential =
  /(?:^|[._[-])(?:user|pass|login|e?mail|pwd|token|otp|pin|secret|account|name|id|key|code)[a-z_]{0,12}(?:\[|\]|\.|$)/u;

const wordChars = charClass.letter | charClass.digit | charClass.plain;
/** What means something to a database without any sign. */
const wordForms = /return|this|_|while|match/i;

/** Operators as field names, as JSON keys inside a text, and as the bracketed part of a name inside a text. */
function judgeOperators(lower: string, place: Place, tell: Tell): void {
  let at = lower.indexOf('$');
  for (let count = 0; at >= 0 && count < 256; count += 1) {
    let end = at + 1;
    while (end < at + 24 && isLetter(lower.charCodeAt(end))) end += 1;
    const word = lower.slice(at, end);
    if (strong.has(word) || weak.has(word)) {
      if (
        stands(lower, at, end, place) &&
        (place.part === 'name' || !(isSentence(lower, at) || isVariable(lower, end)))
      ) {
        const names = `${place.name.toLowerCase().slice(0, 256)}.${lower.slice(Math.max(0, at - 64), at)}`;
        const isMeant =
          !(asksRange.has(word) && place.part === 'name' && measure.test(names) && !ofAccount.test(names)) &&
          !(word === '$in' && place.part === 'name' && references.test(names)) &&
          ((strong.has(word) &&
            !(/^\$[gl]te?$/u.test(word) && isRange(lower, end, place) && !isKeyOfAccount(lower, at))) ||
            (comparing.has(word) && !asksForFilter.test(names) && !isRange(lower, end, place)) ||
            isOfAccount(word, place, names) ||
            (stages.has(word) && /pipeline|\[\]/u.test(names)));
        const isSure =
          (place.part === 'name' &&
            (isMisplaced(place.name.toLowerCase()) || bareFilter.test(place.name.toLowerCase()))) ||
          (isMeant && (!isFilterApi(names, word) || isNoFilter(lower, at, word) || ofSecret.test(names))) ||
          (place.part === 'value' && isForeignDocument(lower, word, { at, end }));
        tell(isSure ? 'nosqli.operator' : 'nosqli.weak_operator', at, end);
      }
    }
    at = lower.indexOf('$', end);
  }
}

/** An operator as an element of a list of conditions, where its field is missing; or negated equality, whose word is `$ne`. */
const misplaced =
  /(?:^|\.)\$?(?:or|and|nor)\[\]\.\$(?:n?in|ne|exists|regex|not)$|\.\$not\.\$(?:eq|ne|exists|not)$|\[\$?(?:or|and|nor)\](?:\[\d{0,3}\])\[\$(?:n?in|ne|exists|regex|not)\](?:\[\d{0,3}\])?$/u;
/** There operators compare expressions, which need no field. */
const inExpression = /\$(?:expr|cond|project|addfields|group|set|switch|filter|map|reduce)\b/u;
const isMisplaced = (name: string): boolean => misplaced.test(name.slice(-48)) && !inExpression.test(name);
const ofOwner =
  /(?:^|[.[_])(?:owner|user|user_?name|login|account|uid|user_?id|email|name|author|created_?by)(?:\.|\[|\]\[)\$(?:in|eq|all)(?:\[\]|\]\[\d{0,3}\]|\])?$/u;

/** Rows of those who may do everything, asked for by name. */
const isNamedOwner = (lower: string, name: string): boolean =>
  name.includes('$') &&
  ofOwner.test(name.slice(-60)) &&
  /^(?:admin|administrator|root|superuser|superadmin|sysadmin|sa)$/u.test(lower);

/** An operator on what people sign in with, where no API publishes filters. */
function isOfAccount(word: string, place: Place, names: string): boolean {
  if (place.part !== 'name') return false;
  const name = place.name.toLowerCase();
  const isFilter = /(?:filter|where|query)s?(?:\[|\.)/u.test(names);
  if (word === '$or' || word === '$and')
    return /\[(?:user|login|pass|pwd|e?mail|token)\w{0,12}\]/u.test(name) && !isFilter;
  if (word === '$type' && ofSecretWord.test(name)) return true;
  return (/^\$[gl]te?$/u.test(word) || word === '$type') && credential.test(name) && !isFilter;
}

/** A filter written out as text whose bound is a number that somebody chose: 0 is what attacks compare with. */
const isRange = (lower: string, end: number, place: Place): boolean =>
  place.part === 'value' && /^["']?\s{0,3}:\s{0,3}[1-9]/u.test(lower.slice(end, end + 12));

const isKeyOfAccount = (lower: string, at: number): boolean =>
  !/["'](?:\w{1,24})["']\s{0,3}:\s{0,3}\{\s{0,3}["']$/u.test(lower.slice(Math.max(0, at - 48), at)) ||
  /["'](?:user|pass|login|e?mail|pwd|token|otp|pin|secret|_?id|key|code)\w{0,12}["']\s{0,3}:\s{0,3}\{\s{0,3}["']$/u.test(
    lower.slice(Math.max(0, at - 48), at),
  );

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
  if (word === '$lookup' || word === '$out') return /\[\s{0,8}\{\s{0,8}["']$|^\s{0,8}\[/u.test(before);
  return /["'](?:pass|pwd|secret|token|otp|pin)\w{0,12}["']\s{0,4}:\s{0,4}\{\s{0,4}["']$/u.test(before);
}

function stands(lower: string, at: number, end: number, place: Place): boolean {
  const before = lower.charAt(at - 1);
  const after = lower.slice(end, end + 4);
  if (place.part === 'name')
    return (
      (at === 0 && (after === '' || after.startsWith('['))) ||
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

/** `{ $in: $json.ids }`: the operand is a member of a variable, so this is a line of a program and no document of data. */
function isVariable(lower: string, end: number): boolean {
  return /^\s{0,3}:\s{0,3}(?!this\.|db\.|math\.|process\.)\$?[a-z_]\w{0,30}\.[a-z_][\w.]{0,60}\s{0,3}[}\])]/u.test(
    lower.slice(end, end + 110),
  );
}

/** Words stand before the first brace or bracket: somebody writes about operators. */
function isSentence(lower: string, at: number): boolean {
  if (/^db\.\w{1,40}\.\w{2,20}\(/u.test(lower) && /\)[;.,]?\s[a-z']{2,20}\s[a-z]/u.test(lower.slice(0, 400)))
    return true;
  // Behind the last brace somebody goes on in words: no parser takes it.
  if (
    /^[\])`;]{0,4}[,.]? [a-z']{2,24} [a-z']{2,24}/u.test(
      lower.slice(lower.lastIndexOf('}') + 1, lower.lastIndexOf('}') + 80),
    )
  )
    return true;
  const brace = lower.search(/[{[]/u);
  const end = brace < 0 ? at : Math.min(brace, at);
  return /\w[,:]? $|\w \w+ \w/u.test(lower.slice(0, Math.min(end, 400)));
}
