import assert from 'node:assert/strict';
import { sign } from 'node:crypto';
import { describe, it } from 'node:test';
import {
  assertionId,
  encryptAssertion,
  responseId,
  type SigningMode,
  signElement,
  signResponse,
  type Words,
} from '../../../tests/fakes/saml-signer.ts';
import { canonicalize } from './canonical.ts';
import {
  addresses,
  honestPerson,
  honestXml,
  nowMs,
  partnerOf,
  type TestKeys,
  testKeys,
  verdict,
} from './saml.fixture.ts';
import { evil, find, parse, print, wrappings } from './wrapping.fixture.ts';

const modes: readonly SigningMode[] = ['assertion', 'response', 'both'];
const success = 'urn:oasis:names:tc:SAML:2.0:status:Success';

/**
 * What breaks if this fails: somebody with one honest response of their own, or with a provider that signs carelessly, signs in as
 * anybody. Every row must be refused, or yield exactly the person that the provider signed for; none may yield another.
 */
describe('SAML: signature wrapping', () => {
  for (const [name, wrap] of Object.entries(wrappings))
    for (const mode of modes)
      it(`${name} (${mode} signed)`, async () => {
        const keys = await testKeys();
        const attack = wrap(signResponse(honestXml(), mode, keys.provider), mode);
        assert.ok(attack.includes(evil));
        const { person } = await verdict(partnerOf(keys), attack);
        assert.equal(person, null);
      });
});

type Make = (keys: TestKeys) => string;
const both = (keys: TestKeys, xml: string): string => signResponse(xml, 'both', keys.provider);
const said =
  (other: Partial<Words>): Make =>
  keys =>
    both(keys, honestXml(other));
const edited =
  (from: string | RegExp, to: string): Make =>
  keys =>
    both(keys, replaced(honestXml(), from, to));
/** Changed after it was signed. */
const tampered =
  (from: string | RegExp, to: string): Make =>
  keys =>
    replaced(both(keys, honestXml()), from, to);
const way =
  (other: Partial<Parameters<typeof signElement>[1]>): Make =>
  keys =>
    signElement(honestXml(), { id: assertionId, keys: keys.provider, ...other });
const inDocument =
  (tree: (xml: string) => string): Make =>
  keys =>
    tree(both(keys, honestXml()));

function replaced(text: string, from: string | RegExp, to: string): string {
  const result = text.replace(from, to);
  assert.notEqual(result, text, `want "${from}" in the document`);
  return result;
}

/**
 * `xml-crypto` takes an attribute whose local name stands in the PrefixList for a declaration and writes it as one: what it calls signed is
 * not what the document says. The provider's key signs it here, as a careless signer with the same library would.
 */
