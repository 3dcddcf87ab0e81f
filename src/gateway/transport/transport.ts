/**
 * The transport takes connections, finishes TLS, reads HTTP/1.1 and HTTP/2 and hands on only requests whose framing has one meaning. What
 * it refuses never reaches a handler; a refused connection is closed. Slow, idle, silent and greedy peers are cut by `TransportLimits`.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/log.ts';
import type { GatewayListener, TlsMaterial } from '../gateway.ts';
import type { TransportLimits } from './limits.ts';

/** A request whose head is sound, the same for HTTP/1.1 and HTTP/2. */
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
}

export interface TlsInfo {
  readonly protocol: string;
  readonly cipher: string;
  readonly servername: string | null;
}

/** Told once per refusal; in a flood from one network, the first few singly and then one with a `count` every ten seconds. */
export interface Refused {
  readonly peerIp: string;
  readonly localPort: number;
  readonly layer: 'connection' | 'framing';
  /** From a closed list: `both_lengths`, `connections_per_network`. */
  readonly reason: string;
  /** Block type for metrics: `protocol`, `flood`, `slow` or `tls`. */
  readonly type: 'protocol' | 'flood' | 'slow' | 'tls';
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
}

export interface TransportDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: TransportLimits;
  readonly handlers: TransportHandlers;
}

export interface Transport extends AsyncDisposable {
  /** Resolves with the port in use. A TLS listener before `setTls` throws `gateway.tls_invalid`. */
  listen(listener: GatewayListener): Promise<number>;
  /** No new connections on this port; those there are finish what is under way within `drainTimeoutMs`. */
  unlisten(port: number): Promise<void>;
  /** For new connections; a bad pair throws `gateway.tls_invalid` and the old ones stay. */
  setTls(material: TlsMaterial): void;
  counts(): TransportCounts;
  /** Stops taking connections and finishes what is under way within `drainTimeoutMs`, then closes everything. */
  drain(): Promise<void>;
}

export interface TransportCounts {
  readonly connections: number;
  readonly handshakes: number;
  readonly activeRequests: number;
  readonly upgraded: number;
}
