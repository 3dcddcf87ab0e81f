import assert from 'node:assert/strict';
import { connect as connectHttp2 } from 'node:http2';
import { after, before, describe, it } from 'node:test';
import type { FakeServer } from '../fakes/http.ts';
import { startFakeServer } from '../fakes/http.ts';
import type { FakeN8n } from '../fakes/n8n.ts';
import { startFakeN8n } from '../fakes/n8n.ts';
import { until } from '../product/main-job.ts';
import type { Member, Product } from '../product/product.ts';
import { createOwner, invite, startProduct, told } from '../product/product.ts';
import { echoWorkflow } from '../servers/n8n.ts';
import { cookiesOf, holds, openLine, portOf, sendHttp2, sendRaw } from './attacker.ts';

/** An n8n and an application that shows what it was sent, behind one gate; an Owner who works in both. */
interface Scene {
  readonly product: Product;
  readonly n8n: FakeN8n;
  readonly echo: FakeServer;
  readonly owner: Member;
  readonly n8nSite: { readonly id: string; readonly address: string };
  readonly app: { readonly id: string; readonly address: string };
  readonly project: string;
}

const stack = new AsyncDisposableStack();

async function setTheScene(): Promise<Scene> {
  const n8n = stack.use(await startFakeN8n());
  const echo = stack.use(await startFakeServer({ answer: request => ({ body: request }) }));
  const product = stack.use(await startProduct());
  const { operator } = product.sallyport;
  const owner = await createOwner(product);
  const n8nSite = await operator('sites.create', {
    body: { name: 'n8n', platform: 'n8n', upstreams: [n8n.baseUrl], port: 0 },
  });
  const app = await operator('sites.create', {
    body: { name: 'app', platform: 'generic', upstreams: [echo.baseUrl], port: 0 },
  });
  const [project] = (await operator('projects.list')).projects;
  assert.ok(project);
  await until(
    () => owner.visitor.open(`${n8nSite.address}/`),
    seen => seen.status === 200,
  );
  return { product, n8n, echo, owner, n8nSite, app, project: project.id };
}

