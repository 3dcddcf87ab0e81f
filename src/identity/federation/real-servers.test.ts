import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startOidcProvider } from '../../../tests/servers/oidc-provider.ts';
import type { SimpleSamlPhp } from '../../../tests/servers/simplesamlphp.ts';
import { signInAtSimpleSaml, simpleSamlPhpMissing, startSimpleSamlPhp } from '../../../tests/servers/simplesamlphp.ts';
import type { SlapdServer } from '../../../tests/servers/slapd.ts';
import { slapdMissing, startSlapd } from '../../../tests/servers/slapd.ts';
import { operatorPrincipal } from '../../core/events.ts';
import { Secret } from '../../core/secret.ts';
import type { House } from '../identity.fixture.ts';
import { from, secret, signedIn, withIdentity } from '../identity.fixture.ts';
import { providerInput } from '../provider-settings.ts';
import { testKeys } from '../saml/saml.fixture.ts';
import { stepOf } from './federation.fixture.ts';

const op = operatorPrincipal;
const common = { domains: ['example.org'] };
const signal = () => AbortSignal.timeout(20_000);

/** Servers have the real time. */
const withHouse = (use: (house: House) => Promise<void>) =>
  withIdentity(async house => {
    house.clock.wall = Date.now();
    await use(house);
  });

const groupsOf = async (house: House, userId: string) =>
  (await house.identity.groups.of(userId)).map(group => group.name).toSorted();

describe('people of a real OpenLDAP', { skip: slapdMissing() ?? false }, () => {
  let server: SlapdServer;
  before(async () => {
    const people = [{ uid: 'ada', password: 'kettle-19', name: 'Ada', mail: 'ada@example.org' }];
    server = await startSlapd({ people, groups: [{ name: 'ops', members: ['ada'] }] });
  });
  after(() => server?.[Symbol.asyncDispose]());

  it('come in with their groups, leave one within the time set, and are out when they are gone', async () => {
    await withHouse(async house => {
      const { identity } = house;
      const settings = {
        ...{ urls: [server.url], caPem: server.caPem, bind: { kind: 'service', dn: server.bind.dn } },
        ...{ baseDn: server.peopleDn, groups: { baseDn: server.groupsDn } },
      };
      const input = providerInput.parse({ kind: 'ldap', name: 'Directory', ...common, settings });
      const { id } = await identity.signOn.create(op, input, new Secret(server.bind.password));
      const report = await identity.signOn.probe(id, { login: 'ada', password: secret('kettle-19') }, signal());
      assert.deepEqual([report.account.kind, report.account.email], ['new', 'ada@example.org']);
      assert.equal((await identity.signIn({ email: 'ada', password: secret('wrong') }, from())).state, 'refused');
      const step = await identity.signIn({ email: 'ada', password: secret('kettle-19') }, from());
      const { token, user } = signedIn(step);
      assert.deepEqual(await groupsOf(house, user.id), ['ops']);
      await server.setMembers('night', ['ada']);
      await server.disable('ada');
      await server.enable('ada');
      house.pass(40_000);
      assert.deepEqual(await identity.signOn.refresh(signal()), { checked: 1, ended: 0 });
      assert.deepEqual(await groupsOf(house, user.id), ['night', 'ops']);
      await server.remove('ada');
      house.pass(40_000);
      assert.deepEqual(await identity.signOn.refresh(signal()), { checked: 1, ended: 1 });
      assert.equal(await identity.findSession(token, from().host), undefined);
    });
  });
});

describe('people of a real OpenID provider', () => {
  it('come in by the code flow, have the groups of their claim, and are out when it no longer renews', async () => {
    const redirectUri = 'https://gate.example.org/.sallyport/sso/login/callback';
    const client = { clientId: 'gate', clientSecret: 'a secret of the test', redirectUris: [redirectUri] };
    await using server = await startOidcProvider({ clients: [client] });
    const account = server.add({
      sub: 's-1',
      email: 'ada@example.org',
      emailVerified: true,
      name: 'Ada',
      groups: ['ops'],
    });
    await withHouse(async house => {
      const { signOn } = house.identity;
      const settings = {
        ...{ issuer: server.issuer, clientId: 'gate', allowsPrivateAddresses: true },
        scopes: ['openid', 'profile', 'email', 'offline_access'],
      };
      const input = providerInput.parse({ kind: 'oidc', name: 'Login', ...common, settings });
      const { slug } = await signOn.create(op, input, new Secret(client.clientSecret));
      const begun = await signOn.begin(slug, { returnTo: null, purpose: 'sign_in' }, from(), signal());
      const url = await server.signIn(begun.dispatch.url, 's-1');
      const arrival = await signOn.finish(slug, { kind: 'oidc', url, cookie: begun.cookie }, from(), signal());
      const { token, user } = signedIn(stepOf(arrival));
      assert.equal(user.email, 'ada@example.org');
      assert.deepEqual(await groupsOf(house, user.id), ['ops']);
      account.groups = ['night'];
      house.pass(70_000);
      const renewed = await signOn.refresh(signal());
      assert.equal(renewed.checked, 1);
      assert.deepEqual(await groupsOf(house, user.id), ['night']);
      account.isDisabled = true;
      house.pass(70_000);
      assert.equal((await signOn.refresh(signal())).ended, 1);
      assert.equal(await house.identity.findSession(token, from().host), undefined);
    });
  });
});

describe('people of a real SimpleSAMLphp', { skip: simpleSamlPhpMissing() ?? false }, () => {
  let idp: SimpleSamlPhp;
  before(async () => {
    const attributes = { uid: ['ada-7f3a'], mail: ['ada@example.org'], displayName: ['Ada'], groups: ['ops'] };
    const { provider } = await testKeys();
    idp = await startSimpleSamlPhp({ people: { ada: { password: 'kettle-19', attributes } }, keys: provider });
  });
  after(() => idp?.[Symbol.asyncDispose]());

  it('come in by their metadata, once for each answer', async () => {
    await withHouse(async house => {
      const { signOn } = house.identity;
      const read = await signOn.readMetadata(await (await fetch(idp.metadataUrl)).text());
      const provider = await signOn.create(
        op,
        providerInput.parse({ kind: 'saml', name: 'Campus', ...common, settings: read }),
      );
      const addresses = signOn.addresses(provider);
      await idp.setServices([
        {
          entityId: addresses['entityId'] ?? '',
          acsUrl: addresses['assertionConsumerService'] ?? '',
          sloUrl: addresses['singleLogoutService'] ?? '',
          ...{ signingCertPem: null, nameIdAttribute: 'uid' },
        },
      ]);
      const { slug } = provider;
      const begun = await signOn.begin(slug, { returnTo: null, purpose: 'sign_in' }, from(), signal());
      const posted = await signInAtSimpleSaml(begun.dispatch.url, { login: 'ada', password: 'kettle-19' });
      const answer = {
        ...{ kind: 'saml' as const, cookie: begun.cookie, response: posted.fields['SAMLResponse'] ?? '' },
        relayState: posted.fields['RelayState'] ?? '',
      };
      const { session, user } = signedIn(stepOf(await signOn.finish(slug, answer, from(), signal())));
      assert.deepEqual([user.email, session.methods], ['ada@example.org', ['saml']]);
      assert.deepEqual(await groupsOf(house, user.id), ['ops']);
      const again = await signOn.finish(slug, answer, from(), signal());
      assert.equal(stepOf(again).state, 'refused');
      const out = await signOn.beginLogout(session.id, '', signal());
      assert.ok(out?.url.startsWith(idp.sloUrl), out?.url);
    });
  });
});
