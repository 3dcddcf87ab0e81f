/**
 * Acknowledged events per second of the audit log, with fsync, beside two yardsticks on the same disk in the same run: the same bytes
 * appended in the same batches with fdatasync and no hashing, and one row per transaction in SQLite with synchronous=FULL.
 * `node bench/audit.ts [seconds per step] [directory]`. Prints a Markdown table.
 */
import { closeSync, fdatasync, mkdirSync, mkdtempSync, openSync, rmSync, write } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { toEntry } from '../src/audit/accept.ts';
import { auditConfig } from '../src/audit/audit.ts';
import { batchBytesMax, batchEventsMax } from '../src/audit/config.ts';
import { systemDisk } from '../src/audit/disk.ts';
import { genesisHash } from '../src/audit/frame.ts';
import { createFrameLog } from '../src/audit/frame-log.ts';
import type { Entry } from '../src/audit/pending.ts';
import { createPending } from '../src/audit/pending.ts';
import { createWriter } from '../src/audit/writer.ts';
import { systemClock } from '../src/core/clock.ts';
import type { NewEvent, SecurityEvent } from '../src/core/events.ts';
import { createSystemIds } from '../src/core/ids.ts';
import { silentLog } from '../src/core/log.ts';

const seconds = Number(process.argv[2] ?? 3);
const root = mkdtempSync(path.join(process.argv[3] ?? tmpdir(), 'sallyport-bench-audit-'));
const newId = createSystemIds();
const deps = { clock: systemClock, newId };
const written: number[] = [];

/** A request record of about half a kilobyte, built anew each time as the gate does. */
function makeEvent(i: number): NewEvent {
  return {
    type: 'request.finished',
    outcome: 'success',
    principal: { kind: 'user', id: '01990000-0000-7000-8000-000000000001', name: 'ada@example.com' },
    action: 'workflow.read',
    resource: { kind: 'workflow', id: `w-${i % 1000}` },
    site: 'n8n',
    requestId: `req-${i}`,
    clientIp: '192.0.2.10',
    data: {
      method: 'GET',
      endpoint: '/rest/workflows/:id',
      path: `/rest/workflows/${i % 1000}`,
      status: 200,
      bytesIn: 0,
      bytesOut: 18_231,
      durationMs: 12,
      layersUs: { address: 3, route: 4, authenticate: 11 },
    },
  };
}

interface Sink extends AsyncDisposable {
  /** Resolves when the event is on disk. */
  record(event: NewEvent): Promise<unknown>;
}

function openLog(name: string): Sink {
  const settings = auditConfig.parse({ queueEvents: 1_000_000, queueBytes: 1024 * 1_048_576 });
  const start = { nextSeq: 0, head: genesisHash('bench') };
  const dir = path.join(root, name);
  mkdirSync(dir);
  const frames = createFrameLog({
    disk: systemDisk,
    dir,
    start,
    segmentBytes: settings.segmentBytes,
    segmentMs: settings.segmentMs,
    monotonicMs: () => performance.now(),
  });
  const recoveredEntry = () => toEntry(makeEvent(0), deps);
  const onCommit = (frame: { entries: readonly Entry[] }) => written.push(frame.entries.length);
  const writer = createWriter({ frames, settings, clock: systemClock, log: silentLog, onCommit, recoveredEntry });
  return {
    record: event =>
      new Promise<SecurityEvent>((resolve, reject) => writer.add(toEntry(event, deps, { resolve, reject }))),
    [Symbol.asyncDispose]: () => writer[Symbol.asyncDispose](),
  };
}

/** The yardstick: the same acceptance and batching rule, but the batch goes to disk as it is: no header, no hash, no chain. */
function openRaw(name: string): Sink {
  const fd = openSync(path.join(root, name), 'w');
  const writeFd = promisify(write);
  const syncFd = promisify(fdatasync);
  const pending = createPending();
  const buffer = Buffer.allocUnsafeSlow(2 * batchBytesMax);
  const lingerMs = 2;
  let position = 0;
  let lastStart = 0;
  let running: Promise<void> | undefined;
  async function drain() {
    while (pending.count > 0) {
      const wait = lastStart + lingerMs - performance.now();
      await new Promise<void>(resolve => {
        if (wait <= 0 || pending.bytes >= batchBytesMax) setImmediate(resolve);
        else setTimeout(resolve, wait);
      });
      lastStart = performance.now();
      const batch = pending.take(batchEventsMax, batchBytesMax);
      let length = 0;
      for (const entry of batch) {
        length += buffer.write(entry.line, length);
        buffer[length++] = 0x0a;
      }
      await writeFd(fd, buffer, 0, length, position);
      await syncFd(fd);
      position += length;
      for (const entry of batch) entry.waiter?.resolve(entry.event);
    }
    running = undefined;
  }
  return {
    record: event =>
      new Promise<SecurityEvent>((resolve, reject) => {
        pending.push(toEntry(event, deps, { resolve, reject }));
        running ??= drain();
      }),
    async [Symbol.asyncDispose]() {
      await running;
      closeSync(fd);
    },
  };
}

