import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operatorPrincipal } from '../../core/events.ts';
import type { UserRole } from '../../identity/identity.ts';
import type { Browser, Gate, Seen } from '../admin.fixture.ts';
import { createBrowser, farOrigin, nearOrigin, openGate, password, portalOrigin, siteInput } from '../admin.fixture.ts';
import { personOf } from './enter.ts';

async function openWithSite(site: 'near' | 'far') {
  const gate = await openGate();
  const project = await gate.access.createProject(operatorPrincipal, { name: 'P' });
  const more = site === 'far' ? { hosts: ['flows.test'], port: null } : {};
  const record = await gate.sites.create(operatorPrincipal, siteInput(site, project.id, more));
  return { gate, project, site: record };
}

async function signedIn(gate: Gate, role: UserRole, email = 'ada@example.org'): Promise<Browser> {
  await gate.addPerson(email, role);
  const browser = createBrowser(gate);
  await browser.submit(await browser.open(`${portalOrigin}/.sallyport/sign-in`), { email, password });
  return browser;
}

describe('the hand-over of a session to another host', () => {
  it('carries a person from a site through sign-in back to the page they wanted', async () => {
    const { gate } = await openWithSite('far');
    await using _ = gate;
    await gate.addPerson('ada@example.org', 'owner');
    const browser = createBrowser(gate);
    const wanted = `${farOrigin}/workflow/1?a=b`;
    const page = await browser.open(`${portalOrigin}/.sallyport/sign-in?return_to=${encodeURIComponent(wanted)}`);
    const done = await browser.submit(page, { email: 'ada@example.org', password });
    assert.equal(done.url.href, wanted);
    const far = browser.cookie('flows.test', '__Host-sallyport');
    assert.ok(far);
    assert.notEqual(far, browser.cookie('gate.test', '__Host-sallyport'));
    assert.equal(browser.cookie('flows.test', '__Host-sallyport-handoff'), undefined);
  });

  it('ends on every host when the person signs out on one, so that nobody is signed straight in again', async () => {
    const { gate } = await openWithSite('far');
    await using _ = gate;
    const browser = await signedIn(gate, 'owner');
    await browser.open(`${farOrigin}/.sallyport/handoff?return_to=/`);
    assert.ok(browser.cookie('flows.test', '__Host-sallyport'));
    const page = await browser.open(`${farOrigin}/.sallyport/sign-out`);
    const done = await browser.submit(page);
    assert.equal(done.url.href, `${portalOrigin}/.sallyport/signed-out`);
    assert.deepEqual(await gate.identity.listSessions({}), []);
    const again = await browser.open(`${portalOrigin}/.sallyport/sign-in?return_to=${encodeURIComponent(farOrigin)}`);
    assert.match(again.text, /current-password/);
  });

  it('is worth nothing in another browser, twice, or on another host', async () => {
    const { gate } = await openWithSite('far');
    await using _ = gate;
    const eve = await signedIn(gate, 'member', 'eve@example.org');
    const start = await eve.send(`${farOrigin}/.sallyport/handoff?return_to=/`);
    const issued = await eve.send(start.headers.get('location') ?? '');
    const back = issued.headers.get('location') ?? '';
    assert.match(back, /^https:\/\/flows\.test\/\.sallyport\/handoff\?code=/);
    assert.equal(issued.headers.get('referrer-policy'), 'no-referrer');
    const victim = createBrowser(gate);
    await victim.send(`${farOrigin}/.sallyport/handoff?return_to=/`);
    const planted = await victim.send(back);
    assert.equal(planted.status, 400);
    assert.equal(victim.cookie('flows.test', '__Host-sallyport'), undefined);
    const first = await eve.send(back);
    assert.equal(first.status, 303);
    const again = await eve.send(back);
    assert.equal(again.status, 400);
  });

  it('never leads off the site', async () => {
    const { gate } = await openWithSite('far');
    await using _ = gate;
    const browser = createBrowser(gate);
    for (const evil of ['https://evil.test/', '//evil.test/', '/\\evil.test', 'javascript:alert(1)']) {
      const seen = await browser.send(`${farOrigin}/.sallyport/handoff?return_to=${encodeURIComponent(evil)}`);
      const next = new URL(seen.headers.get('location') ?? '');
      assert.equal(next.origin, portalOrigin);
      assert.equal(next.searchParams.get('return_to'), `${farOrigin}/`);
    }
    const broken = await browser.send(
      `${portalOrigin}/.sallyport/handoff?return_to=https://evil.test/&state=${'a'.repeat(43)}`,
    );
    assert.equal(broken.status, 400);
  });

  it('does not happen where the cookie of the same host serves already', async () => {
    const { gate } = await openWithSite('near');
    await using _ = gate;
    const browser = await signedIn(gate, 'owner');
    const seen = await browser.open(
      `${portalOrigin}/.sallyport/sign-in?return_to=${encodeURIComponent(`${nearOrigin}/x`)}`,
    );
    assert.equal(seen.url.href, `${nearOrigin}/x`);
    assert.ok(!browser.visited.some(url => url.includes('/handoff')));
  });
});

