import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { startFakeServer } from '../fakes/http.ts';
import { startOidcProvider } from '../servers/oidc-provider.ts';
import { createOwnerOnScreen, noBrowser, openScreen } from './browser.ts';
import { memberLink, sitDown } from './desk.ts';
import type { Product } from './product.ts';
import { startProduct } from './product.ts';

const olga = { email: 'olga@example.com', name: 'Olga Owner' };
const mia = { email: 'mia@example.com', name: 'Mia Member' };
const dayMs = 86_400_000;

/** Something of everything the pages show. */
async function furnish(product: Product, issuer: string): Promise<Record<string, string>> {
  const { operator } = product.sallyport;
  const [project] = (await operator('projects.list')).projects;
  const { users } = await operator('users.list', { query: {} });
  const owner = users.find(user => user.email === olga.email);
  const member = users.find(user => user.email === mia.email);
  const group = await operator('groups.create', { body: { name: 'Night shift' } });
  await operator('groups.addMember', { params: { id: group.id, userId: member?.id ?? '' } });
  await operator('grants.create', { body: { groupId: group.id, project: project?.id ?? '', role: 'viewer' } });
  const machine = await operator('machines.create', {
    body: { name: 'Order bot', ownerId: owner?.id ?? '', sites: ['app'], permissions: ['data_source.read'] },
  });
  await operator('machines.createSecret', {
    params: { id: machine.id },
    body: { name: 'main', expiresAt: Date.now() + dayMs },
  });
  const provider = await operator('providers.create', {
    body: {
      provider: { kind: 'oidc', name: 'Login', domains: ['example.org'], settings: { issuer, clientId: 'gate' } },
      secret: 'the secret of the gate there',
    },
  });
  const review = await operator('reviews.create', {
    body: { name: 'Spring', scope: { kind: 'all' }, reviewers: [owner?.id ?? ''], dueAt: Date.now() + 7 * dayMs },
  });
  return { group: group.id, machine: machine.id, provider: provider.id, review: review.id };
}

/** Opens each page, waits until it has its answers, and collects what is wrong: an alert, a refused call, a complaint. */
async function walk(page: Page, portal: string, paths: readonly string[]): Promise<string[]> {
  const wrong: string[] = [];
  const note = (path: string, text: string) => wrong.push(`${path}: ${text}`);
  let at = '';
  page.on('response', answer => {
    if (answer.status() >= 400) note(at, `${answer.status()} ${answer.url()}`);
  });
  for (at of paths) {
    await page.goto(`${portal}/.sallyport/portal/${at}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByLabel('Loading').first().waitFor({ state: 'detached' });
    for (const text of await page.getByRole('alert').allTextContents()) note(at, text);
  }
  await page.waitForLoadState('networkidle');
  return wrong;
}

const pathsOf = (made: Record<string, string>): readonly string[] => [
  ...['people', 'people/groups', `people/groups/${made['group']}`],
  ...['people/service-accounts', `people/service-accounts/${made['machine']}`],
  ...['access', 'access/granted', 'access/roles', 'access/reviews', `access/reviews/${made['review']}`, 'access/why'],
  ...['sign-in', 'sign-in/provisioning', 'sign-in/factors', `sign-in/${made['provider']}`],
  ...['sign-in/connect/oidc', 'sign-in/connect/saml', 'sign-in/connect/ldap'],
  ...['sites', `sites/${made['site']}`, 'projects', 'profile', ''],
];

describe('every page about people, access and sign-in', { skip: noBrowser }, () => {
  it('shows what there is to an Owner and only what is theirs to a Member, without a complaint', async () => {
    await using upstream = await startFakeServer({ answer: () => ({ body: 'hello' }) });
    await using server = await startOidcProvider({ clients: [] });
    await using product = await startProduct();
    await using owner = await openScreen();
    const { url } = await product.sallyport.operator('operator.firstOwnerLink');
    await createOwnerOnScreen(owner.page, url, olga);
    await owner.page.getByRole('heading', { name: 'Overview' }).waitFor();
    const site = await product.sallyport.operator('sites.create', {
      body: { name: 'app', platform: 'generic', upstreams: [upstream.baseUrl], port: 0 },
    });
    await using desk = await sitDown(mia);
    await desk.redeem(await memberLink(product, mia, 'viewer'));
    const made = { site: site.id, ...(await furnish(product, server.issuer)) };
    assert.deepEqual(await walk(owner.page, product.portal, pathsOf(made)), []);
    assert.deepEqual(owner.complaints, []);

    const own = ['', 'access', 'access/granted', 'access/roles', 'people/service-accounts', 'projects', 'profile'];
    assert.deepEqual(await walk(desk.page, product.portal, own), []);
    assert.deepEqual(desk.trouble, []);
  });
});
