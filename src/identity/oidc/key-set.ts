import type { JSONWebKeySet, JWTVerifyOptions, JWTVerifyResult } from 'jose';
import { createLocalJWKSet, errors, jwtVerify } from 'jose';
import { SallyportError } from '../../core/errors.ts';
import { signatureAlgorithms } from './algorithms.ts';
import { refuseOwnKeys } from './compact-token.ts';
import type { Metadata } from './discovery.ts';
import type { GuardedFetch } from './guarded-fetch.ts';
import type { OnceInAWhile } from './once-in-a-while.ts';
import { createOnceInAWhile } from './once-in-a-while.ts';

const keptMs = 600_000;
const cooldownMs = 30_000;
const toleranceS = 30;

/** The signing keys of one provider. */
export interface KeySet {
  /**
   * Verifies signature and time of a token with the provider's published keys, and with no others: what the token's own header offers
   * (`jku`, `x5u`, `jwk`, `x5c`) is refused. Throws `JOSEError`s for what is wrong with the token.
   */
  verify(token: string, claims: JWTVerifyOptions, signal: AbortSignal): Promise<JWTVerifyResult>;
  /** The published keys, for a look. */
  read(signal: AbortSignal): Promise<JSONWebKeySet>;
}

/** Keys are kept for ten minutes; a key id nobody knows has them fetched again, at most once in 30 s. */
export function createKeySet(deps: {
  readonly fetch: GuardedFetch;
  readonly metadata: (signal: AbortSignal) => Promise<Metadata>;
  readonly now: () => number;
  readonly timeoutMs: number;
}): KeySet {
  const keys: OnceInAWhile<JSONWebKeySet> = createOnceInAWhile({
    load: async signal => fetchKeys((await deps.metadata(signal)).jwks_uri, deps.fetch, signal),
    now: deps.now,
    ...{ keptMs, cooldownMs, timeoutMs: deps.timeoutMs },
  });

  return {
    read: signal => keys.get(signal),
    async verify(token, claims, signal) {
      refuseOwnKeys(token);
      const options: JWTVerifyOptions = {
        ...claims,
        algorithms: [...signatureAlgorithms],
        clockTolerance: toleranceS,
        currentDate: new Date(deps.now()),
      };
      try {
        return await verifyWith(await keys.get(signal), token, options);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
        return await verifyWith(await keys.again(signal), token, options);
      }
    },
  };
}

/** Tries every key that fits where the token names none and several do, as it may while keys change. */
async function verifyWith(set: JSONWebKeySet, token: string, options: JWTVerifyOptions): Promise<JWTVerifyResult> {
  const find = createLocalJWKSet(set);
  try {
    return await jwtVerify(token, find, options);
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error) {
      try {
        return await jwtVerify(token, key, options);
      } catch (wrong) {
        if (!(wrong instanceof errors.JWSSignatureVerificationFailed)) throw wrong;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

async function fetchKeys(address: string, fetch: GuardedFetch, signal: AbortSignal): Promise<JSONWebKeySet> {
  const answer = await fetch(address, { headers: { accept: 'application/json, application/jwk-set+json' }, signal });
  const body: unknown = answer.status === 200 ? await answer.json().catch(() => undefined) : undefined;
  if (typeof body !== 'object' || body === null || !('keys' in body) || !Array.isArray(body.keys)) {
    const message = `Cannot read keys at "${address.slice(0, 300)}": want a JWK set (RFC 7517 section 5)`;
    throw new SallyportError('identity.provider_unreachable', message, { detail: message });
  }
  const keys = body.keys.slice(0, 100).filter(isPublicSigningKey);
  return { keys };
}

function isPublicSigningKey(key: unknown): boolean {
  if (typeof key !== 'object' || key === null) return false;
  const { kty, use } = key as { kty?: unknown; use?: unknown };
  // `oct` is a shared secret: it has no place in a published set.
  return typeof kty === 'string' && kty !== 'oct' && (use === undefined || use === 'sig');
}
