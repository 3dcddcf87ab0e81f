import type { Permission } from '../core/permissions.ts';
import type { AccessRequest, Decision, GlobalRole, Subject } from './access.ts';
import { decide, withoutElevations } from './decide.ts';
import { globalRolePermissions, permissionsOfRole, projectRolePermissions, roleHolds } from './roles.ts';
import type { Roster, RosterEntry, Way } from './roster.ts';

// The tables name every role there is, the lowest first.
const globalRoles = Object.keys(globalRolePermissions) as readonly GlobalRole[];
const projectRoles = Object.keys(projectRolePermissions);

/** One way of holding a role, and whether it alone would be enough. */
export interface JudgedWay {
  readonly way: Way;
  readonly doesGrant: boolean;
}

export interface Explanation {
  readonly decision: Decision;
  /** What the person holds there; what grants comes first. */
  readonly ways: readonly JudgedWay[];
  /** Why not, in a sentence; null when it is allowed. */
  readonly missing: string | null;
  /** Roles of which each would be enough, the smallest first; `project` null: a global one. */
  readonly enough: readonly { readonly project: string | null; readonly role: string }[];
}

/**
 * Why somebody may or may not: the decision of `decide` itself, and each role they hold with the way they hold it, judged alone by the same
 * `decide`. Undefined for nobody.
 */
export function explainDecision(
  roster: Roster,
  asked: { readonly userId: string; readonly permission: Permission; readonly project: string | undefined },
  now: number,
): Explanation | undefined {
  const { permission, project, userId } = asked;
  const entry = roster.entry(userId);
  if (entry === undefined) return undefined;
  const roles = roster.customRoles;
  const decision = decideAsGate(roster, entry, { permission, project }, now);
  const ways = roster
    .ways(userId)
    .filter(way => way.project === null || way.project === project)
    .map(way => ({ way, doesGrant: decide(holding(way), { permission, project }, now, roles).allow }))
    .toSorted((a, b) => Number(b.doesGrant) - Number(a.doesGrant));
  const known = [...projectRoles, ...roles.keys()].filter(role => roleHolds(role, permission, roles));
  const size = (role: string): number => permissionsOfRole(role, roles)?.length ?? 0;
  const bySize = known.toSorted((a, b) => size(a) - size(b));
  const global = globalRoles.filter(
    role => decide(plain({ globalRole: role }), { permission, project }, now, roles).allow,
  );
  return {
    decision,
    ways,
    missing: decision.allow ? null : missingText(decision.reason, ways, now),
    enough: [
      ...(project === undefined ? [] : bySize.map(role => ({ project, role }))),
      ...global.map(role => ({ project: null, role })),
    ],
  };
}

/** As the gate does: a service account needs that its owner may too, and for programs no elevation counts. */
function decideAsGate(roster: Roster, entry: RosterEntry, asked: AccessRequest, now: number): Decision {
  const roles = roster.customRoles;
  if (entry.ownerId === undefined) return decide(entry, asked, now, roles);
  const own = decide(entry, asked, withoutElevations, roles);
  if (!own.allow) return own;
  const owner = roster.entry(entry.ownerId);
  if (owner === undefined || owner.disabled) {
    return { allow: false, reason: 'nobody answers for the service account any more' };
  }
  const theirs = decide(owner, asked, withoutElevations, roles);
  return theirs.allow ? own : { allow: false, reason: `the owner of the service account: ${theirs.reason}` };
}

/** Somebody who holds just this. */
function holding(way: Way): Subject {
  if (way.kind === 'elevation')
    return plain({ elevations: [{ project: way.project, role: way.role, expiresAt: way.expiresAt ?? 0 }] });
  if (way.project === null) return plain({ globalRole: globalRoles.find(role => role === way.role) ?? 'member' });
  return plain({ projects: new Map([[way.project, [way.role]]]) });
}

function plain(part: Partial<Subject>): Subject {
  const member: GlobalRole = 'member';
  return { id: '', globalRole: member, disabled: false, projects: new Map(), elevations: [], ...part };
}

function missingText(reason: string, ways: readonly JudgedWay[], now: number): string {
  const lapsed = ways.some(({ way }) => way.expiresAt !== null && way.expiresAt <= now);
  const first = `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
  return lapsed ? `${first} An elevation has ended.` : first;
}
