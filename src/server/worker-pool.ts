import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { SallyportError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { GatewayHealth, PlaneMessage, SnapshotUpdate, TlsMaterial } from '../gateway/gateway.ts';
import { fromWire, toWire } from '../gateway/gateway.ts';
import type { ControlPlane, Plane } from './control-plane.ts';
import type { FromWorker, ToWorker, WorkerStart } from './worker-messages.ts';

const startTimeoutMs = 20_000;
const restartAfterMs = 500;

/** The data plane as several processes that share the port. A worker that ends is started again; one that lags behind is ended. */
export interface WorkerPool extends AsyncDisposable {
  setTls(tls: TlsMaterial): void;
  setRecording(recording: boolean): void;
  /** All workers as one gate. */
  health(): GatewayHealth;
  drain(): Promise<void>;
}

interface Worker extends Plane {
  readonly child: ChildProcess;
  health: GatewayHealth | undefined;
  leave: () => void;
}

export async function createWorkerPool(deps: {
  count: number;
  start: () => WorkerStart;
  control: ControlPlane;
  take: (message: PlaneMessage) => void;
  log: Log;
}): Promise<WorkerPool> {
  const workers = new Set<Worker>();
  let closing = false;

  async function startOne(): Promise<void> {
    const worker = await launch(deps);
    workers.add(worker);
    worker.child.once('exit', code => {
      worker.leave();
      workers.delete(worker);
      if (closing) return;
      deps.log.error('worker.ended', { pid: worker.child.pid, code });
      setTimeout(
        () => closing || startOne().catch(error => deps.log.error('worker.restart_failed', { error })),
        restartAfterMs,
      ).unref();
    });
    worker.leave = await deps.control.attach(worker);
  }

  const all = (message: ToWorker) => {
    for (const worker of workers) worker.child.send(message);
  };
  await Promise.all(Array.from({ length: deps.count }, startOne));
  const pool: WorkerPool = {
    setTls: tls => all({ kind: 'tls', tls }),
    setRecording: recording => all({ kind: 'recording', recording }),
    health: () => merge([...workers].flatMap(worker => worker.health ?? [])),
    async drain() {
      closing = true;
      const ended = [...workers].map(
        worker => new Promise<void>(resolve => worker.child.once('exit', () => resolve())),
      );
      all({ kind: 'drain' });
      await Promise.all(ended);
    },
    async [Symbol.asyncDispose]() {
      closing = true;
      for (const worker of workers) worker.child.kill('SIGKILL');
    },
  };
  return pool;
}

async function launch(deps: {
  start: () => WorkerStart;
  take: (message: PlaneMessage) => void;
  log: Log;
}): Promise<Worker> {
  const child = fork(new URL('./worker.ts', import.meta.url), {
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const waiting = new Map<number, (fits: boolean) => void>();
  let number = 0;
  const worker: Worker = {
    name: `worker ${child.pid}`,
    child,
    health: undefined,
    leave: () => undefined,
    end: () => child.kill('SIGKILL'),
    apply: (update: SnapshotUpdate) =>
      new Promise(resolve => {
        waiting.set(++number, resolve);
        child.send({ kind: 'update', number, update: toWire(update) } satisfies ToWorker);
      }),
  };
  child.on('message', (message: FromWorker) => {
    if (message.kind === 'applied') {
      waiting.get(message.number)?.(message.fits);
      waiting.delete(message.number);
    } else if (message.kind === 'messages') {
      for (const one of message.messages) deps.take(fromWire(one));
      if (child.connected) child.send({ kind: 'taken', messages: message.messages.length } satisfies ToWorker);
    } else if (message.kind === 'health') worker.health = message.health;
  });
  await new Promise<void>((resolve, reject) => {
    const refuse = (why: string) => reject(new SallyportError('internal', `Cannot start ${worker.name}: ${why}`));
    const timer = setTimeout(() => refuse(`it did not listen within ${startTimeoutMs} ms`), startTimeoutMs);
    child.once('exit', code => refuse(`it ended with status ${code}`));
    child.on('message', (message: FromWorker) => {
      if (message.kind !== 'listening') return;
      clearTimeout(timer);
      resolve();
    });
    child.send({ kind: 'start', start: deps.start() } satisfies ToWorker);
  });
  return worker;
}

function merge(healths: readonly GatewayHealth[]): GatewayHealth {
  const sum = (pick: (health: GatewayHealth) => number) => healths.reduce((total, health) => total + pick(health), 0);
  const upstreams = new Map<string, GatewayHealth['upstreams'][number]>();
  for (const one of healths.flatMap(health => health.upstreams)) {
    const before = upstreams.get(`${one.site} ${one.url}`);
    upstreams.set(
      `${one.site} ${one.url}`,
      before ? { ...one, healthy: one.healthy && before.healthy, active: one.active + before.active } : one,
    );
  }
  return {
    ready: healths.length > 0 && healths.every(health => health.ready),
    revision: Math.min(...healths.map(health => health.revision), Number.MAX_SAFE_INTEGER),
    connections: sum(health => health.connections),
    activeRequests: sum(health => health.activeRequests),
    upstreams: [...upstreams.values()],
  };
}
