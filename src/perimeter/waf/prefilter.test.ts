import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isSallyportError } from '../../core/errors.ts';
import { classBits, createPrefilter } from './prefilter.ts';
import { charClass } from './waf.ts';

/** Few letters, so that needles overlap, are each other's prefix and suffix, and occur. */
const letters = fc.constantFrom('a', 'b', 'c', '<', ' ', 'é', '．');
const needle = fc.array(letters, { minLength: 1, maxLength: 6 }).map(chars => chars.join(''));
const sets = fc.array(fc.array(needle, { maxLength: 5 }), { minLength: 1, maxLength: 32 });
const unit = fc.oneof(letters, fc.constantFrom('A', 'B', 'C', 'é', '\u212a', '\ud800', '😀', '\0', '\n', 'z'));
const text = fc.oneof(fc.array(unit, { maxLength: 40 }), fc.array(unit, { minLength: 120, maxLength: 400 }));

function naive(sets: readonly (readonly string[])[], text: string): { sets: number; chars: number } {
  const lower = text.replaceAll(/[A-Z]/g, char => char.toLowerCase());
  let found = 0;
  sets.forEach((needles, i) => {
    if (needles.some(one => lower.includes(one))) found |= 1 << i;
  });
  let chars = 0;
  for (let i = 0; i < text.length; i++) chars |= classBits[Math.min(text.charCodeAt(i), 0x80)] ?? 0;
  return { sets: found, chars };
}

describe('prefilter', () => {
  it('finds what a naive search finds, and no more', () => {
    fc.assert(
      fc.property(sets, text, (sets, chars) => {
        const subject = chars.join('');
        const found = { sets: 0, chars: 0 };
        createPrefilter(sets).scan(subject, found);
        assert.deepEqual(found, naive(sets, subject));
      }),
      { numRuns: 400 },
    );
  });

  it('finds a needle wherever it stands in a text of any length', () => {
    const filter = createPrefilter([['select'], ['<script'], ['ct<s']]);
    const found = { sets: 0, chars: 0 };
    for (const length of [127, 128, 129, 200, 301]) {
      for (let at = 0; at + 12 <= length; at++) {
        filter.scan(`${'.'.repeat(at)}SeLeCt<sCRipt${'.'.repeat(length - at)}`, found);
        assert.equal(found.sets, 0b111, `at ${at} of ${length}`);
      }
    }
  });

  it('gives every ASCII character exactly one class', () => {
    const known = new Set<number>(Object.values(charClass));
    for (let unit = 0; unit <= 0x80; unit++) {
      assert.ok(known.has(classBits[unit] ?? 0), `code unit ${unit} has class ${classBits[unit]}`);
    }
  });

  it('refuses needles that could be missed', () => {
    for (const needle of ['', 'SELECT', '\ud800a', 'x'.repeat(65)]) {
      assert.throws(
        () => createPrefilter([[needle]]),
        error => isSallyportError(error, 'internal'),
      );
    }
    assert.throws(() => createPrefilter(Array.from({ length: 33 }, () => ['a'])));
  });
});
