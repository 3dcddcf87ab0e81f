import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type QueryResult,
  SelectQueryNode,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { SallyportError } from '../core/errors.ts';
import { toSqlValue } from './sql-value.ts';
import type { SqliteClient, SqliteTransaction } from './sqlite-client.ts';
import type { Answer } from './sqlite-lanes.ts';
import type { SqlValue, Statement } from './sqlite-protocol.ts';

/**
 * Kysely over the store's worker thread. Outside a transaction a select reads the last commit and anything else is a
 * group-committed write; inside, everything runs on the one writing connection.
 */
export function createSqliteDialect(client: SqliteClient, transactionTimeoutMs?: number): Dialect {
  return {
    createDriver: () => createDriver(client, transactionTimeoutMs),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => adapter,
    createIntrospector: db => new SqliteIntrospector(db),
  };
}

// The stock adapter makes Kysely run one query at a time; here the worker's client keeps the order and groups the commits.
const adapter: DialectAdapter = {
  supportsCreateIfNotExists: true,
  supportsMultipleConnections: true,
  supportsTransactionalDdl: true,
  supportsReturning: true,
  supportsOutput: false,
  acquireMigrationLock: async () => undefined,
  releaseMigrationLock: async () => undefined,
};

interface Connection extends DatabaseConnection {
  transaction: SqliteTransaction | undefined;
}

function createDriver(client: SqliteClient, transactionTimeoutMs: number | undefined): Driver {
  // Kysely hands back the connections `acquireConnection` made, and no others.
  const own = (connection: DatabaseConnection): Connection => connection as Connection;
  return {
    init: async () => undefined,
    acquireConnection: async () => createConnection(client),
    async beginTransaction(connection) {
      own(connection).transaction = await client.begin(transactionTimeoutMs);
    },
    async commitTransaction(connection) {
      await own(connection).transaction?.commit();
    },
    async rollbackTransaction(connection) {
      await own(connection).transaction?.rollback();
    },
    async releaseConnection(connection) {
      own(connection).transaction = undefined;
    },
    destroy: async () => undefined,
  };
}

function createConnection(client: SqliteClient): Connection {
  return {
    transaction: undefined,
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      const statement = toStatement(query);
      const answer = await run(client, this.transaction, { query, statement });
      // The row type is what the query builder derived from the query; the rows are its result.
      const rows = answer.rows as R[];
      return { rows, numAffectedRows: BigInt(answer.changes), insertId: BigInt(answer.insertId) };
    },
    streamQuery(): never {
      throw new SallyportError('internal', 'Cannot stream a query: want a query with a limit');
    },
  };
}

function run(
  client: SqliteClient,
  transaction: SqliteTransaction | undefined,
  { query, statement }: { query: CompiledQuery; statement: Statement },
): Promise<Answer> {
  if (transaction) return transaction.run(statement);
  const isRead = SelectQueryNode.is(query.query) || (query.query.kind === 'RawNode' && /^\s*select\b/i.test(query.sql));
  return isRead ? client.read(statement) : client.write(statement);
}

// Transactions belong to the store, and a pragma could undo its durability.
const refused = /^\s*(begin|commit|end|rollback|savepoint|release|attach|detach|pragma|vacuum)\b/i;

function toStatement(query: CompiledQuery): Statement {
  if (query.query.kind === 'RawNode' && refused.test(query.sql)) {
    throw new SallyportError(
      'internal',
      `Cannot run "${query.sql.slice(0, 40)}": want db.transaction() for transactions`,
    );
  }
  return { sql: query.sql, params: query.parameters.map(toBound) };
}

function toBound(value: unknown): SqlValue {
  const known = toSqlValue(value);
  // A whole number is bound as an integer: node:sqlite binds numbers as floats, and a text column would keep "1.0".
  if (typeof known === 'number') return Number.isSafeInteger(known) ? BigInt(known) : known;
  // A copy: cloning a view to the thread would take the whole shared buffer behind it along.
  if (known instanceof Uint8Array && known.byteLength !== known.buffer.byteLength) return Uint8Array.from(known);
  return known;
}
