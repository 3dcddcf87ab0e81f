import { z } from 'zod';
import { keySteps, providerInput, samlSettings } from '../../identity/provider-settings.ts';
import type { Route } from './route.ts';
import { done, id, idParams, timestamp } from './schemas.ts';

const secret = z
  .string()
  .min(1)
  .max(32_768)
  .optional()
  .describe('LDAP: the password of the service account; OIDC: the client secret or private key. Never read back');

const provider = z.strictObject({
  id,
  slug: z.string().describe('Its name in addresses; never changes'),
  hasSecret: z.boolean(),
  createdAt: timestamp,
  provider: providerInput,
  addresses: z.record(z.string(), z.string()).describe('What its administrator needs to know, by name'),
});

const ownKeys = z.strictObject({
  keys: z
    .array(
      z.strictObject({
        role: z.enum(['current', 'next', 'previous']),
        use: z.enum(['signing', 'encryption']),
        fingerprint: z.string().describe('SHA-256 of the certificate'),
        validUntil: timestamp.describe('The end of the certificate'),
      }),
    )
    .describe('Those in use first; empty for other kinds than SAML. Private keys are never shown'),
});

const link = z.strictObject({
  providerId: id,
  providerName: z.string(),
  subject: z.string().describe('Who the person is there'),
  email: z.string().nullable(),
  createdAt: timestamp,
  lastSeenAt: timestamp,
});

/** What a test shows: what came, what would become of it, and what is wrong. */
export const signInReport = z.strictObject({
  steps: z.array(z.strictObject({ name: z.string(), ok: z.boolean(), detail: z.string() })),
  identity: z
    .strictObject({
      subject: z.string(),
      email: z.string().nullable(),
      isEmailVerified: z.boolean(),
      name: z.string().nullable(),
      groups: z.array(z.string()),
      isMfa: z.boolean(),
      authenticatedAt: timestamp.nullable(),
      upstreamSession: z.string().nullable(),
    })
    .nullable(),
  account: z.strictObject({
    kind: z.enum(['known', 'linked', 'new', 'refused']),
    email: z.string().nullable(),
    reason: z.string().nullable(),
  }),
  groups: z.array(z.strictObject({ name: z.string(), groupId: id.nullable() })),
});

const linkParams = z.strictObject({ id, providerId: id });

export const providerRoutes = {
  'providers.list': {
    method: 'GET',
    path: '/identity-providers',
    summary: 'Identity providers people sign in through, by name',
    tag: 'providers',
    need: 'settings.manage',
    response: z.strictObject({ providers: z.array(provider) }),
  },
  'providers.get': {
    method: 'GET',
    path: '/identity-providers/:id',
    summary: 'One identity provider, with the addresses to give to its administrator',
    tag: 'providers',
    need: 'settings.manage',
    params: idParams,
    response: provider,
  },
  'providers.create': {
    method: 'POST',
    path: '/identity-providers',
    summary: 'Connect an identity provider',
    tag: 'providers',
    need: 'settings.manage',
    stepUp: true,
    body: z.strictObject({ provider: providerInput, secret }),
    response: provider,
  },
  'providers.update': {
    method: 'PUT',
    path: '/identity-providers/:id',
    summary: 'Change an identity provider; a secret left out stays. Its kind cannot change',
    tag: 'providers',
    need: 'settings.manage',
    stepUp: true,
    params: idParams,
    body: z.strictObject({ provider: providerInput, secret }),
    response: provider,
  },
  'providers.delete': {
    method: 'DELETE',
    path: '/identity-providers/:id',
    summary: 'Disconnect an identity provider: sessions begun there end, its links and groups go; people stay',
    tag: 'providers',
    need: 'settings.manage',
    stepUp: true,
    params: idParams,
    response: done,
  },
  'providers.listKeys': {
    method: 'GET',
    path: '/identity-providers/:id/keys',
    summary: 'The gate’s own keys towards a SAML provider: in use, next and previous',
    tag: 'providers',
    need: 'settings.manage',
    params: idParams,
    response: ownKeys,
  },
  'providers.stepKeys': {
    method: 'POST',
    path: '/identity-providers/:id/keys',
    summary:
      'Change the gate’s own keys towards a SAML provider by one step: add new ones to the metadata, use them, drop the old ones',
    tag: 'providers',
    need: 'settings.manage',
    stepUp: true,
    params: idParams,
    body: z.strictObject({
      step: z.enum(keySteps).describe('`drop-next` takes new keys back that are not in use yet'),
    }),
    response: ownKeys,
  },
  'providers.readMetadata': {
    method: 'POST',
    path: '/identity-providers/saml-metadata',
    summary: 'Settings out of the metadata of a SAML identity provider, to be looked at before they are kept',
    tag: 'providers',
    need: 'settings.manage',
    body: z.strictObject({ xml: z.string().min(1).max(400_000) }),
    response: z.strictObject({ settings: samlSettings }),
  },
  'providers.probe': {
    method: 'POST',
    path: '/identity-providers/:id/probe',
    summary:
      'Try to reach an identity provider; for LDAP with a login also to find that person, and with a password to prove them',
    tag: 'providers',
    need: 'settings.manage',
    stepUp: true,
    params: idParams,
    body: z.strictObject({
      login: z.string().min(1).max(254).optional(),
      password: z.string().max(1024).optional(),
    }),
    response: signInReport,
  },
  'links.list': {
    method: 'GET',
    path: '/users/:id/links',
    summary: 'The accounts elsewhere that a person signs in with',
    tag: 'providers',
    need: 'user.read',
    params: idParams,
    response: z.strictObject({ links: z.array(link) }),
  },
  'links.create': {
    method: 'POST',
    path: '/users/:id/links',
    summary: 'Say which account at an identity provider is this person’s',
    tag: 'providers',
    need: 'user.manage',
    stepUp: true,
    params: idParams,
    body: z.strictObject({ providerId: id, subject: z.string().min(1).max(1024) }),
    response: done,
  },
  'links.delete': {
    method: 'DELETE',
    path: '/users/:id/links/:providerId',
    summary: 'Take a link away: sessions begun there end, and the groups of that provider',
    tag: 'providers',
    need: 'user.manage',
    stepUp: true,
    params: linkParams,
    response: done,
  },
  'links.listOwn': {
    method: 'GET',
    path: '/me/links',
    summary: 'The accounts elsewhere that one signs in with',
    tag: 'me',
    need: 'signed_in',
    response: z.strictObject({ links: z.array(link) }),
  },
} as const satisfies Record<string, Route>;
