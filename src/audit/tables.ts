import type { SecurityEvent } from '../core/events.ts';
import type { Migration } from '../store/store.ts';

/** One indexed event. Everything but `line` is derived from `line`, and `line` is what the log holds. */
export interface AuditEventRow {
  node: string;
  seq: number;
  time: number;
  type: string;
  action: string;
  outcome: string;
  principal_id: string;
  principal_fold: string;
  resource_kind: string | null;
  resource_id: string | null;
  resource_fold: string | null;
  site: string | null;
  request_id: string | null;
  important: number;
  line: string;
}

/** How far a node is indexed: the last sequence number of a whole frame and the hash of that frame, an anchor for the log. */
interface AuditIndexRow {
  node: string;
  last_seq: number;
  head: string;
}

/** The tables of this room. */
export interface AuditTables {
  audit_events: AuditEventRow;
  audit_index: AuditIndexRow;
}

export const auditMigrations: readonly Migration[] = [
  {
    id: 'audit-001-index',
    async up(db) {
      await db.schema
        .createTable('audit_events')
        .addColumn('node', 'text', column => column.notNull())
        .addColumn('seq', 'bigint', column => column.notNull())
        .addColumn('time', 'bigint', column => column.notNull())
        .addColumn('type', 'text', column => column.notNull())
        .addColumn('action', 'text', column => column.notNull())
        .addColumn('outcome', 'text', column => column.notNull())
        .addColumn('principal_id', 'text', column => column.notNull())
        .addColumn('principal_fold', 'text', column => column.notNull())
        .addColumn('resource_kind', 'text')
        .addColumn('resource_id', 'text')
        .addColumn('resource_fold', 'text')
        .addColumn('site', 'text')
        .addColumn('request_id', 'text')
        .addColumn('important', 'smallint', column => column.notNull())
        .addColumn('line', 'text', column => column.notNull())
        .addPrimaryKeyConstraint('audit_events_pk', ['node', 'seq'])
        .execute();
      const indexes = {
        audit_events_time: ['node', 'time', 'outcome'],
        audit_events_important: ['node', 'important', 'seq'],
        audit_events_request: ['node', 'request_id'],
      };
      for (const [name, columns] of Object.entries(indexes)) {
        await db.schema.createIndex(name).on('audit_events').columns(columns).execute();
      }
      await db.schema
        .createTable('audit_index')
        .addColumn('node', 'text', column => column.primaryKey().notNull())
        .addColumn('last_seq', 'bigint', column => column.notNull())
        .addColumn('head', 'text', column => column.notNull())
        .execute();
    },
  },
];

/** Text as every store takes it: PostgreSQL refuses a null character, and half a surrogate pair is not UTF-8. */
const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '\u{fffd}');

/** Folds a name for search without regard to case, the same on every store. */
export const fold = (text: string): string => storable(text.toLowerCase());

const orNull = (text: string | undefined): string | null => (text === undefined ? null : storable(text));

/** The index row of a record. */
export function toRow(node: string, seq: number, event: SecurityEvent, line: string): AuditEventRow {
  const { resource } = event;
  return {
    node,
    seq,
    time: event.time,
    type: event.type,
    action: storable(event.action),
    outcome: event.outcome,
    principal_id: storable(event.principal.id),
    // Who acted in a name is found by their own name too.
    principal_fold: fold([event.principal, ...(event.principal.actors ?? [])].map(one => one.name).join('\n')),
    resource_kind: orNull(resource?.kind),
    resource_id: orNull(resource?.id),
    resource_fold: resource === undefined ? null : fold(resource.name ?? resource.id),
    site: orNull(event.site),
    request_id: orNull(event.requestId),
    important: isImportant(event) ? 1 : 0,
    line,
  };
}

/** False for successful reads, which are most of the volume, and for TLS handshakes that came to nothing. */
function isImportant(event: SecurityEvent): boolean {
  if (event.type !== 'request.finished') return true;
  if (event.outcome === 'failure' && event.data.denied?.type === 'tls') return false;
  if (event.outcome !== 'success') return true;
  return event.data.method !== 'GET' && event.data.method !== 'HEAD';
}
