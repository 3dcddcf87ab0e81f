import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startFakeServer } from '../fakes/http.ts';
import { until } from './main-job.ts';
import type { Product } from './product.ts';
import { createOwner, invite, startProduct, told } from './product.ts';

const type = 'urn:ietf:params:oauth:token-type:access_token';
const formHeaders = { 'content-type': 'application/x-www-form-urlencoded' };

/** A program without cookies, as it would call from elsewhere. */
function programOf(product: Product, client: { id: string; secret: string }) {
  const visitor = product.visitor();
  const authorization = `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`;
  const post = (path: string, form: Record<string, string>) =>
    visitor.send(`${product.portal}${path}`, {
      method: 'POST',
      headers: { ...formHeaders, authorization },
      body: new URLSearchParams(form).toString(),
    });
  return {
    async token(form: Record<string, string> = { grant_type: 'client_credentials' }): Promise<string> {
      const answer = await post('/.sallyport/oauth/token', form);
      assert.equal(answer.status, 200, told(answer));
      return String((answer.json() as Record<string, unknown>)['access_token']);
    },
    post,
    call: (address: string, token: string) => visitor.send(address, { headers: { authorization: `Bearer ${token}` } }),
  };
}

describe('programs at the gate', () => {
  it('a service account works within its owner’s rights until either ends; a program acts for a person and both are told', async () => {
    await using upstream = await startFakeServer({ answer: request => ({ body: `saw ${request.target}` }) });
    await using product = await startProduct();
    const { operator } = product.sallyport;
    const site = await operator('sites.create', {
      body: { name: 'app', platform: 'generic', upstreams: [upstream.baseUrl], port: 0 },
    });
    await createOwner(product);
    const mia = await invite(product, { email: 'mia@example.com', name: 'Mia' });
    const [project] = (await operator('projects.list')).projects;
    const setRole = (userId: string, role: 'editor' | 'viewer') =>
      operator('projects.setMember', { params: { id: project?.id ?? '', userId }, body: { role } });
    await setRole(mia.id, 'editor');
    const account = await operator('machines.create', {
      body: {
        name: 'Order bot',
        ownerId: mia.id,
        sites: ['app'],
        permissions: ['data_source.read', 'data_source.use'],
      },
    });
    const { secret } = await operator('machines.createSecret', {
      params: { id: account.id },
      body: { name: 'main', expiresAt: Date.now() + 86_400_000 },
    });
    const program = programOf(product, { id: account.id, secret });
    const token = await program.token();
    const at = `${site.address}/orders`;
    assert.equal((await program.call(at, token)).status, 403, 'without a role of its own');
    await setRole(account.id, 'editor');
    assert.equal((await program.call(at, token)).status, 200);

    // Mia lets it act for her.
    const delegated = await mia.visitor.call('POST', `${product.portal}/.sallyport/api/v1/delegations`, {
      ...{ agentId: account.id, sites: ['app'], permissions: ['data_source.read'], expiresAt: Date.now() + 600_000 },
    });
    assert.equal(delegated.status, 200, told(delegated));
    const acting = await program.token({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      ...{ subject_token: String((delegated.json() as Record<string, unknown>)['token']), subject_token_type: type },
      ...{ actor_token: token, actor_token_type: type, resource: site.address },
    });
    assert.equal((await program.call(at, acting)).status, 200);
    const [, claims = ''] = String(upstream.requests.at(-1)?.headers['x-sallyport-assertion']).split('.');
    const said = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>;
    assert.deepEqual([said['sub'], said['act']], [mia.id, { sub: account.id, name: 'Order bot' }]);

    // Found by the name of who acted, and said of whom.
    const found = await until(
      () => operator('audit.search', { query: { principal: 'Order bot', type: 'request.finished' } }),
      page => page.events.some(event => event.principal.actors !== undefined),
    );
    const record = found.events.find(event => event.principal.actors !== undefined);
    assert.deepEqual(record?.principal.actors, [{ id: account.id, name: 'Order bot' }]);
    assert.equal(record.principal.id, mia.id);

    // Its own token revoked, what came of it ends too.
    assert.equal((await program.post('/.sallyport/oauth/revoke', { token })).status, 200);
    assert.equal((await program.call(at, token)).status, 401);
    assert.equal((await program.call(at, acting)).status, 401);

    // The owner disabled: at the next request, and there is no new token.
    const next = await program.token();
    assert.equal((await program.call(at, next)).status, 200);
    await operator('users.update', { params: { id: mia.id }, body: { disabled: true } });
    assert.equal((await program.call(at, next)).status, 401);
    assert.equal((await program.post('/.sallyport/oauth/token', { grant_type: 'client_credentials' })).status, 401);
    const { accounts } = await operator('machines.list', { query: { all: 'true' } });
    assert.equal(accounts[0]?.owner.state, 'disabled');

    // It outlives a restart, and so does what was revoked.
    await operator('users.update', { params: { id: mia.id }, body: { disabled: false } });
    await product.restart();
    assert.equal((await program.call(at, next)).status, 200);
    assert.equal((await program.call(at, token)).status, 401);
  });
});
