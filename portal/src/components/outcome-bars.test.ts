import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { axisTop, foldBars, labelledBars } from './outcome-bars.ts';

const hourMs = 3_600_000;

describe('outcome bars', () => {
  it('fills hours in which nothing happened', () => {
    const bars = foldBars([{ start: 2 * hourMs, outcome: 'denied', count: 3 }], {
      from: 0,
      to: 4 * hourMs,
      bucketMs: hourMs,
    });
    assert.deepEqual(
      bars.map(bar => bar.total),
      [0, 0, 3, 0],
    );
    assert.equal(bars[2]?.denied, 3);
  });

  it('loses no count that lies in the period', () => {
    const bucket = fc.record({
      start: fc.integer({ min: 0, max: 23 }).map(hour => hour * hourMs),
      outcome: fc.constantFrom('success' as const, 'failure' as const, 'denied' as const),
      count: fc.nat(1000),
    });
    fc.assert(
      fc.property(fc.array(bucket), buckets => {
        const bars = foldBars(buckets, { from: 0, to: 24 * hourMs, bucketMs: hourMs });
        assert.equal(bars.length, 24);
        assert.equal(
          bars.reduce((sum, bar) => sum + bar.total, 0),
          buckets.reduce((sum, entry) => sum + entry.count, 0),
        );
      }),
    );
  });

  it('draws at most 400 bars, the newest, however long the period', () => {
    const bars = foldBars([], { from: 0, to: 5000 * hourMs, bucketMs: hourMs });
    assert.equal(bars.length, 400);
    assert.equal(bars.at(-1)?.end, 5000 * hourMs);
  });

  it('puts a whole round number at or above every value on top of the axis', () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), value => {
        const top = axisTop(value);
        assert.ok(top >= value && Number.isInteger(top) && top <= Math.max(1, value * 2.5));
      }),
    );
  });

  it('labels no more bars than asked', () => {
    const bars = foldBars([], { from: 0, to: 24 * hourMs, bucketMs: hourMs });
    assert.deepEqual(labelledBars(bars, 6), [0, 4, 8, 12, 16, 20]);
  });
});
