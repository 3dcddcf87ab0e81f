import type { TransportLimits } from './limits.ts';

/** How often each network may do something: a bucket of tokens per network, in memory that does not grow with the number of networks. */
export interface NetworkRates {
  /** False when this network has used up its tokens; a refusal takes none. */
  take(network: string, nowMs: number): boolean;
  /** Forgets networks whose bucket is full again: they are as good as unknown. */
  sweep(nowMs: number): void;
  readonly size: number;
}

export interface NetworkRate {
  readonly perSecond: number;
  readonly burst: number;
  readonly networksMax: number;
}

/** A machine's own programs (a proxy beside the gate, a load test) share one address: they have this many times as much. */
const loopbackFactor = 10;

/**
 * One number per network, the time at which its bucket will be full again (the generic cell rate algorithm of ITU-T I.371). When there is no
 * room for a further network, the one not heard of for longest is forgotten: it starts anew with a full bucket.
 */
export function createNetworkRates({ perSecond, burst, networksMax }: NetworkRate): NetworkRates {
  const fullAt = new Map<string, number>();
  return {
    take(network, nowMs) {
      const factor = isLoopback(network) ? loopbackFactor : 1;
      const tokenMs = 1000 / (perSecond * factor);
      const held = fullAt.get(network);
      const at = Math.max(nowMs, held ?? 0);
      if (at + tokenMs - nowMs > burst * factor * tokenMs) return false;
      // Taken out and put back at the end: the order is that of the last visit.
      if (held !== undefined) fullAt.delete(network);
      else if (fullAt.size >= networksMax) fullAt.delete(fullAt.keys().next().value ?? network);
      fullAt.set(network, at + tokenMs);
      return true;
    },
    sweep(nowMs) {
      for (const [network, at] of fullAt) if (at <= nowMs) fullAt.delete(network);
    },
    get size() {
      return fullAt.size;
    },
  };
}

/** The rates a listener looks at before anything else is done for a connection. */
export function createAcceptRates(limits: TransportLimits): { connections: NetworkRates; handshakes: NetworkRates } {
  const { connectionRatePerS, connectionBurst, handshakeRatePerS, handshakeBurst, rateNetworksMax } = limits;
  return {
    connections: createNetworkRates({
      perSecond: connectionRatePerS,
      burst: connectionBurst,
      networksMax: rateNetworksMax,
    }),
    handshakes: createNetworkRates({
      perSecond: handshakeRatePerS,
      burst: handshakeBurst,
      networksMax: rateNetworksMax,
    }),
  };
}

const isLoopback = (network: string): boolean => network.startsWith('127.') || network === '::/64';
