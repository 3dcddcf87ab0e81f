import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { entryOf, temporaryDir } from './audit.fixture.ts';
import { systemDisk } from './disk.ts';
import { genesisHash } from './frame.ts';
import { createFrameLog } from './frame-log.ts';
import { verifyLog } from './verify.ts';

const node = 'node-1';

/** Where the frames of a segment begin, and with which event. Written here anew, from the specification. */
interface Place {
  readonly segment: string;
  readonly start: number;
  readonly end: number;
  readonly firstSeq: number;
}

function framePlaces(dir: string): Place[] {
  const places: Place[] = [];
  for (const segment of readdirSync(dir).toSorted()) {
    const bytes = readFileSync(path.join(dir, segment));
    for (let at = 0; at < bytes.length; ) {
      const end = at + 56 + bytes.readUInt32BE(at + 20) + 32;
      places.push({ segment, start: at, end, firstSeq: Number(bytes.readBigUInt64BE(at + 8)) });
      at = end;
    }
  }
  return places;
}

/** Nine frames of one to three records in three segments. */
async function writeLog(dir: string): Promise<{ seq: number; head: string }> {
  const start = { nextSeq: 0, head: genesisHash(node) };
  const options = { segmentBytes: 700, segmentMs: 3_600_000, monotonicMs: () => 0 };
  const frames = createFrameLog({ disk: systemDisk, dir, start, ...options });
  let seq = 0;
  for (let i = 0; i < 9; i++) {
    const records = Array.from({ length: (i % 3) + 1 }, () =>
      entryOf(JSON.stringify({ id: seq++, name: 'x'.repeat(30) })),
    );
    await frames.write(records);
  }
  const { head } = frames.end();
  await frames.close();
  return { seq: seq - 1, head: head.toString('hex') };
}

