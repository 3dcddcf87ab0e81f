import type { HeadSample, PerimeterPolicy, SiteRecord } from '../gateway/gateway.ts';
import type { Exclusion, Exclusions, ExclusionsTables } from '../perimeter/perimeter.ts';
import { createExclusions } from '../perimeter/perimeter.ts';
import type { Foundation } from './foundation.ts';
import type { HeadMemory } from './head-memory.ts';
import { createHeadMemory } from './head-memory.ts';

/** All that the control plane keeps of the perimeter. */
export interface PerimeterSide {
  readonly exclusions: Exclusions;
  readonly heads: HeadMemory;
  /** What the data planes are to know now. */
  policy(): Promise<PerimeterPolicy>;
  keepHead(head: HeadSample): void;
  /** What belongs to sites that are no more is forgotten. */
  setSites(sites: readonly SiteRecord[]): void;
}

export interface PerimeterSideDeps {
  /** Awaited: the data planes have the policy in force when it returns. */
  readonly changed: () => Promise<void>;
  readonly version: (siteId: string) => string | undefined;
}

export function createPerimeterSide(house: Foundation, deps: PerimeterSideDeps): PerimeterSide {
  let sites: readonly SiteRecord[] = [];
  const heads = createHeadMemory();
  const exclusions = createExclusions({
    ...house,
    db: house.store.db<ExclusionsTables>(),
    changed: deps.changed,
  });
  return {
    exclusions,
    heads,
    async policy() {
      const now = house.clock.now();
      const bySite = new Map<string, Exclusion[]>();
      for (const { siteId, createdBy: _by, createdAt: _at, ...exclusion } of await exclusions.list()) {
        if (exclusion.expiresAt !== null && exclusion.expiresAt <= now) continue;
        bySite.set(siteId, [...(bySite.get(siteId) ?? []), exclusion]);
      }
      const versions = new Map<string, string>();
      for (const { id } of sites) {
        const version = deps.version(id);
        if (version !== undefined) versions.set(id, version);
      }
      return { exclusions: bySite, versions };
    },
    keepHead: heads.keep,
    setSites(all) {
      sites = all;
    },
  };
}
