import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { lookup } from './lookup.ts';
import vectors from './testdata/lookup.json' with { type: 'json' };
import { slowest, trial } from './trial.ts';

const { stops, passes } = vectors;
const units = ['${', '${a', '${lower:', '}', '${a:-', '${jndi:', '${env:a:-b}', '${${', '${a}', ':-', 'jndi:'];

/** A member of a document that configures something. */
const setting = { zone: 'json', name: 'provider.environment.value' } as const;

describe('lookups', () => {
  for (const [name, rows] of Object.entries(stops))
    test(`stops ${name}`, () => {
      assert.deepEqual(
        rows.filter(row => trial(lookup, row).points < 5),
        [],
      );
    });

  for (const [name, rows] of Object.entries(passes))
    test(`passes ${name}`, () => {
      assert.deepEqual(
        rows.filter(row => trial(lookup, row, setting).points > 0).map(row => [row, trial(lookup, row, setting).rules]),
        [],
      );
    });

  test('stops names of the environment where people fill a field, and lets settings have them', () => {
    for (const row of ['${env:HOSTNAME}', '${sys:catalina.home}', '${lower:A}', '${ssm:/prod/db}', '${vault:a#b}']) {
      assert.ok(trial(lookup, row).points >= 5, row);
      assert.ok(trial(lookup, row, { zone: 'json', name: 'filter.user' }).points >= 5, row);
      assert.equal(trial(lookup, row, setting).points, 0, row);
    }
  });

  test('never throws, whatever the text', () => {
    const piece = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom(...units));
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }),
        parts => trial(lookup, parts.join(''), { paranoia: 4 }).points >= 0,
      ),
      { numRuns: 1000 },
    );
  });

  test('takes time in proportion to the text', () => {
    assert.deepEqual(slowest(lookup, units), []);
  });
});
