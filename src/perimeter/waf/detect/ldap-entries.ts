/** Names, searches and changes of a directory that a value brings: names (RFC 4514), URLs (RFC 4516) and LDIF (RFC 2849). */

type EntryRule = 'ldap.name' | 'ldap.url' | 'ldap.change' | 'ldap.wildcard';

/** Where a directory's own form stands in a value. */
export interface Entry {
  readonly rule: EntryRule;
  readonly start: number;
  readonly end: number;
}

const charsMax = 2000;
/** Types of the parts of a name (RFC 4519 section 2, Active Directory). */
const type = String.raw`(?:cn|ou|dc|uid|o|c|l|st|sn|street|mail|email(?:address)?|serialnumber|userid|title|member|samaccountname|userprincipalname|krbprincipalname|ipauniqueid|nsuniqueid|entryuuid|gidnumber|uidnumber|[0-2](?:\.\d{1,9}){2,12})`;
const part = String.raw`\s{0,3}${type}\s{0,2}=(?:\\[^\n]|[^,+;=?\\()\n]){0,120}`;
/** At least two parts, all of the value. */
const name = new RegExp(String.raw`^${part}(?:[,+;]${part}){1,16}$`, 'u');
/** One letter before an equals sign is a variable elsewhere. */
const long = /(?:^|[,+;])\s{0,3}(?:\w{2,20}|\d[\d.]{3,40})\s{0,2}=/u;
const starred = /=\s{0,2}[^,+;=]{0,40}\*[^,+;=]{0,40}(?:[,+;]|$)/u;
/** A value without a type, and the rest of a name behind it: what stands there was to be one part of a longer name. */
const continued = new RegExp(
  String.raw`^[\w.@ -]{0,60}(?:[,+;]\s{0,3}(?:cn|ou|dc|uid|o|cn|member|samaccountname)\s{0,2}=[^,+;=?()<>\n]{1,60}){2,12}$`,
  'u',
);
/** Attributes, scope and filter behind a name: a search of the sender's own. */
const search =
  /\?[\w;*,. :+-]{0,160}\?(?:base|one(?:level)?|sub(?:tree|ordinate)?|children)?\?!?\s{0,3}\(|[=\w]\?[\w;*,.+-]{0,160}\?(?:base|one|sub)(?:\?|$)/u;
const beginsAsName = new RegExp(String.raw`(?:^|[/,+\s])${type}=[^?&#\n]{0,300}\?`, 'u');
const url = /^ldap[is]?:\/\/[^\s/?]{0,255}\/(?:[\w.;-]{1,40}=|[^\s]{0,200}\?)\S{0,400}$/u;
/** Other ways to the same, and ADSI's dialect of SQL. */
const provider = /^(?:ldapi|cldap):\/\/\S{3,}|^gc:\/\/[\w.-]{1,120}\/\S{0,200}=|\bfrom\s{1,3}['"](?:ldap|gc):\/\//u;
/** A record of changes from its first line on. */
const record = new RegExp(
  String.raw`^dn:{1,2}\s{0,4}${type}\s{0,2}=[^\n]{1,200}\n(?:[^\n]{0,200}\n){0,3}changetype:`,
  'u',
);
/** Attributes whose values an account or a right is made of; no note begins a line with them. */
const lines = String.raw`(?:changetype:{1,2}\s{0,4}(?:add|modify|delete|mod[dr]n|\w{8,16}={0,2})|dn:{1,2}\s{0,4}(?:${type}\s{0,2}=|[\w+/]{12,}={0,2}\s{0,4}(?:\n|$))|(?:user|unicode|samba|krb|ds)?pwd\w{0,16}:[:<]?\s|(?:user|shadow|ms-mcs-adm)pass?w(?:or)?d:[:<]?\s|(?:userpassword|unicodepwd|memberof|uniquemember|memberuid|objectclass|objectcategory|newrdn|deleteoldrdn|newsuperior|modrdn|samaccountname|useraccountcontrol|userprincipalname|serviceprincipalname|sshpublickey|sambantpassword|sambalmpassword|krbprincipalkey|krbprincipalname|loginshell|homedirectory|uidnumber|gidnumber|nsrole\w{0,8}|aci|olc\w{2,24}|ds-privilege-name|pwdreset|pwdaccountlockedtime|lockouttime|admincount|sidhistory|scriptpath|msds-\w{2,40}|authpassword|usercertificate|nsaccountlock|krb(?:extradata|loginfailedcount|lastpwdchange|passwordexpiration)|employee(?:type|number)|businesscategory|departmentnumber|shadow(?:expire|max|min|lastchange|inactive|warning|flag)|gecos|primarygroupid|accountexpires|inetuserstatus|mail(?:forwardingaddress|alternateaddress|quota|host|routingaddress)|userclass|radius\w{4,30}|physicaldeliveryofficename|thumbnailphoto|ipa\w{4,24}|authorizedservice|krb\w{6,30}|userparameters|msexch\w{4,40}|proxyaddresses|usersmimecertificate|ms-ds-[\w-]{4,40}|bad(?:pwdcount|passwordtime)|ldappublickey|logon(?:hours|count)|object(?:guid|sid)|sambasid|preferredlanguage|labeleduri|sudo(?:command|user|host|option|runas\w{0,6}|order)|pwd\w{3,24}|controls?)(?:;[\w-]{1,24})?:[:<]?\s{0,4}\S|member:[:<]?\s{0,4}${type}\s{0,2}=|[a-z][\w-]{0,30};(?:lang-[a-z-]{2,8}|binary):{1,2}\s{0,4}\S|[a-z][\w;-]{1,40}:<\s{0,3}(?:file|https?|ftp):)`;
/** What a record of changes says is to be done with an attribute, known or behind a line that ends another change. */
const act = String.raw`(?:add|replace|delete|increment):\s{0,4}(?:userpassword|unicodepwd|member(?:of|uid)?|uniquemember|objectclass|sshpublickey|samaccountname|useraccountcontrol|serviceprincipalname|userprincipalname|uid(?:number)?|gidnumber|homedirectory|loginshell|mail|cn|sn|role|manager|title|aci|[a-z]{2,12}(?:password|number|class|name|key))\s{0,4}(?:\n|$)`;
const step = String.raw`-\s{0,2}\n\s{0,2}(?:add|replace|delete|increment):\s{0,4}[\w;-]{1,60}\s{0,4}(?:\n|$)`;
const change = new RegExp(String.raw`\n\s{0,4}(?:${lines}|${act}|${step})`, 'u');
const firstIsValue = /^[^\s:]{0,80}(?: [^\s:]{1,40}){0,2}\s{0,4}$/u;

/** Extensible matches name their rule (RFC 4515 section 3), and brackets of a filter are escaped by who takes them off again. */
const rule =
  /[(:][\w;.-]{0,40}:(?:dn:)?(?:[0-2](?:\.\d{1,9}){2,14}|[a-z]{4,24}match):=|\(\s{0,2}\*\s{0,2}[~<>]?=|^\([\w.;-]{1,40}=\*\)\([\w.;-]{1,40}=/u;
const escaped = /\\29\s{0,2}\\28[\w.;|&!\\-]{1,60}=?|\\2a\\29/u;

/** The first form that no name, search word or note of a person has. */
export function entryIn(lower: string, isMarked: boolean): Entry | undefined {
  if (lower.length > charsMax) return undefined;
  const null0 = lower.indexOf('\0');
  if (null0 > 0 && null0 <= 80 && lower.length - null0 <= 8 && /^[\w.@-]{0,60}\*\)*$/u.test(lower.slice(0, null0)))
    return { rule: 'ldap.wildcard', start: null0 - 1, end: null0 + 1 };
  const matched = rule.exec(lower) ?? escaped.exec(lower);
  if (matched !== null) return { rule: 'ldap.url', start: matched.index, end: matched.index + matched[0].length };
  if (isMarked && !lower.includes('\n') && !lower.includes('\r')) return nameIn(lower.trim());
  return changeIn(lower);
}

function nameIn(lower: string): Entry | undefined {
  const whole = { start: 0, end: Math.min(60, lower.length) };
  if (url.test(lower) || provider.test(lower)) return { rule: 'ldap.url', ...whole };
  if (search.test(lower) && beginsAsName.test(lower)) return { rule: 'ldap.url', ...whole };
  if (lower.length > 600) return undefined;
  if (lower.includes('*') && name.test(lower) && starred.test(lower) && long.test(lower))
    return { rule: 'ldap.name', ...whole };
  return continued.test(lower) ? { rule: 'ldap.name', ...whole } : undefined;
}

/** One value, the end of its line, and lines of a record of changes. */
function changeIn(lower: string): Entry | undefined {
  const text = lower.replaceAll(/\r\n?/gu, '\n');
  const end = text.indexOf('\n');
  if (record.test(text)) return { rule: 'ldap.change', start: 0, end: Math.min(40, lower.length) };
  if (end < 0 || end > 160 || !firstIsValue.test(text.slice(0, end))) return undefined;
  const found = change.exec(text);
  return found === null
    ? undefined
    : { rule: 'ldap.change', start: Math.min(end, lower.length), end: Math.min(lower.length, end + found[0].length) };
}
