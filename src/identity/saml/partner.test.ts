import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import {
  assertionId,
  encryptAssertion,
  responseId,
  responseXml,
  signElement,
  signResponse,
  type Words,
} from '../../../tests/fakes/saml-signer.ts';
import { isSallyportError } from '../../core/errors.ts';
import { Secret } from '../../core/secret.ts';
import type { ExternalIdentity, SamlPartner } from '../federation/federation.ts';
import { createSamlPartner } from './partner.ts';
import {
  addresses,
  encoded,
  honest,
  honestPerson,
  honestXml,
  nowMs,
  partnerOf,
  requestId,
  settingsOf,
  testKeys,
  verdict,
} from './saml.fixture.ts';
import { attributeOf, childOf, messageLimits, readXml } from './xml.ts';

const deps = { clock: { now: () => nowMs }, random: randomBytes };

async function identityOf(
  partner: SamlPartner,
  xml: string,
  request: string | null = requestId,
): Promise<ExternalIdentity> {
  const result = await partner.finish({ response: encoded(xml), requestId: request });
  assert.equal(result.kind, 'identity', JSON.stringify(result));
  return result.identity;
}

async function said(other: Partial<Words>, settings: Parameters<typeof partnerOf>[1] = {}): Promise<ExternalIdentity> {
  const keys = await testKeys();
  return identityOf(
    partnerOf(keys, settings),
    signResponse(responseXml({ ...honest, ...other }), 'both', keys.provider),
  );
}

