/** Queries of the less known stores inside a value: CQL, AQL, ReQL, DynamoDB, Elasticsearch, Redis scripts, and filters on secrets. */

import { charClass, type Detector, type Rule } from '../waf.ts';
import { dialectNeedles } from './nosql-dialect-needles.ts';
import { dialectForms, isConsoleField, statements } from './nosql-dialects.ts';
import { type QueryForm, queryForms } from './nosql-forms.ts';

const rules = [
  { id: 'nosqli.query', title: 'a value that goes on as a query of a document store', points: 5, paranoia: 1 },
  { id: 'nosqli.object_breakout', title: 'a value that ends its quotes and adds members', points: 5, paranoia: 1 },
  { id: 'nosqli.secret_filter', title: 'a search through passwords or reset tokens', points: 5, paranoia: 1 },
  { id: 'nosqli.administration', title: 'an administrative path of a document store', points: 5, paranoia: 1 },
] as const satisfies readonly Rule[];

const secretName = String.raw`(?:pass(?:word|wd|phrase)?(?:_?hash)?|password_?(?:digest|salt|reset_?token)|pwd|(?:reset|confirmation|remember|recovery|api|refresh|access|session)_?(?:password_?)?(?:token|key|secret)|secret|totp_?secret|two_?factor_?secret)`;
const searchVerb = String.raw`(?:_n?(?:i?regex|i?like|similar|eq|in)|_[gl]te?|_?starts?_?with|_?ends?_?with|_?i?contains|_n?(?:null|empty)|i?starts_?with|istartswith|i?ends_?with|i?contains|not_?contains|containsi|startswithi|i?regex|i?regexp|not_?i?like|i?like|gte?|lte?|ne|not|notin|not_in|nin|isnull|is_not_null|notnull|null|range|between|exists|op\.\w{2,12})`;
const secretFilter = new RegExp(
  String.raw`(?:^|[.[_\]])${secretName}\]?(?:(?:\.|\[\]?\.?)\[?\$?|__)${searchVerb}\]?(?:$|[.[])`,
  'u',
);
/** Ransack and older Strapi join the field and its predicate by one line. */
const predicate = new RegExp(
  String.raw`^_?(?:q|where|search|filters?)\[(?:[a-z_]{1,60}_)?${secretName}_(?:eq|not_eq|start|not_start|end|cont|contains|ncontains|i_cont|matches|lt|lteq|gt|gteq|in|null|not_null|present|blank|start_any|cont_any|starts_?with|ends_?with)\]`,
  'u',
);
const token =
  /(?:^|[.[])(?:(?:reset|access|auth|session)_?)?token(?:__(?:ne|gte?|lte?|startswith|contains|regex|in)|\[\$?(?:ne|gte?|lte?|starts_?with|contains|regex|not)\])$/u;
/** An operator in the value, as PostgREST takes it, and a list sorted by what must stay unknown. */
const operatorFirst = /^(?:not\.)?(?:gte?|lte?|like|ilike|match|imatch|neq|is|in|fts)\./u;
const secretOnly = new RegExp(String.raw`^[-+]?(?:\w{1,24}\.)?${secretName}(?:[ :,](?:asc|desc).{0,8})?$`, 'u');

const administration =
  /^\/?(?:[\w.-]{1,40}\/)?_(?:all_dbs|dbs_info|all_docs|active_tasks|membership|replicate|replicator|users|utils|node\/_|config\/|cluster_setup|cluster\/(?:settings|state|nodes)|cat\/(?:indices|nodes|shards|master)|nodes(?:\/|$)|shutdown|snapshot\/|security\/user|delete_by_query|reindex$|find$)|^\/?[\w.-]{1,40}\/_design\/[\w.-]{1,60}\/_|^\/?_search$|(?:^|\/)\.json$|^\/?\.settings\/rules\.json$|^\/db\/data\/|^\/_api\/(?:cursor|database|foxx|aqlfunction)|^\/_db\/_system\//u;

/** One of these is in every name of a secret. */
const secretWord = /pass|pwd|token|secret|key/i;
const sortName = /^(?:sort|order|order_?by|sort_?by)(?:\[\]?\w{0,8}\]?)?$/iu;
const secretField = /^(?:pass(?:word|wd)?|pwd|secret|reset_?(?:password_?)?token|api_?key)$/iu;

