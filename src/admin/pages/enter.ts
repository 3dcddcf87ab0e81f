import type { Project } from '../../access/access.ts';
import type { SallyportError } from '../../core/errors.ts';
import { isSallyportError } from '../../core/errors.ts';
import type { SiteRecord } from '../../gateway/gateway.ts';
import { projectHolder } from '../../gateway/gateway.ts';
import type { User } from '../../identity/identity.ts';
import type { PlatformPerson } from '../../platforms/platforms.ts';
import type { PersonCaller } from '../api/handler.ts';
import { mayEnter } from '../api/sites.ts';
import { rates, spend } from '../bounds.ts';
import { findCaller } from '../callers.ts';
import type { AdminDeps } from '../deps.ts';
import { localPart, readReturnTo } from '../return-to.ts';
import type { Html } from './html.ts';
import { html } from './html.ts';
import { chosenProject } from './project.ts';
import type { House, PageApp, Visit } from './visit.ts';
import { paths, redirect, show, visitOf, withReturn } from './visit.ts';

const enterTimeoutMs = 25_000;

/**
 * The step between sign-in and a platform: the gate gets the person's platform session and keeps it. Runs on the site's own origin. It is
 * reached by a redirect and so by GET; doing it twice is the same as once, and it never does more than the person's own first request would.
 */
export function serveEnter(app: PageApp, house: House): void {
  app.get(paths.enter, async c => {
    const visit = visitOf(house, c);
    const { origin, site: siteName } = visit.control;
    const own = { portalOrigin: origin, sites: new Map() };
    const back = readReturnTo(visit.url.searchParams.get('return_to'), own)?.url ?? new URL('/', origin);
    const caller = await findCaller(house.deps, visit.request, visit.control);
    if (caller === undefined || siteName === undefined) {
      const toward = { url: back, site: undefined };
      return redirect(`${house.config.portalOrigin}${withReturn(paths.signIn, toward)}`);
    }
    const site = await house.deps.sites.get(siteName);
    await spend(house.deps.counters, rates.entries, `${site.id}|${caller.user.id}`);
    const { assignments } = await house.deps.access.load();
    if (!mayEnter(caller, site, assignments)) return showNoAccess(visit, site);
    if (site.accounts !== 'project') return enter(visit, { site, caller, back, holder: ownHolder(caller.user) });
    const project = await chosenProject(visit, site, caller);
    if (project === undefined)
      return redirect(`${paths.project}?${new URLSearchParams({ return_to: localPart(back) }).toString()}`);
    return enter(visit, { site, caller, back, holder: projectAccount(project, caller) });
  });
}

type Holder = Parameters<AdminDeps['platformAccounts']['enter']>[1];

async function enter(
  visit: Visit,
  way: { site: SiteRecord; caller: PersonCaller; back: URL; holder: Holder },
): Promise<Response> {
  const { site, caller, back, holder } = way;
  const { platformAccounts } = visit.deps;
  const signal = AbortSignal.any([visit.request.signal, AbortSignal.timeout(enterTimeoutMs)]);
  try {
    // A platform that nobody owns yet is claimed by a person, never by a project.
    const isUnclaimed = holder.by !== undefined && (await platformAccounts.status(site)) === 'needed';
    if (isUnclaimed && caller.user.role === 'owner') await platformAccounts.enter(site, ownHolder(caller.user), signal);
    await platformAccounts.enter(site, holder, signal);
    return redirect(localPart(back));
  } catch (error) {
    if (isSallyportError(error, 'platforms.setup_needed')) return showSetup(visit, way);
    if (isSallyportError(error, 'platforms.unreachable')) return showAway(visit, way, error);
    if (isSallyportError(error, 'platforms.refused')) return showAway(visit, way, error);
    throw error;
  }
}

const ownHolder = (user: User): Holder => ({ ...personOf(user), userId: user.id, isOwner: user.role === 'owner' });

/** The account that a project's people share: a member of the platform, whose address nobody reads. */
function projectAccount(project: Project, caller: PersonCaller): Holder {
  return {
    userId: projectHolder(project.id),
    email: `${project.id.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase()}@project.sallyport.invalid`,
    firstName: project.name,
    lastName: 'Project',
    isOwner: false,
    by: caller.principal,
  };
}

/** A person as platforms want one: with two names. */
export function personOf(user: Pick<User, 'email' | 'name'>): PlatformPerson {
  const name = user.name.trim().replace(/\s+/g, ' ');
  const at = name.lastIndexOf(' ');
  if (at < 0) return { email: user.email, firstName: name, lastName: name };
  return { email: user.email, firstName: name.slice(0, at), lastName: name.slice(at + 1) };
}

function showNoAccess(visit: Visit, site: SiteRecord): Response {
  const content = html`
<p class="lead">You are signed in, but have no role in a project of this site. Ask an Administrator for one; it counts at once.</p>
<a class="button" href="${visit.config.portalOrigin}${paths.portal}">Go to the portal</a>`;
  return show(visit, { title: `No access to ${site.name}`, content, status: 403 });
}

function showSetup(visit: Visit, way: { site: SiteRecord; caller: PersonCaller; back: URL }): Response {
  const { site, caller, back } = way;
  const title = platformTitle(visit, site);
  const isOwner = caller.user.role === 'owner';
  const toward = { url: back, site };
  const form = `${visit.config.portalOrigin}${withReturn(paths.platformAccount, toward, { site: site.id })}`;
  const content: Html = isOwner
    ? html`
<p class="lead">Somebody set up this ${title} before the gate stood in front of it. Give the gate its owner account once; from then on it makes accounts for people itself, and nobody needs the password.</p>
<a class="button" href="${form}">Give the owner account</a>`
    : html`
<p class="lead">This ${title} was set up before the gate stood in front of it, and the gate has not been given its owner account yet.</p>
<p>An Owner of Sallyport does this once, on opening the site. Please ask one, then come back.</p>
<a class="button" href="${retryPath(back)}">Try again</a>`;
  return show(visit, { title: `${site.name} is almost ready`, content, status: 409 });
}

function showAway(visit: Visit, way: { site: SiteRecord; back: URL }, error: SallyportError): Response {
  const { site, back } = way;
  const title = platformTitle(visit, site);
  const isAway = error.code === 'platforms.unreachable';
  const content = html`
<p class="lead">${
    isAway
      ? `The gate is up and you are signed in, but ${title} behind it does not answer. It may still be starting.`
      : `The gate is up and you are signed in, but ${title} did not accept the account that the gate keeps for you there.`
  }</p>
${!isAway && html`<p>Trying again makes a new attempt. When it stays so, an Owner can give the gate the platform's owner account anew.</p>`}
<a class="button" href="${retryPath(back)}">Try again</a>
<p class="reference">Reference <code>${visit.control.requestId}</code> · <code>${error.code}</code></p>`;
  const heading = isAway ? `${site.name} does not answer` : `${site.name} refused the sign-in`;
  return show(visit, { title: heading, content, status: 502, headers: isAway ? { 'retry-after': '10' } : {} });
}

function retryPath(back: URL): string {
  return `${paths.enter}?${new URLSearchParams({ return_to: localPart(back) }).toString()}`;
}

/** What the platform of a site is called. */
export function platformTitle(visit: Pick<Visit, 'deps'>, site: SiteRecord): string {
  return visit.deps.platforms.get(site.platform)?.title ?? 'application';
}
