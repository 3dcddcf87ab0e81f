import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileRegex } from './regex.ts';

const cases: readonly (readonly [string, string, readonly string[] | undefined])[] = [
  ['abc', 'xxabcxx', ['abc']],
  ['(?i)aBc', 'xABCx', ['ABC']],
  ['a(?i:b)c', 'aBc', ['aBc']],
  ['a(?i:b)c', 'aBC', undefined],
  ['a(?i)b(?-i)c', 'aBC', undefined],
  ['^a.c$', 'a\nc', ['a\nc']],
  ['(?-s)a.c', 'a\nc', undefined],
  ['a$', 'a\n', undefined],
  ['a\\Z', 'a\n', ['a']],
  ['(?m)^b$', 'a\nb\nc', ['b']],
  ['(\\d+)-(\\d+)', 'x12-345y', ['12-345', '12', '345']],
  ['(a)|(b)', 'b', ['b', '', 'b']],
  ['\\bfoo\\b', 'a foo.', ['foo']],
  ['\\bfoo\\b', 'afoo', undefined],
  ['\\Bfoo', 'afoo', ['foo']],
  ['[\\w-]+', '..a-b_c..', ['a-b_c']],
  ['[]a]+', ']a', [']a']],
  ['[^]a]+', ']ab]', ['b']],
  ['[[:alpha:]]+', '1ab2', ['ab']],
  ['[[:^digit:]]+', '1ab2', ['ab']],
  ['[a\\-z]+', 'b-z', ['-z']],
  ['[\\d-x]+', '5-x', ['5-x']],
  ['\\x41\\x{42}\\103?', 'ABC', ['ABC']],
  ['a{2}', 'aaa', ['aa']],
  ['a{2,}', 'aaa', ['aaa']],
  ['a{1,2}?', 'aaa', ['a']],
  ['a{,2}', 'a{,2}', ['a{,2}']],
  ['x*', 'aaa', ['']],
  ['a(?=b)', 'ab', ['a']],
  ['a(?!b)', 'ab', undefined],
  ['a(?!b)', 'abac', ['a']],
  ['(?<=x)a', 'xa', ['a']],
  ['(?<!x|yy)a', 'yya', undefined],
  ['(?<!x|yy)a', 'ya', ['a']],
  ['(\\w+) \\1', 'go go', ['go go', 'go']],
  ['(\\w)\\1', 'abc', undefined],
  ['a++a', 'aaa', undefined],
  ['(?>a|ab)c', 'abc', undefined],
  ['(?P<n>a)(?<m>b)', 'ab', ['ab', 'a', 'b']],
  ['a(?#note)b', 'ab', ['ab']],
  ['\\/\\"\\`', '/"`', ['/"`']],
  ['\xe9', 'caf\xe9', ['\xe9']],
  ['\\h\\v', ' \n', [' \n']],
];

for (const [source, text, wanted] of cases) {
  test(`${JSON.stringify(source)} ${wanted === undefined ? 'does not match' : 'matches'} ${JSON.stringify(text)}`, () => {
    const regex = compileRegex(source);
    assert.equal(regex.test(text), wanted !== undefined);
    assert.deepEqual(regex.capture(text), wanted);
  });
}

for (const source of [
  '(',
  ')',
  '[a',
  'a**?b(',
  '*a',
  '\\',
  '\\q',
  '(?x)a',
  'a{2,1}',
  'a{5000}',
  '(?<=',
  '[z-a]',
  '(?&n)',
]) {
  test(`refuses the expression ${source}`, () => {
    assert.throws(() => compileRegex(source), RangeError);
  });
}

const piece = fc.constantFrom(
  'a',
  'b',
  'ab',
  '.',
  '[ab]',
  '[^a]',
  '\\w',
  '\\b',
  '(?:a|b)',
  '(?:ab|a)',
  '^',
  '$',
  '\\s',
  'c',
);
const suffix = fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,2}', '*?', '+?');
const expression = fc
  .array(fc.tuple(piece, suffix), { minLength: 1, maxLength: 6 })
  .map(pieces => pieces.map(([item, times]) => (/^(?:\\b|\^|\$)$/.test(item) ? item : item + times)).join(''));
const subject = fc
  .array(fc.constantFrom('a', 'b', 'c', ' ', '\n', '_'), { maxLength: 12 })
  .map(chars => chars.join(''));

test('answers as the reference semantics do, and its literals stand in every text that matches', () => {
  fc.assert(
    fc.property(expression, expression, subject, (left, right, text) => {
      const source = `${left}|(${right})`;
      const wanted = new RegExp(source, 's').exec(text);
      const regex = compileRegex(source);
      assert.equal(regex.test(text), wanted !== null, source);
      const groups = wanted === null ? undefined : [...wanted].map(group => group ?? '');
      assert.deepEqual(regex.capture(text), groups, source);
      if (wanted !== null) {
        for (const list of regex.required)
          assert.ok(
            list.some(literal => text.toLowerCase().includes(literal)),
            source,
          );
      }
    }),
    { numRuns: 2000 },
  );
});

test('takes time in proportion to the text where a backtracking engine does not end', () => {
  const text = 'a'.repeat(65_536);
  for (const source of ['(a+)+$b', '(a|a)*c', '(?:a*)*b', '(a|aa)+$b', '(.*)*x', 'a.*a.*a.*a.*b', '(?:a?){50}a{50}b']) {
    const regex = compileRegex(source);
    regex.test('warm');
    const start = performance.now();
    assert.equal(regex.test(text), false);
    const took = performance.now() - start;
    assert.ok(took < 500, `took ${took} ms`);
  }
});

test('gives up what only backtracking could answer within its steps, and counts it as found', () => {
  const start = performance.now();
  assert.equal(compileRegex('(a*)*(?!a)\\1b').test(`${'a'.repeat(30_000)}b`), true);
  assert.ok(performance.now() - start < 3000);
});

test('builds its automaton anew when it grows beyond the bound', () => {
  const regex = compileRegex('a[^x]{60}b[^y]{60}c');
  let text = '';
  for (let i = 0; i < 20_000; i++) text += 'ab'[((i * 7919) % 13) % 2] ?? '';
  assert.equal(regex.test(text), false);
  assert.equal(regex.test(`${text}a${'d'.repeat(60)}b${'d'.repeat(60)}c`), true);
});
