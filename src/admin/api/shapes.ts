import type { Subject } from '../../access/access.ts';
import { projectRoles } from '../../access/access.ts';
import type { SiteGuard, SiteRecord } from '../../gateway/gateway.ts';
import { guardDefaults, signInDefaults } from '../../gateway/gateway.ts';
import type { Session, User } from '../../identity/identity.ts';
import type { OperationOutput } from '../contract/contract.ts';
import type { AdminConfig, AdminDeps } from '../deps.ts';
import type { ReadonlyDeep } from './handler.ts';

type Shape<T> = ReadonlyDeep<T>;

/** The one role to show of those somebody has in a project: the highest built-in one, else one made here; null: none. */
export function shownRole(subject: Subject, project: string, now: number): string | null {
  const lifted = subject.elevations.filter(one => one.project === project && now < one.expiresAt).map(one => one.role);
  const held = [...(subject.projects.get(project) ?? []), ...lifted];
  return projectRoles.findLast(role => held.includes(role)) ?? held[0] ?? null;
}

/** A person as the API shows one. */
export function toPerson(user: User): Shape<OperationOutput<'users.get'>> {
  const { id, email, name, role, disabled, hasPassword, factors, createdAt, lastSignInAt } = user;
  return { id, email, name, role, disabled, hasPassword, factors, createdAt, lastSignInAt };
}

/** A session as the API shows one: never the hash of its token. */
export function toSession(
  session: Session,
  currentId: string | undefined,
): Shape<OperationOutput<'me.listSessions'>['sessions'][number]> {
  const { id, host, methods, createdAt, authenticatedAt, lastSeenAt, expiresAt, clientIp, userAgent } = session;
  const { endedAt, endReason } = session;
  const shown = { id, host, methods, createdAt, authenticatedAt, lastSeenAt, expiresAt, clientIp, userAgent };
  return { ...shown, endedAt, endReason, current: id === currentId };
}

export type SiteShape = Shape<OperationOutput<'sites.get'>>;

/** A site as those who manage it see it. */
export async function toSite(deps: AdminDeps, site: SiteRecord): Promise<SiteShape> {
  const { id, name, platform, hosts, port, upstreams, accounts, defaultProject, projects, publicRoutes, corsOrigins } =
    site;
  const { identityHeaders, bodyBytesMax, upstreamTimeoutMs, healthPath, enabled, createdAt, guard, api } = site;
  return {
    ...{ id, name, platform, hosts, port, upstreams, accounts, defaultProject, projects: [...projects], corsOrigins },
    ...{ identityHeaders, bodyBytesMax, upstreamTimeoutMs, healthPath, enabled, createdAt },
    guard: shown(guard),
    api: structuredClone(api) as SiteShape['api'],
    signIn: structuredClone(site.signIn) as SiteShape['signIn'],
    // The schema names the methods; what a site holds was made through it.
    publicRoutes: publicRoutes as SiteShape['publicRoutes'],
    address: siteAddress(deps, site),
    upstreamHealth: healthOf(deps, site),
    platformAccount: await deps.platformAccounts.status(site),
    version: deps.platformVersion(id) ?? null,
  };
}

/** A site as those see it who only enter it: where it is, not what stands behind it. */
export function withoutInnards(site: SiteShape): SiteShape {
  return {
    ...site,
    upstreams: [],
    upstreamHealth: [],
    publicRoutes: [],
    corsOrigins: [],
    version: null,
    guard: shown(guardDefaults),
    api: [],
    signIn: structuredClone(signInDefaults) as SiteShape['signIn'],
  };
}

/** A copy: what the API gives out may be changed by nobody. */
const shown = (guard: SiteGuard): SiteShape['guard'] => structuredClone(guard) as SiteShape['guard'];

export function siteAddress(deps: Pick<AdminDeps, 'siteOrigins'>, site: SiteRecord): string {
  return deps.siteOrigins(site)[0] ?? '';
}

/** The upstreams of one site as the gateway sees them; it names sites by name. */
export function healthOf(deps: Pick<AdminDeps, 'status'>, site: SiteRecord): SiteShape['upstreamHealth'] {
  const { upstreams } = deps.status().health;
  return upstreams
    .filter(upstream => upstream.site === site.name)
    .map(({ url, healthy, active }) => ({ url, healthy, active }));
}

/** The address that carries a one-time link. */
export function linkUrl(config: Pick<AdminConfig, 'portalOrigin'>, token: string): string {
  return `${config.portalOrigin}/.sallyport/link?token=${encodeURIComponent(token)}`;
}
