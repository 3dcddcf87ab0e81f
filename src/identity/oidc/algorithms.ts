/**
 * What an ID or logout token may be signed with (RFC 8725 section 3.1): asymmetric, with SHA-256 and up. `none` and HMAC are not here, so a
 * public key is never taken for a shared secret, whatever the provider or the token say.
 */
export const signatureAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

const known: ReadonlySet<string> = new Set(signatureAlgorithms);

/** Those of a provider's list that count; RS256 where it gives no list (OpenID Connect Discovery 1.0 section 3). */
export function acceptable(offered: readonly string[] | undefined): string[] {
  return (offered ?? ['RS256']).filter(name => known.has(name));
}
