import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { settingsFor } from './directory.fixture.ts';
import type { DirectoryEntry } from './entry.ts';
import { toEntry } from './entry.ts';
import { walk } from './groups.ts';

/** Any graph of up to 30 groups: which groups each one is in. */
const graphs = fc.array(fc.array(fc.nat(29), { maxLength: 5 }), { minLength: 30, maxLength: 30 });
const dnOf = (group: number): string => `cn=g${group},dc=x`;

/** All that can be reached, the slow and plain way. */
function reachable(graph: readonly (readonly number[])[], from: readonly number[]): Set<number> {
  const found = new Set(from);
  for (let grows = true; grows; ) {
    const before = found.size;
    for (const group of [...found]) for (const above of graph[group] ?? []) found.add(above);
    grows = found.size > before;
  }
  return found;
}

function names(found: readonly DirectoryEntry[] | 'too many'): string[] {
  return found === 'too many' ? ['too many'] : found.map(group => group.dn).toSorted();
}

describe('the walk through groups of groups', () => {
  test('by memberOf finds exactly what can be reached, circles or not, each asked once', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, fc.array(fc.nat(29), { maxLength: 4 }), async (graph, from) => {
        const asked: string[] = [];
        const found = await walk(from.map(dnOf), settingsFor({ groups: { source: 'member_of' } }), dns => {
          asked.push(...dns);
          return Promise.resolve(
            dns.map(dn => toEntry({ dn, memberOf: (graph[Number(dn.slice(4, -5))] ?? []).map(dnOf) })),
          );
        });
        assert.deepEqual(names(found), [...reachable(graph, from)].map(dnOf).toSorted());
        assert.equal(new Set(asked).size, asked.length);
      }),
    );
  });

  test('by search finds exactly what is above, circles or not', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, fc.nat(29), async (graph, from) => {
        const found = await walk([dnOf(from)], settingsFor({ groups: { source: 'search' } }), dns =>
          Promise.resolve(
            dns.flatMap(dn => (graph[Number(dn.slice(4, -5))] ?? []).map(above => toEntry({ dn: dnOf(above) }))),
          ),
        );
        assert.deepEqual(names(found), [...reachable(graph, graph[from] ?? [])].map(dnOf).toSorted());
      }),
    );
  });

  const endless = (dns: readonly string[]): Promise<DirectoryEntry[]> =>
    Promise.resolve(dns.map(dn => toEntry({ dn, memberOf: [`cn=above,${dn}`] })));

  test('refuses more groups than allowed instead of cutting the list', async () => {
    const wide = (dns: readonly string[]): Promise<DirectoryEntry[]> =>
      Promise.resolve(dns.map(dn => toEntry({ dn, memberOf: [`cn=a,${dn}`, `cn=b,${dn}`] })));
    const settings = settingsFor({ groups: { source: 'member_of', max: 20 } });
    assert.deepEqual(names(await walk(['cn=x'], settings, wide)), ['too many']);
    assert.deepEqual(names(await walk(['cn=x'], settingsFor({ groups: { source: 'member_of', max: 5 } }), endless)), [
      'too many',
    ]);
  });

  test('ends when groups are nested without end', async () => {
    const settings = settingsFor({ groups: { source: 'member_of', max: 2000 } });
    await assert.rejects(walk(['cn=x'], settings, endless), /nested more than 32 deep/);
  });
});
