import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { classBits } from '../prefilter.ts';
import { decodeBase64, decodeHex } from './binary-text.ts';
import { decodeEntities } from './entities.ts';
import { decodeCssEscapes, decodeEscapes } from './escapes.ts';
import { dropNulls, foldCompatibility } from './fold.ts';
import { decodePercent } from './percent.ts';
import { mayHaveReadings, readBelow } from './readings.ts';
import { decodeUtf7 } from './utf7.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const decoders = {
  percent: [
    decodePercent,
    [
      ['%3Cscript%3e', '<script>'],
      ['%u003c%U003E', '<>'],
      ['%c0%af%c1%9c', '/\\'],
      ['%e0%80%af', '/'],
      ['%f0%80%80%af', '/'],
      ['%C3%A9%e4%b8%ad', 'é中'],
      ['%E9t%E9', 'été'],
      ['100 % of %zz %4', '100 % of %zz %4'],
      ['%253C', '%3C'],
      ['%00', '\0'],
    ],
  ],
  entities: [
    decodeEntities,
    [
      ['&lt;img src=x&gt;', '<img src=x>'],
      ['&ltscript&gt', '<script>'],
      ['&#60;&#x3C;&#X3c&#0000000060a', '<<<<a'],
      ['java&Tab;script&colon;alert&lpar;1&rpar;', 'java\tscript:alert(1)'],
      ['a && b & c &unknown; &', 'a && b & c &unknown; &'],
      ['&amp;lt;', '&lt;'],
      ['&#99999999999;', '\ufffd'],
    ],
  ],
  escapes: [
    decodeEscapes,
    [
      ['\\x3cscript\\u003e\\u{3c}', '<script><'],
      ['\\74\\076\\0', '<>\0'],
      ['line\\nnext\\t\\"\\/', 'line\nnext\t"/'],
      ['\\U0000003c', '<'],
      ['C:\\data\\msg \\d+ \\u{zz} \\u12', 'C:\\data\\msg \\d+ \\u{zz} \\u12'],
    ],
  ],
  css: [
    decodeCssEscapes,
    [
      ['\\65xpression', 'expression'],
      ['\\000065 xpression', 'expression'],
      ['\\g', '\\g'],
    ],
  ],
  utf7: [
    decodeUtf7,
    [
      ['+ADw-script+AD4-', '<script>'],
      ['+ACIAPgA8-b', '"><b'],
      ['+A and 1+Ab', '+A and 1+Ab'],
    ],
  ],
  fold: [
    foldCompatibility,
    [
      ['＜ｓｃｒｉｐｔ＞', '<script>'],
      ['O\u2019Brien', "O'Brien"],
      ['\u{1d42c}elect', 'select'],
      ['se\u200blect', 'select'],
      ['\u212aelvin \u017felect', 'Kelvin select'],
      ['Привет, 世界 … é ё', 'Привет, 世界 … é ё'],
    ],
  ],
  nulls: [
    dropNulls,
    [
      ['a\0b\0', 'ab'],
      ['ab', 'ab'],
    ],
  ],
} as const satisfies Record<string, readonly [(text: string) => string, readonly (readonly [string, string])[]]>;

