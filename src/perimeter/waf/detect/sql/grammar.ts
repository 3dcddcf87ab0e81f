/** Expressions of SQL over tokens: not what they yield, only what they are made of and where they end. */

import { type Facts, noFacts } from './facts.ts';
import type { Token, Tokens } from './lexer.ts';
import {
  clauseWords,
  constantWords,
  isCatalogue,
  isDangerousPackage,
  plainFunctions,
  proseWords,
  strongFunctions,
} from './words.ts';

/** What the expression ended at: the index of the first token after it, or −1 when none is there at all. */
export interface Reading {
  readonly facts: Facts;
  readonly next: number;
}

interface Walk {
  readonly tokens: Tokens;
  readonly facts: Facts;
}

const depthMax = 12;
const comparing = new Set([
  '=',
  '==',
  '<',
  '>',
  '<=',
  '>=',
  '<>',
  '!=',
  '<=>',
  '!<',
  '!>',
  '~',
  '!~',
  '~*',
  '!~*',
  '^=',
]);
const comparingWords = new Set([
  'like',
  'rlike',
  'regexp',
  'ilike',
  'glob',
  'match',
  'in',
  'between',
  'is',
  'similar',
  'sounds',
  'not',
]);
const counting = new Set(['+', '-', '*', '/', '%', '^', '&', '|', '<<', '>>', '->', '->>']);
const countingWords = new Set(['div', 'mod']);
const linking = new Set(['||', '&&']);
const linkingWords = new Set(['or', 'and', 'xor']);
const unary = new Set(['-', '+', '~', '!', '@']);
const unaryWords = new Set(['not', 'binary', 'distinct', 'all', 'any', 'some', 'interval', 'prior', 'exists']);

/** True for a token that joins conditions: OR, AND, XOR and their signs. */
export function isLink(token: Token): boolean {
  return token.kind === 'operator' ? linking.has(token.text) : token.kind === 'word' && linkingWords.has(token.text);
}

/** True for a token that compares, in signs or words. */
export function isComparison(token: Token): boolean {
  return token.kind === 'operator'
    ? comparing.has(token.text)
    : token.kind === 'word' && comparingWords.has(token.text);
}

/** True for a token that computes. */
export function isCounting(token: Token): boolean {
  return token.kind === 'operator' ? counting.has(token.text) : token.kind === 'word' && countingWords.has(token.text);
}

/** True for a literal, closed or not. */
export function isLiteral(token: Token): boolean {
  return token.kind === 'string' || token.kind === 'number' || token.kind === 'open';
}

/** Reads the longest expression from token `from`; it may begin in the middle, with an operator, as after a closed literal. */
export function readExpression(tokens: Tokens, from: number): Reading {
  const walk: Walk = { tokens, facts: noFacts() };
  return { facts: walk.facts, next: conditions(walk, from, 0) };
}

/** Reads on from an operator, as after a literal that has just been closed; `next` is `from` when nothing goes on. */
export function readContinuation(tokens: Tokens, from: number): Reading {
  const walk: Walk = { tokens, facts: noFacts() };
  let next = from;
  while (isCounting(tokens.at(next))) {
    const more = operand(walk, next + 1, 0);
    if (more === undefined) return { facts: walk.facts, next };
    next = more.next;
  }
  let before: Side = { next, kind: 'other', text: '', counted: true };
  while (isComparison(tokens.at(next))) {
    const right = compared(walk, before, next, 0);
    if (right === undefined) return { facts: walk.facts, next };
    next = right.next;
    before = right;
  }
  while (isLink(tokens.at(next))) {
    const after = comparison(walk, next + 1, 0);
    if (after === -1) break;
    walk.facts.logic += 1;
    next = after;
  }
  return { facts: walk.facts, next };
}

/** What a side of a comparison is. */
interface Side {
  readonly next: number;
  readonly kind: 'literal' | 'name' | 'other';
  readonly text: string;
  readonly counted: boolean;
}

