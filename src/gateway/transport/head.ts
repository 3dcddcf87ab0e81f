import { canonicalAuthority } from './authority.ts';
import type { TransportLimits } from './limits.ts';
import type { RefusalReason } from './refusals.ts';

/** A request head as the parser of its protocol version gave it. */
export interface RawHead {
  readonly method: string;
  readonly target: string;
  /** As on the request line; '2' for HTTP/2. */
  readonly httpVersion: string;
  /** Names and values in turn, as received. Pseudo-header fields may be among them and are skipped. */
  readonly rawHeaders: readonly string[];
  readonly scheme: 'https' | 'http';
  /** HTTP/2 only: `:authority` and `:scheme`. */
  readonly pseudo?: { readonly authority: string | undefined; readonly scheme: string | undefined };
}

export type HeadVerdict =
  | {
      readonly ok: true;
      readonly authority: string;
      readonly isUpgrade: boolean;
      readonly expectsContinue: boolean;
    }
  | { readonly ok: false; readonly reason: RefusalReason };

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const refusedMethods = new Set(['TRACE', 'TRACK', 'CONNECT']);
const namePattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const targetPattern = /^[\x21\x22\x24-\x7e]+$/; // visible ASCII without `#`: a fragment is never sent (RFC 9112 section 3.2)
const lengthPattern = /^(?:0|[1-9]\d{0,14})$/;
const webSocketKeyPattern = /^[A-Za-z0-9+/]{21}[AQgw]==$/;

/** Fields with one value only. Two of them have two readers disagree on which counts. */
const singletons = [
  'host',
  'content-length',
  'transfer-encoding',
  'content-type',
  'authorization',
  'origin',
  'expect',
  'upgrade',
  'sec-websocket-key',
  'sec-websocket-version',
] as const;
type Singleton = (typeof singletons)[number];
const singletonSet: ReadonlySet<string> = new Set(singletons);

/** Names that servers built on CGI variables can not tell from their real form. */
const disguised = new Set(singletons.flatMap(name => (name.includes('-') ? [name.replaceAll('-', '_')] : [])));

/** RFC 9113 section 8.2.2. */
const connectionHeaders = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']);
const connectionOptions = new Set(['keep-alive', 'close', 'upgrade', 'te', 'trailer', 'http2-settings', '']);

/**
 * Judges a request head so that what passes has one meaning for every HTTP reader behind (RFC 9112 sections 3, 6 and 11.2, RFC 9113
 * section 8): pure, and stricter than the parsers before it, which have already refused control characters, bare CR and LF, and folding.
 */
export function judgeHead(
  head: RawHead,
  limits: Pick<TransportLimits, 'headerCountMax' | 'targetBytesMax'>,
): HeadVerdict {
  const line = judgeRequestLine(head, limits);
  if (line !== undefined) return refuse(line);
  const fields = readFields(head, limits.headerCountMax);
  if (typeof fields === 'string') return refuse(fields);
  const framing = judgeFraming(head, fields.single);
  if (framing !== undefined) return refuse(framing);
  const authority = judgeAuthority(head, fields.single.get('host'));
  if (!authority.ok) return refuse(authority.reason);
  const expect = fields.single.get('expect');
  if (expect !== undefined && expect.toLowerCase() !== '100-continue') return refuse('expectation_refused');
  const upgrade = judgeUpgrade(head, fields);
  if (typeof upgrade === 'string') return refuse(upgrade);
  return {
    ok: true,
    authority: authority.text,
    isUpgrade: upgrade,
    // RFC 9110 section 10.1.1: an expectation in HTTP/1.0 is ignored.
    expectsContinue: expect !== undefined && head.httpVersion !== '1.0',
  };
}

const refuse = (reason: RefusalReason): HeadVerdict => ({ ok: false, reason });

function judgeRequestLine(head: RawHead, limits: { targetBytesMax: number }): RefusalReason | undefined {
  if (!(head.httpVersion === '1.1' || head.httpVersion === '2' || head.httpVersion === '1.0')) return 'bad_version';
  if (!methods.has(head.method)) return refusedMethods.has(head.method) ? 'method_refused' : 'method_unknown';
  if (head.target.length > limits.targetBytesMax) return 'target_too_long';
  if (!targetPattern.test(head.target)) return 'bad_target';
  if (head.target === '*') return head.method === 'OPTIONS' ? undefined : 'bad_target';
  if (head.target.startsWith('/')) return undefined;
  return head.httpVersion !== '2' && /^https?:\/\//i.test(head.target) ? undefined : 'bad_target';
}

interface Fields {
  readonly single: ReadonlyMap<Singleton, string>;
  readonly options: ReadonlySet<string>;
}

