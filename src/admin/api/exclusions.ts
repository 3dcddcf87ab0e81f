import type { ExclusionRecord, Zone } from '../../perimeter/perimeter.ts';
import type { Operation, OperationOutput } from '../contract/contract.ts';
import type { AdminDeps } from '../deps.ts';
import type { Handlers, ReadonlyDeep } from './handler.ts';

type ExclusionOperation = Extract<Operation, `exclusions.${string}`>;
type ExclusionShape = ReadonlyDeep<OperationOutput<'exclusions.create'>>;

/** Rules that do not count at some place: each with a reason, in force for the next request. */
export function exclusionHandlers(deps: Pick<AdminDeps, 'sites' | 'perimeter'>): Handlers<ExclusionOperation> {
  const { exclusions } = deps.perimeter;
  const names = async () => new Map((await deps.sites.list()).map(({ id, name }) => [id, name]));
  return {
    async 'exclusions.list'(_, { query }) {
      const site = query.site === undefined ? undefined : (await deps.sites.get(query.site)).id;
      const [kept, known] = await Promise.all([exclusions.list(site), names()]);
      return { exclusions: kept.map(one => toShape(one, known.get(one.siteId) ?? one.siteId)) };
    },

    async 'exclusions.create'({ caller }, { body }) {
      const { site: named, zone, ...rest } = body;
      const site = await deps.sites.get(named);
      // The room holds the zone against its own list and refuses what is none.
      return toShape(await exclusions.create(caller.principal, site, { ...rest, zone: zone as Zone | '*' }), site.name);
    },

    async 'exclusions.delete'({ caller }, { params }) {
      const known = await names();
      await exclusions.delete(caller.principal, params.id, siteId => known.get(siteId) ?? siteId);
      return {};
    },
  };
}

function toShape(record: ExclusionRecord, site: string): ExclusionShape {
  const { createdAt, createdBy, endpoint, expiresAt, id, name, reason, rule, zone } = record;
  return { id, site, rule, endpoint, zone, name, reason, createdBy, createdAt, expiresAt };
}
