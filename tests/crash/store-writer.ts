import { writeSync } from 'node:fs';
import { systemClock } from '../../src/core/clock.ts';
import { silentLog } from '../../src/core/log.ts';
import { createStore } from '../../src/store/store.ts';

// Writes until it is killed, and says which rows were acknowledged: `node store-writer.ts <file> <round>`.
const [file = '', round = ''] = process.argv.slice(2);
const store = await createStore({ kind: 'sqlite', file }, { log: silentLog, clock: systemClock });
await store.migrate([
  {
    id: 'crash-001-rows',
    async up(db) {
      const table = db.schema.createTable('rows').addColumn('id', 'text', column => column.primaryKey().notNull());
      await table.addColumn('text', 'text').execute();
    },
  },
]);
const db = store.db<{ rows: { id: string; text: string } }>();
const row = (id: string): { id: string; text: string } => ({ id, text: id.repeat(50) });
const say = (id: string): number => writeSync(1, `${id}\n`);

async function writeSingles(writer: number): Promise<void> {
  for (let index = 0; ; index++) {
    const id = `${round}-single-${writer}-${index}`;
    await db.insertInto('rows').values(row(id)).execute();
    say(id);
  }
}

async function writePairs(): Promise<void> {
  for (let index = 0; ; index++) {
    const id = `${round}-pair-${index}`;
    await db.transaction().execute(async trx => {
      await trx
        .insertInto('rows')
        .values(row(`${id}-a`))
        .execute();
      await trx
        .insertInto('rows')
        .values(row(`${id}-b`))
        .execute();
    });
    say(`${id}-a\n${id}-b`);
  }
}

await Promise.all([...[1, 2, 3, 4].map(writeSingles), writePairs()]);
