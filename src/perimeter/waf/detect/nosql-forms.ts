/** What queries of the less known stores look like, by a literal that stands in each. */

/** One form of a query: asked only where its literal stands, from `back` characters before it. */
export interface QueryForm {
  readonly needle: string;
  readonly form: RegExp;
  readonly back: number;
  /** Sure wherever it stands; others need a text that is no document. */
  readonly rule?: 'nosqli.object_breakout';
}

const breaks = String.raw`['"\x60)}\]][)}\]\s]{0,8}`;
/** Asked in this order; the first that matches says it. */
export const queryForms: readonly QueryForm[] = [
  { needle: 'allow filtering', form: /['"\d)]\s{1,4}allow filtering\s{0,4}(?:;|--|\/[/*]|$)/u, back: 8 },
  { needle: 'keyspace', form: /(?:;|^)\s{0,4}(?:drop|create|alter|use)\s{1,3}keyspace\s{1,3}\S/u, back: 16 },
  { needle: 'redis.', form: /redis\.(?:p?call|sha1hex|setresp|log)\s{0,3}\(/u, back: 0 },
  { needle: 'union', form: /\bunion\s{1,4}(?:all\s{1,4})?match\s{0,4}\(\s{0,3}\w{0,20}\s{0,3}[:){]/u, back: 2 },
  { needle: 'detach', form: /\bmatch\s{0,4}\([^)]{0,80}\)[^;]{0,80}\bdetach\s{1,4}delete\b/u, back: 180 },
  {
    needle: 'for ',
    form: /(?:^[\w.-]{0,24}\s{1,4}|['"`)}]\s{0,4}(?:\|\| true|&& true|return \(?)?\s{0,4})for\s{1,3}\w{1,24}\s{1,3}in\s{1,3}[\w.`]{1,48}(?:\(\))?\s{1,3}(?:return|remove|update|filter|replace|insert|upsert)\s/u,
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
  // The literal's brackets close that the value never opened, and the shell's database follows.
  {
    needle: 'db.',
    form: /^[^(){}[\]]{0,60}[}\])][}\])\s]{0,6}\s{0,3}[,;]\s{0,4}db\.(?:\w{1,40}\.){1,2}\w{2,24}\s{0,2}\(/u,
    back: 80,
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
    form: /^[^()'"]{0,40}['"]\s{0,4}\)?\s{0,4}\|>\s{0,4}(?:drop|yield|filter|map|to|from|union|keep|range|limit)\s{0,2}\(/u,
    back: 48,
  },
  { needle: 'filter ', form: /['"]\s{0,4}\}?\s{0,4}filter\s{1,3}(?:1\s{0,2}==\s{0,2}1|true)\b/u, back: 12 },
  { needle: 'let ', form: /['"]\s{0,4}\}?\s{0,4}let\s{1,3}\w{1,12}\s{0,2}=\s{0,2}\(\s{0,2}for\s/u, back: 12 },
  {
    needle: '.run(',
    form: /['"]\s{0,3}\}?\s{0,3}\)\.(?:delete|update|insert|replace|filter|get)\([^)]{0,60}\)(?:\.\w{1,16}\([^)]{0,40}\)){0,4}\.run\(/u,
    back: 80,
  },
  {
    needle: '(',
    form: /\b(?:or|and)\s{1,3}(?:not\s{1,3})?(?:is_(?:defined|null|string|number|object|array|bool|primitive)|array_contains|stringequals|regexmatch)\s{0,2}\(\s{0,2}[a-z]\w{0,24}[.[]/u,
    back: 24,
  },
  {
    needle: ':',
    form: /^\s{0,3}[-+]?(?:pass(?:word|wd)?|pwd|secret|reset_?token|api_?key|ssn|password_?hash):(?:[*/["]|\w{1,24}\*)/u,
    back: 24,
  },
  { needle: 'select raw', form: /\bunion\s{1,3}(?:all\s{1,3})?select\s{1,3}raw\b/u, back: 16 },
  { needle: '(;;)', form: /ctx\._source.{0,80}for\s{0,2}\(;;\)/u, back: 100 },
  { needle: 'thread.sleep(', form: /^thread\.sleep\(\s{0,2}\d/u, back: 0 },
  { needle: '$or', form: /^\s{0,4}\{\s{0,3}'\$(?:or|and|nor)'\s{0,3}:\s{0,3}\[/u, back: 12 },
  { needle: 'tojson', form: /(?:return\s{1,3}|['"(;|&]\s{0,4})tojson(?:onecall)?\s{0,2}\(/u, back: 12 },
  {
    needle: 'for ',
    form: /^\s{0,4}for\s{1,3}(\w{1,24})\s{1,3}in\s{1,3}[\w.`]{1,48}(?:\(\))?\s{1,3}(?:return|remove|update|replace)\s[^\n]{0,60}\b\1\b/u,
    back: 24,
  },
  {
    needle: 'return ',
    form: /\breturn\s{1,3}(?:sleep\(\s{0,2}\d|current_user\(\)|collections\(\)|v8\(|apply\(|http::|crypto::)/u,
    back: 2,
  },
  {
    needle: ';',
    form: /['"`\d\w)]\s{0,3};\s{0,4}(?:remove\s{1,3}(?:table|field|database|namespace|index|user|scope|event|param)\s{1,3}\w|define\s{1,3}(?:user|table|field|namespace|database|scope|event|login|function|param|access)\s{1,3}\S|info\s{1,3}for\s{1,3}(?:db|ns|root|kv|table|user|scope|database|namespace)\b|relate\s{1,3}\S{1,24}->|sleep\s{1,3}\d{1,6}(?:ms|s|m)\b|let\s{1,3}\$\w{1,24}\s{0,3}=|return\s{1,3}(?:http|crypto|session|rand|meta|type)::|list\s{1,3}(?:all|roles|users|permissions)\b|truncate\s{1,3}(?:table\s{1,3})?[\w.]{1,40}\s{0,3}(?:;|--|\/|$)|create\s{1,3}[\w:]{1,40}\s{1,3}(?:set|content)\s|update\s{1,3}[\w:]{1,40}\s{1,3}(?:merge|content)\s|(?:delete|select)\s{1,3}[\w:*]{1,40}\s{0,4}(?:;\s{0,4})?$|r\.(?:table|db|expr|js)\()/u,
    back: 3,
  },
  { needle: '::', form: /['"|]\s{0,4}(?:http|crypto|session|rand|meta|type)::[a-z_:0-9]{2,24}\(/u, back: 32 },
  { needle: 'yield', form: /\byield\s{1,3}\*/u, back: 1 },
  {
    needle: 'attribute_',
    form: /\b(?:or|and)\s{1,3}(?:not\s{1,3})?attribute_(?:not_exists|exists|type)\s{0,2}\(/u,
    back: 16,
  },
  {
    needle: '(',
    form: /\b(?:or|and)\s{1,3}(?:not\s{1,3})?(?:begins_with\s{0,2}\(\s{0,2}\w|size\s{0,2}\(\s{0,2}#?(?:pass|pwd|token|secret))/u,
    back: 24,
  },
  {
    needle: 'missing',
    form: /['"]\s{1,4}(?:or|and)\s{1,4}\w{1,40}\s{1,4}is\s{1,3}(?:not\s{1,3})?missing\b|['"]\s{1,4}or\s{1,4}missing\s/u,
    back: 64,
  },
  { needle: 'curl(', form: /\bcurl\(\s{0,3}["']https?:/u, back: 1 },
  { needle: 'r.', form: /(?:^|[;'"(]\s{0,3})r\.(?:row\(\s{0,2}["']|error\(|args\(|dblist\(|expr\()/u, back: 6 },
  {
    needle: ' r',
    form: /\b(?:or|and)\s{1,3}r(?:\._?\w{1,24}|\[\s{0,2}["']_?\w{1,24}["']\s{0,2}\])\s{0,3}(?:[=!]=|=~|[<>])/u,
    back: 4,
  },
  { needle: 'import ', form: /["']\s{0,3}\)\s{0,4}import\s{1,3}["']/u, back: 8 },
  {
    needle: '_exists_:',
    form: /(?:^|\s)_exists_:\s?(?:pass|pwd|secret|token|api_?key|ssn|card)/u,
    back: 2,
  },
  {
    needle: ':',
    form: /\b(?:or|and|not)\s{1,3}\(?(?:pass\w{0,8}|pwd|secret|reset_?token|api_?key|ssn):(?:[/*"[]|\w{1,40}\*)/u,
    back: 24,
  },
  { needle: ') ', form: /^[^()]{1,60}\)\s{1,3}(?:or|and|&&|\|\|)\s{1,3}\(\s{0,2}\w{1,40}:/u, back: 80 },
  {
    needle: '{!',
    form: /(?:^|[\s"',}+(]|[?&]\w{1,8}=)\{!(?:lucene|dismax|edismax|func|frange|join|terms?|xmlparser|xport|prefix|raw|boost|query|parent|child|surround|switch|complexphrase|graph|hash_range|mlt|rerank|cache)(?=[\s=}])[^}]{0,200}\}/u,
    back: 10,
  },
  {
    needle: '&',
    form: /^[^:/?&]{0,40}&(?:qt=\/|(?:fq|fl)=[*{[]|shards=|stream\.(?:url|file|body)=|wt=(?:velocity|xslt))/u,
    back: 44,
  },
  {
    needle: '"match_all"',
    form: /^\s{0,4}\{\s{0,3}(?:"(?:query|bool|should|must|filter)"\s{0,3}:\s{0,3}[[{]{1,2}\s{0,3}){0,3}"match_all"\s{0,3}:\s{0,3}\{/u,
    back: 120,
  },
  { needle: 'ctx._source', form: /"(?:script|source|inline)"\s{0,3}:\s{0,3}"[^"]{0,60}ctx\._source/u, back: 100 },
  {
    needle: '"aggs"',
    form: /^[^{}[\]]{0,80}["']\s{0,3}\}{1,3}.{0,40}"aggs"\s{0,3}:/u,
    back: 140,
    rule: 'nosqli.object_breakout',
  },
  { needle: 'union', form: /\bunion\s{1,3}(?:all\s{1,3})?select\s{1,3}(?:json|distinct\s{1,3}json|value)\s/u, back: 1 },
  {
    needle: ':*',
    form: /(?:^|[\s(])\w{1,40}:\*\s{1,3}or\s{1,3}\w{1,40}:\*|\)\s{1,3}or\s{1,3}\(\s{0,2}\*:\*/u,
    back: 60,
  },
  { needle: '_val_:', form: /(?:^|[\s(+-])_val_:["a-z]/u, back: 2 },
  { needle: '"script_fields"', form: /"script_fields"\s{0,3}:\s{0,3}\{/u, back: 0 },
  { needle: '"runtime_mappings"', form: /"runtime_mappings"\s{0,3}:\s{0,3}\{/u, back: 0 },
  {
    needle: '"match_all"',
    form: /^\s{0,4}\{(?:\s{0,3}"(?:from|size)"\s{0,3}:\s{0,3}\d{1,8}\s{0,3},){1,2}\s{0,3}"query"\s{0,3}:\s{0,3}\{\s{0,3}"match_all"/u,
    back: 120,
  },
  { needle: ':{"pass', form: /"(?:wildcard|regexp|prefix|fuzzy)"\s{0,3}:\{"pass/u, back: 16 },
  { needle: '&deftype=', form: /^[^:/?&]{0,40}&deftype=\w/u, back: 44 },
];
