import { z } from 'zod';

const mode = z.enum(['off', 'shadow', 'block']);

/** How hostile traffic is met at a site. The API contract shares this file, so it imports nothing of the server. */
export const guardSchema = z.strictObject({
  firewall: mode.describe('The firewall: off, shadow (record what it would block), or block'),
  paranoia: z
    .union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)])
    .describe('1 stops what no honest text holds; each level above stops more and wants more exclusions'),
  threshold: z.int().min(1).max(100).describe('Points in one category that block; a critical rule has 5'),
  inspectBytesMax: z
    .int()
    .min(1024)
    .max(1024 ** 3)
    .nullable()
    .describe('Bodies are inspected this far and the record says so; null inspects them whole'),
  coreRules: mode.describe('The OWASP Core Rule Set beside the own firewall, where the gate has it loaded'),
  shields: mode.describe('Virtual patches for known advisories of the platform'),
  answers: z
    .enum(['off', 'shadow', 'redact', 'block'])
    .describe('What leaves in answers: stack traces, database errors, keys, card numbers'),
  countries: z
    .strictObject({
      rule: z.enum(['any', 'only', 'except']),
      codes: z.array(z.string().regex(/^[A-Z]{2}$/, 'want an ISO 3166 code as "DE"')).max(250),
    })
    .describe('Countries that may come, or may not'),
  anonymisers: z.enum(['pass', 'challenge', 'block']).describe('Tor exits and other listed anonymisers'),
  challenge: z
    .enum(['off', 'overload', 'always'])
    .describe('A proof of work for visitors who are not signed in: never, while the gate is overloaded, or always'),
  clientCertificates: z
    .array(
      z.strictObject({
        path: z
          .string()
          .max(512)
          .regex(
            /^\/(?:[!$&'()+,.:;=@\w~-][!$&'()+,./:;=@\w~-]*)?(?:\*)?$/,
            'want a path, as "/admin", "/admin/*" or "/*"',
          )
          .refine(path => !path.includes('*') || path.endsWith('/*'), 'want "*" as the whole last segment')
          .describe('A path, or with "/*" at its end that path and all below it'),
        caPem: z
          .string()
          .max(65_536)
          .startsWith('-----BEGIN CERTIFICATE-----', 'want certificates in PEM')
          .describe('The authority whose client certificates are taken, and no other'),
        subjects: z
          .array(z.string().min(1).max(256))
          .max(500)
          .describe('Common names, DNS names or mail addresses that may come; empty: all of the authority'),
      }),
    )
    .max(20)
    .describe('Routes that want a client certificate (mTLS); where several match, each must be content'),
});

/** See `guardSchema`. */
export type SiteGuard = Readonly<z.output<typeof guardSchema>>;

/** What a site gets where nobody said otherwise, and what fields that came later are for sites made before. */
export const guardDefaults: SiteGuard = {
  firewall: 'block',
  paranoia: 1,
  threshold: 5,
  inspectBytesMax: null,
  coreRules: 'off',
  shields: 'block',
  answers: 'shadow',
  countries: { rule: 'any', codes: [] },
  anonymisers: 'pass',
  challenge: 'off',
  clientCertificates: [],
};
