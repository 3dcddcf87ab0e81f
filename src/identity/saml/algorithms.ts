import { constants, createHash, type KeyObject, verify } from 'node:crypto';
import type { SignatureAlgorithm } from 'xml-crypto';

type Hash = 'sha256' | 'sha384' | 'sha512';
type Scheme = 'rsa' | 'pss' | 'ec';

const dsigMore = 'http://www.w3.org/2001/04/xmldsig-more#';
const dsig2007 = 'http://www.w3.org/2007/05/xmldsig-more#';

/** RFC 9231 sections 2.3.2 to 2.3.10: RSA, RSA-PSS and ECDSA with SHA-256 and up. SHA-1, DSA and everything with a shared key are not here. */
const signatures: ReadonlyMap<string, { scheme: Scheme; hash: Hash }> = new Map([
  [`${dsigMore}rsa-sha256`, { scheme: 'rsa', hash: 'sha256' }],
  [`${dsigMore}rsa-sha384`, { scheme: 'rsa', hash: 'sha384' }],
  [`${dsigMore}rsa-sha512`, { scheme: 'rsa', hash: 'sha512' }],
  [`${dsig2007}sha256-rsa-MGF1`, { scheme: 'pss', hash: 'sha256' }],
  [`${dsig2007}sha384-rsa-MGF1`, { scheme: 'pss', hash: 'sha384' }],
  [`${dsig2007}sha512-rsa-MGF1`, { scheme: 'pss', hash: 'sha512' }],
  [`${dsigMore}ecdsa-sha256`, { scheme: 'ec', hash: 'sha256' }],
  [`${dsigMore}ecdsa-sha384`, { scheme: 'ec', hash: 'sha384' }],
  [`${dsigMore}ecdsa-sha512`, { scheme: 'ec', hash: 'sha512' }],
]);

const digests: ReadonlyMap<string, Hash> = new Map([
  ['http://www.w3.org/2001/04/xmlenc#sha256', 'sha256'],
  [`${dsigMore}sha384`, 'sha384'],
  ['http://www.w3.org/2001/04/xmlenc#sha512', 'sha512'],
]);

export const isSignatureAlgorithm = (uri: string): boolean => signatures.has(uri);
export const isDigestAlgorithm = (uri: string): boolean => digests.has(uri);

/** Whether the bytes are signed with this key by this algorithm; an algorithm that does not fit the kind of key is no signature. */
export function isSignedBy(input: { algorithm: string; data: Buffer; signature: Buffer; key: KeyObject }): boolean {
  const known = signatures.get(input.algorithm);
  if (known === undefined) return false;
  if (input.key.asymmetricKeyType !== (known.scheme === 'ec' ? 'ec' : 'rsa')) return false;
  const { key } = input;
  const way = {
    rsa: { key, padding: constants.RSA_PKCS1_PADDING },
    // RFC 9231 section 2.3.9: the salt is as long as the hash.
    pss: { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
    // RFC 9231 section 2.3.6: both numbers one after the other, without DER.
    ec: { key, dsaEncoding: 'ieee-p1363' as const },
  }[known.scheme];
  return verify(known.hash, input.data, way, input.signature);
}

/** The tables `xml-crypto` finds algorithms in: exactly those above, so that what is not listed does not exist for it. */
export function algorithmTables(key: KeyObject): {
  SignatureAlgorithms: Record<string, new () => SignatureAlgorithm>;
  HashAlgorithms: Record<string, new () => { getAlgorithmName(): string; getHash(xml: string): string }>;
} {
  return {
    SignatureAlgorithms: nullTable([...signatures.keys()].map(uri => [uri, verifierClass(uri, key)])),
    HashAlgorithms: nullTable([...digests].map(([uri, hash]) => [uri, hashClass(uri, hash)])),
  };
}

function nullTable<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.assign(Object.create(null), Object.fromEntries(entries));
}

// The library makes its algorithms with `new`, so these must be classes.
function verifierClass(uri: string, key: KeyObject): new () => SignatureAlgorithm {
  return class implements SignatureAlgorithm {
    getAlgorithmName(): string {
      return uri;
    }
    getSignature(): never {
      throw new Error('Cannot sign: this only verifies');
    }
    verifySignature(material: string, _key: unknown, value: string): boolean {
      return isSignedBy({ algorithm: uri, data: Buffer.from(material), signature: Buffer.from(value, 'base64'), key });
    }
  };
}

function hashClass(uri: string, hash: Hash): new () => { getAlgorithmName(): string; getHash(xml: string): string } {
  return class {
    getAlgorithmName(): string {
      return uri;
    }
    getHash(xml: string): string {
      return createHash(hash).update(xml, 'utf8').digest('base64');
    }
  };
}
