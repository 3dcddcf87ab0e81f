import type { LeafSink, Place, Problem, ReadLimits } from '../waf.ts';
import { readCookies } from './cookies.ts';
import { placeNameCharsMax } from './field.ts';
import { isDisguisedName } from './field-forms.ts';
import { hasManyPairs, judgeForm } from './head-form.ts';
import { isOverride } from './override.ts';
import { createPairs } from './pairs.ts';
import { bytesReadings, hasHigh, percentReadings } from './percent.ts';
import { problem } from './problem.ts';
import { createTeller, type Teller } from './teller.ts';

/** A request's head as it will be forwarded. */
export interface HeadInput {
  readonly method: string;
  /** Canonical, with its percent escapes still in. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Judged by their own grammar elsewhere, or not sent on. */
const judgedElsewhere = new Set([
  // RFC 9113 section 8.3.1: the method, path and query that are judged already, and the host.
  ':method',
  ':scheme',
  ':authority',
  ':path',
  ':protocol',
  'host',
  'content-length',
  'connection',
  'transfer-encoding',
  'keep-alive',
  'upgrade',
  'te',
  'trailer',
  'expect',
]);
/** Made by the client's own machinery: not looked at as long as they hold no more than that writes. */
const machineMade = new Set([
  'accept-encoding',
  'date',
  'dnt',
  'priority',
  'upgrade-insecure-requests',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
  'if-range',
]);
const machinePrefix = /^sec-(?:ch-|fetch-|gpc$|purpose$|websocket-)/;
const machineText = /^[\w\t "/=.,:;()?*+~@!#^-]*$/;
const overrides = new Set(['x-http-method-override', 'x-method-override', 'x-http-method', 'x-original-method']);
/** Names that say nothing; other ones are the sender's words too. */
const plainName = /^[a-z0-9-]+$/;
const plainSegment = /^[\w.~-]*$/;
const browserWord = 'Mozilla/5.0 ';
const uriBeginning = /^(?:https?|android-app|ios-app|about|chrome-extension|moz-extension):/i;

/**
 * Tells every name and value of a request head; a header that changes the method is ambiguous, since this gate has judged the request line.
 * Costs a few microseconds: what holds no escape is passed on as it is.
 */
export function readHead(head: HeadInput, sink: LeafSink, limits: ReadLimits): Problem | undefined {
  judgeForm(head, sink);
  if (hasManyPairs(head.query)) return problem('too_many', 'more parameters than servers read');
  const teller = createTeller(sink, limits);
  readPath(teller, head.path);
  if (head.query !== '') {
    const pairs = createPairs(teller, { zone: 'query', isBytes: true, method: head.method });
    const refusal = pairs.all(head.query) ?? pairs.end();
    if (refusal !== undefined) return refusal;
  }
  return readHeaders(teller, head, sink) ?? teller.problem;
}

/** The whole path, then each segment that is more than a plain word, then the parameters of segments. */
function readPath(teller: Teller, path: string): void {
  const place: Place = { zone: 'path', name: '', part: 'value' };
  const how = { isForm: false, isBytes: true };
  for (const reading of percentReadings(path, how)) teller.tell(place, reading);
  if (plainSegment.test(path.replaceAll('/', ''))) return;
  for (const segment of path.split('/')) {
    if (plainSegment.test(segment)) continue;
    const [bare = '', ...parameters] = segment.split(';');
    for (const reading of percentReadings(bare, how)) teller.tell(place, reading);
    for (const parameter of parameters) {
      const equals = parameter.indexOf('=');
      const name = percentReadings(equals < 0 ? parameter : parameter.slice(0, equals), how)[0] ?? '';
      const at: Place = { zone: 'path', name: name.slice(0, placeNameCharsMax), part: 'value' };
      teller.tell({ ...at, part: 'name' }, name);
      if (equals < 0) continue;
      for (const reading of percentReadings(parameter.slice(equals + 1), how)) teller.tell(at, reading);
    }
  }
}

function readHeaders(teller: Teller, head: HeadInput, sink: LeafSink): Problem | undefined {
  for (const name in head.headers) {
    const given = head.headers[name];
    if (given === undefined || judgedElsewhere.has(name)) continue;
    const value = typeof given === 'string' ? given : given.join(name === 'cookie' ? '; ' : ', ');
    if ((machineMade.has(name) || machinePrefix.test(name)) && machineText.test(value)) continue;
    if (!plainName.test(name)) {
      const place: Place = { zone: 'header', name: name.slice(0, placeNameCharsMax), part: 'name' };
      if (isDisguisedName(name)) sink.found?.('protocol.disguised', place, name);
      teller.tell(place, name);
    }
    const refusal = readHeader(teller, name, value);
    if (refusal !== undefined) return refusal;
    if (overrides.has(name) && isOverride(head.method, value)) {
      return problem('ambiguous', `the header "${name}" names another method than the request`);
    }
  }
  return undefined;
}

function readHeader(teller: Teller, name: string, value: string): Problem | undefined {
  if (name === 'cookie') {
    readCookies(teller, value);
    return undefined;
  }
  if (name === 'referer') return readReferer(teller, value);
  const place: Place = { zone: 'header', name: name.slice(0, placeNameCharsMax), part: 'value' };
  if (name === 'authorization' || name === 'proxy-authorization') {
    const basic = /^basic[ \t]+(.*)$/i.exec(value);
    if (basic !== null) return readBasic(teller, place, (basic[1] ?? '').trim());
  }
  if (hasHigh(value)) for (const reading of new Set([value, ...bytesReadings(value)])) teller.tell(place, reading);
  else teller.tell(place, value);
  // A browser goes on with a bracket; what tools write behind its first word is a value of its own.
  if (
    name === 'user-agent' &&
    value.startsWith(browserWord) &&
    !/^\(\w/.test(value.slice(browserWord.length, browserWord.length + 2))
  )
    teller.tell(place, value.slice(browserWord.length));
  return undefined;
}

/** The page a link was on: its path and its query are judged as they were on the way there. */
function readReferer(teller: Teller, value: string): Problem | undefined {
  const place: Place = { zone: 'header', name: 'referer', part: 'value' };
  const question = value.indexOf('?');
  if (question < 0 || !uriBeginning.test(value)) {
    for (const reading of percentReadings(value, { isForm: false, isBytes: true })) teller.tell(place, reading);
    return undefined;
  }
  for (const reading of percentReadings(value.slice(0, question), { isForm: false, isBytes: true })) {
    teller.tell(place, reading);
  }
  const hash = value.indexOf('#', question);
  const pairs = createPairs(teller, { zone: 'header', prefix: 'referer?', isBytes: true });
  const refusal = pairs.all(value.slice(question + 1, hash < 0 ? undefined : hash)) ?? pairs.end();
  if (refusal !== undefined || hash < 0) return refusal;
  for (const reading of percentReadings(value.slice(hash), { isForm: false, isBytes: true }))
    teller.tell(place, reading);
  return undefined;
}

/** RFC 7617 section 2. */
function readBasic(teller: Teller, place: Place, credentials: string): Problem | undefined {
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(credentials)) {
    return problem('malformed', 'Basic credentials that are not Base64', place);
  }
  const bytes = Buffer.from(credentials, 'base64').toString('latin1');
  const colon = bytes.indexOf(':');
  for (const piece of colon < 0 ? [bytes] : [bytes.slice(0, colon), bytes.slice(colon + 1)]) {
    for (const reading of bytesReadings(piece)) teller.tell(place, reading);
  }
  return undefined;
}
