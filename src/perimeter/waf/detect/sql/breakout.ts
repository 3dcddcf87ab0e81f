/** What follows a closed literal, a number or a name: does it go on as SQL, and so that the application's statement stays whole? */

import type { Facts } from './facts.ts';
import { isComparison, isCounting, isLink, isLiteral, readContinuation, readExpression } from './grammar.ts';
import type { Token, Tokens } from './lexer.ts';
import type { SqlRule } from './rules.ts';
import { endsAt, readName } from './select.ts';
import { readStatement } from './statement.ts';
import { goesOnInWords } from './talk.ts';
import { clauseWords, likelyTables, proseWords } from './words.ts';

/** What stands before the tail: a literal closed by a quote, a number, or one name. */
export interface Before {
  readonly kind: 'quote' | 'number' | 'name';
  /** Nothing but one word before it, or nothing at all. */
  readonly isShort: boolean;
  /** The quote may as well open something: a blank, a bracket or a sign of assignment stands before it. */
  readonly isOpening: boolean;
  /** The quote, to look for its partner. */
  readonly quote: string;
  /** What the closed literal ends with is a digit: feet and inches. */
  readonly isMeasure: boolean;
}

/** The rule that the tail from token `at` on breaks, or undefined. */
export function judgeTail(tokens: Tokens, at: number, before: Before): SqlRule | undefined {
  let index = at;
  while (isPoint(tokens.at(index), ')')) index += 1;
  const first = tokens.at(index);
  if (first.kind === 'comment') return judgeComment(first, before, index > at);
  if (first.kind === 'point') {
    if (first.text === ';') return judgeSemicolon(tokens, index + 1, before);
    return first.text === ',' ? judgeList(tokens, index, before) : undefined;
  }
  if (first.kind !== 'operator' && first.kind !== 'word') return undefined;
  if (isLink(first)) return judgeLink(tokens, index, before);
  if (isCounting(first) || isComparison(first)) return judgeOperator(tokens, index, before);
  return first.kind === 'word' ? judgeClause(tokens, index, before) : undefined;
}

const isPoint = (token: Token, text: string): boolean => token.kind === 'point' && token.text === text;

/** How a tail ends: `whole` when the application's own closing quote is taken care of. */
interface Ending {
  readonly index: number;
  readonly isWhole: boolean;
  readonly isComment: boolean;
  readonly isEnd: boolean;
  readonly open: Token | undefined;
}

function endingOf(tokens: Tokens, next: number): Ending {
  let index = next;
  const last = tokens.at(Math.max(0, next - 1));
  while (isPoint(tokens.at(index), ')')) index += 1;
  const token = tokens.at(index);
  const open = last.kind === 'open' ? last : undefined;
  const isComment = token.kind === 'comment' || (isPoint(token, ';') && tokens.at(index + 1).kind === 'comment');
  const isEnd =
    (token.kind === 'end' && token.text === '') || (isPoint(token, ';') && tokens.at(index + 1).kind === 'end');
  return { index, isWhole: isComment || open !== undefined, isComment, isEnd, open };
}

/** `admin'--`, `admin' #`, `x')/*`: the comment is short, or all before the quote is one word. */
function judgeComment(comment: Token, before: Before, hasParenthesis: boolean): SqlRule | undefined {
  const length = comment.end - comment.start;
  if (before.kind !== 'quote')
    return length <= 5 && hasParenthesis && before.kind === 'number' ? 'sqli.weak_condition' : undefined;
  if (comment.text === '') return 'sqli.weak_breakout';
  if (before.isOpening && comment.inside.includes(before.quote)) return undefined;
  if (before.isMeasure && comment.text !== '/*' && length > 3 && !hasParenthesis) return 'sqli.weak_breakout';
  if (length <= 6) return 'sqli.comment_end';
  if (!before.isShort && !hasParenthesis) return undefined;
  return length <= 40 || hasParenthesis ? 'sqli.comment_end' : 'sqli.weak_breakout';
}