function twoForms(keys: TestKeys): string {
  const odd = honestXml().replace(
    '<saml:AttributeStatement>',
    '<saml:AttributeStatement xmlns:x="urn:x" x:mail="urn:evil">',
  );
  const signed = signElement(odd, { id: assertionId, keys: keys.provider, prefixList: ['mail'] });
  const root = parse(replaced(signed, /<InclusiveNamespaces[^>]*enveloped-signature"\/>/, ''));
  const info = canonicalize(find(root, 'SignedInfo'));
  const value = sign('sha256', Buffer.from(info), keys.provider.keyPem).toString('base64');
  find(root, 'SignatureValue').children = [value];
  return print(root);
}

const dtd = (inside: string): string => `<!DOCTYPE samlp:Response [${inside}]>`;
const past = new Date(nowMs - 600_000).toISOString();

/** Each with words that its refusal must have, so that it is refused for the reason in its name. */
const refused: Readonly<Record<string, readonly [Make, RegExp]>> = {
  'another Audience': [said({ audience: 'https://other.example.org' }), /Audience: want/],
  'another Destination': [
    edited(`Destination="${addresses.acsUrl}"`, 'Destination="https://other.example.org/acs"'),
    /Destination: want/,
  ],
  'no Destination in a signed Response': [
    edited(` Destination="${addresses.acsUrl}"`, ''),
    /Destination: want .* got nothing/,
  ],
  'another Recipient': [
    edited(`Recipient="${addresses.acsUrl}"`, 'Recipient="https://other.example.org/acs"'),
    /Recipient: want/,
  ],
  'no Recipient': [edited(` Recipient="${addresses.acsUrl}"`, ''), /Recipient: want/],
  'another Issuer': [said({ issuer: 'https://other.example.org' }), /Response Issuer: want/],
  'another Issuer of the assertion': [
    edited(/(<saml:Assertion[^>]*>)<saml:Issuer>[^<]*/, '$1<saml:Issuer>https://other.example.org'),
    /Assertion Issuer: want/,
  ],
  'no Issuer in a signed Response': [
    keys => {
      const inner = signElement(honestXml(), { id: assertionId, keys: keys.provider });
      const bare = replaced(inner, /<saml:Issuer>.*?<\/saml:Issuer>/, '');
      return signElement(bare, { id: responseId, keys: keys.provider, before: 'Status' });
    },
    /Response Issuer: want .* got none/,
  ],
  'an answer to another request outside': [
    edited(/(<samlp:Response[^>]*InResponseTo=")[^"]*/, '$1_other'),
    /Response InResponseTo: want "_request1", got "_other"/,
  ],
  'an assertion signed by an attacker in a response signed by the provider': [
    keys => {
      const inner = signElement(honestXml(), { id: assertionId, keys: keys.attacker });
      return signElement(inner, { id: responseId, keys: keys.provider });
    },
    /Assertion: want a signature by one of the 1 certificates/,
  ],
  'a refusal by the provider that nobody signed': [
    () =>
      replaced(
        honestXml({ status: 'urn:oasis:names:tc:SAML:2.0:status:Requester' }),
        /<saml:Assertion.*<\/saml:Assertion>/,
        '',
      ),
    /denied: Status: want Success, got "urn:oasis:names:tc:SAML:2.0:status:Requester"/,
  ],
  'an encrypted assertion of another form': [
    keys => {
      const odd = replaced(honestXml(), '<saml:AuthnStatement', '<saml:Advice/><saml:AuthnStatement');
      const sealed = encryptAssertion(odd, { certPem: keys.ownDecryptionCert });
      return signElement(sealed, { id: responseId, keys: keys.provider });
    },
    /Assertion: want no such element, got "saml:Advice"/,
  ],
  'signed bytes that two canonical forms write in two ways': [
    keys => twoForms(keys),
    /want signed bytes that read in one way only/,
  ],
  'a Status that is no success': [
    said({ status: 'urn:oasis:names:tc:SAML:2.0:status:Responder' }),
    /denied: Status: want Success/,
  ],
  'a Status that is no success outside the signature': [
    keys => replaced(way({})(keys), success, 'urn:oasis:names:tc:SAML:2.0:status:AuthnFailed'),
    /denied: Status/,
  ],
  'RSA with SHA-1': [
    way({ algorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' }),
    /want RSA or ECDSA with SHA-256/,
  ],
  'a digest by SHA-1': [way({ digest: 'http://www.w3.org/2000/09/xmldsig#sha1' }), /want a digest by SHA-256/],
  'HMAC with the certificate of the provider as its key': [
    keys => way({ hmacKey: keys.provider.certPem, algorithm: 'http://www.w3.org/2000/09/xmldsig#hmac-sha1' })(keys),
    /want RSA or ECDSA/,
  ],
  'inclusive canonicalization': [
    way({ c14n: 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315' }),
    /want exclusive canonicalization/,
  ],
  'canonicalization with comments': [
    way({
      transforms: [
        'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
        'http://www.w3.org/2001/10/xml-exc-c14n#WithComments',
      ],
    }),
    /want the transforms/,
  ],
  'three transforms': [
    tampered('</ds:Transforms>', '<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms>'),
    /want 2 of ds:Transform/,
  ],
  'a transform by XSLT': [
    tampered('http://www.w3.org/2000/09/xmldsig#enveloped-signature', 'http://www.w3.org/TR/1999/REC-xslt-19991116'),
    /want the transforms/,
  ],
  'the key of an attacker, whose certificate KeyInfo shows': [
    keys => signResponse(honestXml({ nameId: evil }), 'both', keys.attacker),
    /certificates of the identity provider/,
  ],
  'the key of an attacker under the certificate of the provider': [
    keys => way({ keys: { keyPem: keys.attacker.keyPem, certPem: keys.provider.certPem } })(keys),
    /certificates of the identity provider/,
  ],
  'no signature': [() => honestXml(), /want its assertion or itself signed/],
  'signatures stripped': [tampered(/<ds:Signature.*?<\/ds:Signature>/g, ''), /want its assertion or itself signed/],
  'an empty SignatureValue': [
    tampered(/<ds:SignatureValue>[^<]*/g, '<ds:SignatureValue>'),
    /want base64 in SignatureValue/,
  ],
  'an empty DigestValue': [tampered(/<ds:DigestValue>[^<]*/g, '<ds:DigestValue>'), /want base64 in DigestValue/],
  'a name changed after signing': [tampered('alice-7f3a', evil), /does not verify/],
  'a group added after signing': [tampered('>operators<', '>owners<'), /does not verify/],
  'a harmless document type': [tampered(/^/, '<!DOCTYPE Response>'), /no document type/],
  'an external entity': [tampered(/^/, dtd('<!ENTITY x SYSTEM "file:///etc/passwd">')), /no document type/],
  'a billion laughs': [tampered(/^/, dtd('<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">')), /no document type/],
  'an entity that nobody declared': [tampered('alice-7f3a', '&alice;'), /want no entity/],
  'a processing instruction': [tampered('alice-7f3a', 'alice<?x y?>-7f3a'), /want an element/],
  'a comment in the NameID': [tampered('alice-7f3a', 'alice<!-- -->-7f3a'), /want an element/],
  'a comment that cuts the NameID, signed so': [edited('alice-7f3a', 'alice-7f3a<!-- -->.evil'), /want an element/],
  'CDATA in the NameID': [tampered('alice-7f3a', '<![CDATA[alice-7f3a]]>'), /want an element/],
  'a comment in the DigestValue': [tampered('<ds:DigestValue>', '<ds:DigestValue><!-- x -->'), /want an element/],
  'two SignedInfo': [tampered(/(<ds:SignedInfo>.*?<\/ds:SignedInfo>)/, '$1$1'), /want 1 of ds:SignedInfo/],
  'two signatures in one element': [
    tampered(/(<ds:Signature .*?<\/ds:Signature>)/, '$1$1'),
    /want 0 to 1 of ds:Signature/,
  ],
  'two references in one signature': [tampered(/(<ds:Reference.*?<\/ds:Reference>)/, '$1$1'), /want 1 of ds:Reference/],
  'a reference to nothing in particular': [tampered(/URI="#_assertion1"/, 'URI=""'), /want the attribute "URI"/],
  'a reference to another element': [
    keys => replaced(way({})(keys), 'URI="#_assertion1"', 'URI="#_response1"'),
    /want a reference to/,
  ],
  'a reference by XPointer': [
    keys => replaced(way({})(keys), 'URI="#_assertion1"', 'URI="#xpointer(id(1))"'),
    /want a reference to/,
  ],
  'an id twice': [tampered('ID="_response1"', 'ID="_assertion1"'), /Ids: want each once/],
  'an id twice by another spelling': [
    tampered('<samlp:Status>', '<samlp:Status Id="_assertion1">'),
    /Ids: want each once/,
  ],
  'an id twice as xml:id': [tampered('<samlp:Status>', '<samlp:Status xml:id="_assertion1">'), /Ids: want each once/],
  'two assertions, both signed': [
    keys => {
      const one = signElement(honestXml(), { id: assertionId, keys: keys.provider });
      const two = signElement(honestXml({ assertionId: '_assertion2', nameId: 'bob' }), {
        id: '_assertion2',
        keys: keys.provider,
      });
      const [second = ''] = /<saml:Assertion[^]*<\/saml:Assertion>/.exec(two) ?? [];
      return one.replace('</samlp:Response>', `${second}</samlp:Response>`);
    },
    /want 0 to 1 of saml:Assertion/,
  ],
  'no assertion': [
    keys =>
      signElement(replaced(honestXml(), /<saml:Assertion.*<\/saml:Assertion>/, ''), {
        id: responseId,
        keys: keys.provider,
      }),
    /want exactly one assertion/,
  ],
  'an assertion as the root': [
    keys => /<saml:Assertion[^]*<\/saml:Assertion>/.exec(way({})(keys))?.[0] ?? '',
    /Root element/,
  ],
  'a root of another namespace': [
    tampered('urn:oasis:names:tc:SAML:2.0:protocol', 'urn:oasis:names:tc:SAML:1.1:protocol'),
    /Root element/,
  ],
  'an assertion under an unknown element': [
    inDocument(xml => {
      const root = parse(xml);
      const at = root.children.length - 1;
      const wrap = {
        ...root,
        local: 'Wrapper',
        ns: 'urn:x',
        prefix: '',
        attributes: [],
        scope: new Map([['', 'urn:x']]),
        children: [find(root, 'Assertion')],
      };
      root.children.splice(at, 1, wrap);
      return print(root);
    }),
    /want no such element/,
  ],
  'ended Conditions': [
    edited(/(<saml:Conditions[^>]*NotOnOrAfter=")[^"]*/, `$1${past}`),
    /NotOnOrAfter: want later|NotBefore before/,
  ],
  'Conditions of the future': [
    edited(/(<saml:Conditions NotBefore=")[^"]*/, `$1${new Date(nowMs + 200_000).toISOString()}`),
    /NotBefore: want no later/,
  ],
  'no Conditions': [edited(/<saml:Conditions.*<\/saml:Conditions>/, ''), /want 1 of saml:Conditions/],
  'Conditions without an end': [
    edited(/(<saml:Conditions[^>]*) NotOnOrAfter="[^"]*"/, '$1'),
    /Conditions: want NotOnOrAfter/,
  ],
  'Conditions without an audience': [
    edited(/<saml:AudienceRestriction>.*<\/saml:AudienceRestriction>/, '<saml:OneTimeUse/>'),
    /want an AudienceRestriction/,
  ],
  'a condition of an unknown kind': [
    edited('<saml:AudienceRestriction>', '<saml:Condition/><saml:AudienceRestriction>'),
    /want no such element/,
  ],
  'ended confirmation': [
    edited(/(SubjectConfirmationData NotOnOrAfter=")[^"]*/, `$1${past}`),
    /SubjectConfirmationData NotOnOrAfter: want later/,
  ],
  'confirmation without an end': [
    edited(/SubjectConfirmationData NotOnOrAfter="[^"]*"/, 'SubjectConfirmationData'),
    /SubjectConfirmationData: want NotOnOrAfter/,
  ],
  'confirmation of another kind': [edited('cm:bearer', 'cm:holder-of-key'), /want the method "bearer"/],
  'no confirmation': [
    edited(/<saml:SubjectConfirmation .*<\/saml:SubjectConfirmation>/, ''),
    /want 1 to 10 of saml:SubjectConfirmation/,
  ],
  'an end in a hundred years': [
    edited(/NotOnOrAfter="[^"]*"/g, 'NotOnOrAfter="2126-01-01T00:00:00Z"'),
    /within 24 hours/,
  ],
  'a time of another zone': [
    edited(/(<saml:Conditions[^>]*NotOnOrAfter=")[^"]*/, '$12026-06-01T23:00:00+02:00'),
    /want a UTC time/,
  ],
  'an answer to another request': [said({ requestId: '_other' }), /InResponseTo: want "_request1"/],
  'an answer to another request inside': [
    edited(/(SubjectConfirmationData[^>]*InResponseTo=")[^"]*/, '$1_other'),
    /SubjectConfirmationData InResponseTo/,
  ],
  'an answer to nothing': [said({ requestId: null }), /InResponseTo: want "_request1", got nothing/],
  'no statement of a sign-in': [
    edited(/<saml:AuthnStatement.*<\/saml:AuthnStatement>/, ''),
    /want one AuthnStatement, got 0/,
  ],
  'two statements of a sign-in': [
    edited(/(<saml:AuthnStatement.*<\/saml:AuthnStatement>)/, '$1$1'),
    /want one AuthnStatement, got 2/,
  ],
  'an encrypted assertion that refers to the key of another': [
    keys => {
      const sealed = encryptAssertion(honestXml(), { certPem: keys.ownDecryptionCert, isBeside: true });
      const other = replaced(sealed, 'URI="#_key1"', 'URI="#_key2"');
      return signElement(other, { id: responseId, keys: keys.provider });
    },
    /want a reference to its own key, got "#_key2"/,
  ],
  'a session that ended': [
    edited('SessionIndex=', `SessionNotOnOrAfter="${past}" SessionIndex=`),
    /SessionNotOnOrAfter: want/,
  ],
  'a sign-in of the future': [
    edited(/AuthnInstant="[^"]*"/, 'AuthnInstant="2026-06-02T00:00:00Z"'),
    /AuthnInstant: want/,
  ],
  'an assertion of the future': [
    edited(/(<saml:Assertion[^>]*IssueInstant=")[^"]*/, '$12026-06-02T00:00:00Z'),
    /IssueInstant/,
  ],
  'SAML 1.1': [edited(/Version="2.0"/g, 'Version="1.1"'), /want version 2.0/],
  'Advice with another assertion': [
    edited('<saml:AuthnStatement', '<saml:Advice/><saml:AuthnStatement'),
    /want no such element/,
  ],
  Extensions: [edited('<samlp:Status>', '<samlp:Extensions/><samlp:Status>'), /want no such element/],
  'an Object in the signature': [
    tampered('</ds:SignatureValue>', '</ds:SignatureValue><ds:Object/>'),
    /want no such element/,
  ],
  'an assertion in KeyInfo': [tampered('</ds:KeyInfo>', '<saml:Assertion/></ds:KeyInfo>'), /want nothing of SAML/],
  'an element in the NameID': [
    tampered('alice-7f3a', '<saml:NameID>alice-7f3a</saml:NameID>'),
    /want text and no element/,
  ],
  'two NameIDs': [edited(/(<saml:NameID.*?<\/saml:NameID>)/, '$1$1'), /Subject: want 1 of saml:NameID/],
  'an empty NameID': [said({ nameId: ' ' }), /NameID: want 1 to 512/],
  'a NameID that changes each time': [
    said({ format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient' }),
    /want one that stays/,
  ],
  'text between elements': [tampered('<samlp:Status>', 'x<samlp:Status>'), /want no text between/],
  'elements in another order': [
    tampered(/(<saml:Subject>.*<\/saml:Subject>)(<saml:Conditions.*<\/saml:Conditions>)/, '$2$1'),
    /in order/,
  ],
  'not XML': [() => 'hello', /want an element/],
  'XML 1.1': [tampered(/^/, '<?xml version="1.1"?>'), /want an element/],
  'another encoding': [tampered(/^/, '<?xml version="1.0" encoding="utf-7"?>'), /want an element/],
  'something after the root': [tampered(/$/, '<x/>'), /nothing after the root/],
  'a megabyte': [tampered('alice-7f3a', 'a'.repeat(1_000_000)), /at most 262144 bytes/],
  'a thousand levels': [tampered('alice-7f3a', '<a>'.repeat(1000)), /at most 24 levels/],
  'ten thousand elements': [tampered('alice-7f3a', '<a/>'.repeat(10_000)), /at most 6000 elements/],
  'more groups than the settings take': [
    said({ attributes: { groups: Array.from({ length: 501 }, (_, at) => `g${at}`) } }),
    /at most 500, got 501/,
  ],
};

describe('SAML: documents nobody may sign in with', () => {
  for (const [name, [make, why]] of Object.entries(refused))
    it(`refuses ${name}`, async () => {
      const keys = await testKeys();
      const result = await verdict(partnerOf(keys), make(keys));
      assert.equal(result.person, null);
      assert.match(result.why, why);
      assert.ok(result.why.length <= 520 && !/[\n\r]/.test(result.why));
    });
});

const taken: Readonly<Record<string, Make>> = {
  'the assertion signed': keys => signResponse(honestXml(), 'assertion', keys.provider),
  'the response signed': keys => signResponse(honestXml(), 'response', keys.provider),
  'both signed': keys => both(keys, honestXml()),
  'no KeyInfo': way({ shownCert: null }),
  'the certificate of an attacker in KeyInfo, which is not looked at': keys =>
    way({ shownCert: keys.attacker.certPem })(keys),
  'RSA with SHA-512': way({
    algorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
    digest: 'http://www.w3.org/2001/04/xmlenc#sha512',
  }),
  'RSA-PSS': way({ algorithm: 'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1' }),
  'white space between elements': keys => both(keys, honestXml().replaceAll('><saml:', '>\n  <saml:')),
  'line ends of Windows': keys => both(keys, honestXml().replaceAll('><saml:', '>\n<saml:')).replaceAll('\n', '\r\n'),
  'a declaration before it': keys => `<?xml version="1.0" encoding="UTF-8"?>\n${both(keys, honestXml())}\n`,
  'other quotes and spaces in tags': keys =>
    both(keys, honestXml())
      .replace('<samlp:Status>', '<samlp:Status  >')
      .replace(/Version="2.0"/, "Version = '2.0'"),
  'a first confirmation of another kind': edited(
    '<saml:SubjectConfirmation ',
    '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"/><saml:SubjectConfirmation ',
  ),
};

describe('SAML: honest documents', () => {
  for (const [name, make] of Object.entries(taken))
    it(`takes ${name}`, async () => {
      const keys = await testKeys();
      const { person, why } = await verdict(partnerOf(keys), make(keys));
      assert.equal(person, honestPerson, why);
    });
});
