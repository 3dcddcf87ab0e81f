/** Commands of the MongoDB shell, search servers and graph databases inside a value. */

import type { Place } from '../waf.ts';
import type { Tell } from './nosql-script.ts';
import { isLetter } from './reading.ts';

type ShellRule = 'nosqli.shell' | 'nosqli.search_script' | 'nosqli.search_query' | 'nosqli.graph';

const shellVerbs =
  'drop|dropdatabase|find|findone|findandmodify|insert|insertone|insertmany|remove|update|updateone|updatemany|deletemany|deleteone|aggregate|mapreduce|getcollectionnames|getcollection|getusers|createuser|shutdownserver|eval|stats|version|runcommand|admincommand|hostinfo|serverstatus|listdatabases|copydatabase|auth|dropuser|dropallusers|createrole|getname|getmongo|getsiblingdb|createcollection|currentop|killop|fsynclock|getuser|grantrolestouser|updateuser|changeuserpassword|getcollectioninfos|count|countdocuments|distinct|replaceone|renamecollection|createindex|dropindexes';
const namedCall = new RegExp(
  `(?:^|[;'")}(&|!])\\s{0,4}db\\[\\s{0,2}['"]\\w{1,64}['"]\\s{0,2}\\]\\.(?:${shellVerbs})\\(`,
  'u',
);
const shellCall = new RegExp(`^(?:\\.\\w{1,64})?\\.(?:${shellVerbs})\\(`, 'u');

