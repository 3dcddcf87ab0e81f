import type { Problem } from '../waf.ts';
import { childField, type Field, itemField, rootField } from './field.ts';
import { createGraphqlMember, type GraphqlMember, mayBeGraphql } from './graphql-member.ts';
import { problem, quote } from './problem.ts';
import { overlapChars, type Teller, windowChars } from './teller.ts';
import type { TextReader } from './text-reader.ts';

/** How strictly a JSON text is taken. */
export interface JsonOptions {
  /** Several values one after another: NDJSON, and RFC 7464 with its record separators. */
  readonly isSequence: boolean;
  /** For text that merely looks like JSON: a key may stand twice, both values are told. */
  readonly isGuess: boolean;
}

const expectValue = 0;
const expectValueOrEnd = 1;
const expectKey = 2;
const expectKeyOrEnd = 3;
const expectColon = 4;
const expectCommaOrEnd = 5;
const expectNothing = 6;

const tokenCharsMax = 1024;
/** Text that begins like an object may be a sentence in quotes: long, and no key at all. */
/** Requests of GraphQL in one body: clients put together what a page asks within milliseconds. */
const batchMax = 100;
const guessedKeyCharsMax = 64 * 1024;
const number = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
const escapes = new Map([
  [0x22, '"'],
  [0x5c, '\\'],
  [0x2f, '/'],
  [0x62, '\b'],
  [0x66, '\f'],
  [0x6e, '\n'],
  [0x72, '\r'],
  [0x74, '\t'],
]);

/**
 * Reads JSON as RFC 8259 writes it and nothing beyond: no byte order mark, comment, trailing comma, NaN or second value. A key that stands
 * twice in one object (compared after unescaping) is ambiguous, since parsers keep the first or the last. An escaped surrogate without its
 * partner is told as U+FFFD, which is what Node makes of it when it writes it out.
 */
