/** What is SQL wherever in a text it stands: found by the words that begin it. */

import { isUnion } from './breakout.ts';
import { readExpression } from './grammar.ts';
import { isServiceQuery } from './hosted-query.ts';
import { isBlank, isWordCode, readTokens, type Source, type Token, type Tokens } from './lexer.ts';
import type { SqlRule } from './rules.ts';
import { readStatement } from './statement.ts';
import { endsInProse, goesOnInWords, isQuotedTalk, isToldOf } from './talk.ts';
import { isCatalogue, isDangerousPackage, strongFunctions } from './words.ts';

type Found = (rule: SqlRule, start: number, end: number) => void;
/** Judges what begins with the word at `start`. */
type Trigger = (lower: string, start: number, tokens: Tokens) => SqlRule | undefined;

/** Goes through the words of the text once and judges what each trigger begins; at most 16 findings. */
export function judgeAnywhere(source: Source, found: Found): void {
  const { lower } = source;
  let count = 0;
  const tell = (rule: SqlRule | undefined, start: number, tokens: Tokens): void => {
    if (rule === undefined) return;
    count += 1;
    found(rule, start, Math.max(start + 1, tokens.at(2).end));
  };
  /** A statement people tell of begins before this and ends here; its clauses say no more than itself. */
  let isTold = false;
  for (let index = 0; index < lower.length && count < 16; ) {
    const code = lower.charCodeAt(index);
    if (isTold && endsTelling(code)) isTold = false;
    if (isWordCode(code)) {
      let end = index + 1;
      while (isWordCode(lower.charCodeAt(end))) end += 1;
      if (!isTold && told.has(lower.slice(index, end))) isTold = isToldOf(lower, index);
      if (!isTold || !quiet.has(lower.slice(index, end))) judgeWord(source, index, end, tell);
      index = end;
      continue;
    }
    if (code === 0x7c || code === 0x26) {
      if (lower.charCodeAt(index + 1) === code) {
        const tokens = readTokens(source, index + 2);
        tell(judgeSign(tokens), index, tokens);
        index += 1;
      }
    } else if (code === 0x3b) {
      const tokens = readTokens(source, index + 1);
      tell(judgeStacked(lower, index, tokens), index, tokens);
    } else if (code === 0x2f && lower.startsWith('/*!', index)) {
      const tokens = readTokens(source, index);
      tell(judgeVersionComment(lower, index, tokens), index, tokens);
    } else if (code === 0x40 && lower.charCodeAt(index + 1) === 0x40) {
      const tokens = readTokens(source, index);
      tell(serverVariables.has(tokens.at(0).text) ? 'sqli.weak_function' : undefined, index, tokens);
    }
    index += 1;
  }
}

const told = new Set(['select', 'insert', 'delete', 'update']);
const quiet = new Set('select insert delete update union intersect except where having and or not'.split(' '));

/** A quote, a semicolon or a comment mark: from here on something of another kind may stand. */
function endsTelling(code: number): boolean {
  return code === 0x27 || code === 0x22 || code === 0x3b || code === 0x2d || code === 0x23 || code === 0x2f;
}

const serverVariables = new Set([
  '@@version',
  '@@hostname',
  '@@datadir',
  '@@servername',
  '@@basedir',
  '@@global.version',
  '@@secure_file_priv',
  '@@version_comment',
  '@@language',
  '@@spid',
]);

function judgeWord(
  source: Source,
  start: number,
  end: number,
  tell: (rule: SqlRule | undefined, start: number, tokens: Tokens) => void,
): void {
  const { lower } = source;
  if (end - start > 40) return;
  let begin = start;
  // `1or`, `5union`: digits stand in front of the word.
  while (begin < end - 1 && lower.charCodeAt(begin) >= 0x30 && lower.charCodeAt(begin) <= 0x39) begin += 1;
  const word = lower.slice(begin, end);
  const trigger = triggers.get(word);
  if (trigger !== undefined) {
    const tokens = readTokens(source, begin);
    tell(trigger(lower, begin, tokens), begin, tokens);
  } else if (strongFunctions.has(word) || isDangerousPackage(word) || word === 'sleep') {
    const tokens = readTokens(source, begin);
    tell(judgeCall(lower, begin, tokens), begin, tokens);
  } else if (isCatalogue(word)) tell('sqli.catalogue', begin, readTokens(source, begin));
}

