import type { LeafSink, Place } from '../waf.ts';
import { placeNameCharsMax } from './field.ts';
import { judgeFieldForm } from './field-forms.ts';
import type { FormRule } from './form-rules.ts';
import type { HeadInput } from './head.ts';
import { findHole } from './known-holes.ts';
import { isInside, isOddPath } from './path-forms.ts';

/** What the gate forwards (RFC 9110 section 9.1), and what programs for shared folders, calendars and searches add. */
const plainMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY', 'MKCOL']);
/** Methods that mean nothing without one of these headers (RFC 4918 section 9, RFC 3253, RFC 5323). */
const needs: ReadonlyMap<string, readonly string[]> = new Map([
  ['PROPFIND', ['depth']],
  ['PROPPATCH', ['content-type']],
  ['COPY', ['destination']],
  ['MOVE', ['destination']],
  ['LOCK', ['content-type', 'if']],
  ['UNLOCK', ['lock-token']],
  ['REPORT', ['content-type', 'depth']],
  ['SEARCH', ['content-type']],
  ['ACL', ['content-type']],
  ['MKCALENDAR', ['content-type']],
  ['MERGE', ['content-type']],
  ['MKACTIVITY', ['content-length', 'content-type']],
  ['CHECKOUT', ['content-type']],
]);

/** Fields that may be as long and even as their makers like. */
const longFields = new Set(['cookie', 'authorization', 'proxy-authorization', 'referer', 'user-agent']);
const runCharsMax = 256;
/** Secrets whatever they look like, of which a record shows `$Version` or `Basic`, and no more. */
const secretFields = new Set(['cookie', 'authorization', 'proxy-authorization']);
const shownChars = 6;
/** A value that is no more than escapes of control characters: what parsers stumble over, and no client writes. */
const escapedControls = /^(?:\w{0,4}(?:\\[nrabtvf0]|\\x[01][\da-f]|\\u00[01][\da-f]|%[01][\da-f]))+\w{0,4}$/i;

const sign = '(?:;|%3b|%23|%3f|%0[09ad]|%5c)(?:%2f|%2e|%3b|%5c){0,4}';
/** What caches take for a file and the application behind for the page before the sign: `/me;x.css`, `/a/b%23x.js`. */
const cutFile = new RegExp(
  `^/[\\w-]{2,24}${sign}[\\w-]{0,32}\\.(?:css|m?js|ico|woff2?|ttf|svg|png|jpe?g|gif|webp|avif|map|txt|pdf)$|^/[\\w-]{1,24}(?:/[\\w-]{1,24}){1,3}(?:;|%3b|%23|%3f|%0[09ad])[\\w-]{1,32}\\.(?:css|m?js|ico|woff2?|ttf)$`,
  'i',
);
/** What servers run by its name, perhaps with an end that a file system drops. */
const runs =
  /\.(?:php\d?|phtml|phar|jspx?|jspf|aspx?|ashx|asmx|cgi|cfm|shtml|war)(?:\/|%20|%2f|%00|;\.?\w{0,5}|::\$\w{1,8}|\.){0,3}$/;
const personalFile =
  /^\/(?:api\/(?:v\d\/)?|users?\/|my\/|account\/)?(?:my-?)?(?:accounts?|me|profile|settings|dashboard|billing|wallet|inbox|messages|orders?|user|users\/me|session|whoami)(?:\/|%2f)([\w-]{1,32})\.(css|m?js|ico|woff2?|ttf|map)$/i;
