import { Kysely } from 'kysely';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import { applyMigrations, createOwnTables, type OwnTables } from './migrate.ts';
import { describeSqlite } from './schema-sqlite.ts';
import { openSqliteClient } from './sqlite-client.ts';
import { createSqliteDialect } from './sqlite-dialect.ts';
import { type SqliteLimits, sqliteLimits } from './sqlite-lanes.ts';
import { lockFile } from './sqlite-lock.ts';
import type { SqliteThread, startSqliteThread } from './sqlite-thread.ts';
import type { Store } from './store.ts';

const migrationTimeoutMs = 600_000;

export interface SqliteStoreDeps {
  readonly log: Log;
  readonly clock: Clock;
  readonly limits?: Partial<SqliteLimits>;
  readonly startThread?: (...args: Parameters<typeof startSqliteThread>) => SqliteThread;
}

/** The embedded store, with what its own tests measure. Throws `store.locked` or `store.unavailable`. */
export async function createSqliteStore(file: string, deps: SqliteStoreDeps): Promise<Store & { commits(): number }> {
  await using opening = new AsyncDisposableStack();
  opening.use(lockFile(file));
  const limits = { ...sqliteLimits, ...deps.limits };
  const { log, startThread } = deps;
  const client = opening.use(await openSqliteClient(file, { log, limits, ...(startThread ? { startThread } : {}) }));
  // One untyped builder serves every room: Kysely's table types exist at compile time only.
  const db = new Kysely<OwnTables>({ dialect: createSqliteDialect(client) });
  const patientDb = new Kysely<OwnTables>({ dialect: createSqliteDialect(client, migrationTimeoutMs) });
  await createOwnTables(db);
  const open = opening.move();
  return {
    dialect: 'sqlite',
    db: <Tables>() => db as unknown as Kysely<Tables>,
    async migrate(migrations) {
      const options = { dialect: 'sqlite', now: () => deps.clock.now(), log } as const;
      await patientDb.transaction().execute(trx => applyMigrations(trx, migrations, options));
    },
    describeSchema: () => describeSqlite(db),
    async check() {
      const row = { id: 'check', checked_at: deps.clock.now() };
      const update = { checked_at: row.checked_at };
      await db
        .insertInto('store_checks')
        .values(row)
        .onConflict(c => c.column('id').doUpdateSet(update))
        .execute();
    },
    backup: target => client.backup(target),
    commits: () => client.commits,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
