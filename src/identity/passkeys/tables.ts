import type { Kysely } from 'kysely';
import type { Migration } from '../../store/store.ts';

/** The rows of passkeys, their ceremonies, the policy of factors and what people are told of their accounts. */
export interface FactorTables {
  /** WebAuthn credentials; the public key is COSE, base64url. */
  identity_passkeys: {
    id: string;
    user_id: string;
    credential_id: string;
    public_key: string;
    sign_count: number;
    name: string;
    /** As the browser told them, joined by spaces. */
    transports: string;
    /** 1 when its provider can copy it to further devices. */
    synced: number;
    backed_up: number;
    aaguid: string;
    created_at: number;
    last_used_at: number | null;
  };
  /** A WebAuthn ceremony under way: only the hash of its challenge. */
  identity_challenges: {
    challenge_hash: string;
    purpose: string;
    /** Null where nobody knows yet who it will be. */
    user_id: string | null;
    /** What ties it to one browser: a session, a pending sign-in, or a cookie, hashed. */
    binding: string;
    expires_at: number;
    used_at: number | null;
  };
  /** What is set once for the house; `value` is JSON. */
  identity_policies: {
    name: string;
    value: string;
    revision: number;
    updated_at: number;
    updated_by: string;
  };
  /** When somebody enabled a disabled person: they are not taken for inactive from that day on. */
  identity_enabled: { user_id: string; at: number };
  /** What a person should know of their account. */
  identity_notices: {
    id: string;
    user_id: string;
    kind: string;
    /** JSON: what the text is made of. */
    data: string;
    at: number;
    read_at: number | null;
  };
}

/** See `identityMigrations`. */
export const inactivityMigration: Migration = {
  id: 'identity-009-inactivity',
  async up(db: Kysely<never>) {
    await db.schema
      .createTable('identity_enabled')
      .addColumn('user_id', 'text', column => column.primaryKey().notNull())
      .addColumn('at', 'bigint', column => column.notNull())
      .execute();
  },
};

/** See `identityMigrations`. */
export const factorMigration: Migration = {
  id: 'identity-008-factors',
  async up(db: Kysely<never>) {
    await db.schema
      .createTable('identity_passkeys')
      .addColumn('id', 'text', column => column.primaryKey().notNull())
      .addColumn('user_id', 'text', column => column.notNull())
      .addColumn('credential_id', 'text', column => column.notNull().unique())
      .addColumn('public_key', 'text', column => column.notNull())
      .addColumn('sign_count', 'bigint', column => column.notNull())
      .addColumn('name', 'text', column => column.notNull())
      .addColumn('transports', 'text', column => column.notNull())
      .addColumn('synced', 'smallint', column => column.notNull())
      .addColumn('backed_up', 'smallint', column => column.notNull())
      .addColumn('aaguid', 'text', column => column.notNull())
      .addColumn('created_at', 'bigint', column => column.notNull())
      .addColumn('last_used_at', 'bigint')
      .execute();
    await db.schema.createIndex('identity_passkeys_user').on('identity_passkeys').column('user_id').execute();
    await db.schema
      .createTable('identity_challenges')
      .addColumn('challenge_hash', 'text', column => column.primaryKey().notNull())
      .addColumn('purpose', 'text', column => column.notNull())
      .addColumn('user_id', 'text')
      .addColumn('binding', 'text', column => column.notNull())
      .addColumn('expires_at', 'bigint', column => column.notNull())
      .addColumn('used_at', 'bigint')
      .execute();
    await db.schema.createIndex('identity_challenges_end').on('identity_challenges').column('expires_at').execute();
    await db.schema
      .createTable('identity_policies')
      .addColumn('name', 'text', column => column.primaryKey().notNull())
      .addColumn('value', 'text', column => column.notNull())
      .addColumn('revision', 'bigint', column => column.notNull())
      .addColumn('updated_at', 'bigint', column => column.notNull())
      .addColumn('updated_by', 'text', column => column.notNull())
      .execute();
    await db.schema
      .createTable('identity_notices')
      .addColumn('id', 'text', column => column.primaryKey().notNull())
      .addColumn('user_id', 'text', column => column.notNull())
      .addColumn('kind', 'text', column => column.notNull())
      .addColumn('data', 'text', column => column.notNull())
      .addColumn('at', 'bigint', column => column.notNull())
      .addColumn('read_at', 'bigint')
      .execute();
    await db.schema.createIndex('identity_notices_user').on('identity_notices').columns(['user_id', 'at']).execute();
  },
};