describe('SAML: asking for a sign-in', () => {
  it('asks by a signed address with the state beside it', async () => {
    const { dispatch, requestId: id } = await partnerOf(await testKeys()).begin({
      relayState: 'a&b=c',
      isForced: true,
    });
    const url = new URL(dispatch.url);
    assert.equal(dispatch.kind, 'redirect');
    assert.equal(url.searchParams.get('RelayState'), 'a&b=c');
    assert.ok(url.searchParams.get('Signature'));
    const root = readXml(
      inflateRawSync(Buffer.from(url.searchParams.get('SAMLRequest') ?? '', 'base64')).toString(),
      messageLimits,
    );
    assert.equal(attributeOf(root, 'ID'), id);
    assert.equal(attributeOf(root, 'ForceAuthn'), 'true');
    assert.equal(attributeOf(root, 'Destination'), 'https://idp.example.org/sso');
    assert.equal(attributeOf(root, 'AssertionConsumerServiceURL'), addresses.acsUrl);
  });

  it('adds to the query that the address of a provider has, and signs only where the settings say so', async () => {
    const partner = partnerOf(await testKeys(), {
      ssoUrl: 'https://idp.example.org/sso?idpid=C1#x',
      signsRequests: false,
    });
    const { dispatch } = await partner.begin({ relayState: 's', isForced: false });
    assert.match(dispatch.url, /^https:\/\/idp\.example\.org\/sso\?idpid=C1&SAMLRequest=[^#]*&RelayState=s#x$/);
  });

  it('asks by a form that carries its signature inside', async () => {
    const { dispatch } = await partnerOf(await testKeys(), { ssoBinding: 'post', nameIdFormat: 'unspecified' }).begin({
      relayState: 's',
      isForced: false,
    });
    assert.equal(dispatch.kind, 'post');
    const root = readXml(Buffer.from(dispatch.fields.SAMLRequest ?? '', 'base64').toString(), messageLimits);
    assert.ok(childOf(root, 'http://www.w3.org/2000/09/xmldsig#', 'Signature'));
    assert.equal(childOf(root, 'urn:oasis:names:tc:SAML:2.0:protocol', 'NameIDPolicy'), undefined);
    assert.equal(dispatch.fields.RelayState, 's');
  });

  it('no id stands twice, and each begins as a name must', async () => {
    const partner = partnerOf(await testKeys(), { signsRequests: false });
    const ids = await Promise.all(
      Array.from({ length: 50 }, async () => (await partner.begin({ relayState: '', isForced: false })).requestId),
    );
    assert.equal(new Set(ids).size, 50);
    assert.ok(ids.every(id => /^_[0-9a-f]{40}$/.test(id)));
  });

  it('refuses to ask unsigned where it must sign and has no key', async () => {
    const keys = await testKeys();
    const partner = createSamlPartner(settingsOf(keys), addresses, { ...deps, secret: undefined });
    await assert.rejects(partner.begin({ relayState: '', isForced: false }), error =>
      isSallyportError(error, 'core.invalid_input'),
    );
  });

  it('is not made of certificates or keys that cannot be used', async () => {
    const keys = await testKeys();
    for (const [certificates, secret] of [
      [['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'], keys.own],
      [[keys.provider.certPem], new Secret('{}')],
      [[keys.provider.certPem], new Secret('not JSON')],
    ] as const)
      assert.throws(
        () => createSamlPartner(settingsOf(keys, { certificates: [...certificates] }), addresses, { ...deps, secret }),
        error => isSallyportError(error, 'core.invalid_input') && !error.message.includes('not JSON'),
      );
  });
});

describe('SAML: who signed in', () => {
  it('reads subject, address, name, groups, session and time', async () => {
    const identity = await said({});
    assert.equal(identity.subject, 'alice-7f3a');
    assert.equal(identity.email, 'alice@example.org');
    assert.equal(identity.isEmailVerified, true);
    assert.equal(identity.authenticatedAt, nowMs - 1000);
    assert.equal(identity.upstreamSession, '_session1');
    assert.equal(JSON.stringify(identity.keepsake), '"[secret]"');
    assert.equal(identity.endsAt, undefined);
  });

  it('a name in the settings also means what AD FS, Entra ID, Okta and others call it', async () => {
    const claims = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/';
    const entra = await said({
      attributes: {
        [`${claims}emailaddress`]: ['bob@example.org'],
        'http://schemas.microsoft.com/identity/claims/displayname': ['Bob'],
        [`${claims}name`]: ['bob@tenant.example'],
        'http://schemas.microsoft.com/ws/2008/06/identity/claims/groups': ['g1', 'g2', 'g1'],
      },
    });
    assert.deepEqual([entra.email, entra.name, entra.groups], ['bob@example.org', 'Bob', ['g1', 'g2']]);
    const shibboleth = await said({
      attributes: {
        'urn:oid:0.9.2342.19200300.100.1.3': ['c@example.org'],
        'urn:oid:2.16.840.1.113730.3.1.241': ['C'],
        'urn:oid:1.3.6.1.4.1.5923.1.5.1.1': ['g'],
      },
    });
    assert.deepEqual([shibboleth.email, shibboleth.name, shibboleth.groups], ['c@example.org', 'C', ['g']]);
  });

  it("a name in the settings that is nobody else's means only itself, and its friendly name", async () => {
    const settings = settingsOf(await testKeys());
    const attributes = { ...settings.attributes, groups: 'teams', id: 'employeeNumber' };
    const identity = await said(
      { attributes: { groups: ['owners'], teams: ['t1'], employeeNumber: ['1017'] } },
      { attributes },
    );
    assert.deepEqual([identity.groups, identity.subject], [['t1'], '1017']);
    const none = await said({ attributes: { groups: ['owners'], employeeNumber: ['1017'] } }, { attributes });
    assert.deepEqual(none.groups, []);
  });

  it('refuses an id that is missing or manifold', async () => {
    const keys = await testKeys();
    const partner = partnerOf(keys, { attributes: { ...settingsOf(keys).attributes, id: 'employeeNumber' } });
    for (const attributes of [{}, { employeeNumber: ['1', '2'] }, { employeeNumber: [''] }] as Words['attributes'][]) {
      const xml = signResponse(honestXml(attributes === undefined ? {} : { attributes }), 'both', keys.provider);
      const { person, why } = await verdict(partner, xml);
      assert.equal(person, null);
      assert.match(why, /which names the person/);
    }
  });

  it('the NameID is the address where it says that it is one', async () => {
    const format = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';
    const identity = await said({ nameId: 'd@example.org', format, attributes: {} });
    assert.equal(identity.email, 'd@example.org');
    const other = await said({ nameId: 'e@example.org', attributes: {} });
    assert.deepEqual([other.email, other.isEmailVerified], [null, false]);
  });

  it('a second factor is what the settings name, in the context or in the claim of Entra ID', async () => {
    const mfaContexts = ['https://refeds.org/profile/mfa', 'http://schemas.microsoft.com/claims/multipleauthn'];
    assert.equal((await said({}, { mfaContexts })).isMfa, false);
    assert.equal((await said({ context: 'https://refeds.org/profile/mfa' }, { mfaContexts })).isMfa, true);
    assert.equal((await said({ context: 'https://refeds.org/profile/mfa' })).isMfa, false);
    const attributes = {
      'http://schemas.microsoft.com/claims/authnmethodsreferences': [
        'http://schemas.microsoft.com/claims/multipleauthn',
      ],
    };
    assert.equal((await said({ attributes }, { mfaContexts })).isMfa, true);
  });

  it('refuses a link in the place of groups', async () => {
    const keys = await testKeys();
    const attributes = { 'http://schemas.microsoft.com/claims/groups.link': ['https://graph.example/x'] };
    const { why } = await verdict(partnerOf(keys), signResponse(honestXml({ attributes }), 'both', keys.provider));
    assert.match(why, /got a link/);
  });

  it('tells when the provider wants the session to end', async () => {
    const keys = await testKeys();
    const xml = honestXml().replace('SessionIndex=', 'SessionNotOnOrAfter="2026-06-01T20:00:00Z" SessionIndex=');
    const identity = await identityOf(partnerOf(keys), signResponse(xml, 'both', keys.provider));
    assert.equal(identity.endsAt, nowMs + 8 * 3_600_000);
  });

  it('clocks may differ as far as the settings say, and no further', async () => {
    const keys = await testKeys();
    const xml = signResponse(honestXml(), 'both', keys.provider);
    const at = async (ms: number): Promise<string | null> =>
      (await verdict(partnerOf(keys, { clockSkewSeconds: 60 }, nowMs + ms), xml)).person;
    assert.equal(await at(359_999), honestPerson);
    assert.equal(await at(360_000), null);
    assert.equal(await at(-60_000), honestPerson);
    assert.equal(await at(-60_001), null);
    const result = await partnerOf(keys).finish({ response: encoded(xml), requestId });
    assert.equal(result.kind === 'identity' && result.expiresAt, nowMs + 360_000);
  });

  it('takes a sign-in that nobody asked for only where the settings say so, and never as an answer', async () => {
    const keys = await testKeys();
    const unasked = signResponse(honestXml({ requestId: null }), 'both', keys.provider);
    const asked = signResponse(honestXml(), 'both', keys.provider);
    assert.equal((await verdict(partnerOf(keys), unasked, null)).person, null);
    const open = partnerOf(keys, { allowsUnsolicited: true });
    assert.equal((await verdict(open, unasked, null)).person, honestPerson);
    assert.equal((await verdict(open, asked, null)).person, null);
    assert.equal((await verdict(open, unasked, requestId)).person, null);
    assert.equal(open.inResponseTo(encoded(unasked)), null);
    assert.equal(open.inResponseTo(encoded(asked)), requestId);
  });

  it('either of two certificates will do while a provider changes over', async () => {
    const keys = await testKeys();
    const partner = partnerOf(keys, { certificates: [keys.nextProvider.certPem, keys.provider.certPem] });
    for (const signer of [keys.provider, keys.nextProvider])
      assert.equal((await verdict(partner, signResponse(honestXml(), 'both', signer))).person, honestPerson);
    assert.equal((await verdict(partner, signResponse(honestXml(), 'both', keys.attacker))).person, null);
  });
});

describe('SAML: encrypted assertions', () => {
  const inside = async (
    other: Partial<Parameters<typeof encryptAssertion>[1]>,
    signs: 'assertion' | 'response' | 'both',
  ) => {
    const keys = await testKeys();
    const clear =
      signs === 'response' ? honestXml() : signElement(honestXml(), { id: assertionId, keys: keys.provider });
    const encrypted = encryptAssertion(clear, { certPem: keys.ownDecryptionCert, ...other });
    const xml = signs === 'assertion' ? encrypted : signElement(encrypted, { id: responseId, keys: keys.provider });
    return verdict(partnerOf(keys, { wantsEncrypted: true }), xml);
  };

  for (const signs of ['assertion', 'response', 'both'] as const)
    it(`opens AES-GCM with RSA-OAEP, ${signs} signed`, async () => {
      for (const other of [{}, { cipher: 'aes-128-gcm' }, { padding: 'oaep-sha256' }, { isBeside: true }] as const)
        assert.equal((await inside(other, signs)).person, honestPerson);
    });

  it('opens AES-CBC only inside a signed response', async () => {
    assert.equal((await inside({ cipher: 'aes-256-cbc' }, 'both')).person, honestPerson);
    assert.equal((await inside({ cipher: 'aes-256-cbc' }, 'response')).person, honestPerson);
    const alone = await inside({ cipher: 'aes-256-cbc' }, 'assertion');
    assert.equal(alone.person, null);
    assert.match(alone.why, /want AES in GCM, or CBC in a signed Response/);
  });

  it('refuses a key wrapped by PKCS #1 v1.5', async () => {
    const { person, why } = await inside({ padding: 'pkcs1' }, 'both');
    assert.equal(person, null);
    assert.match(why, /want its key wrapped by RSA-OAEP/);
  });

  it('refuses what is encrypted for somebody else, or without a key of ours', async () => {
    const keys = await testKeys();
    assert.match((await inside({ certPem: keys.attacker.certPem }, 'both')).why, /does not open/);
    const partner = createSamlPartner(settingsOf(keys), addresses, { ...deps, secret: undefined });
    const xml = encryptAssertion(signResponse(honestXml(), 'assertion', keys.provider), {
      certPem: keys.ownDecryptionCert,
    });
    assert.match((await verdict(partner, xml)).why, /got none kept/);
  });

  it('the settings can refuse what is not encrypted', async () => {
    const keys = await testKeys();
    const xml = signResponse(honestXml(), 'both', keys.provider);
    assert.match((await verdict(partnerOf(keys, { wantsEncrypted: true }), xml)).why, /want it encrypted/);
  });
});

describe('SAML: posted fields', () => {
  it('refuses what is not base64 in its one form', async () => {
    const keys = await testKeys();
    const partner = partnerOf(keys);
    const good = encoded(signResponse(honestXml(), 'both', keys.provider));
    const lines = good.replaceAll(/.{76}/g, '$&\r\n');
    assert.equal((await partner.finish({ response: lines, requestId })).kind, 'identity');
    // The same bytes by other bits in the last character.
    const xml = signResponse(honestXml(), 'both', keys.provider);
    const padded = encoded(xml.padEnd(Math.ceil(xml.length / 3) * 3 + 1));
    assert.equal((await partner.finish({ response: padded, requestId })).kind, 'identity');
    assert.equal((await partner.finish({ response: padded.replace(/.==$/, 'B=='), requestId })).kind, 'refused');
    for (const response of [
      '',
      `${good}=`,
      good.replace('P', '-'),
      `${good} `,
      `${good}AAA`,
      Buffer.from([0xff, 0xfe]).toString('base64'),
      'A'.repeat(500_000),
    ])
      assert.equal((await partner.finish({ response, requestId })).kind, 'refused', response.slice(0, 20));
  });
});

describe('SAML: what can be seen without signing in', () => {
  it('names certificates that ran out and addresses without TLS', async () => {
    const keys = await testKeys();
    const late = await partnerOf(keys, { ssoUrl: 'http://idp.example.org/sso' }, nowMs + 20 * 365 * 86_400_000).probe(
      AbortSignal.timeout(1000),
    );
    assert.deepEqual(
      late.map(({ ok }) => ok),
      [true, false, false],
    );
    const good = await partnerOf(keys).probe(AbortSignal.timeout(1000));
    assert.ok(good.every(({ ok }) => ok));
  });
});
