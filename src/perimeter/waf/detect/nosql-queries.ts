/** Queries of the less known stores inside a value: CQL, AQL, ReQL, DynamoDB, Elasticsearch, Redis scripts, and filters on secrets. */

import { charClass, type Detector, type Rule } from '../waf.ts';

const rules = [
  { id: 'nosqli.query', title: 'a value that goes on as a query of a document store', points: 5, paranoia: 1 },
  { id: 'nosqli.object_breakout', title: 'a value that ends its quotes and adds members', points: 5, paranoia: 1 },
  { id: 'nosqli.secret_filter', title: 'a search through passwords or reset tokens', points: 5, paranoia: 1 },
  { id: 'nosqli.administration', title: 'an administrative path of a document store', points: 5, paranoia: 1 },
] as const satisfies readonly Rule[];

/** One form of a query: asked only where its literal stands, from `back` characters before it. */
interface Form {
  readonly needle: string;
  readonly form: RegExp;
  readonly back: number;
  /** Sure wherever it stands; others need a text that is no document. */
  readonly rule?: (typeof rules)[number]['id'];
}

const breaks = String.raw`['"\x60)}\]][)}\]\s]{0,8}`;
const forms: readonly Form[] = [
  { needle: 'allow filtering', form: /['"\d)]\s{1,4}allow filtering\s{0,4}(?:;|--|\/[/*]|$)/u, back: 8 },
  { needle: 'keyspace', form: /(?:;|^)\s{0,4}(?:drop|create|alter|use)\s{1,3}keyspace\s{1,3}\S/u, back: 16 },
  { needle: 'redis.', form: /redis\.(?:p?call|sha1hex|setresp|log)\s{0,3}\(/u, back: 0 },
  { needle: 'union', form: /\bunion\s{1,4}(?:all\s{1,4})?match\s{0,4}\(\s{0,3}\w{0,20}\s{0,3}[:){]/u, back: 2 },
  { needle: 'detach', form: /\bmatch\s{0,4}\([^)]{0,80}\)[^;]{0,80}\bdetach\s{1,4}delete\b/u, back: 180 },
  {
    needle: 'for ',
    form: /(?:^[\w.-]{0,24}\s{1,4}|['"`)}]\s{0,4}(?:\|\| true|&& true|return \(?)?\s{0,4})for\s{1,3}\w{1,24}\s{1,3}in\s{1,3}[\w.`]{1,48}\s{1,3}(?:return|remove|update|filter|replace|insert|upsert)\s/u,
    back: 40,
  },
  {
    needle: 'return ',
    form: new RegExp(
      String.raw`${breaks}(?:(?:\|\||&&|or|and)\s{0,4}[\w =<>!"']{1,24})?return\s{1,3}(?:\(\s{0,3}for\s|document\s{0,2}\(|doc\b|current_user|\w{1,12}\.(?:pass|token|secret))`,
      'u',
    ),
    back: 48,
  },
  { needle: 'document(', form: /\breturn\s{1,3}document\(\s{0,3}\\?["'`]/u, back: 12 },
  {
    needle: 'r.',
    form: /(?:^|[;'"(])\s{0,4}r\.(?:js\(\s{0,3}['"(]|db\(\s{0,3}['"][^'"]{1,40}['"]\s{0,3}\)\.(?:table|config|info)|http\(\s{0,3}['"]|table\(\s{0,3}['"][^'"]{1,40}['"]\s{0,3}\)\.(?:delete|update|filter|insert|config))/u,
    back: 6,
  },
  { needle: 'meta()', form: /\bmeta\(\)\.(?:id|cas)\b/u, back: 2 },
  {
    needle: 'system:',
    form: /\bfrom\s{1,3}`?system:(?:keyspaces|datastores|user_info|my_user_info|indexes|prepareds|active_requests|completed_requests|namespaces|nodes|applicable_roles)/u,
    back: 8,
  },
  {
    needle: 'show ',
    form: /(?:;|\d)\s{0,4}show\s{1,3}(?:databases|measurements|field keys|tag keys|tag values|series|users|retention policies|queries)\b/u,
    back: 6,
  },
  {
    needle: 'drop ',
    form: /;\s{0,4}drop\s{1,3}(?:measurement|series|database|retention policy|bucket|collection|keyspace|class|vertex)\s{1,3}\S/u,
    back: 6,
  },
  {
    needle: 'painless',
    form: /"(?:source|inline)"\s{0,3}:\s{0,3}"[^"]{0,80}(?:while\s{0,2}\(|for\s{0,2}\(;;|system\.|getclass|\.exec)/u,
    back: 240,
  },
  {
    needle: ':*',
    form: /(?:^|[\s(])\*:\*(?:\s{1,3}(?:or|and|not|&&|\|\|)\s|["')\s]{1,4}or\b)|\bor\s{1,3}(?:pass\w{0,8}|secret|token|_id|\*):\*/u,
    back: 24,
  },
  {
    needle: 'apoc.',
    form: /\bapoc\.(?:load|export|cypher|util|systemdb|trigger|do|when|case|log|import|periodic|nodes|create|custom)\./u,
    back: 0,
  },
  { needle: 'dbms.', form: /\bcall\s{1,3}dbms\.\w/u, back: 12 },
  {
    needle: '"match_all"',
    form: /^[^{}[\]]{0,80}["']\s{0,3}\}.{0,60}"match_all"/u,
    back: 120,
    rule: 'nosqli.object_breakout',
  },
  {
    needle: 'comparisonoperator',
    form: /^\{?[^{}[\]]{0,80}["']\s{0,3}\}\s{0,3}\]\s{0,3},|\{\s{0,3}"s"\s{0,3}:\s{0,3}"\*"/u,
    back: 400,
    rule: 'nosqli.object_breakout',
  },
  {
    needle: 'comparisonoperator',
    form: /"comparisonoperator"\s{0,3}:\s{0,3}"(?:gt|ge|lt|le|ne|not_null|begins_with|contains)".{0,80}(?:"\s\*?"|"s"\s{0,3}:\s{0,3}"[ *]?")/u,
    back: 0,
    rule: 'nosqli.object_breakout',
  },
  { needle: 'objectid(', form: /['"]\s{0,4}(?:\|\||&&)\s{0,4}objectid\(/u, back: 12 },
  {
    needle: '"}',
    form: /^[^{}[\]"]{0,60}"\}{1,4}\]{0,2}\}{0,4}\s{0,3},\s{0,3}\{?\s{0,3}"[$\w]{1,24}"\s{0,3}:/u,
    back: 80,
    rule: 'nosqli.object_breakout',
  },
  {
    needle: '"',
    form: /^[^{}[\]"\s]{0,40}"\s{0,3},\s{0,3}"(?:\$\w{2,16}|role|isadmin|is_admin|admin|password)"\s{0,3}:\s{0,3}(?:"[^"]{0,40}"?|true|1|\{"?)\s{0,3}$/u,
    back: 90,
    rule: 'nosqli.object_breakout',
  },
  {
    needle: 'system.',
    form: /\bdb\.(?:system|getsiblingdb|getmongo)\b|\bsystem\.(?:users|namespaces|js)\.(?:find|insert|remove)/u,
    back: 4,
  },
  {
    needle: 'set ',
    form: /^[^\n]{0,200}\n\s{0,2}set \S{1,80} \d{1,10} \d{1,10} \d{1,8}(?: noreply)?\r?\n/u,
    back: 400,
  },
  {
    needle: 'date.now()',
    form: /;\s{0,4}(?:var|let|const)?\s{0,4}\w{1,12}\s{0,2}=\s{0,2}date\.now\(\)\s{0,2};\s{0,4}while\s{0,2}\(/u,
    back: 24,
  },
  { needle: 'object.keys(this', form: /object\.keys\(this\)/u, back: 0 },
  { needle: 'json.stringify(this', form: /json\.stringify\(this\)/u, back: 0 },
  { needle: 'script flush', form: /(?:^|\n)\s{0,2}script flush\b/u, back: 4 },
  {
    needle: 'attribute_exists(',
    form: /attribute_exists\(\s{0,2}(?:pass|pwd|secret|token)|\bor\s{1,3}(?::\w{1,12}\s{0,2}=\s{0,2}:|attribute_)/u,
    back: 60,
  },
  {
    needle: '|>',
    form: /['"]\s{0,4}\)?\s{0,4}\|>\s{0,4}(?:drop|yield|filter|map|to|from|union|keep|range|limit)\s{0,2}\(/u,
    back: 12,
  },
  { needle: 'filter ', form: /['"]\s{0,4}\}?\s{0,4}filter\s{1,3}(?:1\s{0,2}==\s{0,2}1|true)\b/u, back: 12 },
  { needle: 'let ', form: /['"]\s{0,4}\}?\s{0,4}let\s{1,3}\w{1,12}\s{0,2}=\s{0,2}\(\s{0,2}for\s/u, back: 12 },
  {
    needle: '.run(',
    form: /['"]\s{0,3}\}?\s{0,3}\)\.(?:delete|update|insert|replace|filter|get)\([^)]{0,60}\)(?:\.\w{1,16}\([^)]{0,40}\)){0,4}\.run\(/u,
    back: 80,
  },
  { needle: 'select raw', form: /\bunion\s{1,3}(?:all\s{1,3})?select\s{1,3}raw\b/u, back: 16 },
  { needle: '(;;)', form: /ctx\._source.{0,80}for\s{0,2}\(;;\)/u, back: 100 },
  { needle: 'thread.sleep(', form: /^thread\.sleep\(\s{0,2}\d/u, back: 0 },
  { needle: '$or', form: /^\s{0,4}\{\s{0,3}'\$(?:or|and|nor)'\s{0,3}:\s{0,3}\[/u, back: 12 },
  { needle: 'tojson', form: /(?:return\s{1,3}|['"(;|&]\s{0,4})tojson(?:onecall)?\s{0,2}\(/u, back: 12 },
];

const secretName = String.raw`(?:pass(?:word|wd|phrase)?(?:_?hash)?|password_?(?:digest|salt|reset_?token)|pwd|(?:reset|confirmation|remember|recovery|api|refresh|access|session)_?(?:password_?)?(?:token|key|secret)|secret|totp_?secret|two_?factor_?secret)`;
const searchVerb = String.raw`(?:i?starts_?with|istartswith|i?ends_?with|i?contains|not_?contains|containsi|startswithi|i?regex|i?regexp|not_?i?like|i?like|gte?|lte?|ne|not|notin|not_in|nin|isnull|is_not_null|notnull|null|range|between|exists|op\.\w{2,12})`;
const secretFilter = new RegExp(
  String.raw`(?:^|[.[_\]])${secretName}\]?(?:(?:\.|\[\]?\.?)\[?\$?|__)${searchVerb}\]?(?:$|[.[])`,
  'u',
);

const administration =
  /^\/?(?:[\w.-]{1,40}\/)?_(?:all_dbs|dbs_info|all_docs|active_tasks|membership|replicate|replicator|users|utils|node\/_|config\/|cluster_setup|cluster\/(?:settings|state|nodes)|cat\/(?:indices|nodes|shards|master)|nodes(?:\/|$)|shutdown|snapshot\/|security\/user|delete_by_query|reindex$|find$)|^\/?[\w.-]{1,40}\/_design\/[\w.-]{1,60}\/_|^\/?_search$|^\/?\.json$|^\/db\/data\/|^\/_api\/(?:cursor|database|foxx|aqlfunction)|^\/_db\/_system\//u;

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
  ],
  chars: 0,
  zones: ['query', 'form', 'json', 'multipart', 'graphql'],
  mayMatch: ({ place }) => place.part === 'name',
  detect({ lower, place }, hit) {
    if (place.part !== 'name' || lower.length > 512) return;
    const path = lower.length < 16 || place.zone === 'json' ? place.name.toLowerCase() : lower;
    if (secretFilter.test(path.slice(-200)) || secretFilter.test(lower.slice(0, 200)))
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
    'filter ',
    'let ',
    '.run(',
    'select raw',
    '(;;)',
    'thread.sleep(',
    "'$or",
    "'$and",
    'system.',
    'db.get',
    'pass',
    'pwd',
    'token',
    'secret',
    'api_key',
    'apikey',
    '/_',
    '.json',
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
    judgeForms(lower, hit);
  },
};

function judgeForms(
  lower: string,
  hit: (rule: (typeof rules)[number]['id'], start: number, end: number) => void,
): void {
  const told = new Set<string>();
  for (const { needle, form, back, rule = 'nosqli.query' } of forms) {
    if (told.has(rule)) continue;
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
