import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { CompiledSite } from '../compiled.ts';
import type { Denial, Exchange, Verdict } from '../exchange.ts';
import { taken } from '../exchange.ts';
import { ownPath } from '../layers/api.ts';
import type { ForwardDeps } from './forward.ts';
import { upstreamOf } from './forward.ts';
import type { OpenStream } from './open-streams.ts';
import { requestHeaders } from './request-headers.ts';
import type { UpstreamHeaders } from './response-headers.ts';
import { responseHeaders } from './response-headers.ts';
import type { SiteTraits } from './site-traits.ts';
import { toDenial } from './upstream-errors.ts';
import type { Upstream } from './upstreams.ts';

const tunnelsMax = 5000;
const tunnelsPerPersonMax = 100;
const handshakeTimeoutMs = 15_000;
/** A tunnel in which no byte moves for this long is closed; the platforms ping every minute or so. */
export const tunnelIdleMs = 15 * 60 * 1000;

const tooMany: Denial = {
  kind: 'deny',
  code: 'gateway.overloaded',
  reason: 'as many WebSockets are open as may be',
  type: 'overload',
};

/**
 * Carries a WebSocket: everything was judged before the upstream hears of it (RFC 6455 section 4.2.2), then bytes pass both ways untouched
 * at the pace of the slower side. Recorded when it opens. Ended by either side, by silence, or when the policy no longer allows it.
 */
export function createTunnel(deps: ForwardDeps, traitsOf: (site: CompiledSite) => SiteTraits) {
  const byPerson = new Map<string, number>();
  let open = 0;

  function count(exchange: Exchange, by: 1 | -1): void {
    open += by;
    const key = exchange.signedIn?.person.id ?? exchange.clientIp;
    const held = (byPerson.get(key) ?? 0) + by;
    if (held === 0) byPerson.delete(key);
    else byPerson.set(key, held);
  }

  return (exchange: Exchange): Verdict => {
    const { request, site, socket } = exchange;
    if (site === undefined || socket === undefined || request === undefined) return taken;
    const held = byPerson.get(exchange.signedIn?.person.id ?? exchange.clientIp) ?? 0;
    if (open >= tunnelsMax || held >= tunnelsPerPersonMax) return tooMany;
    const upstream = deps.upstreams.pick(upstreamOf(exchange, site));
    if (upstream === undefined || upstream === 'full') return toDenial(upstream === 'full' ? 'full' : 'none');
    const { fates, hiddenCookies, memo } = traitsOf(site);
    const headers = requestHeaders(exchange, { fates, hiddenCookies, memo, isObserved: false });
    const tunnel = newTunnel(deps, exchange, { socket, upstream, release: () => count(exchange, -1) });
    count(exchange, 1);
    upstream.active++;
    socket.on('error', () => tunnel.stream.close('the client broke off'));
    socket.on('close', () => tunnel.stream.close('the client left'));
    deps.open.add(tunnel.stream);
    upstream.pool.dispatch(
      {
        path: request.query === '' ? ownPath(exchange) : `${ownPath(exchange)}?${request.query}`,
        method: 'GET',
        headers,
        upgrade: 'websocket',
        headersTimeout: handshakeTimeoutMs,
      },
      handlerOf(tunnel, traitsOf(site)),
    );
    return taken;
  };
}

interface Tunnel {
  readonly deps: ForwardDeps;
  readonly exchange: Exchange;
  readonly client: Duplex;
  readonly upstream: Upstream;
  readonly stream: OpenStream;
  far: Duplex | undefined;
  controller: Dispatcher.DispatchController | undefined;
  isOver: boolean;
}

function newTunnel(
  deps: ForwardDeps,
  exchange: Exchange,
  ends: { socket: Duplex; upstream: Upstream; release: () => void },
): Tunnel {
  const tunnel: Tunnel = {
    deps,
    exchange,
    client: ends.socket,
    upstream: ends.upstream,
    far: undefined,
    controller: undefined,
    isOver: false,
    stream: {
      exchange,
      isEndless: true,
      lastByteMs: deps.clock.monotonicMs(),
      close(reason) {
        if (tunnel.isOver) return;
        tunnel.isOver = true;
        ends.release();
        ends.upstream.active--;
        deps.open.delete(tunnel.stream);
        if (exchange.status === 0) exchange.status = 499;
        deps.recorder.finish(exchange);
        tunnel.controller?.abort(new Error(reason));
        tunnel.client.destroy();
        tunnel.far?.destroy();
      },
    },
  };
  return tunnel;
}

