import { chmodSync, existsSync, lstatSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import path from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { Pool } from 'undici';
import { SallyportError } from '../core/errors.ts';

/** What every Unix takes: `sun_path` is 104 bytes on macOS and 108 on Linux, with the closing zero. */
const pathBytesMax = 103;
const connectionsMax = 256;
const callsAtOnce = 32;

/** Sockets live in the data directory (mode 0700), so whoever may open them may read the data anyway. */
export function socketPath(dataDir: string, name: 'operator' | 'plane'): string {
  return process.platform === 'win32'
    ? `\\\\.\\pipe\\sallyport-${Buffer.from(dataDir).toString('hex').slice(-40)}-${name}`
    : path.join(dataDir, `${name}.sock`);
}

/**
 * Serves Web requests on a local socket of mode 0600; one left by a process that is gone is replaced. Throws `store.locked` when another
 * process answers on it, `server.config_invalid` when the place cannot hold a socket.
 */
export async function listenOnSocket(
  file: string,
  handle: (request: Request) => Promise<Response>,
): Promise<AsyncDisposable> {
  if (process.platform !== 'win32') await makeRoom(file);
  const listener = getRequestListener(handle, {
    overrideGlobalObjects: false,
    hostname: 'sallyport.local',
  });
  const server = createServer(
    { maxHeaderSize: 32_768 },
    (req: IncomingMessage, res: ServerResponse) => void listener(req, res),
  );
  server.maxConnections = connectionsMax;
  await new Promise<void>((resolve, reject) => {
    server.once('error', cause => reject(unusable(file, cause.message, cause)));
    server.listen(file, () => {
      if (process.platform !== 'win32') chmodSync(file, 0o600);
      resolve();
    });
  });
  return {
    [Symbol.asyncDispose]: () =>
      new Promise(resolve => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function makeRoom(file: string): Promise<void> {
  if (Buffer.byteLength(file) > pathBytesMax)
    throw unusable(file, `want a path of at most ${pathBytesMax} bytes: choose a shorter dataDir`);
  if (!existsSync(file)) return;
  if (!lstatSync(file).isSocket()) throw unusable(file, 'something else has this name; move it away');
  if (await isAnswering(file)) {
    const message = `Cannot start: another Sallyport answers on "${file}", stop that one first`;
    throw new SallyportError('store.locked', message, { detail: message });
  }
  rmSync(file, { force: true });
}

/** False only when the system says that nobody listens there. */
function isAnswering(file: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(file);
    const finish = (alive: boolean) => {
      socket.destroy();
      resolve(alive);
    };
    socket.setTimeout(2000, () => finish(true));
    socket.once('connect', () => finish(true));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') finish(false);
      else reject(unusable(file, error.message, error));
    });
  });
}

function unusable(file: string, why: string, cause?: unknown): SallyportError {
  const message = `Cannot open the local socket "${file}": ${why}`;
  return new SallyportError('server.config_invalid', message, { detail: message, cause });
}

/** A `fetch` that speaks to a local socket, whatever the host of the URL. Answers are read whole. */
export function createSocketFetch(
  file: string,
): { fetch: (url: string, init: RequestInit) => Promise<Response> } & AsyncDisposable {
  const pool = new Pool('http://sallyport.local', {
    socketPath: file,
    connections: callsAtOnce,
    connect: { timeout: 2000 },
    // Both bounds are the caller's: every call has a signal.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return {
    async fetch(url, init) {
      const target = new URL(url, 'http://sallyport.local');
      const answer = await pool.request({
        path: target.pathname + target.search,
        method: init.method ?? 'GET',
        headers: Object.fromEntries(new Headers(init.headers)),
        body: typeof init.body === 'string' || init.body instanceof Uint8Array ? init.body : null,
        signal: init.signal ?? null,
      });
      const bytes = await answer.body.arrayBuffer();
      const headers = new Headers();
      for (const [name, value] of Object.entries(answer.headers)) {
        for (const one of Array.isArray(value) ? value : [value ?? '']) headers.append(name, one);
      }
      return new Response(answer.statusCode === 204 || answer.statusCode === 304 ? null : bytes, {
        status: answer.statusCode,
        headers,
      });
    },
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}
