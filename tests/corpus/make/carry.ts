/** Puts a payload somewhere into a plausible request: which place, under which encoding. */
import type { CorpusRequest } from '../corpus.ts';
import type { Chance } from './chance.ts';
import { browserHeaders, hosts } from './senders.ts';

export const carryPlaces = [
  'query',
  'form',
  'json',
  'path',
  'cookie',
  'header',
  'agent',
  'referer',
  'json-nested',
  'json-key',
  'xml',
  'soap',
  'multipart',
  'text',
  'graphql',
] as const;
export type CarryPlace = (typeof carryPlaces)[number];

export const codings = ['plain', 'percent', 'double', 'base64', 'unicode', 'entities'] as const;
export type Coding = (typeof codings)[number];

const lineless: readonly CarryPlace[] = ['header', 'agent', 'referer'];
/** Where an application might plausibly take that encoding off once more. */
const apt: Readonly<Record<Coding, readonly CarryPlace[]>> = {
  plain: carryPlaces,
  percent: ['query', 'form', 'path', 'cookie', 'referer'],
  double: ['query', 'form', 'path', 'cookie', 'referer'],
  base64: ['query', 'form', 'json', 'cookie', 'header', 'json-nested', 'xml', 'multipart'],
  unicode: ['query', 'json', 'json-nested', 'json-key', 'cookie', 'form'],
  entities: ['query', 'form', 'json', 'xml', 'soap', 'multipart'],
};

/** Whether an application might decode this, and HTTP can carry it. */
export function canCarry(payload: string, place: CarryPlace, coding: Coding): boolean {
  if (!apt[coding].includes(place)) return false;
  if (coding === 'base64') return payload.length >= 6;
  const isRaw = place === 'agent' || place === 'header' || (place === 'referer' && coding === 'plain');
  // eslint-disable-next-line no-control-regex -- exactly these can not stand in a header
  if (isRaw && /[^\x20-\x7e]/.test(payload)) return false;
  // A NUL can not stand in XML, and no user agent wants it as text.
  return !(payload.includes('\0') && ['xml', 'soap', 'text', ...lineless].includes(place));
}

const percentAll = (text: string): string =>
  [...Buffer.from(text)].map(byte => `%${byte.toString(16).padStart(2, '0')}`).join('');
const unicode = (text: string): string =>
  Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');
const entities = (text: string): string =>
  Array.from(text)
    .map((char, at) => (at % 2 === 0 ? `&#${char.codePointAt(0)};` : `&#x${char.codePointAt(0)?.toString(16)};`))
    .join('');
const xmlEscape = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
/** As a browser's form or a careful script encodes. */
const formEncode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

function coded(payload: string, coding: Coding): string {
  if (coding === 'base64') return Buffer.from(payload).toString('base64');
  if (coding === 'unicode') return unicode(payload);
  if (coding === 'entities') return entities(payload);
  return coding === 'double' ? formEncode(payload) : payload;
}

export interface Carried {
  readonly payload: string;
  readonly place: CarryPlace;
  readonly coding: Coding;
  /** Names that fields have which such attacks aim at. */
  readonly fields: readonly string[];
  /** The start of the path: `/webhook/7c0e…` for a platform; chosen when left out. */
  readonly base?: string;
}

const bases = [
  '/search',
  '/api/items',
  '/products/list',
  '/account/profile',
  '/index.php',
  '/v1/orders',
  '/report.aspx',
  '/blog/post',
];

