import { ResultCodeError } from 'ldapts';
import type { ExternalRefusal } from '../federation/federation.ts';

/** What Active Directory says in error 49 after "data" (Windows system error codes, hexadecimal). */
const subCodes: ReadonlyMap<string, ExternalRefusal['reason']> = new Map([
  ['525', 'unknown'],
  ['52e', 'wrong'],
  ['52f', 'denied'],
  ['530', 'time_restricted'],
  ['531', 'time_restricted'],
  ['532', 'password_expired'],
  ['533', 'disabled'],
  ['534', 'denied'],
  ['568', 'denied'],
  ['701', 'expired'],
  ['773', 'must_change'],
  ['775', 'locked'],
]);

/** The errors of the password policy control (draft-behera-ldap-password-policy section 6.2) that concern a sign-in. */
const policyErrors: ReadonlyMap<number, ExternalRefusal['reason']> = new Map([
  [0, 'password_expired'],
  [1, 'locked'],
  [2, 'must_change'],
]);

/** Results that are an answer about the person (RFC 4511 appendix A.2); all others are about the server. */
const resultCodes: ReadonlyMap<number, ExternalRefusal['reason']> = new Map([
  [19, 'locked'],
  [32, 'unknown'],
  [34, 'unknown'],
  [48, 'wrong'],
  [49, 'wrong'],
  [50, 'denied'],
  [53, 'denied'],
]);

/**
 * Why the server refused a person's password; null when the error is about the server and not about the person. `policyError`: what the
 * password policy control carried.
 */
export function bindRefusal(
  error: unknown,
  product: 'ldap' | 'active_directory',
  policyError?: number,
): ExternalRefusal | null {
  if (!(error instanceof ResultCodeError)) return null;
  const byCode = resultCodes.get(error.code);
  if (byCode === undefined) return null;
  const subCode = product === 'active_directory' ? subCodeOf(error.message) : null;
  const exact = subCode === null ? policyErrors.get(policyError ?? -1) : subCodes.get(subCode);
  const said = subCode === null ? `result ${error.code}` : `result ${error.code}, data ${subCode}`;
  return { reason: exact ?? byCode, detail: `The directory refused the password: ${said}` };
}

/** The refusal in the control of a bind that succeeded: the server lets them in only to change the password. */
export function policyRefusal(policyError: number | undefined): ExternalRefusal | null {
  const reason = policyError === undefined ? undefined : policyErrors.get(policyError);
  return reason === undefined ? null : { reason, detail: `The directory's password policy says "${reason}"` };
}

/** The sub-code in an error text of Active Directory, in lower case; null when there is none. */
export function subCodeOf(message: string): string | null {
  return /\bdata ([\da-f]{1,8})\b/i.exec(message)?.[1]?.toLowerCase() ?? null;
}
