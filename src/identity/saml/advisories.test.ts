import assert from 'node:assert/strict';
import { sign } from 'node:crypto';
import { describe, it } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import {
  assertionId,
  encryptAssertion,
  encryptedAssertion,
  responseId,
  responseXml,
  signElement,
  signResponse,
} from '../../../tests/fakes/saml-signer.ts';
import { isSallyportError } from '../../core/errors.ts';
import type { SamlMessage, SamlPartner } from '../federation/federation.ts';
import { samlSettings } from '../provider-settings.ts';
import { logoutRequest } from './messages.ts';
import {
  addresses,
  encoded,
  honest,
  honestXml,
  issuer,
  nowMs,
  partnerOf,
  settingsOf,
  type TestKeys,
  testKeys,
  verdict,
} from './saml.fixture.ts';
import { clone, drop, evil, find, makeEvil, parse, print, type Tree } from './wrapping.fixture.ts';

type Make = (keys: TestKeys) => string;

const signed = (keys: TestKeys): string => signElement(honestXml(), { id: assertionId, keys: keys.provider });
const ofAssertion = (xml: string): string => /<saml:Assertion[^]*<\/saml:Assertion>/.exec(xml)?.[0] ?? '';
const evilAssertion = (id: string): string =>
  ofAssertion(responseXml({ ...honest, assertionId: id, nameId: evil, attributes: { mail: [evil] } }));

function changed(edit: (root: Tree, assertion: Tree) => void): Make {
  return keys => {
    const root = parse(signed(keys));
    edit(root, find(root, 'Assertion'));
    return print(root);
  };
}

