/** From payload seeds to requests: which classes there are, where such attacks go, and how many of each. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { CorpusEntry, CorpusPart, CorpusRequest } from '../corpus.ts';
import { type CarryPlace, type Coding, canCarry, carry, carryPlaces } from './carry.ts';
import { type Chance, chanceFrom } from './chance.ts';
import type { PartMaker } from './maker.ts';
import { makerFolder } from './parts.ts';
import { type Payload, readSeeds } from './seeds.ts';

/** An attack that is a whole request, not a value somewhere. */
export interface Whole {
  readonly class: string;
  readonly technique: string;
  readonly site: CorpusEntry['site'];
  readonly who: CorpusEntry['who'];
  readonly request: CorpusRequest;
}

interface Aim {
  readonly class: string;
  readonly fields: readonly string[];
  readonly places: readonly CarryPlace[];
  readonly perLine: number;
}

const without = (...left: CarryPlace[]): CarryPlace[] => carryPlaces.filter(place => !left.includes(place));
const inBodies = without('path', 'agent', 'referer', 'header', 'json-key', 'cookie', 'text');

/** Where each class aims: fields that such holes were found in, places where the value reaches the interpreter. */
const aims: readonly Aim[] = [
  { class: 'sqli', fields: ['id', 'q', 'user', 'category', 'sort', 'email'], places: carryPlaces, perLine: 14 },
  {
    class: 'nosqli',
    fields: ['user', 'filter', 'where', 'search'],
    places: without('agent', 'referer', 'json-key', 'path', 'text'),
    perLine: 12,
  },
  {
    class: 'ldap',
    fields: ['user', 'uid', 'cn', 'search', 'group'],
    places: without('agent', 'referer', 'json-key', 'text'),
    perLine: 14,
  },
  {
    class: 'xpath',
    fields: ['name', 'id', 'node', 'q', 'user'],
    places: without('agent', 'referer', 'json-key', 'text'),
    perLine: 14,
  },
  { class: 'xss', fields: ['q', 'comment', 'name', 'message', 'title', 'url'], places: carryPlaces, perLine: 12 },
  { class: 'shell', fields: ['host', 'ip', 'cmd', 'file', 'domain', 'name'], places: carryPlaces, perLine: 16 },
  { class: 'code', fields: ['expr', 'code', 'callback', 'data', 'template', 'sort'], places: carryPlaces, perLine: 12 },
  { class: 'template', fields: ['name', 'template', 'subject', 'message', 'lang'], places: carryPlaces, perLine: 14 },
  {
    class: 'traversal',
    fields: ['file', 'path', 'page', 'template', 'download', 'lang'],
    places: without('agent', 'referer', 'json-key', 'text'),
    perLine: 24,
  },
  {
    class: 'ssrf',
    fields: ['url', 'uri', 'target', 'webhook', 'image', 'callback', 'feed'],
    places: inBodies,
    perLine: 30,
  },
  { class: 'lookup', fields: ['user', 'q', 'name', 'client'], places: carryPlaces, perLine: 24 },
  {
    class: 'deserialisation',
    fields: ['data', 'state', 'session', 'object', 'payload'],
    places: without('agent', 'referer', 'json-key', 'path'),
    perLine: 12,
  },
  {
    class: 'mail',
    fields: ['email', 'subject', 'from', 'name', 'to'],
    places: without('path', 'agent', 'referer', 'header', 'json-key', 'cookie', 'text'),
    perLine: 24,
  },
  {
    class: 'header',
    fields: ['url', 'lang', 'redirect', 'next', 'page'],
    places: ['query', 'form', 'path', 'cookie', 'referer', 'json', 'multipart'],
    perLine: 24,
  },
  { class: 'shellshock', fields: ['x'], places: ['header', 'agent', 'referer', 'cookie', 'query'], perLine: 24 },
];

/** One in how many requests goes to a webhook or chat of a platform instead of a generic site. */
const platformEvery = 7;
/** Classes whose payloads are nothing odd in a question to a chat. */
const chatless: ReadonlySet<string> = new Set(['ssrf', 'mail', 'header', 'ldap', 'xpath']);
const perPayload = 3;
const perClassMax = 420;
const codingWheel: readonly Coding[] = [
  'plain',
  'percent',
  'plain',
  'base64',
  'plain',
  'double',
  'plain',
  'unicode',
  'plain',
  'entities',
];
const typicalPlaces: readonly CarryPlace[] = ['query', 'form', 'json', 'query', 'multipart', 'json-nested'];

/** All attacks of one part. Payloads of the classes in `aims` come from `attacks/<class>.txt`; the rest are whole requests. */
export function makeAttacks(part: CorpusPart, { seed, wholes }: PartMaker): CorpusEntry[] {
  const entries: CorpusEntry[] = [];
  const taken = new Set<string>();
  const add = (whole: Whole, note: string): void => {
    const digest = createHash('sha256').update(JSON.stringify(whole.request)).digest('hex').slice(0, 16);
    const id = `${whole.class}-${digest}`;
    if (taken.has(id)) return;
    taken.add(id);
    entries.push({
      id,
      class: whole.class,
      kind: 'attack',
      site: whole.site,
      who: whole.who,
      request: whole.request,
      note,
    });
  };
  for (const aim of aims) {
    const chance = chanceFrom(`attacks ${seed} ${aim.class}`);
    const file = path.join(makerFolder(part), 'attacks', `${aim.class}.txt`);
    if (!existsSync(file)) continue;
    const payloads = readSeeds(file, aim.perLine, chance);
    for (const { whole, note } of spread(aim, payloads, chance)) add(whole, note);
  }
  for (const whole of wholes(chanceFrom(`wholes ${seed}`))) add(whole, whole.technique);
  return entries;
}

/** Turns the wheels of places and encodings, so that every pair of them is met; every third goes where such attacks go most. */
function* spread(aim: Aim, payloads: readonly Payload[], chance: Chance): Generator<{ whole: Whole; note: string }> {
  const rounds = Math.min(perPayload * 3, Math.max(1, Math.round(perClassMax / payloads.length)));
  let turn = chance.below(100);
  for (let round = 0; round < rounds; round++) {
    for (const { technique, text } of payloads) {
      turn++;
      const typical = typicalPlaces[turn % typicalPlaces.length] ?? 'query';
      const coding = codingWheel[(turn * 3 + round) % codingWheel.length] ?? 'plain';
      const wheel =
        turn % 3 === 0 && aim.places.includes(typical)
          ? [typical]
          : aim.places.filter(place => canCarry(text, place, coding));
      const place = wheel[(turn * 7 + round) % Math.max(1, wheel.length)];
      if (place === undefined || !canCarry(text, place, coding)) continue;
      const site =
        turn % platformEvery === 0
          ? chance.pick(chatless.has(aim.class) ? (['n8n'] as const) : (['n8n', 'flowise'] as const))
          : 'generic';
      const base =
        site === 'generic'
          ? {}
          : { base: site === 'n8n' ? `/webhook/${chance.uuid()}` : `/api/v1/prediction/${chance.uuid()}` };
      const fields = site === 'flowise' ? ['question', 'chatId'] : aim.fields;
      const request = carry({ payload: text, place, coding, fields, ...base }, chance);
      yield {
        whole: { class: aim.class, technique, site, who: 'visitor', request },
        note: `${technique} · ${place} · ${coding}`,
      };
    }
  }
}
