import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { anna, cookieOf, site, startGate, startUpstream } from '../gateway.fixture.ts';

describe('cross-site: forged requests', () => {
  const rows: Record<string, { method?: string; headers: Record<string, string>; status: number }> = {
    'own origin': { headers: { origin: 'http://app.test', 'sec-fetch-site': 'same-origin' }, status: 200 },
    'own origin alone': { headers: { origin: 'http://app.test' }, status: 200 },
    'own page by Fetch Metadata alone': { headers: { 'sec-fetch-site': 'same-origin' }, status: 200 },
    'typed by the person': { headers: { 'sec-fetch-site': 'none' }, status: 200 },
    'a foreign page': { headers: { origin: 'http://evil.test', 'sec-fetch-site': 'cross-site' }, status: 403 },
    'a foreign page that claims to be ours': {
      headers: { origin: 'http://evil.test', 'sec-fetch-site': 'same-origin' },
      status: 403,
    },
    'another port of the host': {
      headers: { origin: 'http://app.test:8080', 'sec-fetch-site': 'same-site' },
      status: 403,
    },
    'another scheme': { headers: { origin: 'https://app.test' }, status: 403 },
    'a sandboxed frame': { headers: { origin: 'null' }, status: 403 },
    'a subdomain': { headers: { 'sec-fetch-site': 'same-site' }, status: 403 },
    'nothing said': { headers: {}, status: 403 },
    'a read from a foreign page': { method: 'GET', headers: { origin: 'http://evil.test' }, status: 200 },
  };
  for (const [name, { method = 'POST', headers, status }] of Object.entries(rows)) {
    it(`answers ${status} to ${method} from ${name}`, async () => {
      await using upstream = await startUpstream();
      await using gate = await startGate([site([upstream.url])]);
      const answer = await gate.call({
        method,
        headers: { cookie: cookieOf(anna), ...headers },
        ...(method === 'POST' && { body: 'x' }),
      });
      assert.equal(answer.status, status);
      assert.equal(gate.records()[0]?.data.denied?.type, status === 403 ? 'csrf' : undefined);
    });
  }

  it('lets anybody call a published route: it is no use of the cookie', async () => {
    await using upstream = await startUpstream();
    await using gate = await startGate([
      site([upstream.url], { publicRoutes: [{ methods: ['POST'], path: '/hook' }] }),
    ]);
    const headers = { cookie: cookieOf(anna), origin: 'http://evil.test', 'sec-fetch-site': 'cross-site' };
    assert.equal((await gate.call({ method: 'POST', path: '/hook', headers, body: 'x' })).status, 200);
  });
});

describe('cross-site: CORS', () => {
  const shop = 'https://shop.test';

  it('answers the preflight of a listed origin itself and lets it read, without credentials', async () => {
    await using upstream = await startUpstream();
    const publicRoutes = [{ methods: ['POST'], path: '/hook' }];
    await using gate = await startGate([site([upstream.url], { publicRoutes, corsOrigins: [shop] })]);
    const preflight = await gate.call({
      method: 'OPTIONS',
      path: '/hook',
      headers: {
        origin: shop,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers['access-control-allow-origin'], shop);
    assert.equal(preflight.headers['access-control-allow-methods'], 'POST');
    assert.equal(preflight.headers['access-control-allow-headers'], 'content-type');
    assert.equal(preflight.headers['access-control-allow-credentials'], undefined);
    assert.equal(upstream.seen.length, 0);
    const call = await gate.call({ method: 'POST', path: '/hook', headers: { origin: shop }, body: 'x' });
    assert.equal(call.headers['access-control-allow-origin'], shop);
    assert.match(String(call.headers.vary), /origin/);
  });

  it('gives no CORS header to any other origin, nor where none is listed', async () => {
    await using upstream = await startUpstream(
      (_req, res) => void res.writeHead(200, { 'access-control-allow-origin': '*' }).end(),
    );
    const publicRoutes = [{ methods: ['POST', 'OPTIONS'], path: '/hook' }];
    for (const corsOrigins of [[], [shop]]) {
      await using gate = await startGate([site([upstream.url], { publicRoutes, corsOrigins })]);
      for (const method of ['OPTIONS', 'POST']) {
        const headers = { origin: 'https://evil.test', 'access-control-request-method': 'POST' };
        const answer = await gate.call({ method, path: '/hook', headers });
        assert.equal(answer.headers['access-control-allow-origin'], undefined);
      }
    }
  });
});
