import type { Grant } from './access.ts';
import { higher } from './decide.ts';
import type { GrantTarget } from './grants.ts';
import type { Roster } from './roster.ts';

/** A role somebody holds; `project` null: a global one. */
export interface HeldRole {
  readonly project: string | null;
  readonly role: string;
}

export interface PreviewedPerson {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly gains: readonly HeldRole[];
  readonly loses: readonly HeldRole[];
}

export interface GrantPreview {
  readonly gaining: number;
  readonly losing: number;
  readonly unchanged: number;
  readonly people: readonly PreviewedPerson[];
  /** The offset of the next page; null: this was the last. */
  readonly next: number | null;
}

/**
 * Who would gain and lose what, if these grants were made and those taken back: by what people hold in the end, so that somebody who has the
 * role by another way too loses nothing. Changes nothing.
 */
export function previewGrants(
  roster: Roster,
  changes: { readonly add: readonly GrantTarget[]; readonly remove: readonly Grant[] },
  page: { readonly offset: number; readonly limit: number },
): GrantPreview {
  const removed = new Set(changes.remove.map(grant => grant.id));
  const touched = [...new Set([...changes.add, ...changes.remove].map(change => change.groupId))];
  const after = new Map(
    touched.map(groupId => [
      groupId,
      [
        ...roster.grantsOf(groupId).filter(grant => !removed.has(grant.id)),
        ...changes.add.filter(target => target.groupId === groupId).map(imagined),
      ],
    ]),
  );
  const grantsOf = (groupId: string): readonly Grant[] => after.get(groupId) ?? roster.grantsOf(groupId);
  const members = new Set(touched.flatMap(groupId => [...roster.membersOf(groupId)]));
  const wanted = distinct(changes.add);
  const dropped = distinct(changes.remove);
  const found = { gaining: 0, losing: 0, unchanged: 0 };
  const people: PreviewedPerson[] = [];
  let differing = 0;
  for (const userId of members) {
    const person = roster.person(userId);
    if (person === undefined) continue;
    const before = (held: HeldRole): boolean => holds(roster, userId, held, roster.grantsOf);
    const behind = (held: HeldRole): boolean => holds(roster, userId, held, grantsOf);
    const gains = wanted.filter(held => !before(held) && behind(held));
    const loses = dropped.filter(held => before(held) && !behind(held));
    if (gains.length > 0) found.gaining++;
    if (loses.length > 0) found.losing++;
    if (gains.length === 0 && loses.length === 0) found.unchanged++;
    else if (differing++ >= page.offset && people.length < page.limit)
      people.push({ userId, email: person.email, name: person.name, gains, loses });
  }
  const end = page.offset + people.length;
  return { ...found, people, next: end < differing ? end : null };
}

/**
 * Whether somebody has the role for good, directly or by a group: without building all they hold, since a large group is looked at member by
 * member. A global role counts only as the highest there is: who is Owner does not gain Administrator.
 */
function holds(
  roster: Roster,
  userId: string,
  { project, role }: HeldRole,
  grantsOf: (groupId: string) => readonly Grant[],
): boolean {
  if (project !== null) {
    if (roster.directRole(userId, project) === role) return true;
    for (const groupId of roster.groupsOf(userId))
      for (const grant of grantsOf(groupId)) if (grant.project === project && grant.role === role) return true;
    return false;
  }
  let highest = roster.person(userId)?.role ?? 'member';
  for (const groupId of roster.groupsOf(userId))
    for (const grant of grantsOf(groupId)) if (grant.project === null) highest = higher(highest, grant.role);
  return highest === role;
}

/** Each role of each project once. */
function distinct(changes: readonly HeldRole[]): HeldRole[] {
  const found = new Map<string, HeldRole>();
  for (const { project, role } of changes) found.set(`${project ?? ''}|${role}`, { project, role });
  return [...found.values()];
}

const imagined = ({ groupId, project, role }: GrantTarget): Grant => ({
  id: '',
  groupId,
  project,
  role,
  createdAt: 0,
  createdBy: '',
});
