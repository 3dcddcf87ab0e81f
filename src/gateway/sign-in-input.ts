import { z } from 'zod';
import { permissions } from '../core/permissions.ts';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
const minutes = z.number().int().min(1).max(10_080);

/** A route or an action that wants more than a session. */
const stepUpRule = z
  .strictObject({
    methods: z.array(z.enum(methods)).max(methods.length).describe('Empty: every method'),
    path: z
      .string()
      .max(512)
      .regex(/^\/(?:[!$&'()+,.:;=@\w~-][!$&'()+,./:;=@\w~-]*)?(?:\*)?$/, 'want a path, as "/admin", "/admin/*" or "/*"')
      .refine(path => !path.includes('*') || path.endsWith('/*'), 'want "*" as the whole last segment')
      .nullable()
      .describe('A path, or with "/*" at its end that path and all below it; null: any'),
    permission: z.enum(permissions).nullable().describe('What the request needs, as the platform names it; null: any'),
    maxAgeMinutes: minutes.nullable().describe('How long ago the last proof may be; null: any age'),
    mfa: z.boolean().describe('Whether the session must have two factors'),
    phishingResistant: z.boolean().describe('Whether it must be by passkey'),
    apiKeys: z
      .enum(['refuse', 'allow'])
      .describe('API keys cannot prove anything again: refuse them here, or let them'),
  })
  .refine(rule => rule.path !== null || rule.permission !== null, 'want a path or a permission')
  .refine(
    rule => rule.maxAgeMinutes !== null || rule.mfa || rule.phishingResistant,
    'want at least one of maxAgeMinutes, mfa, phishingResistant',
  );

/** What a site wants of the sign-in of those who come to it, in its own fields of policy (RFC 9470). */
export const signInSchema = z.strictObject({
  mfa: z.boolean().describe('Whether every session here must have two factors'),
  maxAgeMinutes: minutes.nullable().describe('How long ago the last proof may be for anything here; null: any age'),
  stepUp: z.array(stepUpRule).max(50).describe('Routes and actions that want more; all that match must be content'),
});

/** See `signInSchema`. */
export type SiteSignIn = Readonly<z.output<typeof signInSchema>>;

/** Where nobody said otherwise: a session is enough. */
export const signInDefaults: SiteSignIn = { mfa: false, maxAgeMinutes: null, stepUp: [] };
