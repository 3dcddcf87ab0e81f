import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '../../core/clock.ts';
import { canonicalIp, networkOf } from '../../core/ip.ts';
import type { Log } from '../../core/log.ts';
import type { TransportLimits } from './limits.ts';
import type { RefusalReason, RefusalTeller } from './refusals.ts';
import type { TlsInfo, TransportHandlers } from './transport.ts';

/** What a protocol does for one of its connections. */
export interface Driver {
  /** Cuts what is over its time. */
  sweep(nowMs: number): void;
  /** Announces the end: no further request is taken; an idle connection is closed at once. */
  drain(): void;
  /** Requests under way. */
  readonly active: number;
  readonly isUpgraded: boolean;
}

/** One accepted connection, from accept to close. */
export interface Connection {
  readonly raw: Socket;
  /** Where plain text flows: `raw` itself, or the TLS socket over it. */
  socket: Socket | TLSSocket;
  readonly peerIp: string;
  readonly network: string;
  readonly localPort: number;
  readonly acceptedMs: number;
  tls: TlsInfo | null;
  /** Absent until TLS is finished. */
  driver: Driver | undefined;
  /** Why it ends has been told already. */
  isTold: boolean;
}

/** What the protocols share. */
export interface TransportContext {
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: TransportLimits;
  readonly handlers: TransportHandlers;
  readonly refusals: RefusalTeller;
  readonly load: { activeRequests: number };
}

/** The connections there are, bounded in total and per network. */
export interface Connections {
  /** Counts the connection until it closes; undefined when it was refused (and destroyed) for want of room. */
  admit(raw: Socket, hasTls: boolean): Connection | undefined;
  /** The one with this remote address and port; TLS sockets do not name the socket they wrap. */
  find(socket: Pick<Socket, 'remoteAddress' | 'remotePort' | 'localPort'>): Connection | undefined;
  readonly all: ReadonlySet<Connection>;
  readonly handshakes: number;
}

export function createConnections(ctx: TransportContext): Connections {
  const all = new Set<Connection>();
  const byTuple = new Map<string, Connection>();
  const perNetwork = new Map<string, number>();
  const handshakes = () => {
    let count = 0;
    for (const connection of all) if (connection.driver === undefined) count++;
    return count;
  };
  let shaking = 0;

  const refusalFor = (network: string, hasTls: boolean): RefusalReason | undefined => {
    if (all.size >= ctx.limits.connectionsMax) return 'connections_max';
    if ((perNetwork.get(network) ?? 0) >= ctx.limits.connectionsPerNetworkMax) return 'connections_per_network';
    // Counted exactly only near the bound: the cheap count may include handshakes that have ended.
    if (hasTls && shaking >= ctx.limits.handshakesMax) {
      shaking = handshakes();
      if (shaking >= ctx.limits.handshakesMax) return 'handshakes_max';
    }
    return undefined;
  };

  return {
    admit(raw, hasTls) {
      // A socket error always ends in 'close'; without a listener it would end the process.
      raw.on('error', () => {});
      const peerIp = canonicalIp(raw.remoteAddress ?? '');
      const localPort = raw.localPort ?? 0;
      if (peerIp === undefined) {
        raw.destroy();
        return undefined;
      }
      const network = networkOf(peerIp);
      const reason = refusalFor(network, hasTls);
      if (reason !== undefined) {
        raw.destroy();
        ctx.refusals.tell(reason, { peerIp, localPort });
        return undefined;
      }
      const acceptedMs = ctx.clock.monotonicMs();
      const connection: Connection = {
        raw,
        socket: raw,
        peerIp,
        network,
        localPort,
        acceptedMs,
        tls: null,
        driver: undefined,
        isTold: false,
      };
      const tuple = tupleOf(raw);
      all.add(connection);
      byTuple.set(tuple, connection);
      perNetwork.set(network, (perNetwork.get(network) ?? 0) + 1);
      if (hasTls) shaking++;
      raw.once('close', () => {
        all.delete(connection);
        if (byTuple.get(tuple) === connection) byTuple.delete(tuple);
        const left = (perNetwork.get(network) ?? 1) - 1;
        if (left === 0) perNetwork.delete(network);
        else perNetwork.set(network, left);
      });
      return connection;
    },
    find: socket => byTuple.get(tupleOf(socket)),
    all,
    get handshakes() {
      return handshakes();
    },
  };
}

function tupleOf(socket: Pick<Socket, 'remoteAddress' | 'remotePort' | 'localPort'>): string {
  return `${socket.remoteAddress}|${socket.remotePort}|${socket.localPort}`;
}
