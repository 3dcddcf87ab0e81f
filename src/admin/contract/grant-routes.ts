import { z } from 'zod';
import type { Route } from './route.ts';
import { done, globalRole, id, idParams, timestamp } from './schemas.ts';

/** A project role, built in (`viewer`, `editor`, `admin`, `owner`) or the id of one made here; without a project a global role. */
export const roleRef = z.string().min(1).max(200);

const target = {
  groupId: id,
  project: id.nullable().describe('Null: a global role'),
  role: roleRef.describe('A project role by its id; without a project: administrator or owner'),
};

const groupSource = z.enum(['local', 'provider', 'scim']);

const grant = z.strictObject({
  id,
  ...target,
  groupName: z.string().describe('Empty when the group is gone'),
  groupSource: groupSource.nullable(),
  members: z.number().int(),
  projectName: z.string().nullable(),
  roleName: z.string(),
  createdAt: timestamp,
  createdBy: z.string().describe('Who made it, as people recognise them'),
});

const held = z.strictObject({
  project: id.nullable(),
  projectName: z.string().nullable(),
  role: roleRef,
  roleName: z.string(),
});

/** By which way somebody holds a role. */
export const way = z.strictObject({
  kind: z.enum(['direct', 'group', 'elevation']),
  project: id.nullable(),
  projectName: z.string().nullable(),
  role: roleRef,
  roleName: z.string(),
  groupId: id.nullable(),
  groupName: z.string().nullable(),
  groupSource: groupSource.nullable(),
  grantId: id.nullable(),
  elevationId: id.nullable(),
  expiresAt: timestamp.nullable().describe('When it ends by itself'),
});

export const grantRoutes = {
  'grants.list': {
    method: 'GET',
    path: '/grants',
    summary: 'What groups are granted: all for who may read people, else in the projects one manages',
    tag: 'grants',
    need: 'signed_in',
    query: z.strictObject({
      groupId: id.optional(),
      project: id.optional(),
      search: z.string().max(200).optional().describe('Part of a group’s name'),
      limit: z.coerce.number().int().min(1).max(500).default(100),
      after: id.optional(),
    }),
    response: z.strictObject({ grants: z.array(grant) }),
  },
  'grants.create': {
    method: 'POST',
    path: '/grants',
    summary: 'Grant a group a role; never above one’s own',
    tag: 'grants',
    need: 'signed_in',
    stepUp: true,
    body: z.strictObject(target),
    response: grant,
  },
  'grants.delete': {
    method: 'DELETE',
    path: '/grants/:id',
    summary: 'Take a grant back: its members lose it with the next request',
    tag: 'grants',
    need: 'signed_in',
    stepUp: true,
    params: idParams,
    response: done,
  },
  'grants.preview': {
    method: 'POST',
    path: '/grants/preview',
    summary: 'Dry run: who would gain and lose what; nothing is saved',
    tag: 'grants',
    need: 'signed_in',
    body: z.strictObject({
      add: z.array(z.strictObject(target)).max(100).default([]),
      remove: z.array(id).max(100).default([]).describe('Ids of grants'),
      offset: z.number().int().min(0).max(1_000_000).default(0),
      limit: z.number().int().min(1).max(500).default(50),
    }),
    response: z.strictObject({
      gaining: z.number().int().describe('People who would gain something'),
      losing: z.number().int().describe('People who would lose something'),
      unchanged: z.number().int().describe('People of the groups concerned for whom nothing changes'),
      refused: z
        .array(z.strictObject({ at: z.number().int(), reason: z.string() }))
        .describe('Which of `add` (by position) the caller may not grant, and why'),
      people: z.array(
        z.strictObject({
          userId: id,
          email: z.string(),
          name: z.string(),
          gains: z.array(held),
          loses: z.array(held),
        }),
      ),
      next: z.number().int().nullable().describe('The offset of the next page'),
    }),
  },
  'grants.previewPerson': {
    method: 'POST',
    path: '/grants/preview-person',
    summary: 'What one person would hold with these groups: for the test of a provider',
    tag: 'grants',
    need: 'user.read',
    body: z.strictObject({
      userId: id.nullable().describe('Null: somebody new'),
      groupIds: z.array(id).max(1000).describe('All groups the person would be in'),
    }),
    response: z.strictObject({ globalRole, ways: z.array(way) }),
  },
} as const satisfies Record<string, Route>;
