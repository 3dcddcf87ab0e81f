import assert from 'node:assert/strict';
import { connect as connectHttp2 } from 'node:http2';
import { request } from 'node:https';
import { describe, it } from 'node:test';
import type { ConnectionOptions } from 'node:tls';
import { connect } from 'node:tls';
import { isSallyportError } from '../core/errors.ts';
import type { TestGate } from './gateway.fixture.ts';
import { anna, cookieOf, eventually, site, startGate, startUpstream } from './gateway.fixture.ts';
import { compileClientCertificates } from './guard/client-certificates.ts';
import type { SiteGuard } from './guard-input.ts';
import { guardDefaults, guardSchema } from './guard-input.ts';
import type { SitePolicy } from './snapshot.ts';
import { createAuthority, issueServerCertificate } from './tls/authority.ts';
import { makeCertificate } from './tls/certificates.fixture.ts';

const dayMs = 86_400_000;
const serverCa = createAuthority(['app.test'], Date.now());
const server = issueServerCertificate(serverCa, ['app.test'], Date.now());
const ca = makeCertificate('Corp CA', { isAuthority: true });
const otherCa = makeCertificate('Other CA', { isAuthority: true });
/** Of the same name as the real one, with another key. */
const falseCa = makeCertificate('Corp CA', { isAuthority: true });
const issuing = makeCertificate('Issuing CA', { issuer: ca, isAuthority: true });
const bob = makeCertificate('bob', { issuer: ca });
const carol = makeCertificate('carol', { issuer: issuing, names: ['carol.corp.test'] });

const route = (patch: Partial<SiteGuard['clientCertificates'][number]> = {}) => ({
  path: '/admin/*',
  caPem: ca.certPem,
  subjects: [],
  ...patch,
});
const guard = (...clientCertificates: SiteGuard['clientCertificates']) => ({
  guard: { ...guardDefaults, clientCertificates },
});

interface Answer {
  readonly status: number;
  readonly isReused: boolean;
}

function setSites(gate: TestGate, sites: readonly SitePolicy[]): void {
  gate.snapshot = { ...gate.snapshot, sites, revision: gate.snapshot.revision + 1 };
  gate.gateway.apply({ kind: 'full', snapshot: gate.snapshot });
}

async function open(gate: TestGate, trusted?: string) {
  gate.gateway.setTls({
    certificates: [server],
    minVersion: 'TLSv1.2',
    ...(trusted !== undefined && { originPullCaPem: trusted }),
  });
  return gate.gateway.listen({ host: '127.0.0.1', port: 0, tls: true });
}

/** One request over its own connection; the code of the error where there was none. */
function ask(port: number, path: string, options: ConnectionOptions & { headers?: Record<string, string> } = {}) {
  return new Promise<Answer | string>(resolve => {
    const { headers, ...tls } = options;
    const req = request(
      {
        ...{ host: '127.0.0.1', port, path, agent: false, ca: serverCa.certPem, servername: 'app.test', ...tls },
        headers: { host: 'app.test', cookie: cookieOf(anna), ...headers },
      },
      res => {
        res.resume();
        const isReused = (res.socket as unknown as { isSessionReused(): boolean }).isSessionReused();
        resolve({ status: res.statusCode ?? 0, isReused });
      },
    );
    req.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    req.end();
  });
}

const statusOf = async (...args: Parameters<typeof ask>) => {
  const answer = await ask(...args);
  return typeof answer === 'string' ? answer : answer.status;
};
const showing = (pair: { certPem: string; keyPem: string }, ...above: { certPem: string }[]): ConnectionOptions => ({
  cert: [pair, ...above].map(one => one.certPem).join('\n'),
  key: pair.keyPem,
});

