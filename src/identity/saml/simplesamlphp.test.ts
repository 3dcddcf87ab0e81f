import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import {
  browse,
  type SimpleSamlPhp,
  signInAtSimpleSaml,
  simpleSamlPhpMissing,
  startSimpleSamlPhp,
} from '../../../tests/servers/simplesamlphp.ts';
import type { ExternalIdentity, SamlPartner } from '../federation/federation.ts';
import { type SamlSettings, samlSettings } from '../provider-settings.ts';
import { readSamlKeys } from './key-pair.ts';
import { readSamlMetadata } from './metadata.ts';
import { createSamlPartner } from './partner.ts';
import { addresses, testKeys } from './saml.fixture.ts';

const alice = { login: 'alice', password: 'kettle-19' };
const people = {
  alice: {
    password: alice.password,
    attributes: {
      uid: ['alice-7f3a'],
      mail: ['alice@example.org'],
      displayName: ['Alice'],
      groups: ['builders', 'ops'],
    },
  },
};

describe('SAML against a real SimpleSAMLphp', { skip: simpleSamlPhpMissing() ?? false }, () => {
  let idp: SimpleSamlPhp;
  before(async () => {
    const keys = await testKeys();
    idp = await startSimpleSamlPhp({ people, keys: keys.provider });
  });
  after(() => idp?.[Symbol.asyncDispose]());

  async function connect(other: Partial<SamlSettings> = {}, isEncrypted = false): Promise<SamlPartner> {
    const keys = await testKeys();
    const own = readSamlKeys(keys.own);
    await idp.setKeys(keys.provider);
    await idp.setServices([
      {
        ...addresses,
        signingCertPem: own.signing.certPem,
        ...(isEncrypted ? { encryptionCertPem: own.decryption.certPem } : {}),
        nameIdAttribute: 'uid',
      },
    ]);
    const read = readSamlMetadata(await (await fetch(idp.metadataUrl)).text());
    const settings = { ...samlSettings.parse(read), ...other };
    return createSamlPartner(settings, addresses, { clock: Date, random: randomBytes, secret: keys.own });
  }

  /** The same partner by another binding, without telling SimpleSAMLphp anything. */
  async function withBinding(ssoBinding: 'redirect' | 'post'): Promise<SamlPartner> {
    const keys = await testKeys();
    const settings = {
      ...samlSettings.parse(readSamlMetadata(await (await fetch(idp.metadataUrl)).text())),
      ssoBinding,
    };
    return createSamlPartner(settings, addresses, { clock: Date, random: randomBytes, secret: keys.own });
  }

  async function signIn(partner: SamlPartner): Promise<{
    answer: Awaited<ReturnType<SamlPartner['finish']>>;
    response: string;
    requestId: string;
    cookies: Map<string, string>;
  }> {
    const { dispatch, requestId } = await partner.begin({ relayState: 'state-1', isForced: false });
    assert.equal(dispatch.kind, 'redirect');
    const form = await signInAtSimpleSaml(dispatch.url, alice);
    assert.equal(form.action, addresses.acsUrl);
    assert.equal(form.fields.RelayState, 'state-1');
    const response = form.fields.SAMLResponse ?? '';
    assert.equal(partner.inResponseTo(response), requestId);
    return { answer: await partner.finish({ response, requestId }), response, requestId, cookies: form.cookies };
  }

  function identityOf(answer: Awaited<ReturnType<SamlPartner['finish']>>): ExternalIdentity {
    assert.equal(answer.kind, 'identity', JSON.stringify(answer));
    return answer.identity;
  }

  it('its metadata makes the settings, and a signed request ends in the person', async () => {
    const partner = await connect();
    const { answer } = await signIn(partner);
    const identity = identityOf(answer);
    assert.equal(identity.subject, 'alice-7f3a');
    assert.equal(identity.email, 'alice@example.org');
    assert.equal(identity.name, 'Alice');
    assert.deepEqual(identity.groups, ['builders', 'ops']);
    assert.ok(identity.upstreamSession);
    assert.ok(Math.abs((identity.authenticatedAt ?? 0) - Date.now()) < 60_000);
  });

  it('takes a request by form as well', async () => {
    const partner = await connect({ ssoBinding: 'post' });
    const { dispatch, requestId } = await partner.begin({ relayState: 'state-2', isForced: false });
    assert.equal(dispatch.kind, 'post');
    const { fields } = await signInAtSimpleSaml(dispatch.url, alice, dispatch.fields);
    assert.equal((await partner.finish({ response: fields.SAMLResponse ?? '', requestId })).kind, 'identity');
  });

  it('it checks our signature: a request by another key is turned away there', async () => {
    await connect();
    const { certPem } = (await testKeys()).attacker;
    await idp.setServices([{ ...addresses, signingCertPem: certPem, nameIdAttribute: 'uid' }]);
    for (const ssoBinding of ['redirect', 'post'] as const) {
      const { dispatch } = await (await withBinding(ssoBinding)).begin({ relayState: '', isForced: false });
      const body = dispatch.kind === 'post' ? new URLSearchParams(dispatch.fields) : undefined;
      const page = await browse(dispatch.url, new Map(), body);
      assert.match(page.text, /<title>Unhandled exception/);
      assert.doesNotMatch(page.text, /name="password"/);
    }
  });

  it('asks again who is signed in there only where it is forced to', async () => {
    const partner = await connect();
    const { cookies } = await signIn(partner);
    const page = async (isForced: boolean) =>
      (await browse((await partner.begin({ relayState: '', isForced })).dispatch.url, new Map(cookies))).text;
    assert.match(await page(false), /name="SAMLResponse"/);
    assert.match(await page(true), /name="password"/);
  });

  it('opens an assertion encrypted for us in a signed response', async () => {
    const partner = await connect({ wantsEncrypted: true }, true);
    const { answer, response } = await signIn(partner);
    assert.match(Buffer.from(response, 'base64').toString(), /EncryptedAssertion/);
    assert.equal(identityOf(answer).subject, 'alice-7f3a');
  });

  it('refuses a plain assertion where encrypted ones are wanted', async () => {
    const partner = await connect({ wantsEncrypted: true });
    const { answer } = await signIn(partner);
    assert.equal(answer.kind, 'refused');
  });

  it('a response posted again keeps its assertion id, and answers no other request', async () => {
    const partner = await connect();
    const { answer, response, requestId } = await signIn(partner);
    assert.equal(answer.kind, 'identity');
    const again = await partner.finish({ response, requestId });
    assert.equal(again.kind === 'identity' && again.assertionId, answer.assertionId);
    const other = await partner.finish({ response, requestId: '_another' });
    assert.equal(other.kind, 'refused');
    const unsolicited = await partner.finish({ response, requestId: null });
    assert.equal(unsolicited.kind, 'refused');
  });

  it('refuses the new key of a provider until its certificate is set, and takes both while it changes over', async () => {
    const keys = await testKeys();
    const before = await connect();
    await idp.setKeys(keys.nextProvider);
    assert.equal((await signIn(before)).answer.kind, 'refused');
    const both = { certificates: [keys.provider.certPem, keys.nextProvider.certPem] };
    const during = await connect(both);
    assert.equal((await signIn(during)).answer.kind, 'identity');
    await idp.setKeys(keys.nextProvider);
    assert.equal((await signIn(during)).answer.kind, 'identity');
  });

  it('tells it of a sign-out, and it answers signed', async () => {
    const partner = await connect();
    const { answer, cookies } = await signIn(partner);
    const { keepsake } = identityOf(answer);
    assert.ok(keepsake);
    const logout = await partner.beginLogout(keepsake, { relayState: 'out-1' });
    assert.ok(logout);
    assert.equal(logout.dispatch.kind, 'redirect');
    const end = await browse(logout.dispatch.url, cookies);
    assert.ok(end.location?.startsWith(addresses.sloUrl), `${end.status} ${end.text.slice(0, 2000)}`);
    const query = new URL(end.location ?? '').search;
    assert.equal(new URLSearchParams(query).get('RelayState'), 'out-1');
    assert.deepEqual(await partner.readLogout({ binding: 'redirect', query }), {
      kind: 'response',
      inResponseTo: logout.requestId,
      isDone: true,
    });
  });

  it('is told of a sign-out there, and its answer is taken', async () => {
    const partner = await connect();
    const { answer, cookies } = await signIn(partner);
    const identity = identityOf(answer);
    const welcome = `${idp.baseUrl}/module.php/core/frontpage_welcome.php`;
    const begun = await browse(`${idp.sloUrl}?ReturnTo=${encodeURIComponent(welcome)}`, cookies);
    assert.ok(begun.location?.startsWith(addresses.sloUrl), `${begun.status} ${begun.text.slice(0, 2000)}`);
    const asked = await partner.readLogout({ binding: 'redirect', query: new URL(begun.location ?? '').search });
    assert.equal(asked.kind, 'request');
    assert.equal(asked.subject, 'alice-7f3a');
    assert.deepEqual(asked.sessions, [identity.upstreamSession]);
    const told = await asked.answer(true);
    assert.equal(told.kind, 'redirect');
    const end = await browse(told.url, cookies);
    assert.equal(end.url, welcome, `${end.status} ${end.text.slice(0, 2000)}`);
  });
});
