import type { CompiledSite } from '../compiled.ts';
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
  if (namesAnother(exchange, found)) return unknown;
  exchange.site = found;
  exchange.platform = found.platform;
  return next;
}

/** True when the port in the name is another site's own: what is asserted to this upstream would be good there. */
function namesAnother({ authority, hostname, policy }: Exchange, found: CompiledSite): boolean {
  const port = Number(authority.slice(hostname.length + 1));
  if (port === 0 || port === found.policy.port) return false;
  const other = policy?.find(port, hostname);
  return other !== undefined && other !== 'portal' && other !== found && other.policy.port === port;
}
