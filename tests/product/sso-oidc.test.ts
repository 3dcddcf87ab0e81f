import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newDraft } from '../../portal/src/pages/sign-in/providers.ts';
import type { OidcProviderServer } from '../servers/oidc-provider.ts';
import { startOidcProvider } from '../servers/oidc-provider.ts';
import { goodPassword, invite, told } from './product.ts';
import type { SignOnHouse } from './sign-on.ts';
import {
  becomes,
  failureReasons,
  goToProvider,
  grantGroup,
  makeKey,
  openPlatform,
  openSignOnHouse,
  sendForm,
  signInByForm,
  signOutEverywhere,
  statusOf,
  whoAmI,
  workflow,
} from './sign-on.ts';
import type { Seen, Visitor } from './visitor.ts';

const refreshSeconds = 30;
const dueMs = refreshSeconds * 1200;
const clientSecret = 'the secret of the gate there';

/** A provider that knows the gate by the addresses the portal shows, and the gate that knows it by the portal's form. */
async function connect(house: SignOnHouse): Promise<{ server: OidcProviderServer; providerId: string }> {
  const base = `${house.product.portal}/.sallyport/sso/login`;
  const server = await startOidcProvider({
    caPem: house.product.ca,
    clients: [
      {
        ...{ clientId: 'gate', clientSecret, redirectUris: [`${base}/callback`] },
        postLogoutRedirectUris: [`${house.product.portal}/.sallyport/signed-out`],
        backchannelLogoutUri: `${base}/logout`,
      },
    ],
  });
  const draft = newDraft('oidc');
  assert.equal(draft.kind, 'oidc');
  const settings = {
    ...draft.settings,
    ...{ issuer: server.issuer, clientId: 'gate', allowsPrivateAddresses: true, refreshSeconds },
  };
  const made = await house.owner('providers.create', {
    body: { provider: { ...draft, name: 'Login', domains: ['example.org'], settings }, secret: clientSecret },
  });
  assert.deepEqual(made.addresses, {
    start: `${base}/start`,
    redirectUri: `${base}/callback`,
    backChannelLogout: `${base}/logout`,
    postLogoutRedirectUri: `${house.product.portal}/.sallyport/signed-out`,
  });
  return { server, providerId: made.id };
}

async function signIn(house: SignOnHouse, sub: string): Promise<{ visitor: Visitor; page: Seen }> {
  const visitor = house.product.visitor();
  const asked = await goToProvider(house.product, visitor, 'Login');
  return { visitor, page: await sendForm(visitor, asked, { login: sub }) };
}

/** The whole way of a test sign-in: a report, and nothing else. */
async function isTried(house: SignOnHouse, providerId: string): Promise<void> {
  const { ownerVisitor, product } = house;
  const probe = await house.owner('providers.probe', { params: { id: providerId }, body: {} });
  assert.ok(
    probe.steps.every(step => step.ok),
    JSON.stringify(probe.steps),
  );
  const asked = await ownerVisitor.open(`${product.portal}/.sallyport/sso/login/start?purpose=test`);
  const report = await sendForm(ownerVisitor, asked, { login: 'ada' });
  assert.match(report.text, /This was a test: nobody was signed in/, told(report));
  assert.match(report.text, /gets a new account, <strong>ada@example\.org<\/strong>/);
  assert.match(report.text, /builders/);
  assert.equal(await whoAmI(product, ownerVisitor), 'olga@example.com');
  const { users } = await product.sallyport.operator('users.list', { query: { search: 'ada@' } });
  assert.deepEqual(users, []);
  const stranger = await product.visitor().open(`${product.portal}/.sallyport/sso/login/start?purpose=test`);
  assert.equal(stranger.url.pathname, '/.sallyport/sign-in', 'a test is for who may manage settings');
}

async function worksAndFollowsGroups(house: SignOnHouse, server: OidcProviderServer): Promise<void> {
  const { at, product } = house;
  const ada = server.accounts.get('ada');
  assert.ok(ada);
  const { page, visitor } = await signIn(house, 'ada');
  assert.equal(page.url.pathname, '/.sallyport/portal/', told(page));
  await openPlatform(house, visitor);
  const key = await makeKey(house, visitor);
  const read = () => statusOf(visitor, 'GET', `${at}/rest/workflows`);
  const write = () => statusOf(visitor, 'POST', `${at}/rest/workflows`, workflow('Orders'));
  assert.deepEqual([await read(), await write(), await key()], [200, 200, 200]);
  ada.groups = [];
  house.advance(dueMs);
  await becomes(read, 403, 'out of the group');
  assert.deepEqual([await write(), await key()], [403, 403]);
  ada.groups = ['builders'];
  house.advance(dueMs);
  await becomes(read, 200, 'in the group again');

  const ended = await signOutEverywhere(product, visitor);
  const done = await sendForm(visitor, ended, { logout: 'yes' });
  assert.equal(done.url.pathname, '/.sallyport/signed-out', told(done));
  assert.equal(await read(), 401);
  const again = await goToProvider(product, visitor, 'Login');
  assert.equal(again.url.origin, server.issuer, 'signed out there too: it asks again');
}

