import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { excerptOf } from './mask.ts';

describe('excerpt', () => {
  it('shows the attack and veils what stands around it', () => {
    const text = `name=Ada Lovelace 1815' OR 1=1 -- and her address`;
    const start = text.indexOf("'");
    assert.equal(excerptOf(text, start, start + 10), "xx=xxx xxxxxxxx 0000' OR 1=1 -- xxx xxx xxxxxxx");
  });

  it('cuts what may be a key', () => {
    assert.equal(excerptOf('AKIA1234567890ABCDEFGH', 0, 22), 'AKIA***');
  });

  it('shows no control, direction or lone surrogate character', () => {
    assert.equal(excerptOf('\0\u202e\n\u2028', 0, 4), '\\x00\\u202e\\x0a\\u2028');
  });

  it('is at most 120 characters and well formed for any text and place', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.integer(), fc.integer(), (text, start, end) => {
        const excerpt = excerptOf(text, start, end);
        assert.ok(excerpt.length <= 120);
        assert.ok(excerpt.isWellFormed());
      }),
    );
  });
});
