import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { readLimits } from '../waf.ts';
import { ask, bytesIn, missing, startPhp } from './programs.fixture.ts';
import { hasTold, readBody, tellHead, values } from './read.fixture.ts';

const type = 'multipart/form-data; boundary=B';
const bytes = (text: string) => Buffer.from(text, 'latin1');
const read = (text: string, contentType = type) => readBody(contentType, bytes(text));
const part = (head: string, content: string) => `--B\r\n${head}\r\n\r\n${content}\r\n`;
const named = (parameters: string) => `Content-Disposition: form-data; ${parameters}`;
const field = (name: string, content: string) => part(named(`name="${name}"`), content);
const end = '--B--\r\n';

const accepts: [what: string, text: string, told: string[]][] = [
  ['no part', end, []],
  ['fields', `${field('a', '1')}${field('b', '2')}${end}`, ['a=1', 'b=2']],
  ['a field of several lines', `${field('a', 'x\r\ny\n--C\r\n')}${end}`, ['a=x\r\ny\n--C\r\n']],
  ['a last boundary without line end', `${field('a', '1')}--B--`, ['a=1']],
  ['a line end before the first boundary', `\r\n${field('a', '1')}${end}`, ['a=1']],
  ['a name without quotes', `${part(named('name=a'), '1')}${end}`, ['a=1']],
  ['a quote in a name', `${part(named('name="a\\"b"'), '1')}${end}`, ['a"b=1']],
  ['names in any case', `${part('CONTENT-disposition: FORM-DATA; NAME="a"', '1')}${end}`, ['a=1']],
  ['UTF-8', `${field('a', '\xc3\xa9')}${end}`, ['a=é']],
  ['broken UTF-8, in both readings', `${field('a', '\xe9')}${end}`, ['a=\ufffd', 'a=é']],
  [
    'the name and type of a file',
    `${part(`${named('name="f"; filename="a.php"')}\r\nContent-Type: text/x-php`, '')}${end}`,
    ['f.filename=a.php', 'f.content-type=text/x-php'],
  ],
  [
    'a file name escaped, in both readings',
    `${part(named('name="f"; filename="%2e%2e/a"'), '')}${end}`,
    ['f.filename=%2e%2e/a', 'f.filename=../a'],
  ],
  [
    'an encoded word as file name, in both readings',
    `${part(named('name="f"; filename="=?utf-8?B?YS5waHA=?="'), '')}${end}`,
    ['f.filename==?utf-8?B?YS5waHA=?=', 'f.filename=a.php'],
  ],
  [
    'encoded words in letters, with a blank between',
    `${part(named('name="f"; filename="=?iso-8859-1?q?na=EFve_?= =?us-ascii?Q?list?=.txt"'), '')}${end}`,
    ['f.filename==?iso-8859-1?q?na=EFve_?= =?us-ascii?Q?list?=.txt', 'f.filename=na\u00efve list.txt'],
  ],
  [
    'filename* that says the same',
    `${part(named(`name="f"; filename="a"; filename*=UTF-8''a`), '')}${end}`,
    ['f.filename=a'],
  ],
  [
    'filename* with what ASCII lacks',
    `${part(named(`name="f"; filename="J_rg.txt"; filename*=utf-8''J%C3%B6rg.txt`), '')}${end}`,
    ['f.filename=Jörg.txt', 'f.filename=J_rg.txt'],
  ],
  [
    'a transfer encoding that changes nothing',
    `${part(`${named('name="a"')}\r\nContent-Transfer-Encoding: 8bit`, '1')}${end}`,
    ['a=1'],
  ],
];
const refuses: [what: string, text: string, kind: string][] = [
  ['nothing', '', 'malformed'],
  ['a missing last boundary', field('a', '1'), 'malformed'],
  ['a boundary line that goes on', `${field('a', '1')}--Bx\r\n`, 'malformed'],
  ['blanks after a boundary', `--B \r\n${named('name="a"')}\r\n\r\n1\r\n${end}`, 'malformed'],
  ['text before the first boundary', `hello\r\n${field('a', '1')}${end}`, 'malformed'],
  ['text after the last boundary', `${field('a', '1')}${end}${field('b', '2')}`, 'malformed'],
  ['bare line feeds', `${field('a', '1')}${end}`.replaceAll('\r\n', '\n'), 'malformed'],
  ['a bare line feed in a part head', `--B\r\n${named('name="a"')}\nX: y\r\n\r\n1\r\n${end}`, 'malformed'],
  ['a boundary after a bare line feed', `${field('a', `1\n--B\r\n${named('name="b"')}\r\n\r\n2`)}${end}`, 'ambiguous'],
  ['a boundary after a bare return', `${field('a', '1\r--B--')}${end}`, 'ambiguous'],
  ['a boundary at the beginning of content', `--B\r\n${named('name="a"')}\r\n\r\n--B--\r\n`, 'ambiguous'],
  ['a boundary within a line', `${field('a', 'x--B--')}${end}`, 'ambiguous'],
  ['a folded header', `${part(`${named('name="a"')};\r\n filename="x"`, '1')}${end}`, 'malformed'],
  ['a header without colon', `${part(`${named('name="a"')}\r\nX`, '1')}${end}`, 'malformed'],
  ['a zero byte in a header', `${part(named('name="a\0b"'), '1')}${end}`, 'malformed'],
  ['two dispositions', `${part(`${named('name="a"')}\r\n${named('name="b"')}`, '1')}${end}`, 'ambiguous'],
  ['two names', `${part(named('name="a"; name="b"'), '1')}${end}`, 'ambiguous'],
  ['two file names', `${part(named('name="a"; filename="b"; filename="c"'), '1')}${end}`, 'ambiguous'],
  [
    'file names that differ',
    `${part(named(`name="a"; filename="a.txt"; filename*=UTF-8''a.php`), '1')}${end}`,
    'ambiguous',
  ],
  ['a file name in pieces', `${part(named('name="a"; filename*0="a."; filename*1="php"'), '1')}${end}`, 'ambiguous'],
  ['an unknown parameter', `${part(named('name="a"; x="y"'), '1')}${end}`, 'ambiguous'],
  ['single quotes', `${part(named("name='a'"), '1')}${end}`, 'malformed'],
  ['a quote without its end', `${part(named('name="a'), '1')}${end}`, 'malformed'],
  ['text after a quoted name', `${part(named('name="a"b'), '1')}${end}`, 'malformed'],
  ['no name', `${part('Content-Disposition: form-data', '1')}${end}`, 'malformed'],
  ['no disposition', `${part('X: y', '1')}${end}`, 'malformed'],
  ['no head at all', `--B\r\n\r\n1\r\n${end}`, 'malformed'],
  ['another disposition', `${part('Content-Disposition: attachment; name="a"', '1')}${end}`, 'malformed'],
  ['an encoded word as name', `${part(named('name="=?utf-8?B?YQ==?="'), '1')}${end}`, 'unsupported'],
  [
    'an encoded word of no known set',
    `${part(named('name="a"; filename="=?x-y?B?YQ==?="'), '1')}${end}`,
    'unsupported',
  ],
  [
    'an encoded word twice over',
    `${part(named('name="a"; filename="=?utf-8?Q?=3D=3Futf-8=3FB=3FYQ=3D=3D=3F=3D?="'), '1')}${end}`,
    'unsupported',
  ],
  [
    'an encoded word beside filename*',
    `${part(named(`name="a"; filename="=?utf-8?B?YQ==?="; filename*=UTF-8''a`), '1')}${end}`,
    'ambiguous',
  ],
  [
    'base64 content',
    `${part(`${named('name="a"')}\r\nContent-Transfer-Encoding: base64`, 'YQ==')}${end}`,
    'unsupported',
  ],
  [
    'multipart within multipart',
    `${part(`${named('name="a"')}\r\nContent-Type: multipart/mixed; boundary=C`, '1')}${end}`,
    'unsupported',
  ],
  [
    'a part in UTF-7',
    `${part(`${named('name="a"')}\r\nContent-Type: text/plain; charset=utf-7`, '1')}${end}`,
    'unsupported',
  ],
  ['a part head without end', `--B\r\nX: ${'y'.repeat(9000)}`, 'too_large'],
  ['parts without end', `${field('a', '1').repeat(1001)}${end}`, 'too_many'],
];
const badTypes: [what: string, contentType: string, kind: string][] = [
  ['no boundary', 'multipart/form-data', 'malformed'],
  ['an empty boundary', 'multipart/form-data; boundary=""', 'malformed'],
  ['two boundaries', 'multipart/form-data; boundary=A; boundary=B', 'ambiguous'],
  ['two boundaries in two cases', 'multipart/form-data; boundary=A; BOUNDARY=B', 'ambiguous'],
  ['a boundary that is too long', `multipart/form-data; boundary=${'b'.repeat(71)}`, 'malformed'],
  ['a boundary with a blank', 'multipart/form-data; boundary="a b"', 'malformed'],
  ['a boundary with a quote', 'multipart/form-data; boundary="B', 'malformed'],
  ['a boundary with text after its quotes', 'multipart/form-data; boundary="A"B', 'malformed'],
  ['a boundary with an odd character', 'multipart/form-data; boundary=a\\b', 'malformed'],
  ['several types', 'multipart/form-data, application/json; boundary=B', 'ambiguous'],
  ['UTF-16', 'multipart/form-data; boundary=B; charset=utf-16', 'unsupported'],
];

