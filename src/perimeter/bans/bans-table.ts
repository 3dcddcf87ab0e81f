import type { Migration } from '../../store/store.ts';

/** The rows of the bans. One that is over stays for a while: who comes back is banned for longer. */
export interface BansTables {
  perimeter_bans: {
    id: string;
    network: string;
    reason: string;
    source: string;
    created_by: string;
    created_at: number;
    /** Epoch milliseconds; null is for ever. */
    until: number | null;
    /** How often in a row the jail has banned it. */
    repeats: number;
  };
}

/** The schema of the bans. */
export const bansMigrations: readonly Migration[] = [
  {
    id: 'perimeter-bans-001',
    async up(db) {
      await db.schema
        .createTable('perimeter_bans')
        .addColumn('id', 'text', column => column.primaryKey())
        .addColumn('network', 'text', column => column.notNull().unique())
        .addColumn('reason', 'text', column => column.notNull())
        .addColumn('source', 'text', column => column.notNull())
        .addColumn('created_by', 'text', column => column.notNull())
        .addColumn('created_at', 'bigint', column => column.notNull())
        .addColumn('until', 'bigint')
        .addColumn('repeats', 'bigint', column => column.notNull())
        .execute();
      await db.schema.createIndex('perimeter_bans_until').on('perimeter_bans').column('until').execute();
    },
  },
];
