import { decideEntry, globalRoleOf } from '../../access/access.ts';
import { Secret } from '../../core/secret.ts';
import type { SiteInput, SiteRecord } from '../../gateway/gateway.ts';
import { guardDefaults, signInDefaults, siteDefaults } from '../../gateway/gateway.ts';
import type { PlatformId } from '../../platforms/platforms.ts';
import { rates, spend } from '../bounds.ts';
import type { Operation, OperationInput } from '../contract/contract.ts';
import type { AdminDeps } from '../deps.ts';
import { detectUpstream, readUpstream } from '../detect.ts';
import type { Caller, Handlers, PersonCaller } from './handler.ts';
import { denied, invalid, may } from './handler.ts';
import { refuseUnpublishable } from './publishing.ts';
import { toSite, withoutInnards } from './shapes.ts';

type SiteOperation = Extract<Operation, `sites.${string}`>;

/** The sites behind the gate. */
export function siteHandlers(deps: AdminDeps): Handlers<SiteOperation> {
  const { sites } = deps;
  return {
    async 'sites.list'({ caller }) {
      const all = await sites.list();
      if (managesSites(caller)) return { sites: await Promise.all(all.map(site => toSite(deps, site))) };
      const { assignments } = await deps.access.load();
      const own = all.filter(site => mayEnter(caller, site, assignments));
      return { sites: (await Promise.all(own.map(site => toSite(deps, site)))).map(withoutInnards) };
    },

    async 'sites.detect'({ caller, signal }, { body }) {
      await spend(deps.counters, rates.probes, caller.principal.id);
      const upstream = readUpstream(body.upstream);
      const all = await sites.list();
      const own = [deps.portalOrigin, ...all.flatMap(deps.siteOrigins)].map(origin => new URL(origin).host);
      if (own.includes(upstream.host.replace(/^(127\.0\.0\.1|\[::1\])(?=:|$)/, 'localhost')))
        throw invalid(
          'body.upstream',
          `${upstream.origin} is the gate itself; want the address of what runs behind it`,
        );
      const found = await detectUpstream(deps.fetch, upstream, signal);
      const taken = new Set(all.map(site => site.name));
      return { ...found, suggestedName: suggestName(found.platform, upstream, taken) };
    },

    async 'sites.create'({ caller }, { body }) {
      refuseUnpublishable(deps.platforms.get(body.platform), body.publicRoutes ?? []);
      refuseMissingRules(deps, body.guard?.coreRules);
      const input = await completeSite(deps, caller, body);
      for (const project of [input.defaultProject, ...input.projects]) await deps.access.getProject(project);
      return toSite(deps, await sites.create(caller.principal, input));
    },

    'sites.get': async (_, { params }) => toSite(deps, await sites.get(params.id)),

    async 'sites.update'({ caller }, { params, body }) {
      const site = await sites.get(params.id);
      refuseRedirecting(caller, site, body);
      if (body.guard?.coreRules !== site.guard.coreRules) refuseMissingRules(deps, body.guard?.coreRules);
      const isSame = body.platform === undefined || body.platform === site.platform;
      refuseUnpublishable(
        deps.platforms.get(body.platform ?? site.platform),
        body.publicRoutes ?? site.publicRoutes,
        isSame ? site.publicRoutes : [],
      );
      if (body.defaultProject !== undefined) await deps.access.getProject(body.defaultProject);
      for (const project of body.projects ?? []) await deps.access.getProject(project);
      const { guard, signIn, ...rest } = onlyGiven(body);
      const change = {
        ...rest,
        ...(guard === undefined ? {} : { guard: { ...site.guard, ...onlyGiven(guard) } }),
        ...(signIn === undefined ? {} : { signIn: { ...site.signIn, ...onlyGiven(signIn) } }),
      };
      return toSite(deps, await sites.update(caller.principal, site.id, change));
    },

    async 'sites.delete'({ caller }, { params }) {
      const site = await sites.get(params.id);
      // The site first: while it stood, what is forgotten here decided who may do what on it.
      await sites.delete(caller.principal, site.id);
      await deps.access.removeSite(site.id);
      await deps.platformAccounts.forgetSite(site.id);
      await deps.perimeter.exclusions.forgetSite(site.id);
      return {};
    },

    async 'sites.setPlatformAccount'({ caller, signal }, { params, body }) {
      const site = await sites.get(params.id);
      const owner = body.ownerUserId === undefined ? undefined : await deps.identity.getUser(body.ownerUserId);
      const account = { email: body.email, password: new Secret(body.password) };
      const linked = owner === undefined ? account : { ...account, userId: owner.id };
      await deps.platformAccounts.setAdmin(caller.principal, site, linked, signal);
      return {};
    },
  };
}

