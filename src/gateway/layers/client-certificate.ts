import type { Clock } from '../../core/clock.ts';
import type { Compiled } from '../compiled.ts';
import type { Exchange, Verdict } from '../exchange.ts';
import { next } from '../exchange.ts';

/** Refuses what comes without the client certificate that its route wants, and fills in whose it is where one was wanted and accepted. */
export function createClientCertificateLayer({ clock }: { readonly clock: Clock }) {
  return (exchange: Exchange): Verdict => {
    const { inbound, request, site } = exchange;
    if (site === undefined) return next;
    const verdict = site.clientCertificates.judge(request?.path ?? '/', inbound.tls?.client, clock.now());
    if (verdict.kind === 'not_wanted') return next;
    if (verdict.kind === 'accepted') {
      exchange.certified = verdict.certified;
      return next;
    }
    return {
      kind: 'deny',
      code: 'gateway.certificate_needed',
      reason: verdict.reason,
      type: 'certificate',
      hint: 'This address wants a client certificate of an authority it knows.',
    };
  };
}

/** Whether an exchange under way would still get past the layer, under this policy and at this moment. */
export function stillCertified(exchange: Exchange, policy: Compiled, nowMs: number): boolean {
  const { inbound, request } = exchange;
  const found = policy.find(inbound.localPort, exchange.hostname);
  if (found === undefined || found === 'portal') return true;
  return found.clientCertificates.judge(request?.path ?? '/', inbound.tls?.client, nowMs).kind !== 'refused';
}
