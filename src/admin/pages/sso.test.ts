import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operatorPrincipal } from '../../core/events.ts';
import { Secret } from '../../core/secret.ts';
import type { ExternalIdentity, IdentityDeps } from '../../identity/identity.ts';
import type { Browser, Gate, Seen } from '../admin.fixture.ts';
import { createBrowser, openGate } from '../admin.fixture.ts';

const op = operatorPrincipal;
const origin = 'https://gate.test:8443';
const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

function ada(patch: Partial<ExternalIdentity> = {}): ExternalIdentity {
  return {
    ...{ subject: 's-ada', email: 'ada@example.org', isEmailVerified: true, name: 'Ada', groups: ['ops'] },
    ...{ isMfa: false, authenticatedAt: Date.now(), upstreamSession: 'sid', keepsake: new Secret('keep') },
    ...patch,
  };
}

/** Providers that vouch for whomever the test says. */
function fakes(said: { identity: ExternalIdentity }): NonNullable<IdentityDeps['protocols']> {
  return {
    createSamlKeys: async () => new Secret('{}'),
    createRelyingParty: () => ({
      begin: async ({ state, isForced }) => ({
        dispatch: { kind: 'redirect', url: `https://idp.test/authorize?state=${state}&forced=${isForced}` },
        kept: new Secret('kept'),
      }),
      finish: async ({ url }) =>
        url.searchParams.get('code') === 'good'
          ? { kind: 'identity', identity: said.identity }
          : { kind: 'refused', refusal: { reason: 'denied', detail: 'secret detail' } },
      refresh: async () => null,
      logoutUrl: async (_, { returnTo }) => `https://idp.test/end?to=${encodeURIComponent(returnTo)}`,
      readLogoutToken: async token => JSON.parse(token),
      probe: async () => [],
    }),
    createSamlPartner: () => ({
      begin: async ({ relayState }) => ({
        dispatch: {
          kind: 'post',
          url: 'https://saml.test/sso',
          fields: { SAMLRequest: 'req"', RelayState: relayState },
        },
        requestId: 'r1',
      }),
      finish: async ({ response, requestId }) =>
        response === 'good' && requestId === 'r1'
          ? { kind: 'identity', identity: said.identity, assertionId: 'a1', expiresAt: Date.now() }
          : { kind: 'refused', refusal: { reason: 'invalid', detail: '' } },
      inResponseTo: () => null,
      metadata: () => '<EntityDescriptor/>',
      beginLogout: async () => null,
      readLogout: async () => ({ kind: 'response', inResponseTo: 'l1', isDone: true }),
      probe: async () => [],
    }),
  };
}

async function withGate(
  use: (gate: Gate, browser: Browser, said: { identity: ExternalIdentity }) => Promise<void>,
): Promise<void> {
  const said = { identity: ada() };
  await using gate = await openGate({ protocols: fakes(said) });
  await gate.addPerson('owner@example.org', 'owner');
  const common = {
    enabled: true,
    domains: ['example.org'],
    createsAccounts: true,
    trustsMfa: false,
    sessionHoursMax: null,
  };
  const { signOn } = gate.identity;
  const oidc = { issuer: 'https://idp.test', clientId: 'gate' };
  const saml = { entityId: 'urn:idp', ssoUrl: 'https://saml.test/sso', certificates: [pem] };
  // Defaults are filled in by the schema behind the door.
  await signOn.create(op, { ...common, kind: 'oidc', name: 'Login', settings: oidc } as never, new Secret('s'));
  await signOn.create(op, { ...common, kind: 'saml', name: 'Campus', settings: saml } as never);
  await use(gate, createBrowser(gate), said);
}

const sso = `${origin}/.sallyport/sso`;
const stateOf = (seen: Seen) => new URL(seen.headers.get('location') ?? '').searchParams.get('state') ?? '';

async function signIn(browser: Browser, query = ''): Promise<Seen> {
  const out = await browser.send(`${sso}/login/start${query}`);
  assert.equal(out.status, 303, out.text);
  return browser.send(`${sso}/login/callback?code=good&state=${stateOf(out)}`);
}

const post = (browser: Browser, url: string, fields: Record<string, string>) =>
  browser.send(url, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: { origin: 'https://saml.test', 'sec-fetch-site': 'cross-site' },
  });

