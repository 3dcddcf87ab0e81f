/**
 * What people notice when more is asked of the gate than it can do: `node bench/overload.ts [--seconds 5]`. Wants Linux with `taskset` and two cores;
 * the gate runs on the first. On a shared machine compare the ratios, not the milliseconds.
 */
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startBenchGate } from './overload/gate.ts';
import type { Load } from './overload/load.ts';
import {
  findCapacity,
  healthChecks,
  people,
  percentile,
  shareOf,
  signIns,
  sources,
  startLoad,
  strangers,
} from './overload/load.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '5' } } });
const seconds = Number(values.seconds);

await using gate = await startBenchGate(0);
const { port } = gate;
const flood = { port, connections: 800, from: sources(50, 3) };
const capacity = await findCapacity({ ...flood, connections: 200, requests: strangers }, 3);
console.log(
  `capacity: ${Math.round(capacity)} page views of strangers a second; memory ${Math.round(gate.memory())} MB\n`,
);
console.log(
  '| load | people p50 | people p99 | people served | health p99 | others served | others refused | memory MB |',
);
console.log('|---|---|---|---|---|---|---|---|');
await round('quiet');
await round('strangers at twice the capacity', { ...flood, requests: strangers, perSecond: capacity * 2 });
await round('sign-ins at twice the capacity', { ...flood, requests: signIns, perSecond: capacity * 2 });
const held = hold(10_000, 20, '');
const slow = hold(1000, 10, 'GET / HTTP/1.1\r\nHost: app.test\r\nX-Slow: ');
await setTimeout(5000);
const isHeld = [...held, ...slow].filter(socket => socket.readyState === 'open').length;
await round(`${isHeld} idle and slow connections held`);
for (const socket of [...held, ...slow]) socket.destroy();
await round('quiet again');

/** One line: people at a small pace beside what else is asked. */
async function round(name: string, load?: Load): Promise<void> {
  using others = load === undefined ? undefined : startLoad(load);
  await setTimeout(1500);
  using person = startLoad({ port, requests: people, perSecond: 200, connections: 48, from: sources(8, 2) });
  using health = startLoad({ port, requests: healthChecks, perSecond: 5, connections: 4, from: sources(1, 4) });
  await setTimeout(seconds * 1000);
  const tally = others?.tally;
  const refused = tally === undefined ? 0 : shareOf(tally, 503);
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  const ms = (share: number, samples: readonly number[]) => `${percentile(samples, share).toFixed(1)} ms`;
  const cells = [
    ...[name, ms(0.5, person.tally.ms), ms(0.99, person.tally.ms), percent(shareOf(person.tally, 200))],
    ...[ms(0.99, health.tally.ms), tally === undefined ? '' : percent(1 - refused)],
    ...[tally === undefined ? '' : percent(refused), String(Math.round(gate.memory()))],
  ];
  console.log(`| ${cells.join(' | ')} |`);
}

/** Connections that send the beginning of a head, or nothing, and wait. */
function hold(count: number, networks: number, text: string): Socket[] {
  const from = sources(networks, text === '' ? 5 : 6);
  return Array.from({ length: count }, (_, at) => {
    const localAddress = from[at % networks] ?? '127.0.0.1';
    const socket = connect({ host: '127.0.0.1', port, localAddress });
    socket.on('error', () => {});
    socket.on('connect', () => void (text !== '' && socket.write(text)));
    return socket;
  });
}
