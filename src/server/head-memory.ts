import type { HeadSample } from '../gateway/gateway.ts';

/** The most recent heads, in memory of a bounded size and nowhere else. */
export interface HeadMemory {
  keep(head: HeadSample): void;
  /** Of one site, newest first. */
  of(siteId: string): readonly HeadSample[];
}

const headsMax = 5000;

export function createHeadMemory(): HeadMemory {
  const heads: HeadSample[] = [];
  let next = 0;
  return {
    keep(head) {
      heads[next] = head;
      next = (next + 1) % headsMax;
    },
    of: siteId => heads.filter(head => head.site === siteId).toSorted((a, b) => b.at - a.at),
  };
}
