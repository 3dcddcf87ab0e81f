import type { Answers } from './mock-api.ts';
import type { AuditEvent } from './sample-events.ts';

/** The audit operations over events in memory, newest first. */
export function auditAnswers(events: readonly AuditEvent[]): Answers {
  return {
    'audit.search': ({ query }) => {
      const found = events.filter(event => matches(event, query));
      const start = Number(query['cursor'] ?? 0);
      const end = start + Number(query['limit']);
      return { events: found.slice(start, end), next: end < found.length ? `${end}` : null };
    },
    'audit.histogram': ({ query }) => {
      const [from, to, bucketMs] = [Number(query['from']), Number(query['to']), Number(query['bucketMs'])];
      const counts = new Map<string, number>();
      for (const event of events) {
        if (event.time < from || event.time >= to) continue;
        const key = `${Math.floor(event.time / bucketMs) * bucketMs} ${event.outcome}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      return {
        buckets: [...counts].map(([key, count]) => {
          const [start, outcome] = key.split(' ');
          return { start: Number(start), outcome: outcome as AuditEvent['outcome'], count };
        }),
      };
    },
    'audit.verify': () => ({
      ok: true,
      records: 18_203 + events.length,
      segments: 4,
      firstSeq: 1,
      lastSeq: 18_203 + events.length,
      head: '7d1f0a4c9be2f3a86c5519d02b77e4f1a0c83d6e52949b1f7ae6c0d85b3f2e19',
      problems: [],
    }),
  };
}

function matches(event: AuditEvent, query: Readonly<Record<string, unknown>>): boolean {
  const has = (name: string, test: (value: string) => boolean) =>
    query[name] === undefined || test(`${query[name] as string | number}`);
  return (
    has('from', value => event.time >= Number(value)) &&
    has('to', value => event.time < Number(value)) &&
    has('principal', value => event.principal.id === value || event.principal.name.includes(value)) &&
    has('action', value =>
      value.endsWith('*') ? event.action.startsWith(value.slice(0, -1)) : event.action === value,
    ) &&
    has('type', value => event.type === value) &&
    has('outcome', value => event.outcome === value) &&
    has('site', value => event.site === value) &&
    has('requestId', value => event.requestId === value) &&
    has('resource', value => [event.resource?.id, `${event.resource?.kind}:${event.resource?.id}`].includes(value)) &&
    (query['importantOnly'] !== true || event.type !== 'request.finished' || event.outcome === 'denied')
  );
}
