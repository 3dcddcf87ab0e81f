/** Sallyport as a real process, for what only a process can show: signals, kills, files that are in use. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import type { Client } from '../../src/admin/client.ts';
import { createClient } from '../../src/admin/client.ts';
import { createSocketFetch } from '../../src/server/operator-socket.ts';
import { freePort } from '../product/product.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const upWithinMs = 60_000;

/** A folder with a configuration; what is started in it, is started on the same data. */
export interface House extends AsyncDisposable {
  readonly dir: string;
  readonly port: number;
  start(): Promise<Running>;
  /** Starts it and waits for its end: for starts that must fail. */
  startInVain(): Promise<{ code: number | null; output: string }>;
}

export interface Running {
  readonly child: ChildProcess;
  readonly operator: Client;
  readonly portal: string;
  readonly ca: string;
  output(): string;
  /** Sends the signal and resolves with how the process ended. */
  end(signal: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

export async function makeHouse(config: Record<string, unknown> = {}): Promise<House> {
  const dir = mkdtempSync(path.join(tmpdir(), 'sallyport-drill-'));
  const port = await freePort();
  const file = path.join(dir, 'sallyport.yaml');
  writeFileSync(file, stringify({ listen: { port }, metrics: { port: 0 }, sampleApp: false, ...config }));
  const children = new Set<ChildProcess>();

  function launch(): { child: ChildProcess; output: () => string } {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'up', '--config', file], {
      cwd: dir,
      env: {},
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.add(child);
    let text = '';
    const keep = (chunk: Buffer) => {
      text = (text + chunk.toString()).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    return { child, output: () => text };
  }

  return {
    dir,
    port,
    async start() {
      const { child, output } = launch();
      const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
      const deadline = performance.now() + upWithinMs;
      while (!output().includes('Stop with Ctrl-C')) {
        if (child.exitCode !== null || performance.now() > deadline) throw new Error(`It did not start:\n${output()}`);
        await new Promise(resolve => setTimeout(resolve, 20));
      }
      const socket = createSocketFetch(path.join(dir, 'data', 'operator.sock'));
      void ended.then(() => socket[Symbol.asyncDispose]());
      return {
        child,
        operator: createClient({ baseUrl: 'http://sallyport.local', fetch: socket.fetch }),
        portal: `https://localhost:${port}`,
        ca: readFileSync(path.join(dir, 'data', 'tls', 'ca.pem'), 'utf8'),
        output,
        async end(signal) {
          child.kill(signal);
          const [code, by] = await ended;
          return { code, signal: by };
        },
      };
    },
    async startInVain() {
      const { child, output } = launch();
      const [code] = (await once(child, 'exit')) as [number | null];
      return { code, output: output() };
    },
    async [Symbol.asyncDispose]() {
      for (const child of children) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      }
      if (existsSync(dir)) rmSync(dir, { recursive: true, force: true });
    },
  };
}
