import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newDraft } from '../../portal/src/pages/sign-in/providers.ts';
import { testKeys } from '../../src/identity/saml/saml.fixture.ts';
import type { SimpleSamlPhp } from '../servers/simplesamlphp.ts';
import { simpleSamlPhpMissing, startSimpleSamlPhp } from '../servers/simplesamlphp.ts';
import { goodPassword, invite, told } from './product.ts';
import type { SignOnHouse } from './sign-on.ts';
import {
  failureReasons,
  goToProvider,
  grantGroup,
  makeKey,
  openPlatform,
  openSignOnHouse,
  provision,
  scimPatch,
  sendForm,
  signInByForm,
  signOutEverywhere,
  statusOf,
  whoAmI,
  workflow,
} from './sign-on.ts';
import type { Seen, Visitor } from './visitor.ts';

const domain = 'example.org';
const personOf = (uid: string, groups: readonly string[], mail = `${uid}@${domain}`) => ({
  password: `kettle of ${uid}`,
  attributes: { uid: [`${uid}-7f3a`], mail: [mail], displayName: [uid], groups: [...groups] },
});
const people = {
  ada: personOf('ada', ['builders']),
  // The same person after they were taken out of the group: SimpleSAMLphp reads its people when it starts.
  'ada-later': { ...personOf('ada', []), password: 'kettle of ada-later' },
  sam: personOf('sam', []),
  eve: personOf('eve', ['builders'], 'eve@elsewhere.example'),
};

async function connect(house: SignOnHouse): Promise<{ idp: SimpleSamlPhp; providerId: string }> {
  const { provider } = await testKeys();
  const idp = await startSimpleSamlPhp({ people, keys: provider });
  const xml = await (await fetch(idp.metadataUrl)).text();
  const { settings } = await house.owner('providers.readMetadata', { body: { xml } });
  const draft = newDraft('saml');
  assert.equal(draft.kind, 'saml');
  const made = await house.owner('providers.create', {
    body: { provider: { ...draft, name: 'Campus', domains: [domain], settings: { ...draft.settings, ...settings } } },
  });
  const { addresses } = made;
  const metadata = await house.product.visitor().open(addresses['metadata'] ?? '');
  const [signing] = [...metadata.text.matchAll(/<ds:X509Certificate>([^<]+)</g)].map(match => match[1] ?? '');
  await idp.setServices([
    {
      entityId: addresses['entityId'] ?? '',
      acsUrl: addresses['assertionConsumerService'] ?? '',
      sloUrl: addresses['singleLogoutService'] ?? '',
      signingCertPem: `-----BEGIN CERTIFICATE-----\n${signing}\n-----END CERTIFICATE-----`,
      nameIdAttribute: 'uid',
    },
  ]);
  return { idp, providerId: made.id };
}

async function signIn(house: SignOnHouse, login: string, password = `kettle of ${login}`) {
  const visitor = house.product.visitor();
  const asked = await goToProvider(house.product, visitor, 'Campus');
  return { visitor, page: await proveThere(visitor, asked, { username: login, password }) };
}

/** Fills in the form of SimpleSAMLphp and, where it lets the person through, sends what it posts back. */
async function proveThere(visitor: Visitor, asked: Seen, typed: Record<string, string>): Promise<Seen> {
  const answer = await sendForm(visitor, asked, typed);
  return /name="SAMLResponse"/.test(answer.text) ? sendForm(visitor, answer) : answer;
}

