import { z } from 'zod';
import type { Route } from './route.ts';
import { done, id, idParams, overlapMs, timestamp } from './schemas.ts';

const client = z.strictObject({
  id,
  name: z.string(),
  domains: z.array(z.string()),
  createdAt: timestamp,
  expiresAt: timestamp,
  lastUsedAt: timestamp.nullable(),
});

const made = z.strictObject({ client, token: z.string().describe('Shown this once') });

const domain = z
  .string()
  .max(253)
  .regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/, 'want a domain in lower case, as "example.org"');

export const scimRoutes = {
  'scim.listClients': {
    method: 'GET',
    path: '/scim-clients',
    summary: 'Who provisions people and groups by SCIM, and at which address',
    tag: 'scim',
    need: 'settings.manage',
    response: z.strictObject({ clients: z.array(client), url: z.string() }),
  },
  'scim.createClient': {
    method: 'POST',
    path: '/scim-clients',
    summary: 'Let an identity provider provision people of some domains; its token is shown this once',
    tag: 'scim',
    need: 'settings.manage',
    stepUp: true,
    body: z.strictObject({
      name: z.string().trim().min(1).max(100),
      domains: z.array(domain).min(1).max(100),
      expiresAt: timestamp.describe('Within a year'),
    }),
    response: made,
  },
  'scim.rotateClient': {
    method: 'POST',
    path: '/scim-clients/:id/rotate',
    summary: 'A new token; the old one goes on for a while',
    tag: 'scim',
    need: 'settings.manage',
    stepUp: true,
    params: idParams,
    body: z.strictObject({
      overlapMs,
      expiresAt: timestamp.describe('Within a year'),
    }),
    response: made,
  },
  'scim.deleteClient': {
    method: 'DELETE',
    path: '/scim-clients/:id',
    summary: 'End a client at once; the people and groups it made stay',
    tag: 'scim',
    need: 'settings.manage',
    stepUp: true,
    params: idParams,
    response: done,
  },
} as const satisfies Record<string, Route>;
