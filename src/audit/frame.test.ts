import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createFrameEncoder, decodeFrame, genesisHash, holdsFrame, leafHash, recordsOf } from './frame.ts';

const spec = readFileSync(new URL('../../docs/reference/audit-log.md', import.meta.url), 'utf8');
const example = spec.slice(spec.indexOf('## Worked example'));
const records = [...example.matchAll(/^ {4}record \d +(\{.*\})$/gm)].map(match => match[1] ?? '');
const value = (name: string) => new RegExp(`^ {4}${name} +([0-9a-f]{64})$`, 'm').exec(example)?.[1] ?? '';
const frameHex = (number: number) => {
  const block = new RegExp(`^Frame ${number},[^\\n]*\\n\\n((?: {4}[0-9a-f ]+\\n)+)`, 'm').exec(example)?.[1] ?? '';
  return block.replaceAll(/\s/g, '');
};

const encode = (prev: Buffer, firstSeq: number, lines: readonly string[]) => {
  const bodyBytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
  const frame = createFrameEncoder()({ prev, firstSeq, lines, bodyBytes });
  return { bytes: Buffer.from(frame.bytes), hash: frame.hash };
};

const lineArbitrary = fc
  .array(fc.object({ maxDepth: 1 }), { minLength: 1, maxLength: 5 })
  .map(list => list.map(item => JSON.stringify(item)));

describe('frames', () => {
  it('are byte for byte those of the worked example in the specification', () => {
    assert.equal(records.length, 3);
    const first = encode(genesisHash('node-1'), 0, records.slice(0, 2));
    assert.equal(genesisHash('node-1').toString('hex'), value('genesis'));
    assert.equal(first.hash.toString('hex'), value('h_0'));
    assert.equal(first.bytes.toString('hex'), frameHex(0));
    const second = encode(first.hash, 2, records.slice(2));
    assert.equal(second.hash.toString('hex'), value('h_1'));
    assert.equal(second.bytes.toString('hex'), frameHex(1));
    for (const [i, record] of records.entries()) {
      assert.equal(leafHash(Buffer.from(record)).toString('hex'), value(`leaf ${i}`));
    }
  });

  it('read back as the records that were written', () => {
    fc.assert(
      fc.property(lineArbitrary, fc.maxSafeNat(), (lines, firstSeq) => {
        const decoded = decodeFrame(encode(genesisHash('n'), firstSeq, lines).bytes, 0);
        assert.ok(decoded.ok);
        assert.deepEqual(recordsOf(decoded.frame), lines);
        assert.deepEqual([decoded.frame.firstSeq, decoded.frame.count], [firstSeq, lines.length]);
      }),
    );
  });

  it('are refused when any one bit is flipped', () => {
    const { bytes } = encode(genesisHash('n'), 7, records);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.equal(decodeFrame(flipped, 0).ok, false, `bit ${bit}`);
    }
  });

  it('are refused when cut anywhere, and a cut frame holds none', () => {
    const { bytes } = encode(genesisHash('n'), 7, records);
    for (let length = 0; length < bytes.length; length++) {
      assert.equal(decodeFrame(bytes.subarray(0, length), 0).ok, false);
      assert.equal(holdsFrame(bytes.subarray(0, length)), false);
    }
    assert.equal(holdsFrame(Buffer.concat([Buffer.from('junk SALF'), bytes])), true);
  });

  it('never make the decoder throw or read outside, whatever the bytes are', () => {
    // A failure prints its seed; run it again with `{ seed }`.
    const { bytes } = encode(genesisHash('n'), 7, records);
    const damage = fc.record({ at: fc.nat(bytes.length - 1), with: fc.uint8Array({ minLength: 1, maxLength: 12 }) });
    const damaged = fc.array(damage, { maxLength: 4 }).map(list => {
      const copy = Buffer.from(bytes);
      for (const { at, with: patch } of list) copy.set(patch.subarray(0, copy.length - at), at);
      return copy;
    });
    const anything = fc.uint8Array({ maxLength: 400 }).map(array => Buffer.from(array));
    fc.assert(
      fc.property(fc.oneof(damaged, anything), fc.nat(64), (input, at) => {
        const decoded = decodeFrame(input, Math.min(at, input.length));
        if (decoded.ok) assert.ok(decoded.frame.bytes <= input.length);
        holdsFrame(input);
      }),
      { numRuns: 2_000, verbose: 1 },
    );
  });
});
