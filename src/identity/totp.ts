import { Secret as OtpSecret, TOTP } from 'otpauth';
import { Secret } from '../core/secret.ts';
import { sha256 } from './tokens.ts';

const periodS = 30;
const digits = 6;
const seedBytes = 20;
/** One step before and after: 90 s in all, against clocks that differ. ASVS 6.5.5 asks for 30 s; that a code works once stands against it. */
const windowSteps = 1;
const recoveryCount = 10;
const recoveryBytes = 15;
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** A new seed of 160 bits (RFC 4226 section 4, R6), base32. */
export function makeSeed(random: (bytes: number) => Buffer): Secret {
  const bytes = Uint8Array.from(random(seedBytes));
  return new Secret(new OtpSecret({ buffer: bytes.buffer }).base32);
}

/** The `otpauth://totp/` address that authenticator apps read. */
export function seedUri(seed: Secret, about: { issuer: string; email: string }): Secret {
  return new Secret(totpOf(seed, { issuer: about.issuer, label: about.email }).toString());
}

/**
 * The time step (RFC 6238 section 4.2) a code is right for, if it is later than the last one taken: a code works once (ASVS 6.5.1), and so
 * does every code before it. Undefined when the code is wrong, used, or no code.
 */
export function matchStep(seed: Secret, code: string, at: { nowMs: number; lastStep: number }): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const delta = totpOf(seed, {}).validate({ token: code, timestamp: at.nowMs, window: windowSteps });
  if (delta === null) return undefined;
  const step = Math.floor(at.nowMs / 1000 / periodS) + delta;
  return step > at.lastStep ? step : undefined;
}

/** Ten codes of 120 random bits, as people write them down: `xxxxxx-xxxxxx-xxxxxx-xxxxxx`. */
export function makeRecoveryCodes(random: (bytes: number) => Buffer): { codes: Secret[]; hashes: string[] } {
  const plain = Array.from({ length: recoveryCount }, () => encode(random(recoveryBytes)));
  return {
    codes: plain.map(code => new Secret(code.replace(/(.{6})(?=.)/g, '$1-'))),
    hashes: plain.map(sha256),
  };
}

/** The hash a typed recovery code is kept under, whatever case and dashes; undefined when it cannot be one. */
export function hashRecoveryCode(typed: string): string | undefined {
  const bare = typed.slice(0, 80).toLowerCase().replace(/[\s-]/g, '').replaceAll('o', '0').replace(/[il]/g, '1');
  return bare.length === 24 && Array.from(bare).every(letter => alphabet.includes(letter)) ? sha256(bare) : undefined;
}

/** A code as typed, without the spaces apps show. */
export const cleanCode = (typed: string): string => typed.slice(0, 80).replace(/\s/g, '');

function totpOf(seed: Secret, names: { issuer?: string; label?: string }): TOTP {
  const secret = OtpSecret.fromBase32(seed.reveal());
  return new TOTP({ ...names, algorithm: 'SHA1', digits, period: periodS, secret });
}

/** 5 bits a letter, Crockford's alphabet: no letter that looks like another. */
function encode(bytes: Buffer): string {
  const bits = [...bytes].map(byte => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? []).map(five => alphabet[Number.parseInt(five, 2)]).join('');
}
