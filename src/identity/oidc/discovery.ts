import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import { SallyportError } from '../../core/errors.ts';
import type { OidcSettings } from '../provider-settings.ts';
import { acceptable } from './algorithms.ts';
import type { GuardedFetch } from './guarded-fetch.ts';
import type { OnceInAWhile } from './once-in-a-while.ts';
import { createOnceInAWhile } from './once-in-a-while.ts';

const keptMs = 3_600_000;

const address = z.string().max(2000);
const list = z.array(z.string().max(200)).max(500).optional();
const document = z.object({
  issuer: z.string().max(2000),
  authorization_endpoint: address,
  token_endpoint: address,
  jwks_uri: address,
  userinfo_endpoint: address.optional(),
  end_session_endpoint: address.optional(),
  code_challenge_methods_supported: list,
  id_token_signing_alg_values_supported: list,
  token_endpoint_auth_methods_supported: list,
  token_endpoint_auth_signing_alg_values_supported: list,
  authorization_response_iss_parameter_supported: z.boolean().optional(),
  backchannel_logout_supported: z.boolean().optional(),
});

/** The discovery document of a provider, as far as it is used; its algorithms are already those that count. */
export type Metadata = z.output<typeof document>;

/** Where a provider keeps its discovery document (OpenID Connect Discovery 1.0 section 4). */
export const discoveryAddress = (issuer: string): string =>
  `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;

/** The metadata of one provider, fetched at most once an hour. Its issuer is exactly the one in the settings. */
export function createDiscovery(
  settings: OidcSettings,
  deps: { readonly fetch: GuardedFetch; readonly clock: Pick<Clock, 'now'> },
): OnceInAWhile<Metadata> {
  return createOnceInAWhile({
    load: signal => discover(settings, deps.fetch, signal),
    now: deps.clock.now,
    ...{ keptMs, cooldownMs: 30_000, timeoutMs: settings.timeoutMs },
  });
}

/** Fetches and checks. Throws `identity.provider_unreachable` or, for a document that is not this provider's, `identity.provider_refused`. */
export async function discover(settings: OidcSettings, fetch: GuardedFetch, signal: AbortSignal): Promise<Metadata> {
  const raw = await fetchDocument(settings.issuer, fetch, signal);
  const parsed = document.safeParse(raw);
  if (!parsed.success) {
    const { path = [], message = '' } = parsed.error.issues[0] ?? {};
    throw refused(settings.issuer, `"${path.join('.')}": ${message}`);
  }
  const { data } = parsed;
  // RFC 8414 section 3.3: identical, character by character. A document that speaks for another issuer is the start of a mix-up.
  if (data.issuer !== settings.issuer) {
    throw refused(settings.issuer, `its document names the issuer "${data.issuer.slice(0, 300)}"`);
  }
  for (const name of ['authorization_endpoint', 'end_session_endpoint'] as const) {
    const value = data[name];
    if (value !== undefined && !mayBeVisited(value, settings)) throw refused(settings.issuer, `${name} wants https`);
  }
  return { ...data, id_token_signing_alg_values_supported: acceptable(data.id_token_signing_alg_values_supported) };
}

/** The document as it is, for a look at what is wrong with it. */
export async function fetchDocument(issuer: string, fetch: GuardedFetch, signal: AbortSignal): Promise<unknown> {
  const answer = await fetch(discoveryAddress(issuer), { headers: { accept: 'application/json' }, signal });
  if (answer.status !== 200) throw refused(issuer, `its discovery document answers ${answer.status}`);
  try {
    return await answer.json();
  } catch (cause) {
    throw refused(issuer, 'its discovery document is not JSON', cause);
  }
}

/** Whether people may be sent there: https, or http on the visitor's own machine where the settings allow such providers. */
function mayBeVisited(text: string, settings: OidcSettings): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.username !== '' || url.password !== '') return false;
  if (url.protocol === 'https:') return true;
  const isHere = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  return url.protocol === 'http:' && isHere && settings.allowsPrivateAddresses;
}

function refused(issuer: string, why: string, cause?: unknown): SallyportError {
  const message = `Cannot use identity provider "${issuer.slice(0, 300)}": ${why}`;
  return new SallyportError('identity.provider_refused', message, {
    detail: message,
    ...(cause === undefined ? {} : { cause }),
  });
}
