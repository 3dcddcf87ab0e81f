import type { Kysely } from 'kysely';
import type { Migration } from '../store/store.ts';

/** The rows of this room: data keys, sealed by the master key. */
export interface VaultTables {
  vault_data_keys: {
    id: string;
    sealed: string;
    created_at: number;
    /** 'active' seals and opens; there is exactly one. Any other word only opens. */
    state: string;
  };
}

/** The schema of this room, in order. */
export const vaultMigrations: readonly Migration[] = [
  {
    id: 'vault-001-data-keys',
    async up(db: Kysely<never>) {
      await db.schema
        .createTable('vault_data_keys')
        .addColumn('id', 'text', column => column.primaryKey().notNull())
        .addColumn('sealed', 'text', column => column.notNull())
        .addColumn('created_at', 'bigint', column => column.notNull())
        .addColumn('state', 'text', column => column.notNull().unique())
        .execute();
    },
  },
];