describe('the verifier', () => {
  let original: ReturnType<typeof temporaryDir>;
  let anchor: { seq: number; head: string };
  let places: Place[];

  before(async () => {
    original = temporaryDir();
    anchor = await writeLog(original.dir);
    places = framePlaces(original.dir);
  });
  after(() => original[Symbol.dispose]());

  /** Runs the verifier over a copy that was tampered with. */
  async function verifyAfter(tamper: (dir: string) => void, withAnchor = true) {
    using copy = temporaryDir();
    const dir = path.join(copy.dir, 'n');
    mkdirSync(dir);
    for (const name of readdirSync(original.dir)) copyFileSync(path.join(original.dir, name), path.join(dir, name));
    tamper(dir);
    return await verifyLog({ dir, node, ...(withAnchor ? { anchor } : {}) });
  }

  const edit = (dir: string, segment: string, change: (bytes: Buffer) => Buffer) => {
    const file = path.join(dir, segment);
    writeFileSync(file, change(readFileSync(file)));
  };

  it('accepts an untouched log and says its size and head', async () => {
    const result = await verifyAfter(() => undefined);
    assert.deepEqual(result.problems, []);
    assert.deepEqual(
      [result.records, result.segments, result.firstSeq, result.lastSeq],
      [18, places.at(-1) ? 3 : 0, 0, 17],
    );
    assert.equal(result.head, anchor.head);
  });

  it('reports any flipped byte at the frame it is in, with or without an anchor', async () => {
    const sizes = places.map(place => place.end - place.start);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(total - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        async (position, mask, withAnchor) => {
          let at = position;
          const index = sizes.findIndex(size => (at < size ? true : ((at -= size), false)));
          const place = places[index];
          assert.ok(place);
          const result = await verifyAfter(
            dir =>
              edit(dir, place.segment, bytes => {
                bytes[place.start + at] = (bytes[place.start + at] ?? 0) ^ mask;
                return bytes;
              }),
            withAnchor,
          );
          assert.equal(result.ok, false);
          const [first] = result.faults;
          assert.deepEqual([first?.segment, first?.offset], [place.segment, place.start]);
          assert.equal(first?.seq, place.firstSeq);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('reports a dropped frame at the event that is missing', async () => {
    for (const place of places.slice(0, -1)) {
      const result = await verifyAfter(
        dir =>
          edit(dir, place.segment, bytes => Buffer.concat([bytes.subarray(0, place.start), bytes.subarray(place.end)])),
        false,
      );
      assert.equal(result.faults[0]?.seq, place.firstSeq);
    }
  });

  it('reports two frames that changed places at the first of them', async () => {
    for (const [i, a] of places.entries()) {
      const b = places[i + 1];
      if (b?.segment !== a.segment) continue;
      const result = await verifyAfter(
        dir =>
          edit(dir, a.segment, bytes =>
            Buffer.concat([
              bytes.subarray(0, a.start),
              bytes.subarray(b.start, b.end),
              bytes.subarray(a.start, a.end),
              bytes.subarray(b.end),
            ]),
          ),
        false,
      );
      assert.equal(result.faults[0]?.seq, a.firstSeq);
    }
  });

  it('reports an inserted copy of a frame', async () => {
    const [first] = places;
    assert.ok(first);
    const result = await verifyAfter(
      dir => edit(dir, first.segment, bytes => Buffer.concat([bytes.subarray(0, first.end), bytes])),
      false,
    );
    assert.deepEqual([result.faults[0]?.seq, result.faults[0]?.offset], [first.firstSeq + 1, first.end]);
  });

  it('reports a tail cut anywhere: inside a frame by itself, between frames by the anchor', async () => {
    const last = places.at(-1);
    assert.ok(last);
    for (let length = last.start; length < last.end; length += length < last.end - 5 ? 11 : 1) {
      const result = await verifyAfter(dir => edit(dir, last.segment, bytes => bytes.subarray(0, length)));
      assert.equal(result.ok, false, `cut to ${length}`);
      assert.equal(result.faults[0]?.seq, last.firstSeq);
    }
  });

  it('reports a missing segment, wherever it is', async () => {
    const segments = [...new Set(places.map(place => place.segment))];
    for (const segment of segments) {
      const result = await verifyAfter(dir => rmSync(path.join(dir, segment)));
      assert.equal(result.ok, false);
      assert.equal(result.faults[0]?.seq, Number(segment.slice(0, 20)));
    }
  });

  it('reports two segments that changed names', async () => {
    const [a = '', b = ''] = new Set(places.map(place => place.segment));
    const result = await verifyAfter(dir => {
      renameSync(path.join(dir, a), path.join(dir, 'x'));
      renameSync(path.join(dir, b), path.join(dir, a));
      renameSync(path.join(dir, 'x'), path.join(dir, b));
    });
    assert.deepEqual([result.faults[0]?.segment, result.faults[0]?.seq], [a, 0]);
  });

  it('reports a chain written anew, by the anchor', async () => {
    const result = await verifyAfter(dir => {
      for (const name of readdirSync(dir)) rmSync(path.join(dir, name));
      const frames = Buffer.concat(
        places.slice(0, 1).map(place => readFileSync(path.join(original.dir, place.segment))),
      );
      writeFileSync(path.join(dir, `${'0'.repeat(20)}.segment`), frames.subarray(0, places[0]?.end));
    });
    assert.match(result.problems.join('\n'), /event 17 was recorded/);
  });

  it('reports the log of another node, a foreign name, and an empty segment in the middle', async () => {
    const other = await verifyLog({ dir: original.dir, node: 'node-2' });
    assert.deepEqual([other.faults[0]?.seq, other.faults[0]?.offset], [0, 0]);
    const foreign = await verifyAfter(dir => writeFileSync(path.join(dir, 'notes.segment'), ''));
    assert.match(foreign.problems.join('\n'), /notes\.segment byte 0.*name/);
    const empty = await verifyAfter(dir => writeFileSync(path.join(dir, `${'1'.padStart(20, '0')}.segment`), ''));
    assert.match(empty.problems.join('\n'), /empty/);
  });

  it('refuses versions and flags it does not know', async () => {
    for (const [offset, says] of [[5, /version/] as const, [7, /flags/] as const]) {
      const result = await verifyAfter(dir =>
        edit(dir, places[0]?.segment ?? '', bytes => {
          bytes[offset] = 9;
          return bytes;
        }),
      );
      assert.match(result.problems[0] ?? '', says);
    }
  });
});