function judgeSemicolon(tokens: Tokens, at: number, before: Before): SqlRule | undefined {
  const first = tokens.at(at);
  if (first.kind === 'comment' && before.kind === 'quote') return 'sqli.comment_end';
  let index = at;
  while (isPoint(tokens.at(index), '(') && index < at + 4) index += 1;
  const certainty = readStatement(tokens, index, true);
  if (certainty === 3) return 'sqli.stacked';
  return undefined;
}

/** Values added to a list: `x', (select …), 'y`. */
function judgeList(tokens: Tokens, at: number, before: Before): SqlRule | undefined {
  if (before.kind === 'quote' && before.isShort && isAssignment(tokens, at + 1)) return 'sqli.breakout';
  let index = at;
  let items = 0;
  while (isPoint(tokens.at(index), ',') && items < 30) {
    const { facts, next } = readExpression(tokens, index + 1);
    if (next === -1) break;
    if (facts.queries + facts.strong > 0) return 'sqli.breakout';
    if (facts.delays > 0) return 'sqli.delay';
    items += 1;
    index = next;
  }
  const ending = endingOf(tokens, index);
  if (before.kind === 'quote' && ending.isComment && isPoint(tokens.at(index), ')')) return 'sqli.breakout';
  return undefined;
}

/** A further column of an UPDATE: `x', role='admin`, `x', admin=1 where id=1#`. */
function isAssignment(tokens: Tokens, at: number): boolean {
  const column = tokens.at(at);
  const value = tokens.at(at + 2);
  if ((column.kind !== 'word' && column.kind !== 'name') || tokens.at(at + 1).text !== '=' || !isLiteral(value))
    return false;
  const after = tokens.at(at + 3);
  return value.kind === 'open' || after.kind === 'comment' || (value.kind === 'number' && after.text === 'where');
}

function judgeLink(tokens: Tokens, at: number, before: Before): SqlRule | undefined {
  const { facts, next } = readContinuation(tokens, at);
  if (next === at) return at > 0 ? undefined : judgeRemainder(tokens, at + 1, before);
  const certain = certainRule(facts, before);
  if (certain === 'sqli.tautology' && goesOnInWords(tokens.at(next), tokens.at(next + 1))) return undefined;
  if (certain !== undefined) return certain;
  const ending = endingOf(tokens, next);
  if (facts.constants > 0 && (ending.isWhole || ending.isEnd)) return 'sqli.tautology';
  if (facts.plain > 0 && (facts.comparisons > 0 || (ending.isWhole && before.kind === 'quote'))) {
    return before.kind === 'name' && facts.names > 1 ? 'sqli.weak_condition' : ruleFor(before);
  }
  const rest = judgeRemainder(tokens, ending.index, before);
  if (rest !== undefined) return rest;
  if (before.kind === 'quote') return judgeQuotedLink(facts, ending, before);
  if (facts.comparisons > 0 && ending.isComment && !isRemark(tokens.at(ending.index), before)) return ruleFor(before);
  if (before.kind === 'number' && ending.isComment && facts.names === 0) return 'sqli.tautology';
  if (before.kind === 'number' && ending.isEnd && facts.operands <= 1 && isTruth(tokens, at + 1))
    return 'sqli.tautology';
  if (before.kind === 'number' && ending.isEnd && (facts.comparisons > 0 || facts.names === 0))
    return at > 0 && isNoChoice(tokens, at, facts) ? 'sqli.condition' : 'sqli.weak_condition';
  return undefined;
}

/** `or true`, `and !1`, `and ~0`: what nobody writes who offers a choice of numbers. */
function isTruth(tokens: Tokens, at: number): boolean {
  const { kind, text } = tokens.at(at);
  if (kind === 'operator') return (text === '!' || text === '~') && tokens.at(at + 1).kind === 'number';
  return kind === 'word' && (text === 'true' || text === 'false') && tokens.at(at + 1).kind === 'end';
}

