import { type Kysely, sql } from 'kysely';
import type { OwnTables } from './migrate.ts';
import { columnLine, foreignKeyLine, indexLine } from './schema-lines.ts';

/** Reads the current schema of a PostgreSQL database as the lines `Store.describeSchema` promises. */
export async function describePostgres(db: Kysely<OwnTables>): Promise<string[]> {
  return [...(await columnLines(db)), ...(await indexLines(db)), ...(await foreignKeyLines(db))].sort();
}

async function columnLines(db: Kysely<OwnTables>): Promise<string[]> {
  const { rows } = await sql<{ table: string; name: string; type: string; nullable: string; preset: string | null }>`
    select table_name as table, column_name as name, data_type as type, is_nullable as nullable, column_default as preset
    from information_schema.columns where table_schema = current_schema()`.execute(db);
  return rows.map(({ table, name, type, nullable, preset }) =>
    columnLine({ table, name, type, notNull: nullable === 'NO', defaultText: preset }),
  );
}

interface IndexRow {
  table: string;
  name: string;
  is_unique: boolean;
  is_primary: boolean;
  is_constraint: boolean;
  where: string | undefined;
  column: string | null;
  is_desc: boolean;
}

async function indexLines(db: Kysely<OwnTables>): Promise<string[]> {
  const { rows } = await sql<IndexRow>`
    select owner.relname as table, index.relname as name, i.indisunique as is_unique, i.indisprimary as is_primary,
      exists (select 1 from pg_constraint c where c.conindid = i.indexrelid and c.contype = 'u') as is_constraint,
      pg_get_expr(i.indpred, i.indrelid) as where, a.attname as column, (i.indoption[k.n - 1] & 1) = 1 as is_desc
    from pg_index i
      join pg_class index on index.oid = i.indexrelid
      join pg_class owner on owner.oid = i.indrelid
      join pg_namespace space on space.oid = owner.relnamespace and space.nspname = current_schema()
      cross join lateral unnest(i.indkey::int2[]) with ordinality as k(attnum, n)
      left join pg_attribute a on a.attrelid = owner.oid and a.attnum = k.attnum
    where k.n <= i.indnkeyatts
    order by index.relname, k.n`.execute(db);
  return [...Map.groupBy(rows, row => row.name).values()].flatMap(parts => {
    const first = parts[0];
    if (!first) return [];
    const columns = parts.map(part => `${part.column ?? 'expression'}${part.is_desc ? ' desc' : ''}`);
    if (first.is_primary) return [`primary key ${first.table}(${columns.join(', ')})`];
    const name = first.is_constraint ? undefined : first.name;
    return [
      indexLine({ table: first.table, name, isUnique: first.is_unique, columns, where: first.where ?? undefined }),
    ];
  });
}

const deleteActions = new Map([
  ['a', 'no action'],
  ['r', 'restrict'],
  ['c', 'cascade'],
  ['n', 'set null'],
  ['d', 'set default'],
]);

async function foreignKeyLines(db: Kysely<OwnTables>): Promise<string[]> {
  const { rows } = await sql<{
    id: string;
    table: string;
    column: string;
    target: string;
    other: string;
    action: string;
  }>`
    select c.oid::text as id, owner.relname as table, a.attname as column, target.relname as target, b.attname as other,
      c.confdeltype::text as action
    from pg_constraint c
      join pg_class owner on owner.oid = c.conrelid
      join pg_class target on target.oid = c.confrelid
      join pg_namespace space on space.oid = owner.relnamespace and space.nspname = current_schema()
      cross join lateral unnest(c.conkey, c.confkey) with ordinality as k(own, other, n)
      join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.own
      join pg_attribute b on b.attrelid = c.confrelid and b.attnum = k.other
    where c.contype = 'f'
    order by c.oid, k.n`.execute(db);
  return [...Map.groupBy(rows, row => row.id).values()].map(parts =>
    foreignKeyLine({
      table: parts[0]?.table ?? '',
      columns: parts.map(part => part.column),
      target: parts[0]?.target ?? '',
      targetColumns: parts.map(part => part.other),
      onDelete: deleteActions.get(parts[0]?.action ?? '') ?? 'unknown',
    }),
  );
}
