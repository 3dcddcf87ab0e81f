import type { OperationOutput } from '../../src/admin/contract/contract.ts';
import { SallyportError } from '../../src/core/errors.ts';
import type { Answers } from './mock-api.ts';

type Provider = OperationOutput<'providers.get'>;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** A Keycloak, a directory and a SAML provider that is switched off. */
export function signInAnswers(now: number): Answers {
  const common = { enabled: true, createsAccounts: true, trustsMfa: false, sessionHoursMax: null };
  const oidc: Provider = {
    id: 'idp-1',
    slug: 'keycloak',
    hasSecret: true,
    createdAt: now - 30 * dayMs,
    provider: {
      ...common,
      kind: 'oidc',
      name: 'Harbour ID',
      domains: ['harbour.example'],
      trustsMfa: true,
      settings: {
        issuer: 'https://id.harbour.example/realms/main',
        clientId: 'sallyport',
        clientAuth: 'client_secret_basic',
        scopes: ['openid', 'profile', 'email', 'groups'],
        claims: { email: 'email', name: 'name', groups: 'groups' },
        useUserinfo: true,
        trustsEmail: false,
        mfaValues: ['mfa', 'otp'],
        allowsPrivateAddresses: false,
        caPem: null,
        refreshSeconds: 60,
        timeoutMs: 8000,
        groupsMax: 500,
      },
    },
    addresses: {
      'Redirect URI': 'https://localhost:8443/.sallyport/sso/keycloak/callback',
      'Back-channel logout': 'https://localhost:8443/.sallyport/sso/keycloak/logout',
    },
  };
  const ldap: Provider = {
    id: 'idp-2',
    slug: 'directory',
    hasSecret: true,
    createdAt: now - 12 * dayMs,
    provider: {
      ...common,
      kind: 'ldap',
      name: 'Company directory',
      domains: ['harbour.example', 'contractors.harbour.example'],
      settings: {
        urls: ['ldaps://ldap1.harbour.example:636', 'ldaps://ldap2.harbour.example:636'],
        startTls: true,
        caPem: null,
        product: 'ldap',
        bind: { kind: 'service', dn: 'cn=sallyport,ou=services,dc=harbour,dc=example' },
        baseDn: 'ou=people,dc=harbour,dc=example',
        userFilter: '(|(uid={login})(mail={login}))',
        attributes: { id: 'entryUUID', email: 'mail', name: 'cn' },
        groups: {
          source: 'search',
          baseDn: 'ou=groups,dc=harbour,dc=example',
          filter: '(objectClass=groupOfNames)',
          memberAttribute: 'member',
          nameAttribute: 'cn',
          isNested: true,
          max: 500,
        },
        refreshSeconds: 30,
        timeoutMs: 5000,
      },
    },
    addresses: {},
  };
  const providers = [oidc, ldap];
  const find = (id: string | undefined): Provider => {
    const provider = providers.find(one => one.id === id);
    if (provider === undefined) throw new SallyportError('identity.provider_not_found', 'Unknown: sample');
    return provider;
  };
  const client = {
    id: 'scim-1',
    name: 'Harbour ID provisioning',
    domains: ['harbour.example'],
    createdAt: now - 30 * dayMs,
    expiresAt: now + 150 * dayMs,
    lastUsedAt: now - 2 * hourMs,
  };
  return {
    'providers.list': () => ({ providers }),
    'providers.get': ({ params }) => find(params['id']),
    'providers.create': () => oidc,
    'providers.update': ({ params }) => find(params['id']),
    'providers.delete': () => ({}),
    'providers.probe': ({ params }) => ({
      steps: [
        { name: 'Connect', ok: true, detail: 'ldap1.harbour.example:636 answers in 12 ms' },
        { name: 'Encrypt', ok: true, detail: 'TLS 1.3, certificate of ldap1.harbour.example until 3 March 2027' },
        { name: 'Sign in as the service account', ok: true, detail: 'cn=sallyport,ou=services' },
        { name: 'Find the person', ok: params['id'] === 'idp-2', detail: 'uid=chiara,ou=people' },
      ],
      identity: {
        subject: '5c1f3a2e-7b7c-4f0e-9d0a-1f2b3c4d5e6f',
        email: 'chiara@harbour.example',
        isEmailVerified: true,
        name: 'Chiara Conti',
        groups: ['flow-builders', 'finance'],
        isMfa: false,
        authenticatedAt: null,
        upstreamSession: null,
      },
      account: { kind: 'linked', email: 'chiara@harbour.example', reason: null },
      groups: [
        { name: 'flow-builders', groupId: 'g1' },
        { name: 'finance', groupId: null },
      ],
    }),
    'links.list': () => ({
      links: [
        {
          providerId: 'idp-1',
          providerName: 'Harbour ID',
          subject: '5c1f3a2e',
          email: 'chiara@harbour.example',
          createdAt: now - 20 * dayMs,
          lastSeenAt: now - 3 * hourMs,
        },
      ],
    }),
    'links.listOwn': () => ({ links: [] }),
    'links.delete': () => ({}),
    'scim.listClients': () => ({ clients: [client], url: 'https://localhost:8443/.sallyport/scim/v2' }),
    'scim.createClient': () => ({ client, token: 'sp_scim_Q7rX1mB5nK8wC2vT4yJ6hL9dP3sF0gZa' }),
    'scim.rotateClient': () => ({ client, token: 'sp_scim_V2nM8kQ4xB6cR1tY7wZ3jH5fD9gL0pSa' }),
    'scim.deleteClient': () => ({}),
    'policy.getMfa': () => ({
      roles: ['administrator', 'owner'],
      groups: ['g2'],
      phishingResistantRoles: ['owner'],
      phishingResistantGroups: [],
      floor: ['administrator', 'owner'],
      revision: 4,
      updatedAt: now - 6 * dayMs,
      updatedBy: 'ada@harbour.example',
      peopleWithout: 2,
    }),
    'policy.setMfa': ({ body }) => ({
      roles: [],
      groups: [],
      phishingResistantRoles: [],
      phishingResistantGroups: [],
      ...body,
      revision: 5,
    }),
    'me.getFactors': () => ({
      hasPassword: true,
      totp: { createdAt: now - 39 * dayMs },
      passkeys: [
        {
          id: 'pk1',
          name: 'Work laptop',
          createdAt: now - 20 * dayMs,
          lastUsedAt: now - 4 * hourMs,
          synced: false,
          backedUp: false,
        },
        { id: 'pk2', name: 'Phone', createdAt: now - 3 * dayMs, lastUsedAt: null, synced: true, backedUp: true },
      ],
      passkeysMax: 20,
      recoveryCodesLeft: 9,
      demand: 'mfa',
    }),
    'me.listNotices': () => ({
      notices: [
        {
          id: 'n1',
          kind: 'new_network',
          text: 'Your account was used from a network it was never used from before.',
          at: now - 5 * hourMs,
          clientIp: '203.0.113.40',
          by: null,
          read: false,
        },
        {
          id: 'n2',
          kind: 'factor_added',
          text: 'The passkey “Phone” was added.',
          at: now - 3 * dayMs,
          clientIp: '198.51.100.7',
          by: null,
          read: true,
        },
      ],
    }),
    'me.readNotices': () => ({}),
  };
}
