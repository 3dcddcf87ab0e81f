import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { isSallyportError } from '../core/errors.ts';
import type { DiskCall, OpenAudit } from './audit.fixture.ts';
import { eventNamed, faultyDisk, openAudit, systemError, temporaryDir, until } from './audit.fixture.ts';

const codeIs = (code: string) => (error: unknown) => isSallyportError(error) && error.code === code;

async function namesOf(open: OpenAudit): Promise<string[]> {
  const page = await open.audit.search({ limit: 500 });
  return page.events.map(event => (event.type === 'project.created' ? event.data.name : event.type)).toReversed();
}

const segmentsOf = (open: { nodeDir: string }) =>
  readdirSync(open.nodeDir)
    .filter(name => name.endsWith('.segment'))
    .toSorted()
    .map(name => path.join(open.nodeDir, name));

describe('the audit log on a failing disk', () => {
  const faults: readonly { what: string; call: DiskCall; code: string; bytesWritten?: number }[] = [
    { what: 'a full disk that takes nothing', call: 'write', code: 'ENOSPC', bytesWritten: 0 },
    { what: 'a full disk that takes half a frame', call: 'write', code: 'ENOSPC', bytesWritten: 100 },
    { what: 'a write error', call: 'write', code: 'EIO' },
    { what: 'a sync error after the bytes were written', call: 'sync', code: 'EIO' },
    { what: 'no room for a new file', call: 'create', code: 'ENOSPC' },
    { what: 'a directory that does not sync', call: 'syncDir', code: 'EIO' },
  ];
  for (const { what, call, code, bytesWritten } of faults) {
    for (const isFirst of [true, false]) {
      it(`refuses on ${what} ${isFirst ? 'at the first frame' : 'later'}, loses nothing, and heals when it is over`, async () => {
        using temp = temporaryDir();
        let isBroken = false;
        const disk = faultyDisk(at =>
          isBroken && at === call
            ? { error: systemError(code), ...(bytesWritten === undefined ? {} : { bytesWritten }) }
            : undefined,
        );
        let nowMs = 0;
        const clock = { now: () => Date.now(), monotonicMs: () => nowMs };
        await using open = await openAudit(temp.dir, { disk, clock, config: { lingerMs: 0 } });
        if (!isFirst) await open.audit.append(eventNamed('before'));
        // A new segment is due, so that creating one is part of the write.
        nowMs = 4_000_000;
        isBroken = true;
        await assert.rejects(open.audit.append(eventNamed('refused')), codeIs('audit.unavailable'));
        assert.equal(open.audit.isRecording(), false);
        await assert.rejects(open.audit.append(eventNamed('refused too')), codeIs('audit.unavailable'));
        await assert.rejects(open.audit.flush(), codeIs('audit.unavailable'));
        open.audit.enqueue(eventNamed('queued 1'));
        open.audit.enqueue(eventNamed('queued 2'));
        await until(() => open.warnings.some(line => line.startsWith('audit.recovery_failed')), 'a recovery failed');
        assert.deepEqual(await namesOf(open), isFirst ? [] : ['before'], 'what is on disk can still be searched');
        isBroken = false;
        await until(() => open.audit.isRecording(), 'the log records again');
        await open.audit.append(eventNamed('after'));
        assert.deepEqual(await namesOf(open), [
          ...(isFirst ? [] : ['before']),
          'audit.recovered',
          'queued 1',
          'queued 2',
          'after',
        ]);
        assert.deepEqual((await open.audit.verify()).problems, []);
        assert.deepEqual(
          open.told.map(event => event.type),
          (await open.audit.search({ limit: 500 })).events.map(event => event.type).toReversed(),
        );
      });
    }
  }

  it('never uses a descriptor again on which a sync failed', async () => {
    using temp = temporaryDir();
    const failed = new Set<string>();
    let failures = 0;
    const usedAgain: string[] = [];
    const disk = faultyDisk((call, at) => {
      if (call === 'create') failed.delete(at);
      if ((call === 'write' || call === 'sync') && failed.has(at)) usedAgain.push(`${call} ${at}`);
      if (call !== 'sync' || failures > 0 || !at.endsWith('.segment')) return undefined;
      failures++;
      failed.add(at);
      return { error: systemError('EIO') };
    });
    await using open = await openAudit(temp.dir, { disk });
    await assert.rejects(open.audit.append(eventNamed('a')), codeIs('audit.unavailable'));
    await until(() => open.audit.isRecording(), 'the log records again');
    await open.audit.append(eventNamed('b'));
    assert.deepEqual(usedAgain, []);
  });

  it('keeps what was queued in the frame that failed, in order, and drops what somebody was told is refused', async () => {
    using temp = temporaryDir();
    let failures = 1;
    const disk = faultyDisk(call => (call === 'sync' && failures-- > 0 ? { error: systemError('EIO') } : undefined));
    await using open = await openAudit(temp.dir, { disk });
    open.audit.enqueue(eventNamed('q1'));
    const refused = open.audit.append(eventNamed('refused'));
    open.audit.enqueue(eventNamed('q2'));
    await assert.rejects(refused, codeIs('audit.unavailable'));
    await until(() => open.audit.isRecording(), 'the log records again');
    await open.audit.flush();
    assert.deepEqual(await namesOf(open), ['audit.recovered', 'q1', 'q2']);
  });

  it('says how many bytes it cut when it recovers', async () => {
    using temp = temporaryDir();
    let isBroken = false;
    const disk = faultyDisk(call =>
      isBroken && call === 'write' ? { error: systemError('ENOSPC'), bytesWritten: 100 } : undefined,
    );
    await using open = await openAudit(temp.dir, { disk });
    await open.audit.append(eventNamed('a'));
    isBroken = true;
    await assert.rejects(open.audit.append(eventNamed('b')));
    isBroken = false;
    await until(() => open.audit.isRecording(), 'the log records again');
    const page = await open.audit.search({ limit: 1 });
    assert.deepEqual(page.events[0]?.data, { cutBytes: 100, lastSeq: 0 });
  });

  it('stays failed when an acknowledged frame is no longer on disk as it was written', async () => {
    using temp = temporaryDir();
    let isBroken = false;
    const disk = faultyDisk(call => (isBroken && call === 'sync' ? { error: systemError('EIO') } : undefined));
    await using open = await openAudit(temp.dir, { disk });
    await open.audit.append(eventNamed('a'));
    isBroken = true;
    await assert.rejects(open.audit.append(eventNamed('b')));
    const [segment = ''] = segmentsOf(open);
    const bytes = readFileSync(segment);
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    writeFileSync(segment, bytes);
    isBroken = false;
    await until(() => open.warnings.some(line => line.includes('audit.corrupt')), 'the damage is seen');
    assert.equal(open.audit.isRecording(), false);
    await assert.rejects(open.audit.append(eventNamed('c')), codeIs('audit.unavailable'));
  });

  it('fails closed when something else writes to its segment', async () => {
    using temp = temporaryDir();
    await using open = await openAudit(temp.dir);
    await open.audit.append(eventNamed('a'));
    appendFileSync(segmentsOf(open)[0] ?? '', 'somebody was here');
    await assert.rejects(open.audit.append(eventNamed('b')), codeIs('audit.unavailable'));
    await until(() => open.audit.isRecording(), 'the log records again');
    const result = await open.audit.verify();
    assert.deepEqual([result.ok, result.records], [true, 2]);
  });

  it('says on closing that events could not be written', async () => {
    using temp = temporaryDir();
    let isBroken = false;
    const disk = faultyDisk(call => (isBroken && call === 'sync' ? { error: systemError('EIO') } : undefined));
    const open = await openAudit(temp.dir, { disk });
    isBroken = true;
    open.audit.enqueue(eventNamed('a'));
    await assert.rejects(async () => await open[Symbol.asyncDispose](), codeIs('audit.unavailable'));
    assert.ok(open.warnings.some(line => line.startsWith('audit.lost_at_exit')));
  });

  it('writes on closing what was queued while the disk was away', async () => {
    using temp = temporaryDir();
    let failures = 1;
    const disk = faultyDisk(call => (call === 'sync' && failures-- > 0 ? { error: systemError('EIO') } : undefined));
    {
      await using open = await openAudit(temp.dir, { disk, config: { recoverMs: 60_000 } });
      open.audit.enqueue(eventNamed('a'));
      await until(() => !open.audit.isRecording(), 'the log failed');
    }
    await using open = await openAudit(temp.dir);
    assert.deepEqual(await namesOf(open), ['audit.recovered', 'a']);
  });
});

