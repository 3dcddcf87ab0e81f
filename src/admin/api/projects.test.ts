import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operatorPrincipal } from '../../core/events.ts';
import { openGate, siteInput } from '../admin.fixture.ts';
import { isApiProblem } from '../client.ts';

const denied = (error: unknown) => isApiProblem(error, 'access.denied');

describe('projects', () => {
  it('are seen by their members and by who may read all', async () => {
    await using gate = await openGate();
    const member = await gate.addPerson('member@example.org', 'member');
    const admin = await gate.openSession(await gate.addPerson('ada@example.org', 'administrator'));
    const one = await admin.client('projects.create', { body: { name: 'One' } });
    await admin.client('projects.create', { body: { name: 'Two' } });
    const own = await gate.openSession(member);
    assert.deepEqual((await own.client('projects.list')).projects, []);
    await assert.rejects(own.client('projects.listMembers', { params: { id: one.id } }), denied);
    const params = { id: one.id, userId: member.id };
    await admin.client('projects.setMember', { params, body: { role: 'viewer' } });
    const { projects } = await own.client('projects.list');
    assert.deepEqual(
      projects.map(({ name, ownRole }) => [name, ownRole]),
      [['One', 'viewer']],
    );
    const { members } = await own.client('projects.listMembers', { params: { id: one.id } });
    assert.deepEqual(members.map(({ email }) => email).toSorted(), ['ada@example.org', 'member@example.org']);
    assert.equal((await admin.client('projects.list')).projects.length, 2);
  });

  it('are managed by their Admins, and only Owners make Owners', async () => {
    await using gate = await openGate();
    const [bob, cy, dee] = await Promise.all(
      ['bob', 'cy', 'dee'].map(name => gate.addPerson(`${name}@example.org`, 'member')),
    );
    assert.ok(bob && cy && dee);
    const { id } = await gate.access.createProject(operatorPrincipal, { name: 'P' });
    await gate.access.setMember(operatorPrincipal, { projectId: id, userId: bob.id, role: 'admin' });
    await gate.access.setMember(operatorPrincipal, { projectId: id, userId: dee.id, role: 'owner' });
    const admin = (await gate.openSession(bob)).client;
    const owner = (await gate.openSession(dee)).client;
    const cyIn = { id, userId: cy.id };
    await admin('projects.setMember', { params: cyIn, body: { role: 'editor' } });
    await assert.rejects(admin('projects.setMember', { params: cyIn, body: { role: 'owner' } }), denied);
    await assert.rejects(
      admin('projects.setMember', { params: { id, userId: bob.id }, body: { role: 'owner' } }),
      denied,
    );
    await assert.rejects(admin('projects.removeMember', { params: { id, userId: dee.id } }), denied);
    await assert.rejects(admin('projects.delete', { params: { id } }), denied);
    const editor = (await gate.openSession(cy)).client;
    await assert.rejects(editor('projects.rename', { params: { id }, body: { name: 'Mine' } }), denied);
    await assert.rejects(editor('projects.setMember', { params: cyIn, body: { role: 'admin' } }), denied);
    await owner('projects.setMember', { params: cyIn, body: { role: 'owner' } });
    await owner('projects.removeMember', { params: { id, userId: bob.id } });
    await assert.rejects(admin('projects.rename', { params: { id }, body: { name: 'Late' } }), denied);
  });

  it('give and take resources only with the consent of both sides', async () => {
    await using gate = await openGate();
    const bob = await gate.addPerson('bob@example.org', 'member');
    const [from, to] = [
      await gate.access.createProject(operatorPrincipal, { name: 'From' }),
      await gate.access.createProject(operatorPrincipal, { name: 'To' }),
    ];
    const site = await gate.sites.create(operatorPrincipal, siteInput('near', from.id));
    await gate.access.setMember(operatorPrincipal, { projectId: to.id, userId: bob.id, role: 'owner' });
    const { client } = await gate.openSession(bob);
    const params = { id: to.id, site: 'near', kind: 'workflow' as const, resourceId: 'w1' };
    await assert.rejects(client('projects.assignResource', { params }), denied);
    await gate.access.setMember(operatorPrincipal, { projectId: from.id, userId: bob.id, role: 'owner' });
    await client('projects.assignResource', { params });
    const { resources } = await client('projects.listResources', { params: { id: to.id } });
    assert.deepEqual(resources, [{ site: site.id, kind: 'workflow', resourceId: 'w1' }]);
  });
});

