import { z } from 'zod';
import type { Route } from './route.ts';
import { done, id, idParams, timestamp } from './schemas.ts';

/** What a campaign looks at. */
const scope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({ kind: z.literal('project'), project: id }),
  z.strictObject({ kind: z.literal('group'), groupId: id }),
  z.strictObject({ kind: z.literal('global_roles') }),
  z.strictObject({ kind: z.literal('keys') }),
]);

const campaign = z.strictObject({
  id,
  name: z.string(),
  scope,
  scopeName: z.string().describe('The scope in words'),
  state: z.enum(['open', 'closed']),
  unanswered: z.enum(['keep', 'revoke']).describe('What becomes of items without an answer when it is due'),
  reviewers: z.array(z.strictObject({ userId: id, email: z.string(), name: z.string() })),
  createdAt: timestamp,
  createdBy: z.string(),
  dueAt: timestamp,
  closedAt: timestamp.nullable(),
  items: z.number().int(),
  kept: z.number().int(),
  revoked: z.number().int(),
  open: z.number().int(),
  sha256: z.string().nullable().describe('Of the JSON export of a closed campaign; the audit log has it too'),
});

const item = z.strictObject({
  id,
  userId: id,
  email: z.string(),
  name: z.string(),
  kind: z
    .enum(['global_role', 'project_role', 'membership', 'elevation', 'api_key'])
    .describe('`membership`: of a group that is granted something'),
  what: z.string().describe('What is held, in words: "Editor of Marketing"'),
  way: z.string().describe('By which way: "direct", "group Flow builders of provider …", "elevation"'),
  project: id.nullable(),
  role: z.string().nullable(),
  groupId: id.nullable(),
  lastUsedAt: timestamp.nullable(),
  isElsewhere: z.boolean().describe('A provider or SCIM client keeps it: taking it away is to be done there'),
  reviewerId: id.nullable().describe('Null: any reviewer of the campaign'),
  answer: z.enum(['keep', 'revoke']).nullable(),
  comment: z.string().nullable(),
  answeredBy: z.string().nullable(),
  answeredAt: timestamp.nullable(),
  outcome: z
    .enum(['kept', 'revoked', 'to_be_done_elsewhere', 'gone', 'failed'])
    .nullable()
    .describe('`gone`: it was no more when the answer came'),
  note: z.string().nullable().describe('Why it failed, or what is left to do'),
  mayAnswer: z.boolean(),
});

const itemIds = z.array(id).min(1).max(200);

export const reviewRoutes = {
  'reviews.list': {
    method: 'GET',
    path: '/reviews',
    summary: 'Campaigns, newest first: all for who manages them, else those one reviews',
    tag: 'reviews',
    need: 'signed_in',
    query: z.strictObject({
      state: z.enum(['open', 'closed', 'all']).default('all'),
      limit: z.coerce.number().int().min(1).max(200).default(50),
      after: id.optional(),
    }),
    response: z.strictObject({ campaigns: z.array(campaign) }),
  },
  'reviews.preview': {
    method: 'POST',
    path: '/reviews/preview',
    summary: 'How much a campaign of this scope would list; nothing is made',
    tag: 'reviews',
    need: 'review.manage',
    body: z.strictObject({ scope }),
    response: z.strictObject({
      items: z.number().int(),
      people: z.number().int(),
      isTooMany: z.boolean(),
      itemsMax: z.number().int(),
    }),
  },
  'reviews.create': {
    method: 'POST',
    path: '/reviews',
    summary: 'Begin a campaign: who holds what, to be kept or revoked',
    tag: 'reviews',
    need: 'review.manage',
    stepUp: true,
    body: z.strictObject({
      name: z.string().trim().min(1).max(120),
      scope,
      reviewers: z.array(id).min(1).max(50).describe('People; nobody reviews what they hold themselves'),
      dueAt: timestamp.describe('Within a year'),
      unanswered: z.enum(['keep', 'revoke']).default('keep'),
    }),
    response: campaign,
  },
  'reviews.get': {
    method: 'GET',
    path: '/reviews/:id',
    summary: 'One campaign',
    tag: 'reviews',
    need: 'signed_in',
    params: idParams,
    response: campaign,
  },
  'reviews.listItems': {
    method: 'GET',
    path: '/reviews/:id/items',
    summary: 'What is to be reviewed',
    tag: 'reviews',
    need: 'signed_in',
    params: idParams,
    query: z.strictObject({
      state: z.enum(['open', 'answered', 'all']).default('all'),
      mine: z.enum(['true', 'false']).default('false').describe('Only what the caller may answer'),
      search: z.string().max(200).optional().describe('Part of an address or name'),
      limit: z.coerce.number().int().min(1).max(500).default(100),
      after: id.optional(),
    }),
    response: z.strictObject({ items: z.array(item) }),
  },
  'reviews.answer': {
    method: 'POST',
    path: '/reviews/:id/answers',
    summary: 'Keep or revoke; what is revoked is gone with the next request',
    tag: 'reviews',
    need: 'signed_in',
    stepUp: true,
    params: idParams,
    body: z.strictObject({
      items: itemIds,
      answer: z.enum(['keep', 'revoke']),
      comment: z.string().trim().max(500).default(''),
    }),
    response: z.strictObject({ items: z.array(item) }),
  },
  'reviews.assign': {
    method: 'POST',
    path: '/reviews/:id/assignments',
    summary: 'Give items to one reviewer',
    tag: 'reviews',
    need: 'review.manage',
    params: idParams,
    body: z.strictObject({ items: itemIds, reviewerId: id.nullable() }),
    response: done,
  },
  'reviews.close': {
    method: 'POST',
    path: '/reviews/:id/close',
    summary: 'Close it now: what has no answer lapses as the campaign says',
    tag: 'reviews',
    need: 'review.manage',
    stepUp: true,
    params: idParams,
    response: campaign,
  },
  'reviews.export': {
    method: 'GET',
    path: '/reviews/:id/export',
    summary: 'The evidence of a closed campaign',
    tag: 'reviews',
    need: 'review.manage',
    params: idParams,
    query: z.strictObject({ format: z.enum(['csv', 'json']).default('csv') }),
    response: z.strictObject({
      fileName: z.string(),
      text: z.string(),
      sha256: z.string().describe('Of `text` in UTF-8, as the audit log has it'),
    }),
  },
  'access.orphans': {
    method: 'GET',
    path: '/orphans',
    summary: 'Keys and projects without an owner who could answer for them, and people who came long ago',
    tag: 'reviews',
    need: 'user.read',
    response: z.strictObject({
      keys: z.array(z.strictObject({ id, name: z.string(), prefix: z.string(), userId: id, reason: z.string() })),
      projects: z.array(z.strictObject({ id, name: z.string(), reason: z.string() })),
      grants: z.array(z.strictObject({ id, groupId: id, reason: z.string() })),
      inactive: z
        .array(z.strictObject({ userId: id, email: z.string(), name: z.string(), lastSeenAt: timestamp.nullable() }))
        .describe('At most 500 enabled people who were not seen for longer than `inactiveAfterMs`'),
      inactiveAfterMs: z.number().int(),
    }),
  },
} as const satisfies Record<string, Route>;
