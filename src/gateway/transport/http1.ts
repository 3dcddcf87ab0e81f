import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Connection, Driver, TransportContext } from './connections.ts';
import { judgeHead } from './head.ts';
import type { RefusalReason } from './refusals.ts';
import { refusalBody, refusalBytes, refusalKinds } from './refusals.ts';
import { createRateWatch, createStallWatch } from './stall.ts';
import type { InboundHead, InboundRequest } from './transport.ts';

interface Http1Request extends InboundRequest {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

type Item =
  | { readonly kind: 'request'; readonly inbound: Http1Request; readonly expectsContinue: boolean }
  | { readonly kind: 'refusal'; readonly reason: RefusalReason };

/** One HTTP/1.1 connection: at most one request is with the handler, the next wait in order. */
interface State {
  readonly connection: Connection;
  readonly queue: Item[];
  current: Http1Request | undefined;
  /** The newest request; its body may still be coming in. */
  newest: IncomingMessage | undefined;
  newestMs: number;
  /** Start of waiting for a head, and what had been read then. */
  idleMs: number;
  idleBytes: number;
  headMs: number | undefined;
  served: number;
  isUpgraded: boolean;
  isDraining: boolean;
  /** Asked for by the handler of the current request: nothing more is read until so long after its answer. */
  restMs: number;
  isResting: boolean;
  /** Set by a refusal: nothing that comes after it is ever looked at. */
  isClosed: boolean;
  lingerMs: number | undefined;
}

/** Reads HTTP/1.1 on accepted connections. Never listens itself. */
export function createHttp1(ctx: TransportContext): { accept(connection: Connection): Driver } {
  const states = new WeakMap<Duplex, State>();
  const stateOf = (socket: Duplex): State | undefined => {
    const state = states.get(socket);
    return state === undefined || state.isClosed ? undefined : state;
  };
  const server = createServer({
    maxHeaderSize: ctx.limits.headerBytesMax,
    insecureHTTPParser: false,
    joinDuplicateHeaders: false,
    // Judged with the rest of the head, so that the refusal is told.
    requireHostHeader: false,
    keepAliveTimeout: ctx.limits.idleTimeoutMs,
  });
  // Node drops silently what is over its count; the bytes bound the number, and the head's judge refuses.
  server.maxHeadersCount = 0;
  server.timeout = 0;
  server.on('request', (req, res) => take(ctx, stateOf(req.socket), { req, res }));
  server.on('checkContinue', (req, res) => take(ctx, stateOf(req.socket), { req, res }));
  server.on('checkExpectation', (req, res) => take(ctx, stateOf(req.socket), { req, res }));
  server.on('upgrade', (req, socket, head) => takeOver(ctx, stateOf(socket), { req, socket, head }));
  server.on('connect', (_req, socket) => {
    const state = stateOf(socket);
    if (state !== undefined) refuse(ctx, state, 'method_refused');
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => parserFailed(ctx, states.get(socket), error));
  return {
    accept(connection) {
      const state = newState(ctx, connection);
      states.set(connection.socket, state);
      server.emit('connection', connection.socket);
      return driverOf(ctx, state);
    },
  };
}

function newState(ctx: TransportContext, connection: Connection): State {
  return {
    connection,
    queue: [],
    current: undefined,
    newest: undefined,
    newestMs: 0,
    idleMs: ctx.clock.monotonicMs(),
    idleBytes: connection.socket.bytesRead,
    headMs: undefined,
    served: 0,
    isUpgraded: false,
    isDraining: false,
    restMs: 0,
    isResting: false,
    isClosed: false,
    lingerMs: undefined,
  };
}

function take(
  ctx: TransportContext,
  state: State | undefined,
  message: { req: IncomingMessage; res: ServerResponse },
): void {
  if (state === undefined) return;
  const { req, res } = message;
  const verdict = judge(ctx, state, req);
  state.headMs = undefined;
  if (!verdict.ok) return enqueue(ctx, state, { kind: 'refusal', reason: verdict.reason });
  // A handshake for WebSocket always comes as an upgrade; here it lacks what makes the parser see one.
  if (verdict.isUpgrade) return enqueue(ctx, state, { kind: 'refusal', reason: 'bad_upgrade' });
  state.newest = req;
  state.newestMs = ctx.clock.monotonicMs();
  const isLast = ++state.served >= ctx.limits.requestsPerConnectionMax;
  if (req.httpVersion === '1.0' || state.isDraining || isLast) res.shouldKeepAlive = false;
  const inbound = { ...headOf(state, req, verdict.authority), req, res };
  enqueue(ctx, state, { kind: 'request', inbound, expectsContinue: verdict.expectsContinue });
}

function judge(ctx: TransportContext, state: State, req: IncomingMessage) {
  return judgeHead(
    {
      method: req.method ?? '',
      target: req.url ?? '',
      httpVersion: req.httpVersion,
      rawHeaders: req.rawHeaders,
      scheme: state.connection.tls === null ? 'http' : 'https',
    },
    ctx.limits,
  );
}

function headOf(state: State, req: IncomingMessage, authority: string): InboundHead {
  const { peerIp, localPort, tls } = state.connection;
  return {
    method: req.method ?? '',
    target: req.url ?? '',
    authority,
    scheme: tls === null ? 'http' : 'https',
    httpVersion: req.httpVersion === '1.0' ? '1.0' : '1.1',
    peerIp,
    localPort,
    tls,
    keep() {
      state.connection.keep();
    },
    rest(ms) {
      state.restMs = ms;
    },
  };
}

function enqueue(ctx: TransportContext, state: State, item: Item): void {
  if (item.kind === 'refusal') state.isClosed = true;
  if (state.current === undefined && !state.isResting) run(ctx, state, item);
  else if (state.queue.length < ctx.limits.pipelineMax) state.queue.push(item);
  else cut(ctx, state, 'pipeline_depth');
}

function run(ctx: TransportContext, state: State, item: Item): void {
  if (item.kind === 'refusal') return refuse(ctx, state, item.reason);
  const { inbound } = item;
  const { res } = inbound;
  state.current = inbound;
  res.once('close', () => finished(ctx, state));
  if (ctx.load.activeRequests++ >= ctx.limits.requestsMax) {
    ctx.refusals.tell('requests_max', state.connection);
    return overloaded(inbound);
  }
  if (item.expectsContinue) res.writeContinue();
  try {
    ctx.handlers.onRequest(inbound);
  } catch (error) {
    ctx.log.error('transport.handler_failed', { error });
    if (!res.headersSent) res.writeHead(500).end();
    else state.connection.raw.destroy();
  }
}

/** Too busy, not hostile: the connection lives on. */
function overloaded({ res }: Http1Request): void {
  const body = refusalBody('requests_max');
  res.writeHead(503, { 'content-type': 'application/problem+json', 'retry-after': '1', 'cache-control': 'no-store' });
  res.end(body);
}

function finished(ctx: TransportContext, state: State): void {
  const last = state.current;
  state.current = undefined;
  ctx.load.activeRequests--;
  if (state.connection.raw.destroyed) return;
  const nowMs = ctx.clock.monotonicMs();
  state.idleMs = nowMs;
  state.idleBytes = state.connection.socket.bytesRead;
  // Answered before the whole body came: the rest may drain for a moment, then the connection goes.
  if (last !== undefined && !last.req.complete) state.lingerMs = nowMs;
  if (state.restMs > 0 && mayRest(ctx, state)) rest(ctx, state);
  else goOn(ctx, state);
}

function goOn(ctx: TransportContext, state: State): void {
  state.isResting = false;
  const next = state.queue.shift();
  if (next !== undefined) run(ctx, state, next);
  else if (state.isDraining) state.connection.socket.destroySoon();
}

const mayRest = (ctx: TransportContext, { connection, isClosed, isDraining }: State): boolean =>
  !connection.isKept && !isClosed && !isDraining && !ctx.isTrustedProxy(connection.peerIp);

function rest(ctx: TransportContext, state: State): void {
  const { raw, socket } = state.connection;
  const ms = state.restMs;
  state.restMs = 0;
  state.isResting = true;
  // A body that is still coming in is read to its end; a request behind it then waits in the queue.
  if (state.lingerMs === undefined) socket.pause();
  setTimeout(() => {
    if (raw.destroyed) return;
    socket.resume();
    goOn(ctx, state);
  }, ms).unref();
}

/** A WebSocket handshake leaves the parser; a refused one is answered on the bare socket. */
function takeOver(
  ctx: TransportContext,
  state: State | undefined,
  upgrade: { req: IncomingMessage; socket: Duplex; head: Buffer },
): void {
  if (state === undefined) return;
  const { req, socket, head } = upgrade;
  const verdict = judge(ctx, state, req);
  // An earlier answer would be written into the new protocol.
  if (state.current !== undefined) return cut(ctx, state, 'bad_upgrade');
  if (!verdict.ok) return refuse(ctx, state, verdict.reason);
  if (!verdict.isUpgrade) return refuse(ctx, state, 'bad_upgrade');
  state.isUpgraded = true;
  try {
    ctx.handlers.onUpgrade({ ...headOf(state, req, verdict.authority), req }, socket, head);
  } catch (error) {
    ctx.log.error('transport.handler_failed', { error });
    state.connection.raw.destroy();
  }
}

function parserFailed(ctx: TransportContext, state: State | undefined, error: NodeJS.ErrnoException): void {
  if (state === undefined || state.isClosed) return;
  const reason = reasonOf(error.code ?? '');
  if (reason === undefined) {
    state.connection.raw.destroy();
  } else if (state.current?.req.complete === true) {
    // The fault is in a later request of the pipeline: the answer under way goes out first.
    enqueue(ctx, state, { kind: 'refusal', reason });
  } else {
    refuse(ctx, state, reason);
  }
}

function reasonOf(code: string): RefusalReason | undefined {
  if (code === 'HPE_HEADER_OVERFLOW') return 'headers_too_large';
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return 'chunk_extensions_too_large';
  if (code === 'HPE_PAUSED_H2_UPGRADE') return 'http2_preface';
  if (code === 'HPE_INVALID_TRANSFER_ENCODING') return 'bad_transfer_encoding';
  if (code === 'HPE_INVALID_CONTENT_LENGTH' || code === 'HPE_UNEXPECTED_CONTENT_LENGTH') return 'bad_content_length';
  // The peer went away in the middle of a message: nothing was asked, nobody is there to be told.
  if (code === 'HPE_INVALID_EOF_STATE') return undefined;
  return code.startsWith('HPE_') ? 'malformed' : undefined;
}

/** Answers, sends the end, and lets the peer read that for `lingerMs`; whatever else it sends is thrown away. */
function refuse(ctx: TransportContext, state: State, reason: RefusalReason): void {
  if (state.current?.res.headersSent === true || refusalKinds[reason].status === 0) return cut(ctx, state, reason);
  close(ctx, state, reason);
  const { socket } = state.connection;
  if (socket.writable) socket.end(refusalBytes(reason));
  socket.resume();
  state.lingerMs = ctx.clock.monotonicMs();
}

function cut(ctx: TransportContext, state: State, reason: RefusalReason): void {
  close(ctx, state, reason);
  state.connection.raw.destroy();
}

function close(ctx: TransportContext, state: State, reason: RefusalReason): void {
  state.isClosed = true;
  state.queue.length = 0;
  ctx.refusals.tell(reason, state.connection);
}

function driverOf(ctx: TransportContext, state: State): Driver {
  const { limits } = ctx;
  const { socket, raw } = state.connection;
  const body = createStallWatch(limits.stallTimeoutMs);
  const answer = createStallWatch(limits.stallTimeoutMs);
  const bodyRate = createRateWatch({ bytesPerS: limits.slowBytesPerS, windowMs: limits.slowWindowMs });
  // A write is done as a whole: for a shorter time than a stall may take, nothing can be said of its rate.
  const answerWindowMs = Math.max(limits.slowWindowMs, limits.stallTimeoutMs);
  const answerRate = createRateWatch({ bytesPerS: limits.slowBytesPerS, windowMs: answerWindowMs });
  const sweepBody = (nowMs: number, req: IncomingMessage) => {
    if (nowMs - state.newestMs >= limits.requestTimeoutMs) return refuse(ctx, state, 'request_timeout');
    // Nothing left to read and the body not complete: it is the peer that is slow, not the handler.
    const isWaiting = req.readableLength === 0;
    const isSlow = bodyRate.isSlow(nowMs, socket.bytesRead, isWaiting);
    if (body.isStalled(nowMs, socket.bytesRead, isWaiting)) refuse(ctx, state, 'body_stalled');
    else if (isSlow) refuse(ctx, state, 'body_slow');
  };
  const sweepIdle = (nowMs: number) => {
    if (state.headMs === undefined && socket.bytesRead !== state.idleBytes)
      state.headMs = state.served > 0 ? nowMs : state.idleMs;
    if (state.headMs !== undefined && nowMs - state.headMs >= limits.headersTimeoutMs) {
      refuse(ctx, state, 'headers_timeout');
    } else if (nowMs - state.idleMs >= (state.served > 0 ? limits.idleTimeoutMs : limits.headersTimeoutMs)) {
      // Nothing asked for: closed without a word, and nothing to tell.
      if (state.headMs !== undefined) return;
      state.connection.ending = 'idle';
      raw.destroy();
    }
  };
  return {
    sweep(nowMs) {
      if (state.lingerMs !== undefined) {
        if (!state.isClosed && state.newest?.complete === true) state.lingerMs = undefined;
        else if (nowMs - state.lingerMs >= limits.lingerMs) {
          raw.destroy();
          return;
        }
      }
      // What waits may be as much as before although much was taken: what was taken is the mark.
      const taken = socket.bytesWritten - socket.writableLength;
      if (answer.isStalled(nowMs, taken, socket.writableLength > 0)) return cut(ctx, state, 'response_stalled');
      if (answerRate.isSlow(nowMs, taken, socket.writableLength > 0)) return cut(ctx, state, 'response_slow');
      if (state.isClosed || state.isUpgraded) return;
      if (state.current === undefined) sweepIdle(nowMs);
      else if (state.newest?.complete === false) sweepBody(nowMs, state.newest);
      else bodyRate.isSlow(nowMs, 0, false);
    },
    drain() {
      state.isDraining = true;
      if (state.isUpgraded || state.isClosed) return;
      if (state.current === undefined) raw.destroy();
      else if (!state.current.res.headersSent) state.current.res.shouldKeepAlive = false;
    },
    get active() {
      return state.current === undefined ? 0 : 1 + state.queue.length;
    },
    get isUpgraded() {
      return state.isUpgraded;
    },
    get served() {
      return state.served + (state.isUpgraded ? 1 : 0);
    },
  };
}
