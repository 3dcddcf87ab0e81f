import { z } from 'zod';
import { permissions } from '../../core/permissions.ts';
import { way } from './grant-routes.ts';
import type { Route } from './route.ts';
import { globalRole, id, idParams } from './schemas.ts';

const permission = z.enum(permissions);

const judgedWay = z.strictObject({
  ...way.shape,
  doesGrant: z.boolean().describe('Whether this role, held this way, is enough'),
});

const explanation = z.strictObject({
  allowed: z.boolean(),
  rule: z.string().describe('The rule that decided'),
  person: z.strictObject({ userId: id, email: z.string(), name: z.string(), disabled: z.boolean(), globalRole }),
  permission: permission.nullable().describe('Null: none is asked for'),
  project: id.nullable(),
  projectName: z.string().nullable(),
  ways: z.array(judgedWay).describe('What the person holds there, and by which way; what grants comes first'),
  missing: z.string().nullable().describe('What is missing when it is refused'),
  enough: z
    .array(z.strictObject({ project: id.nullable(), role: z.string(), roleName: z.string() }))
    .describe('Roles of which each would be enough'),
});

export const explainRoutes = {
  'access.explain': {
    method: 'GET',
    path: '/explain',
    summary: 'Why a person may or may not do something: role, group, mapping, elevation',
    tag: 'explain',
    need: 'signed_in',
    query: z.strictObject({
      userId: id.describe('One’s own id; another’s needs the right to read people'),
      permission,
      project: id.optional(),
    }),
    response: explanation,
  },
  'access.explainRequest': {
    method: 'GET',
    path: '/explain/request',
    summary: 'The same for a request: what it does, what that needs, and whether the person has it',
    tag: 'explain',
    need: 'user.read',
    query: z.strictObject({
      userId: id,
      site: z.string().min(1).max(200).describe('Id or name'),
      method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET'),
      path: z.string().min(1).max(2000).startsWith('/'),
    }),
    response: z.strictObject({
      ...explanation.shape,
      site: z.strictObject({ id, name: z.string() }),
      action: z.string(),
      endpoint: z.string(),
      resource: z.strictObject({ kind: z.string(), id: z.string() }).nullable(),
      isAssigned: z.boolean().describe('False: the resource is in the site’s default project'),
    }),
  },
  'access.ofPerson': {
    method: 'GET',
    path: '/users/:id/access',
    summary: 'Everything a person holds, by which way',
    tag: 'explain',
    need: 'user.read',
    params: idParams,
    response: z.strictObject({ globalRole, ways: z.array(way) }),
  },
} as const satisfies Record<string, Route>;