describe('sites', () => {
  it('are opened to everybody only where their platform lets anybody in, and say where that is', async () => {
    await using gate = await openGate();
    const { client } = await gate.openSession(await gate.addPerson('ada@example.org', 'administrator'));
    const body = { name: 'n8n', platform: 'n8n' as const, upstreams: ['http://localhost:5678'] };
    const routesOf = (method: 'GET' | 'POST', path: string) => ({ publicRoutes: [{ methods: [method], path }] });
    const never = [
      ['POST', '/rest/workflows'],
      ['GET', '/metrics'],
      ['POST', '/REST/login'],
      ['GET', '/:any/:thing'],
      ['POST', '/webhook-test/orders'],
    ] as const;
    for (const [method, path] of never) {
      const refused = (e: unknown) =>
        isApiProblem(e, 'core.invalid_input') &&
        e.detail?.includes(`"${method} ${path}"`) === true &&
        e.detail.includes('/webhook/');
      await assert.rejects(client('sites.create', { body: { ...body, ...routesOf(method, path) } }), refused, path);
    }
    await client('sites.create', { body: { ...body, ...routesOf('POST', '/webhook/:id/orders') } });
    const update = (change: object) => client('sites.update', { params: { id: 'n8n' }, body: change });
    await assert.rejects(update(routesOf('POST', '/rest/workflows')), (e: unknown) => isApiProblem(e));
    assert.equal((await update(routesOf('GET', '/form/ask'))).publicRoutes.length, 1);
  });

  it('get the safe values of their platform, and a first project when there is none', async () => {
    await using gate = await openGate();
    const { client } = await gate.openSession(await gate.addPerson('ada@example.org', 'administrator'));
    const site = await client('sites.create', {
      body: { name: 'n8n', platform: 'n8n', upstreams: ['http://localhost:5678'] },
    });
    assert.equal(site.accounts, 'personal');
    assert.deepEqual([site.publicRoutes, site.corsOrigins, site.hosts, site.port], [[], [], [], 0]);
    const { projects } = await client('projects.list');
    assert.deepEqual(
      projects.map(({ id }) => id),
      [site.defaultProject],
    );
    const changed = await client('sites.update', { params: { id: 'n8n' }, body: { enabled: false } });
    assert.equal(changed.enabled, false);
    const bad = client('sites.update', { params: { id: 'n8n' }, body: { defaultProject: 'nowhere' } });
    await assert.rejects(bad, (e: unknown) => isApiProblem(e, 'access.project_not_found'));
    await client('sites.delete', { params: { id: 'n8n' } });
    assert.deepEqual((await client('sites.list')).sites, []);
    assert.ok(gate.entered.includes(`forgotten|${site.id}`), 'what the gate keeps for it goes with it');
  });

  it('show to a member only that they are there, and only where the member has a role', async () => {
    await using gate = await openGate();
    const bob = await gate.addPerson('bob@example.org', 'member');
    const project = await gate.access.createProject(operatorPrincipal, { name: 'P' });
    await gate.sites.create(operatorPrincipal, siteInput('near', project.id));
    await gate.sites.create(operatorPrincipal, siteInput('other', 'elsewhere', { port: 8445 }));
    const { client } = await gate.openSession(bob);
    assert.deepEqual((await client('sites.list')).sites, []);
    await gate.access.setMember(operatorPrincipal, { projectId: project.id, userId: bob.id, role: 'viewer' });
    const { sites } = await client('sites.list');
    assert.deepEqual(
      sites.map(({ name, address, upstreams }) => [name, address, upstreams]),
      [['near', 'https://gate.test:8444', []]],
    );
    await assert.rejects(client('sites.get', { params: { id: 'near' } }), denied);
  });

  it('suggest a name that is free', async () => {
    const fetch = async (url: string | URL | Request) =>
      new Request(url).url.endsWith('/api/v1/ping') ? new Response('pong') : new Response('no', { status: 404 });
    await using gate = await openGate({ deps: { fetch } });
    await gate.sites.create(operatorPrincipal, siteInput('flowise', 'p'));
    const { client } = await gate.openSession(await gate.addPerson('ada@example.org', 'owner'));
    const found = await client('sites.detect', { body: { upstream: 'http://localhost:3000' } });
    assert.deepEqual([found.platform, found.suggestedName], ['flowise', 'flowise-2']);
  });
});

