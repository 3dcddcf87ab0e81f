import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startFakeFlowise } from '../fakes/flowise.ts';
import { startFakeServer } from '../fakes/http.ts';
import { startFakeN8n } from '../fakes/n8n.ts';
import { echoWorkflow } from '../servers/n8n.ts';
import { until } from './main-job.ts';
import type { Product } from './product.ts';
import { createOwner, invite, startProduct, told } from './product.ts';

async function member(product: Product, name: string, role: 'viewer' | 'editor') {
  const { operator } = product.sallyport;
  const made = await invite(product, { email: `${name}@example.com`, name });
  const [project] = (await operator('projects.list')).projects;
  await operator('projects.setMember', { params: { id: project?.id ?? '', userId: made.id }, body: { role } });
  return made;
}

describe('Flowise behind the gate', () => {
  it('one shared account, told apart by the gate: an Editor builds, a Viewer does not, a prediction is closed until published', async () => {
    await using flowise = await startFakeFlowise();
    await using product = await startProduct();
    const { operator } = product.sallyport;
    const owner = await createOwner(product);
    const site = await operator('sites.create', {
      body: { name: 'flows', platform: 'flowise', upstreams: [flowise.baseUrl], port: 0 },
    });
    const at = site.address;
    const opened = await until(
      () => owner.visitor.open(`${at}/`),
      seen => seen.status === 200,
    );
    assert.equal(opened.status, 200, told(opened));
    assert.ok(flowise.state.owner, 'the gate claimed it');
    const editor = await member(product, 'edith', 'editor');
    const viewer = await member(product, 'vera', 'viewer');
    for (const person of [editor, viewer]) assert.equal((await person.visitor.open(`${at}/`)).status, 200);

    const made = await editor.visitor.call('POST', `${at}/api/v1/chatflows`, { name: 'Chat', flowData: '{}' });
    assert.equal(made.status, 200, told(made));
    const { id } = made.json() as { id: string };
    const denied = await viewer.visitor.call('PUT', `${at}/api/v1/chatflows/${id}`, { name: 'Stolen' });
    assert.equal(denied.status, 403, told(denied));
    assert.equal((await viewer.visitor.call('GET', `${at}/api/v1/chatflows`)).status, 200);

    const stranger = product.visitor();
    const ask = () => stranger.call('POST', `${at}/api/v1/prediction/${id}`, { question: 'hi' });
    assert.equal((await ask()).status, 401, 'closed until published');
    await operator('sites.update', {
      params: { id: site.id },
      body: { publicRoutes: [{ methods: ['POST'], path: `/api/v1/prediction/${id}` }] },
    });
    const answered = await ask();
    assert.equal(answered.status, 200, told(answered));
    assert.match(answered.text, /echo: hi/);
    assert.equal((await stranger.call('POST', `${at}/api/v1/prediction/other`, { question: 'hi' })).status, 401);
    const { events } = await operator('audit.search', { query: { type: 'workflow.created', limit: 5 } });
    assert.deepEqual(
      events.map(event => event.principal.name),
      [editor.email],
    );
  });
});

