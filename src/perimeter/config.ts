import { z } from 'zod';
import { readBlock } from './address.ts';
import { defaultLimits } from './limits/defaults.ts';
import type { LimitRule } from './limits/rules.ts';
import { limitScopes, requestClasses } from './limits/rules.ts';
import { listFormats } from './reputation/formats.ts';
import { listActions } from './reputation/plane.ts';
import { coreRuleSetConfig } from './seclang/config.ts';

const minuteMs = 60_000;
const id = z.string().regex(/^[a-z0-9_-]{1,40}$/, 'want lower case letters, digits, "-" and "_", at most 40');

const cidr = z.string().refine(text => readBlock(text) !== undefined, {
  error: issue => `want an address or block as "203.0.113.0/24", not "${String(issue.input)}"`,
});

const httpsUrl = z
  .url({ protocol: /^https$/ })
  .max(2048)
  .refine(text => !URL.canParse(text) || (new URL(text).username === '' && new URL(text).password === ''), {
    error: 'want an address without a name and password in it',
  });

const limitRule = z.strictObject({
  id: id.describe('Name of the limit: what clients see and the log says'),
  scope: z
    .enum(limitScopes)
    .describe('Whose requests are counted together; "address" is an IPv4 address or an IPv6 /64'),
  limit: z.int().min(1).max(10_000_000).describe('Requests allowed in any such time'),
  windowMs: z.int().min(1000).max(86_400_000).describe('The time, in milliseconds'),
  burst: z
    .int()
    .min(1)
    .max(10_000_000)
    .optional()
    .describe('Requests allowed beyond the limit in any ten such times; none when left out'),
  appliesTo: z
    .union([z.literal('any'), z.array(z.enum(requestClasses)).min(1).max(requestClasses.length)])
    .describe('Which requests are counted'),
  people: z
    .enum(['anonymous', 'signed_in'])
    .optional()
    .describe('Only requests of people who are not signed in, or only of those who are; both when left out'),
  sites: z
    .array(z.string().min(1).max(120))
    .min(1)
    .max(500)
    .optional()
    .describe('Ids of sites; every site when left out'),
});

const toInput = ({ appliesTo, sites, ...rule }: LimitRule): z.infer<typeof limitRule> => ({
  ...rule,
  appliesTo: appliesTo === 'any' ? appliesTo : [...appliesTo],
  ...(sites === undefined ? {} : { sites: [...sites] }),
});

const limits = z
  .strictObject({
    rules: z
      .array(limitRule)
      .max(100)
      .refine(rules => new Set(rules.map(rule => rule.id)).size === rules.length, { error: 'want each id once' })
      .default(() => defaultLimits.map(toInput))
      .describe('The limits, all of them: what stands here replaces the defaults'),
    keysMax: z
      .int()
      .min(1000)
      .max(1_000_000)
      .default(50_000)
      .describe('Addresses or names each limit remembers in one process, at 276 bytes each'),
    nodes: z
      .int()
      .min(1)
      .max(100)
      .default(3)
      .describe('How many gates share the limits through Redis: together they stay within 2 % of each'),
  })
  .prefault({})
  .describe('How many requests are allowed');

const jail = z
  .strictObject({
    enabled: z.boolean().default(true).describe('Ban addresses that collect refusals'),
    threshold: z
      .int()
      .min(10)
      .max(100_000)
      .default(100)
      .describe('Points that earn a ban; a stopped attack weighs 10, a wrong password 5'),
    windowMs: z
      .int()
      .min(minuteMs)
      .max(86_400_000)
      .default(10 * minuteMs)
      .describe('Time over which points add up'),
    bansPerMinuteMax: z
      .int()
      .min(1)
      .max(10_000)
      .default(60)
      .describe('Automatic bans in a minute at most; more are told, not made'),
  })
  .prefault({})
  .describe('Automatic bans: 10 minutes, four times as long each time an address comes back, 7 days at most');

const source = z
  .union([
    z.strictObject({ entries: z.array(cidr).min(1).max(10_000).describe('Addresses and blocks, written here') }),
    z.strictObject({ preset: z.literal('cloudflare').describe('The published ranges of this network, built in') }),
    z.strictObject({
      file: z.string().startsWith('/').max(4096).describe('Full path of a file; it is read again when it changes'),
    }),
    z.strictObject({
      url: httpsUrl.describe('Address of a feed; redirects are not followed'),
      everyMs: z
        .int()
        .min(5 * minuteMs)
        .max(7 * 86_400_000)
        .default(3_600_000)
        .describe('How often it is asked'),
    }),
  ])
  .describe('Where the list comes from');

const listFields = {
  id: id.describe('Name of the list'),
  format: z
    .enum(listFormats)
    .default('plain')
    .describe('plain: one address or block a line, "#" and ";" begin a comment'),
  column: z.string().min(1).max(100).optional().describe('csv: name of the column with the address'),
  confidenceMin: z.int().min(0).max(100).optional().describe('abuseipdb: entries with less are left out'),
  services: z.array(z.string().min(1).max(60)).min(1).max(50).optional().describe('aws: only ranges of these services'),
  source,
};

const reputationList = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('block').describe('Requests from here are refused'), ...listFields }),
  z.strictObject({
    kind: z.literal('allow').describe('Never banned or refused for reputation or country'),
    ...listFields,
  }),
  z.strictObject({
    kind: z.literal('anonymiser').describe('Tor, VPNs, hosting'),
    action: z.enum(listActions).default('off').describe('What happens to requests from here'),
    ...listFields,
  }),
]);

const trustedHop = z.strictObject({
  ...listFields,
  authenticatedOrigin: z
    .boolean()
    .default(true)
    .describe('Believe these hops only on connections that proved themselves with a client certificate'),
});

/** Settings of the perimeter that belong to the gate as a whole; those of a site are its policy. */
export const perimeterConfig = z
  .strictObject({
    limits,
    jail,
    lists: z
      .array(reputationList)
      .max(50)
      .refine(lists => new Set(lists.map(list => list.id)).size === lists.length, { error: 'want each id once' })
      .default([])
      .describe('Reputation lists; a list that cannot be read is refused whole, and the former one stays'),
    trustedHops: z
      .array(trustedHop)
      .max(10)
      .default([])
      .describe('Networks of a CDN in front of the gate, whose word on the client address counts'),
    coreRuleSet: coreRuleSetConfig.optional(),
    geoDatabase: z
      .string()
      .startsWith('/')
      .max(4096)
      .optional()
      .describe('Full path of a country database in the MaxMind DB format; the packaged one when left out'),
  })
  .prefault({})
  .describe('Rate limits, automatic bans, reputation lists, trusted hops and country data');

export type PerimeterConfig = z.infer<typeof perimeterConfig>;

/** Where requests of one site may come from, as people set it: part of a site's settings. */
export const geoPolicy = z
  .strictObject({
    mode: z
      .enum(['off', 'allow', 'block'])
      .default('off')
      .describe('allow: only these countries; block: all but these'),
    countries: z
      .array(z.string().regex(/^[A-Z]{2}$/, 'want a code of ISO 3166-1 as "NL"'))
      .max(250)
      .default([])
      .describe('Country codes'),
    unknown: z.enum(['pass', 'block']).default('block').describe('An address of which no country is known'),
    private: z.enum(['pass', 'block']).default('pass').describe('An address of a private network'),
  })
  .refine(policy => policy.mode === 'off' || policy.countries.length > 0, { error: 'want at least one country' })
  .prefault({})
  .describe('Countries that may come in; the data tells where an address is registered, not where somebody sits');
