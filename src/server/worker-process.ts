import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { SallyportError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { PlaneMessage } from '../gateway/gateway.ts';
import { fromWire, toWire } from '../gateway/gateway.ts';
import type { Counters, CountersAsk } from '../store/store.ts';
import { serveCounters } from '../store/store.ts';
import type { Plane } from './control-plane.ts';
import { createInbox } from './inbox.ts';
import type { FromWorker, PlaneHealth, ToWorker, WorkerStart } from './worker-messages.ts';

const startTimeoutMs = 30_000;

/** One worker as the main process holds it. */
export interface WorkerProcess extends Plane {
  readonly pid: number | undefined;
  /** What it last said of itself. */
  health(): PlaneHealth | undefined;
  /** Monotonic milliseconds since it last said anything. */
  silentMs(): number;
  send(message: ToWorker): void;
  /** Finishes what is under way, within the time; then it is ended in any case. */
  drain(timeoutMs: number): Promise<void>;
  /** Resolves when the process is gone; what was waited for is then refused. */
  readonly ended: Promise<string>;
}

/** Starts a worker; resolves when it listens. One that does not come up in time, or before the signal, is ended, and the start rejects. */
export async function startWorker(deps: {
  start: () => WorkerStart;
  take: (message: PlaneMessage) => void;
  counters: Counters;
  log: Log;
  signal: AbortSignal;
}): Promise<WorkerProcess> {
  const child = fork(new URL('./worker.ts', import.meta.url), {
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const worker = hold(child, deps);
  worker.send({ kind: 'start', start: deps.start() });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>(resolve => {
    timer = setTimeout(() => resolve(`it did not listen within ${startTimeoutMs} ms`), startTimeoutMs);
  });
  deps.signal.addEventListener('abort', worker.end, { once: true });
  const problem = await Promise.race([worker.listening, worker.ended, late]);
  deps.signal.removeEventListener('abort', worker.end);
  clearTimeout(timer);
  if (problem !== undefined || deps.signal.aborted) {
    worker.end();
    await worker.ended;
    throw new SallyportError('internal', `Cannot start ${worker.name}: ${problem ?? 'the gate stops'}`);
  }
  return worker;
}

function hold(
  child: ChildProcess,
  deps: { take: (message: PlaneMessage) => void; counters: Counters; log: Log },
): WorkerProcess & { readonly listening: Promise<undefined> } {
  const name = `worker ${child.pid}`;
  const waiting = new Map<number, { resolve: (fits: boolean) => void; reject: (error: Error) => void }>();
  const listening = Promise.withResolvers<undefined>();
  const drained = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<string>();
  let health: PlaneHealth | undefined;
  let number = 0;
  let heardMs = performance.now();

  // Without a callback a message to a process that is just gone would throw into the event loop of the main process.
  const send = (message: ToWorker) => {
    if (child.connected)
      child.send(message, error => error && deps.log.debug('worker.unreachable', { name, kind: message.kind, error }));
  };
  const inbox = createInbox<PlaneMessage>({
    take: deps.take,
    taken: messages => send({ kind: 'taken', messages }),
    log: deps.log,
  });
  const hear = (message: FromWorker): void => {
    heardMs = performance.now();
    switch (message.kind) {
      case 'listening':
        return listening.resolve(undefined);
      case 'applied':
        health = message.health;
        waiting.get(message.number)?.resolve(message.fits);
        waiting.delete(message.number);
        return;
      case 'messages':
        return inbox.put(message.messages.map(one => fromWire(one)));
      case 'health':
        health = message.health;
        return;
      case 'count':
        for (const listener of asking) listener(message.ask);
        return;
      case 'drained':
        return drained.resolve();
      default:
        message satisfies never;
    }
  };
  const leave = (how: string): void => {
    ended.resolve(how);
    stopCounting();
    for (const one of waiting.values()) one.reject(new Error(`${name} ended`));
    waiting.clear();
  };
  const asking = new Set<(ask: CountersAsk) => void>();
  const stopCounting = serveCounters(deps.counters, {
    send: answer => send({ kind: 'counted', answer }),
    onMessage(listener) {
      asking.add(listener);
      return () => asking.delete(listener);
    },
  });
  child.on('message', hear);
  child.once('exit', (code, signal) => leave(`it ended with ${signal ?? `status ${code}`}`));
  child.on('error', error => leave(error.message));

  return {
    name,
    pid: child.pid,
    listening: listening.promise,
    ended: ended.promise,
    health: () => health,
    silentMs: () => performance.now() - heardMs,
    send,
    end: () => void child.kill('SIGKILL'),
    apply: update =>
      new Promise((resolve, reject) => {
        if (!child.connected) return reject(new Error(`${name} ended`));
        waiting.set(++number, { resolve, reject });
        send({ kind: 'update', number, update: toWire(update) });
      }),
    async drain(timeoutMs) {
      send({ kind: 'drain' });
      const timer = setTimeout(() => drained.resolve(), timeoutMs);
      await Promise.race([drained.promise, ended.promise]);
      clearTimeout(timer);
      child.kill('SIGKILL');
      await ended.promise;
    },
  };
}
