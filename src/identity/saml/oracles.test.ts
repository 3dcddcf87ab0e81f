import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes, sign as signBytes, X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import { SAML, ValidateInResponseTo } from '@node-saml/node-saml';
import { assertionId, signElement, signResponse } from '../../../tests/fakes/saml-signer.ts';
import { xmlsecEncrypt, xmlsecMissing, xmlsecSign, xmlsecVerify } from '../../../tests/servers/xmlsec.ts';
import { bitString, der, oid, sequence, time, unsigned } from '../../core/der.ts';
import { readSamlKeys } from './key-pair.ts';
import {
  addresses,
  encoded,
  honestPerson,
  honestXml,
  nowMs,
  partnerOf,
  requestId,
  testKeys,
  verdict,
} from './saml.fixture.ts';

const assertionName = 'urn:oasis:names:tc:SAML:2.0:assertion:Assertion';
const dsigMore = 'http://www.w3.org/2001/04/xmldsig-more#';

/** An unfilled signature in the assertion. */
function template(options: { signature: string; digest: string; prefixes?: string }): string {
  const list = options.prefixes
    ? `<ec:InclusiveNamespaces xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="${options.prefixes}"/>`
    : '';
  const signature = `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/><ds:SignatureMethod Algorithm="${options.signature}"/><ds:Reference URI="#${assertionId}"><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/><ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#">${list}</ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="${options.digest}"/><ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/></ds:Signature>`;
  return honestXml().replace(/(<saml:Assertion.*?<\/saml:Issuer>)/, `$1${signature}`);
}

describe('SAML beside xmlsec1', { skip: xmlsecMissing() ?? false }, () => {
  it('it verifies what we ask and tell by form', async () => {
    const keys = await testKeys();
    const { certPem } = readSamlKeys(keys.own).signing;
    const partner = partnerOf(keys, { ssoBinding: 'post', sloBinding: 'post' });
    const { dispatch } = await partner.begin({ relayState: '', isForced: true });
    assert.equal(dispatch.kind, 'post');
    const xml = Buffer.from(dispatch.fields.SAMLRequest ?? '', 'base64').toString();
    const element = 'urn:oasis:names:tc:SAML:2.0:protocol:AuthnRequest';
    await xmlsecVerify(xml, { certPem, element });
    await assert.rejects(xmlsecVerify(xml.replace('ForceAuthn="true"', ''), { certPem, element }));
    await assert.rejects(xmlsecVerify(xml, { certPem: keys.attacker.certPem, element }));
  });

  const rows = {
    'RSA with SHA-256': { signature: `${dsigMore}rsa-sha256`, digest: 'http://www.w3.org/2001/04/xmlenc#sha256' },
    'RSA with SHA-384': { signature: `${dsigMore}rsa-sha384`, digest: `${dsigMore}sha384` },
    'RSA with SHA-512': { signature: `${dsigMore}rsa-sha512`, digest: 'http://www.w3.org/2001/04/xmlenc#sha512' },
    'prefixes to keep': {
      signature: `${dsigMore}rsa-sha256`,
      digest: 'http://www.w3.org/2001/04/xmlenc#sha256',
      prefixes: 'xs xsi',
    },
    'prefixes of the response to keep': {
      signature: `${dsigMore}rsa-sha256`,
      digest: 'http://www.w3.org/2001/04/xmlenc#sha256',
      prefixes: 'samlp xs',
    },
  };
  for (const [name, options] of Object.entries(rows))
    it(`takes what it signed by ${name}`, async () => {
      const keys = await testKeys();
      const xml = await xmlsecSign(template(options), { keyPem: keys.provider.keyPem, element: assertionName });
      const { person, why } = await verdict(partnerOf(keys), xml);
      assert.equal(person, honestPerson, why);
      assert.equal((await verdict(partnerOf(keys), xml.replace('operators', 'owners'))).person, null);
    });

  for (const [namedCurve, hash] of [
    ['P-256', 'sha256'],
    ['P-384', 'sha384'],
    ['P-521', 'sha512'],
  ] as const)
    it(`takes what it signed by ECDSA on ${namedCurve}`, async () => {
      const keys = await testKeys();
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
      const keyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      const options = { signature: `${dsigMore}ecdsa-${hash}`, digest: 'http://www.w3.org/2001/04/xmlenc#sha256' };
      const xml = await xmlsecSign(template(options), { keyPem, element: assertionName });
      const certPem = certify(publicKey.export({ type: 'spki', format: 'der' }), data =>
        signBytes('sha256', data, privateKey),
      );
      const { person, why } = await verdict(partnerOf(keys, { certificates: [certPem] }), xml);
      assert.equal(person, honestPerson, why);
      assert.equal((await verdict(partnerOf(keys), xml)).person, null);
    });

  for (const cipher of ['aes128-gcm', 'aes256-gcm'] as const)
    it(`opens what it encrypted by ${cipher}`, async () => {
      const keys = await testKeys();
      const xml = signElement(honestXml(), { id: assertionId, keys: keys.provider });
      const [clear = ''] = /<saml:Assertion[^]*<\/saml:Assertion>/.exec(xml) ?? [];
      const empty = `<xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" Type="http://www.w3.org/2001/04/xmlenc#Element"><xenc:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#${cipher}"/><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><xenc:EncryptedKey><xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"/><xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedData>`;
      const sessionKey = cipher === 'aes128-gcm' ? 'aes-128' : 'aes-256';
      const filled = await xmlsecEncrypt(empty, { certPem: keys.ownDecryptionCert, sessionKey, clear });
      const sealed = `<saml:EncryptedAssertion>${filled.replace(/^<\?xml[^>]*\?>\s*/, '')}</saml:EncryptedAssertion>`;
      const { person, why } = await verdict(
        partnerOf(keys),
        xml.replace(clear, () => sealed),
      );
      assert.equal(person, honestPerson, why);
    });
});

