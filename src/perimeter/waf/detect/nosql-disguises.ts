/** Operators written so that a filter of names does not see them, and databases that are spoken to over HTTP, by script or in batches. */

import type { DetectorInput } from '../waf.ts';

const compare = String.raw`(?:ne|gte?|lte?|n?in|regex|exists|where|not|type|size|mod|elemmatch|eq|expr)`;
/** A dollar sign as an escape, alone or with the letters behind it (RFC 8259 section 7): no serialiser writes it so. */
const escaped = /["'](?:\\u0024|\\x24|\$\\u00[67]|\$\w{0,8}\\u00[67])[\\\w]{1,40}["']\s{0,3}:/u;
/** The operator behind a field's name, as drivers and mappers split it. */
const dotted = new RegExp(String.raw`["'][\w.-]{1,40}\.\$${compare}["']\s{0,3}:`, 'u');
/** A document in JavaScript's or Python's quotes, which only a parser of theirs takes. */
const quoted = new RegExp(
  String.raw`^\s{0,4}\{\s{0,3}(?:'[\w.-]{1,40}'|[a-z_]\w{0,24})\s{0,3}:\s{0,3}\{\s{0,3}'?\$${compare}'?\s{0,3}:.{0,200}\}\s{0,3}\}\s{0,4}$`,
  'su',
);
/** One field and what is true of nearly every value of it. */
const loose = new RegExp(
  String.raw`^\s{0,4}\{\s{0,3}"[\w.-]{1,40}"\s{0,3}:\s{0,3}\{\s{0,3}"\$(?:exists|ne|nin|regex|not|type|where)"\s{0,3}:.{0,120}\}\s{0,3}\}\s{0,4}$`,
  'su',
);
/** Webdis and its kind take a command as the path, in capitals as the protocol's books write it. */
const overHttp =
  /^\/?(?:[0-9]{1,2}\/)?(?:CONFIG\/(?:GET|SET|REWRITE|RESETSTAT)(?![A-Z-])|FLUSH(?:ALL|DB)\b|(?:SLAVEOF|REPLICAOF|EVAL|EVALSHA|EVAL_RO|FCALL|MIGRATE|RESTORE|SYNC|PSYNC)\/|KEYS\/[^/]{0,40}(?:\*|%2[aA])|MODULE\/(?:LOAD|LOADEX|LIST)(?![A-Z-])|DEBUG\/(?:SLEEP|SEGFAULT|OBJECT|RELOAD)(?![A-Z-])|SCRIPT\/(?:LOAD|FLUSH|KILL)(?![A-Z-])|CLIENT\/(?:LIST|KILL|PAUSE)(?![A-Z-])|ACL\/(?:LIST|SETUSER|USERS)(?![A-Z-])|FUNCTION\/LOAD|CLUSTER\/(?:RESET|MEET)|BGSAVE$|SHUTDOWN(?:\/|$))/;
/** A batch of Cassandra (CQL, section on BATCH) behind a statement that ends. */
const batch =
  /[;)'"]\s{0,4}(?:begin\s{1,4}(?:unlogged\s{1,4}|counter\s{1,4})?)?batch\s{1,4}(?:using\s\S{1,24}\s\S{1,24}\s)?(?:delete|update|insert)\s|;\s{0,4}apply\s{1,4}batch\s{0,4}(?:;|$|--)/u;
/** SPARQL 1.1 Update sections 3.1 and 3.2 behind a group that the value closes; or a triple with a variable, and a comment for the rest. */
const graphs =
  /[}>"']\s{0,4};?\s{0,4}\}?\s{0,4};\s{0,4}(?:drop|clear|load|create|copy|move|add)\s{1,4}(?:silent\s{1,4})?(?:(?:all|default|named|graph|into)\b|<)[^\n]{0,80}$|[>"')]\s{0,4}\.?\s{0,4}\?\w{1,12}\s{1,4}(?:<[^<>\s]{1,100}>|\w{1,12}:\w{1,24}|a|\?\w{1,12})\s{1,4}[?"<\w][^{}\n]{0,60}\}\s{0,4}(?:;[^\n]{0,60})?#[^\n]{0,20}$/u;
/** The condition of `$where` ends in what is always true, and the rest is a comment. */
const alternative =
  /^\s{0,4}[\w.'"-]{0,24}\s{0,4}(?:\|\||&&)\s{0,4}!{0,2}(?:true|[01]|this(?:\.\w{1,40})?(?:\s{0,3}[=!<>]=?=?\s{0,3}[\w'"]{0,24})?|obj\.\w{1,24})\s{0,3};?\s{0,3}(?:\/\/|\/\*|<!--)\s{0,4}$/u;
/** Members of a request to Elasticsearch whose value is a script (Painless). */
const scripted = /(?:^|\.)(?:script|script_fields\.[\w-]{1,40}\.script|scripts?\[\])(?:\.(?:source|inline|code))?$/u;
const painless = /\bctx\.(?:_source|op)\b|\bparams\._(?:source|fields|doc)\b|\bdoc\[['"]|\bctx\._id\b/u;

/** The rule that such a value breaks; undefined where it is none. */
export function disguiseIn({
  text,
  lower,
  place,
  isUnwrapped,
}: DetectorInput): 'nosqli.operator' | 'nosqli.code' | 'nosqli.shell' | 'nosqli.search_script' | undefined {
  if (lower.length > 4000) return undefined;
  if (lower.includes('\\') && escaped.test(lower)) return 'nosqli.operator';
  if (lower.includes('$')) {
    if (dotted.test(lower) || quoted.test(lower)) return 'nosqli.operator';
    if (isUnwrapped && loose.test(lower)) return 'nosqli.operator';
  }
  if ((place.zone === 'path' || place.zone === 'text') && overHttp.test(text)) return 'nosqli.shell';
  if (lower.includes('batch') && batch.test(lower)) return 'nosqli.shell';
  if (lower.length < 400 && alternative.test(lower)) return 'nosqli.code';
  if (lower.length < 400 && (lower.includes('}') || lower.includes('?')) && graphs.test(lower)) return 'nosqli.shell';
  return place.zone === 'json' && scripted.test(place.name.toLowerCase()) && painless.test(lower)
    ? 'nosqli.search_script'
    : undefined;
}
