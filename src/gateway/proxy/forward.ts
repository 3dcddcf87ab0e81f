import type { Dispatcher } from 'undici';
import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/log.ts';
import { breakOff, writeHead } from '../answer.ts';
import type { CompiledSite } from '../compiled.ts';
import type { Denial, Exchange, Verdict } from '../exchange.ts';
import { headerOf, taken } from '../exchange.ts';
import type { AnswerPlan } from '../guard/answer-scope.ts';
import { ownPath } from '../layers/api.ts';
import type { Recorder } from '../recorder.ts';
import type { InboundRequest } from '../transport/transport.ts';
import type { AnswerGuard, AnswerWatch } from './answers.ts';
import type { BodyInspection, RequestBody } from './body.ts';
import { announcedLength, BodyRefused, BodyTooLarge, bodyTooLarge, takeBody } from './body.ts';
import { noticeSession } from './notice-session.ts';
import type { Observer } from './observer.ts';
import { createObserver } from './observer.ts';
import type { OpenStream, OpenStreams } from './open-streams.ts';
import { requestHeaders } from './request-headers.ts';
import type { UpstreamHeaders } from './response-headers.ts';
import { responseHeaders } from './response-headers.ts';
import type { SiteTraits } from './site-traits.ts';
import { toDenial } from './upstream-errors.ts';
import type { Upstream, Upstreams } from './upstreams.ts';

export interface ForwardDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly recorder: Recorder;
  readonly upstreams: Upstreams;
  readonly open: OpenStreams;
  readonly hstsMaxAgeS: number;
  readonly answers: AnswerGuard;
  /** How the body is looked at on its way; undefined when nobody wants to. */
  readonly inspect: (exchange: Exchange) => BodyInspection | undefined;
  /** Answers with a refusal of this layer, or of the one named, and finishes the exchange. */
  readonly refuse: (exchange: Exchange, denial: Denial, layer?: string) => void;
  /** Index of the layer in `spentMs`: `upstream` and `respond` come after the layers. */
  readonly layers: number;
}

const idempotent: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
/** An event stream may be silent for this long; the platforms send a comment or a ping every minute or so. */
const eventStreamIdleMs = 60 * 60 * 1000;
const bodyIdleMinMs = 60_000;

/** Half of what one upstream is asked at once: one client, with bodies or answers that never end, must not close a site to everybody. */
const perClientMax = 256;

const tooManyAtOnce: Denial = {
  kind: 'deny',
  code: 'gateway.overloaded',
  reason: 'this client has as many requests under way as it may',
  type: 'overload',
  headers: ['retry-after', '1'],
};

/** As records name the inspection of bodies, which happens on the way to the upstream and so is no layer of its own. */
const bodyLayer = 'firewall_body';
/** And that of answers. */
const answerLayer = 'answers';

/** Status recorded for a client that left before the answer; nothing is sent. */
const clientLeft = 499;

/**
 * Forwards a request and streams the answer back, at the pace of the slower side. The upstream is called with what the gate says of the
 * person and never with what the client said. Called once more only where nothing can have happened yet: not connected, or a bodiless
 * request of a safe method that got no answer.
 */
export function createForward(deps: ForwardDeps, traitsOf: (site: CompiledSite) => SiteTraits) {
  const held = { bytes: 0 };
  return (exchange: Exchange): Verdict => {
    const { site } = exchange;
    if (site === undefined || exchange.request === undefined || !('res' in exchange.inbound)) return taken;
    const length = announcedLength(exchange);
    if (typeof length === 'number' && length > site.policy.bodyBytesMax) return bodyTooLarge;
    if (deps.open.countLike(exchange) >= perClientMax) return tooManyAtOnce;
    const passage = newPassage(exchange, site, deps, traitsOf(site));
    // From here on, not from the last byte of the body on: who holds that byte back must not get past a change of policy.
    deps.open.add(passage.stream);
    // Without a body there is nothing to open an inspection for.
    if (length === 'none' || exchange.classification?.forwardAs !== undefined) {
      begin(passage, { kind: 'none' });
      return taken;
    }
    const rules = { bytesMax: site.policy.bodyBytesMax, inspection: deps.inspect(exchange), held };
    takeBody(exchange, rules, {
      ready: body => begin(passage, body),
      refused: denial => fail(passage, denial, bodyLayer),
      gone: () => finish(passage, clientLeft),
    });
    return taken;
  };
}