/** Calls of `db`, administrative paths and scripts with classes of Java. */
export function judgeShell(lower: string, place: Place, tell: Tell<ShellRule>): void {
  judgeSearch(lower, place, tell);
  let at = lower.indexOf('db.');
  for (let count = 0; at >= 0 && count < 64; count += 1) {
    const previous = lower.charCodeAt(at - 1);
    const isName =
      isLetter(previous) || (previous >= 0x30 && previous <= 0x39) || previous === 0x5f || previous === 0x2e;
    const isBegun =
      // In a document the quotes are its own, and its strings are judged apart.
      (!/^\s{0,8}[[{]\s{0,8}[[{"]/u.test(lower.slice(0, 24)) || !isQuote(lower.charAt(at - 1))) &&
      ((at === 0 && !/\)[;.,]?\s[a-z]/u.test(lower.slice(0, 400))) ||
        (at > 0 && ';\'")}=({&|!'.includes(lower.charAt(at - 1))) ||
        /[;'")}(|&]\s{1,4}(?:return\s{1,4})?$/u.test(lower.slice(Math.max(0, at - 16), at)));
    if (!isName && isBegun && shellCall.test(lower.slice(at + 2, at + 100))) tell('nosqli.shell', at, at + 30);
    at = lower.indexOf('db.', at + 3);
  }
  const named = namedCall.exec(lower.slice(0, 2000));
  if (named !== null) tell('nosqli.shell', named.index, named.index + named[0].length);
  const docs = lower.search(/(?:^|\/)_(?:all_docs|all_dbs|utils\/|users\/_all|node\/_local|config\/)/u);
  if (docs >= 0 && lower.length < 300 && !lower.includes(' ')) tell('nosqli.shell', docs, docs + 12);
  if (
    lower.includes('script') &&
    /"(?:script|script_fields|inline|source)"\s?:/u.test(lower) &&
    /java\.lang|class\.forname|getruntime|forname\(|groovy|processbuilder|java\.io/u.test(lower)
  )
    tell('nosqli.search_script', lower.indexOf('script'), lower.indexOf('script') + 40);
}

const isSearchField =
  /^(?:body|source|dsl|es_?query|query|q|search_?body|elastic\w{0,12}|opensearch\w{0,12}|payload|data|json)$/u;
/** Clauses of the query language of Elasticsearch, OpenSearch and their kin. */
const clause =
  /^\s{0,4}\{(?:\s{0,3}"(?:from|size|track_total_hits|_source|explain)"\s{0,3}:\s{0,3}[\w"*]{1,24}\s{0,3},){0,4}\s{0,3}"query"\s{0,3}:\s{0,3}\{\s{0,3}"(?:bool|exists|term|terms|match|match_phrase|match_phrase_prefix|multi_match|wildcard|regexp|prefix|fuzzy|range|ids|query_string|simple_query_string|script|script_score|function_score|nested|has_child|has_parent|constant_score|dis_max|percolate|more_like_this|pinned|intervals|boosting)"\s{0,3}:\s{0,3}[{[]/u;
const secretAsked =
  /"(?:exists|missing|terms|significant_terms|cardinality|value_count|top_hits|composite|max|min)"\s{0,3}:\s{0,3}\{\s{0,3}"field"\s{0,3}:\s{0,3}"(?:\w{0,24}[._])?(?:pass\w{0,12}|pwd|secret\w{0,8}|\w{0,12}token|api_?key|ssn|salt|hash|otp\w{0,8}|mfa\w{0,8}|card\w{0,8}|cvv|iban|private_?key|credential\w{0,2})"|"(?:wildcard|regexp|prefix|fuzzy|term|terms|match|match_phrase|match_phrase_prefix|range)"\s{0,3}:\s{0,3}\{\s{0,3}"(?:\w{0,24}\.)?(?:pass(?:word|wd)?|password_?hash|pwd|secret|(?:reset|access|api|auth|session)_?token|api_?key|ssn|salt|mfa_?secret|cvv|private_?key)(?:\.keyword)?"/u;
/** Commands of MongoDB's `runCommand`, of CouchDB's views and of Firestore, as the first member of the whole document. */
const command =
  /^\s{0,8}\{\s{0,3}["'](?:(?:dropdatabase|listdatabases|usersinfo|rolesinfo|shutdown|serverstatus|hostinfo|getlog|listcollections|dropallusersfromdatabase|buildinfo|connectionstatus|replsetgetstatus|getparameter|currentop|getcmdlineopts|connpoolstats|fsync|logout|whatsmyuri)["']\s{0,3}:\s{0,3}(?:1|true|["'*])|(?:createuser|updateuser|dropuser|grantrolestouser|createrole|dropindexes|renamecollection|collmod|killop|killcursors|setparameter|copydb|clonecollection|mapreduce|findandmodify|\$eval|configurefailpoint)["']\s{0,3}:\s{0,3}\S|(?:delete|update|insert|aggregate|distinct)["']\s{0,3}:\s{0,3}["'][\w.$-]{1,60}["']\s{0,3},\s{0,3}["'](?:deletes|updates|documents|pipeline|key)["']\s{0,3}:|(?:map|reduce|validate_doc_update)["']\s{0,3}:\s{0,3}["']function\s{0,3}\(|structured(?:aggregation)?query["']\s{0,3}:\s{0,3}\{\s{0,3}["'](?:from|select|where)["']|(?:wildcard|regexp|query_string|simple_query_string|exists)["']\s{0,3}:\s{0,3}\{\s{0,3}["'][\w.*]{1,60}["']\s{0,3}:)/u;
/** A script that the store compiles and that writes, loops, or reads what no page shows. */
const compiled =
  /"(?:script|script_score|scripted_metric|init_script|map_script|combine_script|reduce_script|filter_script|bucket_script)"\s{0,3}:\s{0,3}\{[^{}]{0,80}"(?:source|inline|code)"\s{0,3}:\s{0,3}"[^"]{0,240}(?:\]?\.\w{1,24}\s{0,3}(?:[-+*/]?=[^=]|\+\+|--)|ctx\.(?:_source|op)|doc\[\\?'(?:pass|pwd|secret|token|ssn|salt|api)|params\._source|\bwhile\s{0,2}\(|\bfor\s{0,2}\(|getclass|forname|\.remove\()/u;

/** A whole query of a search server where one word was to be searched, or a script in it. */
function judgeSearch(lower: string, place: Place, tell: Tell<ShellRule>): void {
  if (!/^\s{0,8}[[{]/u.test(lower)) return;
  const order = command.exec(lower.slice(0, 400));
  if (order !== null) tell('nosqli.shell', 0, order[0].length);
  const text = lower.slice(0, 4000);
  const script = compiled.exec(text);
  if (script !== null) tell('nosqli.search_script', script.index, script.index + 40);
  const secret =
    text.includes('"query"') || text.includes('"filter"') || text.includes('"agg') || text.includes('"bool"')
      ? secretAsked.exec(text)
      : null;
  if (secret !== null) tell('nosqli.search_query', secret.index, secret.index + secret[0].length);
  else if (
    clause.test(text) &&
    /\}\s{0,4}$/u.test(lower.slice(-8)) &&
    !isSearchField.test(place.name.toLowerCase()) &&
    !['text', 'file'].includes(place.zone)
  )
    tell('nosqli.search_query', 0, 40);
}

const isQuote = (char: string): boolean => char === '"' || char === "'";

/** Cypher after a closed literal. */
export function judgeGraph(lower: string, tell: Tell<ShellRule>): void {
  const found =
    /['"`]\s{0,4}[\]})]{0,4}\s{0,4}(?:or\s[^'"]{1,24}\s{0,2})?(?:match\s{0,3}\(|return\s{1,3}\w|detach\s{1,3}delete|with\s{1,3}\w{1,20}\s{1,3}(?:match|call|load)|call\s{1,3}(?:db|apoc|dbms)\.|union\s{1,3}(?:all\s{1,3})?match|load\s{1,3}csv|set\s{1,3}\w{1,20}\.\w|foreach\s{0,3}\()/u.exec(
      lower,
    );
  if (
    found !== null &&
    /\/\/|\bdelete\b|load\s+csv|\bcall\s|match\s{0,3}\(/u.test(lower.slice(found.index, found.index + 400))
  )
    tell('nosqli.graph', found.index, found.index + found[0].length);
  // A whole statement: its first clause is a pattern, and nothing but patterns and conditions stands before the next one.
  const whole =
    /^\s{0,4}(?:optional\s{1,3})?match\s{0,3}\((?:\s{0,2}\w{0,24}\s{0,2}\)\s{0,3}return\s{1,3}(?:distinct\s{1,3})?(?:\w{1,24}(?:\.\w{1,24})?|\*)\s{0,4}(?:$|;|\/|union\s)|[^;\n]{0,200}\)\s{0,3}(?:where\s[^;\n]{1,160})?(?:return\s{1,3}[^;\n]{0,60}\.(?:pass|pwd|token|secret)|detach\s|delete\s{1,3}\w{1,24}\s{0,4}(?:$|;|\/)|set\s{1,3}\w{1,24}\.|remove\s{1,3}\w{1,24}\.|call\s{1,3}\w{1,24}\.))/u.exec(
      lower.slice(0, 600),
    );
  if (whole !== null) tell('nosqli.graph', 0, whole[0].length);
  const made =
    /^\s{0,4}(?:create|merge)\s{0,3}\(\s{0,2}\w{0,24}\s{0,2}:\s{0,2}\w{1,40}\s{0,2}(?:\{[^}]{0,120}\}\s{0,2})?\)\s{0,3}(?:return\s{1,3}\w{1,24}\s{0,4}(?:$|;|\/)|set\s{1,3}\w{1,24}\.|$|;|\/)/u.exec(
      lower.slice(0, 400),
    );
  if (made !== null) tell('nosqli.graph', 0, made[0].length);
  const removed = /\)\s{0,3}detach\s{1,3}delete\s{0,3}[(\w]/u.exec(lower.slice(0, 600));
  if (removed !== null) tell('nosqli.graph', removed.index, removed.index + removed[0].length);
  const csv =
    /load\s{1,3}csv\s{1,3}(?:with\s{1,3}headers\s{1,3})?from\s{1,3}['"]|call\s{1,3}(?:apoc\.(?:load|export|cypher|util)|dbms\.(?:security|list|procedures)|db\.(?:labels|property|schema))/u.exec(
      lower,
    );
  if (csv !== null) tell('nosqli.graph', csv.index, csv.index + csv[0].length);
}
