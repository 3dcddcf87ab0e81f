/**
 * SQL read as tokens, lazily and leniently, for all usual dialects at once. Nothing is copied but words; whitespace, inline comments and the
 * fences of MySQL's executable comments are not tokens.
 */

export type TokenKind =
  | 'word'
  | 'number'
  | 'string'
  | 'open'
  | 'name'
  | 'variable'
  | 'operator'
  | 'point'
  | 'comment'
  | 'other'
  | 'end';

export interface Token {
  /** `open` is a literal that does not end in the text; `point` is one of `( ) , ; .`; `comment` reaches the end of the text. */
  readonly kind: TokenKind;
  /** Lower-case word, or the operator's characters; a literal's inside. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** What a comment says. */
  readonly inside: string;
}

/** Tokens from one place on; read as asked for. */
export interface Tokens {
  at(index: number): Token;
}

/** A text and what has been read of it: many starts share their tokens, so that each place is read once. */
export interface Source {
  readonly lower: string;
  readonly known: Map<number, Token>;
  /** Where a literal ends that goes on at a place behind a doubled quote: many starts come by there. */
  readonly ends: Map<number, number>;
  /** Starts from which many tokens were read. */
  long: number;
}

/** No more tokens are read from one place: what is longer ends there. */
const tokensMax = 96;
/** So many from each place once `longMax` places have taken many, and half of it later: a hostile text must not cost the length times 96. */
const shortTokens = 20;
const longMax = 32;
/** A comment or dollar-quoted literal longer than this counts as open. */
const spanMax = 600;
const literalMax = 2048;
const wordMax = 256;

/** A text in lower case, nothing read yet. */
export function createSource(lower: string): Source {
  return { lower, known: new Map(), ends: new Map(), long: 0 };
}

/** Reads from `start` on as tokens are asked for. Cost is bounded for each start, so that many starts stay linear together. */
export function readTokens(source: Source, start: number): Tokens {
  const seen: Token[] = [];
  let next = start;
  return {
    at(index) {
      while (seen.length <= index) {
        const last = seen.at(-1);
        if (last?.kind === 'end') return last;
        if (seen.length === shortTokens / 2) source.long += 1;
        const max = source.long > longMax * 8 ? shortTokens / 2 : source.long > longMax ? shortTokens : tokensMax;
        const token: Token =
          seen.length >= max ? { kind: 'end', text: '…', start: next, end: next, inside: '' } : known(source, next);
        seen.push(token);
        next = token.end;
      }
      return seen[index] ?? { kind: 'end', text: '', start: next, end: next, inside: '' };
    },
  };
}

function known(source: Source, at: number): Token {
  const found = source.known.get(at);
  if (found !== undefined) return found;
  const read = readToken(source, at);
  source.known.set(at, read);
  return read;
}

/** True for what any database takes as a blank: controls, no-break and wide spaces, the zero-width ones. */
export function isBlank(code: number): boolean {
  if (code <= 0x20) return true;
  if (code < 0x7f) return false;
  return (
    code === 0x7f ||
    code === 0x85 ||
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200d) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000 ||
    code === 0xfeff
  );
}

/** True for a character that can stand inside an unquoted SQL name. */
export function isWordCode(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x5f ||
    (code >= 0x41 && code <= 0x5a) ||
    (code > 0x7f && !isBlank(code))
  );
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

/** The place of the first character from `index` on that is neither a blank nor an inline comment; a comment that ends the text is returned as token. */
function skip(lower: string, from: number): number | Token {
  let index = from;
  for (let gaps = 0; ; ) {
    if (index > from + spanMax * 2 || gaps > 24) return token('other', '', from, lower.length);
    const code = lower.charCodeAt(index);
    if (code === 0 && index + 1 >= lower.length) return token('comment', '', index, lower.length);
    if (isBlank(code)) {
      index += 1;
      continue;
    }
    const after = lower.charCodeAt(index + 1);
    if (code === 0x2f && after === 0x2a) {
      gaps += 1;
      if (lower.charCodeAt(index + 2) === 0x21) {
        index += 3;
        for (let digits = 0; digits < 6 && isDigit(lower.charCodeAt(index)); digits += 1) index += 1;
        continue;
      }
      const end = findWithin(lower, '*/', index + 2);
      if (end === -1) return token('comment', lower.slice(index, index + 2), index, lower.length);
      index = end + 2;
      continue;
    }
    if (code === 0x2a && after === 0x2f) {
      index += 2;
      continue;
    }
    if ((code === 0x2d && after === 0x2d) || code === 0x23) {
      const end = lineEnd(lower, index);
      if (end === -1)
        return token(
          'comment',
          code === 0x23 ? '#' : '--',
          index,
          lower.length,
          lower.slice(index + 1, index + 1 + spanMax),
        );
      index = end + 1;
      continue;
    }
    return index;
  }
}