describe('multipart', () => {
  for (const [what, text, told] of accepts) {
    it(`tells ${what}`, () => {
      const found = read(text);
      assert.equal(found.problem, undefined);
      assert.deepEqual(values(found, 'multipart'), told);
    });
  }
  for (const [what, text, kind] of refuses) it(`refuses ${what}`, () => assert.equal(read(text).problem?.kind, kind));
  for (const [what, contentType, kind] of badTypes) {
    it(`refuses ${what} in the Content-Type`, () => assert.equal(read(end, contentType).problem?.kind, kind));
  }

  it('tells a text file of any length', () => {
    const long = '<?php é line\r\n'.repeat(20_000);
    const text = Buffer.from(`${part(named('name="f"; filename="a"'), long)}${end}`);
    assert.deepEqual(values(readBody(type, text), 'file'), [`f=${long}`]);
  });

  it('tells a script hidden in a picture, and not its pixels', () => {
    const noise = Buffer.from(
      Array.from({ length: 100_000 }, (_, i) => (i * 7919 + (i >> 3) * 104_729) & 0xff),
    ).toString('latin1');
    const picture = `\x89PNG\r\n\x1a\n\0\0\0${noise}\0<?php system($_GET[0]); ?>\0${noise}`;
    const [told = ''] = values(read(`${part(named('name="f"; filename="a.png"'), picture)}${end}`), 'file');
    assert.ok(told.includes('<?php system($_GET[0]); ?>'));
    assert.ok(told.length < 2000, `${told.length} characters`);
  });

  it('reads a field that is JSON as that too', () => {
    assert.deepEqual(values(read(`${field('a', '{"b":"\\u0027"}')}${end}`), 'json'), ["b='"]);
  });

  it('refuses a field that changes the method', () => {
    assert.equal(readBody(type, `${field('_method', 'DELETE')}${end}`, { method: 'PUT' }).problem?.kind, 'ambiguous');
  });

  it('stops at the number of leaves it is given', () => {
    const limits = { ...readLimits, leavesMax: 3 };
    assert.equal(readBody(type, `${field('a', '1').repeat(5)}${end}`, { limits }).problem?.kind, 'too_many');
  });
});

