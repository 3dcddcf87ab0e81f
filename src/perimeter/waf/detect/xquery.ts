/** XQuery and the functions of XML databases: expressions that read, and calls that leave the document. */

/** Modules of BaseX, eXist, MarkLogic, Saxon and libxml's PHP binding, with what their functions begin with. */
const call =
  /(?:^|['"(,=]\s{0,3}|\b(?:or|and|return)\s{1,3})(?:(?:db|xmldb|util|proc|file|user|job|jobs|perm|repo|cache|store|ws|session|request|response|compression|mail|validation|transform|contentextraction|cc|oracle|ora|java|javascript|jndi|sec|xsl|exsl|date|dyn|rt|runtime|http|sql|inspect|saxon|xquery|fetch|client|admin|xdmp|sm|system|process|map|array):(?:open|list|login|eval|evaluate|system|execute|exec|read|write|append|delete|send-request|functions|text|binary|xml|get|put|create|drop|store|remove|function|document|query|connect|shutdown|get-configuration|http-get|invoke|serialize|keys|shell|spawn|run|command|move|copy|list-directory|directory-list|children|exists|delete|property|get-system-property|set-property|get-version|info|backup|export|optimize|add|replace|rename|users|user-create|create-user|create-group|add-user|chmod|chown|setuid|get-running-jobs|get-uri|upload|create-collection|register-database|amp|value)[a-z-]{0,24}|php:function(?:string)?)\(/u;
const expression =
  /(?:^|[;'"})(]\s{0,3}|\breturn\s{1,3})(?:for|let|some|every)\s{1,4}\$[a-z_][\w-]{0,24}\s{1,4}(?:in|:=)\s{0,4}\S.{0,160}\b(?:return|satisfies)\s|\bdeclare\s{1,3}(?:namespace\s{1,3}\w{1,24}\s{0,3}=\s{0,3}["']|variable\s{1,3}\$\w{1,24}\s{0,3}:=|function\s{1,3}\w{1,24}:|option\s{1,3}\w{1,24}:)|\bif\s{0,3}\(\s{0,3}\/{1,2}[a-z*@][^()]{0,60}\)\s{0,3}then\b|['"\])]\s{0,3}return\s{1,3}(?:\/\/|doc\()/su;
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
  /^[^'"\n]{0,80}['"][)\]}\s]{0,8}(?:\s(?:return|or|and|union|intersect|except|eq|ne)\s{1,3}|,\s{0,3}|\|\|?\s{0,3}|\+\s{0,3}|!\s{0,3}|=>\s{0,3})\(?\s{0,2}[a-z][\w-]{1,24}:[a-z][\w-]{1,40}\(|^[^'"\n]{0,80}['"][)\]}\s]{0,8}\s?[^\n]{1,200}\(:\s{0,4}$/u;

/** Where XQuery stands in the text; undefined where none does. */
export function xqueryIn(
  lower: string,
): { readonly rule: 'xpath.document' | 'xpath.query'; readonly start: number; readonly end: number } | undefined {
  const text = lower.slice(0, 4096);
  for (const [form, rule] of [
    [call, 'xpath.document'],
    [outside, 'xpath.document'],
    [expression, 'xpath.query'],
    [update, 'xpath.query'],
    [endings, 'xpath.query'],
  ] as const) {
    const found = form.exec(text);
    if (found !== null && (form !== update || operand.test(text.slice(found.index, found.index + 400))))
      return { rule, start: found.index, end: found.index + found[0].length };
  }
  return undefined;
}
