import type { BanPlane, ReputationPlane } from '../../perimeter/perimeter.ts';
import type { Denial, Exchange, Verdict } from '../exchange.ts';
import { next } from '../exchange.ts';

const refused = (reason: string, type: Denial['type']): Denial => ({
  kind: 'deny',
  code: 'perimeter.banned',
  reason,
  type,
});

/**
 * Keeps banned addresses and those of block lists out. An automatic ban is earned by an address, and an office has one for all: it does not
 * hold for people who are signed in. A person's ban and a list hold for everybody; an allow-list beats lists, not bans by people.
 */
export function createBansLayer(deps: { bans: BanPlane; reputation: ReputationPlane }) {
  return (exchange: Exchange): Verdict => {
    const { clientIp, signedIn } = exchange;
    const ban = deps.bans.size === 0 ? undefined : deps.bans.find(clientIp);
    if (ban !== undefined && (ban.source === 'operator' || signedIn === undefined)) {
      return refused(`${ban.source} ban: ${ban.reason}`, 'ban');
    }
    const hit = deps.reputation.find(clientIp);
    exchange.listed = hit;
    if (hit === undefined || hit.kind === 'allow' || hit.action !== 'block') return next;
    if (hit.kind === 'anonymiser' && signedIn !== undefined) return next;
    return refused(`on the list "${hit.list}"`, 'reputation');
  };
}
