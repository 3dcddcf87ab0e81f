import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestGate, TestUpstream } from '../gateway.fixture.ts';
import { anna, eventually, open, person, site, startGate, startUpstream, tokenHash } from '../gateway.fixture.ts';
import type { ApiKeyPolicy } from '../snapshot.ts';

const key = `sp_0abc12de_${'K'.repeat(43)}`;
const other = `sp_0abc12df_${'L'.repeat(43)}`;

const policyOf = (patch: Partial<ApiKeyPolicy> = {}): ApiKeyPolicy => ({
  id: 'k-1',
  userId: anna.id,
  prefix: 'sp_0abc12de',
  sites: ['site-app'],
  paths: ['/api/v1'],
  permissions: ['data_source.read', 'data_source.use'],
  expiresAt: Date.now() + 3_600_000,
  ...patch,
});

async function withKey(
  patch: Partial<ApiKeyPolicy>,
  act: (gate: TestGate, upstream: TestUpstream) => Promise<void>,
): Promise<void> {
  await using upstream = await startUpstream();
  await using gate = await startGate([site([upstream.url])]);
  gate.change({ section: 'apiKeys', key: tokenHash(key), value: policyOf(patch) });
  await act(gate, upstream);
}

const withBearer = (value: string) => ({ path: '/api/v1/things', headers: { authorization: `Bearer ${value}` } });

describe('API keys at the gate', () => {
  it('let their owner in by either header, and go no further', () =>
    withKey({}, async (gate, upstream) => {
      assert.equal((await gate.call(withBearer(key))).status, 200);
      const posted = await gate.call({
        method: 'POST',
        path: '/api/v1/things',
        headers: { 'x-api-key': key },
        body: 'x',
      });
      assert.equal(posted.status, 200);
      for (const { headers, rawHeaders } of upstream.seen) {
        assert.ok(!rawHeaders.some(text => text.includes(key)));
        assert.equal(headers['remote-email'], 'anna@example.org');
      }
      const [record] = gate.records();
      assert.deepEqual(record?.principal, { kind: 'user', id: anna.id, name: 'anna@example.org', apiKey: 'k-1' });
      assert.equal(gate.told.filter(message => message.kind === 'keys_used').length, 1);
    }));

  it('are counted whatever the path is called', () =>
    withKey({ paths: ['/'] }, async gate => {
      const limits = [{ id: 'key', scope: 'api_key', limit: 2, windowMs: 60_000, appliesTo: ['api'] }] as const;
      const apiKeys = new Map([[tokenHash(key), policyOf({ paths: ['/'] })]]);
      const perimeter = { ...gate.snapshot.perimeter, limits };
      gate.gateway.apply({ kind: 'full', snapshot: { ...gate.snapshot, apiKeys, perimeter } });
      const paths = ['/v1/orders', '/v1/orders/1.css', '/api/v1/orders'];
      const answers: number[] = [];
      for (const path of paths) answers.push((await gate.call({ ...withBearer(key), path })).status);
      assert.deepEqual(answers, [200, 200, 429]);
    }));

  it('are nobody’s at the next request once they are revoked', () =>
    withKey({}, async gate => {
      assert.equal((await gate.call(withBearer(key))).status, 200);
      gate.change({ section: 'apiKeys', key: tokenHash(key) });
      const refused = await gate.call(withBearer(key));
      assert.equal(refused.status, 401);
      assert.match(String(refused.headers['www-authenticate']), /invalid_token/);
    }));

  it('of a disabled owner, ended ones and unknown ones are refused', () =>
    withKey({ expiresAt: Date.now() - 1 }, async gate => {
      assert.equal((await gate.call(withBearer(key))).status, 401);
      assert.equal((await gate.call(withBearer(other))).status, 401);
      gate.change({ section: 'apiKeys', key: tokenHash(key), value: policyOf() });
      assert.equal((await gate.call(withBearer(key))).status, 200);
      gate.change({ section: 'people', key: anna.id, value: person({ disabled: true }) });
      assert.equal((await gate.call(withBearer(key))).status, 401);
      gate.change({ section: 'people', key: anna.id });
      assert.equal((await gate.call(withBearer(key))).status, 401);
    }));

  it('reach no other path, site or right than they name, nor more than their owner has', async () => {
    await withKey({}, async gate => {
      for (const path of ['/api/v10', '/', '/api'])
        assert.equal((await gate.call({ ...withBearer(key), path })).status, 403, path);
    });
    await withKey({ sites: ['another'] }, async gate => assert.equal((await gate.call(withBearer(key))).status, 403));
    await withKey({ permissions: ['data_source.read'] }, async gate => {
      assert.equal((await gate.call(withBearer(key))).status, 200);
      assert.equal((await gate.call({ ...withBearer(key), method: 'POST', body: 'x' })).status, 403);
    });
    await withKey({}, async gate => {
      gate.change({ section: 'people', key: anna.id, value: person({ projects: new Map([['p-1', ['viewer']]]) }) });
      assert.equal((await gate.call(withBearer(key))).status, 200);
      assert.equal((await gate.call({ ...withBearer(key), method: 'POST', body: 'x' })).status, 403);
    });
  });

  it('are worth nothing at the gate itself', () =>
    withKey({ paths: ['/'] }, async gate => {
      const path = '/.sallyport/api/v1/me';
      assert.equal((await gate.call({ ...withBearer(key), path })).status, 403);
      assert.equal((await gate.call({ ...withBearer(key), host: 'portal.test' })).status, 403);
      assert.equal(gate.control.asked.length, 0);
    }));

  it('are refused in the address, and two at once', () =>
    withKey({}, async (gate, upstream) => {
      for (const path of [`/api/v1/x?key=${key}`, `/api/v1/x?a=b&sp=${key.toUpperCase()}`])
        assert.equal((await gate.call({ path, signedIn: true })).status, 400);
      const both = { authorization: `Bearer ${key}`, 'x-api-key': other };
      assert.equal((await gate.call({ path: '/api/v1/x', headers: both })).status, 400);
      assert.equal(upstream.seen.length, 0);
    }));

  it('leave the credentials of upstreams alone', () =>
    withKey({}, async (gate, upstream) => {
      await gate.call({
        path: '/x',
        signedIn: true,
        headers: { authorization: 'Bearer sp_other', 'x-api-key': 'abc' },
      });
      assert.equal(upstream.seen[0]?.headers.authorization, 'Bearer sp_other');
      assert.equal(upstream.seen[0]?.headers['x-api-key'], 'abc');
    }));

  it('end what is open when they are revoked', async () => {
    await using upstream = await startUpstream((_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write('data: 1\n\n');
    });
    await using gate = await startGate([site([upstream.url])]);
    gate.change({ section: 'apiKeys', key: tokenHash(key), value: policyOf() });
    const req = open(gate.port, withBearer(key));
    let isClosed = false;
    req.on('response', res => {
      res.on('data', () => gate.change({ section: 'apiKeys', key: tokenHash(key) }));
      res.on('error', () => {});
      res.on('close', () => {
        isClosed = true;
      });
    });
    req.on('error', () => {});
    req.end();
    await eventually(() => isClosed, 'the end of the stream');
  });
});
