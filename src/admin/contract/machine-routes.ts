import { z } from 'zod';
import { permissions } from '../../core/permissions.ts';
import type { Route } from './route.ts';
import { displayName, done, id, idParams, overlapMs, timestamp } from './schemas.ts';

const permission = z.enum(permissions);

const scope = {
  sites: z.array(id),
  paths: z.array(z.string()),
  permissions: z.array(permission),
};

/** What somebody asks for. */
const scopeInput = {
  sites: z.array(z.string().min(1).max(200)).min(1).max(50).describe('Ids or names'),
  paths: z.array(z.string().max(300)).min(1).max(50).default(['/']),
  permissions: z.array(permission).min(1).max(permissions.length),
};

const account = z.strictObject({
  id: id.describe('Its client id at the token endpoint'),
  name: z.string(),
  ownerId: id,
  owner: z
    .strictObject({
      state: z.enum(['active', 'disabled', 'gone']),
      name: z.string().nullable(),
      email: z.string().nullable(),
    })
    .describe('Who answers for it: disabled or gone, its secrets, keys and tokens are good for nothing'),
  ...scope,
  disabled: z.boolean(),
  createdAt: timestamp,
  lastUsedAt: timestamp.nullable(),
});

const credential = z.strictObject({
  id,
  kind: z.enum(['secret', 'key']),
  name: z.string(),
  prefix: z.string().describe('Of a secret the part that is none, of a key its thumbprint'),
  createdAt: timestamp,
  expiresAt: timestamp,
  lastUsedAt: timestamp.nullable(),
});

const token = z.strictObject({
  id,
  userId: id.describe('In whose name'),
  clientId: id.describe('The service account that got it'),
  actors: z.array(id).describe('Service accounts that act for the person, the one at work first'),
  ...scope,
  createdAt: timestamp,
  expiresAt: timestamp,
  lastUsedAt: timestamp.nullable(),
});

export const machineRoutes = {
  'machines.list': {
    method: 'GET',
    path: '/service-accounts',
    summary: 'Service accounts: one’s own, or with the right to read people those of another or of all',
    tag: 'machines',
    need: 'signed_in',
    query: z.strictObject({
      ownerId: id.optional(),
      all: z.enum(['true', 'false']).default('false'),
      search: z.string().max(200).optional(),
    }),
    response: z.strictObject({ accounts: z.array(account) }),
  },
  'machines.create': {
    method: 'POST',
    path: '/service-accounts',
    summary:
      'Make a service account; what it may do comes from roles in projects, and is never more than its owner may',
    tag: 'machines',
    need: 'signed_in',
    stepUp: true,
    body: z.strictObject({
      name: displayName,
      ownerId: id.optional().describe('Who answers for it; the caller where left out'),
      ...scopeInput,
    }),
    response: account,
  },
  'machines.get': {
    method: 'GET',
    path: '/service-accounts/:id',
    summary: 'One service account with its secrets, keys and live access tokens',
    tag: 'machines',
    need: 'signed_in',
    params: idParams,
    response: z.strictObject({ account, credentials: z.array(credential), tokens: z.array(token) }),
  },
  'machines.update': {
    method: 'PATCH',
    path: '/service-accounts/:id',
    summary:
      'Rename, disable, hand over or change the scope. Handed over, all its secrets, keys and tokens end; with a smaller scope its tokens',
    tag: 'machines',
    need: 'signed_in',
    stepUp: true,
    params: idParams,
    body: z.strictObject({
      name: displayName.optional(),
      ownerId: id.optional(),
      disabled: z.boolean().optional(),
      sites: scopeInput.sites.optional(),
      paths: z.array(z.string().max(300)).min(1).max(50).optional(),
      permissions: scopeInput.permissions.optional(),
    }),
    response: account,
  },
  'machines.delete': {
    method: 'DELETE',
    path: '/service-accounts/:id',
    summary: 'Delete a service account with everything it has',
    tag: 'machines',
    need: 'signed_in',
    stepUp: true,
    params: idParams,
    response: done,
  },
  'machines.createSecret': {
    method: 'POST',
    path: '/service-accounts/:id/secrets',
    summary: 'Make a client secret; only its owner can, or the machine’s own command line',
    tag: 'machines',
    need: 'signed_in',
    stepUp: true,
    params: idParams,
    body: z.strictObject({
      name: displayName,
      expiresAt: timestamp.describe('Within a year'),
      replaces: id.optional().describe('A secret or key that ends after the overlap'),
      overlapMs,
    }),
    response: z.strictObject({ credential, secret: z.string().describe('Shown this once') }),
  },
  'machines.addKey': {
    method: 'POST',
    path: '/service-accounts/:id/keys',
    summary: 'Add a public key for private_key_jwt (RFC 7523); only its owner can, or the machine’s own command line',
    tag: 'machines',
    need: 'signed_in',
    stepUp: true,
    params: idParams,
    body: z.strictObject({
      name: displayName,
      expiresAt: timestamp.describe('Within a year'),
      jwk: z.record(z.string().max(50), z.unknown()).describe('Public JWK (RFC 7517)'),
    }),
    response: credential,
  },
  'machines.revokeCredential': {
    method: 'DELETE',
    path: '/service-accounts/:id/credentials/:credentialId',
    summary: 'Revoke a secret or key with the tokens it got',
    tag: 'machines',
    need: 'signed_in',
    params: z.strictObject({ id, credentialId: id }),
    response: done,
  },
  'machines.listTokens': {
    method: 'GET',
    path: '/access-tokens',
    summary: 'Live access tokens in one’s own name, or with the right to read people in another’s',
    tag: 'machines',
    need: 'signed_in',
    query: z.strictObject({ userId: id.optional() }),
    response: z.strictObject({ tokens: z.array(token) }),
  },
  'machines.revokeToken': {
    method: 'DELETE',
    path: '/access-tokens/:id',
    summary: 'Revoke an access token: the next request with it is refused',
    tag: 'machines',
    need: 'signed_in',
    params: idParams,
    response: done,
  },
  'machines.delegate': {
    method: 'POST',
    path: '/delegations',
    summary: 'Let a service account act in one’s name: a token it exchanges once, within an hour (RFC 8693)',
    tag: 'machines',
    need: 'signed_in',
    stepUp: true,
    body: z.strictObject({
      agentId: id.describe('The service account that may exchange it'),
      ...scopeInput,
      expiresAt: timestamp.describe('Within an hour'),
    }),
    response: z.strictObject({ token: z.string().describe('Shown this once'), expiresAt: timestamp }),
  },
} as const satisfies Record<string, Route>;
