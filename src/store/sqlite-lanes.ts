import { type BoundedQueue, createBoundedQueue } from '../core/bounded-queue.ts';
import { SallyportError } from '../core/errors.ts';
import type { Reply, ReplyMessage, Statement } from './sqlite-protocol.ts';

/** What one statement gave. */
export type Answer = Extract<Reply, { ok: true }>;

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

export type Lane = 'read' | 'write';

/** Two lines of waiting callers: each sends one group at a time, and what waits meanwhile is the next group. */
export interface SqliteLanes {
  /** Throws `core.queue_full` beyond the bounds. */
  run(lane: Lane, statement: Statement): Promise<Answer>;
  /** Resolves when the write lane is the caller's alone, until `release`. */
  hold(): Promise<void>;
  release(): void;
  /** Resolves when nothing waits and nothing runs. */
  idle(): Promise<void>;
}

interface Call {
  /** Undefined asks to hold the lane. */
  readonly statement: Statement | undefined;
  readonly bytes: number;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

const nothing: Answer = { ok: true, rows: [], changes: 0, insertId: 0 };

/** `send` carries out one group and answers every statement of it in order. */
export function createSqliteLanes(
  limits: SqliteLimits,
  send: (lane: Lane, statements: readonly Statement[]) => Promise<ReplyMessage>,
): SqliteLanes {
  const queues: Record<Lane, WaitingLine> = { read: createLine('read', limits), write: createLine('write', limits) };
  const isBusy: Record<Lane, boolean> = { read: false, write: false };
  const idlers: (() => void)[] = [];
  let isPumpPlanned = false;

  const enqueue = (lane: Lane, statement: Statement | undefined): Promise<Answer> =>
    new Promise((resolve, reject) => {
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

  function pump(lane: Lane): void {
    if (isBusy[lane]) return;
    const group = queues[lane].takeGroup();
    const first = group[0];
    if (!first) {
      if (!isBusy.read && !isBusy.write && queues.read.isEmpty() && queues.write.isEmpty()) {
        for (const resolve of idlers.splice(0)) resolve();
      }
      return;
    }
    isBusy[lane] = true;
    if (first.statement) void runGroup(lane, group);
    else first.resolve(nothing);
  }

  function release(lane: Lane): void {
    isBusy[lane] = false;
    pump(lane);
  }

  async function runGroup(lane: Lane, group: readonly Call[]): Promise<void> {
    try {
      const statements = group.flatMap(call => call.statement ?? []);
      const { replies } = await send(lane, statements);
      for (const [index, call] of group.entries()) settle(call, replies[index]);
    } catch (error) {
      for (const call of group) call.reject(error);
    }
    release(lane);
  }

  return {
    run: enqueue,
    async hold() {
      await enqueue('write', undefined);
    },
    release: () => release('write'),
    idle: () =>
      new Promise(resolve => {
        idlers.push(resolve);
        pump('read');
        pump('write');
      }),
  };
}

interface WaitingLine {
  push(call: Call): void;
  /** The statements at the head, up to the next call that wants the lane alone; or that call. */
  takeGroup(): Call[];
  isEmpty(): boolean;
}

function createLine(lane: Lane, limits: SqliteLimits): WaitingLine {
  const queue: BoundedQueue<Call> = createBoundedQueue({
    name: `store ${lane}s`,
    countMax: limits.waitingMax,
    bytesMax: limits.waitingBytesMax,
    sizeOf: call => call.bytes,
  });
  let heldBack: Call | undefined;
  return {
    push: call => queue.push(call),
    isEmpty: () => queue.length === 0 && !heldBack,
    takeGroup() {
      const group: Call[] = [];
      while (group.length < limits.groupMax) {
        const call = heldBack ?? queue.take(1)[0];
        heldBack = undefined;
        if (!call) break;
        if (!call.statement && group.length > 0) {
          heldBack = call;
          break;
        }
        group.push(call);
        if (!call.statement) break;
      }
      return group;
    },
  };
}

function settle(call: Call, reply: Reply | undefined): void {
  try {
    call.resolve(answerOf(reply));
  } catch (error) {
    call.reject(error);
  }
}

/** The answer, or its failure thrown as the error it stands for. */
export function answerOf(reply: Reply | undefined): Answer {
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
