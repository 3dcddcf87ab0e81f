import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { type PostgresServer, postgresMissing, startPostgres } from '../../tests/servers/postgres.ts';
import { systemClock } from '../core/clock.ts';
import { isSallyportError } from '../core/errors.ts';
import { silentLog } from '../core/log.ts';
import { Secret } from '../core/secret.ts';
import { createPostgresStore } from './postgres-store.ts';
import { columnTypes, createStore, type Migration, type Store, type StoreSettings } from './store.ts';

interface Tables {
  things: {
    id: string;
    name: string;
    size: number;
    bytes: Uint8Array | null;
    is_open: number;
    owner_id: string | null;
  };
  owners: { id: string };
}

const deps = { log: silentLog, clock: systemClock };

const migrations: readonly Migration[] = [
  {
    id: 'first-001-owners',
    async up(db) {
      await db.schema
        .createTable('owners')
        .addColumn('id', 'text', c => c.primaryKey().notNull())
        .execute();
    },
  },
  {
    id: 'first-002-things',
    async up(db, dialect) {
      await db.schema
        .createTable('things')
        .addColumn('id', columnTypes.text, c => c.primaryKey().notNull())
        .addColumn('name', columnTypes.text, c => c.notNull().unique())
        .addColumn('size', columnTypes.bigint, c => c.notNull().defaultTo(0))
        .addColumn('bytes', columnTypes.bytes(dialect))
        .addColumn('is_open', columnTypes.flag, c => c.notNull().defaultTo(1))
        .addColumn('owner_id', columnTypes.text, c => c.references('owners.id').onDelete('cascade'))
        .addUniqueConstraint('things_name_size', ['name', 'size'])
        .execute();
      await db.schema.createIndex('things_size').on('things').columns(['size', 'name desc']).execute();
      await db.schema
        .createIndex('things_open')
        .unique()
        .on('things')
        .column('owner_id')
        .where(sql.ref('is_open'), '=', 0)
        .execute();
    },
  },
];
const [first, second] = migrations as [Migration, Migration];
const later: Migration = { id: 'second-001-nothing', up: async () => undefined };

const thing = (id: string, more: Partial<Tables['things']> = {}): Tables['things'] => ({
  id,
  name: `name-${id}`,
  size: 1,
  bytes: null,
  is_open: 1,
  owner_id: null,
  ...more,
});

