import { type KeyObject, X509Certificate } from 'node:crypto';
import { SignedXml } from 'xml-crypto';
import { SallyportError } from '../../core/errors.ts';
import { algorithmTables, isDigestAlgorithm, isSignatureAlgorithm, isSignedBy } from './algorithms.ts';
import { canonicalize, writeAlone } from './canonical.ts';
import { envelopedSignature, exclusiveC14n, namespaces, rsaSha256, sha256 } from './names.ts';
import { refuseUnless, SamlRefusal } from './refusal.ts';
import { attributeOf, childElements, childOf, messageLimits, readXml, textOf, type XmlElement } from './xml.ts';

/** A provider's signing certificate; only its key counts, not its dates: it is trusted because it was set. */
export interface TrustedKey {
  readonly key: KeyObject;
  readonly certificate: X509Certificate;
}

/** The keys of these certificates. Throws `core.invalid_input` for what cannot be read or is weaker than RSA 2048 or a NIST curve. */
export function readTrustedKeys(certificates: readonly string[]): TrustedKey[] {
  return certificates.map(pem => {
    try {
      if (pem.split('-----BEGIN ').length > 2)
        throw new RangeError('Cannot use several certificates as one: want each apart');
      const certificate = new X509Certificate(pem);
      const { publicKey: key } = certificate;
      const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
      const curve = key.asymmetricKeyDetails?.namedCurve ?? '';
      const isRsa = key.asymmetricKeyType === 'rsa' && bits >= 2048 && bits <= 8192;
      const isEc = key.asymmetricKeyType === 'ec' && ['prime256v1', 'secp384r1', 'secp521r1'].includes(curve);
      if (isRsa || isEc) return { key, certificate };
      throw new RangeError(
        `Cannot use a key of ${key.asymmetricKeyType} ${bits || curve}: want RSA of 2048 to 8192 bits or P-256, P-384, P-521`,
      );
    } catch (cause) {
      const detail = cause instanceof RangeError ? cause.message : 'Cannot read a certificate: want X.509 in PEM';
      throw new SallyportError('core.invalid_input', detail, { detail, cause });
    }
  });
}

/** The enveloped signature of an element, if it has one. */
export function signatureOf(element: XmlElement): XmlElement | undefined {
  return childOf(element, namespaces.ds, 'Signature');
}

/**
 * What is signed of an element, read anew from the signed bytes and nothing else; throws `SamlRefusal` unless its own enveloped signature
 * is by one of the keys. The element is verified as a document of its own, so no other part of the message can be what is signed. The
 * bytes must be those that our own reader and canonical form arrive at: two parsers that disagree are a refusal.
 */
export function readSigned(element: XmlElement, keys: readonly TrustedKey[]): XmlElement {
  const signature = signatureOf(element);
  if (signature === undefined) throw new SamlRefusal(`${element.local}: want a signature`);
  const { inclusive, method } = checkSignatureForm(element, signature);
  // First what costs little: nobody without a key gets to make two parsers work over a large message.
  const info = Buffer.from(canonicalize(need(signature, 'SignedInfo')));
  const value = Buffer.from(bareBase64(need(signature, 'SignatureValue')), 'base64');
  const signers = keys.filter(({ key }) => isSignedBy({ algorithm: method, data: info, signature: value, key }));
  const alone = writeAlone(element);
  const signatureAlone = writeAlone(signature);
  for (const { key } of signers) {
    const signed = verifyWith(key, alone, signatureAlone);
    if (signed === undefined) continue;
    const expected = canonicalize(element, { omit: signature, inclusive });
    refuseUnless(signed === expected, `${element.local}: want signed bytes that read in one way only`);
    return readXml(signed, messageLimits);
  }
  throw new SamlRefusal(
    `${element.local}: want a signature by one of the ${keys.length} certificates of the identity provider, got one that does not verify`,
  );
}

