import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operatorPrincipal } from '../../core/events.ts';
import { openGate, siteInput } from '../admin.fixture.ts';
import { isApiProblem } from '../client.ts';

const denied = (error: unknown) => isApiProblem(error, 'access.denied');

describe('API keys of people', () => {
  it('are made for oneself, seen without their hash, and revoked by their owner or who manages people', async () => {
    await using gate = await openGate();
    const [bob, cy] = [
      await gate.addPerson('bob@example.org', 'member'),
      await gate.addPerson('cy@example.org', 'member'),
    ];
    const project = await gate.access.createProject(operatorPrincipal, { name: 'P' });
    const site = await gate.sites.create(operatorPrincipal, siteInput('shop', project.id));
    const own = (await gate.openSession(bob)).client;
    const other = (await gate.openSession(cy)).client;
    const admin = (await gate.openSession(await gate.addPerson('ada@example.org', 'administrator'))).client;
    const expiresAt = Date.now() + 86_400_000;
    const body = { name: 'orders', sites: [site.name], permissions: ['data_source.read' as const], expiresAt };
    const made = await own('keys.create', { body });
    assert.match(made.token, /^sp_/);
    assert.deepEqual([made.key.userId, made.key.sites, made.key.paths], [bob.id, [site.id], ['/']]);
    const { keys } = await own('keys.list', { query: {} });
    assert.deepEqual(
      keys.map(key => key.id),
      [made.key.id],
    );
    assert.ok(!JSON.stringify(keys).includes('Hash'));
    assert.deepEqual((await other('keys.list', { query: {} })).keys, []);
    await assert.rejects(other('keys.list', { query: { userId: bob.id } }), denied);
    await assert.rejects(other('keys.revoke', { params: { id: made.key.id } }), denied);
    for (const client of [other, admin]) {
      await assert.rejects(client('keys.create', { body: { ...body, userId: bob.id } }), denied);
      await assert.rejects(client('keys.rotate', { params: { id: made.key.id }, body: { expiresAt } }), denied);
    }
    const next = await own('keys.rotate', { params: { id: made.key.id }, body: { expiresAt, overlapMs: 0 } });
    assert.notEqual(next.token, made.token);
    await admin('keys.revoke', { params: { id: next.key.id } });
    assert.deepEqual((await own('keys.list', { query: {} })).keys, []);
  });
});
