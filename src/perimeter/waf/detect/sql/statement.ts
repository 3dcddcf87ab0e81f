/** Whole statements of SQL, told from prose by structure. */

import { isComparison, isLiteral, readExpression } from './grammar.ts';
import type { Tokens } from './lexer.ts';
import { type Certainty, endsAt, hasCondition, isFinal, readName, readSelect } from './select.ts';
import { goesOnInWords } from './talk.ts';
import { clauseWords, isDangerousPackage, likelyTables } from './words.ts';

const objects = new Set([
  'table',
  'database',
  'schema',
  'view',
  'user',
  'login',
  'role',
  'function',
  'procedure',
  'proc',
  'index',
  'trigger',
  'sequence',
  'extension',
  'assembly',
  'alias',
  'tablespace',
  'directory',
  'language',
  'type',
  'package',
  'synonym',
  'event',
  'server',
]);

/** How sure it is that a statement begins at token `at`. `stacked` says that a semicolon or a break-out stands before. */
export function readStatement(tokens: Tokens, at: number, stacked: boolean): Certainty {
  const first = tokens.at(at);
  if (first.kind !== 'word') return 0;
  switch (first.text) {
    case 'select':
      return readSelect(tokens, at + 1, stacked);
    case 'insert':
    case 'replace':
    case 'merge':
      return readInsert(tokens, at + 1);
    case 'update':
      return readUpdate(tokens, at + 1);
    case 'delete':
      return readDelete(tokens, at + 1, stacked);
    case 'drop':
    case 'truncate':
    case 'alter':
    case 'create':
    case 'rename':
      return readDefinition(tokens, at, stacked);
    case 'exec':
    case 'execute':
    case 'call':
      return readCall(tokens, at + 1, stacked);
    case 'declare':
      return tokens.at(at + 1).kind === 'variable'
        ? types.has(tokens.at(at + 2).text) || tokens.at(at + 2).text === '='
          ? 3
          : 0
        : tokens.at(at + 1).kind === 'word' &&
            stacked &&
            ['number', 'varchar2', 'integer', 'cursor', 'varchar', 'int'].includes(tokens.at(at + 2).text)
          ? 3
          : 0;
    case 'waitfor':
      return ['delay', 'time'].includes(tokens.at(at + 1).text) &&
        (isLiteral(tokens.at(at + 2)) || tokens.at(at + 2).kind === 'variable')
        ? 3
        : 0;
    default:
      return readSmall(tokens, at, stacked);
  }
}

function readInsert(tokens: Tokens, at: number): Certainty {
  let index = at;
  while (['ignore', 'low_priority', 'delayed', 'or', 'replace', 'into'].includes(tokens.at(index).text)) index += 1;
  if (index === at) return 0;
  const name = readName(tokens, index);
  if (name.certainty === 0) return 0;
  const after = tokens.at(name.next);
  if (after.text === '(') return 3;
  if (after.text === 'values' || after.text === 'value' || after.text === 'set') {
    const next = tokens.at(name.next + 1);
    return next.text === '(' || tokens.at(name.next + 2).text === '=' ? 3 : 1;
  }
  if (after.text === 'select') return readSelect(tokens, name.next + 1, true) >= 2 ? 3 : 1;
  if (after.text === 'default' || after.text === 'using' || after.text === 'exec') return 3;
  return 1;
}

function readUpdate(tokens: Tokens, at: number): Certainty {
  const name = readName(tokens, at);
  if (name.certainty === 0) return 0;
  let index = name.next;
  if (tokens.at(index).kind === 'word' && tokens.at(index).text !== 'set' && !clauseWords.has(tokens.at(index).text))
    index += 1;
  if (tokens.at(index).text !== 'set') return 0;
  const column = readName(tokens, index + 1);
  return column.certainty > 0 && tokens.at(column.next).text === '=' ? 3 : 1;
}

function readDelete(tokens: Tokens, at: number, stacked: boolean): Certainty {
  if (tokens.at(at).text !== 'from') return 0;
  const name = readName(tokens, at + 1);
  if (name.certainty === 0) return 0;
  const after = tokens.at(name.next);
  if (after.text === 'where') return hasCondition(tokens, name.next + 1) && !isRemark(tokens, name.next + 1) ? 3 : 1;
  if (isFinal(after)) return 3;
  return after.kind === 'end' ? (name.certainty === 3 || stacked ? 3 : 1) : 0;
}

