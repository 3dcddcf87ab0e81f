import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { start, stop, until } from './process.ts';

const program = '/usr/sbin/nginx';

/** Why nginx cannot be run here, or undefined when it can. */
export function nginxMissing(): string | undefined {
  return existsSync(program) ? undefined : 'nginx is not installed';
}

/** A real nginx with this text inside its `http` block; `dir` is where it keeps what it needs. */
export interface NginxServer extends AsyncDisposable {
  readonly dir: string;
  /** What it printed. */
  output(): string;
}

/** Starts it and waits until it takes connections on this loopback port. */
export async function startNginx(options: { http: string; port: number }): Promise<NginxServer> {
  const dir = await mkdtemp(path.join(tmpdir(), 'sallyport-nginx-'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const config = [
    'master_process off;',
    'daemon off;',
    `pid ${dir}/nginx.pid;`,
    'error_log stderr warn;',
    'events { worker_connections 256; }',
    'http {',
    'access_log off;',
    ...temporary.map(name => `${name}_temp_path ${dir}/${name};`),
    options.http,
    '}',
  ];
  await writeFile(path.join(dir, 'nginx.conf'), config.join('\n'));
  const { child, output } = start({
    command: program,
    args: ['-p', dir, '-c', path.join(dir, 'nginx.conf'), '-e', 'stderr'],
  });
  const close = async (): Promise<void> => {
    await stop(child);
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await until(() => isOpen(options.port), `nginx on port ${options.port}`);
  } catch (error) {
    await close();
    throw new Error(`Cannot start nginx: ${output()}`, { cause: error });
  }
  return { dir, output, [Symbol.asyncDispose]: close };
}

function isOpen(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
