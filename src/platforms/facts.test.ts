import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { EventOrigin } from '../core/events.ts';
import { silentLog } from '../core/log.ts';
import { createEventLogTail, type EventLogPosition } from './event-log-tail.ts';
import { createFactJoiner } from './fact-joiner.ts';
import { scanJson } from './json-scan.ts';
import { parseN8nLogLine } from './n8n/event-log.ts';
import type { PlatformFact } from './platforms.ts';

const factOf = (origin: EventOrigin, key: string): PlatformFact => ({
  type: key.startsWith('execution') ? 'execution.started' : 'workflow.updated',
  origin,
  key,
  at: 0,
  resource: { kind: 'workflow', id: 'w' },
  detail: {},
});

describe('joining facts', () => {
  it('tells the n-th occurrence once, whichever source is first', () => {
    const origins = fc.constantFrom<EventOrigin>('traffic', 'platform_log', 'hook');
    const offers = fc.array(fc.tuple(origins, fc.constantFrom('a', 'b', 'c')), { maxLength: 200 });
    fc.assert(
      fc.property(offers, list => {
        const joiner = createFactJoiner({ now: () => 0 });
        const counts = new Map<string, number>();
        const told = new Map<string, number>();
        for (const [origin, key] of list) {
          counts.set(`${key}${origin}`, (counts.get(`${key}${origin}`) ?? 0) + 1);
          if (joiner.offer('s', factOf(origin, key))) told.set(key, (told.get(key) ?? 0) + 1);
          const most = Math.max(...['traffic', 'platform_log', 'hook'].map(one => counts.get(`${key}${one}`) ?? 0));
          assert.equal(told.get(key), most);
        }
      }),
    );
  });

  it('tells what happens to one execution once, however often it is said', () => {
    const joiner = createFactJoiner({ now: () => 0 });
    const said = (['traffic', 'platform_log', 'platform_log', 'hook'] as const).map(origin =>
      joiner.offer('s', factOf(origin, 'execution.started:1')),
    );
    assert.deepEqual(said, [true, false, false, false]);
    assert.equal(joiner.offer('other', factOf('traffic', 'execution.started:1')), true);
  });

  it('hides no later fact for longer than the window when a source missed one', () => {
    let now = 0;
    const joiner = createFactJoiner({ now: () => now, windowMs: 1000 });
    assert.equal(joiner.offer('s', factOf('traffic', 'k')), true);
    now = 1001;
    assert.equal(joiner.offer('s', factOf('platform_log', 'k')), true);
  });

  it('lets a fact that could not be told be told by whoever offers it next', () => {
    for (const key of ['execution.started:1', 'workflow.updated:a']) {
      const joiner = createFactJoiner({ now: () => 0 });
      const log = factOf('platform_log', key);
      assert.equal(joiner.offer('s', log), true);
      joiner.retract('s', log);
      assert.equal(joiner.size, 0);
      assert.equal(joiner.offer('s', log), true, 'the same source, again');
      assert.equal(joiner.offer('s', factOf('hook', key)), false);
      joiner.retract('other', log);
      assert.equal(joiner.offer('s', factOf('traffic', key)), false, 'another site gives nothing back here');
    }
  });

  it('remembers no more keys than it may', () => {
    const joiner = createFactJoiner({ now: () => 0, keysMax: 10 });
    for (let index = 0; index < 1000; index++) joiner.offer('s', factOf('hook', `k${index}`));
    assert.equal(joiner.size, 10);
  });
});

describe('following an event log', () => {
  let dir: string;
  before(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'sallyport-tail-'));
  });
  after(() => rm(dir, { recursive: true, force: true }));

  function follow(file: string, position?: EventLogPosition) {
    const told: string[] = [];
    const at: { position?: EventLogPosition } = {};
    const tail = createEventLogTail({
      file,
      parse: line => (line.startsWith('{') ? { ...factOf('platform_log', line), key: line } : undefined),
      onFact: fact => void told.push(fact.key),
      onPosition: now => {
        at.position = now;
      },
      ...(position === undefined ? {} : { position }),
      log: silentLog,
      pollMs: 3_600_000,
    });
    return { told, at, tail };
  }

  it('begins at the end of a file that is there, and at the start of one that comes', async () => {
    const old = path.join(dir, 'old.log');
    await writeFile(old, '{1}\n{2}\n');
    const first = follow(old);
    await first.tail.poll();
    await appendFile(old, '{3}\n');
    await first.tail.poll();
    assert.deepEqual(first.told, ['{3}']);
    const fresh = follow(path.join(dir, 'new.log'));
    await fresh.tail.poll();
    await writeFile(path.join(dir, 'new.log'), '{1}\n');
    await fresh.tail.poll();
    assert.deepEqual(fresh.told, ['{1}']);
    await first.tail[Symbol.asyncDispose]();
    await fresh.tail[Symbol.asyncDispose]();
  });

  it('waits for the rest of a half-written line and skips one that never ends', async () => {
    const file = path.join(dir, 'half.log');
    await writeFile(file, '');
    const { told, tail } = follow(file);
    await tail.poll();
    await appendFile(file, '{1}\n{2');
    await tail.poll();
    assert.deepEqual(told, ['{1}']);
    await appendFile(file, `}\n{${'x'.repeat(3 * 1024 * 1024)}\n{3}\n`);
    await tail.poll();
    assert.deepEqual(told, ['{1}', '{2}', '{3}']);
    await tail[Symbol.asyncDispose]();
  });

  it('reads on after rotation, truncation and a restart, and tells nothing twice', async () => {
    const file = path.join(dir, 'live.log');
    await writeFile(file, '');
    const first = follow(file);
    await first.tail.poll();
    await appendFile(file, '{1}\n');
    await first.tail.poll();
    await appendFile(file, '{2}\n');
    await rename(file, path.join(dir, 'live-1.log'));
    await writeFile(file, '{3}\n');
    await first.tail.poll();
    assert.deepEqual(first.told, ['{1}', '{2}', '{3}']);
    await first.tail[Symbol.asyncDispose]();
    await appendFile(file, '{4}\n');
    const second = follow(file, first.at.position);
    await second.tail.poll();
    assert.deepEqual(second.told, ['{4}']);
    await truncate(file, 0);
    await appendFile(file, '{5}\n');
    await second.tail.poll();
    assert.deepEqual(second.told, ['{4}', '{5}']);
    await second.tail[Symbol.asyncDispose]();
  });
});

