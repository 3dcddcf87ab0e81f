import type { Classification } from '../../platforms/platforms.ts';
import { jsonAnswer } from '../answer.ts';
import type { Exchange, ShortAnswer, Verdict } from '../exchange.ts';
import { next, taken } from '../exchange.ts';
import { isGatePath, jwksPath } from '../gate-names.ts';

const gateRoute = (endpoint: string, action: string): Classification => ({ action, endpoint, need: { kind: 'open' } });
const pages = gateRoute('/.sallyport/*', 'gate.page');
const api = gateRoute('/.sallyport/api/*', 'gate.api');
const portal = gateRoute('/*', 'gate.page');
const health = gateRoute('/health', 'gate.health');
const keys = gateRoute(jwksPath, 'gate.keys');

const noUpgrade: Verdict = {
  kind: 'deny',
  code: 'gateway.bad_request',
  reason: 'the gate itself has no WebSockets',
  type: 'protocol',
};

const noKeys: Verdict = {
  kind: 'deny',
  code: 'gateway.forbidden',
  reason: 'an API key is good for sites, never for the gate itself',
  type: 'forbidden',
};

/** Live: the process answers. Ready: it has a policy and records. Answered under any name, before everything else, and tells nothing more. */
export function createHealthLayer(deps: { isReady: () => boolean }) {
  return (exchange: Exchange): Verdict => {
    const { method, target } = exchange.inbound;
    if (!target.startsWith('/health') || (method !== 'GET' && method !== 'HEAD') || exchange.socket !== undefined)
      return next;
    if (target === '/health/live') return healthy(exchange, true);
    if (target === '/health' || target === '/health/ready') return healthy(exchange, deps.isReady());
    return next;
  };
}

function healthy(exchange: Exchange, isWell: boolean): ShortAnswer {
  exchange.classification = health;
  return jsonAnswer(isWell ? 200 : 503, { status: isWell ? 'ok' : 'unavailable' });
}

/** The gate's own pages, keys and API on every site, and everything on the portal's host. */
export function createGateRoutes(deps: { control: (exchange: Exchange) => void }) {
  return (exchange: Exchange): Verdict => {
    const path = exchange.request?.path ?? '';
    if (path === jwksPath && exchange.policy !== undefined) {
      exchange.classification = keys;
      if (exchange.inbound.method !== 'GET' && exchange.inbound.method !== 'HEAD') return next;
      const headers = ['content-type', 'application/jwk-set+json', 'cache-control', 'public, max-age=60'];
      return {
        kind: 'answer',
        status: 200,
        headers: [...headers, 'access-control-allow-origin', '*'],
        body: exchange.policy.jwks,
      };
    }
    const isOwn = isGatePath(path);
    if (exchange.site !== undefined && !isOwn) return next;
    if (exchange.signedIn?.apiKey !== undefined) return noKeys;
    if (exchange.socket !== undefined) return noUpgrade;
    exchange.classification = !isOwn ? portal : path.startsWith('/.sallyport/api/') ? api : pages;
    deps.control(exchange);
    return taken;
  };
}