describe('an attacker on the way in', () => {
  let scene: Scene;
  before(async () => {
    scene = await setTheScene();
  });
  after(() => stack.disposeAsync());

  const toApp = (headers: readonly string[], request = 'GET /x') =>
    sendRaw(scene.product, portOf(scene.app.address), [`${request} HTTP/1.1`, ...headers]);
  const appHost = () => `Host: ${new URL(scene.app.address).host}`;
  const ownCookie = () => `Cookie: ${cookiesOf(scene.owner.visitor)}`;
  const seenByApp = () => scene.echo.requests.at(-1)?.headers ?? {};

  it('cannot hold a body back until the role is gone and then have the request done', async () => {
    const { n8n, n8nSite, product, project } = scene;
    const { operator } = product.sallyport;
    const mallory = await invite(product, { email: 'mallory@example.com', name: 'Mallory' });
    await operator('projects.setMember', { params: { id: project, userId: mallory.id }, body: { role: 'editor' } });
    await mallory.visitor.open(`${n8nSite.address}/`);
    const made = await mallory.visitor.call('POST', `${n8nSite.address}/rest/workflows`, echoWorkflow('Mine', 'mine'));
    const { id } = (made.json() as { data: { id: string } }).data;
    const body = '{"name":"Taken after the role was gone"}';
    const line = await openLine(product, portOf(n8nSite.address));
    const { host } = new URL(n8nSite.address);
    const head = [
      `PATCH /rest/workflows/${id} HTTP/1.1`,
      `Host: ${host}`,
      `Cookie: ${cookiesOf(mallory.visitor)}`,
      `Origin: ${n8nSite.address}`,
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
    ];
    line.send(`${head.join('\r\n')}\r\n\r\n{`);
    // A request on another connection shows that the first one has been judged.
    await mallory.visitor.call('GET', `${n8nSite.address}/rest/workflows/${id}`);
    await operator('projects.setMember', { params: { id: project, userId: mallory.id }, body: { role: 'viewer' } });
    line.send(body.slice(1));
    assert.ok(await holds(() => line.isClosed), 'the connection is cut');
    assert.equal(n8n.state.workflows.get(id)?.name, 'Mine');
    assert.equal(line.told, '');
  });

  it('reaches a published webhook by its exact name only', async () => {
    const { n8nSite, owner, product } = scene;
    const { operator } = product.sallyport;
    for (const path of ['orders', 'ORDERS']) {
      const ask = () =>
        owner.visitor.call('POST', `${n8nSite.address}/rest/workflows`, echoWorkflow(`Flow ${path}`, path));
      // Inviting somebody ended the Owner's session in the fake; opening the editor gets a new one.
      const made = await until(
        async () => {
          const seen = await ask();
          if (seen.status !== 200) await owner.visitor.open(`${n8nSite.address}/`);
          return seen;
        },
        seen => seen.status === 200,
      );
      const { id, versionId } = (made.json() as { data: { id: string; versionId: string } }).data;
      const url = `${n8nSite.address}/rest/workflows/${id}/activate`;
      assert.equal((await owner.visitor.call('POST', url, { versionId })).status, 200);
    }
    await operator('sites.update', {
      params: { id: n8nSite.id },
      body: { publicRoutes: [{ methods: ['POST'], path: '/Webhook/orders' }] },
    });
    const knock = (path: string) =>
      sendRaw(
        product,
        portOf(n8nSite.address),
        [`POST ${path} HTTP/1.1`, `Host: ${new URL(n8nSite.address).host}`, 'Content-Length: 2'],
        '{}',
      );
    for (const path of ['/webhook/orders', '/WEBHOOK/orders', '/webhook/%6Frders'])
      assert.equal((await knock(path)).status, 200, path);
    for (const path of [
      ...['/webhook/ORDERS', '/WEBHOOK/Orders', '/webhook/%4FRDERS', '/webhook/orders%20', '/webhook/orders%23'],
      ...['/webhook//orders', '/webhook/./orders', '/webhook/x/../ORDERS', '/webhook/x/%2e%2e/ORDERS'],
      ...['/webhook/orders;/../ORDERS', '/webhook/orders%2f..%2fORDERS', '/webhook/orders%5c', '/webhook/orders%00'],
      ...['/webhook-test/orders', '/webhook/orders/x', '//webhook/orders', '/x/..;/webhook/ORDERS'],
    ]) {
      const { status, text } = await knock(path);
      assert.ok(status === 400 || status === 401, `${path}: ${status}`);
      assert.doesNotMatch(text, /"got"/, path);
    }
  });

  it('cannot make a browser start an unpublished workflow from a foreign page, not even by GET', async () => {
    const { n8n, n8nSite, product } = scene;
    const start = (path: string, from: readonly string[]) =>
      sendRaw(product, portOf(n8nSite.address), [
        `GET ${path} HTTP/1.1`,
        `Host: ${new URL(n8nSite.address).host}`,
        ownCookie(),
        'Sec-Fetch-Mode: navigate',
        ...from,
      ]);
    for (const path of ['/webhook/private?evil=1', '/webhook-test/private?evil=1', '/mcp/private?evil=1']) {
      for (const from of [['Sec-Fetch-Site: cross-site'], ['Sec-Fetch-Site: same-site'], []])
        assert.equal((await start(path, from)).status, 403, `${path} ${from.join()}`);
    }
    assert.ok(!n8n.requests.some(request => request.target.includes('evil=1')), 'none of them reached n8n');
    assert.notEqual((await start('/webhook/private', ['Sec-Fetch-Site: none'])).status, 403, 'typed by the person');
  });

  it('cannot say who they are, in any spelling', async () => {
    const forged = [
      ...['X-Sallyport-Assertion', 'x_sallyport_assertion', 'X.Sallyport.Assertion', 'Remote-User', 'remote_user'],
      ...[
        'Remote.User',
        'Remote!User',
        'X-Remote-User',
        'X-Forwarded-User',
        'X-Forwarded_Email',
        'X-Auth-Request-Email',
      ],
      ...['X-Authenticated-User', 'Cf-Access-Authenticated-User-Email', 'X-Goog-Authenticated-User-Email'],
      ...['X-Amzn-Oidc-Data', 'Tailscale-User-Login', 'X-Pomerium-Claim-Email', 'X-MS-Client-Principal-Name'],
      ...['X-HTTP-Method-Override', 'Forwarded', 'X_Forwarded_For', 'X-Real-IP', 'True-Client-IP'],
    ];
    // What no honest client sends at all is refused outright.
    for (const name of ['X-Original-URL', 'Proxy'])
      assert.equal((await toApp([appHost(), ownCookie(), `${name}: forged`])).status, 403, name);
    // A name for which the firewall knows the form of honest values has such a one.
    const valueOf = (name: string): string => (name === 'X-Amzn-Oidc-Data' ? 'forged.forged.forged' : 'forged');
    const port = portOf(scene.app.address);
    const passed: string[] = [];
    for (const name of forged) {
      const value = valueOf(name);
      const first = await toApp([appHost(), ownCookie(), `${name}: ${value}`]);
      const came = { ...seenByApp() };
      const cookie = cookiesOf(scene.owner.visitor);
      const second = await sendHttp2(scene.product, port, { ':path': '/x', cookie, [name.toLowerCase()]: value });
      for (const [answer, seen] of [
        [first, came],
        [second, seenByApp()],
      ] as const) {
        // The firewall refuses most; what it does not know does not get through either.
        if (answer.status === 403) continue;
        assert.equal(answer.status, 200, name);
        assert.doesNotMatch(JSON.stringify(seen), /forged/, name);
        assert.equal(seen['remote-user'], 'olga@example.com');
        passed.push(name);
      }
    }
    assert.ok(passed.length > 3, passed.join());
  });

  it('cannot take away what the gate says, by Connection, by trailers or by a second cookie line', async () => {
    for (const option of ['x-sallyport-assertion', 'remote-user', 'close, X-Sallyport-Assertion', 'cookie']) {
      const { status } = await toApp([appHost(), ownCookie(), `Connection: ${option}`]);
      assert.equal(status, 400, option);
    }
    const { host } = new URL(scene.app.address);
    const chunked = await sendRaw(
      scene.product,
      portOf(scene.app.address),
      [
        'POST /x HTTP/1.1',
        `Host: ${host}`,
        ownCookie(),
        `Origin: ${scene.app.address}`,
        'Transfer-Encoding: chunked',
        'Trailer: Remote-User',
      ],
      '2\r\nhi\r\n0\r\nRemote-User: root\r\nX-Sallyport-Assertion: forged\r\n\r\n',
    );
    assert.equal(chunked.status, 200);
    assert.equal(seenByApp()['remote-user'], 'olga@example.com');
    assert.equal(scene.echo.requests.at(-1)?.body, 'hi');
  });

  it('cannot have a session counted that was sent twice, in another spelling or for another host', async () => {
    const token = scene.owner.visitor.cookies('localhost').get('__Host-sallyport') ?? '';
    const port = new URL(scene.app.address).port;
    for (const cookie of [
      `__Host-sallyport=${token}; __Host-sallyport=${token}`,
      `__Host-sallyport=x; __Host-sallyport=${token}`,
      `__host-sallyport=${token}`,
      `__Host-sallyport="${token}"`,
      `__Host-sallyport =${token}`,
      `__Host-sallyport=${token},`,
    ]) {
      const { status } = await toApp([appHost(), `Cookie: ${cookie}`]);
      assert.equal(status, 401, cookie.replaceAll(token, 'TOKEN'));
    }
    for (const [host, wanted] of [
      [`127.0.0.1:${port}`, 401],
      [`[::1]:${port}`, 401],
      [`evil.example:${port}`, 421],
      [`localhost.:${port}`, 400],
      [`localhost:${port}@evil.example`, 400],
      [`localhost:0${port}`, 400],
    ] as const) {
      const { status } = await toApp([`Host: ${host}`, `Cookie: __Host-sallyport=${token}`]);
      assert.equal(status, wanted, host);
    }
  });

  it('cannot have an assertion made for one site sent to another', async () => {
    const other = `Host: ${new URL(scene.n8nSite.address).host}`;
    assert.equal((await toApp([other, ownCookie()])).status, 421);
    await toApp([appHost(), ownCookie()]);
    const [, claims = ''] = String(seenByApp()['x-sallyport-assertion']).split('.');
    const { aud } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { aud: string[] };
    assert.deepEqual(aud, [scene.app.address, 'app']);
  });

  it('cannot put the cookie of a person to work from a foreign page or another port', async () => {
    const portal = scene.product.portal;
    for (const from of [
      [],
      ['Origin: null'],
      [`Origin: ${portal}`],
      [`Origin: ${scene.n8nSite.address}`, 'Sec-Fetch-Site: same-site'],
      ['Sec-Fetch-Site: cross-site'],
      ['Sec-Fetch-Site: same-origin, cross-site'],
      [`Origin: ${scene.app.address}, https://evil.example`],
      [`Origin: ${scene.app.address}`, 'Sec-Fetch-Site: cross-site'],
    ]) {
      const headers = [appHost(), ownCookie(), ...from];
      assert.equal((await toApp([...headers, 'Content-Length: 0'], 'POST /x')).status, 403, from.join());
      const upgrade = ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13'];
      const socket = await toApp([...headers, ...upgrade, 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==']);
      assert.equal(socket.status, 403, `websocket ${from.join()}`);
    }
  });

  it('cannot close a site to everybody by requests to a published route that never end', async () => {
    const { app, owner, product } = scene;
    const publicRoutes = [{ methods: ['POST' as const], path: '/open' }];
    await product.sallyport.operator('sites.update', { params: { id: app.id }, body: { publicRoutes } });
    const sessions = [0, 1, 2, 3, 4, 5].map(() => connectHttp2(app.address, { ca: product.ca }));
    try {
      const statuses: number[] = [];
      for (const session of sessions) {
        session.on('error', () => {});
        for (let at = 0; at < 90; at++) {
          const stream = session.request({ ':method': 'POST', ':path': '/open', 'content-length': '20000' });
          stream.on('error', () => {});
          stream.on('response', headers => statuses.push(Number(headers[':status'])));
          stream.write('x');
        }
      }
      assert.ok(await holds(() => statuses.length >= 540 - 256), `${statuses.length} were refused at once`);
      assert.deepEqual([...new Set(statuses)], [503]);
      assert.equal((await owner.visitor.call('GET', `${app.address}/x`)).status, 200, 'everybody else goes on');
    } finally {
      for (const session of sessions) session.destroy();
    }
  });

  it('leaves a record of every refusal, and the chain holds', async () => {
    const { operator } = scene.product.sallyport;
    await operator('operator.flush');
    const { events } = await operator('audit.search', { query: { outcome: 'denied', limit: 500 } });
    const layers = new Set(events.map(event => (event.data['denied'] as { layer?: string } | undefined)?.layer));
    for (const layer of ['site', 'path', 'authorize', 'same_origin']) assert.ok(layers.has(layer), `${layer} told`);
    assert.deepEqual((await operator('audit.verify')).problems, []);
    // A body that a client breaks off is told as a fault of the exchange.
    const logged = scene.product.logged.filter(line => !line.startsWith('gateway.fault'));
    assert.deepEqual(logged, [], told(await scene.owner.visitor.open(scene.product.portal)));
  });
});