describe('the overview', () => {
  it('counts the day, also what was recorded before the start, each event once', async () => {
    await using gate = await openGate();
    const { client } = await gate.openSession(await gate.addPerson('ada@example.org', 'owner'));
    const data = {
      method: 'GET',
      endpoint: '/x',
      path: '/x',
      status: 403,
      bytesIn: 0,
      bytesOut: 0,
      durationMs: 1,
      layersUs: {},
    };
    const event = { type: 'request.finished', principal: operatorPrincipal, action: 'request' } as const;
    await gate.audit.append({ ...event, outcome: 'success', data });
    await gate.audit.append({
      ...event,
      outcome: 'denied',
      data: { ...data, denied: { layer: 'authorize', reason: 'r', type: 't' } },
    });
    for (let times = 0; times < 2; times++) {
      const seen = await client('system.overview');
      assert.equal(seen.requests, 2);
      assert.equal(seen.denied, 1);
      assert.deepEqual(seen.deniedByLayer, [{ layer: 'authorize', count: 1 }]);
    }
  });

  it('says what to do next', async () => {
    await using gate = await openGate();
    const { client } = await gate.openSession(await gate.addPerson('ada@example.org', 'owner'));
    const project = await gate.access.createProject(operatorPrincipal, { name: 'P' });
    const routes = [{ methods: ['POST'], path: '/webhook/orders' }];
    const site = await gate.sites.create(operatorPrincipal, siteInput('near', project.id, { publicRoutes: routes }));
    gate.platform = 'platforms.setup_needed';
    const { todo } = await client('system.overview');
    const ids = ['mfa_missing', 'one_owner', `account:${site.id}`, `public:${site.id}`, 'certificate'];
    assert.deepEqual(
      todo.map(({ id }) => id),
      ids,
    );
  });

  it('finds what was done in the audit log, and checks the log', async () => {
    await using gate = await openGate();
    const { client } = await gate.openSession(await gate.addPerson('ada@example.org', 'owner'));
    await client('projects.create', { body: { name: 'Ledger' } });
    const { events } = await client('audit.search', { query: { action: 'project.*', limit: 10 } });
    assert.ok(events.some(found => found.type === 'project.created' && found.principal.name === 'ada@example.org'));
    const { buckets } = await client('audit.histogram', {
      query: { from: gate.now() - 3_600_000, to: gate.now() + 1000 },
    });
    assert.ok(buckets.length > 0);
    const one = {
      from: gate.now() - 3_600_000,
      to: gate.now() + 1000,
      action: 'project.create',
      importantOnly: 'true',
    };
    const narrowed = await client('audit.histogram', { query: one });
    assert.deepEqual(
      narrowed.buckets.map(({ outcome, count }) => ({ outcome, count })),
      [{ outcome: 'success', count: 1 }],
    );
    assert.equal((await client('audit.verify')).ok, true);
    const back = client('audit.histogram', { query: { from: 5, to: 4 } });
    await assert.rejects(back, (e: unknown) => isApiProblem(e, 'core.invalid_input'));
  });

  it('take no rule set that is not loaded', async () => {
    await using gate = await openGate();
    const { client } = await gate.openSession(await gate.addPerson('ada@example.org', 'owner'));
    const body = { name: 'n8n', platform: 'n8n' as const, upstreams: ['http://127.0.0.1:5678'] };
    const refused = (e: unknown) => isApiProblem(e, 'core.invalid_input') && e.detail?.includes('no rule set') === true;
    await assert.rejects(client('sites.create', { body: { ...body, guard: { coreRules: 'shadow' } } }), refused);
    const site = await client('sites.create', { body: { ...body, guard: { coreRules: 'off' } } });
    const change = { params: { id: site.id }, body: { guard: { coreRules: 'block' } } } as const;
    await assert.rejects(client('sites.update', change), refused);
  });
});
