import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Grant, ReviewScope, Roster, RosterRows } from './access.ts';
import { createRoster, globalRoles, previewGrants } from './access.ts';
import { collectFindings, countFindings } from './review-items.ts';

const ids = <T extends string>(...list: T[]) => fc.constantFrom(...list);
const anyGrant: fc.Arbitrary<Omit<Grant, 'id'>> = fc
  .oneof(
    fc.record({ groupId: ids('g1', 'g2', 'g3'), project: ids('p1', 'p2'), role: ids('viewer', 'editor', 'r1') }),
    fc.record({ groupId: ids('g1', 'g2', 'g3'), project: fc.constant(null), role: ids('administrator', 'owner') }),
  )
  .map(one => ({ ...one, createdAt: 0, createdBy: 'x' }));

const anyRows: fc.Arbitrary<RosterRows> = fc
  .record({
    people: fc.uniqueArray(
      fc.record({ id: ids('u1', 'u2', 'u3', 'u4'), role: fc.constantFrom(...globalRoles), disabled: fc.boolean() }),
      { selector: one => one.id },
    ),
    memberships: fc.uniqueArray(
      fc.record({
        userId: ids('u1', 'u2', 'u3', 'u4'),
        projectId: ids('p1', 'p2'),
        role: ids('viewer', 'editor', 'owner'),
      }),
      { selector: one => `${one.userId}|${one.projectId}` },
    ),
    groupsOf: fc.dictionary(ids('u1', 'u2', 'u3', 'u4'), fc.subarray(['g1', 'g2', 'g3'])),
    grants: fc.uniqueArray(anyGrant, { selector: one => JSON.stringify(one), maxLength: 8 }),
    elevations: fc.array(
      fc.record({ userId: ids('u1', 'u2', 'u3'), project: fc.option(ids('p1', 'p2')), role: ids('owner') }),
      { maxLength: 3 },
    ),
  })
  .map(({ elevations, grants, groupsOf, memberships, people }) => {
    const known = new Set(people.map(one => one.id));
    return {
      people: people.map(one => ({ ...one, email: `${one.id}@x`, name: one.id })),
      groups: ['g1', 'g2', 'g3'].map(id => ({ id, name: id.toUpperCase(), source: 'local' as const })),
      groupsOf: new Map(Object.entries(groupsOf).filter(([id]) => known.has(id as 'u1'))),
      projects: ['p1', 'p2'].map(id => ({ id, name: id, createdAt: 0 })),
      memberships: memberships.filter(one => known.has(one.userId)),
      roles: [],
      grants: grants.map((one, at) => ({ ...one, id: `grant${at}` })),
      elevations: elevations
        .filter(one => known.has(one.userId))
        .map((one, at) => ({ ...one, id: `e${at}`, expiresAt: 9 })),
    };
  });

function fill(rows: RosterRows): Roster {
  const roster = createRoster();
  roster.fill(rows);
  return roster;
}

/** What somebody holds for good, as words. */
function held(roster: Roster, userId: string): Set<string> {
  const entry = roster.entry(userId);
  const words = [...(entry?.projects ?? [])].flatMap(([project, roles]) => roles.map(role => `${project}|${role}`));
  return new Set(entry === undefined || entry.globalRole === 'member' ? words : [...words, `|${entry.globalRole}`]);
}

