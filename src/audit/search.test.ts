import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { type PostgresServer, postgresMissing, startPostgres } from '../../tests/servers/postgres.ts';
import { systemClock } from '../core/clock.ts';
import { isSallyportError } from '../core/errors.ts';
import type { NewEvent, SecurityEvent } from '../core/events.ts';
import { silentLog } from '../core/log.ts';
import { Secret } from '../core/secret.ts';
import type { Store, StoreSettings } from '../store/store.ts';
import { eventNamed, openAudit, requestEvent, temporaryDir } from './audit.fixture.ts';
import type { AuditQuery, AuditTables } from './audit.ts';
import { createIndexer } from './indexer.ts';

const invalid = (error: unknown) => isSallyportError(error, 'core.invalid_input');
const rowsIn = async (store: Store) =>
  (await store.db<AuditTables>().selectFrom('audit_events').select('seq').orderBy('seq').execute()).map(row => row.seq);

const cast: readonly NewEvent[] = [
  eventNamed('Alpha', { site: 'n8n', requestId: 'r-1' }),
  eventNamed('100%_sure', { principal: { kind: 'user', id: 'u-2', name: 'Zoë@Example.com' } }),
  eventNamed('Beta', { type: 'project.deleted', action: 'project.delete', outcome: 'denied' }),
  { ...eventNamed('x'), resource: { kind: 'workflow', id: 'p-Alpha' }, action: 'workflow.update' },
  requestEvent('GET'),
  requestEvent('HEAD'),
  requestEvent('POST'),
  requestEvent('GET', { outcome: 'denied' }),
  brokenHandshake(),
];

/** What the gate records of a peer that gave up in the TLS handshake. */
function brokenHandshake(): NewEvent {
  const event = requestEvent('UNKNOWN', { outcome: 'failure' });
  if (event.type !== 'request.finished') throw new Error('Cannot make the record: want one of a request');
  const denied = { layer: 'connection', reason: 'tls_handshake', type: 'tls' };
  return { ...event, data: { ...event.data, path: '', status: 0, denied } };
}

/** The search as the door describes it, over plain events: what the index must agree with. */
function matches(event: SecurityEvent, query: Omit<AuditQuery, 'limit'>): boolean {
  const has = (text: string | undefined, part: string) => text?.toLowerCase().includes(part.toLowerCase()) ?? false;
  const { principal, resource, action } = query;
  const named = (text: string) => event.resource?.id === text || has(event.resource?.name ?? event.resource?.id, text);
  const [kind, id] = resource?.includes(':') ? resource.split(':', 2) : [];
  return (
    (query.from === undefined || event.time >= query.from) &&
    (query.to === undefined || event.time <= query.to) &&
    (query.type === undefined || event.type === query.type) &&
    (query.outcome === undefined || event.outcome === query.outcome) &&
    (query.site === undefined || event.site === query.site) &&
    (query.requestId === undefined || event.requestId === query.requestId) &&
    (principal === undefined || event.principal.id === principal || has(event.principal.name, principal)) &&
    (resource === undefined || (id === undefined ? named(resource) : event.resource?.kind === kind && named(id))) &&
    (action === undefined ||
      (action.endsWith('*') ? event.action.startsWith(action.slice(0, -1)) : event.action === action)) &&
    !(
      query.importantOnly === true &&
      event.type === 'request.finished' &&
      (event.outcome === 'success'
        ? ['GET', 'HEAD'].includes(event.data.method)
        : event.outcome === 'failure' && event.data.denied?.type === 'tls')
    )
  );
}