/** `1 or id > 0`, `1 or (1)`, `1 or not 0`: behind a number, no choice of two. */
function isNoChoice(tokens: Tokens, at: number, facts: Facts): boolean {
  const after = tokens.at(at + 1);
  if (facts.plain > 0 || after.kind === 'variable') return true;
  if (after.kind === 'word' || after.kind === 'name') return facts.comparisons > 0 || after.text === 'not';
  const before = tokens.at(at - 1);
  return before.kind === 'number' && (isPoint(after, '(') || after.text.startsWith('0x'));
}

/** `-- best day ever`: behind a name, a comment that says something is a dash in a sentence. */
function isRemark(comment: Token, before: Before): boolean {
  return before.kind === 'name' && comment.end - comment.start > 12;
}

function judgeQuotedLink(facts: Facts, ending: Ending, before: Before): SqlRule | undefined {
  if (!ending.isWhole)
    return ending.isEnd && (facts.comparisons > 0 || facts.names === 0) && before.isShort
      ? 'sqli.weak_breakout'
      : undefined;
  if (facts.comparisons > 0) return 'sqli.breakout';
  if (facts.names > 0 || (before.isOpening && !before.isShort)) return 'sqli.weak_breakout';
  if (
    ending.open !== undefined &&
    !(ending.open.text === '' && facts.operands > 1) &&
    !/^\w{1,8}$/u.test(ending.open.text)
  )
    return 'sqli.weak_breakout';
  return 'sqli.tautology';
}

function judgeOperator(tokens: Tokens, at: number, before: Before): SqlRule | undefined {
  const { facts, next } = readContinuation(tokens, at);
  if (next === at) return undefined;
  if (facts.queries + facts.strong + facts.delays + facts.catalogues > 0) return certainRule(facts, before);
  const ending = endingOf(tokens, next);
  if (facts.logic > 0 && (facts.equalities > 0 || facts.same > 0)) return 'sqli.tautology';
  if (facts.constants > 0 && facts.plain > 0) return ruleFor(before);
  const rest = judgeRemainder(tokens, ending.index, before);
  if (rest !== undefined) return rest;
  const { kind, text } = tokens.at(at);
  if (
    before.kind === 'number' &&
    kind === 'word' &&
    facts.constants > 0 &&
    ending.isEnd &&
    text !== 'in' &&
    text !== 'is'
  )
    return 'sqli.condition';
  // `id div 0 or 1`: a name divided, and a choice of numbers.
  if (
    before.kind === 'name' &&
    (text === 'div' || text === 'mod') &&
    facts.logic > 0 &&
    facts.names === 0 &&
    ending.isEnd
  )
    return 'sqli.condition';
  if (before.kind !== 'quote') {
    return before.kind === 'number' && facts.comparisons > 0 && ending.isComment ? 'sqli.condition' : undefined;
  }
  if (!ending.isWhole) return undefined;
  if (ending.open !== undefined && before.isShort && facts.names === 0 && ['!=', '<>', '<=>'].includes(text))
    return 'sqli.breakout';
  if (facts.logic > 0 && facts.names === 0) return 'sqli.breakout';
  if (facts.plain > 0 && facts.names === 0) return 'sqli.breakout';
  if (tokens.at(at).kind === 'word' && facts.names === 0) return 'sqli.breakout';
  if (ending.isComment && facts.names === 0) {
    const comment = tokens.at(ending.index);
    return comment.end - comment.start <= 4 || before.isShort ? 'sqli.breakout' : 'sqli.weak_breakout';
  }
  if (facts.names > 0 || !before.isShort) return undefined;
  return facts.operands > 1 ? 'sqli.breakout' : 'sqli.weak_breakout';
}

/** What needs no ending to be told. */
function certainRule(facts: Facts, before: Before): SqlRule | undefined {
  if (facts.delays > 0) return 'sqli.delay';
  if (facts.equalities > 0 || (facts.same > 0 && before.kind !== 'name')) return 'sqli.tautology';
  if (facts.queries + facts.strong + facts.catalogues > 0) return ruleFor(before);
  return undefined;
}

