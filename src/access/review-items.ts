import type { Grant } from './access.ts';
import { fold } from './ground.ts';
import type { ReviewTables } from './review-tables.ts';
import type { Roster, RosterPerson } from './roster.ts';

/** What a campaign looks at. */
export type ReviewScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'project'; readonly project: string }
  | { readonly kind: 'group'; readonly groupId: string }
  | { readonly kind: 'global_roles' }
  | { readonly kind: 'keys' };

/** An API key as a review lists it. */
export interface ReviewedKey {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly prefix: string;
  readonly lastUsedAt: number | null;
}

/** One thing somebody holds by one way. */
export interface ReviewFinding {
  readonly person: Pick<RosterPerson, 'id' | 'email' | 'name'>;
  readonly kind: ReviewTables['access_review_items']['kind'];
  /** Put into words only where somebody reads them: a preview counts. */
  readonly what: () => string;
  readonly way: () => string;
  readonly project: string | null;
  readonly role: string | null;
  readonly groupId: string | null;
  readonly refId: string | null;
  readonly isElsewhere: boolean;
  readonly lastUsedAt: () => number | null;
}

const direct = (): string => 'direct';

const titles = new Map([
  ['viewer', 'Viewer'],
  ['editor', 'Editor'],
  ['admin', 'Admin'],
  ['owner', 'Owner'],
  ['administrator', 'Administrator'],
]);

/**
 * Who holds what within the scope, by which way, and when it was last used, person by person. What a group grants is one item for each
 * member: the membership is what can be taken away. `uses` is `user id|project id` → when.
 */
export function* collectFindings(
  roster: Roster,
  scope: ReviewScope,
  given: { readonly keys: readonly ReviewedKey[]; readonly uses: ReadonlyMap<string, number> },
): Generator<ReviewFinding> {
  const keysOf = Map.groupBy(given.keys, key => key.userId);
  const relevant = relevantGrants(roster, scope);
  for (const person of peopleOf(roster, scope)) {
    if (scope.kind !== 'keys') yield* rolesOf(roster, scope, { person, relevant, uses: given.uses });
    if (scope.kind !== 'all' && scope.kind !== 'keys') continue;
    for (const key of keysOf.get(person.id) ?? [])
      yield {
        ...{ person, kind: 'api_key', what: () => `API key "${key.name}" (${key.prefix})`, way: direct, refId: key.id },
        ...{ project: null, role: null, groupId: null, isElsewhere: false, lastUsedAt: () => key.lastUsedAt },
      };
  }
}

/** How much `collectFindings` would find, without putting anything into words. */
export function countFindings(
  roster: Roster,
  scope: ReviewScope,
  keys: readonly ReviewedKey[],
): { items: number; people: number } {
  const known = keys.filter(key => roster.person(key.userId) !== undefined);
  if (scope.kind === 'all') return countAll(roster, known);
  const people = new Set<string>();
  let items = 0;
  const count = (ids: Iterable<string>): void => {
    for (const id of ids) {
      items++;
      people.add(id);
    }
  };
  if (scope.kind === 'keys') {
    count(known.map(key => key.userId));
    return { items, people: people.size };
  }
  if (scope.kind === 'global_roles')
    for (const person of roster.people()) if (person.role !== 'member') count([person.id]);
  if (scope.kind === 'project') count(roster.directMembers(scope.project));
  const groups = scope.kind === 'group' ? [scope.groupId] : relevantGrants(roster, scope).keys();
  for (const groupId of groups) count(roster.membersOf(groupId));
  for (const one of roster.elevations()) if (isWithinScope(scope, one.project)) count([one.userId]);
  return { items, people: people.size };
}

/** Person by person, each looked at only until something is found: a hundred thousand people are in half a million groups together. */
function countAll(roster: Roster, keys: readonly ReviewedKey[]): { items: number; people: number } {
  const granted = relevantGrants(roster, { kind: 'all' });
  const keyed = new Set(keys.map(key => key.userId));
  let items = keys.length;
  let people = 0;
  for (const groupId of granted.keys()) items += roster.membersOf(groupId).size;
  for (const { id, role } of roster.people()) {
    const direct = roster.directProjects(id).size + roster.elevationsOf(id).length + (role === 'member' ? 0 : 1);
    items += direct;
    if (direct > 0 || keyed.has(id) || roster.groupsOf(id).some(groupId => granted.has(groupId))) people++;
  }
  return { items, people };
}

const isWithinScope = (scope: ReviewScope, project: string | null): boolean =>
  scope.kind === 'all' ||
  (scope.kind === 'project' && project === scope.project) ||
  (scope.kind === 'global_roles' && project === null);

/** The scope in words. */
export function scopeInWords(roster: Roster, scope: ReviewScope): string {
  switch (scope.kind) {
    case 'all':
      return 'Everything everybody holds';
    case 'project':
      return `Project ${roster.project(scope.project)?.name ?? scope.project}`;
    case 'group':
      return `Group ${roster.group(scope.groupId)?.name ?? scope.groupId}`;
    case 'global_roles':
      return 'Global roles';
    case 'keys':
      return 'API keys';
    default:
      return scope satisfies never;
  }
}

