import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createOwnerOnScreen, noBrowser, openScreen } from './browser.ts';
import { goodPassword, startProduct } from './product.ts';
import { totpCode } from './visitor.ts';

const olga = { email: 'olga@example.com', name: 'Olga Owner' };

describe('the portal in a browser', { skip: noBrowser }, () => {
  it('sets up the Owner, shows every page without a complaint, invites a person and finds that in the audit explorer', async () => {
    await using product = await startProduct();
    await using screen = await openScreen();
    const { page, complaints } = screen;
    const { url } = await product.sallyport.operator('operator.firstOwnerLink');
    await createOwnerOnScreen(page, url, olga);
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    assert.ok(page.url().startsWith(`${product.portal}/.sallyport/portal/`), page.url());

    for (const name of ['Perimeter', 'Sites', 'People', 'Projects', 'Audit', 'Overview']) {
      await page.getByRole('link', { name, exact: true }).first().click();
      await page.getByRole('heading', { level: 1 }).waitFor();
    }
    await page.getByRole('link', { name: 'People', exact: true }).first().click();
    await page
      .getByRole('button', { name: /invite/i })
      .first()
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(/e-mail/i).fill('ada@example.com');
    await dialog.getByLabel(/^name/i).fill('Ada');
    await dialog.locator('button[type=submit]').click();
    await dialog
      .getByText(/\.sallyport\/link\?token=sp_l_/)
      .or(dialog.locator('input[value*="/.sallyport/link?token="]'))
      .first()
      .waitFor();
    await page.keyboard.press('Escape');

    await page.goto(`${product.portal}/.sallyport/portal/audit?action=user.*`);
    await page.getByText('ada@example.com').first().waitFor();
    assert.deepEqual(complaints, []);
  });

  it('lets a person sign in with script switched off, on a phone in the dark, and refuses a wrong password in words', async () => {
    await using product = await startProduct();
    const { url } = await product.sallyport.operator('operator.firstOwnerLink');
    await using screen = await openScreen({ width: 390, height: 844, dark: true, withoutScript: true });
    const { page, complaints } = screen;
    const secret = await createOwnerOnScreen(page, url, olga);
    await page.goto(`${product.portal}/.sallyport/sign-out`);
    await page.click('form button');
    await page.goto(`${product.portal}/.sallyport/sign-in`);
    await page.fill('#email', olga.email);
    await page.fill('#password', 'not the password at all');
    await page.click('form button');
    await page.getByRole('alert').waitFor();
    await page.fill('#password', goodPassword);
    await page.click('form button');
    // The code of this half minute was used to enrol: a code works once, so the next half minute's is given.
    await page.fill('#code', totpCode(secret, Date.now() + 30_000));
    await page.click('form button');
    await page.waitForURL(/\/\.sallyport\/portal\//);
    const width = await page.evaluate('document.documentElement.scrollWidth').catch(() => 390);
    assert.ok(Number(width) <= 390, `the page is ${String(width)} px wide`);
    assert.deepEqual(
      complaints.filter(text => !/422|401/.test(text)),
      [],
    );
  });
});
