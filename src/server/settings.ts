import type { Kysely } from 'kysely';
import type { Clock } from '../core/clock.ts';
import { Secret } from '../core/secret.ts';
import type { Migration } from '../store/store.ts';
import { columnTypes } from '../store/store.ts';
import type { Vault } from '../vault/vault.ts';

export interface ServerTables {
  readonly server_settings: { readonly name: string; readonly sealed: string; readonly updated_at: number };
}

/** The few values that wiring itself must find again, on every node: signing keys and hook secrets. */
export const serverMigrations: readonly Migration[] = [
  {
    id: 'server-001-settings',
    async up(db) {
      await db.schema
        .createTable('server_settings')
        .addColumn('name', columnTypes.text, column => column.primaryKey())
        .addColumn('sealed', columnTypes.text, column => column.notNull())
        .addColumn('updated_at', columnTypes.bigint, column => column.notNull())
        .execute();
    },
  },
];

export interface Settings {
  /** The value of this name; made and kept when there is none. Two nodes that make it at once both get the one that was kept. */
  getOrMake(name: string, make: () => string): Promise<Secret>;
  /** The value of this name if it is younger than `ageMaxMs`; otherwise a new one, made from the old, takes its place and `isNew` says so. */
  renew(
    name: string,
    ageMaxMs: number,
    make: (held: Secret | undefined) => string,
  ): Promise<{ value: Secret; isNew: boolean }>;
}

export function createSettings(deps: { db: Kysely<ServerTables>; vault: Vault; clock: Clock }): Settings {
  const context = (name: string) => `server/settings/${name}`;
  const read = async (name: string) => {
    const row = await deps.db
      .selectFrom('server_settings')
      .select(['sealed', 'updated_at'])
      .where('name', '=', name)
      .executeTakeFirst();
    return row && { value: deps.vault.open(row.sealed, context(name)), sealed: row.sealed, updatedAt: row.updated_at };
  };
  const insert = (name: string, value: string) =>
    deps.db
      .insertInto('server_settings')
      .values({ name, sealed: deps.vault.seal(new Secret(value), context(name)), updated_at: deps.clock.now() })
      .onConflict(conflict => conflict.column('name').doNothing())
      .execute();
  /** What is kept now: another node may have been first. */
  const readKept = async (name: string) => {
    const kept = await read(name);
    if (!kept) throw new TypeError(`setting "${name}" was not kept`);
    return kept.value;
  };
  return {
    async getOrMake(name, make) {
      const held = await read(name);
      if (held) return held.value;
      await insert(name, make());
      return readKept(name);
    },
    async renew(name, ageMaxMs, make) {
      const held = await read(name);
      if (held && deps.clock.now() - held.updatedAt < ageMaxMs) return { value: held.value, isNew: false };
      const made = make(held?.value);
      if (!held) await insert(name, made);
      else {
        await deps.db
          .updateTable('server_settings')
          .set({ sealed: deps.vault.seal(new Secret(made), context(name)), updated_at: deps.clock.now() })
          .where('name', '=', name)
          .where('sealed', '=', held.sealed)
          .execute();
      }
      return { value: await readKept(name), isNew: true };
    },
  };
}
