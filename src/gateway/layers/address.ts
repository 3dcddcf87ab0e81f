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
export function createAddressLayer({ isTrusted }: { isTrusted: (ip: string) => boolean }) {
  return (exchange: Exchange): Verdict => {
    const { inbound } = exchange;
    if (!isTrusted(inbound.peerIp)) return next;
    const found = resolveClient({ peerIp: inbound.peerIp, headers: inbound.req.headers, isTrusted });
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
