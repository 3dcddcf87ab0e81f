import type { LeakDetector, LeakRule } from '../answers.ts';
import { isWord } from '../literals.ts';
import type { NumberRun } from './numbers.ts';
import { eachNumber, isLuhn } from './numbers.ts';

const card: LeakRule = {
  id: 'leak.card_number',
  title: 'a payment card number',
  category: 'card',
  points: 5,
};

interface Issuer {
  readonly range: RegExp;
  readonly lengths: readonly number[];
}

/** Ranges of ISO/IEC 7812 that payment cards are issued from. */
const issuers: readonly Issuer[] = [
  { range: /^4/, lengths: [13, 16, 19] },
  { range: /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, lengths: [16] },
  { range: /^3[47]/, lengths: [15] },
  { range: /^(?:6011|64[4-9]|65)/, lengths: [16, 19] },
  { range: /^(?:30[0-5]|3095|36|3[89])/, lengths: [14, 16] },
  { range: /^35(?:2[89]|[3-8])/, lengths: [16] },
  { range: /^62/, lengths: [16, 17, 18, 19] },
  { range: /^(?:50[0-9]{2}|5[6-8]|6304|67)/, lengths: [13, 16, 18, 19] },
];

/** As cards print their numbers. */
const printed: ReadonlySet<string> = new Set(['4,4,4,4', '4,6,5', '4,6,4', '4,4,4,4,3']);
const aroundChars = 72;
const speaksOfCards =
  /card|credit|debit|visa|master|maestro|amex|american express|discover|diners|jcb|unionpay|\bpan\b|\bcvv|\bcvc|\bccn?\b|ccnum|cc_|\bexp(?:ir|[_ -]?(?:month|year|date))|payment|karte|carte|tarjeta|cart(?:\u00e3|Ã£)o/i;
const speaksOfOther =
  /order|tracking|invoice|shipment|imei|iccid|isbn|\bean\b|\bgtin|sku|phone|timestamp|execution|trace|snowflake|tweet|status_id|fbid|barcode|serial|session/i;

/**
 * Numbers of an issuer's range and length with the right check digit, written as cards are or beside words about cards. One number in ten
 * has the right check digit by chance: a number that its neighbours call an order or a parcel is none.
 */
export const cards: LeakDetector = {
  rules: [card],
  needles: [],
  find(text, hit) {
    eachNumber(text, run => {
      if (isCard(run) && hasContext(text, run)) hit(card.id, run.start, run.end);
    });
  },
};

function isCard({ digits }: NumberRun): boolean {
  if (digits.length < 13 || digits.length > 19) return false;
  if (!issuers.some(({ lengths, range }) => lengths.includes(digits.length) && range.test(digits))) return false;
  return new Set(digits).size > 1 && isLuhn(digits);
}

function hasContext(text: string, { end, groups, start }: NumberRun): boolean {
  if (isPartOfMore(text, start - 1, start - 2) || isPartOfMore(text, end, end + 1)) return false;
  const before = text.slice(Math.max(0, start - aroundChars), start);
  const after = text.slice(end, end + aroundChars);
  const isCalled = speaksOfCards.test(before) || speaksOfCards.test(after);
  // What stands nearest says what it is.
  const isOther = speaksOfOther.test(before.slice(-32));
  if (groups.length > 1 && !printed.has(groups.join())) return false;
  return groups.length > 1 ? !isOther || isCalled : isCalled && !isOther;
}

/** Glued to letters, or a fraction, or part of a longer number. */
function isPartOfMore(text: string, at: number, beyond: number): boolean {
  const code = text.charCodeAt(at);
  if (isWord(code) && !isEscape(text, at)) return true;
  const char = text[at];
  return (char === '.' || char === '-' || char === '/' || char === '%') && isWord(text.charCodeAt(beyond));
}

const isEscape = (text: string, at: number): boolean => text[at - 1] === '\\' && 'nrt'.includes(text[at] ?? ' ');
