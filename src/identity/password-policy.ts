import { SallyportError } from '../core/errors.ts';
import type { Secret } from '../core/secret.ts';
import { commonWords, keyRows } from './frequent-words.ts';
import type { Strength } from './passwords/strength.ts';

/** From here on no list is asked. */
const judgedCharsMax = 32;

/** No password is longer, in code points: what a person types or a tool makes fits, and hashing stays bounded (ASVS 6.2.9). */
export const passwordCharsMax = 128;
const ownCharsMin = 5;
const contextWordMin = 3;
const houseWords = ['sallyport', 'n8n', 'flowise', 'workflow'];

/**
 * Refuses (`identity.password_refused`, with the reason for the person) what is too short, too long, or made of nothing but common words,
 * key rows, repeated characters and words that belong to this person or house. No composition rules, no expiry (NIST SP 800-63B-4 3.1.1.2).
 * Length counts Unicode code points; the text is not changed in any way.
 */
export function checkPassword(password: Secret, want: { lengthMin: number; context: readonly string[] }): void {
  const text = password.reveal();
  if (!text.isWellFormed()) throw refused('it is not valid text');
  if (text.length > passwordCharsMax * 2) throw refused(`it is longer than ${passwordCharsMax} characters`);
  const length = codePoints(text);
  if (length > passwordCharsMax) throw refused(`it is longer than ${passwordCharsMax} characters`);
  if (length < want.lengthMin) throw refused(`it is shorter than ${want.lengthMin} characters`);
  if (new Set(withoutKnown(text, want.context)).size < ownCharsMin) {
    throw refused('it is easy to guess: it holds little but common words, rows of keys, your name or your address');
  }
}

/**
 * As `checkPassword`, and refuses what takes too few guesses by somebody with the usual lists. From 32 characters on length is enough. Only
 * for who has been let to try: it costs milliseconds of a thread of its own. Throws `identity.busy` when that cannot judge in time.
 */
export async function demandGoodPassword(
  judges: { readonly strength: Strength; readonly isBreached?: (password: Secret) => Promise<boolean> },
  password: Secret,
  want: { lengthMin: number; context: readonly string[] },
): Promise<void> {
  checkPassword(password, want);
  if ((await judges.isBreached?.(password)) === true) {
    throw refused('it is known from a break-in elsewhere, and on the lists that attackers try');
  }
  if (codePoints(password.reveal()) >= judgedCharsMax) return;
  const words = want.context.flatMap(text => [text, ...text.split(/[^\p{L}\p{N}]+/u)]).filter(word => word !== '');
  if (!(await judges.strength(password, [...words, ...houseWords]))) {
    throw refused('it is easy to guess: such passwords are on the lists that attackers try first');
  }
}

/** True when it is long enough to be the only factor. */
export function isLongEnough(password: Secret, lengthMin: number): boolean {
  return codePoints(password.reveal()) >= lengthMin;
}

function withoutKnown(text: string, context: readonly string[]): string {
  const own = context.map(foldWords).flatMap(words => [words, ...words.split(/[^\p{L}\p{N}]+/u)]);
  const known = [...own.filter(word => word.length >= contextWordMin), ...houseWords, ...commonWords];
  let rest = foldWords(text);
  for (const word of known.sort((a, b) => b.length - a.length)) rest = rest.replaceAll(word, '');
  // What joins words and the years people append are no secret either.
  return withoutRows(rest.replace(/(?:19|20)\d\d/g, '')).replace(/[\s!-/:-@[-`{-~]/g, '');
}

/** Takes out runs of four and more along a row of keys or letters, in either direction. */
function withoutRows(text: string): string {
  let rest = text;
  for (const row of keyRows) {
    for (const line of [row, Array.from(row).reverse().join('')]) {
      for (let size = line.length; size >= 4; size--) {
        for (let at = 0; at + size <= line.length; at++) rest = rest.replaceAll(line.slice(at, at + size), '');
      }
    }
  }
  return rest;
}

const foldWords = (text: string): string => text.normalize('NFKC').toLowerCase();

const codePoints = (text: string): number => Array.from(text).length;

function refused(why: string): SallyportError {
  const message = `Cannot use this password: ${why}`;
  return new SallyportError('identity.password_refused', message, { detail: message });
}
