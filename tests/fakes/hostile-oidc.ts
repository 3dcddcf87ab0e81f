import { createHmac, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { OidcProviderServer, Rewrite } from '../servers/oidc-provider.ts';

type Json = Record<string, unknown>;

/** How an ID token is changed before it is sent. `null` takes a member out. */
export interface TokenChange {
  readonly header?: Json;
  readonly claims?: (claims: Json) => Json;
  /** `right`: signed again with the provider's own key. */
  readonly signature?: 'right' | 'none' | 'hmac_public_key' | 'as_it_was' | { readonly privateJwk: Json };
}

const decode = (part: string | undefined): Json =>
  JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8')) as Json;
const encode = (value: object | Buffer): string =>
  Buffer.from(Buffer.isBuffer(value) ? value : JSON.stringify(value)).toString('base64url');

/** Has a true provider send ID tokens with one fault, RS256 as it does by itself. */
export function changeIdToken(server: OidcProviderServer, change: TokenChange): Rewrite {
  return onAnswer('/token', answer => {
    const { id_token: token } = answer;
    return typeof token === 'string' ? { ...answer, id_token: changeToken(server, token, change) } : answer;
  });
}

/** One token with one fault. */
export function changeToken(server: OidcProviderServer, token: string, change: TokenChange): string {
  const [head, body, before = ''] = token.split('.');
  const { claims = same => same, header = {}, signature = 'right' } = change;
  const input = `${encode(plain({ ...decode(head), ...header }))}.${encode(plain(claims(decode(body))))}`;
  const own = server.keys.find(key => key['kty'] === 'RSA');
  if (own === undefined) throw new Error('Cannot sign: the provider has no RSA key');
  if (signature === 'as_it_was') return `${input}.${before}`;
  if (signature === 'none') return `${input}.`;
  if (signature === 'hmac_public_key') {
    const pem = createPublicKey(createPrivateKey({ key: own, format: 'jwk' })).export({
      type: 'spki',
      format: 'pem',
    });
    return `${input}.${encode(createHmac('sha256', pem).update(input).digest())}`;
  }
  const key = createPrivateKey({ key: signature === 'right' ? own : signature.privateJwk, format: 'jwk' });
  return `${input}.${encode(sign('sha256', Buffer.from(input), key))}`;
}

/** Changes one JSON answer of the provider. */
export function onAnswer(path: string, change: (answer: Json) => unknown): Rewrite {
  return (at, body) => (at === path && typeof body === 'object' && body !== null ? change(body as Json) : body);
}

const plain = (value: Json): Json => Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null));
