import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createOwnerOnScreen, noBrowser, openScreen } from './browser.ts';
import { startProduct } from './product.ts';

const certificates = ['-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'];
const settings = { entityId: 'urn:idp', ssoUrl: 'https://idp.example.org/sso', certificates };

describe('the keys towards a SAML provider in the portal', { skip: noBrowser }, () => {
  it('are changed by the one button that is next, which says what to do at the provider', async () => {
    await using product = await startProduct();
    const { operator } = product.sallyport;
    await using owner = await openScreen();
    const { page } = owner;
    const { url } = await operator('operator.firstOwnerLink');
    await createOwnerOnScreen(page, url, { email: 'olga@example.com', name: 'Olga' });
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    const provider = { kind: 'saml' as const, name: 'Campus', domains: ['example.org'], settings };
    const { id } = await operator('providers.create', { body: { provider } });
    await page.goto(`${product.portal}/.sallyport/portal/sign-in/${id}`);
    const panel = page.getByRole('region', { name: 'Keys for this provider' });
    const press = async (act: string): Promise<void> => {
      await panel.getByRole('button', { name: act }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: act }).click();
      await dialog.waitFor({ state: 'detached' });
    };
    await panel.getByText('In use, signs').waitFor();
    await press('Add a new key');
    await panel.getByText('New, signs').waitFor();
    await panel.getByText('Have the provider read our metadata again').waitFor();
    await press('Use the new key');
    await panel.getByText('Old, opens what is encrypted').waitFor();
    await press('Drop the old key');
    await panel.getByRole('button', { name: 'Add a new key' }).waitFor();
    await panel.getByText('Old, signs').waitFor({ state: 'detached' });
    assert.deepEqual(owner.complaints, []);
  });
});
