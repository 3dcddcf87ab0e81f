/**
 * What people notice when more is asked of the gate than it can do: `node bench/overload.ts [--seconds 5]`. Wants Linux with `taskset` and two cores;
 * the gate runs on the first. On a shared machine compare the ratios, not the milliseconds.
 */
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Flood } from './overload/flood.ts';
import { capacityOf, startFlood } from './overload/flood.ts';
import { startBenchGate } from './overload/gate.ts';
import { healthChecks, people, percentile, shareOf, sources, startLoad } from './overload/load.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '5' } } });
const seconds = Number(values.seconds);

const capacity = await findCapacity();
await using gate = await startBenchGate({ core: 0 });
const { port } = gate;
const flood = { port, connections: 800, connectionsMax: 8000, from: sources(50, 3) };
console.log(`capacity: ${Math.round(capacity)} page views of strangers (24 parameters) a second\n`);
console.log('| load | people p50 | people p99 | people served | health p99 | pace kept | others refused | memory MB |');
console.log('|---|---|---|---|---|---|---|---|');
await warm();
await round('quiet');
await round('strangers at twice the capacity', { ...flood, kind: 'strangers', perSecond: capacity * 2 });
await round('sign-ins at twice the capacity', { ...flood, kind: 'signIns', perSecond: capacity * 2 });
// Until the gate is calm again: under overload it takes few connections of an address.
await setTimeout(8000);
const held = hold(10_000, 20, '');
const slow = hold(1000, 10, 'GET / HTTP/1.1\r\nHost: app.test\r\nX-Slow: ');
await setTimeout(5000);
const isHeld = [...held, ...slow].filter(socket => socket.readyState === 'open').length;
await round(`${isHeld} idle and slow connections held`);
for (const socket of [...held, ...slow]) socket.destroy();
await round('quiet again');

/** What one gate can do that turns nobody away. */
async function findCapacity(): Promise<number> {
  await using calm = await startBenchGate({ core: 0, isCalm: true });
  return await capacityOf({ port: calm.port, connections: 200, from: sources(50, 3), kind: 'strangers' });
}

/** So that what is measured is not how long the compiler takes over each path for the first time. */
async function warm(): Promise<void> {
  using person = startLoad({ port, requests: people, perSecond: 500, connections: 16, from: sources(8, 2) });
  for (const kind of ['strangers', 'signIns'] as const)
    await capacityOf({ port, connections: 8, from: flood.from, kind });
  if (shareOf(person.tally, 200) < 1) throw new Error('Somebody was turned away before anything was asked');
}

/** One line: people at a small pace beside what else is asked. */
async function round(name: string, load?: Flood): Promise<void> {
  const others = load === undefined ? undefined : startFlood(load);
  await setTimeout(2500);
  const person = startLoad({ port, requests: people, perSecond: 200, connections: 48, from: sources(8, 2) });
  const health = startLoad({ port, requests: healthChecks, perSecond: 5, connections: 4, from: sources(1, 4) });
  await setTimeout(seconds * 1000);
  person[Symbol.dispose]();
  health[Symbol.dispose]();
  const tally = await others?.stop();
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  const ms = (share: number, samples: readonly number[]) => `${percentile(samples, share).toFixed(1)} ms`;
  const cells = [
    ...[name, ms(0.5, person.tally.ms), ms(0.99, person.tally.ms), percent(shareOf(person.tally, 200))],
    ...[ms(0.99, health.tally.ms), tally === undefined ? '' : percent(tally.sent)],
    ...[tally === undefined ? '' : percent(tally.refused), String(Math.round(gate.memory()))],
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
