import type { Kysely } from 'kysely';
import type { IndexableFrame } from './index-source.ts';
import type { AuditEventRow, AuditTables } from './tables.ts';
import { toRow } from './tables.ts';

/** SQLite allows 32,766 parameters in a statement, PostgreSQL 65,535; a row has 15. */
const rowsPerInsert = 200;
const rowsPerDelete = 2_000;
const deletesMax = 100;

/** The index rows of one node. */
export interface IndexRows {
  /** Adds whole frames, events older than `oldest` left out, and then notes the anchor. Repeating it changes nothing. */
  insert(frames: readonly IndexableFrame[], oldest: number): Promise<void>;
  /** Deletes rows of events before this time, a bounded number of them, and returns how many. */
  deleteBefore(time: number, signal?: AbortSignal): Promise<number>;
  /** Forgets everything of this node, so that the index is built anew. */
  clear(): Promise<void>;
}

export function createIndexRows(db: Kysely<AuditTables>, node: string): IndexRows {
  async function deleteBatch(before: number): Promise<number> {
    const { numDeletedRows } = await db
      .deleteFrom('audit_events')
      .where('node', '=', node)
      .where('seq', 'in', eb =>
        eb
          .selectFrom('audit_events')
          .select('seq')
          .where('node', '=', node)
          .where('time', '<', before)
          .orderBy('time')
          .limit(rowsPerDelete),
      )
      .executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  }

  return {
    async insert(frames, oldest) {
      const last = frames.at(-1);
      if (last === undefined) return;
      const rows = rowsOf(node, frames, oldest);
      for (let i = 0; i < rows.length; i += rowsPerInsert) {
        // A crash before the anchor below is noted repeats these rows.
        await db
          .insertInto('audit_events')
          .values(rows.slice(i, i + rowsPerInsert))
          .onConflict(conflict => conflict.doNothing())
          .execute();
      }
      const anchor = { last_seq: last.firstSeq + last.records.length - 1, head: last.head.toString('hex') };
      await db
        .insertInto('audit_index')
        .values({ node, ...anchor })
        .onConflict(conflict => conflict.column('node').doUpdateSet(anchor))
        .execute();
    },
    async deleteBefore(time, signal) {
      let deleted = 0;
      for (let i = 0; i < deletesMax && signal?.aborted !== true; i++) {
        const batch = await deleteBatch(time);
        deleted += batch;
        if (batch < rowsPerDelete) break;
      }
      return deleted;
    },
    async clear() {
      // The anchor goes first: without it the next start builds the index anew, wherever this was interrupted.
      await db.deleteFrom('audit_index').where('node', '=', node).execute();
      while ((await deleteBatch(Number.MAX_SAFE_INTEGER)) > 0);
    },
  };
}

function rowsOf(node: string, frames: readonly IndexableFrame[], oldest: number): AuditEventRow[] {
  const rows: AuditEventRow[] = [];
  for (const frame of frames) {
    for (const [i, { event, line }] of frame.records.entries()) {
      if (event.time >= oldest) rows.push(toRow(node, frame.firstSeq + i, event, line));
    }
  }
  return rows;
}
