import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import { systemClock } from '../src/core/clock.ts';
import { silentLog } from '../src/core/log.ts';
import { createStore } from '../src/store/store.ts';

// Durable single-row writes per second: the store, with 1 and with 100 callers, against one fsynced commit per row on the same
// disk in the same run. `node bench/store.ts [--dir /data] [--seconds 2] [--rounds 3]`.
const { values } = parseArgs({
  options: {
    dir: { type: 'string', default: tmpdir() },
    seconds: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '3' },
  },
});
const runMs = Number(values.seconds) * 1000;
const text = 'x'.repeat(200);
let ids = 0;

interface Subject {
  readonly name: string;
  readonly callers: number;
  write(id: string): Promise<unknown>;
}

interface Result {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const dir = mkdtempSync(join(values.dir, 'sallyport-bench-'));
try {
  await using store = await createStore(
    { kind: 'sqlite', file: join(dir, 'store.db') },
    { log: silentLog, clock: systemClock },
  );
  await store.migrate([
    {
      id: 'bench-001-rows',
      async up(db) {
        const table = db.schema.createTable('rows').addColumn('id', 'text', column => column.primaryKey().notNull());
        await table.addColumn('text', 'text').execute();
      },
    },
  ]);
  const db = store.db<{ rows: { id: string; text: string } }>();
  using plain = openPlain(join(dir, 'plain.db'));
  const insert = plain.prepare('insert into rows (id, text) values (?, ?)');
  const write = (id: string): Promise<unknown> => db.insertInto('rows').values({ id, text }).execute();
  const subjects: Subject[] = [
    { name: 'one commit per row', callers: 1, write: async id => insert.run(id, text) },
    { name: 'store', callers: 1, write },
    { name: 'store', callers: 100, write },
  ];
  // Interleaved rounds: what else the disk does in the meantime meets every subject.
  const results = new Map<Subject, Result[]>(subjects.map(subject => [subject, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const subject of subjects) results.get(subject)?.push(await measure(subject));
  }
  print(results);
} finally {
  rmSync(dir, { recursive: true, force: true });
}

function openPlain(file: string): DatabaseSync {
  const db = new DatabaseSync(file);
  db.exec(
    'pragma journal_mode=wal; pragma synchronous=full; create table rows (id text primary key not null, text text)',
  );
  return db;
}

async function measure(subject: Subject): Promise<Result> {
  const latencies: number[] = [];
  const startedAt = performance.now();
  const call = async (): Promise<void> => {
    while (performance.now() - startedAt < runMs) {
      const at = performance.now();
      await subject.write(`id-${ids++}`);
      latencies.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: subject.callers }, call));
  const seconds = (performance.now() - startedAt) / 1000;
  latencies.sort((a, b) => a - b);
  const at = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? 0;
  return { perSecond: latencies.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}

function print(results: ReadonlyMap<Subject, readonly Result[]>): void {
  const median = (rows: readonly Result[]): Result =>
    rows.toSorted((a, b) => a.perSecond - b.perSecond)[Math.floor(rows.length / 2)] ?? {
      perSecond: 0,
      p50Ms: 0,
      p99Ms: 0,
    };
  const base = median([...results.values()][0] ?? []).perSecond;
  const rows = [...results].map(([{ name, callers }, measured]) => {
    const { perSecond, p50Ms, p99Ms } = median(measured);
    const cells = [Math.round(perSecond), (perSecond / base).toFixed(2), p50Ms.toFixed(2), p99Ms.toFixed(2)];
    return [name, callers, ...cells].map(String);
  });
  const table = [['writer', 'callers', 'rows/s', 'ratio', 'p50 ms', 'p99 ms'], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map(row => row[column]?.length ?? 0))) ?? [];
  for (const row of table) console.log(row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  '));
}
