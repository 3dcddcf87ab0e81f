import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Member, Product } from '../product/product.ts';
import { createOwner, goodPassword, invite, startProduct, told } from '../product/product.ts';

const dayMs = 86_400_000;
type Person = Member & { readonly id: string };

/** An Administrator who wants to be Owner, by every way that hands out roles without naming one. */
describe('an Administrator does not become Owner', () => {
  const stack = new AsyncDisposableStack();
  let product: Product;
  let owner: Member;
  let ownerId: string;
  let adam: Person;
  let mia: Person;
  let owners: string;

  before(async () => {
    product = stack.use(await startProduct());
    owner = await createOwner(product);
    adam = await invite(product, { email: 'adam@example.com', name: 'Adam', role: 'administrator' });
    mia = await invite(product, { email: 'mia@example.com', name: 'Mia' });
    const { operator } = product.sallyport;
    const { users } = await operator('users.list', { query: {} });
    ownerId = users.find(user => user.role === 'owner')?.id ?? '';
    owners = (await operator('groups.create', { body: { name: 'Owners' } })).id;
    await operator('grants.create', { body: { groupId: owners, project: null, role: 'owner' } });
  });
  after(() => stack.disposeAsync());

  const call = (who: Member, method: string, path: string, body?: unknown) =>
    who.visitor.call(method, `${product.portal}/.sallyport/api/v1${path}`, body);
  const refused = async (method: string, path: string, body?: unknown): Promise<void> => {
    const seen = await call(adam, method, path, body);
    assert.equal(seen.status, 403, `${method} ${path}: ${told(seen)}`);
  };
  const roleOf = async (id: string): Promise<string> => {
    const { globalRole } = await product.sallyport.operator('access.ofPerson', { params: { id } });
    return globalRole;
  };

  it('by a group that makes Owners: not by joining it, nor by putting another in, nor by ending it', async () => {
    await refused('PUT', `/groups/${owners}/members/${adam.id}`);
    await refused('PUT', `/groups/${owners}/members/${mia.id}`);
    await refused('DELETE', `/groups/${owners}`);
    const { operator } = product.sallyport;
    const vera = await invite(product, { email: 'vera@example.com', name: 'Vera' });
    await operator('groups.addMember', { params: { id: owners, userId: vera.id } });
    assert.equal(await roleOf(vera.id), 'owner');
    await refused('DELETE', `/groups/${owners}/members/${vera.id}`);
    for (const [method, path, body] of [
      ['POST', `/users/${vera.id}/link`, { purpose: 'recovery' }],
      ['PATCH', `/users/${vera.id}`, { disabled: true }],
      ['DELETE', `/users/${vera.id}`, undefined],
      ['DELETE', `/users/${vera.id}/totp`, undefined],
      ['DELETE', `/users/${vera.id}/sessions`, undefined],
      ['POST', `/users/${vera.id}/links`, { providerId: 'p', subject: 's' }],
    ] as const) {
      await refused(method, path, body);
    }
    assert.equal(await roleOf(adam.id), 'administrator');
    await operator('users.delete', { params: { id: vera.id } });
  });

  it('by a grant, to a group of theirs or of others, or by taking one back', async () => {
    const made = await call(adam, 'POST', '/groups', { name: 'Mine' });
    assert.equal(made.status, 200, told(made));
    const { id } = made.json() as { id: string };
    assert.equal((await call(adam, 'PUT', `/groups/${id}/members/${adam.id}`)).status, 200);
    await refused('POST', '/grants', { groupId: id, project: null, role: 'owner' });
    const { grants } = await product.sallyport.operator('grants.list', { query: { groupId: owners } });
    await refused('DELETE', `/grants/${grants[0]?.id ?? ''}`);
  });

  it('for a time: neither approving their own elevation, nor another’s to Owner', async () => {
    const ask = async (who: Member, role: string): Promise<string> => {
      const seen = await call(who, 'POST', '/elevations', { project: null, role, reason: 'r', durationMs: 600_000 });
      assert.equal(seen.status, 200, told(seen));
      return (seen.json() as { id: string }).id;
    };
    for (const [who, role] of [
      [adam, 'owner'],
      [mia, 'owner'],
    ] as const) {
      await refused('POST', `/elevations/${await ask(who, role)}/approve`, { comment: '' });
    }
    assert.deepEqual([await roleOf(adam.id), await roleOf(mia.id)], ['administrator', 'member']);
  });

  it('by a link made while somebody was less: it is void once they are Owner', async () => {
    const made = await call(adam, 'POST', '/users', { email: 'nora@example.com', name: 'Nora', role: 'member' });
    assert.equal(made.status, 200, told(made));
    const { user, link } = made.json() as { user: { id: string }; link: { url: string } };
    await product.sallyport.operator('users.update', { params: { id: user.id }, body: { role: 'owner' } });
    const page = await product.visitor().open(link.url);
    assert.equal(page.status, 410, told(page));
    await product.sallyport.operator('users.delete', { params: { id: user.id } });
  });

  it('by an identity provider: not one an Owner signs in at, whose groups make Owners, or who could greet an invited one', async () => {
    const { operator } = product.sallyport;
    const settings = { issuer: 'https://idp.example.com', clientId: 'gate' };
    const provider = { kind: 'oidc' as const, name: 'Login', domains: ['example.com'], settings };
    const { id } = await operator('providers.create', { body: { provider, secret: 'the client secret' } });
    const change = { provider: { ...provider, sessionHoursMax: 8 } };
    const kept = await call(adam, 'PUT', `/identity-providers/${id}`, change);
    assert.notEqual(kept.status, 403, 'nothing of an Owner depends on it yet');
    await operator('links.create', { params: { id: ownerId }, body: { providerId: id, subject: 'olga' } });
    await refused('PUT', `/identity-providers/${id}`, change);
    await refused('DELETE', `/identity-providers/${id}`);
    await operator('links.delete', { params: { id: ownerId, providerId: id } });
    const group = await operator('groups.announce', { body: { providerId: id, name: 'root' } });
    await operator('grants.create', { body: { groupId: group.id, project: null, role: 'owner' } });
    await refused('PUT', `/identity-providers/${id}`, change);
    await operator('providers.delete', { params: { id } });
    const { user } = await operator('users.create', { body: { email: 'uma@example.com', name: 'Uma', role: 'owner' } });
    await refused('POST', '/identity-providers', { provider, secret: 's' });
    await operator('users.delete', { params: { id: user.id } });
  });

  it('by SCIM: not with a new token of a client whose group makes Owners', async () => {
    const { operator } = product.sallyport;
    const expiresAt = Date.now() + dayMs;
    const made = await operator('scim.createClient', { body: { name: 'hr', domains: ['example.com'], expiresAt } });
    const scim = (method: string, path: string, body: unknown) =>
      product.visitor().send(`${product.portal}/.sallyport/scim/v2${path}`, {
        method,
        headers: { authorization: `Bearer ${made.token}`, 'content-type': 'application/scim+json' },
        body: JSON.stringify(body),
      });
    const group = await scim('POST', '/Groups', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      displayName: 'root',
    });
    assert.equal(group.status, 201, told(group));
    const groupId = (group.json() as { id: string }).id;
    const rotate = `/scim-clients/${made.client.id}/rotate`;
    assert.equal((await call(adam, 'POST', rotate, { overlapMs: 0, expiresAt })).status, 200);
    await operator('grants.create', { body: { groupId, project: null, role: 'owner' } });
    await refused('POST', rotate, { overlapMs: 0, expiresAt });
    await refused('DELETE', `/scim-clients/${made.client.id}`);
    await operator('scim.deleteClient', { params: { id: made.client.id } });
  });

  it('by silence: a review that takes Owners’ roles when nobody answers is an Owner’s to begin', async () => {
    const base = { name: 'r', reviewers: [mia.id], dueAt: Date.now() + 2 * dayMs, unanswered: 'revoke' };
    await refused('POST', '/reviews', { ...base, scope: { kind: 'global_roles' } });
    await refused('POST', '/reviews', { ...base, scope: { kind: 'all' } });
    await refused('POST', '/reviews', { ...base, scope: { kind: 'group', groupId: owners } });
    assert.equal((await call(owner, 'POST', '/reviews', { ...base, scope: { kind: 'keys' } })).status, 200);
  });

  it('by a custom role: nobody gives a role they hold what they have not', async () => {
    const { id: project } = await product.sallyport.operator('projects.create', { body: { name: 'Bags' } });
    const made = await call(adam, 'POST', '/roles', { name: 'Bag', description: '', permissions: ['workflow.read'] });
    assert.equal(made.status, 200, told(made));
    const role = (made.json() as { id: string }).id;
    const joined = await call(adam, 'PUT', `/projects/${project}/members/${adam.id}`, { role });
    assert.equal(joined.status, 200, told(joined));
    await refused('PATCH', `/roles/${role}`, { permissions: ['workflow.read', 'workflow.update'] });
    for (const permission of ['platform.unknown', 'user.manage', 'settings.manage', 'audit.read']) {
      const seen = await call(adam, 'POST', '/roles', { name: permission, description: '', permissions: [permission] });
      assert.equal(seen.status, 400, told(seen));
    }
  });

  it('by the policy: an Administrator cannot let Owners in without a second factor', async () => {
    const policy = (await call(owner, 'GET', '/policy/mfa')).json() as { revision: number };
    const none = { roles: [], groups: [], phishingResistantRoles: [], phishingResistantGroups: [] };
    await call(adam, 'PUT', '/policy/mfa', { ...none, revision: policy.revision });
    const browser = product.visitor();
    const page = await browser.open(`${product.portal}/.sallyport/sign-in`);
    const next = await browser.submit(page, { email: owner.email, password: goodPassword });
    assert.equal(next.url.pathname, '/.sallyport/sign-in/code', told(next));
    const { floor } = (await call(owner, 'GET', '/policy/mfa')).json() as { floor: string[] };
    assert.deepEqual(floor.toSorted(), ['administrator', 'owner']);
  });
});
