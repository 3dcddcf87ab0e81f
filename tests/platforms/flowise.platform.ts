import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { isInstalled } from '../../scripts/platforms/cache.mjs';
import {
  createPlatforms,
  type Platform,
  type PlatformSession,
  type PlatformSignIn,
} from '../../src/platforms/platforms.ts';
import { startRealFlowise } from '../servers/flowise.ts';

const signal = (): AbortSignal => AbortSignal.timeout(60_000);
const owner = { email: 'owner@example.com', firstName: 'Olga', lastName: 'Owner' };

describe('the real Flowise', {
  skip: isInstalled('flowise') ? false : 'Flowise is not installed: npm run test:platforms flowise',
}, () => {
  let flowise: Awaited<ReturnType<typeof startRealFlowise>>;
  let driver: PlatformSignIn;
  let session: PlatformSession;
  before(async () => {
    flowise = await startRealFlowise();
    driver = platform().createSignIn?.({ baseUrl: flowise.baseUrl, fetch, random: randomBytes }) ?? assert.fail();
    assert.equal(await driver.isUnclaimed(signal()), true);
    const password = await driver.claim(owner, signal());
    session = await driver.signIn({ email: owner.email, password }, signal());
  });
  after(() => flowise.close());

  it('is claimed once and signs everybody in as its one account', async () => {
    assert.equal(await driver.isUnclaimed(signal()), false);
    assert.equal(await driver.version(signal()), '3.1.4');
    await assert.rejects(driver.claim(owner, signal()), { code: 'platforms.refused' });
    assert.equal((await call('GET', '/api/v1/chatflows', { session })).status, 200);
    assert.equal((await call('GET', '/api/v1/chatflows')).status, 401);
  });

  it('tells the browser who is signed in by the request the table forwards for it', async () => {
    const { forwardAs } = platform().classify({
      method: 'GET',
      path: '/api/v1/auth/sso-success',
      query: '',
      upgrade: false,
    });
    assert.ok(forwardAs);
    const answer = await call(forwardAs.method, forwardAs.path, { session });
    assert.equal(answer.status, 200);
    assert.equal(answer.json.email, owner.email);
  });

  it('tells flows made, changed and deleted from what crosses the gate', async () => {
    const facts: string[] = [];
    const step = async (method: string, path: string, body?: unknown): Promise<Record<string, unknown>> => {
      const answer = await call(method, path, { session, body });
      assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text.slice(0, 200)}`);
      const request = { method, path, query: '', upgrade: false };
      const input = {
        request,
        classification: platform().classify(request),
        status: answer.status,
        body: answer.text,
        at: 1,
      };
      facts.push(
        ...platform()
          .observe(input)
          .map(fact => fact.key),
      );
      return answer.json;
    };
    const flow = {
      name: 'echo',
      type: 'CHATFLOW',
      deployed: false,
      isPublic: false,
      flowData: '{"nodes":[],"edges":[]}',
    };
    const { id } = await step('POST', '/api/v1/chatflows', flow);
    await step('PUT', `/api/v1/chatflows/${String(id)}`, { name: 'renamed' });
    await step('DELETE', `/api/v1/chatflows/${String(id)}`);
    assert.deepEqual(facts, [
      `workflow.created:${String(id)}`,
      `workflow.updated:${String(id)}`,
      `workflow.deleted:${String(id)}`,
    ]);
  });

  it('leaves open only what the table closes, publishes or asks something for', async () => {
    for (const [method, target] of openTargets) {
      const { need } = platform().classify({ method, path: target, query: '', upgrade: false });
      assert.notEqual(need.kind, 'open', target);
      assert.notEqual((await call(method, target, { body: method === 'GET' ? undefined : {} })).status, 401, target);
    }
  });

  interface Sent {
    readonly session?: PlatformSession;
    readonly body?: unknown;
  }

  async function call(
    method: string,
    target: string,
    sent: Sent = {},
  ): Promise<{ status: number; text: string; json: Record<string, unknown> }> {
    const headers: Record<string, string> = { 'content-type': 'application/json', ...platform().upstreamHeaders };
    for (const [name, value] of Object.entries(sent.session?.headers ?? {})) headers[name] = value.reveal();
    const response = await fetch(flowise.baseUrl + target, {
      method,
      headers,
      redirect: 'manual',
      signal: signal(),
      ...(sent.body === undefined ? {} : { body: JSON.stringify(sent.body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
    return { status: response.status, text, json: isJson ? (JSON.parse(text) as Record<string, unknown>) : {} };
  }
});

/** Answered by Flowise without a sign-in. */
const openTargets = [
  ['GET', '/api/v1/ping'],
  ['GET', '/api/v1/version'],
  ['GET', '/api/v1/settings'],
  ['POST', '/api/v1/account/register'],
  ['POST', '/api/v1/account/forgot-password'],
  ['POST', '/api/v1/auth/resolve'],
  ['POST', '/api/v1/prediction/3f5c7b1e-0000-4000-8000-000000000000'],
  ['GET', '/api/v1/public-chatbotConfig/3f5c7b1e-0000-4000-8000-000000000000'],
  ['GET', '/api/v1/leads/3f5c7b1e-0000-4000-8000-000000000000'],
  ['GET', '/api/v1/feedback/3f5c7b1e-0000-4000-8000-000000000000'],
] as const;

function platform(): Platform {
  return createPlatforms().get('flowise') ?? assert.fail();
}
