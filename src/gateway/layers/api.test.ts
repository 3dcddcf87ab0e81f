import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SiteApi } from '../api-input.ts';
import type { Call, TestGate, TestUpstream } from '../gateway.fixture.ts';
import { anna, site, startGate, startUpstream, tokenHash } from '../gateway.fixture.ts';

const key = `sp_0abc12de_${'K'.repeat(43)}`;

const order = {
  type: 'object',
  required: ['item', 'count'],
  additionalProperties: false,
  properties: {
    item: { type: 'string', pattern: '^[a-z]+(-[a-z]+)*$', maxLength: 40 },
    count: { type: 'integer', minimum: 1 },
    mail: { type: 'string', format: 'email' },
    parts: { type: 'array', items: { $ref: '#/components/schemas/Order' }, maxItems: 3 },
  },
};
const description = {
  openapi: '3.1.0',
  info: { title: 'Orders', version: '1' },
  paths: {
    '/v1/orders': {
      get: {
        parameters: [
          { name: 'limit', in: 'query', schema: { type: 'integer', maximum: 100 } },
          { name: 'tag', in: 'query', schema: { type: 'array', items: { type: 'string' }, maxItems: 2 } },
          { name: 'x-trace', in: 'header', required: true, schema: { type: 'string', minLength: 4 } },
        ],
        responses: {},
      },
      post: {
        requestBody: {
          required: true,
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Order' }, example: { item: 'a' } } },
        },
        responses: {},
      },
    },
    '/v1/orders/{id}': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
      get: { responses: {} },
    },
    '/v1/orders/latest': { get: { responses: {} } },
    '/v1/form': {
      post: {
        requestBody: {
          content: { 'application/x-www-form-urlencoded': { schema: { $ref: '#/components/schemas/Order' } } },
        },
        responses: {},
      },
    },
  },
  components: { schemas: { Order: order } },
};

const group = (patch: Partial<SiteApi> = {}): SiteApi => ({
  path: '/v1/*',
  upstream: null,
  stripPrefix: false,
  version: null,
  openapi: JSON.stringify(description),
  apiKey: 'optional',
  quota: null,
  mode: 'block',
  ...patch,
});

async function withApi(
  groups: readonly SiteApi[],
  act: (gate: TestGate, upstream: TestUpstream) => Promise<void>,
): Promise<void> {
  await using upstream = await startUpstream();
  await using gate = await startGate([site([upstream.url], { api: [...groups] })]);
  gate.change({
    section: 'apiKeys',
    key: tokenHash(key),
    value: {
      ...{ id: 'k-1', userId: anna.id, prefix: 'sp_0abc12de', sites: ['site-app'], paths: ['/v1'] },
      ...{ permissions: ['data_source.read', 'data_source.use'], expiresAt: Date.now() + 3_600_000 },
    },
  });
  await act(gate, upstream);
}

const asKey = (call: Omit<Call, 'headers'> & { headers?: Record<string, string> }): Call => ({
  ...call,
  headers: { ...call.headers, 'x-api-key': key },
});
const post = (body: string, headers: Record<string, string> = {}): Call =>
  asKey({ method: 'POST', path: '/v1/orders', body, headers: { 'content-type': 'application/json', ...headers } });
const get = (path: string, headers: Record<string, string> = { 'x-trace': 'abcd' }): Call => asKey({ path, headers });

const fits: readonly (readonly [what: string, call: Call])[] = [
  ['a read with parameters', get('/v1/orders?limit=10&tag=a&tag=b')],
  ['an order', post('{"item":"tea-pot","count":2,"mail":"a@example.org"}')],
  ['an order with parts', post('{"item":"a","count":1,"parts":[{"item":"b","count":1}]}')],
  ['a type with a charset', post('{"item":"a","count":1}', { 'content-type': 'Application/JSON; charset=utf-8' })],
  ['a path parameter', get('/v1/orders/17')],
  ['a concrete route before a templated one', get('/v1/orders/latest')],
  [
    'a form',
    { ...post('item=tea&count=2', { 'content-type': 'application/x-www-form-urlencoded' }), path: '/v1/form' },
  ],
];

