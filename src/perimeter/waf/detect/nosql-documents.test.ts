import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nosql } from './nosql.ts';
import { trial } from './trial.ts';

const at = { zone: 'query', name: 'filter' } as const;

describe('documents of MongoDB in a field for filters', () => {
  it('that take the place of a value, are true of everything or read other collections stop', () => {
    const passed = [
      '{"$lte":"zz"}',
      '[{"$facet":{"a":[]}}]',
      '[{"$collStats":{}},{"$limit":3}]',
      '{"accessToken":{"$size":3}}',
      '{"name":{"$gte":""}}',
      '{"a":{"$not":{"$in":[]}}}',
      '{"a":{"$exists":"1x"}}',
      '{"update":{"$inc":{"balance":500}}}',
    ].filter(text => trial(nosql, text, at).points < 5);
    assert.deepEqual(passed, []);
  });

  it('that ask for a range, a state or a member pass', () => {
    const stopped = [
      '{"price":{"$lte":100},"stock":{"$gte":1}}',
      '{"status":{"$in":["open","done"]}}',
      '{"$or":[{"a":1},{"b":2}]}',
      '{"tags":{"$size":2}}',
      '{"createdAt":{"$gte":"2026-01-01","$lt":"2026-02-01"}}',
    ].filter(text => trial(nosql, text, at).points >= 5);
    assert.deepEqual(stopped, []);
  });
});
