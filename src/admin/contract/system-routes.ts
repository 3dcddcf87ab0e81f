import { z } from 'zod';
import type { Route } from './route.ts';
import { id, outcome, timestamp, upstreamHealth } from './schemas.ts';

export const systemRoutes = {
  'system.status': {
    method: 'GET',
    path: '/status',
    summary: 'Whether the gate is up, since when, and what it guards',
    tag: 'system',
    need: 'settings.read',
    response: z.strictObject({
      version: z.string(),
      profile: z.enum(['development', 'staging', 'production']),
      startedAt: timestamp,
      ready: z.boolean(),
      recording: z.boolean(),
      revision: z.number().int(),
      connections: z.number().int(),
      activeRequests: z.number().int(),
      store: z.enum(['sqlite', 'postgres']),
      portal: z.string(),
      needsFirstOwner: z.boolean(),
      closedSites: z
        .array(z.strictObject({ site: z.string(), port: z.number().int() }))
        .describe('Sites that nobody reaches, because another program has their port'),
      sites: z.array(
        z.strictObject({
          id,
          name: z.string(),
          platform: z.string(),
          address: z.string(),
          upstreams: z.array(upstreamHealth),
        }),
      ),
    }),
  },
  'system.overview': {
    method: 'GET',
    path: '/overview',
    summary: 'The last 24 hours at a glance',
    tag: 'system',
    need: 'settings.read',
    response: z.strictObject({
      people: z.number().int(),
      peopleWithMfa: z.number().int(),
      sessions: z.number().int(),
      sites: z.number().int(),
      requests: z.number().int(),
      denied: z.number().int(),
      failedSignIns: z.number().int(),
      executions: z.number().int(),
      hours: z.array(z.strictObject({ start: timestamp, outcome, count: z.number().int() })),
      deniedByLayer: z.array(z.strictObject({ layer: z.string(), count: z.number().int() })),
      todo: z
        .array(z.strictObject({ id: z.string(), text: z.string(), link: z.string() }))
        .describe('What to do next to be safer'),
    }),
  },
  'operator.firstOwnerLink': {
    method: 'POST',
    path: '/operator/first-owner-link',
    summary: 'A one-time link (15 minutes) that creates the first Owner',
    tag: 'operator',
    need: 'operator',
    response: z.strictObject({ url: z.string(), expiresAt: timestamp }),
  },
  'operator.n8nHook': {
    method: 'POST',
    path: '/operator/sites/:id/n8n-hook',
    summary: 'The external-hook file for the n8n of a site, and how to install it',
    tag: 'operator',
    need: 'operator',
    params: z.strictObject({ id }),
    response: z.strictObject({ text: z.string(), notes: z.string() }),
  },
  'operator.flush': {
    method: 'POST',
    path: '/operator/flush',
    summary: 'Waits until everything accepted so far is durable and searchable',
    tag: 'operator',
    need: 'operator',
    response: z.strictObject({}),
  },
} as const satisfies Record<string, Route>;
