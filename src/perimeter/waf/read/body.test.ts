import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import zlib from 'node:zlib';
import { readLimits } from '../waf.ts';
import { createBodyReader } from './body.ts';
import { createCollector, readBody, values } from './read.fixture.ts';

const json = 'application/json';
const body = Buffer.from(JSON.stringify({ q: "1' or 1=1", long: 'word '.repeat(5000) }));

describe('content encodings', () => {
  const codings: [name: string, bytes: Uint8Array][] = [
    ['gzip', zlib.gzipSync(body)],
    ['x-gzip', zlib.gzipSync(body)],
    ['GZIP, identity', zlib.gzipSync(body)],
    ['deflate', zlib.deflateSync(body)],
    ['deflate', zlib.deflateRawSync(body)],
    ['br', zlib.brotliCompressSync(body)],
    ['gzip, br', zlib.brotliCompressSync(zlib.gzipSync(body))],
    ['', body],
    ['identity', body],
  ];
  if ('zstdCompressSync' in zlib) codings.push(['zstd', zlib.zstdCompressSync(body)]);
  for (const [contentEncoding, bytes] of codings) {
    it(`reads through "${contentEncoding}"`, () => {
      const found = readBody(json, bytes, { contentEncoding });
      assert.equal(found.problem, undefined);
      assert.equal(values(found, 'json')[0], "q=1' or 1=1");
    });
  }
  const refuses: [what: string, contentEncoding: string, bytes: Uint8Array, kind: string][] = [
    ['an unknown coding', 'compress', body, 'unsupported'],
    ['three codings', 'gzip, gzip, gzip', body, 'unsupported'],
    ['what is not that', 'gzip', body, 'malformed'],
    ['a stream cut short', 'gzip', zlib.gzipSync(body).subarray(0, -9), 'malformed'],
    ['bytes after the end', 'gzip', Buffer.concat([zlib.gzipSync(body), Buffer.from('x')]), 'malformed'],
    [
      'bytes after the end of br',
      'br',
      Buffer.concat([zlib.brotliCompressSync(body), Buffer.from('xyz')]),
      'malformed',
    ],
    ['a bomb', 'gzip', zlib.gzipSync(Buffer.alloc(1e6)), 'too_large'],
    ['a bomb in a bomb', 'br, gzip', zlib.gzipSync(zlib.brotliCompressSync(Buffer.alloc(1e8))), 'too_large'],
  ];
  for (const [what, contentEncoding, bytes, kind] of refuses) {
    it(`refuses ${what}`, () => assert.equal(readBody(json, bytes, { contentEncoding }).problem?.kind, kind));
  }
  it('holds no more than 4 MiB of a compressed body', () => {
    const reader = createBodyReader({
      contentType: json,
      contentEncoding: 'gzip',
      sink: createCollector(),
      limits: readLimits,
    });
    assert.ok(!('kind' in reader));
    const chunk = Buffer.alloc(1 << 20);
    const problems = Array.from({ length: 5 }, () => reader.feed(chunk)?.kind);
    assert.deepEqual(problems, [undefined, undefined, undefined, undefined, 'too_large']);
    assert.equal(reader.end()?.kind, 'too_large');
  });
});

