import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createFragments } from './graphql-fragments.ts';
import { readBody } from './read.fixture.ts';

const kindOf = (query: unknown) => readBody('application/json', JSON.stringify(query)).problem?.kind;

describe('questions of GraphQL that wear a server out', () => {
  it('are refused: fragments that hold themselves, directives and documents without end', () => {
    const fragments = ['{...A} fragment A on Q{...A}', 'query{...A} fragment A on Q{b{...B}} fragment B on Q{...A}'];
    for (const query of fragments) assert.equal(kindOf({ query }), 'too_deep', query);
    assert.equal(kindOf({ query: `{me ${'@include(if:true) '.repeat(1500)}{id}}` }), 'too_many');
    assert.equal(
      kindOf(Array.from({ length: 400 }, (_, i) => ({ query: `mutation{v(code:"${i}"){ok}}` }))),
      'too_many',
    );
  });
  it('are none where fragments hold others, in any order, and batches are those of a page', () => {
    const queries = [
      'query{me{...A ...B}} fragment A on U{id ...B} fragment B on U{name}',
      'fragment A on U{id} {me{...A}}',
      'fragment on_call on U{id} query{me{...on_call ...on V{x} ... on W{y}}}',
      'fragment A on U{... @include(if:true){id}} query($a:Int){me @skip(if:false){...A}}',
    ];
    for (const query of queries) assert.equal(kindOf({ query }), undefined, query);
    assert.equal(kindOf(Array.from({ length: 40 }, () => ({ query: '{a}' }))), undefined);
    assert.equal(kindOf(Array.from({ length: 400 }, () => ({ query: 'red shoes' }))), undefined);
  });
  it('go in circles exactly when a walk along them comes back', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.array(name, { maxLength: 3 })), { maxLength: 5 }), all => {
        const made = createFragments();
        const held = new Map<string, Set<string>>();
        for (const [one, inner] of all) {
          made.define('fragment', one);
          for (const other of inner) made.spread(other);
          made.close();
          held.set(one, new Set([...(held.get(one) ?? []), ...inner]));
        }
        const reaches = (from: string, to: string, left = 6): boolean =>
          left > 0 && [...(held.get(from) ?? [])].some(next => next === to || reaches(next, to, left - 1));
        assert.equal(
          made.hasCircle(),
          [...held.keys()].some(one => reaches(one, one)),
        );
      }),
    );
  });
});