const ruleFor = (before: Before): SqlRule => (before.kind === 'quote' ? 'sqli.breakout' : 'sqli.condition');

/** A clause or statement after a condition. */
function judgeRemainder(tokens: Tokens, at: number, before: Before): SqlRule | undefined {
  const token = tokens.at(at);
  if (isPoint(token, ';')) return judgeSemicolon(tokens, at + 1, before);
  return token.kind === 'word' && !isLink(token) ? judgeClause(tokens, at, before) : undefined;
}

/** Clauses that end a query, by their second word; COLLATE takes any. */
const rareClauses: ReadonlyMap<string, readonly string[]> = new Map([
  ['fetch', ['first', 'next']],
  ['connect', ['by']],
  ['start', ['with']],
  ['for', ['update', 'xml', 'json', 'share']],
  ['with', ['ur', 'cs', 'rs', 'rr', 'nolock']],
]);

/** A comment of no words ends the text. */
function isCutOff(tokens: Tokens, at: number): boolean {
  for (let index = at + 1; index < at + 24; index += 1) {
    const token = tokens.at(index);
    if (token.kind === 'comment') return token.end - token.start <= 5;
    if (token.kind === 'end') return false;
  }
  return false;
}

/** A clause that continues the application's statement; also read where no literal was closed. */
export function judgeClause(tokens: Tokens, at: number, before: Before): SqlRule | undefined {
  const second = tokens.at(at + 1);
  switch (tokens.at(at).text) {
    case 'union':
    case 'intersect':
    case 'except':
    case 'minus':
      return isUnion(tokens, at) ? 'sqli.union' : undefined;
    case 'order':
    case 'group':
      return second.text === 'by' ? judgeOrder(tokens, at + 2, before) : undefined;
    case 'having':
    case 'where': {
      const { facts, next } = readExpression(tokens, at + 1);
      if (next === -1) return undefined;
      if (facts.constants + facts.same + facts.queries + facts.strong > 0) return 'sqli.order_probe';
      const ending = endingOf(tokens, next);
      return facts.comparisons > 0 && ending.isWhole && before.kind === 'quote' ? 'sqli.breakout' : undefined;
    }
    case 'limit':
    case 'offset': {
      if (second.kind !== 'number') return undefined;
      const { next } = readExpression(tokens, at + 1);
      const after = tokens.at(next);
      if (after.kind === 'comment' || isPoint(after, ',') || after.text === 'offset') return 'sqli.order_probe';
      if (after.text === 'into' || after.text === 'procedure' || after.text === 'union')
        return judgeClause(tokens, next, before);
      return before.kind === 'quote' && after.kind === 'end' ? 'sqli.weak_breakout' : undefined;
    }
    case 'into':
      if (second.kind === 'variable') return 'sqli.order_probe';
      return second.text === 'outfile' || second.text === 'dumpfile' ? 'sqli.file' : undefined;
    case 'procedure':
      return second.text === 'analyse' ? 'sqli.order_probe' : undefined;
    case 'on':
      if (!before.isShort) return undefined;
      return (second.text === 'duplicate' && tokens.at(at + 2).text === 'key') ||
        (second.text === 'conflict' && tokens.at(at + 2).text === '(')
        ? 'sqli.breakout'
        : undefined;
    case 'fetch':
    case 'connect':
    case 'start':
    case 'for':
    case 'collate':
    case 'with':
      return before.kind !== 'name' &&
        rareClauses.get(tokens.at(at).text)?.includes(second.text) !== false &&
        isCutOff(tokens, at)
        ? 'sqli.order_probe'
        : undefined;
    case 'from':
      return isCutOff(tokens, at) &&
        readName(tokens, at + 1).certainty > 0 &&
        endsAt(tokens.at(readName(tokens, at + 1).next))
        ? 'sqli.condition'
        : undefined;
    default: {
      const certainty = readStatement(tokens, at, before.kind === 'quote');
      return certainty === 3 && before.kind !== 'name' && !before.isOpening ? 'sqli.stacked' : undefined;
    }
  }
}