function conditions(walk: Walk, from: number, depth: number): number {
  let next = comparison(walk, from, depth);
  if (next === -1) return -1;
  while (isLink(walk.tokens.at(next))) {
    const after = comparison(walk, next + 1, depth);
    if (after === -1) return next;
    walk.facts.logic += 1;
    next = after;
  }
  return next;
}

function comparison(walk: Walk, from: number, depth: number): number {
  const left = side(walk, from, depth);
  if (left === undefined) return -1;
  let next = left.next;
  let before = left;
  while (isComparison(walk.tokens.at(next))) {
    const right = compared(walk, before, next, depth);
    if (right === undefined) return next;
    next = right.next;
    before = right;
  }
  return next;
}

function compared(walk: Walk, left: Side, at: number, depth: number): Side | undefined {
  const { tokens, facts } = walk;
  let index = at;
  let operator = tokens.at(index).text;
  if (operator === 'not' || operator === 'is' || operator === 'similar' || operator === 'sounds') {
    index += 1;
    if (operator === 'is' && tokens.at(index).text === 'not') index += 1;
    const follows = tokens.at(index);
    if (operator !== 'is') {
      if (
        follows.kind !== 'word' ||
        !['like', 'in', 'between', 'rlike', 'regexp', 'ilike', 'glob', 'to', 'similar'].includes(follows.text)
      )
        return undefined;
      operator = follows.text;
      index += 1;
    } else if (follows.kind !== 'word' || !constantWords.has(follows.text)) return undefined;
  } else index += 1;
  const right = side(walk, index, depth);
  if (right === undefined) return undefined;
  facts.comparisons += 1;
  let last = right;
  if (operator === 'between' && tokens.at(right.next).text === 'and') {
    last = side(walk, right.next + 1, depth) ?? right;
  }
  if (left.kind === 'literal' && last.kind === 'literal') {
    facts.constants += 1;
    if (['=', '==', 'like', '<=>', 'rlike', 'regexp', '~'].includes(operator) && !left.counted && !last.counted)
      facts.equalities += 1;
  }
  if (left.kind === 'name' && last.kind === 'name' && left.text === last.text && left.text !== '') facts.same += 1;
  return last;
}

function side(walk: Walk, from: number, depth: number): Side | undefined {
  const first = operand(walk, from, depth);
  if (first === undefined) return undefined;
  let { next, kind } = first;
  let counted = false;
  while (isCounting(walk.tokens.at(next))) {
    const more = operand(walk, next + 1, depth);
    if (more === undefined) break;
    counted = true;
    if (more.kind !== 'literal') kind = 'other';
    next = more.next;
  }
  return { next, kind, text: counted ? '' : first.text, counted };
}

