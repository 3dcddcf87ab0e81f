/**
 * The transport takes connections, finishes TLS, reads HTTP/1.1 and HTTP/2 and hands on only requests whose framing has one meaning. What
 * it refuses never reaches a handler; a refused connection is closed. Slow, idle, silent and greedy peers are cut by `TransportLimits`.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { Server } from 'node:net';
import { createServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../../core/clock.ts';
import { SallyportError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { GatewayListener, TlsMaterial } from '../gateway.ts';
import type { Connection, Connections, TransportContext } from './connections.ts';
import { createConnections } from './connections.ts';
import { createHttp1 } from './http1.ts';
import { createHttp2 } from './http2.ts';
import type { TransportLimits } from './limits.ts';
import type { PeerChain } from './peer-chain.ts';
import { createRefusalTeller } from './refusals.ts';
import { createTlsFront } from './tls-front.ts';

/** A request whose head is sound, the same for HTTP/1.1 and HTTP/2. A body that is cut short ends in `error`, never in `end`. */
export interface InboundRequest extends InboundHead {
  readonly req: IncomingMessage | Http2ServerRequest;
  readonly res: ServerResponse | Http2ServerResponse;
}

/** A WebSocket handshake whose head is sound (RFC 6455 section 4.2.1); always HTTP/1.1. */
export interface InboundUpgrade extends InboundHead {
  readonly req: IncomingMessage;
}

export interface InboundHead {
  /** GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS. */
  readonly method: string;
  /** The request target as sent: a path, or (OPTIONS only) `*`, or an absolute form that names this very authority. */
  readonly target: string;
  /** Host name or address, lower case, with a port only where it is not the default of the scheme. */
  readonly authority: string;
  readonly scheme: 'https' | 'http';
  readonly httpVersion: '1.0' | '1.1' | '2';
  /** Canonical address of the other end of the connection: a proxy, if there is one in front. */
  readonly peerIp: string;
  readonly localPort: number;
  readonly tls: TlsInfo | null;
  /** Says that somebody signed in uses the connection: it is then not closed to make room for others. */
  readonly keep?: () => void;
  /**
   * Asks that the next request on this connection is read only so many milliseconds after the answer. Left alone are connections of people who are
   * signed in and of trusted proxies, and HTTP/2, whose streams share one.
   */
  readonly rest?: (ms: number) => void;
}

export interface TlsInfo {
  readonly protocol: string;
  readonly cipher: string;
  readonly servername: string | null;
  /** What the client showed, where it was asked for a certificate and showed one. */
  readonly client?: PeerChain;
}

/** One connection from accept to close, or one that was closed before it began. */
export interface Flow {
  /** When it was accepted, in epoch milliseconds. */
  readonly at: number;
  readonly peerIp: string;
  readonly localPort: number;
  readonly verdict: 'accepted' | 'denied';
  /** Why it was denied or ended: a reason of `Refused`, `idle`, `drained`, or `closed` where the peer or its request ended it. */
  readonly reason: string;
  readonly tls: TlsInfo | null;
  /** On the wire: with TLS and framing. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly requests: number;
  readonly durationMs: number;
}

/** Told once per refusal; in a flood from one network, the first few singly and then one with a `count` every ten seconds. */
export interface Refused {
  readonly peerIp: string;
  readonly localPort: number;
  readonly layer: 'connection' | 'framing' | 'overload';
  /** From a closed list: `both_lengths`, `connections_per_network`. */
  readonly reason: string;
  /** Block type for metrics: `protocol`, `flood`, `slow`, `tls` or `overload`. */
  readonly type: 'protocol' | 'flood' | 'slow' | 'tls' | 'overload';
  /** Status answered; 0 when the connection was closed without one. */
  readonly status: number;
  readonly count: number;
}

/** Handlers are called from the event loop; one that throws answers 500 and is logged. */
export interface TransportHandlers {
  onRequest(inbound: InboundRequest): void;
  /** Takes over the socket: from here the handler alone writes to it and ends it. `head` is what the client sent early. */
  onUpgrade(inbound: InboundUpgrade, socket: Duplex, head: Buffer): void;
  onRefused(refused: Refused): void;
  /** Every connection, at its end; called once for each, however many there are. */
  onFlow?(flow: Flow): void;
}

export interface TransportDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: TransportLimits;
  readonly handlers: TransportHandlers;
  /** Peers that connect for many people (trusted proxies): rates per network are not for them. Nobody when left out. */
  readonly isTrustedProxy?: (ip: string) => boolean;
  /** Whether more is asked than can be done. Never when left out. */
  readonly isOverloaded?: () => boolean;
}

