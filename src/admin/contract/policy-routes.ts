import { z } from 'zod';
import type { Route } from './route.ts';
import { globalRole, id, timestamp } from './schemas.ts';

const mfaFields = {
  roles: z.array(globalRole).max(3).describe('Global roles that cannot be without a second factor'),
  groups: z.array(id).max(200).describe('Groups whose members cannot be without one'),
  phishingResistantRoles: z.array(globalRole).max(3).describe('Global roles that sign in with a passkey only'),
  phishingResistantGroups: z.array(id).max(200).describe('Groups whose members sign in with a passkey only'),
};

export const policyRoutes = {
  'policy.getMfa': {
    method: 'GET',
    path: '/policy/mfa',
    summary: 'Who needs a second factor, and who a passkey. What a site wants beyond that is with the site (`signIn`)',
    tag: 'policy',
    need: 'user.read',
    response: z.strictObject({
      ...mfaFields,
      floor: z.array(globalRole).describe('Roles the configuration file names: they stay, whatever is set here'),
      revision: z.number().int(),
      updatedAt: timestamp.nullable(),
      updatedBy: z.string().nullable(),
      peopleWithout: z.number().int().describe('People whom this policy will ask to enrol at their next sign-in'),
    }),
  },
  'policy.setMfa': {
    method: 'PUT',
    path: '/policy/mfa',
    summary: 'Change who needs a second factor. `revision` is the one that was read; counts from the next sign-in',
    tag: 'policy',
    need: 'settings.manage',
    stepUp: true,
    body: z.strictObject({ ...mfaFields, revision: z.number().int().min(0) }),
    response: z.strictObject({ ...mfaFields, revision: z.number().int() }),
  },
} as const satisfies Record<string, Route>;
