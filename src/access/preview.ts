import type { Grant } from './access.ts';
import type { GrantTarget } from './grants.ts';
import type { Roster, RosterEntry } from './roster.ts';

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
  const found = { gaining: 0, losing: 0, unchanged: 0 };
  const people: PreviewedPerson[] = [];
  let differing = 0;
  for (const userId of members) {
    const was = roster.entry(userId);
    if (was === undefined) continue;
    const will = roster.imagine(userId, { grantsOf });
    const gains = difference(will, was);
    const loses = difference(was, will);
    if (gains.length > 0) found.gaining++;
    if (loses.length > 0) found.losing++;
    if (gains.length === 0 && loses.length === 0) found.unchanged++;
    else if (differing++ >= page.offset && people.length < page.limit)
      people.push({ userId, email: was.email, name: was.name, gains, loses });
  }
  const end = page.offset + people.length;
  return { ...found, people, next: end < differing ? end : null };
}

/** What the one holds and the other does not. Equal entries share their maps, which is seen first. */
function difference(one: RosterEntry, other: RosterEntry): HeldRole[] {
  const found: HeldRole[] = [];
  if (one.globalRole !== other.globalRole && one.globalRole !== 'member')
    found.push({ project: null, role: one.globalRole });
  if (one.projects === other.projects) return found;
  for (const [project, roles] of one.projects) {
    const held = other.projects.get(project);
    if (held === roles) continue;
    for (const role of roles) if (held?.includes(role) !== true) found.push({ project, role });
  }
  return found;
}

const imagined = ({ groupId, project, role }: GrantTarget): Grant => ({
  id: '',
  groupId,
  project,
  role,
  createdAt: 0,
  createdBy: '',
});