/** Each advisory as the smallest document that shows it; whoever is vulnerable signs `evil` in. */
const advisories: readonly (readonly [id: string, what: string, make: Make])[] = [
  [
    'CVE-2011-1411 (OpenSAML)',
    'an unsigned assertion beside a signed one',
    keys => signed(keys).replace('<saml:Assertion', `${evilAssertion('_evil')}<saml:Assertion`),
  ],
  [
    'CVE-2016-5697 (ruby-saml)',
    'an evil assertion whose id is that of the signed one',
    keys => signed(keys).replace('</samlp:Response>', `${evilAssertion(assertionId)}</samlp:Response>`),
  ],
  [
    'CVE-2017-11427 to CVE-2017-11430, CVE-2018-0489',
    'a comment cuts the NameID short',
    keys => signResponse(honestXml({ nameId: `${evil}<!---->.attacker.example` }), 'both', keys.provider),
  ],
  [
    'CVE-2026-57580 (authentik)',
    'a comment added after signing cuts the NameID short',
    keys =>
      signResponse(honestXml({ nameId: `${evil}.attacker.example` }), 'both', keys.provider).replace(
        evil,
        `${evil}<!-- -->`,
      ),
  ],
  ['CVE-2020-12676 (FusionAuth)', 'no signature at all', () => honestXml({ nameId: evil })],
  [
    'CVE-2020-29509, CVE-2020-29510 and CVE-2020-29511 (Go encoding/xml)',
    'colons that read in two ways',
    keys => signed(keys).replace('<samlp:Status>', '<samlp:Status x:xmlns="urn:evil" ::y="z">'),
  ],
  [
    'CVE-2020-27846 (crewjam/saml)',
    'a directive that a round trip turns into an element',
    keys => signed(keys).replace('<samlp:Status>', `<!x "<">${evilAssertion('_evil')}<!-- "> --><samlp:Status>`),
  ],
  [
    'CVE-2022-39353 (xmldom), CVE-2022-39299 and CVE-2022-39300 (node-saml)',
    'two root elements',
    keys => honestXml({ nameId: evil }) + signed(keys),
  ],
  [
    'CVE-2022-41912 (crewjam/saml)',
    'two assertions, one signed',
    keys => signed(keys).replace('</samlp:Response>', `${evilAssertion('_evil')}</samlp:Response>`),
  ],
  [
    'GHSA-c27r-x354-4m68 (xml-crypto)',
    'HMAC with the public key as its secret',
    keys =>
      signElement(honestXml({ nameId: evil }), {
        id: assertionId,
        keys: keys.provider,
        hmacKey: keys.provider.certPem,
        algorithm: 'http://www.w3.org/2000/09/xmldsig#hmac-sha1',
      }),
  ],
  [
    'CVE-2024-32962 (xml-crypto)',
    'the certificate in KeyInfo is taken as the key',
    keys => signResponse(honestXml({ nameId: evil }), 'both', keys.attacker),
  ],
  [
    'CVE-2024-45409 (ruby-saml)',
    'the digest comes from elsewhere in the document',
    keys => {
      const xml = signed(keys);
      const [digest = ''] = /<ds:DigestValue>.*?<\/ds:DigestValue>/.exec(xml) ?? [];
      return xml
        .replace('</samlp:Status>', `<samlp:StatusDetail>${digest}</samlp:StatusDetail></samlp:Status>`)
        .replace('alice-7f3a', evil);
    },
  ],
  [
    'CVE-2024-6800 (GitHub Enterprise Server)',
    'the signed message in an Object of its own signature',
    changed((root, assertion) => {
      const copy = clone(assertion);
      const signature = find(copy, 'Signature');
      drop(copy, signature);
      makeEvil(assertion);
      const target = find(root, 'Signature');
      target.children.push({ ...target, local: 'Object', attributes: [], children: [copy] });
    }),
  ],
  [
    'CVE-2024-9487 (GitHub Enterprise Server)',
    'an encrypted assertion that nobody signed',
    keys => encryptAssertion(honestXml({ nameId: evil }), { certPem: keys.ownDecryptionCert }),
  ],
  [
    'CVE-2024-8698 (Keycloak)',
    'what is signed is guessed from where the signature stands',
    changed((root, assertion) => {
      const signature = drop(assertion, find(assertion, 'Signature'));
      root.children.splice(1, 0, signature);
      const copy = makeEvil(clone(assertion));
      const id = copy.attributes.find(({ local }) => local === 'ID');
      if (id) id.value = '_evil';
      root.children.push(copy);
    }),
  ],
  [
    'CVE-2025-23369 (GitHub Enterprise Server)',
    'an id hidden behind an entity',
    keys => `<!DOCTYPE r [<!ENTITY i "${assertionId}">]>${signed(keys).replace('ID="_response1"', 'ID="&i;"')}`,
  ],
  [
    'CVE-2025-25291 (ruby-saml)',
    'a document type that one parser leaves out',
    keys => `<!DOCTYPE r SYSTEM 'a"><!--'[]>${honestXml({ nameId: evil })}<!--' -->${signed(keys)}`,
  ],
  [
    'CVE-2025-25292 (ruby-saml)',
    'a namespace that one parser does not see',
    keys =>
      signed(keys)
        .replace(
          '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"',
          '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig" xmlns:DS="http://www.w3.org/2000/09/xmldsig#"',
        )
        .replace('alice-7f3a', evil),
  ],
  [
    'CVE-2025-66567 (ruby-saml)',
    'an attribute of the reserved namespace moves what a prefix means',
    keys =>
      signed(keys)
        .replace('<ds:SignedInfo>', '<ds:SignedInfo xmlns:xml="urn:evil" xml:xmlns="urn:evil">')
        .replace('alice-7f3a', evil),
  ],
  [
    'CVE-2025-66568 (ruby-saml)',
    'a relative namespace name makes the canonical form empty',
    keys => {
      const xml = honestXml({ nameId: evil }).replace('<saml:Subject>', '<saml:Subject xmlns:ns="1">');
      const empty = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';
      return signElement(xml, { id: assertionId, keys: keys.attacker }).replace(
        /<ds:DigestValue>[^<]*/,
        `<ds:DigestValue>${empty}`,
      );
    },
  ],
  [
    'CVE-2025-66568 (ruby-saml), signed',
    'a relative namespace name in what the provider itself signed',
    keys =>
      signResponse(
        honestXml({ nameId: evil }).replace('<saml:Subject>', '<saml:Subject xmlns:ns="1">'),
        'both',
        keys.provider,
      ),
  ],
  [
    'CVE-2025-29774 (xml-crypto)',
    'a second SignedInfo',
    keys => {
      const own = signElement(honestXml({ nameId: evil }), { id: assertionId, keys: keys.attacker });
      const [theirs = ''] = /<ds:SignedInfo>.*?<\/ds:SignedInfo>/.exec(signed(keys)) ?? [];
      return own.replace('<ds:SignedInfo>', `${theirs}<ds:SignedInfo>`);
    },
  ],
  [
    'CVE-2025-29775 (xml-crypto)',
    'a comment in the DigestValue',
    keys => signed(keys).replace('<ds:DigestValue>', '<ds:DigestValue><!--AAAA-->').replace('alice-7f3a', evil),
  ],
  [
    'CVE-2025-46572 (passport-wsfed-saml2)',
    'an unsigned response around a signed assertion of somebody else',
    changed((root, assertion) => {
      const copy = makeEvil(clone(assertion));
      drop(copy, find(copy, 'Signature'));
      root.children.splice(root.children.indexOf(assertion), 1, copy);
      copy.children.push(assertion);
    }),
  ],
  [
    'CVE-2025-46573 (passport-wsfed-saml2)',
    'an attribute outside what is signed',
    keys =>
      signed(keys).replace(
        '</saml:Assertion>',
        `</saml:Assertion><saml:AttributeStatement><saml:Attribute Name="mail"><saml:AttributeValue>${evil}</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>`,
      ),
  ],
  [
    'CVE-2025-47949 (samlify)',
    'the signed assertion wrapped in an unsigned one',
    changed((root, assertion) => {
      const copy = makeEvil(clone(assertion));
      drop(copy, find(copy, 'Signature'));
      const id = copy.attributes.find(({ local }) => local === 'ID');
      if (id) id.value = '_evil';
      find(copy, 'Subject').children.push(assertion);
      root.children.splice(root.children.indexOf(assertion), 1, copy);
    }),
  ],
  [
    'CVE-2025-54369 (node-saml)',
    'values are read from the document that came, not from what was signed',
    keys => {
      const xml = signElement(honestXml(), { id: responseId, keys: keys.provider });
      return xml.replace('alice-7f3a', evil);
    },
  ],
  [
    'CVE-2025-54419 (node-saml)',
    'the assertion is taken from an unsigned response',
    keys =>
      signed(keys).replace(
        '<saml:Conditions',
        `<saml:Subject><saml:NameID>${evil}</saml:NameID></saml:Subject><saml:Conditions`,
      ),
  ],
  [
    'CVE-2026-25922 (authentik)',
    'an unsigned assertion before the signed one',
    keys => signed(keys).replace('<saml:Assertion', `${evilAssertion('_first')}<saml:Assertion`),
  ],
  [
    'CVE-2026-41577 (authentik)',
    'no Conditions',
    keys =>
      signResponse(
        honestXml({ nameId: evil }).replace(/<saml:Conditions.*<\/saml:Conditions>/, ''),
        'both',
        keys.provider,
      ),
  ],
  [
    'CVE-2026-41577 (authentik), audience',
    'an assertion made for another service',
    keys => signResponse(honestXml({ nameId: evil, audience: 'https://other.example.org' }), 'both', keys.provider),
  ],
  [
    'CVE-2019-3465 (xmlseclibs)',
    'a SignedInfo found further down than where it belongs',
    keys => {
      const own = signElement(honestXml({ nameId: evil }), { id: assertionId, keys: keys.attacker });
      const [theirs = ''] = /<ds:Signature .*<\/ds:Signature>/.exec(signed(keys)) ?? [];
      return own.replace('</ds:KeyInfo>', `${theirs}</ds:KeyInfo>`);
    },
  ],
  [
    'CVE-2026-47201 (authentik)',
    'a whole signed response inside an evil one',
    keys => {
      const inside = signElement(honestXml(), { id: responseId, keys: keys.provider });
      const evilXml = honestXml({ nameId: evil, assertionId: '_evilAssertion' }).replace('_response1', '_evil');
      return evilXml.replace('<samlp:Status>', () => `${inside}<samlp:Status>`);
    },
  ],
];

