import type { Place, Problem } from '../waf.ts';
import { placeNameCharsMax } from './field.ts';
import { createFragments } from './graphql-fragments.ts';
import { problem } from './problem.ts';
import { createValue, type Teller } from './teller.ts';
import type { TextReader } from './text-reader.ts';

/** What one document may hold: above what people and code generators write, below what makes a server work for minutes. */
const bracesMax = 32;
const fieldsMax = 10_000;
const aliasesMax = 500;
const directivesMax = 500;
const tokenCharsMax = 64 * 1024;

const punctuators = '!$&()*:=@[]|.,';
const simpleEscapes = '"\\/bfnrt';
const simpleValues = '"\\/\b\f\n\r\t';

/**
 * Tells the strings inside a GraphQL document (October 2021 edition, section 2) with the name of the argument or input field they belong to;
 * names of operations, fields and arguments are told as names, each once. Brackets must match; braces, fields and aliases are limited.
 */
export function createGraphqlReader(teller: Teller): TextReader {
  let rest = '';
  let seen = 0;
  const open: string[] = [];
  const told = new Set<string>();
  let braces = 0;
  let fields = 0;
  let aliases = 0;
  let directives = 0;
  let dots = 0;
  const fragments = createFragments();
  let lastName = '';
  let argument = '';
  let hasText = false;

  const malformed = (what: string): Problem => problem('malformed', `GraphQL: ${what}`);

  function write(text: string, isLast = false): Problem | undefined {
    const whole = rest === '' ? text : rest + text;
    // A token is looked at again only after as many new characters as it had: many small pieces stay linear.
    if (!isLast && rest !== '' && whole.length < seen * 2 && whole.length < tokenCharsMax) {
      rest = whole;
      return undefined;
    }
    let i = 0;
    while (i < whole.length) {
      const next = token(whole, i, isLast);
      if (typeof next !== 'number') return next;
      if (next < 0) break;
      i = next;
    }
    rest = whole.slice(i);
    seen = rest.length;
    if (rest.length > tokenCharsMax) return problem('too_large', 'GraphQL: a string or name that is too long');
    return teller.problem;
  }

  /** The place after the token at `i`; -1 when it may go on in the next piece. */
  function token(text: string, i: number, isLast: boolean): number | Problem {
    const code = text.charCodeAt(i);
    if (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09 || code === 0xfeff) return i + 1;
    if (code === 0x23) {
      const end = lineEnd(text, i);
      return end === text.length && !isLast ? -1 : end;
    }
    hasText = true;
    if (code === 0x22) return string(text, i, isLast);
    if (isWord(code)) return word(text, i, isLast);
    const char = text.charAt(i);
    dots = char === '.' ? dots + 1 : 0;
    if (char === '@' && ++directives > directivesMax)
      return problem('too_many', `GraphQL: more than ${directivesMax} directives`);
    if (char === '{' || char === '(' || char === '[') return push(char) ?? i + 1;
    if (char === '}' || char === ')' || char === ']') return pop(char) ?? i + 1;
    if (code === 0x3a) return colon() ?? i + 1;
    return punctuators.includes(char) || char === '-' || char === '+' ? i + 1 : malformed('a character of no token');
  }

  function word(text: string, start: number, isLast: boolean): number | Problem {
    let i = start;
    while (i < text.length && isWord(text.charCodeAt(i))) i++;
    if (i === text.length && !isLast) return -1;
    const name = text.slice(start, i);
    if (dots === 3) fragments.spread(name);
    else if (open.length === 0) fragments.define(lastName, name);
    dots = 0;
    lastName = name;
    if (text.charCodeAt(start) > 0x39 && !told.has(lastName)) {
      told.add(lastName);
      teller.tell(named('name', lastName), lastName);
    }
    if (open.at(-1) === '{' && ++fields > fieldsMax)
      return problem('too_many', `GraphQL: more than ${fieldsMax} fields`);
    return i;
  }

  /** `name:` is an argument within parentheses and input objects, an alias within a selection. */
  function colon(): Problem | undefined {
    argument = lastName;
    if (open.at(-1) !== '{' || open.includes('(')) return undefined;
    return ++aliases > aliasesMax ? problem('too_many', `GraphQL: more than ${aliasesMax} aliases`) : undefined;
  }

  function push(char: string): Problem | undefined {
    if (open.length >= teller.limits.depthMax || (char === '{' && ++braces > bracesMax)) {
      return problem('too_deep', `GraphQL is nested deeper than ${bracesMax}`);
    }
    open.push(char);
    return undefined;
  }

  function pop(char: string): Problem | undefined {
    const opened = open.pop();
    const isPair = opened === '{' ? char === '}' : opened === '(' ? char === ')' : opened === '[' && char === ']';
    if (opened === '{') braces--;
    if (open.length === 0 && opened === '{') fragments.close();
    return isPair ? undefined : malformed('a bracket that closes nothing');
  }

  function string(text: string, i: number, isLast: boolean): number | Problem {
    if (!isLast && text.length - i < 3) return -1;
    if (text.startsWith('"""', i)) return blockString(text, i + 3, isLast);
    let end = i + 1;
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code === 0x22) break;
      if (code === 0x5c) end++;
      else if (code === 0x0a || code === 0x0d) return malformed('a string that ends with its line');
    }
    if (end >= text.length) return isLast ? malformed('a string without its end') : -1;
    const value = unescape(text.slice(i + 1, end));
    if (value === undefined) return malformed('an escape that does not exist');
    teller.tell(named('value', argument), value);
    return end + 1;
  }

  function blockString(text: string, start: number, isLast: boolean): number | Problem {
    let end = text.indexOf('"""', start);
    while (end > start && text.charCodeAt(end - 1) === 0x5c) end = text.indexOf('"""', end + 3);
    if (end < 0) return isLast ? malformed('a string without its end') : -1;
    const value = createValue(teller, named('value', argument));
    value.write(text.slice(start, end).replaceAll('\\"""', '"""'));
    value.end();
    return end + 3;
  }

  return {
    write: text => write(text),
    end: () =>
      write('', true) ??
      (fragments.hasCircle() ? problem('too_deep', 'GraphQL: a fragment that holds itself') : undefined) ??
      (open.length > 0 || rest !== '' || !hasText ? malformed('the document ends early') : teller.problem),
  };
}

