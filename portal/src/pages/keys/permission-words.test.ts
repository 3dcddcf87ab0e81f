import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { permissions } from '../../../../src/core/permissions.ts';
import { abilityLabel, abilityList, projectAbilities } from './permission-words.ts';

describe('abilities in words', () => {
  it('are permissions of the API, each once', () => {
    const values = projectAbilities.flatMap(({ items }) => items.map(({ value }) => value));
    assert.equal(new Set(values).size, values.length);
    for (const value of values) assert.ok((permissions as readonly string[]).includes(value), value);
  });

  it('say what is not known as it is', () => {
    assert.equal(abilityLabel('workflow.execute'), 'Workflows: run');
    assert.equal(abilityLabel('moon.visit'), 'moon.visit');
    assert.equal(
      abilityList(['workflow.read', 'execution.read', 'workflow.execute', 'moon.visit']),
      'Workflows: see, run; Executions: see; moon.visit',
    );
  });
});
