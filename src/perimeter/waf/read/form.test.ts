import assert from 'node:assert/strict';
import querystring from 'node:querystring';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readLimits } from '../waf.ts';
import { ask, bytesIn, missing } from './programs.fixture.ts';
import { hasTold, readBody, tellHead, values } from './read.fixture.ts';

const form = 'application/x-www-form-urlencoded';
const read = (text: string | Uint8Array) => readBody(form, text);

const accepts: [what: string, text: string, told: string[]][] = [
  ['plain pairs', 'a=1&b=2', ['a=1', 'b=2']],
  ['plus and percent', 'q=a+b%20c%2B', ['q=a b c+']],
  ['UTF-8', 'q=%C3%A9', ['q=é']],
  ['UTF-8 that is not escaped', 'q=é', ['q=é']],
  ['broken UTF-8, in both readings', 'q=%E9', ['q=\ufffd', 'q=é']],
  ['an overlong quote, also as old decoders read it', 'q=%c0%a7', ['q=\ufffd\ufffd', 'q=À§', "q='"]],
  ['%u, as it stands and as IIS reads it', 'q=%u0027', ['q=%u0027', "q='"]],
  ['a broken escape as it stands', 'q=100%&r=%zz', ['q=100%', 'r=%zz']],
  ['a loose percent, also as ASP reads it', 'q=s%elect', ['q=s%elect', 'q=select']],
  ['one layer only', 'q=%2527', ['q=%27']],
  ['a zero byte', 'q=a%00b', ['q=a\0b']],
  ['a name twice, also joined', 'a=1&a=2', ['a=1', 'a=2', 'a=1,2']],
  ['semicolons, in both readings', 'a=1;b=2', ['a=1;b=2', 'a=1', 'b=2']],
  ['a list by its field', 'a[0]=x&a[1]=y', ['a[]=x', 'a[]=y']],
  ['a name without value, also as text', "1'", ["=1'"]],
  ['equals signs in the value', 'a==b=c', ['a==b=c']],
  ['JSON sent as a form, also as JSON', '{"a":"\\u0027"}', ['={"a":"\\u0027"}']],
];

describe('forms', () => {
  for (const [what, text, told] of accepts) {
    it(`tells ${what}`, () => {
      const found = read(text);
      assert.equal(found.problem, undefined);
      assert.deepEqual(values(found, 'form'), told);
      assert.deepEqual(values(tellHead({ query: Buffer.from(text).toString('latin1') }), 'query'), told);
    });
  }

  it('reads JSON sent as a form', () => {
    assert.deepEqual(values(read('{"a":"\\u0027"}'), 'json'), ["a='"]);
  });

  it('refuses charsets that hide ASCII', () => {
    for (const charset of ['utf-7', 'ibm037', 'utf-32', 'utf-16', 'x']) {
      assert.equal(readBody(`${form};charset=${charset}`, 'a=1').problem?.kind, 'unsupported');
    }
    for (const charset of ['utf-8', 'UTF-8', '"iso-8859-1"', 'windows-1252']) {
      assert.equal(readBody(`${form};charset=${charset}`, 'a=1').problem, undefined);
    }
  });

  it('refuses a field that changes the method', () => {
    assert.equal(readBody(form, '_method=GET', { method: 'POST' }).problem?.kind, 'ambiguous');
    for (const value of ['post', 'DELETE', 'patch', 'card']) {
      assert.equal(readBody(form, `_method=${value}`, { method: 'POST' }).problem, undefined);
    }
  });

  it('tells what was encoded, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), text => {
        const value = text.toWellFormed();
        const found = read(new URLSearchParams({ q: value }).toString());
        assert.ok(found.leaves.some(leaf => leaf.part === 'value' && leaf.name === 'q' && leaf.text === value));
      }),
    );
  });

  it('stops at the number of leaves it is given', () => {
    const limits = { ...readLimits, leavesMax: 10 };
    assert.equal(readBody(form, 'a=1&'.repeat(20), { limits }).problem?.kind, 'too_many');
  });

  it('tells a value of any length in windows', () => {
    const long = "o'brien é😀 +%".repeat(20_000);
    const found = read(`a=1&long=${encodeURIComponent(long)}&b=2`);
    assert.deepEqual(values(found, 'form'), ['a=1', `long=${long}`, 'b=2']);
  });
});

const python = `
import sys, json, base64, urllib.parse
b = lambda text: base64.b64encode(text.encode('utf-8', 'surrogateescape')).decode()
out = []
for item in json.load(sys.stdin):
    text = base64.b64decode(item).decode('utf-8', 'surrogateescape')
    pairs = urllib.parse.parse_qsl(text, keep_blank_values=True)
    if '&' not in text and '=' in text.split(';')[0]:
        pairs += urllib.parse.parse_qsl(text, separator=';')
    out.append([[b(n), b(v)] for n, v in pairs])
print(json.dumps(out))
`;
const php = `
function b($v) { return is_array($v) ? array_map('b', array_values($v)) : base64_encode((string)$v); }
$out = [];
foreach (json_decode(stream_get_contents(STDIN)) as $item) { parse_str(base64_decode($item), $found); $out[] = b($found); }
echo json_encode($out);
`;

function oddForms(): Buffer[] {
  const pieces = [
    'a',
    'b',
    '=',
    '&',
    ';',
    '+',
    '%',
    '%2',
    '%27',
    '%c3',
    '%a9',
    '%u0027',
    '%00',
    '[',
    ']',
    '[]',
    '"',
    "'",
    '\xe9',
    ' ',
    '%25',
    '%26',
    '%3D',
    '<',
  ];
  const text = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map(parts => parts.join(''));
  const generated = fc.sample(text, { numRuns: 2000, seed: 20_261 });
  return [...accepts.map(([, odd]) => Buffer.from(odd)), ...generated.map(odd => Buffer.from(odd, 'latin1'))];
}

describe('forms beside other parsers', () => {
  // How many U+FFFD a broken sequence becomes differs between decoders, so what is not ASCII is compared as a gap.
  const isSkeleton = true;
  const inputs = oddForms();
  function compare(name: string, answer: (i: number) => Buffer[]): void {
    inputs.forEach((bytes, i) => {
      for (const told of [read(bytes), tellHead({ query: bytes.toString('latin1') })]) {
        assert.equal(told.problem, undefined);
        for (const value of answer(i)) {
          assert.ok(
            hasTold(told, value, isSkeleton),
            `${name} has ${JSON.stringify(value.toString('latin1'))} in ${bytes.toString('latin1')}`,
          );
        }
      }
    });
  }

  it('tells what Node has', () => {
    compare('querystring', i =>
      Object.entries(querystring.parse(inputs[i]?.toString('utf8') ?? ''))
        .flatMap(([key, value]) => [key, ...(value === undefined ? [] : [value].flat())])
        .map(text => Buffer.from(text)),
    );
    compare('URLSearchParams', i =>
      [...new URLSearchParams(inputs[i]?.toString('utf8') ?? '')].flat().map(text => Buffer.from(text)),
    );
  });
  it('tells what Python has', { skip: missing('python3') }, () => {
    const answers = ask('python3', python, inputs);
    compare('Python', i => bytesIn(answers[i]));
  });
  it('tells what PHP has', { skip: missing('php') }, () => {
    const answers = ask('php', php, inputs);
    compare('PHP', i => bytesIn(answers[i]));
  });
});