/** What breaks if this fails: a way in that is publicly written down, with tools to walk it. */
describe('SAML: public advisories', () => {
  for (const [id, what, make] of advisories)
    it(`${id}: ${what}`, async () => {
      const keys = await testKeys();
      const { person } = await verdict(partnerOf(keys), make(keys));
      assert.equal(person, null);
    });

  it('CVE-2021-21366 and CVE-2021-32796 (xmldom): text that looks like markup stays text however often it is written', async () => {
    const keys = await testKeys();
    const nameId = `x&lt;/saml:NameID&gt;&lt;saml:NameID&gt;${evil}`;
    const { person } = await verdict(
      partnerOf(keys),
      signResponse(honestXml({ nameId, attributes: {} }), 'both', keys.provider),
    );
    assert.ok(person?.startsWith(`x</saml:NameID><saml:NameID>${evil}|`));
  });

  it('CVE-2018-7711 (SimpleSAMLphp): a signature that cannot even be read is none', async () => {
    const keys = await testKeys();
    const good = signedQuery(keys, `SAMLRequest=${encodeURIComponent(deflated(logoutXml(evil)))}`);
    for (const signature of ['', 'AAAA', '%00', 'not-base64'])
      await refuses(partnerOf(keys), {
        binding: 'redirect',
        query: good.replace(/Signature=.*$/, `Signature=${signature}`),
      });
  });

  it('CVE-2026-28323 (Web Help Desk): settings without a certificate are no settings', async () => {
    const keys = await testKeys();
    const settings = { ...settingsOf(keys), certificates: [] };
    assert.equal(samlSettings.safeParse(settings).success, false);
    const { person } = await verdict(
      partnerOf(keys, { certificates: [] }),
      signResponse(honestXml(), 'both', keys.attacker),
    );
    assert.equal(person, null);
  });

  it('CVE-2025-25293 (ruby-saml) and CVE-2023-28119 (crewjam/saml): a small message does not swell', async () => {
    const keys = await testKeys();
    const bomb = deflateRawSync(Buffer.alloc(50_000_000, 0x20)).toString('base64');
    await refuses(partnerOf(keys), {
      binding: 'redirect',
      query: signedQuery(keys, `SAMLRequest=${encodeURIComponent(bomb)}`),
    });
  });

  it('CVE-2025-27773 (SimpleSAMLphp): the message of an address is the one that is signed', async () => {
    const keys = await testKeys();
    const partner = partnerOf(keys);
    const good = signedQuery(keys, `SAMLRequest=${encodeURIComponent(deflated(logoutXml('alice-7f3a')))}`);
    const read = await partner.readLogout({ binding: 'redirect', query: good });
    assert.equal(read.kind === 'request' && read.subject, 'alice-7f3a');
    const forged = encodeURIComponent(deflated(logoutXml(evil)));
    for (const query of [
      `SAMLRequest=${forged}&${good}`,
      `${good}&SAMLRequest=${forged}`,
      `SAMLResponse=${forged}&${good}`,
      `${good}&SAMLResponse=${forged}`,
      `SAML%52equest=${forged}&${good.replace('SAMLRequest', 'x')}`,
    ])
      await refuses(partner, { binding: 'redirect', query });
  });

  it('GHSA-63ch-w8pw-4mf2 (samlify): a signed assertion in a request to sign out signs nothing else', async () => {
    const keys = await testKeys();
    const wrapped = logoutXml(evil).replace(
      '</samlp:LogoutRequest>',
      `${ofAssertion(signed(keys))}</samlp:LogoutRequest>`,
    );
    await refuses(partnerOf(keys), { binding: 'post', fields: { SAMLRequest: encoded(wrapped) } });
  });

  it('Jager and Somorovsky, "How to Break XML Encryption" (CVE-2011-1096): ciphertexts that fail look all alike', async () => {
    const keys = await testKeys();
    const clear = ofAssertion(signed(keys));
    const good = encryptedAssertion(clear, { certPem: keys.ownDecryptionCert });
    const values = [...good.matchAll(/CipherValue>([^<]*)/g)].map(match => match[1] ?? '').filter(Boolean);
    const flipped = values.map(value => good.replace(value, flip(value)));
    const cases = [
      ...flipped,
      encryptedAssertion('not XML', { certPem: keys.attacker.certPem }),
      good.replace(values[1] ?? '', 'AAAA'),
    ];
    const partner = partnerOf(keys);
    const whys = await Promise.all(
      cases.map(
        async text => (await verdict(partner, honestXml().replace(/<saml:Assertion.*<\/saml:Assertion>/, text))).why,
      ),
    );
    assert.equal(new Set(whys).size, 1, whys.join('\n'));
  });
});

function flip(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20);
  return bytes.toString('base64');
}

function logoutXml(nameId: string): string {
  const heading = { id: '_logout1', nowMs, destination: addresses.sloUrl, entityId: issuer };
  return logoutRequest(heading, {
    nameId,
    format: null,
    nameQualifier: null,
    spNameQualifier: null,
    session: '_session1',
  });
}

const deflated = (xml: string): string => deflateRawSync(xml).toString('base64');

function signedQuery(keys: TestKeys, start: string): string {
  const data = `${start}&SigAlg=${encodeURIComponent('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256')}`;
  const signature = sign('sha256', Buffer.from(data), keys.provider.keyPem).toString('base64');
  return `${data}&Signature=${encodeURIComponent(signature)}`;
}

async function refuses(partner: SamlPartner, message: SamlMessage): Promise<void> {
  await assert.rejects(partner.readLogout(message), error => isSallyportError(error, 'identity.provider_refused'));
}
