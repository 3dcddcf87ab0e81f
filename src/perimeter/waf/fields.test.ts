import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isSallyportError } from '../../core/errors.ts';
import { compileFields } from './fields.ts';

const rows: [pattern: string, accepts: string[], refuses: string[]][] = [
  [
    'nodes[].parameters.**',
    ['nodes[].parameters', 'nodes[].parameters.a', 'nodes[].parameters.a.b[].c', 'nodes[].parameters[]'],
    ['nodes.parameters.a', 'nodes[].name', 'nodes[].parametersX', 'x.nodes[].parameters.a'],
  ],
  ['**.jsCode', ['jsCode', 'a.jsCode', 'a[].b.jsCode'], ['jsCode.a', 'ajsCode', 'jsCode[]']],
  ['a.*.c', ['a.b.c'], ['a.c', 'a[].c', 'a.b.b.c']],
  ['html', ['html'], ['html.a', 'htm', '']],
  ['*', ['a'], ['a.b', 'a[]', '']],
  ['**', ['', 'a', 'a.b[]'], []],
  ['a[][]', ['a[][]'], ['a[]', 'a']],
];

describe('authored fields', () => {
  for (const [pattern, accepts, refuses] of rows) {
    it(`${pattern} means exactly its fields`, () => {
      const authored = compileFields([`json:${pattern}`]);
      for (const name of [...accepts, ...accepts]) assert.equal(authored('json', name), true, name);
      for (const name of [...refuses, ...refuses]) assert.equal(authored('json', name), false, name);
      assert.equal(authored('form', accepts[0] ?? ''), false);
    });
  }

  it('refuses patterns that are none', () => {
    for (const pattern of ['', 'nodes', 'json:', 'jsom:a', 'json:a..b', 'json:a*', `json:${'a.'.repeat(40)}a`]) {
      assert.throws(
        () => compileFields([pattern]),
        error => isSallyportError(error, 'core.invalid_input'),
        pattern,
      );
    }
  });

  it('agrees with an expression that says the same', () => {
    const part = fc.constantFrom('a', 'b', '[]', '*', '**');
    const parts = fc.array(part, { minLength: 1, maxLength: 6 }).filter(all => all[0] !== '[]');
    const join = (all: readonly string[]): string => all.join('.').replaceAll('.[]', '[]');
    const names = fc
      .array(fc.constantFrom('a', 'b', '[]'), { minLength: 1, maxLength: 7 })
      .filter(all => all[0] !== '[]');
    fc.assert(
      fc.property(parts, names, (pattern, name) => {
        const expected = new RegExp(
          `^${pattern.map(one => (one === '**' ? '(?:/[^/]+)*' : one === '*' ? '/[ab]' : `/${one.replace('[]', '\\[\\]')}`)).join('')}$`,
        );
        assert.equal(compileFields([`json:${join(pattern)}`])('json', join(name)), expected.test(`/${name.join('/')}`));
      }),
    );
  });
});
