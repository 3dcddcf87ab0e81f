import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deserialize, serialize } from 'node:v8';
import fc from 'fast-check';
import { Secret } from '../core/secret.ts';
import { person, session, snapshotWith } from './gateway.fixture.ts';
import { OverlayMap } from './overlay-map.ts';
import type { PolicySnapshot, SnapshotChange } from './snapshot.ts';
import { applyUpdate } from './snapshot-update.ts';
import { fromWire, toWire } from './snapshot-wire.ts';

const base = snapshotWith([], 1_000_000);
const keyOf = fc.integer({ min: 0, max: 40 }).map(String);

const change: fc.Arbitrary<SnapshotChange> = fc.oneof(
  fc
    .record({ section: fc.constant('sessions' as const), key: keyOf, at: fc.option(fc.nat()) })
    .map(({ section, key, at }) => (at === null ? { section, key } : { section, key, value: session(at) })),
  fc
    .record({ section: fc.constant('people' as const), key: keyOf, name: fc.option(fc.string()) })
    .map(({ section, key, name }) => (name === null ? { section, key } : { section, key, value: person({ name }) })),
  fc
    .record({ section: fc.constant('assignments' as const), key: keyOf, to: fc.option(fc.string()) })
    .map(({ section, key, to }) => (to === null ? { section, key } : { section, key, value: to })),
);

const sorted = (map: ReadonlyMap<string, unknown>) => [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));

const plain = (snapshot: PolicySnapshot) => ({
  sessions: Object.fromEntries(sorted(snapshot.sessions)),
  people: Object.fromEntries(sorted(snapshot.people)),
  assignments: Object.fromEntries(sorted(snapshot.assignments)),
  sizes: [snapshot.sessions.size, snapshot.people.size, snapshot.assignments.size],
});

describe('snapshot', () => {
  it('is after any deltas what a rebuilt full one is, and leaves the one before as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.array(change, { maxLength: 20 }), { maxLength: 30 }), deltas => {
        let snapshot = base;
        const rebuilt = {
          sessions: new Map(base.sessions),
          people: new Map(base.people),
          assignments: new Map(base.assignments),
        };
        const before = JSON.stringify(plain(base));
        for (const changes of deltas) {
          const next = applyUpdate(snapshot, { kind: 'delta', revision: snapshot.revision + 1, changes });
          assert.ok(next);
          snapshot = next;
          for (const { section, key, value } of changes) {
            const map = rebuilt[section as keyof typeof rebuilt] as Map<string, unknown>;
            if (value === undefined) map.delete(key);
            else map.set(key, value);
          }
        }
        assert.deepEqual(plain(snapshot), plain({ ...base, ...rebuilt }));
        for (const key of Array.from({ length: 41 }, (_, at) => String(at))) {
          assert.equal(snapshot.sessions.has(key), rebuilt.sessions.has(key));
          assert.deepEqual(snapshot.sessions.get(key), rebuilt.sessions.get(key));
        }
        assert.equal(JSON.stringify(plain(base)), before);
      }),
    );
  });

  it('refuses a delta that skips, repeats, or has nothing to stand on', () => {
    for (const revision of [0, 1, 3])
      assert.equal(applyUpdate(base, { kind: 'delta', revision, changes: [] }), undefined);
    assert.equal(applyUpdate(undefined, { kind: 'delta', revision: 1, changes: [] }), undefined);
  });

  it('shares every section that did not change', () => {
    const next = applyUpdate(base, {
      kind: 'delta',
      revision: 2,
      changes: [{ section: 'assignments', key: 'a', value: 'p' }],
    });
    assert.equal(next?.sessions, base.sessions);
    assert.equal(next?.people, base.people);
    assert.notEqual(next?.assignments, base.assignments);
  });

  it('copies the recent changes and not the map: 5,000 deltas over 20,000 entries take well below a second', () => {
    let map = OverlayMap.of(new Map(Array.from({ length: 20_000 }, (_, at) => [String(at), at])));
    const startedMs = performance.now();
    for (let at = 0; at < 5000; at++)
      map = map.with([
        [String(at * 7), -at],
        [String(at), undefined],
      ]);
    const tookMs = performance.now() - startedMs;
    // Copying 20,000 entries each time takes some ten seconds.
    assert.ok(tookMs < 3000, `took ${tookMs.toFixed(0)} ms`);
    assert.equal([...map].length, map.size);
  });

  it('goes through a pipe with its secrets, which print nowhere', () => {
    const headers = { cookie: new Secret('n8n-auth=ü') };
    const value = { account: 'a', headers, expiresAt: 5 };
    const snapshot = {
      ...base,
      platformSessions: OverlayMap.of(new Map()).with([['s|u', value]]) as PolicySnapshot['platformSessions'],
    };
    const wire = toWire({ kind: 'full', snapshot });
    const received = fromWire(deserialize(serialize(wire)) as typeof wire);
    assert.ok(received.kind === 'full');
    assert.equal(received.snapshot.platformSessions.get('s|u')?.headers['cookie']?.reveal(), 'n8n-auth=ü');
    assert.deepEqual(received.snapshot.sessions, base.sessions);
    assert.doesNotMatch(JSON.stringify([...received.snapshot.platformSessions]), /n8n-auth/);
    const message = toWire({ kind: 'platform_session', site: 's', userId: 'u', session: null });
    assert.deepEqual(fromWire(message), { kind: 'platform_session', site: 's', userId: 'u', session: null });
  });
});
