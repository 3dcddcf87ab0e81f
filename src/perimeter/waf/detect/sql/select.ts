/** SELECT and the names of tables, told from prose by structure. */

import { isLiteral, readExpression } from './grammar.ts';
import type { Token, Tokens } from './lexer.ts';
import { clauseWords, isCatalogue, likelyTables, proseWords } from './words.ts';

/** 0 none; 1 could be prose; 2 is SQL, harmless or talked about; 3 is SQL with structure that prose does not have. */
export type Certainty = 0 | 1 | 2 | 3;

/** True where a statement may end. */
export function endsAt(token: Token): boolean {
  return token.kind === 'end' || isFinal(token);
}

/** True for a semicolon or a comment that ends the text. */
export function isFinal(token: Token): boolean {
  return token.kind === 'comment' || (token.kind === 'point' && token.text === ';');
}

/** Reads a table's name and tells how likely it is one. */
export function readName(tokens: Tokens, at: number): { next: number; certainty: Certainty } {
  const token = tokens.at(at);
  if (token.kind === 'name') return { next: at + 1, certainty: 3 };
  if (token.kind === 'variable' || token.kind === 'string') return { next: at + 1, certainty: 2 };
  if (token.kind !== 'word' || clauseWords.has(token.text) || proseWords.has(token.text))
    return { next: at, certainty: 0 };
  let next = at + 1;
  let certainty: Certainty =
    likelyTables.has(token.text) || isCatalogue(token.text) || /[_\d]/u.test(token.text) ? 3 : 1;
  for (let parts = 0; parts < 4; parts += 1) {
    const point = tokens.at(next);
    const part = tokens.at(next + 1);
    if (point.text !== '.' || point.kind !== 'point' || point.start !== tokens.at(next - 1).end) break;
    if (part.text === '.' && part.kind === 'point') next += 1;
    else if ((part.kind === 'word' || part.kind === 'name') && part.start === point.end) {
      next += 2;
      certainty = 3;
    } else break;
  }
  return { next, certainty };
}

/** How sure it is that what follows SELECT is a query. */
export function readSelect(tokens: Tokens, at: number, stacked: boolean): Certainty {
  let index = at;
  let marks = 0;
  while (['distinct', 'all', 'top', 'sql_calc_found_rows', 'distinctrow'].includes(tokens.at(index).text)) {
    if (tokens.at(index).text === 'top' && tokens.at(index + 1).kind === 'number') index += 1;
    index += 1;
  }
  let queries = 0;
  let calls = 0;
  let strong = 0;
  let isPlain = true;
  for (let items = 0; items < 40; items += 1) {
    const item = tokens.at(index);
    if (item.text === '*' && item.kind === 'operator') {
      marks += 1;
      index += 1;
    } else {
      if (item.kind === 'word' && proseWords.has(item.text) && item.text !== 'left' && item.text !== 'right') return 0;
      const reading = readExpression(tokens, index);
      if (reading.next === -1) return 0;
      if (isLiteral(item) || item.kind === 'variable' || item.kind === 'name') isPlain = false;
      if (reading.facts.plain > 0 || tokens.at(reading.next - 1).text === ')') marks += 1;
      strong += reading.facts.strong + reading.facts.delays + (item.text.startsWith('@@') ? 1 : 0);
      queries += reading.facts.queries;
      calls += reading.facts.plain;
      index = reading.next;
    }
    if (tokens.at(index).text === 'as') index += 2;
    else if (tokens.at(index).kind === 'word' && !clauseWords.has(tokens.at(index).text)) index += 1;
    if (tokens.at(index).text !== ',' || tokens.at(index).kind !== 'point') break;
    marks += 1;
    index += 1;
  }
  if (strong > 0 || queries > 0) return 3;
  const from = tokens.at(index);
  if (from.text === 'into')
    return tokens.at(index + 1).text === 'outfile' || tokens.at(index + 1).text === 'dumpfile' ? 3 : 1;
  if (endsAt(from) && calls > 0) return 3;
  if (from.text !== 'from')
    return endsAt(from) || from.text === ')' ? (stacked && (marks > 0 || !isPlain) ? 3 : isPlain ? 0 : 1) : 0;
  return readFrom(tokens, index + 1, isPlain ? marks : marks + 1);
}

function readFrom(tokens: Tokens, at: number, marksBefore: number): Certainty {
  const first = tokens.at(at);
  if (first.text === '(' || first.kind === 'string')
    return marksBefore > 0 || tokens.at(at + 1).text === 'select' ? 3 : 1;
  const name = readName(tokens, at);
  if (name.certainty === 0) return 0;
  let marks = marksBefore + (name.certainty === 3 ? 1 : 0);
  let index = name.next;
  if (tokens.at(index).text === '(' && tokens.at(index).kind === 'point') return marks > 0 ? 3 : 1;
  if (tokens.at(index).text === 'as') index += 2;
  else if (tokens.at(index).kind === 'word' && !clauseWords.has(tokens.at(index).text)) index += 1;
  const after = tokens.at(index);
  if (endsAt(after)) {
    if (isFinal(after)) marks += 1;
    return marks > 0 ? 3 : 1;
  }
  if (after.text === ')' || after.text === ',') return marks > 0 ? 3 : 1;
  if (after.kind !== 'word') return marks > 1 ? 2 : 0;
  if (after.text === 'where') return hasCondition(tokens, index + 1) ? 3 : 1;
  if (['group', 'order'].includes(after.text)) return tokens.at(index + 1).text === 'by' ? 3 : 0;
  if (after.text === 'limit' || after.text === 'offset' || after.text === 'fetch') return 3;
  if (
    [
      'join',
      'inner',
      'outer',
      'cross',
      'natural',
      'union',
      'having',
      'into',
      'for',
      'intersect',
      'except',
      'minus',
      'and',
      'or',
      'procedure',
      'rlike',
    ].includes(after.text)
  )
    return marks > 0 ? 3 : 1;
  return marks > 1 ? 2 : 0;
}

/** True when a condition stands at `at`. */
export function hasCondition(tokens: Tokens, at: number): boolean {
  const { facts, next } = readExpression(tokens, at);
  return (
    next !== -1 &&
    (facts.comparisons > 0 ||
      facts.strong > 0 ||
      (facts.operands === 1 && isLiteral(tokens.at(at)) && endsAt(tokens.at(next))))
  );
}
