import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Member, Product } from '../product/product.ts';
import { createOwner, goodPassword, invite, startProduct, told } from '../product/product.ts';
import { createMovingClock } from './moving-clock.ts';
import { behindProxy, freshAddress, openForm } from './sign-in-form.ts';

const wrong = 'not the password';

/** Product defaults: five failures of a network at an account, twenty of all networks, a hundred of a network. */
describe('guessing at passwords', () => {
  const stack = new AsyncDisposableStack();
  const time = createMovingClock();
  let product: Product;
  let ann: Member & { readonly id: string };
  const inviteNew = (name: string) => invite(product, { email: `${name}@example.com`, name });

  before(async () => {
    product = stack.use(await startProduct({ clock: time.clock, config: behindProxy }));
    await createOwner(product);
    ann = await inviteNew('ann');
  });
  after(() => stack.disposeAsync());

  /** How many of these attempts were judged: the rest had to wait. */
  async function judged(attempts: readonly { email: string; from: string }[]): Promise<number> {
    const { send } = await openForm(product);
    let count = 0;
    for (const attempt of attempts) if ((await send({ ...attempt, password: wrong })).status === 422) count++;
    return count;
  }

  it('is stopped for one network after five failures, whatever address of its /64 is used', async () => {
    const { id } = await inviteNew('bea');
    const attempts = Array.from({ length: 8 }, (_, at) => ({
      email: 'bea@example.com',
      from: `2001:db8:ffff:1::${(at + 1).toString(16)}`,
    }));
    assert.equal(await judged(attempts), 4, 'the fifth failure is told to wait');
    assert.ok(id !== '');
  });

  it('is stopped for one account after twenty failures of ever new networks, and by case, width and space of the name it is the same', async () => {
    await inviteNew('cem');
    const names = [
      'cem@example.com',
      'CEM@Example.COM',
      ' cem@example.com ',
      'ｃｅｍ@ｅｘａｍｐｌｅ.ｃｏｍ',
      'cem@EXAMPLE.com',
    ];
    const attempts = Array.from({ length: 26 }, (_, at) => ({
      email: names[at % names.length] ?? '',
      from: freshAddress(),
    }));
    assert.equal(await judged(attempts), 19);
  });

  it('counts v4 addresses that come as v6 as the same, and trusts no more of a forwarded chain than the proxy wrote', async () => {
    await inviteNew('dan');
    const chains = [
      '203.0.113.7',
      '::ffff:203.0.113.7',
      '::FFFF:CB00:7107',
      '198.51.100.1, 203.0.113.7',
      '198.51.100.2, evil, 203.0.113.7',
      '[::ffff:203.0.113.7]:4711',
      '127.0.0.1, 203.0.113.7',
    ];
    assert.equal(await judged(chains.map(from => ({ email: 'dan@example.com', from }))), 4);
  });

  it('is not helped by headers of other proxies: without a trusted one nobody chooses their address', async () => {
    await using direct = await startProduct();
    const { send } = await openForm(direct);
    const statuses: number[] = [];
    for (let at = 0; at < 7; at++) {
      const ip = `198.51.100.${at + 1}`;
      const headers = {
        ...{ 'x-forwarded-for': ip, 'x-real-ip': ip, 'true-client-ip': ip, 'cf-connecting-ip': ip },
        ...{ 'x-client-ip': ip, forwarded: `for=${ip}` },
      };
      statuses.push((await send({ email: 'nobody@example.com', password: wrong, headers })).status);
    }
    assert.deepEqual(statuses, [422, 422, 422, 422, 429, 429, 429]);
  });

  it('in a burst is judged no more often than in a row', async () => {
    await inviteNew('eve');
    const from = freshAddress();
    const forms = await Promise.all(Array.from({ length: 24 }, () => openForm(product)));
    const sent = forms.map(({ send }) => send({ email: 'eve@example.com', password: wrong, from }));
    const answers = await Promise.all(sent);
    const statuses = answers.map(answer => answer.status);
    assert.ok(statuses.filter(status => status === 422).length <= 4, statuses.join());
    assert.ok(
      statuses.every(status => [422, 429, 503].includes(status)),
      statuses.join(),
    );
  });

  it('by an attacker keeps a person out from strange networks for fifteen minutes at most, and from their own never', async () => {
    const { send } = await openForm(product);
    const home = freshAddress();
    assert.equal((await send({ email: ann.email, password: goodPassword, from: home })).status, 303);
    const waits: number[] = [];
    for (let round = 0; round < 2; round++) {
      for (let at = 0; at < 24; at++) {
        const { retryAfterS } = await send({ email: ann.email, password: wrong, from: freshAddress() });
        waits.push(retryAfterS);
      }
      time.advance(901_000);
    }
    assert.ok(Math.max(...waits) > 0 && Math.max(...waits) <= 900, `${Math.max(...waits)}`);
    for (let at = 0; at < 20; at++) await send({ email: ann.email, password: wrong, from: freshAddress() });
    const abroad = await send({ email: ann.email, password: goodPassword, from: freshAddress() });
    assert.equal(abroad.status, 429, told(abroad.seen));
    const atHome = await send({ email: ann.email, password: goodPassword, from: home });
    assert.equal(atHome.status, 303, told(atHome.seen));
  });

  it('is told to a record, and a lock too', async () => {
    const { operator } = product.sallyport;
    await operator('operator.flush');
    for (const [type, least] of [
      ['auth.failed', 50],
      ['auth.locked', 3],
    ] as const) {
      const { events } = await operator('audit.search', { query: { type, limit: 500 } });
      assert.ok(events.length >= least, `${type}: ${events.length}`);
      assert.ok(events.every(event => !JSON.stringify(event).includes(wrong)));
    }
  });
});