async function worksUntilTheNextSignIn(house: SignOnHouse, idp: SimpleSamlPhp): Promise<void> {
  const { at, product } = house;
  const { page, visitor } = await signIn(house, 'ada');
  assert.equal(page.url.pathname, '/.sallyport/portal/', told(page));
  assert.equal(await whoAmI(product, visitor), `ada@${domain}`);
  await openPlatform(house, visitor);
  const write = (who: Visitor) => statusOf(who, 'POST', `${at}/rest/workflows`, workflow('Orders'));
  assert.equal(await write(visitor), 200);

  const done = await signOutEverywhere(product, visitor);
  assert.equal(done.url.pathname, '/.sallyport/signed-out', told(done));
  assert.equal(await whoAmI(product, visitor), undefined);
  const again = await goToProvider(product, visitor, 'Campus');
  assert.match(again.text, /name="password"/, 'signed out there too: it asks again');

  // Another session of theirs ends with what the next sign-in brings.
  const other = await signIn(house, 'ada');
  await openPlatform(house, other.visitor);
  assert.equal(await write(other.visitor), 200);
  const later = await proveThere(visitor, again, { username: 'ada-later', password: 'kettle of ada-later' });
  assert.equal(later.status, 200, told(later));
  assert.equal(await write(other.visitor), 403);
  assert.equal((await visitor.open(`${at}/`)).status, 403);

  // A sign-out that begins there.
  const welcome = `${idp.baseUrl}/module.php/core/frontpage_welcome.php`;
  const out = await other.visitor.open(`${idp.sloUrl}?ReturnTo=${encodeURIComponent(welcome)}`);
  assert.equal(out.url.href, welcome, told(out));
  assert.equal(await whoAmI(product, other.visitor), undefined);
}

/** SCIM beside SAML: people are made before they come, and ended at the very next request. */
async function isEndedByProvisioning(house: SignOnHouse): Promise<void> {
  const { at, product } = house;
  const scim = await provision(house, domain);
  const user = await scim('POST', '/Users', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    ...{ userName: `sam@${domain}`, displayName: 'Sam', active: true },
    emails: [{ value: `sam@${domain}`, primary: true }],
  });
  const group = await scim('POST', '/Groups', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName: 'Editors of Sam',
    members: [{ value: user['id'] }],
  });
  const { groups } = await house.owner('groups.list', { query: { source: 'scim' } });
  await house.owner('grants.create', {
    body: { groupId: groups[0]?.id ?? '', project: house.projectId, role: 'editor' },
  });
  const { page, visitor } = await signIn(house, 'sam');
  assert.equal(await whoAmI(product, visitor), `sam@${domain}`, told(page));
  await openPlatform(house, visitor);
  const key = await makeKey(house, visitor);
  const write = () => statusOf(visitor, 'POST', `${at}/rest/workflows`, workflow('Orders'));
  assert.deepEqual([await write(), await key()], [200, 200]);
  await scim('PATCH', `/Groups/${String(group['id'])}`, scimPatch({ op: 'replace', path: 'members', value: [] }));
  assert.deepEqual([await write(), await key()], [403, 403]);
  await scim('PATCH', `/Users/${String(user['id'])}`, scimPatch({ op: 'replace', path: 'active', value: false }));
  assert.deepEqual([await write(), await key()], [401, 401]);
  assert.equal(await whoAmI(product, visitor), undefined);
  const back = await signIn(house, 'sam');
  assert.equal(await whoAmI(product, back.visitor), undefined, 'the provider’s word lets nobody in who is disabled');
}

describe('people of SimpleSAMLphp', { skip: simpleSamlPhpMissing() ?? false }, () => {
  it('come in by its button, may what their groups may, and are ended from there or by SCIM', async () => {
    await using house = await openSignOnHouse();
    const { idp, providerId } = await connect(house);
    await using stack = new AsyncDisposableStack();
    stack.use(idp);
    const probe = await house.owner('providers.probe', { params: { id: providerId }, body: {} });
    const failed = probe.steps.filter(step => !step.ok).map(({ detail }) => detail.split(',')[0]);
    assert.deepEqual(failed, ['Want https'], 'the one thing that is only so on loopback');
    await grantGroup(house, { providerId, name: 'builders', role: 'editor' });
    await worksUntilTheNextSignIn(house, idp);
    await isEndedByProvisioning(house);

    const wrong = await signIn(house, 'ada', 'not it');
    assert.equal(wrong.page.url.origin, idp.baseUrl, 'a wrong password is between them and the provider');
    const eve = await signIn(house, 'eve');
    assert.equal(eve.page.status, 422, told(eve.page));
    assert.deepEqual(await failureReasons(house), ['saml disabled', 'saml domain_not_spoken_for']);

    await stack.disposeAsync();
    await invite(house.product, { email: 'lou@example.com', name: 'Lou Local' });
    const local = await signInByForm(house.product, { login: 'lou@example.com', password: goodPassword });
    assert.equal(await whoAmI(house.product, local.visitor), 'lou@example.com', 'the provider is away');
  });
});
