import assert from 'node:assert/strict';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { isSallyportError } from '../core/errors.ts';
import { detectUpstream, readUpstream } from './detect.ts';

type Answers = Readonly<Record<string, readonly [number, string, Readonly<Record<string, string>>?]>>;

async function detect(answers: Answers): Promise<unknown> {
  const asked: string[] = [];
  const server: Server = createServer((req, res) => {
    asked.push(req.url ?? '');
    const [status, body, headers] = answers[req.url ?? ''] ?? [404, 'no such thing'];
    res.writeHead(status, headers);
    res.end(body);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const found = await detectUpstream(fetch, new URL(`http://127.0.0.1:${port}`), AbortSignal.timeout(10_000));
    assert.ok(!asked.includes('/elsewhere'), 'followed a redirect');
    return found;
  } finally {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  }
}

const ok: readonly [number, string] = [200, '{"status":"ok"}'];
const settings = (setup: boolean): readonly [number, string] => [
  200,
  JSON.stringify({ data: { userManagement: { showSetupOnFirstLoad: setup }, versionCli: '2.41.1' } }),
];

describe('detecting an upstream', () => {
  it('knows n8n, whether somebody owns it, and one that is still starting', async () => {
    const claimed = { platform: 'n8n', version: '2.41.1', claimed: true };
    assert.deepEqual(await detect({ '/healthz': ok, '/rest/settings': settings(false) }), claimed);
    assert.deepEqual(await detect({ '/healthz': ok, '/rest/settings': settings(true) }), {
      ...claimed,
      claimed: false,
    });
    const starting = { '/healthz': ok, '/rest/settings': [200, 'n8n is starting up. Please wait'] } as const;
    assert.deepEqual(await detect(starting), { platform: 'n8n', version: null, claimed: null });
  });

  it('knows Flowise by its ping', async () => {
    assert.deepEqual(await detect({ '/api/v1/ping': [200, 'pong'] }), {
      platform: 'flowise',
      version: null,
      claimed: null,
    });
  });

  it('takes anything else that answers for generic, and follows no redirect', async () => {
    const generic = { platform: 'generic', version: null, claimed: null };
    assert.deepEqual(await detect({}), generic);
    assert.deepEqual(await detect({ '/healthz': ok }), generic);
    const away = [302, '', { location: '/elsewhere' }] as const;
    assert.deepEqual(await detect({ '/healthz': away, '/api/v1/ping': away, '/elsewhere': [200, 'pong'] }), generic);
    assert.deepEqual(await detect({ '/healthz': ok, '/rest/settings': [200, '['] }), generic);
    assert.deepEqual(await detect({ '/api/v1/ping': [200, 'x'.repeat(600_000)] }), generic);
  });

  it('says when nobody answers', async () => {
    const nobody = () => Promise.reject(new TypeError('fetch failed'));
    await assert.rejects(
      detectUpstream(nobody, new URL('http://127.0.0.1:9'), AbortSignal.timeout(5000)),
      (e: unknown) => isSallyportError(e, 'core.invalid_input'),
    );
  });

  const failures: readonly (readonly [string, string, unknown, RegExp])[] = [
    ['nobody listens', 'http', { code: 'ECONNREFUSED' }, /Nothing listens at http:\/\/127\.0\.0\.1:9/],
    ['TLS is asked of plain HTTP', 'https', { code: 'ERR_SSL_WRONG_VERSION_NUMBER' }, /Did you mean http:\/\//],
    ['the certificate is not trusted', 'https', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, /does not trust.*CA_CERTS/],
    ['plain HTTP is asked of TLS', 'http', { code: 'UND_ERR_SOCKET' }, /Did you mean https:\/\//],
    ['it is no HTTP', 'http', { code: 'HPE_INVALID_CONSTANT' }, /does not speak plain HTTP/],
    ['the name is not known', 'http', { code: 'ENOTFOUND' }, /not known on this machine/],
    ['it hangs', 'http', { name: 'TimeoutError' }, /does not answer within 4 s/],
  ];
  for (const [name, scheme, fault, said] of failures) {
    it(`says what is wrong when ${name}`, async () => {
      const cause = Object.assign(new Error('below'), fault);
      const fetch = () => Promise.reject(new TypeError('fetch failed', { cause }));
      await assert.rejects(
        detectUpstream(fetch, new URL(`${scheme}://127.0.0.1:9`), AbortSignal.timeout(5000)),
        (e: unknown) => isSallyportError(e, 'core.invalid_input') && said.test(e.detail ?? ''),
      );
    });
  }

  it('tells a real server that speaks plain HTTP where TLS was asked for', async () => {
    const server = createServer((_, res) => res.end()).listen(0, '127.0.0.1');
    await new Promise(resolve => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      await assert.rejects(
        detectUpstream(fetch, new URL(`https://127.0.0.1:${port}`), AbortSignal.timeout(5000)),
        (e: unknown) => isSallyportError(e) && /Did you mean http:/.test(e.detail ?? ''),
      );
    } finally {
      server.close();
    }
  });

  it('stops when its caller leaves', async () => {
    const gone = AbortSignal.abort(new Error('left'));
    const fetch = (_: unknown, init?: RequestInit) => Promise.reject(init?.signal?.reason);
    await assert.rejects(detectUpstream(fetch, new URL('http://127.0.0.1:9'), gone), /left/);
  });

  it('reads an origin and refuses what is none', () => {
    assert.equal(readUpstream('localhost:5678').origin, 'http://localhost:5678');
    assert.equal(readUpstream('http://127.0.0.1:5678/home?x').href, 'http://127.0.0.1:5678/');
    assert.equal(readUpstream('https://n8n.internal').origin, 'https://n8n.internal');
    for (const text of [
      '',
      'ftp://x',
      'file:///etc/passwd',
      'http://',
      'http://user:secret@localhost:5678',
      'http://169.254.169.254/latest',
      'http://[fe80::1]/',
      'http://[::ffff:169.254.169.254]/',
      'http://2852039166/',
    ]) {
      assert.throws(
        () => readUpstream(text),
        (e: unknown) => isSallyportError(e, 'core.invalid_input'),
        text,
      );
    }
  });
});