describe('the sign-in page with providers', () => {
  it('offers them before the password, and leads on where one was going', async () => {
    await withGate(async (_, browser) => {
      const target = encodeURIComponent(`${origin}/.sallyport/portal/people`);
      const page = await browser.open(`${origin}/.sallyport/sign-in?return_to=${target}`);
      assert.ok(page.text.indexOf('Continue with Campus') < page.text.indexOf('type="password"'));
      assert.match(page.text, /sso\/login\/start\?return_to=/);
      const back = await signIn(browser, `?return_to=${target}`);
      assert.equal(back.headers.get('location'), `${origin}/.sallyport/portal/people`);
      assert.ok(browser.cookie('gate.test', '__Host-sallyport'));
    });
  });

  it('leads nowhere that is not ours', async () => {
    await withGate(async (_, browser) => {
      for (const bad of ['https://evil.test/', '//evil.test', '/\\evil.test', 'javascript:alert(1)']) {
        const back = await signIn(browser, `?return_to=${encodeURIComponent(bad)}`);
        assert.equal(back.headers.get('location'), '/.sallyport/portal/', bad);
      }
    });
  });
});

describe('the way back from a provider', () => {
  it('signs nobody in who did not set out here: no login CSRF', async () => {
    await withGate(async (gate, browser) => {
      const attacker = createBrowser(gate);
      const out = await attacker.send(`${sso}/login/start`);
      const seen = await browser.send(`${sso}/login/callback?code=good&state=${stateOf(out)}`);
      assert.equal(seen.status, 422);
      assert.match(seen.text, /not accepted/);
      assert.equal(browser.cookie('gate.test', '__Host-sallyport'), undefined);
    });
  });

  it('looks the same whatever was wrong, and names a reference', async () => {
    await withGate(async (_, browser, said) => {
      const out = await browser.send(`${sso}/login/start`);
      const denied = await browser.send(`${sso}/login/callback?code=bad&state=${stateOf(out)}`);
      said.identity = ada({ email: 'ada@other.org' });
      const foreign = await signIn(browser);
      const strip = (seen: Seen) => [seen.status, seen.text.replaceAll(/value="[^"]*"/g, '')];
      assert.deepEqual(strip(denied), strip(foreign));
      assert.ok(!denied.text.includes('secret detail'));
      assert.match(denied.text, /reference r-1/);
    });
  });

  it('finishes in both of two windows', async () => {
    await withGate(async (_, browser) => {
      const [one, two] = [await browser.send(`${sso}/login/start`), await browser.send(`${sso}/login/start`)];
      for (const out of [one, two]) {
        const back = await browser.send(`${sso}/login/callback?code=good&state=${stateOf(out)}`);
        assert.equal(back.status, 303);
      }
    });
  });

  it('takes a SAML answer posted by the provider’s page, by a cookie good for nothing else', async () => {
    await withGate(async (_, browser) => {
      const out = await browser.send(`${sso}/campus/start`);
      assert.equal(out.status, 200);
      assert.match(out.headers.get('content-security-policy') ?? '', /form-action 'self' https:\/\/saml\.test https:;/);
      assert.match(out.headers.get('content-security-policy') ?? '', /script-src 'self'$/);
      assert.match(out.text, /name="SAMLRequest" value="req&quot;"/);
      assert.match(out.text, /<button>Continue<\/button>/);
      assert.match(
        out.headers.getSetCookie()[0] ?? '',
        /^__Host-sallyport-saml=.*; Secure; HttpOnly; SameSite=None; Max-Age=600$/,
      );
      const state = /name="RelayState" value="([^"]+)"/.exec(out.text)?.[1] ?? '';
      const stranger = await post(browser, `${sso}/campus/acs`, { SAMLResponse: 'good', RelayState: 'x'.repeat(43) });
      assert.equal(stranger.status, 422);
      const back = await post(browser, `${sso}/campus/acs`, { SAMLResponse: 'good', RelayState: state });
      assert.equal(back.status, 303);
      const session = back.headers.getSetCookie().find(line => line.startsWith('__Host-sallyport='));
      assert.match(session ?? '', /SameSite=Lax/);
    });
  });

  it('refuses posts that are no form, say a thing twice, or are too long', async () => {
    await withGate(async (_, browser) => {
      const url = `${sso}/campus/acs`;
      const send = (body: string, type = 'application/x-www-form-urlencoded') =>
        browser.send(url, { method: 'POST', body, headers: { 'content-type': type } });
      assert.equal((await send('{}', 'application/json')).status, 400);
      assert.equal((await send('SAMLResponse=a&SAMLResponse=b')).status, 400);
      assert.equal((await send('RelayState=a')).status, 400);
      assert.equal((await send(`SAMLResponse=${'a'.repeat(600_000)}`)).status, 413);
      assert.equal((await browser.send(`${sso}/nowhere/start`)).status, 404);
      assert.equal((await browser.send(`${sso}/login/start?purpose=become_owner`)).status, 400);
    });
  });
});

