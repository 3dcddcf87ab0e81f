/** Query languages of stores that are asked in neither SQL nor JSON: SPARQL, InfluxQL, Flux, PromQL, LogQL, KQL, SPL, Cypher, RediSearch, PartiQL. */

import type { QueryForm } from './nosql-forms.ts';

/** Fields that pages of monitors and consoles send such queries in, as their own work. */
const ofConsole =
  /^var-|(?:^|[.[\]])(?:q|query|quer(?:y|ies)\[?\]?|expr|expression|raw_?query|flux|match(?:\[\])?|sparql|gremlin|cypher|aql|statements?|command|promql|logql|kql|spl|search_?query|influxql)\]?$/;

/** True where a whole statement is what the field is for. */
export const isConsoleField = (name: string): boolean => ofConsole.test(name);

const variable = String.raw`\?[a-z_]\w{0,24}`;
const iri = String.raw`(?:<[^<>\s]{1,120}>|[a-z][\w-]{0,16}:[\w-]{1,40})`;
const triple = String.raw`(?:${variable}|${iri})\s{1,4}(?:${variable}|${iri}|a)\s{1,4}(?:${variable}|${iri}|["'][^"'\n]{0,60}["'])`;
const matcher = String.raw`[a-z_]\w{0,40}\s{0,2}(?:=~|!~|!=|=)\s{0,2}["']`;
const secret = String.raw`(?:pass(?:word|wd)?|pwd|secrets?|\w{0,12}token|api_?key|hash|salt|ssn|role|is_?admin|mfa\w{0,8}|otp\w{0,8})`;