describe('client certificates', () => {
  const cases: [string, ConnectionOptions, number][] = [
    ['no certificate', {}, 403],
    ['one of the authority', showing(bob), 200],
    ['one below an intermediate that came with it', showing(carol, issuing), 200],
    ['one below an intermediate that did not come', showing(carol), 403],
    ['one of another authority', showing(makeCertificate('bob', { issuer: otherCa })), 403],
    ['one of a false authority of the same name', showing(makeCertificate('bob', { issuer: falseCa })), 403],
    ['one that signed itself', showing(makeCertificate('bob')), 403],
    ['an expired one', showing(makeCertificate('bob', { issuer: ca, untilMs: Date.now() - 1000 })), 403],
    ['one of tomorrow', showing(makeCertificate('bob', { issuer: ca, fromMs: Date.now() + dayMs / 2 })), 403],
    ['one for servers', showing(makeCertificate('bob', { issuer: ca, usage: '1.3.6.1.5.5.7.3.1' })), 403],
    ['one below a leaf that plays authority', showing(makeCertificate('x', { issuer: bob }), bob), 403],
    [
      'one below an expired intermediate',
      (() => {
        const late = makeCertificate('Late CA', { issuer: ca, isAuthority: true, untilMs: Date.now() - 1000 });
        return showing(makeCertificate('bob', { issuer: late }), late);
      })(),
      403,
    ],
  ];
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    it(`takes only what leads to the route's own authority now, over ${version}`, async () => {
      await using upstream = await startUpstream();
      await using gate = await startGate([site([upstream.url], guard(route()))]);
      const port = await open(gate);
      for (const [name, options, wanted] of cases)
        assert.equal(await statusOf(port, '/admin/x', { ...options, maxVersion: version }), wanted, name);
      assert.equal(await statusOf(port, '/elsewhere', { maxVersion: version }), 200, 'other routes stay open');
    });
  }

  it('takes the authority of the route, not one that another route wants', async () => {
    await using upstream = await startUpstream();
    const other = route({ path: '/other', caPem: otherCa.certPem });
    await using gate = await startGate([site([upstream.url], guard(route(), other))]);
    const port = await open(gate);
    assert.equal(await statusOf(port, '/admin/x', showing(bob)), 200);
    assert.equal(await statusOf(port, '/other', showing(bob)), 403);
    assert.equal(await statusOf(port, '/other', showing(makeCertificate('dan', { issuer: otherCa }))), 200);
    assert.equal(await statusOf(port, '/other', showing(carol, issuing)), 403, 'below an intermediate of the other');
  });

  it('takes an intermediate that the route names beside its authority, whatever other routes want', async () => {
    await using upstream = await startUpstream();
    const other = route({ path: '/other', caPem: otherCa.certPem });
    const both = route({ caPem: ca.certPem + issuing.certPem });
    await using gate = await startGate([site([upstream.url], guard(both, other))]);
    const port = await open(gate);
    assert.equal(await statusOf(port, '/admin/x', showing(carol, issuing)), 200);
    assert.equal(await statusOf(port, '/admin/x', showing(makeCertificate('dan', { issuer: otherCa }))), 403);
  });

  it('takes an authority that stands below another as the end of the path', async () => {
    await using upstream = await startUpstream();
    await using gate = await startGate([site([upstream.url], guard(route({ caPem: issuing.certPem })))]);
    const port = await open(gate);
    assert.equal(await statusOf(port, '/admin/x', showing(carol, issuing)), 200);
    assert.equal(await statusOf(port, '/admin/x', showing(bob)), 403);
  });

  it('takes only the subjects that the route names', async () => {
    await using upstream = await startUpstream();
    const subjects = ['carol.corp.test', 'dave'];
    await using gate = await startGate([site([upstream.url], guard(route({ subjects })))]);
    const port = await open(gate);
    assert.equal(await statusOf(port, '/admin/x', showing(bob)), 403);
    assert.equal(await statusOf(port, '/admin/x', showing(carol, issuing)), 200);
    assert.equal(await statusOf(port, '/admin/x', showing(makeCertificate('dave', { issuer: ca }))), 200);
    assert.equal(await statusOf(port, '/admin/x', showing(makeCertificate('Dave', { issuer: ca }))), 403);
  });

  it('tells platform and record whose certificate it was, and believes no client that says it itself', async () => {
    await using upstream = await startUpstream();
    await using gate = await startGate([site([upstream.url], guard(route()))]);
    const port = await open(gate);
    const headers = { 'x-sallyport-client-subject': 'CN=root', X_Sallyport_Client_Subject: 'CN=root' };
    const eve = makeCertificate('eve\u00e9\r\nx: y', { issuer: ca });
    assert.equal(await statusOf(port, '/admin/x', { ...showing(bob), headers }), 200);
    assert.equal(upstream.seen[0]?.headers['x-sallyport-client-subject'], 'CN=bob');
    assert.match(String(upstream.seen[0]?.headers['x-sallyport-client-fingerprint']), /^[0-9a-f]{64}$/);
    assert.equal(await statusOf(port, '/elsewhere', { ...showing(bob), headers }), 200);
    assert.deepEqual(
      Object.keys(upstream.seen[1]?.headers ?? {}).filter(name => /client.(subject|finger)/.test(name)),
      [],
    );
    assert.equal(await statusOf(port, '/admin/x', { ...showing(eve), headers }), 200);
    assert.match(String(upstream.seen[2]?.headers['x-sallyport-client-subject']), /^CN=eve[\x20-\x7e]+$/);
    assert.equal(upstream.seen[2]?.headers['x'], undefined);
    assert.equal(gate.records()[0]?.data.clientCertificate, 'CN=bob');
    assert.equal(gate.records()[1]?.data.clientCertificate, undefined);
  });

  it('judges every HTTP/2 stream by the certificate of its own connection', async () => {
    await using upstream = await startUpstream();
    await using gate = await startGate([site([upstream.url], guard(route()))]);
    const port = await open(gate);
    for (const [options, wanted] of [
      [showing(bob), 200],
      [{}, 403],
    ] as const) {
      const session = connectHttp2(`https://127.0.0.1:${port}`, {
        ca: serverCa.certPem,
        servername: 'app.test',
        ...options,
      });
      for (const path of ['/admin/x', '/admin/y']) {
        const stream = session.request({ ':path': path, ':authority': 'app.test', cookie: cookieOf(anna) });
        const status = await new Promise<number>((resolve, reject) => {
          stream.on('response', headers => resolve(Number(headers[':status'])));
          stream.on('error', reject);
        });
        stream.resume();
        assert.equal(status, wanted);
      }
      session.destroy();
    }
  });

  it('resumes no session while certificates are wanted, and judges anew when the authority changes', async () => {
    await using upstream = await startUpstream();
    await using gate = await startGate([site([upstream.url])]);
    const port = await open(gate);
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      setSites(gate, [site([upstream.url])]);
      const before = await sessionOf(port, { maxVersion });
      const resumed = await ask(port, '/admin/x', { maxVersion, session: before });
      assert.deepEqual(resumed, { status: 200, isReused: true });
      setSites(gate, [site([upstream.url], guard(route()))]);
      const denied = await ask(port, '/admin/x', { maxVersion, session: before });
      assert.deepEqual(denied, { status: 403, isReused: false });
      const full = await ask(port, '/admin/x', { maxVersion, session: before, ...showing(bob) });
      assert.deepEqual(full, { status: 200, isReused: false });
      const session = await sessionOf(port, { maxVersion, ...showing(bob) }).catch(() => undefined);
      setSites(gate, [site([upstream.url], guard(route({ caPem: otherCa.certPem })))]);
      const changed = await ask(port, '/admin/x', { maxVersion, ...(session && { session }), ...showing(bob) });
      assert.deepEqual(changed, { status: 403, isReused: false });
    }
  });

  it('ends connections that were asked for other authorities', async () => {
    await using upstream = await startUpstream();
    await using gate = await startGate([site([upstream.url], guard(route()))]);
    const port = await open(gate);
    const socket = connect({ host: '127.0.0.1', port, ca: serverCa.certPem, servername: 'app.test', ...showing(bob) });
    let isClosed = false;
    let received = '';
    socket.on('data', piece => (received += piece.toString()));
    socket.on('close', () => (isClosed = true));
    socket.write(`GET /admin/x HTTP/1.1\r\nHost: app.test\r\nCookie: ${cookieOf(anna)}\r\n\r\n`);
    await eventually(() => received.startsWith('HTTP/1.1 200'), 'the answer');
    setSites(gate, [site([upstream.url], guard(route({ caPem: otherCa.certPem })))]);
    await eventually(() => isClosed, 'the end of the connection');
  });

  it('lets trusted proxies in only with a certificate of the origin pull authority', async () => {
    await using upstream = await startUpstream();
    const pull = makeCertificate('Origin pull', { isAuthority: true });
    const proxy = makeCertificate('proxy', { issuer: pull });
    const config = { trustedProxies: ['127.0.0.0/8'] };
    await using gate = await startGate([site([upstream.url], guard(route()))], { config });
    const port = await open(gate, pull.certPem);
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      assert.equal(await statusOf(port, '/', { ...showing(proxy), maxVersion }), 200);
      assert.equal(await statusOf(port, '/admin/x', { ...showing(proxy), maxVersion }), 403, 'it is not the visitor');
      for (const options of [
        {},
        showing(bob),
        showing(makeCertificate('proxy')),
        showing(makeCertificate('p', { issuer: pull, untilMs: Date.now() - 1000 })),
      ])
        assert.equal(typeof (await ask(port, '/', { ...options, maxVersion })), 'string');
    }
    await using direct = await startGate([site([upstream.url])]);
    assert.equal(await statusOf(await open(direct, pull.certPem), '/'), 200, 'others come as before');
  });

  it('reads route paths as broadly as an application might', () => {
    const rules = compileClientCertificates([route(), route({ path: '/exact' })]);
    const kindOf = (path: string) => rules.judge(path, undefined, Date.now()).kind;
    const wanted = [
      '/admin',
      '/admin/',
      '/admin/x',
      '/ADMIN/x',
      '/%61dmin/x',
      '/%2561dmin/x',
      '/admin%2fx',
      '/admin;a=b/x',
    ];
    for (const path of [...wanted, '//admin/x', '/x/%2e%2e/admin', '/admin\\x', '/exact', '/exact/', '/Exact'])
      assert.equal(kindOf(path), 'refused', path);
    for (const path of ['/', '/administrator', '/x/admin', '/exact/x', '/admi'])
      assert.equal(kindOf(path), 'not_wanted', path);
    const all = compileClientCertificates([route({ path: '/*' })]);
    for (const path of ['/', '/a', '/a/b']) assert.equal(all.judge(path, undefined, 0).kind, 'refused', path);
  });

  it('refuses settings that say nothing or too much', () => {
    const accepts = [route(), route({ path: '/' }), route({ path: '/*' }), route({ path: '/a/b', subjects: ['x'] })];
    const refuses = [
      { ...route(), path: 'admin' },
      { ...route(), path: '/a*' },
      { ...route(), path: '/a/*/b' },
      { ...route(), path: '//a' },
      { ...route(), path: '/%61' },
      { ...route(), caPem: '' },
      { ...route(), caPem: ca.certPem + ' '.repeat(65_536) },
      { ...route(), subjects: [''] },
      { path: '/a', caPem: ca.certPem },
    ];
    const isTaken = (entry: unknown) =>
      guardSchema.safeParse({ ...guardDefaults, clientCertificates: [entry] }).success;
    for (const entry of accepts) assert.ok(isTaken(entry), JSON.stringify(entry.path));
    for (const entry of refuses) assert.ok(!isTaken(entry), JSON.stringify(entry.path));
    for (const caPem of [
      bob.certPem,
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      '-----BEGIN CERTIFICATE-----',
    ])
      assert.throws(
        () => compileClientCertificates([route({ caPem })]),
        error => isSallyportError(error, 'core.invalid_input'),
      );
  });
});

/** A session to resume, taken from a connection that made one request. */
function sessionOf(port: number, options: ConnectionOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, ca: serverCa.certPem, servername: 'app.test', ...options });
    socket.once('session', session => {
      resolve(session);
      socket.destroy();
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed without a session')));
    socket.resume();
    socket.write('GET /x HTTP/1.1\r\nHost: app.test\r\nConnection: close\r\n\r\n');
  });
}
