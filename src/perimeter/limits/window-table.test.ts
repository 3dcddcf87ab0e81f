import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createWindowTable } from './window-table.ts';

const table = (windowMs: number, options: { keysMax?: number; countMax?: number } = {}) =>
  createWindowTable({ windowMs, countMax: options.countMax ?? 1000, keysMax: options.keysMax ?? 100, seed: 7 });

describe('the table of sliding windows', () => {
  it('never lets a count go early and keeps none longer than one segment, against a list of all times', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1000, max: 600_000 }),
        fc.array(fc.record({ gap: fc.nat(), key: fc.nat(3), isFar: fc.boolean() }), { maxLength: 300 }),
        (windowMs, steps) => {
          const windows = table(windowMs);
          const times = new Map<number, number[]>();
          const segmentMs = Math.ceil(windowMs / 60);
          let now = 12_345;
          for (const { gap, key, isFar } of steps) {
            now += isFar ? gap % (windowMs * 2) : gap % (segmentMs + 3);
            const own = times.get(key) ?? [];
            const exact = own.filter(time => time + windowMs > now).length;
            const late = own.filter(time => time + windowMs + segmentMs > now).length;
            const used = windows.used(key, key * 3, now);
            assert.ok(used >= exact && used <= late, `${used} of ${exact}..${late}`);
            const waitMs = windows.leavesInMs({ hi: key, lo: key * 3 }, 1, now);
            if (used > 0) assert.ok(windows.used(key, key * 3, now) === used && waitMs > 0 && waitMs <= windowMs);
            windows.add(key, key * 3, now);
            times.set(key, [...own, now]);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('lets a blast go to the millisecond when its window is over', () => {
    const windows = table(300_000);
    for (let i = 0; i < 1000; i++) windows.add(1, 2, 61_007);
    assert.equal(windows.used(1, 2, 361_006), 1000);
    assert.equal(windows.leavesInMs({ hi: 1, lo: 2 }, 1, 361_006), 1);
    assert.equal(windows.used(1, 2, 361_007), 0);
  });

  it('stays within its keys in a flood of new ones and keeps the worst offender', () => {
    const windows = table(60_000, { keysMax: 2000 });
    for (let i = 0; i < 500; i++) windows.add(0xffff_ffff, 1, 0);
    const bytes: number[] = [];
    for (let i = 0; i < 50_000; i++) {
      windows.add(5, i, 1 + i * 0.01);
      if (i % 10_000 === 0) bytes.push(windows.bytes);
    }
    assert.equal(windows.size, 2000);
    assert.equal(windows.used(0xffff_ffff, 1, 1000), 500);
    assert.ok((bytes.at(-1) ?? 0) < 700_000);
  });

  it('finds every key again after many were taken out', () => {
    const windows = table(1000, { keysMax: 64 });
    for (let round = 0; round < 200; round++) {
      const now = round * 10;
      for (let key = 0; key < 60; key++) windows.add(round, key, now);
      for (let key = 0; key < 60; key++) assert.ok(windows.used(round, key, now) <= 1);
    }
    assert.equal(windows.size, 64);
  });
});