function* peopleOf(roster: Roster, scope: ReviewScope): Generator<RosterPerson> {
  if (scope.kind !== 'group' && scope.kind !== 'project') {
    yield* roster.people();
    return;
  }
  for (const id of scope.kind === 'group' ? roster.membersOf(scope.groupId) : concerned(roster, scope)) {
    const person = roster.person(id);
    if (person !== undefined) yield person;
  }
}

/** Everybody who holds something in the project, by whatever way, each once. */
function concerned(roster: Roster, scope: Extract<ReviewScope, { kind: 'project' }>): ReadonlySet<string> {
  const found = new Set(roster.directMembers(scope.project));
  for (const groupId of relevantGrants(roster, scope).keys()) for (const id of roster.membersOf(groupId)) found.add(id);
  for (const one of roster.elevations()) if (one.project === scope.project) found.add(one.userId);
  return found;
}

/** By group: what of its grants is within the scope. Groups without any are left out. */
function relevantGrants(roster: Roster, scope: ReviewScope): ReadonlyMap<string, readonly Grant[]> {
  const found = new Map<string, Grant[]>();
  for (const grant of roster.grants()) {
    const isWithin =
      scope.kind === 'all' ||
      (scope.kind === 'project' && grant.project === scope.project) ||
      (scope.kind === 'group' && grant.groupId === scope.groupId) ||
      (scope.kind === 'global_roles' && grant.project === null);
    if (!isWithin) continue;
    const held = found.get(grant.groupId);
    if (held === undefined) found.set(grant.groupId, [grant]);
    else held.push(grant);
  }
  return found;
}

function* rolesOf(
  roster: Roster,
  scope: ReviewScope,
  about: {
    readonly person: RosterPerson;
    readonly relevant: ReadonlyMap<string, readonly Grant[]>;
    readonly uses: ReadonlyMap<string, number>;
  },
): Generator<ReviewFinding> {
  const { person, relevant, uses } = about;
  const usedAt = (project: string | null): number | null =>
    project === null ? (person.lastSignInAt ?? null) : (uses.get(`${person.id}|${project}`) ?? null);
  const base = { person, groupId: null, refId: null, isElsewhere: false };
  const isWithin = (project: string | null): boolean => isWithinScope(scope, project);
  if (person.role !== 'member' && isWithin(null))
    yield {
      ...base,
      ...{ kind: 'global_role', what: () => inWords(roster, person.role, null), way: direct },
      ...{ project: null, role: person.role, lastUsedAt: () => usedAt(null) },
    };
  for (const [project, role] of roster.directProjects(person.id))
    if (isWithin(project))
      yield {
        ...base,
        ...{ kind: 'project_role', what: () => inWords(roster, role, project), way: direct },
        ...{ project, role, lastUsedAt: () => usedAt(project) },
      };
  for (const groupId of roster.groupsOf(person.id)) {
    const isTheGroup = scope.kind === 'group' && scope.groupId === groupId;
    const grants = relevant.get(groupId) ?? [];
    if (grants.length === 0 && !isTheGroup) continue;
    const group = roster.group(groupId);
    yield {
      ...base,
      kind: 'membership',
      what: () => grants.map(grant => inWords(roster, grant.role, grant.project)).join(', ') || 'nothing yet',
      way: () => `group ${group?.name ?? groupId}${sourceInWords(group?.source)}`,
      ...{ project: null, role: null, groupId, isElsewhere: group !== undefined && group.source !== 'local' },
      lastUsedAt: () => Math.max(0, ...grants.map(grant => usedAt(grant.project) ?? 0)) || null,
    };
  }
  for (const { id, project, role } of roster.elevationsOf(person.id))
    if (isWithin(project))
      yield {
        ...base,
        ...{ kind: 'elevation', what: () => inWords(roster, role, project), way: () => 'elevation', refId: id },
        ...{ project, role, lastUsedAt: () => usedAt(project) },
      };
}

function inWords(roster: Roster, role: string, project: string | null): string {
  const title = titles.get(role) ?? roster.role(role)?.name ?? role;
  return project === null ? title : `${title} of ${roster.project(project)?.name ?? project}`;
}

function sourceInWords(source: 'local' | 'provider' | 'scim' | undefined): string {
  if (source === 'provider') return ', of an identity provider';
  return source === 'scim' ? ', of a SCIM client' : '';
}

/** A finding as a row that waits for its answer. */
export function toItemRow(
  finding: ReviewFinding,
  ids: { readonly id: string; readonly campaignId: string },
): ReviewTables['access_review_items'] {
  const { person } = finding;
  return {
    ...{ id: ids.id, campaign_id: ids.campaignId, user_id: person.id, email: person.email, name: person.name },
    words: fold(`${person.email} ${person.name}`),
    ...{ kind: finding.kind, what: finding.what().slice(0, 2000), way: finding.way(), project_id: finding.project },
    ...{ role: finding.role, group_id: finding.groupId, ref_id: finding.refId },
    is_elsewhere: finding.isElsewhere ? 1 : 0,
    ...{ last_used_at: finding.lastUsedAt(), reviewer_id: null, answer: null, comment: null, answered_by: null },
    ...{ answered_by_id: null, answered_at: null, outcome: null, note: null },
  };
}
