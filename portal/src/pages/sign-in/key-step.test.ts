import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nextKeyAct } from './key-step.ts';

describe('the next step of changing a provider’s keys', () => {
  const rows = [
    ['add', ['current']],
    ['use', ['current', 'next']],
    ['drop', ['current', 'previous']],
    // As a change on the command line may leave it: the new one cannot be used before the old one is gone.
    ['drop', ['current', 'next', 'previous']],
  ] as const;
  for (const [step, roles] of rows)
    it(`is "${step}" with ${roles.join(', ')}`, () => {
      assert.equal(nextKeyAct(roles.map(role => ({ role }))).step, step);
    });
});
