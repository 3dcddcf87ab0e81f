import type { KeyObject } from 'node:crypto';
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import { bitString, der, generalName, oid, sequence, subtree, time, unsigned } from '../../core/der.ts';
import { canonicalIp } from '../../core/ip.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** A certificate with its private key, both PEM. */
export interface KeyPair {
  readonly certPem: string;
  readonly keyPem: string;
}

/**
 * A local certificate authority: ECDSA P-256, ten years, may sign end certificates only (path length 0) and only for `names` and what is
 * below them, so that its key, if stolen, speaks for no other site (RFC 5280 section 4.2.1.10).
 */
export function createAuthority(names: readonly string[], nowMs: number): KeyPair {
  const { privateKey, publicKey } = newKeys();
  const name = distinguishedName(`Sallyport local CA ${randomBytes(4).toString('hex')}`);
  return certify({
    subject: name,
    issuer: name,
    issuerKey: privateKey,
    privateKey,
    publicKey,
    fromMs: nowMs - hourMs,
    untilMs: nowMs + 3650 * dayMs,
    extensions: [
      extension('2.5.29.19', true, sequence(der(0x01, Buffer.of(0xff)), unsigned(Buffer.of(0)))),
      // keyCertSign and cRLSign
      extension('2.5.29.15', true, bitString(Buffer.of(0x06), 1)),
      extension('2.5.29.30', true, sequence(der(0xa0, ...names.map(subtree)))),
      extension('2.5.29.14', false, der(0x04, keyId(publicKey))),
    ],
  });
}

/** Whether the authority may sign for all these names (each permitted itself, or below one that is) and outlives `untilMs`. */
export function maySignFor(authority: KeyPair, names: readonly string[], untilMs: number): boolean {
  const certificate = new X509Certificate(authority.certPem);
  // Every subtree carries its own length, so that one found as a run of bytes is that subtree.
  const isPermitted = (name: string) => canonicalIp(name) === undefined && certificate.raw.includes(subtree(name));
  return (
    certificate.validToDate.getTime() >= untilMs &&
    names.every(name => certificate.raw.includes(subtree(name)) || parentsOf(name).some(isPermitted))
  );
}

function parentsOf(name: string): string[] {
  const labels = name.split('.');
  return labels.slice(1).map((_, index) => labels.slice(index + 1).join('.'));
}

/** A server certificate for these names with a new key: ECDSA P-256, `serverAuth` only, at most 90 days. */
export function issueServerCertificate(authority: KeyPair, names: readonly string[], nowMs: number): KeyPair {
  const { privateKey, publicKey } = newKeys();
  const issuer = new X509Certificate(authority.certPem);
  return certify({
    subject: distinguishedName('Sallyport gate'),
    issuer: distinguishedName(/^CN=(.+)$/m.exec(issuer.subject)?.[1] ?? ''),
    issuerKey: createPrivateKey(authority.keyPem),
    privateKey,
    publicKey,
    fromMs: nowMs - hourMs,
    untilMs: Math.min(nowMs + 89 * dayMs, issuer.validToDate.getTime()),
    extensions: [
      extension('2.5.29.19', true, sequence()),
      // digitalSignature
      extension('2.5.29.15', true, bitString(Buffer.of(0x80), 7)),
      extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1'))),
      extension('2.5.29.17', false, sequence(...names.map(generalName))),
      extension('2.5.29.35', false, sequence(der(0x80, keyId(issuer.publicKey)))),
      extension('2.5.29.14', false, der(0x04, keyId(publicKey))),
    ],
  });
}

/**
 * The certificate a TLS-ALPN-01 validation sees (RFC 8737 section 3): self-signed, for this one name, with the hash of the key authorization
 * in a critical extension that no other client accepts.
 */
export function createChallengeCertificate(host: string, keyAuthorizationHash: Buffer, nowMs: number): KeyPair {
  const { privateKey, publicKey } = newKeys();
  const name = distinguishedName('Sallyport challenge');
  return certify({
    subject: name,
    issuer: name,
    issuerKey: privateKey,
    privateKey,
    publicKey,
    fromMs: nowMs - hourMs,
    untilMs: nowMs + dayMs,
    extensions: [
      extension('2.5.29.17', false, sequence(generalName(host))),
      extension('1.3.6.1.5.5.7.1.31', true, der(0x04, keyAuthorizationHash)),
    ],
  });
}

/** Whether the certificate comes from this authority, fits its key, names all these and has 30 days left. */
export function isStillGood(server: KeyPair, authority: KeyPair, names: readonly string[], nowMs: number): boolean {
  const certificate = new X509Certificate(server.certPem);
  const named = new Set(namesOf(certificate));
  return (
    certificate.verify(new X509Certificate(authority.certPem).publicKey) &&
    certificate.checkPrivateKey(createPrivateKey(server.keyPem)) &&
    nowMs >= certificate.validFromDate.getTime() &&
    certificate.validToDate.getTime() - nowMs >= 30 * dayMs &&
    names.every(name => named.has(name))
  );
}

function namesOf(certificate: X509Certificate): string[] {
  const names = (certificate.subjectAltName ?? '').split(', ');
  return names.map(name => name.replace(/^(?:DNS|IP Address):/, '')).map(name => canonicalIp(name) ?? name);
}

interface Draft {
  readonly subject: Buffer;
  readonly issuer: Buffer;
  readonly issuerKey: KeyObject;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly extensions: readonly Buffer[];
}

/** RFC 5280 section 4.1, version 3, signed with ECDSA over SHA-256 (RFC 5758 section 3.2). */
function certify(draft: Draft): KeyPair {
  const algorithm = sequence(oid('1.2.840.10045.4.3.2'));
  const body = sequence(
    der(0xa0, unsigned(Buffer.of(2))),
    unsigned(Buffer.concat([Buffer.of(0x40), randomBytes(15)])),
    algorithm,
    draft.issuer,
    sequence(time(draft.fromMs), time(draft.untilMs)),
    draft.subject,
    spki(draft.publicKey),
    der(0xa3, sequence(...draft.extensions)),
  );
  const certificate = sequence(body, algorithm, bitString(sign('sha256', body, draft.issuerKey)));
  const lines = certificate.toString('base64').replaceAll(/.{1,64}/g, '$&\n');
  return {
    certPem: `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`,
    keyPem: draft.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function newKeys(): { privateKey: KeyObject; publicKey: KeyObject } {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

function distinguishedName(commonName: string): Buffer {
  return sequence(der(0x31, sequence(oid('2.5.4.3'), der(0x0c, Buffer.from(commonName)))));
}

function extension(id: string, isCritical: boolean, value: Buffer): Buffer {
  return sequence(oid(id), ...(isCritical ? [der(0x01, Buffer.of(0xff))] : []), der(0x04, value));
}

function spki(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

/** RFC 7093 section 2 method 4: the first 160 bits of the SHA-256 hash of the public key. */
function keyId(key: KeyObject): Buffer {
  return createHash('sha256').update(spki(key)).digest().subarray(0, 20);
}
