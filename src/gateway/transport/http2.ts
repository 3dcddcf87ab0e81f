import type {
  Http2ServerRequest,
  Http2ServerResponse,
  ServerHttp2Session,
  ServerHttp2Stream,
  ServerOptions,
} from 'node:http2';
import { constants, createServer } from 'node:http2';
import type { Connection, Driver, TransportContext } from './connections.ts';
import { judgeHead } from './head.ts';
import type { TransportLimits } from './limits.ts';
import type { RefusalReason } from './refusals.ts';
import { refusalBody, refusalKinds } from './refusals.ts';
import type { RateWatch, StallWatch } from './stall.ts';
import { createBurst, createRateWatch, createStallWatch, createWindowCount } from './stall.ts';
import type { InboundRequest } from './transport.ts';

interface Exchange {
  readonly req: Http2ServerRequest;
  readonly stream: ServerHttp2Stream;
  readonly startedMs: number;
  readonly answer: StallWatch;
  readonly body: StallWatch;
  readonly bodyRate: RateWatch;
  readonly received: { count(window: number): number };
  /** How often all that waited was taken. */
  drains: number;
}

interface State {
  readonly connection: Connection;
  readonly session: ServerHttp2Session;
  readonly exchanges: Set<Exchange>;
  readonly resets: { take(nowMs: number): boolean };
  readonly controls: { take(nowMs: number): boolean };
  served: number;
  idleMs: number;
  isDraining: boolean;
  isClosed: boolean;
  lingerMs: number | undefined;
}

type Message = { readonly req: Http2ServerRequest; readonly res: Http2ServerResponse };

/** Reads HTTP/2 on connections that chose it by ALPN. No push, no extended CONNECT, no cleartext upgrade. */
export function createHttp2(ctx: TransportContext): { accept(connection: Connection): Driver } {
  const states = new WeakMap<object, State>();
  // The server tells of a session while it is being made: that is how a session finds its connection.
  let accepting: { readonly connection: Connection; state?: State } | undefined;
  const server = createServer(serverOptions(ctx.limits));
  server.on('session', session => {
    if (accepting === undefined) return session.destroy();
    accepting.state = newState(ctx, accepting.connection, session);
    states.set(session, accepting.state);
  });
  server.on('sessionError', () => {});
  const onHead = (req: Http2ServerRequest, res: Http2ServerResponse) => {
    const { session } = req.stream;
    const state = session === undefined ? undefined : states.get(session);
    if (state === undefined || state.isClosed) return req.stream.close(constants.NGHTTP2_REFUSED_STREAM);
    take(ctx, state, { req, res });
  };
  server.on('request', onHead);
  server.on('checkContinue', onHead);
  server.on('checkExpectation', onHead);
  server.on('connect', onHead);
  return {
    accept(connection) {
      const slot: { readonly connection: Connection; state?: State } = { connection };
      accepting = slot;
      server.emit('connection', connection.socket);
      accepting = undefined;
      if (slot.state === undefined) throw new Error('Cannot start an HTTP/2 session: the server made none');
      return driverOf(ctx, slot.state);
    },
  };
}

function serverOptions(limits: TransportLimits): ServerOptions {
  return {
    maxSessionMemory: limits.sessionMegabytesMax,
    // Four pseudo-header fields and one more, so that a head one field too large is told rather than reset.
    maxHeaderListPairs: limits.headerCountMax + 5,
    maxOutstandingPings: 4,
    maxSettings: 32,
    maxSessionInvalidFrames: 20,
    maxSessionRejectedStreams: limits.resetBurst,
    streamResetBurst: limits.resetBurst * 2,
    streamResetRate: Math.ceil(limits.resetBurst / 5),
    strictSingleValueFields: true,
    strictFieldWhitespaceValidation: true,
    settings: {
      enablePush: false,
      enableConnectProtocol: false,
      maxConcurrentStreams: limits.streamsPerConnectionMax,
      maxHeaderListSize: limits.headerBytesMax,
    },
  };
}

