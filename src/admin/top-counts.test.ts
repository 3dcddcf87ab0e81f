import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createTopCounts, sumTop } from './top-counts.ts';

describe('counts of the names seen most often', () => {
  it('are exact while there is room', () => {
    const counts = createTopCounts(4);
    for (const name of ['b', 'a', 'b', 'c']) counts.add(name);
    assert.deepEqual(sumTop([counts], 2), [
      { name: 'b', count: 2 },
      { name: 'a', count: 1 },
    ]);
  });

  it('keep the frequent ones through a flood of new names, in bounded memory', () => {
    const counts = createTopCounts(8);
    for (let i = 0; i < 1000; i++) {
      counts.add('often');
      counts.add(`once-${i}`);
    }
    assert.equal([...counts.entries()].length, 8);
    const [first] = sumTop([counts], 1);
    assert.equal(first?.name, 'often');
    assert.ok((first?.count ?? 0) >= 1000, 'never too low');
  });

  it('add up over several tables', () => {
    const [one, two] = [createTopCounts(2), createTopCounts(2)];
    one.add('a', 3);
    two.add('a', 2);
    two.add('b', 4);
    assert.deepEqual(sumTop([one, two], 5), [
      { name: 'a', count: 5 },
      { name: 'b', count: 4 },
    ]);
  });
});