describe('the bounds of the audit queue', () => {
  it('refuse beyond them, warn before, leave room for awaited events, and lose nothing accepted', async () => {
    using temp = temporaryDir();
    let hold: (() => void) | undefined;
    const held = new Promise<void>(resolve => {
      hold = resolve;
    });
    const real = faultyDisk(() => undefined);
    const disk = {
      ...real,
      syncDir: async (dir: string) => {
        await held;
        await real.syncDir(dir);
      },
    };
    await using open = await openAudit(temp.dir, { disk, config: { queueEvents: 100 } });
    open.audit.enqueue(eventNamed('first'));
    await until(() => segmentsOf(open).length === 1, 'the first frame is being written');
    const accepted: string[] = ['first'];
    for (let i = 0; i < 80; i++) {
      assert.equal(open.audit.isRecording(), true);
      open.audit.enqueue(eventNamed(`n${i}`));
      accepted.push(`n${i}`);
    }
    assert.equal(open.audit.isRecording(), false);
    for (let i = 80; i < 100; i++) {
      open.audit.enqueue(eventNamed(`n${i}`));
      accepted.push(`n${i}`);
    }
    assert.throws(() => open.audit.enqueue(eventNamed('too many')), codeIs('core.queue_full'));
    const important = open.audit.append(eventNamed('important'));
    hold?.();
    await important;
    assert.equal(open.audit.isRecording(), true);
    assert.deepEqual(await namesOf(open), [...accepted, 'important']);
  });
});

