import type { Cidr } from '../../core/ip.ts';
import type { Exchange, Verdict } from '../exchange.ts';
import { hostnameOf, next } from '../exchange.ts';
import { resolveClient } from '../transport/client-address.ts';

const conflicting: Verdict = {
  kind: 'deny',
  code: 'gateway.bad_request',
  reason: 'X-Forwarded-For and Forwarded name different clients',
  type: 'protocol',
};

/** Finds the real client behind trusted proxies, and the host and scheme it used; without any, all is as the connection says. */
export function createAddressLayer(trusted: readonly Cidr[]) {
  return (exchange: Exchange): Verdict => {
    if (trusted.length === 0) return next;
    const { inbound } = exchange;
    const found = resolveClient({ peerIp: inbound.peerIp, headers: inbound.req.headers, trusted });
    if (found.isConflicting) return conflicting;
    exchange.clientIp = found.clientIp;
    if (found.proto !== undefined) exchange.scheme = found.proto;
    if (found.host !== undefined) {
      exchange.authority = found.host;
      exchange.hostname = hostnameOf(found.host);
    }
    return next;
  };
}
