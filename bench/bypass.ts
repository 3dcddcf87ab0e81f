/**
 * Hunts for bypasses: takes the attacks of the seen corpus that the firewall stops as they are, changes them as people do who want past a
 * firewall, and tells by class and evasion how many pass. `node bench/bypass.ts [--list] [--perClass 40]`. An evasion is tried only on
 * classes whose attack it leaves working.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { BodyInspection, Judgement } from '../src/perimeter/perimeter.ts';
import { createFirewall, detectors } from '../src/perimeter/perimeter.ts';
import { chanceFrom } from '../tests/corpus/make/chance.ts';
import { readSeeds } from '../tests/corpus/make/seeds.ts';

const { values: args } = parseArgs({
  options: { list: { type: 'boolean', default: false }, perClass: { type: 'string', default: '40' } },
});
const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '../tests/corpus/make/attacks');
const classes = ['sqli', 'nosqli', 'ldap', 'xpath', 'xss', 'shell', 'code', 'template', 'traversal', 'ssrf', 'lookup'];
const policy = { mode: 'block', paranoia: 1, threshold: 5, exclusions: [], inspectBytesMax: null } as const;
const context = { endpoint: '/*', nowMs: 0 };
const firewall = createFirewall({ detectors });
const chance = chanceFrom('bypass');

interface Sent {
  readonly query?: string;
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly body?: Buffer;
  /** Bytes of each piece the body comes in. */
  readonly pieceBytes?: number;
}

interface Evasion {
  readonly name: string;
  /** Classes whose attacks still work; all when left out. */
  readonly only?: readonly string[];
  readonly change: (payload: string) => Sent;
}

const enc = encodeURIComponent;
const asQuery = (payload: string): Sent => ({ query: `q=${enc(payload)}` });
const asJson = (value: unknown, more: Partial<Sent> = {}): Sent => ({
  contentType: 'application/json',
  body: Buffer.from(JSON.stringify(value)),
  ...more,
});
const text = (change: (payload: string) => string, only?: readonly string[]): Omit<Evasion, 'name'> => ({
  change: payload => asQuery(change(payload)),
  ...(only === undefined ? {} : { only }),
});
const mapChars = (payload: string, change: (char: string, at: number) => string): string =>
  Array.from(payload, change).join('');
const prose = 'The meeting on Tuesday went well and everybody agreed on the plan for the next quarter. ';

