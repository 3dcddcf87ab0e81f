/** XQuery and the functions of XML databases: expressions that read, and calls that leave the document. */

/** Modules of BaseX, eXist, MarkLogic, Saxon and libxml's PHP binding, with what their functions begin with. */
const call =
  /(?:^|['"(,=]\s{0,3}|\b(?:or|and|return)\s{1,3})(?:(?:db|xmldb|util|proc|file|user|job|jobs|perm|repo|cache|store|ws|session|request|response|compression|mail|validation|transform|contentextraction|cc|oracle|ora|java|javascript|jndi|sec|xsl|exsl|date|dyn|rt|runtime|http|sql|inspect|saxon|xquery|fetch|client|admin|xdmp|sm|system|process|map|array):(?:open|list|login|eval|evaluate|system|execute|exec|read|write|append|delete|send-request|functions|text|binary|xml|get|put|create|drop|store|remove|function|document|query|connect|shutdown|get-configuration|http-get|invoke|serialize|keys|shell|spawn|run|command|move|copy|list-directory|directory-list|children|exists|delete|property|get-system-property|set-property|get-version|info|backup|export|optimize|add|replace|rename|users|user-create|create-user|create-group|add-user|chmod|chown|setuid|get-running-jobs|get-uri|upload|create-collection|register-database|amp|value)[a-z-]{0,24}|php:function(?:string)?)\(/u;
/** Modules whose prefixes mean nothing elsewhere: any function of theirs (BaseX, eXist, MarkLogic, Oracle, Saxon, EXPath). */
const ownModule =
  /(?:^|['"(,={;]\s{0,3}|\b(?:or|and|return)\s{1,3})(?:(?:fn:)?(?:proc|xdmp|xmldb|sm|cts|fetch|dbms_\w{1,16}|exsl|msxsl|dyn|func|saxon|unzip|archive|bin|hof|prof|csv|html|lucene|ft|kwic|sem|spell|thsr|temporal|rdb|xqjs|zorba|ddl|dml|xslt|xsl|xqm|update|random|inspect|validate|repo|ora|oracle|ws|xquery|jobs|perm|admin|session|mail|user|client|system|sql|file|db|util|http|java|jndi|sec|rt|store|convert):[a-z]{1,24}(?:-[a-z]{1,24}){1,5}|(?:proc|xdmp|xmldb|sm|cts|exsl|dyn|unzip|ora):[a-z]{3,24}|(?:repo|validate|ws|inspect|oracle|validation):(?:install|delete|list|xsd|dtd|rng|send|emit|broadcast|close|context|functions|sql|view|xsd-info|jaxp)|session:(?:set|close|ids)|admin:(?:logs|sessions|write-log))\(\s{0,3}(?:['"$)</(@.\d*]|doc\(|map\s?\{|[a-z-]{2,12}:)/u;
/** Names that say where their function comes from (XPath 3.1 section 2.1, BracedURILiteral). */
const braced = /\bq\{(?:java:|class:|https?:\/\/)[^{}\n]{1,120}\}[a-z][\w-]{1,40}\s?\(/u;
const expression =
  /(?:^|[;'"})(]\s{0,3}|\breturn\s{1,3})(?:for|let|some|every)\s{1,4}\$[a-z_][\w-]{0,24}\s{1,4}(?:in|:=)\s{0,4}\S.{0,160}\b(?:return|satisfies)\s|\bdeclare\s{1,3}(?:namespace\s{1,3}\w{1,24}\s{0,3}=\s{0,3}["']|variable\s{1,3}\$\w{1,24}\s{0,3}:=|function\s{1,3}\w{1,24}:|option\s{1,3}\w{1,24}:)|\bif\s{0,3}\(\s{0,3}\/{1,2}[a-z*@][^()]{0,60}\)\s{0,3}then\b|['"\])]\s{0,3}return\s{1,3}(?:\/\/|doc\(|\$[a-z]\w{0,20}\s{0,2}(?:\/|,\s{0,3}(?:for|let|doc|\/\/|\$|["'])))/su;
/** Prologs, constructors that hold a path, and the expressions that ask for a node's type or try what fails (XQuery 3.1 sections 3.9 to 5). */
const larger =
  /(?:^|[;'")\]}]\s{0,4})(?:import\s{1,3}(?:module|schema)\s{1,3}(?:namespace\s{1,3}[\w-]{1,24}\s{0,3}=\s{0,3})?['"]|xquery\s{1,3}version\s{1,3}['"]|(?:typeswitch|switch)\s{0,3}\(\s{0,3}(?:\/{1,2}[a-z*@]|doc\(|\$[a-z]\w{0,20}\s{0,2}\/)|if\s{0,3}\(\s{0,3}(?:doc-available|unparsed-text-available|function-available)\(|copy\s{1,3}\$\w{1,24}\s{0,3}:=[^;]{1,200}\bmodify\b|try\s{0,3}\{[^{}]{0,80}\(\s{0,3}['"][^{}]{0,80}\}\s{0,3}catch\s{1,3}(?:\*|[a-z]+:)|(?:element|attribute|document|text)\s{1,3}(?:[a-z][\w-]{0,24}\s{0,3})?\{\s{0,3}(?:\/{1,2}[a-z*@]|doc\())|>\s{0,3}\{\s{0,3}(?:\/\/[a-z*@][\w/@*[\].-]{0,80}\}|(?:doc|collection|unparsed-text|db:open|db:get|file:read-text)\()/u;
const outside =
  /(?:^|[^\w.-])(?:(?:fn:)?(?:environment-variable|available-environment-variables|system-property|unparsed-text(?:-lines|-available)?|json-doc|uri-collection|load-xquery-module|unparsed-entity-uri|available-system-properties)\(\s{0,3}['")]|put\(\s{0,3}(?:[^()'"]{1,120}|[\w:-]{1,24}\(['"][^'"]{0,80}['"]\)),\s{0,3}['"](?:file:|https?:|ftp:|\/|\.\.?\/|[a-z]:\\)|(?:fn:)?transform\(\s{0,3}map\s{0,3}\{)/u;
const onPath = String.raw`\(?\s{0,2}(?:\$\w{1,24}\s{0,2})?(?:\/{1,2}|doc\(|\.\/|collection\(|(?:child|descendant|self|ancestor|parent|following|preceding)::|@)`;
/** XQuery Update Facility, sections 2.4.1 to 2.4.5, and eXist's older form: nodes of a path are put, taken or changed. */
const update = new RegExp(
  String.raw`(?:^|[;,'"})(\]]\s{0,4}|\breturn\s{1,3}\(?\s{0,2})(?:update\s{1,3})?(?:delete\s{1,4}(?:nodes?\s{1,4})?${onPath}|replace\s{1,4}(?:value\s{1,4}of\s{1,4})?(?:node\s{1,4})?${onPath}|rename\s{1,4}(?:node\s{1,4})?${onPath}|value\s{1,4}${onPath}|insert\s{1,4}(?:nodes?\s{1,4}|<)[^\n]{1,200}?\b(?:into|before|after)\s{1,4}${onPath})`,
  'u',
);
/** Changes say where to or with what, but for what is taken away. */
const operand = /\b(?:with|as|into|before|after)\s|\b(?:delete\s{1,4}nodes?|update\s{1,4}delete)\s/u;
/** A call of a module's function where the value leaves its literal, and the comment that swallows what was to follow. */
const endings =
  /^[^'"\n]{0,80}['"][)\]}\s]{0,8}(?:\s(?:return|or|and|union|intersect|except|eq|ne)\s{1,3}|,\s{0,3}|\|\|?\s{0,3}|\+\s{0,3}|!\s{0,3}|=>\s{0,3})\(?\s{0,2}[a-z][\w-]{1,24}:[a-z][\w-]{1,40}\(|^[^'"\n]{0,80}['"][)\]}\s]{0,8}(?:\b(?:return|or|and|union|intersect|except|eq|ne|lt|gt|le|ge|is|div|mod|let|for|where|order|to)\s|[,|+*=!<>/[]|-\s?\d)[^\n]{0,200}\(:\s{0,4}$/u;

const prologue = /\b(?:import|version|typeswitch|switch|copy|if)\b/u;

/** Where XQuery stands in the text; undefined where none does. */
export function xqueryIn(
  lower: string,
): { readonly rule: 'xpath.document' | 'xpath.query'; readonly start: number; readonly end: number } | undefined {
  const text = lower.slice(0, 4096);
  const mayCall = (text.includes(':') && text.includes('(')) || text.includes('{') || prologue.test(text);
  for (const [form, rule] of [
    [call, 'xpath.document'],
    [ownModule, 'xpath.document'],
    [braced, 'xpath.document'],
    [outside, 'xpath.document'],
    [expression, 'xpath.query'],
    [larger, 'xpath.query'],
    [update, 'xpath.query'],
    [endings, 'xpath.query'],
  ] as const) {
    if ((form === ownModule || form === larger || form === braced) && !mayCall) continue;
    const found = form.exec(text);
    if (found !== null && (form !== update || operand.test(text.slice(found.index, found.index + 400))))
      return { rule, start: found.index, end: found.index + found[0].length };
  }
  return undefined;
}
