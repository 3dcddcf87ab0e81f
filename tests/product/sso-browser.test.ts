import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { startFakeServer } from '../fakes/http.ts';
import { startOidcProvider } from '../servers/oidc-provider.ts';
import { createOwnerOnScreen, noBrowser, openScreen } from './browser.ts';
import type { Product } from './product.ts';
import { startProduct } from './product.ts';

const olga = { email: 'olga@example.com', name: 'Olga Owner' };
const clientSecret = 'the secret of the gate there';

const open = async (page: Page, ...names: readonly string[]) => {
  for (const name of names) await page.getByRole('link', { name, exact: true }).first().click();
};

async function choose(page: Page, label: string, option: string, within: Page | Locator = page): Promise<void> {
  await within.getByRole('combobox', { name: label, exact: true }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

/** Fills in the form of a new OpenID provider, and what a stranger needs to know is on it. */
async function connect(page: Page, issuer: string): Promise<void> {
  await open(page, 'Sign-in');
  await page.getByRole('button', { name: 'Connect a provider' }).first().click();
  await page.getByRole('menuitem', { name: /OpenID Connect/ }).click();
  await page.getByLabel('Issuer').fill(issuer);
  await page.getByLabel('Client id').fill('gate');
  await page.getByLabel('Client secret').fill(clientSecret);
  await page.getByLabel('It is on a private or loopback address').check({ force: true });
  await page.getByLabel('Name', { exact: true }).fill('Login');
  await page.getByRole('combobox', { name: 'Domains it speaks for' }).fill('example.org');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Keep and go on' }).click();
  await page.getByText('For its administrator').waitFor();
}

/** Goes the whole way of a test in the window that opens, and reads the report. */
async function tryIt(page: Page): Promise<void> {
  const [report] = await Promise.all([
    page.context().waitForEvent('page'),
    page.getByRole('link', { name: 'Test sign-in' }).click(),
  ]);
  await report.fill('input[name=login]', 'ada');
  await report.click('button');
  await report.getByText('This was a test: nobody was signed in').waitFor();
  await report.getByText('ada@example.org').first().waitFor();
  await report.getByText('builders').first().waitFor();
  await report.close();
}

async function grant(page: Page): Promise<void> {
  await open(page, 'People', 'Groups');
  await page.getByRole('button', { name: 'New group' }).click();
  await choose(page, 'Kept by', 'Login', page.getByRole('dialog'));
  await page.getByLabel('Name', { exact: true }).fill('builders');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByText('Granted nothing').waitFor();
  await choose(page, 'Grant a role in', 'Default');
  await choose(page, 'Role', 'Editor');
  await page.getByRole('button', { name: 'See what changes' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Nothing changes for anybody now').waitFor();
  await dialog.getByRole('button', { name: 'Grant' }).click();
  await page.getByRole('button', { name: 'Take Editor back' }).waitFor();
}

/** Adds a passkey in the profile, signs out and comes back by it alone. */
async function passkey(page: Page, product: Product): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true },
      ...{ hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    },
  });
  await page.getByRole('link', { name: /Olga Owner/ }).click();
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Work laptop');
  await dialog.getByRole('button', { name: 'Go on' }).click();
  await page.getByText('Work laptop').first().waitFor();
  await page.getByRole('button', { name: 'Sign out' }).last().click();
  // The browser offers it on the sign-in page, and the authenticator says yes.
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  const { users } = await product.sallyport.operator('users.list', { query: { search: 'olga' } });
  const { sessions } = await product.sallyport.operator('users.listSessions', { params: { id: users[0]?.id ?? '' } });
  assert.deepEqual(sessions.find(session => session.endedAt === null)?.methods, ['passkey']);
}

describe('single sign-on from the portal', { skip: noBrowser }, () => {
  it('is connected, tried and granted by clicking, and then a person comes in by its button', async () => {
    await using upstream = await startFakeServer({ answer: () => ({ body: 'the orders' }) });
    await using product = await startProduct();
    const { operator } = product.sallyport;
    const base = `${product.portal}/.sallyport/sso/login`;
    const client = { clientId: 'gate', clientSecret, redirectUris: [`${base}/callback`] };
    const site = await operator('sites.create', {
      body: { name: 'app', platform: 'generic', upstreams: [upstream.baseUrl], port: 0 },
    });
    await using server = await startOidcProvider({
      clients: [{ ...client, postLogoutRedirectUris: [`${product.portal}/.sallyport/signed-out`] }],
    });
    server.add({ sub: 'ada', name: 'Ada', groups: ['builders'] });
    await using owner = await openScreen();
    const { page } = owner;
    await createOwnerOnScreen(page, (await operator('operator.firstOwnerLink')).url, olga);
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await connect(page, server.issuer);
    await tryIt(page);
    await grant(page);
    await passkey(page, product);

    await using person = await openScreen({ width: 390, height: 844, dark: true });
    await person.page.goto(`${product.portal}/.sallyport/sign-in`);
    await person.page.getByRole('link', { name: 'Continue with Login' }).click();
    await person.page.fill('input[name=login]', 'ada');
    await person.page.click('button');
    await person.page.waitForURL(/\/\.sallyport\/portal\//);
    await person.page.goto(site.address);
    await person.page.getByText('the orders').waitFor();
    await person.page.goto(`${product.portal}/.sallyport/portal/profile`);
    await person.page.getByRole('button', { name: 'Sign out' }).last().click();
    await person.page.getByRole('button', { name: 'Sign out' }).click();
    await person.page.getByRole('link', { name: 'Sign out there too' }).click();
    await person.page.getByRole('button', { name: 'Sign out' }).click();
    await person.page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    // The provider of the test has no icon.
    const ofTheGate = person.complaints.filter(text => !text.includes('404'));
    assert.deepEqual([owner.complaints, ofTheGate], [[], []]);
  });
});