/** Filters over secrets, told from the names of fields: nobody may search for passwords by their beginning. */
export const nosqlNames: Detector = {
  id: 'nosqli.names',
  rules: rules.filter(rule => rule.id === 'nosqli.secret_filter'),
  needles: [
    'pass',
    'pwd',
    'token',
    'secret',
    'api_key',
    'startswith',
    'endswith',
    'contains',
    'not',
    'like',
    '$',
    'gt',
    'lt',
    'regex',
    'op.',
    'in',
    'te.',
    'eq.',
    'is.',
    'match.',
    'fts.',
  ],
  chars: 0,
  zones: ['query', 'form', 'json', 'multipart', 'graphql'],
  mayMatch: ({ place, text }) =>
    (place.part === 'name' && (secretWord.test(text) || secretWord.test(place.name))) ||
    (place.part !== 'name' &&
      place.zone === 'query' &&
      text.length <= 120 &&
      (sortName.test(place.name) || secretField.test(place.name))),
  detect({ lower, place }, hit) {
    if (lower.length > 512) return;
    if (place.part === 'value') {
      const name = place.name.toLowerCase();
      if (place.zone !== 'query' || lower.length > 120) return;
      if (
        (sortName.test(name) && secretOnly.test(lower) && !lower.startsWith('token')) ||
        (secretField.test(name) && operatorFirst.test(lower) && /[*(]|^(?:not\.)?[gl]te?\.\w{0,3}$/u.test(lower))
      )
        hit('nosqli.secret_filter', 0, lower.length);
      return;
    }
    const path = lower.length < 16 || place.zone === 'json' ? place.name.toLowerCase() : lower;
    if (
      secretFilter.test(path.slice(-200)) ||
      secretFilter.test(lower.slice(0, 200)) ||
      predicate.test(lower.slice(0, 200)) ||
      token.test(lower.slice(0, 200))
    )
      hit('nosqli.secret_filter', 0, lower.length);
  },
};

/** Values only: a query that the value ends and goes on with, or an administrative path. */
export const nosqlQueries: Detector = {
  id: 'nosqli.queries',
  rules: rules.filter(rule => rule.id !== 'nosqli.secret_filter'),
  needles: [
    'allow filtering',
    'keyspace',
    'redis.',
    'union',
    'detach',
    ' in ',
    'return ',
    'document(',
    'r.js(',
    'r.db(',
    'r.table(',
    'r.http(',
    'meta()',
    'for ',
    'system:',
    'show ',
    'drop ',
    'painless',
    ':*',
    'apoc.',
    'dbms.',
    'match_all',
    'comparisonoperator',
    'objectid(',
    '"}',
    '","',
    '", "',
    'tojson',
    'date.now()',
    'object.keys',
    'json.stringify',
    'script flush',
    'attribute_exists',
    '|>',
    "';",
    '";',
    '; remove ',
    '; define ',
    '; info ',
    '; relate ',
    '; sleep ',
    '; let ',
    '; return ',
    '; list ',
    '; truncate ',
    '; create ',
    '; update ',
    '; delete ',
    '; select ',
    '::',
    'yield',
    'attribute_',
    'begins_with',
    'size(',
    'missing',
    'curl(',
    'r.row(',
    'r.error(',
    'r.args(',
    'r.expr(',
    'r.dblist(',
    'or r.',
    'or r[',
    'and r.',
    'and r[',
    'import ',
    '_exists_',
    '_val_:',
    'script_fields',
    'runtime_mappings',
    ':{"pass',
    '&deftype=',
    ') or (',
    ') and (',
    '{!',
    '&qt=',
    '&fq=',
    '&fl=',
    '&shards',
    '&stream',
    '&wt=',
    'ctx._',
    '"aggs"',
    'filter ',
    'let ',
    '.run(',
    'select raw',
    'is_defined(',
    'is_null(',
    'is_string(',
    'array_contains(',
    'ssn:',
    '(;;)',
    'thread.sleep(',
    "'$or",
    "'$and",
    'system.',
    ',db.',
    ', db.',
    ';db.',
    '; db.',
    'db.get',
    'pass',
    'pwd',
    'token',
    'secret',
    'api_key',
    'apikey',
    '/_',
    '.json',
    ...dialectNeedles,
  ],
  chars: 0,
  mayMatch: ({ place }) => place.part !== 'name',
  detect(input, hit) {
    const { lower, place } = input;
    if (place.part === 'name') return;
    if (place.zone === 'path') {
      if (lower.length < 300 && administration.test(lower)) hit('nosqli.administration', 0, Math.min(lower.length, 40));
      if ((input.chars & (charClass.space | charClass.doubleQuote | charClass.singleQuote)) === 0) return;
    }
    if (lower.length > 4096) return;
    judgeForms(lower, place.zone === 'path' ? queryForms : everyForm, hit);
    if (isConsoleField(place.name.toLowerCase()) || ['path', 'text', 'file'].includes(place.zone)) return;
    const whole = statements.find(({ needle, form }) => input.text.includes(needle) && form.test(input.text));
    if (whole !== undefined) hit('nosqli.query', 0, Math.min(60, lower.length));
  },
};

const everyForm = [...queryForms, ...dialectForms];

function judgeForms(
  lower: string,
  forms: readonly QueryForm[],
  hit: (rule: (typeof rules)[number]['id'], start: number, end: number) => void,
): void {
  const told = new Set<string>();
  // Behind the last brace somebody goes on in words: no parser takes it.
  const brace = lower.lastIndexOf('}');
  const isSaid =
    brace >= 0 && /^\}[.,]? [a-z']{2,24} [a-z\d']{1,24}(?: |[.?!]?$)/u.test(lower.slice(brace, brace + 80));
  for (const { needle, form, back, rule = 'nosqli.query' } of forms) {
    if (told.has(rule) || (isSaid && needle.startsWith('"'))) continue;
    let at = lower.indexOf(needle);
    for (let count = 0; at >= 0 && count < 16; count += 1) {
      const from = Math.max(0, at - back);
      // What has to stand at the beginning of the value is looked for there only.
      if (form.source.startsWith('^') && from > 0) break;
      const found = form.exec(lower.slice(from, at + 400));
      if (found !== null) {
        hit(rule, from + found.index, Math.min(lower.length, from + found.index + found[0].length));
        told.add(rule);
        break;
      }
      at = lower.indexOf(needle, at + needle.length);
    }
  }
}
