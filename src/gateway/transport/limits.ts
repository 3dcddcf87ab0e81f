import type { GatewayConfig } from '../gateway.ts';

/** What may be configured and has a safe value where it is not. */
export interface RateLimits {
  /** New connections from one network: so many a second, and so many at once after a quiet time. */
  readonly connectionRatePerS?: number;
  readonly connectionBurst?: number;
  /** The same for connections that begin a TLS handshake: over the rate they are closed before it costs anything. */
  readonly handshakeRatePerS?: number;
  readonly handshakeBurst?: number;
}

/** Every bound of the transport. Times in milliseconds, on the monotonic clock. */
export interface TransportLimits extends Configured, Required<RateLimits> {
  /** Networks whose rate is remembered at once. */
  readonly rateNetworksMax: number;
  /** TLS handshakes under way at once. */
  readonly handshakesMax: number;
  /** Requests being answered at once, over all connections; one more gets 503. */
  readonly requestsMax: number;
  readonly headerCountMax: number;
  readonly targetBytesMax: number;
  /** Pipelined HTTP/1.1 requests that may wait behind the one being answered. */
  readonly pipelineMax: number;
  readonly requestsPerConnectionMax: number;
  readonly streamsPerConnectionMax: number;
  /** HTTP/2 memory of one session, in megabytes as nghttp2 counts it. */
  readonly sessionMegabytesMax: number;
  /** HTTP/2 streams that end in a reset, pings and settings: a burst, refilled at a tenth of it per second. */
  readonly resetBurst: number;
  readonly controlFrameBurst: number;
  /** No byte of the body arrives, or none of the response is taken, for this long: the connection is cut. */
  readonly stallTimeoutMs: number;
  /** What a body that is waited for, and an answer that is ready, must move at least, in bytes a second over `slowWindowMs`. */
  readonly slowBytesPerS: number;
  readonly slowWindowMs: number;
  /** After a refusal, or an answer before the whole body came, the peer may read the answer for this long. */
  readonly lingerMs: number;
  /** How often deadlines are looked at: every bound above is exact to within this. */
  readonly sweepMs: number;
}

type Configured = Pick<
  GatewayConfig,
  | 'connectionsMax'
  | 'connectionsPerNetworkMax'
  | 'headerBytesMax'
  | 'headersTimeoutMs'
  | 'requestTimeoutMs'
  | 'idleTimeoutMs'
  | 'handshakeTimeoutMs'
  | 'drainTimeoutMs'
>;

/** The configured bounds together with the built-in ones. */
export function transportLimits(config: Configured & RateLimits): TransportLimits {
  return {
    connectionsMax: config.connectionsMax,
    connectionsPerNetworkMax: config.connectionsPerNetworkMax,
    headerBytesMax: config.headerBytesMax,
    headersTimeoutMs: config.headersTimeoutMs,
    requestTimeoutMs: config.requestTimeoutMs,
    idleTimeoutMs: config.idleTimeoutMs,
    handshakeTimeoutMs: config.handshakeTimeoutMs,
    drainTimeoutMs: config.drainTimeoutMs,
    connectionRatePerS: config.connectionRatePerS ?? 100,
    connectionBurst: config.connectionBurst ?? 400,
    handshakeRatePerS: config.handshakeRatePerS ?? 30,
    handshakeBurst: config.handshakeBurst ?? 200,
    rateNetworksMax: 50_000,
    handshakesMax: 256,
    requestsMax: 10_000,
    headerCountMax: 100,
    targetBytesMax: 8192,
    pipelineMax: 8,
    requestsPerConnectionMax: 10_000,
    streamsPerConnectionMax: 100,
    sessionMegabytesMax: 8,
    resetBurst: 100,
    controlFrameBurst: 100,
    stallTimeoutMs: 30_000,
    slowBytesPerS: 500,
    slowWindowMs: 20_000,
    lingerMs: 1000,
    sweepMs: 250,
  };
}
