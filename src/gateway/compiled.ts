import type { Clock } from '../core/clock.ts';
import type { NewId } from '../core/ids.ts';
import type { AuthoredFields, FirewallPolicy, GeoPolicy } from '../perimeter/perimeter.ts';
import { compileFields } from '../perimeter/perimeter.ts';
import type { Platform, PlatformId } from '../platforms/platforms.ts';
import type { CompileApis, FindApi } from './api/compile.ts';
import type { Assertions } from './assertion.ts';
import { createAssertions, toJwks } from './assertion.ts';
import { hostnameOf } from './exchange.ts';
import type { ClientCertificates } from './guard/client-certificates.ts';
import { compileClientCertificates } from './guard/client-certificates.ts';
import type { Shields } from './guard/shields.ts';
import { compileShields } from './guard/shields.ts';
import type { SiteGuard } from './guard-input.ts';
import { isLoopback } from './site-input.ts';
import type { GatePerimeter, PolicySnapshot, SitePolicy } from './snapshot.ts';

/** A site with what its requests need worked out once. */
export interface CompiledSite {
  readonly policy: SitePolicy;
  readonly platform: Platform;
  /** True when the site publishes exactly this path for this method. */
  isPublic(method: string, path: string): boolean;
  readonly corsOrigins: ReadonlySet<string>;
  readonly firewall: FirewallPolicy;
  /** Where an action's author writes code; undefined where the action has no such fields. */
  authored(action: string): AuthoredFields | undefined;
  readonly shields: Shields;
  readonly clientCertificates: ClientCertificates;
  readonly countries: GeoPolicy;
  readonly findApi: FindApi;
}

/** A snapshot with its look-ups. Made once per update; what did not change is taken over from the one before. */
export interface Compiled {
  readonly snapshot: PolicySnapshot;
  readonly assertions: Assertions;
  readonly jwks: string;
  readonly portalHostname: string;
  /** The site a request on this local port with this host name is for; `portal`; or undefined: nobody answers to that name. */
  readonly find: (localPort: number, hostname: string) => CompiledSite | 'portal' | undefined;
  /** PEM of all authorities whose client certificates some enabled site wants. */
  readonly clientCas: readonly string[];
  /** Projects that resources of the site are assigned to. */
  readonly assignedProjects: (siteId: string) => ReadonlySet<string>;
}

export interface CompileDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly platforms: ReadonlyMap<PlatformId, Platform>;
  readonly compileApis: CompileApis;
}

const nothing: ReadonlySet<string> = new Set();

/** Throws when the snapshot names a platform this gate does not know or a key that does not sign: it is then not put in force. */
export function compileSnapshot(snapshot: PolicySnapshot, before: Compiled | undefined, deps: CompileDeps): Compiled {
  const held = before?.snapshot;
  const isSameSigner = held?.keys === snapshot.keys && held.portalOrigin === snapshot.portalOrigin;
  const isSameRouting =
    held?.sites === snapshot.sites &&
    held.perimeter === snapshot.perimeter &&
    held.portalOrigin === snapshot.portalOrigin;
  const portalHostname = hostnameOf(new URL(snapshot.portalOrigin).host);
  return {
    snapshot,
    portalHostname,
    assertions:
      before !== undefined && isSameSigner
        ? before.assertions
        : createAssertions({ ...deps, keys: snapshot.keys, issuer: snapshot.portalOrigin }),
    jwks: before !== undefined && isSameSigner ? before.jwks : toJwks(snapshot.keys),
    find: before !== undefined && isSameRouting ? before.find : compileRouting(snapshot, portalHostname, deps),
    clientCas: before !== undefined && isSameRouting ? before.clientCas : authoritiesOf(snapshot.sites),
    assignedProjects:
      before !== undefined && held?.assignments === snapshot.assignments
        ? before.assignedProjects
        : compileAssignments(snapshot.assignments),
  };
}

