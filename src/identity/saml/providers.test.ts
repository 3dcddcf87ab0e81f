import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encryptedAssertion, type SignerKeys, signElement } from '../../../tests/fakes/saml-signer.ts';
import type { SamlSettings } from '../provider-settings.ts';
import { addresses, issuer, nowMs, partnerOf, requestId, type TestKeys, testKeys, verdict } from './saml.fixture.ts';

const at = (ms: number): string => new Date(nowMs + ms).toISOString();
const saml = 'urn:oasis:names:tc:SAML:2.0:assertion';
const samlp = 'urn:oasis:names:tc:SAML:2.0:protocol';
const success = 'urn:oasis:names:tc:SAML:2.0:status:Success';
const claims = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/';

interface Shape {
  /** How the assertion namespace is written: a prefix with its colon, or nothing for the default namespace. */
  readonly a: string;
  readonly p: string;
  readonly nameId: string;
  readonly attributes: string;
  readonly authn?: string;
  readonly confirmation?: string;
}

/** A response in the writing of one product. */
function write({ a, p, nameId, attributes, authn = '', confirmation = '' }: Shape): string {
  const declareA = a === '' ? `xmlns="${saml}"` : `xmlns:${a.slice(0, -1)}="${saml}"`;
  return `<?xml version="1.0" encoding="UTF-8"?><${p}Response xmlns:${p.slice(0, -1)}="${samlp}" ID="_r1" Version="2.0" IssueInstant="${at(0)}" Destination="${addresses.acsUrl}" Consent="urn:oasis:names:tc:SAML:2.0:consent:unspecified" InResponseTo="${requestId}"><${a}Issuer ${declareA} Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity">${issuer}</${a}Issuer><${p}Status><${p}StatusCode Value="${success}"/></${p}Status><${a}Assertion ${declareA} ID="_a1" IssueInstant="${at(-3)}" Version="2.0"><${a}Issuer>${issuer}</${a}Issuer><${a}Subject>${nameId}<${a}SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><${a}SubjectConfirmationData InResponseTo="${requestId}" NotOnOrAfter="${at(3_600_000)}" Recipient="${addresses.acsUrl}"${confirmation}/></${a}SubjectConfirmation></${a}Subject><${a}Conditions NotBefore="${at(-300_000)}" NotOnOrAfter="${at(3_600_000)}"><${a}AudienceRestriction><${a}Audience>${addresses.entityId}</${a}Audience></${a}AudienceRestriction></${a}Conditions>${attributes}<${a}AuthnStatement AuthnInstant="${at(-60_000)}" SessionIndex="_s1"${authn}><${a}AuthnContext><${a}AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</${a}AuthnContextClassRef></${a}AuthnContext></${a}AuthnStatement></${a}Assertion></${p}Response>`;
}

function attributes(a: string, list: Readonly<Record<string, readonly string[]>>, more = ''): string {
  const written = Object.entries(list).map(
    ([name, values]) =>
      `<${a}Attribute Name="${name}"${more}>${values.map(value => `<${a}AttributeValue>${value}</${a}AttributeValue>`).join('')}</${a}Attribute>`,
  );
  return `<${a}AttributeStatement>${written.join('')}</${a}AttributeStatement>`;
}

interface Row {
  readonly xml: string;
  readonly signs: readonly string[];
  readonly settings?: Partial<SamlSettings>;
  readonly person: string;
  readonly after?: (xml: string, keys: TestKeys) => string;
}

const person = 'alice@example.org|alice@example.org|Alice|g1,g2|_s1|false';

