import type { KeyObject } from 'node:crypto';
import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { bitString, der, generalName, oid, sequence, unsigned } from '../../../core/der.ts';

/** A new ECDSA P-256 key with the request for its certificate. */
export interface CertificateRequest {
  readonly keyPem: string;
  /** PKCS #10 (RFC 2986), DER. */
  readonly request: Buffer;
}

/** Asks for exactly these names, in the extension alone: a common name has no meaning to anybody any more (RFC 9525 section 2). */
export function createCertificateRequest(names: readonly string[]): CertificateRequest {
  const privateKey: KeyObject = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const altNames = sequence(oid('2.5.29.17'), der(0x04, sequence(...names.map(generalName))));
  const extensionRequest = sequence(oid('1.2.840.113549.1.9.14'), der(0x31, sequence(altNames)));
  const body = sequence(
    unsigned(Buffer.of(0)),
    sequence(),
    createPublicKey(privateKey).export({ type: 'spki', format: 'der' }),
    der(0xa0, extensionRequest),
  );
  const request = sequence(body, sequence(oid('1.2.840.10045.4.3.2')), bitString(sign('sha256', body, privateKey)));
  return { keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), request };
}