/** One request on its way through to an upstream and back. */
interface Passage {
  readonly exchange: Exchange;
  readonly res: Responder;
  readonly site: CompiledSite;
  readonly deps: ForwardDeps;
  readonly traits: SiteTraits;
  readonly stream: OpenStream;
  body: RequestBody;
  headers: string[];
  upstream: Upstream | undefined;
  controller: Dispatcher.DispatchController | undefined;
  isRetried: boolean;
  isHeadSent: boolean;
  isOver: boolean;
  dispatchedMs: number;
  headMs: number;
  /** Bytes of the answer still to come; negative when it did not say. */
  remaining: number;
  observer: Observer | undefined;
  plan: AnswerPlan | undefined;
  watch: AnswerWatch | undefined;
  /** The head of an answer that may still be withheld. */
  heldHead: string[] | undefined;
}

type Responder = InboundRequest['res'];

function newPassage(exchange: Exchange, site: CompiledSite, deps: ForwardDeps, traits: SiteTraits): Passage {
  const { res } = exchange.inbound as InboundRequest;
  const passage: Passage = {
    exchange,
    res,
    site,
    deps,
    traits,
    stream: { exchange, isEndless: false, close: reason => cut(passage, new Error(reason)) },
    body: { kind: 'none' },
    headers: [],
    upstream: undefined,
    controller: undefined,
    isRetried: false,
    isHeadSent: false,
    isOver: false,
    dispatchedMs: 0,
    headMs: 0,
    remaining: -1,
    observer: undefined,
    plan: undefined,
    watch: undefined,
    heldHead: undefined,
  };
  return passage;
}

function begin(passage: Passage, body: RequestBody): void {
  const { exchange, res, traits } = passage;
  if (passage.isOver) return;
  if (res.destroyed || exchange.isFinished) return finish(passage, clientLeft);
  passage.body = body;
  passage.plan = passage.deps.answers.plan(exchange);
  passage.headers = requestHeaders(exchange, {
    fates: traits.fates,
    memo: traits.memo,
    hiddenCookies: traits.hiddenCookies,
    isObserved: exchange.classification?.observeBytesMax !== undefined || isChanged(passage),
  });
  if (body.kind === 'stream' && body.length !== undefined) passage.headers.push('content-length', String(body.length));
  res.on('close', () => {
    if (!passage.isOver) cut(passage, new Error('the client left'));
  });
  dispatch(passage, undefined);
}

function dispatch(passage: Passage, not: Upstream | undefined): void {
  const { body, deps, exchange, site } = passage;
  const upstream = deps.upstreams.pick(upstreamOf(exchange, site), not) ?? not;
  const target = targetOf(exchange);
  if (upstream === undefined || upstream === 'full' || target === undefined) {
    return fail(passage, toDenial(upstream === 'full' ? 'full' : 'none'));
  }
  passage.upstream = upstream;
  upstream.active++;
  passage.dispatchedMs = deps.clock.monotonicMs();
  const isEventStream = headerOf(exchange, 'accept') === 'text/event-stream';
  const { upstreamTimeoutMs } = site.policy;
  upstream.pool.dispatch(
    {
      ...target,
      headers: passage.headers,
      body: body.kind === 'none' ? null : body.kind === 'whole' ? body.bytes : body.stream,
      headersTimeout: upstreamTimeoutMs,
      bodyTimeout: isEventStream ? eventStreamIdleMs : Math.max(upstreamTimeoutMs, bodyIdleMinMs),
    },
    handlerOf(passage, upstream),
  );
}

/** The site's own upstreams, or the service of the group of routes. */
export const upstreamOf = ({ api }: Exchange, site: CompiledSite): string =>
  api === undefined || api.settings.upstream === null ? site.policy.id : api.id;

