import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { isSallyportError } from '../../core/errors.ts';
import { parseExclusion, proposeExclusion, proposeExclusions } from './exclusions.ts';
import { compileFields } from './fields.ts';
import { createFirewall } from './firewall.ts';
import { charClass, type Detector, type Exclusion, type FirewallPolicy, type Judgement } from './waf.ts';

/** Points by word, so that a test says what it means: `bad` is critical, `odd` a warning. */
const words: Detector = {
  id: 'words',
  rules: [
    { id: 'shell.bad', title: 'a bad word', points: 5, paranoia: 1 },
    { id: 'shell.odd', title: 'an odd word', points: 3, paranoia: 1 },
    { id: 'code.odd', title: 'an odd word in code', points: 4, paranoia: 1 },
    { id: 'xss.odd', title: 'an odd word in markup', points: 3, paranoia: 1 },
    { id: 'shell.strict', title: 'a word that only the strict mind', points: 5, paranoia: 3 },
    { id: 'prompt.signal', title: 'a signal', points: 0, paranoia: 1 },
  ],
  needles: ['<bad>', '<odd>', '<odd-code>', '<odd-mark>', '<strict>', '<signal>'],
  chars: 0,
  detect({ lower }, hit) {
    const found = {
      '<bad>': 'shell.bad',
      '<odd>': 'shell.odd',
      '<odd-code>': 'code.odd',
      '<odd-mark>': 'xss.odd',
      '<strict>': 'shell.strict',
      '<signal>': 'prompt.signal',
    } as const;
    for (const [word, rule] of Object.entries(found)) {
      const at = lower.indexOf(word);
      if (at >= 0) hit(rule, at, at + word.length);
    }
  },
};

const policy: FirewallPolicy = {
  mode: 'block',
  paranoia: 1,
  threshold: 5,
  exclusions: [],
  inspectBytesMax: null,
};
const context = { endpoint: '/save', nowMs: 1_000 };
const firewall = createFirewall({ detectors: [words] });
const json = { contentType: 'application/json', contentEncoding: undefined, method: 'POST' };

