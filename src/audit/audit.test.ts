import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { systemClock } from '../core/clock.ts';
import { isSallyportError } from '../core/errors.ts';
import type { NewEvent } from '../core/events.ts';
import { silentLog } from '../core/log.ts';
import { lockFile } from '../store/store.ts';
import { eventNamed, openAudit, openStore, requestEvent, temporaryDir } from './audit.fixture.ts';
import type { AuditTables } from './audit.ts';
import { auditConfig, createAudit } from './audit.ts';

const codeIs = (code: string) => (error: unknown) => isSallyportError(error) && error.code === code;

describe('audit log', () => {
  it('gives an appended event an id and a time, tells it on the bus, and finds it at once', async () => {
    using temp = temporaryDir();
    await using open = await openAudit(temp.dir);
    const recorded = await open.audit.append(eventNamed('first'));
    assert.match(recorded.id, /^[0-9a-f-]{36}$/);
    assert.ok(Math.abs(recorded.time - Date.now()) < 60_000);
    assert.deepEqual(open.told, [recorded]);
    const page = await open.audit.search({ limit: 10 });
    assert.deepEqual(page, { events: [{ ...recorded, seq: 0 }], next: undefined });
  });

  it('keeps the time its teller knows', async () => {
    using temp = temporaryDir();
    await using open = await openAudit(temp.dir);
    const recorded = await open.audit.append(eventNamed('then', { time: Date.now() - 5_000 }));
    assert.ok(Date.now() - recorded.time >= 5_000);
  });

  it('records many concurrent events once each, in order, in few frames, and tells them in the order of the log', async () => {
    using temp = temporaryDir();
    await using open = await openAudit(temp.dir);
    const names = Array.from({ length: 2_000 }, (_, i) => `n${i}`);
    const recorded = await Promise.all(names.map(name => open.audit.append(eventNamed(name))));
    await open.audit.flush();
    assert.deepEqual(open.told, recorded);
    const found = [];
    let cursor: string | undefined;
    do {
      const page = await open.audit.search({ limit: 500, ...(cursor === undefined ? {} : { cursor }) });
      found.push(...page.events);
      cursor = page.next;
    } while (cursor !== undefined);
    assert.deepEqual(
      found.toReversed().map(event => event.resource?.name),
      names,
    );
    assert.deepEqual(
      found.toReversed().map(event => event.seq),
      names.map((_, i) => i),
    );
    const result = await open.audit.verify();
    assert.deepEqual(result.problems, []);
    assert.equal(result.records, 2_000);
  });

  it('goes on where it stopped: the chain, the sequence and the index survive a restart', async () => {
    using temp = temporaryDir();
    let head = '';
    {
      await using open = await openAudit(temp.dir);
      await open.audit.append(eventNamed('a'));
      open.audit.enqueue(eventNamed('b'));
    }
    await using open = await openAudit(temp.dir);
    const before = await open.audit.verify();
    head = before.head;
    assert.equal(before.lastSeq, 1, 'closing flushed what was queued');
    await open.audit.append(eventNamed('c'));
    const after = await open.audit.verify();
    assert.deepEqual([after.ok, after.records, after.segments], [true, 3, 2]);
    assert.notEqual(after.head, head);
    const page = await open.audit.search({ limit: 10 });
    assert.deepEqual(
      page.events.map(event => [event.seq, event.resource?.name]),
      [
        [2, 'c'],
        [1, 'b'],
        [0, 'a'],
      ],
    );
  });

  it('keeps files and directory from other users', async () => {
    using temp = temporaryDir();
    await using open = await openAudit(temp.dir);
    await open.audit.append(eventNamed('a'));
    assert.equal(statSync(open.nodeDir).mode & 0o777, 0o700);
    for (const name of readdirSync(open.nodeDir).filter(file => file.endsWith('.segment'))) {
      assert.equal(statSync(path.join(open.nodeDir, name)).mode & 0o777, 0o600, name);
    }
  });

  it('refuses a second writer on the same directory', async () => {
    using temp = temporaryDir();
    await using first = await openAudit(temp.dir);
    await first.audit.append(eventNamed('a'));
    using other = temporaryDir();
    await using store = await openStore(other.dir);
    const deps = { dir: path.join(temp.dir, 'audit'), db: store.db<AuditTables>(), bus: first.bus, clock: systemClock };
    await assert.rejects(
      createAudit(auditConfig.parse({}), { ...deps, newId: () => 'x', log: silentLog, lock: lockFile }),
      codeIs('store.locked'),
    );
  });

  it('begins a new segment when one is full or old, and the chain runs on', async () => {
    using temp = temporaryDir();
    let nowMs = 0;
    const clock = { now: () => Date.now(), monotonicMs: () => nowMs };
    await using open = await openAudit(temp.dir, {
      clock,
      config: { segmentBytes: 65_536, segmentMs: 60_000, lingerMs: 0 },
    });
    const long = 'x'.repeat(20_000);
    for (let i = 0; i < 6; i++) await open.audit.append(eventNamed(`${i}${long}`));
    const full = await open.audit.verify();
    assert.deepEqual([full.ok, full.segments, full.records], [true, 6, 6]);
    nowMs = 60_001;
    await open.audit.append(eventNamed('a'));
    await open.audit.append(eventNamed('b'));
    const old = await open.audit.verify();
    assert.deepEqual([old.ok, old.segments, old.records], [true, 7, 8]);
  });

  it('keeps the order of the log when the clock goes back, and still finds by time', async () => {
    using temp = temporaryDir();
    let now = Date.now();
    const clock = { now: () => now, monotonicMs: () => performance.now() };
    await using open = await openAudit(temp.dir, { clock });
    const start = now;
    await open.audit.append(eventNamed('late'));
    now -= 3_600_000;
    await open.audit.append(eventNamed('early'));
    const all = await open.audit.search({ limit: 10 });
    assert.deepEqual(
      all.events.map(event => event.resource?.name),
      ['early', 'late'],
    );
    const early = await open.audit.search({ limit: 10, to: start - 1 });
    assert.deepEqual(
      early.events.map(event => event.resource?.name),
      ['early'],
    );
    const late = await open.audit.search({ limit: 10, from: start });
    assert.deepEqual(
      late.events.map(event => event.resource?.name),
      ['late'],
    );
  });

  it('reports progress and stops when asked while verifying', async () => {
    using temp = temporaryDir();
    await using open = await openAudit(temp.dir);
    await open.audit.append(eventNamed('a'));
    const seen: number[] = [];
    await open.audit.verify({ onProgress: done => seen.push(done.records) });
    assert.deepEqual(seen, [1]);
    await assert.rejects(open.audit.verify({ signal: AbortSignal.abort() }), { name: 'AbortError' });
  });
});