export interface Transport extends AsyncDisposable {
  /** Resolves with the port in use. A TLS listener before `setTls` throws `gateway.tls_invalid`. */
  listen(listener: GatewayListener): Promise<number>;
  /** No new connections on this port; those there are finish what is under way within `drainTimeoutMs`. */
  unlisten(port: number): Promise<void>;
  /** For new connections; a bad pair throws `gateway.tls_invalid` and the old ones stay. */
  setTls(material: TlsMaterial): void;
  /** Authorities (PEM, checked) whose client certificates routes want. New connections are asked for them; older ones end when they change. */
  askForCertificates(clientCas: readonly string[]): void;
  counts(): TransportCounts;
  /** Stops taking connections and finishes what is under way within `drainTimeoutMs`, then closes everything. */
  drain(): Promise<void>;
}

interface TransportCounts {
  readonly connections: number;
  readonly handshakes: number;
  readonly activeRequests: number;
  readonly upgraded: number;
}

/** A transport without listeners. Handlers are called for what the listeners opened later bring. */
export function createTransport(deps: TransportDeps): Transport {
  const { clock, log, limits } = deps;
  const refusals = createRefusalTeller({ clock, onRefused: refused => tellSafely(deps, refused) });
  const ctx: TransportContext = {
    ...deps,
    refusals,
    load: { activeRequests: 0 },
    isTrustedProxy: deps.isTrustedProxy ?? (() => false),
    isOverloaded: deps.isOverloaded ?? (() => false),
  };
  const connections = createConnections(ctx);
  const protocols = { h1: createHttp1(ctx), h2: createHttp2(ctx) };
  const tls = createTlsFront(ctx, connections, protocols);
  const listeners = new Map<number, readonly Server[]>();
  const sweeper = setInterval(() => sweep(ctx, connections), limits.sweepMs).unref();

  const closeListener = async (port: number) => {
    const servers = listeners.get(port) ?? [];
    listeners.delete(port);
    // The callback would wait for the connections; what is asked here is only that no new ones come.
    for (const server of servers) server.close();
    await drainConnections(ctx, () => [...connections.all].filter(connection => connection.localPort === port));
  };
  const closeAll = async () => {
    await Promise.all([...listeners.keys()].map(closeListener));
    await drainConnections(ctx, () => [...connections.all]);
    refusals.flush(true);
  };

  return {
    async listen(listener) {
      if (listener.tls && !tls.isReady) {
        throw new SallyportError(
          'gateway.tls_invalid',
          `Cannot listen on port "${listener.port}" with TLS: want a certificate first`,
        );
      }
      const { port, servers } = await openAll(listener, () => {
        const server = createServer({
          // As Node's own servers have it: HTTP ends its half itself, TLS must not stay open when the peer goes silently.
          allowHalfOpen: !listener.tls,
          noDelay: true,
          keepAlive: true,
          keepAliveInitialDelay: 30_000,
        });
        server.on('connection', socket => {
          const connection = connections.admit(socket, listener.tls);
          if (connection === undefined) return;
          if (listener.tls) tls.accept(connection);
          else connection.driver = protocols.h1.accept(connection);
        });
        server.on('error', error => log.error('transport.listener_failed', { port: listener.port, error }));
        return server;
      });
      listeners.set(port, servers);
      return port;
    },
    unlisten: closeListener,
    setTls(material) {
      tls.use(material);
    },
    askForCertificates: clientCas => tls.askFor(clientCas),
    counts() {
      let upgraded = 0;
      for (const connection of connections.all) if (connection.driver?.isUpgraded === true) upgraded++;
      return {
        connections: connections.all.size,
        handshakes: connections.handshakes,
        activeRequests: ctx.load.activeRequests,
        upgraded,
      };
    },
    drain: closeAll,
    async [Symbol.asyncDispose]() {
      for (const server of [...listeners.values()].flat()) server.close();
      listeners.clear();
      for (const connection of connections.all) connection.raw.destroy();
      clearInterval(sweeper);
      refusals.flush(true);
      await untilGone(() => connections.all.size === 0, performance.now() + 5000);
    },
  };
}

