import type { Generated, Kysely } from 'kysely';
import type { Migration } from '../../store/store.ts';

/** Rows of service accounts and what they prove themselves by. */
export interface MachineTables {
  /** JSON: sites, paths, permissions. */
  identity_machines: { user_id: string; scope: string };
  identity_client_credentials: {
    id: string;
    user_id: string;
    kind: 'secret' | 'key';
    name: string;
    prefix: string;
    /** Secrets: hex SHA-256 of the whole secret. Keys: of the account and the thumbprint, so that one key is there once. */
    hash: string;
    /** Keys: the public JWK. */
    jwk: string | null;
    created_at: number;
    expires_at: number;
    last_used_at: number | null;
    revoked_at: number | null;
  };
  /** Ids of client assertions that were taken (RFC 7523 section 3). */
  identity_client_assertions: { key: string; expires_at: number };
  identity_access_tokens: {
    id: string;
    /** `subject` tokens are for the exchange alone and never in a snapshot. */
    kind: 'access' | 'subject';
    token_hash: string;
    user_id: string;
    /** Who asked for it; for subject tokens who may exchange it. */
    client_id: string;
    /** What it was got with; it ends with that. Null for subject tokens. */
    credential_id: string | null;
    /** JSON: user ids, the one at work first. */
    actors: string;
    /** JSON: hashes of the tokens and keys it came from. */
    parents: string;
    scope: string;
    created_at: number;
    expires_at: number;
    last_used_at: number | null;
    revoked_at: number | null;
  };
}

/** What makes an account a machine's, beside the columns it always had. */
export interface MachineColumns {
  kind: Generated<'person' | 'service'>;
  owner_id: Generated<string | null>;
}

/** See `identityMigrations`. */
export const machineMigration: Migration = {
  id: 'identity-007-machines',
  async up(db: Kysely<never>) {
    await db.schema
      .alterTable('identity_users')
      .addColumn('kind', 'text', column => column.notNull().defaultTo('person'))
      .execute();
    await db.schema.alterTable('identity_users').addColumn('owner_id', 'text').execute();
    await db.schema.createIndex('identity_users_owner').on('identity_users').column('owner_id').execute();
    await db.schema
      .createTable('identity_machines')
      .addColumn('user_id', 'text', column => column.primaryKey().notNull())
      .addColumn('scope', 'text', column => column.notNull())
      .execute();
    await db.schema
      .createTable('identity_client_credentials')
      .addColumn('id', 'text', column => column.primaryKey().notNull())
      .addColumn('user_id', 'text', column => column.notNull())
      .addColumn('kind', 'text', column => column.notNull())
      .addColumn('name', 'text', column => column.notNull())
      .addColumn('prefix', 'text', column => column.notNull())
      .addColumn('hash', 'text', column => column.notNull().unique())
      .addColumn('jwk', 'text')
      .addColumn('created_at', 'bigint', column => column.notNull())
      .addColumn('expires_at', 'bigint', column => column.notNull())
      .addColumn('last_used_at', 'bigint')
      .addColumn('revoked_at', 'bigint')
      .execute();
    await db.schema
      .createIndex('identity_client_credentials_user')
      .on('identity_client_credentials')
      .column('user_id')
      .execute();
    await createTokens(db);
  },
};

async function createTokens(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable('identity_client_assertions')
    .addColumn('key', 'text', column => column.primaryKey().notNull())
    .addColumn('expires_at', 'bigint', column => column.notNull())
    .execute();
  await db.schema
    .createTable('identity_access_tokens')
    .addColumn('id', 'text', column => column.primaryKey().notNull())
    .addColumn('kind', 'text', column => column.notNull())
    .addColumn('token_hash', 'text', column => column.notNull().unique())
    .addColumn('user_id', 'text', column => column.notNull())
    .addColumn('client_id', 'text', column => column.notNull())
    .addColumn('credential_id', 'text')
    .addColumn('actors', 'text', column => column.notNull())
    .addColumn('parents', 'text', column => column.notNull())
    .addColumn('scope', 'text', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addColumn('expires_at', 'bigint', column => column.notNull())
    .addColumn('last_used_at', 'bigint')
    .addColumn('revoked_at', 'bigint')
    .execute();
  const index = (name: string, columns: string[]) =>
    db.schema.createIndex(name).on('identity_access_tokens').columns(columns).execute();
  await index('identity_access_tokens_client', ['client_id', 'expires_at']);
  await index('identity_access_tokens_user', ['user_id', 'expires_at']);
  await index('identity_access_tokens_end', ['revoked_at', 'expires_at']);
}
