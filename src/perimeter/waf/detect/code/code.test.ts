import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import vectors from '../testdata/code.json' with { type: 'json' };
import { slowest, trial } from '../trial.ts';
import { code } from './code.ts';

const { stops, passes } = vectors;
const units = [
  'eval(',
  'system(',
  '__',
  '${',
  '%{',
  '{{',
  '<%',
  '%x(',
  '$_',
  'os.',
  'require(',
  'constructor.',
  '(',
  '<?',
  'exec',
  'import ',
  '#context',
  'print(',
  'compile("',
];

describe('code of server languages', () => {
  for (const [name, rows] of Object.entries(stops))
    test(`stops ${name}`, () => {
      assert.deepEqual(
        rows.filter(row => trial(code, row).points < 5),
        [],
      );
    });

  for (const [name, rows] of Object.entries(passes))
    test(`passes ${name}`, () => {
      assert.deepEqual(
        rows.filter(row => trial(code, row).points > 0).map(row => [row, trial(code, row).rules]),
        [],
      );
    });

  test('never throws, whatever the text', () => {
    const piece = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom(...units));
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }),
        parts => trial(code, parts.join(''), { paranoia: 4 }).points >= 0,
      ),
      { numRuns: 1000 },
    );
  });

  test('takes time in proportion to the text', () => {
    assert.deepEqual(slowest(code, units), []);
  });
});
