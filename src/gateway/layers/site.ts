import type { Exchange, Verdict } from '../exchange.ts';
import { next } from '../exchange.ts';

const unknown: Verdict = {
  kind: 'deny',
  code: 'gateway.unknown_site',
  reason: 'no enabled site answers to this host name on this port',
  type: 'unknown_host',
};

/** Finds the site by its own port or by host name; the portal has none. Any other name is 421 (RFC 9110 section 15.5.20). */
export function judgeSite(exchange: Exchange): Verdict {
  const found = exchange.policy?.find(exchange.inbound.localPort, exchange.hostname);
  if (found === undefined) return unknown;
  if (found === 'portal') return next;
  exchange.site = found;
  exchange.platform = found.platform;
  return next;
}
