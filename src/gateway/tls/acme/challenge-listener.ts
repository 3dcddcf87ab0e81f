import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { SallyportError } from '../../../core/errors.ts';
import type { PendingChallenge } from './acme-client.ts';

const prefix = '/.well-known/acme-challenge/';
const targetCharsMax = 4096;

/** The plain listener of HTTP-01 (RFC 8555 section 8.3). It serves no site: whatever is not a challenge under way goes to https. */
export interface ChallengeListener extends AsyncDisposable {
  readonly port: number;
  /** Answers the challenge until the returned function is called. */
  present(challenge: PendingChallenge): () => void;
}

export interface ChallengeListenerDeps {
  readonly host: string;
  readonly port: number;
  /** Names that are sent on; a request for any other is refused, so that nobody can use the gate to lead people elsewhere. */
  readonly isOwnHost: (hostname: string) => boolean;
  readonly httpsPort: number;
}

/** Throws `gateway.tls_invalid` when the port can not be had. */
export async function openChallengeListener(deps: ChallengeListenerDeps): Promise<ChallengeListener> {
  const pending = new Map<string, PendingChallenge>();
  const server = createServer(
    {
      maxHeaderSize: 8192,
      headersTimeout: 5000,
      requestTimeout: 5000,
      keepAliveTimeout: 1000,
      connectionsCheckingInterval: 1000,
    },
    (req, res) => answer(req, res, { ...deps, pending }),
  );
  server.maxConnections = 256;
  server.setTimeout(10_000, socket => socket.destroy());
  server.on('upgrade', (_req, socket) => socket.destroy());
  server.on('connect', (_req, socket) => socket.destroy());
  server.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', cause => {
      const message = `Cannot listen on "${deps.host}:${deps.port}" for HTTP-01: want a free port; set tls.acme.http`;
      reject(new SallyportError('gateway.tls_invalid', message, { detail: message, cause }));
    });
    server.listen({ host: deps.host, port: deps.port }, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : deps.port,
    present(challenge) {
      pending.set(challenge.token, challenge);
      return () => pending.delete(challenge.token);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

function answer(
  req: IncomingMessage,
  res: ServerResponse,
  deps: ChallengeListenerDeps & { pending: ReadonlyMap<string, PendingChallenge> },
): void {
  const send = (status: number, headers: Record<string, string>, body = '') => {
    const length = String(Buffer.byteLength(body));
    res.writeHead(status, { ...headers, connection: 'close', 'cache-control': 'no-store', 'content-length': length });
    res.end(req.method === 'HEAD' ? '' : body);
  };
  const target = req.url ?? '';
  const hosts = req.headersDistinct.host ?? [];
  const hostname =
    hosts.length === 1 ? /^([a-z0-9.-]{1,253})(?::\d{1,5})?$/.exec((hosts[0] ?? '').toLowerCase())?.[1] : undefined;
  if (hostname === undefined || !target.startsWith('/') || target.length > targetCharsMax) return send(400, {});
  // The target is compared as sent, never decoded: a token has one spelling.
  if (target.startsWith(prefix)) {
    const challenge = deps.pending.get(target.slice(prefix.length));
    const isAsked = challenge?.host === hostname && (req.method === 'GET' || req.method === 'HEAD');
    if (challenge === undefined || !isAsked) return send(404, {});
    return send(200, { 'content-type': 'application/octet-stream' }, challenge.keyAuthorization);
  }
  if (!deps.isOwnHost(hostname)) return send(421, {});
  const authority = deps.httpsPort === 443 ? hostname : `${hostname}:${deps.httpsPort}`;
  send(308, { location: `https://${authority}${target}` });
}
