import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { describe, it } from 'node:test';
import type { Ban } from '../../perimeter/perimeter.ts';
import type { TestGate } from '../gateway.fixture.ts';
import { eventually, site, snapshotWith, startGate, startUpstream } from '../gateway.fixture.ts';
import type { SiteGuard } from '../guard-input.ts';
import { guardDefaults } from '../guard-input.ts';
import type { GatePerimeter } from '../snapshot.ts';

const attack = "1' UNION SELECT password FROM users--";
const json = { 'content-type': 'application/json' };

function matched(gate: TestGate) {
  return gate.told.flatMap(message =>
    message.kind === 'event' && message.event.type === 'firewall.matched' ? [message.event] : [],
  );
}

async function gateWith(
  options: {
    guard?: Partial<SiteGuard>;
    platform?: 'n8n' | 'generic';
    perimeter?: Partial<GatePerimeter>;
    trusted?: string[];
  } = {},
) {
  const upstream = await startUpstream();
  const policy = site([upstream.url], {
    platform: options.platform ?? 'generic',
    guard: { ...guardDefaults, ...options.guard },
    publicRoutes: [{ methods: ['GET', 'POST'], path: '/webhook/orders' }],
    bodyBytesMax: 16 * 1024 * 1024,
  });
  const snapshot = snapshotWith([policy], Date.now());
  const gate = await startGate([policy], {
    snapshot: { ...snapshot, perimeter: { ...snapshot.perimeter, ...options.perimeter } },
    ...(options.trusted === undefined ? {} : { config: { trustedProxies: options.trusted } }),
  });
  return {
    upstream,
    gate,
    async [Symbol.asyncDispose]() {
      await gate[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

describe('the firewall at the gate', () => {
  it('refuses an attack in the head with an incident number that the record has too', async () => {
    await using scene = await gateWith();
    const answer = await scene.gate.call({ signedIn: true, path: `/items?id=${encodeURIComponent(attack)}` });
    assert.equal(answer.status, 403);
    const problem = JSON.parse(answer.body) as { code: string; incident: string };
    assert.equal(problem.code, 'perimeter.blocked');
    const [record] = scene.gate.records();
    assert.equal(record?.requestId, problem.incident);
    assert.equal(record?.data.denied?.layer, 'firewall');
    const [event] = matched(scene.gate);
    assert.equal(event?.requestId, problem.incident);
    assert.ok(event?.data.matches.some(match => match.zone === 'query' && match.name === 'id'));
    assert.equal(scene.upstream.seen.length, 0);
  });

  it('never lets a refused body reach the upstream', async () => {
    await using scene = await gateWith();
    const body = JSON.stringify({ comment: attack });
    const answer = await scene.gate.call({ signedIn: true, method: 'POST', path: '/items', headers: json, body });
    assert.equal(answer.status, 403);
    assert.equal(scene.gate.records()[0]?.data.denied?.layer, 'firewall_body');
    assert.equal(scene.upstream.seen.length, 0);
  });

  it('holds the end of a large body back until it is judged', async () => {
    await using scene = await gateWith();
    const body = JSON.stringify({ filler: 'lorem ipsum '.repeat(60_000), comment: attack });
    const answer = await scene.gate.call({ signedIn: true, method: 'POST', path: '/items', headers: json, body });
    assert.equal(answer.status, 403);
    assert.ok(scene.upstream.seen.every(seen => !seen.body.includes('UNION')));
  });

  it('passes a large honest body on, whole', async () => {
    await using scene = await gateWith();
    const body = JSON.stringify({ filler: 'lorem ipsum '.repeat(60_000), end: 'the end' });
    const answer = await scene.gate.call({ signedIn: true, method: 'POST', path: '/items', headers: json, body });
    assert.equal(answer.status, 200);
    assert.equal(scene.upstream.seen[0]?.body, body);
  });

  it('in shadow mode lets it pass and says what it would have done', async () => {
    await using scene = await gateWith({ guard: { firewall: 'shadow' } });
    const answer = await scene.gate.call({ signedIn: true, path: `/items?id=${encodeURIComponent(attack)}` });
    assert.equal(answer.status, 200);
    assert.equal(matched(scene.gate)[0]?.data.verdict, 'would_block');
  });

  it('lets an exclusion count for its rule, field and route alone', async () => {
    const probe = await gateWith();
    await probe.gate.call({ signedIn: true, path: `/items?id=${encodeURIComponent(attack)}` });
    const rules = matched(probe.gate)[0]?.data.matches.map(match => match.rule) ?? [];
    await probe[Symbol.asyncDispose]();
    const exclusions = rules.map((rule, at) => ({
      id: String(at),
      rule,
      endpoint: '/*',
      zone: 'query' as const,
      name: 'id',
      reason: 'a report tool',
      expiresAt: null,
    }));
    await using scene = await gateWith({ perimeter: { exclusions: new Map([['site-app', exclusions]]) } });
    const siteId = scene.gate.snapshot.sites[0]?.id;
    assert.equal(siteId, 'site-app');
    assert.equal(
      (await scene.gate.call({ signedIn: true, path: `/items?id=${encodeURIComponent(attack)}` })).status,
      200,
    );
    assert.equal(
      (await scene.gate.call({ signedIn: true, path: `/items?q=${encodeURIComponent(attack)}` })).status,
      403,
    );
  });

  it('takes code in the parameters of a node for the work it is, and refuses it in a webhook', async () => {
    await using scene = await gateWith({ platform: 'n8n' });
    const workflow = JSON.stringify({
      name: 'Orders',
      nodes: [{ name: 'Query', type: 'n8n-nodes-base.postgres', parameters: { query: attack } }],
      connections: {},
    });
    const save = { signedIn: true, method: 'POST', path: '/rest/workflows', headers: json, body: workflow };
    assert.equal((await scene.gate.call(save)).status, 200);
    const hook = { method: 'POST', path: '/webhook/orders', headers: json, body: workflow };
    assert.equal((await scene.gate.call(hook)).status, 403);
    assert.equal((await scene.gate.call({ ...hook, signedIn: true })).status, 403, 'whoever sends it');
    const named = JSON.stringify({ name: '<script>alert(document.cookie)</script>', type: 'httpBasicAuth', data: {} });
    const credential = { signedIn: true, method: 'POST', path: '/rest/credentials', headers: json, body: named };
    assert.equal((await scene.gate.call(credential)).status, 403, 'the name of a credential is no code');
  });

  it('does not take a path of the platform for a probe', async () => {
    await using scene = await gateWith({ platform: 'n8n' });
    assert.equal((await scene.gate.call({ signedIn: true, path: '/types/credentials.json' })).status, 200);
  });

  it('puts shields up for the version that has the fault, and only there', async () => {
    const python = JSON.stringify({
      nodes: [{ type: 'n8n-nodes-base.code', parameters: { language: 'python', pythonCode: 'print(1)' } }],
    });
    const save = { signedIn: true, method: 'POST', path: '/rest/workflows', headers: json, body: python };
    for (const [version, status] of [
      ['1.120.0', 403],
      ['2.41.1', 200],
    ] as const) {
      await using scene = await gateWith({
        platform: 'n8n',
        perimeter: { versions: new Map([['site-app', version]]) },
      });
      assert.equal((await scene.gate.call(save)).status, status, version);
      if (status === 403) assert.equal(matched(scene.gate)[0]?.data.by, 'shield');
    }
  });

  it('keeps the shields up where the firewall is off', async () => {
    await using scene = await gateWith({
      platform: 'n8n',
      guard: { firewall: 'off' },
      perimeter: { versions: new Map([['site-app', '1.100.0']]) },
    });
    const body = JSON.stringify({ data: {}, files: { f: { filepath: '/etc/passwd', originalFilename: 'x' } } });
    assert.equal((await scene.gate.call({ method: 'POST', path: '/webhook/orders', headers: json, body })).status, 403);
    assert.equal((await scene.gate.call({ path: `/webhook/orders?q=${encodeURIComponent(attack)}` })).status, 200);
  });
});

describe('bans, lists, countries and limits at the gate', () => {
  const ban = (patch: Partial<Ban>): Ban => ({
    id: 'b-1',
    network: '127.0.0.1/32',
    reason: 'tried the lock',
    source: 'operator',
    createdBy: 'olga',
    createdAt: 0,
    until: null,
    ...patch,
  });

  function put(gate: TestGate, one: Ban): void {
    const revision = gate.snapshot.revision + 1;
    gate.snapshot = { ...gate.snapshot, revision };
    assert.ok(gate.gateway.apply({ kind: 'delta', revision, changes: [], bans: { bans: [one], lifted: [] } }));
  }

  it('a ban holds for the next request; an automatic one not for people who are signed in', async () => {
    await using scene = await gateWith();
    assert.equal((await scene.gate.call({ path: '/webhook/orders' })).status, 200);
    put(scene.gate, ban({ source: 'automatic', until: Date.now() + 60_000 }));
    assert.equal((await scene.gate.call({ path: '/webhook/orders' })).status, 403);
    assert.equal((await scene.gate.call({ path: '/items', signedIn: true })).status, 200);
    put(scene.gate, ban({}));
    assert.equal((await scene.gate.call({ path: '/items', signedIn: true })).status, 403);
    assert.equal(scene.gate.records().at(-1)?.data.denied?.layer, 'bans');
  });

  it('a limit answers 429 with what is left and when to come again', async () => {
    const limits = [
      { id: 'few', scope: 'address', limit: 3, windowMs: 60_000, appliesTo: 'any', people: 'anonymous' },
    ] as const;
    await using scene = await gateWith({ perimeter: { limits } });
    for (let turn = 0; turn < 3; turn++) assert.equal((await scene.gate.call({ path: '/webhook/orders' })).status, 200);
    const answer = await scene.gate.call({ path: '/webhook/orders' });
    assert.equal(answer.status, 429);
    assert.match(String(answer.headers['ratelimit-policy']), /^"few";q=3;w=60/);
    assert.match(String(answer.headers['retry-after']), /^\d+$/);
    assert.equal((await scene.gate.call({ path: '/items', signedIn: true })).status, 200);
  });

  it('lets in only the countries of the site, and private networks', async () => {
    const countries = { rule: 'only' as const, codes: ['DE'] };
    await using scene = await gateWith({ guard: { countries }, trusted: ['127.0.0.1'] });
    const from = (address: string) =>
      scene.gate
        .call({ path: '/webhook/orders', headers: { 'x-forwarded-for': address } })
        .then(answer => answer.status);
    assert.equal(await from('10.1.2.3'), 200);
    assert.equal(await from('5.9.0.1'), 200);
    assert.equal(await from('8.8.8.8'), 403);
    assert.equal(scene.gate.records().at(-1)?.data.denied?.layer, 'origin');
  });

  it('answers a client that is still sending when its body is refused', async () => {
    await using scene = await gateWith();
    const status = await new Promise<number>((resolve, reject) => {
      const req = httpRequest({
        host: '127.0.0.1',
        port: scene.gate.port,
        method: 'POST',
        path: '/webhook/orders',
        headers: { host: 'app.test', ...json, 'content-length': '90000' },
      });
      req.on('response', res => {
        res.resume();
        resolve(res.statusCode ?? 0);
      });
      req.on('error', reject);
      req.write(`{"a":${JSON.stringify(attack)},"b":"${'x'.repeat(40_000)}`);
    });
    assert.equal(status, 403);
    await eventually(() => scene.gate.records().length === 1, 'the record');
  });
});
