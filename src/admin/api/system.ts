import type { SiteRecord } from '../../gateway/gateway.ts';
import type { User } from '../../identity/identity.ts';
import type { Activity } from '../activity.ts';
import type { Operation } from '../contract/contract.ts';
import type { AdminConfig, AdminDeps } from '../deps.ts';
import type { Handlers } from './handler.ts';
import { issueFirstOwnerLink } from './people.ts';
import { healthOf, siteAddress } from './shapes.ts';

type SystemOperation = Extract<Operation, `system.${string}` | `operator.${string}`>;

const hasSecondFactor = ({ factors }: User): boolean => factors.totp || factors.passkeys > 0;

const dayMs = 86_400_000;

/** How the gate is, and what the machine's own command line needs. */
export function systemHandlers(config: AdminConfig, deps: AdminDeps, activity: Activity): Handlers<SystemOperation> {
  return {
    'system.status': () => describeStatus(config, deps),
    'system.overview': () => describeDay(deps, activity),
    'operator.firstOwnerLink': ({ caller }) => issueFirstOwnerLink(config, deps, caller),
    'operator.n8nHook': async (_, { params }) => deps.printN8nHook(await deps.sites.get(params.id)),
    async 'operator.flush'() {
      await deps.audit.flush();
      return {};
    },
  };
}

async function describeStatus(config: AdminConfig, deps: AdminDeps) {
  const { startedAt, recording, store, health, closedPorts } = deps.status();
  const { ready, revision, connections, activeRequests } = health;
  const sites = await deps.sites.list();
  return {
    version: config.version,
    profile: config.profile,
    ...{ startedAt, ready, recording, revision, connections, activeRequests, store },
    portal: config.portalOrigin,
    needsFirstOwner: (await deps.identity.countOwners()) === 0,
    closedSites: sites.flatMap(({ name, port, enabled }) =>
      enabled && port !== null && closedPorts.includes(port) ? [{ site: name, port }] : [],
    ),
    sites: sites.map(site => ({
      id: site.id,
      name: site.name,
      platform: site.platform,
      address: siteAddress(deps, site),
      upstreams: healthOf(deps, site),
    })),
  };
}

async function describeDay(deps: AdminDeps, activity: Activity) {
  const now = deps.clock.now();
  const [{ users, sessions }, sites, numbers, hours] = await Promise.all([
    deps.identity.load(),
    deps.sites.list(),
    activity.read(),
    deps.audit.histogram({ from: now - dayMs, to: now, bucketMs: 3_600_000 }),
  ]);
  const people = users.filter(user => !user.disabled);
  return {
    people: people.length,
    peopleWithMfa: people.filter(user => hasSecondFactor(user)).length,
    sessions: sessions.length,
    sites: sites.length,
    ...numbers,
    hours,
    todo: await nextSteps(deps, people, sites),
  };
}

interface Step {
  readonly id: string;
  readonly text: string;
  readonly link: string;
}

/** How long the sign-in of an account for emergencies stands on the overview. */
const alarmShownMs = 7 * 86_400_000;

/** What to do next to be safer, the weightiest first. */
async function nextSteps(deps: AdminDeps, people: readonly User[], sites: readonly SiteRecord[]): Promise<Step[]> {
  const steps: Step[] = [];
  const add = (id: string, text: string, page: string) => steps.push({ id, text, link: `/.sallyport/portal/${page}` });
  for (const account of await deps.access.breakGlass.list()) {
    if (account.lastUsedAt === null || deps.clock.now() - account.lastUsedAt > alarmShownMs) continue;
    const email = deps.roster.person(account.userId)?.email ?? account.userId;
    const at = new Date(account.lastUsedAt).toISOString();
    add(`break_glass:${account.userId}`, `The account for emergencies ${email} signed in at ${at}: ask why`, 'people');
  }
  const without = people.filter(user => user.hasPassword && !hasSecondFactor(user)).length;
  if (without > 0)
    add('mfa_missing', `${without} ${without === 1 ? 'person has' : 'people have'} no second factor`, 'people');
  if (people.filter(user => user.role === 'owner').length === 1) {
    add('one_owner', 'There is only one Owner: a second one keeps the way in when the first loses theirs', 'people');
  }
  if (sites.length === 0) add('no_sites', 'Nothing is protected yet: add the first site', 'sites');
  for (const site of sites) {
    const page = `sites/${encodeURIComponent(site.id)}`;
    if ((await deps.platformAccounts.status(site)) === 'needed') {
      add(
        `account:${site.id}`,
        `Site "${site.name}" waits for its platform's owner account, so nobody can be signed in to it`,
        page,
      );
    }
    if (healthOf(deps, site).some(upstream => !upstream.healthy)) {
      add(`upstream:${site.id}`, `An upstream of site "${site.name}" does not answer`, page);
    }
    const open = site.publicRoutes.length;
    if (open > 0) {
      add(
        `public:${site.id}`,
        `Site "${site.name}" publishes ${open} ${open === 1 ? 'route' : 'routes'} without sign-in: look whether each is still wanted`,
        page,
      );
    }
  }
  if (deps.status().certificateIsGenerated) {
    add(
      'certificate',
      'The certificate is one that Sallyport made itself: give it one that browsers trust',
      'settings',
    );
  }
  return steps;
}
