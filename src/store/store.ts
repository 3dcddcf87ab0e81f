/**
 * The store keeps what must survive: one SQL store (embedded SQLite or PostgreSQL behind the same Kysely queries), shared
 * counters and an object store. A room owns its tables: it brings its own migrations and row types, and nobody else reads them.
 * Types are portable: ids and JSON are text, times are bigint epoch milliseconds, booleans are 0/1 smallint, bytes are blobs.
 */
import type { Kysely } from 'kysely';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Secret } from '../core/secret.ts';
import { createPostgresStore } from './postgres-store.ts';
import { createSqliteStore } from './sqlite-store.ts';

export { columnTypes } from './columns.ts';
export { type StoreConfig, storeConfig } from './config.ts';
export {
  type CountersAnswer,
  type CountersAsk,
  type CountersChannel,
  createChannelCounters,
  serveCounters,
} from './counters-channel.ts';
export { createMemoryCounters } from './counters-memory.ts';
export { createRedisCounters } from './counters-redis.ts';
export { createDiskObjects } from './objects-disk.ts';
export { createS3Objects, type S3Credentials, type S3Settings } from './objects-s3.ts';
export { lockFile } from './sqlite-lock.ts';

/** One change of the schema, applied once, in the order of `id` (`identity-001-users`). Never edited after release. */
export interface Migration {
  readonly id: string;
  up(db: Kysely<never>, dialect: Dialect): Promise<void>;
}

export type Dialect = 'sqlite' | 'postgres';

export interface Store extends AsyncDisposable {
  readonly dialect: Dialect;
  /** The query builder, typed by the tables of the room that asks. A write resolves after it is durable (fsynced). */
  db<Tables>(): Kysely<Tables>;
  /** Applies the migrations that are missing, under a lock; a changed or unknown applied migration stops the boot. */
  migrate(migrations: readonly Migration[]): Promise<void>;
  /** The schema as sorted text lines, the same for both dialects: what the schema test compares. */
  describeSchema(): Promise<string[]>;
  /** Resolves when a trivial write is durable; throws `store.unavailable` otherwise. */
  check(): Promise<void>;
  /** A consistent copy into a new file (SQLite) while in use. */
  backup(file: string): Promise<void>;
}

/** Shared short-lived numbers and flags, exact on one node. Every key expires. */
export interface Counters extends AsyncDisposable {
  /** Adds and returns the new value; the key expires `ttlMs` after its first increment. Atomic. */
  increment(key: string, by: number, ttlMs: number): Promise<{ value: number; expiresInMs: number }>;
  get(key: string): Promise<number>;
  /** True for exactly one caller per key until it expires: single use of codes, links, nonces. */
  claim(key: string, ttlMs: number): Promise<boolean>;
  delete(key: string): Promise<void>;
  /**
   * Takes from each of at most 1000 sliding windows, answers in the same order. Each is atomic and none depends on another. In any
   * `windowMs` no more than `limit` are granted, forced ones aside; a count leaves at most a sixtieth of the window late, never early. The
   * clock is the counters', so that nodes need not agree on the time. A key has one `windowMs` for ever.
   */
  takeWindows(takes: readonly WindowTake[]): Promise<WindowCount[]>;
}

export interface WindowTake {
  readonly key: string;
  /** How many are wanted; fewer are granted when fewer are left. */
  readonly by: number;
  readonly limit: number;
  readonly windowMs: number;
  /** Counts all of `by` whatever the limit: it has happened already. */
  readonly isForced?: boolean;
}

export interface WindowCount {
  readonly granted: number;
  /** In the window now, these included. */
  readonly used: number;
  /** Until one more can be granted; 0 when it can now. */
  readonly freeInMs: number;
}

/** Immutable named bytes. */
export interface Objects {
  /** Throws `store.object_exists` when the name is taken: objects are written once. */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** Throws `store.object_not_found`. */
  get(name: string): Promise<Uint8Array>;
  /** Names with this prefix, sorted; at most `countMax` after `after`. */
  list(prefix: string, options: { after?: string; countMax: number }): Promise<string[]>;
  delete(name: string): Promise<void>;
}

/** The store's settings after every reference is resolved: `file` is a full path, `url` holds its password. */
export type StoreSettings =
  | { readonly kind: 'sqlite'; readonly file: string }
  | { readonly kind: 'postgres'; readonly url: Secret; readonly connectionsMax?: number };

/** Opens the store. Throws `store.locked` when another process has the file, `store.unavailable` when it cannot be reached. */
export async function createStore(settings: StoreSettings, deps: { log: Log; clock: Clock }): Promise<Store> {
  switch (settings.kind) {
    case 'sqlite':
      return createSqliteStore(settings.file, deps);
    case 'postgres':
      return createPostgresStore(settings.url, {
        ...deps,
        ...(settings.connectionsMax === undefined ? {} : { limits: { connectionsMax: settings.connectionsMax } }),
      });
    default:
      return settings satisfies never;
  }
}
