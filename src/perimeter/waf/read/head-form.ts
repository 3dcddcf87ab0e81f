import type { Problem } from '../waf.ts';
import { judgeFieldForm } from './field-forms.ts';
import type { HeadInput } from './head.ts';
import { opensHole } from './known-holes.ts';
import { isInside, judgePathForm } from './path-forms.ts';
import { problem, quote } from './problem.ts';

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
/** A value that is no more than escapes of control characters: what parsers stumble over, and no client writes. */
const escapedControls = /^(?:\w{0,4}(?:\\[nrabtvf0]|\\x[01][\da-f]|\\u00[01][\da-f]|%[01][\da-f]))+\w{0,4}$/i;

const sign = '(?:;|%3b|%23|%3f|%0[09ad]|%5c)';
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

/**
 * Judges what a head says of itself as a whole: a method nobody forwards or without what it needs, a switch of protocols, fields filled to
 * break a cache's limits, paths that a cache and an application read in two ways. Linear in the head.
 */
export function judgeForm(head: HeadInput): Problem | undefined {
  const { method, path, query, headers } = head;
  return (
    judgeMethod(method, headers) ??
    judgeSwitch(headers) ??
    judgeFields(headers) ??
    judgeStored(method, path, headers) ??
    judgeCached(method, path, headers) ??
    judgePath(path, headers) ??
    judgeQuery(query) ??
    judgeBytes(path) ??
    judgeBytes(query) ??
    (opensHole(head) ? problem('unsupported', 'a way into a product that no page of it uses') : undefined)
  );
}

type Headers = HeadInput['headers'];

function one(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return value === undefined || typeof value === 'string' ? value : value.join(', ');
}

function judgeMethod(method: string, headers: Headers): Problem | undefined {
  if (plainMethods.has(method)) return undefined;
  const needed = needs.get(method);
  if (needed === undefined) return problem('unsupported', `the method ${quote(method)}`);
  if (needed.some(name => headers[name] !== undefined)) return undefined;
  return problem('malformed', `${method} without ${needed.join(' or ')}`);
}

/** RFC 9113 section 3.1 retires h2c; behind a gate it would carry requests that nobody judged. RFC 6455 section 4.4 knows one version. */
function judgeSwitch(headers: Headers): Problem | undefined {
  const protocol = one(headers, 'upgrade')?.trim().toLowerCase();
  if (protocol !== undefined && protocol !== 'websocket')
    return problem('unsupported', `a switch to ${quote(protocol)}`);
  if (headers['http2-settings'] !== undefined) return problem('unsupported', 'the header "http2-settings"');
  const version = one(headers, 'sec-websocket-version')?.trim();
  if (version !== undefined && version !== '13') return problem('unsupported', `WebSocket version ${quote(version)}`);
  return undefined;
}

function judgeFields(headers: Headers): Problem | undefined {
  // RFC 1035 section 2.3.4, and a port.
  if ((one(headers, 'host')?.length ?? 0) > 262) return problem('malformed', 'a host longer than any name');
  for (const name in headers) {
    const value = one(headers, name);
    if (value === undefined) continue;
    const odd = judgeFieldForm(name, value, headers);
    if (odd !== undefined) return problem('malformed', `the header ${quote(name)} has ${odd}`);
    if (value.length < 2) continue;
    if (value.length > runCharsMax && !longFields.has(name) && isFilled(value))
      return problem('malformed', `the header ${quote(name)} is filled up`);
    if (value.length < 200 && name !== 'user-agent' && name !== 'cookie' && escapedControls.test(value))
      return problem('malformed', `the header ${quote(name)} is made of control characters`);
  }
  return undefined;
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
function judgeStored(method: string, path: string, headers: Headers): Problem | undefined {
  if (method !== 'PUT' && method !== 'MOVE' && method !== 'COPY') return undefined;
  const type = (one(headers, 'content-type') ?? '').toLowerCase();
  const target = method === 'PUT' ? path : (one(headers, 'destination') ?? '').slice(-200);
  if (!runs.test(target.toLowerCase())) return undefined;
  if (/json|xml|form|multipart|graphql|protobuf|msgpack|calendar|vcard/.test(type)) return undefined;
  return problem('unsupported', `${method} of a file that servers run`);
}

/** RFC 9111 section 2: a cache keys by the path as it came. */
function judgeCached(method: string, path: string, headers: Headers): Problem | undefined {
  if ((method !== 'GET' && method !== 'HEAD') || path.length > 2048) return undefined;
  const isCut = /[;%]/.test(path) && cutFile.test(path);
  if (isCut) return problem('ambiguous', 'the path is a file to a cache and a page to the site');
  if (personalSign.test(path)) return problem('ambiguous', "a person's page is asked for as a file");
  const file = personalFile.exec(path);
  if (file === null) return undefined;
  const isOpened = (one(headers, 'accept') ?? '').startsWith('text/html');
  if (!isOpened && !namesOfNothing.test(file[1] ?? '')) return undefined;
  return problem('ambiguous', "a person's page is asked for as a file");
}

const ownAddress =
  /^(?:for="?)?\[?(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|localhost|::ffff:127\.\d{1,3}\.\d{1,3}\.\d{1,3})\]?"?(?:$|[,;:])/i;
const addressFields = ['x-forwarded-for', 'x-real-ip', 'forwarded', 'true-client-ip', 'cf-connecting-ip'];

/** The path alone, and pages of those who run the site asked for by who says to be the machine itself. */
function judgePath(path: string, headers: Headers): Problem | undefined {
  const odd = judgePathForm(path);
  if (odd !== undefined) return problem('ambiguous', odd);
  for (const name of addressFields) {
    if (headers[name] === undefined || !ownAddress.test((one(headers, name) ?? '').trim())) continue;
    if (isInside(path)) return problem('malformed', 'a caller who says to be the machine itself');
  }
  return undefined;
}

const pairsMax = 1000;
/** What a cache leaves out of its key, with another parameter behind a sign that only some servers part at. */
const cloaked = /(?:^|&)(?:utm_\w{1,16}|gclid|fbclid|msclkid|_ga|mc_[ce]id)=[^&;]{0,200};([\w[\]]{1,40})=/;

function judgeQuery(query: string): Problem | undefined {
  if (query.length > 2 * pairsMax) {
    let count = 0;
    for (let at = query.indexOf('&'); at >= 0; at = query.indexOf('&', at + 1)) count++;
    if (count > pairsMax) return problem('too_many', `more than ${pairsMax} parameters`);
  }
  if (!query.includes(';')) return undefined;
  const name = cloaked.exec(query)?.[1];
  const isTwice = name !== undefined && (query.startsWith(`${name}=`) || query.includes(`&${name}=`));
  return isTwice ? problem('ambiguous', 'a parameter stands twice to some servers') : undefined;
}

/** A sign in three or four bytes where one would do (RFC 3629 section 3), or angle brackets in two. */
function judgeBytes(text: string): Problem | undefined {
  if (!text.includes('%')) return undefined;
  const lower = text.toLowerCase();
  const isLong = /%e0%80%[ab][\da-f]|%f0%80%80%[ab][\da-f]|%f8%80%80%80|%fc%80%80%80%80/.test(lower);
  const open = lower.search(/%c0%bc(?:[a-z/!?]|%2f)/);
  if (!isLong && (open < 0 || !lower.includes('%c0%be', open))) return undefined;
  return problem('malformed', 'an overlong form of a sign');
}
