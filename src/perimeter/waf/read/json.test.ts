import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readLimits } from '../waf.ts';
import { ask, missing } from './programs.fixture.ts';
import { readBody, values } from './read.fixture.ts';

const read = (text: string | Uint8Array) => readBody('application/json', text);

const accepts: [what: string, text: string, told: string[]][] = [
  ['nothing', '', []],
  ['blanks', ' \n', []],
  ['a string', '"a"', ['=a']],
  ['a number', '-1.5e+3', ['=-1.5e+3']],
  ['the three words', '[true,false,null]', ['[]=true', '[]=false', '[]=null']],
  ['nested fields', '{"nodes":[{"parameters":{"query":"x"}}]}', ['nodes[].parameters.query=x']],
  ['every escape', String.raw`"\"\\\/\b\f\n\r\t\u0041"`, ['="\\/\b\f\n\r\tA']],
  ['a pair of surrogates', String.raw`"\ud83d\ude00"`, ['=😀']],
  ['a high surrogate alone, as Node writes it', String.raw`"a\ud83db"`, ['=a\ufffdb']],
  ['two high surrogates', String.raw`"\ud83d\ud83d\ude00"`, ['=\ufffd😀']],
  ['a low surrogate alone', String.raw`"\ude00"`, ['=\ufffd']],
  ['one key in two objects', '[{"a":"1"},{"a":"2"}]', ['[].a=1', '[].a=2']],
  ['one key at two depths', '{"a":{"a":"1"}}', ['a.a=1']],
  ['GraphQL in a member', '{"query":"{ a(id: \\"\\\\u0027\\") }"}', [`query={ a(id: "\\u0027") }`]],
];
const refuses: [what: string, text: string, kind: string][] = [
  ['a key twice', '{"a":1,"a":2}', 'ambiguous'],
  ['a key twice after unescaping', String.raw`{"a":1,"\u0061":2}`, 'ambiguous'],
  ['a key twice around an object', '{"a":{"b":1},"a":2}', 'ambiguous'],
  ['a comment', '{/* */"a":1}', 'malformed'],
  ['a line comment', '[1] // x', 'malformed'],
  ['NaN', '[NaN]', 'malformed'],
  ['Infinity', '[-Infinity]', 'malformed'],
  ['a trailing comma in an object', '{"a":1,}', 'malformed'],
  ['a trailing comma in a list', '[1,]', 'malformed'],
  ['a leading comma', '[,1]', 'malformed'],
  ['single quotes', "{'a':1}", 'malformed'],
  ['a bare key', '{a:1}', 'malformed'],
  ['a leading zero', '[01]', 'malformed'],
  ['a plus sign', '[+1]', 'malformed'],
  ['a bare fraction', '[.5]', 'malformed'],
  ['hexadecimal', '[0x1]', 'malformed'],
  ['a byte order mark', '\ufeff{}', 'malformed'],
  ['two values', '{}{}', 'malformed'],
  ['two values on two lines', '1\n2', 'malformed'],
  ['a line end in a string', '"a\nb"', 'malformed'],
  ['a zero byte', '"a\0b"', 'malformed'],
  ['an unknown escape', String.raw`"\x41"`, 'malformed'],
  ['a broken \\u escape', String.raw`"\u00g1"`, 'malformed'],
  ['an open object', '{"a":1', 'malformed'],
  ['an open string', '"a', 'malformed'],
  ['the wrong bracket', '[1}', 'malformed'],
  ['a bracket too many', '[1]]', 'malformed'],
  ['a key without value', '{"a"}', 'malformed'],
  ['a colon in a list', '["a":1]', 'malformed'],
  ['other white space', '[\u00a01]', 'malformed'],
  ['UTF-16', '{\0"\0a\0"\0:\x001\0}\0', 'malformed'],
  ['nesting without end', '['.repeat(65), 'too_deep'],
  ['a key without end', `{"${'k'.repeat(1025)}":1}`, 'too_large'],
  ['aliases without end in GraphQL', `{"query":"{${'a:b '.repeat(501)}}"}`, 'too_many'],
];

