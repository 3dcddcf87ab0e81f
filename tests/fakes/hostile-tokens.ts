import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A token nobody may take, and the fault it has. */
export interface HostileToken {
  readonly name: string;
  readonly token: string;
}

/** What a reader would take, so that each hostile token has one fault only. */
export interface TokenGround {
  /** The private RSA key a reader trusts, as JWK with `kid`. */
  readonly privateJwk: Readonly<Record<string, unknown>>;
  /** Claims a reader takes as they are now; with `iss`, `aud`, `iat` and `exp`. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly typ?: string;
  /** Where `jku` and `x5u` point; nobody may come there. */
  readonly decoyUrl: string;
  /** The key of whoever forges; a new one where left out, which takes its time. */
  readonly attacker?: { readonly privateKey: KeyObject; readonly publicKey: KeyObject };
}

type Json = Record<string, unknown>;

const encode = (value: string | Buffer | object): string =>
  Buffer.from(typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value)).toString(
    'base64url',
  );

/** RFC 7515 compact form with exactly these parts, signed with RS256. */
function signed(header: object | string, claims: object, key: KeyObject): string {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${encode(sign('sha256', Buffer.from(input), key))}`;
}

const mac = (header: object, claims: object, key: string | Buffer): string => {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${encode(createHmac('sha256', key).update(input).digest())}`;
};

/** A token of that ground which is right in everything: what proves that the hostile ones are refused for their fault. */
export function rightToken({ claims, privateJwk, typ }: TokenGround): string {
  const key = createPrivateKey({ key: privateJwk, format: 'jwk' });
  return signed({ alg: 'RS256', kid: privateJwk['kid'], ...(typ === undefined ? {} : { typ }) }, claims, key);
}

/** Tokens that each break one rule of RFC 7515, 7519 or 8725. Every place that reads a token refuses each of them and asks nobody. */
export function hostileTokens(ground: TokenGround): readonly HostileToken[] {
  const { claims, decoyUrl, privateJwk, typ } = ground;
  const key = createPrivateKey({ key: privateJwk, format: 'jwk' });
  const publicPem = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
  const { n, e, kty } = createPublicKey(key).export({ format: 'jwk' });
  const attacker = ground.attacker ?? generateKeyPairSync('rsa', { modulusLength: 2048 });
  const attackerJwk = attacker.publicKey.export({ format: 'jwk' });
  const head = { alg: 'RS256', kid: privateJwk['kid'], ...(typ === undefined ? {} : { typ }) };
  const right = rightToken(ground);
  const [header = '', payload = '', signature = ''] = right.split('.');
  const now = Math.floor(Date.now() / 1000);
  const changed = (change: Json): string => signed(head, { ...claims, ...change }, key);
  const without = (name: string): string => {
    const { [name]: _gone, ...rest } = claims;
    return signed(head, rest, key);
  };
  const unsigned = (alg: string, end = ''): string => `${encode({ ...head, alg })}.${payload}.${end}`;
  const brought = (extra: Json): string => signed({ ...head, ...extra }, claims, attacker.privateKey);
  const all: Record<string, string> = {
    'alg none': unsigned('none'),
    'alg None': unsigned('None'),
    'alg NONE': unsigned('NONE'),
    'alg nOnE with the true signature': unsigned('nOnE', signature),
    'HS256 with the public key in PEM': mac({ ...head, alg: 'HS256' }, claims, publicPem),
    'HS256 with the modulus': mac({ ...head, alg: 'HS256' }, claims, Buffer.from(n ?? '', 'base64url')),
    'HS256 with an empty key': mac({ ...head, alg: 'HS256' }, claims, ''),
    'signature stripped': `${header}.${payload}`,
    'signature empty': `${header}.${payload}.`,
    'payload changed after signing': `${header}.${encode({ ...claims, sub: 'admin' })}.${signature}`,
    'another key under the same kid': signed(head, claims, attacker.privateKey),
    'key in the header (jwk)': brought({ jwk: attackerJwk }),
    'true key in the header (jwk)': signed({ ...head, jwk: { kty, n, e } }, claims, key),
    'keys elsewhere (jku)': brought({ jku: `${decoyUrl}/jwks.json`, kid: 'attacker' }),
    'certificate elsewhere (x5u)': brought({ x5u: `${decoyUrl}/cert.pem` }),
    'certificate in the header (x5c)': brought({ x5c: [encode('certificate')] }),
    'kid that is a path': mac({ ...head, alg: 'HS256', kid: '../../../../../../dev/null' }, claims, ''),
    'kid that is SQL': signed({ ...head, kid: "x' UNION SELECT 'key' --" }, claims, attacker.privateKey),
    'critical header nobody knows': signed({ ...head, crit: ['x-unknown'], 'x-unknown': 1 }, claims, key),
    'payload not encoded (b64 false)': signed({ ...head, b64: false, crit: ['b64'] }, claims, key),
    'alg twice in the header': signed(JSON.stringify(head).replace('{', '{"alg":"none",'), claims, key),
    'RS256 signature under PS256': `${encode({ ...head, alg: 'PS256' })}.${payload}.${signature}`,
    expired: changed({ exp: now - 3600, iat: now - 4000 }),
    'without expiry': without('exp'),
    'not valid yet': changed({ nbf: now + 3600 }),
    'issued in the future': changed({ iat: now + 3600, exp: now + 4000 }),
    'for somebody else': changed({ aud: 'https://somebody.example.org' }),
    'without audience': without('aud'),
    'of another issuer': changed({ iss: 'https://other.example.org' }),
    'as JSON': JSON.stringify({ payload, signatures: [{ protected: header, signature }] }),
    'with a fourth part': `${right}.${payload}`,
    'with padded base64': `${header}=.${payload}==.${signature}=`,
  };
  return Object.entries(all).map(([name, token]) => ({ name, token }));
}
