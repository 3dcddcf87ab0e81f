import type { ExternalRefusal } from '../federation/federation.ts';
import type { DirectoryEntry } from './entry.ts';
import { text } from './entry.ts';

/** The attributes `accountState` reads, where the directory shows them. */
export const stateAttributes = {
  active_directory: [
    'userAccountControl',
    'msDS-User-Account-Control-Computed',
    'accountExpires',
    'lockoutTime',
    'pwdLastSet',
  ],
  ldap: ['nsAccountLock', 'loginDisabled', 'pwdAccountLockedTime', 'pwdEndTime', 'pwdReset', 'shadowExpire'],
} as const;

/**
 * Why this account may not be used now, from what its entry says; null when nothing speaks against it. `hasProved`: the server took the
 * password a moment ago, so a lock that passes by itself has passed.
 */
export function accountState(
  entry: DirectoryEntry,
  at: { product: 'ldap' | 'active_directory'; now: number; hasProved: boolean },
): ExternalRefusal | null {
  return at.product === 'active_directory' ? stateInActiveDirectory(entry, at.now) : stateInLdap(entry, at);
}

const isDisabledFlag = 0x2;
const isLockedFlag = 0x10;

/** MS-ADTS sections 2.2.16 (userAccountControl), 3.1.1.4.5.17 (its computed form), 2.343 and 2.2 of MS-ADA (expiry, lockout). */
function stateInActiveDirectory(entry: DirectoryEntry, now: number): ExternalRefusal | null {
  const control = wholeNumber(text(entry, 'userAccountControl'));
  if (control === null) return refusal('invalid', 'want a readable userAccountControl');
  if ((Number(control) & isDisabledFlag) !== 0) return refusal('disabled', 'userAccountControl says disabled');
  const expires = wholeNumber(text(entry, 'accountExpires'));
  if (expires !== null && expires > 0n && expires < neverExpires && fromFileTime(expires) <= now) {
    return refusal('expired', 'accountExpires has passed');
  }
  const computed = wholeNumber(text(entry, 'msDS-User-Account-Control-Computed'));
  const lockedSince = wholeNumber(text(entry, 'lockoutTime')) ?? 0n;
  const isLocked = computed === null ? lockedSince > 0n : (Number(computed) & isLockedFlag) !== 0;
  return isLocked ? refusal('locked', 'locked after wrong passwords') : null;
}

function stateInLdap(entry: DirectoryEntry, at: { now: number; hasProved: boolean }): ExternalRefusal | null {
  for (const attribute of ['nsAccountLock', 'loginDisabled']) {
    if (text(entry, attribute)?.toLowerCase() === 'true') return refusal('disabled', `${attribute} is true`);
  }
  const locked = text(entry, 'pwdAccountLockedTime');
  if (locked !== null && (locked === lockedForGood || !at.hasProved)) {
    return refusal(
      locked === lockedForGood ? 'disabled' : 'locked',
      `pwdAccountLockedTime is "${locked.slice(0, 40)}"`,
    );
  }
  const end = text(entry, 'pwdEndTime');
  if (end !== null && (generalizedTime(end) ?? 0) <= at.now) return refusal('expired', 'pwdEndTime has passed');
  const shadow = wholeNumber(text(entry, 'shadowExpire'));
  if (shadow !== null && shadow >= 0n && Number(shadow) * dayMs <= at.now) {
    return refusal('expired', 'shadowExpire has passed');
  }
  return text(entry, 'pwdReset')?.toLowerCase() === 'true' && at.hasProved
    ? refusal('must_change', 'the password was reset and must be changed first')
    : null;
}

const lockedForGood = '000001010000Z';
const neverExpires = 0x7fff_ffff_ffff_ffffn;
const dayMs = 86_400_000;

/** 100-nanosecond steps since 1601 (MS-DTYP section 2.3.3) in Unix milliseconds. */
export function fromFileTime(steps: bigint): number {
  return Number(steps / 10_000n) - 11_644_473_600_000;
}

/** GeneralizedTime in UTC (RFC 4517 section 3.3.13), to the minute or second; null for other forms. */
export function generalizedTime(value: string): number | null {
  const parts = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?(?:[.,]\d+)?Z$/.exec(value);
  if (!parts) return null;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts
    .slice(1)
    .map(part => Number(part ?? 0));
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function wholeNumber(value: string | null): bigint | null {
  return value !== null && /^-?\d{1,19}$/.test(value) ? BigInt(value) : null;
}

function refusal(reason: ExternalRefusal['reason'], what: string): ExternalRefusal {
  return { reason, detail: `The directory does not vouch: ${what}` };
}
