import type { Exchange } from '../exchange.ts';
import { headerOf } from '../exchange.ts';
import type { Operation } from './operations.ts';
import { judgeParameter, typed } from './parameters.ts';
import type { Judge, Violation } from './schemas.ts';
import { violationsMax } from './schemas.ts';

/** Longest body that is judged by a schema. */
export const judgedBytesMax = 1024 * 1024;
const depthMax = 100;
const pairsMax = 1000;

export interface RequestFacts {
  readonly operation: Operation;
  readonly pathValues: ReadonlyMap<string, string>;
  /** False where no body will come. */
  readonly hasBody: boolean;
}

/** What of the head does not fit: parameters, and whether and as what a body comes. */
export function judgeHead(exchange: Exchange, { hasBody, operation, pathValues }: RequestFacts): Violation[] {
  const query = pairsOf(exchange.request?.query ?? '');
  if (query === undefined) return [{ in: 'query', at: '', keyword: 'encoding' }];
  const cookies = cookiesOf(headerOf(exchange, 'cookie') ?? '');
  const found = operation.parameters.flatMap(parameter => {
    const { in: place, name } = parameter;
    if (place === 'path') {
      const value = decoded(pathValues.get(name) ?? '');
      return value === undefined
        ? [{ in: place, at: name, keyword: 'encoding' } as const]
        : judgeParameter(parameter, [value]);
    }
    if (place === 'header') {
      const value = headerOf(exchange, name);
      return judgeParameter(parameter, value === undefined ? [] : [value]);
    }
    return judgeParameter(parameter, (place === 'query' ? query : cookies).get(name) ?? []);
  });
  return [...found, ...judgeBodyHead(exchange, operation, hasBody)].slice(0, violationsMax);
}

function judgeBodyHead(exchange: Exchange, { body }: Operation, hasBody: boolean): Violation[] {
  const say = (keyword: string): Violation[] => [{ in: 'body', at: '', keyword }];
  if (!hasBody) return body?.isRequired === true ? say('required') : [];
  if (body === undefined) return say('unexpected');
  const encoding = headerOf(exchange, 'content-encoding');
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') return say('contentEncoding');
  return contentOf(exchange, body.content) === undefined ? say('contentType') : [];
}

/** The entry of the description for the type of this body; a range (`text/*`) only where no exact one fits. */
export function contentOf(
  exchange: Exchange,
  content: NonNullable<Operation['body']>['content'],
): { readonly type: string; readonly judge: Judge | undefined } | undefined {
  const given = headerOf(exchange, 'content-type') ?? '';
  const [essence = '', ...parameters] = given.toLowerCase().split(';');
  const type = essence.trim();
  // Two types in one header, or a charset that would be read otherwise behind the gate.
  if (type === '' || given.includes(',')) return undefined;
  const charset = parameters.map(one => one.trim()).find(one => one.startsWith('charset='));
  if (charset !== undefined && !/^charset="?(?:utf-8|us-ascii)"?$/.test(charset)) return undefined;
  const range = `${type.slice(0, type.indexOf('/'))}/*`;
  const found = [type, range, '*/*']
    .map(one => content.find(entry => entry.type === one))
    .find(one => one !== undefined);
  return found === undefined ? undefined : { type, judge: found.judge };
}

/** What of a whole body does not fit. Types that are neither JSON nor a form are judged by their type alone. */
export function judgeBody(bytes: Buffer, { judge, type }: { type: string; judge: Judge | undefined }): Violation[] {
  const say = (keyword: string): Violation[] => [{ in: 'body', at: '', keyword }];
  if (judge === undefined) return [];
  const isJson = type === 'application/json' || type.endsWith('+json');
  const isForm = type === 'application/x-www-form-urlencoded';
  if (!isJson && !isForm) return [];
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return say('encoding');
  }
  if (isForm) return judgeForm(text, judge);
  const { depth, members } = measure(text);
  if (depth > depthMax) return say('depth');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return say('json');
  }
  // A name given twice: parsers differ in which of the two counts (RFC 8259 section 4).
  if (membersOf(value) !== members) return say('duplicate');
  return judge(value).map(one => ({ in: 'body', ...one }));
}

/** Each name as text, and as number or truth value where that fits better: a form has no types of its own. */
function judgeForm(text: string, judge: Judge): Violation[] {
  const pairs = pairsOf(text);
  if (pairs === undefined) return [{ in: 'body', at: '', keyword: 'encoding' }];
  const plain = Object.fromEntries([...pairs].map(([name, all]) => [name, all.length === 1 ? all[0] : all]));
  const asText = judge(plain);
  if (asText.length === 0) return [];
  const off = new Set(asText.filter(one => one.keyword === 'type').map(one => one.at.split('/')[1]));
  const types = ['number', 'boolean'];
  const guessed = Object.fromEntries(
    [...pairs].map(([name, all]) => {
      const values = off.has(name) ? all.map(one => typed(one, types)) : all;
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
  return judge(guessed).map(one => ({ in: 'body', ...one }));
}

/** Brackets outside strings, at their deepest, and colons: one for each member of an object. */
function measure(text: string): { depth: number; members: number } {
  let [depth, deepest, members, inText] = [0, 0, 0, false];
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (inText) {
      if (char === 0x5c) at++;
      else if (char === 0x22) inText = false;
    } else if (char === 0x22) inText = true;
    else if (char === 0x3a) members++;
    else if (char === 0x5b || char === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (char === 0x5d || char === 0x7d) depth--;
  }
  return { depth: deepest, members };
}

/** Members of all objects in a value whose depth is known to be bounded. */
function membersOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inner = Object.values(value).reduce((sum: number, one: unknown) => sum + membersOf(one), 0);
  return Array.isArray(value) ? inner : inner + Object.keys(value).length;
}

/** Undefined for escapes that are none, and for more than may be. */
function pairsOf(text: string): Map<string, string[]> | undefined {
  const pairs = new Map<string, string[]>();
  if (text === '') return pairs;
  const parts = text.split('&');
  if (parts.length > pairsMax) return undefined;
  for (const part of parts) {
    const equals = part.indexOf('=');
    const name = decoded((equals === -1 ? part : part.slice(0, equals)).replaceAll('+', ' '));
    const value = decoded((equals === -1 ? '' : part.slice(equals + 1)).replaceAll('+', ' '));
    if (name === undefined || value === undefined || name === '__proto__') return undefined;
    pairs.set(name, [...(pairs.get(name) ?? []), value]);
  }
  return pairs;
}

function cookiesOf(header: string): Map<string, string[]> {
  const pairs = new Map<string, string[]>();
  for (const part of header.split(';')) {
    const equals = part.indexOf('=');
    if (equals === -1) continue;
    const name = part.slice(0, equals).trim();
    pairs.set(name, [...(pairs.get(name) ?? []), part.slice(equals + 1).trim()]);
  }
  return pairs;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
