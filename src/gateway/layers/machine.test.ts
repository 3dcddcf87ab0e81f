import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestGate, TestUpstream } from '../gateway.fixture.ts';
import { anna, person, site, startGate, startUpstream, tokenHash } from '../gateway.fixture.ts';
import type { ApiKeyPolicy, PersonPolicy } from '../snapshot.ts';

const token = `sp_at_${'T'.repeat(43)}`;
const parent = `sp_0abc12de_${'P'.repeat(43)}`;

const bot = (patch: Partial<PersonPolicy> = {}): PersonPolicy =>
  person({ id: 'u-bot', email: 'bot@service.invalid', name: 'Bot', ownerId: anna.id, ...patch });
const second = person({ id: 'u-second', email: 'second@service.invalid', name: 'Second', ownerId: anna.id });

const policyOf = (patch: Partial<ApiKeyPolicy> = {}): ApiKeyPolicy => ({
  ...{ id: 't-1', userId: 'u-bot', prefix: 'sp_at', sites: ['site-app'], paths: ['/'] },
  ...{ permissions: ['data_source.read', 'data_source.use'], expiresAt: Date.now() + 3_600_000 },
  token: { clientId: 'u-bot', actors: [], parents: [] },
  ...patch,
});

/** Anna's, and acted in by both programs. */
const acting = policyOf({
  userId: anna.id,
  token: { clientId: 'u-bot', actors: ['u-bot', 'u-second'], parents: [tokenHash(parent)] },
});

async function withToken(
  policy: ApiKeyPolicy,
  act: (gate: TestGate, upstream: TestUpstream) => Promise<void>,
): Promise<void> {
  await using upstream = await startUpstream();
  await using gate = await startGate([site([upstream.url])]);
  gate.change(
    { section: 'people', key: 'u-bot', value: bot() },
    { section: 'people', key: 'u-second', value: second },
    { section: 'apiKeys', key: tokenHash(parent), value: policyOf({ id: 'k-1', userId: anna.id }) },
    { section: 'apiKeys', key: tokenHash(token), value: policy },
  );
  await act(gate, upstream);
}

