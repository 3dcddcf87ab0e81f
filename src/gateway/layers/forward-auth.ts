import { PassThrough } from 'node:stream';
import type { Log } from '../../core/log.ts';
import type { Exchange, Verdict } from '../exchange.ts';
import { hostnameOf, newExchange, next } from '../exchange.ts';
import { permitted, refused } from '../forward-auth/answers.ts';
import type { Asked, AskedForm } from '../forward-auth/asked.ts';
import { askedForm, readAsked, withoutTold } from '../forward-auth/asked.ts';
import { isGatePath } from '../gate-names.ts';
import type { Layer } from '../layers.ts';
import { resolveClient } from '../transport/client-address.ts';

export interface ForwardAuthDeps {
  readonly log: Log;
  /** Who may ask, by the address of the connection. */
  readonly isPeer: (ip: string) => boolean;
  readonly isTrustedProxy: (ip: string) => boolean;
  /** The walls a request would pass on its way through, in that order. */
  readonly steps: readonly Layer[];
}

const upgraded: Verdict = {
  kind: 'deny',
  code: 'gateway.unauthenticated',
  reason: 'a WebSocket asks nothing here',
  type: 'protocol',
};

/**
 * Answers other proxies that ask whether a request may pass: it is judged by the same walls as one that came through, and the answer is 200
 * with who it is, 302 to sign in, 401 or 403. Anything that goes wrong is 401. For everybody else these addresses do not exist.
 */
export function createForwardAuthLayer(deps: ForwardAuthDeps) {
  return (exchange: Exchange): Verdict | Promise<Verdict> => {
    const form = askedForm(exchange.inbound.target);
    if (form === undefined || !deps.isPeer(exchange.inbound.peerIp)) return next;
    if (exchange.socket !== undefined) return upgraded;
    return answer(exchange, form, deps);
  };
}

async function answer(exchange: Exchange, form: AskedForm, deps: ForwardAuthDeps): Promise<Verdict> {
  let asked: Exchange | undefined;
  try {
    const { inbound } = exchange;
    const isPlain = form === 'envoy' || inbound.method === 'GET' || inbound.method === 'HEAD';
    const read = isPlain ? readAsked(form, { ...inbound, rawHeaders: inbound.req.rawHeaders }) : 'want GET';
    if (typeof read === 'string') return refused(asked, form, { layer: 'forward_auth', verdict: read });
    const isTrusted = (ip: string): boolean => deps.isPeer(ip) || deps.isTrustedProxy(ip);
    const client = resolveClient({ peerIp: inbound.peerIp, headers: inbound.req.headers, isTrusted });
    if (client.isConflicting) {
      return refused(asked, form, {
        layer: 'address',
        verdict: 'X-Forwarded-For and Forwarded name different clients',
      });
    }
    asked = askedExchange(exchange, read, client.clientIp);
    return conclude(exchange, asked, { form, ...(await judge(asked, deps.steps)) });
  } catch (error) {
    deps.log.error('gateway.forward_auth_failed', { requestId: exchange.requestId, error });
    return refused(undefined, form, { layer: 'fault', verdict: 'the layer failed' });
  } finally {
    if (asked !== undefined) takeOver(exchange, asked);
  }
}

function conclude(
  exchange: Exchange,
  asked: Exchange,
  found: { form: AskedForm; layer: string; verdict: Verdict },
): Verdict {
  const { form, layer, verdict } = found;
  if (verdict.kind !== 'next') {
    const no = refused(asked, form, { layer, verdict });
    // A stranger sent to sign in has not done what they asked for.
    if (no.kind === 'answer') exchange.denied = { layer, reason: 'nobody is signed in', type: 'unauthenticated' };
    return no;
  }
  // Whatever the walls said: without a site, or without a right that was looked up and found, nobody passes.
  if (asked.site === undefined || asked.granted === undefined || isGatePath(asked.request?.path ?? '')) {
    return refused(asked, form, { layer: 'authorize', verdict: 'what belongs to the gate itself goes to the gate' });
  }
  return permitted(asked);
}

async function judge(asked: Exchange, steps: readonly Layer[]): Promise<{ layer: string; verdict: Verdict }> {
  for (const { name, judge } of steps) {
    const verdict = await judge(asked);
    if (verdict.kind !== 'next') return { layer: name, verdict };
  }
  return { layer: 'authorize', verdict: next };
}

/** The request asked about as if it had come itself: from its client, to its host, with the headers the other proxy passed on. */
function askedExchange(exchange: Exchange, asked: Asked, clientIp: string): Exchange {
  const { inbound } = exchange;
  const { authority, method, scheme, target } = asked;
  const { peerIp, localPort, httpVersion } = inbound;
  const req = withoutTold(inbound.req);
  // Without a `res`, nothing that judges it can answer it; without TLS, the proxy's certificate is not taken for the client's.
  const head = { method, target, authority, scheme, httpVersion, peerIp, localPort, tls: null, req };
  const made = newExchange(head as Exchange['inbound'], {
    ...{ requestId: exchange.requestId, at: exchange.at, startedMs: exchange.startedMs },
    layers: exchange.spentMs.length,
    // Stands for the connection of a WebSocket, which is judged more strictly.
    ...(asked.isUpgrade ? { socket: new PassThrough() } : {}),
  });
  made.clientIp = clientIp;
  made.hostname = hostnameOf(authority);
  return made;
}

/** The record and the answer of the asking are about what was asked. */
function takeOver(exchange: Exchange, asked: Exchange): void {
  exchange.clientIp = asked.clientIp;
  exchange.policy = asked.policy;
  exchange.listed = asked.listed;
  exchange.site = asked.site;
  exchange.platform = asked.platform;
  exchange.request = asked.request;
  exchange.signedIn = asked.signedIn;
  exchange.classification = asked.classification;
  exchange.granted = asked.granted;
  exchange.project = asked.project;
}
