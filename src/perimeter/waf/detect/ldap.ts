/** Filters of LDAP (RFC 4515) that a value closes and goes on with. */

import { charClass, type Detector, type Hit, type Rule } from '../waf.ts';
import { entryIn } from './ldap-entries.ts';

const rules = [
  { id: 'ldap.breakout', title: 'a value that closes an LDAP filter and opens another', points: 5, paranoia: 1 },
  { id: 'ldap.wildcard', title: 'a wildcard that closes an LDAP filter', points: 5, paranoia: 1 },
  { id: 'ldap.filter', title: 'a whole LDAP filter', points: 5, paranoia: 1 },
  {
    id: 'ldap.name',
    title: 'a name of a directory that matches others or goes on behind a value',
    points: 5,
    paranoia: 1,
  },
  { id: 'ldap.url', title: 'a search of a directory', points: 5, paranoia: 1 },
  { id: 'ldap.change', title: 'a line break followed by a change of a directory', points: 5, paranoia: 1 },
  { id: 'ldap.probe', title: 'the characters that break an LDAP filter', points: 3, paranoia: 1 },
] as const satisfies readonly Rule[];

const attributes = new Set(
  (
    'uid cn sn mail objectclass objectcategory userpassword unicodepwd samaccountname userprincipalname givenname dn ou dc o c l st member memberof memberuid uidnumber gidnumber ' +
    'displayname distinguishedname department description telephonenumber mobile homedirectory loginshell useraccountcontrol admincount password user username name email ' +
    'role security_level zone printer directory group type title employeenumber employeeid department pass pwd login id'
  ).split(' '),
);

const inFilters =
  charClass.equals | charClass.star | charClass.pipe | charClass.ampersand | charClass.mark | charClass.control;

export const ldap: Detector = {
  id: 'ldap',
  rules,
  needles: [
    '(&',
    '(|',
    '(!',
    ')(',
    '*)',
    '=*',
    ')\u0000',
    '*(',
    '|(',
    '&(',
    ') (',
    '*\u0000',
    'match:=',
    '\\29',
    '(*=',
    'dc=',
    'ou=',
    'cn=',
    'uid=',
    ',o=',
    '??sub',
    '?one',
    '?sub',
    '?base',
    'ldap://',
    'ldaps://',
    'ldapi://',
    'changetype:',
    'employeetype:',
    'employeenumber:',
    'businesscategory:',
    'departmentnumber:',
    'shadow',
    'gecos:',
    'authorizedservice:',
    'krb',
    'userparameters:',
    'msexch',
    'proxyaddresses:',
    'usersmime',
    'ms-ds-',
    'badpwdcount:',
    'badpasswordtime:',
    'ldappublickey:',
    'logonhours:',
    'logoncount:',
    'objectguid:',
    'objectsid:',
    'primarygroupid:',
    'accountexpires:',
    'inetuserstatus:',
    'mailforwarding',
    'mailalternate',
    'mailquota:',
    'mailhost:',
    'mailrouting',
    'userclass:',
    'radius',
    'physicaldelivery',
    'sambasid:',
    'labeleduri:',
    ';lang-',
    ';binary:',
    'dn:',
    'password:',
    'pwd:',
    'memberof:',
    'member',
    'objectclass',
    'objectcategory:',
    'newrdn:',
    'deleteoldrdn:',
    'newsuperior:',
    'samaccountname',
    'useraccountcontrol',
    'principalname',
    'publickey',
    'loginshell:',
    'homedirectory:',
    'uidnumber:',
    'gidnumber:',
    'add:',
    'replace:',
    'delete:',
    'increment:',
    'msds-',
    'olc',
    'aci:',
    'lockouttime:',
    'admincount:',
    'sidhistory:',
    'scriptpath:',
    'control:',
    'certificate:',
    'nsrole',
    'privilege-name:',
    'pwdreset:',
    'lockedtime:',
    'nsaccountlock:',
    'krb',
    'sudo',
    ':<',
    ': <',
    'gc://',
    'cldap://',
  ],
  chars: charClass.paren,
  // A filter compares, joins or has a star; a value cut short has a null byte; a change stands behind a line end.
  mayMatch: ({ chars, hasNeedle, place }) =>
    ((chars & charClass.paren) !== 0 && (chars & inFilters) !== 0) ||
    (hasNeedle &&
      place.part === 'value' &&
      (chars & (charClass.equals | charClass.newline | charClass.control | charClass.slash | charClass.backslash)) !==
        0),
  detect({ lower, chars, place }, hit) {
    if (place.part === 'value' && place.zone !== 'file') {
      const entry = entryIn(lower, (chars & (charClass.equals | charClass.slash)) !== 0);
      if (entry !== undefined) return hit(entry.rule, entry.start, entry.end);
    }
    if ((chars & charClass.paren) === 0) return;
    let depth = 0;
    for (let index = 0; index < lower.length; index += 1) {
      const character = lower.charAt(index);
      if (character === '(') {
        if (depth === 0 && judgeFilter(lower, index, hit)) return;
        depth += 1;
      } else if (character === ')') {
        depth -= 1;
        if (depth >= 0) continue;
        depth = 0;
        if (judgeClosing(lower, index, hit)) return;
      }
    }
    if (lower.length < 80 && /^[\w.@-]{0,60}\*\){2,8}$/u.test(lower)) return hit('ldap.wildcard', 0, lower.length);
    if (
      lower.length < 24 &&
      /^[^a-z0-9]{0,8}[*()|&\\'"!]{5,16}$/u.test(lower) &&
      lower.includes('(') &&
      lower.includes('*')
    )
      hit(['|', '&', ')'].every(sign => lower.includes(sign)) ? 'ldap.breakout' : 'ldap.probe', 0, lower.length);
  },
};