function named(part: Place['part'], name: string): Place {
  return { zone: 'graphql', name: name.slice(0, placeNameCharsMax), part };
}

function lineEnd(text: string, start: number): number {
  let i = start;
  while (i < text.length && text.charCodeAt(i) !== 0x0a && text.charCodeAt(i) !== 0x0d) i++;
  return i;
}

function isWord(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f || (code >= 0x30 && code <= 0x39)
  );
}

function unescape(text: string): string | undefined {
  if (!text.includes('\\')) return text;
  let out = '';
  let from = 0;
  for (let i = text.indexOf('\\'); i >= 0; i = text.indexOf('\\', from)) {
    out += text.slice(from, i);
    const kind = text.charAt(i + 1);
    const simple = kind === '' ? -1 : simpleEscapes.indexOf(kind);
    if (simple >= 0) {
      out += simpleValues.charAt(simple);
      from = i + 2;
    } else {
      const hex = /\\u(?:([0-9a-fA-F]{4})|\{([0-9a-fA-F]{1,6})\})/y;
      hex.lastIndex = i;
      const found = hex.exec(text);
      const unit = Number.parseInt(found?.[1] ?? found?.[2] ?? '', 16);
      if (found === null || unit > 0x10ffff) return undefined;
      out += String.fromCodePoint(unit);
      from = hex.lastIndex;
    }
  }
  return (out + text.slice(from)).toWellFormed();
}
