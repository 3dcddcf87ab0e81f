import { createHash } from 'node:crypto';
import type { CorpusEntry, CorpusPart, CorpusRequest } from '../corpus.ts';
import { type Chance, chanceFrom } from './chance.ts';
import type { PartMaker } from './maker.ts';
import { readParts } from './parts.ts';
import { browserHeaders, hosts } from './senders.ts';
import { enc, type Sketch, type Words } from './shape.ts';
import { readLines } from './texts.ts';
import { multipart } from './visit.ts';

const perShape = 16;

/** Generic honest traffic of one part: every shape in some variations, and every text in a query, a form and JSON. */
export function makeHonest(part: CorpusPart, maker: PartMaker): CorpusEntry[] {
  const chance = chanceFrom(`honest ${maker.seed}`);
  const drawn = { code: false };
  const words = wordsOf(part, maker, { chance, drawn });
  const entries: CorpusEntry[] = [];
  const taken = new Set<string>();
  const add = (kind: 'browsing' | 'texts' | 'code-editing', sketch: Sketch, note: string): void => {
    const request = complete(sketch, words);
    const id = `${kind}-${createHash('sha256').update(JSON.stringify(request)).digest('hex').slice(0, 16)}`;
    if (taken.has(id)) return;
    taken.add(id);
    entries.push({ id, class: kind, kind: 'honest', site: 'generic', who: 'visitor', request, note });
  };
  for (const shape of maker.shapes) {
    for (let count = 0; count < perShape; count++) {
      drawn.code = false;
      const sketch = shape.draw(words);
      add(drawn.code ? 'code-editing' : 'browsing', sketch, shape.name);
    }
  }
  for (const text of readLines(part, 'texts'))
    for (const sketch of place(text, words)) add('texts', sketch, text.slice(0, 60));
  return entries;
}

function place(text: string, words: Words): Sketch[] {
  const { type, body } = multipart(
    [
      { name: 'message', value: text },
      { name: 'go', value: '1' },
    ],
    words,
  );
  const as = (kind: string): { method: string; headers: Record<string, string> } => ({
    method: 'POST',
    headers: { 'content-type': kind },
  });
  return [
    { method: 'GET', target: `/search?q=${enc(text)}&lang=en` },
    {
      ...as('application/x-www-form-urlencoded'),
      target: '/contact',
      body: new URLSearchParams({ name: words.name(), message: text }).toString(),
    },
    {
      ...as('application/json'),
      target: '/api/messages',
      body: JSON.stringify({ id: words.below(999), message: { body: text, at: words.time() } }),
    },
    words.below(2) === 0
      ? { ...as(type), target: '/feedback', body }
      : { ...as('text/plain;charset=UTF-8'), target: '/api/note', body: text },
  ];
}

/** `drawn.code` says whether a program or a whole page was drawn: such requests are a class of their own. */
function wordsOf(
  part: CorpusPart,
  maker: PartMaker,
  { chance, drawn }: { readonly chance: Chance; readonly drawn: { code: boolean } },
): Words {
  const parts = readParts(part);
  const [prose, alike] = [readLines(part, 'prose'), readLines(part, 'texts')];
  return {
    ...chance,
    text: () => chance.pick(chance.below(8) === 0 ? alike : prose),
    // Any characters of a keyboard: people are told to take odd ones.
    password: () =>
      Array.from({ length: 10 + chance.below(8) }, () => String.fromCharCode(33 + chance.below(94))).join(''),
    name: () => chance.pick(maker.people),
    words: () => chance.pick(maker.searches),
    mail: () => `${chance.word(7).toLowerCase()}@example.${chance.pick(['com', 'org', 'de'])}`,
    time: () => 1_780_000_000 + chance.below(9_000_000),
    token: bytes => Buffer.from(Array.from({ length: bytes }, () => chance.below(256))).toString('base64url'),
    code: () => {
      drawn.code = true;
      return chance.pick([...parts.js, ...parts.python, ...parts.sql, ...parts.shell]);
    },
    html: () => {
      drawn.code = true;
      return chance.pick(parts.html);
    },
  };
}

const referers = [
  'https://www.google.com/',
  'https://www.example.com/a/b?c=d&e=f#g',
  'https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.example.com%2F&h=AT0',
  'https://duckduckgo.com/',
  'android-app://com.google.android.gm/',
  'https://www.example.com/search?q=select+from+where&utm_source=newsletter&utm_campaign=%5BB2B%5D%20Q1%20%28DE%29',
] as const;

function complete({ method, target, headers = {}, body }: Sketch, words: Words): CorpusRequest {
  const host = words.pick(hosts);
  const all = new Map(browserHeaders(host, words));
  if (words.below(3) > 0) all.set('referer', words.pick(referers));
  if (words.below(2) === 0)
    all.set(
      'cookie',
      `_ga=GA1.2.${words.below(2e9)}.${words.time()}; _gid=GA1.2.${words.below(2e9)}.${words.time()}; PHPSESSID=${words.word(26).toLowerCase()}; cookie_consent={%22ads%22:false%2C%22v%22:2}`,
    );
  if (method !== 'GET' && words.below(2) === 0) all.set('origin', `https://${host}`);
  for (const [name, value] of Object.entries(headers)) all.set(name, value);
  // Browsers send no other characters in a target.
  const head = { method, target: target.replace(/[^!-~]+/g, enc), headers: [...all] };
  if (body === undefined) return head;
  return typeof body === 'string' ? { ...head, body } : { ...head, bodyBase64: body.toString('base64') };
}