/** ORDER BY or GROUP BY with a number, a call or an ending; `sort by name` has none of them. */
function judgeOrder(tokens: Tokens, at: number, before: Before): SqlRule | undefined {
  const { facts, next } = readExpression(tokens, at);
  if (next === -1) return undefined;
  if (facts.queries + facts.strong + facts.delays > 0) return 'sqli.order_probe';
  let index = next;
  while (isPoint(tokens.at(index), ',')) {
    const more = readExpression(tokens, index + 1);
    if (more.next === -1) break;
    index = more.next;
  }
  if (tokens.at(index).text === 'with' && tokens.at(index + 1).text === 'rollup') return 'sqli.order_probe';
  if (tokens.at(index).text === 'asc' || tokens.at(index).text === 'desc') index += 1;
  if (tokens.at(index).text === 'nulls' && ['first', 'last'].includes(tokens.at(index + 1).text)) index += 2;
  const ending = endingOf(tokens, index);
  const isColumn = tokens.at(at).kind === 'number';
  if (ending.isComment) return before.kind === 'quote' || isColumn ? 'sqli.order_probe' : undefined;
  if (isColumn && ending.isEnd && before.kind !== 'name') return 'sqli.order_probe';
  const rest = tokens.at(ending.index);
  if (rest.kind === 'word' && ['having', 'limit', 'union'].includes(rest.text))
    return judgeClause(tokens, ending.index, before);
  return undefined;
}

/** True when UNION at `at` is followed by a query as SQL has it; "union selects a delegate" is none. */
export function isUnion(tokens: Tokens, at: number): boolean {
  let index = at + 1;
  let marks = 0;
  if (['all', 'distinct', 'distinctrow', 'unique'].includes(tokens.at(index).text)) {
    index += 1;
    marks += 1;
  }
  while (isPoint(tokens.at(index), '(')) {
    index += 1;
    marks += 1;
  }
  const verb = tokens.at(index);
  if (verb.text === 'values') return isPoint(tokens.at(index + 1), '(') || tokens.at(index + 1).text === 'row';
  if (verb.text === 'table') {
    if (likelyTables.has(tokens.at(index + 1).text) && endsAt(tokens.at(index + 2))) return true;
    const end = tokens.at(index + 2);
    return tokens.at(index + 1).kind === 'word' && (marks > 0 || end.kind === 'comment' || end.text === 'limit');
  }
  if (verb.text !== 'select') return false;
  index += 1;
  while (['all', 'distinct', 'top', 'distinctrow', 'unique'].includes(tokens.at(index).text))
    index += tokens.at(index + 1).kind === 'number' ? 2 : 1;
  const item = tokens.at(index);
  const after = tokens.at(index + 1);
  // `union(select)1,2`: the bracket around the verb hides it, and a list follows.
  if (marks > 0 && isPoint(item, ')') && tokens.at(at).end === tokens.at(at + 1).start)
    return isLiteral(after) || after.kind === 'variable';
  if (isLiteral(item) || item.kind === 'variable' || item.kind === 'name' || isPoint(item, '(')) return true;
  // A dash before a word is one of a sentence.
  if (item.kind === 'operator') return item.text !== '-' || after.kind !== 'word' || after.start === item.end;
  if (item.kind !== 'word' || clauseWords.has(item.text)) return false;
  if (item.text === 'null' || item.text === 'case') return true;
  if (marks > 0 && after.kind === 'end') return !proseWords.has(item.text);
  if (isPoint(after, ',') || isPoint(after, '(') || isPoint(after, '.') || after.kind === 'comment')
    return !proseWords.has(item.text);
  if (after.text === 'as' || after.text === 'into') return true;
  const table = tokens.at(index + 2);
  return (
    after.text === 'from' &&
    (table.kind === 'name' || isPoint(table, '(') || (table.kind === 'word' && !proseWords.has(table.text)))
  );
}
