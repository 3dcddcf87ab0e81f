import type { Migration } from '../store/store.ts';

/** The rows of this room. Passwords and sessions are sealed for their row. */
export interface PlatformsTables {
  platform_accounts: {
    site_id: string;
    user_id: string;
    account: string;
    sealed_password: string;
    /** A sealed map of header names to values, while there is a session. */
    sealed_session: string | null;
    session_expires_at: number | null;
    created_at: number;
  };
  platform_admins: {
    site_id: string;
    account: string;
    sealed_password: string;
    /** The gate person who is this account there, when it is somebody's own. */
    user_id: string | null;
    created_at: number;
  };
}

/** The schema of this room, in order. */
export const platformsMigrations: readonly Migration[] = [
  {
    id: 'platforms-001-accounts',
    async up(db) {
      await db.schema
        .createTable('platform_accounts')
        .addColumn('site_id', 'text', column => column.notNull())
        .addColumn('user_id', 'text', column => column.notNull())
        .addColumn('account', 'text', column => column.notNull())
        .addColumn('sealed_password', 'text', column => column.notNull())
        .addColumn('sealed_session', 'text')
        .addColumn('session_expires_at', 'bigint')
        .addColumn('created_at', 'bigint', column => column.notNull())
        .addPrimaryKeyConstraint('platform_accounts_pk', ['site_id', 'user_id'])
        .execute();
      await db.schema
        .createIndex('platform_accounts_account')
        .on('platform_accounts')
        .columns(['site_id', 'account'])
        .execute();
      await db.schema
        .createTable('platform_admins')
        .addColumn('site_id', 'text', column => column.primaryKey().notNull())
        .addColumn('account', 'text', column => column.notNull())
        .addColumn('sealed_password', 'text', column => column.notNull())
        .addColumn('user_id', 'text')
        .addColumn('created_at', 'bigint', column => column.notNull())
        .execute();
    },
  },
];