function readFields(head: RawHead, countMax: number): Fields | RefusalReason {
  const { rawHeaders } = head;
  const single = new Map<Singleton, string>();
  let options: ReadonlySet<string> = noOptions;
  let pseudoCount = 0;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    const value = rawHeaders[at + 1] ?? '';
    if (name.startsWith(':') && head.httpVersion === '2') {
      pseudoCount++;
      continue;
    }
    if (at / 2 - pseudoCount >= countMax) return 'too_many_headers';
    if (!namePattern.test(name)) return 'bad_header_name';
    const lower = name.toLowerCase();
    if (head.httpVersion === '2' && connectionHeaders.has(lower)) return 'connection_header_http2';
    if (lower === 'connection') {
      const more = readOptions(value, options);
      if (more === undefined) return 'bad_connection_option';
      options = more;
    } else if (isSingleton(lower)) {
      if (single.has(lower)) return repeated(lower);
      single.set(lower, value);
    } else if (disguised.has(lower)) {
      return 'disguised_header';
    }
  }
  return { single, options };
}

const noOptions: ReadonlySet<string> = new Set();

function isSingleton(name: string): name is Singleton {
  return singletonSet.has(name);
}

function repeated(name: Singleton): RefusalReason {
  if (name === 'content-length') return 'bad_content_length';
  if (name === 'transfer-encoding') return 'bad_transfer_encoding';
  return name === 'host' ? 'repeated_host' : 'repeated_header';
}

/** Only options that concern the connection itself: any other would have a proxy drop an end-to-end field for the asking. */
function readOptions(value: string, before: ReadonlySet<string>): ReadonlySet<string> | undefined {
  const options = new Set(before);
  for (const part of value.split(',')) {
    const option = part.trim().toLowerCase();
    if (!connectionOptions.has(option)) return undefined;
    options.add(option);
  }
  return options;
}

function judgeFraming(head: RawHead, single: ReadonlyMap<Singleton, string>): RefusalReason | undefined {
  const length = single.get('content-length');
  const coding = single.get('transfer-encoding');
  if (length !== undefined && coding !== undefined) return 'both_lengths';
  if (length !== undefined && !lengthPattern.test(length)) return 'bad_content_length';
  if (coding === undefined) return undefined;
  if (head.httpVersion === '1.0') return 'transfer_encoding_http10';
  return coding === 'chunked' ? undefined : 'bad_transfer_encoding';
}

type Authority = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: RefusalReason };

function judgeAuthority(head: RawHead, hostField: string | undefined): Authority {
  const pseudo = head.pseudo?.authority;
  if (head.pseudo !== undefined && head.pseudo.scheme !== head.scheme) return { ok: false, reason: 'scheme_conflict' };
  const given = pseudo ?? hostField;
  if (given === undefined) return { ok: false, reason: 'missing_host' };
  const text = canonicalAuthority(given, head.scheme);
  if (text === undefined) return { ok: false, reason: 'bad_host' };
  if (pseudo !== undefined && hostField !== undefined && canonicalAuthority(hostField, head.scheme) !== text) {
    return { ok: false, reason: 'authority_conflict' };
  }
  if (!head.target.startsWith('/') && head.target !== '*' && !agreesWithTarget(head, text)) {
    return { ok: false, reason: 'authority_conflict' };
  }
  return { ok: true, text };
}

/** RFC 9112 section 3.2.2: an absolute form counts before Host, so the two must be the same. */
function agreesWithTarget(head: RawHead, authority: string): boolean {
  const [scheme, rest] = split(head.target, '://');
  const end = rest.search(/[/?]/);
  const own = canonicalAuthority(end === -1 ? rest : rest.slice(0, end), head.scheme);
  return scheme.toLowerCase() === head.scheme && own === authority;
}

function split(text: string, at: string): [string, string] {
  const index = text.indexOf(at);
  return [text.slice(0, index), text.slice(index + at.length)];
}

/** RFC 6455 section 4.2.1. Any other protocol to switch to is refused, h2c first of all. */
function judgeUpgrade(head: RawHead, fields: Fields): boolean | RefusalReason {
  const { single, options } = fields;
  const protocol = single.get('upgrade');
  if (protocol === undefined) return options.has('upgrade') ? 'bad_upgrade' : false;
  if (protocol.toLowerCase() !== 'websocket' || options.has('http2-settings')) return 'upgrade_refused';
  const isSound =
    head.method === 'GET' &&
    head.httpVersion === '1.1' &&
    options.has('upgrade') &&
    webSocketKeyPattern.test(single.get('sec-websocket-key') ?? '') &&
    single.get('sec-websocket-version') === '13' &&
    !single.has('transfer-encoding') &&
    (single.get('content-length') ?? '0') === '0' &&
    !single.has('expect');
  return isSound ? true : 'bad_upgrade';
}
