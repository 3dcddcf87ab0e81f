import { closeSync, fchmodSync, fsyncSync, linkSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { backup, DatabaseSync, type StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { SallyportError } from '../core/errors.ts';
import { isConstraint, toFailure } from './sqlite-errors.ts';
import { done, type Reply, type Statement, type WorkerOpen } from './sqlite-protocol.ts';

const statementsKept = 500;
const busyTimeoutMs = 5000;

/** The synchronous half of the embedded store: it runs inside the worker thread and owns both connections. */
export interface SqliteEngine {
  /** Runs on the read-only connection: sees every commit and nothing uncommitted. */
  read(statements: readonly Statement[]): Reply[];
  /** Runs all in one transaction, a savepoint each: one that fails does not fail the others. Returns after the fsync. */
  write(statements: readonly Statement[]): { replies: Reply[]; commits: number };
  begin(): Reply;
  inside(statement: Statement): Reply;
  commit(): Reply;
  rollback(): Reply;
  /** Copies one moment of the file into a new one; refuses a name that is taken. */
  backup(file: string): Promise<Reply>;
  /** Moves the log into the file and closes it. */
  close(): void;
}

/** Opens the file as the store needs it: WAL, every commit fsynced, foreign keys on, readable by the owner only. */
export function openSqliteEngine(options: WorkerOpen): SqliteEngine {
  if (options.create) createPrivateFile(options.file);
  const href = pathToFileURL(options.file).href;
  const writer = new DatabaseSync(new URL(`${href}?mode=rw`), { timeout: busyTimeoutMs, defensive: true });
  writer.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF');
  if (options.pagesMax > 0) writer.exec(`PRAGMA max_page_count=${options.pagesMax}`);
  const reader = new DatabaseSync(options.file, { readOnly: true, timeout: busyTimeoutMs, defensive: true });
  reader.exec('PRAGMA trusted_schema=OFF');
  const inode = statSync(options.file).ino;
  const write = createRunner(writer);
  const read = createRunner(reader);

  const attempt = (act: () => void): Reply => {
    try {
      act();
      return done;
    } catch (error) {
      return toFailure(error);
    }
  };
  const begin = (): Reply =>
    attempt(() => {
      requireFile(options.file, inode);
      writer.exec('BEGIN IMMEDIATE');
    });
  const rollback = (): Reply =>
    attempt(() => {
      if (writer.isTransaction) writer.exec('ROLLBACK');
    });
  const inside = (statement: Statement): Reply => {
    try {
      const reply = write(statement);
      if (changesSchema(statement.sql)) {
        write.forget();
        read.forget();
      }
      return reply;
    } catch (error) {
      return toFailure(error);
    }
  };

  return {
    begin,
    rollback,
    inside,
    read: statements => statements.map(statement => runSafely(read, statement)),
    write: statements => runGroup({ writer, begin, rollback, inside }, statements),
    commit: () => attempt(() => writer.exec('COMMIT')),
    backup: file => copyTo(file, options.file),
    close() {
      write.forget();
      read.forget();
      reader.close();
      if (writer.isTransaction) writer.exec('ROLLBACK');
      writer.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      writer.close();
    },
  };
}

interface Group {
  readonly writer: DatabaseSync;
  begin(): Reply;
  rollback(): Reply;
  inside(statement: Statement): Reply;
}

function runGroup(group: Group, statements: readonly Statement[]): { replies: Reply[]; commits: number } {
  const failAll = (reply: Reply): { replies: Reply[]; commits: number } => ({
    replies: statements.map(() => reply),
    commits: 0,
  });
  const begun = group.begin();
  if (!begun.ok) return failAll(begun);
  const alone = statements.length === 1;
  const replies: Reply[] = [];
  for (const statement of statements) {
    if (!alone) group.writer.exec('SAVEPOINT one');
    const reply = group.inside(statement);
    // Some failures (disk full, ON CONFLICT ROLLBACK) end the whole transaction and take the neighbours' rows with them.
    if (!group.writer.isTransaction) return alone ? failAll(reply) : runEach(group, statements);
    if (!alone) group.writer.exec(reply.ok ? 'RELEASE one' : 'ROLLBACK TO one; RELEASE one');
    replies.push(reply);
  }
  if (alone && replies[0]?.ok === false) {
    group.rollback();
    return { replies, commits: 0 };
  }
  try {
    group.writer.exec('COMMIT');
    return { replies, commits: 1 };
  } catch (error) {
    group.rollback();
    // A deferred constraint is one statement's fault; a failed write to the disk is everybody's.
    if (isConstraint(error) && !alone) return runEach(group, statements);
    return failAll(toFailure(error));
  }
}

function runEach(group: Group, statements: readonly Statement[]): { replies: Reply[]; commits: number } {
  const answers = statements.map(statement => runGroup(group, [statement]));
  return {
    replies: answers.flatMap(answer => answer.replies),
    commits: answers.reduce((sum, a) => sum + a.commits, 0),
  };
}

interface Runner {
  (statement: Statement): Reply;
  forget(): void;
}

function createRunner(db: DatabaseSync): Runner {
  const kept = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    const known = kept.get(sql);
    if (known) {
      kept.delete(sql);
      kept.set(sql, known);
      return known;
    }
    const fresh = db.prepare(sql);
    kept.set(sql, fresh);
    const oldest = kept.size > statementsKept ? kept.keys().next().value : undefined;
    if (oldest !== undefined) kept.delete(oldest);
    return fresh;
  };
  const run = ({ sql, params }: Statement): Reply => {
    const statement = prepare(sql);
    if (statement.columns().length > 0) {
      const rows = statement.all(...params);
      return { ok: true, rows, changes: rows.length, insertId: 0 };
    }
    const { changes, lastInsertRowid } = statement.run(...params);
    return { ok: true, rows: [], changes: Number(changes), insertId: Number(lastInsertRowid) };
  };
  return Object.assign(run, { forget: () => kept.clear() });
}

function runSafely(run: Runner, statement: Statement): Reply {
  try {
    return run(statement);
  } catch (error) {
    return toFailure(error);
  }
}

// A kept statement remembers its columns; after a change of the schema it must be prepared again.
const changesSchema = (sql: string): boolean => /^\s*(create|alter|drop)\b/i.test(sql);

function createPrivateFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const descriptor = openSync(file, 'a', 0o600);
  try {
    fchmodSync(descriptor, 0o600);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  syncPath(dirname(file));
}

function syncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

// Linux goes on writing to a deleted file and reports success: a commit counts only if the file still has its name.
function requireFile(file: string, inode: number): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.ino === inode) return;
  throw new SallyportError(
    'store.unavailable',
    `Cannot write to "${file}": the file is gone or was replaced, want the file that was opened`,
  );
}

async function copyTo(target: string, source: string): Promise<Reply> {
  const partial = `${target}.partial`;
  try {
    closeSync(openSync(partial, 'wx', 0o600));
  } catch (error) {
    return { ok: false, code: 'store.unavailable', message: `Cannot back up to "${target}": ${String(error)}` };
  }
  try {
    // An own connection and a single step: one moment of the data, and writers go on meanwhile.
    const db = new DatabaseSync(source, { readOnly: true, timeout: busyTimeoutMs });
    try {
      await backup(db, partial, { rate: 0x7fff_ffff });
    } finally {
      db.close();
    }
    syncPath(partial);
    linkSync(partial, target);
    syncPath(dirname(target));
    return done;
  } catch (error) {
    return { ok: false, code: 'store.unavailable', message: `Cannot back up to "${target}": ${String(error)}` };
  } finally {
    rmSync(partial, { force: true });
  }
}
