import type { KeyObject } from 'node:crypto';
import { constants, createPrivateKey, X509Certificate } from 'node:crypto';
import type { SecureContext, SecureContextOptions } from 'node:tls';
import { createSecureContext } from 'node:tls';
import { SallyportError } from '../../core/errors.ts';
import type { TlsMaterial } from '../gateway.ts';

/** TLS 1.3 suites, and for 1.2 only those with forward secrecy and authenticated encryption (RFC 9325 section 4.2). */
const cipherSuites = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
] as const;

/** Certificates ready for use. */
export interface TlsContexts {
  /** Options of the first pair: what a client without a known server name gets. */
  readonly fallback: SecureContextOptions;
  /** The context for a name: an exact one, then a wildcard one label up (RFC 9525 section 6.3), else the first pair. */
  pick(servername: string): SecureContext;
  /** Subjects of leaf certificates that are not valid at the time of loading. */
  readonly outOfDate: readonly string[];
}

/** Checks every pair (readable, key fits, chain in order, key strong enough) before any is used. Throws `gateway.tls_invalid`. */
export function createTlsContexts(material: TlsMaterial, nowMs: number): TlsContexts {
  const byName = new Map<string, SecureContext>();
  const outOfDate: string[] = [];
  const all: { options: SecureContextOptions; context: SecureContext }[] = [];
  for (const pair of material.certificates) {
    const leaf = checkPair(pair);
    if (nowMs < leaf.validFromDate.getTime() || nowMs > leaf.validToDate.getTime()) outOfDate.push(subjectOf(leaf));
    const options = contextOptions(pair, material.minVersion);
    const context = attempt('use certificate', subjectOf(leaf), () => createSecureContext(options));
    all.push({ options, context });
    for (const name of namesOf(leaf)) if (!byName.has(name)) byName.set(name, context);
  }
  const first = all[0];
  if (first === undefined) throw invalid('Cannot use TLS material "": want at least one certificate with its key');
  return {
    fallback: first.options,
    pick(servername) {
      const name = servername.toLowerCase();
      const wildcard = `*${name.slice(Math.max(0, name.indexOf('.')))}`;
      return byName.get(name) ?? byName.get(wildcard) ?? first.context;
    },
    outOfDate,
  };
}

function contextOptions(
  pair: { certPem: string; keyPem: string },
  minVersion: TlsMaterial['minVersion'],
): SecureContextOptions {
  return {
    cert: pair.certPem,
    key: pair.keyPem,
    minVersion,
    maxVersion: 'TLSv1.3',
    ciphers: cipherSuites.join(':'),
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_COMPRESSION,
  };
}

function checkPair(pair: { certPem: string; keyPem: string }): X509Certificate {
  const blocks = pair.certPem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  const chain = blocks.map((pem, index) =>
    attempt('read certificate', `${index + 1} of the chain`, () => new X509Certificate(pem)),
  );
  const leaf = chain[0];
  if (leaf === undefined) throw invalid('Cannot read certificate chain "": want PEM with at least one certificate');
  const key = attempt('read the key of', subjectOf(leaf), () => createPrivateKey(pair.keyPem));
  if (!leaf.checkPrivateKey(key))
    throw invalid(`Cannot use certificate "${subjectOf(leaf)}": want the private key that belongs to it`);
  if (isWeak(key))
    throw invalid(`Cannot use certificate "${subjectOf(leaf)}": want RSA of 2048 bits or more, or an elliptic curve`);
  for (const [index, certificate] of chain.entries()) {
    const issuer = chain[index + 1];
    if (issuer !== undefined && !certificate.checkIssued(issuer)) {
      throw invalid(
        `Cannot use certificate "${subjectOf(certificate)}": want its issuer next in the chain, not "${subjectOf(issuer)}"`,
      );
    }
  }
  return leaf;
}

function isWeak(key: KeyObject): boolean {
  const type = key.asymmetricKeyType;
  if (type === 'rsa' || type === 'rsa-pss') return (key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048;
  return !(type === 'ec' || type === 'ed25519');
}

function namesOf(leaf: X509Certificate): string[] {
  const names = (leaf.subjectAltName ?? '').split(', ');
  return names.flatMap(name => (name.startsWith('DNS:') ? [name.slice(4).toLowerCase()] : []));
}

function subjectOf(certificate: X509Certificate): string {
  return (certificate.subject ?? certificate.subjectAltName ?? certificate.serialNumber).replaceAll('\n', ', ');
}

function attempt<T>(act: string, what: string, task: () => T): T {
  try {
    return task();
  } catch (cause) {
    throw new SallyportError('gateway.tls_invalid', `Cannot ${act} "${what}": want valid PEM that OpenSSL accepts`, {
      cause,
    });
  }
}

function invalid(message: string): SallyportError {
  return new SallyportError('gateway.tls_invalid', message, { detail: message });
}