function operand(walk: Walk, from: number, depth: number): Side | undefined {
  const { tokens, facts } = walk;
  let index = from;
  for (let signs = 0; signs < 12; signs += 1) {
    const token = tokens.at(index);
    if (token.text === '@' && tokens.at(index + 1).text === ':=') break;
    if (!(token.kind === 'operator' ? unary.has(token.text) : token.kind === 'word' && unaryWords.has(token.text)))
      break;
    index += 1;
  }
  const token = tokens.at(index);
  let found: Side | undefined;
  // MySQL reads `1.e(` as the parenthesis alone.
  if (token.kind === 'number' && /^\d{1,9}\.\d{0,9}e$/.test(token.text) && tokens.at(index + 1).text === '(')
    found = group(walk, index + 1, depth);
  else if (isLiteral(token)) {
    let next = index + 1;
    while (
      token.kind === 'string' &&
      isLiteral(tokens.at(next)) &&
      tokens.at(next).kind !== 'number' &&
      tokens.at(next).start > tokens.at(next - 1).end
    )
      next += 1;
    found = { next, kind: 'literal', text: token.text, counted: false };
  } else if (token.kind === 'variable' || (token.text === '@' && tokens.at(index + 1).text === ':=')) {
    if (token.text.startsWith('@@')) facts.strong += 1;
    found = { next: index + 1, kind: 'other', text: token.text, counted: false };
    if (token.text === '@' && tokens.at(index + 1).kind === 'name') found = { ...found, next: index + 2 };
    // MySQL's variables are set in the midst of a condition; `@` alone is one, with an empty name.
    if (tokens.at(found.next).text === ':=' && depth < depthMax) {
      const set = operand(walk, found.next + 1, depth + 1);
      if (set !== undefined) {
        facts.strong += 1;
        found = { ...found, next: set.next };
      }
    }
  } else if (token.kind === 'other' && token.text === '{' && depth < depthMax && tokens.at(index + 1).kind === 'word') {
    // `{x 1}`, `{d '2020-01-01'}`: the escapes of ODBC, which MySQL reads under any name.
    const inner = operand(walk, index + 2, depth + 1);
    const close = inner === undefined ? undefined : tokens.at(inner.next);
    if (inner !== undefined && close?.text === '}') found = { ...inner, next: inner.next + 1 };
  } else if (token.kind === 'name' || (token.kind === 'word' && !clauseWords.has(token.text)))
    found = named(walk, index, depth);
  else if (
    token.kind === 'word' &&
    (token.text === 'like' || token.text === 'glob') &&
    tokens.at(index + 1).text === '('
  )
    found = named(walk, index, depth);
  else if (token.text === '(' && token.kind === 'point') found = group(walk, index, depth);
  if (found === undefined) return undefined;
  facts.operands += 1;
  let { next } = found;
  for (;;) {
    const after = tokens.at(next);
    if (after.kind === 'operator' && after.text === '::' && tokens.at(next + 1).kind === 'word') next += 2;
    else if (after.kind === 'word' && after.text === 'collate' && tokens.at(next + 1).kind === 'word') next += 2;
    else break;
  }
  return { ...found, next };
}

function named(walk: Walk, from: number, depth: number): Side | undefined {
  const { tokens, facts } = walk;
  const first = tokens.at(from);
  if (first.kind === 'word' && first.text === 'case') return choice(walk, from, depth);
  let index = from;
  let word = first.text;
  let isCall = isDangerousPackage(word);
  if (isCatalogue(word)) facts.catalogues += 1;
  while (tokens.at(index + 1).text === '.' && tokens.at(index + 1).kind === 'point') {
    const part = tokens.at(index + 2);
    if (part.kind !== 'word' && part.kind !== 'name') break;
    word = part.text;
    index += 2;
    if (isCatalogue(word)) facts.catalogues += 1;
    if (isDangerousPackage(word)) isCall = true;
  }
  const opens = tokens.at(index + 1);
  if (opens.kind !== 'point' || opens.text !== '(') {
    const kind = constantWords.has(word) ? 'literal' : 'name';
    if (kind === 'name') facts.names += 1;
    return { next: index + 1, kind, text: tokens.at(from).text + (index > from ? `.${word}` : ''), counted: false };
  }
  const isMethod = index > from && !schemas.has(first.text) && !isCall;
  if (isMethod) facts.names += 1;
  else if (isCall || strongFunctions.has(word)) facts.strong += 1;
  else if (plainFunctions.has(word)) facts.plain += 1;
  else facts.names += 1;
  if (!isMethod && isDelay(word) && tokens.at(index + 3).kind !== 'word') facts.delays += 1;
  return { next: list(walk, index + 2, depth + 1), kind: 'other', text: '', counted: false };
}

/** Schemas a function can be called through; before any other name it is a method of another language. */
const schemas = new Set(['dbo', 'sys', 'pg_catalog', 'mysql', 'master', 'public', 'information_schema']);

const isDelay = (word: string): boolean => word === 'sleep' || word === 'benchmark' || word.startsWith('pg_sleep');