export function createJsonReader(teller: Teller, options: JsonOptions): TextReader {
  const fields: Field[] = [];
  /** The number of each open object; 0 for a list. */
  const open: number[] = [];
  // What stands one after another is a list, whichever way it is written.
  let field = options.isSequence && !options.isGuess ? itemField(rootField('json')) : rootField('json');
  let object = 0;
  let objects = 0;
  let expected = expectValue;
  let token = '';
  let isInString = false;
  let isKey = false;
  let held = '';
  let isFirstWindow = true;
  let escape = '';
  let high = 0;
  let member: GraphqlMember | undefined;
  let batch = 0;

  const keyCharsMax = options.isGuess ? guessedKeyCharsMax : teller.limits.nameCharsMax;
  const keyTooLong = (): Problem =>
    problem('too_large', `JSON key longer than ${keyCharsMax} characters`, field.asName);
  const malformed = (what: string): Problem => problem('malformed', `JSON: ${what}`, field.asValue);

  function write(text: string): Problem | undefined {
    let i = 0;
    while (i < text.length) {
      const next = isInString ? inString(text, i) : token === '' ? step(text, i) : inToken(text, i);
      if (typeof next !== 'number') return next;
      i = next;
    }
    return teller.problem;
  }

  function step(text: string, at: number): number | Problem {
    const code = text.charCodeAt(at);
    if (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) return at + 1;
    if (code === 0x22) return openString(text, at + 1);
    if (code === 0x2c) return comma() ?? at + 1;
    if (code === 0x3a) {
      if (expected !== expectColon) return malformed('a colon where none may stand');
      expected = expectValue;
      return at + 1;
    }
    if (code === 0x7b || code === 0x5b) return push(code === 0x7b) ?? at + 1;
    if (code === 0x7d || code === 0x5d) return pop(code === 0x7d) ?? at + 1;
    if (code === 0x1e && options.isSequence && open.length === 0) return at + 1;
    const refusal = mayBegin();
    if (refusal !== undefined) return refusal;
    return inToken(text, at);
  }

  /** Whether a value may begin here. */
  function mayBegin(): Problem | undefined {
    if (expected === expectValue || expected === expectValueOrEnd) return undefined;
    if (expected === expectNothing && options.isSequence) {
      expected = expectValue;
      return undefined;
    }
    return malformed(expected === expectNothing ? 'text after the value' : 'a value where none may stand');
  }

  function comma(): Problem | undefined {
    if (expected !== expectCommaOrEnd) return malformed('a comma where none may stand');
    expected = object === 0 ? expectValue : expectKey;
    return undefined;
  }

  function push(isObject: boolean): Problem | undefined {
    const refusal = mayBegin();
    if (refusal !== undefined) return refusal;
    if (open.length >= teller.limits.depthMax) {
      return problem('too_deep', `JSON is nested deeper than ${teller.limits.depthMax}`, field.asValue);
    }
    open.push(object);
    fields.push(field);
    if (isObject) {
      object = ++objects;
      expected = expectKeyOrEnd;
    } else {
      object = 0;
      field = itemField(field);
      expected = expectValueOrEnd;
    }
    return undefined;
  }

  function pop(isObject: boolean): Problem | undefined {
    const isAllowed =
      expected === expectCommaOrEnd
        ? open.length > 0 && (object !== 0) === isObject
        : expected === (isObject ? expectKeyOrEnd : expectValueOrEnd);
    const parent = fields.pop();
    const outer = open.pop();
    if (!isAllowed || parent === undefined || outer === undefined) return malformed('a bracket that closes nothing');
    field = parent;
    object = outer;
    afterValue();
    return undefined;
  }

  /** A member's or element's value is complete; in an object the field goes back to the object's own. */
  function afterValue(): void {
    if (open.length === 0) expected = expectNothing;
    else {
      expected = expectCommaOrEnd;
      if (object !== 0) field = fields[fields.length - 1] ?? field;
    }
  }

  function openString(text: string, start: number): number | Problem {
    isKey = expected === expectKey || expected === expectKeyOrEnd;
    const refusal = isKey ? undefined : mayBegin();
    if (refusal !== undefined) return refusal;
    const end = plainEnd(text, start);
    if (text.charCodeAt(end) === 0x22 && end - start <= windowChars) {
      const refused = isKey ? key(text.slice(start, end)) : wholeValue(text.slice(start, end));
      return refused ?? end + 1;
    }
    isInString = true;
    held = '';
    isFirstWindow = true;
    return inString(text, start);
  }

  function wholeValue(text: string): Problem | undefined {
    teller.tell(field.asValue, text);
    member = graphqlMember();
    if (field.path === '[].query' && mayBeGraphql(text) && ++batch > batchMax)
      return problem('too_many', `GraphQL: more than ${batchMax} documents in one request`, field.asValue);
    const refusal = member?.write(text) ?? member?.end();
    afterValue();
    return refusal;
  }

  /** `query` at the top, or in each request of a batch, may hold GraphQL. */
  function graphqlMember(): GraphqlMember | undefined {
    return field.path === 'query' || field.path === '[].query' ? createGraphqlMember(teller) : undefined;
  }

  function inString(text: string, start: number): number | Problem {
    let i = start;
    while (i < text.length) {
      if (escape !== '') {
        escape += text.charAt(i++);
        const refusal = unescape();
        if (refusal !== undefined) return refusal;
        if (isKey && held.length > keyCharsMax) return keyTooLong();
        continue;
      }
      const end = plainEnd(text, i);
      if (end > i) append(text.slice(i, end));
      if (isKey && held.length > keyCharsMax) return keyTooLong();
      if (end === text.length) return end;
      const code = text.charCodeAt(end);
      if (code === 0x22) return closeString() ?? end + 1;
      if (code !== 0x5c) return malformed('a control character in a string');
      escape = '\\';
      i = end + 1;
    }
    return i;
  }

  function unescape(): Problem | undefined {
    const code = escape.charCodeAt(1);
    if (code !== 0x75) {
      const plain = escapes.get(code);
      if (plain === undefined) return malformed('an escape that does not exist');
      escape = '';
      append(plain);
      return undefined;
    }
    if (escape.length > 2 && !isHex(escape.charCodeAt(escape.length - 1))) return malformed('a broken \\u escape');
    if (escape.length < 6) return undefined;
    const unit = Number.parseInt(escape.slice(2), 16);
    escape = '';
    appendUnit(unit);
    return undefined;
  }

  function appendUnit(unit: number): void {
    if (unit >= 0xdc00 && unit <= 0xdfff) {
      const pair = high === 0 ? '\ufffd' : String.fromCharCode(high, unit);
      high = 0;
      append(pair);
    } else if (unit >= 0xd800 && unit <= 0xdbff) {
      append('');
      high = unit;
    } else append(String.fromCharCode(unit));
  }

  function append(text: string): void {
    if (high !== 0) {
      high = 0;
      held += '\ufffd';
    }
    held += text;
    if (!isKey && held.length > windowChars) emitWindows();
  }

  function emitWindows(): void {
    let start = 0;
    for (; held.length - start > windowChars; start += windowChars - overlapChars) {
      const text = held.slice(start, start + windowChars);
      teller.window(field.asValue, text, { isFirst: isFirstWindow, isPartial: true });
      if (isFirstWindow) member = graphqlMember();
      member?.write(isFirstWindow ? text : text.slice(overlapChars));
      isFirstWindow = false;
    }
    held = held.slice(start);
  }

  function closeString(): Problem | undefined {
    append('');
    isInString = false;
    const text = held;
    held = '';
    if (isKey) return key(text);
    if (isFirstWindow) return wholeValue(text);
    teller.window(field.asValue, text, { isFirst: false, isPartial: false });
    const refusal = member?.write(text.slice(overlapChars)) ?? member?.end();
    afterValue();
    return refusal;
  }

  function key(text: string): Problem | undefined {
    if (text.length > keyCharsMax) return keyTooLong();
    const child = childField(field, text);
    if (child.seenIn === object && !options.isGuess) {
      return problem('ambiguous', `JSON key ${quote(text)} stands twice`, child.asName);
    }
    child.seenIn = object;
    if (child.count.fields > teller.limits.fieldsMax) {
      return problem('too_many', `JSON with more than ${teller.limits.fieldsMax} different fields`, child.asName);
    }
    if (!child.isTold) {
      child.isTold = true;
      teller.tell(child.asName, text);
    }
    field = child;
    expected = expectColon;
    return undefined;
  }

  function inToken(text: string, start: number): number | Problem {
    let i = start;
    while (i < text.length && isTokenChar(text.charCodeAt(i))) i++;
    if (token.length + i - start > tokenCharsMax) return malformed('a number or word that is too long');
    token += text.slice(start, i);
    if (token === '') return malformed('a character that begins no value');
    if (i === text.length) return i;
    return endToken() ?? i;
  }

  function endToken(): Problem | undefined {
    const text = token;
    token = '';
    if (text !== 'true' && text !== 'false' && text !== 'null' && !number.test(text)) {
      return malformed('a number or word that does not exist');
    }
    teller.tell(field.asValue, text);
    afterValue();
    return undefined;
  }

  return {
    write,
    end() {
      const refusal = token === '' ? undefined : endToken();
      if (refusal !== undefined) return refusal;
      const isWhole = !isInString && open.length === 0 && (expected === expectNothing || expected === expectValue);
      return isWhole ? teller.problem : malformed('the text ends early');
    },
  };
}

/** The first place from `start` that is a quote, a backslash or a control character; the length when there is none. */
function plainEnd(text: string, start: number): number {
  let i = start;
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22 || code === 0x5c || code < 0x20) break;
  }
  return i;
}

function isHex(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66);
}

function isTokenChar(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x61 && code <= 0x7a) ||
    code === 0x2d ||
    code === 0x2e ||
    code === 0x45 ||
    code === 0x2b
  );
}