/** A certificate only to carry a key; nobody looks at its signature. */
function certify(spki: Buffer, signer: (data: Buffer) => Buffer): string {
  const algorithm = sequence(oid('1.2.840.10045.4.3.2'));
  const name = sequence(der(0x31, sequence(oid('2.5.4.3'), der(0x0c, Buffer.from('test')))));
  const dates = sequence(time(nowMs), time(nowMs + 1000));
  const body = sequence(der(0xa0, unsigned(Buffer.of(2))), unsigned(Buffer.of(1)), algorithm, name, dates, name, spki);
  return new X509Certificate(sequence(body, algorithm, bitString(signer(body)))).toString();
}

describe('SAML beside node-saml', () => {
  const theirs = async (): Promise<SAML> => {
    const keys = await testKeys();
    return new SAML({
      idpCert: keys.provider.certPem,
      issuer: addresses.entityId,
      callbackUrl: addresses.acsUrl,
      audience: addresses.entityId,
      entryPoint: 'https://idp.example.org/sso',
      wantAuthnResponseSigned: false,
      validateInResponseTo: ValidateInResponseTo.never,
      // Its clock is the machine's, the documents are of the day of these tests.
      acceptedClockSkewMs: -1,
    });
  };

  for (const mode of ['assertion', 'both'] as const)
    it(`it reads the same person (${mode} signed)`, async () => {
      const keys = await testKeys();
      const xml = signResponse(honestXml(), mode, keys.provider);
      const { profile } = await (await theirs()).validatePostResponseAsync({ SAMLResponse: encoded(xml) });
      const result = await partnerOf(keys).finish({ response: encoded(xml), requestId });
      assert.equal(result.kind === 'identity' && result.identity.subject, profile?.nameID);
      assert.equal(result.kind === 'identity' && result.identity.email, profile?.mail);
      assert.deepEqual(result.kind === 'identity' && result.identity.groups, profile?.groups);
    });

  it('it verifies the signature over our addresses', async () => {
    const keys = await testKeys();
    const own = readSamlKeys(keys.own);
    const provider = new SAML({
      idpCert: own.signing.certPem,
      issuer: 'x',
      callbackUrl: 'https://idp.example.org',
      idpIssuer: addresses.entityId,
    });
    const result = await partnerOf(keys).finish({
      response: encoded(signResponse(honestXml(), 'both', keys.provider)),
      requestId,
    });
    assert.ok(result.kind === 'identity' && result.identity.keepsake);
    const begun = await partnerOf(keys, {}, Date.now()).beginLogout(result.identity.keepsake, {
      relayState: randomBytes(8).toString('base64'),
    });
    assert.ok(begun);
    const { searchParams, search } = new URL(begun.dispatch.url);
    const { profile } = await provider.validateRedirectAsync(Object.fromEntries(searchParams), search.slice(1));
    assert.equal(profile?.nameID, 'alice-7f3a');
    const forged = search.slice(1).replace('RelayState=', 'RelayState=x');
    await assert.rejects(provider.validateRedirectAsync(Object.fromEntries(new URLSearchParams(forged)), forged));
  });
});
