/**
 * Two projects on one n8n: the people of a project share its work, and no project sees, runs or uses anything of the other. The same steps
 * for the fake and the real n8n.
 */
import assert from 'node:assert/strict';
import { until } from './main-job.ts';
import type { Product } from './product.ts';
import { createOwner, invite, told } from './product.ts';
import type { Seen, Visitor } from './visitor.ts';

interface Made {
  readonly id: string;
  readonly versionId: string;
}

const dataOf = <T>(seen: Seen): T => {
  assert.equal(seen.status, 200, told(seen));
  return (seen.json() as { data: T }).data;
};

/** A workflow that calls another one by its id. */
function callerOf(workflowId: string): Record<string, unknown> {
  const parameters = { workflowId: { __rl: true, value: workflowId, mode: 'id' }, options: {} };
  const at = { position: [0, 0] };
  return {
    name: 'Caller',
    nodes: [
      {
        ...at,
        id: crypto.randomUUID(),
        name: 'Start',
        type: 'n8n-nodes-base.manualTrigger',
        typeVersion: 1,
        parameters: {},
      },
      {
        ...at,
        id: crypto.randomUUID(),
        name: 'Call',
        type: 'n8n-nodes-base.executeWorkflow',
        typeVersion: 1.2,
        parameters,
      },
    ],
    connections: { Start: { main: [[{ node: 'Call', type: 'main', index: 0 }]] } },
    settings: { executionOrder: 'v1' },
  };
}

export async function projectsJob(
  product: Product,
  n8n: { baseUrl: string; workflow: (name: string, path: string) => Record<string, unknown>; isReal: boolean },
): Promise<void> {
  const { operator } = product.sallyport;
  const owner = await createOwner(product);
  const north = await operator('projects.create', { body: { name: 'North' } });
  const south = await operator('projects.create', { body: { name: 'South' } });
  const site = await operator('sites.create', {
    body: {
      name: 'n8n',
      platform: 'n8n',
      upstreams: [n8n.baseUrl],
      port: 0,
      accounts: 'project',
      defaultProject: north.id,
      projects: [south.id],
    },
  });
  const at = site.address;
  const member = async (name: string, roles: Record<string, 'viewer' | 'editor' | 'admin'>): Promise<Visitor> => {
    const person = await invite(product, { email: `${name}@example.com`, name });
    for (const [projectId, role] of Object.entries(roles))
      await operator('projects.setMember', { params: { id: projectId, userId: person.id }, body: { role } });
    return person.visitor;
  };

  // The Owner comes first: n8n is claimed for the person, and both projects get accounts beside that.
  const chooser = await until(
    () => owner.visitor.open(`${at}/`),
    seen => seen.status === 200,
  );
  assert.equal(chooser.url.pathname, '/.sallyport/project', told(chooser));
  assert.equal((await owner.visitor.submit(chooser, { project: north.id })).status, 200);

  const ann = await member('ann', { [north.id]: 'admin' });
  const ada = await member('ada', { [north.id]: 'viewer' });
  const bob = await member('bob', { [south.id]: 'editor' });
  for (const visitor of [ann, ada, bob]) {
    const page = await visitor.open(`${at}/`);
    assert.equal(page.status, 200, told(page));
    assert.equal(page.url.pathname, '/', told(page));
  }

  // Shared within the project.
  const secret = dataOf<Made>(await ann.call('POST', `${at}/rest/workflows`, n8n.workflow('Ledger', 'ledger')));
  const idsFor = async (visitor: Visitor): Promise<string[]> =>
    dataOf<{ id: string }[]>(await visitor.call('GET', `${at}/rest/workflows`)).map(one => one.id);
  assert.deepEqual(await idsFor(ann), [secret.id]);
  assert.deepEqual(await idsFor(ada), [secret.id]);
  assert.equal((await ada.call('GET', `${at}/rest/workflows/${secret.id}`)).status, 200);
  assert.equal((await ada.call('PATCH', `${at}/rest/workflows/${secret.id}`, { name: 'Mine' })).status, 403);

  // Nothing of it in the other project: not listed, not read, not run, not changed.
  assert.deepEqual(await idsFor(bob), []);
  for (const [method, path, body] of [
    ['GET', `/rest/workflows/${secret.id}`, undefined],
    ['PATCH', `/rest/workflows/${secret.id}`, { name: 'Stolen' }],
    ['POST', `/rest/workflows/${secret.id}/run`, { triggerToStartFrom: { name: 'Start' } }],
    ['POST', `/rest/workflows/${secret.id}/activate`, { versionId: secret.versionId }],
    ['DELETE', `/rest/workflows/${secret.id}`, undefined],
  ] as const) {
    const seen = await bob.call(method, `${at}${path}`, body);
    assert.ok(seen.status >= 400 && seen.status < 500, `${method} ${path}: ${told(seen)}`);
  }
  assert.equal((await ann.call('GET', `${at}/rest/workflows/${secret.id}`)).status, 200);
  if (n8n.isReal) await nothingByTheWay({ at, ann, bob, secret });

  // Who belongs to both chooses, and works in one at a time.
  const cyd = await member('cyd', { [north.id]: 'viewer', [south.id]: 'editor' });
  const asked = await cyd.open(`${at}/home/workflows`);
  assert.equal(asked.url.pathname, '/.sallyport/project', told(asked));
  await cyd.submit(asked, { project: south.id });
  assert.ok(!(await idsFor(cyd)).includes(secret.id));
  await cyd.submit(await cyd.open(`${at}/.sallyport/project`), { project: north.id });
  assert.deepEqual(await idsFor(cyd), [secret.id]);
  assert.equal((await cyd.call('POST', `${at}/rest/workflows`, n8n.workflow('x', 'x'))).status, 403);

  // Taken out of the project: ended at the next request.
  const { users } = await operator('users.list', { query: { search: 'cyd@', limit: 5 } });
  const gone = { id: north.id, userId: users[0]?.id ?? '' };
  await operator('projects.removeMember', { params: gone });
  assert.ok(!(await idsFor(cyd)).includes(secret.id));
}