/** Where the line ends, when something but blanks comes after it; −1 when the text ends first or the line is very long. */
function lineEnd(lower: string, from: number): number {
  const max = Math.min(lower.length, from + spanMax);
  for (let index = from; index < max; index += 1) {
    if (lower.charCodeAt(index) !== 0x0a) continue;
    for (let rest = index + 1; rest < max; rest += 1) if (!isBlank(lower.charCodeAt(rest))) return index;
    return -1;
  }
  return -1;
}

function findWithin(lower: string, what: string, from: number): number {
  const found = lower.slice(from, from + spanMax).indexOf(what);
  return found === -1 ? -1 : from + found;
}

function token(kind: TokenKind, text: string, start: number, end: number, inside = ''): Token {
  return { kind, text, start, end, inside };
}

function readToken(source: Source, from: number): Token {
  const { lower } = source;
  const start = skip(lower, from);
  if (typeof start !== 'number') return start;
  if (start >= lower.length) return token('end', '', lower.length, lower.length);
  const code = lower.charCodeAt(start);
  if (code === 0x27 || code === 0x22) return readLiteral(source, start, code);
  if (code === 0x60) return readFenced(lower, start, '`');
  if (code === 0x5b) return readFenced(lower, start, ']');
  if (isDigit(code) || (code === 0x2e && isDigit(lower.charCodeAt(start + 1)))) return readNumber(source, start);
  if (isWordCode(code)) return readWord(source, start);
  if (code === 0x40) return readVariable(lower, start);
  if (code === 0x24) return readDollar(lower, start);
  if (code === 0x5c && lower.charCodeAt(start + 1) === 0x6e) return token('number', '\\n', start, start + 2);
  if ('(),;.'.includes(lower.charAt(start))) return token('point', lower.charAt(start), start, start + 1);
  return readOperator(lower, start);
}

/** A quoted literal; a doubled quote and a backslash keep it open. */
function readLiteral({ lower, ends }: Source, start: number, quote: number): Token {
  const max = Math.min(lower.length, start + literalMax);
  const passed: number[] = [];
  let close = -1;
  for (let index = start + 1; index < max; index += 1) {
    const code = lower.charCodeAt(index);
    if (code === 0x5c) index += 1;
    else if (code === quote) {
      if (lower.charCodeAt(index + 1) !== quote) {
        close = index;
        break;
      }
      const end = ends.get(index);
      if (end !== undefined) {
        close = end;
        break;
      }
      passed.push(index);
      index += 1;
    }
  }
  // What is open only because it is long may be less long from a later start.
  const known = close < 0 && max < lower.length ? start + literalMax / 2 : max;
  for (const index of passed) if (index < known) ends.set(index, close);
  // An odd run such as `''` before the text's end is the empty literal followed by nothing, or a literal with one quote in it.
  if (close < 0) return token('open', lower.slice(start + 1, max), start, lower.length);
  return token('string', lower.slice(start + 1, Math.min(close, max)), start, close + 1);
}

function readFenced(lower: string, start: number, close: string): Token {
  for (let index = start + 1; index < start + 80; index += 1) {
    const code = lower.charCodeAt(index);
    if (lower.charAt(index) === close && index > start + 1) {
      return token('name', lower.slice(start + 1, index), start, index + 1);
    }
    if (!isWordCode(code) && code !== 0x20 && code !== 0x2d) break;
  }
  return token('other', lower.charAt(start), start, start + 1);
}

/** Words that may follow a number with nothing between. */
const gluedWords = [
  'or',
  'and',
  'union',
  'xor',
  'having',
  'order',
  'group',
  'where',
  'rlike',
  'regexp',
  'like',
  'from',
];

