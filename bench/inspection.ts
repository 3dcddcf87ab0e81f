/**
 * What the firewall adds to a request on its whole way through the gate: CPU of the gate's process for a GET and for saves of 2 and 64 KB, as
 * an editor's save (whose author's fields are left to the author) and as a stranger's webhook (judged fully), with the firewall off, in
 * shadow and blocking. `node bench/inspection.ts [rounds] [seconds]`. Bodies are new each time, so that nothing is remembered. The gates run
 * side by side and take turns; the least of the rounds is printed. Linux only: CPU time is read from /proc.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { requestHeaders } from './proxy/request.ts';
import { workflowOf } from './waf/samples.ts';

const rounds = Number(process.argv[2] ?? 3);
const seconds = Number(process.argv[3] ?? 1.5);
const modes = ['off', 'shadow', 'block'] as const;
const agent = new Agent({ keepAlive: true, maxSockets: 8 });
const variants = 400;

interface Kind {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly bodies: readonly Buffer[];
}

interface Gate {
  readonly mode: string;
  readonly port: number;
  readonly pid: number;
  readonly stop: () => void;
}

/** The same workflow with other words in it: every text that a person chose ends in the salt. */
function saltedSave(bytes: number, salt: string): Buffer {
  const text = JSON.stringify(workflowOf(bytes), (key, value: unknown) =>
    typeof value === 'string' && key !== 'type' && key !== '' ? `${value} ${salt}` : value,
  );
  return Buffer.from(text);
}

function bodiesOf(bytes: number): Buffer[] {
  return Array.from({ length: variants }, (_, at) =>
    saltedSave(bytes, `n${at.toString(36)}${Date.now().toString(36)}`),
  );
}

async function startGate(mode: string, origin: string): Promise<Gate> {
  const file = path.join(import.meta.dirname, 'proxy/servers.ts');
  const child = spawn(process.execPath, [file, `gate:${mode}`, origin], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<number>(resolve => child.stdout.once('data', text => resolve(Number(text))));
  return { mode, port, pid: child.pid ?? 0, stop: () => child.kill('SIGTERM') };
}

/** Milliseconds of CPU a process has had: fields 14 and 15 of its `stat`, in hundredths of a second. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function send(port: number, kind: Kind, at: number): Promise<number> {
  const body = kind.bodies[at % kind.bodies.length];
  const headers = { ...requestHeaders(body?.length ?? 0), ...(body ? { 'content-length': body.length } : {}) };
  const target = `${kind.path}${kind.path.includes('?') ? '' : `?at=${at}`}`;
  return new Promise((resolve, reject) => {
    const req = request({ host: '127.0.0.1', port, method: kind.method, path: target, headers, agent }, res => {
      res.resume();
      res.on('end', () => resolve(res.statusCode ?? 0));
    });
    req.on('error', reject);
    req.end(body);
  });
}

/** CPU for one request in microseconds, and the answers' statuses. */
async function costUs(gate: Gate, kind: Kind, statuses: Set<number>): Promise<number> {
  const before = cpuMs(gate.pid);
  const end = performance.now() + seconds * 1000;
  let count = 0;
  const work = async (): Promise<void> => {
    while (performance.now() < end) statuses.add(await send(gate.port, kind, count++));
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return ((cpuMs(gate.pid) - before) / count) * 1000;
}

const upstream = createServer((req, res) => {
  req.resume();
  req.on('end', () => res.end('{}'));
});
await new Promise<void>(resolve => upstream.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
const gates: Gate[] = [];
try {
  for (const mode of modes) gates.push(await startGate(mode, origin));
  const kinds: Kind[] = [{ name: 'GET', method: 'GET', path: '/rest/workflows', bodies: [] }];
  for (const bytes of [2048, 65_536]) {
    const bodies = bodiesOf(bytes);
    const size = `${bytes / 1024} KB`;
    kinds.push({
      name: `${size} save of an editor`,
      method: 'PATCH',
      path: '/rest/workflows/aB3dE5gH7jK9mN1p',
      bodies,
    });
    kinds.push({ name: `${size} to a webhook`, method: 'POST', path: '/webhook/orders', bodies });
  }
  console.log('| request | off µs | shadow µs | block µs | statuses |\n|---|---|---|---|---|');
  for (const kind of kinds) {
    const best = gates.map(() => Number.POSITIVE_INFINITY);
    const statuses = new Set<number>();
    for (let round = 0; round <= rounds; round++) {
      for (const [at, gate] of gates.entries()) {
        const cost = await costUs(gate, kind, statuses);
        // The first round warms.
        if (round > 0) best[at] = Math.min(best[at] ?? cost, cost);
      }
    }
    console.log(`| ${kind.name} | ${best.map(cost => cost.toFixed(0)).join(' | ')} | ${[...statuses].join()} |`);
  }
} finally {
  for (const gate of gates) gate.stop();
  upstream.close();
  agent.destroy();
}
