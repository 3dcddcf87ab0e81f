import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operatorPrincipal } from '../core/events.ts';
import { controlOf, openGate, portalOrigin, siteInput } from './admin.fixture.ts';
import { oauthPaths } from './oauth.ts';

type Gate = Awaited<ReturnType<typeof openGate>>;

async function post(gate: Gate, path: string, init: RequestInit = {}) {
  const request = new Request(`${portalOrigin}${path}`, { method: 'POST', ...init });
  const answer = await gate.admin.handle(request, controlOf(portalOrigin, undefined));
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> };
}

async function addProgram(gate: Gate) {
  const owner = await gate.addPerson('bob@example.org', 'member');
  const project = await gate.access.createProject(operatorPrincipal, { name: 'P' });
  const site = await gate.sites.create(operatorPrincipal, siteInput('shop', project.id));
  const { machines } = gate.identity;
  const scope = { sites: [site.id], paths: ['/'], permissions: ['workflow.read' as const] };
  const { id } = await machines.create(operatorPrincipal, { name: 'Bot', ownerId: owner.id, scope });
  const expiresAt = gate.now() + 86_400_000;
  const { secret } = await machines.createSecret(operatorPrincipal, { userId: id, name: 'main', expiresAt });
  const authorization = `Basic ${Buffer.from(`${id}:${secret.reveal()}`).toString('base64')}`;
  return { site, headers: { authorization } };
}

describe('the OAuth endpoints', () => {
  it('give a token for a site named by name, id or address, and take it back', async () => {
    await using gate = await openGate();
    const { headers, site } = await addProgram(gate);
    const origin = site.port === null ? `https://${site.hosts[0]}` : `https://gate.test:${site.port}`;
    for (const resource of [site.id, site.name, `${origin}/some/path`]) {
      const body = new URLSearchParams({ grant_type: 'client_credentials', resource });
      const given = await post(gate, oauthPaths.token, { headers, body });
      assert.equal(given.status, 200, `${resource} ${JSON.stringify(given.body)}`);
      assert.equal(given.headers.get('cache-control'), 'no-store');
      const token = String(given.body['access_token']);
      assert.equal(
        (await post(gate, oauthPaths.revoke, { headers, body: new URLSearchParams({ token }) })).status,
        200,
      );
    }
    assert.equal((await gate.identity.load()).apiKeys.length, 0);
    const other = new URLSearchParams({ grant_type: 'client_credentials', resource: 'https://elsewhere.example.org' });
    assert.equal((await post(gate, oauthPaths.token, { headers, body: other })).body['error'], 'invalid_target');
  });

  it('answer every refusal as RFC 6749 section 5.2 has it, never as a page or a problem', async () => {
    await using gate = await openGate();
    const { headers } = await addProgram(gate);
    const form = new URLSearchParams({ grant_type: 'client_credentials' });
    const rows: readonly (readonly [string, RequestInit, number, string])[] = [
      ['JSON', { headers: { ...headers, 'content-type': 'application/json' }, body: '{}' }, 400, 'invalid_request'],
      ['nothing', { headers }, 400, 'invalid_request'],
      ['no client', { body: form }, 401, 'invalid_client'],
      ['a huge form', { headers, body: new URLSearchParams({ scope: 'x'.repeat(70_000) }) }, 413, 'invalid_request'],
      ['a page wanted', { headers: { accept: 'text/html' }, body: form }, 401, 'invalid_client'],
    ];
    for (const [name, init, status, error] of rows) {
      for (const path of [oauthPaths.token, oauthPaths.revoke]) {
        const answer = await post(gate, path, init);
        // Revocation wants a token before it wants to know from whom.
        if (path === oauthPaths.revoke && answer.status === 400) continue;
        assert.deepEqual([answer.status, answer.body['error']], [status, error], `${name} ${path}`);
        assert.equal(answer.headers.get('cache-control'), 'no-store');
      }
    }
    const got = await gate.admin.handle(
      new Request(`${portalOrigin}${oauthPaths.token}`),
      controlOf(portalOrigin, undefined),
    );
    assert.deepEqual([got.status, got.headers.get('allow')], [405, 'POST']);
  });

  it('say 503 when nothing can be recorded, and give nothing', async () => {
    await using gate = await openGate();
    const { headers } = await addProgram(gate);
    const identity = gate.identity.machines;
    const down = Object.assign(identity, { answerTokenRequest: () => Promise.reject(new Error('down')) });
    assert.ok(down);
    const body = new URLSearchParams({ grant_type: 'client_credentials' });
    const answer = await post(gate, oauthPaths.token, { headers, body });
    assert.deepEqual([answer.status, answer.body['error']], [503, 'temporarily_unavailable']);
    assert.ok(!JSON.stringify(answer.body).includes('down'));
  });

  it('are described by the metadata of RFC 8414', async () => {
    await using gate = await openGate();
    const request = new Request(`${portalOrigin}${oauthPaths.metadata}`);
    const answer = await gate.admin.handle(request, controlOf(portalOrigin, undefined));
    const metadata = (await answer.json()) as Record<string, unknown>;
    assert.equal(metadata['issuer'], portalOrigin);
    assert.equal(metadata['token_endpoint'], `${portalOrigin}${oauthPaths.token}`);
    assert.deepEqual(metadata['response_types_supported'], []);
  });
});
