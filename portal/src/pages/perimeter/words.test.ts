import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { layerWords, matchWords, whyWords } from './words.ts';

describe('words of the perimeter', () => {
  const rules: readonly (readonly [rule: string, title: string, words: string])[] = [
    ['sqli.tautology', 'a condition that is always true', 'Looks like a condition that is always true'],
    ['api.required', 'what the description does not allow', 'Does not fit the description of the API (required)'],
    ['leak.card', 'a payment card number', 'The answer held a payment card number'],
    ['crs.1', 'crs.1', 'Rule 1 of the Core Rule Set'],
    ['GHSA-1', 'Files of the host by form data', 'Files of the host by form data'],
  ];
  for (const [rule, title, words] of rules) {
    it(`says of ${rule}: ${words}`, () => assert.equal(matchWords({ rule, title }), words));
  }

  it('says why what cannot be read was stopped, and what no single rule stopped', () => {
    assert.equal(whyWords({ problem: 'two lengths', matches: [] }), 'Cannot be read in one way: two lengths');
    assert.equal(whyWords({ problem: null, matches: [] }), 'Many weak signs together');
  });

  it('has words for layers it does not know', () => assert.equal(layerWords('gate_routes'), 'Gate routes'));
});