describe('the audit log at start', () => {
  async function logOf(dir: string, names: readonly string[]): Promise<string> {
    await using open = await openAudit(dir);
    for (const name of names) await open.audit.append(eventNamed(name));
    return segmentsOf(open).at(-1) ?? '';
  }

  const torn: readonly { what: string; tear: (segment: string) => void; keeps: readonly string[] }[] = [
    { what: 'half a header', tear: file => appendFileSync(file, Buffer.from('SALF\0\x01\0\0')), keeps: ['a', 'b'] },
    {
      what: 'half a frame',
      tear: file => appendFileSync(file, readFileSync(file).subarray(0, 200)),
      keeps: ['a', 'b'],
    },
    {
      what: 'zeros, as a crash may leave them',
      tear: file => appendFileSync(file, Buffer.alloc(5_000)),
      keeps: ['a', 'b'],
    },
  ];
  for (const { what, tear, keeps } of torn) {
    it(`cuts ${what} off the end, keeps the bytes for people, records it, and goes on`, async () => {
      using temp = temporaryDir();
      const segment = await logOf(temp.dir, ['a', 'b']);
      const { size } = statSync(segment);
      tear(segment);
      const cut = statSync(segment).size - size;
      await using open = await openAudit(temp.dir);
      assert.equal(statSync(segment).size, size);
      const kept = readdirSync(open.nodeDir).filter(name => name.startsWith('torn-'));
      assert.equal(kept.length, 1);
      assert.equal(statSync(path.join(open.nodeDir, kept[0] ?? '')).size, cut);
      assert.deepEqual(await namesOf(open), [...keeps, 'audit.recovered']);
      assert.deepEqual((await open.audit.search({ limit: 1 })).events[0]?.data, { cutBytes: cut, lastSeq: 1 });
      assert.deepEqual((await open.audit.verify()).problems, []);
    });
  }

  it('removes an empty last segment and one that held only a torn frame', async () => {
    using temp = temporaryDir();
    const segment = await logOf(temp.dir, ['a', 'b']);
    writeFileSync(path.join(path.dirname(segment), `${'2'.padStart(20, '0')}.segment`), '');
    {
      await using open = await openAudit(temp.dir);
      assert.deepEqual(await namesOf(open), ['a', 'b']);
    }
    writeFileSync(path.join(path.dirname(segment), `${'2'.padStart(20, '0')}.segment`), 'SALF');
    await using open = await openAudit(temp.dir);
    assert.deepEqual(await namesOf(open), ['a', 'b', 'audit.recovered']);
    assert.equal((await open.audit.verify()).ok, true);
  });

  const damaged: readonly { what: string; damage: (segment: string) => void }[] = [
    {
      what: 'a flipped byte in a frame that others follow',
      damage: file => {
        const bytes = readFileSync(file);
        bytes[80] = (bytes[80] ?? 0) ^ 1;
        writeFileSync(file, bytes);
      },
    },
    {
      what: 'a damaged header that others follow',
      damage: file => {
        const bytes = readFileSync(file);
        bytes[0] = 0;
        writeFileSync(file, bytes);
      },
    },
    {
      what: 'a last frame that was acknowledged and cut',
      damage: file => truncateSync(file, statSync(file).size - 10),
    },
    {
      what: 'a frame of a later version at the end',
      damage: file => {
        const bytes = readFileSync(file);
        bytes[5] = 2;
        appendFileSync(file, bytes);
      },
    },
    {
      what: 'a foreign segment name',
      damage: file => writeFileSync(path.join(path.dirname(file), 'x.segment'), ''),
    },
    {
      what: 'a log that was taken away',
      damage: file => truncateSync(file, 0),
    },
  ];
  for (const { what, damage } of damaged) {
    it(`refuses to go on after ${what}`, async () => {
      using temp = temporaryDir();
      const segment = await logOf(temp.dir, ['a', 'b', 'c']);
      damage(segment);
      await assert.rejects(openAudit(temp.dir), codeIs('audit.corrupt'));
    });
  }

  it('goes on with a shorter log only when told to, and records that', async () => {
    using temp = temporaryDir();
    const segment = await logOf(temp.dir, ['a', 'b', 'c']);
    const bytes = readFileSync(segment);
    truncateSync(segment, 56 + bytes.readUInt32BE(20) + 32);
    await assert.rejects(openAudit(temp.dir), codeIs('audit.corrupt'));
    await using open = await openAudit(temp.dir, { config: { acceptShorterLog: true } });
    assert.deepEqual(await namesOf(open), ['a', 'audit.recovered']);
    assert.equal((await open.audit.verify()).ok, true);
  });
});
