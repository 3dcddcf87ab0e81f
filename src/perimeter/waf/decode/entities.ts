import { character, type Decoded, hexDigit, rewrite } from './rewrite.ts';

const nameCharsMax = 24;

/** The named references that stand for ASCII punctuation and blanks (HTML section 13.5): the ones that can hide markup. */
const named: ReadonlyMap<string, string> = new Map(
  Object.entries({
    lt: '<',
    gt: '>',
    amp: '&',
    quot: '"',
    apos: "'",
    LT: '<',
    GT: '>',
    AMP: '&',
    QUOT: '"',
    nbsp: ' ',
    NonBreakingSpace: ' ',
    Tab: '\t',
    NewLine: '\n',
    excl: '!',
    num: '#',
    dollar: '$',
    percnt: '%',
    lpar: '(',
    rpar: ')',
    ast: '*',
    midast: '*',
    plus: '+',
    comma: ',',
    period: '.',
    sol: '/',
    colon: ':',
    semi: ';',
    equals: '=',
    quest: '?',
    commat: '@',
    lsqb: '[',
    lbrack: '[',
    rsqb: ']',
    rbrack: ']',
    bsol: '\\',
    Hat: '^',
    lowbar: '_',
    UnderBar: '_',
    grave: '`',
    DiacriticalGrave: '`',
    lcub: '{',
    lbrace: '{',
    rcub: '}',
    rbrace: '}',
    verbar: '|',
    vert: '|',
    VerticalLine: '|',
    hyphen: '-',
    dash: '-',
  }),
);

/** Names that browsers take without the semicolon. */
const legacy = ['lt', 'gt', 'amp', 'quot', 'nbsp', 'LT', 'GT', 'AMP', 'QUOT'] as const;

/** Takes off HTML and XML character references once: numeric ones with any number of zeros and without semicolon, and common names. */
export function decodeEntities(text: string): string {
  return rewrite(text, '&', decodeAt);
}

function decodeAt(text: string, at: number, decoded: Decoded): boolean {
  return text.charCodeAt(at + 1) === 0x23 ? numeric(text, at + 2, decoded) : byName(text, at + 1, decoded);
}

function numeric(text: string, start: number, decoded: Decoded): boolean {
  const isHex = (text.charCodeAt(start) | 32) === 0x78;
  const base = isHex ? 16 : 10;
  const first = isHex ? start + 1 : start;
  let end = first;
  let code = 0;
  for (; end < text.length; end++) {
    const digit = hexDigit(text.charCodeAt(end));
    if (digit < 0 || digit >= base) break;
    code = Math.min(code * base + digit, 0x11_0000);
  }
  if (end === first) return false;
  decoded.value = character(code);
  decoded.end = text.charCodeAt(end) === 0x3b ? end + 1 : end;
  return true;
}

function byName(text: string, start: number, decoded: Decoded): boolean {
  const bound = Math.min(text.length, start + nameCharsMax);
  let end = start;
  while (end < bound && isLetter(text.charCodeAt(end))) end++;
  if (end === start) return false;
  const value = text.charCodeAt(end) === 0x3b ? named.get(text.slice(start, end)) : undefined;
  if (value !== undefined) {
    decoded.value = value;
    decoded.end = end + 1;
    return true;
  }
  const name = legacy.find(one => text.startsWith(one, start));
  if (name === undefined) return false;
  decoded.value = named.get(name) ?? '';
  decoded.end = start + name.length;
  return true;
}

function isLetter(code: number): boolean {
  const letter = code | 32;
  return letter >= 97 && letter <= 122;
}
