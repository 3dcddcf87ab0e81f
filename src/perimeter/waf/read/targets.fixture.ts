import type { LeafSink, Problem } from '../waf.ts';
import { readLimits } from '../waf.ts';
import { createBodyReader } from './body.ts';
import { fromBytes, fromCharset } from './byte-reader.ts';
import { createFormReader } from './form.ts';
import { createGraphqlReader } from './graphql.ts';
import { createGuessReader } from './guess.ts';
import { readHead } from './head.ts';
import { createJsonReader } from './json.ts';
import { createMultipartReader } from './multipart.ts';
import { percentReadings } from './percent.ts';
import { createTeller, type Teller } from './teller.ts';
import { createXmlReader } from './xml.ts';
import { fromXmlEncoding } from './xml-encoding.ts';

/** A parser under fuzz: told the pieces of an input, it tells a sink. `isIncremental` ones must not care where the input is cut. */
export interface Target {
  readonly name: string;
  readonly isIncremental: boolean;
  /** Where mutation begins. */
  readonly seeds: readonly string[];
  /** Where input without end may hang on to. */
  readonly openings: readonly string[];
  /** Pieces that mean something in this format, to put in. */
  readonly words: readonly string[];
  run(pieces: readonly Buffer[], sink: LeafSink): Problem | undefined;
}

const openings = new Map<string, readonly string[]>([
  ['query', ['a=', 'query={']],
  ['cookies', ['a="', 'a=']],
  ['headers', ['https://a?']],
  ['form', ['a=']],
  ['json', ['{"a":"', '{"a":[1,']],
  ['json guess', ['{"query":"{']],
  ['multipart', ['--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n', '--B\r\n']],
  ['xml', ['<a b="', '<a>', '<!DOCTYPE a [', '<a><!--']],
  ['xml guess', ['<a b="', '<a>']],
  ['graphql', ['{a(b:"', '{a(b:"""', '{#']],
  ['guess', ['{"a":"', '<a>', 'a=']],
]);

type Make = (teller: Teller) => { write(bytes: Buffer): Problem | undefined; end(): Problem | undefined };

function incremental(name: string, make: Make, seeds: readonly string[], words: readonly string[]): Target {
  return {
    name,
    isIncremental: true,
    openings: openings.get(name) ?? [],
    seeds,
    words,
    run(pieces, sink) {
      const reader = make(createTeller(sink, readLimits));
      for (const piece of pieces) {
        const found = reader.write(piece);
        if (found !== undefined) return found;
      }
      return reader.end();
    },
  };
}

function whole(
  name: string,
  run: (text: string, sink: LeafSink) => Problem | undefined,
  seeds: readonly string[],
  words: readonly string[],
): Target {
  return {
    name,
    isIncremental: false,
    openings: openings.get(name) ?? [],
    seeds,
    words,
    run: (pieces, sink) => run(Buffer.concat(pieces).toString('latin1'), sink),
  };
}

const partHead = 'Content-Disposition: form-data; name="a"';
const multipartSeed = `--B\r\n${partHead}\r\n\r\n1\r\n--B\r\n${partHead}; filename="x.txt"\r\nContent-Type: text/plain\r\n\r\n{"a":1}\r\n--B--\r\n`;
const jsonSeeds = [
  '{"a":[1,-2.5e3,true,null,"x\\u0041\\ud83d\\ude00\\n"],"query":"{ a(b: \\"c\\") }"}',
  '[[],{},{"a":{"a":"é"}}]',
];
const xmlSeeds = [
  '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE a [<!ENTITY b "c">]><s:a b="1&lt;" c=\'2\'>x<![CDATA[y]]><!-- z --><d/>&#39;&b;</s:a>',
];
const formSeeds = ['a=1&b%5B0%5D=%27+x&a=2;c=%u0027&_method=get&query={a}', 'q=%c0%a7&r=s%elect&long=é'];
const percentWords = ['%', '%2', '%27', '%u0027', '%c0%af', '%25', '+', '&', ';', '=', '[0]'];
const graphqlSeeds = ['query Q($a: Int = 1) { b: c(d: "e\\n", f: """g""") { ...H @i(j: [1, {k: "l"}]) } } # m\n'];

