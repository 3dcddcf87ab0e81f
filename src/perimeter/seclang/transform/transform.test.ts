import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { transforms } from './all.ts';
import { byteKinds, kindsChangedBy } from './kinds.ts';

const vectors: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  base64decode: [
    ['VGVzdA==', 'Test'],
    ['VGVzdA', 'Test'],
    ['VG!VzdA==', 'T'],
    ['', ''],
  ],
  base64decodeext: [['VG!Vz dA==', 'Test']],
  base64encode: [['Test', 'VGVzdA==']],
  cmdline: [
    ['C^OMMAND', 'command'],
    ['"c"o\'m\'m\\and', 'command'],
    ['a ,;\tb', 'a b'],
    ['cat /etc (x', 'cat/etc(x'],
    [' leading', ' leading'],
  ],
  compresswhitespace: [
    ['a \t\n b', 'a b'],
    ['a\xa0b', 'a b'],
    ['\tx', ' x'],
  ],
  cssdecode: [
    ['ja\\vascript', 'javascript'],
    ['\\6a\\61vascript', 'javascript'],
    ['\\0000610', 'a0'],
    ['\\61 b', 'ab'],
    ['a\\\nb', 'ab'],
    ['\\ff1c', '<'],
    ['end\\', 'end'],
  ],
  escapeseqdecode: [
    ['\\x41\\101\\n', 'AA\n'],
    ['\\q', '\\q'],
    ['\\\\', '\\'],
  ],
  hexdecode: [
    ['414243', 'ABC'],
    ['41424', 'AB'],
  ],
  hexencode: [['A\xff', '41ff']],
  htmlentitydecode: [
    ['&lt;script&gt;', '<script>'],
    ['&#60;&#x3c;&#X3C', '<<<'],
    ['&quot&amp;&nbsp;', '"&\xa0'],
    ['&unknown; & &#; &#x;', '&unknown; & &#; &#x;'],
    ['&#316;', '<'],
  ],
  jsdecode: [
    ['\\u0041\\x42\\103', 'ABC'],
    ['\\uff1c', '<'],
    ['\\n\\q\\/', '\nq/'],
    ['\\400', ' 0'],
    ['\\u00zz', 'u00zz'],
    ['x\\', 'x\\'],
  ],
  length: [['abc', '3']],
  lowercase: [['ÀBC'.replace('À', '\xc0'), '\xc0bc']],
  normalizepath: [
    ['/a/./b/../c', '/a/c'],
    ['a//b', 'a/b'],
    ['../../x', '../../x'],
    ['/../../x', '/x'],
    ['/a/b/..', '/a/'],
    ['/a/', '/a/'],
    ['..', '..'],
    ['./x', 'x'],
    ['plain', 'plain'],
  ],
  normalizepathwin: [['\\a\\..\\b', '/b']],
  removecomments: [
    ['a/*x*/b', 'ab'],
    ['a<!--x-->b', 'ab'],
    ['a--b', 'a'],
    ['a#b', 'a'],
    ['a/*b', 'a'],
  ],
  removecommentschar: [['a/*b*/c--d#e<!--f-->g', 'abcdefg']],
  removenulls: [['a\0b', 'ab']],
  removewhitespace: [['a \n\tb\xa0c', 'abc']],
  replacecomments: [
    ['a/*x*/b', 'a b'],
    ['a/*x', 'a '],
    ['a*/b', 'a*/b'],
  ],
  replacenulls: [['a\0b', 'a b']],
  sha1: [['', Buffer.from('da39a3ee5e6b4b0d3255bfef95601890afd80709', 'hex').toString('latin1')]],
  md5: [['', Buffer.from('d41d8cd98f00b204e9800998ecf8427e', 'hex').toString('latin1')]],
  sqlhexdecode: [
    ['0x414243', 'ABC'],
    ['a0xzz', 'a0xzz'],
  ],
  trim: [[' \ta b\n', 'a b']],
  trimleft: [['  a ', 'a ']],
  trimright: [['  a ', '  a']],
  uppercase: [['abc\xe0', 'ABC\xe0']],
  urldecode: [
    ['a%20b+c', 'a b c'],
    ['%zz%4', '%zz%4'],
    ['%u0041', '%u0041'],
    ['%00', '\0'],
  ],
  urldecodeuni: [
    ['%u0041%uFF1c', 'A<'],
    ['%u00', '%u00'],
    ['%41+%U0042', 'A B'],
    ['%u12e5', '\xe5'],
  ],
  urlencode: [['a b&c', 'a+b%26c']],
  utf8tounicode: [
    ['\xc3\xa9', '%u00e9'],
    ['\xef\xbc\x9c', '%uff1c'],
    ['\xff\xfe', '\xff\xfe'],
    ['\xc3', '\xc3'],
  ],
};

for (const [name, list] of Object.entries(vectors)) {
  for (const [text, wanted] of list) {
    test(`${name} makes ${JSON.stringify(wanted)} of ${JSON.stringify(text)}`, () => {
      assert.equal(transforms.get(name)?.(text), wanted);
    });
  }
}

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 60 }).map(list => Buffer.from(list).toString('latin1')),
  fc
    .array(fc.constantFrom('\\', '%', '&', '#', 'x', 'u', '4', '1', '/', '.', '*', '-', ' ', 'A', '\0', '"'), {
      maxLength: 30,
    })
    .map(list => list.join('')),
);

test('every transformation has vectors', () => {
  const spelled = [...transforms.keys()].filter(name => !name.startsWith('normalise'));
  assert.deepEqual(
    spelled.filter(name => vectors[name] === undefined),
    [],
  );
});

test('a transformation stays within bytes, grows at most sixfold, and changes nothing without the bytes it is told to be about', () => {
  fc.assert(
    fc.property(bytes, text => {
      for (const [name, transform] of transforms) {
        const out = transform(text);
        assert.match(out, /^[\0-\xff]*$/, name);
        assert.ok(out.length <= text.length * 6 + 64, name);
        const kinds = Buffer.from(text, 'latin1').reduce((all, byte) => all | (byteKinds[byte] ?? 0), 0);
        if ((kinds & (kindsChangedBy(name) ?? -1)) === 0 && kindsChangedBy(name) !== undefined)
          assert.equal(out, text, name);
      }
    }),
    { numRuns: 1500 },
  );
});

test('every transformation is linear in the text', () => {
  for (const unit of ['a', '%', '\\', '&', '/', '/*', '../', ' ', '&#', '%u', '<!--', '\xc3', '+', '0x', '--']) {
    const text = unit.repeat(400_000 / unit.length);
    for (const [name, transform] of transforms) {
      const start = performance.now();
      transform(text);
      const took = performance.now() - start;
      assert.ok(took < 1500, `${name} took ${took} ms for ${JSON.stringify(unit)}`);
    }
  }
});
