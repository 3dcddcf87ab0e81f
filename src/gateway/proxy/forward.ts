import type { Dispatcher } from 'undici';
import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/log.ts';
import { breakOff, writeHead } from '../answer.ts';
import type { CompiledSite } from '../compiled.ts';
import type { Denial, Exchange, Verdict } from '../exchange.ts';
import { headerOf, taken } from '../exchange.ts';
import type { Recorder } from '../recorder.ts';
import type { InboundRequest } from '../transport/transport.ts';
import type { BodyInspection, RequestBody } from './body.ts';
import { announcedLength, BodyRefused, BodyTooLarge, bodyTooLarge, takeBody } from './body.ts';
import { renewedSession } from './cookies.ts';
import type { Observer } from './observer.ts';
import { createObserver } from './observer.ts';
import type { OpenStream, OpenStreams } from './open-streams.ts';
import type { HeaderFates, HeaderMemo } from './request-headers.ts';
import { headerFates, requestHeaders } from './request-headers.ts';
import type { UpstreamHeaders } from './response-headers.ts';
import { responseHeaders } from './response-headers.ts';
import { toDenial } from './upstream-errors.ts';
import type { Upstream, Upstreams } from './upstreams.ts';

export interface ForwardDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly recorder: Recorder;
  readonly upstreams: Upstreams;
  readonly open: OpenStreams;
  readonly hstsMaxAgeS: number;
  /** How the body is looked at on its way; undefined when nobody wants to. */
  readonly inspect: (exchange: Exchange) => BodyInspection | undefined;
  /** Answers with a refusal of this layer, or of the one named, and finishes the exchange. */
  readonly refuse: (exchange: Exchange, denial: Denial, layer?: string) => void;
  /** Index of the layer in `spentMs`: `upstream` and `respond` come after the layers. */
  readonly layers: number;
}

/** What forwarding needs to know of a site, worked out once. */
export interface SiteTraits {
  readonly fates: HeaderFates;
  readonly memo: HeaderMemo;
  readonly hiddenCookies: ReadonlySet<string>;
  readonly hiddenHeaders: ReadonlySet<string>;
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

/** Status recorded for a client that left before the answer; nothing is sent. */
const clientLeft = 499;

/** Remembers the traits of every site for as long as its policy object lives. */
export function createSiteTraits(): (site: CompiledSite) => SiteTraits {
  const known = new WeakMap<CompiledSite, SiteTraits>();
  return site => {
    let traits = known.get(site);
    if (traits === undefined) {
      const lower = (names: readonly string[]) => new Set(names.map(name => name.toLowerCase()));
      const { hiddenCookies, hiddenHeaders } = site.platform;
      const memo = { ofPerson: new WeakMap(), ofSession: new WeakMap() };
      traits = {
        fates: headerFates(site),
        memo,
        hiddenCookies: lower(hiddenCookies),
        hiddenHeaders: lower(hiddenHeaders),
      };
      known.set(site, traits);
    }
    return traits;
  };
}

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
    if (exchange.classification?.forwardAs !== undefined) {
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
  };
  return passage;
}

function begin(passage: Passage, body: RequestBody): void {
  const { exchange, res, traits } = passage;
  if (passage.isOver) return;
  if (res.destroyed || exchange.isFinished) return finish(passage, clientLeft);
  passage.body = body;
  passage.headers = requestHeaders(exchange, {
    fates: traits.fates,
    memo: traits.memo,
    hiddenCookies: traits.hiddenCookies,
    isObserved: exchange.classification?.observeBytesMax !== undefined,
  });
  if (body.kind === 'stream' && body.length !== undefined) passage.headers.push('content-length', String(body.length));
  res.on('close', () => {
    if (!passage.isOver) cut(passage, new Error('the client left'));
  });
  dispatch(passage, undefined);
}

