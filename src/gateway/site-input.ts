import { z } from 'zod';
import { SallyportError } from '../core/errors.ts';
import { canonicalIp, isLinkLocal } from '../core/ip.ts';
import type { PlatformId } from '../platforms/platforms.ts';
import { platformIds } from '../platforms/platforms.ts';
import { compileDescription } from './api/operations.ts';
import { apiSchema, quotasMax } from './api-input.ts';
import type { SiteInput, SiteRecord } from './gateway.ts';
import { compileClientCertificates } from './guard/client-certificates.ts';
import { guardDefaults, guardSchema } from './guard-input.ts';
import { signInDefaults, signInSchema } from './sign-in-input.ts';

const mebibyte = 1024 * 1024;
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

const origin = z.string().max(300).refine(isOrigin, 'want an origin without path, as "http://localhost:5678"');

/** The gate must not fetch for its Administrators what a cloud tells only the machine. */
const upstreamOrigin = origin.refine(
  text => !isLinkLocal(URL.parse(text)?.hostname ?? ''),
  'link-local addresses are refused',
);

const schema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'want 1 to 40 lower-case letters, digits and dashes'),
    platform: z.enum(platformIds),
    hosts: z.array(z.string().max(253).refine(isHost, 'want a host name in lower case, without port')).max(20),
    port: z.int().min(1).max(65_535).nullable(),
    upstreams: z.array(upstreamOrigin).min(1).max(32),
    accounts: z.enum(['personal', 'project', 'shared', 'none']),
    defaultProject: z.string().min(1).max(200),
    projects: z.array(z.string().min(1).max(200)).max(50).default([]),
    publicRoutes: z
      .array(
        z.strictObject({
          methods: z.array(z.enum(methods)).min(1).max(methods.length),
          path: z.string().max(512).refine(isRoutePath, 'want an exact path, as "/webhook/orders" or "/webhook/:id"'),
        }),
      )
      .max(500),
    corsOrigins: z.array(origin).max(50),
    identityHeaders: z.enum(['remote', 'x-forwarded', 'none']),
    bodyBytesMax: z
      .int()
      .min(1024)
      .max(1024 ** 3),
    upstreamTimeoutMs: z.int().min(100).max(3_600_000),
    healthPath: z
      .string()
      .max(300)
      .regex(/^\/[!-~]*$/, 'want a path, as "/healthz"'),
    enabled: z.boolean(),
    guard: guardSchema,
    api: apiSchema,
    signIn: signInSchema,
  })
  .refine(site => site.accounts === 'project' || site.projects.length === 0, {
    path: ['projects'],
    message: 'want none unless accounts is "project"',
  })
  .refine(site => site.accounts !== 'project' || site.platform === 'n8n', {
    path: ['accounts'],
    message: 'accounts of projects need a platform on which people have accounts of their own, as n8n',
  })
  .refine(site => new Set([site.defaultProject, ...site.projects]).size === site.projects.length + 1, {
    path: ['projects'],
    message: 'want each project once, and the default project not among them',
  });

/** What a site of this platform gets where nobody said otherwise: nothing public, no cross-origin reading. */
export function siteDefaults(
  platform: PlatformId,
): Omit<SiteInput, 'name' | 'platform' | 'upstreams' | 'defaultProject'> {
  const byPlatform = {
    n8n: { accounts: 'personal', healthPath: '/healthz/readiness' },
    // Documents for its stores come as one upload.
    flowise: { accounts: 'shared', healthPath: '/api/v1/ping', bodyBytesMax: 50 * mebibyte },
    // Who has no session the gate could hold is told who is there.
    generic: { accounts: 'none', healthPath: '/', identityHeaders: 'remote', upstreamTimeoutMs: 60_000 },
  } as const;
  return {
    hosts: [],
    port: 0,
    projects: [],
    publicRoutes: [],
    corsOrigins: [],
    identityHeaders: 'none',
    bodyBytesMax: 16 * mebibyte,
    upstreamTimeoutMs: 300_000,
    enabled: true,
    guard: guardDefaults,
    api: [],
    signIn: signInDefaults,
    ...byPlatform[platform],
  };
}

/** The input as a policy can be made of it. Throws `core.invalid_input` that names the field. */
export function parseSite(input: SiteInput): SiteInput {
  const parsed = schema.safeParse({
    ...input,
    signIn: input.signIn ?? signInDefaults,
    api: input.api ?? [],
    guard: { ...guardDefaults, ...input.guard },
  });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(`Cannot use site field "${issue?.path.join('.') ?? ''}": ${issue?.message ?? 'not valid'}`);
  }
  compileClientCertificates(parsed.data.guard.clientCertificates);
  return parsed.data;
}