const misfits: readonly (readonly [what: string, call: Call, ...violations: string[]])[] = [
  ['a parameter too large', get('/v1/orders?limit=1000'), 'query limit maximum'],
  ['a parameter of another type', get('/v1/orders?limit=ten'), 'query limit type'],
  ['a parameter given twice', get('/v1/orders?limit=1&limit=2'), 'query limit duplicate'],
  ['a parameter given twice in another spelling', get('/v1/orders?limit=1&%6Cimit=2'), 'query limit duplicate'],
  ['too many of a list', get('/v1/orders?tag=1&tag=2&tag=3'), 'query tag maxItems'],
  ['a header that is missing', get('/v1/orders', {}), 'header x-trace required'],
  ['a path parameter of another type', get('/v1/orders/x1'), 'path id type'],
  ['no body', { ...post(''), method: 'POST' }, 'body  required'],
  ['a body nobody asked for', { ...get('/v1/orders/17', { 'content-length': '2' }), body: '{}' }, 'body  unexpected'],
  ['another content type', post('{"item":"a","count":1}', { 'content-type': 'text/plain' }), 'body  contentType'],
  ['two content types', post('{}', { 'content-type': 'application/json, text/plain' }), 'body  contentType'],
  ['another charset', post('{}', { 'content-type': 'application/json; charset=utf-16' }), 'body  contentType'],
  ['a compressed body', post('{}', { 'content-encoding': 'gzip' }), 'body  contentEncoding'],
  [
    'what is missing, wrong and too much',
    post('{"count":0,"admin":true}'),
    'body /item required',
    'body /count minimum',
    'body  additionalProperties',
  ],
  ['a pattern', post('{"item":"Tea","count":1}'), 'body /item pattern'],
  ['a pattern by a line end', post('{"item":"tea\\n","count":1}'), 'body /item pattern'],
  ['a format', post('{"item":"a","count":1,"mail":"nobody"}'), 'body /mail format'],
  ['a part deep inside', post('{"item":"a","count":1,"parts":[{"item":"b","count":"1"}]}'), 'body /parts/0/count type'],
];

