import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromInput, toInput } from './local-time.ts';

describe('local time field', () => {
  it('gives back the second it was given', () => {
    const time = 1_795_320_123_000;
    assert.equal(fromInput(toInput(time)), time);
  });

  it('is empty for no time, and no time when empty or unfinished', () => {
    assert.equal(toInput(undefined), '');
    for (const value of ['', '2026-', 'never']) assert.equal(fromInput(value), undefined);
  });
});
