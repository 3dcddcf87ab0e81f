import { type Kysely, sql } from 'kysely';
import type { OwnTables } from './migrate.ts';
import { columnLine, foreignKeyLine, indexLine } from './schema-lines.ts';

/** Reads the schema of a SQLite file as the lines `Store.describeSchema` promises. */
export async function describeSqlite(db: Kysely<OwnTables>): Promise<string[]> {
  const tables = await sql<{
    name: string;
  }>`select name from sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\'`.execute(db);
  const lines: string[] = [];
  for (const { name } of tables.rows) {
    lines.push(...(await columnLines(db, name)), ...(await indexLines(db, name)), ...(await foreignKeyLines(db, name)));
  }
  return lines.sort();
}

async function columnLines(db: Kysely<OwnTables>, table: string): Promise<string[]> {
  const { rows } = await sql<{ name: string; type: string; notnull: number; dflt_value: string | null; pk: number }>`
    select name, type, "notnull", dflt_value, pk from pragma_table_info(${table})`.execute(db);
  const key = rows.filter(row => row.pk > 0).sort((a, b) => a.pk - b.pk);
  const lines = rows.map(row =>
    columnLine({ table, name: row.name, type: row.type, notNull: row.notnull === 1, defaultText: row.dflt_value }),
  );
  if (key.length > 0) lines.push(`primary key ${table}(${key.map(row => row.name).join(', ')})`);
  return lines;
}

async function indexLines(db: Kysely<OwnTables>, table: string): Promise<string[]> {
  const indexes = await sql<{ name: string; unique: number; origin: string; text: string | null }>`
    select list.name, list."unique", list.origin, master.sql as text
    from pragma_index_list(${table}) as list left join sqlite_master as master on master.name = list.name`.execute(db);
  const lines: string[] = [];
  for (const index of indexes.rows) {
    if (index.origin === 'pk') continue;
    const columns = await sql<{ name: string | null; desc: number }>`
      select name, "desc" from pragma_index_xinfo(${index.name}) where key = 1 order by seqno`.execute(db);
    const where = /\bwhere\b(?<clause>.*)$/is.exec(index.text ?? '')?.groups?.['clause'];
    lines.push(
      indexLine({
        table,
        name: index.origin === 'u' ? undefined : index.name,
        isUnique: index.unique === 1,
        columns: columns.rows.map(column => `${column.name ?? 'expression'}${column.desc ? ' desc' : ''}`),
        where,
      }),
    );
  }
  return lines;
}

async function foreignKeyLines(db: Kysely<OwnTables>, table: string): Promise<string[]> {
  const { rows } = await sql<{ id: number; from: string; table: string; to: string | null; on_delete: string }>`
    select id, "from", "table", "to", on_delete from pragma_foreign_key_list(${table}) order by id, seq`.execute(db);
  const byId = Map.groupBy(rows, row => row.id);
  return [...byId.values()].map(parts =>
    foreignKeyLine({
      table,
      columns: parts.map(part => part.from),
      target: parts[0]?.table ?? '',
      targetColumns: parts.map(part => part.to ?? 'id'),
      onDelete: parts[0]?.on_delete ?? '',
    }),
  );
}
