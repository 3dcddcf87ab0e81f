import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../core/log.ts';
import type { PlaneMessage, TlsMaterial } from '../gateway/gateway.ts';
import type { Counters } from '../store/store.ts';
import type { ControlPlane } from './control-plane.ts';
import type { PlaneHealth, ToWorker, WorkerStart } from './worker-messages.ts';
import type { WorkerProcess } from './worker-process.ts';
import { startWorker } from './worker-process.ts';

const restartAfterMs = 500;
const restartAfterMsMax = 30_000;
/** A worker that came up and stayed this long is not counted as failing. */
const steadyMs = 60_000;
const watchEveryMs = 5000;
const silentMsMax = 30_000;
/** Beyond what requests may take to finish: for the last messages and the exit. */
const drainGraceMs = 10_000;

/**
 * The data plane as several processes that share the port. A worker that ends is started again, ever later while it keeps failing; one that
 * lags behind or says nothing for 30 seconds is ended.
 */
export interface WorkerPool extends AsyncDisposable {
  setTls(tls: TlsMaterial): void;
  setRecording(recording: boolean): void;
  /** All workers as one gate. */
  health(): PlaneHealth;
  drain(): Promise<void>;
}

export interface WorkerPoolDeps {
  readonly count: number;
  /** How things are now: asked for every worker that is started. */
  readonly start: () => WorkerStart;
  readonly control: Pick<ControlPlane, 'attach'>;
  readonly take: (message: PlaneMessage) => void;
  readonly counters: Counters;
  readonly log: Log;
}

/** Resolves when all workers serve; when one cannot start, all are ended and it rejects. */
export async function createWorkerPool(deps: WorkerPoolDeps): Promise<WorkerPool> {
  const workers = new Set<WorkerProcess>();
  const stopping = new AbortController();
  const { signal } = stopping;
  let keepers: readonly Promise<void>[] = [];

  async function add(): Promise<WorkerProcess> {
    const worker = await startWorker({ ...deps, signal });
    workers.add(worker);
    void worker.ended.then(() => workers.delete(worker));
    // Between its start and now it could not be told of a change.
    const { tls, recording } = deps.start();
    worker.send({ kind: 'tls', tls });
    worker.send({ kind: 'recording', recording });
    const leave = await deps.control.attach(worker);
    void worker.ended.then(leave);
    return worker;
  }

  /** Keeps one place in the pool filled. */
  async function keep(first: WorkerProcess): Promise<void> {
    let worker: WorkerProcess | undefined = first;
    let waitMs = restartAfterMs;
    while (!signal.aborted) {
      const sinceMs = performance.now();
      if (worker) {
        const how = await worker.ended;
        if (signal.aborted) return;
        deps.log.error('worker.ended', { worker: worker.name, how });
      }
      waitMs = worker && performance.now() - sinceMs > steadyMs ? restartAfterMs : waitMs;
      await delay(waitMs, undefined, { ref: false, signal }).catch(() => undefined);
      if (signal.aborted) return;
      waitMs = Math.min(waitMs * 2, restartAfterMsMax);
      worker = await add().catch((error: unknown) => {
        if (!signal.aborted) deps.log.error('worker.restart_failed', { error });
        return undefined;
      });
    }
  }

  const all = (message: ToWorker) => {
    for (const worker of workers) worker.send(message);
  };
  const watch = setInterval(() => {
    for (const worker of workers) {
      if (worker.silentMs() < silentMsMax) continue;
      deps.log.error('worker.silent', { worker: worker.name, silentMs: Math.round(worker.silentMs()) });
      worker.end();
    }
  }, watchEveryMs);
  watch.unref();

  async function close(): Promise<void> {
    stopping.abort();
    clearInterval(watch);
    for (const worker of workers) worker.end();
    await Promise.all([...workers].map(worker => worker.ended));
    await Promise.all(keepers);
  }

  const started = await Promise.allSettled(Array.from({ length: deps.count }, add));
  const failed = started.find(one => one.status === 'rejected');
  if (failed) {
    await close();
    throw failed.reason;
  }
  keepers = started.flatMap(one => (one.status === 'fulfilled' ? [keep(one.value)] : []));

  return {
    setTls: tls => all({ kind: 'tls', tls }),
    setRecording: recording => all({ kind: 'recording', recording }),
    health: () => mergeHealth([...workers].flatMap(worker => worker.health() ?? [])),
    async drain() {
      stopping.abort();
      const timeoutMs = deps.start().gateway.drainTimeoutMs + drainGraceMs;
      await Promise.all([...workers].map(worker => worker.drain(timeoutMs)));
      await Promise.all(keepers);
    },
    [Symbol.asyncDispose]: close,
  };
}

/** One that counts alone is told before those that count together. */
function worstLimits(healths: readonly PlaneHealth[]): PlaneHealth['limits'] {
  const states = healths.map(health => health.limits);
  return states.includes('local_only') ? 'local_only' : states.includes('shared') ? 'shared' : 'exact';
}

/** Several gates as one: ready when all are, at the revision that all have reached. Nobody is not ready. */
export function mergeHealth(healths: readonly PlaneHealth[]): PlaneHealth {
  const sum = (pick: (health: PlaneHealth) => number) => healths.reduce((total, health) => total + pick(health), 0);
  const upstreams = new Map<string, PlaneHealth['upstreams'][number]>();
  for (const one of healths.flatMap(health => health.upstreams)) {
    const key = `${one.site} ${one.url}`;
    const before = upstreams.get(key);
    const { healthy, active } = before ?? { healthy: true, active: 0 };
    upstreams.set(key, { ...one, healthy: one.healthy && healthy, active: one.active + active });
  }
  return {
    ready: healths.length > 0 && healths.every(health => health.ready),
    revision: healths.length === 0 ? 0 : Math.min(...healths.map(health => health.revision)),
    connections: sum(health => health.connections),
    activeRequests: sum(health => health.activeRequests),
    limits: worstLimits(healths),
    upstreams: [...upstreams.values()],
    // A port that one worker could not open is missing for those whom the system sends to it.
    closedPorts: [...new Set(healths.flatMap(health => health.closedPorts))],
  };
}