function tellSafely(deps: TransportDeps, refused: Refused): void {
  try {
    deps.handlers.onRefused(refused);
  } catch (error) {
    deps.log.error('transport.refusal_untold', { reason: refused.reason, error });
  }
}

function sweep(ctx: TransportContext, connections: Connections): void {
  const nowMs = ctx.clock.monotonicMs();
  for (const connection of connections.all) {
    if (connection.driver !== undefined) connection.driver.sweep(nowMs);
    else if (nowMs - connection.acceptedMs >= ctx.limits.handshakeTimeoutMs) {
      connection.isTold = true;
      ctx.refusals.tell('handshake_timeout', connection);
      connection.raw.destroy();
    }
  }
  connections.sweep(nowMs);
  ctx.refusals.flush();
}

/**
 * Sockets that listen on one port. Of each, one connection is taken up in a turn of the event loop (libuv since 1.45): with a single one, a gate
 * that is busy in every turn for 40 ms would take up 25 connections a second, and who is new would wait behind a crowd.
 */
const socketsPerPort = process.platform === 'linux' ? 64 : 1;

/** Opens all of them, or none. A port that another program has throws as it would for one: it is asked for alone before it is shared. */
async function openAll(
  listener: GatewayListener,
  create: () => Server,
): Promise<{ port: number; servers: readonly Server[] }> {
  const isShared = listener.reusePort ?? false;
  const first = create();
  const port = await open(first, listener, isShared);
  if (socketsPerPort === 1) return { port, servers: [first] };
  const servers = isShared ? [first] : [];
  if (!isShared) await new Promise<void>(resolve => first.close(() => resolve()));
  try {
    while (servers.length < socketsPerPort) {
      const server = create();
      await open(server, { ...listener, port }, true);
      servers.push(server);
    }
  } catch (error) {
    for (const server of servers) server.close();
    throw error;
  }
  return { port, servers };
}

async function open(server: Server, { host, port }: GatewayListener, reusePort: boolean): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 1024, reusePort }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new TypeError(`Cannot listen on "${host}": want a TCP address`);
  return address.port;
}

/** Upgraded connections have no end of their own: they go as soon as every request is answered, or at the deadline. */
async function drainConnections(ctx: TransportContext, list: () => readonly Connection[]): Promise<void> {
  for (const connection of list()) {
    if (connection.ending === '') connection.ending = 'drained';
    if (connection.driver === undefined) {
      connection.isTold = true;
      connection.raw.destroy();
    } else connection.driver.drain();
  }
  const deadlineMs = performance.now() + ctx.limits.drainTimeoutMs;
  await untilGone(
    () => list().every(connection => connection.driver?.isUpgraded === true || connection.driver?.active === 0),
    deadlineMs,
  );
  for (const connection of list()) if (connection.driver?.isUpgraded === true) connection.raw.destroy();
  await untilGone(() => list().length === 0, Math.min(deadlineMs, performance.now() + ctx.limits.lingerMs));
  for (const connection of list()) connection.raw.destroy();
  await untilGone(() => list().length === 0, performance.now() + 1000);
}

async function untilGone(isGone: () => boolean, deadlineMs: number): Promise<void> {
  while (!isGone() && performance.now() < deadlineMs) await setTimeout(10);
}
