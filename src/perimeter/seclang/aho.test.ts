import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createLiteralScan } from './aho.ts';

const literal = fc
  .array(fc.constantFrom('a', 'b', 'c', '\xff', ';'), { minLength: 1, maxLength: 5 })
  .map(chars => chars.join(''));

test('finds exactly the groups that have a literal in the text, in either case', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(literal, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 40 }),
      fc.array(fc.constantFrom('a', 'A', 'b', 'B', 'c', 'x', '\xff', ';'), { maxLength: 30 }),
      (groups, chars) => {
        const text = chars.join('');
        const scan = createLiteralScan(groups);
        for (let turn = 0; turn < 2; turn++) {
          const found = new Uint32Array(2);
          const isHit = scan.scan(text, found);
          const wanted = groups.map(list =>
            list.some(one => text.replace(/[A-Z]/g, c => c.toLowerCase()).includes(one)),
          );
          assert.deepEqual(
            groups.map((_, i) => ((found[i >>> 5] ?? 0) & (1 << (i & 31))) !== 0),
            wanted,
          );
          assert.equal(isHit, wanted.includes(true));
        }
      },
    ),
    { numRuns: 1000 },
  );
});