describe('the border of the audit log', () => {
  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;
  const refused: readonly [string, unknown][] = [
    ['an unknown type', { type: 'nothing.happened' }],
    ['a type from the prototype', { type: 'constructor' }],
    ['an unknown outcome', { outcome: 'maybe' }],
    ['no principal', { principal: undefined }],
    ['a principal without a name', { principal: { kind: 'user', id: 'u' } }],
    ['an empty action', { action: '' }],
    ['a time that is no whole number', { time: 1.5 }],
    ['a resource without an id', { resource: { kind: 'project' } }],
    ['no data', { data: undefined }],
    ['data that refers to itself', { data: cyclic }],
    ['data with a bigint', { data: { name: 1n } }],
    ['a record longer than 65,535 bytes', { data: { name: 'é'.repeat(33_000) } }],
  ];
  for (const [what, change] of refused) {
    it(`refuses ${what} and records nothing`, async () => {
      using temp = temporaryDir();
      await using open = await openAudit(temp.dir);
      const event = { ...eventNamed('bad'), ...(change as object) } as NewEvent;
      await assert.rejects(open.audit.append(event), codeIs('core.invalid_input'));
      assert.throws(() => open.audit.enqueue(event), codeIs('core.invalid_input'));
      assert.equal((await open.audit.verify()).records, 0);
    });
  }

  it('accepts what is odd but whole: newlines, lone surrogates, a record of exactly 65,535 bytes', async () => {
    using temp = temporaryDir();
    await using open = await openAudit(temp.dir);
    const odd = 'a\nb\r\u2028\ud800"\\\0';
    await open.audit.append(eventNamed(odd));
    const probe = await open.audit.append(eventNamed('', { data: { name: '' } }));
    const room = 65_535 - Buffer.byteLength(JSON.stringify(probe));
    await open.audit.append(eventNamed('', { data: { name: 'x'.repeat(room) } }));
    const result = await open.audit.verify();
    assert.deepEqual([result.ok, result.records], [true, 3]);
    const page = await open.audit.search({ limit: 3 });
    assert.deepEqual(open.warnings, []);
    assert.equal(page.events[2]?.resource?.name, odd);
  });

  it('records what was said when it was said, not what the object became', async () => {
    using temp = temporaryDir();
    await using open = await openAudit(temp.dir);
    const event = requestEvent('GET');
    const done = open.audit.append(event);
    Object.assign(event.data, { method: 'POST' });
    await done;
    const page = await open.audit.search({ limit: 1 });
    assert.equal(page.events[0]?.type === 'request.finished' && page.events[0].data.method, 'GET');
  });
});
