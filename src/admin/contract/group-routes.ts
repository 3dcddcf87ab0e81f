import { z } from 'zod';
import type { Route } from './route.ts';
import { done, id, idParams, person, timestamp } from './schemas.ts';

export const groupName = z.string().trim().min(1).max(256);

const group = z.strictObject({
  id,
  name: z.string(),
  source: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('local') }),
    z.strictObject({ kind: z.literal('provider'), providerId: id }),
    z.strictObject({ kind: z.literal('scim'), clientId: id }),
  ]),
  externalId: z.string().nullable().describe('As its source calls it'),
  memberCount: z.number().int(),
  createdAt: timestamp,
});

const page = { limit: z.coerce.number().int().min(1).max(500).default(100), after: id.optional() };
const memberParams = z.strictObject({ id, userId: id });

export const groupRoutes = {
  'groups.list': {
    method: 'GET',
    path: '/groups',
    summary: 'Groups, by name; `after` is the id of the last one seen',
    tag: 'groups',
    need: 'user.read',
    query: z.strictObject({
      search: z.string().max(200).optional().describe('Part of the name'),
      source: z.enum(['local', 'provider', 'scim']).optional(),
      ...page,
    }),
    response: z.strictObject({ groups: z.array(group) }),
  },
  'groups.get': {
    method: 'GET',
    path: '/groups/:id',
    summary: 'One group',
    tag: 'groups',
    need: 'user.read',
    params: idParams,
    response: group,
  },
  'groups.members': {
    method: 'GET',
    path: '/groups/:id/members',
    summary: 'Who is in a group, by e-mail address; `after` is the id of the last person seen',
    tag: 'groups',
    need: 'user.read',
    params: idParams,
    query: z.strictObject(page),
    response: z.strictObject({ users: z.array(person) }),
  },
  'groups.create': {
    method: 'POST',
    path: '/groups',
    summary: 'Make a group that is kept here',
    tag: 'groups',
    need: 'user.manage',
    stepUp: true,
    body: z.strictObject({ name: groupName }),
    response: group,
  },
  'groups.rename': {
    method: 'PATCH',
    path: '/groups/:id',
    summary: 'Rename a group that is kept here',
    tag: 'groups',
    need: 'user.manage',
    stepUp: true,
    params: idParams,
    body: z.strictObject({ name: groupName }),
    response: group,
  },
  'groups.delete': {
    method: 'DELETE',
    path: '/groups/:id',
    summary: 'Delete a group with its memberships; a provider’s comes again when somebody signs in with it',
    tag: 'groups',
    need: 'user.manage',
    stepUp: true,
    params: idParams,
    response: done,
  },
  'groups.addMember': {
    method: 'PUT',
    path: '/groups/:id/members/:userId',
    summary: 'Put a person into a group that is kept here',
    tag: 'groups',
    need: 'user.manage',
    stepUp: true,
    params: memberParams,
    response: done,
  },
  'groups.removeMember': {
    method: 'DELETE',
    path: '/groups/:id/members/:userId',
    summary: 'Take a person out of a group that is kept here',
    tag: 'groups',
    need: 'user.manage',
    stepUp: true,
    params: memberParams,
    response: done,
  },
  'groups.announce': {
    method: 'POST',
    path: '/groups/announce',
    summary: 'Name a group of an identity provider before anybody brought it, so that it can be granted something',
    tag: 'groups',
    need: 'user.manage',
    stepUp: true,
    body: z.strictObject({ providerId: id, name: groupName }),
    response: group,
  },
  'groups.ofPerson': {
    method: 'GET',
    path: '/users/:id/groups',
    summary: 'The groups a person is in',
    tag: 'groups',
    need: 'user.read',
    params: idParams,
    response: z.strictObject({ groups: z.array(group) }),
  },
} as const satisfies Record<string, Route>;