function compileRouting(
  snapshot: PolicySnapshot,
  portalHostname: string,
  { compileApis, platforms }: CompileDeps,
): Compiled['find'] {
  const byPort = new Map<number, CompiledSite>();
  const byHost = new Map<string, CompiledSite>();
  for (const policy of snapshot.sites) {
    const platform = platforms.get(policy.platform);
    if (platform === undefined)
      throw new TypeError(`Cannot serve site "${policy.name}": unknown platform "${policy.platform}"`);
    const site = { ...compileSite(policy, platform, snapshot.perimeter), findApi: compileApis(policy) };
    if (policy.port !== null) byPort.set(policy.port, site);
    else for (const host of policy.hosts) byHost.set(host, site);
  }
  const isPortalName = (hostname: string): boolean =>
    hostname === portalHostname || (isLoopback(portalHostname) && isLoopback(hostname));
  return (localPort, hostname) => {
    const own = byPort.get(localPort);
    if (own !== undefined) {
      // A name that only resolves here must not reach a site by its port: it would be a foreign page's way in (DNS rebinding).
      const isOwnName = own.policy.hosts.length > 0 ? own.policy.hosts.includes(hostname) : isPortalName(hostname);
      return isOwnName && own.policy.enabled ? own : undefined;
    }
    const named = byHost.get(hostname);
    if (named !== undefined) return named.policy.enabled ? named : undefined;
    return isPortalName(hostname) ? 'portal' : undefined;
  };
}

function authoritiesOf(sites: readonly SitePolicy[]): readonly string[] {
  const wanted = sites.filter(site => site.enabled).flatMap(site => site.guard.clientCertificates);
  return compileClientCertificates(wanted).authorities;
}

function compileSite(policy: SitePolicy, platform: Platform, perimeter: GatePerimeter): Omit<CompiledSite, 'findApi'> {
  return {
    policy,
    platform,
    corsOrigins: new Set(policy.corsOrigins),
    firewall: {
      mode: policy.guard.firewall,
      paranoia: policy.guard.paranoia,
      threshold: policy.guard.threshold,
      inspectBytesMax: policy.guard.inspectBytesMax,
      exclusions: perimeter.exclusions.get(policy.id) ?? [],
    },
    authored: compileAuthored(platform),
    countries: countriesOf(policy.guard.countries),
    clientCertificates: compileClientCertificates(policy.guard.clientCertificates),
    shields: compileShields(platform.advisories, perimeter.versions.get(policy.id)),
    isPublic: publicRoutesOf(platform, policy.publicRoutes),
  };
}

/** Whether a site publishes exactly this path for this method. */
export function publicRoutesOf(
  platform: Pick<Platform, 'canonicalise'>,
  published: SitePolicy['publicRoutes'],
): CompiledSite['isPublic'] {
  const routes = published.map(route => ({
    methods: new Set(route.methods),
    segments: spelling(platform, route.path)
      .split('/')
      .map(segment => (segment.startsWith(':') ? undefined : segment)),
  }));
  return (method, path) => {
    // What an application may read as more segments than there are is nobody's published path.
    if (routes.length === 0 || /\/\/|;|%2F/.test(path)) return false;
    const given = path.split('/');
    const asked = method === 'HEAD' ? 'GET' : method;
    return routes.some(
      route =>
        (route.methods.has(method) || route.methods.has(asked)) &&
        route.segments.length === given.length &&
        route.segments.every((segment, at) => {
          const part = given[at] ?? '';
          return segment === undefined ? part !== '' : segment === part;
        }),
    );
  };
}

/** A country that is not known is none of those that may come, and none of those that may not. */
function countriesOf({ codes, rule }: SiteGuard['countries']): GeoPolicy {
  const mode = rule === 'any' ? 'off' : rule === 'only' ? 'allow' : 'block';
  return { mode, countries: codes, unknown: rule === 'only' ? 'block' : 'pass', private: 'pass' };
}

function compileAuthored(platform: Platform): CompiledSite['authored'] {
  const known = new Map<string, AuthoredFields>();
  for (const [action, patterns] of Object.entries(platform.authored)) known.set(action, compileFields(patterns));
  return action => known.get(action);
}

/**
 * A published path as the platform spells it, as requests come: without regard to case only where the platform has none. What a workflow
 * named its webhook keeps its case, since `/webhook/Orders` is another one than `/webhook/orders`.
 */
function spelling(platform: Pick<Platform, 'canonicalise'>, path: string): string {
  const canonical = platform.canonicalise(path);
  return canonical.ok ? canonical.path : path;
}

function compileAssignments(assignments: PolicySnapshot['assignments']): Compiled['assignedProjects'] {
  let bySite: Map<string, Set<string>> | undefined;
  return siteId => {
    if (bySite === undefined) {
      bySite = new Map();
      for (const [key, project] of assignments) {
        const site = key.slice(0, key.indexOf('|'));
        const projects = bySite.get(site) ?? new Set();
        bySite.set(site, projects.add(project));
      }
    }
    return bySite.get(siteId) ?? nothing;
  };
}