/** XML Signature section 4 as SAML core section 5.4 narrows it. Returns the PrefixList of the canonical form. */
function checkSignatureForm(element: XmlElement, signature: XmlElement): { inclusive: string[]; method: string } {
  const info = need(signature, 'SignedInfo');
  const reference = need(info, 'Reference');
  const transforms = childElements(need(reference, 'Transforms'));
  const algorithm = (name: string, parent: XmlElement): string => attributeOf(need(parent, name), 'Algorithm') ?? '';
  const id = attributeOf(element, 'ID') ?? '';
  const uri = attributeOf(reference, 'URI') ?? '';
  refuseUnless(id !== '' && uri === `#${id}`, `Signature: want a reference to "#${id}", the element it stands in`, uri);
  const c14n = algorithm('CanonicalizationMethod', info);
  refuseUnless(c14n === exclusiveC14n, 'Signature: want exclusive canonicalization without comments', c14n);
  const method = algorithm('SignatureMethod', info);
  refuseUnless(isSignatureAlgorithm(method), 'Signature: want RSA or ECDSA with SHA-256 or longer', method);
  const digest = algorithm('DigestMethod', reference);
  refuseUnless(isDigestAlgorithm(digest), 'Signature: want a digest by SHA-256 or longer', digest);
  const ways = transforms.map(transform => attributeOf(transform, 'Algorithm'));
  refuseUnless(
    ways.length === 2 && ways[0] === envelopedSignature && ways[1] === exclusiveC14n,
    'Signature: want the transforms enveloped-signature and exclusive canonicalization, in this order',
    ways.join(' '),
  );
  for (const value of [need(signature, 'SignatureValue'), need(reference, 'DigestValue')])
    refuseUnless(/^[A-Za-z0-9+/]+={0,2}$/.test(bareBase64(value)), `Signature: want base64 in ${value.local}`);
  const [first, second] = transforms;
  refuseUnless(
    first === undefined || childElements(first).length === 0,
    'Signature: want nothing in its first transform',
  );
  const list = second && childOf(second, namespaces.ec, 'InclusiveNamespaces');
  return { inclusive: prefixList(list), method };
}

function prefixList(list: XmlElement | undefined): string[] {
  if (list === undefined) return [];
  const prefixes = (attributeOf(list, 'PrefixList') ?? '').split(/[ \n\t]+/).filter(Boolean);
  const isPlain = prefixes.length <= 16 && prefixes.every(prefix => /^[A-Za-z_][A-Za-z0-9._-]*$/.test(prefix));
  refuseUnless(isPlain, 'Signature: want at most 16 plain prefixes in its PrefixList', prefixes.join(' '));
  return prefixes;
}

function bareBase64(element: XmlElement): string {
  return textOf(element).replaceAll(/[ \t\r\n]/g, '');
}

function need(parent: XmlElement, local: string): XmlElement {
  const child = childOf(parent, namespaces.ds, local);
  if (child === undefined) throw new SamlRefusal(`${parent.local}: want ${local}`);
  return child;
}

/** The signed bytes, or undefined when they are not signed with this key. What is inside KeyInfo is not looked at. */
function verifyWith(key: KeyObject, alone: string, signatureAlone: string): string | undefined {
  try {
    const verifier = new SignedXml({ publicCert: key });
    const tables = algorithmTables(key);
    verifier.SignatureAlgorithms = tables.SignatureAlgorithms;
    verifier.HashAlgorithms = tables.HashAlgorithms;
    for (const uri of Object.keys(verifier.CanonicalizationAlgorithms))
      if (uri !== exclusiveC14n && uri !== envelopedSignature) delete verifier.CanonicalizationAlgorithms[uri];
    verifier.loadSignature(signatureAlone);
    if (!verifier.checkSignature(alone)) return undefined;
    const signed = verifier.getSignedReferences();
    return signed.length === 1 ? signed[0] : undefined;
  } catch {
    // Whatever it stumbles over is not a signature by this key.
    return undefined;
  }
}

/** Signs our own message: enveloped, RSA-SHA256, exclusive canonical form, the signature right after the Issuer (SAML core section 5.4). */
export function signMessage(xml: string, pair: { keyPem: string; certPem: string }): string {
  const signer = new SignedXml({
    privateKey: pair.keyPem,
    publicCert: pair.certPem,
    signatureAlgorithm: rsaSha256,
    canonicalizationAlgorithm: exclusiveC14n,
  });
  signer.addReference({ xpath: '/*', transforms: [envelopedSignature, exclusiveC14n], digestAlgorithm: sha256 });
  signer.computeSignature(xml, {
    prefix: 'ds',
    location: { reference: "/*/*[local-name(.)='Issuer']", action: 'after' },
  });
  return signer.getSignedXml();
}
