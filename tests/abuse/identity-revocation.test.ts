import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { FakeServer } from '../fakes/http.ts';
import { startFakeServer } from '../fakes/http.ts';
import type { Member, Product } from '../product/product.ts';
import { createOwner, goodPassword, invite, redeemLink, startProduct, told } from '../product/product.ts';
import type { Seen } from '../product/visitor.ts';
import { totpCode } from '../product/visitor.ts';
import { createMovingClock } from './moving-clock.ts';
import { identityAlone } from './sign-in-form.ts';

const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';
const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
const dayMs = 86_400_000;
type Json = Record<string, unknown>;

/** What was taken away is gone with the next request, whatever it was and whoever took it. */
describe('taken away', () => {
  const stack = new AsyncDisposableStack();
  const time = createMovingClock();
  let product: Product;
  let owner: Member;
  let upstream: FakeServer;
  let site: { readonly id: string; readonly address: string };
  let project: string;

  before(async () => {
    upstream = stack.use(await startFakeServer({ answer: () => ({ body: 'ok' }) }));
    product = stack.use(await startProduct({ clock: time.clock, config: identityAlone }));
    owner = await createOwner(product);
    const { operator } = product.sallyport;
    project = (await operator('projects.create', { body: { name: 'North' } })).id;
    site = await operator('sites.create', {
      body: {
        ...{ name: 'app', platform: 'generic', upstreams: [upstream.baseUrl], port: 0, defaultProject: project },
      },
    });
  });
  after(() => stack.disposeAsync());

  const at = () => `${site.address}/x`;
  const byToken = (token: string, url = at()) =>
    product.visitor().send(url, { headers: { authorization: `Bearer ${token}` } });
  const byBrowser = ({ visitor }: Pick<Member, 'visitor'>) =>
    visitor.send(at(), { headers: { accept: 'application/json' } });
  const setRole = (userId: string, role: string | null) =>
    role === null
      ? product.sallyport.operator('projects.removeMember', { params: { id: project, userId } })
      : product.sallyport.operator('projects.setMember', { params: { id: project, userId }, body: { role } });
  const post = (path: string, form: Record<string, string>, client: { id: string; secret: string }) =>
    product.visitor().send(`${product.portal}/.sallyport/oauth/${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`,
      },
      body: new URLSearchParams(form).toString(),
    });
  const tokenOf = (seen: Seen): string => {
    assert.equal(seen.status, 200, told(seen));
    return String((seen.json() as Json)['access_token']);
  };
  const addProgram = async (name: string, ownerId: string) => {
    const { operator } = product.sallyport;
    const scope = { sites: ['app'], permissions: ['data_source.read' as const, 'data_source.use' as const] };
    const { id } = await operator('machines.create', { body: { name, ownerId, ...scope } });
    const body = { name: 'main', expiresAt: time.now() + dayMs };
    const { secret } = await operator('machines.createSecret', { params: { id }, body });
    await setRole(id, 'editor');
    return { id, secret };
  };

  it('by SCIM: who is made inactive loses session, key, program and token at once, and what SCIM did not make is out of its reach', async () => {
    const { operator } = product.sallyport;
    const made = await operator('scim.createClient', {
      body: { name: 'hr', domains: ['example.org'], expiresAt: time.now() + dayMs },
    });
    const scim = (method: string, path: string, body?: unknown, token = made.token) =>
      product.visitor().send(`${product.portal}/.sallyport/scim/v2${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User'];
    const user = { schemas, userName: 'sam@example.org', emails: [{ value: 'sam@example.org' }], active: true };
    const created = await scim('POST', '/Users', user);
    assert.equal(created.status, 201, told(created));
    const { id } = created.json() as { id: string };
    const { url } = await operator('users.issueLink', { params: { id }, body: { purpose: 'invitation' } });
    const sam = await redeemLink(product, url, { email: 'sam@example.org', name: 'Sam' });
    await setRole(id, 'editor');
    const { token: key } = await operator('keys.create', {
      body: {
        ...{ userId: id, name: 'k', sites: ['app'], permissions: ['data_source.read' as const] },
        expiresAt: time.now() + dayMs,
      },
    });
    const program = await addProgram('Sam’s bot', id);
    const token = tokenOf(await post('token', { grant_type: 'client_credentials' }, program));
    for (const seen of [await byBrowser(sam), await byToken(key), await byToken(token)])
      assert.equal(seen.status, 200, told(seen));

    const { users } = await operator('users.list', { query: { search: owner.email } });
    const patch = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', path: 'active', value: false }],
    };
    for (const [method, path, body] of [
      ['GET', `/Users/${users[0]?.id ?? ''}`, undefined],
      ['PATCH', `/Users/${users[0]?.id ?? ''}`, patch],
      ['DELETE', `/Users/${users[0]?.id ?? ''}`, undefined],
      ['PATCH', `/Users/${program.id}`, patch],
    ] as const)
      assert.equal((await scim(method, path, body)).status, 404, `${method} ${path}`);
    const taken = { ...user, userName: 'olga', emails: [{ value: owner.email }] };
    assert.ok(
      [400, 403, 409].includes((await scim('POST', '/Users', taken)).status),
      'nor is an account taken over by its address',
    );
    assert.ok((await scim('GET', '/Users', undefined, key)).status >= 401, 'a key is no SCIM token');
    assert.equal((await byToken(made.token)).status, 401, 'nor the other way round');

    assert.equal((await scim('PATCH', `/Users/${id}`, patch)).status, 200);
    for (const seen of [await byBrowser(sam), await byToken(key), await byToken(token)])
      assert.equal(seen.status, 401, told(seen));
    assert.equal((await post('token', { grant_type: 'client_credentials' }, program)).status, 401);
    const again = { ...patch, Operations: [{ op: 'replace', path: 'active', value: true }] };
    assert.equal((await scim('PATCH', `/Users/${id}`, again)).status, 200);
    assert.equal((await byBrowser(sam)).status, 401, 'what ended stays ended');
    assert.equal((await byToken(key)).status, 401);
    await operator('scim.deleteClient', { params: { id: made.client.id } });
    assert.equal((await scim('GET', '/Users')).status, 401);
  });

  it('what a program exchanges is never wider, longer or farther than both tokens, and at most three stand in a chain', async () => {
    const mia = await invite(product, { email: 'mia@example.com', name: 'Mia' });
    await setRole(mia.id, 'editor');
    const programs = [];
    for (const name of ['One', 'Two', 'Three', 'Four']) programs.push(await addProgram(name, mia.id));
    const [first] = programs;
    const delegate = async (patch: Json = {}) =>
      mia.visitor.call('POST', `${product.portal}/.sallyport/api/v1/delegations`, {
        ...{ agentId: first?.id, sites: ['app'], permissions: ['data_source.read'], expiresAt: time.now() + 600_000 },
        ...patch,
      });
    const delegated = await delegate();
    assert.equal(delegated.status, 200, told(delegated));
    let subject = String((delegated.json() as Json)['token']);
    assert.equal((await byToken(subject)).status, 401, 'what is to be exchanged is no key');
    const answers: Seen[] = [];
    for (const program of programs) {
      const actor = tokenOf(await post('token', { grant_type: 'client_credentials' }, program));
      const form = {
        ...{ grant_type: exchange, subject_token: subject, subject_token_type: accessTokenType },
        ...{
          actor_token: actor,
          actor_token_type: accessTokenType,
          scope: 'data_source.read data_source.use settings.manage',
        },
      };
      const stolen = program === first ? programs[1] : first;
      if (stolen) {
        const seen = await post('token', form, stolen);
        assert.ok(seen.status >= 400, 'with the token of another program');
      }
      const seen = await post('token', form, program);
      answers.push(seen);
      if (seen.status !== 200) break;
      assert.equal((seen.json() as Json)['scope'], 'data_source.read');
      assert.ok(Number((seen.json() as Json)['expires_in']) <= 600);
      if (program === first)
        assert.ok((await post('token', form, program)).status >= 400, 'a delegation is exchanged once');
      subject = String((seen.json() as Json)['access_token']);
    }
    assert.deepEqual(
      answers.map(seen => seen.status),
      [200, 200, 200, 400],
    );
    assert.equal((await byToken(subject)).status, 200);
    await setRole(mia.id, null);
    assert.equal((await byToken(subject)).status, 403, 'the person’s own role counts, request by request');
    await product.sallyport.operator('users.update', { params: { id: mia.id }, body: { disabled: true } });
    assert.equal((await byToken(subject)).status, 401);
  });

  it('a role for a time ends by its time, with nobody asked', async () => {
    const ned = await invite(product, { email: 'ned@example.com', name: 'Ned' });
    const asked = await ned.visitor.call('POST', `${product.portal}/.sallyport/api/v1/elevations`, {
      ...{ project, role: 'viewer', reason: 'on call', durationMs: 600_000 },
    });
    assert.equal(asked.status, 200, told(asked));
    assert.equal((await byBrowser(ned)).status, 403);
    const { id } = asked.json() as { id: string };
    const own = await ned.visitor.call('POST', `${product.portal}/.sallyport/api/v1/elevations/${id}/approve`, {
      comment: '',
    });
    assert.equal(own.status, 403, told(own));
    await product.sallyport.operator('elevations.approve', { params: { id }, body: { comment: '' } });
    assert.equal((await byBrowser(ned)).status, 200);
    time.advance(599_000 - 60_000);
    assert.equal((await byBrowser(ned)).status, 200);
    // The clock alone moves: no sweep, no control plane, no store is asked between this and the next line.
    time.advance(61_000);
    assert.equal((await byBrowser(ned)).status, 403);
  });

  it('by a review: what is not kept is gone with the next request', async () => {
    const { operator } = product.sallyport;
    const pam = await invite(product, { email: 'pam@example.com', name: 'Pam' });
    await setRole(pam.id, 'editor');
    assert.equal((await byBrowser(pam)).status, 200);
    const { users } = await operator('users.list', { query: { search: owner.email } });
    const campaign = await operator('reviews.create', {
      body: {
        ...{ name: 'North', scope: { kind: 'project', project }, reviewers: [users[0]?.id ?? ''] },
        ...{ dueAt: time.now() + 2 * dayMs, unanswered: 'keep' as const },
      } as never,
    });
    const { items } = await operator('reviews.listItems', { params: { id: campaign.id }, query: { search: 'pam@' } });
    const answer = { items: items.map(item => item.id), answer: 'revoke', comment: 'left the team' };
    const path = `${product.portal}/.sallyport/api/v1/reviews/${campaign.id}/answers`;
    assert.equal((await pam.visitor.call('POST', path, answer)).status, 403, 'not by who holds it');
    const seen = await owner.visitor.call('POST', path, answer);
    assert.equal(seen.status, 200, told(seen));
    assert.equal((await byBrowser(pam)).status, 403);
  });

  it('and the use of an account for emergencies raises an alarm each time', async () => {
    const { operator } = product.sallyport;
    const { users } = await operator('users.list', { query: { search: owner.email } });
    await operator('breakGlass.mark', { params: { id: users[0]?.id ?? '' } });
    time.advance(120_000);
    const browser = product.visitor();
    const page = await browser.submit(await browser.open(`${product.portal}/.sallyport/sign-in`), {
      ...{ email: owner.email, password: goodPassword },
    });
    await browser.submit(page, { code: totpCode(owner.totpSecret ?? '', time.now()) });
    await operator('operator.flush');
    const { events } = await operator('audit.search', { query: { type: 'break_glass.used', limit: 10 } });
    assert.equal(events.length, 1);
  });

  it('in one project nothing of another is seen or changed', async () => {
    const { operator } = product.sallyport;
    const other = await operator('projects.create', { body: { name: 'South' } });
    const sue = await invite(product, { email: 'sue@example.com', name: 'Sue' });
    await operator('projects.setMember', { params: { id: other.id, userId: sue.id }, body: { role: 'owner' } });
    const api = (method: string, path: string, body?: unknown) =>
      sue.visitor.call(method, `${product.portal}/.sallyport/api/v1${path}`, body);
    const group = await operator('groups.create', { body: { name: 'North people' } });
    const grant = await operator('grants.create', { body: { groupId: group.id, project, role: 'viewer' } });
    for (const [method, path, body] of [
      ['GET', `/projects/${project}/members`, undefined],
      ['PUT', `/projects/${project}/members/${sue.id}`, { role: 'viewer' }],
      ['PATCH', `/projects/${project}`, { name: 'Mine' }],
      ['DELETE', `/projects/${project}`, undefined],
      ['POST', '/grants', { groupId: group.id, project, role: 'viewer' }],
      ['DELETE', `/grants/${grant.id}`, undefined],
      ['POST', '/grants/preview', { add: [{ groupId: group.id, project, role: 'viewer' }] }],
      ['GET', '/groups', undefined],
      ['GET', `/users/${sue.id}/access`, undefined],
    ] as const)
      assert.equal((await api(method, path, body)).status, 403, `${method} ${path}`);
    const { projects } = (await api('GET', '/projects')).json() as { projects: { id: string }[] };
    assert.deepEqual(
      projects.map(one => one.id),
      [other.id],
    );
    assert.deepEqual(((await api('GET', '/grants')).json() as { grants: unknown[] }).grants, []);
    assert.equal((await byBrowser(sue)).status, 403);
  });
});
