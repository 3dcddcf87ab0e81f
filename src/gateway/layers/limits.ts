import type { LimitDecision, Limiter, LimitInput, RequestClass } from '../../perimeter/perimeter.ts';
import { rateLimitHeaders } from '../../perimeter/perimeter.ts';
import type { Exchange, Verdict } from '../exchange.ts';
import { next } from '../exchange.ts';
import { gatePaths, isGatePath } from '../gate-names.ts';
import { quotaKeyOf } from './machine.ts';

const filePattern = /\.(?:avif|css|gif|ico|jpe?g|js|map|mjs|mp4|otf|png|svg|ttf|wasm|webmanifest|webp|woff2?)$/i;
const apiPattern = /^\/(?:api|rest|graphql|types)(?:\/|$)/i;

/** Counts a request against the limits of its class and refuses it with 429 (RFC 6585 section 4) where one is used up. */
export function createLimitsLayer(deps: { limiter: Limiter }) {
  return (exchange: Exchange): Verdict | Promise<Verdict> => {
    const decision = deps.limiter.check(inputOf(exchange));
    return decision instanceof Promise ? decision.then(settle) : settle(decision);
  };
}

function settle(decision: LimitDecision | undefined): Verdict {
  if (decision === undefined || decision.allowed) return next;
  return {
    kind: 'deny',
    code: 'perimeter.rate_limited',
    reason: `limit "${decision.policy}": ${decision.limit} in ${Math.ceil(decision.windowMs / 1000)} s`,
    type: 'rate_limit',
    headers: Object.entries(rateLimitHeaders(decision)).flat(),
  };
}

function inputOf(exchange: Exchange): LimitInput {
  const { classification, clientIp, signedIn, site } = exchange;
  return {
    class: classOf(exchange),
    address: clientIp,
    ...(site === undefined ? {} : { site: site.policy.id }),
    ...(classification === undefined ? {} : { route: classification.endpoint }),
    ...(signedIn === undefined ? {} : { identity: signedIn.person.id }),
    ...(signedIn?.apiKey === undefined ? {} : { apiKey: quotaKeyOf(signedIn.apiKey) }),
  };
}

/** Published routes are called by machines, files are cheap, guessing passwords is neither: each kind has limits of its own. */
function classOf({ classification, inbound, request, signedIn, site }: Exchange): RequestClass {
  const path = request?.path ?? '';
  if (isGatePath(path)) {
    if (inbound.method === 'POST' && path.startsWith(gatePaths.signIn)) return 'sign_in';
    return path.startsWith('/.sallyport/api/') ? 'api' : filePattern.test(path) ? 'asset' : 'other';
  }
  if (classification?.gate === 'sign_in' && inbound.method === 'POST') return 'sign_in';
  if (classification?.need.kind === 'publishable' && site?.isPublic(inbound.method, path) === true) return 'webhook';
  // Whatever a path is called: what comes with a key is counted for the key.
  if (signedIn?.apiKey !== undefined) return 'api';
  const isRead = inbound.method === 'GET' || inbound.method === 'HEAD';
  if (isRead && (classification?.need.kind === 'open' || filePattern.test(path))) return 'asset';
  return apiPattern.test(path) ? 'api' : 'other';
}