describe('entering a platform', () => {
  const enterUrl = `${nearOrigin}/.sallyport/enter?return_to=/workflow/1`;

  it('gets the platform session and goes on', async () => {
    const { gate } = await openWithSite('near');
    await using _ = gate;
    const browser = await signedIn(gate, 'owner');
    const seen = await browser.open(enterUrl);
    assert.equal(seen.url.href, `${nearOrigin}/workflow/1`);
    assert.deepEqual(gate.entered, ['near|ada@example.org']);
  });

  it('sends who is not signed in to sign in, and back', async () => {
    const { gate } = await openWithSite('near');
    await using _ = gate;
    const seen = await createBrowser(gate).send(enterUrl);
    const next = new URL(seen.headers.get('location') ?? '');
    assert.equal(`${next.origin}${next.pathname}`, `${portalOrigin}/.sallyport/sign-in`);
    assert.equal(next.searchParams.get('return_to'), `${nearOrigin}/workflow/1`);
  });

  it('makes no account for a person without a role there', async () => {
    const { gate, project } = await openWithSite('near');
    await using _ = gate;
    const browser = await signedIn(gate, 'member');
    const seen = await browser.open(enterUrl);
    assert.equal(seen.status, 403);
    assert.match(seen.text, /No access to near/);
    assert.deepEqual(gate.entered, []);
    const user = await gate.identity.findUserByEmail('ada@example.org');
    assert.ok(user);
    await gate.access.setMember(operatorPrincipal, { projectId: project.id, userId: user.id, role: 'viewer' });
    assert.equal((await browser.open(enterUrl)).url.href, `${nearOrigin}/workflow/1`);
  });

  it('tells an Owner what to do about a platform that was claimed before, and others whom to ask', async () => {
    const { gate, project } = await openWithSite('near');
    await using _ = gate;
    gate.platform = 'platforms.setup_needed';
    const owner = await signedIn(gate, 'owner');
    const forOwner = await owner.open(enterUrl);
    assert.equal(forOwner.status, 409);
    assert.match(forOwner.text, /href="https:\/\/gate\.test:8443\/\.sallyport\/platform-account\?/);
    const viewer = await signedIn(gate, 'member', 'vi@example.org');
    const user = await gate.identity.findUserByEmail('vi@example.org');
    await gate.access.setMember(operatorPrincipal, { projectId: project.id, userId: user?.id ?? '', role: 'viewer' });
    const forViewer = await viewer.open(enterUrl);
    assert.equal(forViewer.status, 409);
    assert.doesNotMatch(forViewer.text, /platform-account/);
    assert.match(forViewer.text, /An Owner of Sallyport does this once/);
  });

  it('offers to try again when the platform is away or refuses, and shows nothing of it', async () => {
    const { gate } = await openWithSite('near');
    await using _ = gate;
    const browser = await signedIn(gate, 'owner');
    for (const platform of ['platforms.unreachable', 'platforms.refused'] as const) {
      gate.platform = platform;
      const seen = await browser.open(enterUrl);
      assert.equal(seen.status, 502);
      assert.match(seen.text, /href="\/\.sallyport\/enter\?return_to=%2Fworkflow%2F1"/);
      assert.doesNotMatch(seen.text, /10\.0\.0\.5|secret-detail/);
    }
  });

  it('ends a circle when the platform does not keep the sign-in', async () => {
    const { gate } = await openWithSite('near');
    await using _ = gate;
    const browser = await signedIn(gate, 'owner');
    let last: Seen | undefined;
    for (let times = 0; times < 9; times++) last = await browser.send(enterUrl);
    assert.equal(last?.status, 429);
    assert.match(last?.text ?? '', /admin\.too_many_requests/);
  });

  it('gives platforms two names', () => {
    const names = (name: string) => Object.values(personOf({ email: 'e', name }));
    assert.deepEqual(names('Ada King Byron'), ['e', 'Ada King', 'Byron']);
    assert.deepEqual(names(' Ada '), ['e', 'Ada', 'Ada']);
  });
});

describe('giving the platform’s owner account', () => {
  const query = (siteId: string) => new URLSearchParams({ site: siteId, return_to: `${nearOrigin}/` }).toString();

  it('needs the permission and a fresh proof, then proves the account and goes on', async () => {
    const { gate, site } = await openWithSite('near');
    await using _ = gate;
    const browser = await signedIn(gate, 'administrator');
    const url = `${portalOrigin}/.sallyport/platform-account?${query(site.id)}`;
    gate.advance(16 * 60_000);
    const asked = await browser.open(url);
    assert.equal(asked.url.pathname, '/.sallyport/reauthenticate');
    const before = browser.cookie('gate.test', '__Host-sallyport');
    const wrong = await browser.submit(asked, { password: 'not it at all' });
    assert.equal(wrong.status, 422);
    const form = await browser.submit(wrong, { password });
    assert.equal(form.url.pathname, '/.sallyport/platform-account');
    assert.notEqual(browser.cookie('gate.test', '__Host-sallyport'), before);
    const refused = await browser.submit(form, { email: 'root@n8n.test', password: 'wrong-one' });
    assert.equal(refused.status, 422);
    assert.doesNotMatch(refused.text, /secret-detail|wrong-one/);
    const done = await browser.submit(refused, { email: 'root@n8n.test', password: 'right' });
    assert.equal(done.url.href, `${nearOrigin}/`);
  });

  it('is refused to who does not manage sites', async () => {
    const { gate, site } = await openWithSite('near');
    await using _ = gate;
    const browser = await signedIn(gate, 'member');
    const seen = await browser.open(`${portalOrigin}/.sallyport/platform-account?${query(site.id)}`);
    assert.equal(seen.status, 403);
    assert.match(seen.text, /access\.denied/);
  });
});

describe('pages about errors', () => {
  it('list every code, and answer unknown addresses by what was asked for', async () => {
    const { gate } = await openWithSite('near');
    await using _ = gate;
    const browser = createBrowser(gate);
    const list = await browser.open(`${portalOrigin}/.sallyport/errors`);
    assert.match(list.text, /id="identity\.link_invalid"/);
    const page = await browser.send(`${portalOrigin}/nothing`);
    assert.equal(page.status, 404);
    assert.match(page.text, /<code>r-1<\/code>/);
    const program = await browser.send(`${portalOrigin}/nothing`, { headers: { accept: '*/*' } });
    assert.equal(program.headers.get('content-type'), 'application/problem+json');
    assert.equal((JSON.parse(program.text) as { code: string }).code, 'admin.not_found');
  });

  it('serve style and icon under a name of their content, for ever', async () => {
    const { gate } = await openWithSite('near');
    await using _ = gate;
    const browser = createBrowser(gate);
    const { text } = await browser.open(`${portalOrigin}/.sallyport/errors`);
    const style = /href="(\/\.sallyport\/assets\/gate-[\w-]{12}\.css)"/.exec(text)?.[1] ?? '';
    for (const origin of [portalOrigin, nearOrigin]) {
      const seen = await browser.send(`${origin}${style}`);
      assert.equal(seen.status, 200);
      assert.match(seen.headers.get('cache-control') ?? '', /immutable/);
      assert.equal(seen.headers.get('content-type'), 'text/css; charset=utf-8');
    }
    assert.equal((await browser.send(`${portalOrigin}/.sallyport/assets/..%2fpages%2flink.ts`)).status, 404);
  });
});
