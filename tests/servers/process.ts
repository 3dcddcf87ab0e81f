import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A loopback port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('Cannot find a free port');
  return address.port;
}

/** How a real server is run: as `uid` where that is given, and with no environment but the one given. */
export interface Run {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Record<string, string>;
  readonly uid?: number;
  readonly gid?: number;
}

/** Starts a program and keeps its last output for the error message. */
export function start(run: Run): { child: ChildProcess; output: () => string } {
  const { uid, gid, env = {} } = run;
  const ids = uid === undefined ? {} : { uid, ...(gid === undefined ? {} : { gid }) };
  const child = spawn(run.command, run.args, { ...ids, env, stdio: ['ignore', 'pipe', 'pipe'], cwd: '/' });
  let text = '';
  const keep = (chunk: Buffer): void => {
    text = (text + chunk.toString()).slice(-4000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.on('error', error => keep(Buffer.from(String(error))));
  return { child, output: () => text };
}

/** Runs a program to its end; throws with its output when it fails. */
export async function runToEnd(run: Run): Promise<void> {
  const { child, output } = start(run);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`Cannot run "${run.command}": ${output()}`);
}

/** Asks until it is so; throws after `withinMs`. */
export async function until(isSo: () => Promise<boolean>, what: string, withinMs = 20_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await isSo().catch(() => false))) {
    if (performance.now() > deadline) throw new Error(`Gave up waiting: want ${what} within ${withinMs} ms`);
    await delay(20);
  }
}

/** Ends a program and waits for it: gently, then by force. */
export async function stop(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
  await exited;
  clearTimeout(timer);
}
