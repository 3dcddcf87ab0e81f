import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '../../core/clock.ts';
import { canonicalIp, networkOf } from '../../core/ip.ts';
import type { Log } from '../../core/log.ts';
import type { TransportLimits } from './limits.ts';
import { createAcceptRates } from './rates.ts';
import type { RefusalReason, RefusalTeller } from './refusals.ts';
import type { Flow, TlsInfo, TransportHandlers } from './transport.ts';

/** What a protocol does for one of its connections. */
export interface Driver {
  /** Cuts what is over its time. */
  sweep(nowMs: number): void;
  /** Announces the end: no further request is taken; an idle connection is closed at once. */
  drain(): void;
  /** Requests under way. */
  readonly active: number;
  readonly isUpgraded: boolean;
  /** Requests so far. */
  readonly served: number;
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
  /** Whether somebody who is signed in uses it: the last to go when room is short. */
  readonly isKept: boolean;
  /** Says so. */
  keep(): void;
  /** Why the gate ended it; empty while it has no reason to, and when the peer closes. */
  ending: string;
}

/** What the protocols share. */
export interface TransportContext {
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: TransportLimits;
  readonly handlers: TransportHandlers;
  readonly refusals: RefusalTeller;
  readonly load: { activeRequests: number };
  /** Peers that speak for many people: rates of one person are not for them. */
  readonly isTrustedProxy: (ip: string) => boolean;
  /** More is asked than can be done: a network of which nobody is signed in gets no more than a few connections. */
  readonly isOverloaded: () => boolean;
}

/** The connections there are, bounded in total and per network. */
export interface Connections {
  /** Counts the connection until it closes; undefined when it was refused (and destroyed) for want of room. */
  admit(raw: Socket, hasTls: boolean): Connection | undefined;
  /** The one with this remote address and port; TLS sockets do not name the socket they wrap. */
  find(socket: Pick<Socket, 'remoteAddress' | 'remotePort' | 'localPort'>): Connection | undefined;
  /** Forgets rates that are back to nothing. */
  sweep(nowMs: number): void;
  readonly all: ReadonlySet<Connection>;
  readonly handshakes: number;
}

export function createConnections(ctx: TransportContext): Connections {
  const all = new Set<Connection>();
  const byTuple = new Map<string, Connection>();
  const perNetwork = new Map<string, number>();
  const keptPerNetwork = new Map<string, number>();
  const handshakes = () => {
    let count = 0;
    for (const connection of all) if (connection.driver === undefined) count++;
    return count;
  };
  let shaking = 0;
  const rates = createAcceptRates(ctx.limits);
  const evict = createEviction(ctx, all);

  const isCrowding = (network: string): boolean =>
    (perNetwork.get(network) ?? 0) >= crowdMin && !keptPerNetwork.has(network) && ctx.isOverloaded();
  const rateFor = (network: string, hasTls: boolean): RefusalReason | undefined => {
    if (isCrowding(network)) return 'connections_per_network';
    const nowMs = ctx.clock.monotonicMs();
    if (!rates.connections.take(network, nowMs)) return 'connection_rate';
    return hasTls && !rates.handshakes.take(network, nowMs) ? 'handshake_rate' : undefined;
  };
  const roomFor = (network: string, hasTls: boolean): RefusalReason | undefined => {
    if ((perNetwork.get(network) ?? 0) >= ctx.limits.connectionsPerNetworkMax) return 'connections_per_network';
    // Counted exactly only near the bound: the cheap count may include handshakes that have ended.
    if (hasTls && shaking >= ctx.limits.handshakesMax) {
      shaking = handshakes();
      if (shaking >= ctx.limits.handshakesMax) return 'handshakes_max';
    }
    return all.size >= ctx.limits.connectionsMax && !evict() ? 'connections_max' : undefined;
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
      const reason = (ctx.isTrustedProxy(peerIp) ? undefined : rateFor(network, hasTls)) ?? roomFor(network, hasTls);
      if (reason !== undefined) {
        raw.destroy();
        ctx.refusals.tell(reason, { peerIp, localPort });
        tellFlow(ctx, deniedFlow(ctx, { peerIp, localPort, reason }));
        return undefined;
      }
      const acceptedMs = ctx.clock.monotonicMs();
      let isKept = false;
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
        get isKept() {
          return isKept;
        },
        keep() {
          if (!isKept && !raw.destroyed) add(keptPerNetwork, network, 1);
          isKept = true;
        },
        ending: '',
      };
      const openedAt = ctx.clock.now();
      const tuple = tupleOf(raw);
      all.add(connection);
      byTuple.set(tuple, connection);
      add(perNetwork, network, 1);
      if (hasTls) shaking++;
      raw.once('close', () => {
        all.delete(connection);
        if (byTuple.get(tuple) === connection) byTuple.delete(tuple);
        add(perNetwork, network, -1);
        if (isKept) add(keptPerNetwork, network, -1);
        tellFlow(ctx, flowOf(ctx, connection, openedAt));
      });
      return connection;
    },
    find: socket => byTuple.get(tupleOf(socket)),
    all,
    sweep(nowMs) {
      rates.connections.sweep(nowMs);
      rates.handshakes.sweep(nowMs);
    },
    get handshakes() {
      return handshakes();
    },
  };
}