/** Types a variable is declared with. */
const types = new Set(
  'int integer bigint smallint tinyint bit varchar nvarchar char nchar varbinary binary text ntext sysname table cursor datetime date time float real decimal numeric money xml uniqueidentifier sql_variant varchar2 number as'.split(
    ' ',
  ),
);

/** Behind the condition somebody goes on in words. */
function isRemark(tokens: Tokens, at: number): boolean {
  const { next } = readExpression(tokens, at);
  return next !== -1 && goesOnInWords(tokens.at(next), tokens.at(next + 1));
}

const defining = [
  'add',
  'drop',
  'modify',
  'as',
  'with',
  'for',
  'identified',
  'from',
  'rename',
  'change',
  'by',
  'returns',
  'on',
  'to',
  'default',
  'password',
  'set',
  'authorization',
  'language',
];

function readDefinition(tokens: Tokens, at: number, stacked: boolean): Certainty {
  const verb = tokens.at(at).text;
  let index = at + 1;
  while (
    [
      'temporary',
      'temp',
      'or',
      'replace',
      'unique',
      'external',
      'global',
      'materialized',
      'public',
      'virtual',
      'force',
    ].includes(tokens.at(index).text)
  )
    index += 1;
  const object = tokens.at(index);
  if (object.kind !== 'word' || !objects.has(object.text)) return 0;
  index += 1;
  let certain = 0;
  for (const phrase of [
    ['if', 'not', 'exists'],
    ['if', 'exists'],
  ]) {
    if (phrase.every((word, offset) => tokens.at(index + offset).text === word)) {
      index += phrase.length;
      certain = 1;
      break;
    }
  }
  const name = readName(tokens, index);
  // A single letter is an article, but not as the last word of a statement.
  if (name.certainty === 0)
    return stacked && tokens.at(index).text.length === 1 && endsAt(tokens.at(index + 1)) ? 3 : 0;
  const after = tokens.at(name.next);
  if (isFinal(after)) return 3;
  if (after.kind === 'end')
    return certain > 0 || stacked || (name.certainty === 3 && verb !== 'create' && verb !== 'alter') ? 3 : 1;
  if (verb === 'drop' || verb === 'truncate') {
    return ['cascade', 'restrict', 'purge'].includes(after.text) ? 3 : after.text === ',' ? 1 : certain > 0 ? 2 : 0;
  }
  if (after.text === '(' || after.text === '=') return 3;
  return defining.includes(after.text) && (stacked || name.certainty === 3)
    ? tokens.at(name.next + 1).kind === 'end'
      ? 1
      : 3
    : 0;
}

function readCall(tokens: Tokens, at: number, stacked: boolean): Certainty {
  const target = tokens.at(at);
  if (target.text === '(' || target.kind === 'variable') return stacked || tokens.at(at + 1).kind === 'string' ? 3 : 1;
  if (target.text === 'immediate' || target.text === 'as')
    return tokens.at(at + 1).kind === 'string' || tokens.at(at + 1).kind === 'open' || stacked ? 3 : 1;
  if (target.kind === 'string' || target.kind === 'open') return stacked ? 3 : 1;
  if (target.kind !== 'word' && target.kind !== 'name') return 0;
  let index = at;
  for (let parts = 0; parts < 6; parts += 1) {
    const part = tokens.at(index);
    if (part.kind === 'word' && (isDangerousPackage(part.text) || part.text.startsWith('sp_'))) return 3;
    if (tokens.at(index + 1).text !== '.') break;
    index += tokens.at(index + 2).text === '.' ? 3 : 2;
  }
  return stacked && (index > at || tokens.at(index + 1).text === '(') ? 3 : 0;
}

/** Statements of two or three words: only behind a semicolon or break-out, or with marks of their own. */
function readSmall(tokens: Tokens, at: number, stacked: boolean): Certainty {
  const first = tokens.at(at).text;
  const second = tokens.at(at + 1);
  const third = tokens.at(at + 2);
  switch (first) {
    case 'shutdown':
      return stacked && (endsAt(second) || second.text === 'with') ? 3 : 0;
    case 'set':
      return second.kind === 'variable' && (third.text === '=' || third.text === ':=') ? 3 : 0;
    case 'grant':
    case 'revoke':
      return ['all', 'select', 'insert', 'update', 'dba', 'execute', 'alter', 'create', 'super'].includes(
        second.text,
      ) && ['on', 'privileges', 'to', 'from'].includes(third.text)
        ? stacked
          ? 3
          : 1
        : 0;
    case 'copy':
      return hasProgram(tokens, at) || (stacked && ['from', 'to', '('].includes(third.text)) ? 3 : 0;
    case 'load':
      return second.text === 'data' && [third.text, tokens.at(at + 3).text].includes('infile') ? 3 : 0;
    case 'attach':
    case 'detach':
      return (second.text === 'database' && isLiteral(third)) || (stacked && isLiteral(second) && third.text === 'as')
        ? 3
        : 0;
    case 'backup':
    case 'restore':
      return stacked && (second.text === 'database' || second.text === 'log') ? 3 : 0;
    case 'handler':
      return stacked && ['open', 'read'].includes(third.text) ? 3 : 0;
    case 'prepare':
      return stacked && third.text === 'from' ? 3 : 0;
    default:
      return readRare(tokens, at, stacked);
  }
}

