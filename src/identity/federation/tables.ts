import type { Kysely } from 'kysely';
import type { Migration } from '../../store/store.ts';

/** Rows of what comes from elsewhere: providers, whose accounts there are whose here, groups, SCIM, sign-ins under way. */
export interface FederationTables {
  identity_providers: {
    id: string;
    slug: string;
    name: string;
    kind: 'ldap' | 'saml' | 'oidc';
    enabled: number;
    /** JSON: the whole input. */
    input: string;
    /** Bind password, client secret or SAML key pair. */
    sealed: string | null;
    created_at: number;
    revision: number;
    /** Since when it does not answer; null while it does. */
    unreachable_since: number | null;
  };
  /** An account elsewhere that is somebody's here. */
  identity_accounts: {
    provider_id: string;
    /** Hex SHA-256 of the subject, which can be longer than an index takes. */
    subject_key: string;
    subject: string;
    user_id: string;
    email: string | null;
    /** What the person typed, where they typed it here (LDAP). */
    login: string | null;
    /** Sealed: what renews it. */
    keepsake: string | null;
    created_at: number;
    last_seen_at: number;
    /** When it is to be looked up again. */
    check_at: number;
  };
  /** A sign-in under way at a provider. */
  identity_flows: {
    state_hash: string;
    provider_id: string;
    cookie_hash: string;
    host: string;
    purpose: string;
    /** JSON: where to go on to, whose session it is. */
    about: string;
    /** SAML: what `InResponseTo` must be. */
    request_id: string | null;
    sealed: string | null;
    created_at: number;
    expires_at: number;
    used_at: number | null;
  };
  /** Ids of assertions and logout tokens that were taken. */
  identity_taken: { key: string; expires_at: number };
  identity_groups: {
    id: string;
    source_kind: 'local' | 'provider' | 'scim';
    /** Provider or SCIM client; empty for local ones. */
    source_id: string;
    name: string;
    /** Folded for search and order. */
    name_norm: string;
    /** Hex SHA-256 of the folded name. */
    name_key: string;
    external_id: string | null;
    created_at: number;
    modified_at: number;
    version: number;
  };
  identity_members: { group_id: string; user_id: string };
  identity_scim_clients: { id: string; name: string; domains: string; created_at: number; last_used_at: number | null };
  identity_scim_tokens: { token_hash: string; client_id: string; created_at: number; expires_at: number };
  /** What a SCIM client says of a person it made. */
  identity_scim_people: {
    user_id: string;
    client_id: string;
    user_name: string;
    user_name_key: string;
    external_id: string | null;
    /** JSON: what else it said. */
    attributes: string;
    created_at: number;
    modified_at: number;
    version: number;
  };
}

/** Where a session was begun, beside the columns it always had. */
export interface OriginColumns {
  provider_id: string | null;
  upstream_session: string | null;
  /** Sealed: what ends it there. */
  keepsake: string | null;
}

/** See `identityMigrations`. */
export const federationMigration: Migration = {
  id: 'identity-006-federation',
  async up(db: Kysely<never>) {
    await createProviders(db);
    await createGroups(db);
    await createScim(db);
    await addOrigins(db);
  },
};

async function createProviders(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable('identity_providers')
    .addColumn('id', 'text', column => column.primaryKey().notNull())
    .addColumn('slug', 'text', column => column.notNull().unique())
    .addColumn('name', 'text', column => column.notNull())
    .addColumn('kind', 'text', column => column.notNull())
    .addColumn('enabled', 'smallint', column => column.notNull())
    .addColumn('input', 'text', column => column.notNull())
    .addColumn('sealed', 'text')
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addColumn('revision', 'bigint', column => column.notNull())
    .addColumn('unreachable_since', 'bigint')
    .execute();
  await db.schema
    .createTable('identity_accounts')
    .addColumn('provider_id', 'text', column => column.notNull())
    .addColumn('subject_key', 'text', column => column.notNull())
    .addColumn('subject', 'text', column => column.notNull())
    .addColumn('user_id', 'text', column => column.notNull())
    .addColumn('email', 'text')
    .addColumn('login', 'text')
    .addColumn('keepsake', 'text')
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addColumn('last_seen_at', 'bigint', column => column.notNull())
    .addColumn('check_at', 'bigint', column => column.notNull())
    .addPrimaryKeyConstraint('identity_accounts_pk', ['provider_id', 'subject_key'])
    .execute();
  await index(db, 'identity_accounts_user', 'identity_accounts', ['user_id', 'provider_id'], true);
  await index(db, 'identity_accounts_check', 'identity_accounts', ['provider_id', 'check_at']);
  await db.schema
    .createTable('identity_flows')
    .addColumn('state_hash', 'text', column => column.primaryKey().notNull())
    .addColumn('provider_id', 'text', column => column.notNull())
    .addColumn('cookie_hash', 'text', column => column.notNull())
    .addColumn('host', 'text', column => column.notNull())
    .addColumn('purpose', 'text', column => column.notNull())
    .addColumn('about', 'text', column => column.notNull())
    .addColumn('request_id', 'text')
    .addColumn('sealed', 'text')
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addColumn('expires_at', 'bigint', column => column.notNull())
    .addColumn('used_at', 'bigint')
    .execute();
  await index(db, 'identity_flows_expires', 'identity_flows', ['expires_at']);
  await db.schema
    .createTable('identity_taken')
    .addColumn('key', 'text', column => column.primaryKey().notNull())
    .addColumn('expires_at', 'bigint', column => column.notNull())
    .execute();
  await index(db, 'identity_taken_expires', 'identity_taken', ['expires_at']);
}

