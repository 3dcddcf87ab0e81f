import type { BanPlane } from './bans/ban-plane.ts';
import type { Geo, GeoPolicy } from './geo/geo.ts';
import type { ReputationPlane } from './reputation/plane.ts';

/** `type` is what records and metrics count, and what the jail weighs. */
export type AddressVerdict =
  /** `isAllowed`: on an allow-list, so that country and limits need not be asked. */
  | { readonly kind: 'pass'; readonly isAllowed: boolean }
  | { readonly kind: 'challenge'; readonly reason: string; readonly type: 'challenge' }
  | {
      readonly kind: 'deny';
      readonly code: 'perimeter.banned' | 'perimeter.country_refused';
      readonly reason: string;
      readonly type: 'banned' | 'reputation' | 'country';
    };

/** What is known of an address before anything is known of the request. */
export interface AddressJudge {
  /** Allow-lists, then bans, then lists to block, then anonymisers. Microseconds, without waiting. */
  judge(ip: string): AddressVerdict;
  /** By the policy of the site that was asked for. */
  judgeCountry(policy: GeoPolicy, ip: string): AddressVerdict;
}

const pass: AddressVerdict = { kind: 'pass', isAllowed: false };
const allowed: AddressVerdict = { kind: 'pass', isAllowed: true };

export function createAddressJudge(deps: {
  readonly bans: Pick<BanPlane, 'find'>;
  readonly lists: Pick<ReputationPlane, 'find'>;
  readonly geo: Pick<Geo, 'judge'>;
}): AddressJudge {
  return {
    judge(ip) {
      const hit = deps.lists.find(ip);
      if (hit?.kind === 'allow') return allowed;
      const ban = deps.bans.find(ip);
      if (ban !== undefined) {
        const until = ban.until === null ? 'until it is lifted' : `until ${new Date(ban.until).toISOString()}`;
        return { kind: 'deny', code: 'perimeter.banned', type: 'banned', reason: `banned ${until}: ${ban.reason}` };
      }
      if (hit === undefined || hit.action === 'off') return pass;
      const reason = `on list "${hit.list}"`;
      if (hit.action === 'challenge') return { kind: 'challenge', reason, type: 'challenge' };
      return { kind: 'deny', code: 'perimeter.banned', type: 'reputation', reason };
    },
    judgeCountry(policy, ip) {
      const verdict = deps.geo.judge(policy, ip);
      if (verdict.pass) return pass;
      const reason = verdict.country === null ? `no country: ${verdict.why}` : `country ${verdict.country}`;
      return { kind: 'deny', code: 'perimeter.country_refused', type: 'country', reason };
    },
  };
}
