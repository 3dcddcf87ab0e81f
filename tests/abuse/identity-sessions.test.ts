import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { FakeServer } from '../fakes/http.ts';
import { startFakeServer } from '../fakes/http.ts';
import type { Member } from '../product/product.ts';
import { createOwner, goodPassword, invite, told } from '../product/product.ts';
import type { Visitor } from '../product/visitor.ts';
import { portOf, sendRaw } from './attacker.ts';
import { identityAlone } from './sign-in-form.ts';
import type { SingleSignOn } from './single-sign-on.ts';
import { sessionOf, startSingleSignOn } from './single-sign-on.ts';

const html = { accept: 'text/html', 'sec-fetch-mode': 'navigate' };
const tricky = [
  ...[
    '//evil.example',
    '/\\evil.example',
    '///evil.example',
    '/.//evil.example',
    '/%09/evil.example',
    '\\\\evil.example',
  ],
  ...['https:evil.example', 'https:/evil.example', 'HTTPS://EVIL.EXAMPLE', 'https://evil.example#@localhost'],
  ...['\thttps://evil.example', '/\t/evil.example', '/\r\n/evil.example', 'javascript:alert(1)', 'data:text/html,x'],
  ...['https://localhost.evil.example', 'https://evil.example/.sallyport/', 'https://evil.example?https://localhost'],
  ...[
    '//evil.example/%2f..',
    '/;@evil.example',
    'https://evil。example',
    'https://xn--evil.example',
    'http://localhost',
  ],
];