const queryArbitrary = fc.record(
  {
    principal: fc.constantFrom('u-1', 'u-2', 'ada', 'ZOË', '@example', 'u-', '%', "'"),
    action: fc.constantFrom('project.create', 'project.*', 'workflow.*', '*', 'project', 'pro%'),
    type: fc.constantFrom('project.created', 'request.finished', 'project'),
    resource: fc.constantFrom(
      'p-Alpha',
      'alpha',
      '100%',
      '%_',
      '_',
      'project:alpha',
      'workflow:p-Alpha',
      'project:p-Beta',
      'user:x',
    ),
    outcome: fc.constantFrom('success', 'denied', 'failure'),
    site: fc.constantFrom('n8n', 'other'),
    requestId: fc.constantFrom('r-1', 'r-2'),
    importantOnly: fc.boolean(),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Omit<AuditQuery, 'limit'>>;

/** What search promises on every store. `settings` names a new empty database each time. */
function contract(settings: () => Promise<StoreSettings>): void {
  it('finds for every query exactly what the same query finds over the plain events, newest first', async () => {
    using temp = temporaryDir();
    const store = await settings();
    await using open = await openAudit(temp.dir, { store });
    const recorded = await Promise.all(cast.map(event => open.audit.append(event)));
    await fc.assert(
      fc.asyncProperty(queryArbitrary, async query => {
        const page = await open.audit.search({ ...query, limit: 500 });
        const wanted = recorded.filter(event => matches(event, query)).toReversed();
        assert.deepEqual(
          page.events.map(event => event.id),
          wanted.map(event => event.id),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('counts for every query exactly what a search with the same conditions finds', async () => {
    using temp = temporaryDir();
    const store = await settings();
    await using open = await openAudit(temp.dir, { store });
    const recorded = await Promise.all(cast.map(event => open.audit.append(event)));
    const times = recorded.map(event => event.time);
    const period = { from: Math.min(...times), to: Math.max(...times), bucketMs: 3_600_000 };
    await fc.assert(
      fc.asyncProperty(queryArbitrary, async query => {
        const buckets = await open.audit.histogram({ ...query, ...period });
        const found = recorded.filter(event => matches(event, query));
        for (const outcome of ['success', 'denied', 'failure'] as const) {
          const counted = buckets.filter(bucket => bucket.outcome === outcome).map(bucket => bucket.count);
          assert.equal(
            counted.reduce((a, b) => a + b, 0),
            found.filter(event => event.outcome === outcome).length,
          );
        }
      }),
      { numRuns: 100 },
    );
  });

  it('pages by cursor without gap or overlap while new events arrive', async () => {
    using temp = temporaryDir();
    const store = await settings();
    await using open = await openAudit(temp.dir, { store });
    for (let i = 0; i < 25; i++) open.audit.enqueue(eventNamed(`n${i}`));
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await open.audit.search({ limit: 4, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.events.map(event => event.seq));
      cursor = page.next;
      await open.audit.append(eventNamed('later'));
    } while (cursor !== undefined);
    assert.deepEqual(
      seen,
      Array.from({ length: 25 }, (_, i) => 24 - i),
    );
  });

  it('refuses limits, cursors, times and terms that are none', async () => {
    using temp = temporaryDir();
    const store = await settings();
    await using open = await openAudit(temp.dir, { store });
    for (const query of [
      { limit: 0 },
      { limit: 501 },
      { limit: 1.5 },
      { limit: 1, cursor: 'x' },
      { limit: 1, cursor: '-1' },
      { limit: 1, cursor: '99999999999999999' },
      { limit: 1, from: Number.NaN },
      { limit: 1, principal: 'x'.repeat(301) },
    ]) {
      await assert.rejects(open.audit.search(query), invalid, JSON.stringify(query));
    }
    for (const bucketMs of [0, -1, 0.5, Number.NaN, 1]) {
      await assert.rejects(open.audit.histogram({ from: 0, to: 10_000_000, bucketMs }), invalid, String(bucketMs));
    }
  });

  it('counts by bucket and outcome', async () => {
    using temp = temporaryDir();
    const store = await settings();
    const hour = 3_600_000;
    const start = Math.floor(Date.now() / hour) * hour - 5 * hour;
    await using open = await openAudit(temp.dir, { store });
    for (const [time, outcome] of [
      [start, 'success'],
      [start + hour - 1, 'success'],
      [start + hour, 'denied'],
      [start + 2 * hour, 'failure'],
    ] as const) {
      await open.audit.append(eventNamed('a', { time, outcome }));
    }
    assert.deepEqual(await open.audit.histogram({ from: start, to: start + 2 * hour - 1, bucketMs: hour }), [
      { start, outcome: 'success', count: 2 },
      { start: start + hour, outcome: 'denied', count: 1 },
    ]);
  });
  it('is rebuilt from the log alone, and finds the same', async () => {
    using temp = temporaryDir();
    const store = await settings();
    await using open = await openAudit(temp.dir, { store });
    for (const event of cast) await open.audit.append(event);
    const before = await open.audit.search({ limit: 500 });
    await open.store.db<AuditTables>().updateTable('audit_events').set({ line: '{}', action: 'forged' }).execute();
    assert.equal(await open.audit.rebuildIndex(), cast.length - 1);
    assert.deepEqual(await open.audit.search({ limit: 500 }), before);
  });

  it('catches up at start with what a crash kept from it', async () => {
    using temp = temporaryDir();
    const store = await settings();
    {
      await using open = await openAudit(temp.dir, { store });
      for (let i = 0; i < 30; i++) await open.audit.append(eventNamed(`n${i}`));
      await open.audit.flush();
      const db = open.store.db<AuditTables>();
      await db.deleteFrom('audit_events').where('seq', '>=', 10).execute();
      await db.deleteFrom('audit_index').execute();
    }
    await using open = await openAudit(temp.dir, { store });
    await open.audit.search({ limit: 1 });
    assert.deepEqual(
      await rowsIn(open.store),
      Array.from({ length: 30 }, (_, i) => i),
    );
  });

  it('forgets what is older than the retention; the log does not', async () => {
    using temp = temporaryDir();
    const store = await settings();
    let now = Date.now();
    const clock = { now: () => now, monotonicMs: () => performance.now() };
    const day = 86_400_000;
    {
      await using open = await openAudit(temp.dir, { store, clock, config: { indexRetentionDays: 2 } });
      await open.audit.append(eventNamed('old'));
      now += day;
      await open.audit.append(eventNamed('young'));
      now += day + 1;
      assert.equal(await open.audit.rebuildIndex(), 1);
      assert.deepEqual(await rowsIn(open.store), [1]);
    }
    await using open = await openAudit(temp.dir, { store, clock, config: { indexRetentionDays: 2 } });
    assert.deepEqual(await rowsIn(open.store), [1]);
    assert.equal((await open.audit.verify()).records, 2);
  });

  it('is pruned by age in the background, without touching what is young', async () => {
    using temp = temporaryDir();
    const store = await settings();
    await using open = await openAudit(temp.dir, { store });
    const old = Date.now() - 86_400_000;
    for (let i = 0; i < 5; i++) await open.audit.append(eventNamed(`old${i}`, { time: old }));
    await open.audit.append(eventNamed('young'));
    await open.audit.flush();
    const never = () => Promise.reject(new Error('not asked for'));
    const disk = { makeDir: never, list: never, create: never, reopen: never, remove: never, syncDir: never };
    const common = { db: open.store.db<AuditTables>(), disk, dir: open.nodeDir, clock: systemClock, log: silentLog };
    const options = {
      ...common,
      node: 'node-1',
      retentionMs: 3_600_000,
      searchWaitMs: 100,
      durableSeq: () => 5,
      indexedSeq: 5,
    };
    await using indexer = createIndexer(options);
    assert.equal(await indexer.prune(), 5);
    assert.equal(await indexer.prune(), 0);
    assert.deepEqual(await rowsIn(open.store), [5]);
  });

  it('does not hold up recording when the store is away, and says so to who searches', async () => {
    using temp = temporaryDir();
    const store = await settings();
    await using open = await openAudit(temp.dir, { store, config: { searchWaitMs: 300 } });
    await open.audit.append(eventNamed('a'));
    await open.audit.flush();
    await open.store[Symbol.asyncDispose]();
    await open.audit.append(eventNamed('b'));
    assert.equal(open.audit.isRecording(), true);
    assert.equal((await open.audit.verify()).records, 2);
    await assert.rejects(open.audit.search({ limit: 1 }), error => isSallyportError(error, 'store.unavailable'));
  });
}

describe('audit search on SQLite', () => {
  let temp: ReturnType<typeof temporaryDir>;
  let databases = 0;
  before(() => {
    temp = temporaryDir();
  });
  after(() => temp[Symbol.dispose]());
  contract(async () => ({ kind: 'sqlite', file: path.join(temp.dir, `${databases++}.db`) }));
});

const missing = postgresMissing();
describe('audit search on PostgreSQL', { skip: missing ?? false }, () => {
  let server: PostgresServer;
  let databases = 0;
  before(async () => {
    server = await startPostgres();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
  });
  contract(async () => ({ kind: 'postgres', url: new Secret(await server.createDatabase(`audit${databases++}`)) }));
});
