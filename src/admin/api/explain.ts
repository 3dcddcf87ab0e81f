import type { RosterEntry } from '../../access/access.ts';
import { decideEntry, explainDecision, globalRoleOf } from '../../access/access.ts';
import { SallyportError } from '../../core/errors.ts';
import type { Permission } from '../../core/permissions.ts';
import type { SiteRecord } from '../../gateway/gateway.ts';
import { projectsOf, publicRoutesOf } from '../../gateway/gateway.ts';
import type { Classification } from '../../platforms/platforms.ts';
import type { OperationOutput } from '../contract/contract.ts';
import type { AdminDeps } from '../deps.ts';
import type { Handlers, ReadonlyDeep } from './handler.ts';
import { demand, invalid } from './handler.ts';
import { projectName, roleName, toWay } from './held.ts';

type ExplainOperation = 'access.explain' | 'access.explainRequest' | 'access.ofPerson';
type Explanation = ReadonlyDeep<OperationOutput<'access.explain'>>;

/** "Why?": the decision as the data plane makes it, with every role that could have led to it. */
export function explainHandlers(deps: AdminDeps): Handlers<ExplainOperation> {
  return {
    async 'access.explain'({ caller }, { query }) {
      const { permission, project, userId } = query;
      if (caller.kind === 'operator' || caller.user.id !== userId) await demand(caller, 'user.read');
      if (project !== undefined) await deps.access.getProject(project);
      return explain(deps, entryOf(deps, userId), permission, project);
    },

    async 'access.explainRequest'(_, { query }) {
      return explainRequest(deps, entryOf(deps, query.userId), query);
    },

    async 'access.ofPerson'(_, { params }) {
      const entry = entryOf(deps, params.id);
      const ways = deps.roster.ways(params.id).map(way => toWay(deps, way));
      return { globalRole: globalRoleOf(entry, deps.clock.now()), ways };
    },
  };
}

function entryOf({ roster }: AdminDeps, userId: string): RosterEntry {
  const entry = roster.entry(userId);
  if (entry !== undefined) return entry;
  throw new SallyportError('identity.user_not_found', `Cannot find person "${userId}": want the id of a person`);
}

function explain(
  deps: AdminDeps,
  entry: RosterEntry,
  permission: Permission,
  project: string | undefined,
): Explanation {
  const found = explainDecision(deps.roster, { userId: entry.id, permission, project }, deps.clock.now());
  if (found === undefined) throw new SallyportError('internal', `Cannot explain: "${entry.id}" has no entry`);
  const { decision, enough, missing, ways } = found;
  return {
    ...headOf(deps, entry, project),
    allowed: decision.allow,
    rule: decision.allow ? decision.because : decision.reason,
    permission,
    ways: ways.map(({ doesGrant, way }) => ({ ...toWay(deps, way), doesGrant })),
    missing,
    enough: enough.map(one => ({ ...one, roleName: roleName(deps, one.role) })),
  };
}

function headOf(deps: AdminDeps, entry: RosterEntry, project: string | undefined) {
  const { disabled, email, id, name } = entry;
  return {
    person: { userId: id, email, name, disabled, globalRole: globalRoleOf(entry, deps.clock.now()) },
    project: project ?? null,
    projectName: projectName(deps, project ?? null),
  };
}

async function explainRequest(
  deps: AdminDeps,
  entry: RosterEntry,
  asked: { site: string; method: string; path: string },
) {
  const site = await deps.sites.get(asked.site);
  const platform = deps.platforms.get(site.platform);
  if (platform === undefined) throw new SallyportError('internal', `Cannot explain: platform "${site.platform}"`);
  const canonical = platform.canonicalise(asked.path);
  if (!canonical.ok) throw invalid('query.path', canonical.reason);
  const { path, query } = canonical;
  const classification = platform.classify({ method: asked.method, path, query, upgrade: false });
  const { isAssigned, project } = await projectOf(deps, site, classification, entry);
  const { need, resource } = classification;
  const told = {
    site: { id: site.id, name: site.name },
    action: classification.action,
    endpoint: classification.endpoint,
    resource: resource === undefined ? null : { kind: resource.kind, id: resource.id },
    isAssigned,
  };
  const simply = (allowed: boolean, rule: string): Explanation => ({
    ...headOf(deps, entry, project),
    ...{ allowed, rule, permission: null, ways: [], missing: allowed ? null : `${rule}.`, enough: [] },
  });
  switch (need.kind) {
    case 'closed':
      return { ...simply(false, `closed for everybody: ${need.why}`), ...told };
    case 'open':
      return { ...simply(true, 'open to everybody'), ...told };
    case 'publishable':
      if (publicRoutesOf(platform, site.publicRoutes)(asked.method, path))
        return { ...simply(true, 'published by the site: open to everybody'), ...told };
      return { ...explain(deps, entry, need.fallback, project), ...told };
    case 'permission':
      return { ...explain(deps, entry, need.permission, project), ...told };
    case 'signed_in': {
      const said = await entryDecision(deps, site, entry);
      const found = explain(deps, entry, 'project.read', project);
      return { ...found, ...told, allowed: said.allow, missing: said.allow ? null : found.missing };
    }
    default:
      throw new SallyportError('internal', `Cannot explain: need "${String(need satisfies never)}"`);
  }
}

async function entryDecision(deps: AdminDeps, site: SiteRecord, entry: RosterEntry) {
  const { assignments } = await deps.access.load();
  const assigned = assignments.filter(one => one.site === site.id).map(one => one.projectId);
  const assignedProjects = site.accounts === 'project' ? site.projects : assigned;
  const where = { defaultProject: site.defaultProject, assignedProjects };
  return decideEntry(entry, where, deps.clock.now(), deps.roster.customRoles);
}

/** The project a request is judged in: of its resource, or the site's; where projects have accounts of their own, the person's first there. */
async function projectOf(
  deps: AdminDeps,
  site: SiteRecord,
  { resource }: Classification,
  entry: RosterEntry,
): Promise<{ project: string; isAssigned: boolean }> {
  if (site.accounts === 'project') {
    const now = deps.clock.now();
    const own = projectsOf(site).find(
      project =>
        decideEntry(entry, { defaultProject: project, assignedProjects: [] }, now, deps.roster.customRoles).allow,
    );
    return { project: own ?? site.defaultProject, isAssigned: false };
  }
  if (resource === undefined) return { project: site.defaultProject, isAssigned: false };
  const found = await deps.access.findAssignment({ site: site.id, kind: resource.kind, resourceId: resource.id });
  return { project: found ?? site.defaultProject, isAssigned: found !== undefined };
}
