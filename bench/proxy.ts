/**
 * How fast the way in is: requests through the whole chain with a signed-in session, against a bare Node pass-through and nginx as a plain
 * proxy. `node bench/proxy.ts [--seconds 5] [--rounds 3] [--tls] [--skip-paced] [--memory 1000000]`. Wants Linux with `wrk`, `nginx`, `taskset` and two cores:
 * each server runs on the first, load and upstream on the second. Rounds are interleaved; medians are printed as Markdown, and
 * of CPU time per request the least: on a shared machine that is the figure to compare.
 */
import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { jsonBody, requestHeaders } from './proxy/request.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    tls: { type: 'boolean', default: false },
    memory: { type: 'string', default: '0' },
    'skip-paced': { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);
const connections = 32;
const here = import.meta.dirname;
const work = mkdtempSync(path.join(tmpdir(), 'sallyport-bench-'));
const children: ChildProcess[] = [];

const kinds = [
  { name: 'small GET', method: 'GET', bytes: 0 },
  { name: '2 KB POST', method: 'POST', bytes: 2048 },
  { name: '64 KB POST', method: 'POST', bytes: 65_536 },
] as const;

const common = `worker_processes 1; pid nginx.pid; error_log error.log; events { worker_connections 4096; }`;
const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(kind => `${kind}_temp_path ${kind};`).join(' ');

interface Target {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
}

try {
  await main();
} finally {
  for (const child of children) child.kill('SIGTERM');
  rmSync(work, { recursive: true, force: true });
}

async function main(): Promise<void> {
  const upstream = await startNginx('upstream', upstreamConfig, 1);
  const origin = `http://127.0.0.1:${upstream.port}`;
  const files = values.tls ? makeCertificate() : [];
  const targets: Target[] = [
    await startNginx('nginx plain proxy', port => proxyConfig(port, upstream.port, files), 0),
    await startNode('bare Node (undici dispatch)', ['bare', origin, ...files]),
    await startNode('bare Node (undici request)', ['bare-request', origin, ...files]),
    await startNode('Sallyport', ['gate', origin, ...files]),
  ];
  console.log(
    `Node ${process.version}, ${values.tls ? 'TLS 1.3' : 'no TLS'}, ${connections} connections, ${values.rounds} rounds of ${seconds} s, medians\n`,
  );
  const rates = await throughput(targets);
  if (!values['skip-paced']) await atHalfLoad([{ ...upstream, name: 'upstream, direct' }, ...targets], rates);
  const gate = targets.find(target => target.name === 'Sallyport');
  if (Number(values.memory) > 0 && gate !== undefined) await memory(gate, Number(values.memory));
}

async function throughput(targets: readonly Target[]): Promise<Map<string, number>> {
  const rates = new Map<string, number>();
  console.log(
    '| target | small GET req/s | p99 ms | CPU ms | 2 KB POST req/s | p99 ms | CPU ms | 64 KB POST req/s | p99 ms | CPU ms |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|---|');
  const runs = new Map<string, { rate: number; p99: number; cpu: number }[]>();
  for (const target of targets) await wrk(target, kinds[0], 2);
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const kind of kinds) {
      for (const target of targets) {
        const key = `${target.name}|${kind.name}`;
        runs.set(key, [...(runs.get(key) ?? []), await wrk(target, kind, seconds)]);
      }
    }
  }
  for (const target of targets) {
    const cells = kinds.map(kind => {
      const done = runs.get(`${target.name}|${kind.name}`) ?? [];
      const rate = median(done.map(run => run.rate));
      // What a request costs the server, as little disturbed by the rest of the machine as a round was.
      const cpu = Math.min(...done.map(run => run.cpu));
      rates.set(`${target.name}|${kind.name}`, rate);
      rates.set(`cpu ${target.name}|${kind.name}`, cpu);
      return `${rate.toFixed(0)} | ${median(done.map(run => run.p99)).toFixed(1)} | ${cpu.toFixed(3)}`;
    });
    console.log(`| ${target.name} | ${cells.join(' | ')} |`);
  }
  const of = (name: string, kind: string) => rates.get(`${name}|${kind}`) ?? Number.NaN;
  for (const { name } of targets.filter(target => target.name !== 'Sallyport')) {
    const ratios = kinds.map(kind => {
      const byRate = of('Sallyport', kind.name) / of(name, kind.name);
      const byCpu = of(`cpu ${name}`, kind.name) / of('cpu Sallyport', kind.name);
      return `${byRate.toFixed(2)} | | ${byCpu.toFixed(2)}`;
    });
    console.log(`| Sallyport as a part of ${name} | ${ratios.join(' | ')} |`);
  }
  return rates;
}

/** Latency at half of what the gate can do, the same rate for all. */
async function atHalfLoad(targets: readonly Target[], rates: ReadonlyMap<string, number>): Promise<void> {
  console.log('\n| at half load of Sallyport | rate | p50 ms | p99 ms | refused |\n|---|---|---|---|---|');
  for (const kind of kinds) {
    const rate = Math.round((rates.get(`Sallyport|${kind.name}`) ?? 1000) / 2);
    for (const target of targets) {
      const isTls = values.tls && target.name !== 'upstream, direct';
      const runs: { p50: number; p99: number; failed: number }[] = [];
      for (let round = 0; round < Number(values.rounds); round++) {
        const args = [
          String(target.port),
          String(rate),
          String(seconds),
          kind.method,
          String(kind.bytes),
          isTls ? 'tls' : 'clear',
        ];
        runs.push(
          JSON.parse(
            await output('taskset', ['-c', '1', process.execPath, path.join(here, 'proxy/paced.ts'), ...args]),
          ),
        );
      }
      const p50 = median(runs.map(run => run.p50));
      const failed = runs.reduce((sum, run) => sum + run.failed, 0);
      const p99 = median(runs.map(run => run.p99));
      const cells = Number.isNaN(p50) ? 'did not answer | | ' : `${p50.toFixed(2)} | ${p99.toFixed(2)} | ${failed}`;
      console.log(`| ${kind.name}, ${target.name} | ${rate} | ${cells} |`);
    }
  }
}

