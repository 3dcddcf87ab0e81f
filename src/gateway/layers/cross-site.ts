import type { Exchange, ShortAnswer, Verdict } from '../exchange.ts';
import { headerOf, next, originOf } from '../exchange.ts';

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const headerNamesMax = 1024;

/**
 * Answers CORS preflights for the origins a site lists (Fetch, section "CORS protocol"): they carry no cookie, so nothing behind the gate
 * could judge them. An origin that is not listed gets no CORS header from anybody. Credentials are never allowed across origins.
 */
export function judgeCors(exchange: Exchange): Verdict {
  const { inbound, site } = exchange;
  const origin = site === undefined || site.corsOrigins.size === 0 ? undefined : headerOf(exchange, 'origin');
  if (site === undefined || origin === undefined || !site.corsOrigins.has(origin)) return next;
  exchange.corsOrigin = origin;
  const method = headerOf(exchange, 'access-control-request-method');
  return inbound.method === 'OPTIONS' && method !== undefined ? preflight(exchange, origin, method) : next;
}

function preflight(exchange: Exchange, origin: string, method: string): ShortAnswer {
  const headers = ['access-control-allow-origin', origin, 'vary', 'origin', 'access-control-max-age', '600'];
  if (/^[A-Z]{1,10}$/.test(method)) headers.push('access-control-allow-methods', method);
  const names = headerOf(exchange, 'access-control-request-headers');
  if (names !== undefined && names.length <= headerNamesMax && /^[A-Za-z0-9\-, ]+$/.test(names)) {
    headers.push('access-control-allow-headers', names);
  }
  return { kind: 'answer', status: 204, headers, body: '' };
}

/**
 * A signed-in person's cookie must not be put to work by a foreign page: what changes something, and every WebSocket, must come from the
 * site's own origin. Browsers send Origin with both; a request without it and without Fetch Metadata is refused.
 */
export function judgeCsrf(exchange: Exchange): Verdict {
  if (exchange.signedIn === undefined || exchange.granted?.kind === 'public') return next;
  // No browser adds an API key by itself.
  if (exchange.signedIn.apiKey !== undefined) return next;
  const isUpgrade = exchange.socket !== undefined;
  const isSafe = safeMethods.has(exchange.inbound.method) && exchange.classification?.startsByGet !== true;
  if (!isUpgrade && isSafe) return next;
  const origin = headerOf(exchange, 'origin');
  if (origin !== undefined && origin !== originOf(exchange)) return forged('the Origin is another site');
  const fetchSite = headerOf(exchange, 'sec-fetch-site');
  if (fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none') {
    return forged('Sec-Fetch-Site says another site');
  }
  if (origin === undefined && (isUpgrade || fetchSite === undefined))
    return forged('neither Origin nor Sec-Fetch-Site');
  return next;
}

const forged = (reason: string): Verdict => ({
  kind: 'deny',
  code: 'gateway.forbidden',
  reason,
  type: 'csrf',
  hint: 'The request did not come from this site.',
});