/** The page itself with a sign that parts words to some servers: `/account$x.css`. */
const personalSign =
  /^\/(?:my-?)?(?:accounts?|me|profile|settings|dashboard|billing|wallet|inbox|orders?|user|session)[!$~,'|^@&=+:-]{1,2}\w{1,12}\.(?:css|m?js|ico|woff2?|ttf|png|jpg)$/i;
const namesOfNothing = /^(?:\w|test\w{0,3}|non-?existent\w{0,3}|foo|bar|poc|cache\w{0,3}|wcd|random)$/i;

const atPath: Place = { zone: 'path', name: '', part: 'value' };
const atQuery: Place = { zone: 'query', name: '', part: 'value' };
/** As HTTP/2 writes it (RFC 9113 section 8.3.1). */
const atMethod: Place = { zone: 'header', name: ':method', part: 'value' };

/** Takes a broken rule, where it is broken, and what a record may show of it. */
type Found = (rule: FormRule, place: Place, text: string) => void;
type Headers = HeadInput['headers'];

/**
 * Judges what a head says of itself as a whole: a method nobody forwards or without what it needs, a switch of protocols, fields filled to
 * break a cache's limits, paths that a cache and an application read in two ways. Linear in the head; what it finds, it tells.
 */
export function judgeForm(head: HeadInput, sink: Pick<LeafSink, 'found'>): void {
  const { method, path, query, headers } = head;
  const found: Found = (rule, place, text) => sink.found?.(rule, place, text);
  judgeMethod(method, headers, found);
  judgeSwitch(headers, found);
  judgeFields(headers, found);
  judgeStored(head, found);
  if (isCached(method, path, headers)) found('protocol.cached', atPath, path);
  if (isOddPath(path)) found('protocol.path', atPath, path);
  judgeCaller(path, headers, found);
  judgeQuery(query, found);
  if (isOverlong(path)) found('protocol.overlong', atPath, path);
  if (isOverlong(query)) found('protocol.overlong', atQuery, query);
  const hole = findHole(head);
  if (hole !== undefined) found('protocol.hole', hole === 'path' ? atPath : atQuery, hole === 'path' ? path : query);
}

function atField(name: string): Place {
  return { zone: 'header', name: name.slice(0, placeNameCharsMax), part: 'value' };
}

function one(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return value === undefined || typeof value === 'string' ? value : value.join(', ');
}

function judgeMethod(method: string, headers: Headers, found: Found): void {
  if (plainMethods.has(method)) return;
  if (needs.get(method)?.some(name => headers[name] !== undefined) !== true) found('protocol.method', atMethod, method);
}

/** RFC 9113 section 3.1 retires h2c; behind a gate it would carry requests that nobody judged. RFC 6455 section 4.4 knows one version. */
function judgeSwitch(headers: Headers, found: Found): void {
  const protocol = one(headers, 'upgrade')?.trim();
  if (protocol !== undefined && protocol.toLowerCase() !== 'websocket')
    found('protocol.switch', atField('upgrade'), protocol);
  const settings = one(headers, 'http2-settings');
  if (settings !== undefined) found('protocol.switch', atField('http2-settings'), settings);
  const version = one(headers, 'sec-websocket-version')?.trim();
  if (version !== undefined && version !== '13') found('protocol.switch', atField('sec-websocket-version'), version);
}

function judgeFields(headers: Headers, found: Found): void {
  // RFC 1035 section 2.3.4, and a port.
  const host = one(headers, 'host') ?? '';
  if (host.length > 262) found('protocol.host', atField('host'), host);
  for (const name in headers) {
    const value = one(headers, name);
    if (value === undefined) continue;
    const rule = judgeFieldForm(name, value, headers);
    if (rule !== undefined) found(rule, atField(name), secretFields.has(name) ? value.slice(0, shownChars) : value);
    if (value.length < 2) continue;
    if (value.length > runCharsMax && !longFields.has(name) && isFilled(value))
      found('protocol.filled', atField(name), value);
    if (value.length < 200 && name !== 'user-agent' && name !== 'cookie' && escapedControls.test(value))
      found('protocol.field', atField(name), value);
  }
}

/** One letter over and over. */
function isFilled(value: string): boolean {
  let run = 1;
  for (let at = 1; at < value.length; at++) {
    run = value.charCodeAt(at) === value.charCodeAt(at - 1) ? run + 1 : 1;
    if (run > runCharsMax) return true;
  }
  return false;
}

/** A program put where the server would run it; what PUT brings to a script is its data, in a type that says so. */
function judgeStored({ headers, method, path }: HeadInput, found: Found): void {
  if (method !== 'PUT' && method !== 'MOVE' && method !== 'COPY') return;
  const type = (one(headers, 'content-type') ?? '').toLowerCase();
  const target = method === 'PUT' ? path : (one(headers, 'destination') ?? '').slice(-200);
  if (!runs.test(target.toLowerCase())) return;
  if (/json|xml|form|multipart|graphql|protobuf|msgpack|calendar|vcard/.test(type)) return;
  found('protocol.stored', method === 'PUT' ? atPath : atField('destination'), target);
}

/** RFC 9111 section 2: a cache keys by the path as it came. */
function isCached(method: string, path: string, headers: Headers): boolean {
  if ((method !== 'GET' && method !== 'HEAD') || path.length > 2048) return false;
  // A file to the cache and a page to the site.
  if (/[;%]/.test(path) && cutFile.test(path)) return true;
  if (personalSign.test(path)) return true;
  const file = personalFile.exec(path);
  if (file === null) return false;
  return (one(headers, 'accept') ?? '').startsWith('text/html') || namesOfNothing.test(file[1] ?? '');
}

const ownAddress =
  /^(?:for="?)?\[?(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|localhost|::ffff:127\.\d{1,3}\.\d{1,3}\.\d{1,3})\]?"?(?:$|[,;:])/i;
const addressFields = ['x-forwarded-for', 'x-real-ip', 'forwarded', 'true-client-ip', 'cf-connecting-ip'];

/** Pages of those who run the site asked for by who says to be the machine itself. */
function judgeCaller(path: string, headers: Headers, found: Found): void {
  for (const name of addressFields) {
    const value = one(headers, name)?.trim();
    if (value !== undefined && ownAddress.test(value) && isInside(path)) found('protocol.inside', atField(name), value);
  }
}

/** What a cache leaves out of its key, with another parameter behind a sign that only some servers part at. */
const cloaked = /(?:^|&)(?:utm_\w{1,16}|gclid|fbclid|msclkid|_ga|mc_[ce]id)=[^&;]{0,200};([\w[\]]{1,40})=/;

const endedName = /(?:^|&)[^=&]{0,200}%00[^=&]{0,200}=/;

function judgeQuery(query: string, found: Found): void {
  // A name that ends early in some languages; values may be bytes, as those of trackers are.
  if (query.includes('%00') && endedName.test(query)) found('protocol.query', atQuery, query);
  if (!query.includes(';')) return;
  const [text = '', name] = cloaked.exec(query) ?? [];
  if (name !== undefined && (query.startsWith(`${name}=`) || query.includes(`&${name}=`)))
    found('protocol.query', { zone: 'query', name, part: 'value' }, text);
}

const pairsMax = 1000;

/** Whether a query has more parameters than any server reads. */
export function hasManyPairs(query: string): boolean {
  if (query.length <= 2 * pairsMax) return false;
  let count = 0;
  for (let at = query.indexOf('&'); at >= 0; at = query.indexOf('&', at + 1)) count++;
  return count > pairsMax;
}

/** A sign in three or four bytes where one would do (RFC 3629 section 3), or angle brackets in two. */
function isOverlong(text: string): boolean {
  if (!text.includes('%')) return false;
  const lower = text.toLowerCase();
  const isLong = /%e0%80%[ab][\da-f]|%f0%80%80%[ab][\da-f]|%f8%80%80%80|%fc%80%80%80%80/.test(lower);
  const open = lower.search(/%c0%bc(?:[a-z/!?]|%2f)/);
  return isLong || (open >= 0 && lower.includes('%c0%be', open));
}
