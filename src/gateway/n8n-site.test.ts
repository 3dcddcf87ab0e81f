import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FakeN8n } from '../../tests/fakes/n8n.ts';
import { startFakeN8n } from '../../tests/fakes/n8n.ts';
import { Secret } from '../core/secret.ts';
import type { TestGate } from './gateway.fixture.ts';
import { anna, person, site, startGate, startUpstream } from './gateway.fixture.ts';

/** A gate in front of a fake n8n in which the gate holds a session for Anna. */
async function withN8n(use: (gate: TestGate, n8n: FakeN8n) => Promise<void>): Promise<void> {
  await using n8n = await startFakeN8n({ owner: { email: 'anna@example.org', password: 'Secret-123' } });
  const [user] = n8n.state.users.values();
  n8n.state.sessions.set('held', user?.id ?? '');
  const publicRoutes = [{ methods: ['POST'], path: '/webhook/orders' }];
  await using gate = await startGate([site([n8n.baseUrl], { platform: 'n8n', accounts: 'personal', publicRoutes })]);
  await use(gate, n8n);
}

const json = { 'content-type': 'application/json' };

describe('a site with n8n behind it', () => {
  it('acts in n8n by the session the gate holds, which no browser sees or sends', () =>
    withN8n(async (gate, n8n) => {
      const answer = await gate.call({
        path: '/rest/login',
        headers: { cookie: `__Host-sallyport=${anna.token}; n8n-auth=mine` },
      });
      assert.equal(answer.status, 200);
      assert.equal(JSON.parse(answer.body).data.email, 'anna@example.org');
      const seen = n8n.requests.find(request => request.target === '/rest/login');
      assert.equal(seen?.headers.cookie, 'n8n-auth=held');
    }));

  it('drops what would make n8n act as somebody else', () =>
    withN8n(async (gate, n8n) => {
      const headers = { 'x-n8n-api-key': 'k', authorization: 'Bearer k', 'browser-id': 'b' };
      await gate.call({ path: '/rest/workflows', signedIn: true, headers });
      const seen = n8n.requests.find(request => request.target === '/rest/workflows')?.headers ?? {};
      assert.deepEqual(
        [seen['x-n8n-api-key'], seen.authorization, seen['browser-id']],
        [undefined, undefined, undefined],
      );
    }));

  it('tells the facts of what a person did, from the answer', () =>
    withN8n(async gate => {
      const body = JSON.stringify({ name: 'orders', nodes: [], connections: {} });
      const answer = await gate.call({ method: 'POST', path: '/rest/workflows', signedIn: true, headers: json, body });
      assert.equal(answer.status, 200);
      const facts = gate.told.flatMap(message => (message.kind === 'fact' ? [message] : []));
      assert.equal(facts[0]?.fact.type, 'workflow.created');
      assert.equal(facts[0]?.userId, anna.id);
      assert.equal(gate.records()[0]?.action, 'workflow.create');
      assert.equal(gate.records()[0]?.data.endpoint, '/rest/workflows');
    }));

  it('tells them of a workflow of any size, from the beginning of the answer', () =>
    withN8n(async gate => {
      const call = async (method: string, path: string, name: string) => {
        const nodes = [{ id: 'n', type: 'code', parameters: { code: 'x'.repeat(300_000) } }];
        const body = JSON.stringify({ name, nodes, connections: {} });
        const answer = await gate.call({ method, path, signedIn: true, headers: json, body });
        assert.equal(answer.status, 200);
        assert.ok(answer.body.length > 300_000);
        return JSON.parse(answer.body).data.id as string;
      };
      const id = await call('POST', '/rest/workflows', 'large');
      await call('PATCH', `/rest/workflows/${id}`, 'larger');
      const facts = gate.told.flatMap(message => (message.kind === 'fact' ? [message.fact] : []));
      assert.deepEqual(
        facts.map(fact => [fact.type, fact.resource.id, fact.resource.name]),
        [
          ['workflow.created', id, 'large'],
          ['workflow.updated', id, 'larger'],
        ],
      );
    }));

  it('does not let a viewer save', () =>
    withN8n(async (gate, n8n) => {
      gate.change({ section: 'people', key: anna.id, value: person({ projects: new Map([['p-1', ['viewer']]]) }) });
      const before = n8n.requests.length;
      const answer = await gate.call({
        method: 'POST',
        path: '/rest/workflows',
        signedIn: true,
        headers: json,
        body: '{}',
      });
      assert.equal(answer.status, 403);
      assert.equal(n8n.requests.length, before);
      assert.equal((await gate.call({ path: '/rest/workflows', signedIn: true })).status, 200);
    }));

  it('judges a workflow by the project it is assigned to', () =>
    withN8n(async gate => {
      const path = '/rest/workflows/AbCdEfGh12345678';
      gate.change({ section: 'assignments', key: 'site-app|workflow|AbCdEfGh12345678', value: 'p-2' });
      assert.equal((await gate.call({ path, signedIn: true })).status, 403);
      assert.equal(
        (await gate.call({ path: path.toUpperCase().replace('ABCDEFGH', 'AbCdEfGh'), signedIn: true })).status,
        403,
      );
      gate.change({ section: 'people', key: anna.id, value: person({ projects: new Map([['p-2', ['viewer']]]) }) });
      assert.equal((await gate.call({ path, signedIn: true })).status, 404, 'let through: the fake has none');
      assert.equal(
        (await gate.call({ path: '/home/workflows', signedIn: true })).status,
        200,
        'may enter by a role in an assigned project',
      );
    }));

  it('lets outsiders call a published webhook and nothing near it', () =>
    withN8n(async gate => {
      const statusOf = async (method: string, path: string) => (await gate.call({ method, path })).status;
      assert.notEqual(await statusOf('POST', '/webhook/orders'), 401);
      for (const path of [
        '/webhook/other',
        '/webhook/orders/x',
        '/webhook-test/orders',
        '/rest/workflows',
        '/api/v1/workflows',
      ]) {
        assert.equal(await statusOf('POST', path), 401, path);
      }
      for (const path of ['/metrics', '/METRICS', '/rest/owner/setup', '/rest/forgot-password']) {
        assert.equal(await statusOf(path.startsWith('/rest') ? 'POST' : 'GET', path), 404, path);
      }
    }));

  it('sends a person without a platform session to get one, and tells a program', () =>
    withN8n(async gate => {
      gate.change({ section: 'platformSessions', key: `site-app|${anna.id}` });
      const page = await gate.call({ path: '/home/workflows?x=1', signedIn: true, headers: { accept: 'text/html' } });
      assert.equal(page.headers.location, `/.sallyport/enter?return_to=${encodeURIComponent('/home/workflows?x=1')}`);
      assert.equal((await gate.call({ path: '/rest/workflows', signedIn: true })).status, 401);
    }));

  it('tells once n8n no longer honours the session, and when it renews it', async () => {
    let status = 401;
    await using upstream = await startUpstream((_req, res) => {
      res.writeHead(status, { 'set-cookie': ['n8n-auth=fresh; Max-Age=600; HttpOnly', 'theme=dark'] });
      res.end('{}');
    });
    await using gate = await startGate([site([upstream.url], { platform: 'n8n', accounts: 'personal' })]);
    const tellings = () => gate.told.flatMap(message => (message.kind === 'platform_session' ? [message.session] : []));
    await gate.call({ path: '/rest/workflows', signedIn: true });
    assert.deepEqual(tellings(), [null]);
    status = 200;
    const answer = await gate.call({ path: '/rest/workflows', signedIn: true });
    assert.deepEqual(answer.headers['set-cookie'], ['theme=dark; SameSite=Lax']);
    const renewed = tellings()[1];
    assert.ok(renewed?.headers['cookie'] instanceof Secret);
    assert.equal(renewed.headers['cookie'].reveal(), 'n8n-auth=fresh');
    assert.ok(Math.abs(renewed.expiresAt - Date.now() - 600_000) < 5000);
  });

  it('answers the sign-out of n8n by ending the session at the gate', () =>
    withN8n(async (gate, n8n) => {
      const forms: (string | null)[] = [];
      gate.control.handle = async request => {
        const cookie = request.headers.get('cookie') ?? '';
        const form = new URLSearchParams(await request.text());
        forms.push(form.get('form_token'));
        assert.ok(cookie.includes(`__Host-sallyport-form=${form.get('form_token')}`));
        assert.ok(cookie.includes(anna.token));
        return new Response(null, {
          status: 303,
          headers: { 'set-cookie': '__Host-sallyport=; Max-Age=0', location: '/x' },
        });
      };
      const before = n8n.requests.length;
      const out = await gate.call({ method: 'POST', path: '/rest/logout', signedIn: true, headers: json, body: '{}' });
      assert.equal(out.status, 200);
      assert.deepEqual(JSON.parse(out.body).data, { loggedOut: true });
      assert.deepEqual(out.headers['set-cookie'], ['__Host-sallyport=; Max-Age=0']);
      assert.equal(forms.length, 1);
      const forged = { cookie: `__Host-sallyport=${anna.token}`, origin: 'http://evil.test' };
      assert.equal((await gate.call({ method: 'POST', path: '/rest/logout', headers: forged })).status, 403);
      const page = await gate.call({ path: '/signout', signedIn: true, headers: { accept: 'text/html' } });
      assert.equal(page.headers.location, '/.sallyport/sign-out');
      assert.equal(n8n.requests.length, before);
    }));

  it('never shows the sign-in page of n8n, and never takes its password', () =>
    withN8n(async (gate, n8n) => {
      const before = n8n.requests.length;
      const accept = { accept: 'text/html' };
      const out = await gate.call({ path: '/signin?redirect=/x', headers: accept });
      assert.equal(
        out.headers.location,
        `http://portal.test/.sallyport/sign-in?return_to=${encodeURIComponent('http://app.test/')}`,
      );
      const signedIn = await gate.call({ path: '/signin', signedIn: true, headers: accept });
      assert.equal(signedIn.headers.location, `/.sallyport/enter?return_to=${encodeURIComponent('/')}`);
      assert.equal((await gate.call({ method: 'POST', path: '/rest/login', headers: json, body: '{}' })).status, 404);
      assert.equal(n8n.requests.length, before);
    }));
});