describe('sessions, and the ways in and out of them', () => {
  const stack = new AsyncDisposableStack();
  let sso: SingleSignOn;
  let upstream: FakeServer;
  let owner: Member;
  let mia: Member & { readonly id: string };
  let portal: string;
  let site: { readonly id: string; readonly address: string };

  before(async () => {
    sso = stack.use(await startSingleSignOn({ config: identityAlone }));
    ({ portal } = sso.product);
    sso.op.add({ sub: 'ada' });
    sso.op.add({ sub: 'eve' });
    upstream = stack.use(
      await startFakeServer({
        answer: request => ({
          headers: {
            'set-cookie': ['__Host-sallyport=planted; Path=/; Secure', '__host-Sallyport-pending=planted', 'own=1'],
          },
          body: request,
        }),
      }),
    );
    site = await sso.product.sallyport.operator('sites.create', {
      body: { name: 'app', platform: 'generic', upstreams: [upstream.baseUrl], port: 0 },
    });
    owner = await createOwner(sso.product);
    mia = await invite(sso.product, { email: 'mia@example.com', name: 'Mia' });
  });
  after(() => stack.disposeAsync());

  const signIn = async (browser: Visitor, email = mia.email) =>
    browser.submit(await browser.open(`${portal}/.sallyport/sign-in`), { email, password: goodPassword });
  const me = async (browser: Visitor) => (await browser.call('GET', `${portal}/.sallyport/api/v1/me`)).status;
  const raw = (head: readonly string[], body = '') => sendRaw(sso.product, portOf(portal), head, body);
  const hostLine = () => `Host: localhost:${portOf(portal)}`;

  it('never begin with an id that was there before: planted, somebody else’s, or one’s own of before', async () => {
    const browser = sso.product.visitor();
    const planted = `sp_se_${'A'.repeat(43)}`;
    const page = await browser.open(`${portal}/.sallyport/sign-in`);
    const token = browser.cookies('localhost').get('__Host-sallyport-form') ?? '';
    const seen = await browser.send(`${portal}/.sallyport/sign-in`, {
      method: 'POST',
      headers: {
        ...html,
        origin: portal,
        'content-type': 'application/x-www-form-urlencoded',
        cookie: `__Host-sallyport-form=${token}; __Host-sallyport=${planted}; __Host-sallyport-pending=${planted}`,
      },
      body: new URLSearchParams({ form_token: token, email: mia.email, password: goodPassword }).toString(),
    });
    assert.equal(seen.status, 303, told(page));
    const first = sessionOf(browser);
    assert.ok(first !== undefined && first !== planted);
    const proved = await browser.call('POST', `${portal}/.sallyport/api/v1/me/reauthenticate`, {
      password: goodPassword,
    });
    assert.equal(proved.status, 200, told(proved));
    const second = sessionOf(browser);
    assert.notEqual(second, first);
    for (const old of [first, planted]) {
      const stranger = await sso.product.visitor().send(`${portal}/.sallyport/api/v1/me`, {
        headers: { cookie: `__Host-sallyport=${old}` },
      });
      assert.equal(stranger.status, 401);
    }
    const next = 'eight calm otters drift';
    await browser.call('POST', `${portal}/.sallyport/api/v1/me/password`, { current: goodPassword, next });
    await browser.call('POST', `${portal}/.sallyport/api/v1/me/password`, { current: next, next: goodPassword });
    await sso.signIn(browser, 'ada');
    assert.notEqual(sessionOf(browser), second);
    const former = await sso.product.visitor().send(`${portal}/.sallyport/api/v1/me`, {
      headers: { cookie: `__Host-sallyport=${second ?? ''}` },
    });
    assert.equal(former.status, 401, 'the session that this browser had is not left alive');
  });

  it('are in cookies that no other host, path, script or clear text sees', async () => {
    const browser = sso.product.visitor();
    const seen: string[] = [];
    const page = await browser.open(`${portal}/.sallyport/sign-in`);
    seen.push(...[page.headers['set-cookie'] ?? []].flat());
    const out = await browser.send(sso.startUrl, { headers: html });
    seen.push(...[out.headers['set-cookie'] ?? []].flat());
    const back = await sso.op.signIn(String(out.headers['location']), 'ada');
    seen.push(...[(await browser.send(back.href, { headers: html })).headers['set-cookie'] ?? []].flat());
    assert.ok(seen.length >= 3);
    for (const line of seen)
      assert.match(line, /^__Host-sallyport[\w-]*=[^;]*; Path=\/; Secure; HttpOnly; SameSite=Lax/);
    assert.ok(seen.every(line => !/domain=/i.test(line)));
  });

  it('are not taken from a cookie sent twice, in other letters, or by an application behind the gate', async () => {
    const browser = sso.product.visitor();
    await signIn(browser);
    const good = sessionOf(browser) ?? '';
    const thief = sso.product.visitor();
    await signIn(thief, mia.email);
    const other = sessionOf(thief) ?? '';
    for (const cookie of [
      `__Host-sallyport=${good}; __Host-sallyport=${other}`,
      `__Host-sallyport=planted; __Host-sallyport=${good}`,
      `__host-sallyport=${good}`,
      `__HOST-SALLYPORT=${good}`,
      `sallyport=${good}`,
      `__Secure-sallyport=${good}`,
      `__Host-sallyport="${good}"`,
      `__Host-sallyport=${good}x`,
      `x=y, __Host-sallyport=${good}`,
    ]) {
      const seen = await raw([
        `GET /.sallyport/api/v1/me HTTP/1.1`,
        hostLine(),
        `Cookie: ${cookie}`,
        'Accept: application/json',
      ]);
      assert.equal(seen.status, 401, cookie.replaceAll(good, '…'));
    }
    const right = await raw([
      `GET /.sallyport/api/v1/me HTTP/1.1`,
      hostLine(),
      `Cookie: a=b; __Host-sallyport=${good}`,
    ]);
    assert.equal(right.status, 200);
    const seen = await owner.visitor.send(`${site.address}/x`);
    assert.match(
      [seen.headers['set-cookie']].flat().join(),
      /^own=1;[^,]*$/,
      'nothing of ours is set by an application',
    );
    const echoed = upstream.requests.at(-1)?.headers.cookie ?? '';
    assert.doesNotMatch(echoed, /sallyport/i, 'nor does it read ours');
  });

  it('are not begun for somebody by another’s page: no password form, no answer of a provider without its beginning here', async () => {
    const attacker = sso.product.visitor();
    const victim = sso.product.visitor();
    // The attacker's own answer, brought to the victim's browser.
    const bait = await sso.walk(attacker, 'eve');
    const lured = await victim.send(bait, { headers: html });
    assert.equal(lured.status, 422, told(lured));
    assert.equal(sessionOf(victim), undefined);
    // Nor when the victim began one too; and theirs then is theirs.
    const own = await sso.walk(victim, 'ada');
    const second = await sso.walk(attacker, 'eve');
    const stateOf = (url: string) => new URL(url).searchParams.get('state') ?? '';
    const codeOf = (url: string) => new URL(url).searchParams.get('code') ?? '';
    const mixed = new URL(own);
    mixed.searchParams.set('code', codeOf(second));
    assert.equal(
      (await victim.send(mixed.href, { headers: html })).status,
      422,
      'another’s code under one’s own state',
    );
    assert.equal((await victim.send(own, { headers: html })).status, 422, 'and the state is spent by it');
    for (const change of [
      (url: URL) => url.searchParams.delete('state'),
      (url: URL) => url.searchParams.append('state', stateOf(bait)),
      (url: URL) => url.searchParams.set('state', stateOf(bait)),
      (url: URL) => url.searchParams.set('iss', 'https://other.example'),
      (url: URL) => url.searchParams.delete('iss'),
      (url: URL) => url.searchParams.append('code', 'x'),
    ]) {
      const url = new URL(await sso.walk(victim, 'ada'));
      change(url);
      const seen = await victim.send(url.href, { headers: html });
      assert.equal(seen.status, 422, `${url.search}: ${told(seen)}`);
      assert.equal(sessionOf(victim), undefined);
    }
    assert.equal((await sso.signIn(victim, 'ada')).status, 200);
    assert.ok(sessionOf(victim));
  });

  it('and an answer of a provider counts once, and in the browser that set out alone', async () => {
    const browser = sso.product.visitor();
    const back = await sso.walk(browser, 'ada');
    const flow = browser.cookies('localhost').get('__Host-sallyport-sso') ?? '';
    assert.equal((await browser.send(back, { headers: html })).status, 303);
    const replay = await sso.product
      .visitor()
      .send(back, { headers: { ...html, cookie: `__Host-sallyport-sso=${flow}` } });
    assert.equal(replay.status, 422, told(replay));
  });

  it('lead nowhere that is not ours, by return_to at the beginning or RelayState at the end', async () => {
    const fresh = async (): Promise<Visitor> => sso.product.visitor();
    for (const way of tricky) {
      const at = encodeURIComponent(way);
      const browser = await fresh();
      const end = await sso.signIn(browser, 'ada', `?return_to=${at}`);
      assert.equal(end.url.hostname, 'localhost', way);
      for (const path of [
        '/.sallyport/sign-in',
        '/.sallyport/handoff',
        '/.sallyport/sign-out',
        '/.sallyport/reauthenticate',
        '/.sallyport/notices',
      ]) {
        const seen = await browser.send(`${portal}${path}?return_to=${at}&post_logout_redirect_uri=${at}&rd=${at}`, {
          headers: html,
        });
        const to = new URL(String(seen.headers['location'] ?? '/'), portal);
        assert.equal(to.hostname, 'localhost', `${path} ${way}`);
        for (const [, value = ''] of seen.text.matchAll(/(?:href|action|value)="([^"]*evil[^"]*)"/g))
          assert.equal(new URL(value, portal).hostname, 'localhost', `${path} ${way}`);
      }
    }
    const posted = await sso.product.visitor().send(`${portal}/.sallyport/sso/login/acs`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ SAMLResponse: 'x', RelayState: 'https://evil.example' }).toString(),
    });
    assert.ok(posted.status >= 400, told(posted));
    assert.equal(posted.headers['location'], undefined);
  });

  it('are not ended by another’s page: not by opening an address, not by a form without its token', async () => {
    const browser = sso.product.visitor();
    await signIn(browser);
    await browser.open(`${portal}/.sallyport/sign-out`);
    await browser.open(`${portal}/.sallyport/sso/login/slo`);
    await browser.open(`${portal}/.sallyport/sso/login/slo?SAMLRequest=x&RelayState=y`);
    const cookie = `Cookie: ${[...browser.cookies('localhost')].map(([name, value]) => `${name}=${value}`).join('; ')}`;
    const form = 'Content-Type: application/x-www-form-urlencoded';
    for (const from of [['Origin: https://evil.example'], ['Origin: null'], ['Sec-Fetch-Site: cross-site'], []]) {
      for (const path of [
        '/.sallyport/sign-out',
        '/.sallyport/sign-in',
        '/.sallyport/sign-in/code',
        '/.sallyport/link',
        '/.sallyport/reauthenticate',
      ]) {
        const seen = await raw([`POST ${path} HTTP/1.1`, hostLine(), cookie, form, ...from, 'Content-Length: 0']);
        assert.equal(seen.status, 403, `${path} ${from.join()}`);
      }
    }
    assert.equal(await me(browser), 200);
  });

  it('through a provider give nobody more than it vouches for: no unverified address, no Owner, no second factor passed', async () => {
    const { operator } = sso.product.sallyport;
    sso.op.add({ sub: 'mallory', email: 'unverified@example.org', emailVerified: false });
    sso.op.add({ sub: 'trudy', email: 'trudy@elsewhere.example' });
    sso.op.add({ sub: 'oscar', email: 'boss@example.org' });
    await invite(sso.product, { email: 'boss@example.org', name: 'Boss', role: 'owner' });
    for (const sub of ['mallory', 'trudy', 'oscar']) {
      const browser = sso.product.visitor();
      const seen = await sso.signIn(browser, sub);
      assert.equal(seen.status, 422, `${sub}: ${told(seen)}`);
      assert.equal(sessionOf(browser), undefined, sub);
    }
    // Linked by hand, with amr that says mfa: the provider's word does not count here, as nobody said so.
    const admin = await invite(sso.product, { email: 'adam@example.org', name: 'Adam', role: 'administrator' });
    sso.op.add({ sub: 'adam', email: 'adam@example.org', amr: ['pwd', 'mfa'] });
    const browser = sso.product.visitor();
    const asked = await sso.signIn(browser, 'adam');
    assert.equal(asked.url.pathname, '/.sallyport/sign-in/code', told(asked));
    assert.equal(sessionOf(browser), undefined);
    // Disabled here, the provider's word is worth nothing.
    await operator('users.update', { params: { id: admin.id }, body: { disabled: true } });
    assert.equal((await sso.signIn(sso.product.visitor(), 'adam')).status, 422);
  });

  it('of a person end together when they are disabled, at the next request', async () => {
    const browsers = [sso.product.visitor(), sso.product.visitor()];
    for (const browser of browsers) await signIn(browser);
    for (const browser of browsers) assert.equal(await me(browser), 200);
    await sso.product.sallyport.operator('users.update', { params: { id: mia.id }, body: { disabled: true } });
    for (const browser of [...browsers, mia.visitor]) {
      assert.equal(await me(browser), 401);
      const at = await browser.send(`${site.address}/x`, { headers: { accept: 'application/json' } });
      assert.equal(at.status, 401, told(at));
    }
  });
});
