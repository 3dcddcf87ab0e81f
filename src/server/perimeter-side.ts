import path from 'node:path';
import type { GatePerimeter, HeadSample, SiteRecord } from '../gateway/gateway.ts';
import type {
  Ban,
  BanChange,
  Bans,
  Exclusion,
  Exclusions,
  Geo,
  ListStatus,
  PerimeterTables,
} from '../perimeter/perimeter.ts';
import {
  createBans,
  createExclusions,
  createExemptions,
  createGeo,
  createJail,
  createReputation,
  limitRules,
  listConfigs,
} from '../perimeter/perimeter.ts';
import type { LoadedConfig } from './config.ts';
import type { Foundation } from './foundation.ts';
import type { HeadMemory } from './head-memory.ts';
import { createHeadMemory } from './head-memory.ts';

const purgeEveryMs = 86_400_000;

/** All that the control plane keeps of the perimeter. */
export interface PerimeterSide extends AsyncDisposable {
  readonly exclusions: Exclusions;
  readonly bans: Bans;
  readonly heads: HeadMemory;
  readonly geo: Geo;
  lists(): readonly ListStatus[];
  /** What the data planes are to know now, beside the bans. */
  policy(): Promise<GatePerimeter>;
  loadBans(): Promise<readonly Ban[]>;
  keepHead(head: HeadSample): void;
  setSites(sites: readonly SiteRecord[]): void;
}

export interface PerimeterSideDeps {
  /** Awaited: the data planes have the policy in force when it returns. */
  readonly changed: () => Promise<void>;
  readonly bansChanged: (change: BanChange) => Promise<void>;
  readonly version: (siteId: string) => string | undefined;
}

/** Opens lists, bans and the jail, which hears everything that is recorded. Throws `perimeter.list_invalid` for what the configuration says wrongly. */
export async function createPerimeterSide(
  { config, dataDir }: LoadedConfig,
  house: Foundation,
  deps: PerimeterSideDeps,
): Promise<PerimeterSide> {
  const { perimeter } = config;
  await using stack = new AsyncDisposableStack();
  let sites: readonly SiteRecord[] = [];
  const heads = createHeadMemory();
  const db = house.store.db<PerimeterTables>();
  const exclusions = createExclusions({ ...house, db, changed: deps.changed });
  const exempt = createExemptions([
    ...config.trustedProxies.map(cidr => ({ cidr, why: 'a trusted proxy' })),
    ...config.forwardAuth.peers.map(cidr => ({ cidr, why: 'a proxy that asks for sign-ins' })),
    ...listConfigs(perimeter).flatMap(({ kind, source }) =>
      (kind === 'allow' || kind === 'trusted_hop') && 'entries' in source
        ? source.entries.map(cidr => ({ cidr, why: kind === 'allow' ? 'on an allow-list' : 'a trusted hop' }))
        : [],
    ),
  ]);
  const bans = createBans({ ...house, db, changed: deps.bansChanged, exempt });
  const jail = createJail({ ...house, bans, exempt, config: perimeter.jail });
  stack.defer(house.bus.subscribe(event => jail.consume(event)));
  stack.defer(() => jail.settled());
  const reputation = stack.use(
    await createReputation(listConfigs(perimeter), {
      ...house,
      fetch: globalThis.fetch,
      dir: path.join(dataDir, 'reputation'),
      changed: async () => deps.changed(),
    }),
  );
  const purge = setInterval(() => {
    bans.purge().catch((error: unknown) => house.log.error('bans.purge_failed', { error }));
  }, purgeEveryMs);
  purge.unref();
  stack.defer(() => clearInterval(purge));
  const limits = limitRules(perimeter);
  const open = stack.move();
  return {
    exclusions,
    bans,
    heads,
    geo: createGeo(perimeter.geoDatabase === undefined ? {} : { file: perimeter.geoDatabase }),
    lists: () => reputation.status(),
    async policy() {
      return {
        exclusions: liveBySite(await exclusions.list(), house.clock.now()),
        versions: versionsOf(sites, deps.version),
        limits,
        lists: reputation.compiled(),
      };
    },
    loadBans: () => bans.load(),
    keepHead: heads.keep,
    setSites(all) {
      sites = all;
    },
    [Symbol.asyncDispose]: () => open[Symbol.asyncDispose](),
  };
}

type Kept = Awaited<ReturnType<Exclusions['list']>>;

function liveBySite(kept: Kept, now: number): ReadonlyMap<string, readonly Exclusion[]> {
  const bySite = new Map<string, Exclusion[]>();
  for (const { siteId, createdBy: _by, createdAt: _at, ...exclusion } of kept) {
    if (exclusion.expiresAt !== null && exclusion.expiresAt <= now) continue;
    bySite.set(siteId, [...(bySite.get(siteId) ?? []), exclusion]);
  }
  return bySite;
}

function versionsOf(sites: readonly SiteRecord[], version: PerimeterSideDeps['version']): ReadonlyMap<string, string> {
  const versions = new Map<string, string>();
  for (const { id } of sites) {
    const known = version(id);
    if (known !== undefined) versions.set(id, known);
  }
  return versions;
}