describe('an n8n that had an owner before the gate', () => {
  const boss = { email: 'boss@example.com', password: 'Boss-password-1' };

  it('asks the first Owner for its account on a page, and makes people accounts with it', async () => {
    await using n8n = await startFakeN8n({ owner: boss });
    await using product = await startProduct();
    const owner = await createOwner(product);
    const site = await product.sallyport.operator('sites.create', {
      body: { name: 'n8n', platform: 'n8n', upstreams: [n8n.baseUrl], port: 0 },
    });
    const asked = await owner.visitor.open(`${site.address}/`);
    assert.equal(asked.status, 409, told(asked));
    const link = /href="([^"]*platform-account[^"]*)"/.exec(asked.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const form = await owner.visitor.open(new URL(link, asked.url).href);
    const wrong = await owner.visitor.submit(form, { email: boss.email, password: 'not it' });
    assert.equal(wrong.status, 422, told(wrong));
    const inside = await owner.visitor.submit(wrong, boss);
    assert.equal(inside.status, 200, told(inside));
    assert.equal(inside.url.origin, site.address);
    const editor = await member(product, 'edith', 'editor');
    assert.equal((await editor.visitor.open(`${site.address}/`)).status, 200);
    const me = await editor.visitor.call('GET', `${site.address}/rest/login`);
    assert.equal((me.json() as { data: { email: string } }).data.email, editor.email, 'an account of their own');
  });

  it('shared: everybody works through its account, and the log still tells who it was', async () => {
    await using n8n = await startFakeN8n({ owner: boss });
    await using product = await startProduct();
    const { operator } = product.sallyport;
    await createOwner(product);
    const site = await operator('sites.create', {
      body: { name: 'n8n', platform: 'n8n', upstreams: [n8n.baseUrl], port: 0, accounts: 'shared' },
    });
    await operator('sites.setPlatformAccount', { params: { id: site.id }, body: boss });
    const editor = await member(product, 'edith', 'editor');
    const viewer = await member(product, 'vera', 'viewer');
    for (const person of [editor, viewer]) {
      const inside = await person.visitor.open(`${site.address}/`);
      assert.equal(inside.status, 200, told(inside));
      const me = await person.visitor.call('GET', `${site.address}/rest/login`);
      assert.equal((me.json() as { data: { email: string } }).data.email, boss.email);
    }
    const made = await editor.visitor.call('POST', `${site.address}/rest/workflows`, echoWorkflow('Orders', 'orders'));
    assert.equal(made.status, 200, told(made));
    const denied = await viewer.visitor.call('POST', `${site.address}/rest/workflows`, echoWorkflow('Mine', 'mine'));
    assert.equal(denied.status, 403, told(denied));
    const { events } = await operator('audit.search', { query: { type: 'workflow.created', limit: 5 } });
    assert.deepEqual(
      events.map(event => event.principal.name),
      [editor.email],
    );
  });
});

describe('a site with a host name of its own', () => {
  it('has its own cookie, handed over once, and ends with the session it came from', async () => {
    await using upstream = await startFakeServer({ answer: request => ({ body: `saw ${request.target}` }) });
    await using product = await startProduct();
    const { operator } = product.sallyport;
    const site = await operator('sites.create', {
      body: { name: 'flows', platform: 'generic', upstreams: [upstream.baseUrl], hosts: ['flows.test'], port: null },
    });
    assert.equal(site.address, `https://flows.test:${new URL(product.portal).port}`);
    await createOwner(product);
    const mia = await member(product, 'mia', 'editor');
    const inside = await mia.visitor.open(`${site.address}/deep?x=1`);
    assert.equal(inside.status, 200, told(inside));
    assert.equal(inside.text, 'saw /deep?x=1');
    const [here, there] = ['flows.test', 'localhost'].map(host => mia.visitor.cookies(host).get('__Host-sallyport'));
    assert.ok(here !== undefined && there !== undefined && here !== there, 'a cookie for each host');

    // The cookie of one host is worth nothing on the other.
    const thief = product.visitor();
    const tried = await thief.send(`${product.portal}/.sallyport/api/v1/me`, {
      headers: { cookie: `__Host-sallyport=${here}`, accept: 'application/json' },
    });
    assert.equal(tried.status, 401, told(tried));
    const other = await thief.send(`${site.address}/x`, { headers: { cookie: `__Host-sallyport=${there}` } });
    assert.equal(other.status, 401, told(other));
    assert.ok(upstream.requests.every(one => !(one.headers.cookie ?? '').includes('sallyport')));

    const signOut = await mia.visitor.open(`${product.portal}/.sallyport/sign-out`);
    await mia.visitor.submit(signOut);
    const after = await mia.visitor.call('GET', `${site.address}/x`);
    assert.equal(after.status, 401, 'ending the parent ends the child');
  });
});
