import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { slowest, trial } from '../trial.ts';
import { readTags } from './html-lexer.ts';
import passes from './testdata/passes.json' with { type: 'json' };
import stops from './testdata/stops.json' with { type: 'json' };
import { xss } from './xss.ts';

const zones = ['query', 'form', 'json', 'header', 'cookie', 'multipart', 'xml', 'text', 'path'] as const;

describe('markup and browser script', () => {
  for (const [family, rows] of Object.entries(stops)) {
    it(`stops at level 1: ${family}`, () => {
      const missed = rows.filter(row => trial(xss, row).points < 5);
      assert.deepEqual(missed, []);
    });
  }

  for (const [family, rows] of Object.entries(passes)) {
    it(`passes at level 1: ${family}`, () => {
      const stopped = rows.flatMap(row => {
        const { points, rules } = trial(xss, row, { zone: 'json' });
        return points < 5 ? [] : [`${row} (${rules.join(', ')})`];
      });
      assert.deepEqual(stopped, []);
    });
  }

  it('stops the same attack in every place', () => {
    for (const zone of zones) assert.ok(trial(xss, '"><img src=x onerror=alert(1)>', { zone }).points >= 5, zone);
  });

  it('stops markup however its case, blanks, slashes and quotes are changed', () => {
    const tag = fc.constantFrom('img', 'svg', 'x', 'video', 'input', 'details');
    const gap = fc.constantFrom(' ', '/', '\t', '\n', '\r\n', '\f', '  ', ' / ', '/\t');
    const handler = fc.constantFrom('onerror', 'onload', 'onfocus', 'ontoggle', 'onclick');
    const quote = fc.constantFrom('', '"', "'");
    const call = fc.constantFrom(
      'alert(1)',
      'confirm`1`',
      'eval(name)',
      'top.x=1',
      'fetch("//e")'.replaceAll('"', '`'),
    );
    const end = fc.constantFrom('>', '', '//', ' >', ' x=y>');
    const lead = fc.constantFrom('', '">', "'>", 'text ', '<b>', '--><!-- -->');
    fc.assert(
      fc.property(
        fc.tuple(lead, tag, gap, handler, quote, call, end),
        fc.array(fc.boolean(), { minLength: 8, maxLength: 16 }),
        (parts, cases) => {
          const [before, name, space, event, mark, code, after] = parts;
          let text = '';
          const markup = `<${name}${space}${event}=${mark}`;
          for (const [at, sign] of markup.split('').entries())
            text += cases[at % cases.length] === true ? sign.toUpperCase() : sign;
          const whole = `${before}${text}${code}${mark}${after}`;
          assert.ok(trial(xss, whole).points >= 5, whole);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('stops a script URL with blanks and control characters anywhere in its scheme', () => {
    const hole = fc.constantFrom('', '\t', '\n', '\r', '\n\t', '');
    fc.assert(
      fc.property(
        fc.array(hole, { minLength: 11, maxLength: 11 }),
        fc.constantFrom('', ' ', '\u0001'),
        (holes, lead) => {
          const scheme = 'javascript:'
            .split('')
            .map((sign, at) => sign + (holes[at] ?? ''))
            .join('');
          for (const text of [`${lead}${scheme}alert(1)`, `<a href="${lead}${scheme}alert(1)">x`]) {
            assert.ok(trial(xss, text).points >= 5, JSON.stringify(text));
          }
        },
      ),
    );
  });

  it('never throws, whatever the text', () => {
    const piece = fc.constantFrom(
      ...[
        '<',
        '>',
        '"',
        "'",
        '`',
        '/',
        '=',
        '(',
        ')',
        '[',
        ']',
        '{{',
        '}}',
        '${',
        'on',
        'onload',
        'script',
        ':',
        '\\',
        '\0',
        'İ',
        '\ud800',
      ],
      ...[
        'javascript:',
        'constructor',
        'document.cookie',
        'style',
        'expression',
        '/*',
        '*/',
        ' ',
        'alert',
        '<!--',
        '](',
        'eval',
      ],
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 6 })), { maxLength: 60 }), parts => {
        trial(xss, parts.join(''), { paranoia: 4 });
      }),
      { numRuns: 1500 },
    );
  });

  it('takes time in proportion to the length', () => {
    const units = [
      ...[
        '<',
        '<a',
        '<a ',
        '<a b="',
        "<a b='",
        '"',
        "'",
        '`',
        '<a b=<',
        ' on',
        ' onload=',
        '"onload=a(',
        '</',
        '<!--',
        '<script>',
        '<style>',
      ],
      ...[
        'javascript:',
        'data:',
        '](',
        '](javascript',
        '[',
        'window[',
        '[]+',
        '(alert',
        '{{',
        '${',
        '${alert',
        'constructor',
        '.constructor',
        'a:',
        '\\',
      ],
      ...[
        'document.cookie',
        'settimeout("',
        'style="/*',
        '<p style="/*',
        '<p style="\\',
        '<style>/*',
        '<iframe src=',
        'onerror=',
        ' =',
        '; ',
        'atob(',
        '+ADw-',
      ],
      ...['a=', ' onload = "', '\n', '<script src=', 'fromcharcode', '&colon;', '<x/on', '<a href=x/on'],
    ];
    assert.deepEqual(slowest(xss, units), []);
  });
});

describe('the reading of tags', () => {
  it('ends a tag where a browser does', () => {
    const [tag, ...rest] = readTags('<a title="x > y" href=\'z\' b>text</a >', 'html');
    assert.equal(tag?.end, 28);
    assert.deepEqual(
      tag?.attributes.map(({ name, value }) => [name, value]),
      [
        ['title', 'x > y'],
        ['href', 'z'],
        ['b', ''],
      ],
    );
    assert.deepEqual(
      rest.map(({ name, isClosing }) => [name, isClosing]),
      [['a', true]],
    );
  });

  it('finds the tags inside a quoted value when read flat', () => {
    const names = readTags('<p title="</noscript><img src=x>">', 'flat').map(tag => tag.name);
    assert.deepEqual(names, ['p', 'noscript', 'img']);
  });
});