/** What the store promises on every database. `settings` names a new empty database each time. */
function contract(settings: () => Promise<StoreSettings>): void {
  let store: Store;
  let own: StoreSettings;
  before(async () => {
    own = await settings();
    store = await createStore(own, deps);
    await store.migrate(migrations);
  });
  after(async () => {
    await store[Symbol.asyncDispose]();
  });
  const fresh = async (act: (store: Store) => Promise<void>): Promise<void> => {
    const other = await createStore(await settings(), deps);
    try {
      await act(other);
    } finally {
      await other[Symbol.asyncDispose]();
    }
  };

  it('reads back what was written: text, large whole numbers, bytes, null', async () => {
    const db = store.db<Tables>();
    const row = thing('back', { name: 'zażółć ☃ 𝒳', size: Number.MAX_SAFE_INTEGER, bytes: Buffer.from([0, 1, 255]) });
    await db.insertInto('things').values(row).execute();
    const found = await db.selectFrom('things').selectAll().where('id', '=', 'back').executeTakeFirstOrThrow();
    assert.deepEqual({ ...found, bytes: [...(found.bytes ?? [])] }, { ...row, bytes: [0, 1, 255] });
    const sum = await db
      .selectFrom('things')
      .select(e => e.fn.sum<number>('size').as('sum'))
      .where('id', '=', 'back')
      .execute();
    assert.deepEqual(sum, [{ sum: Number.MAX_SAFE_INTEGER }]);
  });

  it('counts the rows a write changed, and returns them when asked', async () => {
    const db = store.db<Tables>();
    const inserted = await db
      .insertInto('things')
      .values([thing('c1'), thing('c2')])
      .returning('id')
      .execute();
    assert.deepEqual(inserted, [{ id: 'c1' }, { id: 'c2' }]);
    const updated = await db
      .updateTable('things')
      .set({ size: 9 })
      .where('id', 'in', ['c1', 'c2', 'c3'])
      .executeTakeFirst();
    assert.equal(updated.numUpdatedRows, 2n);
    const upsert = db.insertInto('things').values(thing('c1', { size: 10 }));
    await upsert.onConflict(c => c.column('id').doUpdateSet(e => ({ size: e.ref('excluded.size') }))).execute();
    const sizes = await db
      .selectFrom('things')
      .select(['id', 'size'])
      .where('id', 'in', ['c1', 'c2'])
      .orderBy('id')
      .execute();
    assert.deepEqual(sizes, [
      { id: 'c1', size: 10 },
      { id: 'c2', size: 9 },
    ]);
  });

  it('answers store.conflict for a taken unique value and a missing foreign key, without quoting the value', async () => {
    const db = store.db<Tables>();
    await db
      .insertInto('things')
      .values(thing('u1', { name: 'precious' }))
      .execute();
    const again = db
      .insertInto('things')
      .values(thing('u2', { name: 'precious' }))
      .execute();
    await assert.rejects(
      again,
      error => isSallyportError(error, 'store.conflict') && !error.message.includes('precious'),
    );
    const orphan = db
      .insertInto('things')
      .values(thing('u3', { owner_id: 'nobody' }))
      .execute();
    await assert.rejects(orphan, { code: 'store.conflict' });
  });

  it('refuses values the databases would store differently', async () => {
    const db = store.db<Tables>();
    // The types forbid them; a cast elsewhere must not let them through.
    for (const size of [true, new Date(0), {}] as unknown as number[]) {
      await assert.rejects(db.insertInto('things').values(thing('no', { size })).execute(), { code: 'internal' });
    }
    const withNul = db
      .insertInto('things')
      .values(thing('no', { name: 'a\0b' }))
      .execute();
    await assert.rejects(withNul, { code: 'core.invalid_input' });
    await assert.rejects(
      db
        .insertInto('things')
        .values({ ...thing('no'), size: null as never })
        .execute(),
      { code: 'internal' },
    );
  });

  it('orders text by its bytes', async () => {
    await fresh(async other => {
      await other.migrate(migrations);
      const db = other.db<Tables>();
      await db
        .insertInto('owners')
        .values(['b', 'B', 'a', 'é', '-', 'A'].map(id => ({ id })))
        .execute();
      const rows = await db.selectFrom('owners').select('id').orderBy('id').execute();
      assert.deepEqual(
        rows.map(row => row.id),
        ['-', 'A', 'B', 'a', 'b', 'é'],
      );
    });
  });

  it('shows nobody a transaction before its commit, and nobody ever one that failed', async () => {
    const db = store.db<Tables>();
    const count = async (): Promise<number> =>
      (await db.selectFrom('things').select('id').where('id', 'like', 'tx%').execute()).length;
    await db.transaction().execute(async trx => {
      await trx.insertInto('things').values(thing('tx1')).execute();
      assert.equal((await trx.selectFrom('things').select('id').where('id', '=', 'tx1').execute()).length, 1);
      assert.equal(await count(), 0);
    });
    assert.equal(await count(), 1);
    const failing = db.transaction().execute(async trx => {
      await trx.insertInto('things').values(thing('tx2')).execute();
      throw new Error('changed my mind');
    });
    await assert.rejects(failing, /changed my mind/);
    assert.equal(await count(), 1);
  });

  it('keeps one failing statement from failing those that arrive with it', async () => {
    const db = store.db<Tables>();
    const ids = ['g1', 'g2', 'g2', 'g3'];
    const results = await Promise.allSettled(
      ids.map(id =>
        db
          .insertInto('things')
          .values(thing(id, { name: `${id}-x` }))
          .execute(),
      ),
    );
    assert.equal(results.filter(result => result.status === 'rejected').length, 1);
    const rows = await db.selectFrom('things').select('id').where('id', 'like', 'g%').execute();
    assert.equal(rows.length, 3);
  });

  it('lets every reader see every acknowledged write', async () => {
    const db = store.db<Tables>();
    await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const id = `r${index}`;
        await db.insertInto('things').values(thing(id)).execute();
        await db.selectFrom('things').select('id').where('id', '=', id).executeTakeFirstOrThrow();
      }),
    );
  });

  it('checks that it can write', async () => {
    await store.check();
    await store.check();
  });

  it('applies each migration once, also when two start together and when a room adds one before the last', async () => {
    await fresh(async other => {
      await Promise.all([other.migrate([first]), other.migrate([first])]);
      await other.migrate([first, later]);
      await other.migrate([first, second, later]);
      await other.migrate([first, second, later]);
      await other.db<Tables>().insertInto('things').values(thing('m')).execute();
    });
  });

  it('stops at an unknown, changed, reordered or doubled migration and says which', async () => {
    const changed: Migration = { id: first.id, up: async () => assert.fail('never applied') };
    const lists: [readonly Migration[], RegExp][] = [
      [[first], /"first-002-things" is applied but unknown/],
      [[changed, second], /"first-001-owners" was changed/],
      [[second, first], /"first-001-owners" is applied where "first-002-things" comes first/],
      [[first, first, second], /in the list twice/],
      [[{ ...first, id: 'Bad Id' }], /want an id as/],
    ];
    for (const [list, message] of lists)
      await assert.rejects(store.migrate(list), { code: 'store.migration_failed', message });
  });

  it('applies nothing of a list whose last migration fails', async () => {
    await fresh(async other => {
      const broken: Migration = { id: 'third-001-broken', up: () => Promise.reject(new Error('no such luck')) };
      await assert.rejects(other.migrate([first, broken]), { code: 'store.migration_failed', message: /no such luck/ });
      assert.ok(!(await other.describeSchema()).some(line => line.includes('owners')));
    });
  });

  it('describes the schema in the same words on every database', async () => {
    assert.deepEqual(
      (await store.describeSchema()).filter(line => !line.includes('store_')),
      [
        'column owners.id text not null',
        'column things.bytes blob',
        'column things.id text not null',
        'column things.is_open smallint not null default 1',
        'column things.name text not null',
        'column things.owner_id text',
        'column things.size bigint not null default 0',
        'foreign key things(owner_id) to owners(id) on delete cascade',
        'index things_size on things(size, name desc)',
        'primary key owners(id)',
        'primary key things(id)',
        'unique constraint on things(name)',
        'unique constraint on things(name, size)',
        'unique index things_open on things(owner_id) where is_open = 0',
      ],
    );
  });

  it('answers store.unavailable after it was closed', async () => {
    const other = await createStore(await settings(), deps);
    await other[Symbol.asyncDispose]();
    await assert.rejects(other.check(), { code: 'store.unavailable' });
  });
}