/** Forms that break out of where the value stood, or whose words belong to one product alone. */
export const dialectForms: readonly QueryForm[] = [
  // SPARQL 1.1 Query and Update.
  {
    needle: '} union',
    form: new RegExp(String.raw`^[^{]{0,60}\}\s{0,4}union\s{0,4}\{\s{0,4}${triple}`, 'u'),
    back: 80,
  },
  {
    needle: ' ?',
    form: new RegExp(String.raw`^[^{]{0,40}["'>}\d]\s{0,4}[}.;]\s{0,4}${triple}\s{0,4}[.;}#]`, 'u'),
    back: 120,
  },
  { needle: 'insert data', form: /\binsert\s+data\s{0,4}\{\s{0,4}(?:graph\s|<|_:|[a-z][\w-]{0,16}:|")/u, back: 0 },
  {
    needle: 'delete where',
    form: new RegExp(String.raw`\bdelete\s{1,4}where\s{0,4}\{\s{0,4}(?:graph\s|${triple})`, 'u'),
    back: 0,
  },
  {
    needle: 'clear ',
    form: /\bclear\s{1,3}(?:silent\s{1,3})?(?:graph\s{1,3}<|(?:default|named)\s{0,3}[;#}]|all\s{0,3}[;#}])/u,
    back: 0,
  },
  {
    needle: 'graph <',
    form: /\b(?:drop|copy|move|add|create)\s{1,3}(?:silent\s{1,3})?graph\s{1,3}<[^<>\s]{1,120}>/u,
    back: 16,
  },
  { needle: 'load <', form: /(?:^|[;}])\s{0,4}load\s{1,3}(?:silent\s{1,3})?<[a-z]{3,8}:[^<>\s]{1,120}>/u, back: 4 },
  { needle: 'service <', form: /\bservice\s{1,3}(?:silent\s{1,3})?<[a-z]{3,8}:[^<>\s]{1,120}>\s{0,4}\{/u, back: 0 },
  // PromQL, LogQL.
  {
    needle: '} ',
    form: /^[^{}]{0,60}["'`]\s{0,3}\}\s{0,3}(?:(?:or|and|unless)\s{1,3}(?:on\s{0,2}\(|vector\(|label_|[a-z_:][\w:]{0,40}\s{0,2}[{(]|\{\s{0,2}[a-z_])|\|\s{0,2}(?:line_format|label_format|json|logfmt|unwrap|decolorize|regexp|pattern)\b|\|[=~]\s{0,3}["'`]|>\s{0,2}\d)/u,
    back: 80,
  },
  {
    needle: '__name__',
    form: /\{\s{0,3}__name__\s{0,2}(?:=~\s{0,2}["'`]\.[*+]|!=\s{0,2}["'`]["'`]|!~\s{0,2}["'`])/u,
    back: 4,
  },
  {
    needle: 'vector(',
    form: new RegExp(String.raw`\{\s{0,2}${matcher}\.?[*+]?["']\s{0,2}\}\s{1,3}or\s{1,3}vector\(`, 'u'),
    back: 60,
  },
  // Flux, InfluxQL.
  {
    needle: 'influxdata/',
    form: /\bimport\s{1,3}["']influxdata\/influxdb\/(?:secrets|v1|schema|monitor|tasks|sample)["']/u,
    back: 16,
  },
  { needle: 'secrets.get(', form: /\bsecrets\.get\(\s{0,3}key\s{0,3}:/u, back: 0 },
  { needle: '.post(url', form: /\b(?:http|requests)\.post\(\s{0,3}url\s{0,3}:\s{0,3}["']/u, back: 12 },
  { needle: 'sql.from(', form: /\bsql\.(?:from|to)\(\s{0,3}drivername\s{0,3}:/u, back: 0 },
  {
    needle: '|>',
    form: /^[^|(]{0,80}["'\d]\s{0,3}\)\s{0,3}(?:or\s[^|]{1,40}\))?\s{0,3}\|>\s{0,3}[a-z]\w{1,20}\(/u,
    back: 100,
  },
  {
    needle: 'drop series',
    form: /(?:^|[;'"])\s{0,4}drop\s{1,3}series\s{1,3}(?:from\s{1,3}(?:["/]|\w{1,40}\s{0,3}(?:$|;|where\s))|where\s{1,3}["\w]{1,40}\s{0,3}(?:=|!~))/u,
    back: 6,
  },
  {
    needle: 'drop measurement',
    form: /(?:^|[;'"])\s{0,4}drop\s{1,3}measurement\s{1,3}["\w][\w"-]{0,60}\s{0,3}(?:$|;|--)/u,
    back: 6,
  },
  // KQL, SPL, and the pipelines of log stores.
  { needle: '| union', form: /\|\s{0,3}union\s{1,3}(?:withsource\s{0,2}=|isfuzzy\s{0,2}=|kind\s{0,2}=|\*)/u, back: 0 },
  { needle: 'externaldata', form: /\bexternaldata\s{0,2}\([^()]{1,120}\)\s{0,2}\[\s{0,2}@?["']/u, back: 0 },
  {
    needle: '| evaluate',
    form: /\|\s{0,3}evaluate\s{1,3}(?:http_request\w{0,8}|python|r|sql_request|mysql_request|cosmosdb_sql_request)\s{0,2}\(/u,
    back: 0,
  },
  {
    needle: '| ',
    form: /^[^|\n]{0,120}\|\s{1,3}(?:inputlookup\s{1,3}[\w.]{1,60}|outputlookup\s{1,3}[\w.]{1,60}|outputcsv\s{1,3}\w|rest\s{1,3}\/services|script\s{1,3}(?:python|perl|bash|\w{1,24}\.(?:py|sh|pl))\b|runshellscript\s|sendemail\s{1,3}to\s{0,2}=|map\s{1,3}(?:maxsearches\s{0,2}=\s{0,2}\d{1,6}\s{1,3})?search\s{0,2}=|dbxquery\s|collect\s{1,3}index\s{0,2}=|loadjob\s{1,3}\S|delete\s{0,3}$|metadata\s{1,3}type\s{0,2}=|project\s{1,3}\*)/u,
    back: 140,
  },
  {
    needle: 'index=_',
    form: /\bindex\s{0,2}=\s{0,2}_(?:audit|internal|introspection|thefishbucket|telemetry|configtracker)\b/u,
    back: 0,
  },
  // Cypher's conditions and administration (Neo4j 5 manual), CQL's roles, SurrealQL's definitions.
  {
    needle: 's with ',
    form: /(?:^|['"`)\]}]\s{0,4}(?:or|and|xor|not)\s{1,3}|\bwhere\s{1,3})(?:not\s{1,3})?[a-z]\w{0,12}\.\w{1,30}\s{1,3}(?:starts|ends)\s{1,3}with\s{1,3}['"$]/u,
    back: 60,
  },
  {
    needle: ' yield',
    form: /(?:^|['"`;)]\s{0,4})show\s{1,3}(?:current\s{1,3}user|users|roles|databases?|privileges|procedures|functions|indexes|constraints|transactions|servers|settings|aliases)\s{1,3}yield\s/u,
    back: 60,
  },
  {
    needle: 'show ',
    form: /['"`]\s{0,4}[)}\]]{0,3}\s{0,4}show\s{1,3}(?:users|roles|databases?|privileges|procedures|functions|indexes|constraints|transactions|settings|tag|field|series|measurements|grants)\b[^\n]{0,40}(?:\/\/|--|#|$)/u,
    back: 12,
  },
  { needle: 'call {', form: /\bcall\s{0,3}\{\s{0,3}(?:with\s[^{}]{1,60}\s)?match\s{0,3}\(/u, back: 0 },
  {
    needle: 'password ',
    form: /(?:^|;)\s{0,4}(?:create|alter)\s{1,3}(?:or\s{1,3}replace\s{1,3})?(?:current\s{1,3})?(?:user|role)\s{1,3}(?:if\s{1,3}not\s{1,3}exists\s{1,3})?["'`\w][\w"'`@.-]{0,40}\s{1,3}(?:if\s{1,3}not\s{1,3}exists\s{1,3})?(?:set\s{1,3}(?:plaintext\s{1,3}|encrypted\s{1,3})?|with\s{1,3}|on\s{1,3}(?:root|namespace|database)\s{1,3})password\s{0,3}=?\s{0,3}["'$]/u,
    back: 100,
  },
  {
    needle: 'superuser',
    form: /\b(?:create|alter)\s{1,3}role\s{1,3}(?:if\s{1,3}not\s{1,3}exists\s{1,3})?["'\w]{1,40}\s{1,3}with\s[^;\n]{0,80}\bsuperuser\s{0,3}=\s{0,3}true/u,
    back: 120,
  },
  {
    needle: ' permissions on ',
    form: /\bgrant\s{1,3}(?:all|[a-z]{3,12})\s{1,3}permissions\s{1,3}on\s[^;\n]{1,60}\sto\s{1,3}["'\w]/u,
    back: 24,
  },
  {
    needle: ' batch ',
    form: /(?:^|;|['"])\s{0,4}begin\s{1,3}(?:unlogged\s{1,3}|counter\s{1,3})?batch\s{1,3}(?:using\s|insert\s|update\s|delete\s)/u,
    back: 24,
  },
  {
    needle: 'define ',
    form: /(?:^|;)\s{0,4}define\s{1,3}(?:user|token|access|scope|table|function|event|param|analyzer)\s{1,3}\S{1,40}\s{1,3}(?:on\s{1,3}(?:root|namespace|database|table|ns|db)\b|permissions\s|schemaless|schemafull)/u,
    back: 6,
  },
  {
    needle: 'info for ',
    form: /(?:^|;)\s{0,4}info\s{1,3}for\s{1,3}(?:db|root|kv|ns|namespace|database|scope\s{1,3}\w{1,24}|table\s{1,3}\w{1,24}|user\s{1,3}\w{1,24})\s{0,3}(?:;|$)/u,
    back: 6,
  },
  // AQL's modifications.
  {
    needle: '} into ',
    form: /(?:^|['"`)}]\s{0,4})(?:insert|upsert)\s{0,3}\{[^{}]{0,120}\}\s{1,3}into\s{1,3}\w/u,
    back: 140,
  },
  {
    needle: ' in ',
    form: /(?:^|;|['"`]\s{1,4})(?:remove|replace|update)\s{1,3}(?:['"`][^'"`]{1,40}['"`]|\{[^{}]{0,80}\})\s{1,3}(?:with\s{1,3}\{[^{}]{0,120}\}\s{1,3})?in\s{1,3}\w{1,40}\s{0,3}(?:$|;|\/\/|return\s|options\s)/u,
    back: 160,
  },
  // RediSearch, RedisJSON and their sister modules, whose verbs nothing else has.
  {
    needle: ':{',
    form: new RegExp(
      String.raw`(?:^|[\s)(|-])@(?:${secret}:\{|\w{1,24}:\{\s{0,2}(?:\*|[^{}]{0,24}\*\s{0,2})\}|\w{1,24}:\{[^{}]{1,60}\}\s{0,3}[)|])`,
      'u',
    ),
    back: 30,
  },
  {
    needle: ':[',
    form: /(?:^|[\s)(|-])@\w{1,24}:\[\s{0,2}(?:-inf|\(?-?\d{1,12})\s{1,3}(?:\+?inf|\(?\d{1,12})\s{0,2}\]/u,
    back: 30,
  },
  { needle: '=>[', form: /^[^[\]]{0,60}=>\s{0,2}\[\s{0,2}knn\s{1,3}\S/u, back: 80 },
  {
    needle: 'ft.',
    form: /(?:^|[\r\n;"']\s{0,4})ft\.(?:search|aggregate|dropindex|create|alter|info|config|_list|explain|profile|tagvals|alias\w{3,6}|sug\w{3,4})\s{1,3}\S/u,
    back: 6,
  },
  {
    needle: 'json.',
    form: /(?:^|[\r\n;"']\s{0,4})json\.(?:get|set|del|mget|forget|arrappend|clear|merge|numincrby|objkeys|toggle)\s{1,3}[\w:*{}.-]{1,80}\s{1,3}[$.]/u,
    back: 6,
  },
  { needle: 'graph.', form: /(?:^|[\r\n;"']\s{0,4})graph\.(?:query|delete|ro_query|explain)\s{1,3}\S/u, back: 6 },
  // PartiQL and the conditions of DynamoDB.
  {
    needle: 'begins_with(',
    form: /^\s{0,3}begins_with\(\s{0,3}["#]?[a-z_][\w."]{0,40}\s{0,3},\s{0,3}(?:['"?:]|\w{1,12}\s{0,2}\))/u,
    back: 4,
  },
  {
    needle: 'attributevaluelist',
    form: /"comparisonoperator"\s{0,3}:\s{0,3}"(?:ne|gt|ge|lt|le|not_null|null|contains|not_contains|begins_with|in|between)"\s{0,3},\s{0,3}"attributevaluelist"|"attributevaluelist"\s{0,3}:\s{0,3}\[[^\]]{0,120}\]\s{0,3},\s{0,3}"comparisonoperator"/u,
    back: 120,
  },
  {
    needle: 'comparisonoperator',
    form: /"comparisonoperator"\s{0,3}:\s{0,3}"(?:not_null|not_contains|begins_with)"/u,
    back: 2,
  },
  {
    needle: 'expression',
    form: /"(?:filter|keycondition|condition|projection|update)expression"\s{0,3}:\s{0,3}"[^"]{0,160}(?:attribute_(?:not_)?exists|attribute_type|begins_with|contains|size)\(/u,
    back: 24,
  },
  // Rules and values that Firebase keeps for itself.
  {
    needle: '".',
    form: /^\s{0,4}\{\s{0,3}(?:"rules"\s{0,3}:\s{0,3}\{\s{0,3})?"\.(?:write|read|sv|validate|indexon|priority)"\s{0,3}:/u,
    back: 30,
  },
  { needle: 'orderby', form: /\borderby=(?:%22|")?\$(?:key|value|priority)\b/u, back: 0 },
  // Apache Solr: any parser of its own, and what it fetches (Reference Guide, local parameters).
  {
    needle: '{!',
    form: new RegExp(
      String.raw`^[^{}\n]{0,60}\{!\s{0,2}(?:(?:xmlparser|cql|surround)\b|(?:[a-z]\w{1,24}\s{1,3})?(?:[\w.]{1,24}=[^{}]{0,60}\s{1,3})?(?:df|f|qf|v)=['"]?${secret}\b)`,
      'u',
    ),
    back: 80,
  },
  {
    needle: 'or ',
    form: new RegExp(String.raw`^\s{0,3}[\w*]{0,24}\*\)?\s{1,3}or\s{1,3}\(?(?:_exists_|${secret}\w{0,8}):`, 'u'),
    back: 60,
  },
  {
    needle: '*:*&',
    form: /\*:\*&(?:shards|stream\.(?:url|file|body)|qt|wt|fl|fq|rows|start|facet|debug\w{0,8}|v\.template\w{0,8})=/u,
    back: 0,
  },
  // The REST paths of search servers and CouchDB where a word belongs.
  {
    needle: '_',
    form: /^(?:\.{0,2}\/){0,6}(?:[\w*,.-]{1,40}\/)?_(?:cat\/[a-z]|cluster\/[a-z]|all\/_|snapshot\/\S|nodes\/[a-z_]|search\?|msearch$|bulk$|mget$|delete_by_query|update_by_query|security\/[a-z]|ingest\/[a-z]|scripts\/\S|replicate$|users\/org\.couchdb|changes\?|design\/[\w.-]{1,60}\/_|node\/[\w@.-]{1,40}\/_|dbs_info|all_dbs$|active_tasks$|membership$|utils\/?$)/u,
    back: 90,
  },
  { needle: 'org.couchdb.user', form: /\borg\.couchdb\.user:[\w%.-]{1,60}/u, back: 0 },
  { needle: '"_admin"', form: /"roles"\s{0,3}:\s{0,3}\[[^\]]{0,80}"_admin"/u, back: 100 },
  // JavaScript for a document database that stands in other quotes, or asks the document by its members.
  {
    needle: 'this[',
    form: /(?:^|['"`|&!(]\s{0,4})!?this\[\s{0,2}['"]\w{1,30}['"]\s{0,2}\]\s{0,2}(?:\[|\.(?:match|length|charat|substr)|[=!<>]=?)/u,
    back: 6,
  },
  {
    needle: 'obj.',
    form: /(?:^|['"`|&!(]\s{0,4})!?obj\.(?:pass\w{0,12}|pwd|secret|token|email|user\w{0,8})\s{0,2}(?:\[\d|\.(?:match|length|charat|substr)|[=!<>]=)/u,
    back: 6,
  },
  { needle: '`', form: /^[^`]{0,40}`\s{0,3}[)}]{0,3};\s{0,3}(?:sleep\s?\(|return\s|while\s?\(|db\.|var\s)/u, back: 50 },
  { needle: 'this', form: /['"`]\s{0,4}(?:[-+*/]\s{0,3}this\.\w|in\s{1,3}this\b)/u, back: 12 },
  {
    needle: '=>',
    form: /^\s{0,4}\(\s{0,2}\)\s{0,3}=>\s{0,3}(?:true|!0|1|\{\s{0,3}return\s{1,3}(?:true|!0|1))\s{0,3};?\s{0,3}\}?\s{0,3}$/u,
    back: 8,
  },
  // Gremlin's own steps behind a literal that ends.
  {
    needle: '(has(',
    form: /['"]\s{0,3}\)\s{0,3}\.\s{0,3}(?:or|and|not|where|union|coalesce|choose|filter|repeat)\(\s{0,3}(?:__\.)?has\(/u,
    back: 20,
  },
];

/** Whole statements: somebody's work where a console sends them, an attack where a word belongs. Upper and lower case matter for the first. */
export const statements: readonly { readonly needle: string; readonly form: RegExp }[] = [
  {
    needle: 'SHOW ',
    form: /^\s{0,4}SHOW (?:MEASUREMENTS|SERIES|TAG KEYS|TAG VALUES|FIELD KEYS|RETENTION POLICIES|SUBSCRIPTIONS|SHARDS|DIAGNOSTICS|CONTINUOUS QUERIES|USERS|GRANTS|DATABASES|ROLES|PRIVILEGES|PROCEDURES|FUNCTIONS)(?:$|;|\s+(?:ON|FROM|WITH|FOR|WHERE|YIELD|LIMIT)\b)/u,
  },
  {
    needle: '{',
    form: new RegExp(
      String.raw`^\s{0,3}\{\s{0,3}${matcher}[^"'{}]{0,60}["'](?:\s{0,2},\s{0,2}${matcher}[^"'{}]{0,60}["']){0,8}\s{0,3}\}\s{0,3}(?:\|[=~]\s{0,3}["'\x60]|\|\s{0,3}(?:json|logfmt|line_format)\b)`,
      'u',
    ),
  },
  {
    needle: '?',
    form: new RegExp(
      String.raw`^\s{0,4}(?:select|ask|construct|describe)\s[^{}]{0,200}\{\s{0,4}(?:graph\s[^{}]{1,60}\{\s{0,4})?${triple}`,
      'iu',
    ),
  },
  { needle: 'DROP', form: /^\s{0,4}DROP (?:ALL|DEFAULT|NAMED)\s{0,3};?$/u },
];
