import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isSallyportError } from '../../core/errors.ts';
import type { RuleSource } from './load.ts';
import { loadSecRules } from './load.ts';
import type { SecRule } from './rule.ts';

function sourceOf(files: Readonly<Record<string, string>>): RuleSource {
  const known = new Map(Object.entries(files));
  return {
    read: file => known.get(file),
    expand: pattern =>
      pattern.includes('*') ? [...known.keys()].filter(name => name.endsWith(pattern.replace('*', ''))) : [pattern],
    beside: (_, name) => name,
  };
}

function load(text: string, more: Readonly<Record<string, string>> = {}): SecRule[] {
  const { steps } = loadSecRules(sourceOf({ ...more, 'main.conf': text }), ['main.conf']);
  return steps.flatMap(step => (step.kind === 'rule' ? [step.rule] : []));
}

const accepted: readonly (readonly [string, string])[] = [
  ['a bare expression', 'SecRule ARGS "a b" "id:1"'],
  ['a line that goes on', 'SecRule ARGS "@rx x" \\\n  "id:1,\\\n  phase:1,\\\n  deny"'],
  ['a comment and blank lines', '# no\n\n   # no\nSecAction "id:1,pass"'],
  ['quotes in quotes', 'SecRule ARGS "@rx \\"x" "id:1,msg:\'it\\\'s, so\'"'],
  ['single quotes around', "SecRule ARGS '@rx x' 'id:1'"],
  ['an id in quotes', 'SecAction "id:\'7\',pass"'],
  ['names chosen by an expression with a bar', 'SecRule ARGS:/^a|b$/|!ARGS:c "@rx x" "id:1"'],
  ['a count', 'SecRule &REQUEST_HEADERS:Host "@eq 0" "id:1"'],
  ['a chain', 'SecRule ARGS "@rx x" "id:1,chain"\nSecRule ARGS "@rx y" "t:lowercase"'],
  ['defaults', 'SecDefaultAction "phase:2,log,deny,status:406"\nSecRule ARGS x "id:1,block"'],
  ['a name that marks a place', 'SecAction "id:1,skipAfter:END"\nSecMarker END'],
  ['an action on a variable with a macro', 'SecAction "id:1,setvar:tx.a_%{tx.b}=+%{tx.c}"'],
];

for (const [name, text] of accepted) {
  test(`accepts ${name}`, () => {
    assert.equal(load(text).length, 1);
  });
}

const refused: readonly (readonly [string, string, string])[] = [
  ['directive', 'SecFancy on', 'main.conf:1: unknown directive "SecFancy"'],
  ['operator', '\nSecRule ARGS "@verifyAll x" "id:1"', 'main.conf:2: unknown operator "@verifyAll"'],
  ['transformation', 'SecRule ARGS x "id:1,t:rot13"', 'main.conf:1: unknown transformation "rot13"'],
  ['variable', 'SecRule WORDS x "id:1"', 'main.conf:1: unknown variable "WORDS"'],
  ['variable in a macro', 'SecRule ARGS "@streq %{words.x}" "id:1"', 'main.conf:1: unknown variable "words"'],
  ['action', 'SecRule ARGS x "id:1,exec:/bin/x"', 'main.conf:1: unknown action "exec"'],
  ['control', 'SecRule ARGS x "id:1,ctl:fancy=On"', 'main.conf:1: unknown control "fancy=On"'],
  ['expression', 'SecRule ARGS "@rx (a" "id:1"', 'main.conf:1: a group without end'],
  ['severity', 'SecAction "id:1,severity:HUGE"', 'main.conf:1: unknown severity "HUGE"'],
  ['phase', 'SecAction "id:1,phase:9"', 'main.conf:1: phase "9" must be 1 to 5'],
  ['collection', 'SecAction "id:1,setvar:args.x=1"', 'main.conf:1: setvar "args.x=1" must be "collection.name=value"'],
  ['data file', 'SecRule ARGS "@pmFromFile no.data" "id:1"', 'main.conf:1: no file "no.data"'],
  ['file', 'Include other.conf', 'main.conf:1: cannot read "other.conf"'],
  ['quote', 'SecRule ARGS "@rx x', 'main.conf:1: a quote without end'],
  ['chain', 'SecRule ARGS x "id:1,chain"', 'main.conf:1: a chain without its last rule'],
  ['rule without id', 'SecRule ARGS x "pass"', 'main.conf:1: a rule without id'],
  ['id twice', 'SecAction "id:1"\nSecAction "id:1"', 'main.conf:2: id 1 stands twice, first in main.conf:1'],
  ['address', 'SecRule REMOTE_ADDR "@ipMatch 10.0.0.0/99" "id:1"', 'main.conf:1: address "10.0.0.0/99"'],
  ['byte range', 'SecRule ARGS "@validateByteRange 1-300" "id:1"', 'main.conf:1: byte range "1-300"'],
  ['name of a variable that has none', 'SecRule REQUEST_METHOD:x y "id:1"', 'has no names to choose from'],
];

