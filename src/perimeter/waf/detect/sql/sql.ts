/**
 * SQL injection. The value is read as it would land in a statement: bare, inside single quotes, inside double quotes or backticks; what
 * follows the end of the literal must be SQL that keeps the statement whole. Other things are SQL wherever they stand.
 */

import { charClass, type Detector, type DetectorInput } from '../../waf.ts';
import { judgeAnywhere } from './anywhere.ts';
import { type Before, judgeTail } from './breakout.ts';
import { isLiteral, readExpression } from './grammar.ts';
import { isServiceQuery } from './hosted-query.ts';
import { createSource, isBlank, isWordCode, readTokens, type Source, type Tokens } from './lexer.ts';
import { mayHoldSql } from './look.ts';
import { isIdentifier, leavesNumber } from './numeric.ts';
import { type SqlRule, sqlRules } from './rules.ts';
import { readStatement } from './statement.ts';
import { asksBehind, endsInProse, endsInSigns, endsQuotedWord, isQuotedTalk, isQuotedWord } from './talk.ts';
import { clauseWords } from './words.ts';

type Tell = (rule: SqlRule, start: number, end: number) => void;

export const sql: Detector = {
  id: 'sqli',
  rules: sqlRules,
  needles: [
    'or',
    'and',
    '||',
    '&&',
    'union',
    'select',
    'having',
    'order',
    'into',
    'group',
    'sleep',
    'benchmark',
    'waitfor',
    'exec',
    'insert',
    'update',
    'delete',
    'drop',
    'truncate',
    'alter',
    'create',
    'declare',
    'char(',
    'chr(',
    'char (',
    'concat',
    '@@',
    '/*!',
    'outfile',
    'dumpfile',
    'procedure',
    'limit',
    'rlike',
    'regexp',
    'where',
    'when',
    'xp_',
    'sp_',
    'utl_',
    'dbms_',
    'pg_',
    'sys',
    'extractvalue',
    'updatexml',
    'load',
    'schema',
    'sqlite',
    'like',
    'intersect',
    'except',
    'not',
    'copy',
    'attach',
    'merge',
    'call',
    'case',
    '--',
    '(',
    'shutdown',
    ' div ',
    ' mod ',
    ' xor ',
    ' is null',
    ' between ',
  ],
  chars: charClass.singleQuote | charClass.doubleQuote | charClass.backtick | charClass.semicolon | charClass.high,
  mayMatch: mayHoldSql,
  detect(input, hit) {
    if (isToken(input.lower) || (input.lower.startsWith('select') && isServiceQuery(input.lower, 0))) return;
    const told = new Set<SqlRule>();
    let isProse: boolean | undefined;
    const tell: Tell = (rule, start, end) => {
      if (told.has(rule)) return;
      if (spokenOf.has(rule)) {
        isProse ??= input.lower.length >= 32 && endsInProse(input.lower);
        if ((isProse && rule !== 'sqli.inner_statement') || endsInSigns(input)) return;
      }
      told.add(rule);
      hit(rule, Math.min(start, input.text.length), Math.min(Math.max(end, start + 1), input.text.length));
    };
    const lower = plainText(input);
    judge(lower, input, tell);
    if (lower.includes('+') && (!hasBlank(lower) || plusForBlank.test(lower)))
      judge(lower.replaceAll('+', ' '), input, tell);
    if (input.paranoia >= 3) judgeWidely(lower, input, tell);
  },
};

