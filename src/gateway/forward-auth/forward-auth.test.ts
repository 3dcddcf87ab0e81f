import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import type { Ban } from '../../perimeter/perimeter.ts';
import type { Answer, TestGate } from '../gateway.fixture.ts';
import { anna, cookieOf, person, site, snapshotWith, startGate, tokenHash } from '../gateway.fixture.ts';
import { guardDefaults } from '../guard-input.ts';
import { askedForm, readAsked } from './asked.ts';

const peers = { forwardAuthPeers: ['127.0.0.1'] };
const cookie = cookieOf(anna);
const page = { accept: 'text/html' };

type Headers = Record<string, string | string[]>;

/** How Traefik and Caddy ask. */
const forward = (more: Headers = {}, uri = '/start'): { path: string; headers: Headers } => ({
  path: '/.sallyport/auth/forward',
  headers: {
    ...{ 'x-forwarded-method': 'GET', 'x-forwarded-proto': 'http', 'x-forwarded-host': 'app.test' },
    ...{ 'x-forwarded-uri': uri, 'x-forwarded-for': '198.51.100.7' },
    ...more,
  },
});
/** How nginx asks. */
const original = (more: Headers = {}, uri = '/start'): { path: string; headers: Headers } => ({
  path: '/.sallyport/auth/request',
  headers: {
    ...{ 'x-original-method': 'GET', 'x-original-url': `http://app.test${uri}`, 'x-forwarded-for': '198.51.100.7' },
    ...more,
  },
});
/** How Envoy asks. */
const envoy = (more: Headers = {}, uri = '/start'): { path: string; headers: Headers } => ({
  path: `/.sallyport/auth/envoy${uri}`,
  headers: { 'x-forwarded-proto': 'http', 'x-forwarded-for': '198.51.100.7', ...more },
});
const forms: [string, typeof forward][] = [
  ['Traefik and Caddy', forward],
  ['nginx', original],
  ['Envoy', envoy],
];

const gate = (patch: Parameters<typeof site>[1] = {}, config: object = peers): Promise<TestGate> =>
  startGate([site(['http://127.0.0.1:1'], patch)], { config });

/** The identity headers of an answer. */
function identityIn({ headers }: Answer): Record<string, unknown> {
  const names = ['remote-user', 'remote-email', 'remote-name', 'remote-groups'];
  return Object.fromEntries(names.map(name => [name, headers[name]]));
}
const empty = { 'remote-user': '', 'remote-email': '', 'remote-name': '', 'remote-groups': '' };

