import type { Kysely } from 'kysely';
import type { Migration } from '../store/store.ts';

/** The rows of this room. Nobody else reads them. */
export interface GatewayTables {
  gateway_sites: { id: string; name: string; policy: string; created_at: number };
  /** One row that every change of sites takes first: what is unique over all sites (hosts, ports) is checked alone. */
  gateway_lock: { id: string; revision: number };
}

/** The id of the one row of `gateway_lock`. */
export const sitesLock = 'sites';

/** The schema of this room, in order. */
export const gatewayMigrations: readonly Migration[] = [
  {
    id: 'gateway-001-sites',
    async up(db: Kysely<never>) {
      await db.schema
        .createTable('gateway_sites')
        .addColumn('id', 'text', column => column.primaryKey())
        .addColumn('name', 'text', column => column.notNull().unique())
        .addColumn('policy', 'text', column => column.notNull())
        .addColumn('created_at', 'bigint', column => column.notNull())
        .execute();
      await db.schema
        .createTable('gateway_lock')
        .addColumn('id', 'text', column => column.primaryKey())
        .addColumn('revision', 'bigint', column => column.notNull())
        .execute();
      // The migration sees a database without tables; this one it has just made.
      const made = db as unknown as Kysely<GatewayTables>;
      await made.insertInto('gateway_lock').values({ id: sitesLock, revision: 0 }).execute();
    },
  },
];
