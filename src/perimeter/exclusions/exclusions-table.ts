import type { Migration } from '../../store/store.ts';

/** The rows of the exclusions. */
export interface ExclusionsTables {
  perimeter_exclusions: {
    id: string;
    site_id: string;
    rule: string;
    endpoint: string;
    zone: string;
    name: string;
    reason: string;
    created_by: string;
    created_at: number;
    expires_at: number | null;
  };
}

/** The schema of the exclusions. */
export const exclusionsMigrations: readonly Migration[] = [
  {
    id: 'perimeter-exclusions-001',
    async up(db) {
      await db.schema
        .createTable('perimeter_exclusions')
        .addColumn('id', 'text', column => column.primaryKey())
        .addColumn('site_id', 'text', column => column.notNull())
        .addColumn('rule', 'text', column => column.notNull())
        .addColumn('endpoint', 'text', column => column.notNull())
        .addColumn('zone', 'text', column => column.notNull())
        .addColumn('name', 'text', column => column.notNull())
        .addColumn('reason', 'text', column => column.notNull())
        .addColumn('created_by', 'text', column => column.notNull())
        .addColumn('created_at', 'bigint', column => column.notNull())
        .addColumn('expires_at', 'bigint')
        .execute();
      await db.schema.createIndex('perimeter_exclusions_site').on('perimeter_exclusions').column('site_id').execute();
    },
  },
];
