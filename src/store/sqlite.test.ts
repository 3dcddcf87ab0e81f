import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Kysely, sql } from 'kysely';
import { start, stop } from '../../tests/servers/process.ts';
import { systemClock } from '../core/clock.ts';
import { isSallyportError } from '../core/errors.ts';
import { silentLog } from '../core/log.ts';
import type { SqliteLimits } from './sqlite-lanes.ts';
import { createSqliteStore } from './sqlite-store.ts';
import { type SqliteThread, startSqliteThread } from './sqlite-thread.ts';
import { createStore, type Migration } from './store.ts';

interface Tables {
  rows: { id: string; text: string | null };
}
const deps = { log: silentLog, clock: systemClock };
const rowsTable: Migration = {
  id: 'test-001-rows',
  async up(db) {
    const table = db.schema.createTable('rows').addColumn('id', 'text', column => column.primaryKey().notNull());
    await table.addColumn('text', 'text').execute();
  },
};
const insert = (db: Kysely<Tables>, id: string, text: string | null = null): Promise<unknown> =>
  db.insertInto('rows').values({ id, text }).execute();
const ids = async (db: Kysely<Tables>): Promise<string[]> =>
  (await db.selectFrom('rows').select('id').orderBy('id').execute()).map(row => row.id);

describe('the embedded store', () => {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-sqlite-'));
  let files = 0;
  const newFile = (): string => join(dir, `${files++}`, 'a.db');
  after(() => rmSync(dir, { recursive: true, force: true }));

  async function open(file: string, limits: Partial<SqliteLimits> = {}) {
    const threads: SqliteThread[] = [];
    const startThread: typeof startSqliteThread = (...args) => {
      const thread = startSqliteThread(...args);
      threads.push(thread);
      return thread;
    };
    const store = await createSqliteStore(file, { ...deps, limits, startThread });
    await store.migrate([rowsTable]);
    return { store, db: store.db<Tables>(), threads, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
  }

  it('loses no acknowledged row and tears no transaction when it is killed', { timeout: 60_000 }, async () => {
    const file = newFile();
    const writer = fileURLToPath(new URL('../../tests/crash/store-writer.ts', import.meta.url));
    const acknowledged: string[] = [];
    for (let round = 0; round < 6; round++) {
      const { child } = start({ command: process.execPath, args: [writer, file, String(round)] });
      let text = '';
      child.stdout?.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      const deadline = performance.now() + 20_000;
      while (!text.includes('\n') && performance.now() < deadline) await delay(5);
      await delay(Math.random() * 60);
      await stop(child, 'SIGKILL');
      // The last line may be cut short: only whole ones were acknowledged.
      acknowledged.push(...text.split('\n').slice(0, -1));
    }
    assert.ok(acknowledged.length >= 6, `${acknowledged.length} rows`);
    await using store = await createStore({ kind: 'sqlite', file }, deps);
    const kept = new Set(await ids(store.db<Tables>()));
    assert.deepEqual(
      acknowledged.filter(id => !kept.has(id)),
      [],
    );
    for (const id of kept) if (id.endsWith('-a')) assert.ok(kept.has(id.replace(/a$/, 'b')), id);
    const check = await sql<{ integrity_check: string }>`select integrity_check from pragma_integrity_check`.execute(
      store.db(),
    );
    assert.deepEqual(check.rows, [{ integrity_check: 'ok' }]);
  });

  it('syncs every commit, checks foreign keys and trusts no schema', async () => {
    await using opened = await open(newFile());
    const settings = await opened.db.transaction().execute(trx =>
      sql`select journal_mode, synchronous, foreign_keys, trusted_schema from pragma_journal_mode, pragma_synchronous,
        pragma_foreign_keys, pragma_trusted_schema`.execute(trx),
    );
    assert.deepEqual(settings.rows, [{ journal_mode: 'wal', synchronous: 2, foreign_keys: 1, trusted_schema: 0 }]);
  });

  it('puts what arrives together into one commit', async () => {
    await using opened = await open(newFile());
    const before = opened.store.commits();
    await Promise.all(Array.from({ length: 200 }, (_, index) => insert(opened.db, `${index}`)));
    assert.ok(opened.store.commits() - before <= 2, `${opened.store.commits() - before} commits`);
    assert.equal((await ids(opened.db)).length, 200);
  });

  it('keeps the neighbours of a statement that ends the whole transaction', async () => {
    await using opened = await open(newFile());
    await insert(opened.db, 'taken');
    const results = await Promise.allSettled([
      insert(opened.db, 'a'),
      sql`insert or rollback into rows (id) values ('taken')`.execute(opened.db),
      insert(opened.db, 'b'),
    ]);
    assert.deepEqual(
      results.map(result => result.status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.deepEqual(await ids(opened.db), ['a', 'b', 'taken']);
  });

  it('keeps its files from everyone but the owner', async () => {
    const file = newFile();
    await using opened = await open(file);
    await opened.store.check();
    for (const name of [file, `${file}-wal`, `${file}-shm`, `${file}.lock`]) {
      assert.equal((statSync(name).mode & 0o777).toString(8), '600', name);
    }
  });

  it('refuses a second opener with store.locked until the first is closed, also from another process', async () => {
    const file = newFile();
    {
      await using opened = await open(file);
      await assert.rejects(createStore({ kind: 'sqlite', file }, deps), {
        code: 'store.locked',
        message: /another Sallyport/,
      });
      const other = new URL('../../tests/crash/store-writer.ts', import.meta.url);
      const { child, output } = start({ command: process.execPath, args: [fileURLToPath(other), file, '0'] });
      await new Promise(resolve => child.once('close', resolve));
      assert.match(output(), /store\.locked/);
      await insert(opened.db, 'a');
    }
    await using again = await open(file);
    assert.deepEqual(await ids(again.db), ['a']);
  });

  it('leaves one whole file behind when it is closed', async () => {
    const file = newFile();
    await (await open(file)).store[Symbol.asyncDispose]();
    assert.ok(!existsSync(`${file}-wal`) && !existsSync(`${file}-shm`));
  });

  it('finishes what was asked before it was closed', async () => {
    const file = newFile();
    const opened = await open(file);
    const writes = Array.from({ length: 20 }, (_, index) => insert(opened.db, `${index}`));
    // Kysely reaches the store a few turns later.
    await new Promise(resolve => setImmediate(resolve));
    await Promise.all([opened.store[Symbol.asyncDispose](), ...writes]);
    await using again = await open(file);
    assert.equal((await ids(again.db)).length, 20);
  });

  it('ends a transaction that takes too long and lets the next writer through', async () => {
    await using opened = await open(newFile(), { transactionTimeoutMs: 50 });
    const forgetful = opened.db.transaction().execute(async trx => {
      await insert(trx, 'lost');
      // Waits for a write that waits for this transaction.
      await insert(opened.db, 'kept');
      await insert(trx, 'late');
    });
    await assert.rejects(forgetful, { code: 'store.unavailable', message: /longer than 50 ms/ });
    assert.deepEqual(await ids(opened.db), ['kept']);
  });

  it('fails what was waiting when its thread dies, starts another and has every acknowledged row', async () => {
    await using opened = await open(newFile());
    await insert(opened.db, 'before');
    const waiting = Array.from({ length: 20 }, (_, index) => insert(opened.db, `w${index}`));
    const transaction = opened.db.transaction().execute(async trx => {
      await insert(trx, 'torn');
      await opened.threads.at(-1)?.terminate();
      await insert(trx, 'never');
    });
    await assert.rejects(transaction, { code: 'store.unavailable' });
    const results = await Promise.allSettled(waiting);
    await insert(opened.db, 'after');
    const kept = await ids(opened.db);
    assert.ok(kept.includes('before') && kept.includes('after') && !kept.includes('torn'));
    for (const [index, { status }] of results.entries())
      if (status === 'fulfilled') assert.ok(kept.includes(`w${index}`));
    assert.equal(opened.threads.length, 2);
  });

  it('answers core.queue_full beyond its bounds, in number and in bytes, and goes on with the rest', async () => {
    await using opened = await open(newFile(), { waitingMax: 10, waitingBytesMax: 100_000 });
    const results = await Promise.allSettled(Array.from({ length: 40 }, (_, index) => insert(opened.db, `${index}`)));
    const refused = results.filter(result => result.status === 'rejected');
    assert.ok(refused.length >= 20 && refused.every(result => isSallyportError(result.reason, 'core.queue_full')));
    assert.equal((await ids(opened.db)).length, 40 - refused.length);
    await assert.rejects(insert(opened.db, 'big', 'x'.repeat(60_000)), { code: 'core.queue_full' });
    await insert(opened.db, 'small');
  });

  it('answers store.unavailable when the disk is full, keeps the rest of the group and recovers when there is room', async () => {
    await using opened = await open(newFile(), { pagesMax: 60 });
    const big = 'x'.repeat(300_000);
    const results = await Promise.allSettled([
      insert(opened.db, 'a'),
      insert(opened.db, 'big', big),
      insert(opened.db, 'b'),
    ]);
    assert.deepEqual(
      results.map(result => result.status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    await assert.rejects(insert(opened.db, 'big', big), { code: 'store.unavailable', message: /full/ });
    const inside = opened.db.transaction().execute(async trx => {
      await insert(trx, 'c');
      await insert(trx, 'big', big);
    });
    await assert.rejects(inside, { code: 'store.unavailable' });
    assert.deepEqual(await ids(opened.db), ['a', 'b']);
    await opened.store.check();
  });

  it('acknowledges nothing once its directory is gone, makes no empty file in its place, and recovers with it', async () => {
    const file = newFile();
    const away = `${dir}/away`;
    await using opened = await open(file);
    await insert(opened.db, 'a');
    renameSync(join(file, '..'), away);
    await assert.rejects(insert(opened.db, 'b'), { code: 'store.unavailable', message: /is gone/ });
    await assert.rejects(opened.store.check(), { code: 'store.unavailable' });
    await opened.threads.at(-1)?.terminate();
    await assert.rejects(opened.store.check(), { code: 'store.unavailable' });
    assert.ok(!existsSync(file));
    renameSync(away, join(file, '..'));
    await insert(opened.db, 'c');
    assert.deepEqual(await ids(opened.db), ['a', 'c']);
  });

  it('copies one consistent moment while rows are written, and never over a file', async () => {
    await using opened = await open(newFile());
    const target = join(dir, 'backup.db');
    let isOver = false;
    const writing = (async () => {
      for (let index = 0; !isOver; index++) {
        await opened.db.transaction().execute(async trx => {
          await insert(trx, `${index}-a`, 'x'.repeat(2000));
          await insert(trx, `${index}-b`, 'x'.repeat(2000));
        });
      }
    })();
    await insert(opened.db, 'before');
    while ((await ids(opened.db)).length < 100) await delay(1);
    await opened.store.backup(target);
    isOver = true;
    await writing;
    using copy = new DatabaseSync(target);
    const kept = new Set(
      copy
        .prepare('select id from rows')
        .all()
        .map(row => String(row['id'])),
    );
    assert.ok(kept.has('before'));
    for (const id of kept) if (id.endsWith('-a')) assert.ok(kept.has(id.replace(/a$/, 'b')), id);
    assert.deepEqual({ ...copy.prepare('pragma integrity_check').get() }, { integrity_check: 'ok' });
    assert.equal(statSync(target).mode & 0o777, 0o600);
    await assert.rejects(opened.store.backup(target), { code: 'store.unavailable', message: /exist/i });
    assert.ok(!existsSync(`${target}.partial`));
  });

  it('refuses statements that would take its transactions or its durability out of its hands', async () => {
    await using opened = await open(newFile());
    for (const text of ['begin', ' COMMIT', 'rollback', 'pragma synchronous=off', "attach 'x' as y", 'vacuum']) {
      await assert.rejects(sql.raw(text).execute(opened.db), { code: 'internal', message: /Cannot run/ });
    }
    await assert.rejects(sql`no such statement`.execute(opened.db), { code: 'internal' });
  });

  it('answers store.unavailable for a place that cannot be written and a file that is no database', async () => {
    const file = join(dir, 'text.db');
    writeFileSync(file, 'not a database, but long enough to be taken for one'.repeat(100));
    await assert.rejects(createStore({ kind: 'sqlite', file }, deps), { code: 'store.unavailable' });
    const below = createStore({ kind: 'sqlite', file: join(file, 'a.db') }, deps);
    await assert.rejects(below, { code: 'store.unavailable' });
  });
});