describe('the store on SQLite', () => {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-store-'));
  let files = 0;
  contract(async () => ({ kind: 'sqlite', file: join(dir, `${files++}.db`) }));
  after(() => rmSync(dir, { recursive: true, force: true }));
});

const missing = postgresMissing();
describe('the store on PostgreSQL', { skip: missing ?? false }, () => {
  let server: PostgresServer;
  let databases = 0;
  before(async () => {
    server = await startPostgres();
  });
  contract(async () => ({ kind: 'postgres', url: new Secret(await server.createDatabase(`store${databases++}`)) }));

  it('ends a transaction whose owner forgot it', async () => {
    const url = new Secret(await server.createDatabase('idle'));
    await using store = await createPostgresStore(url, {
      ...deps,
      limits: { transactionIdleMs: 50, connectionsMax: 2 },
    });
    await store.migrate(migrations);
    const db = store.db<Tables>();
    const forgetful = db.transaction().execute(async trx => {
      await trx.insertInto('owners').values({ id: 'lost' }).execute();
      for (;;) {
        const { rows } = await sql<{ state: string }>`
          select state from pg_stat_activity where datname = 'idle' and state like 'idle in%'`.execute(db);
        if (rows.length === 0) break;
      }
      await trx.insertInto('owners').values({ id: 'late' }).execute();
    });
    await assert.rejects(forgetful, { code: 'store.unavailable' });
    assert.deepEqual(await db.selectFrom('owners').select('id').execute(), []);
  });

  it('answers store.unavailable when the server is gone, at start and in the middle, and quotes no password', async () => {
    const url = await server.createDatabase('gone');
    const store = await createStore({ kind: 'postgres', url: new Secret(url) }, deps);
    await store.check();
    await server.kill();
    await assert.rejects(store.check(), { code: 'store.unavailable' });
    const again = createStore({ kind: 'postgres', url: new Secret(url) }, deps);
    await assert.rejects(
      again,
      error => isSallyportError(error, 'store.unavailable') && !error.message.includes('password'),
    );
    await store[Symbol.asyncDispose]();
  });

  after(async () => {
    await server[Symbol.asyncDispose]();
  });
});