for (const [name, text, wanted] of refused) {
  test(`a ${name} that is not understood stops the load with file and line`, () => {
    assert.throws(
      () => load(text),
      error => isSallyportError(error, 'perimeter.rules_invalid') && error.message.includes(wanted),
    );
  });
}

test('all problems are told at once, up to a bound', () => {
  const text = Array.from({ length: 80 }, () => 'SecFancy on').join('\n');
  assert.throws(
    () => load(text),
    error => {
      assert.ok(isSallyportError(error, 'perimeter.rules_invalid'));
      assert.ok(error.message.includes('main.conf:50:') && !error.message.includes('main.conf:51:'));
      assert.ok(error.message.endsWith('and 30 more'));
      return true;
    },
  );
});

test('a file that includes itself is refused', () => {
  assert.throws(
    () => load('Include main.conf'),
    error => isSallyportError(error, 'perimeter.rules_invalid'),
  );
});

test('includes files by pattern and by name', () => {
  const rules = load('Include *.rules\nIncludeOptional none.conf', {
    'a.rules': 'SecAction "id:1"',
    'b.rules': 'SecAction "id:2"',
  });
  assert.deepEqual(
    rules.map(rule => rule.id),
    [1, 2],
  );
});

test('later directives remove rules and change what they look at, wherever they stand', () => {
  const rules = load(`
SecRuleUpdateTargetById 3 "!ARGS:text"
SecRule ARGS x "id:1,tag:'a/b'"
SecRule ARGS x "id:2,msg:'two'"
SecRule ARGS x "id:3"
SecRule ARGS x "id:4,tag:'c'"
SecRuleRemoveById 10-20 1
SecRuleRemoveByMsg two
SecRuleUpdateTargetByTag c REQUEST_HEADERS`);
  assert.deepEqual(
    rules.map(rule => rule.id),
    [3, 4],
  );
  assert.equal(rules[0]?.links[0].test?.targets.exclude.length, 1);
  assert.equal(rules[1]?.links[0].test?.targets.include.length, 2);
});

test('transformations stand behind those of the default action, and none takes them away', () => {
  const [first, second] = load(`SecDefaultAction "phase:2,pass,t:lowercase"
SecRule ARGS x "id:1,t:removeNulls"
SecRule ARGS x "id:2,t:urlDecode,t:none,t:removeNulls"`);
  assert.deepEqual(first?.links[0].transforms, ['lowercase', 'removenulls']);
  assert.deepEqual(second?.links[0].transforms, ['removenulls']);
});

test('no text makes the loader fail otherwise than by telling problems', () => {
  const words = [
    'SecRule',
    'SecAction',
    'ARGS',
    '"',
    "'",
    '@rx',
    '\\',
    '\n',
    '(',
    '[',
    'id:1',
    ',',
    ':',
    '!',
    '&',
    '|',
    'chain',
    '%{',
    '}',
    ' ',
    '/',
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...words), { maxLength: 30 }), parts => {
      try {
        load(parts.join(''));
      } catch (error) {
        assert.ok(isSallyportError(error, 'perimeter.rules_invalid'), String(error));
      }
    }),
    { numRuns: 3000 },
  );
});
