import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ask, bytesIn, missing } from './programs.fixture.ts';
import { readBody, values } from './read.fixture.ts';

const read = (text: string | Uint8Array, type = 'text/xml') => readBody(type, text);

const accepts: [what: string, text: string, told: string[]][] = [
  ['an empty element', '<a/>', []],
  ['text', '<a>x</a>', ['a=x']],
  ['nested elements by their local names', '<s:a xmlns:s="u"><s:b>x</s:b></s:a>', ['a.@xmlns:s=u', 'a.b=x']],
  ['attributes', `<a b="1" c='2'/>`, ['a.@b=1', 'a.@c=2']],
  ['the predefined and numeric references', '<a b="&lt;&#39;">&amp;&#x3c;&gt;&quot;&apos;</a>', [`a.@b=<'`, `a=&<>"'`]],
  ['CDATA and text as one', '<a>x<![CDATA[<y>]]>z</a>', ['a=x<y>z']],
  ['text around a comment as one', '<a>x<!-- c -->y</a>', ['a.!--= c ', 'a=xy']],
  ['instructions', '<?php x ?><a/>', ['?=php x ']],
  [
    'a document type, whole',
    '<!DOCTYPE a [<!ENTITY x SYSTEM "f>">]><a>&x;</a>',
    ['!DOCTYPE=<!DOCTYPE a [<!ENTITY x SYSTEM "f>">]>', 'a=&x;'],
  ],
  ['a greater sign in an attribute', '<a b=">"/>', ['a.@b=>']],
  ['blanks in tags', '<a\n b = "1" ></a >', ['a.@b=1']],
];
const refuses: [what: string, text: string, kind: string][] = [
  ['nothing', '', 'malformed'],
  ['an element without end', '<a>', 'malformed'],
  ['a tag without end', '<a', 'malformed'],
  ['an end tag of another name', '<a></b>', 'malformed'],
  ['two elements at the top', '<a/><b/>', 'malformed'],
  ['text outside', 'x<a/>', 'malformed'],
  ['an attribute twice', '<a b="1" b="2"/>', 'ambiguous'],
  ['an attribute without quotes', '<a b=1/>', 'malformed'],
  ['an attribute without value', '<a b/>', 'malformed'],
  ['attributes without a blank between', '<a b="1"c="2"/>', 'malformed'],
  ['a less sign in an attribute', '<a b="<"/>', 'malformed'],
  ['an entity nobody declared', '<a>&x;</a>', 'malformed'],
  ['a bare ampersand', '<a>a & b</a>', 'malformed'],
  ['a reference to no character', '<a>&#0;</a>', 'malformed'],
  ['a zero byte', '<a>\0</a>', 'malformed'],
  ['a comment without end', '<a><!-- </a>', 'malformed'],
  ['a document type after the element', '<a/><!DOCTYPE a>', 'malformed'],
  ['two document types', '<!DOCTYPE a><!DOCTYPE a><a/>', 'malformed'],
  ['nesting without end', '<a>'.repeat(65), 'too_deep'],
  ['a tag that is too long', `<a b="${'x'.repeat(70_000)}`, 'too_large'],
  ['an encoding that hides ASCII', '<?xml version="1.0" encoding="utf-7"?><a/>', 'unsupported'],
  ['an encoding that is not there', '<?xml version="1.0" encoding="utf-16"?><a/>', 'ambiguous'],
];

describe('XML', () => {
  for (const [what, text, told] of accepts) {
    it(`tells ${what}`, () => {
      const found = read(text);
      assert.equal(found.problem, undefined);
      assert.deepEqual(values(found, 'xml'), told);
    });
  }
  for (const [what, text, kind] of refuses) it(`refuses ${what}`, () => assert.equal(read(text).problem?.kind, kind));

  it('reads UTF-16 by its mark, its zero bytes or its label', () => {
    const text = `<a b="'é"/>`;
    const little = Buffer.from(text, 'utf16le');
    const big = Buffer.from(little).swap16();
    const rows: [Uint8Array, string][] = [
      [Buffer.concat([Buffer.from([0xff, 0xfe]), little]), 'text/xml'],
      [Buffer.concat([Buffer.from([0xfe, 0xff]), big]), 'application/soap+xml; charset=utf-16'],
      [little, 'text/xml'],
      [big, 'text/xml; charset=utf-16be'],
    ];
    for (const [bytes, type] of rows) assert.deepEqual(values(read(bytes, type), 'xml'), [`a.@b='é`]);
  });
  it('refuses encodings that contradict each other', () => {
    const text = '<?xml version="1.0" encoding="iso-8859-1"?><a/>';
    assert.equal(read(text, 'text/xml; charset=utf-8').problem?.kind, 'ambiguous');
    assert.equal(read(`\ufeff${text}`).problem?.kind, 'ambiguous');
    assert.equal(read(text).problem, undefined);
  });
  it('refuses broken UTF-8', () => {
    assert.equal(
      read(Uint8Array.from([0x3c, 0x61, 0x3e, 0xc0, 0xbc, 0x3c, 0x2f, 0x61, 0x3e])).problem?.kind,
      'malformed',
    );
  });
  it('tells a text of any length in windows', () => {
    const long = 'é & "<😀'.repeat(30_000);
    const escaped = long.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    assert.deepEqual(values(read(`<a>${escaped}</a>`), 'xml'), [`a=${long}`]);
  });

  it('tells what Python has', { skip: missing('python3') }, () => {
    const script = `
import sys, json, base64, xml.etree.ElementTree as E
out = []
for item in json.load(sys.stdin):
    try:
        found = []
        for e in E.fromstring(base64.b64decode(item)).iter():
            found += [e.text or '', e.tail or ''] + list(e.attrib.values())
        out.append([base64.b64encode(t.encode()).decode() for t in found])
    except Exception: out.append(None)
print(json.dumps(out))
`;
    const pieces = [
      '<b>',
      '</b>',
      '<c/>',
      'x',
      '&lt;',
      '&#39;',
      '<![CDATA[',
      ']]>',
      'y ',
      '<!--',
      '-->',
      '<b d="1">',
      '<?p q?>',
      '"',
      "<e f='&quot;'/>",
      '&',
      ' ',
    ];
    const text = fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map(parts => `<a>${parts.join('')}</a>`);
    const odd = [
      ...accepts.map(([, row]) => row),
      ...refuses.map(([, row]) => row),
      ...fc.sample(text, { numRuns: 1500, seed: 20_263 }),
    ];
    const inputs = odd.map(row => Buffer.from(row));
    const plain = (value: string) => value.replaceAll(/\s+/g, ' ').trim();
    const answers = ask('python3', script, inputs);
    inputs.forEach((input, i) => {
      const told = read(input);
      if (told.problem !== undefined || told.leaves.some(leaf => leaf.name === '!DOCTYPE')) return;
      const texts = new Set(told.leaves.map(leaf => plain(leaf.text)));
      for (const value of bytesIn(answers[i]).map(bytes => plain(bytes.toString()))) {
        assert.ok(value === '' || texts.has(value), `Python has ${value} in ${input.toString()}`);
      }
    });
  });
});
