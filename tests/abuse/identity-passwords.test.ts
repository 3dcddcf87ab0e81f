import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Product } from '../product/product.ts';
import { createOwner, invite, startProduct, told } from '../product/product.ts';
import type { Seen, Visitor } from '../product/visitor.ts';
import { identityAlone } from './sign-in-form.ts';

describe('passwords as people choose them', () => {
  const stack = new AsyncDisposableStack();
  let product: Product;
  let people = 0;
  before(async () => {
    product = stack.use(await startProduct({ config: identityAlone }));
    await createOwner(product);
  });
  after(() => stack.disposeAsync());

  /** Somebody invited, with their link open. */
  async function open(): Promise<{ browser: Visitor; page: Seen; email: string }> {
    people++;
    const email = `person${people}@example.com`;
    const body = { email, name: 'Rosalind Quimby', role: 'member' as const };
    const { link } = await product.sallyport.operator('users.create', { body });
    const browser = product.visitor();
    return { browser, email, page: await browser.open(link.url) };
  }
  const signIn = async (email: string, password: string): Promise<number> => {
    const browser = product.visitor();
    const page = await browser.open(`${product.portal}/.sallyport/sign-in`);
    return (await browser.submit(page, { email, password })).status;
  };

  it('are refused when they are short, common, or made of words of the person and the place', async () => {
    const { browser, page } = await open();
    for (const password of [
      ...['short', 'fourteen chars', 'passwordpassword', '123456789012345', 'qwertyuiopasdfgh', 'iloveyouiloveyou'],
      ...['aaaaaaaaaaaaaaaaaaaa', 'rosalindquimby1', 'person1@example.com', 'sallyportsallyport', 'letmeinletmein12'],
    ]) {
      const seen = await browser.submit(page, { password, again: password });
      assert.equal(seen.status, 422, `${password}: ${told(seen)}`);
      assert.doesNotMatch(seen.text.replace(/value="[^"]*"/g, ''), new RegExp(`>${password}<`));
    }
    assert.equal((await browser.submit(page, { password: 'x'.repeat(129), again: 'x'.repeat(129) })).status, 422);
  });

  it('are taken in any composition and up to 128 characters, and count exactly as they were typed', async () => {
    for (const password of [
      'otters drift calmly westward',
      'ÄÖÜ großes Flußufer im Nebel',
      ' spaces at both ends matter ',
      '鷺は静かに水面を渡る夜の川霧',
      'x7!'.concat('lanterns over quiet harbours ').repeat(4).slice(0, 64),
      'm9?'.concat('marble kettles hum before dawn ').repeat(5).slice(0, 128),
    ]) {
      const { browser, email, page } = await open();
      const set = await browser.submit(page, { password, again: password });
      if (password.length < 15) {
        assert.equal(set.status, 422, 'characters are counted, not bytes');
        continue;
      }
      assert.equal(set.status, 200, `${password}: ${told(set)}`);
      assert.equal(await signIn(email, password), 200);
      for (const other of [
        password.trim(),
        password.toUpperCase(),
        password.slice(0, -1),
        `${password} `,
        password.slice(0, 72),
      ])
        if (other !== password) assert.equal(await signIn(email, other), 422, JSON.stringify(other));
    }
  });

  it('are typed into masked fields that password managers know, and never come back on a page', async () => {
    const { browser, page } = await open();
    const form = await product.visitor().open(`${product.portal}/.sallyport/sign-in`);
    for (const [text, autocomplete] of [
      [page.text, 'new-password'],
      [form.text, 'current-password'],
    ] as const) {
      assert.match(text, new RegExp(`type="password" autocomplete="${autocomplete}"`));
      assert.doesNotMatch(text, /onpaste|autocomplete="off"|<script(?! src="\/\.sallyport\/assets\/)/);
    }
    const seen = await browser.submit(page, { password: 'first quiet words here', again: 'second quiet words here' });
    assert.equal(seen.status, 422);
    assert.doesNotMatch(seen.text, /quiet words/);
  });

  it('are changed with the current one only, and do not end by themselves', async () => {
    const { id: _, ...lou } = await invite(product, { email: 'lou@example.com', name: 'Lou' });
    const change = (current: string, next: string) =>
      lou.visitor.call('POST', `${product.portal}/.sallyport/api/v1/me/password`, { current, next });
    const next = 'velvet ropes over gravel';
    assert.equal((await change('not the current one', next)).status, 422);
    assert.equal((await change('', next)).status, 400);
    assert.equal((await change('seven quiet herons wade', 'short')).status, 422);
    assert.equal((await change('seven quiet herons wade', next)).status, 200);
    assert.equal(await signIn(lou.email, 'seven quiet herons wade'), 422);
    assert.equal(await signIn(lou.email, next), 200);
  });
});
