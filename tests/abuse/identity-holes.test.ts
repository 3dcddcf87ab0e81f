import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Member, Product } from '../product/product.ts';
import { createOwner, goodPassword, invite, startProduct, told } from '../product/product.ts';
import { identityAlone } from './sign-in-form.ts';

/** Ways in that no list names: combinations of what is sound by itself. */
describe('what an attacker makes of two things that are each as they should be', () => {
  const stack = new AsyncDisposableStack();
  let product: Product;
  let owner: Member;

  before(async () => {
    product = stack.use(await startProduct({ config: identityAlone }));

    owner = await createOwner(product);
  });
  after(() => stack.disposeAsync());

  const api = (path: string) => `${product.portal}/.sallyport/api/v1${path}`;

  it('a session begun with a password alone never becomes an Administrator’s, by group, grant or elevation', async () => {
    const { operator } = product.sallyport;
    const group = await operator('groups.create', { body: { name: 'Desk' } });
    const grant = { groupId: group.id, project: null, role: 'administrator' };
    const ways: readonly ((id: string, ask: () => Promise<string>) => Promise<unknown>)[] = [
      async id => {
        await operator('grants.create', { body: grant });
        await operator('groups.addMember', { params: { id: group.id, userId: id } });
      },
      async id => {
        const other = await operator('groups.create', { body: { name: 'Desk, later' } });
        await operator('groups.addMember', { params: { id: other.id, userId: id } });
        await operator('grants.create', { body: { ...grant, groupId: other.id } });
      },
      async (_, ask) => operator('elevations.approve', { params: { id: await ask() }, body: { comment: '' } }),
    ];
    for (const [at, raise] of ways.entries()) {
      const mia = await invite(product, { email: `mia${at}@example.com`, name: 'Mia' });
      assert.equal(mia.totpSecret, undefined, 'a Member with a long password needs no second factor');
      const ask = async () => {
        const body = { project: null, role: 'administrator', reason: 'on call', durationMs: 600_000 };
        const asked = await mia.visitor.call('POST', api('/elevations'), body);
        assert.equal(asked.status, 200, told(asked));
        return (JSON.parse(asked.text) as { id: string }).id;
      };
      await raise(mia.id, ask);
      const people = await mia.visitor.call('GET', api('/users'));
      assert.equal(people.status, 401, `way ${at}: ${told(people)}`);
      const page = await mia.visitor.submit(await mia.visitor.open(`${product.portal}/.sallyport/sign-in`), {
        email: mia.email,
        password: goodPassword,
      });
      assert.match(page.url.pathname, /\/sign-in\/enrol$/, told(page));
    }
    assert.equal((await owner.visitor.call('GET', api('/users'))).status, 200, 'who has both factors goes on');
  });
});
