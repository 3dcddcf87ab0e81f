import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cacheDir, nodeBin, pinned } from '../../scripts/platforms/cache.mjs';

export interface RealPlatform extends AsyncDisposable {
  readonly baseUrl: string;
  /** Everything it writes; removed on close unless it was given. */
  readonly dir: string;
  readonly pid: number;
  /** What it printed. */
  output(): Promise<string>;
  close(): Promise<void>;
}

/** Starts a platform from the cache on loopback and waits until `isReady`; throws with what it printed when it ends or takes too long. */
export async function startProgram(options: {
  name: 'n8n' | 'flowise';
  port: number;
  dir: string | undefined;
  env: (dir: string) => Readonly<Record<string, string>>;
  isReady: (baseUrl: string) => Promise<boolean>;
}): Promise<RealPlatform> {
  const dir = options.dir ?? (await mkdtemp(path.join(tmpdir(), `sallyport-${options.name}-`)));
  const logFile = path.join(dir, `${options.name}.out`);
  const log = openSync(logFile, 'a');
  const child = spawn(path.join(nodeBin(), 'node'), [pinned[options.name].entry, 'start'], {
    cwd: cacheDir(options.name),
    stdio: ['ignore', log, log],
    env: { PATH: `${nodeBin()}:/usr/local/bin:/usr/bin:/bin`, HOME: dir, NODE_ENV: 'production', ...options.env(dir) },
  });
  closeSync(log);
  const baseUrl = `http://127.0.0.1:${options.port}`;
  const output = (): Promise<string> => readFile(logFile, 'utf8');
  const close = async (): Promise<void> => {
    await stop(child);
    if (options.dir === undefined) await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  };
  const deadline = Date.now() + startTimeoutMs;
  while (!(await isUp(options.isReady, baseUrl))) {
    const isOver = child.exitCode !== null || child.signalCode !== null;
    if (isOver || Date.now() > deadline) {
      const text = await output();
      await close();
      throw new Error(`Cannot start ${options.name}: it ${isOver ? 'ended' : 'took too long'}\n${text.slice(-4000)}`);
    }
    await new Promise(resolve => setTimeout(resolve, 250));
  }
  return { baseUrl, dir, pid: child.pid ?? 0, output, close, [Symbol.asyncDispose]: close };
}

const startTimeoutMs = 240_000;
const stopTimeoutMs = 15_000;

async function isUp(isReady: (baseUrl: string) => Promise<boolean>, baseUrl: string): Promise<boolean> {
  try {
    return await isReady(baseUrl);
  } catch {
    return false;
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise(resolve => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  await ended;
  clearTimeout(timer);
}

/** A loopback port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('Cannot find a free port');
  return address.port;
}
