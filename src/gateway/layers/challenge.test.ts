import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { describe, it } from 'node:test';
import { createProofs, messageOf, tasks } from '../challenge/proof.ts';
import { site, startGate, startUpstream } from '../gateway.fixture.ts';
import { guardDefaults } from '../guard-input.ts';

const guarded = (url: string) =>
  site([url], {
    guard: { ...guardDefaults, challenge: 'always' },
    publicRoutes: [{ methods: ['POST'], path: '/hook/:id' }],
  });
const browser = { 'sec-fetch-mode': 'navigate', accept: 'text/html', 'user-agent': 'Browser/1' };

describe('the challenge', () => {
  it('shows strangers a page under a strict policy, and tells programs what is missing', async () => {
    await using upstream = await startUpstream();
    await using gate = await startGate([guarded(upstream.url)]);
    const page = await gate.call({ path: '/work?a=1&b=%22', headers: browser });
    assert.equal(page.status, 403);
    assert.match(page.body, /data-to="\/work\?a=1&amp;b=%22"/);
    assert.match(
      String(page.headers['content-security-policy']),
      /^default-src 'none'; script-src 'sha256-[^ ]+'; style-src/,
    );
    assert.equal(page.headers['cache-control'], 'no-store');
    assert.doesNotMatch(page.body, /unsafe|https?:\/\//);
    const program = await gate.call({ path: '/api/v1/x', method: 'POST', body: 'x' });
    assert.equal(program.status, 403);
    assert.match(String(program.headers['content-type']), /problem\+json/);
    assert.equal((JSON.parse(program.body) as { code: string }).code, 'perimeter.challenge');
    for (const record of gate.records()) assert.equal(record.data.denied?.layer, 'challenge');
    assert.equal(upstream.seen.length, 0);
  });

  it('never asks people who are signed in, callers of published routes, health checks, or loads of files and keys', async () => {
    await using upstream = await startUpstream();
    await using gate = await startGate([guarded(upstream.url)]);
    assert.equal((await gate.call({ signedIn: true })).status, 200);
    assert.equal((await gate.call({ method: 'POST', path: '/hook/7', body: '{}' })).status, 200);
    assert.equal((await gate.call({ path: '/health' })).status, 200);
    assert.equal((await gate.call({ path: '/.well-known/sallyport/jwks.json' })).status, 200);
    for (const path of ['/favicon.ico', '/assets/app.js'])
      assert.notEqual(gate.records().at(-1)?.data.denied?.layer, 'challenge', (await gate.call({ path })).body);
    assert.equal((await gate.call({ method: 'POST', path: '/hook/7/8', body: '{}' })).status, 403);
  });

  it('a right answer buys a pass, which this client alone may use; a wrong one buys none', async () => {
    await using upstream = await startUpstream();
    await using gate = await startGate([guarded(upstream.url)]);
    const proofs = createProofs(gate.snapshot.keys);
    const client = { ip: '127.0.0.1', userAgent: 'Browser/1' };
    const challenge = proofs.challenge(client, 1, Date.now());
    const nonces = Array.from({ length: tasks }, (_, task) => solved(challenge.seed, task)).join('');
    const back = (query: string) => gate.call({ path: `/.sallyport/challenge?${query}`, headers: browser });
    const answer = await back(`c=${challenge.text}&n=${nonces}&to=${encodeURIComponent('/work?a=1')}`);
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.location, '/work?a=1');
    const [cookie = ''] = answer.headers['set-cookie'] ?? [];
    assert.match(cookie, /^__Host-sallyport-pass=[\w-]+; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=1800$/);
    const pass = cookie.split(';')[0] ?? '';
    const through = await gate.call({ path: '/work', headers: { ...browser, cookie: pass } });
    assert.equal(through.status, 303, 'on to sign-in');
    const stolen = await gate.call({ path: '/work', headers: { ...browser, 'user-agent': 'Other', cookie: pass } });
    assert.equal(stolen.status, 403);
    const wrong = await back(`c=${challenge.text}&n=${'a'.repeat(64)}&to=%2Fwork`);
    assert.deepEqual([wrong.status, wrong.headers.location, wrong.headers['set-cookie']], [303, '/work', undefined]);
  });

  it('leads nowhere but to this very site', async () => {
    await using gate = await startGate([guarded('http://127.0.0.1:1')]);
    for (const to of [
      '//evil.test',
      '/\\evil.test',
      'https://evil.test',
      '/\t/evil.test',
      '',
      '/.sallyport/challenge?x',
    ]) {
      const answer = await gate.call({ path: `/.sallyport/challenge?to=${encodeURIComponent(to)}`, headers: browser });
      assert.deepEqual([answer.status, answer.headers.location], [303, '/'], to);
    }
  });

  it('asks nobody where no site wants it, and nobody without need where it is for overload', async () => {
    await using upstream = await startUpstream();
    for (const challenge of ['off', 'overload'] as const) {
      await using gate = await startGate([site([upstream.url], { guard: { ...guardDefaults, challenge } })]);
      assert.equal((await gate.call({ headers: browser })).status, 303);
    }
  });
});

function solved(seed: string, task: number): string {
  for (let at = 0; at < 1000; at++) {
    const nonce = `n${String(at).padStart(7, '0')}`;
    if ((hash('sha256', messageOf(nonce, task, seed), 'buffer')[0] ?? 255) < 128) return nonce;
  }
  throw new Error('no nonce in a thousand');
}
