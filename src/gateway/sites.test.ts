import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { systemClock } from '../core/clock.ts';
import { SallyportError } from '../core/errors.ts';
import type { NewEvent } from '../core/events.ts';
import { systemPrincipal } from '../core/events.ts';
import { createSystemIds } from '../core/ids.ts';
import { silentLog } from '../core/log.ts';
import { createStore } from '../store/store.ts';
import type { SiteInput, SiteRecord, Sites } from './gateway.ts';
import { siteDefaults } from './site-input.ts';
import { createSites } from './sites.ts';
import type { GatewayTables } from './sites-table.ts';
import { gatewayMigrations } from './sites-table.ts';

interface House {
  readonly sites: Sites;
  readonly events: NewEvent[];
  readonly changes: { siteId: string; site: SiteRecord | null }[];
  fail: boolean;
}

async function withSites(use: (house: House) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sallyport-sites-'));
  try {
    const settings = { kind: 'sqlite', file: path.join(folder, 'store.db') } as const;
    await using store = await createStore(settings, { log: silentLog, clock: systemClock });
    await store.migrate(gatewayMigrations);
    const house: House = {
      events: [],
      changes: [],
      fail: false,
      sites: createSites({
        db: store.db<GatewayTables>(),
        clock: systemClock,
        newId: createSystemIds(),
        portalOrigin: 'https://localhost:18443',
        audit: {
          async append(event) {
            if (house.fail) throw new SallyportError('audit.unavailable', 'Cannot record');
            house.events.push(event);
          },
        },
        async changed(change) {
          house.changes.push(change);
        },
      }),
    };
    await use(house);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const input = (patch: Partial<SiteInput> = {}): SiteInput => ({
  name: 'n8n',
  platform: 'n8n',
  upstreams: [`http://${patch.name?.toLowerCase().replace('!', '') ?? 'localhost'}:5678`],
  defaultProject: 'p-1',
  ...siteDefaults('n8n'),
  ...patch,
});

describe('sites', () => {
  it('records, keeps and tells a site, and gives it a free port where 0 was asked for', () =>
    withSites(async ({ sites, events, changes }) => {
      const made = await sites.create(systemPrincipal, input());
      assert.ok(made.port !== null && made.port > 18_443);
      assert.deepEqual(await sites.get('n8n'), made);
      assert.deepEqual(await sites.get(made.id), made);
      const second = await sites.create(systemPrincipal, input({ name: 'two' }));
      assert.notEqual(second.port, made.port);
      const updated = await sites.update(systemPrincipal, made.id, { hosts: ['flows.example.org'], port: null });
      assert.equal(updated.port, null);
      await sites.update(systemPrincipal, made.id, { port: null });
      await sites.delete(systemPrincipal, second.id);
      assert.deepEqual(
        (await sites.list()).map(site => site.name),
        ['n8n'],
      );
      assert.deepEqual(
        events.map(event => event.type),
        ['site.created', 'site.created', 'site.updated', 'site.deleted'],
      );
      assert.deepEqual(events[2]?.data, { changed: ['hosts', 'port'] });
      assert.deepEqual(
        changes.map(change => change.site?.name ?? null),
        ['n8n', 'two', 'n8n', null],
      );
    }));

  it('changes nothing that cannot be recorded', () =>
    withSites(async house => {
      const made = await house.sites.create(systemPrincipal, input());
      house.fail = true;
      await assert.rejects(house.sites.create(systemPrincipal, input({ name: 'two' })), { code: 'audit.unavailable' });
      await assert.rejects(house.sites.update(systemPrincipal, made.id, { enabled: false }), {
        code: 'audit.unavailable',
      });
      await assert.rejects(house.sites.delete(systemPrincipal, made.id), { code: 'audit.unavailable' });
      assert.deepEqual(await house.sites.list(), [made]);
      assert.equal(house.changes.length, 1);
    }));

  it('refuses a port that another program listens on, while somebody can still choose another', () =>
    withSites(async ({ sites }) => {
      const stranger = createServer().listen(0, '127.0.0.1');
      await once(stranger, 'listening');
      const address = stranger.address();
      const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
      await assert.rejects(sites.create(systemPrincipal, input({ port })), { code: 'core.invalid_input' });
      stranger.close();
      await once(stranger, 'close');
      assert.equal((await sites.create(systemPrincipal, input({ port }))).port, port);
    }));

  it('gives a port once to sites that are made at the same time', () =>
    withSites(async ({ sites }) => {
      const made = await Promise.all(['a', 'b', 'c', 'd'].map(name => sites.create(systemPrincipal, input({ name }))));
      assert.equal(new Set(made.map(site => site.port)).size, 4);
    }));

  const taken: Record<string, Partial<SiteInput>> = {
    'the name of another': { name: 'first' },
    'the port of another': { port: 18_500 },
    'the host of another': { hosts: ['first.example.org'], port: null },
  };
  for (const [name, patch] of Object.entries(taken)) {
    it(`refuses ${name}`, () =>
      withSites(async ({ sites }) => {
        await sites.create(systemPrincipal, input({ name: 'first', port: 18_500 }));
        await sites.create(systemPrincipal, input({ name: 'hosted', hosts: ['first.example.org'], port: null }));
        await assert.rejects(sites.create(systemPrincipal, input(patch)), { code: 'gateway.site_exists' });
      }));
  }

  it('protects an upstream once, however it is spelled', () =>
    withSites(async ({ sites }) => {
      await sites.create(systemPrincipal, input({ upstreams: ['http://localhost:5678'] }));
      for (const upstream of [
        'http://localhost:5678',
        'http://LOCALHOST:5678',
        'http://127.0.0.1:5678',
        'http://[::1]:5678',
      ])
        await assert.rejects(sites.create(systemPrincipal, input({ name: 'two', upstreams: [upstream] })), {
          code: 'gateway.site_exists',
          detail: /site "n8n" protects it already/,
        });
      await sites.create(systemPrincipal, input({ name: 'two', upstreams: ['http://localhost:5679'] }));
    }));

  const bad: Record<string, Partial<SiteInput>> = {
    'no way to reach it': { hosts: [], port: null },
    'the port of the gate': { port: 18_443 },
    'the host of the portal without a port': { hosts: ['localhost'], port: null },
    'the gate as upstream': { upstreams: ['https://127.0.0.1:18443'] },
    'itself as upstream': { port: 18_600, upstreams: ['http://localhost:18600'] },
    'no upstream': { upstreams: [] },
    'an upstream with a path': { upstreams: ['http://localhost:5678/x'] },
    'an upstream with credentials': { upstreams: ['http://a:b@localhost:5678'] },
    'an upstream of another scheme': { upstreams: ['ftp://localhost:5678'] },
    'a name that is no word': { name: 'N8N!' },
    'a host with a port': { hosts: ['a.test:1'] },
    'a host in capitals': { hosts: ['A.test'] },
    'a starred public route': { publicRoutes: [{ methods: ['GET'], path: '/webhook/*' }] },
    'a public route with dot segments': { publicRoutes: [{ methods: ['GET'], path: '/webhook/../rest' }] },
    'an escaped public route': { publicRoutes: [{ methods: ['GET'], path: '/webhook/%2e' }] },
    'every path as public route': { publicRoutes: [{ methods: ['GET'], path: '/' }] },
    'a method nobody knows': { publicRoutes: [{ methods: ['BREW'], path: '/pot' }] },
    'a field nobody knows': { extra: true } as Partial<SiteInput>,
  };
  for (const [name, patch] of Object.entries(bad)) {
    it(`refuses ${name}`, () =>
      withSites(async ({ sites, events }) => {
        await assert.rejects(sites.create(systemPrincipal, input(patch)), { code: 'core.invalid_input' });
        assert.equal(events.length, 0);
      }));
  }

  it('takes no more quotas than the gate counts, over all sites', () =>
    withSites(async ({ sites }) => {
      const quota = { limit: 10, windowMs: 60_000 };
      const api = Array.from({ length: 20 }, (_, at): NonNullable<SiteInput['api']>[number] => ({
        ...{ path: `/v${at}/*`, upstream: null, stripPrefix: false, version: null, openapi: null },
        ...{ apiKey: 'optional', quota, mode: 'block' },
      }));
      for (let at = 0; at < 5; at++) await sites.create(systemPrincipal, input({ name: `full${at}`, api }));
      const refusal = { code: 'core.invalid_input', message: /at most 100 over all sites/ };
      await assert.rejects(sites.create(systemPrincipal, input({ name: 'six', api: api.slice(0, 1) })), refusal);
      const plain = await sites.create(systemPrincipal, input({ name: 'six' }));
      await assert.rejects(sites.update(systemPrincipal, plain.id, { api: api.slice(0, 1) }), refusal);
      const free = api.slice(0, 1).map(group => ({ ...group, quota: null }));
      await sites.update(systemPrincipal, plain.id, { api: free });
    }));

  it('knows no site by another id', () =>
    withSites(async ({ sites }) => {
      await assert.rejects(sites.get('nothing'), { code: 'gateway.site_not_found' });
      await assert.rejects(sites.update(systemPrincipal, 'nothing', {}), { code: 'gateway.site_not_found' });
      await assert.rejects(sites.delete(systemPrincipal, 'nothing'), { code: 'gateway.site_not_found' });
    }));
});
