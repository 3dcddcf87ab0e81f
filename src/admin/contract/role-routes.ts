import { z } from 'zod';
import { permissions } from '../../core/permissions.ts';
import type { Route } from './route.ts';
import { done, id, idParams, timestamp } from './schemas.ts';

const permission = z.enum(permissions);
const roleName = z.string().trim().min(1).max(60);
const description = z.string().trim().max(300);
const rolePermissions = z.array(permission).min(1).max(permissions.length);

const customRole = z.strictObject({
  id: id.describe('What members, grants and elevations name as their role'),
  name: z.string(),
  description: z.string(),
  permissions: z.array(permission),
  createdAt: timestamp,
  updatedAt: timestamp,
  members: z.number().int().describe('People who have it in a project by themselves'),
  grants: z.number().int().describe('Grants of it to groups'),
});

export const roleRoutes = {
  'roles.list': {
    method: 'GET',
    path: '/roles',
    summary: 'The project roles there are, built in and made here',
    tag: 'roles',
    need: 'signed_in',
    response: z.strictObject({
      builtIn: z.array(
        z.strictObject({
          id: z.enum(['viewer', 'editor', 'admin', 'owner']),
          name: z.string(),
          permissions: z.array(permission),
        }),
      ),
      custom: z.array(customRole),
      available: z.array(permission).describe('What a role made here can hold'),
    }),
  },
  'roles.create': {
    method: 'POST',
    path: '/roles',
    summary: 'Make a project role: a name and what it may do',
    tag: 'roles',
    need: 'user.manage',
    stepUp: true,
    body: z.strictObject({ name: roleName, description: description.default(''), permissions: rolePermissions }),
    response: customRole,
  },
  'roles.update': {
    method: 'PATCH',
    path: '/roles/:id',
    summary: 'Change a role; whoever holds it may do the new set with the next request',
    tag: 'roles',
    need: 'user.manage',
    stepUp: true,
    params: idParams,
    body: z.strictObject({
      name: roleName.optional(),
      description: description.optional(),
      permissions: rolePermissions.optional(),
    }),
    response: customRole,
  },
  'roles.delete': {
    method: 'DELETE',
    path: '/roles/:id',
    summary: 'Delete a role that nobody and no group holds',
    tag: 'roles',
    need: 'user.manage',
    stepUp: true,
    params: idParams,
    response: done,
  },
} as const satisfies Record<string, Route>;