describe('bodies', () => {
  const guesses: [
    what: string,
    type: string | undefined,
    text: string,
    zone: 'json' | 'xml' | 'form',
    told: string[],
  ][] = [
    ['JSON as text', 'text/plain', ' {"a":"\\u0027"}', 'json', ["a='"]],
    ['JSON after many blanks', 'text/plain', `${' '.repeat(5000)}{"a":"\\u0027"}`, 'json', ["a='"]],
    ['JSON after a byte order mark', 'text/plain', '\ufeff{"a":"\\u0027"}', 'json', ["a='"]],
    ['JSON with a key twice', undefined, '{"a":"1","a":"\\u0027"}', 'json', ['a=1', "a='"]],
    ['lines of JSON', 'text/plain', '{"a":"1"}\n{"a":"2"}', 'json', ['a=1', 'a=2']],
    ['XML as unknown type', 'application/x-thing', '<a>&#39;</a>', 'xml', ["a='"]],
    ['HTML', 'text/html', '<p>a<br>&nbsp;&#39;</p>', 'xml', ['p=a', "p.br=&nbsp;'"]],
    ['a form without a type', undefined, 'a=%27&b=2', 'form', ["a='", 'b=2']],
    ['a form that says nonsense', 'null', 'a=%27', 'form', ["a='"]],
  ];
  for (const [what, type, text, zone, told] of guesses) {
    it(`reads ${what} as the application might`, () => {
      const found = readBody(type, text);
      assert.equal(found.problem, undefined);
      assert.deepEqual(values(found, zone), told);
      assert.equal(values(found, 'text').length, 1);
    });
  }
  it('takes text for text', () => {
    for (const text of [
      'hello, world',
      'a = b',
      'if (a < b) { }',
      '[draft] about',
      '{{ name }}',
      '<3 you',
      `{"${'word '.repeat(20_000)}" she said`,
      `<img a="1" a="2" src="data:${'A'.repeat(100_000)}">`,
    ]) {
      const found = readBody('text/plain', text);
      assert.equal(found.problem, undefined);
      assert.deepEqual(values(found, 'text'), [`=${text}`]);
    }
  });
  it('tells the strings in a protocol message', () => {
    const message = Buffer.from("\0\0\0\0\x10\x0a\x09' or 1=1--\x12\x02ok\x80\x01", 'latin1');
    assert.ok(values(readBody('application/grpc-web+proto', message), 'text')[0]?.includes("' or 1=1--"));
    assert.ok(values(readBody('application/octet-stream', message), 'text')[0]?.includes("' or 1=1--"));
  });
  it('tells text in UTF-16 whether it says so or not', () => {
    const text = "<script>'";
    const wide = Buffer.from(text, 'utf16le');
    assert.ok(values(readBody('text/plain', wide), 'text').includes(`=${text}`));
    assert.ok(values(readBody('text/plain; charset=utf-16le', wide), 'text').includes(`=${text}`));
    assert.ok(values(readBody('text/plain; charset=utf-16le', text), 'text').includes(`=${text}`));
  });
  it('reads GraphQL', () => {
    const told = readBody(
      'application/graphql',
      `query Q($v: ID) { a: user(id: "\\u0027x", tags: ["y"]) { ...F } } # c\n{ b(t: """z"q""") }`,
    );
    assert.equal(told.problem, undefined);
    assert.deepEqual(values(told, 'graphql'), ["id='x", 'tags=y', 't=z"q']);
  });
  for (const text of [
    '',
    '{',
    '}',
    '{ a(',
    '{ a("x) }',
    '{ a("\\q") }',
    '{ a("x\ny") }',
    '{ ; }',
    '{ a(b: """x) }',
    '( }',
  ]) {
    it(`refuses ${JSON.stringify(text)} as GraphQL`, () => {
      assert.equal(readBody('application/graphql', text).problem?.kind, 'malformed');
    });
  }
  it('refuses GraphQL that would keep a server busy', () => {
    assert.equal(readBody('application/graphql', '{a'.repeat(33)).problem?.kind, 'too_deep');
    assert.equal(readBody('application/graphql', `{${'a:b '.repeat(501)}}`).problem?.kind, 'too_many');
    assert.equal(readBody('application/graphql', `{${'b '.repeat(10_001)}}`).problem?.kind, 'too_many');
  });
  it('refuses charsets and types with two readings', () => {
    const rows: [string, string][] = [
      ['application/json; charset=utf-7', 'unsupported'],
      ['application/json; charset=utf-8; charset=utf-7', 'ambiguous'],
      ['application/json, text/plain', 'ambiguous'],
      ['application/json; charset', 'malformed'],
      ['application/json; charset="utf-8', 'malformed'],
      ['text/plain; charset=ibm037', 'unsupported'],
    ];
    for (const [type, kind] of rows) assert.equal(readBody(type, '{}').problem?.kind, kind, type);
    for (const type of ['application/json;', 'Application/JSON ; Charset="UTF-8"', 'application/problem+json']) {
      assert.equal(readBody(type, '{}').problem, undefined, type);
    }
  });
  it('reads charsets of one byte a character, and refuses those where a byte may be half of one', () => {
    const bytes = Buffer.from([0x22, 0xcf, 0xf0, 0x27, 0x22]);
    assert.deepEqual(values(readBody('application/json; charset=windows-1251', bytes), 'json'), ["=Пр'"]);
    for (const charset of ['iso-8859-2', 'iso-8859-15', 'koi8-r', 'windows-1252']) {
      assert.equal(readBody(`application/json; charset=${charset}`, bytes).problem, undefined, charset);
    }
    for (const charset of ['shift_jis', 'gbk', 'big5', 'utf-32', 'iso-2022-jp']) {
      assert.equal(readBody(`application/json; charset=${charset}`, bytes).problem?.kind, 'unsupported', charset);
    }
  });
  it('repeats its first problem', () => {
    const reader = createBodyReader({
      contentType: json,
      contentEncoding: undefined,
      sink: createCollector(),
      limits: readLimits,
    });
    assert.ok(!('kind' in reader));
    const first = reader.feed(Buffer.alloc(20_000, ']'));
    assert.equal(first?.kind, 'malformed');
    assert.equal(reader.feed(Buffer.from('1')), first);
    assert.equal(reader.end(), first);
  });
});
