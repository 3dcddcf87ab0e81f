import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operatorPrincipal } from '../../core/events.ts';
import { Secret } from '../../core/secret.ts';
import type { Browser, Gate, Seen } from '../admin.fixture.ts';
import {
  createBrowser,
  farOrigin,
  nearOrigin,
  openGate,
  password,
  portalOrigin,
  siteInput,
  totpCode,
} from '../admin.fixture.ts';
import { rates } from '../bounds.ts';

const signInUrl = `${portalOrigin}/.sallyport/sign-in`;
const host = 'gate.test';

async function signIn(browser: Browser, email: string): Promise<Seen> {
  return browser.submit(await browser.open(signInUrl), { email, password });
}

function cookieLine(seen: Seen, name: string): string | undefined {
  return seen.headers.getSetCookie().find(line => line.startsWith(`${name}=`));
}

/** Sets up an Owner through the one-time link, as a person does, and returns what the browser saw on the way. */
async function setUpOwner(gate: Gate, browser: Browser) {
  const { token } = await gate.identity.issueLink(operatorPrincipal, { purpose: 'first_owner' });
  const form = await browser.open(`${portalOrigin}/.sallyport/link?token=${token.reveal()}`);
  const enrolment = await browser.submit(form, {
    email: 'ada@example.org',
    name: 'Ada Byron',
    password,
    again: password,
  });
  const secret = /<code class="secret">([A-Z2-7 ]+)<\/code>/.exec(enrolment.text)?.[1] ?? '';
  const codes = await browser.submit(enrolment, { code: totpCode(secret, gate.now()) });
  return { token: token.reveal(), form, enrolment, secret, codes };
}

/** The one script a page may have is a file of the gate's own. */
const withoutOwnScript = (text: string): string =>
  text.replace(/<script src="\/\.sallyport\/assets\/passkey-[\w-]{12}\.js" defer><\/script>/, '');

