import { createHash } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import { SallyportError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Dialect, Migration } from './store.ts';

interface MigrationTables {
  store_migrations: { id: string; checksum: string; position: number; applied_at: number };
  store_checks: { id: string; checked_at: number };
}

/** The tables the store keeps for itself. */
export type OwnTables = MigrationTables;

/** Makes the store's own tables where they are missing. */
export async function createOwnTables(db: Kysely<OwnTables>): Promise<void> {
  await db.schema
    .createTable('store_migrations')
    .ifNotExists()
    .addColumn('id', 'text', column => column.primaryKey().notNull())
    .addColumn('checksum', 'text', column => column.notNull())
    .addColumn('position', 'bigint', column => column.notNull())
    .addColumn('applied_at', 'bigint', column => column.notNull())
    .execute();
  await db.schema
    .createTable('store_checks')
    .ifNotExists()
    .addColumn('id', 'text', column => column.primaryKey().notNull())
    .addColumn('checked_at', 'bigint', column => column.notNull())
    .execute();
}

/**
 * Applies what is missing, all in the given transaction: after a failure nothing is applied. Refuses with
 * `store.migration_failed` when what is applied is not a part of the list: a newer Sallyport wrote this store, or the list
 * was edited. Order is fixed within a room (the id up to its first "-"), so one room's new change does not disturb another's.
 */
export async function applyMigrations(
  trx: Transaction<OwnTables>,
  migrations: readonly Migration[],
  options: { dialect: Dialect; now: () => number; log: Log },
): Promise<void> {
  requireUniqueIds(migrations);
  const applied = await trx.selectFrom('store_migrations').selectAll().orderBy('position').execute();
  requireKnown(applied, migrations);
  const appliedIds = new Set(applied.map(row => row.id));
  let position = applied.reduce((max, row) => Math.max(max, row.position), 0);
  for (const migration of migrations) {
    if (appliedIds.has(migration.id)) continue;
    try {
      // A migration writes the tables it makes: no type knows them yet.
      await migration.up(trx as unknown as Kysely<never>, options.dialect);
    } catch (error) {
      throw failed(
        `Cannot apply migration "${migration.id}": ${error instanceof Error ? error.message : String(error)}`,
        error,
      );
    }
    const row = { id: migration.id, checksum: checksumOf(migration), position: ++position, applied_at: options.now() };
    await trx.insertInto('store_migrations').values(row).execute();
    options.log.info('store.migrated', { migration: migration.id });
  }
}

/** Identifies what a migration does by its source text without white space. */
export function checksumOf(migration: Migration): string {
  return createHash('sha256').update(migration.up.toString().replace(/\s+/g, '')).digest('hex');
}

function requireUniqueIds(migrations: readonly Migration[]): void {
  const seen = new Set<string>();
  for (const { id } of migrations) {
    if (!/^[a-z0-9]+-[a-z0-9-]+$/.test(id))
      throw failed(`Cannot use migration "${id}": want an id as "identity-001-users"`);
    if (seen.has(id)) throw failed(`Cannot use migration "${id}": the id is in the list twice`);
    seen.add(id);
  }
}

function requireKnown(applied: readonly { id: string; checksum: string }[], migrations: readonly Migration[]): void {
  const known = new Map(migrations.map(migration => [migration.id, migration]));
  const expected = new Map<string, string[]>();
  for (const { id } of migrations) expected.set(roomOf(id), [...(expected.get(roomOf(id)) ?? []), id]);
  for (const { id, checksum } of applied) {
    const migration = known.get(id);
    if (!migration) {
      throw failed(
        `Cannot open the store: migration "${id}" is applied but unknown, want the version of Sallyport that wrote it`,
      );
    }
    const next = expected.get(roomOf(id))?.shift();
    if (next !== id) {
      throw failed(
        `Cannot open the store: migration "${id}" is applied where "${next ?? 'none'}" comes first, want the order it was applied in`,
      );
    }
    if (checksumOf(migration) !== checksum) {
      throw failed(
        `Cannot open the store: migration "${id}" was changed after it was applied, want a new migration instead`,
      );
    }
  }
}

const roomOf = (id: string): string => id.slice(0, id.indexOf('-'));

function failed(message: string, cause?: unknown): SallyportError {
  return new SallyportError('store.migration_failed', message, { cause });
}
