import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { systemClock } from '../../core/clock.ts';
import { silentLog } from '../../core/log.ts';
import type { TransportLimits } from './limits.ts';
import { transportLimits } from './limits.ts';
import type { Flow, InboundRequest, InboundUpgrade, Refused, Transport } from './transport.ts';
import { createTransport } from './transport.ts';

interface Seen {
  readonly inbound: InboundRequest;
  body: string;
  isComplete: boolean;
  isClosed: boolean;
}

/** A real transport on a free loopback port, with what its handlers saw. */
export interface TestTransport extends AsyncDisposable {
  readonly transport: Transport;
  readonly port: number;
  readonly seen: Seen[];
  readonly upgrades: InboundUpgrade[];
  readonly refused: Refused[];
  readonly flows: Flow[];
}

const testLimits: TransportLimits = {
  ...transportLimits({
    connectionsMax: 100,
    connectionsPerNetworkMax: 100,
    headerBytesMax: 16_384,
    headersTimeoutMs: 20_000,
    requestTimeoutMs: 20_000,
    idleTimeoutMs: 20_000,
    handshakeTimeoutMs: 20_000,
    drainTimeoutMs: 2000,
  }),
  sweepMs: 20,
  lingerMs: 100,
};

/** Answers every request with `hello METHOD TARGET` once its body is in. */
function echo(inbound: InboundRequest): void {
  const res = inbound.res as ServerResponse;
  inbound.req.on('end', () => {
    const body = `hello ${inbound.method} ${inbound.target}`;
    res.writeHead(200, { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(body) });
    res.end(inbound.method === 'HEAD' ? '' : body);
  });
}

export async function startTransport(
  options: {
    limits?: Partial<TransportLimits>;
    tls?: { certPem: string; keyPem: string };
    onRequest?: (inbound: InboundRequest) => void;
    onUpgrade?: (inbound: InboundUpgrade, socket: Duplex, head: Buffer) => void;
    isTrustedProxy?: (ip: string) => boolean;
    isOverloaded?: () => boolean;
  } = {},
): Promise<TestTransport> {
  const seen: Seen[] = [];
  const upgrades: InboundUpgrade[] = [];
  const refused: Refused[] = [];
  const flows: Flow[] = [];
  const transport = createTransport({
    clock: systemClock,
    log: silentLog,
    isTrustedProxy: options.isTrustedProxy ?? (() => false),
    isOverloaded: options.isOverloaded ?? (() => false),
    limits: { ...testLimits, ...options.limits },
    handlers: {
      onRequest(inbound) {
        const entry: Seen = { inbound, body: '', isComplete: false, isClosed: false };
        seen.push(entry);
        const req = inbound.req as IncomingMessage;
        req.on('end', () => {
          entry.isComplete = req.complete;
        });
        inbound.res.on('close', () => {
          entry.isClosed = true;
        });
        req.on('error', () => {});
        (options.onRequest ?? echo)(inbound);
        if (options.onRequest === undefined) {
          req.on('data', (piece: Buffer) => {
            entry.body += piece.toString('latin1');
          });
        }
      },
      onUpgrade(inbound, socket, head) {
        upgrades.push(inbound);
        if (options.onUpgrade !== undefined) return options.onUpgrade(inbound, socket, head);
        socket.end('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n');
      },
      onRefused(entry) {
        refused.push(entry);
      },
      onFlow(flow) {
        flows.push(flow);
      },
    },
  });
  if (options.tls !== undefined) transport.setTls({ certificates: [options.tls], minVersion: 'TLSv1.2' });
  const port = await transport.listen({ host: '127.0.0.1', port: 0, tls: options.tls !== undefined });
  return {
    transport,
    port,
    seen,
    upgrades,
    refused,
    flows,
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
}

/** One raw connection: what was received so far, and whether the other side has closed. */
export interface RawPeer {
  readonly socket: Socket;
  readonly received: string;
  readonly isClosed: boolean;
  write(text: string): void;
  until(isDone: (received: string) => boolean, what?: string): Promise<string>;
  /** Waits until the other side has closed. */
  closed(): Promise<string>;
}

export async function rawPeer(port: number): Promise<RawPeer> {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  let received = '';
  let isClosed = false;
  socket.on('data', piece => {
    received += piece.toString('latin1');
  });
  socket.on('error', () => {});
  socket.on('end', () => {
    isClosed = true;
    socket.end();
  });
  socket.on('close', () => {
    isClosed = true;
  });
  await new Promise<void>(resolve => {
    socket.once('connect', resolve);
    socket.once('close', () => resolve());
  });
  return {
    socket,
    get received() {
      return received;
    },
    get isClosed() {
      return isClosed;
    },
    write: text => void socket.write(Buffer.from(text, 'latin1')),
    async until(isDone, what = 'the answer') {
      await eventually(() => isDone(received) || isClosed, what);
      return received;
    },
    async closed() {
      await eventually(() => isClosed, 'the connection to close');
      return received;
    },
  };
}

/** Polls until it holds; fails after five seconds, or as long as is said. */
export async function eventually(holds: () => boolean, what: string, withinMs = 5000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`Waited ${withinMs} ms in vain for ${what}`);
    await setTimeout(5);
  }
}
