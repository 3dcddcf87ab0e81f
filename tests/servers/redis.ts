import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { freePort, start, stop, until } from './process.ts';

const programs = [
  '/usr/bin/redis-server',
  '/usr/bin/valkey-server',
  '/usr/local/bin/redis-server',
  '/usr/local/bin/valkey-server',
];
const program = (): string | undefined => programs.find(path => existsSync(path));

/** A real Redis or Valkey on a loopback port that keeps nothing. */
export interface RedisServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Stops answering without closing connections, as a frozen machine would. */
  freeze(): void;
  thaw(): void;
}

/** Why the server cannot be run here, or undefined when it can. */
export function redisMissing(): string | undefined {
  return program() ? undefined : 'neither redis-server nor valkey-server is installed';
}

/** Starts the server on a free port, or on the one given. */
export async function startRedis(options: { port?: number } = {}): Promise<RedisServer> {
  const command = program();
  if (!command) throw new Error('Cannot start Redis: it is not installed');
  const port = options.port ?? (await freePort());
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', '/tmp'];
  const { child, output } = start({ command, args });
  try {
    await until(() => accepts(port), `Redis on port ${port}`);
  } catch (error) {
    await stop(child);
    throw new Error(`Cannot start Redis: ${output()}`, { cause: error });
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async [Symbol.asyncDispose]() {
      child.kill('SIGCONT');
      await stop(child, 'SIGKILL');
    },
  };
}

function accepts(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.on('data', data => {
      socket.destroy();
      resolve(data.toString().startsWith('+PONG'));
    });
    socket.on('error', () => resolve(false));
  });
}