/** More connections than a browser opens to one host, even of a few people behind one address. */
const crowdMin = 32;

function add(counts: Map<string, number>, network: string, by: 1 | -1): void {
  const count = (counts.get(network) ?? 0) + by;
  if (count > 0) counts.set(network, count);
  else counts.delete(network);
}

/** A connection this young may not have had the time to ask for anything. */
const youngMs = 1000;
/** Connections looked at for one that may go: a flood must not make each newcomer cost a walk over all. */
const lookedAtMax = 64;

/**
 * Closes an idle connection of nobody in particular, so that a newcomer has room; false when none was found. Who is signed in keeps theirs,
 * and what a request, an upgrade or a handshake is under way on is left alone.
 */
function createEviction(ctx: TransportContext, all: ReadonlySet<Connection>): () => boolean {
  let cursor = all.values();
  return () => {
    for (let looked = 0; looked < Math.min(lookedAtMax, all.size); looked++) {
      let step = cursor.next();
      if (step.done === true) {
        cursor = all.values();
        step = cursor.next();
      }
      const found = step.value;
      if (found === undefined) return false;
      const { driver } = found;
      if (driver === undefined || found.isKept || driver.active > 0 || driver.isUpgraded || found.raw.destroyed)
        continue;
      if (ctx.clock.monotonicMs() - found.acceptedMs < youngMs) continue;
      ctx.refusals.tell('evicted', found);
      found.raw.destroy();
      return true;
    }
    return false;
  };
}

function tellFlow(ctx: TransportContext, flow: Flow): void {
  try {
    ctx.handlers.onFlow?.(flow);
  } catch (error) {
    ctx.log.error('transport.flow_untold', { error });
  }
}

function flowOf(ctx: TransportContext, connection: Connection, at: number): Flow {
  const { driver, ending, peerIp, localPort, raw, tls } = connection;
  return {
    at,
    peerIp,
    localPort,
    verdict: 'accepted',
    reason: ending === '' ? 'closed' : ending,
    tls,
    bytesIn: raw.bytesRead,
    bytesOut: raw.bytesWritten,
    requests: driver?.served ?? 0,
    durationMs: Math.round(ctx.clock.monotonicMs() - connection.acceptedMs),
  };
}

function deniedFlow(ctx: TransportContext, denied: Pick<Flow, 'peerIp' | 'localPort' | 'reason'>): Flow {
  const nothing = { tls: null, bytesIn: 0, bytesOut: 0, requests: 0, durationMs: 0 };
  return { at: ctx.clock.now(), verdict: 'denied', ...denied, ...nothing };
}

function tupleOf(socket: Pick<Socket, 'remoteAddress' | 'remotePort' | 'localPort'>): string {
  return `${socket.remoteAddress}|${socket.remotePort}|${socket.localPort}`;
}