/** Origin-form of the canonical path: what was judged is what is sent, or what the platform's table says to send instead. */
function targetOf(exchange: Exchange): { readonly method: string; readonly path: string } | undefined {
  const { classification, request } = exchange;
  if (classification?.forwardAs !== undefined) return classification.forwardAs;
  if (request === undefined) return undefined;
  const { method, query } = request;
  const path = ownPath(exchange);
  return { method, path: query === '' ? path : `${path}?${query}` };
}

function handlerOf(passage: Passage, upstream: Upstream): Dispatcher.DispatchHandler {
  let isConnected = false;
  return {
    onRequestStart(controller) {
      isConnected = true;
      passage.controller = controller;
      if (passage.isOver) controller.abort(new Error('the client left'));
    },
    onResponseStart(controller, status, headers) {
      // Informational answers stop here: RFC 9110 section 15.2 lets a proxy drop what its own side did not ask for.
      if (status < 200) return;
      passage.controller = controller;
      passage.deps.upstreams.answered(upstream);
      onHead(passage, status, headers);
    },
    onResponseData(controller, chunk) {
      onData(passage, controller, chunk);
    },
    onResponseEnd() {
      upstream.active--;
      onEnd(passage);
    },
    onResponseError(_controller, error) {
      upstream.active--;
      onError(passage, upstream, { error, isConnected });
    },
  };
}

function onHead(passage: Passage, status: number, upstreamHeaders: UpstreamHeaders): void {
  const { deps, exchange, traits } = passage;
  const now = deps.clock.monotonicMs();
  passage.headMs = now;
  exchange.spentMs[deps.layers] = now - passage.dispatchedMs;
  exchange.status = status;
  const watch = passage.plan && deps.answers.open(exchange, passage.plan, upstreamHeaders);
  if (watch !== undefined && 'kind' in watch) return withhold(passage, watch);
  passage.watch = watch;
  const { headers, kept } = responseHeaders(exchange, upstreamHeaders, {
    hiddenCookies: traits.hiddenCookies,
    hiddenHeaders: traits.hiddenHeaders,
    hstsMaxAgeS: deps.hstsMaxAgeS,
    dropped: watch?.dropped,
  });
  noticeSession(exchange, { status, kept }, deps);
  const encoding = upstreamHeaders['content-encoding'];
  passage.observer = createObserver(
    exchange,
    { status, encoding: Array.isArray(encoding) ? encoding.join() : encoding, at: deps.clock.now() },
    { log: deps.log, tell: deps.recorder.tell },
  );
  if (String(upstreamHeaders['content-type']).startsWith('text/event-stream')) passage.stream.isEndless = true;
  const length = upstreamHeaders['content-length'];
  passage.remaining = typeof length === 'string' && exchange.inbound.method !== 'HEAD' ? Number(length) : -1;
  if (watch?.isHolding === true) passage.heldHead = headers;
  else sendHead(passage, headers);
}

function sendHead(passage: Passage, headers: string[]): void {
  const { exchange, res } = passage;
  passage.heldHead = undefined;
  writeHead(exchange, exchange.status, headers);
  passage.isHeadSent = true;
  // Where the length is not known the body may come late (event streams), and the head must not wait for it. What has already come is
  // handed over before this runs.
  if (passage.remaining < 0) {
    queueMicrotask(() => {
      const isWaiting = !passage.isOver && exchange.bytesOut === 0 && !res.writableEnded;
      if (isWaiting && 'flushHeaders' in res) res.flushHeaders();
    });
  }
}

function onData(passage: Passage, controller: Dispatcher.DispatchController, chunk: Buffer): void {
  if (passage.isOver) return;
  passage.observer?.take(chunk);
  const ready = passage.watch === undefined ? chunk : passage.watch.feed(chunk);
  if ('kind' in ready) return withhold(passage, ready);
  if (ready.length > 0 && !put(passage, ready)) {
    controller.pause();
    passage.res.once('drain', () => controller.resume());
  }
}

/** False while the client is slower than the upstream. */
function put(passage: Passage, bytes: Buffer): boolean {
  const { exchange, res } = passage;
  if (passage.heldHead !== undefined) sendHead(passage, passage.heldHead);
  exchange.bytesOut += bytes.length;
  if (passage.remaining >= 0) {
    passage.remaining -= bytes.length;
    // The last bytes and the end in one piece.
    if (passage.remaining === 0) {
      res.end(bytes);
      return true;
    }
  }
  return (res as NodeJS.WritableStream).write(bytes);
}

