import type { Exchange } from '../exchange.ts';
import { nameOf } from './cookies.ts';
import { hardenCookie } from './set-cookie.ts';

/** As undici gives them: lower-case names. */
export type UpstreamHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** RFC 9110 section 7.6.1; trailers are dropped, so their announcement is too. */
const hopByHop: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer'],
  ...['transfer-encoding', 'upgrade', 'http2-settings', 'alt-svc'],
]);

/** What tells an attacker which program of which version answers, and what only the gate may say. */
const hidden: ReadonlySet<string> = new Set([
  ...[
    'server',
    'x-powered-by',
    'x-aspnet-version',
    'x-runtime',
    'x-request-id',
    'strict-transport-security',
    'clear-site-data',
    // Set by the gate: with another value, what is declared as nothing in particular would be read as a page.
    'x-content-type-options',
  ],
]);

/** Set where the upstream said nothing of its own. */
const safeDefaults: readonly (readonly [string, string])[] = [
  ['referrer-policy', 'strict-origin-when-cross-origin'],
  ['x-frame-options', 'SAMEORIGIN'],
  ['x-permitted-cross-domain-policies', 'none'],
  ['permissions-policy', 'camera=(), geolocation=(), payment=(), usb=()'],
];

/**
 * What a workflow answers to a published call is written by whoever wrote the workflow, or by whoever it repeats: as a page it gets an
 * origin of its own, so that a script in it is not a script of the platform. Forms and their scripts keep working.
 */
const sandbox =
  'sandbox allow-downloads allow-forms allow-modals allow-popups allow-presentation allow-scripts allow-top-navigation-by-user-activation';

export interface ResponseOptions {
  readonly hiddenCookies: ReadonlySet<string>;
  readonly hiddenHeaders: ReadonlySet<string>;
  readonly hstsMaxAgeS: number;
  /** Names, in lower case, that are not true of the answer as it goes out. */
  readonly dropped?: ReadonlySet<string> | undefined;
}

/** The response head for the browser, names and values in turn, and the Set-Cookie lines that were kept from it. */
export function responseHeaders(
  exchange: Exchange,
  upstream: UpstreamHeaders,
  options: ResponseOptions,
): { headers: string[]; kept: string[] } {
  const headers: string[] = [];
  const kept: string[] = [];
  const connection = typeof upstream['connection'] === 'string' ? connectionNames(upstream['connection']) : undefined;
  for (const name in upstream) {
    const value = upstream[name];
    if (value === undefined || hopByHop.has(name) || hidden.has(name) || connection?.has(name) === true) continue;
    if (options.dropped?.has(name) === true) continue;
    if (options.hiddenHeaders.has(name) || name.startsWith('access-control-')) continue;
    // RFC 9110 section 8.6: an answer without content says no length.
    if (name === 'content-length' && exchange.status === 204) continue;
    if (name === 'set-cookie')
      addCookies({ headers, kept }, Array.isArray(value) ? value : [value], {
        exchange,
        hidden: options.hiddenCookies,
      });
    else if (typeof value === 'string') headers.push(name, value);
    else for (const one of value) headers.push(name, one);
  }
  headers.push('x-content-type-options', 'nosniff');
  for (const [name, value] of safeDefaults) if (upstream[name] === undefined) headers.push(name, value);
  if (options.hstsMaxAgeS > 0 && exchange.scheme === 'https') {
    headers.push('strict-transport-security', `max-age=${options.hstsMaxAgeS}`);
  }
  if (exchange.corsOrigin !== undefined) headers.push('access-control-allow-origin', exchange.corsOrigin);
  if (exchange.site !== undefined && exchange.site.corsOrigins.size > 0) headers.push('vary', 'origin');
  if (isPublishedPage(exchange, upstream)) headers.push('content-security-policy', sandbox);
  else if (isBarePage(upstream)) headers.push('content-security-policy', pageDefault);
  headers.push('x-request-id', exchange.requestId);
  return { headers, kept };
}

function addCookies(
  { headers, kept }: { headers: string[]; kept: string[] },
  lines: readonly string[],
  { exchange, hidden: hiddenCookies }: { exchange: Exchange; hidden: ReadonlySet<string> },
): void {
  for (const line of lines) {
    const name = nameOf(line.slice(0, Math.max(line.indexOf(';'), 0) || undefined));
    if (hiddenCookies.has(name)) kept.push(line);
    // An upstream that sets our cookie would sign people in as somebody else. One without a name comes back as whatever its value says.
    else if (name !== '' && !name.startsWith('__host-sallyport')) {
      headers.push('set-cookie', hardenCookie(line, exchange.scheme === 'https'));
    }
  }
}

/**
 * A page that says nothing of its own may not be framed by others, nor may markup put into it move its addresses. Nothing that pages of the
 * platforms need: neither their scripts nor what they load is bounded here.
 */
const pageDefault = "base-uri 'self'; frame-ancestors 'self'";

function isBarePage(upstream: UpstreamHeaders): boolean {
  const hasOwn = upstream['content-security-policy'] !== undefined || upstream['x-frame-options'] !== undefined;
  return (
    !hasOwn &&
    String(upstream['content-type'] ?? '')
      .toLowerCase()
      .startsWith('text/html')
  );
}

/** Forms are pages of the platform itself and stay as they are; webhooks answer with what a workflow made. */
function isPublishedPage(exchange: Exchange, upstream: UpstreamHeaders): boolean {
  if (!exchange.request?.path.toLowerCase().startsWith('/webhook')) return false;
  const type = String(upstream['content-type'] ?? '').toLowerCase();
  return type === '' || type.includes('html') || type.includes('xml') || type.includes('svg');
}

function connectionNames(value: string): ReadonlySet<string> | undefined {
  if (value === 'keep-alive' || value === 'close') return undefined;
  return new Set(value.split(',').map(name => name.trim().toLowerCase()));
}