function readRare(tokens: Tokens, at: number, stacked: boolean): Certainty {
  const first = tokens.at(at).text;
  const second = tokens.at(at + 1);
  const third = tokens.at(at + 2);
  switch (first) {
    case 'begin':
      return stacked &&
        (['dbms_lock', 'execute', 'declare', 'tran', 'transaction'].includes(second.text) ||
          isDangerousPackage(second.text))
        ? 3
        : 0;
    case 'if':
    case 'while':
      return stacked && second.text === '(' && hasCondition(tokens, at + 1) && !'{'.includes(third.text)
        ? followedByStatement(tokens, at + 1)
        : stacked && isComparison(third)
          ? followedByStatement(tokens, at + 1)
          : 0;
    case 'use':
    case 'kill':
      return stacked && (second.text === 'master' || (first === 'kill' && second.kind === 'number')) && endsAt(third)
        ? 3
        : 0;
    case 'pragma':
    case 'vacuum':
    case 'reconfigure':
    case 'commit':
    case 'rollback':
      return stacked && (endsAt(second) || third.text === '(' || third.text === '=')
        ? second.kind === 'comment' || first === 'pragma'
          ? 3
          : 2
        : 0;
    case 'desc':
    case 'describe':
    case 'show':
      return stacked &&
        (['tables', 'databases', 'columns', 'schemas', 'grants', 'variables'].includes(second.text) ||
          likelyTables.has(second.text)) &&
        (endsAt(third) || third.text === 'from' || third.text === 'like')
        ? 3
        : 0;
    case 'with':
      return second.kind === 'word' &&
        third.text === 'as' &&
        tokens.at(at + 3).text === '(' &&
        ['select', 'values'].includes(tokens.at(at + 4).text)
        ? 3
        : 0;
    case 'table':
      return stacked && likelyTables.has(second.text) && endsAt(third) ? 3 : 0;
    case 'values':
      return stacked && second.text === '(' && isLiteral(third) ? 3 : 0;
    case 'explain':
      return stacked && readStatement(tokens, at + 1, true) === 3 ? 3 : 0;
    case 'analyze':
    case 'optimize':
    case 'repair':
      return stacked && second.text === 'table' && third.kind === 'word' && endsAt(tokens.at(at + 3)) ? 3 : 0;
    case 'flush':
    case 'reset':
      return stacked &&
        ['privileges', 'tables', 'logs', 'hosts', 'master', 'slave', 'status'].includes(second.text) &&
        endsAt(third)
        ? 3
        : 0;
    case 'dbcc':
      return stacked &&
        second.kind === 'word' &&
        ['checkdb', 'traceon', 'showfilestats', 'log', 'page', 'dropcleanbuffers', 'freeproccache'].includes(
          second.text,
        )
        ? 3
        : 0;
    case 'bulk':
      return stacked && second.text === 'insert' && third.kind !== 'end' ? 3 : 0;
    case 'runscript':
    case 'script':
      return stacked && ['from', 'to'].includes(second.text) && isLiteral(third) ? 3 : 0;
    case 'do':
      return stacked && second.kind === 'string' ? 3 : 0;
    case 'lock':
      return stacked && second.text === 'tables' ? 3 : 0;
    default:
      return 0;
  }
}

/** COPY … TO or FROM PROGRAM. */
function hasProgram(tokens: Tokens, at: number): boolean {
  for (let index = at + 2; index < at + 16; index += 1) {
    if (tokens.at(index).text === 'program' && ['to', 'from'].includes(tokens.at(index - 1).text)) return true;
  }
  return false;
}

function followedByStatement(tokens: Tokens, at: number): Certainty {
  const { next } = readExpression(tokens, at);
  return next !== -1 && readStatement(tokens, next, true) >= 2 ? 3 : 0;
}