describe('signing in', () => {
  it('takes a first Owner from the link through the authenticator app to the portal, without a script', async () => {
    await using gate = await openGate({ mfaCompulsoryFor: ['owner'] });
    const browser = createBrowser(gate);
    const { form, enrolment, codes } = await setUpOwner(gate, browser);
    assert.match(form.text, /Create the first Owner/);
    assert.match(enrolment.text, /<svg class="qr"/);
    assert.equal(codes.status, 200);
    assert.equal([...codes.text.matchAll(/<li>[0-9a-z-]{27}<\/li>/g)].length, 10);
    for (const page of [form, enrolment, codes])
      assert.doesNotMatch(withoutOwnScript(page.text), /<script|style=|\son\w+=/i);
    const portal = await browser.open(`${portalOrigin}/`);
    assert.equal(portal.url.pathname, '/.sallyport/portal/');
    assert.match(portal.text, /The portal is not built/);
  });

  it('asks for the code, refuses a wrong one, and takes a recovery code once', async () => {
    await using gate = await openGate({ mfaCompulsoryFor: ['owner'] });
    const { secret, codes } = await setUpOwner(gate, createBrowser(gate));
    const recovery = /<li>([0-9a-z-]{27})<\/li>/.exec(codes.text)?.[1] ?? '';
    const browser = createBrowser(gate);
    const asked = await signIn(browser, 'ada@example.org');
    assert.equal(asked.url.pathname, '/.sallyport/sign-in/code');
    assert.equal(browser.cookie(host, '__Host-sallyport'), undefined);
    const wrong = await browser.submit(asked, { code: '000000' });
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /role="alert"/);
    gate.advance(90_000);
    const done = await browser.submit(wrong, { code: totpCode(secret, gate.now()) });
    assert.equal(done.url.pathname, '/.sallyport/portal/');
    assert.ok(browser.cookie(host, '__Host-sallyport'));
    assert.equal(browser.cookie(host, '__Host-sallyport-pending'), undefined);
    const other = createBrowser(gate);
    const second = await other.submit(await signIn(other, 'ada@example.org'), { code: recovery });
    assert.equal(second.url.pathname, '/.sallyport/portal/');
    const third = createBrowser(gate);
    const again = await third.submit(await signIn(third, 'ada@example.org'), { code: recovery });
    assert.equal(again.status, 422);
  });

  it('sets a session cookie that only this host and no script can read, and that ends with the browser', async () => {
    await using gate = await openGate();
    await gate.addPerson('ada@example.org', 'member');
    const browser = createBrowser(gate);
    const page = await browser.open(signInUrl);
    const body = new URLSearchParams({
      email: 'ada@example.org',
      password,
      form_token: browser.cookie(host, '__Host-sallyport-form') ?? '',
    });
    const headers = { origin: portalOrigin, 'sec-fetch-site': 'same-origin' };
    const seen = await browser.send(page.url.href, { method: 'POST', body, headers });
    assert.match(
      cookieLine(seen, '__Host-sallyport') ?? '',
      /^__Host-sallyport=[\w.-]{43,}; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
    );
  });

  it('gives a new session at every sign-in and ends the one the browser had: none can be planted', async () => {
    await using gate = await openGate();
    await gate.addPerson('ada@example.org', 'member');
    await gate.addPerson('eve@example.org', 'member');
    const eve = createBrowser(gate);
    await signIn(eve, 'eve@example.org');
    const planted = eve.cookie(host, '__Host-sallyport') ?? '';
    const ada = createBrowser(gate);
    ada.setCookie(host, '__Host-sallyport', planted);
    ada.setCookie(host, '__Host-sallyport-form', 'x'.repeat(43));
    const body = new URLSearchParams({ email: 'ada@example.org', password, form_token: 'x'.repeat(43) });
    const headers = { origin: portalOrigin, 'sec-fetch-site': 'same-origin' };
    const seen = await ada.send(signInUrl, { method: 'POST', body, headers });
    assert.equal(seen.status, 303);
    assert.notEqual(ada.cookie(host, '__Host-sallyport'), planted);
    assert.equal(await gate.identity.findSession(new Secret(planted), host), undefined);
  });

  it('answers unknown people and wrong passwords with the same page, status and headers', async () => {
    await using gate = await openGate();
    await gate.addPerson('ada@example.org', 'member');
    const seen: Seen[] = [];
    for (const email of ['ada@example.org', 'bob@example.org']) {
      const browser = createBrowser(gate);
      const page = await browser.open(signInUrl);
      seen.push(await browser.submit(page, { email, password: 'wrong horse battery' }));
    }
    const [known, unknown] = seen.map(({ status, headers, text }) => ({
      status,
      headers: [...headers].filter(([name]) => name !== 'set-cookie'),
      text: text.replace(/(ada|bob)@example\.org/g, 'X').replace(/name="form_token" value="[^"]+"/g, ''),
    }));
    assert.deepEqual(known, unknown);
    assert.equal(known?.status, 422);
  });

  it('tells everybody alike to wait after too many attempts', async () => {
    await using gate = await openGate();
    await gate.addPerson('ada@example.org', 'member');
    for (const email of ['ada@example.org', 'bob@example.org']) {
      const browser = createBrowser(gate);
      let page = await browser.open(signInUrl);
      for (let attempt = 0; attempt < 8; attempt++) page = await browser.submit(page, { email, password: 'no' });
      assert.equal(page.status, 429, email);
      assert.match(page.headers.get('retry-after') ?? '', /^\d+$/);
      assert.match(page.text, /Too many attempts/);
    }
  });

  it('refuses a form that another page sent, so that nobody is signed in to an account of somebody else', async () => {
    await using gate = await openGate();
    await gate.addPerson('eve@example.org', 'member');
    const fields = { email: 'eve@example.org', password };
    const good = { origin: portalOrigin, 'sec-fetch-site': 'same-origin' };
    const cases: readonly (readonly [string, Record<string, string>, boolean])[] = [
      ['another site', { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' }, true],
      ['a site behind the gate on the same host', { origin: nearOrigin, 'sec-fetch-site': 'same-site' }, true],
      ['an opaque origin', { origin: 'null', 'sec-fetch-site': 'cross-site' }, true],
      ['origin of another, site forged', { origin: 'https://evil.test', 'sec-fetch-site': 'same-origin' }, true],
      ['neither header', {}, true],
      ['no form token', good, false],
    ];
    for (const [name, headers, withToken] of cases) {
      const browser = createBrowser(gate);
      await browser.open(signInUrl);
      const token = withToken ? (browser.cookie(host, '__Host-sallyport-form') ?? '') : 'y'.repeat(43);
      const body = new URLSearchParams({ ...fields, form_token: token });
      const seen = await browser.send(signInUrl, { method: 'POST', body, headers });
      assert.equal(seen.status, 403, name);
      assert.equal(browser.cookie(host, '__Host-sallyport'), undefined, name);
      assert.match(seen.text, /admin\.csrf/, name);
    }
  });

  it('sends on only to itself and its sites', async () => {
    await using gate = await openGate();
    await gate.addPerson('ada@example.org', 'member');
    const project = await gate.access.createProject(operatorPrincipal, { name: 'P' });
    await gate.sites.create(operatorPrincipal, siteInput('near', project.id));
    const outcomes: readonly (readonly [string, string])[] = [
      [`${nearOrigin}/workflow/1?x=y`, `${nearOrigin}/workflow/1?x=y`],
      ['/.sallyport/portal/people', `${portalOrigin}/.sallyport/portal/people`],
      ['https://evil.test/', `${portalOrigin}/.sallyport/portal/`],
      ['//evil.test/', `${portalOrigin}/.sallyport/portal/`],
      ['/\\evil.test', `${portalOrigin}/.sallyport/portal/`],
      ['https://gate.test:9999/', `${portalOrigin}/.sallyport/portal/`],
    ];
    for (const [wanted, arrived] of outcomes) {
      const browser = createBrowser(gate);
      const query = new URLSearchParams({ return_to: wanted });
      const done = await browser.submit(await browser.open(`${signInUrl}?${query.toString()}`), {
        email: 'ada@example.org',
        password,
      });
      assert.equal(done.url.href, arrived, wanted);
      assert.ok(!browser.visited.some(url => new URL(url).host === 'evil.test'));
    }
  });

  it('lets the form lead on to the site in the policy of its page, and to nowhere else', async () => {
    await using gate = await openGate();
    await gate.sites.create(operatorPrincipal, siteInput('near', 'p'));
    const toward = await createBrowser(gate).open(`${signInUrl}?return_to=${encodeURIComponent(`${nearOrigin}/x`)}`);
    assert.match(toward.headers.get('content-security-policy') ?? '', /form-action 'self' https:\/\/gate\.test:8444;/);
    assert.match(toward.text, /go on to <strong>near<\/strong>/);
    const plain = await createBrowser(gate).open(`${signInUrl}?return_to=https://evil.test/`);
    assert.match(plain.headers.get('content-security-policy') ?? '', /form-action 'self';/);
    assert.match(plain.headers.get('content-security-policy') ?? '', /^default-src 'none'; style-src 'self';/);
    assert.match(plain.headers.get('content-security-policy') ?? '', /; script-src 'self'; connect-src 'self'$/);
    assert.equal(plain.headers.get('cache-control'), 'no-store');
    assert.equal(plain.headers.get('x-content-type-options'), 'nosniff');
  });

  it('prints names and addresses as text wherever they come from', async () => {
    await using gate = await openGate();
    const evil = '"><script>alert(1)</script>';
    const browser = createBrowser(gate);
    const refused = await browser.submit(await browser.open(signInUrl), { email: evil, password: 'x' });
    assert.doesNotMatch(withoutOwnScript(refused.text), /<script/);
    assert.match(refused.text, /&quot;&gt;&lt;script&gt;/);
    const reflected = await browser.open(
      `${signInUrl}?notice=${encodeURIComponent(evil)}&return_to=${encodeURIComponent(evil)}`,
    );
    assert.doesNotMatch(reflected.text, /alert\(1\)/);
    await gate.sites.create(operatorPrincipal, siteInput('near', 'p', { name: '<img src=x>' }));
    const named = await browser.open(`${signInUrl}?return_to=${encodeURIComponent(`${nearOrigin}/"><script>`)}`);
    assert.doesNotMatch(withoutOwnScript(named.text), /<img src=x|<script/);
  });

  it('counts forms per network and refuses beyond', async () => {
    await using gate = await openGate();
    const browser = createBrowser(gate);
    const page = await browser.open(`${portalOrigin}/.sallyport/link?token=${'a'.repeat(43)}`);
    assert.equal(page.status, 410);
    const body = () => new URLSearchParams({ form_token: 'z'.repeat(43) });
    const headers = { origin: portalOrigin, 'sec-fetch-site': 'same-origin' };
    const statuses = new Map<number, number>();
    for (let count = 0; count < rates.forms.max + 5; count++) {
      const { status } = await browser.send(`${portalOrigin}/.sallyport/link`, {
        method: 'POST',
        body: body(),
        headers,
      });
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    assert.deepEqual(
      [...statuses],
      [
        [403, rates.forms.max],
        [429, 5],
      ],
    );
  });
});

describe('a one-time link', () => {
  it('leaves the address at once and is not in any page, address or referrer after', async () => {
    await using gate = await openGate({ mfaCompulsoryFor: ['owner'] });
    const browser = createBrowser(gate);
    const { token } = await gate.identity.issueLink(operatorPrincipal, { purpose: 'first_owner' });
    const first = await browser.send(`${portalOrigin}/.sallyport/link?token=${token.reveal()}`);
    assert.equal(first.status, 303);
    assert.equal(first.headers.get('location'), '/.sallyport/link');
    assert.equal(first.headers.get('referrer-policy'), 'no-referrer');
    const form = await browser.open(`${portalOrigin}/.sallyport/link`);
    assert.match(form.text, /Create the first Owner/);
    assert.ok(!form.text.includes(token.reveal()));
    assert.ok(!browser.visited.slice(1).some(url => url.includes(token.reveal())));
  });

  it('shows every problem of the form at once, keeps what was typed but no password, and stays usable', async () => {
    await using gate = await openGate({ mfaCompulsoryFor: ['owner'] });
    const browser = createBrowser(gate);
    const { token } = await gate.identity.issueLink(operatorPrincipal, { purpose: 'first_owner' });
    const form = await browser.open(`${portalOrigin}/.sallyport/link?token=${token.reveal()}`);
    const wrong = await browser.submit(form, {
      email: 'not an address',
      name: '',
      password: 'typed-secret',
      again: 'other',
    });
    assert.equal(wrong.status, 422);
    for (const id of ['email', 'name', 'again']) assert.match(wrong.text, new RegExp(`href="#${id}"`));
    assert.match(wrong.text, /value="not an address"/);
    assert.ok(!wrong.text.includes('typed-secret'));
    const weak = await browser.submit(wrong, {
      email: 'ada@example.org',
      name: 'Ada',
      password: 'short',
      again: 'short',
    });
    assert.equal(weak.status, 422);
    assert.match(weak.text, /href="#password"/);
    const fine = await browser.submit(weak, { email: 'ada@example.org', name: 'Ada', password, again: password });
    assert.equal(fine.url.pathname, '/.sallyport/sign-in/enrol');
    assert.equal(browser.cookie(host, '__Host-sallyport-link'), undefined);
  });

  it('works once', async () => {
    await using gate = await openGate();
    const user = await gate.identity.createUser(operatorPrincipal, {
      email: 'a@example.org',
      name: 'A',
      role: 'member',
    });
    const { token } = await gate.identity.issueLink(operatorPrincipal, { purpose: 'invitation', userId: user.id });
    const url = `${portalOrigin}/.sallyport/link?token=${token.reveal()}`;
    const browser = createBrowser(gate);
    const done = await browser.submit(await browser.open(url), { password, again: password });
    assert.equal(done.url.pathname, '/.sallyport/portal/');
    const again = await createBrowser(gate).open(url);
    assert.equal(again.status, 410);
    assert.match(again.text, /cannot be used/);
    assert.match(again.text, /sallyport owner-link/, 'while there is no Owner');
    await gate.addPerson('ada@example.org', 'owner');
    const later = await createBrowser(gate).open(url);
    assert.equal(later.status, 410);
    assert.doesNotMatch(later.text, /owner-link/);
    assert.match(later.text, /sallyport user link/);
  });

  it('names the length in force for this person, before and after one is refused', async () => {
    await using gate = await openGate({ mfaCompulsoryFor: ['owner'] });
    for (const [purpose, wanted] of [
      ['first_owner', 12],
      ['invitation', 15],
    ] as const) {
      const input =
        purpose === 'first_owner'
          ? { purpose }
          : {
              purpose,
              userId: (
                await gate.identity.createUser(operatorPrincipal, { email: 'm@example.org', name: 'M', role: 'member' })
              ).id,
            };
      const { token } = await gate.identity.issueLink(operatorPrincipal, input);
      const browser = createBrowser(gate);
      const form = await browser.open(`${portalOrigin}/.sallyport/link?token=${token.reveal()}`);
      const weak = await browser.submit(form, { email: 'a@example.org', name: 'A', password: 'short', again: 'short' });
      const said = (text: string) => [...text.matchAll(/(\d+) characters/g)].map(([, number]) => Number(number));
      assert.deepEqual(said(form.text), [wanted]);
      assert.deepEqual(said(weak.text), [wanted, wanted]);
    }
  });
});

describe('a gate without an Owner', () => {
  it('says on the sign-in page how to make one, until there is one', async () => {
    await using gate = await openGate();
    assert.match((await createBrowser(gate).open(signInUrl)).text, /No Owner exists yet: open the one-time link/);
    await gate.addPerson('ada@example.org', 'owner');
    assert.doesNotMatch((await createBrowser(gate).open(signInUrl)).text, /No Owner exists/);
  });
});

describe('enrolment', () => {
  it('needs a sign-in under way', async () => {
    await using gate = await openGate();
    const seen = await createBrowser(gate).open(`${portalOrigin}/.sallyport/sign-in/enrol`);
    assert.equal(seen.url.pathname, '/.sallyport/sign-in');
    const forged = createBrowser(gate);
    forged.setCookie(host, '__Host-sallyport-pending', 'q'.repeat(43));
    assert.equal((await forged.open(`${portalOrigin}/.sallyport/sign-in/enrol`)).url.pathname, '/.sallyport/sign-in');
  });

  it('keeps the same key when the first code is wrong', async () => {
    await using gate = await openGate({ mfaCompulsoryFor: ['member'] });
    const user = await gate.identity.createUser(operatorPrincipal, {
      email: 'a@example.org',
      name: 'A',
      role: 'member',
    });
    const { token } = await gate.identity.issueLink(operatorPrincipal, { purpose: 'invitation', userId: user.id });
    const browser = createBrowser(gate);
    const form = await browser.open(`${portalOrigin}/.sallyport/link?token=${token.reveal()}`);
    const enrolment = await browser.submit(form, { password, again: password });
    const keyOf = (page: Seen) => /<code class="secret">([^<]+)</.exec(page.text)?.[1];
    const wrong = await browser.submit(enrolment, { code: '000000' });
    assert.equal(wrong.status, 422);
    assert.equal(keyOf(wrong), keyOf(enrolment));
    assert.equal(browser.cookie(host, '__Host-sallyport'), undefined);
  });
});

describe('signing out', () => {
  it('changes nothing when the page is read, ends the session when the form is sent', async () => {
    await using gate = await openGate();
    const user = await gate.addPerson('ada@example.org', 'member');
    const browser = createBrowser(gate);
    await signIn(browser, 'ada@example.org');
    const token = new Secret(browser.cookie(host, '__Host-sallyport') ?? '');
    const page = await browser.open(`${portalOrigin}/.sallyport/sign-out`);
    assert.ok(await gate.identity.findSession(token, host));
    const done = await browser.submit(page);
    assert.equal(done.url.pathname, '/.sallyport/signed-out');
    assert.equal(await gate.identity.findSession(token, host), undefined);
    assert.equal(browser.cookie(host, '__Host-sallyport'), undefined);
    assert.ok(gate.entered.includes(`left|${user.id}`));
  });
});

describe('an origin that is not the portal’s', () => {
  it('leads to the portal for reading, and answers no call', async () => {
    await using gate = await openGate();
    const control = { requestId: 'r', clientIp: '127.0.0.1', origin: 'https://127.0.0.1:8443', site: undefined };
    const page = await gate.admin.handle(new Request('https://127.0.0.1:8443/.sallyport/sign-in'), control);
    assert.equal(page.headers.get('location'), signInUrl);
    const call = await gate.admin.handle(new Request('https://127.0.0.1:8443/.sallyport/api/v1/me'), control);
    assert.equal(call.status, 421);
  });

  it('has neither sign-in nor API nor portal on the hosts of sites', async () => {
    await using gate = await openGate();
    await gate.sites.create(operatorPrincipal, siteInput('far', 'p', { hosts: ['flows.test'], port: null }));
    const browser = createBrowser(gate);
    for (const path of [
      'sign-in',
      'api/v1/me',
      'api/openapi.json',
      'portal/',
      'link',
      'platform-account',
      'reauthenticate',
    ]) {
      assert.equal((await browser.send(`${farOrigin}/.sallyport/${path}`)).status, 404, path);
    }
  });
});
