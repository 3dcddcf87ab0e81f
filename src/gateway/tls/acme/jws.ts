import type { KeyObject } from 'node:crypto';
import { createHash, createHmac, createPublicKey, sign } from 'node:crypto';

/** The public half of an account key (RFC 7517, RFC 7518 section 6.2.1), its members in the order that RFC 7638 hashes them. */
export interface AccountJwk {
  readonly crv: 'P-256';
  readonly kty: 'EC';
  readonly x: string;
  readonly y: string;
}

/** A signed message as ACME carries it (RFC 8555 section 6.2): flattened JSON, one signature. */
export interface SignedMessage {
  readonly protected: string;
  readonly payload: string;
  readonly signature: string;
}

/** The JWK of a P-256 key. Throws for any other key. */
export function jwkOf(privateKey: KeyObject): AccountJwk {
  const { crv, kty, x, y } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (crv !== 'P-256' || kty !== 'EC' || x === undefined || y === undefined)
    throw new TypeError(`Cannot use account key "${String(kty)}": want an elliptic curve key on P-256`);
  return { crv, kty, x, y };
}

/** RFC 7638: the SHA-256 hash over the required members in order. */
export const thumbprintOf = (jwk: AccountJwk): string =>
  createHash('sha256').update(JSON.stringify(jwk)).digest('base64url');

/** RFC 8555 section 8.1: what a challenge is answered with; only the holder of the account key can make it. */
export const keyAuthorization = (token: string, jwk: AccountJwk): string => `${token}.${thumbprintOf(jwk)}`;

/** Signs with ES256 (RFC 7518 section 3.4). `payload` undefined makes a POST-as-GET (RFC 8555 section 6.3). */
export function signMessage(
  privateKey: KeyObject,
  header: { readonly url: string; readonly nonce: string; readonly kid?: string },
  payload: unknown,
): SignedMessage {
  const who = header.kid === undefined ? { jwk: jwkOf(privateKey) } : { kid: header.kid };
  const parts = {
    protected: encode({ alg: 'ES256', ...who, nonce: header.nonce, url: header.url }),
    payload: payload === undefined ? '' : encode(payload),
  };
  const bytes = Buffer.from(`${parts.protected}.${parts.payload}`);
  const signature = sign('sha256', bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url');
  return { ...parts, signature };
}

/** RFC 8555 section 7.3.4: the CA's customer key vouches for the account key, with HS256. */
export function bindExternalAccount(
  external: { readonly keyId: string; readonly macKey: Buffer },
  account: { readonly jwk: AccountJwk; readonly url: string },
): SignedMessage {
  const header = encode({ alg: 'HS256', kid: external.keyId, url: account.url });
  const payload = encode(account.jwk);
  const signature = createHmac('sha256', external.macKey).update(`${header}.${payload}`).digest('base64url');
  return { protected: header, payload, signature };
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
