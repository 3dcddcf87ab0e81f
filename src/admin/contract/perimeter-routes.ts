import { z } from 'zod';
import { guardSchema } from '../../gateway/guard-input.ts';
import type { Route } from './route.ts';
import { auditEvent, done, id, idParams, timestamp } from './schemas.ts';

const time = z.coerce.number().int().nonnegative();
const count = z.number().int();
const named = z.strictObject({ name: z.string(), count });

const match = z.strictObject({
  rule: z.string(),
  title: z.string(),
  points: z.number(),
  zone: z.string(),
  name: z.string(),
  part: z.enum(['name', 'value']),
  excerpt: z.string(),
});

const exclusionFields = {
  rule: z.string().min(1).max(120).describe('A rule id, or "category.*"'),
  endpoint: z.string().min(1).max(512).describe('Route pattern as records name it, or "*"'),
  zone: z.string().min(1).max(20).describe('Zone of the request, or "*"'),
  name: z.string().max(256).describe('Name of the field, or "*"'),
};

const proposal = z.strictObject(exclusionFields);

const exclusion = z.strictObject({
  ...exclusionFields,
  id,
  site: z.string(),
  reason: z.string(),
  createdBy: z.string(),
  createdAt: timestamp,
  expiresAt: timestamp.nullable(),
});

const ban = z.strictObject({
  network: z.string().describe('An address, or a block as "192.0.2.0/24"'),
  source: z.enum(['operator', 'automatic']),
  reason: z.string(),
  createdBy: z.string(),
  createdAt: timestamp,
  until: timestamp.nullable(),
  country: z.string().nullable(),
});

const list = z.strictObject({
  id: z.string(),
  kind: z.string(),
  entries: count,
  loadedAt: timestamp.nullable(),
  error: z.string().nullable(),
});

const advisory = z.strictObject({
  id: z.string(),
  title: z.string(),
  severity: z.enum(['critical', 'high', 'medium', 'low']),
  affected: z.string().describe('Versions, as "< 1.121.0"'),
  state: z
    .enum(['not_affected', 'shielded', 'gate', 'partly', 'update_needed', 'unknown_version'])
    .describe('What stands between the advisory and this site'),
  how: z.string(),
});