/** What is no SQL any more where plain words end the text; a statement before a semicolon has run by then. */
const spokenOf: ReadonlySet<SqlRule> = new Set([
  'sqli.tautology',
  'sqli.condition',
  'sqli.order_probe',
  'sqli.breakout',
  'sqli.inner_statement',
]);
const plusForBlank = /['")\d]\+(?:and|or|xor|union|where|having|order|group|limit)\+/u;
/** Fields compared with a name or a number of an account. */
const account = /(?:user|usr|name|login|pass|pwd|e?mail|account|uid|^id)$/iu;
/** `'-'`, `'='`: the literal before and the one behind become a number, which equals any name. */
const emptyOperation =
  /^\s{0,4}\w{0,12}'\s{0,4}(?:[-+*^&%=]|\|\||<>|!=|>=|<=|<=>|div|mod|like)\s{0,4}'\s{0,4}$|^\s{0,4}\w{1,12}'\s{0,2}(?:\+|\|\||\/\*\*\/)\s{0,2}'\w{1,12}\s{0,4}$/u;

/** Quotes as other scripts have them become plain ones: databases and drivers fold some of them. Keeps the length. */
const anyEmptyOperation =
  /^\s{0,4}\w{0,12}'\s{0,4}(?:[*^&%]|<>|!=|>=|<=|<=>|div|mod|like|xor|rlike|regexp|[=|<>&](?=\s{0,4}'[^\s']))\s{0,4}'\w{0,12}\s{0,4}$/u;
/** Fields where a sign between quotes is what the field is for. */
const signs = /sep|delim|glue|char|quote|format|oper|^op$|symbol|sign|join|text|message|comment|mark/iu;

/** An upload's id, the code of a sign-in: letters, digits and what addresses may hold, with no blank, bracket or sign of SQL. */
function isToken(lower: string): boolean {
  return lower.length >= 14 && /^[\w~./-]{13,512}\w$/u.test(lower) && !/--\w{0,1}$/u.test(lower);
}

/** A phrase whose words may stand apart, as search engines write it: `"out of memory"~2`, `"red shoes"^3`. */
const nearness = /"[~^]\d{1,3}(?:\.\d{1,3})?(?=\s|\)|$)/gu;

function plainText(input: DetectorInput): string {
  const lower = plainQuotes(input);
  if (!lower.includes('"~') && !lower.includes('"^')) return lower;
  return lower.replaceAll(nearness, found => `"${' '.repeat(found.length - 1)}`);
}

function plainQuotes(input: DetectorInput): string {
  if ((input.chars & charClass.high) === 0) return input.lower;
  return input.lower
    .replace(/[\u2018\u2019\u02b9\u02bc\u2032\uff07]/gu, "'")
    .replace(/[\u201c\u201d\u2033\uff02]/gu, '"');
}

function hasBlank(lower: string): boolean {
  for (let index = 0; index < lower.length; index += 1) if (isBlank(lower.charCodeAt(index))) return true;
  return false;
}

function judge(lower: string, input: DetectorInput, tell: Tell): void {
  const source = createSource(lower);
  if (
    lower.length < 40 &&
    ((account.test(input.place.name) && emptyOperation.test(lower)) ||
      (anyEmptyOperation.test(lower) && input.place.name !== '' && !signs.test(input.place.name)))
  )
    tell('sqli.breakout', 0, lower.length);
  judgeStart(source, input, tell);
  judgeQuotes(source, input, tell);
  judgeAnywhere(source, tell);
}

/** The value bare: a number, a name or a statement at its beginning. */
function judgeStart(source: Source, input: DetectorInput, tell: Tell): void {
  const tokens = readTokens(source, 0);
  let index = 0;
  let rule = judgeBare(tokens);
  const isField = tokens.at(0).kind === 'number' && isIdentifier(input.place);
  if (isField && leavesNumber(source.lower)) tell('sqli.condition', 0, Math.min(24, source.lower.length));
  // `1/**/or/**/1`, `1e0or 1`: nobody writes a choice of two numbers so.
  if (
    rule === 'sqli.weak_condition' &&
    (isField || /^\s{0,4}\d{1,12}(?:\/\*|\.?e\d{0,4}\s{0,2}[oa]|\.\s{0,2}[oa])/u.test(source.lower))
  )
    rule = 'sqli.condition';
  if (rule !== undefined && (rule !== 'sqli.stacked' || !endsInProse(source.lower)))
    tell(rule, tokens.at(0).start, tokens.at(4).end);
  while (index < 6 && ['(', ';', ')'].includes(tokens.at(index).text) && tokens.at(index).kind === 'point') index += 1;
  if (tokens.at(index).kind === 'word') {
    const certainty = readStatement(tokens, index, index > 0 && tokens.at(index - 1).text === ';');
    if (certainty === 3 && !endsInProse(source.lower) && !(index === 0 && asksBehind(source.lower)))
      tell('sqli.statement', tokens.at(index).start, tokens.at(index + 4).end);
    else if (certainty > 0 && input.paranoia >= 2)
      tell('sqli.likely_statement', tokens.at(index).start, tokens.at(index + 3).end);
  }
}

function judgeBare(tokens: Tokens): SqlRule | undefined {
  const first = tokens.at(0);
  const number: Before = { kind: 'number', isShort: true, isMeasure: false, isOpening: false, quote: '' };
  if (first.kind === 'number') return judgeTail(tokens, 1, number);
  if (first.kind === 'operator' && ['-', '+', '~', '!'].includes(first.text) && tokens.at(1).kind === 'number')
    return judgeTail(tokens, 2, number);
  if (first.text === '*' && first.kind === 'operator' && tokens.at(1).text === 'from')
    return judgeTail(tokens, 1, number);
  if (first.kind === 'string' && isLiteral(first)) return undefined;
  if (first.text === ')' || (first.kind === 'operator' && first.text.length === 2)) return judgeTail(tokens, 0, number);
  if (first.kind === 'word' && clauseWords.has(first.text)) return judgeTail(tokens, 0, number);
  if (first.kind !== 'word' && first.text !== '(') return undefined;
  const { facts, next } = readExpression(tokens, 0);
  if (next === -1) return undefined;
  const after = tokens.at(next);
  if (after.kind === 'end' || after.kind === 'comment') {
    if (facts.delays > 0) return 'sqli.delay';
    if (facts.queries > 0) return 'sqli.condition';
    if (facts.strong > 0)
      return facts.plain > 0 || facts.strong > 1 || facts.constants > 0 ? 'sqli.function' : 'sqli.weak_function';
    if (facts.constants > 0 && facts.plain > 0 && facts.operands > 3) return 'sqli.condition';
  }
  // A list is sorted by a column; by a comparison only who wants to know how it comes out.
  if (
    (after.text === 'asc' || after.text === 'desc') &&
    (tokens.at(next + 1).kind === 'end' || tokens.at(next + 1).kind === 'comment') &&
    facts.plain > 0 &&
    facts.comparisons > 0
  )
    return 'sqli.condition';
  if (first.kind !== 'word') return undefined;
  let index = 1;
  while (tokens.at(index).text === '.' && tokens.at(index + 1).kind === 'word') index += 2;
  if (tokens.at(index).text === 'asc' || tokens.at(index).text === 'desc') index += 1;
  return judgeTail(tokens, index, { kind: 'name', isShort: true, isMeasure: false, isOpening: false, quote: '' });
}

/** Each quote as the end of the literal the value stands in. */
function judgeQuotes(source: Source, input: DetectorInput, tell: Tell): void {
  const { lower } = source;
  const seen: Record<string, number> = { "'": 0, '"': 0, '`': 0 };
  let blankBefore = false;
  let findings = 0;
  for (let index = 0; index < lower.length && findings < 16; index += 1) {
    const code = lower.charCodeAt(index);
    if (code !== 0x27 && code !== 0x22 && code !== 0x60) {
      if (!blankBefore && isBlank(code)) blankBefore = true;
      continue;
    }
    const quote = lower.charAt(index);
    const count = seen[quote] ?? 0;
    seen[quote] = count + 1;
    const follows = lower.charCodeAt(index + 1);
    if (Number.isNaN(follows) || (follows === code && lower.startsWith(quote.repeat(6), index))) continue;
    const previous = lower.charCodeAt(index - 1);
    const isEven = count % 2 === 0 || previous === code;
    const tokens = readTokens(source, index + 1);
    const before: Before = {
      kind: 'quote',
      isShort: !blankBefore && index <= 64,
      isOpening:
        !isBlank(follows) && (index === 0 || isBlank(previous) || '([{=:,<>'.includes(lower.charAt(index - 1))),
      quote,
      isMeasure: previous >= 0x30 && previous <= 0x39,
    };
    const rule = judgeTail(tokens, 0, before);
    if (rule === undefined) continue;
    if (
      (rule === 'sqli.tautology' || rule === 'sqli.union' || rule === 'sqli.order_probe') &&
      isQuotedTalk(lower, index)
    )
      continue;
    if (rule === 'sqli.breakout' && isQuotedWord(lower, index)) continue;
    if (!isEven && rule !== 'sqli.tautology' && rule !== 'sqli.delay') continue;
    if (!isEven && endsQuotedWord(lower, index)) continue;
    if (rule === 'sqli.comment_end' && isPassword(input) && !comments.test(lower.slice(index + 1))) continue;
    if (count > 1 && rule.startsWith('sqli.weak')) continue;
    tell(rule, index, tokens.at(4).end);
    findings += 1;
    if (rule === 'sqli.weak_breakout' && input.paranoia >= 2) tell('sqli.quote_then_operator', index, tokens.at(2).end);
  }
}

const comments = /^[\s)]{0,4};?\s{0,2}(?:--|#|\/\*)[\s+-]{0,2}$|(?:--|#|\/\*)\s/u;

/** A password as managers make them: no blanks, and characters of all kinds behind a mark that could begin a comment. */
function isPassword({ lower, place }: DetectorInput): boolean {
  return lower.length >= 8 && lower.length <= 128 && !hasBlank(lower) && /pass|pwd|secret/iu.test(place.name);
}

/** What levels 3 and 4 want to know: comments and quotes of any kind. */
function judgeWidely(lower: string, input: DetectorInput, tell: Tell): void {
  for (const mark of ['--', '/*', '*/', '#']) {
    const at = lower.indexOf(mark);
    if (at >= 0 && (mark !== '#' || !isWordCode(lower.charCodeAt(at + 1))))
      tell('sqli.any_comment', at, at + mark.length);
  }
  if (input.paranoia < 4) return;
  for (const quote of ["'", '"', '`']) {
    const first = lower.indexOf(quote);
    if (first >= 0 && (lower.split(quote).length - 1) % 2 === 1) tell('sqli.any_quote', first, first + 1);
  }
}