describe('another proxy asks whether a request may pass', () => {
  let shared: TestGate;
  before(async () => {
    shared = await gate({ publicRoutes: [{ methods: ['GET'], path: '/open' }] });
  });
  after(() => shared[Symbol.asyncDispose]());

  for (const [proxy, ask] of forms) {
    test(`${proxy}: who is signed in passes, with who they are and without the cookie of the gate`, async () => {
      await using running = await gate({ guard: { ...guardDefaults, firewall: 'off' } });
      const answer = await running.call(ask({ cookie: `theme=dark; ${cookie}`, 'remote-user': 'root@example.org' }));
      assert.equal(answer.status, 200);
      assert.deepEqual(identityIn(answer), {
        ...{ 'remote-user': 'anna@example.org', 'remote-email': 'anna@example.org', 'remote-name': 'Anna' },
        'remote-groups': 'global:member,project:editor',
      });
      const claims = JSON.parse(
        Buffer.from(String(answer.headers['x-sallyport-assertion']).split('.')[1] ?? '', 'base64url').toString(),
      );
      assert.deepEqual([claims.sub, claims.aud], [anna.id, ['http://app.test', 'app']]);
      assert.equal(answer.headers.cookie, 'theme=dark');
      const [record] = running.records();
      assert.deepEqual(
        [record?.data.path, record?.data.method, record?.clientIp, record?.site, record?.principal.id],
        ['/start', 'GET', '198.51.100.7', 'app', anna.id],
      );
    });

    test(`${proxy}: what is published passes as nobody's, the headers written empty`, async () => {
      const running = shared;
      const answer = await running.call(ask({ cookie }, '/open'));
      assert.equal(answer.status, 200);
      assert.deepEqual(identityIn(answer), empty);
      assert.equal(answer.headers['x-sallyport-assertion'], '');
    });

    test(`${proxy}: whoever is not signed in is told so, and a person where to sign in`, async () => {
      const running = shared;
      const program = await running.call(ask());
      assert.equal(program.status, 401);
      assert.match(String(program.headers['www-authenticate']), /Sallyport/);
      const place = 'http://portal.test/.sallyport/sign-in?return_to=http%3A%2F%2Fapp.test%2Fstart%3Fa%3D1';
      const opened = await running.call(ask(page, '/start?a=1'));
      assert.equal(opened.status, ask === original ? 401 : 302);
      assert.equal(opened.headers[ask === original ? 'x-sallyport-sign-in' : 'location'], place);
      assert.equal(running.records().at(-1)?.outcome, 'denied');
    });

    test(`${proxy}: disabled, signed out or without a role is refused at the next request`, async () => {
      await using running = await gate();
      const statuses = async () => (await running.call(ask({ cookie }))).status;
      assert.equal(await statuses(), 200);
      running.change({ section: 'people', key: anna.id, value: person({ projects: new Map() }) });
      assert.equal(await statuses(), 403);
      running.change({ section: 'people', key: anna.id, value: person({ disabled: true }) });
      assert.equal(await statuses(), 401);
      running.change({ section: 'people', key: anna.id, value: person() });
      assert.equal(await statuses(), 200);
      running.change({ section: 'sessions', key: tokenHash(anna.token) });
      assert.equal(await statuses(), 401);
    });

    const paths: [string, number][] = [
      ['/a/../admin', 401],
      ['/a%2f..%2fadmin', 401],
      ['/%2e%2e/admin', 401],
      ['/.sallyport/api/users', 401],
      ['/.sallyport/sign-out', 401],
      ['/.well-known/sallyport/jwks.json', 401],
      ['/health/live', 200],
      ['//evil.test/', 401],
    ];
    for (const [path, status] of paths) {
      test(`${proxy}: answers ${status} for "${path}" of somebody signed in, and never to a stranger`, async () => {
        const running = shared;
        assert.equal((await running.call(ask({ cookie }, path))).status, status);
        assert.equal((await running.call(ask({}, path))).status, 401);
        assert.equal(running.control.asked.length, 0);
      });
    }

    const strangers: [string, Headers][] = [
      ['a malformed cookie (CVE-2026-25748)', { cookie: ';;=; __Host-sallyport; __Host-sallyport=' }],
      ['two session cookies', { cookie: `${cookie}; __Host-sallyport=${'b'.repeat(43)}` }],
      ['a cookie that is not a token', { cookie: '__Host-sallyport=%00%7f' }],
      ['the cookie in another case', { cookie: cookie.toLowerCase() }],
      ['a session of another host', { cookie: '__Host-sallyport=other' }],
      ['the user agent of a health check (GHSA-5hvv-m4w4-gf6v)', { 'user-agent': 'GoogleHC/1.0' }],
      ['the user agent of Kubernetes', { 'user-agent': 'kube-probe/1.30' }],
      ['an assertion of their own making', { 'x-sallyport-assertion': 'x' }],
      ['an assertion', { authorization: 'Bearer x.y.z' }],
    ];
    for (const [what, headers] of strangers) {
      test(`${proxy}: ${what} is nobody`, async () => {
        const running = shared;
        assert.equal((await running.call(ask(headers))).status, 401);
      });
    }

    const odd: [string, Headers][] = [
      ['no client address', { 'x-forwarded-for': [] }],
      ['an underscore spelling of the identity', { remote_user: 'root' }],
      ['an underscore spelling of the path', { x_forwarded_uri: '/open' }],
      ['a dotted spelling of the assertion', { 'x.sallyport.assertion': 'x' }],
      ['a method override', { 'x-http-method-override': 'DELETE' }],
      ['a path override', { 'x-rewrite-url': '/admin' }],
      ['the host said differently', { 'x-forwarded-host': 'other.test' }],
      ['the path said differently', { 'x-forwarded-uri': '/other' }],
      ['the address said differently', { 'x-original-url': 'http://app.test/other' }],
      ['the method said differently', { 'x-original-method': 'POST', 'x-forwarded-method': 'GET' }],
      ['two schemes', { 'x-forwarded-proto': 'http, https' }],
      ['two clients', { forwarded: 'for=203.0.113.9' }],
    ];
    const own = Object.keys(ask().headers);
    // What names the request in this form is read, not compared.
    const others = odd.filter(([, headers]) => !own.some(name => /uri$|url$/.test(name) && name in headers));
    for (const [what, headers] of others) {
      test(`${proxy}: refuses ${what}, for whoever is signed in as well`, async () => {
        const running = shared;
        const status = (await running.call(ask({ cookie, ...headers }))).status;
        assert.equal(status, 401);
      });
    }

    test(`${proxy}: a change by a foreign page, and a foreign WebSocket, are refused`, async () => {
      const running = shared;
      const change = (headers: Headers): Promise<Answer> => {
        const asked = ask({ cookie, ...headers });
        if (ask === envoy) return running.call({ ...asked, method: 'POST' });
        return running.call({
          ...asked,
          headers: { ...asked.headers, [ask === forward ? 'x-forwarded-method' : 'x-original-method']: 'POST' },
        });
      };
      assert.equal((await change({ origin: 'http://app.test' })).status, 200);
      assert.equal((await change({ origin: 'http://evil.test' })).status, 403);
      assert.equal((await change({})).status, 403);
      const socket = { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-version': '13' };
      assert.equal((await running.call(ask({ cookie, ...socket, origin: 'http://app.test' }))).status, 200);
      assert.equal((await running.call(ask({ cookie, ...socket, origin: 'http://evil.test' }))).status, 403);
      assert.equal((await running.call(ask({ cookie, ...socket }))).status, 403);
    });

    test(`${proxy}: is nobody's to ask unless its address is listed, whatever headers say (GHSA-7x63-xv5r-3p2x)`, async () => {
      for (const config of [
        {},
        { forwardAuthPeers: ['192.0.2.1'] },
        { forwardAuthPeers: ['198.51.100.7'], trustedProxies: ['127.0.0.1'] },
      ]) {
        await using running = await gate({}, config);
        running.control.handle = () => Promise.resolve(new Response('no such page', { status: 404 }));
        const answer = await running.call({ ...ask({ cookie }) });
        assert.equal(answer.status, 404);
        assert.equal(answer.headers['remote-user'], undefined);
      }
    });

    test(`${proxy}: a fault is 401`, async () => {
      await using running = await startGate([site(['http://127.0.0.1:1'])], { config: peers, snapshot: null });
      assert.equal((await running.call(ask({ cookie }))).status, 401);
      await using silent = await gate();
      silent.recording = false;
      assert.equal((await silent.call(ask({ cookie }))).status, 401);
    });

    test(`${proxy}: another site's name, the portal's and an unknown one let nobody pass`, async () => {
      const running = shared;
      for (const host of ['portal.test', 'unknown.test', 'app.test.evil.test']) {
        const asked = ask({ cookie });
        const headers = {
          ...asked.headers,
          ...(ask === forward ? { 'x-forwarded-host': host } : {}),
          ...(ask === original ? { 'x-original-url': `http://${host}/start` } : {}),
        };
        const { status } = await running.call({ ...asked, headers, ...(ask === envoy ? { host } : {}) });
        assert.equal(status, 401, host);
      }
    });

    test(`${proxy}: the way back leads to no address but the site's own`, async () => {
      const running = shared;
      const asked = ask(page);
      const headers = {
        ...asked.headers,
        ...(ask === forward ? { 'x-forwarded-host': 'app.test:8080' } : {}),
        ...(ask === original ? { 'x-original-url': 'http://app.test:8080/start' } : {}),
      };
      const answer = await running.call({ ...asked, headers, ...(ask === envoy ? { host: 'app.test:8080' } : {}) });
      assert.deepEqual(
        [answer.status, answer.headers.location, answer.headers['x-sallyport-sign-in']],
        [401, undefined, undefined],
      );
    });
  }

  const incomplete: [string, string, Headers][] = [
    ['forward', 'x-forwarded-method', {}],
    ['forward', 'x-forwarded-proto', {}],
    ['forward', 'x-forwarded-host', {}],
    ['forward', 'x-forwarded-uri', {}],
    ['request', 'x-original-method', {}],
    ['request', 'x-original-url', {}],
    ['envoy', 'x-forwarded-proto', {}],
  ];
  for (const [form, missing] of incomplete) {
    test(`${form}: refuses without ${missing}, and with two of it`, async () => {
      const running = shared;
      const asked = (form === 'forward' ? forward : form === 'request' ? original : envoy)({ cookie });
      const { [missing]: value = '', ...rest } = asked.headers;
      assert.equal((await running.call({ ...asked, headers: rest })).status, 401);
      const twice = [
        ...Object.entries(rest).flatMap(([name, one]) => [name, String(one)]),
        missing,
        String(value),
        missing,
        String(value),
      ];
      assert.equal((await running.call({ path: asked.path, headers: twice })).status, 401);
    });
  }

  const values: [string, string][] = [
    ['x-forwarded-method', 'CONNECT'],
    ['x-forwarded-method', 'TRACE'],
    ['x-forwarded-method', 'get'],
    ['x-forwarded-method', ''],
    ['x-forwarded-proto', 'ftp'],
    ['x-forwarded-proto', 'HTTP'],
    ['x-forwarded-host', 'app.test, evil.test'],
    ['x-forwarded-host', 'user@app.test'],
    ['x-forwarded-host', 'app.test/'],
    ['x-forwarded-uri', 'start'],
    ['x-forwarded-uri', '/start#part'],
    ['x-forwarded-uri', '/start\\..'],
    ['x-forwarded-uri', '*'],
    ['x-forwarded-uri', 'http://app.test/start'],
    ['x-forwarded-uri', `/${'a'.repeat(8200)}`],
  ];
  for (const [name, value] of values) {
    test(`refuses ${name} "${value.slice(0, 30)}"`, async () => {
      const running = shared;
      const { status } = await running.call(forward({ cookie, [name]: value }));
      assert.equal(status, 401);
    });
  }

  test('refuses an address in nginx that hides another', async () => {
    const running = shared;
    for (const url of [
      'http://app.testhttp://evil.test/',
      'http://app.test',
      'http://app.test?/',
      'http://app.test#/',
      '//app.test/',
    ]) {
      assert.equal((await running.call(original({ cookie, 'x-original-url': url }))).status, 401, url);
    }
  });

  test('takes what Traefik says of a WebSocket', async () => {
    const running = shared;
    const asked = forward({
      cookie,
      'x-forwarded-proto': 'ws',
      origin: 'http://app.test',
      'sec-websocket-version': '13',
    });
    assert.equal((await running.call(asked)).status, 200);
  });

  test('a ban holds for the client, not for the proxy that asks', async () => {
    await using running = await gate();
    const snapshot = snapshotWith([site(['http://127.0.0.1:1'])], Date.now());
    const network = '198.51.100.7/32';
    const ban: Ban = {
      ...{ id: 'b-1', network, reason: 'test' },
      source: 'operator',
      createdBy: 'u-1',
      createdAt: 0,
      until: null,
    };
    running.gateway.apply({ kind: 'full', snapshot: { ...snapshot, revision: 2 }, bans: [ban] });
    assert.equal((await running.call(forward({ cookie }))).status, 403);
    assert.equal((await running.call(forward({ cookie, 'x-forwarded-for': '198.51.100.8' }))).status, 200);
  });

  test('whatever is said, a stranger never passes and a reader never throws', () => {
    const names = [
      'X-Forwarded-Method',
      'X-Forwarded-Uri',
      'x-forwarded-host',
      'x-forwarded-proto',
      'x-original-url',
      'x-forwarded-for',
      'cookie',
    ];
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...names), fc.string({ unit: 'binary' }))),
        fc.constantFrom('forward', 'request', 'envoy'),
        fc.string(),
        (pairs, form, rest) => {
          const target = `/.sallyport/auth/${form}/${rest}`;
          const read = readAsked(form, { method: 'GET', target, authority: 'app.test', rawHeaders: pairs.flat() });
          if (typeof read !== 'string') assert.match(read.target, /^\/[\x21-\x7e]*$/);
          assert.ok(['forward', 'request', 'envoy', undefined].includes(askedForm(target)));
        },
      ),
    );
  });
});
