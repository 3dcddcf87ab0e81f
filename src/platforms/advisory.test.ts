import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Advisory } from './advisory.ts';
import { advisoryState, affectedText, isAffected, shieldsFor } from './advisory.ts';
import { flowiseAdvisories } from './flowise/advisories.ts';
import { n8nAdvisories } from './n8n/advisories.ts';

const advisory = (affected: Advisory['affected'], cover: Advisory['cover']): Advisory => ({
  id: 'CVE-2000-1',
  title: 'A fault',
  severity: 'high',
  affected,
  cover,
});
const shield = { methods: ['POST'], paths: ['/x'], when: { kind: 'route' } } as const;

describe('advisories', () => {
  const rows: Record<string, { version: string; affected: Advisory['affected']; is: boolean }> = {
    'before the fix': { version: '1.120.3', affected: [{ before: '1.121.0' }], is: true },
    'the fix': { version: '1.121.0', affected: [{ before: '1.121.0' }], is: false },
    'a number with more digits': { version: '1.99.9', affected: [{ before: '1.121.0' }], is: true },
    'before the fault came': { version: '1.64.9', affected: [{ from: '1.65.0', before: '1.121.0' }], is: false },
    'a second range': {
      version: '2.41.3',
      affected: [{ before: '1.5.0' }, { from: '2.0.0', before: '2.41.4' }],
      is: true,
    },
    'a release candidate of the fix': { version: '1.121.0-rc.1', affected: [{ before: '1.121.0' }], is: false },
    'no version at all': { version: 'latest', affected: [{ before: '1.0.0' }], is: true },
    'every version': { version: '9.9.9', affected: 'any', is: true },
  };
  for (const [name, { version, affected, is }] of Object.entries(rows)) {
    it(`${is ? 'hold' : 'do not hold'} for ${name}`, () =>
      assert.equal(isAffected(advisory(affected, { kind: 'update', how: '' }), version), is));
  }

  it('say what stands in the way of each', () => {
    const before = [{ before: '2.0.0' }];
    const shielded = advisory(before, { kind: 'shield', shields: [shield], whole: true, how: '' });
    assert.equal(advisoryState(shielded, '1.0.0'), 'shielded');
    assert.equal(advisoryState(shielded, '2.0.0'), 'not_affected');
    assert.equal(advisoryState(advisory(before, { kind: 'update', how: '' }), '1.0.0'), 'update_needed');
    assert.equal(advisoryState(advisory(before, { kind: 'update', how: '' }), undefined), 'unknown_version');
    assert.equal(advisoryState(advisory(before, { kind: 'gate', how: '' }), undefined), 'gate');
  });

  it('put up a shield that honest work may meet only where the fault is known to be', () => {
    const costly = advisory([{ before: '2.0.0' }], {
      kind: 'shield',
      shields: [shield],
      whole: true,
      isCostly: true,
      how: '',
    });
    assert.equal(shieldsFor([costly], '1.0.0').length, 1);
    assert.equal(shieldsFor([costly], '2.0.0').length, 0);
    assert.equal(shieldsFor([costly], undefined).length, 0);
  });

  it('have each id once, readable versions, and paths as the platform spells them', () => {
    for (const list of [n8nAdvisories, flowiseAdvisories]) {
      assert.equal(new Set(list.map(one => one.id)).size, list.length);
      for (const one of list) {
        assert.match(one.id, /^(CVE-\d{4}-\d{4,}|GHSA(-[a-z0-9]{4}){3})$/);
        assert.ok(affectedText(one).length > 0);
        if (one.affected !== 'any') {
          for (const range of one.affected)
            assert.match(`${range.from ?? '0.0.0'} ${range.before}`, /^(\d+\.){2}\d+ (\d+\.){2}\d+$/);
        }
        if (one.cover.kind !== 'shield') continue;
        for (const { paths } of one.cover.shields) for (const path of paths) assert.match(path, /^\/[\w.:/-]*\*?$/);
      }
    }
  });
});
