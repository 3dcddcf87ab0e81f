import { decide } from '../../access/access.ts';
import type { Exchange } from '../exchange.ts';
import { headerOf } from '../exchange.ts';
import { projectCookie, projectHeader } from '../gate-names.ts';
import { cookieValue } from '../proxy/cookies.ts';
import type { SitePolicy } from '../snapshot.ts';
import type { Standing } from './standing.ts';

/** Projects whose people work on a site: its default project, and the others where each project has a platform account of its own. */
export function projectsOf(site: SitePolicy): readonly string[] {
  return site.accounts === 'project' ? [site.defaultProject, ...site.projects] : [site.defaultProject];
}

/**
 * The project that a person works in on a site with an account for each project: the one their browser chose (a cookie), or their program
 * names (a header), if they have a role in it; else the first in which they have one. Undefined: none. `isChosen` is false where there was
 * a choice and nobody made it.
 */
export function currentProject(
  exchange: Exchange,
  site: SitePolicy,
  { now, person, roles }: Standing,
): { readonly id: string; readonly isChosen: boolean } | undefined {
  const open = projectsOf(site).filter(
    project => decide(person, { permission: 'project.read', project }, now, roles).allow,
  );
  const [first] = open;
  if (first === undefined) return undefined;
  const wanted =
    exchange.signedIn?.apiKey === undefined
      ? cookieValue(headerOf(exchange, 'cookie') ?? '', projectCookie)
      : headerOf(exchange, projectHeader);
  const isThere = wanted !== undefined && open.includes(wanted);
  return { id: isThere ? wanted : first, isChosen: isThere || open.length === 1 };
}

/** Whose platform session a request takes: the person's own, or that of the project they work in. */
export function holderOf(exchange: Exchange): string | undefined {
  const { project, signedIn, site } = exchange;
  if (site?.policy.accounts !== 'project') return signedIn?.person.id;
  return project === undefined ? undefined : projectHolder(project);
}

/** How the platform account of a project is named among those of people. */
export const projectHolder = (projectId: string): string => `${holderPrefix}${projectId}`;

export const isProjectHolder = (holder: string): boolean => holder.startsWith(holderPrefix);

const holderPrefix = 'project:';
