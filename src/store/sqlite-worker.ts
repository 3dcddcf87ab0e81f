import { parentPort, workerData } from 'node:worker_threads';
import { openSqliteEngine, type SqliteEngine } from './sqlite-engine.ts';
import { toFailure } from './sqlite-errors.ts';
import { type Ask, type AskMessage, done, type Reply, type ReplyMessage, type WorkerOpen } from './sqlite-protocol.ts';

// The thread's own program: `sqlite-client.ts` starts it and is the only one to talk to it.
const port = parentPort;
if (port) serve(workerData, message => port.postMessage(message));

function serve(open: WorkerOpen, post: (message: ReplyMessage) => void): void {
  const engine = openSqliteEngine(open);
  port?.on('message', (message: AskMessage) => {
    const { id, ask } = message;
    if (ask.kind === 'backup') {
      void engine.backup(ask.file).then(reply => post({ id, replies: [reply], commits: 0 }));
      return;
    }
    post({ id, ...answer(engine, ask) });
    if (ask.kind === 'close') port.close();
  });
  post({ id: 0, replies: [done], commits: 0 });
}

function answer(engine: SqliteEngine, ask: Exclude<Ask, { kind: 'backup' }>): { replies: Reply[]; commits: number } {
  switch (ask.kind) {
    case 'read':
      return { replies: engine.read(ask.statements), commits: 0 };
    case 'write':
      return engine.write(ask.statements);
    case 'begin':
      return { replies: [engine.begin()], commits: 0 };
    case 'inside':
      return { replies: [engine.inside(ask.statement)], commits: 0 };
    case 'commit': {
      const reply = engine.commit();
      if (!reply.ok) engine.rollback();
      return { replies: [reply], commits: reply.ok ? 1 : 0 };
    }
    case 'rollback':
      return { replies: [engine.rollback()], commits: 0 };
    case 'close':
      return { replies: [closeEngine(engine)], commits: 0 };
    default:
      return ask satisfies never;
  }
}

function closeEngine(engine: SqliteEngine): Reply {
  try {
    engine.close();
    return done;
  } catch (error) {
    return toFailure(error);
  }
}
