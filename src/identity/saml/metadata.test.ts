import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import { isSallyportError } from '../../core/errors.ts';
import { samlSettings } from '../provider-settings.ts';
import { readSamlKeys } from './key-pair.ts';
import { readSamlMetadata } from './metadata.ts';
import { addresses, nowMs, partnerOf, testKeys } from './saml.fixture.ts';
import { attributeOf, childOf, everyElement, messageLimits, readXml } from './xml.ts';

const md = 'urn:oasis:names:tc:SAML:2.0:metadata';
const post = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';
const redirect = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';
const soap = 'urn:oasis:names:tc:SAML:2.0:bindings:SOAP';
const bare = (pem: string): string => new X509Certificate(pem).raw.toString('base64');

const key = (certificate: string, use = ' use="signing"'): string =>
  `<KeyDescriptor${use}><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>\n${certificate.replaceAll(/.{64}/g, '$&\n')}\n</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor>`;
const service = (name: string, binding: string, url = `https://idp.example.org/${name}`): string =>
  `<${name} Binding="${binding}" Location="${url}"/>`;
const role = (inside: string): string =>
  `<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${inside}</IDPSSODescriptor>`;
const entity = (inside: string, id = 'https://idp.example.org/metadata'): string =>
  `<EntityDescriptor xmlns="${md}" entityID="${id}">${inside}</EntityDescriptor>`;

describe('SAML: metadata of a provider', () => {
  it('makes settings of its name, addresses and certificates', async () => {
    const keys = await testKeys();
    const [first, second] = [bare(keys.provider.certPem), bare(keys.nextProvider.certPem)];
    const inside = [
      key(first),
      key(second, ''),
      key(bare(keys.attacker.certPem), ' use="encryption"'),
      service('SingleLogoutService', soap),
      service('SingleLogoutService', post),
      '<NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:transient</NameIDFormat>',
      '<NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress</NameIDFormat>',
      service('SingleSignOnService', post, 'https://idp.example.org/post'),
      service('SingleSignOnService', redirect, 'https://idp.example.org/redirect'),
    ].join('');
    const read = readSamlMetadata(`<?xml version="1.0"?>\n<!-- made by hand -->${entity(role(inside))}`);
    assert.deepEqual(
      { ...read, certificates: read.certificates.map(bare) },
      {
        entityId: 'https://idp.example.org/metadata',
        ssoUrl: 'https://idp.example.org/redirect',
        ssoBinding: 'redirect',
        sloUrl: 'https://idp.example.org/SingleLogoutService',
        sloBinding: 'post',
        certificates: [first, second],
        nameIdFormat: 'emailAddress',
      },
    );
    assert.ok(samlSettings.safeParse(read).success);
  });

  const good = (certificate: string): string => role(key(certificate) + service('SingleSignOnService', redirect));
  const refused: Readonly<Record<string, readonly [make: (certificate: string) => string, why: RegExp]>> = {
    'what is not XML': [() => 'hello', /want an element/],
    'a web page': [() => '<html><body/></html>', /want SAML metadata/],
    'a document type': [certificate => `<!DOCTYPE x>${entity(good(certificate))}`, /no document type/],
    'a service provider': [() => entity('<SPSSODescriptor/>'), /describes no identity provider/],
    'a provider of SAML 1.1 only': [
      certificate => entity(good(certificate)).replace('SAML:2.0:protocol', 'SAML:1.1:protocol'),
      /describes no identity provider/,
    ],
    'several providers': [
      certificate =>
        `<EntitiesDescriptor xmlns="${md}">${entity(good(certificate), 'urn:one')}${entity(good(certificate), 'urn:two')}</EntitiesDescriptor>`,
      /want one identity provider, got 2: "urn:one", "urn:two"/,
    ],
    'no certificate': [
      () => entity(role(service('SingleSignOnService', redirect))),
      /want an X.509 signing certificate/,
    ],
    'a certificate that is none': [() => entity(good('AAAA')), /want certificates in base64/],
    'no address': [
      certificate => entity(role(key(certificate) + service('SingleSignOnService', soap))),
      /want a SingleSignOnService/,
    ],
    'an address that is a script': [
      certificate => entity(role(key(certificate) + service('SingleSignOnService', redirect, 'javascript:alert(1)'))),
      /want an http/,
    ],
    'no name': [certificate => entity(good(certificate), ''), /want an entityID/],
  };
  for (const [name, [make, why]] of Object.entries(refused))
    it(`refuses ${name}`, async () => {
      const keys = await testKeys();
      assert.throws(
        () => readSamlMetadata(make(bare(keys.provider.certPem))),
        error => isSallyportError(error, 'core.invalid_input') && why.test(error.detail ?? ''),
      );
    });

  it('takes the one provider among others that are none', async () => {
    const keys = await testKeys();
    const xml = `<EntitiesDescriptor xmlns="${md}">${entity('<SPSSODescriptor/>', 'urn:sp')}${entity(good(bare(keys.provider.certPem)), 'urn:idp')}</EntitiesDescriptor>`;
    assert.equal(readSamlMetadata(xml).entityId, 'urn:idp');
  });
});

describe('SAML: our own metadata', () => {
  it('says who we are, where we take what, with both certificates, for a week', async () => {
    const keys = await testKeys();
    const own = readSamlKeys(keys.own);
    const root = readXml(partnerOf(keys).metadata(), messageLimits);
    assert.equal(attributeOf(root, 'entityID'), addresses.entityId);
    assert.equal(attributeOf(root, 'validUntil'), new Date(nowMs + 7 * 86_400_000).toISOString().replace('.000', ''));
    const own2 = childOf(root, md, 'SPSSODescriptor');
    assert.ok(own2);
    assert.equal(attributeOf(own2, 'AuthnRequestsSigned'), 'true');
    const shown = [...everyElement(root)]
      .filter(({ local }) => local === 'X509Certificate')
      .map(({ children }) => children[0]);
    assert.deepEqual(shown, [bare(own.signing.certPem), bare(own.decryption.certPem)]);
    const places = [...everyElement(root)].filter(element => attributeOf(element, 'Location') !== undefined);
    assert.deepEqual(
      places.map(element => [element.local, attributeOf(element, 'Binding'), attributeOf(element, 'Location')]),
      [
        ['SingleLogoutService', redirect, addresses.sloUrl],
        ['SingleLogoutService', post, addresses.sloUrl],
        ['AssertionConsumerService', post, addresses.acsUrl],
      ],
    );
  });

  it('its two keys are strong, apart, and their certificates are what they say', async () => {
    const own = readSamlKeys((await testKeys()).own);
    assert.notEqual(own.signing.keyPem, own.decryption.keyPem);
    for (const [pair, name] of [
      [own.signing, 'Sallyport SAML signing'],
      [own.decryption, 'Sallyport SAML decryption'],
    ] as const) {
      const certificate = new X509Certificate(pair.certPem);
      assert.equal(certificate.subject, `CN=${name}`);
      assert.ok(certificate.verify(certificate.publicKey));
      assert.equal(certificate.publicKey.asymmetricKeyDetails?.modulusLength, 3072);
      assert.ok(certificate.validToDate.getTime() > nowMs + 9 * 365 * 86_400_000);
    }
  });
});
