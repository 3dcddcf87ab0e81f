import { createAuthority, issueServerCertificate } from '../../src/gateway/tls/authority.ts';

/** A server certificate with its key, and the authority that vouches for it, all PEM. */
export interface DirectoryCertificate {
  readonly caPem: string;
  readonly certPem: string;
  readonly keyPem: string;
}

/** A new authority and a certificate of it for these names and addresses. */
export function directoryCertificate(names: readonly string[]): DirectoryCertificate {
  const authority = createAuthority(names, Date.now());
  return { caPem: authority.certPem, ...issueServerCertificate(authority, names, Date.now()) };
}