function judge(body: unknown, with_: Partial<FirewallPolicy> = {}, more = {}): Judgement {
  const inspection = firewall.openBody(json, { ...policy, ...with_ }, { ...context, ...more });
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return inspection.feed(Buffer.from(text)) ?? inspection.end();
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('firewall', () => {
  const attack = 'some <bad> thing';
  const hidden: Record<string, unknown> = {
    plain: attack,
    'upper case': attack.toUpperCase(),
    percent: encodeURIComponent(attack),
    'percent twice': encodeURIComponent(encodeURIComponent(attack)),
    'percent three times': encodeURIComponent(encodeURIComponent(encodeURIComponent(attack))),
    entities: '&lt;bad&gt;',
    'entities in percent': encodeURIComponent('&lt;bad&#x3e;'),
    'script escapes': '\\u003cbad\\x3e',
    'full width': '＜ｂａｄ＞',
    Base64: base64(attack),
    'Base64 twice': base64(base64(attack)),
    'Base64 of JSON': base64(JSON.stringify({ a: attack })),
    'JSON in a string': JSON.stringify({ a: [attack] }),
    'JSON in a string in a string': JSON.stringify(JSON.stringify({ a: '\u003cb\\u0061d>' })),
    'a form in a string': 'https://x.example/?next=%3Cbad%3E&y=1',
    'a data URL': `data:text/html;base64,${base64(attack)}`,
    'UTF-7': '+ADw-bad+AD4-',
    'null characters': '<b\0a\0d>',
    hexadecimal: Buffer.from(attack).toString('hex'),
    'a name': { '<bad>': 1 },
    'a name in a string': '{"<bad>":1}',
  };
  for (const [name, value] of Object.entries(hidden)) {
    it(`stops an attack in ${name}`, () => {
      assert.equal(judge({ field: value }).verdict, 'block');
    });
  }

  it('lets honest work pass', () => {
    const body = { name: "O'Brien & Söhne", q: 'select a plan and drop us a line', n: 1, deep: [{ a: '100 %' }] };
    assert.deepEqual(judge(body), { verdict: 'pass', scores: {}, matches: [], authored: 0 });
  });

  it('judges the head', () => {
    const head = { method: 'GET', path: '/a', query: 'q=%3Cbad%3E', headers: { 'user-agent': 'x' } };
    const judgement = firewall.inspectHead(head, policy, context);
    assert.equal(judgement.verdict, 'block');
    assert.deepEqual(judgement.matches[0]?.place, { zone: 'query', name: 'q', part: 'value' });
    assert.equal(firewall.inspectHead({ ...head, query: 'q=1' }, policy, context).verdict, 'pass');
  });

  it('counts a rule once however often it matches', () => {
    const { verdict, scores, matches } = judge({ a: '<odd>', b: '<odd>', c: ['<odd>', '<odd> '] });
    assert.deepEqual([verdict, scores, matches.length], ['pass', { shell: 3 }, 3]);
  });

  it('blocks when all categories together have twice the threshold', () => {
    assert.equal(judge({ a: '<odd> <odd-code>' }).verdict, 'pass');
    assert.equal(judge({ a: '<odd> <odd-code> <odd-mark>' }).verdict, 'block');
    assert.equal(judge({ a: '<bad>' }, { threshold: 6 }).verdict, 'pass');
  });

  it('records a signal and never blocks for it', () => {
    const { verdict, scores, matches } = judge({ a: '<signal>' }, { threshold: 1 });
    assert.deepEqual([verdict, scores, matches[0]?.rule], ['pass', {}, 'prompt.signal']);
  });

  it('asks rules of a higher paranoia level only there', () => {
    assert.equal(judge({ a: '<strict>' }, { paranoia: 2 }).verdict, 'pass');
    assert.equal(judge({ a: '<strict>' }, { paranoia: 3 }).verdict, 'block');
  });

  it('says in shadow what it would block, and nothing when off', () => {
    assert.equal(judge({ a: '<bad>' }, { mode: 'shadow' }).verdict, 'would_block');
    assert.equal(judge('{"a":1,"a":2}', { mode: 'shadow' }).verdict, 'would_block');
    assert.equal(judge({ a: '<bad>' }, { mode: 'off' }).verdict, 'pass');
  });

  it('refuses what it cannot read in one way', () => {
    for (const body of ['{"a":1,"a":2}', '{"a":', '{a:1}']) {
      const judgement = judge(body);
      assert.equal(judgement.verdict, 'block', body);
      assert.ok(judgement.problem !== undefined);
    }
    const inspection = firewall.openBody({ ...json, contentEncoding: 'rot13' }, policy, context);
    assert.equal(inspection.end().problem?.kind, 'unsupported');
  });

  it('blocks as soon as it knows, and says the same ever after', () => {
    const inspection = firewall.openBody(json, policy, context);
    const first = inspection.feed(Buffer.from(`["<bad>",${' '.repeat(20_000)}`));
    assert.equal(first?.verdict, 'block');
    assert.equal(inspection.feed(Buffer.from('1]')), first);
    assert.equal(inspection.end(), first);
  });

  it('inspects as far as the site says and tells how much it left out', () => {
    const long = JSON.stringify(['ok', ' '.repeat(3000), '<bad>']);
    const cut = judge(long, { inspectBytesMax: 2048 });
    assert.deepEqual([cut.verdict, cut.uninspectedBytes], ['pass', long.length - 2048]);
    assert.equal(judge(JSON.stringify(['<bad>', ' '.repeat(3000)]), { inspectBytesMax: 2048 }).verdict, 'block');
    assert.equal(judge(long, { inspectBytesMax: long.length }).uninspectedBytes, undefined);
  });

  it('inspects a compressed body as far as the site says, counted in what comes out of it', () => {
    const cutAt = (text: string): Judgement => {
      const bytes = gzipSync(text, { level: 0 });
      const limited = { ...policy, inspectBytesMax: 2048 };
      const inspection = firewall.openBody({ ...json, contentEncoding: 'gzip' }, limited, context);
      for (let at = 0; at < bytes.length; at += 1000) inspection.feed(bytes.subarray(at, at + 1000));
      return inspection.end();
    };
    assert.equal(cutAt(JSON.stringify(['<bad>', ' '.repeat(5000)])).verdict, 'block');
    const long = JSON.stringify(['ok', ' '.repeat(5000), '<bad>']);
    assert.deepEqual([cutAt(long).verdict, cutAt(long).uninspectedBytes], ['pass', long.length - 2048]);
  });

  it('judges what stands in JSON inside a string of any length, under its own name', () => {
    const filler = Array.from({ length: 4000 }, (_, i) => ({ id: i, text: 'a quite ordinary line' }));
    const inner = JSON.stringify({ filler, rows: [{ note: 'some \\<bad> thing' }], last: '\u003cbad\u003e' });
    const wrapped = inner.replaceAll('<', '\\u003c');
    for (const body of [{ flow: wrapped }, { flow: JSON.stringify({ deep: wrapped }) }, { flow: ` ${wrapped}` }]) {
      const { matches, verdict } = judge(body, { mode: 'shadow' });
      assert.equal(verdict, 'would_block');
      const names = matches.map(match => match.place.name.replace('.deep', ''));
      for (const name of ['flow.rows[].note', 'flow.last'])
        assert.ok(names.includes(name), `${name} in ${names.join()}`);
    }
    assert.equal(judge({ flow: JSON.stringify({ filler, ok: true }) }).verdict, 'pass');
    assert.equal(judge({ flow: `{"a": no json at all ${'x '.repeat(40_000)}` }).verdict, 'pass');
    assert.equal(judge({ flow: `${'['.repeat(70)}${' '.repeat(40_000)}` }).problem?.kind, 'too_deep');
    const authored = compileFields(['json:flow.rows[].note', 'json:flow.last']);
    assert.equal(judge({ flow: wrapped }, { mode: 'shadow' }, { authored }).authored, 2);
  });

  it('does not judge what is the author’s own work, and counts it', () => {
    const authored = compileFields(['json:nodes[].code', 'json:flow.**']);
    const body = { nodes: [{ code: '<bad>' }], flow: '{"a":"<bad>"}' };
    assert.deepEqual(judge(body, {}, { authored }), { verdict: 'pass', scores: {}, matches: [], authored: 2 });
    assert.equal(judge({ ...body, name: '<bad>' }, {}, { authored }).verdict, 'block');
    assert.equal(judge({ flow: { '<bad>': 1 } }, {}, { authored }).verdict, 'pass');
    assert.equal(judge({ nodes: [{ 'code ': '<bad>' }] }, {}, { authored }).verdict, 'block');
  });

  it('sees an attack anywhere in a long value', () => {
    for (const at of [0, 100, 32_700, 32_766, 65_000, 99_990]) {
      const text = `${'x '.repeat(at / 2)}<bad>${' y'.repeat(50_000 - at / 2)}`;
      assert.equal(judge([text]).verdict, 'block', `at ${at}`);
    }
  });

  it('judges equal values once at a field, and again at another', () => {
    let asked = 0;
    const counting = createFirewall({ detectors: [{ ...words, detect: () => asked++ }] });
    const inspection = counting.openBody(json, policy, context);
    const text = 'a long value with <odd> in it';
    inspection.feed(Buffer.from(JSON.stringify({ a: [text, text, text], b: text })));
    inspection.end();
    assert.equal(asked, 2);
  });

  it('remembers a clean value for its field, zone and level, and never one that matched or was an author’s', () => {
    let asked = 0;
    const detect: Detector['detect'] = (input, hit) => {
      asked++;
      words.detect(input, hit);
    };
    const wall = createFirewall({ detectors: [{ ...words, chars: charClass.less, detect }] });
    const judgeWith = (body: unknown, authored = compileFields([])): string => {
      const inspection = wall.openBody(json, policy, { ...context, authored });
      inspection.feed(Buffer.from(JSON.stringify(body)));
      return inspection.end().verdict;
    };
    const countOf = (act: () => unknown): number => {
      asked = 0;
      act();
      return asked;
    };
    assert.deepEqual([countOf(() => judgeWith({ a: 'x < y' })), countOf(() => judgeWith({ a: 'x < y' }))], [1, 0]);
    assert.equal(
      countOf(() => judgeWith({ b: 'x < y' })),
      1,
    );
    for (let turn = 0; turn < 3; turn++) assert.equal(judgeWith({ a: 'x < <bad>' }), 'block');
    const inner = { a: '< {"c":"<bad>"}'.slice(2) };
    assert.equal(judgeWith(inner, compileFields(['json:a.**'])), 'pass');
    assert.equal(judgeWith(inner, compileFields(['json:a.c'])), 'block');
    assert.equal(judgeWith(inner), 'block');
  });

  it('keeps at most 32 matches', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`f${i}`, '<odd>']));
    assert.equal(judge(many).matches.length, 32);
  });

  it('refuses detectors that break their contract', () => {
    const broken: (readonly Detector[])[] = [
      [words, words],
      [{ ...words, needles: ['Upper'] }],
      [{ ...words, rules: [{ id: 'nothing.x' as 'shell.x', title: '', points: 5, paranoia: 1 }] }],
      Array.from({ length: 32 }, (_, i) => ({ ...words, id: `w${i}`, rules: [] })),
    ];
    for (const detectors of broken) {
      assert.throws(
        () => createFirewall({ detectors }),
        error => isSallyportError(error, 'internal'),
      );
    }
    const liar = {
      ...words,
      chars: charClass.letter,
      detect: (_: unknown, hit: (id: 'shell.x', a: number, b: number) => void) => hit('shell.x', 0, 1),
    };
    const inspection = createFirewall({ detectors: [liar] }).openBody(json, policy, context);
    assert.throws(() => {
      inspection.feed(Buffer.from('["abc"]'));
      inspection.end();
    });
  });
});