function newState(ctx: TransportContext, connection: Connection, session: ServerHttp2Session): State {
  const state: State = {
    connection,
    session,
    exchanges: new Set(),
    resets: createBurst(ctx.limits.resetBurst),
    controls: createBurst(ctx.limits.controlFrameBurst),
    served: 0,
    idleMs: ctx.clock.monotonicMs(),
    isDraining: false,
    isClosed: false,
    lingerMs: undefined,
  };
  const countControl = () => {
    if (!state.controls.take(ctx.clock.monotonicMs())) cut(ctx, state, 'control_frame_flood');
  };
  session.on('ping', countControl);
  session.on('remoteSettings', countControl);
  session.on('error', error => {
    ctx.log.debug('transport.session_error', { peerIp: connection.peerIp, error });
    if (!state.isClosed && isProtocolFault(error)) close(ctx, state, 'session_error');
  });
  return state;
}

/** Errors of nghttp2 are the peer's doing; those of the socket are the network's. */
function isProtocolFault(error: NodeJS.ErrnoException): boolean {
  return error.code === 'ERR_HTTP2_ERROR' || error.code === 'ERR_HTTP2_TOO_MANY_INVALID_FRAMES';
}

function take(ctx: TransportContext, state: State, message: Message): void {
  const { req, res } = message;
  const { connection } = state;
  const scheme = connection.tls === null ? 'http' : 'https';
  const target = req.url;
  const exchange = track(ctx, state, req);
  const verdict = judgeHead(
    {
      method: req.method,
      target,
      httpVersion: '2',
      rawHeaders: req.rawHeaders,
      scheme,
      pseudo: { authority: textOf(req.headers[':authority']), scheme: textOf(req.headers[':scheme']) },
    },
    ctx.limits,
  );
  if (!verdict.ok) return refuse(ctx, state, exchange, verdict.reason);
  if (++state.served >= ctx.limits.requestsPerConnectionMax) state.session.close();
  if (ctx.load.activeRequests > ctx.limits.requestsMax) {
    ctx.refusals.tell('requests_max', connection);
    return respond(exchange.stream, 'requests_max');
  }
  if (verdict.expectsContinue) res.writeContinue();
  const { peerIp, localPort, tls } = connection;
  const { method } = req;
  const inbound: InboundRequest = {
    req,
    res,
    method,
    target,
    authority: verdict.authority,
    scheme,
    httpVersion: '2',
    peerIp,
    localPort,
    tls,
    keep() {
      connection.keep();
    },
  };
  try {
    ctx.handlers.onRequest(inbound);
  } catch (error) {
    ctx.log.error('transport.handler_failed', { error });
    if (!res.headersSent) {
      res.writeHead(500);
      res.end();
    } else exchange.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }
}