describe('the API gateway', () => {
  for (const [what, call] of fits) {
    it(`passes ${what}`, () =>
      withApi([group()], async (gate, upstream) => {
        const answer = await gate.call(call);
        assert.equal(answer.status, 200, answer.body);
        assert.equal(upstream.seen.length, 1);
      }));
  }

  for (const [what, call, ...violations] of misfits) {
    it(`refuses ${what}, and names it`, () =>
      withApi([group()], async (gate, upstream) => {
        const answer = await gate.call(call);
        assert.equal(answer.status, 400, answer.body);
        assert.equal(answer.headers['content-type'], 'application/problem+json');
        const problem = JSON.parse(answer.body) as { violations?: { in: string; at: string; keyword: string }[] };
        const named = problem.violations?.map(one => `${one.in} ${one.at} ${one.keyword}`).toSorted();
        assert.deepEqual(named, violations.toSorted());
        assert.equal(upstream.seen.length, 0);
      }));
  }

  it('refuses routes and methods that the description does not name', () =>
    withApi([group()], async (gate, upstream) => {
      for (const call of [get('/v1/other'), asKey({ method: 'DELETE', path: '/v1/orders' }), get('/v1')]) {
        assert.equal((await gate.call(call)).status, 404);
      }
      assert.equal(upstream.seen.length, 0);
    }));

  it('refuses bodies in which a name stands twice, however it is spelled', () =>
    withApi([group()], async (gate, upstream) => {
      for (const second of ['"count":0', '"c\\u006funt":0', '"count":1']) {
        const answer = await gate.call(post(`{"item":"a","count":1,${second}}`));
        assert.equal(answer.status, 400, second);
      }
      const nested = await gate.call(post('{"item":"a","count":1,"parts":[{"item":"b","item":"c","count":2}]}'));
      assert.equal(nested.status, 400);
      assert.equal(upstream.seen.length, 0);
      const honest = '{"item":"a","count":1,"parts":[{"item":"b","count":2},{"item":"b","count":2}]}';
      assert.equal((await gate.call(post(honest))).status, 200);
    }));

  it('refuses bodies that are huge, deep or no JSON', () =>
    withApi([group()], async gate => {
      const deep = `${'{"parts":['.repeat(2000)}${']}'.repeat(2000)}`;
      for (const body of [deep, '{"item":', `{"item":"${'a'.repeat(200_000)}","count":1}`]) {
        assert.equal((await gate.call(post(body))).status, 400);
      }
      const huge = await gate.call(post(`{"item":"${'a'.repeat(1_040_000)}","count":1}`)).catch(() => undefined);
      assert.ok(huge === undefined || huge.status === 400 || huge.status === 413);
    }));

  it('only records in shadow mode', () =>
    withApi([group({ mode: 'shadow' })], async gate => {
      assert.equal((await gate.call(post('{"count":0}'))).status, 200);
      assert.equal((await gate.call(get('/v1/other'))).status, 200);
      const verdicts = gate.told.flatMap(message =>
        message.kind === 'event' && message.event.type === 'firewall.matched' && message.event.data.by === 'api'
          ? [message.event.data.verdict]
          : [],
      );
      assert.deepEqual(verdicts, ['would_block', 'would_block']);
    }));

  it('tells strangers nothing of the description', () =>
    withApi([group({ apiKey: 'required' })], async gate => {
      const answer = await gate.call({ ...post('{}'), headers: { 'content-type': 'application/json' } });
      assert.equal(answer.status, 401);
      assert.equal(answer.headers['www-authenticate'], 'Bearer');
      assert.ok(!answer.body.includes('violations'));
      assert.equal((await gate.call({ path: '/v1/orders/1', signedIn: true })).status, 401);
    }));

  it('takes no key where it shall take none', () =>
    withApi([group({ apiKey: 'none' })], async gate => {
      assert.equal((await gate.call(get('/v1/orders/1'))).status, 403);
      assert.equal((await gate.call({ path: '/v1/orders/1', signedIn: true })).status, 200);
    }));

  it('counts each key against its quota', () =>
    withApi([group({ quota: { limit: 2, windowMs: 60_000 } })], async gate => {
      const statuses = [];
      for (let i = 0; i < 3; i++) statuses.push((await gate.call(get('/v1/orders/1'))).status);
      assert.deepEqual(statuses, [200, 200, 429]);
      assert.equal((await gate.call({ path: '/v1/orders/1', signedIn: true })).status, 200);
    }));

  it('counts strangers of one network together, however many addresses they have', async () => {
    await using upstream = await startUpstream();
    const api = [group({ quota: { limit: 2, windowMs: 60_000 }, openapi: null })];
    const publicRoutes = [{ methods: ['GET'], path: '/v1/open' }];
    const config = { trustedProxies: ['127.0.0.1'] };
    await using gate = await startGate([site([upstream.url], { api, publicRoutes })], { config });
    const statuses: number[] = [];
    for (const end of ['1', '2', '3', 'a:b:c:d']) {
      const ip = end.includes(':') ? `2001:db8:0:1:${end}` : `2001:db8:0:1::${end}`;
      statuses.push((await gate.call({ path: '/v1/open', headers: { 'x-forwarded-for': ip } })).status);
    }
    assert.deepEqual(statuses, [200, 200, 429, 429]);
  });

  it('lets no other spelling of the prefix past the description', () =>
    withApi([group(), group({ path: '/*', openapi: null })], async (gate, upstream) => {
      const others = ['/V1/orders', '/v1%2Forders', '/%76%31;a=b/orders', '/v1;a/orders', '/v1%252Forders'];
      for (const path of others) {
        const answer = await gate.call({ method: 'POST', path, body: '{}', signedIn: true });
        assert.equal(answer.status, 400, path);
      }
      assert.equal(upstream.seen.length, 0);
      assert.equal((await gate.call({ path: '/v10/orders', signedIn: true })).status, 200);
    }));

  it('forwards nothing that a service may read as the name of another host', async () => {
    await using service = await startUpstream();
    const groups = [group({ openapi: null, stripPrefix: true, upstream: service.url })];
    await withApi(groups, async gate => {
      assert.equal((await gate.call(get('/v1//evil.example/x'))).status, 400);
      assert.equal(service.seen.length, 0);
    });
  });

  it('sends versions to services of their own, without the prefix', async () => {
    await using first = await startUpstream();
    await using second = await startUpstream();
    const bare = { openapi: null, stripPrefix: true };
    const groups = [
      group({ ...bare, upstream: first.url }),
      group({ ...bare, upstream: second.url, version: { header: 'accept-version', value: '2' } }),
    ];
    await withApi(groups, async (gate, own) => {
      assert.equal((await gate.call(get('/v1/a?b=c'))).body, 'GET /a?b=c');
      await gate.call(get('/v1/a', { 'accept-version': '2' }));
      await gate.call(get('/v1/a', { 'accept-version': '3' }));
      assert.deepEqual([first.seen.length, second.seen.length, own.seen.length], [2, 1, 0]);
    });
  });
});
