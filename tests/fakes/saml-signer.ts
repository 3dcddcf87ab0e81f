import { constants, createCipheriv, publicEncrypt, randomBytes, X509Certificate } from 'node:crypto';
import { SignedXml } from 'xml-crypto';

/** An identity provider's signing key. */
export interface SignerKeys {
  readonly keyPem: string;
  readonly certPem: string;
}

/** What a response says; each field is written as it is, so that a hostile one can be said too. */
export interface Words {
  readonly issuer: string;
  readonly audience: string;
  readonly acsUrl: string;
  readonly requestId: string | null;
  readonly nowMs: number;
  readonly nameId: string;
  readonly format?: string;
  readonly attributes?: Readonly<Record<string, readonly string[]>>;
  readonly assertionId?: string;
  readonly context?: string;
  readonly sessionIndex?: string;
  readonly status?: string;
}

export type SigningMode = 'assertion' | 'response' | 'both';

const ds = 'http://www.w3.org/2000/09/xmldsig#';
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const enveloped = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';

export const responseId = '_response1';
export const assertionId = '_assertion1';

/** A response as providers write it, unsigned. */
export function responseXml(words: Words): string {
  const at = (ms: number): string => new Date(words.nowMs + ms).toISOString();
  const answers = words.requestId === null ? '' : ` InResponseTo="${words.requestId}"`;
  const id = words.assertionId ?? assertionId;
  const attributes = Object.entries(words.attributes ?? {}).map(
    ([name, values]) =>
      `<saml:Attribute Name="${name}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic">${values
        .map(value => `<saml:AttributeValue xsi:type="xs:string">${value}</saml:AttributeValue>`)
        .join('')}</saml:Attribute>`,
  );
  return [
    `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${responseId}" Version="2.0" IssueInstant="${at(0)}" Destination="${words.acsUrl}"${answers}>`,
    `<saml:Issuer>${words.issuer}</saml:Issuer>`,
    `<samlp:Status><samlp:StatusCode Value="${words.status ?? 'urn:oasis:names:tc:SAML:2.0:status:Success'}"/></samlp:Status>`,
    `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ID="${id}" Version="2.0" IssueInstant="${at(0)}">`,
    `<saml:Issuer>${words.issuer}</saml:Issuer>`,
    `<saml:Subject><saml:NameID Format="${words.format ?? 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'}">${words.nameId}</saml:NameID>`,
    `<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="${at(300_000)}" Recipient="${words.acsUrl}"${answers}/></saml:SubjectConfirmation></saml:Subject>`,
    `<saml:Conditions NotBefore="${at(-30_000)}" NotOnOrAfter="${at(300_000)}"><saml:AudienceRestriction><saml:Audience>${words.audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>`,
    `<saml:AuthnStatement AuthnInstant="${at(-1000)}" SessionIndex="${words.sessionIndex ?? '_session1'}"><saml:AuthnContext><saml:AuthnContextClassRef>${words.context ?? 'urn:oasis:names:tc:SAML:2.0:ac:classes:Password'}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>`,
    attributes.length === 0 ? '' : `<saml:AttributeStatement>${attributes.join('')}</saml:AttributeStatement>`,
    '</saml:Assertion></samlp:Response>',
  ].join('');
}

/** How one element is signed; everything can be chosen, also what nobody should take. */
export interface SignWay {
  readonly id: string;
  readonly keys: SignerKeys;
  readonly algorithm?: string;
  readonly digest?: string;
  readonly c14n?: string;
  readonly transforms?: readonly string[];
  readonly prefixList?: readonly string[];
  /** The certificate that KeyInfo shows; null: no KeyInfo. */
  readonly shownCert?: string | null;
  /** Before the child of this name, in place of after the Issuer. */
  readonly before?: string;
  /** HMAC with this as the key, in place of a signature. */
  readonly hmacKey?: string;
}

/** Signs the element with this ID, the signature right after its Issuer unless told otherwise. */
export function signElement(xml: string, way: SignWay): string {
  const shown = way.shownCert === undefined ? way.keys.certPem : way.shownCert;
  const signer = new SignedXml({
    privateKey: way.hmacKey ?? way.keys.keyPem,
    ...(shown === null ? {} : { publicCert: shown }),
    signatureAlgorithm: way.algorithm ?? 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    canonicalizationAlgorithm: way.c14n ?? exclusive,
  });
  if (way.hmacKey !== undefined) signer.enableHMAC();
  signer.addReference({
    xpath: `//*[@ID='${way.id}']`,
    transforms: [...(way.transforms ?? [enveloped, exclusive])],
    digestAlgorithm: way.digest ?? 'http://www.w3.org/2001/04/xmlenc#sha256',
    ...(way.prefixList === undefined ? {} : { inclusiveNamespacesPrefixList: [...way.prefixList] }),
  });
  const beside = `//*[@ID='${way.id}']/*[local-name(.)='${way.before ?? 'Issuer'}']`;
  signer.computeSignature(xml, {
    prefix: 'ds',
    location: { reference: beside, action: way.before === undefined ? 'after' : 'before' },
  });
  return signer.getSignedXml();
}

