import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { FakeServer } from '../fakes/http.ts';
import { startFakeServer } from '../fakes/http.ts';
import type { Member, Product } from '../product/product.ts';
import { createOwner, goodPassword, invite, startProduct, told } from '../product/product.ts';
import { totpCode } from '../product/visitor.ts';
import { cookiesOf, portOf, sendRaw } from './attacker.ts';

interface Scene {
  readonly product: Product;
  readonly owner: Member;
  readonly ownerId: string;
  readonly administrator: Member & { readonly id: string };
  readonly member: Member & { readonly id: string };
  readonly site: { readonly id: string; readonly address: string };
}

const pageOf = { accept: 'text/html', 'sec-fetch-mode': 'navigate' };

describe('an attacker at the control plane', () => {
  const stack = new AsyncDisposableStack();
  let scene: Scene;
  before(async () => {
    const upstream: FakeServer = stack.use(await startFakeServer({ answer: () => ({ body: 'ok' }) }));
    const product = stack.use(await startProduct());
    const { operator } = product.sallyport;
    const owner = await createOwner(product);
    const administrator = await invite(product, { email: 'adam@example.com', name: 'Adam', role: 'administrator' });
    const member = await invite(product, { email: 'mia@example.com', name: '<img src=x onerror=alert(1)>' });
    const site = await operator('sites.create', {
      body: { name: 'app', platform: 'generic', upstreams: [upstream.baseUrl], port: 0 },
    });
    const { users } = await operator('users.list', { query: {} });
    const ownerId = users.find(user => user.role === 'owner')?.id ?? '';
    scene = { product, owner, ownerId, administrator, member, site };
  });
  after(() => stack.disposeAsync());

  const call = (who: Member, method: string, path: string, body?: unknown) =>
    who.visitor.call(method, `${scene.product.portal}/.sallyport/api/v1${path}`, body);

  it('does not become an Owner as an Administrator, nor touches one', async () => {
    const { administrator, ownerId } = scene;
    for (const [method, path, body] of [
      ['PATCH', `/users/${administrator.id}`, { role: 'owner' }],
      ['PATCH', `/users/${ownerId}`, { role: 'member' }],
      ['PATCH', `/users/${ownerId}`, { disabled: true }],
      ['PATCH', `/users/${ownerId}`, { name: 'Somebody else' }],
      ['POST', `/users/${ownerId}/link`, { purpose: 'recovery' }],
      ['DELETE', `/users/${ownerId}/totp`, undefined],
      ['DELETE', `/users/${ownerId}/sessions`, undefined],
      ['DELETE', `/users/${ownerId}`, undefined],
      ['POST', '/users', { email: 'new@example.com', name: 'New', role: 'owner' }],
      ['POST', '/operator/first-owner-link', undefined],
      ['POST', `/operator/sites/${scene.site.id}/n8n-hook`, undefined],
    ] as const) {
      const seen = await call(administrator, method, path, body);
      assert.equal(seen.status, 403, `${method} ${path}: ${told(seen)}`);
    }
    const extra = { email: 'new@example.com', name: 'New', role: 'member', id: 'x', hasPassword: true };
    assert.equal((await call(administrator, 'POST', '/users', extra)).status, 400, 'no field beside the contract');
    assert.equal((await call(scene.member, 'PATCH', '/me', { name: 'Mia', role: 'owner' })).status, 400);
  });

  it('reads nothing as a member without a role', async () => {
    const { member, ownerId, site } = scene;
    const { projects } = await scene.product.sallyport.operator('projects.list');
    const id = projects[0]?.id ?? '';
    for (const [method, path, body] of [
      ['GET', '/users', undefined],
      ['GET', `/users/${ownerId}`, undefined],
      ['GET', '/audit/events', undefined],
      ['POST', '/audit/verify', undefined],
      ['GET', '/status', undefined],
      ['GET', `/sites/${site.id}`, undefined],
      ['PATCH', `/sites/${site.id}`, { enabled: false }],
      ['GET', `/projects/${id}/members`, undefined],
      ['GET', `/projects/${id}/resources`, undefined],
      ['PUT', `/projects/${id}/members/${member.id}`, { role: 'owner' }],
      ['PUT', `/projects/${id}/resources/${site.id}/workflow/1`, undefined],
      ['POST', '/sites/detect', { upstream: 'http://127.0.0.1:22' }],
    ] as const) {
      const seen = await call(member, method, path, body);
      assert.equal(seen.status, 403, `${method} ${path}: ${told(seen)}`);
    }
    assert.deepEqual((await call(member, 'GET', '/sites')).json(), { sites: [] });
    assert.deepEqual((await call(member, 'GET', '/projects')).json(), { projects: [] });
  });

  it('cannot lead a signed-in person to another host', async () => {
    const { owner, product, site } = scene;
    const port = new URL(product.portal).port;
    const ways = [
      ...['//evil.example', '/\\evil.example', '///evil.example', '/.//evil.example', '/..//evil.example'],
      ...['/a/..//evil.example', `${site.address}//evil.example`, `${product.portal}/.//evil.example`],
      ...[
        'https://evil.example',
        'https:evil.example',
        'https:/evil.example',
        `https://localhost:${port}@evil.example`,
      ],
      ...[`https://localhost:${port}.evil.example`, '\thttps://evil.example', '/\t/evil.example', '/%2f/evil.example'],
      ...['javascript:alert(1)', 'data:text/html,x', `https://x@localhost:${port}/`],
    ];
    for (const way of ways) {
      for (const page of [`${product.portal}/.sallyport/sign-in`, `${site.address}/.sallyport/handoff`]) {
        const seen = await owner.visitor.send(`${page}?return_to=${encodeURIComponent(way)}`, { headers: pageOf });
        const location = new URL(String(seen.headers['location'] ?? ''), page);
        assert.equal(location.hostname, 'localhost', `${way} on ${page}`);
      }
    }
  });

  it('cannot aim the gate at itself or at what a cloud tells only its machines', async () => {
    const { port } = new URL(scene.product.portal);
    for (const upstream of [
      ...['http://169.254.169.254', 'http://[::ffff:a9fe:a9fe]', 'http://0xa9fea9fe', 'http://2852039166'],
      ...['http://[fe80::1]', 'http://[fd00:ec2::254]', 'gopher://127.0.0.1', 'http://a:b@127.0.0.1'],
      ...[`https://localhost:${port}`, `https://127.0.0.1:${port}`, `https://0.0.0.0:${port}`, `https://[::]:${port}`],
    ]) {
      const body = { name: 'aimed', platform: 'generic', upstreams: [upstream], port: 0 };
      const seen = await call(scene.administrator, 'POST', '/sites', body);
      assert.equal(seen.status, 400, `${upstream}: ${told(seen)}`);
    }
  });

  it('cannot have passwords kept for a platform sent to an upstream of an Administrator', async () => {
    const { product, administrator, owner } = scene;
    const given = { name: 'n8n', platform: 'n8n' as const, upstreams: ['http://127.0.0.1:9'], port: 0 };
    const { id } = await product.sallyport.operator('sites.create', { body: given });
    const trap = { upstreams: ['http://127.0.0.1:9', 'http://127.0.0.1:10'] };
    for (const change of [
      trap,
      { platform: 'generic', ...trap },
      { platform: 'generic' },
      { accounts: 'none', ...trap },
    ])
      assert.equal((await call(administrator, 'PATCH', `/sites/${id}`, change)).status, 403, JSON.stringify(change));
    assert.equal((await call(administrator, 'PATCH', `/sites/${id}`, { upstreamTimeoutMs: 1000 })).status, 200);
    assert.equal((await call(owner, 'PATCH', `/sites/${id}`, trap)).status, 200);
  });

  it('has no use of a link or a code twice, however close together', async () => {
    const { product, owner } = scene;
    const person = { email: 'rita@example.com', name: 'Rita', role: 'member' as const };
    const { link } = await product.sallyport.operator('users.create', { body: person });
    const racers = [0, 1, 2, 3].map(() => product.visitor());
    const pages = await Promise.all(racers.map(racer => racer.open(link.url)));
    const set = { password: goodPassword, again: goodPassword };
    const used = await Promise.all(racers.map((racer, at) => racer.submit(pages[at] ?? assert.fail(), set)));
    assert.equal(used.filter(seen => seen.status === 200).length, 1);
    const browsers = [0, 1, 2, 3].map(() => product.visitor());
    const codes = await Promise.all(
      browsers.map(async browser => {
        const page = await browser.open(`${product.portal}/.sallyport/sign-in`);
        return browser.submit(page, { email: owner.email, password: goodPassword });
      }),
    );
    // The code of the next half minute: that of this one was spent at enrolment.
    const code = totpCode(owner.totpSecret ?? '', Date.now() + 30_000);
    const taken = await Promise.all(
      browsers.map((browser, at) => browser.submit(codes[at] ?? assert.fail(), { code })),
    );
    assert.equal(taken.filter(seen => seen.url.pathname.startsWith('/.sallyport/portal')).length, 1);
  });

  it('cannot sign a browser in or out from a page of another origin', async () => {
    const { owner, product, site } = scene;
    const port = portOf(product.portal);
    const browser = product.visitor();
    await browser.open(`${product.portal}/.sallyport/sign-in`);
    const token = browser.cookies('localhost').get('__Host-sallyport-form') ?? '';
    const body = `form_token=${token}&email=x%40example.com&password=p`;
    const form = 'Content-Type: application/x-www-form-urlencoded';
    const own = [`Host: localhost:${port}`, form, `Content-Length: ${body.length}`];
    for (const from of [
      [`Origin: ${product.portal}`],
      [`Origin: ${site.address}`, `Cookie: __Host-sallyport-form=${token}`],
      ['Origin: null', `Cookie: __Host-sallyport-form=${token}`],
      ['Sec-Fetch-Site: same-site', `Cookie: __Host-sallyport-form=${token}`],
      [`Cookie: __Host-sallyport-form=${token}`],
    ]) {
      const seen = await sendRaw(product, port, ['POST /.sallyport/sign-in HTTP/1.1', ...own, ...from], body);
      assert.equal(seen.status, 403, from.join());
    }
    const cookie = `Cookie: ${cookiesOf(owner.visitor)}`;
    for (const from of [[], ['Origin: null'], [`Origin: ${site.address}`], ['Sec-Fetch-Site: same-site']]) {
      const head = ['POST /.sallyport/api/v1/me/sign-out HTTP/1.1', `Host: localhost:${port}`, cookie];
      const seen = await sendRaw(product, port, [...head, 'Sallyport-CSRF: 1', 'Content-Length: 0', ...from]);
      assert.equal(seen.status, 403, from.join());
    }
    assert.equal((await owner.visitor.open(`${product.portal}/.sallyport/sign-out`)).status, 200);
    assert.equal((await call(owner, 'GET', '/me')).status, 200, 'opening the sign-out page signs nobody out');
  });

  it('leaves a record when it guesses a password with a session it found', async () => {
    const { member, product } = scene;
    const guess = { current: 'not the password of Mia', next: 'another long enough password' };
    assert.equal((await call(member, 'POST', '/me/password', guess)).status, 422);
    await product.sallyport.operator('operator.flush');
    const { events } = await product.sallyport.operator('audit.search', { query: { type: 'auth.failed', limit: 50 } });
    assert.ok(events.some(event => event.resource?.id === member.id && event.data['reason'] === 'wrong'));
  });

  it('changes nothing by odd JSON, and no name becomes markup', async () => {
    const post = (body: string, type = 'application/json') =>
      scene.administrator.visitor.send(`${scene.product.portal}/.sallyport/api/v1/projects`, {
        method: 'POST',
        headers: {
          ...{ origin: scene.product.portal, 'sec-fetch-site': 'same-origin', 'sallyport-csrf': '1' },
          'content-type': type,
        },
        body,
      });
    for (const body of [
      '{"name":"x","__proto__":{"role":"owner"}}',
      '{"__proto__":{"name":"x"}}',
      '{"constructor":{"prototype":{"name":"x"}}}',
      `{"name":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`,
      'null',
      '[]',
    ])
      assert.equal((await post(body)).status, 400, body.slice(0, 60));
    assert.equal((await post('{"name":"x"}', 'text/plain')).status, 400);
    assert.ok((await post(`{"name":"${'x'.repeat(600_000)}"}`)).status === 413);
    const page = await scene.member.visitor.open(`${scene.product.portal}/.sallyport/no-such"><script>x`);
    assert.doesNotMatch(page.text, /<script|onerror/);
  });
});
