/** SQL's lesser statements and the operators that single databases add (PostgreSQL, DuckDB, SQLite, SQL Server, Snowflake), around a value. */

import { charClass, type Detector, type Rule } from '../../waf.ts';

const rules = [
  {
    id: 'sqli.own_operator',
    title: 'a value that ends its quotes and adds an operator of one database',
    points: 5,
    paranoia: 1,
  },
  { id: 'sqli.lesser_statement', title: 'a second statement that only databases take', points: 5, paranoia: 1 },
  { id: 'sqli.export', title: 'a query that a database writes out or sends away', points: 5, paranoia: 1 },
] as const satisfies readonly Rule[];

const begins = String.raw`^[\w.@%-]{0,32}['")\s]{0,6}`;
/** Behind a literal that has no blank before it, so that no two quoted words of a sentence are meant; the last one stays open. */
const operator = new RegExp(
  String.raw`^[\w.@+%-]{0,32}'\s{0,3}(?:(?:@>|<@|->>?|#>>?|\?[|&]?|!?~~?\*?|@@|\^@|<->|<=>|!!=)\s{0,3}'[^']{0,60}$|::\s{0,2}(?:text|json|jsonb|int\d?|integer|varchar|bytea|regclass|xml|name|numeric|bool\w{0,3})\b|collate\s{1,3}"?\w{2,40}"?\s{1,3}(?:or|and|like|=|<|>)|(?:,\s{0,3}(?:'[^']{0,40}'|[\w.]{1,24}(?:\(\))?)\s{0,3}){0,8}\)\s{0,3},\s{0,3}\(\s{0,3}(?:'[^']{0,60}|\d{1,9}\s{0,3},)|escape\s{1,3}'.{1,3}\s{0,3}(?:or|and)\b)`,
  'u',
);
const inDocument =
  /['"\d)]\s{0,3}(?:or|and)\s{1,3}(?:not\s{1,3})?'[^'\n]{1,80}'\s{0,2}::\s{0,2}(?:jsonb?|text|hstore|xml)\s{0,3}(?:\?[|&]?|@[>?@]|->>?|#>>?|~|=|like)\s{0,3}'/u;
/** ODBC's escapes around a constant (ISO/IEC 9075-3), and what goes on behind. */
const escape =
  /(?:^|['"\d)]\s{0,3}(?:or|and)\s{1,3}|=\s{0,2})\{\s{0,2}(?:d|t|ts|fn|oj|x|interval)\s{0,2}(?:'[\d: .-]{4,26}'|\(\s{0,2}select\b|\w{1,24}\(\s{0,2}(?:select|user|database|version))[^{}]{0,80}\}\s{0,3}(?:or|and|=|<|>|--|#|$)/u;
const lesser = new RegExp(
  String.raw`${begins};\s{0,4}(?:vacuum(?:\s{1,3}\w{1,40})?\s{1,3}into\s{1,3}['"]|rename\s{1,3}table\s{1,3}\S{1,60}\s{1,3}to\s|reconfigure\s{0,3}(?:;|--|$|with\s)|(?:un)?listen\s{1,3}[\w*]{1,40}\s{0,3}(?:;|--|$)|notify\s{1,3}\w{1,40}\s{0,3}(?:,|;|--|$)|refresh\s{1,3}materialized\s{1,3}view\s|discard\s{1,3}(?:all|plans|temp)\b|reset\s{1,3}(?:all|master|slave|query\s)|checkpoint\s{0,3}(?:;|--|$)|detach\s{1,3}(?:database\s{1,3})?\w{1,40}\s{0,3}(?:;|--|$)|reindex\s{0,3}(?:;|--|\w)|(?:export|import)\s{1,3}database\s{1,3}['"]|install\s{1,3}['"\w]{1,40}\s{0,3}(?:;|--|$|from\s)|purge\s{1,3}(?:binary|recyclebin|table)\b|flush\s{1,3}(?:privileges|tables|logs|hosts)|security\s{1,3}label\s|reassign\s{1,3}owned\s|cluster\s{1,3}\w{1,40}\s{1,3}using\s|comment\s{1,3}on\s{1,3}(?:table|column|database)\s|undrop\s{1,3}(?:table|schema|database)\s|optimize\s{1,3}table\s|handler\s{1,3}\w{1,40}\s{1,3}(?:open|read)|deallocate\s{1,3}\w|open\s{1,3}symmetric\s{1,3}key|revert\s{0,3}(?:;|--|$)|deny\s{1,3}\w{1,24}\s{1,3}(?:on|to)\s|do\s{1,3}(?:\$|\d{1,6}\s{0,3}(?:;|--|$)|sleep|benchmark))|^[\w.]{1,32}\s?;\s{0,3}--[\s+-]{0,4}$|^[\w.]{1,40}\s(?:asc|desc)\s{0,2}(?:--|#)|^(?:count|max|min|sum|avg|group_concat|string_agg)\([\w*.]{1,40}\)\s{1,3}from\s{1,3}[\w.]{2,40}\s{0,3}(?:--|#|;|$|where\s)|${begins}\s(?:lock\s{1,3}in\s{1,3}share\s{1,3}mode|for\s{1,3}(?:no\s{1,3}key\s{1,3})?(?:update|share)\s{1,3}(?:nowait|skip\s{1,3}locked))\b|^\d{1,9}['")\s]{0,6}\sgroup\s{1,3}by\s{1,3}[\w,. ]{1,40}\shaving\s|['"\d]\s{0,3}(?:oorr|aandnd|anandd|anandnd|uniunionon|ununionion)\s{1,3}(?:\d|'|all\b|select|sel)`,
  'u',
);
const sent =
  /\bcopy\s{0,3}\(\s{0,3}(?:select|with|table)\s[^()]{1,200}\)\s{0,3}to\s{1,3}(?:'|program\b|stdout)|\b(?:database|schema|table|query|cursor)_to_xml(?:schema|_and_xmlschema)?\s{0,3}\(|^\s{0,3}(?:(?:master|msdb)\.{1,2}(?:dbo\.)?)?(?:xp_\w{3,40}|sp_executesql|sp_oa(?:create|method|getproperty)|sp_configure|sp_makewebtask|sp_addlinkedserver|sp_send_dbmail|sp_start_job)\s{1,3}(?:n?'|@|"|\d)|\bfn_(?:xe_file_target_read_file|get_audit_file|trace_gettable|dblog|dump_dblog|my_permissions)\s{0,3}\(/u;
const charsMax = 400;

/** Each says its rule once; texts of several lines are somebody's program. */
export const sqlSisters: Detector = {
  id: 'sqli.sisters',
  rules,
  needles: [
    "'@>",
    "' @>",
    "'<@",
    "' <@",
    "'->",
    "' ->",
    "'#>",
    "' #>",
    "' ?",
    "'?",
    "'~",
    "' ~",
    "'!~",
    "' !~",
    "' @@",
    "'@@",
    "'^@",
    "' ^@",
    "' <->",
    "'<->",
    "'::",
    "' ::",
    'collate ',
    ')),(',
    ')), (',
    '()),',
    "'),(",
    "'), (",
    "') , (",
    "escape '",
    "{d'",
    "{d '",
    "{t'",
    '{ts',
    '{fn',
    '{x ',
    '{oj',
    'vacuum',
    'rename table',
    'reconfigure',
    'listen ',
    'notify ',
    'materialized view',
    'discard ',
    'reset ',
    'checkpoint',
    'detach ',
    'reindex',
    't database ',
    'install ',
    'purge ',
    'flush ',
    'security label',
    'reassign owned',
    'comment on ',
    'undrop ',
    'optimize table',
    'handler ',
    'deallocate ',
    'symmetric key',
    'revert',
    'deny ',
    '; do ',
    ';do ',
    ';--',
    '; --',
    ' asc--',
    ' desc--',
    ' asc #',
    ' desc #',
    ' asc --',
    ' desc --',
    ') from ',
    'in share mode',
    ' nowait',
    'skip locked',
    ' having ',
    'oorr',
    'aandnd',
    'anandd',
    'uniunion',
    'ununion',
    'copy (',
    'copy(',
    '_to_xml',
    'xp_',
    'sp_',
    'fn_xe_',
    'fn_get_',
    'fn_trace_',
    'fn_dblog',
    'fn_dump',
    'fn_my_',
  ],
  chars: 0,
  mayMatch: ({ place, text, chars }) =>
    place.part !== 'name' &&
    text.length <= charsMax &&
    (chars & (signs | charClass.space)) !== 0 &&
    !text.includes('\n\n'),
  detect({ lower, place }, hit) {
    if (place.part === 'name' || lower.length > charsMax) return;
    const text = lower.trim();
    const end = Math.min(lower.length, 60);
    if (operator.test(text) || inDocument.test(text) || escape.test(text)) hit('sqli.own_operator', 0, end);
    if (lesser.test(text)) hit('sqli.lesser_statement', 0, end);
    if (sent.test(text)) hit('sqli.export', 0, end);
  },
};

const signs = charClass.singleQuote | charClass.semicolon | charClass.paren | charClass.brace;
