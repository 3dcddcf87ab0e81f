import { z } from 'zod';

/** Longest description of an API, in characters of its JSON. */
export const openapiCharsMax = 1024 * 1024;

/** Quotas of all sites together: each has counters of its own. */
export const quotasMax = 100;

const group = z.strictObject({
  path: z
    .string()
    .max(200)
    .regex(/^(?:\/[A-Za-z0-9._~-]+)*\/\*$/, 'want a path prefix, as "/v1/*"')
    .refine(path => !/\/\.{1,2}\//.test(path), 'want no dot segments')
    .describe('The routes it takes: everything below this prefix'),
  upstream: z.string().max(300).nullable().describe('Origin of an internal service; null: the upstreams of the site'),
  stripPrefix: z.boolean().describe('Forward, and match the description, without the prefix'),
  version: z
    .strictObject({ header: z.string().regex(/^[a-z][a-z0-9-]{0,60}$/), value: z.string().min(1).max(60) })
    .nullable()
    .describe('Takes only requests with this value in this header, as "accept-version: 2"'),
  openapi: z
    .string()
    .max(openapiCharsMax)
    .nullable()
    .describe('An OpenAPI 3.1 document as JSON text: requests must fit it, and what it does not name is not there'),
  apiKey: z
    .enum(['required', 'optional', 'none'])
    .describe('Whether requests need an API key, may have one, or may not'),
  quota: z
    .strictObject({
      limit: z.int().min(1).max(10_000_000),
      windowMs: z
        .int()
        .min(1000)
        .max(24 * 3_600_000),
    })
    .nullable()
    .describe('Requests for each API key, or for each address where there is none'),
  mode: z
    .enum(['shadow', 'block'])
    .describe('What does not fit the description is refused, or recorded and let through'),
});

/** Routes that a site offers to programs. The API contract shares this file, so it imports nothing of the server. */
export const apiSchema = z
  .array(group)
  .max(20)
  .refine(
    groups => new Set(groups.map(({ path, version }) => JSON.stringify([path, version]))).size === groups.length,
    'want each path and version once',
  );

/** One group of routes; see `apiSchema`. */
export type SiteApi = Readonly<z.output<typeof group>>;