function dispatch(passage: Passage, not: Upstream | undefined): void {
  const { body, deps, exchange, site } = passage;
  const upstream = deps.upstreams.pick(site.policy.id, not) ?? not;
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

/** Origin-form of the canonical path: what was judged is what is sent, or what the platform's table says to send instead. */
function targetOf(exchange: Exchange): { readonly method: string; readonly path: string } | undefined {
  const { classification, request } = exchange;
  if (classification?.forwardAs !== undefined) return classification.forwardAs;
  if (request === undefined) return undefined;
  const { method, path, query } = request;
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
  const { deps, exchange, res, traits } = passage;
  const now = deps.clock.monotonicMs();
  passage.headMs = now;
  exchange.spentMs[deps.layers] = now - passage.dispatchedMs;
  exchange.status = status;
  const { headers, kept } = responseHeaders(exchange, upstreamHeaders, {
    hiddenCookies: traits.hiddenCookies,
    hiddenHeaders: traits.hiddenHeaders,
    hstsMaxAgeS: deps.hstsMaxAgeS,
  });
  noticeSession(passage, status, kept);
  const encoding = upstreamHeaders['content-encoding'];
  passage.observer = createObserver(
    exchange,
    { status, encoding: Array.isArray(encoding) ? encoding.join() : encoding, at: deps.clock.now() },
    { log: deps.log, tell: deps.recorder.tell },
  );
  if (String(upstreamHeaders['content-type']).startsWith('text/event-stream')) passage.stream.isEndless = true;
  const length = upstreamHeaders['content-length'];
  passage.remaining = typeof length === 'string' && exchange.inbound.method !== 'HEAD' ? Number(length) : -1;
  writeHead(exchange, status, headers);
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
  const { exchange, res } = passage;
  exchange.bytesOut += chunk.length;
  passage.observer?.take(chunk);
  if (passage.remaining >= 0) {
    passage.remaining -= chunk.length;
    // The last bytes and the end in one piece.
    if (passage.remaining === 0) {
      res.end(chunk);
      return;
    }
  }
  if (!(res as NodeJS.WritableStream).write(chunk)) {
    controller.pause();
    res.once('drain', () => controller.resume());
  }
}

function onEnd(passage: Passage): void {
  const { deps, exchange, res } = passage;
  exchange.spentMs[deps.layers + 1] = deps.clock.monotonicMs() - passage.headMs;
  passage.observer?.end();
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
    finish(passage, exchange.status);
    breakOff(exchange);
    return;
  }
  if (!isOurs && mayRetry(passage, isConnected)) {
    passage.isRetried = true;
    return dispatch(passage, upstream);
  }
  if (error instanceof BodyRefused) return fail(passage, error.denial, bodyLayer);
  fail(passage, error instanceof BodyTooLarge ? bodyTooLarge : toDenial(error));
}

function mayRetry(passage: Passage, isConnected: boolean): boolean {
  if (passage.isRetried || passage.body.kind === 'stream') return false;
  if (!isConnected) return passage.deps.upstreams.pick(passage.site.policy.id, passage.upstream) !== undefined;
  // Kept-alive connections are closed by upstreams at any time; a safe request without a body may be sent again.
  return passage.body.kind === 'none' && idempotent.has(targetOf(passage.exchange)?.method ?? '');
}

function fail(passage: Passage, denial: Denial, layer?: string): void {
  if (passage.isOver) return;
  passage.isOver = true;
  passage.deps.open.delete(passage.stream);
  passage.deps.refuse(passage.exchange, denial, layer);
}

/** Ends both sides at once: the client left, or may no longer have what it is getting. */
function cut(passage: Passage, reason: Error): void {
  if (passage.isOver) return;
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

/** Tells the control plane when the platform ended or renewed the session the gate holds. */
function noticeSession(passage: Passage, status: number, kept: readonly string[]): void {
  const { deps, exchange, site } = passage;
  const { platformSession, signedIn } = exchange;
  if (platformSession === undefined || signedIn === undefined) return;
  const renewed =
    status === 401 ? null : kept.length > 0 ? renewedSession(platformSession, kept, deps.clock.now()) : undefined;
  if (renewed === undefined) return;
  const userId = signedIn.person.id;
  deps.recorder.tell({ kind: 'platform_session', site: site.policy.id, userId, session: renewed });
}
