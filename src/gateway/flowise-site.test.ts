import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestGate, TestUpstream } from './gateway.fixture.ts';
import { anna, person, site, startGate, startUpstream } from './gateway.fixture.ts';

/** A gate in front of an upstream that it takes for Flowise, with a session held for Anna. */
async function withFlowise(use: (gate: TestGate, upstream: TestUpstream) => Promise<void>): Promise<void> {
  await using upstream = await startUpstream();
  await using gate = await startGate([site([upstream.url], { platform: 'flowise', accounts: 'shared' })]);
  await use(gate, upstream);
}

const html = { accept: 'text/html', 'sec-fetch-mode': 'navigate' };

describe('a site with Flowise behind it', () => {
  it('tells the page who is signed in by asking what the table says instead, with the cookies the gate holds', () =>
    withFlowise(async (gate, upstream) => {
      const path = '/api/v1/auth/sso-success?token=gate';
      const answer = await gate.call({ path, signedIn: true, headers: { 'content-length': '4' }, body: 'evil' });
      assert.equal(answer.status, 200);
      assert.equal(answer.body, 'POST /api/v1/auth/refreshToken');
      const [seen] = upstream.seen;
      assert.equal(upstream.seen.length, 1);
      assert.equal(seen?.body, '');
      assert.equal(seen?.headers.cookie, 'n8n-auth=held');
      assert.equal(seen?.headers['x-request-from'], 'internal');
      // The record says what the person asked for.
      assert.equal(gate.records()[0]?.data.path, '/api/v1/auth/sso-success');
      assert.equal(gate.records()[0]?.data.method, 'GET');
    }));

  it('does not ask it for somebody without a session or a role', () =>
    withFlowise(async (gate, upstream) => {
      assert.equal((await gate.call({ path: '/api/v1/auth/sso-success' })).status, 401);
      gate.change({ section: 'people', key: anna.id, value: person({ projects: new Map() }) });
      assert.equal((await gate.call({ path: '/api/v1/auth/sso-success', signedIn: true })).status, 403);
      assert.equal(upstream.seen.length, 0);
    }));

  it('sends a signed-in person from the sign-in page to where the page learns who they are', () =>
    withFlowise(async (gate, upstream) => {
      const answer = await gate.call({ path: '/signin', signedIn: true, headers: html });
      assert.equal(answer.status, 303);
      const back = encodeURIComponent('/sso-success?token=gate');
      assert.equal(answer.headers.location, `/.sallyport/enter?return_to=${back}`);
      const stranger = await gate.call({ path: '/signin', headers: html });
      assert.equal(stranger.status, 303);
      assert.match(String(stranger.headers.location), /sign-in\?return_to=http%3A%2F%2Fapp\.test%2Fsso-success/);
      assert.equal(upstream.seen.length, 0);
    }));
});
