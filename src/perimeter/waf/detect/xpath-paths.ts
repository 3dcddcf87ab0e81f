/** Location paths (XPath 1.0 section 2, XPath 3.1 section 3.3): what a whole value asks of a document, and steps behind a predicate it ends. */

/** Where in the text, and under which rule. */
export interface Found {
  readonly rule: 'xpath.breakout' | 'xpath.blind' | 'xpath.document';
  readonly start: number;
  readonly end: number;
}

const charsMax = 400;
const axis = String.raw`(?:ancestor(?:-or-self)?|attribute|child|descendant(?:-or-self)?|following(?:-sibling)?|namespace|parent|preceding(?:-sibling)?|self)::`;
const kind = String.raw`(?:node|text|comment|processing-instruction|element|attribute|document-node)\(\)`;
const word = String.raw`[a-z_][\w-]{0,40}`;
const predicate = String.raw`\[[^[\]]{1,100}\]`;
const step = String.raw`(?:\.\.?|(?:@|${axis})?(?:\*|${kind}|(?:${word}:)?${word}))(?:${predicate}){0,3}`;
/** A path from its first character to its last; a group around the beginning is `(//user)[1]`. */
const whole = new RegExp(
  String.raw`^(?:\(\s?\/\/${step}(?:\/{1,2}${step}){0,4}\s?\)(?:${predicate}){0,2}|(?:\/{1,2})?${step})(?:\/{1,2}${step}){0,10}(?:\/${word}\(\))?$`,
  'u',
);
/** What no page of the application shows. */
const secret = String.raw`(?:pass(?:word|wd|code|phrase)?s?|pwd|secrets?|(?:\w{1,16}_?)?token|(?:password_?)?hash|salt|(?:api|private|secret|access)_?key|ssn|credentials?|salary|credit_?card|card_?number|cvv|pin)`;
const account = String.raw`(?:users?|accounts?|admins?|administrators?|employees?|customers?|members?|credentials?|logins?|secrets?|passwords?)`;
const lastIsSecret = new RegExp(String.raw`(?:\/|@|::)${secret}(?:\[[^\]]{0,40}\])?(?:\/(?:text|node)\(\))?$`, 'u');
/** Elements of that kind are asked for, not fields of a form whose name says so. */
const asksSecret = new RegExp(
  String.raw`\[\s?(?:not\()?@?${secret}\s?(?:\]|\)|[=!<>])|(?:name\(\)?|\.)\s?\)?\s?(?:=|,)\s?['"]${secret}['"]`,
  'u',
);
const asksAccount = new RegExp(String.raw`(?:^|\/|::)${account}\)?(?:\[|\/(?:@|${axis}|\*|\.\.))`, 'u');
const isMarked = /[[(@]|::/u;
/** Two steps and more of nothing but every node, or one that names its axis. */
const everyNode = new RegExp(
  String.raw`^(?:\/\/(?:\*|@\*|${kind})|\/(?:\/?\*){2,8}|\/{1,2}${axis}(?:\*|${kind}))(?:\/{1,2}(?:@|${axis})?(?:\*|${kind})){0,8}$|^\(\s?\/\/(?:\*|${kind})\s?\)\[`,
  'u',
);
/** A predicate ends that the value never opened, and the path goes on, or another predicate is left open. */
const climbed = new RegExp(
  String.raw`^[\w.@'" =<>-]{0,32}\]\s{0,3}\/{1,2}\s{0,2}(?:\.\.|${axis}|@[a-z*]|\*)|^[\w.'"-]{0,24}\]\s{0,3}(?:or|and)\s{1,3}\[`,
  'u',
);
/** A predicate ends that the value never opened, and one of another step is left open for the application to close. */
const reopened = new RegExp(
  String.raw`^[\w.@'" =<>-]{0,32}\]\s{0,3}(?:or|and)\s{1,3}(?:@?\*|${kind}|@?${word}|${axis}[\w*()]{1,24})\[[^[\]]{1,60}$`,
  'u',
);
/** A number, and what only arithmetic and functions of XPath go on with (XPath 1.0 sections 3.5 and 4). */
const counted =
  /^\s{0,4}\d{1,9}(?:\s{1,3}(?:div|mod)\s{1,3}\d{1,9})?\s{0,3}[\])]{0,3}\s{1,3}(?:or|and)\s{1,3}(?:(?:ceiling|floor|round|number|string|sum|abs|boolean)\(\s?[\w.'"]{0,24}\s?\)\s{0,3}(?:[=<>]|!=|$)|not\(\s?(?:false|true|0|1)\b|(?:true|false)\(\)|error\()|^\s{0,4}\d{1,9}\s{1,3}(?:div|mod)\s{1,3}\d{1,9}\s{1,3}(?:or|and)\s{1,3}(?!\d{1,9}\s{0,3}[?.!]?\s{0,3}$)\S/u;
/** A comment (XPath 3.1 section 2.6) between the quote and the word, where patterns look for blanks. */
const remarked =
  /['"]\s{0,3}(?:\(:[^()'"\n]{0,40}:\)\s{0,3}){1,3}(?:or|and|\|)\s{0,3}(?:\(:|['"\d/*.@])|['"]\s{0,3}(?:or|and)\s{0,3}(?:\(:[^()'"\n]{0,40}:\)\s{0,3}){1,3}['"\d/*.@]/u;
/** A condition behind the literal, and the predicate's end that the application was to write. */
const closed =
  /^[^'"[\]]{0,40}['"]\s{0,3}[)\]]{0,3}\s{0,3}(?:or|and)\s{1,3}[^'"[\]]{1,24}\]\s{0,3}\|\s{0,3}\/|^[^'"\s]{0,24}['"]\s{0,3}(?:or|and)\s{0,3}\(\s{0,2}(?:true|false)\(\)\s{0,2}\)\s{0,3}(?:or|and)\b|^[^'"[\]]{0,40}['"]\s{0,4}(?:or|and)\s[^'"[\]]{1,40}\]\s{0,3}(?:$|%00|\0|\(:)|^[^'"[\]]{0,40}['"]\s{0,3}[)\]]{0,3}\]\s{0,3}\(:|^[^'"]{0,40}['"]\s{0,3}[)\]]{0,3}\s{0,3}(?:(?:intersect|except|union)\s{1,3}\(?\s?(?:\/\/|\$[a-z]|doc\()|(?:=>|!|\|\|)\s{0,3}(?:fn:)?(?:doc|collection|unparsed-text|json-doc|parse-xml|environment-variable|string-join|serialize)\()/u;
const joined = new RegExp(
  String.raw`^[\w./@*[\]() -]{0,40}\s{0,3}\|\s{0,3}\/\/(?:\*|(?:${word}\/){0,4}(?:${account}|${secret}))(?:${predicate})?(?:\/(?:\*|@?${word}|text\(\)))?$`,
  'u',
);
/** Where the reader of a document stands, and functions that only stylesheets have (XSLT 1.0 section 12, XSLT 3.0 section 20). */
const here = /^current\(\)\s{0,2}\//u;
const stylesheet =
  /^(?:element-available|function-available|unparsed-entity-(?:uri|public-id)|generate-id|system-property|current-output-uri|available-system-properties|stream-available|accumulator-(?:before|after))\(\s?['"/$.]|^document\(\s?['"]['"]\s?\)\s{0,2}\/|\bxpointer\(\s?(?:\/|id\()|<(?:exsl:document|saxon:output|redirect:write|xsl:result-document|xalan:write)\s/u;
/** The same question in JSONPath (RFC 9535 section 2): descendants or a filter, and what is kept secret. */
const inJson = /^\$[.[]\S{0,200}$/u;
const jsonAsks = new RegExp(
  String.raw`\.\.${secret}$|\[\?\(?\s?@\.${secret}\b|\[\?\(.{1,120}\)\]\.{1,2}${secret}$|\[\?\(.{0,80}\bconstructor\b`,
  'u',
);

/** One value of an attribute that has many, as SCIM names it (RFC 7644 section 3.5.2): `members[value eq "2819c223"]`. */
const ofDirectory =
  /^[a-z][\w:.-]{0,120}\[(?:value|type|primary|display|\$ref)\s(?:eq|ne|co|sw|ew)\s(?:"[^"[\]]{0,120}"|true|false)\](?:\.[a-z]{1,40})?$/u;

/** Without a step, a predicate's end or a join there is nothing to ask. */
const hasPath =
  /[/\]|]|\(:|^\s?\d{1,9} (?:div|mod|or|and) |\(\s?['"$.@]|=>|\$\.|['"]\s{0,3}(?:!|intersect|except|union)/u;

/** A path that asks for what people keep to themselves, for every node there is, or that goes on behind the predicate it stood in. */
export function pathIn(lower: string): Found | undefined {
  const text = lower.trim();
  if (text.length > charsMax || !hasPath.test(text)) return undefined;
  const end = Math.min(lower.length, 40);
  if (reopened.test(text) || counted.test(text) || (text.includes('(:') && remarked.test(text)))
    return { rule: 'xpath.breakout', start: 0, end };
  if (climbed.test(text) || closed.test(text) || here.test(text) || (text.includes('|') && joined.test(text)))
    return { rule: 'xpath.breakout', start: 0, end };
  if (stylesheet.test(text)) return { rule: 'xpath.document', start: 0, end };
  if (inJson.test(text) && jsonAsks.test(text)) return { rule: 'xpath.blind', start: 0, end };
  if (!whole.test(text) || ofDirectory.test(text)) return undefined;
  const asks =
    everyNode.test(text) ||
    (isMarked.test(text) && (lastIsSecret.test(text) || asksSecret.test(text) || asksAccount.test(text))) ||
    (text.startsWith('//') && lastIsSecret.test(text)) ||
    text.includes('//*[string-length(');
  return asks ? { rule: 'xpath.blind', start: 0, end } : undefined;
}
