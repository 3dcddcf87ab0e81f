import type { webcrypto } from 'node:crypto';
import { createPrivateKey } from 'node:crypto';
import * as client from 'openid-client';
import { SallyportError } from '../../core/errors.ts';
import type { Secret } from '../../core/secret.ts';
import type { OidcSettings } from '../provider-settings.ts';
import type { Metadata } from './discovery.ts';
import type { GuardedFetch } from './guarded-fetch.ts';

/** What a configuration is made of. */
export interface ClientDeps {
  readonly fetch: GuardedFetch;
  readonly secret: Secret | undefined;
  readonly now: () => number;
}

/**
 * openid-client for one exchange: our transport, our clock, the caller's signal. It checks the first time what `id-token.ts` checks again with
 * the signature. Throws `identity.provider_refused` when the settings want a secret that is not kept or cannot be used.
 */
export async function configure(
  settings: OidcSettings,
  metadata: Metadata,
  deps: ClientDeps,
  signal: AbortSignal,
): Promise<client.Configuration> {
  const skewS = Math.round((deps.now() - Date.now()) / 1000);
  const configuration = new client.Configuration(
    present(metadata),
    settings.clientId,
    { [client.clockSkew]: skewS },
    await authentication(settings, metadata, deps.secret),
  );
  configuration[client.customFetch] = (address, options) =>
    deps.fetch(address, {
      method: options.method,
      headers: options.headers,
      ...(options.body === undefined || options.body === null ? {} : { body: textOf(options.body) }),
      signal,
    });
  // Whether http may be is decided by the guarded fetch, which knows where the address leads.
  client.allowInsecureRequests(configuration);
  return configuration;
}

/** Every member that is there; the document's schema has checked what they are. */
function present(metadata: Metadata): client.ServerMetadata {
  return Object.fromEntries(
    Object.entries(metadata).filter(([, value]) => value !== undefined),
  ) as unknown as client.ServerMetadata;
}

function textOf(body: NonNullable<client.FetchBody>): string {
  if (typeof body === 'string') return body;
  if (body instanceof URLSearchParams) return body.toString();
  throw new SallyportError('internal', 'Cannot send a body to an identity provider: want a form');
}

async function authentication(
  settings: OidcSettings,
  metadata: Metadata,
  secret: Secret | undefined,
): Promise<client.ClientAuth> {
  if (settings.clientAuth === 'none') return client.None();
  if (secret === undefined) throw unusable(settings, 'no client secret or key is kept for it');
  switch (settings.clientAuth) {
    case 'client_secret_basic':
      return client.ClientSecretBasic(secret.reveal());
    case 'client_secret_post':
      return client.ClientSecretPost(secret.reveal());
    case 'private_key_jwt':
      return client.PrivateKeyJwt(await readKey(settings, metadata, secret));
    default:
      throw new SallyportError(
        'internal',
        `Unknown client authentication ${String(settings.clientAuth satisfies never)}`,
      );
  }
}

/** A private key in PEM, for the algorithm the provider takes: RSA with PSS only where it takes nothing else. */
async function readKey(settings: OidcSettings, metadata: Metadata, secret: Secret): Promise<webcrypto.CryptoKey> {
  try {
    const key = createPrivateKey(secret.reveal());
    const taken = metadata.token_endpoint_auth_signing_alg_values_supported ?? ['RS256'];
    const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
    if (key.asymmetricKeyType === 'rsa' && modulusLength >= 2048) {
      const name = taken.includes('RS256') ? 'RSASSA-PKCS1-v1_5' : 'RSA-PSS';
      return key.toCryptoKey({ name, hash: 'SHA-256' }, false, ['sign']);
    }
    if (key.asymmetricKeyType === 'ec' && (namedCurve === 'prime256v1' || namedCurve === 'secp384r1')) {
      const curve = namedCurve === 'secp384r1' ? 'P-384' : 'P-256';
      return key.toCryptoKey({ name: 'ECDSA', namedCurve: curve }, false, ['sign']);
    }
    if (key.asymmetricKeyType === 'ed25519') return key.toCryptoKey({ name: 'Ed25519' }, false, ['sign']);
  } catch (cause) {
    throw unusable(settings, 'its key cannot be read: want a private key in PEM', cause);
  }
  throw unusable(settings, 'want an RSA key of 2048 bits or more, EC P-256 or P-384, or Ed25519');
}

function unusable(settings: OidcSettings, why: string, cause?: unknown): SallyportError {
  const message = `Cannot speak to "${settings.issuer}" as client "${settings.clientId}": ${why}`;
  return new SallyportError('identity.provider_refused', message, {
    detail: message,
    ...(cause === undefined ? {} : { cause }),
  });
}
