import { isPrivateAddress, newAddressWords, readAddress } from '../address.ts';
import type { Ranges } from './range-set.ts';
import { holds } from './range-set.ts';

/** What standing on a list means. `anonymiser`: Tor, VPNs, hosting. `trusted_hop`: a CDN whose word on the client's address counts. */
export const listKinds = ['allow', 'block', 'anonymiser', 'trusted_hop'] as const;
export type ListKind = (typeof listKinds)[number];

export const listActions = ['off', 'challenge', 'block'] as const;
export type ListAction = (typeof listActions)[number];

/** A list as data planes get it. */
export interface CompiledList {
  readonly id: string;
  readonly kind: ListKind;
  /** Of an anonymiser; `block` for every list to block. */
  readonly action: ListAction;
  readonly ranges: Ranges;
}

export interface ListHit {
  readonly list: string;
  readonly kind: ListKind;
  readonly action: ListAction;
}

/** What lists say of an address, in one data plane. */
export interface ReputationPlane {
  /** Replaces all lists at once. */
  load(lists: readonly CompiledList[]): void;
  /**
   * The first list that holds the address, allow-lists before lists to block before anonymisers. An address of a private network is looked
   * for in allow-lists only: public lists name such networks, and mean the Internet. Undefined for no address.
   */
  find(ip: string): ListHit | undefined;
  isTrustedHop(ip: string): boolean;
}

/** Without lists until the first `load`. */
export function createReputationPlane(): ReputationPlane {
  const words = newAddressWords();
  let judged: readonly CompiledList[] = [];
  let hops: readonly CompiledList[] = [];
  return {
    load(lists) {
      const of = (kind: ListKind) => lists.filter(list => list.kind === kind && list.action !== 'off');
      judged = [...of('allow'), ...of('block'), ...of('anonymiser')];
      hops = of('trusted_hop');
    },
    find(ip) {
      const version = readAddress(ip, words);
      if (version === 0) return undefined;
      for (let i = 0; i < judged.length; i++) {
        const list = judged[i];
        if (list === undefined || !holds(list.ranges, version, words)) continue;
        if (list.kind !== 'allow' && isPrivateAddress(version, words)) continue;
        return { list: list.id, kind: list.kind, action: list.action };
      }
      return undefined;
    },
    isTrustedHop(ip) {
      const version = readAddress(ip, words);
      return version !== 0 && hops.some(list => holds(list.ranges, version, words));
    },
  };
}