/** By a workflow that calls another, by a credential of the other project, by the executions and the live channel. */
async function nothingByTheWay({
  at,
  ann,
  bob,
  secret,
}: {
  at: string;
  ann: Visitor;
  bob: Visitor;
  secret: Made;
}): Promise<void> {
  const run = dataOf<{ executionId: string }>(
    await ann.call('POST', `${at}/rest/workflows/${secret.id}/run`, { triggerToStartFrom: { name: 'Start' } }),
  );
  const credential = dataOf<{ id: string }>(
    await ann.call('POST', `${at}/rest/credentials`, {
      name: 'Ledger key',
      type: 'httpHeaderAuth',
      data: { name: 'x-key', value: 'north-only' },
    }),
  );
  assert.equal((await bob.call('GET', `${at}/rest/executions/${run.executionId}`)).status, 404);
  const executions = dataOf<{ results: unknown[] }>(await bob.call('GET', `${at}/rest/executions`));
  assert.deepEqual(executions.results, []);
  assert.ok(!(await bob.call('GET', `${at}/rest/credentials`)).text.includes(credential.id));
  assert.ok((await bob.call('GET', `${at}/rest/credentials/${credential.id}`)).status >= 400);

  const caller = await bob.call('POST', `${at}/rest/workflows`, callerOf(secret.id));
  if (caller.status === 200) {
    const { id } = dataOf<Made>(caller);
    const started = await bob.call('POST', `${at}/rest/workflows/${id}/run`, { triggerToStartFrom: { name: 'Start' } });
    if (started.status === 200) {
      const { executionId } = dataOf<{ executionId: string }>(started);
      const finished = await until(
        () => bob.call('GET', `${at}/rest/executions/${executionId}`),
        seen => seen.status === 200 && !/"status":"(?:new|running)"/.test(seen.text),
      );
      assert.match(finished.text, /"status":"error"/, told(finished));
    }
  }
}
