import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { noBrowser, openScreen } from './browser.ts';
import { startProduct } from './product.ts';

const guard = { challenge: 'always' } as const;

describe('the challenge in a browser', { skip: noBrowser }, () => {
  it('is passed by itself, once, and leads to the page that was wanted', async () => {
    await using product = await startProduct();
    const site = { name: 'app', platform: 'generic' as const, upstreams: ['http://127.0.0.1:9'] };
    await product.sallyport.operator('sites.create', { body: { ...site, guard } });
    await using screen = await openScreen();
    const { complaints, page } = screen;
    const first = await page.goto(`${product.portal}/.sallyport/sign-in?return_to=%2F#there`);
    assert.equal(first?.status(), 403);
    await page.getByText('Checking your browser').waitFor();
    await page.locator('#password, #email').first().waitFor();
    assert.equal(page.url(), `${product.portal}/.sallyport/sign-in?return_to=%2F#there`);
    const again = await page.goto(`${product.portal}/.sallyport/sign-in`);
    assert.equal(again?.status(), 200);
    // The answer 403 of the page itself is told by the browser; nothing else may be.
    assert.deepEqual(
      complaints.filter(text => !text.includes('403')),
      [],
    );
  });

  it('says what to do where script is switched off, and where the answer is not kept', async () => {
    await using product = await startProduct();
    const site = { name: 'app', platform: 'generic' as const, upstreams: ['http://127.0.0.1:9'] };
    await product.sallyport.operator('sites.create', { body: { ...site, guard } });
    await using plain = await openScreen({ width: 390, height: 844, withoutScript: true });
    await plain.page.goto(`${product.portal}/.sallyport/sign-in`);
    await plain.page.getByText('Turn it on for this site').waitFor();
    await using forgetful = await openScreen({ dark: true });
    const { context, page } = forgetful;
    await context.route('**/.sallyport/challenge?**', route =>
      route.fulfill({ status: 303, headers: { location: '/' } }),
    );
    await page.goto(`${product.portal}/`);
    await page.getByText('Allow cookies for this site').waitFor();
  });
});
