import type { BanPlane, Geo, Limiter, ReputationPlane } from '../../perimeter/perimeter.ts';
import { createBanPlane, createGeo, createLimiter, createReputationPlane } from '../../perimeter/perimeter.ts';
import type { GatewayConfig, GatewayDeps } from '../gateway.ts';
import type { GatePerimeter, SnapshotUpdate } from '../snapshot.ts';

/** What stands before the sites, the same for all of them: bans, lists, countries, limits. */
export interface Walls {
  readonly bans: BanPlane;
  readonly reputation: ReputationPlane;
  readonly geo: Geo;
  readonly limiter: Limiter;
  /** Counts the quotas of API groups. */
  readonly quotas: Limiter;
  /** Puts what an update brings in force; the former state of what did not change stays. */
  apply(update: SnapshotUpdate, perimeter: { before: GatePerimeter | undefined; now: GatePerimeter }): void;
}

export function createWalls(config: GatewayConfig, deps: GatewayDeps): Walls {
  const { clock, log } = deps;
  const seed = (): number => deps.random(4).readUInt32LE();
  const bans = createBanPlane({ now: clock.now, seed: seed() });
  const reputation = createReputationPlane();
  const limits = () => ({
    clock,
    log,
    seeds: [seed(), seed()] as const,
    ...(deps.sharedCounters === undefined ? {} : { counters: deps.sharedCounters }),
    ...(config.limitKeysMax === undefined ? {} : { keysMax: config.limitKeysMax }),
    ...(config.limitNodes === undefined ? {} : { shared: { nodes: config.limitNodes } }),
  });
  const limiter = createLimiter([], limits());
  const quotas = createLimiter([], limits());
  return {
    bans,
    reputation,
    geo: createGeo(config.geoDatabase === undefined ? {} : { file: config.geoDatabase }),
    limiter,
    quotas,
    apply(update, { before, now }) {
      if (before?.lists !== now.lists) reputation.load(now.lists);
      if (before?.limits !== now.limits) limiter.setRules(now.limits);
      if (update.kind === 'full') {
        if (update.bans !== undefined) bans.load(update.bans);
        return;
      }
      const unheld = update.bans === undefined ? 0 : bans.apply(update.bans);
      if (unheld > 0) log.error('gateway.bans_full', { unheld });
    },
  };
}
