/** Expressions that say enough where they are the whole value: names and helpers that an engine or its platform brings along, not its user. */

import { anyOf } from './reading.ts';

const quoted = /["'`]/.source;

/** Tried on the whole expression; what stands around it is asked elsewhere. */
export const alone: RegExp = anyOf(
  [
    // The state of the engine, through a filter or a key.
    /(?:config|self|settings|_self|_context|_locals|_globals|app|request|session|g|locals|globals|handler|current_app|hostvars|vars|pillar)\s{0,2}\|\s{0,2}[a-z]\w{1,24}.{0,40}/,
    /(?:settings|_locals|_globals|hostvars|pillar|grains|secrets|_server|_env|_session|_cookie)\s{0,2}(?:\[.{1,60}\]).{0,40}/,
    /(?:hostvars|vars|pillar|grains(?:\.\w{1,24})?|groups|ansible_(?:env|facts|user|password|become_pass(?:word)?|ssh_pass)|_locals|_globals|__\w{2,24}_context|velocitycount)/,
    /(?:request|session|current_user|self|config|handler|conn|connection|vault|credentials?)(?:\.\w{1,40}){0,3}\.(?:\w{0,20}(?:password|passwd|secret|token|private_?key|api_?key)\w{0,12}|aws)/,
    /conn\.\w{2,60}(?:\.\w{1,40}){0,3}|var\.(?:value|json)\.\w{1,60}|(?:ti|task_instance)\.\w{2,30}\(.{0,60}|macros\.\w.{1,60}/,
    /to_?json\(\s{0,2}(?:secrets|env|vars|github|config|request|process)\s{0,2}\)?/,
    /forloop(?:\.\w{2,20})?|block\.super|parent\(\s{0,2}\)?|block\(\s{0,2}['"][^'"]{1,40}['"].{0,40}|csrf_input|super\(\s{0,2}\)?/,
    /(?:namespace|dict|cycler|joiner)\(.{0,40}\)\.\w{1,20}.{0,20}/,
    /ansible_facts\.env\b.{0,60}|groups\s{0,2}\[.{1,40}\]/,
    /app\.get[a-z]{2,30}\s{0,2}\(.{0,60}|attribute\(\s{0,2}(?:_self|app|_context|this)\b.{1,60}|config::\w{2,12}\(.{1,60}|\.(?:vars|globals|locals)\[.{1,40}\]/,
    />\s{0,2}\(?\s{0,2}lookup\s.{1,40}|this\.(?:push|pop|shift|splice|concat|call|apply|bind)\b.{0,40}/,
    // A helper of the language on literals alone.
    /(?:max|min|abs|round|sum|pow|cycle|random|range|sorted|reversed|hash|ord|chr|hex|bin)\s{0,2}\(\s{0,2}[[(]?\s{0,2}[-\d'"][-+*\s\d'",.[\]]{0,40}\)?/,
    /\d{2,9}\s{0,2}\|\s{0,2}(?!date|t\b|trans|money|currency)[a-z]\w{1,24}.{0,30}|['"]\w{1,20}['"]\s{0,2}:\s{0,2}[^|]{1,40}\}\s{0,2}\|\s{0,2}[a-z].{1,40}/,
    /(?:slice|html|urlquery|printf)\s{1,3}["'][^"']{1,30}["'](?:\s{1,2}\d{1,6}){0,3}/,
    // A piece of a literal, or a calculation behind a condition.
    /['"][^'"]{1,40}['"]\s{0,2}\[\s{0,2}-?\d{0,3}\s{0,2}:.{0,12}\]/,
    /['"][^'"]{0,20}['"]\s{0,2}\.\.\s{0,2}['"].{0,20}/,
    /(?:true|false|not|none|null)\s{1,3}(?:and|or|if|&&|\|\|)\s{1,3}\d.{0,40}/,
    /\$\w{1,24}\.constructor.{0,60}/,
    /[\w$]{1,24}(?:\.[\w$]{1,24}){0,4}(?:\.|\[['"])(?:__definegetter__|__lookupgetter__|__proto__|constructor)\b.{0,60}/,
    // Calls of helpers that fetch, read or ask the system.
    /(?:get_env|env_var|get_file|read_file|load_data|load_file|fetch_url|get_url|http_get|run_query|import_text|file_contents|get_secret|secret|vault|password|pipe)\(\s{0,2}(?:\w{2,12}\s{0,2}=\s{0,2})?['"].{1,200}/,
    /(?:lookup|query|q)\(\s{0,2}['"](?!env['"])[\w.]{2,60}['"]\s{0,2},.{1,200}/,
    /(?:adapter|dbt|target|graph|flags|invocation_args_dict|modules)\.\w{2,24}.{0,60}/,
    /salt(?:\.\w{2,20}\.\w{2,20}|\s{0,2}\[).{0,80}/,
    /(?:db|file|storage|artisan|cache|crypt|auth|process|http|schema|gate|session)::\w{2,24}\s{0,2}\(.{0,80}/,
    /\\[a-z]\w{1,30}(?:\\[a-z]\w{1,30}){1,8}::\w.{0,80}/,
    // Go and its function libraries: a name, a blank, a literal.
    /(?:env|file|aws|gcp|net|data|datasource|tmpl|os|exec|vault|consul|sockaddr|filepath|crypto)\.\w{2,30}\s{1,3}["'`].{0,120}/,
    new RegExp(
      `(?:(?:with|range)\\s{1,3})?(?:env|exec|secret|key|keyordefault|ls|tree|service|plugin|file|placeholder|httpinclude|httperror|listfiles|fileexists|readfile|gethostbyname|mustenv|osenv|osexpandenv|datasource|tpl|writetofile|executetemplate)\\s{1,3}${quoted}.{1,120}`,
    ),
    /\(\s{0,2}(?:datasource|ds|lookup|secret|index|key|env)\s{1,3}["'`].{1,80}|(?:datasource|ds|lookup|secret|index)\s{1,3}["'`][^"'`]{1,60}["'`]\s{0,2}\)?.{0,60}/,
    new RegExp(
      `\\.(?:\\w{1,20}\\.){0,4}(?:set|delete|remove|create|update|add|reset|change|drop|grant|write|save|serve|exec|run|send|open|read|load|fetch|query|raw|eval|call|move|copy|redirect|attachment|bind|login|sudo|cookie|header|render|formvalue)\\w{0,20}\\s{1,3}(?:${quoted}|\\d).{0,80}`,
    ),
    /call\s{1,3}\.\w.{0,60}|tpl\s{1,3}\.\w.{0,40}|\.values\s{0,2}\|.{1,30}|\.(?:request|ctx|context|req|echo|app|db|env|config)(?:\.\w{1,24}){1,4}|range\s{1,3}\.|\$\w{0,12}\.(?:password|secret|token|config|env)\w{0,12}/,
    /(?:string|html|math|array|object|regex|date|timespan)\.\w{2,20}\s{1,3}["'\d].{0,60}/,
    // Commands of macro languages and Catalyst's own objects.
    /(?:c|catalyst)\.(?:config|req|model|session|stash|engine|cache|path_to|forward)\b.{0,60}/,
  ],
  'whole',
);

/** Ruby in a page's tags that names a class of the system or a list the interpreter keeps; clocks and words of the page are its author's. */
export const aloneRuby: RegExp =
  /^[=-]{0,2}\s{0,4}(?:(?!Time\b|Date\b|DateTime\b|I18n\b|Settings\b|Current\b)[A-Z]\w{1,40}(?:::[A-Z]\w{1,40}){0,4}\.[a-z]|ARGV\b|ENV\b|__\w{2,12}__\s{0,4}$|(?:global|local|instance)_variables\s{0,4}$|\$[\w:!@]{1,20}\s{0,4}$)/;
