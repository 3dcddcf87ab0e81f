import type { Audit } from '../audit/audit.ts';
import type { Clock } from '../core/clock.ts';
import type { Bus, SecurityEvent } from '../core/events.ts';
import { createEventHistory } from './event-history.ts';

/** What happened in the last 24 hours, in numbers. */
interface DayNumbers {
  readonly requests: number;
  readonly denied: number;
  readonly failedSignIns: number;
  readonly executions: number;
  /** Most first. */
  readonly deniedByLayer: readonly { readonly layer: string; readonly count: number }[];
}

export interface Activity extends Disposable {
  read(): Promise<DayNumbers>;
}

const hourMs = 3_600_000;
const hours = 24;
const counted = ['request.finished', 'auth.failed', 'execution.started'] as const;

interface Hour {
  readonly start: number;
  requests: number;
  denied: number;
  failedSignIns: number;
  executions: number;
  readonly layers: Map<string, number>;
}

/**
 * Counts events as they are recorded, by hour, in memory of a fixed size. What was recorded before this began is read back from the log
 * once, when first asked for.
 */
export function createActivity(deps: {
  bus: Pick<Bus, 'subscribe'>;
  audit: Pick<Audit, 'search'>;
  clock: Pick<Clock, 'now'>;
}): Activity {
  const table = new Map<number, Hour>();
  const past = { types: counted, ms: hours * hourMs };
  const history = createEventHistory(deps, past, event => count(table, event, deps.clock.now()));
  return {
    async read() {
      await history.filled();
      return sum(table, deps.clock.now());
    },
    [Symbol.dispose]: () => history[Symbol.dispose](),
  };
}

function count(table: Map<number, Hour>, event: SecurityEvent, now: number): void {
  if (event.type !== 'request.finished' && event.type !== 'auth.failed' && event.type !== 'execution.started') return;
  const start = Math.floor(event.time / hourMs) * hourMs;
  if (start <= now - (hours + 1) * hourMs || start > now + hourMs) return;
  const hour = table.get(start) ?? {
    start,
    requests: 0,
    denied: 0,
    failedSignIns: 0,
    executions: 0,
    layers: new Map(),
  };
  table.set(start, hour);
  if (event.type === 'auth.failed') hour.failedSignIns++;
  else if (event.type === 'execution.started') hour.executions++;
  else {
    const { denied } = event.data;
    // A connection that was cut before it asked for anything is no request, and a handshake that came to nothing no refusal.
    if (event.outcome === 'failure' && denied?.type === 'tls') return;
    hour.requests++;
    const layer = denied?.layer;
    if (layer !== undefined) {
      hour.denied++;
      hour.layers.set(layer, (hour.layers.get(layer) ?? 0) + 1);
    }
  }
}

function sum(table: Map<number, Hour>, now: number): DayNumbers {
  const total = { requests: 0, denied: 0, failedSignIns: 0, executions: 0 };
  const layers = new Map<string, number>();
  for (const hour of table.values()) {
    if (hour.start <= now - (hours + 1) * hourMs) {
      table.delete(hour.start);
      continue;
    }
    total.requests += hour.requests;
    total.denied += hour.denied;
    total.failedSignIns += hour.failedSignIns;
    total.executions += hour.executions;
    for (const [layer, times] of hour.layers) layers.set(layer, (layers.get(layer) ?? 0) + times);
  }
  const deniedByLayer = [...layers]
    .map(([layer, times]) => ({ layer, count: times }))
    .sort((a, b) => b.count - a.count);
  return { ...total, deniedByLayer };
}