const python = `
import sys, json, base64, email.parser, email.policy
b = lambda data: base64.b64encode(data if isinstance(data, bytes) else str(data).encode('utf-8', 'surrogateescape')).decode()
out = []
for item in json.load(sys.stdin):
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(b'Content-Type: multipart/form-data; boundary=B\\r\\n\\r\\n' + base64.b64decode(item))
    found = []
    for part in message.iter_parts() if message.is_multipart() else []:
        if part.is_multipart(): continue
        found += [b(part.get_payload(decode=True) or b'')]
        found += [b(part.get_filename() or ''), b(part.get_param('name', '', header='content-disposition'))]
    out.append(found)
print(json.dumps(out))
`;

function oddBodies(): Buffer[] {
  const pieces = [
    field('a', '1'),
    part(named('name="f"; filename="x.php"'), 'data'),
    end,
    '--B\r\n',
    '\r\n',
    '\n',
    '--B',
    '--',
    named('name="b"'),
    '\r\n\r\n',
    'text',
    ' ',
    '; filename=y',
    '"',
    part(named('name=c'), "'"),
  ];
  const text = fc
    .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 7 })
    .map(parts => `${field('z', '0')}${parts.join('')}${end}`);
  return [...accepts, ...refuses.slice(0, -2)]
    .map(([, odd]) => odd)
    .concat(fc.sample(text, { numRuns: 300, seed: 20_262 }))
    .map(bytes);
}

