/** XQuery and the functions of XML databases: expressions that read, and calls that leave the document. */

/** Modules of BaseX, eXist, MarkLogic, Saxon and libxml's PHP binding, with what their functions begin with. */
const call =
  /(?:^|['"(,=]\s{0,3}|\b(?:or|and|return)\s{1,3})(?:(?:db|xmldb|util|proc|file|http|sql|inspect|saxon|xquery|fetch|client|admin|xdmp|sm|system|process|map|array):(?:open|list|login|eval|evaluate|system|execute|exec|read|write|append|delete|send-request|functions|text|binary|xml|get|put|create|drop|store|remove|function|document|query|connect|shutdown|get-configuration|http-get|invoke|serialize|keys)[a-z-]{0,24}|php:function(?:string)?)\(/u;
const expression =
  /(?:^|[;'"})(]\s{0,3}|\breturn\s{1,3})(?:for|let|some|every)\s{1,4}\$[a-z_][\w-]{0,24}\s{1,4}(?:in|:=)\s{0,4}\S.{0,160}\b(?:return|satisfies)\s|\bdeclare\s{1,3}(?:namespace\s{1,3}\w{1,24}\s{0,3}=\s{0,3}["']|variable\s{1,3}\$\w{1,24}\s{0,3}:=|function\s{1,3}\w{1,24}:|option\s{1,3}\w{1,24}:)|\bif\s{0,3}\(\s{0,3}\/{1,2}[a-z*@][^()]{0,60}\)\s{0,3}then\b|['"\])]\s{0,3}return\s{1,3}(?:\/\/|doc\()/su;
const outside =
  /(?:^|[^\w.-])(?:environment-variable|available-environment-variables|system-property|unparsed-text(?:-lines|-available)?)\(\s{0,3}['")]/u;

/** Where XQuery stands in the text; undefined where none does. */
export function xqueryIn(
  lower: string,
): { readonly rule: 'xpath.document' | 'xpath.query'; readonly start: number; readonly end: number } | undefined {
  const text = lower.slice(0, 4096);
  for (const [form, rule] of [
    [call, 'xpath.document'],
    [outside, 'xpath.document'],
    [expression, 'xpath.query'],
  ] as const) {
    const found = form.exec(text);
    if (found !== null) return { rule, start: found.index, end: found.index + found[0].length };
  }
  return undefined;
}
