import type { JWTPayload } from 'jose';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import type { Secret } from '../../core/secret.ts';
import type { CreateRelyingParty, ExternalOutcome } from '../federation/federation.ts';
import type { OidcSettings } from '../provider-settings.ts';
import type { Sources } from './claims.ts';
import { identityOf, isLacking } from './claims.ts';
import { configure } from './client.ts';
import { createDiscovery } from './discovery.ts';
import { createGuardedFetch } from './guarded-fetch.ts';
import type { Expected } from './id-token.ts';
import { verifyIdToken } from './id-token.ts';
import { openBegun, openKeepsake, sealBegun, sealKeepsake } from './keepsake.ts';
import type { KeySet } from './key-set.ts';
import { createKeySet } from './key-set.ts';
import { readLogoutToken } from './logout-token.ts';
import { probe } from './probe.ts';
import { outcomeOf, Refused, unreachable } from './refused.ts';

type Tokens = client.TokenEndpointResponse & { readonly scope?: string };

/** What the steps of one relying party share. */
interface Party {
  readonly settings: OidcSettings;
  readonly now: () => number;
  readonly keys: KeySet;
  configure(signal: AbortSignal): Promise<client.Configuration>;
}

/**
 * Signs people in by OpenID Connect: the code flow with PKCE (S256), state, nonce and `iss`, as RFC 9700 wants it. Each answer is checked by
 * openid-client and then once more here, with the signature and the provider's published keys.
 */
export const createRelyingParty: CreateRelyingParty = (settings, deps) => {
  const { allowsPrivateAddresses, caPem, timeoutMs } = settings;
  const { now } = deps.clock;
  const guard = {
    ...{ allowsPrivateAddresses, caPem, timeoutMs },
    ...(deps.resolve === undefined ? {} : { resolve: deps.resolve }),
  };
  const fetch = createGuardedFetch(guard);
  const discovery = createDiscovery(settings, { fetch, clock: deps.clock });
  const keys = createKeySet({ fetch, metadata: discovery.get, now, timeoutMs });
  const party: Party = {
    ...{ settings, now, keys },
    configure: async signal =>
      configure(settings, await discovery.get(signal), { fetch, secret: deps.secret, now }, signal),
  };

  return {
    async begin(input, signal) {
      const { isForced, loginHint, redirectUri, state } = input;
      const metadata = await discovery.get(signal);
      const [verifier, nonce] = [deps.random(32).toString('base64url'), deps.random(32).toString('base64url')];
      const url = new URL(metadata.authorization_endpoint);
      const fields = {
        ...{ client_id: settings.clientId, response_type: 'code', redirect_uri: redirectUri, state, nonce },
        scope: [...new Set(['openid', ...settings.scopes])].join(' '),
        ...{ code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
        ...(isForced ? { prompt: 'login', max_age: '0' } : {}),
        ...(loginHint === undefined ? {} : { login_hint: loginHint.slice(0, 254) }),
      };
      for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value);
      const kept = sealBegun({ verifier, nonce, issuer: settings.issuer, redirectUri, isForced, at: now() });
      return { dispatch: { kind: 'redirect', url: url.href }, kept };
    },

    async finish(input, signal) {
      try {
        return await finish(party, input, signal);
      } catch (error) {
        return outcomeOf(error);
      }
    },

    refresh: (keepsake, signal) => refresh(party, keepsake, signal),

    async logoutUrl(keepsake, input, signal) {
      const { end_session_endpoint: endpoint } = await discovery.get(signal);
      if (endpoint === undefined) return null;
      const url = new URL(endpoint);
      // OpenID Connect RP-Initiated Logout 1.0 section 2.
      url.searchParams.set('id_token_hint', openKeepsake(keepsake).idToken);
      url.searchParams.set('client_id', settings.clientId);
      url.searchParams.set('post_logout_redirect_uri', input.returnTo);
      url.searchParams.set('state', input.state);
      return url.href;
    },

    readLogoutToken: (token, signal) => readLogoutToken(token, { settings, keys }, signal),

    probe: (input, signal) => probe({ settings, fetch, guard, secret: deps.secret, now }, input, signal),
  };
};

