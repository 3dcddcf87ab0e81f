import { hash } from 'node:crypto';
import type { FirewallRecord } from '../../core/events.ts';
import { networkOf } from '../../core/ip.ts';
import type { Limiter, LimitRule } from '../../perimeter/perimeter.ts';
import { rateLimitHeaders } from '../../perimeter/perimeter.ts';
import { groupId } from '../api/compile.ts';
import { contentOf, judgeBody, judgedBytesMax, judgeHead } from '../api/judge.ts';
import type { Violation } from '../api/schemas.ts';
import { quotasMax } from '../api-input.ts';
import type { Denial, Exchange, Verdict } from '../exchange.ts';
import { next } from '../exchange.ts';
import { apiEvent } from '../guard/matched.ts';
import type { BodyInspection } from '../proxy/body.ts';
import { announcedLength } from '../proxy/body.ts';
import type { PlaneMessage, SitePolicy } from '../snapshot.ts';
import { quotaKeyOf } from './machine.ts';

const keyNeeded: Denial = {
  kind: 'deny',
  code: 'gateway.api_key_needed',
  reason: 'these routes want an API key',
  type: 'unauthenticated',
  headers: ['www-authenticate', 'Bearer'],
};
const noKeys: Denial = {
  kind: 'deny',
  code: 'gateway.forbidden',
  reason: 'these routes take no API key',
  type: 'forbidden',
};
/** As a reference it would lead to another host (RFC 3986 section 4.2). */
const emptySegment: Denial = {
  kind: 'deny',
  code: 'gateway.path_refused',
  reason: 'the path behind the prefix begins with an empty segment',
  type: 'path_traversal',
};
const disguised: Denial = {
  ...emptySegment,
  reason: 'another spelling of a path of the API, which the application behind might take for it',
};
const noRoute: Denial = {
  kind: 'deny',
  code: 'gateway.api_route_unknown',
  reason: 'the description of the API does not name it',
  type: 'closed_route',
  extensions: {},
};

/** Routes for programs, at their places on the way in. */
export interface ApiGate {
  /** Finds the group, says what its own service needs, and asks for a key where one is wanted. Before anybody is let in. */
  enter(exchange: Exchange): Verdict;
  /** Counts against the quota and judges the head. After rights are known, so that strangers learn nothing of the description. */
  judge(exchange: Exchange): Verdict | Promise<Verdict>;
  /** Undefined where the body is nobody's business. */
  openBody(exchange: Exchange): BodyInspection | undefined;
  sync(sites: readonly SitePolicy[]): void;
}

