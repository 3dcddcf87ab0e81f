import type { PerimeterConfig } from './config.ts';
import type { LimitRule } from './limits/rules.ts';
import type { CompiledList } from './reputation/plane.ts';
import type { ListConfig } from './reputation/reputation.ts';

/**
 * What a data plane needs of the perimeter beside the policies of sites. Survives structured clone. Bans are not part of it: they come whole
 * once (`Bans.load`) and as changes after (`BanChange`).
 */
export interface PerimeterPolicy {
  readonly limits: readonly LimitRule[];
  readonly lists: readonly CompiledList[];
}

/** The rules of the configuration, as the limiter takes them. */
export function limitRules(config: PerimeterConfig): LimitRule[] {
  return config.limits.rules.map(({ burst, people, sites, ...rule }) => ({
    ...rule,
    ...(burst === undefined ? {} : { burst }),
    ...(people === undefined ? {} : { people }),
    ...(sites === undefined ? {} : { sites }),
  }));
}

/** The lists of the configuration, trusted hops among them, as their owner takes them. */
export function listConfigs(config: PerimeterConfig): ListConfig[] {
  const hops = config.trustedHops.map(({ id, format, column, confidenceMin, services, source }) => {
    return { id, format, column, confidenceMin, services, source, kind: 'trusted_hop' as const };
  });
  return [...config.lists, ...hops].map(({ column, confidenceMin, services, ...list }) => ({
    ...list,
    ...(column === undefined ? {} : { column }),
    ...(confidenceMin === undefined ? {} : { confidenceMin }),
    ...(services === undefined ? {} : { services }),
  }));
}