async function createGroups(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable('identity_groups')
    .addColumn('id', 'text', column => column.primaryKey().notNull())
    .addColumn('source_kind', 'text', column => column.notNull())
    .addColumn('source_id', 'text', column => column.notNull())
    .addColumn('name', 'text', column => column.notNull())
    .addColumn('name_norm', 'text', column => column.notNull())
    .addColumn('name_key', 'text', column => column.notNull())
    .addColumn('external_id', 'text')
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addColumn('modified_at', 'bigint', column => column.notNull())
    .addColumn('version', 'bigint', column => column.notNull())
    .execute();
  await index(db, 'identity_groups_name', 'identity_groups', ['source_kind', 'source_id', 'name_key'], true);
  await index(db, 'identity_groups_order', 'identity_groups', ['name_norm', 'id']);
  await db.schema
    .createTable('identity_members')
    .addColumn('group_id', 'text', column => column.notNull())
    .addColumn('user_id', 'text', column => column.notNull())
    .addPrimaryKeyConstraint('identity_members_pk', ['group_id', 'user_id'])
    .execute();
  await index(db, 'identity_members_user', 'identity_members', ['user_id', 'group_id']);
}

async function createScim(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable('identity_scim_clients')
    .addColumn('id', 'text', column => column.primaryKey().notNull())
    .addColumn('name', 'text', column => column.notNull())
    .addColumn('domains', 'text', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addColumn('last_used_at', 'bigint')
    .execute();
  await db.schema
    .createTable('identity_scim_tokens')
    .addColumn('token_hash', 'text', column => column.primaryKey().notNull())
    .addColumn('client_id', 'text', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addColumn('expires_at', 'bigint', column => column.notNull())
    .execute();
  await index(db, 'identity_scim_tokens_client', 'identity_scim_tokens', ['client_id']);
  await db.schema
    .createTable('identity_scim_people')
    .addColumn('user_id', 'text', column => column.primaryKey().notNull())
    .addColumn('client_id', 'text', column => column.notNull())
    .addColumn('user_name', 'text', column => column.notNull())
    .addColumn('user_name_key', 'text', column => column.notNull())
    .addColumn('external_id', 'text')
    .addColumn('attributes', 'text', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addColumn('modified_at', 'bigint', column => column.notNull())
    .addColumn('version', 'bigint', column => column.notNull())
    .execute();
  await index(db, 'identity_scim_people_name', 'identity_scim_people', ['client_id', 'user_name_key'], true);
  await index(db, 'identity_scim_people_external', 'identity_scim_people', ['client_id', 'external_id']);
}

async function addOrigins(db: Kysely<never>): Promise<void> {
  for (const name of ['provider_id', 'upstream_session', 'keepsake']) {
    await db.schema.alterTable('identity_sessions').addColumn(name, 'text').execute();
  }
  await index(db, 'identity_sessions_provider', 'identity_sessions', ['provider_id', 'ended_at']);
  await db.schema.alterTable('identity_pendings').addColumn('origin', 'text').execute();
}

async function index(db: Kysely<never>, name: string, table: string, columns: string[], isUnique = false) {
  const make = db.schema.createIndex(name).on(table).columns(columns);
  await (isUnique ? make.unique() : make).execute();
}