/** Signs the assertion, the response, or the one and then the other. */
export function signResponse(xml: string, mode: SigningMode, keys: SignerKeys): string {
  const inner = mode === 'response' ? xml : signElement(xml, { id: assertionId, keys });
  return mode === 'assertion' ? inner : signElement(inner, { id: responseId, keys });
}

/** How an assertion is encrypted. */
export interface EncryptWay {
  readonly certPem: string;
  readonly cipher?: 'aes-128-gcm' | 'aes-256-gcm' | 'aes-128-cbc' | 'aes-256-cbc';
  readonly padding?: 'oaep' | 'oaep-sha256' | 'pkcs1';
  /** The key beside the data, referred to, instead of inside it. */
  readonly isBeside?: boolean;
}

const xenc = 'http://www.w3.org/2001/04/xmlenc#';
const xenc11 = 'http://www.w3.org/2009/xmlenc11#';

/** Puts an EncryptedAssertion in the place of the Assertion. */
export function encryptAssertion(xml: string, way: EncryptWay): string {
  const [assertion] = /<saml:Assertion[^]*<\/saml:Assertion>/.exec(xml) ?? [];
  if (assertion === undefined) throw new Error('Cannot encrypt: want an Assertion');
  return xml.replace(assertion, () => encryptedAssertion(assertion, way));
}

/** An EncryptedAssertion of any text. */
export function encryptedAssertion(clear: string, way: EncryptWay): string {
  const cipher = way.cipher ?? 'aes-256-gcm';
  const isGcm = cipher.endsWith('gcm');
  const key = randomBytes(cipher.includes('128') ? 16 : 32);
  const iv = randomBytes(isGcm ? 12 : 16);
  const sealer = createCipheriv(cipher, key, iv);
  const body = Buffer.concat([sealer.update(clear, 'utf8'), sealer.final()]);
  const tag = isGcm ? (sealer as unknown as { getAuthTag(): Buffer }).getAuthTag() : Buffer.alloc(0);
  const { publicKey } = new X509Certificate(way.certPem);
  const padding = way.padding ?? 'oaep';
  const wrapped = publicEncrypt(
    padding === 'pkcs1'
      ? { key: publicKey, padding: constants.RSA_PKCS1_PADDING }
      : { key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: padding === 'oaep' ? 'sha1' : 'sha256' },
    key,
  );
  const method = {
    oaep: `<xenc:EncryptionMethod Algorithm="${xenc}rsa-oaep-mgf1p"><ds:DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha1"/></xenc:EncryptionMethod>`,
    'oaep-sha256': `<xenc:EncryptionMethod Algorithm="${xenc11}rsa-oaep"><ds:DigestMethod Algorithm="${xenc}sha256"/><xenc11:MGF xmlns:xenc11="${xenc11}" Algorithm="${xenc11}mgf1sha256"/></xenc:EncryptionMethod>`,
    pkcs1: `<xenc:EncryptionMethod Algorithm="${xenc}rsa-1_5"/>`,
  }[padding];
  const encryptedKey = `<xenc:EncryptedKey Id="_key1">${method}<xenc:CipherData><xenc:CipherValue>${wrapped.toString('base64')}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey>`;
  const info = way.isBeside ? '<ds:RetrievalMethod URI="#_key1"/>' : encryptedKey;
  const algorithm = isGcm ? `${xenc11}${cipher.replace('aes-', 'aes')}` : `${xenc}${cipher.replace('aes-', 'aes')}`;
  const data = Buffer.concat([iv, body, tag]).toString('base64');
  return `<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:xenc="${xenc}" xmlns:ds="${ds}"><xenc:EncryptedData Type="${xenc}Element"><xenc:EncryptionMethod Algorithm="${algorithm}"/><ds:KeyInfo>${info}</ds:KeyInfo><xenc:CipherData><xenc:CipherValue>${data}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>${way.isBeside ? encryptedKey : ''}</saml:EncryptedAssertion>`;
}
