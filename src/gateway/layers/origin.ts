import type { Geo } from '../../perimeter/perimeter.ts';
import type { Denial, Exchange, Verdict } from '../exchange.ts';
import { next } from '../exchange.ts';

const listed: Denial = {
  kind: 'deny',
  code: 'perimeter.banned',
  reason: 'an anonymising network, which this site does not take',
  type: 'reputation',
};

/**
 * Where a request may come from, as its site wants it: countries, and anonymising networks for people who are not signed in. What stands on
 * an allow-list comes from anywhere.
 */
export function createOriginLayer(deps: { geo: Geo }) {
  return (exchange: Exchange): Verdict => {
    const { clientIp, listed: hit, signedIn, site } = exchange;
    if (site === undefined || hit?.kind === 'allow') return next;
    const { anonymisers } = site.policy.guard;
    if (hit?.kind === 'anonymiser' && anonymisers === 'block' && signedIn === undefined) return listed;
    const { countries } = site;
    if (countries.mode === 'off') return next;
    const verdict = deps.geo.judge(countries, clientIp);
    if (verdict.pass) return next;
    return {
      kind: 'deny',
      code: 'perimeter.country_refused',
      reason: `${verdict.country ?? 'no known country'}: ${verdict.why}`,
      type: 'country',
    };
  };
}
