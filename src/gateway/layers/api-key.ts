import { hash } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import type { Compiled } from '../compiled.ts';
import type { Denial, Exchange, SignedIn, Verdict } from '../exchange.ts';
import { next } from '../exchange.ts';
import type { ApiKeyPolicy, PlaneMessage } from '../snapshot.ts';
import type { Backers } from './machine.ts';
import { backersOf, sameBackers } from './machine.ts';

/** API keys, access tokens, and what is for the token endpoint alone: none of these is ever passed on. */
const keyPattern = /^sp_(?:[0-9a-v]{8}|at|st|cs)_[A-Za-z0-9_-]{43}$/;
const keyAnywhere = /sp_(?:[0-9a-v]{8}|at|st|cs)_[A-Za-z0-9_-]{43}/i;
const bearer = /^bearer +(\S+)$/i;
const usedEveryMs = 60_000;

const refused: Denial = {
  kind: 'deny',
  code: 'gateway.api_key_needed',
  reason: 'the API key or access token is unknown, has ended, or somebody behind it is disabled',
  type: 'unauthenticated',
  headers: ['www-authenticate', 'Bearer error="invalid_token"'],
};

const twoKeys: Denial = { ...refused, code: 'gateway.bad_request', reason: 'two API keys in one request', headers: [] };

const inQuery: Denial = {
  kind: 'deny',
  code: 'gateway.bad_request',
  reason: 'an API key in the address: addresses are kept in logs and histories',
  type: 'unauthenticated',
  hint: 'Send the key in the Authorization header, and make a new one: addresses are kept in logs.',
};

/** Finds whose API key a request has. */
export interface KeyRing {
  /** Undefined where it has none. One that is not good is refused (RFC 6750 section 3.1), also where nobody needs one. */
  judge(exchange: Exchange): Verdict | undefined;
  find(tokenHash: string, policy: Compiled, hostname: string): SignedIn | undefined;
  sweep(policy: Compiled): void;
}

/** Looks keys up in the policy: one that was revoked is nobody's at the next request. Tells when one was used, at most once a minute. */
export function createKeyRing(deps: { clock: Clock; tell: (message: PlaneMessage) => void }): KeyRing {
  const told = new Map<string, number>();
  /** One object for each key and person, as long as both stay: what is signed for it can be kept. */
  const known = new WeakMap<ApiKeyPolicy, { readonly signedIn: SignedIn; readonly backers: Backers }>();

  function find(tokenHash: string, policy: Compiled, hostname: string): SignedIn | undefined {
    const apiKey = policy.snapshot.apiKeys.get(tokenHash);
    const now = deps.clock.now();
    if (apiKey === undefined || now >= apiKey.expiresAt) return undefined;
    const person = policy.snapshot.people.get(apiKey.userId);
    if (person === undefined || person.disabled) return undefined;
    const backers = backersOf(apiKey, person, policy.snapshot, now);
    if (backers === undefined) return undefined;
    const held = known.get(apiKey);
    if (
      held?.signedIn.person === person &&
      held.signedIn.session.host === hostname &&
      sameBackers(held.backers, backers)
    )
      return held.signedIn;
    // No session: what stands here is what an assertion says of the person.
    const session = {
      ...{
        id: `key-${apiKey.id}`,
        userId: person.id,
        host: hostname,
        methods: [],
        authenticatedAt: now,
        lastSeenAt: now,
      },
      ...{ idleTimeoutMs: 0, expiresAt: apiKey.expiresAt },
    };
    const { actors } = backers;
    const signedIn = { hash: tokenHash, session, person, apiKey, ...(actors === undefined ? {} : { actors }) };
    known.set(apiKey, { signedIn, backers });
    return signedIn;
  }

  function note(id: string): void {
    const now = deps.clock.now();
    if (Math.abs(now - (told.get(id) ?? Number.NEGATIVE_INFINITY)) < usedEveryMs) return;
    told.set(id, now);
    deps.tell({ kind: 'keys_used', keys: new Map([[id, now]]) });
  }

  return {
    find,
    judge(exchange) {
      const { inbound, policy } = exchange;
      if (inbound.target.includes('?') && keyAnywhere.test(inbound.target)) return inQuery;
      const keys = keysIn(inbound.req.headers);
      if (keys.length === 0 || policy === undefined) return undefined;
      const [key = ''] = keys;
      if (keys.length > 1) return twoKeys;
      const found = find(hash('sha256', key, 'hex'), policy, exchange.hostname);
      if (found?.apiKey === undefined) return refused;
      exchange.signedIn = found;
      note(found.apiKey.id);
      return next;
    },
    sweep(policy) {
      const live = new Set<string>();
      for (const { id } of policy.snapshot.apiKeys.values()) live.add(id);
      for (const id of told.keys()) if (!live.has(id)) told.delete(id);
    },
  };
}

/** What has the form of a key of ours; credentials of the upstream's own pass. */
function keysIn(headers: Exchange['inbound']['req']['headers']): string[] {
  const own = headers['x-api-key'];
  const given = [bearer.exec(headers.authorization ?? '')?.[1], ...(Array.isArray(own) ? own : (own ?? '').split(','))];
  const keys = given.flatMap(one => (one !== undefined && keyPattern.test(one.trim()) ? [one.trim()] : []));
  return [...new Set(keys)];
}

/** Why the key is not good there; undefined when it is. */
export function outOfScope(
  key: ApiKeyPolicy,
  at: { readonly site: string; readonly path: string },
): string | undefined {
  if (!key.sites.includes(at.site)) return 'the API key is not for this site';
  return key.paths.some(prefix => isBelow(at.path, prefix)) ? undefined : 'the API key is not for this path';
}

/** Whole segments: `/api/v1` covers `/api/v1/users`, not `/api/v10`. */
export function isBelow(path: string, prefix: string): boolean {
  const plain = prefix.endsWith('/') ? prefix.slice(0, -1) : prefix;
  return path === plain || path.startsWith(`${plain}/`);
}
