import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Detector, Place, Zone } from '../waf.ts';
import { deserialisation } from './deserialisation.ts';
import { ldap } from './ldap.ts';
import { mail } from './mail.ts';
import { nosql } from './nosql.ts';
import { prototype } from './prototype.ts';
import { sql } from './sql/sql.ts';
import rows from './testdata/injection.json' with { type: 'json' };
import { slowest, trial } from './trial.ts';
import { xml } from './xml.ts';
import { xpath } from './xpath.ts';

const families: Readonly<Record<string, Detector>> = {
  sqli: sql,
  nosqli: nosql,
  ldap,
  xpath,
  xxe: xml,
  deserialisation,
  mail,
  prototype,
};

type Row = string | { readonly text: string; readonly zone: string; readonly name: string; readonly part: string };

const textOf = (row: Row): string => (typeof row === 'string' ? row : row.text);

/** The points a row gets; `text` in place of its own. */
function points(detector: Detector, row: Row, text = textOf(row)): number {
  if (typeof row === 'string') return trial(detector, text).points;
  return trial(detector, text, { zone: row.zone as Zone, name: row.name, part: row.part as Place['part'] }).points;
}

const tables: Readonly<Record<string, readonly Row[]>> = rows;

describe('injection into databases, directories, documents, objects and mail', () => {
  for (const [family, detector] of Object.entries(families)) {
    it(`stops at level 1: ${family}`, () => {
      const missed = (tables[family] ?? []).filter(row => points(detector, row) < 5);
      assert.deepEqual(missed, []);
    });

    it(`passes honest texts at level 1: ${family}`, () => {
      const stopped = (tables['honest'] ?? []).filter(row => points(detector, row) >= 5);
      assert.deepEqual(stopped, []);
    });

    it(`never throws and only tells its own rules: ${family}`, () => {
      const piece = fc.constantFrom(
        ...(tables[family] ?? []).map(textOf),
        "'",
        '"',
        '`',
        ' or ',
        '(',
        ')',
        ';',
        '/*',
        '*/',
        '--',
        '\u0000',
        '$',
        '||',
        '<!',
        '\r\n',
        'select',
        'é',
        '\ud800',
      );
      fc.assert(
        fc.property(
          fc.array(fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 12 })), { maxLength: 12 }),
          pieces => {
            trial(detector, pieces.join(''), { paranoia: 4 });
            trial(detector, pieces.join(' '), { zone: 'xml', name: '!DOCTYPE' });
          },
        ),
        { numRuns: 150 },
      );
    });

    it(`takes time in proportion to the length: ${family}`, () => {
      const units = [
        "'",
        '"',
        '`',
        '(',
        ')',
        "' or ",
        "'or'",
        'or/*',
        'or(',
        "or'\\",
        '$a$or',
        '--\n',
        ';select ',
        'union select ',
        "'(",
        "')]|",
        '/*!',
        '<!entity ',
        '<!doctype ',
        '[',
        'case when ',
        'not ',
        '-',
        '1,',
        'a.',
        '\n',
        '\r\na1 ',
        '*)(',
        '(|(',
        '$ne',
        'db.',
        ':"',
        'o:1:',
        '!!',
        '__proto__',
        'constructor[prototype]',
        'href=',
        'a and 1=1 ',
        'count(',
        'class="java.',
        'while(',
        'sleep(',
        "x'='x' or ",
      ];
      assert.deepEqual(slowest(detector, units), []);
    });
  }

  it('stops SQL however its case is changed', () => {
    const missed = (tables['sqli'] ?? []).filter(row => {
      let turn = 0;
      const mixed = textOf(row).replace(/[a-z]/giu, letter => {
        turn += 1;
        return turn % 2 === 0 ? letter.toUpperCase() : letter.toLowerCase();
      });
      return points(sql, row, mixed) < 5;
    });
    assert.deepEqual(missed, []);
  });

  for (const [kind, blank] of Object.entries({
    tab: '\t',
    newline: '\n',
    'vertical tab': '\v',
    'form feed': '\f',
    'no-break space': '\u00a0',
    'two blanks': '  ',
    comment: '/**/',
    'comment with text': '/*a1*/',
  })) {
    it(`stops SQL with ${kind} for blanks`, () => {
      const missed = (tables['sqli'] ?? [])
        .map(row => textOf(row))
        // A line comment ends at a newline, and a blank inside a literal or behind the comment mark is no separator.
        .filter(text => !/--|#|'[^']* [^']*'/u.test(text))
        .filter(text => trial(sql, text.replaceAll(' ', blank)).points < 5);
      assert.deepEqual(missed, []);
    });
  }

  it('widens with the paranoia level', () => {
    assert.equal(trial(sql, 'the -- dash').points, 0);
    assert.ok(trial(sql, 'the -- dash', { paranoia: 3 }).points > 0);
    assert.ok(trial(sql, "it's", { paranoia: 4 }).points > 0);
    assert.equal(trial(prototype, 'obj.__proto__ is old').points, 0);
    assert.ok(trial(prototype, 'obj.__proto__ is old', { paranoia: 2 }).points > 0);
  });
});
