import { sql } from 'kysely';
import type { AccessDeps } from './ground.ts';

const rowsAtOnce = 500;

/** When somebody last did something in a project: for reviews to read. */
export interface Uses {
  /** `user id|project id` → when. Batched by the caller. */
  touch(uses: ReadonlyMap<string, number>): Promise<void>;
  of(userId: string): Promise<ReadonlyMap<string, number>>;
  /** Everything, as `user id|project id` → when. */
  load(): Promise<ReadonlyMap<string, number>>;
}

export function createUsesKeeping({ db }: Pick<AccessDeps, 'db'>): Uses {
  return {
    async touch(uses) {
      const rows = [...uses].flatMap(([key, at]) => {
        const cut = key.indexOf('|');
        return cut <= 0 ? [] : [{ user_id: key.slice(0, cut), project_id: key.slice(cut + 1), last_at: at }];
      });
      for (let at = 0; at < rows.length; at += rowsAtOnce) {
        await db
          .insertInto('access_uses')
          .values(rows.slice(at, at + rowsAtOnce))
          .onConflict(conflict =>
            conflict.columns(['user_id', 'project_id']).doUpdateSet({
              // The later of both, whatever order the batches come in.
              last_at: sql`case when excluded.last_at > access_uses.last_at then excluded.last_at else access_uses.last_at end`,
            }),
          )
          .execute();
      }
    },
    async of(userId) {
      const rows = await db.selectFrom('access_uses').selectAll().where('user_id', '=', userId).execute();
      return new Map(rows.map(row => [row.project_id, row.last_at]));
    },
    async load() {
      const rows = await db.selectFrom('access_uses').selectAll().execute();
      return new Map(rows.map(row => [`${row.user_id}|${row.project_id}`, row.last_at]));
    },
  };
}