async function isEndedFromThere(house: SignOnHouse, server: OidcProviderServer): Promise<void> {
  const { product } = house;
  const ada = server.accounts.get('ada');
  assert.ok(ada);
  const first = await signIn(house, 'ada');
  assert.equal(await whoAmI(product, first.visitor), 'ada@example.org');
  assert.ok((await server.endSessions('ada')) >= 1, 'told by back-channel logout');
  assert.equal(await whoAmI(product, first.visitor), undefined, 'at the very next request');

  const second = await signIn(house, 'ada');
  assert.equal(await whoAmI(product, second.visitor), 'ada@example.org');
  ada.isDisabled = true;
  house.advance(dueMs);
  await becomes(async () => ((await whoAmI(product, second.visitor)) ? 200 : 401), 401, 'disabled there');
}

async function refusesAlike(house: SignOnHouse, server: OidcProviderServer): Promise<void> {
  const before = (await failureReasons(house)).length;
  server.add({ sub: 'eve', email: 'eve@elsewhere.example' });
  server.add({ sub: 'ned', emailVerified: false });
  server.add({ sub: 'olga', email: 'olga@example.org' });
  const seen = new Set<string>();
  for (const sub of ['ada', 'eve', 'ned']) {
    const { page, visitor } = await signIn(house, sub);
    assert.equal(await whoAmI(house.product, visitor), undefined);
    const said = /role="alert"[^>]*>([\s\S]*?)<\/div>/.exec(page.text)?.[1]?.trim() ?? told(page);
    seen.add(`${page.status} ${said.replace(/reference [\w-]+/, 'reference')}`);
  }
  assert.equal(seen.size, 1, [...seen].join('\n'));
  assert.match([...seen].join(), /^422 .*not accepted/);
  assert.deepEqual((await failureReasons(house)).slice(before), [
    'oidc denied',
    'oidc domain_not_spoken_for',
    'oidc email_not_vouched',
  ]);
}

async function outlastsTheProvider(house: SignOnHouse, server: OidcProviderServer): Promise<void> {
  const { product } = house;
  await invite(product, { email: 'lou@example.com', name: 'Lou Local' });
  server.add({ sub: 'grace' });
  const { visitor } = await signIn(house, 'grace');
  assert.equal(await whoAmI(product, visitor), 'grace@example.org');
  await server[Symbol.asyncDispose]();
  house.advance(dueMs);
  await becomes(async () => Number(product.logged.some(line => /provider_unreachable/.test(line))), 1, 'noticed');
  assert.equal(await whoAmI(product, visitor), 'grace@example.org', 'within the grace');
  const local = await signInByForm(product, { login: 'lou@example.com', password: goodPassword });
  assert.equal(await whoAmI(product, local.visitor), 'lou@example.com', 'who is kept here signs in as ever');
  // Of one that never answered not even the way there is known.
  const settings = { issuer: server.issuer, clientId: 'gate', allowsPrivateAddresses: true };
  const provider = { kind: 'oidc' as const, name: 'Elsewhere', settings };
  await product.sallyport.operator('providers.create', { body: { provider, secret: clientSecret } });
  const away = await goToProvider(product, product.visitor(), 'Elsewhere');
  assert.equal(away.status, 503);
  assert.match(away.text, /Elsewhere does not answer now/, told(away));
  assert.ok(!away.text.includes(new URL(server.issuer).port), 'where it stands is nobody’s business');
  house.advance(61_000);
  await becomes(async () => ((await whoAmI(product, visitor)) ? 200 : 401), 401, 'after the grace');
}

describe('people of an OpenID provider', () => {
  it('come in by its button, may what their groups may, and are ended from there', async () => {
    await using house = await openSignOnHouse({ identity: { federation: { unreachableGraceMinutes: 1 } } });
    const { providerId, server } = await connect(house);
    await using _ = server;
    server.add({ sub: 'ada', groups: ['builders'] });
    await isTried(house, providerId);
    await grantGroup(house, { providerId, name: 'builders', role: 'editor' });
    await worksAndFollowsGroups(house, server);
    await isEndedFromThere(house, server);
    await refusesAlike(house, server);
    await outlastsTheProvider(house, server);
  });
});
