import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { EqualityFilter, FilterParser, OrFilter } from 'ldapts';
import { guidBytes, guidText } from './entry.ts';
import { bindNameFor, escapeDnValue, escapeFilterValue, filterFor, foldDn, isBindName } from './escape.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom(...Array.from('()*\\\0|&=!,+"<>;# aé😀\n\r')) }),
);

/** Undoes RFC 4514 section 2.4, one value; throws where a character stands bare that may not. */
function readDnValue(value: string): string {
  const bytes: Buffer[] = [];
  for (let at = 0; at < value.length; ) {
    const hex = /^\\([\da-f]{2})/.exec(value.slice(at));
    const character = String.fromCodePoint(value.codePointAt(at) ?? 0);
    if (!hex && /["+,;<>\\\0]/.test(character)) throw new Error(`"${character}" stands bare`);
    bytes.push(hex ? Buffer.from(hex[1] ?? '', 'hex') : Buffer.from(character));
    at += hex ? 3 : character.length;
  }
  return Buffer.concat(bytes).toString();
}

describe('values in filters and names', () => {
  test('a value in a filter stays that value, whatever it holds', () => {
    fc.assert(
      fc.property(anyText, login => {
        const filter = FilterParser.parseString(filterFor('(|(uid={login})(mail={login}))', login));
        assert.ok(filter instanceof OrFilter);
        assert.deepEqual(
          filter.filters.map(inner => inner instanceof EqualityFilter && [inner.attribute, inner.value]),
          [
            ['uid', login],
            ['mail', login],
          ],
        );
      }),
    );
  });

  test('a value in a name stays that value, whatever it holds', () => {
    fc.assert(
      fc.property(anyText, login => {
        const written = escapeDnValue(login);
        assert.equal(readDnValue(written), login.isWellFormed() ? login : Buffer.from(login).toString());
        assert.equal(/^[ #]| $/.test(written), false);
        assert.equal(bindNameFor('uid={login},dc=example', login), `uid=${written},dc=example`);
      }),
    );
  });

  const vectors: [string, string, string][] = [
    [
      'Parens R Us (for all your parenthetical needs)',
      'Parens R Us \\28for all your parenthetical needs\\29',
      'filter',
    ],
    ['*', '\\2a', 'filter'],
    ['C:\\MyFile', 'C:\\5cMyFile', 'filter'],
    ['\0\0\0\u0004', '\\00\\00\\00\\04', 'filter'],
    ['Lučić', 'Lučić', 'filter'],
    ['James "Jim" Smith, III', 'James \\22Jim\\22 Smith\\2c III', 'dn'],
    ['#4869', '\\234869', 'dn'],
    [' x ', '\\20x\\20', 'dn'],
    [' ', '\\20', 'dn'],
    ['a=b+c', 'a\\3db\\2bc', 'dn'],
  ];
  for (const [value, written, kind] of vectors) {
    test(`writes ${JSON.stringify(value)} in a ${kind}`, () =>
      assert.equal(kind === 'dn' ? escapeDnValue(value) : escapeFilterValue(value), written));
  }

  const names: [string, string, string | null][] = [
    ['{login}@corp.example', 'ada', 'ada@corp.example'],
    ['{login}@corp.example', 'ada@evil', null],
    ['{login}@corp.example', 'a,b', null],
    ['CORP\\{login}', 'ada', 'CORP\\ada'],
    ['CORP\\{login}', 'OTHER\\ada', null],
    ['{login}', 'ada@corp.example', 'ada@corp.example'],
    // The library would read these as SASL mechanisms.
    ['{login}', 'EXTERNAL', null],
    ['{login}', 'PLAIN', null],
    ['{login}', 'uid=ada,dc=example', null],
  ];
  for (const [template, login, wanted] of names) {
    test(`gives ${wanted ?? 'no name'} for "${login}" in "${template}"`, () =>
      assert.equal(bindNameFor(template, login), wanted));
  }

  test('takes no bare word for a name to bind with', () => {
    for (const word of ['EXTERNAL', 'PLAIN', 'DIGEST-MD5', 'SCRAM-SHA-256', '']) assert.equal(isBindName(word), false);
  });

  test('compares names without case and blanks', () =>
    assert.equal(foldDn('CN=Ada Lovelace, OU=People ,DC=x'), foldDn('cn=ada lovelace,ou=people,dc=X')));
});

describe('GUIDs', () => {
  test('come in the order of Active Directory', () => {
    const bytes = Buffer.from('33221100554477668899aabbccddeeff', 'hex');
    assert.equal(guidText(bytes), '00112233-4455-6677-8899-aabbccddeeff');
  });

  test('go to text and back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), bytes => {
        const text = guidText(Buffer.from(bytes));
        assert.deepEqual(guidBytes(text ?? ''), Buffer.from(bytes));
        assert.deepEqual(guidBytes((text ?? '').toUpperCase()), Buffer.from(bytes));
      }),
    );
  });

  const refuses = ['', '00112233', '00112233-4455-6677-8899-aabbccddeef', 'g0112233-4455-6677-8899-aabbccddeeff', '*'];
  for (const text of refuses) test(`refuses "${text}"`, () => assert.equal(guidBytes(text), null));
  for (const length of [0, 15, 17]) {
    test(`refuses ${length} bytes`, () => assert.equal(guidText(Buffer.alloc(length)), null));
  }
});
