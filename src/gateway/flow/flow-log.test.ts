import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import type { Log } from '../../core/log.ts';
import { silentLog } from '../../core/log.ts';
import type { Flow } from '../transport/transport.ts';
import { createFlowLog } from './flow-log.ts';
import type { FlowQuery } from './flow-reader.ts';
import { readFlows } from './flow-reader.ts';
import type { FlowRecord } from './flow-record.ts';

const hourMs = 3_600_000;
const startMs = Date.parse('2026-11-22T07:59:00Z');

function setUp(options: { bytesMax?: number; days?: number } = {}) {
  const dir = mkdtempSync(path.join(tmpdir(), 'sallyport-flow-'));
  const state = { now: startMs };
  const logged: string[] = [];
  const log: Log = { ...silentLog, warn: event => void logged.push(event), error: event => void logged.push(event) };
  const open = (writer = 'main') =>
    createFlowLog({
      dir: path.join(dir, 'flow'),
      writer,
      days: options.days ?? 30,
      bytesMax: options.bytesMax ?? 1024 ** 3,
      clock: { now: () => state.now, monotonicMs: () => state.now },
      log,
    });
  const read = async (query: Partial<FlowQuery> = {}) => {
    const records: FlowRecord[] = [];
    const range = { since: 0, until: Number.MAX_SAFE_INTEGER };
    for await (const record of readFlows(path.join(dir, 'flow'), { ...range, ...query })) records.push(record);
    return records;
  };
  const files = () => readdirSync(path.join(dir, 'flow')).toSorted();
  return {
    dir,
    state,
    logged,
    open,
    read,
    files,
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}

function flow(at: number, patch: Partial<Flow> = {}): Flow {
  const figures = { bytesIn: 100, bytesOut: 2000, requests: 2, durationMs: 30 };
  return {
    at,
    peerIp: '192.0.2.7',
    localPort: 8443,
    verdict: 'accepted',
    reason: 'closed',
    tls: null,
    ...figures,
    ...patch,
  };
}

describe('the flow log', () => {
  test('holds every connection as a line, and finds it by time, address and verdict', async () => {
    using at = setUp();
    const tls = { protocol: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256', servername: 'app.test' };
    {
      await using log = at.open();
      log.note(flow(startMs, { tls }));
      log.note(flow(startMs + 1000, { peerIp: '2001:db8::9', verdict: 'denied', reason: 'connection_rate' }));
      await log.flush();
      assert.equal((await at.read()).length, 2, 'also while it is being written');
    }
    const [first] = await at.read({ verdict: 'accepted' });
    assert.deepEqual(first, {
      time: '2026-11-22T07:59:00.000Z',
      verdict: 'accepted',
      reason: 'closed',
      address: '192.0.2.7',
      port: 8443,
      tls: 'TLSv1.3',
      cipher: 'TLS_AES_128_GCM_SHA256',
      sni: 'app.test',
      bytesIn: 100,
      bytesOut: 2000,
      requests: 2,
      durationMs: 30,
      count: 1,
    });
    assert.equal((await at.read({ address: '2001:db8::/32' })).length, 1);
    assert.equal((await at.read({ since: startMs + 500 })).length, 1);
    assert.equal((await at.read({ until: startMs - 1 })).length, 0);
    await assert.rejects(at.read({ address: 'nobody' }), { code: 'core.invalid_input' });
  });

  test('begins a file each hour and compresses the one before; several write side by side', async () => {
    using at = setUp();
    await using main = at.open();
    await using worker = at.open('w7');
    for (const log of [main, worker]) {
      log.note(flow(startMs));
      await log.flush();
    }
    at.state.now += 2 * 60_000;
    for (const log of [main, worker]) {
      log.note(flow(at.state.now));
      await log.flush();
    }
    assert.deepEqual(at.files(), [
      '2026-11-22T07.main.0.jsonl.gz',
      '2026-11-22T07.w7.0.jsonl.gz',
      '2026-11-22T08.main.0.jsonl',
      '2026-11-22T08.w7.0.jsonl',
    ]);
    assert.equal((await at.read()).length, 4);
  });

  test('a flood from one network is a few lines and one that counts', async () => {
    using at = setUp();
    await using log = at.open();
    for (let index = 0; index < 5000; index++) {
      const peerIp = `2001:db8:0:1::${index.toString(16)}`;
      log.note(flow(startMs + index, { peerIp, verdict: 'denied', reason: 'connection_rate', bytesIn: 1 }));
    }
    await log.flush();
    const records = await at.read();
    assert.equal(records.length, 21);
    assert.equal(
      records.reduce((sum, record) => sum + record.count, 0),
      5000,
    );
    const last = records.at(-1);
    assert.deepEqual([last?.address, last?.count, last?.bytesIn], ['2001:db8:0:1::/64', 4980, 4980]);
    assert.equal((await at.read({ address: '2001:db8:0:1::77' })).at(-1)?.count, 4980);
  });

  test('a flood from very many networks is bounded as well, and every connection counted', async () => {
    using at = setUp();
    await using log = at.open();
    for (let index = 0; index < 50_000; index++)
      log.note(flow(startMs, { peerIp: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}` }));
    await log.flush();
    const records = await at.read();
    assert.ok(records.length <= 2001, `${records.length} lines`);
    assert.equal(
      records.reduce((sum, record) => sum + record.count, 0),
      50_000,
    );
    assert.equal(records.find(record => record.address === 'others')?.count, 48_000);
  });

  test('when the disk takes nothing, what is lost is counted, said and written later', async () => {
    using at = setUp();
    writeFileSync(path.join(at.dir, 'flow'), 'a file where the folder should be');
    await using log = at.open();
    log.note(flow(startMs));
    log.note(flow(startMs));
    await log.flush();
    assert.ok(at.logged.includes('flow.write_failed'));
    rmSync(path.join(at.dir, 'flow'));
    await log.flush();
    await log.flush();
    assert.ok(at.logged.includes('flow.lost'));
    assert.equal((await at.read()).find(record => record.reason === 'queue_full')?.count, 2);
  });

  test('removes what is older than its days, and the oldest when it grows too large, and says so', async () => {
    using at = setUp({ bytesMax: 40_000, days: 2 });
    await using log = at.open();
    log.note(flow(startMs));
    await log.flush();
    at.state.now += 3 * 24 * hourMs;
    log.note(flow(at.state.now));
    await log.flush();
    assert.deepEqual(at.files(), ['2026-11-25T07.main.0.jsonl']);
    assert.equal(at.logged.length, 0, 'age is not worth a warning');
    for (let round = 0; round < 30; round++) {
      at.state.now += 61 * 60_000;
      for (let index = 0; index < 400; index++)
        log.note(
          flow(at.state.now, { peerIp: `10.0.${round}.${index & 255}`, bytesIn: Math.floor(Math.random() * 1e9) }),
        );
      await log.flush();
    }
    const bytes = at.files().reduce((sum, name) => sum + statSync(path.join(at.dir, 'flow', name)).size, 0);
    assert.ok(bytes < 140_000, `${bytes} bytes`);
    assert.ok(at.logged.includes('flow.removed_for_space'));
  });

  test('goes on behind half a line that a crash left, and compresses what others left', async () => {
    using at = setUp();
    {
      await using log = at.open();
      log.note(flow(startMs));
    }
    const folder = path.join(at.dir, 'flow');
    writeFileSync(path.join(folder, '2026-11-22T07.main.1.jsonl'), '{"time":"2026-11-22T07:5');
    writeFileSync(
      path.join(folder, '2026-11-22T03.w99.0.jsonl'),
      `${JSON.stringify({ time: '2026-11-22T03:00:00.000Z', address: '192.0.2.1' })}\n`,
    );
    await using log = at.open();
    log.note(flow(startMs));
    await log.flush();
    assert.equal((await at.read()).length, 3);
    assert.ok(at.files().includes('2026-11-22T03.w99.0.jsonl.gz'));
    assert.match(readFileSync(path.join(folder, '2026-11-22T07.main.1.jsonl'), 'utf8'), /7:5\n\{"time"/);
  });
});