/** A condition of literals alone, or with what only SQL has. */
const condition: Trigger = (lower, start, tokens) => {
  const { facts, next } = readExpression(tokens, 1);
  if (next === -1) return undefined;
  if (facts.equalities > 0 && !isSum(tokens, next) && !isTalk(lower, start, tokens.at(next), tokens.at(next + 1)))
    return 'sqli.tautology';
  if (facts.queries > 0 && (facts.comparisons > 0 || facts.plain + facts.strong > 0)) return 'sqli.condition';
  if (facts.strong > 0 && facts.comparisons > 0) return 'sqli.condition';
  if (facts.delays > 0 && facts.operands <= 3 && next > 3) return 'sqli.delay';
  return undefined;
};

/** `1 = 1 + x`, `2 = 2 apples`: something goes on that makes it another thing than a condition. */
function isSum(tokens: Tokens, next: number): boolean {
  const token = tokens.at(next);
  if (token.kind === 'point' && token.text === '.') return tokens.at(next + 1).kind === 'end';
  return token.kind === 'operator' && token.text === '%';
}

/** `or 1 = 1 of them`: after a whole condition no SQL goes on with two plain words. */
function isTalk(lower: string, start: number, after: Token, second: Token): boolean {
  if (after.kind === 'word') return goesOnInWords(after, second);
  return (after.kind === 'open' || after.kind === 'string') && isQuotedTalk(lower, start - 1);
}

function judgeSign(tokens: Tokens): SqlRule | undefined {
  const { facts, next } = readExpression(tokens, 0);
  if (next === -1) return undefined;
  if (facts.equalities > 0 && tokens.at(1).text !== '==') return 'sqli.tautology';
  if (facts.queries > 0 && facts.operands > 0 && tokens.at(0).text === '(') return 'sqli.condition';
  if (facts.strong > 0) return 'sqli.condition';
  return undefined;
}

const union: Trigger = (lower, start, tokens) =>
  isUnion(tokens, 0) && !isQuotedTalk(lower, start - 1) ? 'sqli.union' : undefined;

const outfile: Trigger = (lower, start, tokens) => {
  const file = tokens.at(1);
  const isWritten = lower.slice(Math.max(0, start - 12), start).includes('into');
  return isWritten && (file.kind === 'string' || file.kind === 'open' || file.kind === 'number')
    ? 'sqli.file'
    : undefined;
};

const statement: Trigger = (lower, start, tokens) => {
  if (tokens.at(0).text === 'waitfor') return readStatement(tokens, 0, false) === 3 ? 'sqli.delay' : undefined;
  if (tokens.at(0).text === 'exec' || tokens.at(0).text === 'execute')
    return readStatement(tokens, 0, false) === 3 && lower.charAt(start - 1) !== '.' ? 'sqli.procedure' : undefined;
  if (readStatement(tokens, 0, false) !== 3) return undefined;
  return tokens.at(0).text === 'select' && isServiceQuery(lower, start) ? undefined : 'sqli.inner_statement';
};

/** `char(97)+char(98)`, `chr(1)||chr(2)`. */
const characters: Trigger = (_lower, _start, tokens) => {
  if (tokens.at(1).text !== '(' || tokens.at(2).kind !== 'number') return undefined;
  const more = tokens.at(4);
  if (tokens.at(3).text === ',')
    return more.kind === 'number' && tokens.at(5).text === ',' && tokens.at(0).text === 'char'
      ? 'sqli.building'
      : undefined;
  const next = tokens.at(5);
  return tokens.at(3).text === ')' &&
    (more.text === '+' || more.text === '||' || more.text === ',') &&
    next.text === tokens.at(0).text &&
    tokens.at(6).text === '('
    ? 'sqli.building'
    : undefined;
};

const hexText: Trigger = (_lower, _start, tokens) => {
  if (tokens.at(1).text !== '(') return undefined;
  for (let index = 2; index < 12; index += 1) {
    const token = tokens.at(index);
    if (
      token.kind === 'number' &&
      token.text.startsWith('0x') &&
      (tokens.at(index + 1).text === ',' || tokens.at(index + 1).text === ')')
    )
      return 'sqli.building';
    if (token.kind === 'end') return undefined;
  }
  return undefined;
};

const triggers: ReadonlyMap<string, Trigger> = new Map<string, Trigger>([
  ...['or', 'and', 'xor', 'having', 'where', 'when', 'not', 'rlike'].map((word): [string, Trigger] => [
    word,
    condition,
  ]),
  ...['union', 'intersect', 'except'].map((word): [string, Trigger] => [word, union]),
  ...['outfile', 'dumpfile'].map((word): [string, Trigger] => [word, outfile]),
  ...['select', 'insert', 'delete', 'update', 'drop', 'waitfor', 'exec', 'execute', 'truncate'].map(
    (word): [string, Trigger] => [word, statement],
  ),
  ...['char', 'chr', 'nchar'].map((word): [string, Trigger] => [word, characters]),
  ...['concat', 'concat_ws'].map((word): [string, Trigger] => [word, hexText]),
]);