/** Ends an answer that may not go on: with a refusal where nothing of it has gone, otherwise broken off. */
function withhold(passage: Passage, denial: Denial): void {
  if (passage.isOver) return;
  const { controller, deps, exchange, isHeadSent } = passage;
  if (isHeadSent) {
    deps.log.warn('gateway.answer_withheld', { requestId: exchange.requestId, reason: denial.reason });
    finish(passage, exchange.status);
    breakOff(exchange);
  } else fail(passage, denial, answerLayer);
  controller?.abort(new Error('the answer was withheld'));
}

function onEnd(passage: Passage): void {
  const { deps, exchange, res } = passage;
  exchange.spentMs[deps.layers + 1] = deps.clock.monotonicMs() - passage.headMs;
  passage.observer?.end();
  const rest = passage.isOver ? undefined : passage.watch?.end();
  if (rest !== undefined && 'kind' in rest) return withhold(passage, rest);
  if (rest !== undefined && rest.length > 0) put(passage, rest);
  if (passage.heldHead !== undefined) sendHead(passage, passage.heldHead);
  finish(passage, exchange.status);
  if (!res.writableEnded) res.end();
}

function onError(
  passage: Passage,
  upstream: Upstream,
  failure: { readonly error: Error; readonly isConnected: boolean },
): void {
  const { deps, exchange } = passage;
  if (passage.isOver) return;
  const { error, isConnected } = failure;
  const isOurs = error instanceof BodyTooLarge || error instanceof BodyRefused || passage.res.destroyed;
  if (!isConnected && !isOurs) deps.upstreams.failed(upstream);
  if (passage.isHeadSent) {
    // The head promised a body that will not come: only a broken connection says so to the client.
    deps.log.warn('gateway.answer_broken', { requestId: exchange.requestId, url: upstream.url, error });
    passage.watch?.close();
    finish(passage, exchange.status);
    breakOff(exchange);
    return;
  }
  if (!isOurs && passage.heldHead === undefined && mayRetry(passage, isConnected)) {
    passage.isRetried = true;
    return dispatch(passage, upstream);
  }
  if (error instanceof BodyRefused) return fail(passage, error.denial, bodyLayer);
  fail(passage, error instanceof BodyTooLarge ? bodyTooLarge : toDenial(error));
}

function mayRetry(passage: Passage, isConnected: boolean): boolean {
  if (passage.isRetried || passage.body.kind === 'stream') return false;
  if (!isConnected)
    return passage.deps.upstreams.pick(upstreamOf(passage.exchange, passage.site), passage.upstream) !== undefined;
  // Kept-alive connections are closed by upstreams at any time; a safe request without a body may be sent again.
  return passage.body.kind === 'none' && idempotent.has(targetOf(passage.exchange)?.method ?? '');
}

/** True where the answer may be changed: it must be readable, and whole. */
const isChanged = ({ plan }: Passage): boolean => plan !== undefined && plan.mode !== 'shadow';

function fail(passage: Passage, denial: Denial, layer?: string): void {
  if (passage.isOver) return;
  passage.isOver = true;
  passage.watch?.close();
  passage.deps.open.delete(passage.stream);
  passage.deps.refuse(passage.exchange, denial, layer);
}

/** Ends both sides at once: the client left, or may no longer have what it is getting. */
function cut(passage: Passage, reason: Error): void {
  if (passage.isOver) return;
  passage.watch?.close();
  finish(passage, passage.isHeadSent ? passage.exchange.status : clientLeft);
  passage.controller?.abort(reason);
  if (passage.body.kind === 'stream') passage.body.stream.destroy();
  breakOff(passage.exchange);
}

function finish(passage: Passage, status: number): void {
  if (passage.isOver) return;
  passage.isOver = true;
  passage.exchange.status = status;
  passage.deps.open.delete(passage.stream);
  passage.deps.recorder.finish(passage.exchange);
}
