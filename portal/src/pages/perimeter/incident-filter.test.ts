import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readIncidentFilter, readSearch } from './incident-filter.ts';

describe('the question for incidents in the address bar', () => {
  it('keeps what is understood and leaves the rest out', () => {
    assert.deepEqual(readIncidentFilter({ site: ' wiki ', verdict: 'block', more: 1 }), {
      site: 'wiki',
      verdict: 'block',
    });
    assert.deepEqual(readIncidentFilter({ site: '', verdict: 'maybe' }), {});
    assert.deepEqual(readIncidentFilter({ site: {} }), {});
    assert.deepEqual(readSearch({ search: 10 }), { search: '10' });
    assert.deepEqual(readSearch({ search: ['a'] }), {});
    assert.equal(readSearch({ search: 'a'.repeat(500) }).search?.length, 120);
  });
});
