import { z } from 'zod';
import { roleRef } from './grant-routes.ts';
import type { Route } from './route.ts';
import { done, id, idParams, timestamp } from './schemas.ts';

const text = z.string().trim().min(1).max(500);

const elevation = z.strictObject({
  id,
  userId: id,
  email: z.string(),
  name: z.string(),
  project: id.nullable().describe('Null: a global role'),
  projectName: z.string().nullable(),
  role: roleRef,
  roleName: z.string(),
  reason: z.string(),
  durationMs: z.number().int(),
  state: z
    .enum(['asked', 'active', 'denied', 'withdrawn', 'unanswered', 'ended', 'expired'])
    .describe('`unanswered`: nobody decided within a day'),
  askedAt: timestamp,
  decidedAt: timestamp.nullable(),
  decidedBy: z.string().nullable(),
  comment: z.string().nullable().describe('Of whoever decided'),
  expiresAt: timestamp.nullable().describe('Set once it is approved'),
  endedAt: timestamp.nullable(),
  endedBy: z.string().nullable(),
  mayDecide: z.boolean().describe('Whether the caller may approve or deny it'),
});

export const elevationRoutes = {
  'elevations.list': {
    method: 'GET',
    path: '/elevations',
    summary: 'One’s own elevations and those one may decide; all for who may read people',
    tag: 'elevations',
    need: 'signed_in',
    query: z.strictObject({
      state: z.enum(['open', 'active', 'past', 'all']).default('all').describe('`open`: asked, not decided'),
      userId: id.optional(),
      limit: z.coerce.number().int().min(1).max(500).default(100),
      after: id.optional(),
    }),
    response: z.strictObject({
      elevations: z.array(elevation),
      durationMaxMs: z.number().int(),
    }),
  },
  'elevations.ask': {
    method: 'POST',
    path: '/elevations',
    summary: 'Ask for a role for a time; another person decides',
    tag: 'elevations',
    need: 'signed_in',
    body: z.strictObject({
      project: id.nullable(),
      role: roleRef,
      reason: text,
      durationMs: z.number().int().min(60_000).describe('At most `durationMaxMs` of the list'),
    }),
    response: elevation,
  },
  'elevations.approve': {
    method: 'POST',
    path: '/elevations/:id/approve',
    summary: 'Approve somebody else’s: it begins now and ends by itself',
    tag: 'elevations',
    need: 'signed_in',
    stepUp: true,
    params: idParams,
    body: z.strictObject({ comment: z.string().trim().max(500).default('') }),
    response: elevation,
  },
  'elevations.deny': {
    method: 'POST',
    path: '/elevations/:id/deny',
    summary: 'Deny somebody else’s',
    tag: 'elevations',
    need: 'signed_in',
    params: idParams,
    body: z.strictObject({ comment: text }),
    response: elevation,
  },
  'elevations.end': {
    method: 'POST',
    path: '/elevations/:id/end',
    summary: 'End one early, or withdraw one’s own question',
    tag: 'elevations',
    need: 'signed_in',
    params: idParams,
    response: elevation,
  },
  'breakGlass.list': {
    method: 'GET',
    path: '/break-glass',
    summary: 'Accounts for emergencies: whose sign-in raises an alarm',
    tag: 'elevations',
    need: 'user.read',
    response: z.strictObject({
      accounts: z.array(
        z.strictObject({
          userId: id,
          email: z.string(),
          name: z.string(),
          markedAt: timestamp,
          lastUsedAt: timestamp.nullable(),
        }),
      ),
    }),
  },
  'breakGlass.mark': {
    method: 'PUT',
    path: '/break-glass/:id',
    summary: 'Mark the account of an Owner as one for emergencies (Owners only)',
    tag: 'elevations',
    need: 'user.manage',
    stepUp: true,
    params: idParams.describe('The person’s id'),
    response: done,
  },
  'breakGlass.unmark': {
    method: 'DELETE',
    path: '/break-glass/:id',
    summary: 'Make it an account like any other (Owners only)',
    tag: 'elevations',
    need: 'user.manage',
    stepUp: true,
    params: idParams,
    response: done,
  },
} as const satisfies Record<string, Route>;
