import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Product } from '../product/product.ts';
import { createOwner, invite, startProduct } from '../product/product.ts';
import { mannWhitneyP, median } from './mann-whitney.ts';
import { behindProxy, freshAddress, openForm } from './sign-in-form.ts';

const samples = 126;

describe('who has an account here', () => {
  const stack = new AsyncDisposableStack();
  let product: Product;
  const emails = new Map<string, string>();

  before(async () => {
    product = stack.use(
      await startProduct({
        config: { ...behindProxy, identity: { lockout: { accountFailuresMax: 1000 } } },
      }),
    );
    const { operator } = product.sallyport;
    await createOwner(product);
    await invite(product, { email: 'known@example.com', name: 'Known' });
    const gone = await invite(product, { email: 'disabled@example.com', name: 'Disabled' });
    await operator('users.update', { params: { id: gone.id }, body: { disabled: true } });
    // Has an account and no password: of a directory or of single sign-on.
    await operator('users.create', { body: { email: 'elsewhere@example.com', name: 'Elsewhere' } });
    const scope = { sites: ['app'], permissions: ['data_source.read' as const] };
    await operator('sites.create', {
      body: { name: 'app', platform: 'generic', upstreams: ['http://127.0.0.1:9'], port: 0 },
    });
    const { users } = await operator('users.list', { query: { search: 'known@' } });
    await operator('machines.create', { body: { name: 'Bot', ownerId: users[0]?.id ?? '', ...scope } });
    for (const name of ['unknown', 'known', 'disabled', 'elsewhere']) emails.set(name, `${name}@example.com`);
  });
  after(() => stack.disposeAsync());

  it('is not told by body, status or headers of the sign-in form', async () => {
    const { send } = await openForm(product);
    const others = ['bot@service.invalid', "x' or 1=1", 'KNOWN@example.com', 'known@example.com\u0000'];
    let first: unknown;
    for (const email of [...emails.values(), ...others]) {
      const { headers, page, status } = await send({ email, password: 'not the password', from: freshAddress() });
      const shown = { headers, status, page };
      first ??= shown;
      assert.deepEqual(shown, first, email);
      assert.equal(status, 422, email);
    }
  });

  it('is not told by what a wait is asked of: the same failures give the same waits', async () => {
    const { send } = await openForm(product);
    const rows = new Map<string, string[]>();
    for (const [name, email] of emails) {
      const from = freshAddress();
      const row: string[] = [];
      for (let at = 0; at < 7; at++) {
        const { page, retryAfterS, status } = await send({ email, password: 'not the password', from });
        row.push(`${status} ${Math.round(retryAfterS / 10)} ${page.length}`);
      }
      rows.set(name, row);
    }
    const waited = rows.get('unknown');
    assert.match(waited?.at(-1) ?? '', /^429 6/);
    for (const [name, row] of rows) assert.deepEqual(row, waited, name);
  });

  it('is not told by the time an answer takes', async t => {
    const { send } = await openForm(product);
    const times = new Map([...emails.keys()].map(name => [name, [] as number[]]));
    const order = [...emails];
    for (let at = 0; at < samples; at++) {
      // Interleaved, each time beginning with another: what the machine does meanwhile falls on all.
      for (let i = 0; i < order.length; i++) {
        const [name = '', email = ''] = order[(at + i) % order.length] ?? [];
        const { status, tookMs } = await send({ email, password: 'not the password', from: freshAddress() });
        assert.equal(status, 422);
        times.get(name)?.push(tookMs);
      }
    }
    const known = times.get('known') ?? [];
    for (const [name, taken] of times) {
      const p = mannWhitneyP(known, taken);
      const apart = Math.abs(median(taken) / median(known) - 1);
      t.diagnostic(`${name}: median ${median(taken).toFixed(1)} ms, p ${p.toExponential(1)}`);
      assert.ok(p >= 1e-6 || apart <= 0.2, `${name}: p ${p}, medians ${(apart * 100).toFixed(1)} % apart`);
    }
  });

  it('is what that test would tell: a path without the password computation is seen at once', () => {
    const slow = Array.from({ length: samples }, (_, at) => 25 + (at % 17) / 4);
    const quick = slow.map(value => value - 20);
    assert.ok(mannWhitneyP(slow, quick) < 1e-6);
    assert.ok(Math.abs(median(quick) / median(slow) - 1) > 0.2);
    assert.ok(mannWhitneyP(slow, slow) > 0.9);
    assert.ok(mannWhitneyP(slow.slice(0, 64), slow.slice(64)) > 1e-3, 'halves of one class are alike');
  });

  it('is not told by one-time links: unknown, used, replaced and expired are one page', async () => {
    const { operator } = product.sallyport;
    const { users } = await operator('users.list', { query: { search: 'elsewhere@' } });
    const issue = () =>
      operator('users.issueLink', { params: { id: users[0]?.id ?? '' }, body: { purpose: 'invitation' } });
    const replaced = (await issue()).url;
    const live = (await issue()).url;
    const unknown = `${live.slice(0, -6)}AAAAAA`;
    const pages: string[] = [];
    for (const url of [replaced, unknown, `${product.portal}/.sallyport/link`]) {
      const seen = await product.visitor().open(url);
      assert.equal(seen.status, 410);
      pages.push(seen.text);
    }
    assert.equal(new Set(pages).size, 1);
    assert.doesNotMatch(pages[0] ?? '', /example\.com/);
  });
});
