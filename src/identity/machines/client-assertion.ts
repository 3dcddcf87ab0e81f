import type { JWK } from 'jose';
import { errors, importJWK, jwtVerify } from 'jose';
import { signatureAlgorithms } from '../oidc/algorithms.ts';
import { refuseOwnKeys } from '../oidc/compact-token.ts';

const lifetimeSMax = 600;
const toleranceS = 30;
const jtiCharsMax = 200;

/** A client assertion that is right; whether its id is new is another question. */
export interface ClientAssertion {
  readonly credentialId: string;
  readonly id: string;
  /** Milliseconds. */
  readonly expiresAt: number;
}

/**
 * Checks a client assertion (RFC 7523 section 3, OpenID Connect Core 1.0 section 9): signed with a key kept for this client, `iss` and `sub` are
 * the client, `aud` is this server alone, `exp` within ten minutes, `jti` there. Undefined for everything else.
 */
export async function readClientAssertion(
  token: string,
  by: {
    readonly clientId: string;
    readonly keys: readonly { readonly id: string; readonly jwk: string }[];
    readonly audiences: readonly string[];
    readonly now: number;
  },
): Promise<ClientAssertion | undefined> {
  try {
    refuseOwnKeys(token);
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
  for (const { id, jwk } of by.keys) {
    const found = await verifyWith(token, id, jwk, by);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function verifyWith(
  token: string,
  credentialId: string,
  jwk: string,
  by: Parameters<typeof readClientAssertion>[1],
): Promise<ClientAssertion | undefined> {
  const { audiences, clientId, now } = by;
  const key: JWK = JSON.parse(jwk) as JWK;
  try {
    const { payload } = await jwtVerify(token, async header => importJWK(key, header.alg), {
      ...{ issuer: clientId, subject: clientId, audience: [...audiences], algorithms: algorithmsOf(key) },
      ...{ currentDate: new Date(now), clockTolerance: toleranceS, requiredClaims: ['exp', 'jti', 'aud'] },
    });
    const { aud, exp, iat, jti } = payload;
    // A token that is also meant for somebody else could be brought here by them.
    if (typeof aud !== 'string' && aud?.length !== 1) return undefined;
    if (typeof jti !== 'string' || jti === '' || jti.length > jtiCharsMax || typeof exp !== 'number') return undefined;
    const nowS = now / 1000;
    if (exp > nowS + lifetimeSMax + toleranceS || (iat !== undefined && iat > nowS + toleranceS)) return undefined;
    return { credentialId, id: jti, expiresAt: (exp + toleranceS) * 1000 };
  } catch (error) {
    // jose says with a TypeError that a key does not fit an algorithm.
    if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** A key signs in its own kind of algorithm alone: the header of a token chooses nothing else. */
function algorithmsOf({ crv, kty }: JWK): string[] {
  const kinds: Record<string, RegExp> = { RSA: /^[RP]S/, OKP: /^Ed/, EC: crv === 'P-384' ? /^ES384$/ : /^ES256$/ };
  const kind = kinds[kty ?? ''];
  return kind === undefined ? [] : signatureAlgorithms.filter(name => kind.test(name));
}