async function finish(
  party: Party,
  input: { readonly url: URL; readonly state: string; readonly kept: Secret },
  signal: AbortSignal,
): Promise<ExternalOutcome> {
  const { settings } = party;
  const begun = openBegun(input.kept);
  // RFC 9207 section 2.4, from our side: a sign-in begun at one issuer never ends at another.
  if (begun.issuer !== settings.issuer) throw new Refused('the sign-in was begun at another issuer');
  const configuration = await party.configure(signal);
  const url = new URL(begun.redirectUri);
  url.search = input.url.search;
  const tokens: Tokens = await client.authorizationCodeGrant(configuration, url, {
    ...{ expectedState: input.state, expectedNonce: begun.nonce, idTokenExpected: true },
    pkceCodeVerifier: begun.verifier,
  });
  const expected = { nonce: begun.nonce, ...(begun.isForced ? { notBefore: begun.at } : {}) };
  const idToken = await readIdToken(party, tokens, expected, signal);
  if (idToken === undefined) throw new Refused('no ID token came');
  return vouch(party, { configuration, tokens, idToken, before: undefined }, signal);
}

async function refresh(party: Party, keepsake: Secret, signal: AbortSignal): Promise<ExternalOutcome | null> {
  const held = openKeepsake(keepsake);
  if (held.refreshToken === null) return null;
  try {
    const configuration = await party.configure(signal);
    const tokens: Tokens = await client.refreshTokenGrant(configuration, held.refreshToken);
    const idToken = await readIdToken(party, tokens, { subject: held.subject }, signal);
    // Not all providers renew the ID token; what was checked then and sealed since stands behind what they say now.
    const before = { ...held, claims: decodeJwt(held.idToken) };
    return await vouch(party, { configuration, tokens, idToken, before }, signal);
  } catch (error) {
    if (error instanceof client.ResponseBodyError) {
      const { error: said } = error;
      // RFC 6749 section 5.2: only this is a word about the person's grant; all else is about us and the provider.
      if (said === 'invalid_grant') {
        return { kind: 'refused', refusal: { reason: 'denied', detail: 'it no longer renews ("invalid_grant")' } };
      }
      throw unreachable(said, error);
    }
    if (error instanceof client.WWWAuthenticateChallengeError) throw unreachable('unauthorized', error);
    return outcomeOf(error);
  }
}

async function readIdToken(
  party: Party,
  tokens: Tokens,
  expected: Omit<Expected, 'accessToken'>,
  signal: AbortSignal,
): Promise<(JWTPayload & { sub: string }) | undefined> {
  const { access_token: accessToken, id_token: idToken } = tokens;
  if (idToken === undefined) return undefined;
  return verifyIdToken(idToken, party, { ...expected, accessToken }, signal);
}

/** What is known of an exchange: the new ID token, or the one before where the provider gave no new one. */
interface Vouching {
  readonly configuration: client.Configuration;
  readonly tokens: Tokens;
  readonly idToken: (JWTPayload & { sub: string }) | undefined;
  readonly before: { subject: string; idToken: string; refreshToken: string | null; claims: JWTPayload } | undefined;
}

/** Asks userinfo for what is lacking, and says who it is. */
async function vouch(party: Party, by: Vouching, signal: AbortSignal): Promise<ExternalOutcome> {
  const { settings } = party;
  const { before, configuration, idToken, tokens } = by;
  const subject = idToken?.sub ?? before?.subject;
  const claims = idToken ?? before?.claims;
  const text = tokens.id_token ?? before?.idToken;
  if (subject === undefined || claims === undefined || text === undefined) throw new Refused('no ID token came');
  const signed: Sources = idToken === undefined ? [] : [idToken];
  const asks =
    settings.useUserinfo &&
    configuration.serverMetadata().userinfo_endpoint !== undefined &&
    isLacking(settings, signed);
  signal.throwIfAborted();
  const told: Sources = asks ? [await client.fetchUserInfo(configuration, tokens.access_token, subject)] : [];
  // An old token fills in only where the provider now says nothing at all.
  const sources = signed.length + told.length === 0 ? [claims] : [...signed, ...told];
  const refreshToken = tokens.refresh_token ?? before?.refreshToken ?? null;
  const keepsake = sealKeepsake({ subject, idToken: text, refreshToken });
  return { kind: 'identity', identity: identityOf(settings, sources, { idToken: claims, subject, keepsake }) };
}
