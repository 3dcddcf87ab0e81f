import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CDPSession, Page } from 'playwright-core';
import { createOwnerOnScreen, noBrowser, openScreen } from './browser.ts';
import { goodPassword, startProduct } from './product.ts';

const olga = { email: 'olga@example.com', name: 'Olga Owner' };

/** An authenticator inside the browser, as the DevTools protocol makes one: it holds passkeys and says yes. */
async function plugIn(page: Page): Promise<{ cdp: CDPSession; authenticatorId: string }> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { cdp, authenticatorId };
}

async function signOut(page: Page, portal: string): Promise<void> {
  await page.goto(`${portal}/.sallyport/sign-out`);
  await page.click('form button');
  await page.goto(`${portal}/.sallyport/sign-in`);
}

describe('passkeys in a real browser', { skip: noBrowser }, () => {
  it('enrols one on the way in, signs in with it alone, after the password, and proves again with it', async () => {
    await using product = await startProduct();
    await using screen = await openScreen();
    const { page, complaints } = screen;
    const { cdp, authenticatorId } = await plugIn(page);
    const { url } = await product.sallyport.operator('operator.firstOwnerLink');
    await page.goto(url);
    for (const [field, value] of Object.entries({ ...olga, password: goodPassword, again: goodPassword })) {
      await page.fill(`#${field}`, value);
    }
    await page.click('form button');
    await page.fill('#name', 'Work laptop');
    await page.getByRole('button', { name: 'Use a passkey instead' }).click();
    await page.getByRole('heading', { name: 'Keep your recovery codes' }).waitFor();
    await page.check('input[type=checkbox]');
    await page.click('form button');
    await page.waitForURL(/\/\.sallyport\/portal\//);
    const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId });
    assert.equal(credentials.length, 1);
    assert.equal(credentials[0]?.isResidentCredential, true);

    // The browser offers it by itself, in the field of the e-mail address; the authenticator says yes to that too.
    await signOut(page, product.portal);
    await page.waitForURL(/\/\.sallyport\/portal\//);
    const { users } = await product.sallyport.operator('users.list', { query: {} });
    const id = users[0]?.id ?? '';
    assert.deepEqual(users[0]?.factors, { totp: false, passkeys: 1 });

    await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled: false });
    await signOut(page, product.portal);
    await page.fill('#email', olga.email);
    await page.fill('#password', goodPassword);
    await page.click('form button');
    await page.getByRole('heading', { name: 'Use your passkey' }).waitFor();
    await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled: true });
    await page.getByRole('button', { name: 'Use your passkey' }).click();
    await page.waitForURL(/\/\.sallyport\/portal\//);

    await page.goto(`${product.portal}/.sallyport/reauthenticate?return_to=/.sallyport/portal/audit&acr_values=phr`);
    await page.getByRole('button', { name: 'Confirm with your passkey' }).click();
    await page.waitForURL(at => at.pathname === '/.sallyport/portal/audit');
    const { sessions } = await product.sallyport.operator('users.listSessions', { params: { id } });
    assert.deepEqual(
      sessions.find(session => session.endedAt === null)?.methods,
      ['passkey'],
      'a new session by the new proof',
    );
    const told = await product.sallyport.operator('users.getFactors', { params: { id } });
    assert.equal(told.passkeys[0]?.name, 'Work laptop');
    assert.equal(told.recoveryCodesLeft, 10);
    assert.deepEqual(complaints, []);
  });

  it('is refused when the device did not ask who it is, in words', async () => {
    await using product = await startProduct();
    await using screen = await openScreen();
    const { page } = screen;
    const { url } = await product.sallyport.operator('operator.firstOwnerLink');
    await createOwnerOnScreen(page, url, olga);
    await page.waitForURL(/\/\.sallyport\/portal\//);
    const { cdp, authenticatorId } = await plugIn(page);
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    await signOut(page, product.portal);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByText(/Nothing was unlocked|Try again/).waitFor();
  });
});
