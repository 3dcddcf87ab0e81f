import type { RosterPerson } from '../../access/access.ts';
import type { OperationOutput } from '../contract/contract.ts';
import type { AdminDeps } from '../deps.ts';
import type { ReadonlyDeep } from './handler.ts';

type Orphans = ReadonlyDeep<OperationOutput<'access.orphans'>>;

const shownMax = 500;
const keysMax = 200_000;

/** What nobody answers for: keys of people who are disabled or gone, projects and grants without anybody, people not seen for long. */
export async function findOrphans(deps: AdminDeps): Promise<Orphans> {
  const { access, identity, roster } = deps;
  const [keys, projects, uses, { memberships }, kept] = await Promise.all([
    identity.listApiKeys({ limit: keysMax }),
    access.listProjects(),
    access.uses.load(),
    access.load(),
    access.breakGlass.list(),
  ]);
  const owned = new Set(
    memberships
      .filter(member => member.role === 'owner' && roster.person(member.userId)?.disabled === false)
      .map(member => member.projectId),
  );
  for (const grant of roster.grants())
    if (grant.project !== null && grant.role === 'owner' && isAnybodyIn(deps, grant.groupId)) owned.add(grant.project);
  const inactiveAfterMs = access.inactiveAfterMs;
  return {
    keys: keys
      .filter(key => roster.person(key.userId)?.disabled !== false)
      .slice(0, shownMax)
      .map(({ id, name, prefix, userId }) => ({
        ...{ id, name, prefix, userId },
        reason: roster.person(userId) === undefined ? 'its owner is no more' : 'its owner is disabled',
      })),
    projects: projects
      .filter(project => !owned.has(project.id))
      .slice(0, shownMax)
      .map(({ id, name }) => ({ id, name, reason: 'no enabled person is its Owner' })),
    grants: [...roster.grants()]
      .filter(grant => roster.group(grant.groupId) === undefined || roster.membersOf(grant.groupId).size === 0)
      .slice(0, shownMax)
      .map(({ groupId, id }) => ({
        ...{ id, groupId },
        reason: roster.group(groupId) === undefined ? 'its group is no more' : 'nobody is in its group',
      })),
    inactive: inactivePeople(deps, uses, new Set(kept.map(account => account.userId)), inactiveAfterMs),
    inactiveAfterMs,
  };
}

function isAnybodyIn({ roster }: AdminDeps, groupId: string): boolean {
  for (const id of roster.membersOf(groupId)) if (roster.person(id)?.disabled === false) return true;
  return false;
}

/** The longest away first. Accounts for emergencies are meant to be unused; programs do not sign in. */
function inactivePeople(
  { clock, roster }: AdminDeps,
  uses: ReadonlyMap<string, number>,
  keptAside: ReadonlySet<string>,
  inactiveAfterMs: number,
): Orphans['inactive'] {
  const usedAt = new Map<string, number>();
  for (const [key, at] of uses) {
    const userId = key.slice(0, key.indexOf('|'));
    usedAt.set(userId, Math.max(at, usedAt.get(userId) ?? 0));
  }
  const lastOf = ({ id, lastSignInAt }: RosterPerson): number => Math.max(lastSignInAt ?? 0, usedAt.get(id) ?? 0);
  const since = clock.now() - inactiveAfterMs;
  const found: { person: RosterPerson; last: number }[] = [];
  for (const person of roster.people()) {
    if (person.disabled || person.ownerId !== undefined || keptAside.has(person.id)) continue;
    const last = lastOf(person);
    if (last < since && (person.createdAt ?? 0) < since) found.push({ person, last });
  }
  return found
    .toSorted((a, b) => a.last - b.last)
    .slice(0, shownMax)
    .map(({ last, person: { email, id, name } }) => ({
      ...{ userId: id, email, name },
      lastSeenAt: last === 0 ? null : last,
    }));
}