const evasions: readonly Evasion[] = [
  { name: 'as it is', ...text(payload => payload) },
  {
    name: 'mixed case',
    ...text(
      payload => mapChars(payload, (char, at) => (at % 2 === 0 ? char.toUpperCase() : char.toLowerCase())),
      ['sqli', 'lookup'],
    ),
  },
  { name: 'upper case', ...text(payload => payload.toUpperCase(), ['sqli']) },
  { name: 'comments for blanks', ...text(payload => payload.replaceAll(' ', '/**/'), ['sqli']) },
  {
    name: 'versioned comments',
    ...text(payload => payload.replaceAll(/\b(union|select|or|and)\b/gi, '/*!50000$1*/'), ['sqli']),
  },
  { name: 'tabs for blanks', ...text(payload => payload.replaceAll(' ', '\t'), ['sqli', 'shell', 'xss']) },
  { name: 'line feeds for blanks', ...text(payload => payload.replaceAll(' ', '\n'), ['sqli', 'xss']) },
  { name: 'vertical tabs for blanks', ...text(payload => payload.replaceAll(' ', '\v'), ['sqli']) },
  { name: 'no-break spaces for blanks', ...text(payload => payload.replaceAll(' ', '\u00a0'), ['sqli']) },
  {
    name: 'every character percent-encoded',
    change: payload => ({
      query: `q=${[...Buffer.from(payload)].map(byte => `%${byte.toString(16).padStart(2, '0')}`).join('')}`,
    }),
  },
  { name: 'percent-encoded twice', ...text(payload => enc(payload)) },
  { name: 'percent-encoded three times', ...text(payload => enc(enc(payload))) },
  {
    name: '%u escapes',
    change: payload => ({
      query: `q=${mapChars(payload, char => `%u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)}`,
    }),
  },
  {
    name: 'HTML entities',
    ...text(
      payload => mapChars(payload, char => `&#x${char.charCodeAt(0).toString(16)};`),
      ['xss', 'sqli', 'shell', 'traversal'],
    ),
  },
  {
    name: 'JavaScript escapes',
    ...text(payload => mapChars(payload, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)),
  },
  {
    name: 'full-width characters',
    ...text(
      payload =>
        mapChars(payload, char => (/[!-~]/.test(char) ? String.fromCharCode(char.charCodeAt(0) + 0xfee0) : char)),
      ['xss', 'sqli', 'traversal'],
    ),
  },
  { name: 'Base64', ...text(payload => Buffer.from(payload).toString('base64')) },
  { name: 'Base64url without padding', ...text(payload => Buffer.from(payload).toString('base64url')) },
  { name: 'hex', ...text(payload => Buffer.from(payload).toString('hex')) },
  { name: 'a null byte in front', ...text(payload => `\0${payload}`) },
  { name: 'a zero-width space in front', ...text(payload => `\u200b${payload}`) },
  {
    name: 'behind a page of prose',
    change: payload => asJson({ comment: prose.repeat(100) + payload }),
    only: ['xss', 'lookup', 'shell', 'sqli'],
  },
  {
    name: 'before a page of prose',
    change: payload => asJson({ comment: payload + prose.repeat(100) }),
    only: ['xss', 'lookup'],
  },
  {
    name: 'at the end of a megabyte',
    change: payload => asJson({ filler: 'lorem ipsum '.repeat(90_000), q: payload }),
  },
  {
    name: 'deep in JSON',
    change: payload => asJson(Array.from({ length: 30 }).reduce<unknown>(inner => ({ a: [inner] }), payload)),
  },
  { name: 'JSON in a string of JSON', change: payload => asJson({ data: JSON.stringify({ q: payload }) }) },
  {
    name: 'JSON in a string, twice',
    change: payload => asJson({ data: JSON.stringify({ more: JSON.stringify({ q: payload }) }) }),
  },
  { name: 'JSON called text', change: payload => asJson({ q: payload }, { contentType: 'text/plain' }) },
  { name: 'JSON without a type', change: payload => ({ body: Buffer.from(JSON.stringify({ q: payload })) }) },
  {
    name: 'a form called JSON',
    change: payload => ({ contentType: 'application/json', body: Buffer.from(`q=${enc(payload)}`) }),
  },
  { name: 'one byte at a time', change: payload => asJson({ q: payload }, { pieceBytes: 1 }) },
  {
    name: 'compressed',
    change: payload => ({
      contentType: 'application/json',
      contentEncoding: 'gzip',
      body: gzipSync(JSON.stringify({ q: payload })),
    }),
  },
  {
    name: 'compressed twice',
    change: payload => ({
      contentType: 'application/json',
      contentEncoding: 'gzip, gzip',
      body: gzipSync(gzipSync(JSON.stringify({ q: payload }))),
    }),
  },
  {
    name: 'UTF-16',
    change: payload => ({
      contentType: 'application/json; charset=utf-16le',
      body: Buffer.from(JSON.stringify({ q: payload }), 'utf16le'),
    }),
  },
  {
    name: 'UTF-7',
    change: payload => ({
      contentType: 'text/plain; charset=utf-7',
      body: Buffer.from(
        payload.replaceAll(
          /[<>'"&]/g,
          char => `+${Buffer.from(char, 'utf16le').swap16().toString('base64').replaceAll('=', '')}-`,
        ),
      ),
    }),
    only: ['xss'],
  },
  { name: 'in a multipart field', change: payload => multipart(payload, '\r\n') },
  { name: 'in multipart with bare line feeds', change: payload => multipart(payload, '\n') },
  { name: 'the second of two parameters', change: payload => ({ query: `q=honest&q=${enc(payload)}` }) },
  {
    name: 'split over two parameters',
    change: payload => ({
      query: `q=${enc(payload.slice(0, payload.length / 2))}&q=${enc(payload.slice(payload.length / 2))}`,
    }),
    only: ['sqli'],
  },
  {
    name: 'in the name of a parameter',
    change: payload => ({ query: `${enc(payload)}=1` }),
    only: ['sqli', 'xss', 'lookup', 'shell'],
  },
  { name: 'quotes within words', ...text(payload => payload.replaceAll(/\b([a-z])([a-z]{2,})/g, "$1''$2"), ['shell']) },
  {
    name: 'backslashes within words',
    ...text(payload => payload.replaceAll(/\b([a-z])([a-z]{2,})/g, '$1\\$2'), ['shell']),
  },
  { name: '$IFS for blanks', ...text(payload => payload.replaceAll(' ', '${IFS}'), ['shell']) },
  { name: 'slashes for blanks', ...text(payload => payload.replaceAll(/<(\w+) /g, '<$1/'), ['xss']) },
  { name: 'doubled climbs', ...text(payload => payload.replaceAll('../', '....//'), ['traversal']) },
  { name: 'a path parameter in climbs', ...text(payload => payload.replaceAll('../', '..;/'), ['traversal']) },
  { name: 'backslash climbs', ...text(payload => payload.replaceAll('/', '\\'), ['traversal']) },
];

