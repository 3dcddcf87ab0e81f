import type { Kysely } from 'kysely';
import type { Migration } from '../store/store.ts';
import type { FederationTables, OriginColumns } from './federation/tables.ts';
import { federationMigration } from './federation/tables.ts';
import type { LinkPurpose, UserRole } from './identity.ts';
import type { MachineColumns, MachineTables } from './machines/tables.ts';
import { machineMigration } from './machines/tables.ts';
import type { FactorTables } from './passkeys/tables.ts';
import { factorMigration, inactivityMigration } from './passkeys/tables.ts';

/** The rows of this room. Nobody else reads them. Tokens and codes are here as SHA-256 only, TOTP seeds sealed. */
export interface IdentityTables extends FederationTables, FactorTables, MachineTables {
  identity_users: MachineColumns & {
    id: string;
    email: string;
    email_norm: string;
    name: string;
    /** Name folded for search. */
    name_norm: string;
    role: UserRole;
    /** 0: enabled; 1: disabled here; 2: by a client that provisions, which may enable it again. */
    disabled: number;
    created_at: number;
    last_sign_in_at: number | null;
    /** Raised by every change: the row that changes of one person queue up behind, on either database. */
    revision: number;
  };
  identity_passwords: {
    user_id: string;
    hash: string;
    changed_at: number;
    /** 1 when it is long enough to be the only factor; its length itself is not kept. */
    single_factor: number;
  };
  /** `kind` 'totp', `ref` 'active' or 'pending'. Further kinds of factor are further kinds here. */
  identity_factors: {
    user_id: string;
    kind: string;
    ref: string;
    sealed: string;
    /** TOTP: the last time step a code was taken for. */
    last_step: number;
    created_at: number;
  };
  identity_recovery_codes: { user_id: string; code_hash: string; used_at: number | null };
  identity_sessions: OriginColumns & {
    id: string;
    token_hash: string;
    user_id: string;
    /** The session this one was handed off from; it ends with it. */
    parent_id: string | null;
    host: string;
    methods: string;
    created_at: number;
    authenticated_at: number;
    last_seen_at: number;
    idle_timeout_ms: number;
    expires_at: number;
    client_ip: string;
    network: string;
    user_agent: string;
    ended_at: number | null;
    end_reason: string | null;
  };
  identity_api_keys: {
    id: string;
    user_id: string;
    name: string;
    /** The part of the key that is no secret. */
    prefix: string;
    token_hash: string;
    /** JSON: sites, paths, permissions. */
    scope: string;
    created_at: number;
    expires_at: number;
    last_used_at: number | null;
    revoked_at: number | null;
  };
  identity_links: {
    token_hash: string;
    purpose: LinkPurpose;
    user_id: string | null;
    created_at: number;
    expires_at: number;
    used_at: number | null;
  };
  /** A sign-in between its factors. `stage` is 'totp' or 'enrolment'. */
  identity_pendings: {
    token_hash: string;
    user_id: string;
    stage: string;
    host: string;
    methods: string;
    /** The TOTP seed being enrolled. */
    sealed: string | null;
    /** JSON: where the first factor was given, if elsewhere. */
    origin: string | null;
    attempts: number;
    created_at: number;
    expires_at: number;
    used_at: number | null;
  };
  identity_handoffs: {
    code_hash: string;
    session_id: string;
    host: string;
    expires_at: number;
    used_at: number | null;
  };
  identity_lockouts: {
    key: string;
    /** Whose: hash of the e-mail address, or the user id. */
    subject: string;
    failures: number;
    last_at: number;
    locked_until: number;
  };
  /** One row, 'owners': changes of who is Owner queue up behind it. */
  identity_locks: { name: string; revision: number };
}

