import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import vectors from './testdata/traversal.json' with { type: 'json' };
import { traversal } from './traversal.ts';
import { slowest, trial } from './trial.ts';

const { stops, passes } = vectors;
const units = [
  '../',
  '..',
  '..\\\\',
  '....//',
  '..;/',
  './',
  '/../a',
  '/etc/',
  'php://',
  '://',
  '\\0',
  'a/',
  '.%00',
  '/etc/passwd ',
  '%00',
  '\uff0e',
  'a=:/',
  '..a ',
];

describe('climbing paths', () => {
  for (const [name, rows] of Object.entries(stops))
    test(`stops ${name}`, () => {
      assert.deepEqual(
        rows.filter(row => trial(traversal, row).points < 5),
        [],
      );
    });

  for (const [name, rows] of Object.entries(passes))
    test(`passes ${name}`, () => {
      assert.deepEqual(
        rows.filter(row => trial(traversal, row).points > 0).map(row => [row, trial(traversal, row).rules]),
        [],
      );
    });

  test('never throws, whatever the text', () => {
    const piece = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom(...units));
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }),
        parts => trial(traversal, parts.join(''), { paranoia: 4 }).points >= 0,
      ),
      { numRuns: 1000 },
    );
  });

  test('takes time in proportion to the text', () => {
    assert.deepEqual(slowest(traversal, units), []);
  });
});
