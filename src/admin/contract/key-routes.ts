import { z } from 'zod';
import { permissions } from '../../core/permissions.ts';
import type { Route } from './route.ts';
import { done, id, idParams, overlapMs, timestamp } from './schemas.ts';

const permission = z.enum(permissions);

const key = z.strictObject({
  id,
  userId: id,
  name: z.string(),
  prefix: z.string().describe('The part that is no secret'),
  sites: z.array(id),
  paths: z.array(z.string()),
  permissions: z.array(permission),
  createdAt: timestamp,
  expiresAt: timestamp,
  lastUsedAt: timestamp.nullable(),
  revokedAt: timestamp.nullable(),
});

const made = z.strictObject({ key, token: z.string().describe('Shown this once') });

export const keyRoutes = {
  'keys.list': {
    method: 'GET',
    path: '/api-keys',
    summary: 'API keys: one’s own, or with the right to read people another’s; at the command line those of all',
    tag: 'keys',
    need: 'signed_in',
    query: z.strictObject({ userId: id.optional(), ended: z.enum(['true', 'false']).default('false') }),
    response: z.strictObject({ keys: z.array(key) }),
  },
  'keys.create': {
    method: 'POST',
    path: '/api-keys',
    summary: 'Make an API key; for somebody else only at the machine’s own command line',
    tag: 'keys',
    need: 'signed_in',
    stepUp: true,
    body: z.strictObject({
      userId: id.optional().describe('Its owner; the caller where left out'),
      name: z.string().trim().min(1).max(100),
      sites: z.array(z.string().min(1).max(200)).min(1).max(50).describe('Ids or names'),
      paths: z.array(z.string().max(300)).min(1).max(50).default(['/']),
      permissions: z.array(permission).min(1).max(permissions.length),
      expiresAt: timestamp.describe('Within a year'),
    }),
    response: made,
  },
  'keys.rotate': {
    method: 'POST',
    path: '/api-keys/:id/rotate',
    summary: 'Give a key a successor; the old one goes on for a while',
    tag: 'keys',
    need: 'signed_in',
    stepUp: true,
    params: idParams,
    body: z.strictObject({
      overlapMs,
      expiresAt: timestamp.describe('Within a year'),
    }),
    response: made,
  },
  'keys.revoke': {
    method: 'DELETE',
    path: '/api-keys/:id',
    summary: 'Revoke a key: the next request with it is refused',
    tag: 'keys',
    need: 'signed_in',
    params: idParams,
    response: done,
  },
} as const satisfies Record<string, Route>;
