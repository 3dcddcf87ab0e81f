import * as client from 'openid-client';
import { isSallyportError } from '../../core/errors.ts';
import type { Secret } from '../../core/secret.ts';
import { printable } from '../email.ts';
import type { ProbeStep } from '../federation/federation.ts';
import type { OidcSettings } from '../provider-settings.ts';
import { configure } from './client.ts';
import type { Metadata } from './discovery.ts';
import { discover, discoveryAddress, fetchDocument } from './discovery.ts';
import type { GuardedFetch, GuardSettings } from './guarded-fetch.ts';
import { findAddress, untilAborted } from './guarded-fetch.ts';
import { createKeySet } from './key-set.ts';

interface Probing {
  readonly settings: OidcSettings;
  readonly fetch: GuardedFetch;
  readonly guard: GuardSettings;
  readonly secret: Secret | undefined;
  readonly now: () => number;
}

/** Looks at a provider step by step, as people set it up; what the first failed step makes pointless is left out. Never throws. */
export async function probe(
  by: Probing,
  input: { readonly redirectUri: string },
  signal: AbortSignal,
): Promise<readonly ProbeStep[]> {
  const steps: ProbeStep[] = [];
  const tell = (name: string, ok: boolean, detail: string): void => {
    steps.push({ name, ok, detail: printable(detail, 500) });
  };
  try {
    const address = await untilAborted(findAddress(new URL(by.settings.issuer), by.guard), signal);
    tell('address', true, `leads to ${address}`);
    const raw = await fetchDocument(by.settings.issuer, by.fetch, signal);
    tell('discovery', true, `read ${discoveryAddress(by.settings.issuer)}`);
    tellIssuer(by.settings.issuer, raw, tell);
    const metadata = await discover(by.settings, by.fetch, signal);
    tellSupport(metadata, tell);
    await probeKeys(by, metadata, tell, signal);
    await probeClient(by, { metadata, redirectUri: input.redirectUri }, tell, signal);
  } catch (error) {
    tell(['address', 'discovery'][steps.length] ?? 'metadata', false, textOf(error));
  }
  tell('redirect address', true, `register exactly ${input.redirectUri} at the provider`);
  return steps;
}

type Tell = (name: string, ok: boolean, detail: string) => void;

function tellIssuer(wanted: string, raw: unknown, tell: Tell): void {
  const issuer = typeof raw === 'object' && raw !== null && 'issuer' in raw ? raw.issuer : undefined;
  if (issuer === wanted) tell('issuer', true, 'is exactly the one in the settings');
  else tell('issuer', false, `the provider calls itself "${String(issuer)}"; put exactly that into the settings`);
}

function tellSupport(metadata: Metadata, tell: Tell): void {
  const algorithms = metadata.id_token_signing_alg_values_supported ?? [];
  if (algorithms.length > 0) tell('algorithms', true, `signs with ${algorithms.join(', ')}`);
  else tell('algorithms', false, 'signs with nothing that counts: want RS256, PS256, ES256, EdDSA or stronger');
  const pkce = metadata.code_challenge_methods_supported;
  if (pkce === undefined) tell('PKCE', true, 'the provider does not say; S256 is sent all the same');
  else tell('PKCE', pkce.includes('S256'), pkce.includes('S256') ? 'S256' : `only ${pkce.join(', ')}; want S256`);
  const hasIss = metadata.authorization_response_iss_parameter_supported === true;
  tell(
    'issuer in answers',
    true,
    hasIss ? 'announced, and then wanted (RFC 9207)' : 'not announced; checked when there',
  );
}

async function probeKeys(by: Probing, metadata: Metadata, tell: Tell, signal: AbortSignal): Promise<void> {
  const { fetch, now, settings } = by;
  const set = createKeySet({ fetch, metadata: async () => metadata, now, timeoutMs: settings.timeoutMs });
  try {
    const { keys } = await set.read(signal);
    tell('keys', keys.length > 0, keys.length > 0 ? `${keys.length} to check signatures with` : 'none to check with');
  } catch (error) {
    tell('keys', false, textOf(error));
  }
}

/** Redeems a code nobody gave: a provider that knows us refuses the code, one that does not refuses us. */
async function probeClient(
  by: Probing,
  about: { readonly metadata: Metadata; readonly redirectUri: string },
  tell: Tell,
  signal: AbortSignal,
): Promise<void> {
  const { clientAuth } = by.settings;
  const offered = about.metadata.token_endpoint_auth_methods_supported;
  if (offered !== undefined && !offered.includes(clientAuth)) {
    tell('client', false, `the provider takes ${offered.join(', ')}, not ${clientAuth}`);
    return;
  }
  try {
    const configuration = await configure(by.settings, about.metadata, by, signal);
    const code_verifier = 'probe'.repeat(10);
    const fields = { code: 'probe', redirect_uri: about.redirectUri, code_verifier };
    await client.genericGrantRequest(configuration, 'authorization_code', fields);
    tell('client', false, 'the provider took a code that nobody gave');
  } catch (error) {
    const said = error instanceof client.ResponseBodyError ? error.error : undefined;
    if (said === 'invalid_grant') tell('client', true, 'the provider knows this client and its secret');
    else tell('client', false, said === undefined ? textOf(error) : `the provider answers "${said}"`);
  }
}

function textOf(error: unknown): string {
  if (isSallyportError(error)) return error.detail ?? error.message;
  return error instanceof client.WWWAuthenticateChallengeError
    ? 'the provider does not take the client id and secret'
    : 'it does not answer as a provider does';
}