/** The schema of this room, in order. */
export const identityMigrations: readonly Migration[] = [
  {
    id: 'identity-001-people',
    async up(db: Kysely<never>) {
      await db.schema
        .createTable('identity_users')
        .addColumn('id', 'text', column => column.primaryKey().notNull())
        .addColumn('email', 'text', column => column.notNull())
        .addColumn('email_norm', 'text', column => column.notNull().unique())
        .addColumn('name', 'text', column => column.notNull())
        .addColumn('name_norm', 'text', column => column.notNull())
        .addColumn('role', 'text', column => column.notNull())
        .addColumn('disabled', 'smallint', column => column.notNull())
        .addColumn('created_at', 'bigint', column => column.notNull())
        .addColumn('last_sign_in_at', 'bigint')
        .addColumn('revision', 'bigint', column => column.notNull())
        .execute();
      await db.schema.createIndex('identity_users_role').on('identity_users').column('role').execute();
      await db.schema
        .createTable('identity_passwords')
        .addColumn('user_id', 'text', column => column.primaryKey().notNull())
        .addColumn('hash', 'text', column => column.notNull())
        .addColumn('changed_at', 'bigint', column => column.notNull())
        .addColumn('single_factor', 'smallint', column => column.notNull())
        .execute();
      await db.schema
        .createTable('identity_locks')
        .addColumn('name', 'text', column => column.primaryKey().notNull())
        .addColumn('revision', 'bigint', column => column.notNull())
        .execute();
    },
  },
  {
    id: 'identity-002-factors',
    async up(db: Kysely<never>) {
      await db.schema
        .createTable('identity_factors')
        .addColumn('user_id', 'text', column => column.notNull())
        .addColumn('kind', 'text', column => column.notNull())
        .addColumn('ref', 'text', column => column.notNull())
        .addColumn('sealed', 'text', column => column.notNull())
        .addColumn('last_step', 'bigint', column => column.notNull())
        .addColumn('created_at', 'bigint', column => column.notNull())
        .addPrimaryKeyConstraint('identity_factors_pk', ['user_id', 'kind', 'ref'])
        .execute();
      await db.schema
        .createTable('identity_recovery_codes')
        .addColumn('user_id', 'text', column => column.notNull())
        .addColumn('code_hash', 'text', column => column.notNull())
        .addColumn('used_at', 'bigint')
        .addPrimaryKeyConstraint('identity_recovery_codes_pk', ['user_id', 'code_hash'])
        .execute();
    },
  },
  {
    id: 'identity-003-sessions',
    async up(db: Kysely<never>) {
      await db.schema
        .createTable('identity_sessions')
        .addColumn('id', 'text', column => column.primaryKey().notNull())
        .addColumn('token_hash', 'text', column => column.notNull().unique())
        .addColumn('user_id', 'text', column => column.notNull())
        .addColumn('parent_id', 'text')
        .addColumn('host', 'text', column => column.notNull())
        .addColumn('methods', 'text', column => column.notNull())
        .addColumn('created_at', 'bigint', column => column.notNull())
        .addColumn('authenticated_at', 'bigint', column => column.notNull())
        .addColumn('last_seen_at', 'bigint', column => column.notNull())
        .addColumn('idle_timeout_ms', 'bigint', column => column.notNull())
        .addColumn('expires_at', 'bigint', column => column.notNull())
        .addColumn('client_ip', 'text', column => column.notNull())
        .addColumn('network', 'text', column => column.notNull())
        .addColumn('user_agent', 'text', column => column.notNull())
        .addColumn('ended_at', 'bigint')
        .addColumn('end_reason', 'text')
        .execute();
      const index = (name: string, columns: string[]) =>
        db.schema.createIndex(name).on('identity_sessions').columns(columns).execute();
      await index('identity_sessions_user', ['user_id', 'ended_at']);
      await index('identity_sessions_parent', ['parent_id']);
      await index('identity_sessions_ended', ['ended_at', 'expires_at']);
    },
  },
  {
    id: 'identity-004-tokens',
    async up(db: Kysely<never>) {
      await db.schema
        .createTable('identity_links')
        .addColumn('token_hash', 'text', column => column.primaryKey().notNull())
        .addColumn('purpose', 'text', column => column.notNull())
        .addColumn('user_id', 'text')
        .addColumn('created_at', 'bigint', column => column.notNull())
        .addColumn('expires_at', 'bigint', column => column.notNull())
        .addColumn('used_at', 'bigint')
        .execute();
      await db.schema
        .createTable('identity_pendings')
        .addColumn('token_hash', 'text', column => column.primaryKey().notNull())
        .addColumn('user_id', 'text', column => column.notNull())
        .addColumn('stage', 'text', column => column.notNull())
        .addColumn('host', 'text', column => column.notNull())
        .addColumn('methods', 'text', column => column.notNull())
        .addColumn('sealed', 'text')
        .addColumn('attempts', 'bigint', column => column.notNull())
        .addColumn('created_at', 'bigint', column => column.notNull())
        .addColumn('expires_at', 'bigint', column => column.notNull())
        .addColumn('used_at', 'bigint')
        .execute();
      await db.schema.createIndex('identity_pendings_user').on('identity_pendings').column('user_id').execute();
      await db.schema
        .createTable('identity_handoffs')
        .addColumn('code_hash', 'text', column => column.primaryKey().notNull())
        .addColumn('session_id', 'text', column => column.notNull())
        .addColumn('host', 'text', column => column.notNull())
        .addColumn('expires_at', 'bigint', column => column.notNull())
        .addColumn('used_at', 'bigint')
        .execute();
      await db.schema
        .createTable('identity_lockouts')
        .addColumn('key', 'text', column => column.primaryKey().notNull())
        .addColumn('subject', 'text', column => column.notNull())
        .addColumn('failures', 'bigint', column => column.notNull())
        .addColumn('last_at', 'bigint', column => column.notNull())
        .addColumn('locked_until', 'bigint', column => column.notNull())
        .execute();
      await db.schema.createIndex('identity_lockouts_subject').on('identity_lockouts').column('subject').execute();
      await db.schema.createIndex('identity_lockouts_last').on('identity_lockouts').column('last_at').execute();
    },
  },
  {
    id: 'identity-005-api-keys',
    async up(db: Kysely<never>) {
      await db.schema
        .createTable('identity_api_keys')
        .addColumn('id', 'text', column => column.primaryKey().notNull())
        .addColumn('user_id', 'text', column => column.notNull())
        .addColumn('name', 'text', column => column.notNull())
        .addColumn('prefix', 'text', column => column.notNull())
        .addColumn('token_hash', 'text', column => column.notNull().unique())
        .addColumn('scope', 'text', column => column.notNull())
        .addColumn('created_at', 'bigint', column => column.notNull())
        .addColumn('expires_at', 'bigint', column => column.notNull())
        .addColumn('last_used_at', 'bigint')
        .addColumn('revoked_at', 'bigint')
        .execute();
      await db.schema.createIndex('identity_api_keys_user').on('identity_api_keys').column('user_id').execute();
    },
  },
  federationMigration,
  machineMigration,
  factorMigration,
  inactivityMigration,
];