/** The request that carries it. */
export function carry(what: Carried, chance: Chance): CorpusRequest {
  const { payload, place, coding } = what;
  const base = what.base ?? chance.pick(bases);
  const field = chance.pick(what.fields);
  const text = coded(payload, coding);
  const url = (value: string): string => (coding === 'percent' ? percentAll(value) : formEncode(value));
  const headers: [string, string][] = [...browserHeaders(chance.pick(hosts), chance)];
  const set = (name: string, value: string): void => {
    const at = headers.findIndex(([known]) => known === name);
    if (at >= 0) headers[at] = [name, value];
    else headers.push([name, value]);
  };
  const get = (target: string): CorpusRequest => ({ method: 'GET', target, headers });
  const post = (type: string, body: string): CorpusRequest => {
    set('content-type', type);
    return { method: 'POST', target: base, headers, body };
  };
  switch (place) {
    case 'query':
      return get(
        `${base}?${chance.pick(['page=1&', '', 'lang=en&', 't=1718000000&'])}${field}=${url(text)}${chance.pick(['', '&sort=asc'])}`,
      );
    case 'path':
      return get(`${base}/${url(text)}`);
    case 'cookie':
      set(
        'cookie',
        `sid=${chance.hex(24)}; ${field}=${coding === 'plain' && /^[!#-+\--:<-[\]-~]*$/.test(text) ? text : url(text)}; theme=dark`,
      );
      return get(base);
    case 'header':
      set(chance.pick(['x-api-version', 'x-forwarded-for', 'x-request-source', 'x-client-name', 'x-tenant']), text);
      return get(base);
    case 'agent':
      set('user-agent', chance.pick([text, `Mozilla/5.0 ${text}`]));
      return get(base);
    case 'referer':
      set('referer', coding === 'plain' ? text : `https://www.example.org/?q=${url(text)}`);
      return get(base);
    case 'text':
      return post('text/plain; charset=utf-8', text);
    case 'form':
    case 'json':
    case 'json-nested':
    case 'json-key':
    case 'xml':
    case 'soap':
    case 'multipart':
    case 'graphql':
      return post(...body(place, { text, field, coding, url }, chance));
    default:
      return place satisfies never;
  }
}

interface BodyParts {
  readonly text: string;
  readonly field: string;
  readonly coding: Coding;
  readonly url: (value: string) => string;
}

function body(
  place: Exclude<CarryPlace, 'query' | 'path' | 'cookie' | 'header' | 'agent' | 'referer' | 'text'>,
  parts: BodyParts,
  chance: Chance,
): [string, string] {
  const { text, field, coding, url } = parts;
  // With `unicode` the JSON escapes are the transport's own.
  const quoted = coding === 'unicode' ? `"${text}"` : JSON.stringify(text);
  switch (place) {
    case 'form':
      return ['application/x-www-form-urlencoded', `csrf=${chance.hex(16)}&${field}=${url(text)}&submit=Save`];
    case 'json':
      return ['application/json', `{"id":${chance.below(999)},"${field}":${quoted},"active":true}`];
    case 'json-nested':
      return [
        'application/json',
        `{"data":{"items":[{"type":"row","attributes":{"${field}":${quoted}}}],"meta":{"v":2}}}`,
      ];
    case 'json-key':
      return ['application/json', `{"filter":{${quoted}:1},"page":1}`];
    case 'xml':
      return [
        'application/xml',
        `<?xml version="1.0" encoding="UTF-8"?>\n<request><${field}>${coding === 'entities' ? text : xmlEscape(text)}</${field}><page>1</page></request>`,
      ];
    case 'soap':
      return [
        'text/xml; charset=utf-8',
        `<?xml version="1.0"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><m:Get xmlns:m="urn:example"><m:${field}>${coding === 'entities' ? text : xmlEscape(text)}</m:${field}></m:Get></soap:Body></soap:Envelope>`,
      ];
    case 'multipart': {
      const boundary = `----WebKitFormBoundary${chance.word(16)}`;
      return [
        `multipart/form-data; boundary=${boundary}`,
        `--${boundary}\r\nContent-Disposition: form-data; name="${field}"\r\n\r\n${text}\r\n--${boundary}\r\nContent-Disposition: form-data; name="go"\r\n\r\n1\r\n--${boundary}--\r\n`,
      ];
    }
    case 'graphql':
      return [
        'application/json',
        JSON.stringify({ query: `query Find { find(${field}: ${JSON.stringify(text)}) { id name } }`, variables: {} }),
      ];
    default:
      return place satisfies never;
  }
}
