import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeBase64, decodeHex } from './decode/binary-text.ts';
import { decodeEntities } from './decode/entities.ts';
import { decodeCssEscapes, decodeEscapes } from './decode/escapes.ts';
import { dropNulls, foldCompatibility } from './decode/fold.ts';
import { readFormInside, readJsonInside } from './decode/inside.ts';
import { decodePercent } from './decode/percent.ts';
import { decodeUtf7 } from './decode/utf7.ts';
import { detectors } from './detect/all.ts';
import { excerptOf } from './mask.ts';
import { classBits } from './prefilter.ts';
import { createBodyReader, readHead } from './read/read.ts';
import { type Detector, readLimits, type Zone } from './waf.ts';

/**
 * Searches for inputs on which something takes more than in proportion to their length. Security property: if this fails, a few kilobytes
 * of chosen input can hold the gate. Inputs are grown from the parts a grammar reacts to; the worst at a small size are mutated, and the
 * worst of all are measured as they double.
 */
type Run = (text: string) => unknown;

/** Linear is 2, quadratic 4; the rest is for garbage collection and a busy machine. */
const growthMax = 3.2;
/** 50 on an idle machine; a quadratic step costs hundreds. */
const msMax = 100;
/** Below this a figure is noise. */
const msMin = 4;
const searchChars = 2048;
const sizes = [8192, 16_384, 32_768, 65_536] as const;

const openings = ['(', '[', '{', '<', '"', "'", '`', '/*', '<!--', '${', '{{', '$(', '((', '<a ', '\\', '%', '&'];
const closings = [
  ')',
  ']',
  '}',
  '>',
  '-->',
  '*/',
  ';',
  '|',
  '=',
  ',',
  ':',
  '.',
  '/',
  '+',
  '-',
  '#',
  '!',
  '@',
  '\n',
  ' ',
  '\t',
];
const runs = [
  'a',
  'A',
  '0',
  '\u00e9',
  'a ',
  'a,',
  'a.',
  'a=',
  '1 or ',
  "'a' ",
  'x:',
  '..',
  '../',
  'a;b|',
  '0x',
  '\\x',
  '%2',
  '&#x',
];
const shapes = [...openings, ...closings, ...runs];

/** A small generator of its own, so that a failure can be repeated: the seed is fixed. */
function createDice(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A text of this length: a beginning, one unit over and over, an end that makes what came before fail. */
interface Recipe {
  readonly head: string;
  readonly unit: string;
  readonly tail: string;
}

const cook = ({ head, unit, tail }: Recipe, chars: number): string =>
  head + unit.repeat(Math.max(1, Math.floor((chars - head.length - tail.length) / unit.length))) + tail;

function timed(run: Run, text: string): number {
  const start = performance.now();
  run(text);
  return performance.now() - start;
}

/** The least of several runs: other work on the machine only ever adds. */
function least(run: Run, text: string, turns: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < turns; turn++) best = Math.min(best, timed(run, text));
  return best;
}

function recipes(words: readonly string[], dice: (below: number) => number): Recipe[] {
  const pick = (list: readonly string[]): string => list[dice(list.length)] ?? 'a';
  const some = words.length <= 16 ? words : Array.from({ length: 16 }, () => pick(words));
  const units = [
    ...shapes,
    ...some,
    ...some.map(word => `${word} `),
    ...some.map(word => `${word}(`),
    ...some.map(word => word.slice(0, -1) || 'a'),
  ];
  const repeated = units.map(unit => ({ head: '', unit, tail: '' }));
  const mixed = Array.from({ length: 40 }, () => ({
    head: pick(units),
    unit: pick(units) + pick(units),
    tail: pick(units),
  }));
  return [...repeated, ...mixed];
}

function mutate(recipe: Recipe, words: readonly string[], dice: (below: number) => number): Recipe {
  const part =
    dice(3) === 0 && words.length > 0 ? (words[dice(words.length)] ?? 'a') : (shapes[dice(shapes.length)] ?? 'a');
  switch (dice(4)) {
    case 0:
      return { ...recipe, head: part + recipe.head.slice(0, 20) };
    case 1:
      return { ...recipe, tail: part };
    case 2:
      return { ...recipe, unit: (recipe.unit + part).slice(0, 40) };
    default:
      return { ...recipe, unit: (part + recipe.unit).slice(0, 40) };
  }
}

/** The recipes that cost most for a character, after a climb from the worst. */
function worst(run: Run, words: readonly string[]): Recipe[] {
  const dice = createDice(7);
  const cost = (recipe: Recipe) => ({ recipe, ms: least(run, cook(recipe, searchChars), 2) });
  const first = recipes(words, dice);
  for (const recipe of first.slice(0, 10)) cost(recipe);
  let top = first
    .map(cost)
    .sort((a, b) => b.ms - a.ms)
    .slice(0, 4);
  for (let round = 0; round < 8; round++) {
    const children = top.flatMap(({ recipe }) => [mutate(recipe, words, dice), mutate(recipe, words, dice)]);
    top = [...top, ...children.map(cost)].sort((a, b) => b.ms - a.ms).slice(0, 4);
  }
  return top.map(one => one.recipe).slice(0, 3);
}

/** What is wrong with how the cost grows; undefined when nothing is. Measured again before it says so. */
function complaint(run: Run, recipe: Recipe): string | undefined {
  let said: string | undefined;
  for (let attempt = 0; attempt < 6; attempt++) {
    said = complainOnce(run, recipe, 2 + attempt * 2);
    if (said === undefined) return undefined;
  }
  return said;
}