describe('JSON', () => {
  for (const [what, text, told] of accepts) {
    it(`accepts ${what}`, () => {
      const found = read(text);
      assert.equal(found.problem, undefined);
      assert.deepEqual(values(found, 'json'), told);
    });
  }
  for (const [what, text, kind] of refuses) {
    it(`refuses ${what}`, () => {
      assert.equal(read(text).problem?.kind, kind);
    });
  }

  it('refuses broken and overlong UTF-8', () => {
    for (const bytes of [
      [0xc0, 0xa7],
      [0xe0, 0x80, 0xa7],
      [0xff],
      [0xed, 0xa0, 0x80],
      [0xc3],
      [0xf4, 0x90, 0x80, 0x80],
    ]) {
      assert.equal(read(Uint8Array.from([0x22, ...bytes, 0x22])).problem?.kind, 'malformed');
    }
  });

  it('tells a name once however many elements have it', () => {
    const found = read('[{"a":1},{"a":2},{"a":3}]');
    assert.equal(found.leaves.filter(leaf => leaf.part === 'name').length, 1);
  });

  it('takes several values only where the type says so', () => {
    const text = '{"a":"1"}\n{"a":"2"}\n';
    assert.deepEqual(values(readBody('application/x-ndjson', text), 'json'), ['[].a=1', '[].a=2']);
    assert.equal(readBody('application/json-seq', `\x1e${text}`).problem, undefined);
    assert.equal(read(text).problem?.kind, 'malformed');
  });

  it('stops at the number of leaves it is given', () => {
    const limits = { ...readLimits, leavesMax: 10 };
    const found = readBody('application/json', JSON.stringify(Array(11).fill('x')), { limits });
    assert.equal(found.problem?.kind, 'too_many');
    assert.equal(found.leaves.length, 10);
  });

  it('tells a value of any length in windows', () => {
    const long = 'aé"\n😀'.repeat(40_000);
    assert.deepEqual(values(read(JSON.stringify({ long })), 'json'), [`long=${long}`]);
  });

  it('tells what JSON.parse yields, for any value', () => {
    fc.assert(
      fc.property(fc.json({ noUnicodeString: false }), text => {
        const found = read(text);
        const twice = hasTwice(JSON.parse(text) as unknown, text);
        if (twice) return;
        assert.equal(found.problem, undefined);
        assert.deepEqual(
          found.leaves.filter(leaf => leaf.zone === 'json' && leaf.part === 'value').map(leaf => leaf.text),
          leavesOf(JSON.parse(text)).filter(leaf => leaf !== ''),
        );
      }),
      { numRuns: 500 },
    );
  });
});

/** Keys told apart by their place in a list, so that values come in the order of the text only without integer-like keys. */
function hasTwice(value: unknown, text: string): boolean {
  return JSON.stringify(value) !== text.replaceAll(/\s/g, '') || /"\d+":/.test(text);
}

function leavesOf(value: unknown): string[] {
  if (typeof value === 'string') return [value.toWellFormed()];
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(leavesOf);
  return [JSON.stringify(value)];
}

/** Strings and keys, which is where parsers could differ. */
function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value.toWellFormed()];
  if (Array.isArray(value)) return value.flatMap(stringsOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key.toWellFormed(), ...stringsOf(inner)]);
}

const python = `
import sys, json, base64
out = []
for item in json.load(sys.stdin):
    try: out.append([json.loads(base64.b64decode(item), parse_constant=lambda name: None)])
    except Exception: out.append(None)
print(json.dumps(out))
`;
const php = `
$out = [];
foreach (json_decode(stream_get_contents(STDIN)) as $item) {
  $value = json_decode(base64_decode($item), false, 128);
  $out[] = json_last_error() === 0 ? [$value] : null;
}
echo json_encode($out, JSON_PARTIAL_OUTPUT_ON_ERROR);
`;

/** Valid texts with one or two odd pieces put in. */
function oddTexts(): Buffer[] {
  const pieces = [
    '"a"',
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '1',
    '"\\u0061"',
    '\\',
    '"',
    "'",
    '//',
    'NaN',
    '\ufeff',
    '\\ud800',
    ' ',
    '\0',
    '"b":"c"',
    '"a":1',
  ];
  const text = fc.array(fc.constantFrom(...pieces), { maxLength: 9 }).map(parts => parts.join(''));
  const generated = fc.sample(text, { numRuns: 1500, seed: 20_260 });
  return [...accepts, ...refuses]
    .map(([, odd]) => odd)
    .concat(generated)
    .map(odd => Buffer.from(odd));
}

describe('JSON beside other parsers', () => {
  const inputs = oddTexts();
  function compare(name: string, answers: readonly unknown[]): void {
    inputs.forEach((bytes, i) => {
      const answer = answers[i];
      const told = read(bytes);
      if (told.problem !== undefined || !Array.isArray(answer)) return;
      for (const text of stringsOf(answer)) {
        if (text === '') continue;
        assert.ok(
          told.leaves.some(leaf => leaf.text === text),
          `${name} has ${JSON.stringify(text)} in ${bytes.toString()}`,
        );
      }
    });
  }

  it('accepts nothing that Node refuses, and tells what Node has', () => {
    const answers = inputs.map(bytes => {
      try {
        return [JSON.parse(bytes.toString())] as unknown;
      } catch {
        return undefined;
      }
    });
    inputs.forEach((bytes, i) => {
      if (bytes.toString().trim() === '') return;
      if (read(bytes).problem === undefined) assert.ok(answers[i] !== undefined, `Node refuses ${bytes.toString()}`);
    });
    compare('Node', answers);
  });
  it('tells what Python has', { skip: missing('python3') }, () => compare('Python', ask('python3', python, inputs)));
  it('tells what PHP has', { skip: missing('php') }, () => compare('PHP', ask('php', php, inputs)));
});

describe('the memory of a reader', () => {
  it('is bounded by the number of different fields, whatever they are called', () => {
    const keys = Array.from({ length: readLimits.fieldsMax + 1 }, (_, at) => `"k${at}":1`);
    assert.equal(read(`{${keys.join()}}`).problem?.kind, 'too_many');
    assert.equal(read(`{${keys.slice(0, -2).join()}}`).problem, undefined);
    assert.equal(read(`[${`{"a":{"b":1}},`.repeat(40_000)}1]`).problem, undefined);
    const elements = keys.map((_, at) => `<k${at}/>`).join('');
    assert.equal(readBody('application/xml', `<a>${elements}</a>`).problem?.kind, 'too_many');
    assert.equal(readBody('text/plain', `<a>${elements}</a>`).problem, undefined);
  });
});
