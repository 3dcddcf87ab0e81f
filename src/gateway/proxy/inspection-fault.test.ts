import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failingClosed } from './body.ts';

describe('an inspection that fails', () => {
  const fault = new RangeError('too deep');
  const fail = (): never => {
    throw fault;
  };

  it('refuses what it was looking at, says why, and throws nothing at anybody else', () => {
    const faults: unknown[] = [];
    const guarded = failingClosed({ feed: fail, end: fail }, error => faults.push(error));
    assert.equal(guarded?.feed(Buffer.from('x'))?.code, 'internal');
    assert.equal(guarded?.end()?.code, 'internal');
    assert.equal(guarded?.endInSteps?.().next().value?.code, 'internal');
    assert.deepEqual(faults, [fault, fault, fault]);
  });

  it('is nothing where nobody looks', () => assert.equal(failingClosed(undefined, fail), undefined));
});