describe('roster', () => {
  it('gives everybody what they hold directly and by their groups, and nothing else', () => {
    fc.assert(
      fc.property(anyRows, rows => {
        const roster = fill(rows);
        for (const person of rows.people) {
          const groups = rows.groupsOf.get(person.id) ?? [];
          const grants = [...rows.grants].filter(grant => groups.includes(grant.groupId));
          const global = [person.role, ...grants.filter(one => one.project === null).map(one => one.role)];
          const highest = globalRoles.findLast(role => global.includes(role));
          const words = [
            ...[...rows.memberships].filter(one => one.userId === person.id).map(one => `${one.projectId}|${one.role}`),
            ...grants.filter(one => one.project !== null).map(one => `${one.project}|${one.role}`),
            ...(highest === 'member' ? [] : [`|${highest}`]),
          ];
          assert.deepEqual(held(roster, person.id), new Set(words));
        }
        assert.equal(roster.entry('nobody'), undefined);
      }),
      { numRuns: 500 },
    );
  });

  it('previews exactly what comes of it when it is done', () => {
    fc.assert(
      fc.property(anyRows, fc.array(anyGrant, { maxLength: 3 }), fc.nat(7), (rows, wanted, at) => {
        const roster = fill(rows);
        const before = new Map([...roster.people()].map(({ id }) => [id, held(roster, id)]));
        const remove = [...roster.grants()].slice(at, at + 2);
        const preview = previewGrants(roster, { add: wanted, remove }, { offset: 0, limit: 100 });
        roster.apply({ kind: 'grants', removed: remove, added: wanted.map((one, i) => ({ ...one, id: `new${i}` })) });
        for (const [id, was] of before) {
          const now = held(roster, id);
          const person = preview.people.find(one => one.userId === id);
          const words = (list: readonly { project: string | null; role: string }[] | undefined) =>
            (list ?? []).map(one => `${one.project ?? ''}|${one.role}`).toSorted();
          // A global role counts by the highest: the lower one that a higher one hides is neither gained nor lost.
          const gained = [...now].filter(word => !was.has(word) && isNew(word, wanted));
          const lost = [...was].filter(word => !now.has(word) && isNew(word, remove));
          assert.deepEqual(words(person?.gains), gained.toSorted());
          assert.deepEqual(words(person?.loses), lost.toSorted());
        }
        assert.equal(preview.gaining, preview.people.filter(one => one.gains.length > 0).length);
        assert.equal(preview.losing, preview.people.filter(one => one.loses.length > 0).length);
      }),
      { numRuns: 1000 },
    );
  });

  it('pages a preview without repeats or gaps', () => {
    const roster = createRoster();
    const people = Array.from({ length: 25 }, (_, i) => ({
      ...{ id: `u${i}`, email: `u${i}@x`, name: 'x', role: 'member' as const, disabled: false },
    }));
    const groupsOf = new Map(people.map(one => [one.id, ['g']]));
    roster.fill({ people, groupsOf, groups: [], projects: [], memberships: [], roles: [], grants: [], elevations: [] });
    const seen: string[] = [];
    for (let offset: number | null = 0; offset !== null; ) {
      const add = [{ groupId: 'g', project: 'p', role: 'viewer' }];
      const page = previewGrants(roster, { add, remove: [] }, { offset, limit: 10 });
      seen.push(...page.people.map(one => one.userId));
      assert.equal(page.gaining, 25);
      offset = page.next;
    }
    assert.deepEqual(
      seen,
      people.map(one => one.id),
    );
  });

  it('shares what is equal between people', () => {
    const roster = createRoster();
    const person = { email: 'x', name: 'x', role: 'member' as const, disabled: false };
    const grants = [{ id: '1', groupId: 'g', project: 'p', role: 'viewer', createdAt: 0, createdBy: 'x' }];
    const groupsOf = new Map([
      ['u1', ['g']],
      ['u2', ['g']],
    ]);
    const people = [
      { ...person, id: 'u1' },
      { ...person, id: 'u2' },
    ];
    roster.fill({ people, groupsOf, groups: [], projects: [], memberships: [], roles: [], grants, elevations: [] });
    assert.equal(roster.entry('u1')?.projects, roster.entry('u2')?.projects);
  });

  it('counts for a review what the review will list', () => {
    const scopes: ReviewScope[] = [
      ...([{ kind: 'all' }, { kind: 'global_roles' }, { kind: 'keys' }, { kind: 'project', project: 'p1' }] as const),
      { kind: 'group', groupId: 'g1' },
    ];
    const keys = ['u1', 'u2', 'gone'].map(userId => ({
      id: userId,
      userId,
      name: 'k',
      prefix: 'sp_',
      lastUsedAt: null,
    }));
    fc.assert(
      fc.property(anyRows, fc.constantFrom(...scopes), (rows, scope) => {
        const roster = fill(rows);
        const found = [...collectFindings(roster, scope, { keys, uses: new Map() })];
        const people = new Set(found.map(one => one.person.id)).size;
        assert.deepEqual(countFindings(roster, scope, keys), { items: found.length, people });
      }),
      { numRuns: 1000 },
    );
  });
});

const isNew = (word: string, changes: readonly { project: string | null; role: string }[]): boolean =>
  changes.some(one => `${one.project ?? ''}|${one.role}` === word);
