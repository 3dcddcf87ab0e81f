import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { rightToken } from '../fakes/hostile-tokens.ts';
import type { FakeServer } from '../fakes/http.ts';
import { startFakeServer } from '../fakes/http.ts';
import type { Member, Product } from '../product/product.ts';
import { createOwner, freePort, goodPassword, invite, startProduct, told } from '../product/product.ts';
import type { Seen } from '../product/visitor.ts';
import { totpCode } from '../product/visitor.ts';
import { cookiesOf, portOf, sendRaw } from './attacker.ts';
import { createMovingClock } from './moving-clock.ts';
import { freshAddress, identityAlone, openForm } from './sign-in-form.ts';

const formType = { 'content-type': 'application/x-www-form-urlencoded' };
const dayMs = 86_400_000;
type Json = Record<string, unknown>;

/** What happened to others, tried here: each test is named by the advisory whose kind of fault it looks for. Those of SAML stand with SAML. */
describe('public advisories of others', () => {
  const stack = new AsyncDisposableStack();
  const time = createMovingClock();
  let product: Product;
  let upstream: FakeServer;
  let owner: Member;
  let mia: Member & { readonly id: string };
  let site: { readonly id: string; readonly address: string };
  let portal: string;
  let host: string;

  before(async () => {
    upstream = stack.use(await startFakeServer({ answer: request => ({ body: request }) }));
    const port = await freePort();
    const config = {
      ...identityAlone,
      ...{ listen: { port }, forwardAuth: { peers: ['127.0.0.1'] }, trustedProxies: ['127.0.0.1'] },
    };
    product = stack.use(await startProduct({ clock: time.clock, config }));
    ({ portal } = product);
    host = `app.test:${port}`;
    const { operator } = product.sallyport;
    site = await operator('sites.create', {
      body: {
        ...{ name: 'app', platform: 'generic', upstreams: [upstream.baseUrl], port: 0 },
        publicRoutes: [{ methods: ['GET'], path: '/open' }],
      },
    });
    await operator('sites.create', {
      body: { name: 'fronted', platform: 'generic', upstreams: ['http://127.0.0.1:9'], hosts: ['app.test'] },
    });
    owner = await createOwner(product);
    mia = await invite(product, { email: 'mia@example.com', name: 'Mia' });
  });
  after(() => stack.disposeAsync());

  const api = (path: string) => `${portal}/.sallyport/api/v1${path}`;
  const toSite = (head: readonly string[]) =>
    sendRaw(product, portOf(site.address), [...head, `Host: localhost:${portOf(site.address)}`]);
  const reached = (path: string) => upstream.requests.some(request => request.target.includes(path));
  const forward = (headers: Record<string, string>): Promise<Seen> =>
    product.visitor().send(`https://${host}/.sallyport/auth/forward`, {
      headers: {
        ...{ 'x-forwarded-method': 'GET', 'x-forwarded-proto': 'https', 'x-forwarded-host': host },
        ...{ 'x-forwarded-uri': '/secret', 'x-forwarded-for': '198.51.100.7' },
        ...headers,
      },
    });
  const clientForm = (form: Record<string, string>, headers: Record<string, string> = {}) =>
    product.visitor().send(`${portal}/.sallyport/oauth/token`, {
      method: 'POST',
      headers: { ...formType, ...headers },
      body: new URLSearchParams(form).toString(),
    });
  const ownerId = async (): Promise<string> => {
    const { users } = await product.sallyport.operator('users.list', { query: { search: owner.email } });
    return users[0]?.id ?? '';
  };

  it('CVE-2025-61928 (better-auth): nobody makes a key for another by naming them', async () => {
    const body = {
      ...{ userId: await ownerId(), name: 'k', sites: ['app'], permissions: ['data_source.read'] },
      expiresAt: time.now() + dayMs,
    };
    assert.equal((await product.visitor().call('POST', api('/api-keys'), body)).status, 401);
    assert.equal((await mia.visitor.call('POST', api('/api-keys'), body)).status, 403);
    const { keys } = await product.sallyport.operator('keys.list', { query: {} });
    assert.deepEqual(keys, []);
  });

  it('CVE-2026-25227 (authentik) and CVE-2025-5999 (Vault): who may look tries nothing out, and who manages gives no more than they have', async () => {
    const adam = await invite(product, { email: 'adam@example.com', name: 'Adam', role: 'administrator' });
    const { id: groupId } = await product.sallyport.operator('groups.create', { body: { name: 'G' } });
    const add = [{ groupId, project: null, role: 'owner' }];
    const { visitor: member } = await invite(product, { email: 'kim@example.com', name: 'Kim' });
    const tried = await adam.visitor.call('POST', api('/grants/preview'), { add });
    assert.equal(tried.status, 200, told(tried));
    assert.equal((tried.json() as { refused: unknown[] }).refused.length, 1);
    assert.equal(
      (await adam.visitor.call('POST', api('/grants'), { groupId, project: null, role: 'owner' })).status,
      403,
    );
    for (const [method, path, body] of [
      ['POST', '/grants/preview', { add }],
      ['POST', '/grants/preview-person', { userId: null, groupIds: [groupId] }],
      ['POST', '/identity-providers/saml-metadata', { xml: '<x/>' }],
      ['POST', '/sites/detect', { upstream: upstream.baseUrl }],
      ['GET', '/scim-clients', undefined],
    ] as const)
      assert.equal((await member.call(method, api(path), body)).status, 403, `${method} ${path}`);
  });

  it('CVE-2026-45364 (better-auth): addresses of one IPv6 network are one caller', async () => {
    const { send } = await openForm(product);
    const seen: number[] = [];
    for (let at = 1; at <= 7; at++) {
      const from = `2001:db8:aaaa:bbbb:${at}:${at}::${at}`;
      seen.push((await send({ email: 'nobody@example.com', password: 'x', from })).status);
    }
    assert.deepEqual(seen.slice(-2), [429, 429]);
  });

  it('CVE-2026-45337 and GHSA-cq3f-vc6p-68fh (better-auth): there is no device flow, nor any grant but the two that programs need', async () => {
    for (const grant_type of [
      ...['urn:ietf:params:oauth:grant-type:device_code', 'password', 'authorization_code', 'refresh_token'],
      ...['implicit', 'urn:ietf:params:oauth:grant-type:jwt-bearer', 'urn:ietf:params:oauth:grant-type:saml2-bearer'],
    ]) {
      const seen = await clientForm({
        grant_type,
        device_code: 'x',
        code: 'x',
        username: owner.email,
        password: goodPassword,
      });
      assert.ok(seen.status === 400 || seen.status === 401, told(seen));
      assert.equal((seen.json() as Json)['access_token'], undefined);
    }
  });

  it('CVE-2026-25748 (authentik): a cookie that cannot be read is no session to a proxy that asks', async () => {
    for (const cookie of [
      ...['__Host-sallyport=', '__Host-sallyport=%00', '__Host-sallyport="', '__Host-sallyport', '=', ';;;'],
      ...[
        `__Host-sallyport=${'A'.repeat(4000)}`,
        '__Host-sallyport=a; __Host-sallyport=b',
        '__Host-sallyport={"user":"olga"}',
      ],
      'authentik_proxy_x=malformed; __Host-sallyport=../../../x',
    ]) {
      const seen = await forward({ cookie });
      assert.ok([400, 401, 403].includes(seen.status), `${cookie}: ${told(seen)}`);
      assert.equal(String(seen.headers['remote-user'] ?? ''), '');
    }
    const right = await forward({ cookie: cookiesOf(owner.visitor) });
    assert.ok([200, 401].includes(right.status), told(right));
  });

  it('GHSA-5hvv-m4w4-gf6v (oauth2-proxy): no user agent of a health check is let through', async () => {
    for (const agent of [
      'GoogleHC/1.0',
      'kube-probe/1.29',
      'ELB-HealthChecker/2.0',
      'Uptime',
      'Amazon-Route53-Health-Check-Service',
    ]) {
      assert.equal((await forward({ 'user-agent': agent })).status, 401, agent);
      const seen = await toSite([`GET /as-${agent.slice(0, 4)} HTTP/1.1`, `User-Agent: ${agent}`]);
      assert.equal(seen.status, 401, agent);
      assert.ok(!reached(`/as-${agent.slice(0, 4)}`));
    }
  });

  it('CVE-2025-64484 (oauth2-proxy): headers with underscores do not pass for those of the gate', async () => {
    const names = ['x_forwarded_user', 'remote_user', 'x-forwarded_email', 'x_sallyport_assertion'];
    for (const name of [...names, 'Remote-User', 'x-forwarded-user', 'REMOTE_GROUPS', 'x-sallyport-assertion']) {
      const target = `/who-${name}`;
      const seen = await owner.visitor.send(`${site.address}${target}`, { headers: { [name]: 'evil' } });
      const came = upstream.requests.findLast(request => request.target === target);
      if (seen.status === 403) assert.equal(came, undefined, name);
      else assert.doesNotMatch(JSON.stringify(came?.headers ?? assert.fail(name)), /evil/, name);
    }
    assert.ok(reached('/who-'), 'not each of them is refused');
  });

  it('CVE-2025-54576 (oauth2-proxy): a published path is the path, not what a query looks like', async () => {
    for (const path of [
      '/secret?a=/open',
      '/secret?/open',
      '/secret#/open',
      '/open/../secret',
      '/open%2f..%2fsecret',
      '/secret;/open',
      '/x/open',
      '/open/secret',
    ]) {
      const seen = await toSite([`GET ${path} HTTP/1.1`]);
      assert.ok([400, 401, 403, 404].includes(seen.status), `${path}: ${seen.status}`);
    }
    assert.ok(!reached('secret'));
    assert.equal((await toSite(['GET /open HTTP/1.1'])).status, 200);
  });

  it('CVE-2021-32637 (Authelia) and CVE-2026-0976 (Keycloak): what is decided on is what is asked for, or nothing', async () => {
    for (const uri of [
      '//secret',
      '/a/..;/secret',
      '/secret\\..',
      '/%2e%2e/secret',
      '/open;x/../secret',
      '/secret%00',
      'secret',
      'http://other/secret',
      '/secret /open',
    ]) {
      const seen = await forward({ 'x-forwarded-uri': uri });
      assert.ok([400, 401].includes(seen.status), `${uri}: ${told(seen)}`);
    }
    for (const name of ['x-forwarded-uri', 'x-forwarded-host', 'x-forwarded-method', 'x-forwarded-proto']) {
      const seen = await forward({ [name]: '', cookie: cookiesOf(owner.visitor) });
      assert.ok([400, 401].includes(seen.status), `without ${name}: ${told(seen)}`);
    }
  });

  it('GHSA-36f2-fcrx-fp4j (Authelia): signing out leads nowhere else', async () => {
    const { visitor: browser } = await invite(product, { email: 'rob@example.com', name: 'Rob' });
    const page = await browser.open(
      `${portal}/.sallyport/sign-out?rd=https://evil.example&return_to=https://evil.example`,
    );
    const out = await browser.submit(page, { rd: 'https://evil.example', return_to: 'https://evil.example' });
    assert.equal(out.url.hostname, 'localhost', told(out));
    assert.doesNotMatch(out.text, /evil/);
  });

  it('CVE-2025-24806 (Authelia) and CVE-2025-6004 (Vault): one person by many spellings is one who is guessed at', async () => {
    const { send } = await openForm(product);
    const from = freshAddress();
    const seen: number[] = [];
    for (const email of [
      'vic@example.com',
      'VIC@example.com',
      'vic@EXAMPLE.com',
      ' vic@example.com',
      'vic@example.com ',
      'ｖic@example.com',
      'Vic@Example.Com',
    ])
      seen.push((await send({ email, password: 'x', from })).status);
    assert.deepEqual(seen, [422, 422, 422, 422, 429, 429, 429]);
  });

  it('CVE-2024-4629 (Keycloak) and CVE-2023-47111 (Zitadel): guesses at once are counted as guesses in a row', async () => {
    const from = freshAddress();
    const forms = await Promise.all(Array.from({ length: 16 }, () => openForm(product)));
    const answers = await Promise.all(forms.map(form => form.send({ email: 'wim@example.com', password: 'x', from })));
    assert.ok(answers.filter(answer => answer.status === 422).length <= 4);
  });

  it('CVE-2024-32868 (Zitadel) and CVE-2025-6014 (Vault): codes are counted, and each works once', async () => {
    time.advance(120_000);
    const begin = async () => {
      const browser = product.visitor();
      const page = await browser.open(`${portal}/.sallyport/sign-in`);
      return { browser, page: await browser.submit(page, { email: owner.email, password: goodPassword }) };
    };
    const code = totpCode(owner.totpSecret ?? '', time.now());
    const first = await begin();
    assert.equal((await first.browser.submit(first.page, { code })).status, 200);
    const statuses: number[] = [];
    for (const wrong of [code, ` ${code}`, `${code} `, `${code.slice(0, 3)} ${code.slice(3)}`, '000000', '111111']) {
      const { browser, page } = await begin();
      statuses.push((await browser.submit(page, { code: wrong })).status);
    }
    assert.deepEqual(statuses, [422, 422, 422, 422, 429, 429]);
    time.advance(16 * 60_000);
  });

  it('CVE-2024-3656 (Keycloak) and CVE-2026-4636 (Keycloak): rights come from who asks, not from ids in what they ask', async () => {
    const { id: project } = await product.sallyport.operator('projects.create', { body: { name: 'P' } });
    assert.equal((await mia.visitor.call('POST', api('/me/reauthenticate'), { password: goodPassword })).status, 200);
    for (const [method, path, body] of [
      ['POST', '/identity-providers/saml-metadata', { xml: '<x/>' }],
      ['POST', '/sites/detect', { upstream: upstream.baseUrl }],
      ['GET', `/users/${await ownerId()}/factors`, undefined],
      ['DELETE', `/users/${await ownerId()}/sessions`, undefined],
      ['GET', `/users/${await ownerId()}/links`, undefined],
      ['PUT', `/projects/${project}/members/${mia.id}`, { role: 'owner' }],
      ['GET', `/access-tokens?userId=${await ownerId()}`, undefined],
      ['GET', `/api-keys?userId=${await ownerId()}`, undefined],
      [
        'POST',
        '/service-accounts',
        { name: 'b', ownerId: await ownerId(), sites: ['app'], permissions: ['data_source.read'] },
      ],
    ] as const) {
      const seen = await mia.visitor.call(method, api(path), body);
      assert.equal(seen.status, 403, `${method} ${path}: ${told(seen)}`);
    }
    const sessions = (await owner.visitor.call('GET', api('/me/sessions'))).json() as { sessions?: { id: string }[] };
    for (const { id } of sessions.sessions ?? [])
      assert.equal((await mia.visitor.call('DELETE', api(`/me/sessions/${id}`))).status, 404);
  });

  it('CVE-2026-4634 (Keycloak): an endless scope costs nothing', async () => {
    const startedAt = performance.now();
    const scope = 'a '.repeat(25_000);
    const seen = await clientForm({ grant_type: 'client_credentials', scope, client_id: 'x', client_secret: 'y' });
    assert.ok(seen.status >= 400 && seen.status < 500, told(seen));
    const huge = await clientForm({ grant_type: 'client_credentials', scope: 'a '.repeat(100_000) });
    assert.ok(huge.status >= 400 && huge.status < 500, told(huge));
    assert.ok(performance.now() - startedAt < 5000);
  });

  it('GHSA-gv94-wp4h-vv8p (Keycloak): "Bearer" is one word, one space and one token', async () => {
    const { token } = await product.sallyport.operator('keys.create', {
      body: {
        ...{ userId: await ownerId(), name: 'k', sites: ['app'], permissions: ['data_source.read' as const] },
        expiresAt: time.now() + dayMs,
      },
    });
    assert.equal((await toSite(['GET /k HTTP/1.1', `Authorization: Bearer ${token}`])).status, 200);
    for (const line of [
      ...[`Authorization: Bearer\t${token}`, `Authorization: Bearer ${token} x`, `Authorization: Bearer, ${token}`],
      ...[`Authorization: Bearer${token}`, `Authorization: Basic ${token}`, `Authorization: Bearer ${token},${token}`],
      ...[`Authorization: ${token}`, `Proxy-Authorization: Bearer ${token}`, `Authorization: Bearer "${token}"`],
    ]) {
      const seen = await toSite(['GET /k HTTP/1.1', line]);
      assert.ok(seen.status >= 400, line.replace(token, '…'));
    }
    const twice = await toSite(['GET /k HTTP/1.1', `Authorization: Bearer ${token}`, 'Authorization: Bearer x']);
    assert.ok(twice.status >= 400);
  });

  it('CVE-2025-31123 (Zitadel), CVE-2025-2559 (Keycloak) and CVE-2024-47000 (Zitadel): keys that expired and programs that ended get nothing, and assertions are short', async () => {
    const { operator } = product.sallyport;
    const scope = { sites: ['app'], permissions: ['data_source.read' as const] };
    const { id } = await operator('machines.create', { body: { name: 'Bot', ownerId: mia.id, ...scope } });
    const jwk: Json = { ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }) };
    const publicJwk = createPublicKey({ key: jwk, format: 'jwk' }).export({ format: 'jwk' });
    const body = { name: 'k', expiresAt: time.now() + dayMs, jwk: publicJwk };
    await operator('machines.addKey', { params: { id }, body });
    const ask = (lifetimeS: number) => {
      const now = Math.floor(time.now() / 1000);
      const claims = { iss: id, sub: id, aud: `${portal}/.sallyport/oauth/token`, jti: randomUUID(), iat: now };
      const ground = { privateJwk: jwk, claims: { ...claims, exp: now + lifetimeS }, decoyUrl: '' };
      return clientForm({
        ...{ grant_type: 'client_credentials', client_assertion: rightToken(ground) },
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      });
    };
    const good = await ask(60);
    assert.equal(good.status, 200, told(good));
    assert.equal((await ask(86_400)).status, 401);
    const token = String((good.json() as Json)['access_token']);
    const use = () => toSite(['GET /k HTTP/1.1', `Authorization: Bearer ${token}`]);
    await operator('machines.update', { params: { id }, body: { disabled: true } });
    assert.equal((await use()).status, 401);
    assert.equal((await ask(60)).status, 401);
    await operator('machines.update', { params: { id }, body: { disabled: false } });
    time.advance(dayMs + 1000);
    assert.equal((await ask(60)).status, 401, 'its key has expired');
  });

  it('CVE-2023-49097 (Zitadel): a link names the portal, whatever host was asked', async () => {
    const browser = product.visitor();
    let page = await browser.open(`${portal}/.sallyport/sign-in`);
    page = await browser.submit(page, { email: owner.email, password: goodPassword });
    await browser.submit(page, { code: totpCode(owner.totpSecret ?? '', time.now()) });
    const seen = await browser.send(api(`/users/${mia.id}/link`), {
      method: 'POST',
      headers: {
        ...{
          origin: portal,
          'sallyport-csrf': '1',
          'content-type': 'application/json',
          'sec-fetch-site': 'same-origin',
        },
        ...{
          'x-forwarded-host': `localhost:${portOf(portal)}`,
          'x-original-host': 'evil.example',
          'x-host': 'evil.example',
        },
      },
      body: JSON.stringify({ purpose: 'recovery' }),
    });
    assert.equal(seen.status, 200, told(seen));
    assert.ok((seen.json() as { url: string }).url.startsWith(`${portal}/`), seen.text);
    const raw = await sendRaw(product, portOf(portal), ['GET /.sallyport/sign-in HTTP/1.1', 'Host: evil.example']);
    assert.ok(raw.status >= 400, raw.text);
  });

  it('CVE-2024-39315 (Pomerium): what a page knows of a session holds no token', async () => {
    const browser = product.visitor();
    let page = await browser.open(`${portal}/.sallyport/sign-in`);
    page = await browser.submit(page, { email: mia.email, password: goodPassword });
    const cookies = [...browser.cookies('localhost').values()];
    for (const path of ['/me', '/me/sessions', '/me/factors', '/me/links', '/api-keys', '/access-tokens']) {
      const seen = await browser.call('GET', api(path));
      assert.equal(seen.status, 200, told(seen));
      for (const value of cookies) assert.ok(!seen.text.includes(value), path);
      assert.doesNotMatch(seen.text, /hash|sealed|refresh_token|id_token|sp_/i, path);
    }
  });

  it('CVE-2026-27946 (Zitadel): nobody vouches for their own address, nor changes it', async () => {
    const browser = product.visitor();
    await browser.submit(await browser.open(`${portal}/.sallyport/sign-in`), {
      email: mia.email,
      password: goodPassword,
    });
    for (const body of [
      { name: 'Mia', email: owner.email },
      { name: 'Mia', emailVerified: true },
      { name: 'Mia', isEmailVerified: true, role: 'owner' },
    ])
      assert.equal((await browser.call('PATCH', api('/me'), body)).status, 400);
  });

  it('CVE-2026-55670 (Zitadel): who was deleted is nobody, and who comes with their address is somebody else', async () => {
    const { operator } = product.sallyport;
    const first = await invite(product, { email: 'zoe@example.com', name: 'Zoe' });
    const { id: project } = await operator('projects.create', { body: { name: 'Z' } });
    await operator('projects.setMember', { params: { id: project, userId: first.id }, body: { role: 'owner' } });
    await operator('users.delete', { params: { id: first.id } });
    assert.equal((await first.visitor.call('GET', api('/me'))).status, 401);
    const second = await invite(product, { email: 'zoe@example.com', name: 'Zoe' });
    assert.notEqual(second.id, first.id);
    const { projects } = (await second.visitor.call('GET', api('/me'))).json() as { projects: unknown[] };
    assert.deepEqual(projects, []);
  });

  it('CVE-2026-40575 (oauth2-proxy): no header of a client says which path is decided on', async () => {
    for (const name of ['X-Forwarded-Uri', 'X-Original-URL', 'X-Original-Uri', 'X-Rewrite-Url', 'X-Forwarded-Path']) {
      const seen = await toSite(['GET /hidden HTTP/1.1', `${name}: /open`, 'X-Forwarded-Method: GET']);
      assert.ok(seen.status === 401 || seen.status === 403, name);
    }
    for (const method of ['X-HTTP-Method-Override: GET', 'X-HTTP-Method: GET', 'X-Method-Override: GET']) {
      const seen = await toSite(['POST /open HTTP/1.1', method, 'Content-Length: 0']);
      assert.ok([400, 401, 403].includes(seen.status), `${method}: ${seen.text}`);
    }
    assert.ok(!reached('/hidden'));
  });

  it('CVE-2026-48794 (Authelia): a host is the same in any letters, and with a dot at its end is nobody’s or the same', async () => {
    const port = portOf(portal);
    for (const name of [`APP.test:${port}`, `app.TEST:${port}`, `App.Test.:${port}`, `app.test.:${port}`]) {
      const seen = await forward({ 'x-forwarded-host': name });
      assert.ok([400, 401].includes(seen.status), `${name}: ${told(seen)}`);
    }
    for (const name of ['LOCALHOST', 'localhost.', 'LocalHost']) {
      const at = portOf(site.address);
      const seen = await sendRaw(product, at, ['GET /hidden HTTP/1.1', `Host: ${name}:${at}`]);
      assert.ok(seen.status >= 400, name);
    }
    assert.ok(!reached('/hidden'));
  });

  it('GHSA-xg6x-h9c9-2m83 (better-auth): nothing is kept as a session before the second factor', async () => {
    const browser = product.visitor();
    const page = await browser.open(`${portal}/.sallyport/sign-in`);
    await browser.submit(page, { email: owner.email, password: goodPassword });
    for (let at = 0; at < 3; at++) {
      assert.equal((await browser.call('GET', api('/me'))).status, 401);
      assert.equal((await browser.send(`${site.address}/hidden`)).status, 401);
      assert.equal((await forward({ cookie: cookiesOf(browser) })).status, 401);
    }
    assert.equal(browser.cookies('localhost').has('__Host-sallyport'), false);
  });

  it('CVE-2024-7341 (Keycloak): the id of a session is new when its person has proved themselves', async () => {
    const browser = product.visitor();
    const enter = async (): Promise<string> => {
      await browser.open(`${portal}/.sallyport/sign-in`);
      const token = browser.cookies('localhost').get('__Host-sallyport-form') ?? '';
      await browser.send(`${portal}/.sallyport/sign-in`, {
        method: 'POST',
        headers: { ...formType, origin: portal },
        body: new URLSearchParams({ form_token: token, email: mia.email, password: goodPassword }).toString(),
      });
      return browser.cookies('localhost').get('__Host-sallyport') ?? '';
    };
    const first = await enter();
    const second = await enter();
    assert.ok(first !== '' && second !== '' && first !== second);
    const seen = await product.visitor().send(api('/me'), { headers: { cookie: `__Host-sallyport=${first}` } });
    assert.equal(seen.status, 401);
  });

  it('CVE-2020-5233 (oauth2-proxy), CVE-2021-29652 (Pomerium) and CVE-2023-6927 (Keycloak): the way back is to a site of ours', async () => {
    const port = portOf(portal);
    for (const hostName of [
      'evil.example',
      `evil.example:${port}`,
      `app.test:${port}@evil.example`,
      `app.test.evil.example:${port}`,
    ]) {
      const seen = await forward({ 'x-forwarded-host': hostName, accept: 'text/html' });
      assert.ok(seen.status >= 400, told(seen));
      assert.equal(seen.headers['location'], undefined, hostName);
    }
    const asked = await forward({ accept: 'text/html', 'x-forwarded-uri': '//evil.example/' });
    const back =
      new URL(String(asked.headers['location'] ?? portal)).searchParams.get('return_to') ?? `https://${host}/`;
    assert.equal(new URL(back).host, host, told(asked));
  });
});