export function createApiGate(deps: { limiter: Limiter; tell: (message: PlaneMessage) => void }): ApiGate {
  /** A refusal in block mode; in shadow mode only the record. */
  function settle(
    exchange: Exchange,
    phase: FirewallRecord['phase'],
    violations: readonly Violation[],
  ): Denial | undefined {
    const settings = exchange.api?.settings;
    if (violations.length === 0 || settings === undefined) return undefined;
    const isBlocked = settings.mode === 'block';
    deps.tell({ kind: 'event', event: apiEvent(exchange, { phase, violations, isBlocked }) });
    return isBlocked ? misfit(violations) : undefined;
  }

  function judgeRequest(exchange: Exchange): Verdict {
    const { api, inbound } = exchange;
    if (api?.description === undefined) return next;
    if (api.description === 'broken') return noRoute;
    const path = ownPath(exchange);
    const found = api.description.find(inbound.method, path);
    if (found === undefined) {
      if (api.settings.mode === 'block') return noRoute;
      settle(exchange, 'head', [{ in: 'path', at: '', keyword: 'route' }]);
      return next;
    }
    exchange.apiOperation = found.operation;
    const hasBody = announcedLength(exchange) !== 'none';
    return settle(exchange, 'head', judgeHead(exchange, { ...found, hasBody })) ?? next;
  }

  return {
    enter(exchange) {
      const { inbound, request, signedIn, site } = exchange;
      const api =
        site === undefined || request === undefined ? undefined : site.findApi(request.path, inbound.req.headers);
      if (api === undefined || request === undefined) return next;
      if (api === 'disguised') return disguised;
      exchange.api = api;
      if (ownPath(exchange).startsWith('//')) return emptySegment;
      if (api.settings.upstream !== null) exchange.classification = serviceClass(inbound.method, api.settings.path);
      if (signedIn?.apiKey === undefined) return api.settings.apiKey === 'required' ? keyNeeded : next;
      return api.settings.apiKey === 'none' ? noKeys : next;
    },

    judge(exchange) {
      const { api, clientIp, signedIn } = exchange;
      if (api === undefined) return next;
      if (api.settings.quota === null) return judgeRequest(exchange);
      const apiKey = signedIn?.apiKey === undefined ? `network ${networkOf(clientIp)}` : quotaKeyOf(signedIn.apiKey);
      const decision = deps.limiter.check({ class: 'api', address: clientIp, site: api.id, apiKey });
      const after = (one: Awaited<typeof decision>): Verdict =>
        one === undefined || one.allowed
          ? judgeRequest(exchange)
          : {
              kind: 'deny',
              code: 'perimeter.rate_limited',
              reason: `quota of ${api.settings.path}: ${one.limit} in ${Math.ceil(one.windowMs / 1000)} s`,
              type: 'rate_limit',
              headers: Object.entries(rateLimitHeaders(one)).flat(),
            };
      return decision instanceof Promise ? decision.then(after) : after(decision);
    },

    openBody(exchange) {
      const { apiOperation } = exchange;
      const content = apiOperation?.body === undefined ? undefined : contentOf(exchange, apiOperation.body.content);
      if (content?.judge === undefined) return undefined;
      let chunks: Buffer[] = [];
      let size = 0;
      let isOver = false;
      return {
        feed(chunk) {
          if (isOver) return undefined;
          size += chunk.length;
          if (size <= judgedBytesMax) {
            chunks.push(chunk);
            return undefined;
          }
          isOver = true;
          chunks = [];
          return settle(exchange, 'body', [{ in: 'body', at: '', keyword: 'maxBytes' }]);
        },
        end: () => (isOver ? undefined : settle(exchange, 'body', judgeBody(Buffer.concat(chunks), content))),
      };
    },

    sync(sites) {
      const rules = sites.flatMap(site =>
        site.api.flatMap((settings): LimitRule[] => {
          const id = groupId(site, settings);
          const name = `api-${hash('sha256', id, 'hex').slice(0, 16)}`;
          return settings.quota === null
            ? []
            : [{ id: name, scope: 'api_key', ...settings.quota, appliesTo: 'any', sites: [id] }];
        }),
      );
      // No more are taken when a site is saved.
      deps.limiter.setRules(rules.slice(0, quotasMax));
    },
  };
}

/** The path as the description and the service know it. */
export function ownPath({ api, request }: Pick<Exchange, 'api' | 'request'>): string {
  const path = request?.path ?? '/';
  if (api?.settings.stripPrefix !== true) return path;
  return path.slice(api.prefix.length) || '/';
}

/** A service behind the gate is judged as any application the gate knows nothing of: to look is to read, everything else is to use. */
function serviceClass(method: string, path: string): NonNullable<Exchange['classification']> {
  const isRead = method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
  const fallback = isRead ? 'data_source.read' : 'data_source.use';
  return { action: isRead ? 'api.read' : 'api.write', endpoint: path, need: { kind: 'publishable', fallback } };
}

function misfit(violations: readonly Violation[]): Denial {
  const named = violations.map(one => `${one.in} ${one.at} ${one.keyword}`).join('; ');
  return {
    kind: 'deny',
    code: 'gateway.request_invalid',
    reason: named.slice(0, 500),
    type: 'malformed',
    extensions: { violations },
  };
}
