/** A gate in a process of its own, with 10,000 people signed in, and an upstream that answers at once. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

export interface BenchGate extends AsyncDisposable {
  readonly port: number;
  readonly child: ChildProcess;
  /** Resident memory in megabytes (Linux). */
  memory(): number;
}

const servers = fileURLToPath(new URL('../proxy/servers.ts', import.meta.url));

/** `core` pins the gate to one core by `taskset`, so that the load does not compete with it; a `calm` one turns nobody away. */
export async function startBenchGate({
  core,
  isCalm = false,
}: {
  core?: number;
  isCalm?: boolean;
} = {}): Promise<BenchGate> {
  const upstream = createServer((_req, res) => res.end('{"data":[]}'));
  upstream.keepAliveTimeout = 60_000;
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  const origin = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const command = [
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    servers,
    isCalm ? 'calm' : 'gate',
    origin,
  ];
  const [program = '', ...args] = core === undefined ? command : ['taskset', '-c', String(core), ...command];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'], env: {} });
  const port = Number(String(await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])).trim());
  if (!(port > 0)) throw new Error('The gate did not start');
  return {
    port,
    child,
    memory() {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
    },
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      upstream.closeAllConnections();
      upstream.close();
    },
  };
}
