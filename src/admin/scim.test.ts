import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operatorPrincipal } from '../core/events.ts';
import { controlOf, openGate } from './admin.fixture.ts';

const url = 'https://gate.test:8443/.sallyport/scim/v2';

describe('SCIM over HTTP', () => {
  it('answers a bearer token alone, in its own media type, and never a cookie', async () => {
    await using gate = await openGate();
    const { token } = await gate.identity.scim.createClient(operatorPrincipal, {
      ...{ name: 'c', domains: ['example.org'], expiresAt: gate.now() + 86_400_000 },
    });
    const owner = await gate.addPerson('owner@example.org', 'owner');
    const { token: cookie } = await gate.openSession(owner);
    const send = (path: string, init: RequestInit = {}, headers: Record<string, string> = {}) =>
      gate.admin.handle(
        new Request(`${url}${path}`, { ...init, headers: { authorization: `Bearer ${token.reveal()}`, ...headers } }),
        controlOf('https://gate.test:8443', undefined),
      );
    const user = { userName: 'ada@example.org', schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'] };
    const post = { method: 'POST', body: JSON.stringify(user) };
    const made = await send('/Users', post, { 'content-type': 'application/scim+json' });
    assert.equal(made.status, 201);
    assert.match(made.headers.get('content-type') ?? '', /^application\/scim\+json/);
    assert.equal(made.headers.get('cache-control'), 'no-store');
    const { id } = (await made.json()) as { id: string };
    assert.equal((await send(`/Users/${id}`)).status, 200);
    const stranger = await send('/Users', {}, { authorization: '', cookie: `__Host-sallyport=${cookie}` });
    assert.deepEqual([stranger.status, stranger.headers.get('www-authenticate')], [401, 'Bearer realm="scim"']);
    assert.equal((await send('/Users', post, { 'content-type': 'text/plain' })).status, 400);
    assert.equal(
      (await send('/Users', { method: 'POST', body: '{' }, { 'content-type': 'application/json' })).status,
      400,
    );
    const long = { method: 'POST', body: `"${'x'.repeat(1_100_000)}"` };
    assert.equal((await send('/Users', long, { 'content-type': 'application/json' })).status, 413);
    assert.equal((await send('/%E0%A4%A')).status, 400);
    const project = await gate.access.createProject(operatorPrincipal, { name: 'Billing' });
    await gate.access.setMember(operatorPrincipal, { projectId: project.id, userId: id, role: 'owner' });
    const gone = await send(`/Users/${id}/`, { method: 'DELETE' });
    // Nothing of somebody who is no more stays, least of all as the Owner a project counts on.
    assert.deepEqual(await gate.access.listMembers(project.id), []);
    assert.deepEqual([gone.status, await gone.text()], [204, '']);
  });

  it('lets nobody guess tokens for long', async () => {
    await using gate = await openGate();
    const guess = () =>
      gate.admin.handle(
        new Request(`${url}/Users`, { headers: { authorization: 'Bearer sp_sc_x' } }),
        controlOf('https://gate.test:8443', undefined),
      );
    let answer = await guess();
    for (let i = 0; i < 130 && answer.status === 401; i++) answer = await guess();
    assert.equal(answer.status, 429);
  });
});