/** An opening parenthesis outside all others: `(|(uid=*))`, `*|(cn=`, `(&(a=b)(c=d))`. */
function judgeFilter(lower: string, at: number, hit: Hit): boolean {
  let index = skip(lower, at + 1);
  const sign = lower.charAt(index);
  const isJoined = '&|!'.includes(sign) && sign !== '';
  if (isJoined) {
    index = skip(lower, index + 1);
    if (lower.charAt(index) !== '(') return false;
    index = skip(lower, index + 1);
    if ('&|!'.includes(lower.charAt(index)) && lower.charAt(skip(lower, index + 1)) === '(')
      index = skip(lower, skip(lower, index + 1) + 1);
  }
  const item = readItem(lower, index);
  if (item === undefined) return false;
  if (isJoined && (attributes.has(item.name) || item.hasStar || lower.charAt(skip(lower, item.end + 1)) === '(')) {
    if (isTalkedAbout(lower, at)) return false;
    hit('ldap.filter', at, item.end);
    return true;
  }
  const before = lower.slice(Math.max(0, at - 2), at);
  const isWhole = at === 0 && item.hasStar && attributes.has(item.name) && /^\([\w.;-]{1,40}[~<>]?=\*\)$/u.test(lower);
  if (
    isWhole ||
    (isJoined && before.endsWith(')')) ||
    (before === '!' && attributes.has(item.name) && !item.hasBlank)
  ) {
    hit('ldap.filter', at, item.end);
    return true;
  }
  if (/[|&]$/u.test(before) && !/[|&]{2}$/u.test(before) && attributes.has(item.name) && !item.hasBlank) {
    hit('ldap.breakout', at - 1, item.end);
    return true;
  }
  if (at === 0 && lower.length < 120 && single.test(lower)) {
    hit('ldap.filter', at, item.end);
    return true;
  }
  if (item.name === 'objectclass' && item.hasStar) {
    hit('ldap.filter', at, item.end);
    return true;
  }
  return false;
}

/** One comparison in brackets, of what only directories have or as only they compare. */
const single =
  /^\((?:(?:samaccountname|samaccounttype|admincount|serviceprincipalname|useraccountcontrol|userpassword|unicodepwd|memberof|ms-mcs-admpwd\w{0,16}|msds-[\w-]{2,40}|krb\w{4,24}|userprincipalname|objectcategory|objectsid|objectguid|sidhistory|pwdlastset|lastlogon|uidnumber|gidnumber|homedirectory|loginshell|entryuuid|sambantpassword)(?::[\w.]{0,40}:)?[~<>]?=[^()=]{1,60}|(?:uid|cn|sn|mail|ou|dc|givenname|displayname|description|title|department)(?:(?:[~<>]|:(?:dn|[\w.]{2,40})?:?)=[^()=]{1,60}|=(?:\*[^()*=\s]{1,24}\*|[^()*=\s]{0,24}\*)))\)$/u;