function handlerOf(tunnel: Tunnel, traits: SiteTraits): Dispatcher.DispatchHandler {
  return {
    onRequestStart(controller) {
      tunnel.controller = controller;
      if (tunnel.isOver) controller.abort(new Error('the client left'));
    },
    onRequestUpgrade(_controller, status, headers, far) {
      tunnel.controller = undefined;
      join(tunnel, { status, headers, far }, traits);
    },
    onResponseStart(controller, status, headers) {
      if (status < 200) return;
      refused(tunnel, { status, headers }, traits);
      controller.abort(new Error('the upstream did not switch protocols'));
    },
    onResponseError(_controller, error) {
      if (tunnel.isOver) return;
      tunnel.deps.upstreams.failed(tunnel.upstream);
      end(tunnel, () => tunnel.deps.refuse(tunnel.exchange, toDenial(error)));
    },
  };
}

function join(
  tunnel: Tunnel,
  answer: { status: number; headers: UpstreamHeaders; far: Duplex },
  traits: SiteTraits,
): void {
  const { client, deps, exchange, stream } = tunnel;
  const { far } = answer;
  if (tunnel.isOver) {
    far.destroy();
    return;
  }
  tunnel.far = far;
  deps.upstreams.answered(tunnel.upstream);
  exchange.status = 101;
  client.write(`${headText(tunnel, answer, traits)}upgrade: websocket\r\nconnection: Upgrade\r\n\r\n`, 'latin1');
  if (exchange.head !== undefined && exchange.head.length > 0) far.write(exchange.head);
  const touch = (): void => {
    stream.lastByteMs = deps.clock.monotonicMs();
  };
  far.on('error', () => stream.close('the upstream broke off'));
  far.on('close', () => stream.close('the upstream closed'));
  client.on('data', touch);
  far.on('data', touch);
  client.pipe(far);
  far.pipe(client);
  // What passes from here on is covered by this record.
  deps.recorder.finish(exchange);
}

/** The upstream said no: the client gets its status, without a body that nobody judged. */
function refused(tunnel: Tunnel, answer: { status: number; headers: UpstreamHeaders }, traits: SiteTraits): void {
  const { deps, exchange } = tunnel;
  exchange.status = answer.status;
  const person = exchange.signedIn?.person;
  if (
    answer.status === 401 &&
    exchange.platformSession !== undefined &&
    exchange.site !== undefined &&
    person !== undefined
  ) {
    const site = exchange.site.policy.id;
    deps.recorder.tell({ kind: 'platform_session', site, userId: person.id, session: null });
  }
  end(tunnel, () => {
    tunnel.client.end(`${headText(tunnel, answer, traits)}content-length: 0\r\nconnection: close\r\n\r\n`, 'latin1');
    deps.recorder.finish(exchange);
  });
}

/** Closes the books of a tunnel that never opened, with a last word to the client. */
function end(tunnel: Tunnel, lastWord: () => void): void {
  const { client } = tunnel;
  lastWord();
  client.once('finish', () => tunnel.stream.close('the handshake failed'));
  if (client.writableFinished || client.destroyed) tunnel.stream.close('the handshake failed');
}

const noBody: ReadonlySet<string> = new Set(['content-length', 'content-type', 'content-encoding']);

function headText(tunnel: Tunnel, answer: { status: number; headers: UpstreamHeaders }, traits: SiteTraits): string {
  const { headers } = responseHeaders(tunnel.exchange, answer.headers, { ...traits, hstsMaxAgeS: 0 });
  let text = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? 'Refused'}\r\n`;
  for (let at = 0; at < headers.length; at += 2) {
    if (!noBody.has(headers[at] ?? '')) text += `${headers[at]}: ${headers[at + 1]}\r\n`;
  }
  return text;
}
