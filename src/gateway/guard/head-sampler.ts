import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../../core/clock.ts';
import type { Exchange } from '../exchange.ts';
import type { HeadSample, PlaneMessage } from '../snapshot.ts';

/** A busy gate tells a sample of its heads, not all. */
const perSecondMax = 20;
const headBytesMax = 8192;

/** Headers that prove who somebody is: never kept, not even in memory. */
const secretHeaders: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'proxy-authorization',
  'x-api-key',
  'x-n8n-api-key',
  'x-auth-token',
]);
const secretName = /(?:auth|code|cookie|credential|jwt|key|nonce|otp|pass|pwd|secret|session|sig|state|token)/i;

/**
 * Tells heads of some requests, so that a changed guard can be tried on them before it is in force. They are kept in memory only, without
 * what proves who somebody is: such headers are left out, such values of the query are replaced by as many `x`.
 */
export function createHeadSampler(deps: { clock: Clock; tell: (message: PlaneMessage) => void }) {
  let second = 0;
  let told = 0;
  return (exchange: Exchange): void => {
    const { classification, inbound, request, site } = exchange;
    if (site === undefined || request === undefined) return;
    const now = Math.floor(exchange.at / 1000);
    if (now !== second) {
      second = now;
      told = 0;
    }
    if (told >= perSecondMax) return;
    const head: HeadSample = {
      id: exchange.requestId,
      at: exchange.at,
      site: site.policy.id,
      method: request.method,
      path: request.path,
      query: withoutSecrets(request.query),
      headers: plainHeaders(inbound.req.headers),
      endpoint: classification?.endpoint ?? 'unknown',
    };
    if (sizeOf(head) > headBytesMax) return;
    told++;
    deps.tell({ kind: 'head', head });
  };
}

function withoutSecrets(query: string): string {
  if (query === '' || !secretName.test(query)) return query;
  return query
    .split('&')
    .map(pair => {
      const equals = pair.indexOf('=');
      if (equals === -1 || !secretName.test(pair.slice(0, equals))) return pair;
      return pair.slice(0, equals + 1) + 'x'.repeat(pair.length - equals - 1);
    })
    .join('&');
}

/** The page before may have had a secret in its address too. */
function withoutSecretQuery(address: string): string {
  const mark = address.indexOf('?');
  return mark === -1 ? address : address.slice(0, mark + 1) + withoutSecrets(address.slice(mark + 1));
}

function plainHeaders(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || name.startsWith(':') || secretHeaders.has(name) || secretName.test(name)) continue;
    kept[name] = name === 'referer' ? withoutSecretQuery(String(value)) : value;
  }
  return kept;
}

function sizeOf({ path, query, headers }: HeadSample): number {
  let size = path.length + query.length;
  for (const name in headers) size += name.length + String(headers[name]).length;
  return size;
}