/** Whether a person gets into a site: as the data plane decides it for every request. */
export function mayEnter(
  { now, roles, subject }: Pick<PersonCaller, 'now' | 'roles' | 'subject'>,
  site: SiteRecord,
  assignments: readonly { readonly site: string; readonly projectId: string }[],
): boolean {
  if (!site.enabled) return false;
  const assigned = assignments.filter(assignment => assignment.site === site.id);
  const assignedProjects = site.accounts === 'project' ? site.projects : assigned.map(({ projectId }) => projectId);
  return decideEntry(subject, { defaultProject: site.defaultProject, assignedProjects }, now, roles).allow;
}

/**
 * The gate signs in at a site's upstreams with the passwords and sessions it keeps for everybody, Owners too: only an Owner says that they
 * go to an address they did not go to before.
 */
function refuseRedirecting(
  caller: Caller,
  site: SiteRecord,
  change: { readonly platform?: PlatformId | undefined; readonly upstreams?: readonly string[] | undefined },
): void {
  if (caller.kind === 'operator' || globalRoleOf(caller.subject, caller.now) === 'owner') return;
  const isOther = change.platform !== undefined && change.platform !== site.platform;
  const isMoved = site.platform !== 'generic' && change.upstreams?.some(url => !site.upstreams.includes(url)) === true;
  if (!isOther && !isMoved) return;
  throw denied('site.manage', 'only an Owner sends the accounts kept for a site to another upstream.');
}

/** A setting that could not do what it says is not taken. */
function refuseMissingRules(deps: AdminDeps, wanted: string | undefined): void {
  if (wanted === undefined || wanted === 'off' || deps.perimeter.hasCoreRules) return;
  throw invalid(
    'body.guard.coreRules',
    'no rule set is loaded; want "off", or perimeter.coreRuleSet in the configuration',
  );
}

function managesSites(caller: Caller): caller is Extract<Caller, { kind: 'operator' }> {
  return may(caller, 'site.read');
}

/** What is left out of a new site gets the value that is safe for its platform. */
async function completeSite(
  deps: AdminDeps,
  caller: Caller,
  body: OperationInput<'sites.create'>['body'],
): Promise<SiteInput> {
  const hosts = body.hosts ?? [];
  return {
    ...siteDefaults(body.platform),
    // Without a name to be found by, it gets a listener of its own.
    port: hosts.length === 0 ? 0 : null,
    defaultProject: body.defaultProject ?? (await defaultProject(deps, caller)),
    ...onlyGiven(body),
    guard: { ...guardDefaults, ...onlyGiven(body.guard ?? {}) },
    signIn: { ...signInDefaults, ...onlyGiven(body.signIn ?? {}) },
    name: body.name,
    platform: body.platform,
    upstreams: body.upstreams,
  };
}

/** The oldest project; where there is none yet, one named "Default" is made. */
async function defaultProject(deps: AdminDeps, caller: Caller): Promise<string> {
  const projects = await deps.access.listProjects();
  const oldest = projects.toSorted((a, b) => a.createdAt - b.createdAt)[0];
  return (oldest ?? (await deps.access.createProject(caller.principal, { name: 'Default' }))).id;
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function onlyGiven<T extends object>(values: T): Given<T> {
  // Entries that are undefined are taken out, which is what the type says.
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
}

function suggestName(platform: PlatformId, upstream: URL, taken: ReadonlySet<string>): string {
  const label = upstream.hostname.split('.')[0]?.replace(/[^a-z0-9-]/g, '') ?? '';
  const isName = /^[a-z][a-z0-9-]{0,30}$/.test(label) && label !== 'localhost';
  const base = platform === 'generic' ? (isName ? label : 'app') : platform;
  for (let number = 2, name = base; ; number++) {
    if (!taken.has(name)) return name;
    name = `${base}-${number}`;
  }
}
