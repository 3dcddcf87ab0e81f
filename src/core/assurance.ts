import type { AuthMethod } from './events.ts';

/** How sure a sign-in is, weakest first. `phr` is the name of OpenID EAP ACR Values 1.0 section 2. */
export const assurances = ['sfa', 'mfa', 'phr'] as const;
export type Assurance = (typeof assurances)[number];

/** Something else than what was known or vouched for first. */
const second: ReadonlySet<string> = new Set<AuthMethod>(['totp', 'recovery_code', 'provider_mfa']);

/** What the proofs of a session amount to: a passkey is kept and unlocked, so it is two factors by itself; a code needs a first factor. */
export function assuranceOf(methods: readonly string[]): Assurance {
  if (methods.includes('passkey')) return 'phr';
  return methods.some(method => second.has(method)) && methods.some(method => !second.has(method)) ? 'mfa' : 'sfa';
}

/** True when what there is is at least what is wanted. */
export function isAssured(have: Assurance, want: Assurance): boolean {
  return assurances.indexOf(have) >= assurances.indexOf(want);
}

const references: ReadonlyMap<string, readonly string[]> = new Map<AuthMethod, readonly string[]>([
  ['password', ['pwd']],
  ['ldap', ['pwd']],
  ['totp', ['otp']],
  ['recovery_code', ['otp']],
  ['passkey', ['pop', 'user', 'mfa']],
  ['provider_mfa', ['mfa']],
]);

/** The registered names (RFC 8176 section 2) of the proofs, with `mfa` where there was more than one factor. What has no name is left out. */
export function amrOf(methods: readonly string[]): string[] {
  const names = methods.flatMap(method => references.get(method) ?? []);
  return [...new Set(assuranceOf(methods) === 'sfa' ? names : [...names, 'mfa'])];
}