function complainOnce(run: Run, recipe: Recipe, turns: number): string | undefined {
  let before = Number.POSITIVE_INFINITY;
  for (const size of sizes) {
    const ms = least(run, cook(recipe, size), turns);
    const what = `${JSON.stringify(recipe)} at ${size} characters: ${ms.toFixed(2)} ms`;
    if (ms > msMax) return what;
    if (ms > msMin && ms > before * growthMax) return `${what}, after ${before.toFixed(2)} ms at half of it`;
    before = Math.max(ms, msMin / growthMax);
  }
  return undefined;
}

function assertLinear(run: Run, words: readonly string[]): void {
  const found = worst(run, words).flatMap(recipe => complaint(run, recipe) ?? []);
  assert.deepEqual(found, []);
}

function asks(detector: Detector): Run {
  const zone: Zone = detector.zones?.[0] ?? 'json';
  const place = { zone, name: 'q', part: 'value' } as const;
  return text => {
    let chars = 0;
    for (let i = 0; i < text.length; i++) chars |= classBits[Math.min(text.charCodeAt(i), 0x80)] ?? 0;
    detector.mayMatch?.({ text, chars, place, paranoia: 1, hasNeedle: false });
    const input = { text, lower: text.toLowerCase(), place, paranoia: 4, chars, isUnwrapped: false } as const;
    detector.detect(input, () => undefined);
  };
}

function reads(contentType: string): Run {
  return text => {
    const sink = { leaf: () => undefined };
    const reader = createBodyReader({
      contentType,
      contentEncoding: undefined,
      sink,
      limits: readLimits,
      method: 'POST',
    });
    if ('kind' in reader) throw new Error(`no reader for ${contentType}`);
    reader.feed(Buffer.from(text));
    reader.end();
  };
}

const decoders: Record<string, readonly [Run, readonly string[]]> = {
  percent: [decodePercent, ['%25', '%u00', '%c0%', '%f0%80%80', '%%%']],
  entities: [decodeEntities, ['&#', '&#x', '&#0', '&lt', '&NonBreakingSpac', '&amp;']],
  escapes: [decodeEscapes, ['\\u{', '\\u{0', '\\u00', '\\x', '\\7', '\\\\']],
  'CSS escapes': [decodeCssEscapes, ['\\65 ', '\\00006']],
  'UTF-7': [decodeUtf7, ['+A', '+ADw', '+AA', '+A+A']],
  fold: [foldCompatibility, ['＜', '\ud835\udc00', '\ud835', '\u0301\u0316', '\u200b', '\ufdfa']],
  nulls: [dropNulls, ['\0']],
  Base64: [decodeBase64, ['AAAA', 'cGF5', 'H4sI', 'rO0A', 'cGF5\n', '====']],
  hexadecimal: [decodeHex, ['41', '0x']],
  'JSON in a string': [text => readJsonInside(text, () => undefined), ['[', '{"a":', '["a",', '{"a":1,', '"']],
  'form in a string': [text => readFormInside(text, () => undefined), ['a=1&', '&', '=', '%3d', '?']],
  excerpt: [text => excerptOf(text, 0, text.length), ['aA1', '\u202e', '\0']],
};

const bodies: Record<string, readonly string[]> = {
  'application/json': ['[', '{"a":', '"\\u00', '{"a":1,', '1,', '[1],', '-', '1e'],
  'application/x-ndjson': ['{}\n', '\n'],
  'application/xml': [
    '<a>',
    '<a b="c">',
    '&amp;',
    '<!--',
    '<![CDATA[',
    '<!DOCTYPE a [',
    '<?a ',
    '</a>',
    '<a xmlns:b=""',
    ']]>',
  ],
  'application/x-www-form-urlencoded': ['a=1&', '%41', 'a[b]=', '&', '=', ';'],
  'multipart/form-data; boundary=b': [
    '--b\r\n',
    '\r\n',
    '--',
    '\r\n--b',
    'Content-Disposition: form-data; name="a"\r\n',
    '; a="\\"',
  ],
  'application/graphql': ['{a', 'query(', '"""', '#\n', '$a:', '...', '@a('],
  'text/plain': ['{', '<', 'a=', '\0', '\ufeff'],
  'application/octet-stream': ['\0', 'a\0', 'MZ'],
};

describe('linear time', () => {
  it('is found missing where it is', () => {
    const square: Run = text => {
      let sum = 0;
      for (let i = 0; i < text.length ** 2 / 100; i++) sum = (sum * 31 + i) | 0;
      return sum;
    };
    assert.throws(() => assertLinear(square, ['a']), assert.AssertionError);
  });

  for (const detector of detectors) {
    it(`of detector ${detector.id} on what it is sensitive to`, () => assertLinear(asks(detector), detector.needles));
  }

  for (const [name, [run, words]] of Object.entries(decoders)) {
    it(`of the reading of ${name}`, () => assertLinear(run, words));
  }

  for (const [contentType, words] of Object.entries(bodies)) {
    it(`of the reader of ${contentType}`, () => assertLinear(reads(contentType), words));
  }

  it('of the reader of heads', () => {
    const sink = { leaf: () => undefined };
    const headers = (text: string): Record<string, string> => ({ cookie: text, referer: text, 'x-any': text });
    const run: Run = text =>
      readHead({ method: 'GET', path: `/${text}`, query: text, headers: headers(text) }, sink, readLimits);
    assertLinear(run, ['a=1;', '%41', '/..;/', '&a', '; ', '="']);
  });
});
