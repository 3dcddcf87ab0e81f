import type { Permission } from '../../core/permissions.ts';
import type { Compiled, CompiledSite } from '../compiled.ts';
import type { Exchange, Grant, Verdict } from '../exchange.ts';
import { next } from '../exchange.ts';
import type { PersonPolicy } from '../snapshot.ts';
import { outOfScope } from './api-key.ts';
import { decideWithOwner, mayEnterWithOwner } from './machine.ts';
import { currentProject } from './project.ts';
import type { Standing } from './standing.ts';
import { standingOf } from './standing.ts';

const signIn: Verdict = { kind: 'challenge', how: 'sign_in' };

/**
 * Says whether the person may do what the request does: by the platform's table, the project the resource belongs to and the roles in
 * the snapshot. Without a classification nothing is granted.
 */
export function authorize(exchange: Exchange): Verdict {
  const { classification, policy, request, site, signedIn } = exchange;
  if (classification === undefined || policy === undefined || request === undefined || site === undefined)
    return signIn;
  if (signedIn?.apiKey !== undefined) {
    const refused = outOfScope(signedIn.apiKey, { site: site.policy.id, path: request.path });
    if (refused !== undefined) return forbid(refused);
  }
  // Signing in and out belong to the gate itself, which looks at them next.
  if (classification.gate !== undefined) return next;
  const { need } = classification;
  switch (need.kind) {
    case 'closed':
      return { kind: 'deny', code: 'gateway.route_closed', reason: need.why, type: 'closed_route' };
    case 'open':
      return grant(exchange, { kind: 'open' });
    case 'publishable':
      if (site.isPublic(request.method, request.path)) return grant(exchange, { kind: 'public' });
      return judgePermission(exchange, policy, need.fallback);
    case 'permission':
      return judgePermission(exchange, policy, need.permission);
    case 'signed_in':
      if (signedIn === undefined) return signIn;
      return judgeEntry(exchange, policy, site, standingOf(exchange, signedIn.person, { now: exchange.at, policy }));
    default:
      return forbid(`unknown need ${String(need satisfies never)}`);
  }
}

function judgeEntry(exchange: Exchange, policy: Compiled, site: CompiledSite, standing: Standing): Verdict {
  exchange.project = projectOf(exchange, policy, site, standing);
  return mayEnter(standing, site, policy)
    ? grant(exchange, { kind: 'enter' })
    : forbid('no role in any project of this site');
}

/** Whether a grant given before still holds under this policy, for this person and at this time. */
export function stillGranted(
  exchange: Exchange,
  policy: Compiled,
  person: PersonPolicy | undefined,
  now: number,
): boolean {
  const { granted, inbound, request, site } = exchange;
  const found = policy.find(inbound.localPort, exchange.hostname);
  if (granted === undefined || site === undefined || found === undefined || found === 'portal') return false;
  if (found.policy.id !== site.policy.id) return false;
  const standing = person && standingOf(exchange, person, { now, policy });
  switch (granted.kind) {
    case 'open':
      return true;
    case 'public':
      return request !== undefined && found.isPublic(request.method, request.path);
    case 'enter':
      return standing !== undefined && mayEnter(standing, found, policy);
    case 'permission':
      return (
        standing !== undefined &&
        decideWithOwner(standing, granted).allow &&
        granted.project === projectOf(exchange, policy, found, standing)
      );
    default:
      granted satisfies never;
      return false;
  }
}

function judgePermission(exchange: Exchange, policy: Compiled, permission: Permission): Verdict {
  const { signedIn, site } = exchange;
  if (signedIn === undefined || site === undefined) return signIn;
  const standing = standingOf(exchange, signedIn.person, { now: exchange.at, policy });
  const project = projectOf(exchange, policy, site, standing);
  if (project === undefined) return forbid('no role in any project of this site');
  exchange.project = project;
  if (signedIn.apiKey !== undefined && !signedIn.apiKey.permissions.includes(permission))
    return forbid(`${permission}: not among the permissions of the API key`);
  const decision = decideWithOwner(standing, { permission, project });
  return decision.allow
    ? grant(exchange, { kind: 'permission', permission, project })
    : forbid(`${permission}: ${decision.reason}`);
}

/** The project of what the request is about; what nobody assigned is in the site's default project. */
function projectOf(exchange: Exchange, policy: Compiled, site: CompiledSite, standing: Standing): string | undefined {
  if (site.policy.accounts === 'project') return currentProject(exchange, site.policy, standing)?.id;
  const resource = exchange.classification?.resource;
  const key = resource === undefined ? undefined : `${site.policy.id}|${resource.kind}|${resource.id}`;
  const assigned = key === undefined ? undefined : policy.snapshot.assignments.get(key);
  return assigned ?? site.policy.defaultProject;
}

function mayEnter(standing: Standing, site: CompiledSite, policy: Compiled): boolean {
  const { id, defaultProject } = site.policy;
  const others = site.policy.accounts === 'project' ? site.policy.projects : policy.assignedProjects(id);
  return mayEnterWithOwner(standing, { defaultProject, assignedProjects: others });
}

function grant(exchange: Exchange, granted: Grant): Verdict {
  exchange.granted = granted;
  return next;
}

const forbid = (reason: string): Verdict => ({ kind: 'deny', code: 'gateway.forbidden', reason, type: 'forbidden' });
