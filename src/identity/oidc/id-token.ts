import { createHash } from 'node:crypto';
import type { JWTPayload, JWTVerifyResult } from 'jose';
import type { OidcSettings } from '../provider-settings.ts';
import type { KeySet } from './key-set.ts';
import { Refused } from './refused.ts';

const ageSMax = 3600;
const toleranceMs = 30_000;

/** What an ID token must say, besides being this provider's and for us. */
export interface Expected {
  /** Left out at renewal, where there is none (OpenID Connect Core 1.0 section 12.2). */
  readonly nonce?: string;
  /** Whose it must be, at renewal. */
  readonly subject?: string;
  /** The sign-in was to be a new one since then: `auth_time` must say so. */
  readonly notBefore?: number;
  readonly accessToken: string;
}

/**
 * Checks an ID token whole (OpenID Connect Core 1.0 section 3.1.3.7): signature, typ, iss, aud, azp, exp, iat, nbf, nonce, at_hash, auth_time.
 * Throws `Refused` or a `JOSEError`.
 */
export async function verifyIdToken(
  token: string,
  by: { readonly settings: OidcSettings; readonly keys: KeySet; readonly now: () => number },
  expected: Expected,
  signal: AbortSignal,
): Promise<JWTPayload & { sub: string }> {
  const { settings } = by;
  const { payload, protectedHeader } = await by.keys.verify(
    token,
    {
      issuer: settings.issuer,
      audience: settings.clientId,
      maxTokenAge: ageSMax,
      requiredClaims: ['sub', 'exp', 'iat', 'aud', 'iss', ...(expected.nonce === undefined ? [] : ['nonce'])],
    },
    signal,
  );
  // RFC 8725 section 3.11: an access or logout token of the same provider is not an ID token.
  if (protectedHeader.typ !== undefined && protectedHeader.typ.toUpperCase() !== 'JWT') {
    throw new Refused(`the ID token has the type "${protectedHeader.typ}", want "JWT"`);
  }
  const { aud, azp, nonce, sub } = payload;
  if (typeof sub !== 'string' || !/^[^\p{Cc}]{1,255}$/u.test(sub)) throw new Refused('"sub" wants 1 to 255 characters');
  if (Array.isArray(aud) && aud.length > 1 && azp === undefined)
    throw new Refused('"azp" wants to be there with several "aud"');
  if (azp !== undefined && azp !== settings.clientId) throw new Refused('"azp" names another client');
  if (expected.nonce !== undefined && nonce !== expected.nonce)
    throw new Refused('"nonce" is not the one that was sent');
  if (expected.subject !== undefined && sub !== expected.subject)
    throw new Refused('"sub" is another person than before');
  checkAccessTokenHash(payload, protectedHeader, expected.accessToken);
  checkAuthTime(payload, expected.notBefore, by.now());
  return { ...payload, sub };
}

/** OpenID Connect Core 1.0 section 3.1.3.6: the left half of the hash the token is signed with. */
function checkAccessTokenHash(
  payload: JWTPayload,
  { alg }: JWTVerifyResult['protectedHeader'],
  accessToken: string,
): void {
  if (payload['at_hash'] === undefined) return;
  const bits = /(256|384|512)$/.exec(alg)?.[1] ?? '512';
  const whole = createHash(alg === 'Ed25519' ? 'sha512' : `sha${bits}`)
    .update(accessToken)
    .digest();
  if (payload['at_hash'] !== whole.subarray(0, whole.length / 2).toString('base64url')) {
    throw new Refused('"at_hash" is not the hash of the access token');
  }
}

function checkAuthTime(payload: JWTPayload, notBefore: number | undefined, now: number): void {
  const authTime = payload['auth_time'];
  if (authTime === undefined && notBefore === undefined) return;
  if (typeof authTime !== 'number' || !Number.isFinite(authTime) || authTime < 0) {
    throw new Refused('"auth_time" wants to be a time, since a new sign-in was asked for');
  }
  if (authTime * 1000 > now + toleranceMs) throw new Refused('"auth_time" is in the future');
  if (notBefore !== undefined && authTime * 1000 < notBefore - toleranceMs) {
    throw new Refused('"auth_time" is before the new sign-in that was asked for');
  }
}