const exclusion: Exclusion = {
  id: 'e1',
  rule: 'shell.bad',
  endpoint: '/save',
  zone: 'json',
  name: 'a',
  reason: 'because',
  expiresAt: 2_000,
};

describe('exclusions', () => {
  it('take away exactly one rule at one field of one endpoint until their end', () => {
    const exclusions = [exclusion];
    assert.equal(judge({ a: '<bad>' }, { exclusions }).verdict, 'pass');
    assert.equal(judge({ a: '<bad>', b: '<bad>' }, { exclusions }).verdict, 'block');
    assert.equal(judge({ a: '<bad>' }, { exclusions }, { endpoint: '/other' }).verdict, 'block');
    assert.equal(judge({ a: '<bad>' }, { exclusions }, { nowMs: 1_999 }).verdict, 'pass');
    assert.equal(judge({ a: '<bad>' }, { exclusions }, { nowMs: 2_000 }).verdict, 'block');
    assert.equal(judge({ a: '<bad>' }, { exclusions: [{ ...exclusion, zone: 'form' }] }).verdict, 'block');
    assert.equal(judge({ a: '<bad>' }, { exclusions: [{ ...exclusion, rule: 'shell.*' }] }).verdict, 'pass');
    assert.equal(judge({ a: '<bad>' }, { exclusions: [{ ...exclusion, rule: 'code.*' }] }).verdict, 'block');
  });

  it('match names with any characters for an asterisk', () => {
    const rows: [string, string, boolean][] = [
      ['*', 'x', true],
      ['a*', 'abc', true],
      ['*c', 'abc', true],
      ['a*b*c', 'a-b-c', true],
      ['a*b*c', 'ac', false],
      ['a*a', 'a', false],
      ['a*', 'ba', false],
      ['a\\*', 'ab', false],
      ['a\\*', 'a*', true],
    ];
    for (const [name, field, isCovered] of rows) {
      const { verdict } = judge({ [field]: '<bad>' }, { exclusions: [{ ...exclusion, name }] });
      assert.equal(verdict, isCovered ? 'pass' : 'block', `${name} for ${field}`);
    }
  });

  it('proposed for a request let it through, none is left out without blocking it, and they touch nothing else', () => {
    const word = fc.constantFrom('<bad>', '<odd>', '<odd-code>', '<odd-mark>', 'fine');
    const field = fc.constantFrom('a', 'b', 'c*', 'd');
    const bodies = fc.dictionary(
      field,
      fc.array(word, { minLength: 1, maxLength: 3 }).map(all => all.join(' ')),
    );
    fc.assert(
      fc.property(bodies, body => {
        const judgement = judge(body);
        const proposed = proposeExclusions(judgement, { endpoint: '/save', threshold: 5 });
        assert.equal(proposed.length > 0, judgement.verdict === 'block');
        const made = proposed.map((one, i) => ({
          ...one,
          ...parseExclusion({ ...one, reason: 'honest', expiresAt: null }, 0),
          id: `${i}`,
        }));
        assert.equal(judge(body, { exclusions: made }).verdict, 'pass');
        for (const left of made) {
          const others = made.filter(one => one !== left);
          if (made.length > 0) assert.equal(judge(body, { exclusions: others }).verdict, 'block');
        }
        assert.equal(judge({ ...body, other: '<bad>' }, { exclusions: made }).verdict, 'block');
        assert.equal(judge(body, { exclusions: made }, { endpoint: '/else' }).verdict, judgement.verdict);
      }),
    );
  });

  it('are proposed for one match at its field', () => {
    const [match] = judge({ 'x*y': ['<bad>'] }).matches;
    assert.ok(match);
    assert.deepEqual(proposeExclusion(match, { endpoint: '/save' }), {
      rule: 'shell.bad',
      endpoint: '/save',
      zone: 'json',
      name: 'x\\*y[]',
    });
  });

  it('are refused when they are broad, unexplained or over', () => {
    const { id: _, ...good } = exclusion;
    assert.deepEqual(parseExclusion(good, 0), good);
    const bad: [Record<string, unknown>, RegExp][] = [
      [{ rule: 'bad' }, /rule: want a rule id/],
      [{ rule: 'nothing.bad' }, /rule/],
      [{ endpoint: '*', zone: '*', name: '*' }, /too broad/],
      [{ rule: 'shell.*', zone: '*', name: '*' }, /too broad/],
      [{ reason: ' ' }, /reason/],
      [{ zone: 'body' }, /zone/],
      [{ expiresAt: 0 }, /expiresAt/],
      [{ extra: 1 }, /extra/],
    ];
    for (const [change, message] of bad) {
      assert.throws(
        () => parseExclusion({ ...good, ...change }, 1_500),
        error => isSallyportError(error, 'core.invalid_input') && message.test(error.message),
        JSON.stringify(change),
      );
    }
    assert.throws(() => parseExclusion(good, 2_000), /expiresAt/);
  });
});