function multipart(payload: string, lineEnd: string): Sent {
  const lines = ['--b0undary', 'Content-Disposition: form-data; name="q"', '', payload, '--b0undary--', ''];
  return { contentType: 'multipart/form-data; boundary=b0undary', body: Buffer.from(lines.join(lineEnd)) };
}

/** Whether this way in stops the request: the head, or the body as its pieces arrive. */
function isStopped({ query = '', contentType, contentEncoding, body, pieceBytes = 16_384 }: Sent): boolean {
  const head = { method: body === undefined ? 'GET' : 'POST', path: '/items', query, headers: { host: 'app.test' } };
  if (blocks(firewall.inspectHead(head, policy, context))) return true;
  if (body === undefined) return false;
  const inspection: BodyInspection = firewall.openBody(
    { method: 'POST', contentType, contentEncoding },
    policy,
    context,
  );
  for (let at = 0; at < body.length; at += pieceBytes) {
    if (inspection.feed(body.subarray(at, at + pieceBytes)) !== undefined) return true;
  }
  return blocks(inspection.end());
}

const blocks = ({ verdict }: Judgement): boolean => verdict === 'block';

const perClass = Number(args.perClass);
const stoppedOf = new Map(
  classes.map(name => {
    const all = readSeeds(path.join(folder, `${name}.txt`), 3, chance).map(seed => seed.text);
    const step = Math.max(1, Math.floor(all.length / perClass));
    return [
      name,
      all.filter((payload, at) => at % step === 0 && isStopped(asQuery(payload))).slice(0, perClass),
    ] as const;
  }),
);
const rows: string[] = [];
let tried = 0;
let passed = 0;
for (const { name, only, change } of evasions) {
  const cells = classes.map(one => {
    if (only !== undefined && !only.includes(one)) return '';
    const payloads = stoppedOf.get(one) ?? [];
    const through = payloads.filter(payload => !isStopped(change(payload)));
    tried += payloads.length;
    passed += through.length;
    if (args.list)
      for (const payload of through) process.stdout.write(`${one} | ${name} | ${JSON.stringify(payload)}\n`);
    return through.length === 0 ? '–' : `${through.length}/${payloads.length}`;
  });
  rows.push(`| ${name} | ${cells.join(' | ')} |`);
}
process.stdout.write(
  `What passes of ${tried} changed attacks that are stopped as they are: ${passed} (${((100 * passed) / tried).toFixed(2)} %)\n\n`,
);
process.stdout.write(
  `| evasion | ${classes.join(' | ')} |\n|---|${classes.map(() => '--:|').join('')}\n${rows.join('\n')}\n`,
);
