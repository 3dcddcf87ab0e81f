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

/** Hybrid with ML-KEM first (what is recorded today must not be readable later), then the usual two. */
const curves = ['X25519MLKEM768', 'X25519', 'P-256', 'P-384'] as const;

const ticketLifetimeS = 7200;

/** Certificates ready for use. */
export interface TlsContexts {
  /** Options of the first pair: what a client without a known server name gets. */
  readonly fallback: SecureContextOptions;
  /** The context for a name: an exact one, then a wildcard one label up (RFC 9525 section 6.3), else the first pair. */
  pick(servername: string): SecureContext;
  /** The context of a TLS-ALPN-01 validation under way for exactly this name; undefined when there is none. */
  challenge(servername: string): SecureContext | undefined;
  /** Subjects of leaf certificates that are not valid at the time of loading. */
  readonly outOfDate: readonly string[];
}

/**
 * Checks every pair (readable, key fits, chain in order, key strong enough) before any is used. Throws `gateway.tls_invalid`. With
 * `clientCas` (PEM) the contexts are for a server that asks for client certificates: these authorities are named to the client, and no
 * session is ever resumed, since a resumed one would come without the chain that was checked.
 */
export function createTlsContexts(material: TlsMaterial, nowMs: number, clientCas?: readonly string[]): TlsContexts {
  const byName = new Map<string, SecureContext>();
  const outOfDate: string[] = [];
  const all: { options: SecureContextOptions; context: SecureContext }[] = [];
  for (const pair of material.certificates) {
    const leaf = checkPair(pair);
    if (nowMs < leaf.validFromDate.getTime() || nowMs > leaf.validToDate.getTime()) outOfDate.push(subjectOf(leaf));
    const options = contextOptions(pair, material, clientCas);
    const context = attempt('use certificate', subjectOf(leaf), () => createSecureContext(options));
    all.push({ options, context });
    for (const name of namesOf(leaf)) if (!byName.has(name)) byName.set(name, context);
  }
  const challenges = new Map(
    (material.challenges ?? []).map(({ host, ...pair }) => {
      const options = contextOptions(pair, material);
      return [host, attempt('use challenge certificate', host, () => createSecureContext(options))];
    }),
  );
  const first = all[0];
  if (first === undefined) throw invalid('Cannot use TLS material "": want at least one certificate with its key');
  return {
    fallback: first.options,
    pick(servername) {
      const name = servername.toLowerCase();
      const wildcard = `*${name.slice(Math.max(0, name.indexOf('.')))}`;
      return byName.get(name) ?? byName.get(wildcard) ?? first.context;
    },
    challenge: servername => challenges.get(servername.toLowerCase()),
    outOfDate,
  };
}

function contextOptions(
  pair: { certPem: string; keyPem: string },
  material: TlsMaterial,
  clientCas?: readonly string[],
): SecureContextOptions {
  const strict = constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_COMPRESSION;
  const plain: SecureContextOptions = {
    cert: pair.certPem,
    key: pair.keyPem,
    minVersion: material.minVersion,
    maxVersion: 'TLSv1.3',
    ciphers: cipherSuites.join(':'),
    ecdhCurve: usableCurves(),
    honorCipherOrder: true,
    sessionTimeout: ticketLifetimeS,
    secureOptions: strict,
    ...(material.ticketKeys !== undefined && { ticketKeys: Buffer.from(material.ticketKeys, 'base64') }),
  };
  if (clientCas === undefined) return plain;
  return {
    ...plain,
    ca: [...clientCas],
    // An authority may be named that itself stands below another: it is the anchor all the same.
    allowPartialTrustChain: true,
    secureOptions: strict | constants.SSL_OP_NO_TICKET,
  };
}

/** The curves this OpenSSL has; one it does not know would make every context fail. */
function usableCurves(): string {
  const all = curves.join(':');
  try {
    createSecureContext({ ecdhCurve: all });
    return all;
  } catch {
    return curves.slice(1).join(':');
  }
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