describe('multipart beside other parsers', () => {
  const inputs = oddBodies();
  function compare(name: string, input: Buffer, answer: readonly Buffer[]): void {
    const told = readBody(type, input);
    if (told.problem !== undefined) return;
    for (const value of answer) {
      assert.ok(
        hasTold(told, value, true),
        `${name} has ${JSON.stringify(value.toString('latin1'))} in ${JSON.stringify(input.toString('latin1'))}`,
      );
    }
  }

  it('tells what Node has', async () => {
    for (const input of inputs) {
      const form = await new Response(Uint8Array.from(input), { headers: { 'content-type': type } })
        .formData()
        .catch(() => undefined);
      for (const [name, value] of form ?? []) {
        const texts = typeof value === 'string' ? [value] : [value.name, await value.text()];
        compare(
          'Node',
          input,
          [name, ...texts].map(text => Buffer.from(text)),
        );
      }
    }
  });

  it('tells what Python has', { skip: missing('python3') }, () => {
    const answers = ask('python3', python, inputs);
    inputs.forEach((input, i) => compare('Python', input, bytesIn(answers[i])));
  });

  describe('PHP', { skip: missing('php') }, () => {
    let php: Awaited<ReturnType<typeof startPhp>> | undefined;
    before(async () => {
      php = await startPhp();
    });
    after(() => php?.[Symbol.asyncDispose]());

    it('tells what PHP has', async () => {
      for (const input of inputs) {
        const answer = await fetch(php?.url ?? '', {
          method: 'POST',
          headers: { 'content-type': type },
          body: Uint8Array.from(input),
          signal: AbortSignal.timeout(10_000),
        });
        const found = (await answer.json()) as { post: unknown; files: unknown };
        compare('PHP', input, bytesIn([found.post, found.files]));
      }
    });

    it('tells the cookies PHP has', async () => {
      for (const cookie of [
        'a=1; b=2',
        'a=%27+x',
        'a="q"; b',
        'a=1;a=2',
        'a=b=c',
        'a[x]=1',
        '%61=2',
        ' a = 1 ;; b=3',
        'a=%u0027',
        'a=x,b=y',
      ]) {
        const answer = await fetch(php?.url ?? '', { headers: { cookie }, signal: AbortSignal.timeout(10_000) });
        const found = (await answer.json()) as { cookie: unknown };
        const told = tellHead({ headers: { cookie } });
        // PHP leaves the blanks around a value in.
        const trimmed = bytesIn(found.cookie).map(value => Buffer.from(value.toString('latin1').trim(), 'latin1'));
        for (const value of trimmed) assert.ok(hasTold(told, value), `PHP has ${value.toString()} in ${cookie}`);
      }
    });
  });
});
