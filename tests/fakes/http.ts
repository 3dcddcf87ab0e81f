import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Duplex } from 'node:stream';

/** What a fake platform saw of one request: enough to prove what the gate sent and what it kept back. */
export interface SeenRequest {
  readonly method: string;
  /** The raw request target. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** An object is sent as JSON, text as it is. */
  readonly body?: unknown;
}

export interface FakeServer extends AsyncDisposable {
  readonly baseUrl: string;
  readonly port: number;
  readonly requests: SeenRequest[];
  readonly server: Server;
  readonly close: () => Promise<void>;
}

/** A loopback server on a free port that records what it sees. `close` ends open connections too. */
export async function startFakeServer(options: {
  answer: (request: SeenRequest, res: ServerResponse) => Promise<Answer | undefined> | Answer | undefined;
  upgrade?: (req: IncomingMessage, socket: Duplex, head: Buffer) => void;
}): Promise<FakeServer> {
  const requests: SeenRequest[] = [];
  const server = createServer((req, res) => {
    respond(req, res).catch(error => res.destroy(error instanceof Error ? error : undefined));
  });
  const sockets = new Set<Duplex>();
  server.on('connection', socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  if (options.upgrade) server.on('upgrade', options.upgrade);
  async function respond(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const seen = {
      method: req.method ?? '',
      target: req.url ?? '',
      headers: req.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    requests.push(seen);
    const answer = await options.answer(seen, res);
    if (answer) send(res, answer);
  }
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Cannot start the fake: no port');
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>(resolve => server.close(() => resolve()));
  };
  return {
    baseUrl: `http://127.0.0.1:${address.port}`,
    port: address.port,
    requests,
    server,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function send(res: ServerResponse, answer: Answer): void {
  const isText = typeof answer.body === 'string';
  const text = isText ? answer.body : answer.body === undefined ? '' : JSON.stringify(answer.body);
  for (const [name, value] of Object.entries(answer.headers ?? {})) res.setHeader(name, value);
  if (!res.hasHeader('content-type')) {
    res.setHeader('content-type', isText ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8');
  }
  res.writeHead(answer.status ?? 200);
  res.end(text);
}

/** The value of one cookie of a request. */
export function cookieOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  for (const pair of (headers.cookie ?? '').split(';')) {
    const [key, ...rest] = pair.trim().split('=');
    if (key === name) return rest.join('=');
  }
  return undefined;
}

/** Parses a JSON body into an object; anything else becomes an empty one. */
export function objectOf(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
