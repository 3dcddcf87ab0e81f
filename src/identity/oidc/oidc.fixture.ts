import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { OidcClient, OidcProviderServer } from '../../../tests/servers/oidc-provider.ts';
import { startOidcProvider } from '../../../tests/servers/oidc-provider.ts';
import { Secret } from '../../core/secret.ts';
import type { ExternalIdentity, ExternalOutcome, RelyingParty } from '../federation/federation.ts';
import type { OidcSettings } from '../provider-settings.ts';
import { oidcSettings } from '../provider-settings.ts';
import { createRelyingParty } from './relying-party.ts';

export const redirectUri = 'http://gate.example.org/.sallyport/sso/op/callback';
export const clientSecret = 'client secret / with + odd % signs';

/** A provider that runs, and a relying party for it whose clock the test can turn. */
export interface Op {
  readonly server: OidcProviderServer;
  readonly rp: RelyingParty;
  readonly clock: { offsetMs: number };
  readonly settings: OidcSettings;
  /** Another relying party on the same provider. */
  party(patch: Partial<OidcSettings>, secret?: string): RelyingParty;
}

export async function withProvider(
  use: (op: Op) => Promise<void>,
  options: {
    client?: Partial<OidcClient>;
    settings?: Partial<OidcSettings>;
    secret?: string;
    server?: Partial<Parameters<typeof startOidcProvider>[0]>;
  } = {},
): Promise<void> {
  const client: OidcClient = { clientId: 'gate', clientSecret, redirectUris: [redirectUri], ...options.client };
  await using server = await startOidcProvider({ clients: [client], ...options.server });
  server.add({ sub: 'ada', email: 'ada@example.org', groups: ['editors', 'staff'] });
  server.add({ sub: 'bob' });
  const clock = { offsetMs: 0 };
  const settings = settingsOf({ issuer: server.issuer, ...options.settings });
  const party = (patch: Partial<OidcSettings>, secret = options.secret ?? clientSecret): RelyingParty =>
    createRelyingParty(
      { ...settings, ...patch },
      { clock: { now: () => Date.now() + clock.offsetMs }, random: randomBytes, secret: new Secret(secret) },
    );
  await use({ server, rp: party({}), clock, settings, party });
}

export const settingsOf = (patch: Partial<OidcSettings>): OidcSettings => ({
  ...oidcSettings.parse({ issuer: 'https://op.example.org', clientId: 'gate' }),
  ...{ allowsPrivateAddresses: true, timeoutMs: 5000 },
  ...patch,
});

/** A signal no test waits for. */
export const signal = (): AbortSignal => AbortSignal.timeout(20_000);

/** Begins, walks through the provider's pages as that person, and gives what is needed to finish. */
export async function walkIn(op: Op, sub = 'ada', how: { rp?: RelyingParty; isForced?: boolean } = {}) {
  const { rp = op.rp, isForced = false } = how;
  const state = randomBytes(16).toString('base64url');
  const { dispatch, kept } = await rp.begin({ state, redirectUri, isForced }, signal());
  assert.equal(dispatch.kind, 'redirect');
  const url = await op.server.signIn(dispatch.url, sub);
  return { url, state, kept, sentTo: new URL(dispatch.url) };
}

/** The whole of a sign-in. */
export async function signIn(op: Op, sub = 'ada', how: { rp?: RelyingParty; isForced?: boolean } = {}) {
  return (how.rp ?? op.rp).finish(await walkIn(op, sub, how), signal());
}

export function identity(outcome: ExternalOutcome | null): ExternalIdentity {
  assert.ok(outcome?.kind === 'identity', JSON.stringify(outcome));
  return outcome.identity;
}

export function detail(outcome: ExternalOutcome | null, reason = 'invalid'): string {
  assert.ok(outcome?.kind === 'refused', JSON.stringify(outcome));
  assert.equal(outcome.refusal.reason, reason);
  return outcome.refusal.detail;
}
