/**
 * The main job, step by step, the same for the fake and the real n8n: a person signs in at the gate, works in n8n behind it, a Viewer
 * cannot save, a published webhook answers, and every step stands in the audit log.
 */
import assert from 'node:assert/strict';
import type { Product } from './product.ts';
import { createOwner, invite, told } from './product.ts';
import type { Seen } from './visitor.ts';

interface Workflow {
  readonly id: string;
  readonly versionId: string;
  readonly name: string;
}

const data = (seen: Seen): Workflow => (seen.json() as { data: Workflow }).data;

/** Asks again until the answer is wanted or the time is over; n8n publishes workflows and writes its log asynchronously. */
export async function until<T>(ask: () => Promise<T>, isWanted: (value: T) => boolean, timeoutMs = 20_000): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await ask();
    if (isWanted(value) || Date.now() > deadline) return value;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

export async function mainJob(
  product: Product,
  n8n: { baseUrl: string; workflow: (name: string, path: string) => Record<string, unknown> },
): Promise<void> {
  const { operator } = product.sallyport;
  const owner = await createOwner(product);
  const site = await operator('sites.create', {
    body: { name: 'n8n', platform: 'n8n', upstreams: [n8n.baseUrl], port: 0 },
  });
  const at = site.address;

  // The Owner opens the editor: no other sign-in, n8n is claimed for them, and the browser never sees n8n's cookie.
  const editor = await until(
    () => owner.visitor.open(`${at}/`),
    seen => seen.status === 200,
  );
  assert.equal(editor.status, 200, told(editor));
  assert.equal(editor.url.origin, at, told(editor));
  assert.deepEqual(
    [...owner.visitor.cookies('localhost').keys()].filter(name => !name.startsWith('__Host-sallyport')),
    [],
  );
  const me = await owner.visitor.call('GET', `${at}/rest/login`);
  assert.equal((me.json() as { data: { email: string } }).data.email, owner.email, told(me));

  // They make a workflow and run it.
  const created = await owner.visitor.call('POST', `${at}/rest/workflows`, n8n.workflow('Orders', 'orders'));
  assert.equal(created.status, 200, told(created));
  const workflow = data(created);
  const run = await owner.visitor.call('POST', `${at}/rest/workflows/${workflow.id}/run`, {
    triggerToStartFrom: { name: 'Webhook' },
  });
  assert.equal(run.status, 200, told(run));
  const activated = await owner.visitor.call('POST', `${at}/rest/workflows/${workflow.id}/activate`, {
    versionId: workflow.versionId,
  });
  assert.equal(activated.status, 200, told(activated));

  await viewerCannotSave(product, { at, workflow, baseUrl: n8n.baseUrl });
  await webhookIsClosedUntilPublished(product, { at, siteId: site.id });

  // Every step stands in the log, under the person's name.
  const mine = await operator('audit.search', { query: { principal: owner.email, limit: 500 } });
  const types = new Set(mine.events.map(event => event.type));
  for (const type of ['link.used', 'user.mfa_enrolled', 'session.opened', 'workflow.created', 'workflow.activated'])
    assert.ok(types.has(type), `${type} of ${owner.email} is recorded; there are ${[...types].join(', ')}`);
  const createdEvents = mine.events.filter(event => event.type === 'workflow.created');
  assert.equal(createdEvents.length, 1, 'the same fact is told once');
  assert.equal(createdEvents[0]?.resource?.id, workflow.id);
  const ran = mine.events.filter(event => event.type === 'request.finished' && event.action === 'workflow.execute');
  assert.equal(ran.length, 1, 'the run stands under the person who started it');
  const verified = await operator('audit.verify');
  assert.deepEqual(verified.problems, []);
}

async function viewerCannotSave(
  product: Product,
  where: { at: string; workflow: Workflow; baseUrl: string },
): Promise<void> {
  const { operator } = product.sallyport;
  const viewer = await invite(product, { email: 'vera@example.com', name: 'Vera Viewer' });
  const { at, workflow } = where;
  const { projects } = await operator('projects.list');
  const [project] = projects;
  assert.ok(project, 'a default project exists');

  const outside = await viewer.visitor.open(`${at}/`);
  assert.equal(outside.status, 403, `nobody enters without a role: ${told(outside)}`);
  await operator('projects.setMember', { params: { id: project.id, userId: viewer.id }, body: { role: 'viewer' } });
  const inside = await viewer.visitor.open(`${at}/`);
  assert.equal(inside.status, 200, told(inside));

  for (const [method, path, body] of [
    ['PATCH', `/rest/workflows/${workflow.id}`, { name: 'Stolen' }],
    ['PATCH', `/REST/Workflows/${workflow.id}/`, { name: 'Stolen' }],
    ['POST', '/rest/workflows', { name: 'Mine', nodes: [], connections: {} }],
    ['POST', `/rest/workflows/${workflow.id}/run`, {}],
    ['DELETE', `/rest/workflows/${workflow.id}`, undefined],
    ['PUT', `/api/v1/workflows/${workflow.id}`, { name: 'Stolen' }],
  ] as const) {
    const refused = await viewer.visitor.call(method, `${at}${path}`, body);
    assert.equal(refused.status, 403, `${method} ${path}: ${told(refused)}`);
    assert.equal((refused.json() as { code: string }).code, 'gateway.forbidden');
  }
  const denials = await operator('audit.search', { query: { principal: viewer.email, outcome: 'denied', limit: 100 } });
  const save = denials.events.find(event => event.action === 'workflow.update');
  assert.equal((save?.data as { denied?: { layer: string } } | undefined)?.denied?.layer, 'authorize');

  // Disabled: ended at the next request.
  await operator('users.update', { params: { id: viewer.id }, body: { disabled: true } });
  const ended = await viewer.visitor.call('GET', `${at}/rest/workflows`);
  assert.equal(ended.status, 401, told(ended));
}

async function webhookIsClosedUntilPublished(product: Product, where: { at: string; siteId: string }): Promise<void> {
  const stranger = product.visitor();
  const url = `${where.at}/webhook/orders`;
  const knock = () =>
    stranger.send(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"msg":"hi"}' });
  assert.equal((await knock()).status, 401, 'closed to strangers until it is published');
  await product.sallyport.operator('sites.update', {
    params: { id: where.siteId },
    body: { publicRoutes: [{ methods: ['POST'], path: '/webhook/orders' }] },
  });
  const answered = await until(knock, seen => seen.status === 200);
  assert.equal(answered.status, 200, told(answered));
  assert.match(answered.text, /hi/);
  for (const path of ['/webhook/orders2', '/webhook/other', '/Webhook/orders/x', '/webhook-test/orders']) {
    const other = await stranger.send(`${where.at}${path}`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });
    assert.ok(other.status >= 400, `${path}: ${told(other)}`);
  }
  for (const path of ['/metrics', '/rest/owner/setup', '/rest/settings', '/rest/forgot-password', '/api/v1/users']) {
    const closed = await stranger.send(`${where.at}${path}`);
    assert.ok(closed.status === 401 || closed.status === 404, `${path}: ${told(closed)}`);
  }
}
