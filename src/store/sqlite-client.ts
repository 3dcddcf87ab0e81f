import { SallyportError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { type Answer, answerOf, createSqliteLanes, type SqliteLimits } from './sqlite-lanes.ts';
import type { Statement, WorkerOpen } from './sqlite-protocol.ts';
import { type SqliteThread, startSqliteThread } from './sqlite-thread.ts';

/** One exclusive transaction: no other write runs until it ends, and it ends by itself when its time is over. */
export interface SqliteTransaction {
  run(statement: Statement): Promise<Answer>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/** The main-thread half: queues, groups what arrives together, and starts the thread again after it died. */
export interface SqliteClient extends AsyncDisposable {
  read(statement: Statement): Promise<Answer>;
  /** Resolves after the commit that holds this statement is on the disk. */
  write(statement: Statement): Promise<Answer>;
  begin(timeoutMs?: number): Promise<SqliteTransaction>;
  backup(file: string): Promise<void>;
  /** Durable commits so far. */
  readonly commits: number;
}

interface Deps {
  readonly log: Log;
  readonly limits: SqliteLimits;
  /** How a thread is started; tests keep hold of it to kill it. */
  readonly startThread?: (open: WorkerOpen, log: Log) => SqliteThread;
}

/** Opens the file in its thread. Throws `store.unavailable` when it cannot be opened. */
export async function openSqliteClient(file: string, deps: Deps): Promise<SqliteClient> {
  const { log, limits } = deps;
  const start = deps.startThread ?? startSqliteThread;
  const current = await keepThread({ file, create: true, pagesMax: limits.pagesMax }, { log, start });
  const { live } = current;
  let closing: Promise<void> | undefined;
  let commits = 0;

  const lanes = createSqliteLanes(limits, async (lane, statements) => {
    const message = await (await live()).ask({ kind: lane, statements }, limits.answerTimeoutMs);
    commits += message.commits;
    return message;
  });
  const requireOpen = (): void => {
    if (closing) throw new SallyportError('store.unavailable', `Cannot use the store "${file}": it is closed`);
  };
  const close = async (): Promise<void> => {
    await lanes.idle();
    try {
      const thread = current.now();
      if (!thread.isGone) answerOf((await thread.ask({ kind: 'close' }, limits.answerTimeoutMs)).replies[0]);
    } finally {
      await current.now().terminate();
    }
  };

  return {
    async read(statement) {
      requireOpen();
      return await lanes.run('read', statement);
    },
    async write(statement) {
      requireOpen();
      return await lanes.run('write', statement);
    },
    async begin(timeoutMs = limits.transactionTimeoutMs) {
      requireOpen();
      await lanes.hold();
      try {
        const thread = await live();
        answerOf((await thread.ask({ kind: 'begin' }, limits.answerTimeoutMs)).replies[0]);
        return openTransaction(thread, { timeoutMs, limits, log }, count => {
          commits += count;
          lanes.release();
        });
      } catch (error) {
        lanes.release();
        throw error;
      }
    },
    async backup(target) {
      requireOpen();
      const message = await (await live()).ask({ kind: 'backup', file: target }, limits.backupTimeoutMs);
      answerOf(message.replies[0]);
    },
    get commits() {
      return commits;
    },
    [Symbol.asyncDispose]() {
      closing ??= close();
      return closing;
    },
  };
}

interface KeptThread {
  now(): SqliteThread;
  /** The thread, started again when it died. Throws `store.unavailable` when the file cannot be opened. */
  live(): Promise<SqliteThread>;
}

async function keepThread(
  open: WorkerOpen,
  { log, start }: { log: Log; start: typeof startSqliteThread },
): Promise<KeptThread> {
  let thread = start(open, log);
  try {
    await thread.ready;
  } catch (error) {
    await thread.terminate();
    throw error;
  }
  return {
    now: () => thread,
    async live() {
      if (thread.isGone) {
        log.warn('store.worker_restarted', { file: open.file });
        thread = start({ ...open, create: false }, log);
      }
      const current = thread;
      await current.ready;
      return current;
    },
  };
}

function openTransaction(
  thread: SqliteThread,
  options: { timeoutMs: number; limits: SqliteLimits; log: Log },
  ended: (commits: number) => void,
): SqliteTransaction {
  let over: SallyportError | undefined;
  const ask = async (request: Parameters<SqliteThread['ask']>[0]): Promise<{ answer: Answer; commits: number }> => {
    if (over) throw over;
    const message = await thread.ask(request, options.limits.answerTimeoutMs);
    return { answer: answerOf(message.replies[0]), commits: message.commits };
  };
  const finish = async (kind: 'commit' | 'rollback', reason: string): Promise<void> => {
    clearTimeout(timer);
    let commits = 0;
    try {
      const answer = ask({ kind });
      over ??= new SallyportError('store.unavailable', `Cannot use the transaction: ${reason}`);
      commits = (await answer).commits;
    } finally {
      ended(commits);
    }
  };
  const timer = setTimeout(() => {
    options.log.error('store.transaction_too_long', { timeoutMs: options.timeoutMs });
    finish('rollback', `it took longer than ${options.timeoutMs} ms and was rolled back`).catch(() => undefined);
  }, options.timeoutMs);
  return {
    run: async statement => (await ask({ kind: 'inside', statement })).answer,
    commit: async () => {
      if (over) throw over;
      await finish('commit', 'it is committed');
    },
    rollback: async () => {
      // Already rolled back by its time limit: what the caller wants is so.
      if (!over) await finish('rollback', 'it is rolled back');
    },
  };
}