const get = { path: '/things', headers: { authorization: `Bearer ${token}` } };
const post = { ...get, method: 'POST', body: 'x' };
const claimsOf = (assertion: unknown): Record<string, unknown> =>
  JSON.parse(Buffer.from(String(assertion).split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

describe('service accounts at the gate', () => {
  it('come in with an access token, by name, and the token goes no further', () =>
    withToken(policyOf(), async (gate, upstream) => {
      assert.equal((await gate.call(get)).status, 200);
      const [seen] = upstream.seen;
      assert.ok(!seen?.rawHeaders.some(text => text.includes(token)));
      const claims = claimsOf(seen?.headers['x-sallyport-assertion']);
      assert.deepEqual([claims['sub'], claims['name'], claims['act']], ['u-bot', 'Bot', undefined]);
      assert.deepEqual(gate.records()[0]?.principal, { kind: 'user', id: 'u-bot', name: 'Bot', apiKey: 't-1' });
    }));

  it('are never more than their owner, who is judged at each request', () =>
    withToken(policyOf(), async gate => {
      assert.equal((await gate.call(post)).status, 200);
      const viewer = person({ projects: new Map([['p-1', ['viewer']]]) });
      gate.change({ section: 'people', key: anna.id, value: viewer });
      assert.equal((await gate.call(get)).status, 200);
      assert.equal((await gate.call(post)).status, 403, 'the account may, its owner may not');
      gate.change(
        { section: 'people', key: anna.id, value: person({ globalRole: 'owner' }) },
        { section: 'people', key: 'u-bot', value: bot({ projects: new Map([['p-1', ['viewer']]]) }) },
      );
      assert.equal((await gate.call(post)).status, 403, 'its owner may, the account may not');
      gate.change({ section: 'people', key: 'u-bot', value: bot({ projects: new Map() }) });
      assert.equal((await gate.call(get)).status, 403);
      gate.change(
        { section: 'people', key: 'u-bot', value: bot() },
        { section: 'people', key: anna.id, value: person({ projects: new Map() }) },
      );
      assert.equal((await gate.call(get)).status, 403, 'without any role of the owner’s');
    }));

  it('end with their owner at the next request, disabled or gone', () =>
    withToken(policyOf(), async gate => {
      gate.change({ section: 'people', key: anna.id, value: person({ disabled: true }) });
      assert.equal((await gate.call(get)).status, 401);
      gate.change({ section: 'people', key: anna.id, value: person() });
      assert.equal((await gate.call(get)).status, 200);
      gate.change({ section: 'people', key: anna.id });
      assert.equal((await gate.call(get)).status, 401);
    }));

  it('end themselves at the next request, disabled, gone or with the token taken away', () =>
    withToken(policyOf(), async gate => {
      gate.change({ section: 'people', key: 'u-bot', value: bot({ disabled: true }) });
      assert.equal((await gate.call(get)).status, 401);
      gate.change({ section: 'people', key: 'u-bot', value: bot() });
      assert.equal((await gate.call(get)).status, 200);
      gate.change({ section: 'apiKeys', key: tokenHash(token) });
      assert.equal((await gate.call(get)).status, 401);
    }));

  it('let API keys of theirs be judged in the same way', () =>
    withToken(policyOf(), async gate => {
      const { token: _none, ...key } = policyOf();
      gate.change({ section: 'apiKeys', key: tokenHash(token), value: key });
      assert.equal((await gate.call(get)).status, 200);
      gate.change({ section: 'people', key: anna.id });
      assert.equal((await gate.call(get)).status, 401);
    }));
});

describe('programs that act for a person', () => {
  it('come in as the person, and everybody stands in the assertion and the record', () =>
    withToken(acting, async (gate, upstream) => {
      assert.equal((await gate.call(get)).status, 200);
      const claims = claimsOf(upstream.seen[0]?.headers['x-sallyport-assertion']);
      assert.equal(claims['sub'], anna.id);
      assert.deepEqual(claims['act'], { sub: 'u-bot', name: 'Bot', act: { sub: 'u-second', name: 'Second' } });
      assert.deepEqual(gate.records()[0]?.principal, {
        ...{ kind: 'user', id: anna.id, name: 'anna@example.org', apiKey: 't-1' },
        actors: [
          { id: 'u-bot', name: 'Bot' },
          { id: 'u-second', name: 'Second' },
        ],
      });
    }));

  const ends: readonly (readonly [string, (gate: TestGate) => void])[] = [
    ['the person is disabled', g => g.change({ section: 'people', key: anna.id, value: person({ disabled: true }) })],
    ['the program is disabled', g => g.change({ section: 'people', key: 'u-bot', value: bot({ disabled: true }) })],
    ['the program is gone', g => g.change({ section: 'people', key: 'u-bot' })],
    ['a program before it is gone', g => g.change({ section: 'people', key: 'u-second' })],
    [
      'the owner of the program is gone',
      g => g.change({ section: 'people', key: 'u-bot', value: bot({ ownerId: 'x' }) }),
    ],
    ['who acts is no program', g => g.change({ section: 'people', key: 'u-bot', value: person({ id: 'u-bot' }) })],
    ['what it came from is revoked', g => g.change({ section: 'apiKeys', key: tokenHash(parent) })],
    [
      'what it came from has expired',
      g => {
        const value = policyOf({ id: 'k-1', userId: anna.id, expiresAt: Date.now() - 1 });
        g.change({ section: 'apiKeys', key: tokenHash(parent), value });
      },
    ],
  ];
  for (const [name, end] of ends) {
    it(`are refused at the next request when ${name}`, () =>
      withToken(acting, async gate => {
        assert.equal((await gate.call(get)).status, 200);
        end(gate);
        assert.equal((await gate.call(get)).status, 401);
      }));
  }
});

describe('what is for the token endpoint alone', () => {
  for (const prefix of ['sp_st_', 'sp_cs_', 'sp_at_']) {
    it(`(${prefix}…) is refused at sites, and never passed on or logged in an address`, () =>
      withToken(policyOf(), async (gate, upstream) => {
        const text = prefix + 'S'.repeat(43);
        assert.equal((await gate.call({ path: '/', headers: { authorization: `Bearer ${text}` } })).status, 401);
        assert.equal((await gate.call({ path: '/', headers: { 'x-api-key': text } })).status, 401);
        assert.equal((await gate.call({ path: `/?token=${text}` })).status, 400);
        assert.equal(upstream.seen.length, 0);
      }));
  }
});
