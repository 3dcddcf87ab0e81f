import { chmodSync, existsSync, rmSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import path from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { Client as HttpClient } from 'undici';
import { SallyportError } from '../core/errors.ts';
import type { ControlContext } from '../gateway/gateway.ts';

/** Sockets live in the data directory (mode 0700), so whoever may open them may read the data anyway. */
export function socketPath(dataDir: string, name: 'operator' | 'plane'): string {
  return process.platform === 'win32'
    ? `\\\\.\\pipe\\sallyport-${Buffer.from(dataDir).toString('hex').slice(-40)}-${name}`
    : path.join(dataDir, `${name}.sock`);
}

/** Serves Web requests on a local socket. Throws `store.locked` when another process answers on it already. */
export async function listenOnSocket(
  file: string,
  handle: (request: Request) => Promise<Response>,
): Promise<AsyncDisposable> {
  if (process.platform !== 'win32' && existsSync(file)) {
    if (await answers(file))
      throw new SallyportError('store.locked', `Cannot start: another Sallyport answers on "${file}"`);
    rmSync(file);
  }
  const listener: RequestListener = getRequestListener(handle, {
    overrideGlobalObjects: false,
    hostname: 'sallyport.local',
  });
  const server = createServer(
    { maxHeaderSize: 32_768 },
    (req: IncomingMessage, res: ServerResponse) => void listener(req, res),
  );
  server.maxConnections = 256;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
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

function answers(file: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(file);
    const finish = (alive: boolean) => {
      socket.destroy();
      resolve(alive);
    };
    socket.setTimeout(2000, () => finish(true));
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
  });
}

/** A `fetch` that speaks to a local socket, whatever the host of the URL. */
export function createSocketFetch(
  file: string,
): { fetch: (url: string, init: RequestInit) => Promise<Response> } & AsyncDisposable {
  const client = new HttpClient('http://sallyport.local', { socketPath: file, connect: { timeout: 2000 } });
  return {
    async fetch(url, init) {
      const target = new URL(url, 'http://sallyport.local');
      const answer = await client.request({
        path: target.pathname + target.search,
        method: (init.method ?? 'GET') as 'GET',
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
    [Symbol.asyncDispose]: () => client.destroy(),
  };
}

/** Carries what a worker's gateway knows of a control request over the local socket, which only Sallyport itself can open. */
export const contextHeader = 'x-sallyport-context';

/** The request as the worker's gateway saw it, with its context. Throws on anything that a worker would not send. */
export function readContext(request: Request): { request: Request; context: ControlContext } {
  const { url, ...context }: ControlContext & { url: string } = JSON.parse(
    Buffer.from(request.headers.get(contextHeader) ?? '', 'base64url').toString(),
  );
  const headers = new Headers(request.headers);
  headers.delete(contextHeader);
  headers.delete('host');
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
  return {
    request: new Request(url, {
      method: request.method,
      headers,
      ...(hasBody ? { body: request.body, duplex: 'half' } : {}),
    }),
    context,
  };
}
