import { type BoundedQueue, createBoundedQueue } from '../core/bounded-queue.ts';
import { SallyportError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Reply, Statement, WorkerOpen } from './sqlite-protocol.ts';
import { type SqliteThread, startSqliteThread } from './sqlite-thread.ts';

/** What one statement gave. */
export type Answer = Extract<Reply, { ok: true }>;

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

/** The bounds of the embedded store; the defaults suit one machine. */
export interface SqliteLimits {
  readonly waitingMax: number;
  readonly waitingBytesMax: number;
  readonly groupMax: number;
  readonly transactionTimeoutMs: number;
  readonly answerTimeoutMs: number;
  readonly backupTimeoutMs: number;
  readonly pagesMax: number;
}

export const sqliteLimits: SqliteLimits = {
  waitingMax: 10_000,
  waitingBytesMax: 64 * 1024 * 1024,
  groupMax: 512,
  transactionTimeoutMs: 5000,
  answerTimeoutMs: 30_000,
  backupTimeoutMs: 600_000,
  pagesMax: 0,
};

interface Call {
  /** Undefined asks for a transaction. */
  readonly statement: Statement | undefined;
  readonly bytes: number;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

type Lane = 'read' | 'write';

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
  let thread = start({ file, create: true, pagesMax: limits.pagesMax }, log);
  try {
    await thread.ready;
  } catch (error) {
    await thread.terminate();
    throw error;
  }
  const queues: Record<Lane, BoundedQueue<Call>> = { read: newQueue('read', limits), write: newQueue('write', limits) };
  const isBusy: Record<Lane, boolean> = { read: false, write: false };
  let heldBack: Call | undefined;
  let isPumpPlanned = false;
  let closing: Promise<void> | undefined;
  let commits = 0;
  let onIdle: (() => void) | undefined;

  const live = async (): Promise<SqliteThread> => {
    if (thread.isGone) {
      log.warn('store.worker_restarted', { file });
      thread = start({ file, create: false, pagesMax: limits.pagesMax }, log);
    }
    const current = thread;
    await current.ready;
    return current;
  };

  const enqueue = (lane: Lane, statement: Statement | undefined): Promise<Answer> =>
    new Promise((resolve, reject) => {
      if (closing) throw closed(file);
      queues[lane].push({ statement, bytes: sizeOf(statement), resolve, reject });
      if (lane === 'read') pump('read');
      else if (!isPumpPlanned) {
        // One turn of the loop later: what the same turn asks for shares the commit.
        isPumpPlanned = true;
        setImmediate(() => {
          isPumpPlanned = false;
          pump('write');
        });
      }
    });

  function takeGroup(lane: Lane): Call[] {
    const group: Call[] = [];
    while (group.length < limits.groupMax) {
      const call = heldBack && lane === 'write' ? heldBack : queues[lane].take(1)[0];
      if (lane === 'write') heldBack = undefined;
      if (!call) break;
      if (!call.statement) {
        if (group.length === 0) return [call];
        heldBack = call;
        break;
      }
      group.push(call);
    }
    return group;
  }

  function pump(lane: Lane): void {
    if (isBusy[lane]) return;
    const group = takeGroup(lane);
    if (group.length === 0) {
      if (!isBusy.read && !isBusy.write && queues.read.length + queues.write.length === 0 && !heldBack) onIdle?.();
      return;
    }
    isBusy[lane] = true;
    const first = group[0];
    // A transaction keeps the lane: `release` is called when it ends.
    if (first && !first.statement) first.resolve({ ok: true, rows: [], changes: 0, insertId: 0 });
    else void runGroup(lane, group);
  }

  function release(lane: Lane): void {
    isBusy[lane] = false;
    pump(lane);
  }

  async function runGroup(lane: Lane, group: readonly Call[]): Promise<void> {
    try {
      const statements = group.flatMap(call => call.statement ?? []);
      const message = await (await live()).ask({ kind: lane, statements }, limits.answerTimeoutMs);
      commits += message.commits;
      for (const [index, call] of group.entries()) settle(call, message.replies[index]);
    } catch (error) {
      for (const call of group) call.reject(error);
    }
    release(lane);
  }

  return {
    read: statement => enqueue('read', statement),
    write: statement => enqueue('write', statement),
    async begin(timeoutMs = limits.transactionTimeoutMs) {
      await enqueue('write', undefined);
      try {
        const current = await live();
        const begun = await current.ask({ kind: 'begin' }, limits.answerTimeoutMs);
        answerOf(begun.replies[0]);
        return openTransaction(current, { timeoutMs, limits, log }, count => {
          commits += count;
          release('write');
        });
      } catch (error) {
        release('write');
        throw error;
      }
    },
    async backup(target) {
      if (closing) throw closed(file);
      const message = await (await live()).ask({ kind: 'backup', file: target }, limits.backupTimeoutMs);
      answerOf(message.replies[0]);
    },
    get commits() {
      return commits;
    },
    [Symbol.asyncDispose]() {
      closing ??= (async () => {
        await new Promise<void>(resolve => {
          onIdle = resolve;
          pump('read');
          pump('write');
        });
        try {
          if (!thread.isGone) answerOf((await thread.ask({ kind: 'close' }, limits.answerTimeoutMs)).replies[0]);
        } finally {
          await thread.terminate();
        }
      })();
      return closing;
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

function newQueue(lane: Lane, limits: SqliteLimits): BoundedQueue<Call> {
  return createBoundedQueue({
    name: `store ${lane}s`,
    countMax: limits.waitingMax,
    bytesMax: limits.waitingBytesMax,
    sizeOf: call => call.bytes,
  });
}

function settle(call: Call, reply: Reply | undefined): void {
  try {
    call.resolve(answerOf(reply));
  } catch (error) {
    call.reject(error);
  }
}

function answerOf(reply: Reply | undefined): Answer {
  if (reply?.ok) return reply;
  throw new SallyportError(
    reply?.code ?? 'internal',
    reply?.message ?? 'Cannot read the answer of the store: it is missing',
  );
}

function sizeOf(statement: Statement | undefined): number {
  let bytes = 64;
  for (const value of statement?.params ?? []) {
    bytes += typeof value === 'string' ? value.length * 2 : value instanceof Uint8Array ? value.byteLength : 8;
  }
  return bytes;
}

const closed = (file: string): SallyportError =>
  new SallyportError('store.unavailable', `Cannot use the store "${file}": it is closed`);
