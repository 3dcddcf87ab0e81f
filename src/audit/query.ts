import type { Kysely, SelectQueryBuilder } from 'kysely';
import { sql } from 'kysely';
import { SallyportError } from '../core/errors.ts';
import type { Outcome, SecurityEvent } from '../core/events.ts';
import type { AuditHistogramQuery, AuditPage, AuditQuery } from './audit.ts';
import type { AuditTables } from './tables.ts';
import { fold } from './tables.ts';

const limitMax = 500;
const termCharsMax = 300;
const bucketsMax = 2_000;

type Select<Row> = SelectQueryBuilder<AuditTables, 'audit_events', Row>;
type Conditions = Omit<AuditQuery, 'limit' | 'cursor'>;

/** Searches the index, newest first. Throws `core.invalid_input` for a bad limit, cursor or term. */
export async function searchIndex(db: Kysely<AuditTables>, node: string, query: AuditQuery): Promise<AuditPage> {
  if (!Number.isInteger(query.limit) || query.limit < 1 || query.limit > limitMax) {
    throw invalid(`Cannot search with limit "${query.limit}": want 1..${limitMax}`);
  }
  let select = db.selectFrom('audit_events').select(['seq', 'line']).where('node', '=', node);
  if (query.cursor !== undefined) select = select.where('seq', '<', parseCursor(query.cursor));
  const rows = await whereNamed(whereExact(select, query), query)
    .orderBy('seq', 'desc')
    .limit(query.limit + 1)
    .execute();
  const page = rows.slice(0, query.limit);
  const events = page.map(row => ({ ...(JSON.parse(row.line) as SecurityEvent), seq: row.seq }));
  return { events, next: rows.length > query.limit ? String(events.at(-1)?.seq) : undefined };
}

function whereExact<Row>(select: Select<Row>, query: Conditions): Select<Row> {
  let narrowed = select;
  if (query.from !== undefined) narrowed = narrowed.where('time', '>=', wholeMs(query.from));
  if (query.to !== undefined) narrowed = narrowed.where('time', '<=', wholeMs(query.to));
  if (query.type !== undefined) narrowed = narrowed.where('type', '=', term(query.type));
  if (query.outcome !== undefined) narrowed = narrowed.where('outcome', '=', term(query.outcome));
  if (query.site !== undefined) narrowed = narrowed.where('site', '=', term(query.site));
  if (query.requestId !== undefined) narrowed = narrowed.where('request_id', '=', term(query.requestId));
  if (query.importantOnly === true) narrowed = narrowed.where('important', '=', 1);
  return narrowed;
}

function whereNamed<Row>(select: Select<Row>, query: Conditions): Select<Row> {
  let narrowed = select;
  if (query.action !== undefined) {
    const action = term(query.action);
    narrowed = action.endsWith('*')
      ? narrowed.where(like('action', `${escaped(action.slice(0, -1))}%`))
      : narrowed.where('action', '=', action);
  }
  if (query.principal !== undefined) {
    const principal = term(query.principal);
    narrowed = narrowed.where(eb =>
      eb.or([eb('principal_id', '=', principal), like('principal_fold', `%${escaped(fold(principal))}%`)]),
    );
  }
  if (query.resource !== undefined) {
    const resource = term(query.resource);
    const [, kind, rest] = /^([a-z_]+):(.+)$/s.exec(resource) ?? [];
    narrowed = narrowed.where(eb => {
      const named = (text: string) =>
        eb.or([eb('resource_id', '=', text), like('resource_fold', `%${escaped(fold(text))}%`)]);
      if (kind === undefined || rest === undefined) return named(resource);
      return eb.or([eb('resource_id', '=', resource), eb.and([eb('resource_kind', '=', kind), named(rest)])]);
    });
  }
  return narrowed;
}

const like = (column: keyof AuditTables['audit_events'], pattern: string) =>
  sql<boolean>`${sql.ref(column)} like ${pattern} escape '!'`;

const escaped = (text: string): string => text.replaceAll(/[!%_]/g, '!$&');

function term(text: string): string {
  if (text.length > termCharsMax) throw invalid(`Cannot search: a term may have at most ${termCharsMax} characters`);
  return text;
}

function wholeMs(value: number): number {
  if (!Number.isFinite(value)) throw invalid(`Cannot search by time "${value}": want milliseconds`);
  return Math.round(value);
}

function parseCursor(cursor: string): number {
  const seq = /^\d{1,16}$/.test(cursor) ? Number(cursor) : Number.NaN;
  if (!Number.isSafeInteger(seq))
    throw invalid(`Cannot continue from cursor "${cursor}": want the one of a page before`);
  return seq;
}

/** Counts by bucket and outcome between two times, under the same conditions as a search. Throws `core.invalid_input` beyond 2,000 buckets. */
export async function countByTime(
  db: Kysely<AuditTables>,
  node: string,
  query: AuditHistogramQuery,
): Promise<{ start: number; outcome: Outcome; count: number }[]> {
  const { bucketMs } = query;
  const isWhole = Number.isSafeInteger(bucketMs) && bucketMs > 0;
  if (!isWhole || !((query.to - query.from) / bucketMs <= bucketsMax)) {
    throw invalid(
      `Cannot count by buckets of "${bucketMs}" ms: want whole milliseconds and at most ${bucketsMax} buckets`,
    );
  }
  // A literal, not a parameter: PostgreSQL groups only by the very same expression.
  const start = sql<number>`(time - time % ${sql.lit(bucketMs)})`;
  const counts = db
    .selectFrom('audit_events')
    .select(eb => [start.as('start'), 'outcome', eb.fn.countAll().as('count')])
    .where('node', '=', node);
  const rows = await whereNamed(whereExact(counts, query), query)
    .groupBy([start, 'outcome'])
    .orderBy(start)
    .orderBy('outcome')
    .execute();
  // The column only ever holds what `append` checked to be an outcome.
  return rows.map(row => ({ start: row.start, outcome: row.outcome as Outcome, count: Number(row.count) }));
}

function invalid(message: string): SallyportError {
  return new SallyportError('core.invalid_input', message, { detail: message });
}
