import type { Project } from '../../access/access.ts';
import { SallyportError } from '../../core/errors.ts';
import type { SiteRecord } from '../../gateway/gateway.ts';
import { projectsOf } from '../../gateway/gateway.ts';
import type { PersonCaller } from '../api/handler.ts';
import { may } from '../api/handler.ts';
import { findCaller } from '../callers.ts';
import { projectCookie, readCookie, setCookie } from '../cookies.ts';
import { localPart, readReturnTo } from '../return-to.ts';
import { html } from './html.ts';
import type { House, PageApp, Visit } from './visit.ts';
import { formFields, paths, readForm, redirect, show, visitOf, withReturn } from './visit.ts';

/**
 * Where somebody says in which project they work, on a site where each project has a platform account of its own. On the site's own
 * origin; the choice is a cookie of that host, which the data plane reads and believes only where the person has a role.
 */
export function serveProjectChoice(app: PageApp, house: House): void {
  app.get(paths.project, async c => {
    const visit = visitOf(house, c);
    const asked = await prepare(visit, visit.url.searchParams.get('return_to'));
    return asked instanceof Response ? asked : showChoice(visit, asked);
  });
  app.post(paths.project, async c => {
    const visit = visitOf(house, c);
    const form = await readForm(visit);
    const asked = await prepare(visit, form('return_to'));
    if (asked instanceof Response) return asked;
    const project = asked.open.find(one => one.id === form('project'));
    if (project === undefined) {
      const message = `Cannot work in project "${form('project').slice(0, 100)}": want one of this site in which you have a role`;
      throw new SallyportError('access.denied', message, { detail: 'You have no role in this project.' });
    }
    // Also where a page is open already: the platform shows another project's work, so it begins anew.
    return redirect(localPart(asked.back), [setCookie(projectCookie, project.id)]);
  });
}

interface Asked {
  readonly site: SiteRecord;
  readonly caller: PersonCaller;
  readonly open: readonly Project[];
  readonly back: URL;
}

async function prepare(visit: Visit, returnTo: string | null): Promise<Asked | Response> {
  const { origin, site: siteName } = visit.control;
  const back = readReturnTo(returnTo, { portalOrigin: origin, sites: new Map() })?.url ?? new URL('/', origin);
  const caller = await findCaller(visit.deps, visit.request, visit.control);
  if (caller === undefined || siteName === undefined) {
    return redirect(`${visit.config.portalOrigin}${withReturn(paths.signIn, { url: back, site: undefined })}`);
  }
  const site = await visit.deps.sites.get(siteName);
  if (site.accounts !== 'project') return redirect(localPart(back));
  return { site, caller, open: await openProjects(visit, site, caller), back };
}

/** The project the browser chose, or the only one there is for this person; undefined: they have to say. */
export async function chosenProject(
  visit: Visit,
  site: SiteRecord,
  caller: PersonCaller,
): Promise<Project | undefined> {
  const open = await openProjects(visit, site, caller);
  const wanted = readCookie(visit.request, projectCookie);
  return open.find(project => project.id === wanted) ?? (open.length === 1 ? open[0] : undefined);
}

async function openProjects(visit: Visit, site: SiteRecord, caller: PersonCaller): Promise<readonly Project[]> {
  const known = new Map((await visit.deps.access.listProjects()).map(project => [project.id, project]));
  return projectsOf(site)
    .map(id => known.get(id))
    .filter(project => project !== undefined)
    .filter(({ id: project }) => may(caller, 'project.read', project));
}

function showChoice(visit: Visit, { site, open, back }: Asked): Response {
  const { fields, cookies } = formFields(visit, undefined);
  const current = readCookie(visit.request, projectCookie);
  const content =
    open.length === 0
      ? html`<p class="lead">You have no role in a project of this site. Ask an Administrator for one; it counts at once.</p>`
      : html`
<p class="lead">People of a project share its workflows and credentials; no project sees another's. Save your work before you change: open pages of ${site.name} belong to the project they were opened in.</p>
${open.map(
  project => html`
<form method="post" action="${paths.project}">
${fields}<input type="hidden" name="return_to" value="${localPart(back)}">
<input type="hidden" name="project" value="${project.id}">
<button${project.id === current ? html` class="second"` : ''}>${project.name}${project.id === current ? ' (now)' : ''}</button>
</form>`,
)}`;
  return show(visit, { title: 'In which project do you work?', content, cookies });
}
