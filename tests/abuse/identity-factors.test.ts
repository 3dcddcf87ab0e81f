import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createAuthenticator } from '../fakes/authenticator.ts';
import { startFakeServer } from '../fakes/http.ts';
import type { Member, Product } from '../product/product.ts';
import { createOwner, goodPassword, startProduct, told } from '../product/product.ts';
import type { Seen, Visitor } from '../product/visitor.ts';
import { totpCode } from '../product/visitor.ts';
import { createMovingClock } from './moving-clock.ts';
import { identityAlone } from './sign-in-form.ts';
import { sessionOf } from './single-sign-on.ts';

const stepMs = 30_000;
type Json = Record<string, unknown>;

describe('a second factor', () => {
  const stack = new AsyncDisposableStack();
  const time = createMovingClock();
  let product: Product;
  let owner: Member;
  let ownerId: string;
  let site: { readonly id: string; readonly address: string };

  before(async () => {
    const upstream = stack.use(await startFakeServer({ answer: () => ({ body: 'ok' }) }));
    product = stack.use(await startProduct({ clock: time.clock, config: identityAlone }));
    owner = await createOwner(product);
    const { operator } = product.sallyport;
    const { users } = await operator('users.list', { query: {} });
    ownerId = users[0]?.id ?? '';
    site = await operator('sites.create', {
      body: { name: 'app', platform: 'generic', upstreams: [upstream.baseUrl], port: 0 },
    });
  });
  after(() => stack.disposeAsync());

  const code = (at = 0) => totpCode(owner.totpSecret ?? '', time.now() + at * stepMs);
  const password = async (browser: Visitor): Promise<Seen> => {
    const page = await browser.open(`${product.portal}/.sallyport/sign-in`);
    return browser.submit(page, { email: owner.email, password: goodPassword });
  };
  const isIn = (browser: Visitor) => sessionOf(browser) !== undefined;
  const me = async (browser: Visitor) => (await browser.call('GET', `${product.portal}/.sallyport/api/v1/me`)).status;

  it('is asked after the password; a sign-in half done opens nothing', async () => {
    const browser = product.visitor();
    const asked = await password(browser);
    assert.equal(asked.url.pathname, '/.sallyport/sign-in/code', told(asked));
    assert.equal(isIn(browser), false);
    const pending = browser.cookies('localhost').get('__Host-sallyport-pending') ?? '';
    assert.ok(pending.length > 20);
    for (const cookie of [`__Host-sallyport=${pending}`, `__Host-sallyport-link=${pending}`]) {
      const stranger = product.visitor();
      const at = (url: string) => stranger.send(url, { headers: { cookie, accept: 'application/json' } });
      assert.equal((await at(`${product.portal}/.sallyport/api/v1/me`)).status, 401);
      assert.equal((await at(`${site.address}/x`)).status, 401);
      assert.equal((await at(`${product.portal}/.sallyport/link`)).status, 410);
    }
    assert.equal(await me(browser), 401);
    const enrol = await browser.open(`${product.portal}/.sallyport/sign-in/enrol`);
    assert.doesNotMatch(enrol.text, /class="secret"/, 'whoever has a factor is shown no new one');
  });

  it('by an app works once: not again in its time, not one before it, not at the same time twice', async () => {
    time.advance(4 * stepMs);
    const now = code();
    const [first, second] = [product.visitor(), product.visitor()];
    const pages = [await password(first), await password(second)] as const;
    await Promise.all([first.submit(pages[0], { code: now }), second.submit(pages[1], { code: now })]);
    assert.equal([first, second].filter(isIn).length, 1);
    for (const replayed of [now, code(-1)]) {
      const browser = product.visitor();
      const seen = await browser.submit(await password(browser), { code: replayed });
      assert.equal(seen.status, 422, told(seen));
      assert.equal(isIn(browser), false);
    }
    time.advance(3 * stepMs);
    const later = product.visitor();
    await later.submit(await password(later), { code: code() });
    assert.ok(isIn(later));
  });

  it('is not guessed by beginning again: wrong codes count for the person, apps and recovery codes together', async () => {
    time.advance(4 * stepMs);
    const statuses: number[] = [];
    for (let at = 0; at < 7; at++) {
      const browser = product.visitor();
      const wrong = at % 2 === 0 ? '000000' : '00000-00000-00000-00000-0000'.replaceAll('-', '').slice(0, 24);
      statuses.push((await browser.submit(await password(browser), { code: wrong })).status);
    }
    assert.deepEqual(statuses.slice(4), [429, 429, 429]);
    const browser = product.visitor();
    const right = await browser.submit(await password(browser), { code: code() });
    assert.equal(right.status, 429, 'nor is the right one judged meanwhile');
    time.advance(16 * 60_000);
    const again = product.visitor();
    await again.submit(await password(again), { code: code() });
    assert.ok(isIn(again));
  });

  it('by a recovery code works once', async () => {
    const [recovery = ''] = owner.recoveryCodes;
    const first = product.visitor();
    await first.submit(await password(first), { code: recovery });
    assert.ok(isIn(first));
    const second = product.visitor();
    assert.equal((await second.submit(await password(second), { code: recovery })).status, 422);
    const third = product.visitor();
    assert.equal((await third.submit(await password(third), { code: recovery.toUpperCase() })).status, 422);
    assert.equal(isIn(second) || isIn(third), false);
  });

  it('is not passed by a recovery link: the new password is one factor, and the pending sign-in is good once', async () => {
    const { url } = await product.sallyport.operator('users.issueLink', {
      params: { id: ownerId },
      body: { purpose: 'recovery' },
    });
    const browser = product.visitor();
    const asked = await browser.submit(await browser.open(url), { password: goodPassword, again: goodPassword });
    assert.equal(asked.url.pathname, '/.sallyport/sign-in/code', told(asked));
    assert.equal(isIn(browser), false);
    assert.equal(await me(owner.visitor), 401, 'all sessions have ended');
    time.advance(4 * stepMs);
    const pending = browser.cookies('localhost').get('__Host-sallyport-pending') ?? '';
    await browser.submit(asked, { code: code() });
    assert.ok(isIn(browser));
    time.advance(4 * stepMs);
    const thief = product.visitor();
    await thief.open(`${product.portal}/.sallyport/sign-in`);
    const token = thief.cookies('localhost').get('__Host-sallyport-form') ?? '';
    const seen = await thief.send(`${product.portal}/.sallyport/sign-in/code`, {
      method: 'POST',
      headers: {
        ...{ origin: product.portal, 'content-type': 'application/x-www-form-urlencoded' },
        cookie: `__Host-sallyport-form=${token}; __Host-sallyport-pending=${pending}`,
      },
      body: new URLSearchParams({ form_token: token, code: code() }).toString(),
    });
    assert.notEqual(seen.status, 303, told(seen));
    assert.equal(isIn(thief), false);
    owner = { ...owner, visitor: browser };
  });

  it('is not passed by an API key: no key opens the portal, its API, or another key', async () => {
    const { token } = await product.sallyport.operator('keys.create', {
      body: {
        ...{ userId: ownerId, name: 'k', sites: ['app'], permissions: ['data_source.read' as const] },
        expiresAt: time.now() + 86_400_000,
      },
    });
    const send = (url: string, headers: Record<string, string>) => product.visitor().send(url, { headers });
    assert.equal((await send(`${site.address}/x`, { authorization: `Bearer ${token}` })).status, 200);
    for (const headers of [
      { authorization: `Bearer ${token}` },
      { 'x-api-key': token },
      { cookie: `__Host-sallyport=${token}` },
    ] as Record<string, string>[]) {
      for (const path of ['/api/v1/me', '/api/v1/users', '/api/v1/api-keys', '/scim/v2/Users']) {
        const seen = await send(`${product.portal}/.sallyport${path}`, headers);
        assert.ok([401, 403].includes(seen.status), `${path}: ${told(seen)}`);
      }
    }
    const changed = await product.visitor().send(`${site.address}/x`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, cookie: '__Host-sallyport=x' },
    });
    assert.notEqual(changed.status, 200, 'what the key may not, nor two proofs at once');
  });

  it('is not changed without a fresh proof, which a password alone is not', async () => {
    time.advance(4 * stepMs + 3_600_000 / 2);
    const call = (method: string, path: string, body?: unknown) =>
      owner.visitor.call(method, `${product.portal}/.sallyport/api/v1${path}`, body);
    for (const [method, path, body] of [
      ['POST', '/me/totp', undefined],
      ['DELETE', '/me/totp', undefined],
      ['POST', '/me/recovery-codes', undefined],
      ['POST', '/me/passkeys/options', undefined],
      ['POST', '/users', { email: 'x@example.com', name: 'X' }],
    ] as const) {
      const seen = await call(method, path, body);
      if (seen.status === 404) continue;
      assert.equal((seen.json() as Json)['code'], 'admin.step_up', `${method} ${path}: ${told(seen)}`);
    }
    assert.equal((await call('POST', '/me/reauthenticate', { password: goodPassword })).status, 422);
    const before = sessionOf(owner.visitor);
    const proved = await call('POST', '/me/reauthenticate', { password: goodPassword, code: code() });
    assert.equal(proved.status, 200, told(proved));
    assert.notEqual(sessionOf(owner.visitor), before);
    assert.equal((await call('DELETE', '/me/totp')).status, 409, 'and never where it is compulsory');
  });

  it('by passkey: a challenge counts once and for its browser, the counter never goes back, no other origin, no other person', async () => {
    const api = (method: string, path: string, body?: unknown) =>
      owner.visitor.call(method, `${product.portal}/.sallyport/api/v1${path}`, body);
    const device = createAuthenticator(product.portal);
    const begun = await api('POST', '/me/passkeys/options');
    assert.equal(begun.status, 200, told(begun));
    const { publicKey } = begun.json() as { publicKey: never };
    const added = await api('POST', '/me/passkeys', { name: 'Key', response: device.create(publicKey) });
    assert.equal(added.status, 200, told(added));
    const path = '/.sallyport/sign-in/passkey';
    const form = async (browser: Visitor) => {
      await browser.open(`${product.portal}/.sallyport/sign-in`);
      return browser.cookies('localhost').get('__Host-sallyport-form') ?? '';
    };
    const post = (browser: Visitor, to: string, fields: Record<string, string>) =>
      browser.send(`${product.portal}${to}`, {
        method: 'POST',
        headers: {
          ...{ origin: product.portal, 'sec-fetch-site': 'same-origin', accept: 'text/html' },
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: new URLSearchParams(fields).toString(),
      });
    const challenge = async (browser: Visitor) => {
      const form_token = await form(browser);
      const seen = await post(browser, `${path}/options`, { form_token });
      assert.equal(seen.status, 200, told(seen));
      const { publicKey: asked } = seen.json() as { publicKey: never };
      return { form_token, asked };
    };
    const attempt = async (wrong: Parameters<typeof device.get>[1], browser = product.visitor()) => {
      const { asked, form_token } = await challenge(browser);
      const seen = await post(browser, path, { form_token, response: JSON.stringify(device.get(asked, wrong)) });
      return { browser, seen };
    };
    const good = await attempt({});
    assert.equal(good.seen.status, 303, told(good.seen));
    for (const [name, wrong] of [
      ['another origin', { origin: 'https://localhost.evil.example' }],
      ['another port', { origin: 'https://localhost:1' }],
      ['without user verification', { isVerified: false }],
      ['another host', { rpId: 'evil.example' }],
      ['in a frame of another', { crossOrigin: true, topOrigin: 'https://evil.example' }],
      ['another challenge', { challenge: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
      ['a counter that goes back', { signCount: 1 }],
      ['another person', { userHandle: 'AAAAAAAAAAAAAAAAAAAAAA' }],
    ] as const) {
      const { browser, seen } = await attempt(wrong);
      assert.notEqual(seen.status, 303, `${name}: ${told(seen)}`);
      assert.equal(isIn(browser), false, name);
    }
    const [one, other] = [product.visitor(), product.visitor()];
    const { asked, form_token } = await challenge(one);
    const response = JSON.stringify(device.get(asked));
    const stolen = await post(other, path, { form_token: await form(other), response });
    assert.notEqual(stolen.status, 303, 'a challenge of another browser');
    await post(one, path, { form_token, response });
    const again = product.visitor();
    const replay = await post(again, path, { form_token: await form(again), response });
    assert.notEqual(replay.status, 303, told(replay));
  });
});
