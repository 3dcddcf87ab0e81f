import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { AuditFilter } from './audit-filter.ts';
import {
  auditQuery,
  bucketFor,
  changeFilter,
  hasConditions,
  periodOf,
  ranges,
  readAuditFilter,
} from './audit-filter.ts';

const now = 1_795_320_000_000;
const hourMs = 3_600_000;

describe('audit filter', () => {
  it('comes back from the address bar as it was written', () => {
    const text = fc
      .string({ minLength: 1, maxLength: 60 })
      .map(value => value.trim())
      .filter(value => value !== '');
    const anyFilter = fc.record(
      {
        range: fc.constantFrom(...ranges),
        principal: text,
        action: text,
        resource: text,
        requestId: text,
        outcome: fc.constantFrom('success', 'failure', 'denied'),
        important: fc.constant(true as const),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(anyFilter, given => {
        const filter = readAuditFilter(given);
        const search = JSON.parse(JSON.stringify(filter)) as Record<string, unknown>;
        assert.deepEqual(readAuditFilter(search), filter);
      }),
    );
  });

  const refused: readonly (readonly [string, Record<string, unknown>])[] = [
    ['an unknown range', { range: '1y' }],
    ['an unknown outcome', { outcome: 'maybe' }],
    ['a time that is no number', { from: 'yesterday' }],
    ['a negative time', { from: -1 }],
    ['a fraction of a millisecond', { to: 1.5 }],
    ['an empty text', { principal: '   ' }],
    ['an object where a text belongs', { action: { a: 1 } }],
    ['a name it does not know', { cursor: 'x', limit: 9 }],
    ['important as anything but true', { important: 'yes' }],
  ];
  for (const [name, search] of refused) {
    it(`leaves out ${name}`, () => assert.deepEqual(readAuditFilter(search), {}));
  }

  it('cuts a text that is longer than the API takes', () => {
    assert.equal(readAuditFilter({ requestId: 'x'.repeat(500) }).requestId?.length, 80);
  });

  it('keeps a request id that looks like a number', () => {
    assert.equal(readAuditFilter({ requestId: 42 }).requestId, '42');
  });

  it('lets a range and exact times replace each other', () => {
    const custom = changeFilter({ range: '7d' }, { from: 5, to: 9 });
    assert.deepEqual(custom, { from: 5, to: 9 });
    assert.deepEqual(changeFilter(custom, { range: '1h' }), { range: '1h' });
  });

  it('takes a condition away when it is emptied', () => {
    const filter: AuditFilter = { principal: 'ada', outcome: 'denied' };
    assert.deepEqual(changeFilter(filter, { principal: '' }), { outcome: 'denied' });
    assert.deepEqual(changeFilter(filter, { outcome: undefined }), { principal: 'ada' });
  });

  it('asks for the last day when nothing is said, and leaves the end open', () => {
    assert.deepEqual(auditQuery({}, now), { from: now - 24 * hourMs });
    assert.deepEqual(auditQuery({ from: 3, to: 4, important: true }, now), { from: 3, to: 4, importantOnly: 'true' });
    assert.equal(periodOf({ range: 'all' }, now).from, 0);
  });

  it('cuts every period up to sixty days into at most sixty bars of at least a minute', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 * 24 * hourMs }), span => {
        const bucket = bucketFor(now - span, now);
        assert.ok(span / bucket <= 60 && bucket >= 60_000 && bucket <= 24 * hourMs);
      }),
    );
  });

  it('knows whether anything but the period narrows the question', () => {
    assert.equal(hasConditions({ range: '7d', from: 1 }), false);
    assert.equal(hasConditions({ important: true }), true);
  });
});
