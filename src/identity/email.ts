import { SallyportError } from '../core/errors.ts';

/** Where service accounts have what stands for an address: reserved, so that no message arrives there (RFC 2606 section 2). */
export const machineDomain = 'service.invalid';

const emailCharsMax = 254;
const nameCharsMax = 120;
/** Stands for what no store keeps; no address has it. */
const unreadable = '\u{fffd}';

/** How an e-mail address is compared: NFKC, trimmed, lower case. One mailbox typed in any case or width is one account. */
export function foldEmail(text: string): string {
  return text
    .slice(0, emailCharsMax * 2)
    .toWellFormed()
    .normalize('NFKC')
    .replaceAll('\0', unreadable)
    .trim()
    .toLowerCase();
}

/** An address to keep, as typed but trimmed, with its folded form. Throws `core.invalid_input`. */
export function parseEmail(text: string): { email: string; norm: string } {
  const email = text.normalize('NFC').trim();
  const norm = foldEmail(email);
  if (
    norm.length <= emailCharsMax &&
    !norm.includes(unreadable) &&
    /^[^\s@\p{Cc}\p{Cf}"<>]+@[^\s@\p{Cc}\p{Cf}"<>]+$/u.test(norm) &&
    email.isWellFormed() &&
    !norm.endsWith(`@${machineDomain}`)
  ) {
    return { email, norm };
  }
  throw invalid(`Cannot use e-mail address "${printable(text)}": want one address, as "ada@example.org"`);
}

/** A person's name: 1 to 120 characters, no control characters. Throws `core.invalid_input`. */
export function parseName(text: string): string {
  const name = text.normalize('NFC').trim();
  if (name.length >= 1 && name.length <= nameCharsMax && !/\p{Cc}/u.test(name) && name.isWellFormed()) return name;
  throw invalid(`Cannot use name "${printable(text)}": want 1 to ${nameCharsMax} characters, no control characters`);
}

/** How names are compared in search. */
export const foldName = (name: string): string => name.normalize('NFKC').toLowerCase();

/** What is recorded of a login that failed. People type passwords into the wrong field: what is no address is not kept. */
export function loginForRecord(norm: string): string {
  return norm.includes('@') ? printable(norm) : '(not an e-mail address)';
}

/** Short, without control characters: for records and messages. */
export function printable(text: string, charsMax: number = emailCharsMax): string {
  return text
    .slice(0, charsMax)
    .toWellFormed()
    .replace(/\p{Cc}/gu, '?');
}

function invalid(message: string): SallyportError {
  return new SallyportError('core.invalid_input', message, { detail: message });
}
