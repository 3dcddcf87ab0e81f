import type { Ban } from '../../perimeter/perimeter.ts';
import type { Operation, OperationOutput } from '../contract/contract.ts';
import type { AdminDeps } from '../deps.ts';
import type { Handlers, ReadonlyDeep } from './handler.ts';
import { countryOf } from './perimeter.ts';

type BanOperation = Extract<Operation, `bans.${string}`>;

/** Who is kept out: in force for the next request. */
export function banHandlers({ perimeter }: Pick<AdminDeps, 'perimeter'>): Handlers<BanOperation> {
  const { bans } = perimeter;
  const toShape = ({ createdAt, createdBy, network, reason, source, until }: Ban): BanShape => ({
    ...{ network, source, reason, createdBy, createdAt, until },
    country: countryOf(perimeter, network),
  });
  return {
    async 'bans.list'(_, { query }) {
      const { cursor, limit, search } = query;
      const found = await bans.list({
        limit,
        ...(search === undefined ? {} : { search }),
        ...(cursor === undefined ? {} : { cursor }),
      });
      return { bans: found.bans.map(toShape), next: found.next ?? null, total: found.total };
    },

    async 'bans.create'({ caller, context }, { body }) {
      // Nobody bans themselves; the machine's own command line comes from nowhere.
      const from = caller.kind === 'person' ? context.clientIp : undefined;
      return toShape(await bans.create(caller.principal, body, from));
    },

    async 'bans.lift'({ caller }, { body }) {
      await bans.lift(caller.principal, body.network);
      return {};
    },
  };
}

type BanShape = ReadonlyDeep<OperationOutput<'bans.create'>>;
