import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { newDraft } from '../../portal/src/pages/sign-in/providers.ts';
import { isInstalled } from '../../scripts/platforms/cache.mjs';
import { until } from '../product/main-job.ts';
import { createOwner, startProduct, told } from '../product/product.ts';
import type { SignOnHouse } from '../product/sign-on.ts';
import { apiOf, becomes, goToProvider, provision, scimPatch, sendForm, signInByForm } from '../product/sign-on.ts';
import type { Visitor } from '../product/visitor.ts';
import { echoWorkflow, startRealN8n } from '../servers/n8n.ts';
import { startOidcProvider } from '../servers/oidc-provider.ts';
import { slapdMissing, startSlapd } from '../servers/slapd.ts';

const domain = 'example.org';
const passwordOf = (uid: string): string => `Password-of-${uid}-1`;
const clientSecret = 'the secret of the gate there';

interface Made {
  readonly id: string;
}

/** The real n8n with two projects, an account for each, and the gate before it. */
async function openHouse(): Promise<SignOnHouse & { readonly north: string; readonly south: string }> {
  await using stack = new AsyncDisposableStack();
  let aheadMs = 0;
  const clock = { now: () => Date.now() + aheadMs, monotonicMs: () => performance.now() };
  const n8n = stack.use(await startRealN8n());
  const product = stack.use(await startProduct({ clock }));
  const { operator } = product.sallyport;
  const { visitor } = await createOwner(product);
  const north = await operator('projects.create', { body: { name: 'North' } });
  const south = await operator('projects.create', { body: { name: 'South' } });
  const site = await operator('sites.create', {
    body: {
      ...{ name: 'n8n', platform: 'n8n', upstreams: [n8n.baseUrl], port: 0, accounts: 'project' },
      ...{ defaultProject: north.id, projects: [south.id] },
    },
  });
  const chooser = await until(
    () => visitor.open(`${site.address}/`),
    seen => seen.status === 200,
  );
  assert.equal((await visitor.submit(chooser, { project: north.id })).status, 200);
  const owned = stack.move();
  return {
    ...{ product, owner: apiOf(product, visitor), ownerVisitor: visitor, at: site.address },
    ...{ projectId: north.id, north: north.id, south: south.id },
    advance(ms) {
      aheadMs += ms;
    },
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

/** What a person may do in the real n8n, asked as its own page asks. */
function hands(at: string, visitor: Visitor) {
  const call = (method: string, path: string, body?: unknown) => visitor.call(method, `${at}/rest${path}`, body);
  return {
    async enter(): Promise<number> {
      return (await visitor.open(`${at}/`)).status;
    },
    async ids(): Promise<string[]> {
      const seen = await call('GET', '/workflows');
      assert.equal(seen.status, 200, told(seen));
      return (seen.json() as { data: Made[] }).data.map(one => one.id);
    },
    list: async () => (await call('GET', '/workflows')).status,
    read: async (id: string) => (await call('GET', `/workflows/${id}`)).status,
    change: async (id: string) => (await call('PATCH', `/workflows/${id}`, { name: `Changed ${Date.now()}` })).status,
    run: async (id: string) =>
      (await call('POST', `/workflows/${id}/run`, { triggerToStartFrom: { name: 'Start' } })).status,
    async make(name: string): Promise<string> {
      const seen = await call('POST', '/workflows', echoWorkflow(name, name.toLowerCase()));
      assert.equal(seen.status, 200, told(seen));
      return (seen.json() as { data: Made }).data.id;
    },
  };
}

/** What a group gives: seen before it is done, as on the group's page. */
async function grant(
  house: SignOnHouse,
  given: { providerId: string; name: string; project: string; role: string },
): Promise<void> {
  const { name, project, providerId, role } = given;
  const { id } = await house.owner('groups.announce', { body: { providerId, name } });
  await house.owner('grants.create', { body: { groupId: id, project, role } });
}

const why = isInstalled('n8n') ? false : 'n8n is not installed: npm run test:platforms';

describe('groups elsewhere decide what people do in the real n8n', { skip: why }, () => {
  const stack = new AsyncDisposableStack();
  let house: Awaited<ReturnType<typeof openHouse>>;
  let ledger: string;
  before(async () => {
    house = stack.use(await openHouse());
  });
  after(() => stack.disposeAsync());

  it('of OpenLDAP: in A one works in project A, in B one sees nothing of it', {
    skip: slapdMissing() ?? false,
  }, async () => {
    const uids = ['ann', 'bob'];
    const people = uids.map(uid => ({ uid, password: passwordOf(uid), name: uid, mail: `${uid}@${domain}` }));
    const groups = [
      { name: 'north-editors', members: ['ann'] },
      { name: 'north-viewers', members: [] },
      { name: 'south-editors', members: ['bob'] },
    ];
    await using server = await startSlapd({ people, groups });
    const draft = newDraft('ldap');
    assert.equal(draft.kind, 'ldap');
    const settings = {
      ...draft.settings,
      ...{ urls: [server.url], caPem: server.caPem, baseDn: server.baseDn, refreshSeconds: 5 },
      bind: { kind: 'service' as const, dn: server.bind.dn },
    };
    const provider = { ...draft, name: 'Directory', domains: [domain], settings };
    const { id: providerId } = await house.owner('providers.create', {
      body: { provider, secret: server.bind.password },
    });
    await grant(house, { providerId, name: 'north-editors', project: house.north, role: 'editor' });
    await grant(house, { providerId, name: 'north-viewers', project: house.north, role: 'viewer' });
    await grant(house, { providerId, name: 'south-editors', project: house.south, role: 'editor' });
    const signIn = async (uid: string) => {
      const { visitor } = await signInByForm(house.product, { login: uid, password: passwordOf(uid) });
      return hands(house.at, visitor);
    };
    const ann = await signIn('ann');
    const bob = await signIn('bob');
    assert.deepEqual([await ann.enter(), await bob.enter()], [200, 200]);

    ledger = await ann.make('Ledger');
    assert.deepEqual([await ann.ids(), await ann.change(ledger), await ann.run(ledger)], [[ledger], 200, 200]);
    assert.deepEqual(await bob.ids(), []);
    for (const act of [bob.read, bob.change, bob.run]) {
      const status = await act(ledger);
      assert.ok(status >= 400 && status < 500, String(status));
    }

    await server.setMembers('north-editors', []);
    await server.setMembers('north-viewers', ['ann']);
    house.advance(6000);
    await becomes(() => ann.change(ledger), 403, 'a Viewer now');
    assert.deepEqual([await ann.ids(), await ann.read(ledger)], [[ledger], 200]);

    await server.setMembers('north-viewers', []);
    house.advance(6000);
    await becomes(ann.list, 403, 'in no group');

    await server.setMembers('north-editors', ['bob']);
    house.advance(6000);
    await server.disable('bob');
    house.advance(6000);
    await becomes(bob.list, 401, 'disabled there');
  });

  it('of an OpenID provider and by SCIM: changed there, other here; not active, out at the next request', async () => {
    const { owner, product } = house;
    const base = `${product.portal}/.sallyport/sso/login`;
    const client = { clientId: 'gate', clientSecret, redirectUris: [`${base}/callback`] };
    await using server = await startOidcProvider({ clients: [client] });
    const draft = newDraft('oidc');
    assert.equal(draft.kind, 'oidc');
    const settings = {
      ...draft.settings,
      ...{ issuer: server.issuer, clientId: 'gate', allowsPrivateAddresses: true, refreshSeconds: 30 },
    };
    const { id: providerId } = await owner('providers.create', {
      body: { provider: { ...draft, name: 'Login', domains: [domain], settings }, secret: clientSecret },
    });
    await grant(house, { providerId, name: 'north', project: house.north, role: 'editor' });
    await grant(house, { providerId, name: 'south', project: house.south, role: 'editor' });
    // Made before they come, as a provider with provisioning does.
    const scim = await provision(house, domain);
    const user = await scim('POST', '/Users', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      ...{ userName: `cyd@${domain}`, displayName: 'Cyd', active: true },
      emails: [{ value: `cyd@${domain}`, primary: true }],
    });
    const account = server.add({ sub: 'cyd', email: `cyd@${domain}`, groups: ['south'] });
    const visitor = product.visitor();
    const page = await sendForm(visitor, await goToProvider(product, visitor, 'Login'), { login: 'cyd' });
    assert.equal(page.url.pathname, '/.sallyport/portal/', told(page));
    const cyd = hands(house.at, visitor);
    assert.equal(await cyd.enter(), 200);
    const own = await cyd.make('South');
    assert.deepEqual(await cyd.ids(), [own]);

    account.groups = ['north'];
    house.advance(36_000);
    await becomes(
      async () => ((await cyd.list()) === 200 && !(await cyd.ids()).includes(own) ? 200 : 403),
      200,
      'moved',
    );
    assert.ok((await cyd.read(own)) >= 400, 'nothing of the project they left');

    await scim('PATCH', `/Users/${String(user['id'])}`, scimPatch({ op: 'replace', path: 'active', value: false }));
    assert.equal(await cyd.list(), 401, 'at the very next request');
  });
});