describe("n8n's event log", () => {
  const line = (eventName: string, payload: Record<string, unknown>, ts = '2026-11-21T23:22:16.983-05:00'): string =>
    JSON.stringify({ __type: '$$EventMessageAudit', id: 'x', ts, eventName, message: eventName, payload });
  it('reads who did what, and when', () => {
    const payload = { userId: 'u', _email: 'Ann@example.com', workflowId: 'AbC', workflowName: 'hook' };
    assert.deepEqual(parseN8nLogLine(line('n8n.audit.workflow.created', payload)), {
      type: 'workflow.created',
      origin: 'platform_log',
      key: 'workflow.created:AbC',
      at: Date.parse('2026-11-22T04:22:16.983Z'),
      resource: { kind: 'workflow', id: 'AbC', name: 'hook' },
      account: 'ann@example.com',
      detail: {},
    });
    const failed = parseN8nLogLine(
      line('n8n.workflow.failed', {
        executionId: '7',
        workflowId: 'AbC',
        mode: 'webhook',
        errorMessage: 'x'.repeat(900),
      }),
    );
    assert.equal(failed?.key, 'execution.failed:7');
    assert.equal(failed.detail.error?.length, 500);
  });
  const refused = [
    '',
    '{',
    '[]',
    'null',
    '{"__type":"$$EventMessageConfirm","confirm":"x","ts":"2026-11-22T04:22:14.583+00:00"}',
    line('n8n.audit.user.login.success', { _email: 'a@example.com' }),
    line('n8n.audit.workflow.created', {}),
    line('n8n.audit.workflow.created', { workflowId: 7 }),
    line('n8n.audit.workflow.created', { workflowId: 'a' }, 'never'),
    line('__proto__', { workflowId: 'a' }),
  ];
  for (const text of refused)
    it(`tells nothing from ${text.slice(0, 70) || 'an empty line'}`, () =>
      assert.equal(parseN8nLogLine(text), undefined));
});

describe('reading a cut-off answer', () => {
  it('finds what stands before the cut, at the depth asked for', () => {
    const whole = JSON.stringify({
      data: {
        nodes: [{ id: 'n', name: 'x' }],
        parent: { id: 'p' },
        id: 'w"1',
        name: 'My \u00e9',
        active: true,
        tail: 'zz',
      },
    });
    assert.deepEqual(
      { ...scanJson(whole, ['data.id', 'data.name', 'data.active']) },
      { 'data.id': 'w"1', 'data.name': 'My \u00e9', 'data.active': 'true' },
    );
    assert.deepEqual(scanJson(whole.slice(0, 60), ['data.name']), {});
    assert.deepEqual(scanJson('{"data":{"executionId":"1"}}', ['data.executionId']), { 'data.executionId': '1' });
  });
  it('agrees with a whole parse of any flat document, and never throws on any text', () => {
    const flat = fc.dictionary(
      fc.string({ minLength: 1 }).filter(key => !key.includes('.') && key !== '__proto__'),
      fc.string(),
    );
    fc.assert(
      fc.property(flat, fc.nat(200), (value, cut) => {
        const keys = Object.keys(value);
        const text = JSON.stringify({ data: value });
        const found = scanJson(
          text,
          keys.map(key => `data.${key}`),
        );
        for (const key of keys) assert.equal(found[`data.${key}`], value[key]);
        const part = scanJson(
          text.slice(0, cut),
          keys.map(key => `data.${key}`),
        );
        for (const [name, text] of Object.entries(part)) assert.equal(value[name.slice(5)], text);
      }),
      { numRuns: 300 },
    );
  });
});
