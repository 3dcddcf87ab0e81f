import { z } from 'zod';
import { apiSchema } from '../../gateway/api-input.ts';
import { guardSchema } from '../../gateway/guard-input.ts';
import { signInSchema } from '../../gateway/sign-in-input.ts';

export const timestamp = z.number().int().nonnegative().describe('Unix time in milliseconds');
export const id = z.string().min(1).max(200);
export const email = z.email().max(254);
export const displayName = z.string().trim().min(1).max(120);
export const globalRole = z.enum(['member', 'administrator', 'owner']);
export const platformId = z.enum(['n8n', 'flowise', 'generic']);
export const done = z.strictObject({});
export const idParams = z.strictObject({ id });
/** How long a secret goes on beside its successor: at most 30 days, a day unless said. */
export const overlapMs = z
  .number()
  .int()
  .min(0)
  .max(30 * 86_400_000)
  .default(86_400_000);

export const person = z.strictObject({
  id,
  email: z.string(),
  name: z.string(),
  role: globalRole,
  disabled: z.boolean(),
  hasPassword: z.boolean(),
  factors: z.strictObject({ totp: z.boolean(), passkeys: z.number().int() }),
  createdAt: timestamp,
  lastSignInAt: timestamp.nullable(),
});

export const session = z.strictObject({
  id,
  host: z.string(),
  methods: z.array(z.string()),
  createdAt: timestamp,
  authenticatedAt: timestamp,
  lastSeenAt: timestamp,
  expiresAt: timestamp,
  clientIp: z.string(),
  userAgent: z.string(),
  endedAt: timestamp.nullable(),
  endReason: z.string().nullable(),
  current: z.boolean().describe('Whether this is the session that asks'),
});

export const publicRoute = z.strictObject({
  methods: z
    .array(z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']))
    .min(1)
    .max(7),
  path: z
    .string()
    .max(512)
    .regex(/^\/[^\s?#]*$/, 'want an absolute path without query, as "/webhook/orders" or "/webhook/:id/status"')
    .describe('Exact path; `:name` stands for one segment'),
});

const origin = z
  .string()
  .max(300)
  .regex(/^https?:\/\/[^/?#\s]+$/, 'want an origin, as "http://localhost:5678"');

const siteFields = {
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'want 1 to 40 lower-case letters, digits and dashes')
    .describe('Short unique name'),
  platform: platformId,
  hosts: z
    .array(
      z
        .string()
        .max(253)
        .regex(/^[a-z0-9.-]+$/, 'want a host name in lower case, without port'),
    )
    .max(20),
  port: z
    .number()
    .int()
    .min(0)
    .max(65535)
    .nullable()
    .describe('A listener of its own; null when it is found by host name; 0 picks a free one'),
  upstreams: z.array(origin).min(1).max(32),
  accounts: z
    .enum(['personal', 'project', 'shared', 'none'])
    .describe(
      'Platform accounts: one for each person, one for each project (its people share their work), one for all, or none',
    ),
  defaultProject: id,
  projects: z.array(id).max(50).describe('Further projects that work on the site, where each project has an account'),
  publicRoutes: z.array(publicRoute).max(500),
  corsOrigins: z.array(origin).max(50),
  identityHeaders: z.enum(['remote', 'x-forwarded', 'none']),
  bodyBytesMax: z
    .number()
    .int()
    .min(1024)
    .max(1024 ** 3),
  upstreamTimeoutMs: z.number().int().min(100).max(3_600_000),
  healthPath: z.string().max(300).startsWith('/'),
  enabled: z.boolean(),
};

/** What is left out keeps its value, or gets the safe one on a new site. */
const guardPatch = guardSchema.partial();

export const siteInput = z.strictObject({
  ...siteFields,
  hosts: siteFields.hosts.optional(),
  port: siteFields.port.optional(),
  accounts: siteFields.accounts.optional(),
  defaultProject: siteFields.defaultProject.optional(),
  projects: siteFields.projects.optional(),
  publicRoutes: siteFields.publicRoutes.optional(),
  corsOrigins: siteFields.corsOrigins.optional(),
  identityHeaders: siteFields.identityHeaders.optional(),
  bodyBytesMax: siteFields.bodyBytesMax.optional(),
  upstreamTimeoutMs: siteFields.upstreamTimeoutMs.optional(),
  healthPath: siteFields.healthPath.optional(),
  enabled: siteFields.enabled.optional(),
  guard: guardPatch.optional(),
  api: apiSchema.optional(),
  signIn: signInSchema.partial().optional(),
});

export const sitePatch = z
  .strictObject({ ...siteFields, guard: guardPatch, api: apiSchema, signIn: signInSchema.partial() })
  .partial();

export const upstreamHealth = z.strictObject({ url: z.string(), healthy: z.boolean(), active: z.number() });

export const site = z.strictObject({
  id,
  ...siteFields,
  guard: guardSchema,
  api: apiSchema,
  signIn: signInSchema,
  upstreams: z.array(origin).max(32).describe('Empty for those who only enter the site'),
  createdAt: timestamp,
  address: z.string().describe('Where people reach it, as "https://localhost:8444"'),
  upstreamHealth: z.array(upstreamHealth),
  platformAccount: z
    .enum(['ready', 'needed', 'not_used'])
    .describe('Whether the gate can sign people in to the platform'),
  version: z.string().nullable().describe('The version the platform says it runs'),
});

export const outcome = z.enum(['success', 'failure', 'denied']);

export const auditEvent = z.looseObject({
  seq: z.number().int(),
  id: z.string(),
  time: timestamp,
  type: z.string(),
  outcome,
  principal: z.strictObject({
    ...{ kind: z.string(), id: z.string(), name: z.string(), apiKey: z.string().optional() },
    actors: z
      .array(z.strictObject({ id: z.string(), name: z.string() }))
      .optional()
      .describe('Service accounts that did it in this name, the one at work first'),
  }),
  action: z.string(),
  resource: z.strictObject({ kind: z.string(), id: z.string(), name: z.string().optional() }).optional(),
  site: z.string().optional(),
  platform: z.string().optional(),
  project: z.string().optional(),
  requestId: z.string().optional(),
  clientIp: z.string().optional(),
  data: z.record(z.string(), z.unknown()),
});
