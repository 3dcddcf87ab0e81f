import { createBoundedQueue } from '../../core/bounded-queue.ts';
import type { Clock } from '../../core/clock.ts';
import { isSallyportError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Flow } from '../transport/transport.ts';
import { createFlowFiles } from './flow-files.ts';
import type { FlowRecord } from './flow-record.ts';
import { createFlowMerger } from './flow-record.ts';

/** Every connection, accepted or denied, as a line in a file. Never holds a connection up, and never grows beyond its bounds. */
export interface FlowLog extends AsyncDisposable {
  /** Takes it at once; when the disk is too slow it is counted instead, and the count is logged and written when there is room. */
  note(flow: Flow): void;
  /** Resolves when everything noted so far is written. */
  flush(): Promise<void>;
}

export interface FlowLogDeps {
  readonly dir: string;
  /** Who writes: several processes write files of their own in one folder. Lower-case letters, digits and dashes. */
  readonly writer: string;
  readonly days: number;
  readonly bytesMax: number;
  readonly clock: Clock;
  readonly log: Log;
}

const everyMs = 1000;
const tidyEveryMs = 60_000;
const queueMax = 20_000;
const queueBytesMax = 8 * 1024 * 1024;
const batchMax = 5000;

/** Nothing is written before the first second has passed; the folder is made when it is. */
export function createFlowLog(deps: FlowLogDeps): FlowLog {
  const { clock, log } = deps;
  const files = createFlowFiles(deps);
  const merger = createFlowMerger();
  const bounds = {
    name: 'flows',
    countMax: queueMax,
    bytesMax: queueBytesMax,
    sizeOf: (line: Line) => line.text.length,
  };
  const queue = createBoundedQueue<Line>(bounds);
  let lost = 0;
  let working: Promise<void> | undefined;
  let tidyAtMs = 0;

  function push(record: FlowRecord): void {
    try {
      queue.push({ text: `${JSON.stringify(record)}\n`, count: record.count });
    } catch (error) {
      if (!isSallyportError(error, 'core.queue_full')) throw error;
      lost += record.count;
    }
  }

  /** Says in the log itself where connections are missing; what cannot be written stays counted. */
  async function writeLost(): Promise<void> {
    if (lost === 0) return;
    const count = lost;
    await files.append(lostLine(count, clock.now()), clock.now());
    lost -= count;
    log.warn('flow.lost', { count });
  }

  async function write(everything: boolean): Promise<void> {
    for (const record of merger.flush(clock.monotonicMs(), everything)) push(record);
    while (queue.length > 0 || lost > 0) {
      let lines: readonly Line[] = [];
      try {
        await writeLost();
        lines = queue.take(batchMax);
        if (lines.length > 0) await files.append(lines.map(line => line.text).join(''), clock.now());
      } catch (error) {
        for (const line of lines) lost += line.count;
        log.error('flow.write_failed', { error, lines: lines.length });
        break;
      }
    }
    if (clock.monotonicMs() < tidyAtMs) return;
    tidyAtMs = clock.monotonicMs() + tidyEveryMs;
    await files.tidy(clock.now());
  }

  const work = (everything = false): Promise<void> => {
    working ??= write(everything)
      .catch(error => log.error('flow.failed', { error }))
      .finally(() => {
        working = undefined;
      });
    return working;
  };
  const timer = setInterval(() => void work(), everyMs).unref();
  const flush = async (everything: boolean): Promise<void> => {
    await working;
    await work(everything);
    if (queue.length > 0) await work(everything);
  };

  return {
    note(flow) {
      const record = merger.take(flow, clock.monotonicMs());
      if (record !== undefined) push(record);
    },
    flush: () => flush(true),
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await flush(true);
      await files.close();
    },
  };
}

interface Line {
  readonly text: string;
  /** Connections in it. */
  readonly count: number;
}

function lostLine(count: number, now: number): string {
  const none = { bytesIn: 0, bytesOut: 0, requests: 0, durationMs: 0 };
  const record = {
    time: new Date(now).toISOString(),
    verdict: 'lost',
    reason: 'queue_full',
    address: 'others',
    port: 0,
  };
  return `${JSON.stringify({ ...record, ...none, count })}\n`;
}
