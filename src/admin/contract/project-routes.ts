import { z } from 'zod';
import { roleRef } from './grant-routes.ts';
import type { Route } from './route.ts';
import { done, id, idParams, timestamp } from './schemas.ts';

const project = z.strictObject({
  id,
  name: z.string(),
  createdAt: timestamp,
  members: z.number().int(),
  ownRole: roleRef.nullable().describe('The highest the caller holds there, by whatever way'),
});
const projectName = z.string().trim().min(1).max(80);

export const projectRoutes = {
  'projects.list': {
    method: 'GET',
    path: '/projects',
    summary: 'The projects one belongs to, or all for those who may read all',
    tag: 'projects',
    need: 'signed_in',
    response: z.strictObject({ projects: z.array(project) }),
  },
  'projects.create': {
    method: 'POST',
    path: '/projects',
    summary: 'Make a project; whoever makes it is its Owner',
    tag: 'projects',
    need: 'project.create',
    body: z.strictObject({ name: projectName }),
    response: project,
  },
  'projects.rename': {
    method: 'PATCH',
    path: '/projects/:id',
    summary: 'Rename a project (project Admin or Owner)',
    tag: 'projects',
    need: 'signed_in',
    params: idParams,
    body: z.strictObject({ name: projectName }),
    response: project,
  },
  'projects.delete': {
    method: 'DELETE',
    path: '/projects/:id',
    summary: 'Delete an empty project (project Owner)',
    tag: 'projects',
    need: 'signed_in',
    stepUp: true,
    params: idParams,
    response: done,
  },
  'projects.listMembers': {
    method: 'GET',
    path: '/projects/:id/members',
    summary: 'Who belongs to it, with which role',
    tag: 'projects',
    need: 'signed_in',
    params: idParams,
    response: z.strictObject({
      members: z.array(z.strictObject({ userId: id, email: z.string(), name: z.string(), role: roleRef })),
    }),
  },
  'projects.setMember': {
    method: 'PUT',
    path: '/projects/:id/members/:userId',
    summary: 'Give a person a role (project Admin or Owner; only an Owner makes Owners)',
    tag: 'projects',
    need: 'signed_in',
    params: z.strictObject({ id, userId: id }),
    body: z.strictObject({ role: roleRef }),
    response: done,
  },
  'projects.removeMember': {
    method: 'DELETE',
    path: '/projects/:id/members/:userId',
    summary: 'Take a person out',
    tag: 'projects',
    need: 'signed_in',
    params: z.strictObject({ id, userId: id }),
    response: done,
  },
  'projects.listResources': {
    method: 'GET',
    path: '/projects/:id/resources',
    summary: 'Workflows and credentials assigned to it',
    tag: 'projects',
    need: 'signed_in',
    params: idParams,
    response: z.strictObject({
      resources: z.array(z.strictObject({ site: z.string(), kind: z.string(), resourceId: z.string() })),
    }),
  },
  'projects.assignResource': {
    method: 'PUT',
    path: '/projects/:id/resources/:site/:kind/:resourceId',
    summary: 'Put a workflow or credential into it (Owner of both projects, or Administrator)',
    tag: 'projects',
    need: 'signed_in',
    params: z.strictObject({ id, site: id, kind: z.enum(['workflow', 'credential', 'data_source']), resourceId: id }),
    response: done,
  },
} as const satisfies Record<string, Route>;