/** A call of a function only SQL has: certain when its arguments are SQL too, or numbers where it only waits. */
function judgeCall(lower: string, start: number, tokens: Tokens): SqlRule | undefined {
  const previous = lower.charCodeAt(start - 1);
  const word = tokens.at(0).text;
  if (isDangerousPackage(word)) {
    const isCalled =
      tokens.at(1).text === '.' ? tokens.at(3).text === '(' || tokens.at(3).text === '.' : tokens.at(1).text === '(';
    return isCalled && (tokens.at(1).text !== '.' || tokens.at(1).end === tokens.at(2).start)
      ? 'sqli.procedure'
      : undefined;
  }
  const opens = tokens.at(1);
  if (opens.text !== '(' || previous === 0x2e || previous === 0x24) return undefined;
  const { facts } = readExpression(tokens, 0);
  const first = tokens.at(2);
  if (word === 'sleep')
    return first.kind === 'number' && start > 0 && !isBlank(previous) && previous !== 0x28
      ? undefined
      : first.kind === 'number' && tokens.at(3).kind !== 'word'
        ? 'sqli.weak_function'
        : facts.queries > 0
          ? 'sqli.delay'
          : undefined;
  if (word.startsWith('pg_sleep'))
    return first.kind === 'number' || first.kind === 'string' || facts.queries > 0
      ? 'sqli.delay'
      : 'sqli.weak_function';
  if (word === 'benchmark') return first.kind === 'number' && facts.plain + facts.strong > 1 ? 'sqli.delay' : undefined;
  if (facts.queries + facts.plain + facts.catalogues > 0 || facts.strong > 1) return 'sqli.function';
  if (fileFunctions.has(word) && (first.kind === 'string' || first.kind === 'number' || first.kind === 'open'))
    return 'sqli.function';
  return 'sqli.weak_function';
}

const fileFunctions = new Set([
  'load_file',
  'pg_read_file',
  'pg_ls_dir',
  'load_extension',
  'lo_import',
  'openrowset',
  'openquery',
  'opendatasource',
  'dblink',
  'dblink_connect',
  'fn_trace_gettable',
  'fn_xe_file_target_read_file',
  'extractvalue',
  'updatexml',
]);

/** After a semicolon; where much prose stands before, only a statement that ends in a comment counts in full. */
function judgeStacked(lower: string, at: number, tokens: Tokens): SqlRule | undefined {
  const first = tokens.at(0);
  if (first.kind !== 'word' || readStatement(tokens, 0, true) !== 3 || endsInProse(lower)) return undefined;
  if (wordsBefore(lower, at) <= 3 || first.text === 'exec' || first.text === 'waitfor' || first.text === 'declare')
    return 'sqli.stacked';
  return endsInComment(tokens) ? 'sqli.stacked' : 'sqli.inner_statement';
}

function endsInComment(tokens: Tokens): boolean {
  for (let index = 0; index < 40; index += 1) {
    const token: Token = tokens.at(index);
    if (token.kind === 'comment') return token.end - token.start < 12;
    if (token.kind === 'end') return false;
  }
  return false;
}

function wordsBefore(lower: string, at: number): number {
  let words = 0;
  let isInside = false;
  for (let index = Math.max(0, at - 200); index < at; index += 1) {
    const blank = isBlank(lower.charCodeAt(index));
    if (!blank && !isInside) words += 1;
    isInside = !blank;
  }
  return words;
}

const hidden = new Set([
  'union',
  'select',
  'and',
  'or',
  'from',
  'where',
  'order',
  'group',
  'having',
  'sleep',
  'benchmark',
  'all',
  'distinct',
  'if',
  'insert',
  'update',
  'delete',
  'drop',
  'information_schema',
  'concat',
  'xor',
  'into',
  'like',
  'limit',
  'null',
  'user',
  'version',
  'database',
]);

/** `/*!50000select`, or a keyword closed at once: five digits or a keyword at once; a licence in minified code has neither. */
function judgeVersionComment(lower: string, start: number, tokens: Tokens): SqlRule | undefined {
  const first = tokens.at(0);
  const gap = first.start - start;
  if (first.kind === 'word' && hidden.has(first.text)) return gap <= 9 ? 'sqli.version_comment' : undefined;
  return gap >= 8 &&
    gap <= 10 &&
    lower.charCodeAt(start + 3) >= 0x30 &&
    lower.charCodeAt(start + 3) <= 0x39 &&
    lower.slice(start, start + 40).includes('*/')
    ? 'sqli.version_comment'
    : undefined;
}