/** Every parser of this folder. */
export const targets: readonly Target[] = [
  whole(
    'query',
    (text, sink) => readHead({ method: 'GET', path: '/', query: text, headers: {} }, sink, readLimits),
    formSeeds,
    percentWords,
  ),
  whole(
    'path',
    (text, sink) => readHead({ method: 'GET', path: text, query: '', headers: {} }, sink, readLimits),
    ['/a/b;c=1/%2e%2e/d'],
    percentWords,
  ),
  whole(
    'cookies',
    (text, sink) => readHead({ method: 'GET', path: '/', query: '', headers: { cookie: text } }, sink, readLimits),
    ['a=1; b="x\\047"; c=%27+d; a=2'],
    [...percentWords, '"', '\\"', '\\047', '; '],
  ),
  whole(
    'headers',
    (text, sink) =>
      readHead(
        { method: 'GET', path: '/', query: '', headers: { referer: text, authorization: text, 'x-a': text } },
        sink,
        readLimits,
      ),
    ['https://a.example/b?c=%3C#d', 'Basic YTpi'],
    ['?', '#', 'Basic ', ...percentWords],
  ),
  whole(
    'percent',
    (text, sink) => {
      for (const isForm of [true, false])
        for (const reading of percentReadings(text, { isForm, isBytes: true }))
          sink.leaf({ zone: 'text', name: '', part: 'value' }, reading.slice(0, 32_768));
      return undefined;
    },
    formSeeds,
    percentWords,
  ),
  whole(
    'media type',
    (text, sink) => {
      const reader = createBodyReader({ contentType: text, contentEncoding: undefined, sink, limits: readLimits });
      return 'kind' in reader ? reader : reader.end();
    },
    ['multipart/form-data; boundary="a\\"b"; charset=utf-8'],
    [';', '=', '"', '\\', 'charset', 'boundary', ',', 'text/plain'],
  ),
  incremental('form', teller => fromBytes(createFormReader(teller, 'POST')), formSeeds, percentWords),
  incremental(
    'json',
    teller => fromCharset(createJsonReader(teller, { isSequence: false, isGuess: false }), undefined),
    jsonSeeds,
    ['{', '}', '[', ']', '"', '\\', ':', ',', '\\u', '\\ud800', '1', 'true', '"a":', 'NaN', '//', '\x1e'],
  ),
  incremental(
    'json guess',
    teller => fromCharset(createJsonReader(teller, { isSequence: true, isGuess: true }), undefined),
    jsonSeeds,
    ['{', '}', '"', '\n', '"a":1', '1'],
  ),
  incremental(
    'multipart',
    teller => {
      const reader = createMultipartReader(teller, { boundary: 'B', isFormData: true, method: 'POST' });
      if ('kind' in reader) throw new Error(reader.detail);
      return fromBytes(reader);
    },
    [multipartSeed],
    ['\r\n', '\n', '--B', '--', partHead, '\r\n\r\n', '"', '; filename="y"', "filename*=utf-8''z", ':', '\0'],
  ),
  incremental('xml', teller => fromXmlEncoding(createXmlReader(teller, { isGuess: false }), undefined), xmlSeeds, [
    '<',
    '>',
    '</',
    '/>',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<?',
    '?>',
    '<!DOCTYPE',
    '&',
    '&#x',
    ';',
    '"',
    "'",
    '=',
    '<a>',
    '</a>',
    ' b=',
    '\0',
  ]),
  incremental(
    'xml guess',
    teller => fromCharset(createXmlReader(teller, { isGuess: true }), undefined),
    ['<p class=a>x<br>&nbsp;<b>y</p>'],
    ['<', '>', '</', '<!--', '-->', '&', '"', '<a b=c>', '<!'],
  ),
  incremental('graphql', teller => fromCharset(createGraphqlReader(teller), undefined), graphqlSeeds, [
    '{',
    '}',
    '(',
    ')',
    '"',
    '"""',
    '\\',
    '#',
    '\n',
    'a:',
    '$',
    '...',
    '\\"""',
    '\\u{',
  ]),
  incremental(
    'guess',
    teller => fromBytes(createGuessReader(teller, 'POST')),
    [...jsonSeeds, ...xmlSeeds, ...formSeeds, 'plain text', '\0\x01\x02binary text here\xff\xfe'],
    ['{', '<', '=', '&', '"', '\0', '\xff\xfe', ' '],
  ),
];

/** A small generator with a seed (mulberry32): the same seed gives the same inputs anywhere. */
export function createRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return below => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** One to four changes: a word or byte put in, bytes taken out, doubled or flipped. */
export function mutate(input: Buffer, words: readonly string[], random: (below: number) => number): Buffer {
  let bytes = input;
  for (let n = 1 + random(4); n > 0; n--) {
    const at = random(bytes.length + 1);
    const before = bytes.subarray(0, at);
    const length = random(8);
    const kind = random(5);
    if (kind === 0) bytes = Buffer.concat([before, bytes.subarray(at + length)]);
    else if (kind === 1) bytes = Buffer.concat([before, Buffer.from([random(256)]), bytes.subarray(at + 1)]);
    else if (kind === 2)
      bytes = Buffer.concat([before, bytes.subarray(Math.max(0, at - length * 4), at), bytes.subarray(at)]);
    else bytes = Buffer.concat([before, Buffer.from(words[random(words.length)] ?? '', 'latin1'), bytes.subarray(at)]);
  }
  return bytes.length > 4096 ? bytes.subarray(0, 4096) : bytes;
}

/** The input cut at random places. */
export function cut(bytes: Buffer, random: (below: number) => number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let i = 0; i < bytes.length; ) {
    const length = 1 + random(random(4) === 0 ? 40 : 4);
    pieces.push(bytes.subarray(i, i + length));
    i += length;
  }
  return pieces;
}