describe('decoders', () => {
  for (const [name, [decode, rows]] of Object.entries(decoders)) {
    for (const [from, to] of rows) {
      it(`${name} reads ${JSON.stringify(from)} as ${JSON.stringify(to)}`, () => {
        assert.equal(decode(from), to);
      });
    }

    it(`${name} never throws and never grows a text beyond its bound`, () => {
      const unit = fc.constantFrom(
        ...[
          '%',
          '3',
          'c',
          'u',
          '&',
          '#',
          'x',
          ';',
          'lt',
          '\\',
          '{',
          '}',
          '+A',
          'Dw',
          '-',
          '\0',
          '＜',
          '\ud835',
          '\udc00',
          '\u33ff',
          'a',
        ],
      );
      fc.assert(
        fc.property(
          fc.oneof(
            fc.array(unit, { maxLength: 60 }).map(units => units.join('')),
            fc.string(),
          ),
          text => {
            assert.ok(decode(text).length <= text.length * 3);
          },
        ),
      );
    });
  }

  it('unwraps Base64 of text in every alphabet and padding', () => {
    const text = `<script>alert('?>~ü')</script>`;
    const encoded = base64(text);
    assert.equal(decodeBase64(encoded), text);
    assert.equal(decodeBase64(Buffer.from(text).toString('base64url')), text);
    assert.equal(decodeBase64(encoded.replaceAll('+', ' ')), text);
    assert.equal(decodeBase64(encoded.replaceAll(/.{20}/g, '$&\r\n')), text);
  });

  it('unwraps packed and serialised objects', () => {
    assert.equal(decodeBase64(gzipSync('a harmless little object').toString('base64')), 'a harmless little object');
    assert.match(
      decodeBase64(Buffer.from('aced0005737200116a6176612e7574696c', 'hex').toString('base64')) ?? '',
      /java\.util/,
    );
    assert.equal(decodeBase64('H4sIAAAAAAAAAAbroken0000')?.startsWith('\x1f\x8b'), true);
  });

  it('leaves words, names, digests and pictures alone', () => {
    const harmless = [
      'authentication',
      'n8n-nodes-base-httpRequest',
      'select a plan and drop us a line',
      'd41d8cd98f00b204e9800998ecf8427e',
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk',
      'aaaaaaaaaaaaaaaaaaaaaaaa',
    ];
    for (const text of harmless) {
      assert.equal(decodeBase64(text), undefined, text);
      assert.equal(decodeHex(text), undefined, text);
    }
  });

  it('unwraps hexadecimal text', () => {
    assert.equal(decodeHex(Buffer.from("' or 1=1 -- ").toString('hex')), "' or 1=1 -- ");
    assert.equal(decodeHex(`0x${Buffer.from('/etc/passwd').toString('hex')}`), '/etc/passwd');
  });
});

function below(text: string): string[] {
  let chars = 0;
  for (let i = 0; i < text.length; i++) chars |= classBits[Math.min(text.charCodeAt(i), 0x80)] ?? 0;
  const found: string[] = [];
  const hasNeedle = /base64,|basic |eyj|\+a[c-h]/i.test(text);
  if (!mayHaveReadings(text, chars, hasNeedle)) return found;
  readBelow({ text, depth: 0, isUnwrapped: false, percents: 0 }, chars, hasNeedle, {
    add: (reading, isUnwrapped) => reading !== text && found.push(`${isUnwrapped ? '! ' : ''}${reading}`),
    inside: (path, piece, part) => found.push(`${part} ${path} ${piece}`),
  });
  return found;
}

describe('readings', () => {
  it('finds none in ordinary values', () => {
    for (const text of [
      '',
      'hello',
      'select a plan',
      '2026-11-22T07:00:00.000Z',
      'true',
      "O'Brien",
      'a@example.com',
      '42',
    ]) {
      assert.deepEqual(below(text), [], text);
    }
  });

  it('reads JSON in a string by its names', () => {
    assert.deepEqual(below('{"a":{"b":["x\\u003c",1]}}'), ['name .a a', 'name .a.b b', 'value .a.b[] x<']);
  });

  it('reads a form and a query in a string', () => {
    assert.deepEqual(below('https://x.example/?a=1%3C&b=c+d').slice(1), [
      'value .a 1<',
      'value .b c d',
      'https://x.example/?a=1%3C&b=c d',
    ]);
  });

  it('reads what follows a mark, and the parts of a token', () => {
    assert.deepEqual(below(`data:text/html;base64,${base64('<b onclick=x>')}`), ['value  <b onclick=x>']);
    assert.deepEqual(below(`Basic ${base64('admin:secret word')}`), ['value  admin:secret word']);
    const token = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"ada"}').toString('base64url')}.`;
    assert.deepEqual(below(`Bearer ${token}`), ['name .alg alg', 'value .alg none', 'name .sub sub', 'value .sub ada']);
  });
});