/** Words stand before or behind: a whole filter in the midst of a sentence ends nothing and begins nothing. */
function isTalkedAbout(lower: string, at: number): boolean {
  const closed = lower.lastIndexOf('))');
  if (closed > at && /^\)+["'`]? [a-z]{2,24} [a-z]{2,24}/u.test(lower.slice(closed + 1, closed + 60))) return true;
  return /[^\W\d_]{2,} [^\W\d_]{1,24}(?: [^\W\d_]{1,24})?:? ["'`(]?$/u.test(lower.slice(Math.max(0, at - 80), at));
}

/** A closing parenthesis that nothing opened. */
function judgeClosing(lower: string, at: number, hit: Hit): boolean {
  const hasStar = lower.charAt(at - 1) === '*';
  let index = at + 1;
  while (index < at + 16 && lower.charAt(index) === ')') index += 1;
  if (lower.charCodeAt(index) === 0 && index < lower.length) {
    hit('ldap.wildcard', at, index + 1);
    return true;
  }
  const gap = index;
  index = skip(lower, index);
  if (lower.charAt(index) === '(') {
    const inner = skip(lower, index + 1);
    const sign = lower.charAt(inner);
    if (sign === '(' && '&|!'.includes(lower.charAt(inner + 1)) && lower.charAt(inner + 1) !== '') {
      hit('ldap.breakout', at, inner + 2);
      return true;
    }
    if (sign === '&' || sign === '|' || sign === '!') {
      const next = lower.charAt(skip(lower, inner + 1));
      if (next === ')' || next === '(' || (next === '' && gap === index)) {
        hit('ldap.breakout', at, inner + 1);
        return true;
      }
    }
    const item = readItem(lower, inner);
    if (item !== undefined && (attributes.has(item.name) || item.hasStar || (gap === index && !item.hasBlank))) {
      hit(hasStar ? 'ldap.wildcard' : 'ldap.breakout', at, item.end);
      return true;
    }
  }
  if ((lower.charAt(index) === '|' || lower.charAt(index) === '&') && lower.charAt(index + 1) === '(') {
    hit('ldap.breakout', at, index + 2);
    return true;
  }
  if (hasStar && index >= lower.length && at <= 40 && !lower.includes(' ') && !lower.includes('/'))
    hit('ldap.probe', at - 1, at + 1);
  return false;
}

interface Item {
  readonly name: string;
  readonly end: number;
  readonly hasStar: boolean;
  readonly hasBlank: boolean;
}

/** `name=value`, with `>=`, `<=`, `~=` and `:rule:=`. */
function readItem(lower: string, at: number): Item | undefined {
  let index = at;
  while (index < at + 64 && /[\w.;-]/u.test(lower.charAt(index)) && lower.charAt(index) !== '') index += 1;
  const name = lower.slice(at, index);
  if (name === '' || !/^(?:[a-z_]|[0-2]\.\d{1,3}(?:\.\d{1,10}){1,12}$)/u.test(name)) return undefined;
  if (lower.charAt(index) === ':') {
    while (index < at + 128 && /[\w.:]/u.test(lower.charAt(index)) && lower.charAt(index) !== '') index += 1;
  }
  index = skip(lower, index);
  if ('><~'.includes(lower.charAt(index)) && lower.charAt(index) !== '') index += 1;
  if (lower.charAt(index) !== '=' || lower.charAt(index + 1) === '=' || lower.charAt(index + 1) === '>')
    return undefined;
  let end = index + 1;
  while (end < lower.length && end < index + 200 && !'()'.includes(lower.charAt(end))) end += 1;
  const value = lower.slice(index + 1, end);
  return { name, end, hasStar: value.includes('*'), hasBlank: value.includes(' ') };
}

function skip(lower: string, at: number): number {
  let index = at;
  while (index < at + 64 && lower.charCodeAt(index) <= 0x20 && lower.charCodeAt(index) > 0) index += 1;
  return index;
}
