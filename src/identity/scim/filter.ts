/** A filter of RFC 7644 section 3.4.2.2, parsed. Names are compared without letter case; a schema prefix is taken off. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'not'; readonly inner: Filter }
  | { readonly kind: 'present'; readonly path: AttributePath }
  | {
      readonly kind: 'compare';
      readonly path: AttributePath;
      readonly operator: Operator;
      readonly value: string | number | boolean | null;
    }
  /** `emails[type eq "work"]`, and with `sub` what follows it in a comparison: `emails[type eq "work"].value eq "x"`. */
  | { readonly kind: 'values'; readonly attribute: string; readonly inner: Filter; readonly then: Filter | null };

const operators = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const;
export type Operator = (typeof operators)[number];

/** `name.familyName`: both in lower case. */
export interface AttributePath {
  readonly attribute: string;
  readonly sub: string | null;
}

/** Where a PATCH operation points (RFC 7644 section 3.5.2): `members[value eq "x"].display`. */
export interface PatchPath {
  readonly attribute: string;
  readonly filter: Filter | null;
  readonly sub: string | null;
}

const charsMax = 2000;
const depthMax = 20;
const tokensMax = 400;

/** Why a text is no filter, for `invalidFilter` and `invalidPath`. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
}

/** Throws `FilterError` for everything that is not exactly a filter. */
export function parseFilter(text: string): Filter {
  const reader = createReader(text);
  const filter = readOr(reader, 0);
  reader.expectEnd();
  return filter;
}

/** Throws `FilterError` for everything that is not exactly a path of a PATCH operation. */
export function parsePatchPath(text: string): PatchPath {
  const reader = createReader(text);
  const { attribute, sub } = splitPath(reader.takeWord());
  if (reader.peek() !== '[') {
    reader.expectEnd();
    return { attribute, filter: null, sub };
  }
  if (sub !== null) throw new FilterError('a filter stands behind a whole attribute');
  reader.take('[');
  const filter = readOr(reader, 1);
  reader.take(']');
  const after = readSub(reader);
  reader.expectEnd();
  return { attribute, filter, sub: after };
}

function readOr(reader: Reader, depth: number): Filter {
  if (depth > depthMax) throw new FilterError(`more than ${depthMax} brackets deep`);
  let left = readAnd(reader, depth);
  while (reader.skipWord('or')) left = { kind: 'or', left, right: readAnd(reader, depth) };
  return left;
}

function readAnd(reader: Reader, depth: number): Filter {
  let left = readOne(reader, depth);
  while (reader.skipWord('and')) left = { kind: 'and', left, right: readOne(reader, depth) };
  return left;
}

function readOne(reader: Reader, depth: number): Filter {
  if (reader.peek()?.toLowerCase() === 'not' && reader.peek(1) === '(') {
    reader.takeWord();
    return { kind: 'not', inner: readGroup(reader, depth) };
  }
  if (reader.peek() === '(') return readGroup(reader, depth);
  const path = splitPath(reader.takeWord());
  if (reader.peek() !== '[') return readComparison(reader, path);
  if (path.sub !== null) throw new FilterError('a filter stands behind a whole attribute');
  reader.take('[');
  const inner = readOr(reader, depth + 1);
  reader.take(']');
  const sub = readSub(reader);
  const then = sub === null ? null : readComparison(reader, { attribute: sub, sub: null });
  return { kind: 'values', attribute: path.attribute, inner, then };
}

function readGroup(reader: Reader, depth: number): Filter {
  reader.take('(');
  const inner = readOr(reader, depth + 1);
  reader.take(')');
  return inner;
}

function readComparison(reader: Reader, path: AttributePath): Filter {
  const word = reader.takeWord().toLowerCase();
  if (word === 'pr') return { kind: 'present', path };
  const operator = operators.find(known => known === word);
  if (operator === undefined) throw new FilterError(`"${word.slice(0, 40)}" is no operator`);
  return { kind: 'compare', path, operator, value: reader.takeValue() };
}

/** What follows a `]`: `.value`, written without a space. */
function readSub(reader: Reader): string | null {
  const word = reader.peek();
  if (word === undefined || !word.startsWith('.')) return null;
  reader.takeAny();
  if (!/^\.[A-Za-z$][\w$-]*$/.test(word)) throw new FilterError(`"${word.slice(0, 40)}" names no attribute`);
  return word.slice(1).toLowerCase();
}

/** Takes the schema off: `urn:ietf:params:scim:schemas:core:2.0:User:name.familyName`. */
function splitPath(word: string): AttributePath {
  const bare = /^urn:/i.test(word) ? word.replace(/^urn:[\w.:-]*:(?=[A-Za-z$])/i, '') : word;
  const match = /^([A-Za-z$][\w$-]*)(?:\.([A-Za-z$][\w$-]*))?$/.exec(bare);
  if (!match) throw new FilterError(`"${word.slice(0, 80)}" names no attribute`);
  return { attribute: (match[1] ?? '').toLowerCase(), sub: match[2]?.toLowerCase() ?? null };
}

const tokenPattern = /\s*(?:("(?:[^"\\\p{Cc}]|\\.)*")|([()[\]])|([^\s()[\]"]+))/uy;

function readTokens(text: string): string[] {
  if (text.length > charsMax) throw new FilterError(`longer than ${charsMax} characters`);
  const tokens: string[] = [];
  const end = text.trimEnd().length;
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < end) {
    const match = tokenPattern.exec(text);
    if (!match) throw new FilterError('a quoted text has no end');
    tokens.push(match[1] ?? match[2] ?? match[3] ?? '');
    if (tokens.length > tokensMax) throw new FilterError(`more than ${tokensMax} words`);
  }
  return tokens;
}

type Reader = ReturnType<typeof createReader>;

/** The tokens of a text, read once. */
function createReader(text: string) {
  const tokens = readTokens(text);
  let at = 0;
  const takeAny = (): string => {
    const token = tokens[at++];
    if (token === undefined) throw new FilterError('it ends too early');
    return token;
  };
  return {
    takeAny,
    peek: (ahead = 0): string | undefined => tokens[at + ahead],
    take(expected: string): void {
      const token = takeAny();
      if (token !== expected) throw new FilterError(`want "${expected}", not "${token.slice(0, 40)}"`);
    },
    takeWord(): string {
      const token = takeAny();
      if (/^["()[\]]/.test(token)) throw new FilterError(`want a word, not "${token.slice(0, 40)}"`);
      return token;
    },
    skipWord(word: string): boolean {
      if (tokens[at]?.toLowerCase() !== word) return false;
      at++;
      return true;
    },
    /** A JSON value that is no object or array; Entra ID also sends `True` and `False`. */
    takeValue(): string | number | boolean | null {
      const token = takeAny();
      const value = parseValue(/^(?:true|false|null)$/i.test(token) ? token.toLowerCase() : token);
      if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) {
        return value as string | number | boolean | null;
      }
      throw new FilterError(`"${token.slice(0, 40)}" is no value`);
    },
    expectEnd(): void {
      const token = tokens[at];
      if (token !== undefined) throw new FilterError(`"${token.slice(0, 40)}" is one word too many`);
    },
  };
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
