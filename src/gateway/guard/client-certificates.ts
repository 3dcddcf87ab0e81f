import { X509Certificate } from 'node:crypto';
import { SallyportError } from '../../core/errors.ts';
import type { SiteGuard } from '../guard-input.ts';
import type { PeerChain } from '../transport/peer-chain.ts';
import type { PathLife } from './certificate-path.ts';
import { findPath, isAlive } from './certificate-path.ts';

const authoritiesMax = 10;
const subjectCharsMax = 300;

/** Whose certificate it is. */
export interface Certified {
  /** The subject, one line of printable ASCII, at most 300 characters; what is not ASCII is percent-encoded. */
  readonly subject: string;
  /** SHA-256 of the certificate, lower-case hex. */
  readonly fingerprint: string;
}

export type CertificateVerdict =
  | { readonly kind: 'not_wanted' }
  | { readonly kind: 'accepted'; readonly certified: Certified }
  | { readonly kind: 'refused'; readonly reason: string };

/** Which routes of a site want a client certificate, and whose. */
export interface ClientCertificates {
  /** PEM of all authorities, for the handshake to name. */
  readonly authorities: readonly string[];
  /** Every entry that matches the path must accept the chain at this moment. */
  judge(path: string, chain: PeerChain | undefined, nowMs: number): CertificateVerdict;
}

const notWanted: CertificateVerdict = { kind: 'not_wanted' };

/** Throws `core.invalid_input` for PEM that holds no authority. */
export function compileClientCertificates(entries: SiteGuard['clientCertificates']): ClientCertificates {
  const rules = entries.map(compile);
  return {
    authorities: [...new Set(rules.flatMap(rule => rule.authorities.map(one => one.toString())))],
    judge(path, chain, nowMs) {
      if (rules.length === 0) return notWanted;
      const matching = rules.filter(rule => rule.matches(path));
      if (matching.length === 0) return notWanted;
      if (chain === undefined) return { kind: 'refused', reason: 'the client showed no certificate' };
      for (const rule of matching) {
        const reason = rule.reasonAgainst(chain, nowMs);
        if (reason !== undefined) return { kind: 'refused', reason };
      }
      return { kind: 'accepted', certified: certifiedOf(chain) };
    },
  };
}

function compile(entry: SiteGuard['clientCertificates'][number]) {
  const authorities = readAuthorities(entry.caPem);
  const subjects = new Set(entry.subjects);
  // Signatures are checked once per connection; lifetimes at every request.
  const found = new WeakMap<PeerChain, PathLife>();
  return {
    authorities,
    matches: everyReading(entry.path),
    reasonAgainst(chain: PeerChain, nowMs: number): string | undefined {
      let life = found.get(chain);
      if (life === undefined || !isAlive(life, nowMs)) {
        life = findPath(chain, authorities, nowMs);
        if (life === undefined) return 'the certificate does not lead to the authority of this route, or not now';
        found.set(chain, life);
      }
      if (subjects.size === 0 || namesOf(chain.leaf).some(name => subjects.has(name))) return undefined;
      return 'the certificate is for a subject that this route does not take';
    },
  };
}

/**
 * Without regard to case or a slash at the end, and for every reading an application behind might have of the path: as it is, and with its
 * escapes undone once or twice, parameters and doubled slashes gone. Asking too often opens nothing.
 */
export function everyReading(pattern: string): (path: string) => boolean {
  const isTree = pattern.endsWith('/*');
  const base = plain(isTree ? pattern.slice(0, -2) : pattern);
  const isMeant = (text: string) => {
    const path = plain(text);
    return path === base || (isTree && path.startsWith(`${base}/`)) || /\/\.{1,2}(?:\/|$)/.test(path);
  };
  return path => {
    if (isMeant(path)) return true;
    const once = unescaped(path);
    return once !== path && (isMeant(once) || isMeant(unescaped(once)));
  };
}

function plain(path: string): string {
  const lower = path.toLowerCase().replaceAll('\\', '/');
  const bare = lower.includes(';') ? lower.replaceAll(/;[^/]*/g, '') : lower;
  return bare.replaceAll(/\/{2,}/g, '/').replace(/\/$/, '');
}

const unescaped = (text: string): string =>
  text.includes('%')
    ? text.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text;

function readAuthorities(pem: string): readonly X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0 || blocks.length > authoritiesMax)
    throw invalid(`want 1 to ${authoritiesMax} certificates in PEM, not ${blocks.length}`);
  return blocks.map(block => {
    let certificate: X509Certificate;
    try {
      certificate = new X509Certificate(block);
    } catch {
      throw invalid('want certificates that can be read');
    }
    if (!certificate.ca) throw invalid(`"${oneLine(certificate.subject)}" is no authority`);
    return certificate;
  });
}

function invalid(wanted: string): SallyportError {
  const message = `Cannot use site field "guard.clientCertificates.caPem": ${wanted}`;
  return new SallyportError('core.invalid_input', message, { detail: message });
}

/** The common name, DNS names and mail addresses of a certificate. What OpenSSL had to quote is no name. */
function namesOf(leaf: X509Certificate): string[] {
  const { CN } = leaf.toLegacyObject().subject;
  const alternatives = (leaf.subjectAltName ?? '').split(', ').flatMap(text => {
    const [, name] = /^(?:DNS|email):([^"\\]+)$/.exec(text) ?? [];
    return name ?? [];
  });
  return typeof CN === 'string' ? [CN, ...alternatives] : alternatives;
}

const certifiedOf = ({ leaf }: PeerChain): Certified => ({
  subject: oneLine(leaf.subject ?? leaf.subjectAltName ?? ''),
  fingerprint: leaf.fingerprint256.replaceAll(':', '').toLowerCase(),
});

function oneLine(subject: string): string {
  const line = subject.replaceAll('\n', ', ').slice(0, subjectCharsMax);
  return line.replaceAll(/[^\x20-\x7e]+/g, text => encodeURIComponent(text.toWellFormed())).slice(0, subjectCharsMax);
}
