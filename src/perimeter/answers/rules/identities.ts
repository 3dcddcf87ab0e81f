import type { LeakDetector, LeakRule } from '../answers.ts';
import { eachOf, isWord } from '../literals.ts';
import { eachNumber, isLuhn, isMod97 } from './numbers.ts';

const identity = (name: string, title: string): LeakRule => ({
  id: `leak.${name}`,
  title,
  category: 'identity',
  points: 4,
});

interface Form {
  readonly rule: LeakRule;
  /** In lower case; one of these stands before the number, in whatever case. */
  readonly words: readonly string[];
  /** Global, of bounded length; its whole match is the number. */
  readonly shape: RegExp;
  readonly holds: (plain: string) => boolean;
}

const aroundChars = 64;

/** A short word as a name: inside a hash or a longer word it says nothing. */
const asName = (word: string): string[] => [' ', '"', ':', '=', '<', '/', '-', '_'].map(end => `${word}${end}`);

/** Numbers by a word that says what they are, with the right check digit where the form has one. */
const forms: readonly Form[] = [
  {
    rule: identity('us_ssn', 'a US social security number'),
    words: [...asName('ssn'), 'social security', 'socialsecurity', 'social_security'],
    shape: /\d{3}([- ]?)\d{2}\1\d{4}/g,
    // Area 000, 666 and 900 to 999, group 00 and serial 0000 are never given out.
    holds: plain => /^(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}$/.test(plain) && !madeUp.has(plain),
  },
  {
    rule: identity('uk_nino', 'a UK national insurance number'),
    words: ['national insurance', ...asName('nino'), 'national_insurance', 'nationalinsurance', 'ni number'],
    shape: /[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]/g,
    holds: plain => !/^(?:BG|GB|KN|NK|NT|TN|ZZ)/.test(plain),
  },
  {
    rule: identity('ca_sin', 'a Canadian social insurance number'),
    words: ['social insurance', 'social_insurance', 'socialinsurance', '"sin"', 'sin:'],
    shape: /[1-79]\d{2}([- ]?)\d{3}\1\d{3}/g,
    holds: plain => isLuhn(plain) && new Set(plain).size > 2,
  },
  {
    rule: identity('es_dni', 'a Spanish identity number'),
    words: [...asName('dni'), 'nif"', 'nif:', 'nie:', '"nie"', 'documento nacional'],
    shape: /[0-9XYZ]\d{7}[- ]?[A-HJ-NP-TV-Z]/g,
    holds: plain => {
      const number = plain.slice(0, 8).replace('X', '0').replace('Y', '1').replace('Z', '2');
      return 'TRWAGMYFPDXBNJZSQVHLCKE'[Number(number) % 23] === plain[8];
    },
  },
  {
    rule: identity('nl_bsn', 'a Dutch citizen service number'),
    words: [...asName('bsn'), 'burgerservicenummer'],
    shape: /\d{9}|\d{4}[. ]\d{2}[. ]\d{3}/g,
    holds: plain => {
      const weights = [9, 8, 7, 6, 5, 4, 3, 2, -1];
      const sum = weights.reduce((all, weight, at) => all + weight * Number(plain[at]), 0);
      return sum % 11 === 0 && new Set(plain).size > 2;
    },
  },
  {
    rule: identity('br_cpf', 'a Brazilian taxpayer number'),
    words: [...asName('cpf')],
    shape: /\d{3}\.?\d{3}\.?\d{3}-?\d{2}/g,
    holds: plain => new Set(plain).size > 1 && cpfDigit(plain, 9) && cpfDigit(plain, 10),
  },
  {
    rule: identity('fr_nir', 'a French social security number'),
    words: ['sociale', '"nir"', 'nir:', 'numero_secu', 'numerosecu'],
    shape: /[12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?\d{2} ?\d{3} ?\d{3} ?\d{2}/g,
    holds: plain => 97n - (BigInt(plain.slice(0, 13)) % 97n) === BigInt(plain.slice(13)),
  },
  {
    rule: identity('de_tax_id', 'a German tax number'),
    words: ['steuer-id', 'steueridentifikation', 'steuerid', 'steuer_id', ...asName('idnr')],
    shape: /[1-9]\d ?\d{3} ?\d{3} ?\d{3}/g,
    holds: isTaxId,
  },
];

/** Printed on sample cards of former days. */
const madeUp: ReadonlySet<string> = new Set(['078051120', '219099999', '123456789']);

function cpfDigit(plain: string, at: number): boolean {
  let sum = 0;
  for (let i = 0; i < at; i++) sum += Number(plain[i]) * (at + 1 - i);
  return ((sum * 10) % 11) % 10 === Number(plain[at]);
}

/** ISO/IEC 7064 MOD 11,10. */
function isTaxId(plain: string): boolean {
  let product = 10;
  for (const char of plain.slice(0, 10)) {
    const sum = (Number(char) + product) % 10;
    product = ((sum === 0 ? 10 : sum) * 2) % 11;
  }
  const digit = 11 - product;
  return (digit === 10 ? 0 : digit) === Number(plain[10]);
}

/** Lengths by country, of those that have most accounts (ISO 13616 registry). */
const ibanLengths: ReadonlyMap<string, number> = new Map(
  Object.entries({
    ...{ AD: 24, AE: 23, AT: 20, BE: 16, BG: 22, BR: 29, CH: 21, CY: 28, CZ: 24, DE: 22, DK: 18, EE: 20, ES: 24 },
    ...{ FI: 18, FR: 27, GB: 22, GR: 27, HR: 21, HU: 28, IE: 22, IL: 23, IS: 26, IT: 27, KW: 30, LI: 21, LT: 20 },
    ...{ LU: 20, LV: 21, MC: 27, MT: 31, NL: 18, NO: 15, PL: 28, PT: 25, QA: 29, RO: 24, RS: 22, SA: 24, SE: 24 },
    ...{ SI: 19, SK: 24, SM: 27, TR: 26, UA: 29 },
  }),
);
const ibanRule = identity('iban', 'a bank account number (IBAN)');
const ibanStart = /(?:^|[^A-Za-z0-9])([A-Z]{2}\d{2} ?(?:[A-Z]{4} ?)?)$/;

/** Anywhere: country, length and check digits together are seldom right by chance. */
const ibans: LeakDetector = {
  rules: [ibanRule],
  needles: [],
  find(text, hit) {
    eachNumber(text, run => {
      // The check digits belong to the run where digits follow them, and stand before it where letters do.
      const upTo = text.slice(Math.max(0, run.start - 12), run.start + 2);
      const lead = ibanStart.exec(upTo)?.[1] ?? ibanStart.exec(upTo.slice(0, -2))?.[1];
      if (lead === undefined) return;
      const start = text.lastIndexOf(lead, run.start);
      const end = start === -1 ? undefined : endOfIban(text, start);
      if (end !== undefined) hit(ibanRule.id, start, end);
    });
  },
};

function endOfIban(text: string, start: number): number | undefined {
  const length = ibanLengths.get(text.slice(start, start + 2));
  if (length === undefined) return undefined;
  let plain = '';
  let end = start;
  for (; plain.length < length && end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (isWord(code) && code !== 0x5f) plain += text[end];
    else if (text[end] !== ' ' || (end - start) % 5 !== 4) return undefined;
  }
  const isWhole = plain.length === length && !isWord(text.charCodeAt(end)) && !/[a-z]/.test(plain);
  return isWhole && isMod97(plain) ? end : undefined;
}

/** See `forms`; IBANs need no word. */
export const identities: readonly LeakDetector[] = [
  ...forms.map(
    ({ holds, rule, shape, words }): LeakDetector => ({
      rules: [rule],
      needles: words,
      find(text, hit) {
        const lower = text.toLowerCase();
        for (const word of words) {
          eachOf(lower, word, at => {
            const from = at + word.length;
            const near = text.slice(from, from + aroundChars);
            for (const found of near.matchAll(shape)) {
              const start = from + found.index;
              const end = start + found[0].length;
              if (isWord(text.charCodeAt(start - 1)) || isWord(text.charCodeAt(end))) continue;
              if (holds(found[0].replaceAll(/[ .-]/g, ''))) hit(rule.id, start, end);
            }
          });
        }
      },
    }),
  ),
  ibans,
];
