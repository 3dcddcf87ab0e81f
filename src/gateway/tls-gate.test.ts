import assert from 'node:assert/strict';
import type { ClientHttp2Session, IncomingHttpHeaders } from 'node:http2';
import { connect, constants } from 'node:http2';
import { request } from 'node:https';
import { describe, it } from 'node:test';
import type { TestGate } from './gateway.fixture.ts';
import { anna, cookieOf, eventually, site, startGate, startUpstream } from './gateway.fixture.ts';
import { createAuthority, issueServerCertificate } from './tls/authority.ts';

const authority = () => createAuthority(['app.test'], Date.now());

interface Seen {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A second listener of the gate, with TLS, and an HTTP/2 session to it. */
async function secured(gate: TestGate) {
  const ca = authority();
  gate.gateway.setTls({ certificates: [issueServerCertificate(ca, ['app.test'], Date.now())], minVersion: 'TLSv1.2' });
  const port = await gate.gateway.listen({ host: '127.0.0.1', port: 0, tls: true });
  const trust = { ca: ca.certPem, servername: 'app.test' };
  const session = connect(`https://127.0.0.1:${port}`, trust);
  session.on('error', () => {});
  return { port, trust, session };
}

function call(session: ClientHttp2Session, headers: Record<string, string | string[]>, body?: string): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const stream = session.request(
      { ':authority': 'app.test', cookie: cookieOf(anna), ...headers },
      { endStream: body === undefined },
    );
    let got: IncomingHttpHeaders = {};
    let text = '';
    stream.on('response', found => (got = found));
    stream.on('data', chunk => (text += chunk));
    stream.on('error', reject);
    stream.on('close', () => {
      if (stream.rstCode !== constants.NGHTTP2_NO_ERROR) reject(new Error(`reset ${stream.rstCode}`));
      else resolve({ status: Number(got[':status']), headers: got, body: text });
    });
    if (body !== undefined) stream.end(body);
  });
}

describe('gateway with TLS', () => {
  it('carries HTTP/2 requests the same way, with cookies, bodies and spoofs judged alike', async () => {
    await using upstream = await startUpstream();
    await using gate = await startGate([site([upstream.url], { bodyBytesMax: 5000 })], { config: { hstsMaxAgeS: 60 } });
    const { session } = await secured(gate);
    const get = await call(session, { ':path': '/a?b=1', 'remote-user': 'spoofed', 'x-forwarded-for': '6.6.6.6' });
    assert.equal(get.status, 200);
    assert.equal(get.body, 'GET /a?b=1');
    assert.equal(get.headers['strict-transport-security'], 'max-age=60');
    const seen = upstream.seen[0]?.headers ?? {};
    assert.equal(seen['x-forwarded-proto'], 'https');
    assert.equal(seen['x-forwarded-port'], '443');
    assert.equal(seen.host, 'app.test');
    assert.equal(seen['remote-user'], 'anna@example.org');
    assert.equal(seen['x-forwarded-for'], '127.0.0.1');
    const own = { ':method': 'POST', origin: 'https://app.test' };
    assert.equal((await call(session, { ...own, ':path': '/p' }, 'hello')).status, 200);
    assert.equal(upstream.seen[1]?.body, 'hello');
    assert.equal((await call(session, { ...own, ':path': '/p' }, 'x'.repeat(6000))).status, 413);
    assert.equal((await call(session, { ...own, ':path': '/p', origin: 'http://app.test' }, 'x')).status, 403);
    assert.equal((await call(session, { ':path': '/a/../b' })).status, 400);
    assert.equal((await call(session, { ':path': '/', cookie: 'x=1' })).status, 401);
    assert.equal((await call(session, { ':path': '/', ':method': 'HEAD' })).body, '');
    session.destroy();
  });

  it('resets an HTTP/2 stream whose answer breaks off, and closes streams when the session ends', async () => {
    await using upstream = await startUpstream((req, res) => {
      res.writeHead(200, { 'content-type': 'text/plain' });
      res.write('first');
      if (req.url === '/broken') setImmediate(() => res.destroy());
    });
    await using gate = await startGate([site([upstream.url])]);
    const { session } = await secured(gate);
    await assert.rejects(call(session, { ':path': '/broken' }));
    const endless = call(session, { ':path': '/endless' });
    const ended = endless.then(
      () => 'whole',
      () => 'cut',
    );
    await eventually(() => upstream.seen.length === 2, 'the stream upstream');
    gate.change({ section: 'people', key: anna.id });
    assert.equal(await ended, 'cut');
    session.destroy();
  });

  it('carries HTTP/1.1 over TLS', async () => {
    await using upstream = await startUpstream();
    await using gate = await startGate([site([upstream.url])]);
    const { port, trust, session } = await secured(gate);
    session.destroy();
    const status = await new Promise<number>((resolve, reject) => {
      const headers = { host: 'app.test', cookie: cookieOf(anna) };
      const req = request({ host: '127.0.0.1', port, ...trust, headers, agent: false }, res =>
        resolve(res.resume().statusCode ?? 0),
      );
      req.on('error', reject).end();
    });
    assert.equal(status, 200);
  });

  it('believes a trusted proxy about address, scheme and host, and nobody else', async () => {
    await using upstream = await startUpstream();
    const headers = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'app.test' };
    for (const [trustedProxies, clientIp, proto] of [
      [['127.0.0.0/8'], '203.0.113.9', 'https'],
      [[], '127.0.0.1', 'http'],
    ] as const) {
      await using gate = await startGate([site([upstream.url])], { config: { trustedProxies } });
      assert.equal((await gate.call({ headers: { ...headers, cookie: cookieOf(anna) } })).status, 200);
      const seen = upstream.seen.at(-1)?.headers ?? {};
      assert.equal(seen['x-forwarded-for'], clientIp);
      assert.equal(seen['x-forwarded-proto'], proto);
      assert.equal(gate.records()[0]?.clientIp, clientIp);
    }
  });
});