/** The writing of each product as its documentation shows it; a real one of each is not to be had here, but for SimpleSAMLphp. */
const rows: Readonly<Record<string, Row>> = {
  'Entra ID: default namespaces, long claim names, assertion signed': {
    xml: write({
      a: '',
      p: 'samlp:',
      nameId: '<NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">alice@example.org</NameID>',
      attributes: attributes('', {
        'http://schemas.microsoft.com/identity/claims/tenantid': ['8d6e'],
        'http://schemas.microsoft.com/identity/claims/objectidentifier': ['0b1c-22'],
        'http://schemas.microsoft.com/identity/claims/displayname': ['Alice'],
        'http://schemas.microsoft.com/ws/2008/06/identity/claims/groups': ['g1', 'g2'],
        [`${claims}emailaddress`]: ['alice@example.org'],
        [`${claims}name`]: ['alice@tenant.example'],
      }),
    }),
    signs: ['_a1'],
    person,
  },
  'AD FS: default namespace in the assertion, groups as Group': {
    xml: write({
      a: '',
      p: 'samlp:',
      nameId: '<NameID>alice@example.org</NameID>',
      attributes: attributes('', {
        [`${claims}emailaddress`]: ['alice@example.org'],
        [`${claims}name`]: ['Alice'],
        'http://schemas.xmlsoap.org/claims/Group': ['g1', 'g2'],
      }),
    }),
    signs: ['_a1'],
    person,
  },
  'Okta: saml2 prefixes, both signed, names as they were set': {
    xml: write({
      a: 'saml2:',
      p: 'saml2p:',
      nameId:
        '<saml2:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified">alice@example.org</saml2:NameID>',
      attributes: attributes(
        'saml2:',
        { mail: ['alice@example.org'], displayName: ['Alice'], groups: ['g1', 'g2'] },
        ' NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified"',
      ),
    }),
    signs: ['_a1', '_r1'],
    person,
  },
  'Keycloak: response signed, friendly names, an end of the session': {
    xml: write({
      a: 'saml:',
      p: 'samlp:',
      nameId:
        '<saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">alice@example.org</saml:NameID>',
      authn: ` SessionNotOnOrAfter="${at(36_000_000)}"`,
      attributes: `<saml:AttributeStatement><saml:Attribute FriendlyName="mail" Name="x.mail" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic"><saml:AttributeValue xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">alice@example.org</saml:AttributeValue></saml:Attribute><saml:Attribute Name="groups"><saml:AttributeValue>g1</saml:AttributeValue></saml:Attribute><saml:Attribute Name="groups"><saml:AttributeValue>g2</saml:AttributeValue></saml:Attribute><saml:Attribute Name="displayName"><saml:AttributeValue>Alice</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>`,
    }),
    signs: ['_r1'],
    person,
    after: xml =>
      xml
        .replace('<ds:X509Data>', '<ds:KeyName>k1</ds:KeyName><ds:X509Data>')
        .replace(
          '</ds:X509Data>',
          '</ds:X509Data><ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AQAB</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>',
        ),
  },
  'Google: assertion signed, no group': {
    xml: write({
      a: 'saml2:',
      p: 'saml2p:',
      nameId:
        '<saml2:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">alice@example.org</saml2:NameID>',
      attributes: attributes('saml2:', { mail: ['alice@example.org'], displayName: ['Alice'] }),
    }),
    signs: ['_a1'],
    person: 'alice@example.org|alice@example.org|Alice||_s1|false',
  },
  'Shibboleth: encrypted in a signed response, OIDs, a targeted id': {
    xml: write({
      a: 'saml2:',
      p: 'saml2p:',
      nameId: '<saml2:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient">AAdzZWNyZXQx</saml2:NameID>',
      attributes: `<saml2:AttributeStatement><saml2:Attribute FriendlyName="eduPersonTargetedID" Name="urn:oid:1.3.6.1.4.1.5923.1.1.1.10"><saml2:AttributeValue><saml2:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent" NameQualifier="${issuer}">tid-77</saml2:NameID></saml2:AttributeValue></saml2:Attribute><saml2:Attribute FriendlyName="mail" Name="urn:oid:0.9.2342.19200300.100.1.3"><saml2:AttributeValue>alice@example.org</saml2:AttributeValue></saml2:Attribute></saml2:AttributeStatement>`,
    }),
    signs: [],
    settings: {
      attributes: { id: 'urn:oid:1.3.6.1.4.1.5923.1.1.1.10', email: 'mail', name: 'displayName', groups: 'groups' },
    },
    after: (xml, keys) => {
      const [clear = ''] = /<saml2:Assertion[^]*<\/saml2:Assertion>/.exec(xml) ?? [];
      const sealed = encryptedAssertion(clear, { certPem: keys.ownDecryptionCert, cipher: 'aes-128-gcm' });
      return signElement(
        xml.replace(clear, () => sealed),
        { id: '_r1', keys: keys.provider },
      );
    },
    person: 'tid-77|alice@example.org|||_s1|false',
  },
};

function signAll(xml: string, ids: readonly string[], keys: SignerKeys): string {
  return ids.reduce((now, id) => signElement(now, { id, keys }), xml);
}

describe('SAML: the writing of known providers', () => {
  for (const [name, row] of Object.entries(rows))
    it(`reads ${name}`, async () => {
      const keys = await testKeys();
      const signed = signAll(row.xml, row.signs, keys.provider);
      const { person: who, why } = await verdict(partnerOf(keys, row.settings), row.after?.(signed, keys) ?? signed);
      assert.equal(who, row.person, why);
    });
});