function openSqlite(name: string): Sink {
  const db = new DatabaseSync(path.join(root, name));
  db.exec(
    'PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE log (seq INTEGER PRIMARY KEY, line TEXT NOT NULL)',
  );
  const insert = db.prepare('INSERT INTO log (line) VALUES (?)');
  return {
    async record(event) {
      insert.run(toEntry(event, deps).line);
    },
    async [Symbol.asyncDispose]() {
      db.close();
    },
  };
}

interface Result {
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

/** As many as it takes: `lanes` callers, each with one event under way. */
async function closedLoop(sink: Sink, lanes: number): Promise<Result> {
  let done = 0;
  const cpu = process.cpuUsage();
  const start = performance.now();
  const end = start + seconds * 1000;
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (performance.now() < end) {
        await sink.record(makeEvent(done));
        done++;
      }
    }),
  );
  const wall = (performance.now() - start) / 1000;
  const used = process.cpuUsage(cpu);
  return { perSecond: done / wall, perCpuSecond: done / ((used.user + used.system) / 1e6) };
}

/** Offers a fixed rate whatever the log does, and times each event from when it was due. */
async function openLoop(sink: Sink, rate: number): Promise<{ p50: number; p99: number; max: number }> {
  const latencies: number[] = [];
  const under: Promise<unknown>[] = [];
  const start = performance.now();
  let sent = 0;
  while (performance.now() - start < seconds * 1000) {
    const due = Math.floor(((performance.now() - start) / 1000) * rate);
    for (; sent < due; sent++) {
      const dueAt = start + (sent / rate) * 1000;
      under.push(sink.record(makeEvent(sent)).then(() => latencies.push(performance.now() - dueAt)));
    }
    await new Promise(resolve => setImmediate(resolve));
  }
  await Promise.all(under);
  latencies.sort((a, b) => a - b);
  const at = (share: number) =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

const number = (value: number) => Math.round(value).toLocaleString('en');

async function main(): Promise<void> {
  const size = toEntry(makeEvent(1), deps).bytes;
  console.log(
    `Events of ${size} bytes, ${seconds} s per step, Node ${process.version}, ${cpus()[0]?.model.trim()} x${cpus().length}\n`,
  );
  const rows: [string, Result][] = [];
  const lanes = 4_000;
  // Interleaved and the best of three, so that a noisy neighbour hits all alike.
  const best = new Map<string, Result>();
  for (let round = 0; round < 3; round++) {
    for (const [name, open] of [
      ['append + fdatasync, no hash', openRaw],
      ['audit log', openLog],
    ] as const) {
      await using sink = open(`${name.replaceAll(/\W/g, '')}-${round}`);
      await prepare(sink);
      const result = await closedLoop(sink, lanes);
      if (result.perSecond > (best.get(name)?.perSecond ?? 0)) best.set(name, result);
    }
  }
  rows.push(...best);
  {
    await using sink = openSqlite('rows.db');
    rows.push(['SQLite WAL FULL, a row per transaction', await closedLoop(sink, 1)]);
  }
  const own = best.get('audit log')?.perSecond ?? Number.NaN;
  console.log('| path | acknowledged events/s | per CPU-second | audit log is |\n|---|---|---|---|');
  for (const [name, result] of rows) {
    console.log(
      `| ${name} | ${number(result.perSecond)} | ${number(result.perCpuSecond)} | ${(own / result.perSecond).toFixed(2)}x |`,
    );
  }
  console.log(`\nMean frame: ${number(written.reduce((a, b) => a + b, 0) / written.length)} events\n`);
  console.log('| offered | path | ack p50 ms | p99 ms | max ms |\n|---|---|---|---|---|');
  for (const rate of [2_000, 20_000]) {
    for (const [name, open] of [
      ['append + fdatasync, no hash', openRaw],
      ['audit log', openLog],
    ] as const) {
      await using sink = open(`${rate}-${name.replaceAll(/\W/g, '')}`);
      await prepare(sink);
      const { p50, p99, max } = await openLoop(sink, rate);
      console.log(`| ${number(rate)}/s | ${name} | ${p50.toFixed(2)} | ${p99.toFixed(2)} | ${max.toFixed(1)} |`);
    }
  }
}

/** A first batch, so that opening files is not measured. */
async function prepare(sink: Sink): Promise<void> {
  await Promise.all(Array.from({ length: 2_000 }, (_, i) => sink.record(makeEvent(i))));
}

try {
  await main();
} finally {
  rmSync(root, { recursive: true, force: true });
}