function textOf(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function track(ctx: TransportContext, state: State, req: Http2ServerRequest): Exchange {
  const { stream } = req;
  const startedMs = ctx.clock.monotonicMs();
  const { slowBytesPerS, slowWindowMs, stallTimeoutMs } = ctx.limits;
  const exchange: Exchange = {
    req,
    stream,
    startedMs,
    answer: createStallWatch(stallTimeoutMs),
    body: createStallWatch(stallTimeoutMs),
    bodyRate: createRateWatch({ bytesPerS: slowBytesPerS, windowMs: slowWindowMs }),
    received: createWindowCount(),
    drains: 0,
  };
  stream.on('drain', () => {
    exchange.drains++;
  });
  state.exchanges.add(exchange);
  ctx.load.activeRequests++;
  // Node ends a body that was cut short like a whole one; an error is what tells a reader the difference.
  req.on('error', () => {});
  req.once('aborted', () => req.destroy(new Error('The request body was cut short')));
  stream.once('close', () => {
    state.exchanges.delete(exchange);
    ctx.load.activeRequests--;
    const nowMs = ctx.clock.monotonicMs();
    state.idleMs = nowMs;
    // Whoever of the two reset it: a peer can make us reset as well (CVE-2023-44487, CVE-2025-8671).
    if (stream.rstCode !== constants.NGHTTP2_NO_ERROR && !state.resets.take(nowMs)) cut(ctx, state, 'rapid_reset');
    else if (state.isDraining && state.exchanges.size === 0) state.session.close();
  });
  return exchange;
}

function respond(stream: ServerHttp2Stream, reason: RefusalReason): void {
  if (stream.destroyed || stream.headersSent) return stream.close(constants.NGHTTP2_CANCEL);
  stream.respond({
    ':status': refusalKinds[reason].status,
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
  });
  stream.end(refusalBody(reason));
}

/** Whether all of the request has come; the handler may not have read it yet, or never will (`complete` waits for that). */
function isWhole({ req, stream }: Exchange): boolean {
  return req.complete || stream.endAfterHeaders || stream.destroyed || stream.state.remoteClose === 1;
}

/** Answers this stream, lets those before it finish within `lingerMs`, and takes no further one. */
function refuse(ctx: TransportContext, state: State, exchange: Exchange, reason: RefusalReason): void {
  close(ctx, state, reason);
  respond(exchange.stream, reason);
  state.session.close();
  state.lingerMs = ctx.clock.monotonicMs();
}

function cut(ctx: TransportContext, state: State, reason: RefusalReason): void {
  if (state.isClosed) return;
  close(ctx, state, reason);
  // With an error given, the code reaches the peer in GOAWAY; without one it would be replaced by NO_ERROR.
  state.session.destroy(new Error(`Cut for ${reason}`), constants.NGHTTP2_ENHANCE_YOUR_CALM);
}

function close(ctx: TransportContext, state: State, reason: RefusalReason): void {
  if (state.isClosed) return;
  state.isClosed = true;
  ctx.refusals.tell(reason, state.connection);
}

function driverOf(ctx: TransportContext, state: State): Driver {
  const { limits } = ctx;
  const { raw } = state.connection;
  const answerWindowMs = Math.max(limits.slowWindowMs, limits.stallTimeoutMs);
  const answerRate = createRateWatch({ bytesPerS: limits.slowBytesPerS, windowMs: answerWindowMs });
  const sweepExchange = (nowMs: number, exchange: Exchange) => {
    const { stream, answer } = exchange;
    // What waits may be as much as before although all of it was taken in between.
    const mark = exchange.drains * 2 ** 32 + stream.writableLength;
    if (answer.isStalled(nowMs, mark, stream.writableLength > 0)) {
      ctx.refusals.tell('response_stalled', state.connection);
      stream.close(constants.NGHTTP2_CANCEL);
      return;
    }
    if (isWhole(exchange)) return;
    if (nowMs - exchange.startedMs >= limits.requestTimeoutMs) late(stream, 'request_timeout');
    else sweepBody(nowMs, exchange);
  };
  const sweepBody = (nowMs: number, { body, bodyRate, received, req, stream }: Exchange) => {
    const total = received.count(stream.state.localWindowSize ?? 0);
    const isWaiting = req.readableLength === 0 && stream.readableLength === 0;
    const isSlow = bodyRate.isSlow(nowMs, total, isWaiting);
    if (body.isStalled(nowMs, total, isWaiting)) late(stream, 'body_stalled');
    else if (isSlow) late(stream, 'body_slow');
  };
  const late = (stream: ServerHttp2Stream, reason: RefusalReason) => {
    ctx.refusals.tell(reason, state.connection);
    respond(stream, reason);
  };
  return {
    sweep(nowMs) {
      let isWaiting = false;
      for (const exchange of state.exchanges) {
        sweepExchange(nowMs, exchange);
        isWaiting ||= exchange.stream.writableLength > 0;
      }
      // All streams together: a peer that opens its windows by a byte at a time gets nothing else to hold.
      if (answerRate.isSlow(nowMs, raw.bytesWritten - raw.writableLength, isWaiting))
        return cut(ctx, state, 'response_slow');
      if (state.lingerMs !== undefined && nowMs - state.lingerMs >= limits.lingerMs) {
        raw.destroy();
        return;
      }
      const idleLimitMs = state.served === 0 ? limits.headersTimeoutMs : limits.idleTimeoutMs;
      if (state.exchanges.size > 0 || nowMs - state.idleMs < idleLimitMs) return;
      if (state.lingerMs === undefined) {
        state.connection.ending = 'idle';
        state.session.close();
        state.lingerMs = nowMs;
      }
    },
    drain() {
      state.isDraining = true;
      state.session.close();
    },
    get active() {
      return state.exchanges.size;
    },
    isUpgraded: false,
    get served() {
      return state.served;
    },
  };
}