/** Throws `core.invalid_input` for a description that cannot be judged by, or a service that is no origin. */
export function checkApis(site: Pick<SiteInput, 'api'>): void {
  site.api.forEach(({ openapi, upstream }, at) => {
    if (openapi !== null) compileDescription(openapi);
    const parsed = upstream === null ? undefined : upstreamOrigin.safeParse(upstream);
    if (parsed?.success === false)
      throw invalid(`Cannot use site field "api.${at}.upstream": ${parsed.error.issues[0]?.message}`);
  });
}

/** Throws `core.invalid_input` where there would be more quotas than the gate counts: one that is not counted would limit nobody. */
export function refuseTooManyQuotas(site: SiteInput & { id: string }, others: readonly SiteRecord[]): void {
  const all = [site, ...others.filter(other => other.id !== site.id)];
  const quotas = all.flatMap(({ api }) => (api ?? []).filter(group => group.quota !== null)).length;
  if (quotas > quotasMax)
    throw invalid(`Cannot use site field "api": ${quotas} quotas, want at most ${quotasMax} over all sites`);
}

/** Throws `gateway.site_exists` or `core.invalid_input` where the site would take what another site or the gate itself has. */
export function refuseOverlap(site: SiteInput & { id: string }, others: readonly SiteRecord[], portal: URL): void {
  if (site.hosts.length === 0 && site.port === null) {
    throw invalid(`Cannot reach site "${site.name}": want at least one host name, or a port of its own`);
  }
  const gatePort = portOf(portal);
  if (site.port === gatePort) throw invalid(`Cannot use port "${site.port}" for a site: the gate itself listens there`);
  if (site.hosts.includes(portal.hostname) && site.port === null) {
    throw invalid(`Cannot use host "${portal.hostname}" for a site: the portal answers there`);
  }
  for (const other of others) {
    if (other.id === site.id) continue;
    if (other.name === site.name) throw taken('name', site.name);
    if (site.port !== null && other.port === site.port) throw taken('port', String(site.port));
    const host = site.hosts.find(name => other.hosts.includes(name) && other.port === site.port);
    if (host !== undefined) throw taken('host', host);
  }
  const ownPorts = new Set([gatePort, site.port, ...others.map(other => other.port)]);
  const services = site.api.flatMap(({ upstream }) => (upstream === null ? [] : [upstream]));
  for (const upstream of [...site.upstreams, ...services]) {
    const url = new URL(upstream);
    const isOwnHost =
      isLoopback(url.hostname) ||
      isAnyAddress(url.hostname) ||
      url.hostname === portal.hostname ||
      site.hosts.includes(url.hostname);
    if (isOwnHost && ownPorts.has(portOf(url))) {
      throw invalid(`Cannot use upstream "${upstream}": the gate would call itself`);
    }
  }
}

/** Throws `gateway.site_exists` where another site has an upstream already: what one site closes, the other might open. */
export function refuseSameUpstream(site: SiteInput, others: readonly SiteRecord[]): void {
  for (const upstream of site.upstreams) {
    const key = upstreamKey(upstream);
    const other = others.find(one => one.upstreams.some(held => upstreamKey(held) === key));
    if (other === undefined) continue;
    const message = `Cannot protect "${upstream}" again: site "${other.name}" protects it already`;
    throw new SallyportError('gateway.site_exists', message, { detail: message });
  }
}

/** The usual spellings of this machine count as one. */
function upstreamKey(origin: string): string {
  const url = new URL(origin);
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  return `${url.protocol}//${isHere ? 'localhost' : url.hostname}:${portOf(url)}`;
}

/** True for the names and addresses of this very machine's loopback. */
export function isLoopback(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return bare === 'localhost' || bare === '::1' || canonicalIp(bare)?.startsWith('127.') === true;
}

/** `0.0.0.0` and `::`: to connect there is to connect to oneself. */
const isAnyAddress = (hostname: string): boolean => ['0.0.0.0', '[::]', '[::ffff:0:0]'].includes(hostname);

/** The port of a URL, also where it is the default of its scheme. */
export function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}

function isOrigin(text: string): boolean {
  if (!/^https?:\/\/[^/?#\\@\s]+$/.test(text)) return false;
  return URL.canParse(text) && new URL(text).origin === text.toLowerCase();
}

function isHost(text: string): boolean {
  if (canonicalIp(text) !== undefined) return true;
  return /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(text);
}

/** Only what has one reading: no dot segments, no empty segments, no escapes, no separators. */
function isRoutePath(path: string): boolean {
  if (!/^(\/(:[A-Za-z][A-Za-z0-9_]{0,31}|[A-Za-z0-9._~!$&'()+,=@-]+))+\/?$/.test(path)) return false;
  return !path.split('/').some(segment => segment === '.' || segment === '..');
}

function taken(what: string, value: string): SallyportError {
  const message = `Cannot use ${what} "${value}": another site has it`;
  return new SallyportError('gateway.site_exists', message, { detail: message });
}

function invalid(message: string): SallyportError {
  return new SallyportError('core.invalid_input', message, { detail: message });
}
