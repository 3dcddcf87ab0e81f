import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient, sql } from 'kysely';
import pg from 'pg';
import type { Clock } from '../core/clock.ts';
import { SallyportError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Secret } from '../core/secret.ts';
import { applyMigrations, createOwnTables, type OwnTables } from './migrate.ts';
import { toPostgresFailure } from './postgres-errors.ts';
import { describePostgres } from './schema-postgres.ts';
import { toSqlValue } from './sql-value.ts';
import type { Store } from './store.ts';

/** The bounds of the connections to PostgreSQL. */
export interface PostgresLimits {
  readonly connectionsMax: number;
  readonly waitingMax: number;
  readonly connectTimeoutMs: number;
  /** A statement longer than this is ended by the server, and a little later by the client when the server is silent. */
  readonly statementTimeoutMs: number;
  /** The longest a transaction may wait for its owner between two statements. */
  readonly transactionIdleMs: number;
}

export const postgresLimits: PostgresLimits = {
  connectionsMax: 10,
  waitingMax: 10_000,
  connectTimeoutMs: 5000,
  statementTimeoutMs: 15_000,
  transactionIdleMs: 5000,
};

const migrationLimits: PostgresLimits = {
  connectionsMax: 1,
  waitingMax: 1,
  connectTimeoutMs: 10_000,
  statementTimeoutMs: 600_000,
  transactionIdleMs: 600_000,
};

// Any number does, as long as every Sallyport uses the same: PostgreSQL section 13.3.5, advisory locks.
const migrationLock = 7_252_917_160_481_553n;

interface Deps {
  readonly log: Log;
  readonly clock: Clock;
  readonly limits?: Partial<PostgresLimits>;
}

/** The store for many nodes. Throws `store.unavailable` when the server cannot be reached. */
export async function createPostgresStore(url: Secret, deps: Deps): Promise<Store> {
  const { log } = deps;
  const { db, pool } = open(url, { ...postgresLimits, ...deps.limits }, log);
  const migrating = async (act: (trx: Parameters<typeof applyMigrations>[0]) => Promise<void>): Promise<void> => {
    const patient = open(url, migrationLimits, log);
    try {
      await patient.db.transaction().execute(async trx => {
        await sql`select pg_advisory_xact_lock(${migrationLock})`.execute(trx);
        await act(trx);
      });
    } finally {
      await patient.pool.end();
    }
  };
  try {
    await migrating(createOwnTables);
    await warnOfCollation(db, log);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return {
    dialect: 'postgres',
    // One untyped builder serves every room: Kysely's table types exist at compile time only.
    db: <Tables>() => db as unknown as Kysely<Tables>,
    async migrate(migrations) {
      const options = { dialect: 'postgres', now: () => deps.clock.now(), log } as const;
      await migrating(trx => applyMigrations(trx, migrations, options));
    },
    describeSchema: () => describePostgres(db),
    async check() {
      const row = { id: 'check', checked_at: deps.clock.now() };
      const update = { checked_at: row.checked_at };
      const insert = db.insertInto('store_checks').values(row);
      await insert.onConflict(conflict => conflict.column('id').doUpdateSet(update)).execute();
    },
    async backup(file) {
      throw new SallyportError(
        'core.invalid_input',
        `Cannot back up PostgreSQL to "${file}": want the server's own backup, as pg_dump`,
      );
    },
    async [Symbol.asyncDispose]() {
      if (!pool.ending) await pool.end();
    },
  };
}

function open(url: Secret, limits: PostgresLimits, log: Log): { db: Kysely<OwnTables>; pool: pg.Pool } {
  const pool = new pg.Pool({
    connectionString: url.reveal(),
    max: limits.connectionsMax,
    connectionTimeoutMillis: limits.connectTimeoutMs,
    idleTimeoutMillis: 30_000,
    statement_timeout: limits.statementTimeoutMs,
    lock_timeout: limits.statementTimeoutMs,
    query_timeout: limits.statementTimeoutMs + 2000,
    idle_in_transaction_session_timeout: limits.transactionIdleMs,
    keepAlive: true,
    application_name: 'sallyport',
    // A role or database may have it off; an acknowledged write must survive the server's crash.
    options: '-c synchronous_commit=on',
    types: { getTypeParser: parserOf },
  });
  pool.on('error', error => log.warn('store.connection_lost', { error }));
  return { db: new Kysely<OwnTables>({ dialect: new PostgresDialect({ pool: guardPool(pool, limits) }) }), pool };
}

/** Bounds who may wait for a connection and turns every error into the store's own. */
function guardPool(pool: pg.Pool, limits: PostgresLimits): PostgresPool {
  const guarded = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  return {
    options: pool.options,
    async connect() {
      if (pool.waitingCount >= limits.waitingMax) {
        throw new SallyportError(
          'core.queue_full',
          `Cannot wait for a connection: ${limits.waitingMax} wait already, the most allowed`,
        );
      }
      const client = await pool.connect().catch((error: unknown) => {
        throw toPostgresFailure(error, 'store.unavailable');
      });
      const known = guarded.get(client) ?? guardClient(client);
      guarded.set(client, known);
      return known;
    },
    end: () => pool.end(),
  };
}

function guardClient(client: pg.PoolClient): PostgresPoolClient {
  let isBroken = false;
  // Without a listener a connection lost between two statements of a transaction would end the process.
  client.on('error', () => {
    isBroken = true;
  });
  // Kysely calls `query` with a text, because no cursor is configured.
  const query = async (text: string, parameters: readonly unknown[]): Promise<unknown> => {
    const values = parameters.map(toSqlValue);
    try {
      return await client.query(text, values);
    } catch (error) {
      const failure = toPostgresFailure(error);
      // After a silent server the connection's state is unknown: it must not be given to the next caller.
      if (failure.code === 'store.unavailable') isBroken = true;
      throw failure;
    }
  };
  return {
    query: query as PostgresPoolClient['query'],
    release: destroy => client.release(destroy === true || isBroken),
  };
}

// Whole numbers come as text, because they may be larger than a JavaScript number; ours are not, and one that is must not be rounded.
const parserOf = ((oid: number, format?: 'text' | 'binary') => {
  if (oid === pg.types.builtins.INT8 || oid === pg.types.builtins.NUMERIC) return toNumber;
  return format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : pg.types.getTypeParser(oid, 'text');
}) as typeof pg.types.getTypeParser;

function toNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new SallyportError('internal', `Cannot read the number "${text}": want one up to 2^53`);
  }
  return value;
}

async function warnOfCollation(db: Kysely<OwnTables>, log: Log): Promise<void> {
  const { rows } = await sql<{ collation: string }>`
    select datcollate as collation from pg_database where datname = current_database()`.execute(db);
  const collation = rows[0]?.collation ?? '';
  if (!/^(C|C\.UTF-?8|POSIX)$/i.test(collation)) log.warn('store.collation', { collation, wanted: 'C' });
}
