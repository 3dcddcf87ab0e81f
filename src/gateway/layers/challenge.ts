import type { Clock } from '../../core/clock.ts';
import { redirectAnswer } from '../answer.ts';
import { plainPath } from '../answer-page.ts';
import { challengePage, challengePolicy } from '../challenge/page.ts';
import type { ProofClient, Proofs } from '../challenge/proof.ts';
import { createProofs, passLifetimeS } from '../challenge/proof.ts';
import type { Compiled, CompiledSite } from '../compiled.ts';
import type { Denial, Exchange, ShortAnswer, Verdict } from '../exchange.ts';
import { headerOf, isNavigation, next } from '../exchange.ts';
import { challengePath, jwksPath, passCookie } from '../gate-names.ts';
import type { LoadLevel } from '../overload/gauge.ts';
import { cookieValue } from '../proxy/cookies.ts';
import type { AssertionKeys } from '../snapshot.ts';

export interface ChallengeDeps {
  readonly clock: Clock;
  readonly level: () => LoadLevel;
  /** Whether this stranger has to show a proof of work; see `wantsChallenge`. */
  readonly wants: (exchange: Exchange) => boolean;
}

/** Zero bits of each of the eight tasks: about a second of a phone, and more while much is asked of the gate. */
const bitsAt: Readonly<Record<LoadLevel, number>> = { normal: 15, busy: 16, overloaded: 17 };
const targetCharsMax = 4096;
const userAgentCharsMax = 512;

const wanted: Denial = {
  kind: 'deny',
  code: 'perimeter.challenge',
  reason: 'no proof of work was shown',
  type: 'challenge',
  hint: 'Open the site in a browser first, or sign in.',
};

/**
 * Asks strangers for a proof of work: a browser gets a page that solves it by itself, a program 403. Never asked are people who are signed in, health
 * checks, routes that are published, files that pages load, and the keys that upstreams fetch. Keeps nothing: a pass is signed, bound to the
 * network and the browser, and good for 30 minutes.
 */
export function createChallengeLayer(deps: ChallengeDeps): (exchange: Exchange) => Verdict {
  const { clock, level, wants } = deps;
  const known = new WeakMap<AssertionKeys, Proofs>();
  const proofsOf = ({ snapshot }: Compiled): Proofs => {
    let proofs = known.get(snapshot.keys);
    if (proofs === undefined) known.set(snapshot.keys, (proofs = createProofs(snapshot.keys)));
    return proofs;
  };
  return exchange => {
    const { policy, signedIn } = exchange;
    if (policy === undefined) return next;
    const { target } = exchange.inbound;
    if (target.startsWith(challengePath) && pathOf(target) === challengePath) {
      return settle(exchange, proofsOf(policy), clock.now());
    }
    if (signedIn !== undefined || !wants(exchange) || isExempt(exchange, policy)) return next;
    const proofs = proofsOf(policy);
    const client = clientOf(exchange);
    const pass = cookieValue(headerOf(exchange, 'cookie') ?? '', passCookie);
    if (pass !== undefined && proofs.holds(client, pass, clock.now())) return next;
    // A form that is sent gets the page too; what was in it has to be sent again.
    if (!isNavigation(exchange) && headerOf(exchange, 'sec-fetch-mode') !== 'navigate') return wanted;
    exchange.denied = { layer: 'challenge', reason: wanted.reason, type: wanted.type };
    return pageAnswer(challengePage(exchange, proofs.challenge(client, bitsAt[level()], clock.now())));
  };
}

/**
 * What the sites' guards say: always, while the gate is overloaded, or for anonymisers. The portal, where people sign in, asks when any site
 * asks.
 */
export function wantsChallenge(level: () => LoadLevel): ChallengeDeps['wants'] {
  const asks = ({ challenge }: CompiledSite['policy']['guard']): boolean =>
    challenge === 'always' || (challenge === 'overload' && level() === 'overloaded');
  return exchange => {
    const { inbound, listed, policy } = exchange;
    const found = policy?.find(inbound.localPort, exchange.hostname);
    if (policy === undefined || found === undefined) return false;
    const guards = found === 'portal' ? policy.snapshot.sites.map(site => site.guard) : [found.policy.guard];
    const isAnonymiser = listed?.kind === 'anonymiser';
    return guards.some(guard => asks(guard) || (isAnonymiser && guard.anonymisers === 'challenge'));
  };
}

const filePattern = /\.(?:avif|css|gif|ico|jpe?g|js|map|mjs|otf|png|svg|ttf|wasm|webmanifest|webp|woff2?|txt)$/i;

function isExempt(exchange: Exchange, policy: Compiled): boolean {
  const { inbound, hostname } = exchange;
  const { method } = inbound;
  const path = pathOf(inbound.target);
  if (path === jwksPath || path.startsWith('/.well-known/acme-challenge/')) return true;
  if ((method === 'GET' || method === 'HEAD') && filePattern.test(path)) return true;
  const site = policy.find(inbound.localPort, hostname);
  if (site === undefined || site === 'portal') return false;
  // A question of CORS about a published route comes without anything that could be shown.
  const asked = method === 'OPTIONS' ? (headerOf(exchange, 'access-control-request-method') ?? method) : method;
  return site.isPublic(asked, path);
}

/** Gives the pass for a right answer and leads to where the browser wanted to go; anything else leads there without one. */
function settle(exchange: Exchange, proofs: Proofs, nowMs: number): Verdict {
  const { target } = exchange.inbound;
  const query = new URLSearchParams(target.length > targetCharsMax * 2 ? '' : target.slice(challengePath.length));
  const to = query.get('to') ?? '/';
  const location = plainPath.test(to) && to.length <= targetCharsMax && pathOf(to) !== challengePath ? to : '/';
  const answer = redirectAnswer(location);
  const client = clientOf(exchange);
  if (!proofs.solves(client, { text: query.get('c') ?? '', nonces: query.get('n') ?? '' }, nowMs)) return answer;
  const cookie = `${passCookie}=${proofs.pass(client, nowMs)}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=${passLifetimeS}`;
  return { ...answer, headers: [...answer.headers, 'set-cookie', cookie] };
}

function pageAnswer(body: string): ShortAnswer {
  const headers = ['content-type', 'text/html; charset=utf-8', 'content-security-policy', challengePolicy];
  const own = ['cache-control', 'no-store', 'x-content-type-options', 'nosniff', 'referrer-policy', 'same-origin'];
  return { kind: 'answer', status: 403, headers: [...own, 'x-frame-options', 'DENY', ...headers], body };
}

function clientOf(exchange: Exchange): ProofClient {
  return { ip: exchange.clientIp, userAgent: (headerOf(exchange, 'user-agent') ?? '').slice(0, userAgentCharsMax) };
}

function pathOf(target: string): string {
  const end = target.indexOf('?');
  return end === -1 ? target : target.slice(0, end);
}
