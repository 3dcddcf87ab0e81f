import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSallyportError } from '../../core/errors.ts';
import { compileDescription } from './operations.ts';

const withSchema = (schema: unknown, schemas: Record<string, unknown> = {}): string =>
  JSON.stringify({
    openapi: '3.1.0',
    paths: { '/a': { post: { requestBody: { content: { 'application/json': { schema } } } } } },
    components: { schemas },
  });

let nested: unknown = {};
for (let i = 0; i < 100; i++) nested = { properties: { a: nested } };

const bad: readonly (readonly [what: string, text: string])[] = [
  ['no JSON', 'openapi: 3.1.0'],
  ['another version', JSON.stringify({ openapi: '3.0.3', paths: {} })],
  ['no paths', JSON.stringify({ openapi: '3.1.0' })],
  ['a remote reference', withSchema({ $ref: 'https://example.org/schema.json' })],
  ['a reference to a file', withSchema({ $ref: 'other.json#/a' })],
  ['a reference to nothing', withSchema({ $ref: '#/components/schemas/Missing' })],
  ['a reference to itself', withSchema({ $ref: '#/components/schemas/A' }, { A: { $ref: '#/components/schemas/A' } })],
  [
    'references in a ring',
    withSchema({}, { A: { allOf: [{ $ref: '#/components/schemas/B' }] }, B: { $ref: '#/components/schemas/A' } }),
  ],
  ['an id', withSchema({ $id: 'https://example.org/x', type: 'string' })],
  ['a dynamic reference', withSchema({ $dynamicRef: '#x' })],
  ['an unknown keyword', withSchema({ type: 'string', maximumLength: 3 })],
  ['an unknown format', withSchema({ type: 'string', format: 'postcode' })],
  ['an unknown type', withSchema({ type: 'text' })],
  ['a back reference', withSchema({ type: 'string', pattern: '^(a+)\\1$' })],
  ['a pattern that looks ahead', withSchema({ type: 'string', pattern: '^(?=a)b' })],
  ['a broken pattern', withSchema({ type: 'string', pattern: '(' })],
  ['too many levels', withSchema(nested)],
  ['a document too long', ' '.repeat(1024 * 1024 + 1)],
  ['a parameter in part of a segment', JSON.stringify({ openapi: '3.1.0', paths: { '/a/x{id}': {} } })],
  [
    'an object in the query',
    JSON.stringify({
      openapi: '3.1.0',
      paths: {
        '/a': { get: { parameters: [{ name: 'f', in: 'query', style: 'deepObject', schema: { type: 'object' } }] } },
      },
    }),
  ],
];

describe('descriptions of APIs', () => {
  for (const [what, text] of bad) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => compileDescription(text),
        error => isSallyportError(error, 'core.invalid_input'),
      );
    });
  }

  it('tells equal values from others in a time that grows with the text alone', () => {
    const found = compileDescription(withSchema({ type: 'array', uniqueItems: true })).find('POST', '/a');
    const judge = found?.operation.body?.content[0]?.judge;
    const many = Array.from({ length: 40_000 }, (_, at) => ({ a: { at }, b: [at] }));
    const startedMs = performance.now();
    assert.deepEqual(judge?.(many), []);
    assert.ok(performance.now() - startedMs < 2000);
    assert.deepEqual(judge?.([...many, { b: [7], a: { at: 7 } }]), [{ at: '', keyword: 'uniqueItems' }]);
    assert.deepEqual(judge?.([1, '1', true, 'true', null, 'null', [1], ['1'], {}, []]), []);
    assert.equal(judge?.([1, 1.0])?.length, 1);
  });

  it('may be recursive where a value is taken apart', () => {
    const tree = {
      type: 'object',
      properties: { children: { type: 'array', items: { $ref: '#/components/schemas/Tree' } } },
    };
    const found = compileDescription(withSchema({ $ref: '#/components/schemas/Tree' }, { Tree: tree })).find(
      'POST',
      '/a',
    );
    const judge = found?.operation.body?.content[0]?.judge;
    assert.deepEqual(judge?.({ children: [{ children: [] }] }), []);
    assert.deepEqual(judge?.({ children: [1] }), [{ at: '/children/0', keyword: 'type' }]);
  });

  it('judges patterns in linear time that would try for ever elsewhere', () => {
    const judge = compileDescription(withSchema({ type: 'string', pattern: '^(a+)+$' })).find('POST', '/a')?.operation
      .body?.content[0]?.judge;
    const from = performance.now();
    assert.equal(judge?.(`${'a'.repeat(50_000)}!`).length, 1);
    assert.deepEqual(judge?.('a'.repeat(50_000)), []);
    assert.ok(performance.now() - from < 500);
  });
});