function readNumber(source: Source, start: number): Token {
  const { lower } = source;
  let index = start;
  if (lower.startsWith('0x', start) || lower.startsWith('0b', start)) {
    index += 2;
    while (isHex(lower.charCodeAt(index))) index += 1;
  } else {
    while (isDigit(lower.charCodeAt(index))) index += 1;
    const whole = index;
    if (lower.charCodeAt(index) === 0x2e && lower.charCodeAt(index + 1) !== 0x2e) {
      index += 1;
      while (isDigit(lower.charCodeAt(index))) index += 1;
    }
    if (lower.charCodeAt(index) === 0x65) {
      const sign = lower.charCodeAt(index + 1) === 0x2d || lower.charCodeAt(index + 1) === 0x2b ? 1 : 0;
      if (isDigit(lower.charCodeAt(index + 1 + sign)) || index > whole) index += 1 + sign;
      while (isDigit(lower.charCodeAt(index))) index += 1;
    }
    if (index > whole) return token('number', lower.slice(start, index), start, index);
  }
  if (!isWordCode(lower.charCodeAt(index))) return token('number', lower.slice(start, index), start, index);
  const glued = gluedWords.some(
    word => lower.startsWith(word, index) && !isWordCode(lower.charCodeAt(index + word.length)),
  );
  return glued ? token('number', lower.slice(start, index), start, index) : readWord(source, start);
}

const isHex = (code: number): boolean => isDigit(code) || (code >= 0x61 && code <= 0x66);

const literalPrefixes = new Set([
  'n',
  'x',
  'b',
  'e',
  'r',
  'q',
  'nq',
  '_utf8',
  '_utf8mb4',
  '_latin1',
  '_binary',
  '_ucs2',
]);

function readWord(source: Source, start: number): Token {
  const { lower } = source;
  let index = start;
  while (
    index < start + wordMax &&
    (isWordCode(lower.charCodeAt(index)) || (index > start && lower.charCodeAt(index) === 0x24))
  )
    index += 1;
  const word = lower.slice(start, index);
  if (lower.charCodeAt(index) === 0x27 && literalPrefixes.has(word)) {
    const literal = readLiteral(source, index, 0x27);
    return token(literal.kind, literal.text, start, literal.end);
  }
  return token('word', word, start, index);
}

function readVariable(lower: string, start: number): Token {
  let index = start + 1;
  if (lower.charCodeAt(index) === 0x40) index += 1;
  const name = index;
  while (isWordCode(lower.charCodeAt(index)) || lower.charCodeAt(index) === 0x2e) index += 1;
  if (index === name && lower.charCodeAt(index) === 0x60) return token('variable', '@', start, index);
  return index > name
    ? token('variable', lower.slice(start, index), start, index)
    : token(index - start > 0 ? 'operator' : 'other', '@', start, index);
}

/** PostgreSQL's `$$…$$` and `$tag$…$tag$`, and `$1`. */
function readDollar(lower: string, start: number): Token {
  let index = start + 1;
  while (index < start + 32 && isWordCode(lower.charCodeAt(index))) index += 1;
  if (lower.charCodeAt(index) === 0x24) {
    const fence = lower.slice(start, index + 1);
    const end = findWithin(lower, fence, index + 1);
    if (end !== -1) return token('string', lower.slice(index + 1, end), start, end + fence.length);
  } else if (index > start + 1 && isDigit(lower.charCodeAt(start + 1))) {
    return token('variable', lower.slice(start, index), start, index);
  }
  return token('other', '$', start, start + 1);
}

const longOperators = [
  ':=',
  '<=>',
  '->>',
  '!~*',
  '||',
  '&&',
  '<>',
  '!=',
  '<=',
  '>=',
  '==',
  '::',
  ':=',
  '!<',
  '!>',
  '->',
  '!~',
  '~*',
  '<<',
  '>>',
  '^=',
];

/** The second characters of long operators. */
const longer = '=>~|&<:*';

function readOperator(lower: string, start: number): Token {
  const isLong = start + 1 < lower.length && longer.includes(lower.charAt(start + 1));
  for (const operator of isLong ? longOperators : []) {
    if (lower.startsWith(operator, start)) return token('operator', operator, start, start + operator.length);
  }
  const character = lower.charAt(start);
  return token('+-*/%^&|~!<>='.includes(character) ? 'operator' : 'other', character, start, start + 1);
}