/** The perimeter as people run it: what was stopped and why, and what is not to be stopped. */
export const perimeterRoutes = {
  'perimeter.summary': {
    method: 'GET',
    path: '/perimeter/summary',
    summary: 'What was stopped in the last 24 hours: by which layer, what, from where and at what',
    tag: 'perimeter',
    need: 'audit.read',
    query: z.strictObject({ site: z.string().max(120).optional() }),
    response: z.strictObject({
      requests: count,
      stopped: count,
      byLayer: z.array(named),
      byCategory: z.array(named),
      byRule: z.array(z.strictObject({ name: z.string(), title: z.string(), count })),
      attackers: z.array(
        z.strictObject({ address: z.string(), count, country: z.string().nullable(), banned: z.boolean() }),
      ),
      targets: z.array(z.strictObject({ site: z.string(), endpoint: z.string(), count })),
      hours: z.array(z.strictObject({ start: timestamp, requests: count, stopped: count })),
      shadow: z.strictObject({ requests: count, wouldBlock: count }),
      limits: z.enum(['exact', 'shared', 'local_only']).describe('Whether rate limits count over all gates'),
    }),
  },
  'perimeter.incidents': {
    method: 'GET',
    path: '/perimeter/incidents',
    summary: 'Requests that the firewall stopped, or would have in shadow mode; newest first',
    tag: 'perimeter',
    need: 'audit.read',
    query: z.strictObject({
      site: z.string().max(120).optional(),
      verdict: z.enum(['block', 'would_block', 'redact', 'noticed']).optional(),
      from: time.optional(),
      to: time.optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
      cursor: z.string().max(120).optional(),
    }),
    response: z.strictObject({
      incidents: z.array(
        z.strictObject({
          id: z.string(),
          time: timestamp,
          site: z.string().nullable(),
          verdict: z.string(),
          by: z.string(),
          phase: z.string(),
          method: z.string(),
          endpoint: z.string(),
          path: z.string(),
          clientIp: z.string().nullable(),
          person: z.string().nullable(),
          scores: z.record(z.string(), z.number()),
          matches: z.array(match),
          problem: z.string().nullable(),
        }),
      ),
      next: z.string().nullable(),
    }),
  },
  'perimeter.incident': {
    method: 'GET',
    path: '/perimeter/incidents/:id',
    summary:
      'One incident by the number its visitor was shown: layer, rule, place, the offending part, and what would let it through',
    tag: 'perimeter',
    need: 'audit.read',
    params: z.strictObject({ id: z.string().min(1).max(80) }),
    response: z.strictObject({
      id: z.string(),
      events: z.array(auditEvent).describe('Everything recorded of the request'),
      layer: z.string().nullable(),
      reason: z.string().nullable(),
      matches: z.array(match),
      scores: z.record(z.string(), z.number()),
      threshold: z.number().nullable(),
      problem: z.string().nullable(),
      proposals: z.array(proposal).describe('The narrowest exclusions that would let the same request through'),
    }),
  },
  'perimeter.rules': {
    method: 'GET',
    path: '/perimeter/rules',
    summary: 'Every rule of the firewall',
    tag: 'perimeter',
    need: 'site.read',
    response: z.strictObject({
      rules: z.array(
        z.strictObject({
          id: z.string(),
          title: z.string(),
          category: z.string(),
          points: z.number(),
          paranoia: z.number().int(),
        }),
      ),
    }),
  },
  'exclusions.list': {
    method: 'GET',
    path: '/exclusions',
    summary: 'Rules that do not count at some place',
    tag: 'perimeter',
    need: 'site.read',
    query: z.strictObject({ site: z.string().max(120).optional() }),
    response: z.strictObject({ exclusions: z.array(exclusion) }),
  },
  'exclusions.create': {
    method: 'POST',
    path: '/exclusions',
    summary: 'Switch one rule off at one place; in force for the next request',
    tag: 'perimeter',
    need: 'site.manage',
    stepUp: true,
    body: z.strictObject({
      site: z.string().min(1).max(120),
      ...exclusionFields,
      reason: z.string().min(3).max(500),
      expiresAt: timestamp.nullable(),
    }),
    response: exclusion,
  },
  'exclusions.delete': {
    method: 'DELETE',
    path: '/exclusions/:id',
    summary: 'Switch the rule on again',
    tag: 'perimeter',
    need: 'site.manage',
    stepUp: true,
    params: idParams,
    response: done,
  },
  'bans.list': {
    method: 'GET',
    path: '/bans',
    summary: 'Addresses that are kept out, newest first',
    tag: 'perimeter',
    need: 'audit.read',
    query: z.strictObject({
      search: z.string().max(60).optional(),
      limit: z.coerce.number().int().min(1).max(500).default(100),
      cursor: z.string().max(120).optional(),
    }),
    response: z.strictObject({ bans: z.array(ban), next: z.string().nullable(), total: count }),
  },
  'bans.create': {
    method: 'POST',
    path: '/bans',
    summary: 'Keep an address or a block out; in force for the next request',
    tag: 'perimeter',
    need: 'site.manage',
    stepUp: true,
    body: z.strictObject({
      network: z.string().min(2).max(60),
      reason: z.string().min(3).max(500),
      until: timestamp.nullable().describe('null: until it is lifted'),
    }),
    response: ban,
  },
  'bans.lift': {
    method: 'POST',
    path: '/bans/lift',
    summary: 'Let an address in again',
    tag: 'perimeter',
    need: 'site.manage',
    stepUp: true,
    body: z.strictObject({ network: z.string().min(2).max(60) }),
    response: done,
  },
  'perimeter.lists': {
    method: 'GET',
    path: '/perimeter/lists',
    summary: 'Reputation lists and ranges of trusted hops, and how they are',
    tag: 'perimeter',
    need: 'site.read',
    response: z.strictObject({ lists: z.array(list) }),
  },
  'perimeter.advisories': {
    method: 'GET',
    path: '/perimeter/advisories',
    summary: 'Known advisories for the platform of a site: which are shielded, and which only an update cures',
    tag: 'perimeter',
    need: 'site.read',
    query: z.strictObject({ site: z.string().max(120) }),
    response: z.strictObject({ version: z.string().nullable(), advisories: z.array(advisory) }),
  },
  'perimeter.replay': {
    method: 'POST',
    path: '/perimeter/replay',
    summary: 'Judge the heads of recent requests of a site by a changed guard, and tell what would change',
    tag: 'perimeter',
    need: 'site.manage',
    body: z.strictObject({
      site: z.string().min(1).max(120),
      guard: guardSchema.partial(),
      exclusions: z.array(proposal).max(50).default([]),
    }),
    response: z.strictObject({
      heads: count,
      since: timestamp.nullable(),
      newlyBlocked: count,
      newlyPassed: count,
      examples: z
        .array(
          z.strictObject({
            id: z.string(),
            method: z.string(),
            endpoint: z.string(),
            path: z.string(),
            before: z.string(),
            after: z.string(),
            matches: z.array(match),
          }),
        )
        .max(50),
    }),
  },
} as const satisfies Record<string, Route>;
