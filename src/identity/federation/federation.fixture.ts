import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { SallyportError } from '../../core/errors.ts';
import { operatorPrincipal } from '../../core/events.ts';
import { Secret } from '../../core/secret.ts';
import type { StoreSettings } from '../../store/store.ts';
import type { ConfigPatch, House } from '../identity.fixture.ts';
import { from, withIdentity } from '../identity.fixture.ts';
import { providerInput } from '../provider-settings.ts';
import type { Protocols } from './connections.ts';
import type { Dispatch, ExternalIdentity, ExternalOutcome, Provider } from './federation.ts';
import type { Arrival } from './sign-on.ts';

/** Identity providers in memory: they say what the test has put there. */
export interface World {
  /** What a code (OIDC) or a response (SAML) stands for. */
  readonly codes: Map<string, ExternalOutcome>;
  /** LDAP: by login. */
  readonly logins: Map<string, { password: string; outcome: ExternalOutcome }>;
  /** What is said of a subject that is looked up or renewed. */
  readonly subjects: Map<string, ExternalOutcome>;
  isAway: boolean;
  /** How often somebody was asked, by act. */
  readonly asked: Map<string, number>;
  /** What happens while a directory is looking somebody up. */
  meanwhile?: () => Promise<void>;
  /** How long a directory takes to answer. */
  delayMs: number;
}

export function external(patch: Partial<ExternalIdentity> = {}): ExternalIdentity {
  return {
    ...{ subject: 's-ada', email: 'ada@example.org', isEmailVerified: true, name: 'Ada', groups: [] },
    ...{ isMfa: false, authenticatedAt: null, upstreamSession: null, keepsake: null },
    ...patch,
  };
}

export const vouches = (patch: Partial<ExternalIdentity> = {}): ExternalOutcome => ({
  kind: 'identity',
  identity: external(patch),
});

export const refuses = (
  reason: Extract<ExternalOutcome, { kind: 'refused' }>['refusal']['reason'],
): ExternalOutcome => ({ kind: 'refused', refusal: { reason, detail: `it is ${reason}` } });

const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const common = { domains: ['example.org'] };

export const oidcInput = (patch: object = {}) =>
  providerInput.parse({
    ...{ kind: 'oidc', name: 'Login', ...common },
    settings: { issuer: 'https://idp.example.org', clientId: 'gate' },
    ...patch,
  });

export const samlInput = (patch: object = {}, settings: object = {}) =>
  providerInput.parse({
    ...{ kind: 'saml', name: 'Campus', ...common },
    settings: { entityId: 'urn:idp', ssoUrl: 'https://saml.example.org/sso', certificates: [pem], ...settings },
    ...patch,
  });

export const ldapInput = (patch: object = {}) =>
  providerInput.parse({
    ...{ kind: 'ldap', name: 'Directory', ...common },
    settings: { urls: ['ldaps://ldap.example.org'], bind: { kind: 'service', dn: 'cn=gate' }, baseDn: 'dc=example' },
    ...patch,
  });

/** Identity over providers in memory. */
export async function withWorld(
  use: (house: House, world: World) => Promise<void>,
  patch: ConfigPatch = {},
  settings?: StoreSettings,
): Promise<void> {
  const world: World = {
    ...{ codes: new Map(), logins: new Map(), subjects: new Map(), asked: new Map() },
    ...{ isAway: false, delayMs: 0 },
  };
  await withIdentity(house => use(house, world), patch, settings, protocolsOf(world));
}

