/**
 * The crowd, in a process of its own and at the lowest priority: it must not take the time of those whose waiting is measured. Run as a
 * child by `startFlood`; sends its tally when asked.
 */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { findCapacity, shareOf, signIns, startLoad, strangers } from './load.ts';

const kinds = { strangers, signIns } as const;

export interface Flood {
  readonly port: number;
  readonly kind: keyof typeof kinds;
  readonly connections: number;
  readonly connectionsMax?: number;
  readonly from: readonly string[];
  /** Left out: as many as these connections allow, to find how many that are. */
  readonly perSecond?: number;
}

export interface FloodTally {
  readonly answered: number;
  /** Share of what was due for which a free connection was there: below 1 the crowd itself could not keep its pace. */
  readonly sent: number;
  readonly refused: number;
}

const self = fileURLToPath(import.meta.url);

/** Starts the crowd; `stop` ends it and says what became of it. */
export function startFlood(flood: Flood): { stop(): Promise<FloodTally> } {
  const child = spawnSelf(flood);
  return {
    async stop() {
      child.send('stop');
      const [tally] = await once(child, 'message');
      child.disconnect();
      await once(child, 'exit');
      return tally as FloodTally;
    },
  };
}

/** How many such requests are answered a second. */
export async function capacityOf(flood: Omit<Flood, 'perSecond'>): Promise<number> {
  const child = spawnSelf(flood);
  const [capacity] = await once(child, 'message');
  child.disconnect();
  await once(child, 'exit');
  return capacity as number;
}

function spawnSelf(flood: Flood): ChildProcess {
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', self, JSON.stringify(flood)];
  return spawn('nice', ['-n', '19', 'taskset', '-c', '1', ...node], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

if (process.argv[1] === self && process.send !== undefined) {
  // The parent is this file: what it passes is a `Flood`.
  const { kind, perSecond, ...rest } = JSON.parse(process.argv[2] ?? '') as Flood;
  const load = { ...rest, requests: kinds[kind] };
  if (perSecond === undefined) process.send(await findCapacity(load, 6));
  else {
    using stream = startLoad({ ...load, perSecond });
    await once(process, 'message');
    const { tally } = stream;
    const answered = tally.ms.length;
    const refused = shareOf(tally, 503) + shareOf(tally, 429);
    process.send({ answered, sent: answered / Math.max(1, answered + tally.unsent), refused } satisfies FloodTally);
  }
}
