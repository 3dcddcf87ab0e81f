import { isDigit } from '../literals.ts';

/** A run of digits, with single spaces or dashes between groups. */
export interface NumberRun {
  readonly start: number;
  readonly end: number;
  readonly digits: string;
  /** Lengths of the groups: `4-4-4-4`; one for a run without separators. */
  readonly groups: readonly number[];
}

const digitsMin = 8;
const runCharsMax = 40;

/** Every run of eight digits or more. Only every fourth character is looked at until a digit shows. */
export function eachNumber(text: string, found: (run: NumberRun) => void): void {
  for (let at = 3; at < text.length; at += 4) {
    if (!isDigit(text.charCodeAt(at))) continue;
    const run = runAround(text, at);
    if (run.digits.length >= digitsMin) found(run);
    if (run.end > at) at = run.end - 1;
  }
}

function runAround(text: string, at: number): NumberRun {
  let start = at;
  while (at - start < runCharsMax) {
    if (isDigit(text.charCodeAt(start - 1))) start--;
    else if (isSeparator(text, start - 1) && isDigit(text.charCodeAt(start - 2))) start -= 2;
    else break;
  }
  let end = start;
  let digits = '';
  const groups: number[] = [];
  let group = 0;
  while (end - start < 2 * runCharsMax) {
    if (isDigit(text.charCodeAt(end))) {
      digits += text[end];
      group++;
      end++;
    } else if (isSeparator(text, end) && isDigit(text.charCodeAt(end + 1))) {
      groups.push(group);
      group = 0;
      end++;
    } else break;
  }
  groups.push(group);
  return { start, end, digits, groups };
}

const isSeparator = (text: string, at: number): boolean => text[at] === ' ' || text[at] === '-';

/** ISO/IEC 7812-1 annex B. */
export function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 0x30;
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** ISO/IEC 7064 MOD 97-10 over letters and digits, as IBANs use it (ISO 13616). */
export function isMod97(text: string): boolean {
  let rest = 0;
  for (const char of text.slice(4) + text.slice(0, 4)) {
    const value = Number.parseInt(char, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}
