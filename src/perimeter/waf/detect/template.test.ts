import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { template } from './template.ts';
import vectors from './testdata/template.json' with { type: 'json' };
import { slowest, trial } from './trial.ts';

const { stops, passes } = vectors;
const units = [
  '{{',
  '${',
  '<%',
  '#{',
  '{',
  '{7*',
  '{{1*1',
  '${a.',
  '@(',
  '{{a}}',
  '{%',
  '[[',
  '#set($a',
  '$class.',
  '{{7*7}}',
  '(',
  '__class__',
  '{{((((',
  '@system.',
];

describe('template expressions', () => {
  for (const [name, rows] of Object.entries(stops))
    test(`stops ${name}`, () => {
      assert.deepEqual(
        rows.filter(row => trial(template, row).points < 5),
        [],
      );
    });

  for (const [name, rows] of Object.entries(passes))
    test(`passes ${name}`, () => {
      assert.deepEqual(
        rows.filter(row => trial(template, row).points > 0).map(row => [row, trial(template, row).rules]),
        [],
      );
    });

  test('never throws, whatever the text', () => {
    const piece = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom(...units));
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }),
        parts => trial(template, parts.join(''), { paranoia: 4 }).points >= 0,
      ),
      { numRuns: 1000 },
    );
  });

  test('takes time in proportion to the text', () => {
    assert.deepEqual(slowest(template, units), []);
  });
});
