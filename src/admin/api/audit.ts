import type { AuditHistogramQuery, AuditQuery, AuditVerification } from '../../audit/audit.ts';
import type { Operation } from '../contract/contract.ts';
import type { AdminDeps } from '../deps.ts';
import type { Handlers } from './handler.ts';
import { invalid } from './handler.ts';

type AuditOperation = Extract<Operation, `audit.${string}`>;

const bucketsMax = 2000;

/** The audit log, read only: nobody can change it through the API. */
export function auditHandlers(deps: Pick<AdminDeps, 'audit'>): Handlers<AuditOperation> {
  let verifying: Promise<AuditVerification> | undefined;
  return {
    async 'audit.search'(_, { query }) {
      const { events, next } = await deps.audit.search({
        ...onlyGiven(query),
        limit: query.limit,
      } satisfies AuditQuery);
      return { events: events.map(event => ({ ...event, data: { ...event.data } })), next: next ?? null };
    },

    async 'audit.histogram'(_, { query }) {
      const { from, to, bucketMs } = query;
      if (to <= from) throw invalid('query.to', 'want a time after "from"');
      if ((to - from) / bucketMs > bucketsMax) throw invalid('query.bucketMs', `want at most ${bucketsMax} buckets`);
      const asked = { ...onlyGiven(query), from, to, bucketMs } satisfies AuditHistogramQuery;
      return { buckets: await deps.audit.histogram(asked) };
    },

    // It reads the whole log: one at a time, and who asks meanwhile gets the same answer.
    async 'audit.verify'() {
      verifying ??= deps.audit.verify().finally(() => {
        verifying = undefined;
      });
      return verifying;
    },
  };
}

/** Entries left out are undefined in a parsed query; the log wants them absent. */
function onlyGiven(query: object): Omit<AuditQuery, 'limit'> {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
}
