import { z } from 'zod';
import type { Route } from './route.ts';
import { auditEvent, outcome, timestamp } from './schemas.ts';

const time = z.coerce.number().int().nonnegative();

const conditions = {
  principal: z.string().max(300).optional(),
  action: z.string().max(120).optional(),
  type: z.string().max(120).optional(),
  resource: z.string().max(300).optional(),
  outcome: outcome.optional(),
  site: z.string().max(120).optional(),
  requestId: z.string().max(80).optional(),
  importantOnly: z.stringbool().optional(),
};

export const auditRoutes = {
  'audit.search': {
    method: 'GET',
    path: '/audit/events',
    summary: 'Events, newest first',
    tag: 'audit',
    need: 'audit.read',
    query: z.strictObject({
      from: time.optional(),
      to: time.optional(),
      ...conditions,
      limit: z.coerce.number().int().min(1).max(500).default(50),
      cursor: z.string().max(120).optional(),
    }),
    response: z.strictObject({ events: z.array(auditEvent), next: z.string().nullable() }),
  },
  'audit.histogram': {
    method: 'GET',
    path: '/audit/histogram',
    summary: 'How many events a search with these conditions finds, by time and outcome',
    tag: 'audit',
    need: 'audit.read',
    query: z.strictObject({
      from: time,
      to: time,
      ...conditions,
      bucketMs: z.coerce.number().int().min(60_000).max(86_400_000).default(3_600_000),
    }),
    response: z.strictObject({
      buckets: z.array(z.strictObject({ start: timestamp, outcome, count: z.number().int() })),
    }),
  },
  'audit.verify': {
    method: 'POST',
    path: '/audit/verify',
    summary: 'Re-read the whole log and check every hash',
    tag: 'audit',
    need: 'audit.read',
    response: z.strictObject({
      ok: z.boolean(),
      records: z.number().int(),
      segments: z.number().int(),
      firstSeq: z.number().int(),
      lastSeq: z.number().int(),
      head: z.string(),
      problems: z.array(z.string()),
    }),
  },
} as const satisfies Record<string, Route>;