describe('a test from the portal', () => {
  it('is for who manages settings, shows what came, and signs nobody in', async () => {
    await withGate(async (gate, browser) => {
      const start = `${sso}/login/start?purpose=test`;
      assert.match((await browser.send(start)).headers.get('location') ?? '', /sign-in/);
      const member = await gate.addPerson('member@example.org', 'member');
      browser.setCookie('gate.test', '__Host-sallyport', (await gate.openSession(member)).token);
      assert.equal((await browser.send(start)).status, 403);
      const owner = await gate.identity.findUserByEmail('owner@example.org');
      assert.ok(owner);
      const { token } = await gate.openSession(owner);
      browser.setCookie('gate.test', '__Host-sallyport', token);
      const out = await browser.send(start);
      const page = await browser.send(`${sso}/login/callback?code=good&state=${stateOf(out)}`);
      assert.match(page.text, /This was a test/);
      assert.match(page.text, /gets a new account/);
      assert.equal(browser.cookie('gate.test', '__Host-sallyport'), token);
      assert.equal(await gate.identity.findUserByEmail('ada@example.org'), undefined);
    });
  });
});

describe('a fresh proof without a password here', () => {
  it('is given at the provider, and renews the session', async () => {
    await withGate(async (gate, browser, said) => {
      await signIn(browser);
      const before = browser.cookie('gate.test', '__Host-sallyport');
      const page = await browser.open(`${origin}/.sallyport/reauthenticate`);
      assert.match(page.text, /Confirm with Login/);
      assert.ok(!page.text.includes('type="password"'));
      gate.advance(20 * 60_000);
      const out = await browser.send(`${sso}/login/start?purpose=reauthenticate`);
      assert.match(out.headers.get('location') ?? '', /forced=true/);
      said.identity = ada({ authenticatedAt: gate.now() });
      const back = await browser.send(`${sso}/login/callback?code=good&state=${stateOf(out)}`);
      assert.equal(back.status, 303, back.text);
      assert.notEqual(browser.cookie('gate.test', '__Host-sallyport'), before);
    });
  });
});

describe('signing out of a session begun at a provider', () => {
  it('ends it here and offers to end it there', async () => {
    await withGate(async (gate, browser) => {
      await signIn(browser);
      const page = await browser.submit(await browser.open(`${origin}/.sallyport/sign-out`));
      assert.match(page.text, /href="https:\/\/idp\.test\/end\?to=/);
      assert.equal(browser.cookie('gate.test', '__Host-sallyport'), undefined);
      const user = await gate.identity.findUserByEmail('ada@example.org');
      assert.deepEqual(await gate.identity.listSessions({ userId: user?.id ?? '' }), []);
    });
  });

  it('ends by a back-channel token, and answers as the standard says', async () => {
    await withGate(async (gate, browser) => {
      await signIn(browser);
      const token = JSON.stringify({ subject: 's-ada', session: 'sid', id: 'j', expiresAt: Date.now() });
      const done = await post(browser, `${sso}/login/logout`, { logout_token: token });
      assert.deepEqual([done.status, done.headers.get('cache-control')], [200, 'no-store']);
      const again = await post(browser, `${sso}/login/logout`, { logout_token: token });
      assert.deepEqual([again.status, again.text], [400, '{"error":"invalid_request"}']);
      const user = await gate.identity.findUserByEmail('ada@example.org');
      assert.deepEqual(await gate.identity.listSessions({ userId: user?.id ?? '' }), []);
    });
  });

  it('shows SAML metadata, and goes home after a single logout', async () => {
    await withGate(async (_, browser) => {
      const metadata = await browser.send(`${sso}/campus/metadata`);
      assert.match(metadata.headers.get('content-type') ?? '', /^application\/samlmetadata\+xml/);
      const done = await browser.send(`${sso}/campus/slo?SAMLResponse=x`);
      assert.equal(done.headers.get('location'), '/.sallyport/signed-out');
    });
  });
});