async function memory(gate: Target, requests: number): Promise<void> {
  console.log('\n| requests | resident MB |\n|---|---|');
  let done = 0;
  while (done < requests) {
    const run = await wrk(gate, kinds[1], 20);
    done += run.count;
    console.log(`| ${done} | ${residentMb(gate.pid).toFixed(0)} |`);
  }
}

interface Run {
  readonly rate: number;
  readonly p99: number;
  readonly cpu: number;
  readonly count: number;
}

async function wrk(target: Target, kind: (typeof kinds)[number], forSeconds: number): Promise<Run> {
  const script = path.join(work, `${kind.bytes}.lua`);
  const headers = Object.entries(requestHeaders(kind.bytes)).map(
    ([name, value]) => `wrk.headers["${name}"] = ${JSON.stringify(value)}`,
  );
  const done =
    'done = function(s, l) io.write(string.format("RESULT %d %d %d %d\\n", s.requests, s.duration, l:percentile(99), s.errors.status)) end';
  writeFileSync(
    script,
    [`wrk.method = "${kind.method}"`, ...headers, `wrk.body = ${JSON.stringify(jsonBody(kind.bytes))}`, done].join(
      '\n',
    ),
  );
  const url = `${values.tls ? 'https' : 'http'}://127.0.0.1:${target.port}/rest/workflows`;
  const cpuBefore = cpuMs(target.pid);
  const text = await output('taskset', [
    '-c',
    '1',
    'wrk',
    '-t1',
    `-c${connections}`,
    `-d${forSeconds}s`,
    '-s',
    script,
    url,
  ]);
  const [, count = 0, micros = 1, p99 = 0, errors = 0] = /RESULT (\d+) (\d+) (\d+) (\d+)/.exec(text)?.map(Number) ?? [];
  if (errors > 0 || count === 0) throw new Error(`${target.name} answered ${errors} errors of ${count}:\n${text}`);
  return { count, rate: (count / micros) * 1e6, p99: p99 / 1000, cpu: (cpuMs(target.pid) - cpuBefore) / count };
}

async function startNode(name: string, args: readonly string[]): Promise<Target> {
  const child = spawn('taskset', ['-c', '0', process.execPath, path.join(here, 'proxy/servers.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout?.once('data', data => resolve(Number(data)));
    child.once('exit', code => reject(new Error(`${name} ended with ${code}`)));
  });
  // taskset becomes the program it starts, so this is the server's own id.
  return { name, port, pid: child.pid ?? 0 };
}

async function startNginx(name: string, config: (port: number) => string, core: number): Promise<Target> {
  const port = await freePort();
  const prefix = mkdtempSync(path.join(work, 'nginx-'));
  const file = path.join(prefix, 'nginx.conf');
  writeFileSync(file, config(port));
  const args = [
    '-c',
    String(core),
    'nginx',
    '-p',
    prefix,
    '-e',
    'error.log',
    '-c',
    file,
    '-g',
    'daemon off; master_process off;',
  ];
  const child = spawn('taskset', args, { stdio: ['ignore', 'inherit', 'inherit'] });
  children.push(child);
  for (let tries = 0; tries < 100 && !(await answers(port)); tries++)
    await new Promise(resolve => setTimeout(resolve, 50));
  return { name, port, pid: child.pid ?? 0 };
}

function upstreamConfig(port: number): string {
  const body = `{"data":{"id":"wf1","name":"bench","pad":"${'x'.repeat(960)}"}}`;
  return `${common} http { access_log off; ${paths} keepalive_requests 10000000; client_max_body_size 10m;
server { listen 127.0.0.1:${port}; location / { default_type application/json; return 200 '${body}'; } } }`;
}

function proxyConfig(port: number, upstreamPort: number, [cert, key]: readonly string[]): string {
  const tls =
    cert === undefined ? '' : `ssl_certificate ${cert}; ssl_certificate_key ${key}; ssl_protocols TLSv1.2 TLSv1.3;`;
  return `${common} http { access_log off; ${paths} keepalive_requests 10000000; client_max_body_size 10m; client_body_buffer_size 128k;
upstream app { server 127.0.0.1:${upstreamPort}; keepalive 128; keepalive_requests 10000000; }
server { listen 127.0.0.1:${port}${cert === undefined ? '' : ' ssl'}; ${tls}
location / { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $http_host; } } }`;
}

function makeCertificate(): string[] {
  const [cert, key] = [path.join(work, 'cert.pem'), path.join(work, 'key.pem')];
  const subject = ['-subj', '/CN=app.test', '-addext', 'subjectAltName=DNS:app.test'];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
      ...subject,
      '-keyout',
      key,
      '-out',
      cert,
    ],
    { stdio: 'ignore' },
  );
  return [cert, key];
}

function output(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', chunk => (text += chunk));
    child.on('exit', code =>
      code === 0 ? resolve(text) : reject(new Error(`${command} ended with ${code}: ${text}`)),
    );
  });
}

/** User and system time of a process so far (proc(5)). */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function residentMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

async function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`).then(
    () => true,
    (error: Error) => !String(error.cause).includes('ECONNREFUSED'),
  );
}

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
