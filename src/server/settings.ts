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
  getOrMake(name: string, make: () => Promise<string> | string): Promise<Secret>;
}

export function createSettings(deps: { db: Kysely<ServerTables>; vault: Vault; clock: Clock }): Settings {
  const context = (name: string) => `server/settings/${name}`;
  const read = async (name: string) => {
    const row = await deps.db
      .selectFrom('server_settings')
      .select('sealed')
      .where('name', '=', name)
      .executeTakeFirst();
    return row && deps.vault.open(row.sealed, context(name));
  };
  return {
    async getOrMake(name, make) {
      const held = await read(name);
      if (held) return held;
      const sealed = deps.vault.seal(new Secret(await make()), context(name));
      await deps.db
        .insertInto('server_settings')
        .values({ name, sealed, updated_at: deps.clock.now() })
        .onConflict(conflict => conflict.column('name').doNothing())
        .execute();
      const kept = await read(name);
      if (!kept) throw new TypeError(`setting "${name}" was not kept`);
      return kept;
    },
  };
}