function protocolsOf(world: World): Partial<Protocols> {
  const ask = (act: string) => {
    world.asked.set(act, (world.asked.get(act) ?? 0) + 1);
    if (world.isAway) throw new SallyportError('identity.provider_unreachable', `Cannot ${act}: away`);
  };
  return {
    createSamlKeys: async () => new Secret('{"keys":"made"}'),
    createDirectory: () => ({
      async authenticate({ login, password }) {
        ask('authenticate');
        if (world.delayMs > 0) await wait(world.delayMs);
        const known = world.logins.get(login);
        if (known === undefined) return refuses('unknown');
        return password.equals(known.password) ? known.outcome : refuses('wrong');
      },
      async lookUp(subjects) {
        ask('lookUp');
        await world.meanwhile?.();
        return new Map(subjects.map(subject => [subject, world.subjects.get(subject) ?? refuses('unknown')]));
      },
      probe: async () => [{ name: 'connect', ok: !world.isAway, detail: '' }],
    }),
    createRelyingParty: () => ({
      async begin({ state, redirectUri, isForced, loginHint }) {
        ask('begin');
        const query = new URLSearchParams({ state, redirectUri, isForced: `${isForced}`, hint: loginHint ?? '' });
        return {
          dispatch: { kind: 'redirect', url: `https://idp.example.org/authorize?${query.toString()}` },
          kept: new Secret(`kept ${state}`),
        };
      },
      async finish({ url, state, kept }) {
        assert.equal(kept.reveal(), `kept ${state}`);
        return world.codes.get(url.searchParams.get('code') ?? '') ?? refuses('invalid');
      },
      async refresh(keepsake) {
        ask('refresh');
        const held = JSON.parse(keepsake.reveal()) as { subject: string; refresh: boolean };
        return held.refresh ? (world.subjects.get(held.subject) ?? refuses('denied')) : null;
      },
      logoutUrl: async (keepsake, { returnTo }) =>
        `https://idp.example.org/logout?hint=${encodeURIComponent(keepsake.reveal())}&to=${encodeURIComponent(returnTo)}`,
      async readLogoutToken(token) {
        return JSON.parse(token) as { subject: string | null; session: string | null; id: string; expiresAt: number };
      },
      probe: async () => [{ name: 'discovery', ok: true, detail: '' }],
    }),
    createSamlPartner: (_, addresses) => ({
      async begin({ relayState, isForced }) {
        const fields = { SAMLRequest: `forced=${isForced}`, RelayState: relayState };
        return {
          dispatch: { kind: 'post', url: 'https://saml.example.org/sso', fields },
          requestId: `r-${relayState}`,
        };
      },
      async finish({ response, requestId }) {
        const said = JSON.parse(response) as { code: string; inResponseTo?: string; id: string };
        if ((said.inResponseTo ?? null) !== requestId) return refusal('it answers another request');
        const outcome = world.codes.get(said.code) ?? refuses('invalid');
        if (outcome.kind === 'refused') return outcome;
        return { ...outcome, assertionId: said.id, expiresAt: Date.UTC(2026, 0, 5, 10) };
      },
      inResponseTo: response => (JSON.parse(response) as { inResponseTo?: string }).inResponseTo ?? null,
      metadata: () => `<EntityDescriptor entityID="${addresses.entityId}"/>`,
      beginLogout: async (keepsake, { relayState }) => ({
        dispatch: { kind: 'redirect', url: `https://saml.example.org/slo?${keepsake.reveal()}&${relayState}` },
        requestId: 'l1',
      }),
      async readLogout(message) {
        assert.equal(message.binding, 'redirect');
        const said = JSON.parse(message.binding === 'redirect' ? message.query : '') as {
          subject: string;
          sessions: string[];
          id: string;
        };
        return {
          kind: 'request',
          ...said,
          answer: async isDone => ({ kind: 'redirect', url: `https://saml.example.org/slo?done=${isDone}` }),
        };
      },
      probe: async () => [{ name: 'settings', ok: true, detail: '' }],
    }),
  };
}

const refusal = (detail: string) => ({ kind: 'refused' as const, refusal: { reason: 'invalid' as const, detail } });

export async function connectOidc(house: House, patch: object = {}): Promise<Provider> {
  return house.identity.signOn.create(operatorPrincipal, oidcInput(patch), new Secret('client secret'));
}

export async function connectDirectory(house: House, patch: object = {}): Promise<Provider> {
  return house.identity.signOn.create(operatorPrincipal, ldapInput(patch), new Secret('bind password'));
}

export const never = new AbortController().signal;

export function urlOf(dispatch: Dispatch): URL {
  return new URL(dispatch.url);
}

type Purpose = 'sign_in' | 'test' | 'reauthenticate';

/** Goes out to the provider; what comes back to whom is up to the test. */
export async function goOut(
  house: House,
  provider: Pick<Provider, 'slug'>,
  more: { purpose?: Purpose; returnTo?: string; sessionId?: string } = {},
) {
  const { purpose = 'sign_in', returnTo = null, ...rest } = more;
  const begun = await house.identity.signOn.begin(provider.slug, { purpose, returnTo, ...rest }, from(), never);
  const { dispatch } = begun;
  const state = dispatch.kind === 'post' ? dispatch.fields['RelayState'] : urlOf(dispatch).searchParams.get('state');
  return { ...begun, state: state ?? '' };
}

/** Out to an OIDC provider and back with a code. */
export async function signInAt(
  house: House,
  provider: Pick<Provider, 'slug'>,
  code: string,
  more: { purpose?: Purpose; returnTo?: string; sessionId?: string } = {},
): Promise<Arrival> {
  const { cookie, state } = await goOut(house, provider, more);
  const url = new URL(`https://gate.example.org/callback?code=${code}&state=${state}`);
  return house.identity.signOn.finish(provider.slug, { kind: 'oidc', url, cookie }, from(), never);
}

export function stepOf(arrival: Arrival) {
  assert.equal(arrival.kind, 'step');
  return arrival.step;
}