/** Arguments up to the closing parenthesis, or as far as they can be read. */
function list(walk: Walk, from: number, depth: number): number {
  const { tokens, facts } = walk;
  let index = from;
  if (depth > depthMax) return index;
  for (;;) {
    const token = tokens.at(index);
    if (token.kind === 'end' || token.kind === 'comment' || token.kind === 'other') return index;
    if (token.text === ')' && token.kind === 'point') return index + 1;
    if (token.kind === 'word' && token.text === 'select' && isQuery(tokens, index + 1)) facts.queries += 1;
    const next = token.kind === 'word' && clauseWords.has(token.text) ? -1 : conditions(walk, index, depth);
    index = next === -1 ? index + 1 : next;
  }
}

/** True when what follows SELECT is a list as SQL has it and not a sentence. */
function isQuery(tokens: Tokens, from: number): boolean {
  let index = from;
  while (['distinct', 'all', 'top'].includes(tokens.at(index).text))
    index += tokens.at(index + 1).kind === 'number' ? 2 : 1;
  const first = tokens.at(index);
  const second = tokens.at(index + 1);
  if (first.kind === 'string' || first.kind === 'number' || first.kind === 'variable' || first.kind === 'name')
    return true;
  if (first.text === '*' || first.text === '(' || first.text === '-') return true;
  if (first.kind !== 'word') return false;
  if (first.text === 'case') return tokens.at(index + 1).text === 'when' || tokens.at(index + 2).text === 'when';
  if (second.text === '(' || (second.text === '.' && second.end === tokens.at(index + 2).start)) return true;
  if (constantWords.has(first.text) && second.text === ')') return true;
  for (let steps = 0; steps < 16; steps += 1) {
    const token = tokens.at(index + steps);
    if (token.text === 'from') {
      const table = tokens.at(index + steps + 1);
      return (
        table.text === '(' ||
        table.kind === 'name' ||
        (table.kind === 'word' && !proseWords.has(table.text) && !clauseWords.has(table.text))
      );
    }
    if (
      token.kind !== 'word' &&
      token.text !== ',' &&
      token.kind !== 'number' &&
      token.kind !== 'string' &&
      token.text !== '.'
    )
      return false;
  }
  return false;
}

function group(walk: Walk, from: number, depth: number): Side | undefined {
  const { tokens } = walk;
  if (depth >= depthMax) return undefined;
  const inner = tokens.at(from + 1);
  if (inner.kind === 'word' && (inner.text === 'select' || inner.text === 'values' || inner.text === 'with')) {
    return { next: list(walk, from + 1, depth + 1), kind: 'other', text: '', counted: false };
  }
  const only = isLiteralList(tokens, from + 1);
  const next = list(walk, from + 1, depth + 1);
  return { next, kind: only ? 'literal' : 'other', text: inner.text, counted: false };
}

/** `1)`, `1, 2, 'a')`: nothing but literals up to the parenthesis. */
function isLiteralList(tokens: Tokens, from: number): boolean {
  for (let index = from; index < from + 32 && isLiteral(tokens.at(index)); index += 2) {
    const after = tokens.at(index + 1);
    if (after.text === ')' && after.kind === 'point') return true;
    if (after.text !== ',') return false;
  }
  return false;
}

/** CASE … END; what stands in between is read as operands. */
function choice(walk: Walk, from: number, depth: number): Side | undefined {
  const { tokens, facts } = walk;
  const second = tokens.at(from + 1);
  if (depth >= depthMax || second.kind === 'end') return undefined;
  let index = from + 1;
  let whens = 0;
  for (;;) {
    const token = tokens.at(index);
    if (token.kind === 'end' || token.kind === 'comment' || token.kind === 'other') break;
    if (token.kind === 'word' && token.text === 'end') {
      index += 1;
      break;
    }
    if (token.kind === 'word' && token.text === 'when') whens += 1;
    const next = token.kind === 'word' && clauseWords.has(token.text) ? -1 : conditions(walk, index, depth + 1);
    index = next === -1 ? index + 1 : next;
  }
  // Never undefined after reading on: what failed would be read again by every level above.
  if (whens > 0) facts.plain += 1;
  return { next: index, kind: 'other', text: '', counted: false };
}
