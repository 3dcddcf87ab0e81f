import type { JSONWebKeySet, JWTVerifyOptions, JWTVerifyResult } from 'jose';
import { createLocalJWKSet, errors, jwtVerify } from 'jose';
import { SallyportError } from '../../core/errors.ts';
import { signatureAlgorithms } from './algorithms.ts';
import type { Metadata } from './discovery.ts';
import type { GuardedFetch } from './guarded-fetch.ts';
import type { OnceInAWhile } from './once-in-a-while.ts';
import { createOnceInAWhile } from './once-in-a-while.ts';

const keptMs = 600_000;
const cooldownMs = 30_000;
const tokenCharsMax = 65_536;
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

const offers = ['jku', 'jwk', 'x5c', 'x5u'] as const;

/** RFC 8725 section 3.10: a token that brings its own key, or says where to fetch one, is refused before anything is looked up. */
function refuseOwnKeys(token: string): void {
  const parts = token.split('.');
  if (token.length > tokenCharsMax || parts.length !== 3 || parts.some(part => !/^[A-Za-z0-9_-]+$/.test(part))) {
    throw new errors.JWTInvalid('not a signed token in compact form');
  }
  const text = Buffer.from(parts[0] ?? '', 'base64url').toString('utf8');
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw new errors.JWTInvalid('the header is not JSON');
  }
  if (typeof header !== 'object' || header === null || hasTwice(text)) {
    throw new errors.JWTInvalid('the header is not an object of different members');
  }
  const offered = offers.find(name => Object.hasOwn(header, name));
  if (offered !== undefined) throw new errors.JWTInvalid(`the header brings a key of its own (${offered})`);
}

/** RFC 7515 section 4: header names are unique. Counts members of a flat header; a nested one has more, and none is wanted here. */
function hasTwice(text: string): boolean {
  const names = [...text.matchAll(/("(?:[^"\\]|\\.)*")\s*:/g)].map(([, name = '""']) => String(JSON.parse(name)));
  return new Set(names).size !== names.length;
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
