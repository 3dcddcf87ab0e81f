import type { BodySink } from './body/body.ts';
import { processorFor, readBody } from './body/body.ts';
import { readCookies, readForm } from './body/form.ts';
import type { BodyProcessor } from './rule.ts';
import type { Entry, SecAnswer, SecTransaction } from './transaction.ts';
import { toBytes } from './transaction.ts';
import { urlDecode } from './transform/url.ts';
import type { Variable } from './variables.ts';

/** Counts above which a request is not judged but refused. */
export interface StoreLimits {
  readonly argumentsMax: number;
}

/** The values of a transaction, by variable. What rules write is kept apart, in `Written`. */
export interface Store {
  all(variable: Variable): readonly Entry[];
  /** Reads the body by its content type or by what a rule chose; a fault when it breaks its format or holds too much. */
  readBody(body: string, chosen: BodyProcessor | undefined, isForced: boolean): void;
  answer(answer: SecAnswer): void;
  answerBody(body: string): void;
  readonly bodyProcessor: BodyProcessor | undefined;
  readonly fault: string | undefined;
}

type Values = Map<Variable, Entry[]>;
const none: readonly Entry[] = [];

/** Lays out what is known when the header has been read. */
export function createStore(transaction: SecTransaction, limits: StoreLimits): Store {
  const values: Values = new Map();
  const left = { count: limits.argumentsMax };
  let fault: string | undefined;
  let bodyProcessor: BodyProcessor | undefined;
  readLine(values, transaction);
  const headers = transaction.headers.map(([name, value]) => [toBytes(name), toBytes(value)] as const);
  addHeaders(values, 'REQUEST_HEADERS', 'REQUEST_HEADERS_NAMES', headers);
  const contentType = valueOf(headers, 'content-type');
  for (const [name, value] of headers) {
    if (name.toLowerCase() !== 'cookie') continue;
    const isRead = readCookies(value, (key, value) => {
      add(values, 'REQUEST_COOKIES', key, value);
      add(values, 'REQUEST_COOKIES_NAMES', key, key);
      return --left.count >= 0;
    });
    if (!isRead) fault = 'too many cookies';
  }
  const query = queryOf(toBytes(transaction.target));
  if (!readForm(query, argumentTaker(values, left, 'GET'))) fault = 'too many arguments';
  setCombinedSizes(values);
  set(values, 'REQBODY_ERROR', fault === undefined ? '0' : '1');
  set(values, 'REQBODY_ERROR_MSG', fault ?? '');
  set(values, 'REQBODY_PROCESSOR', processorFor(contentType) ?? '');

  return {
    get bodyProcessor() {
      return bodyProcessor;
    },
    get fault() {
      return fault;
    },
    all: variable => values.get(variable) ?? none,
    readBody(body, chosen, isForced) {
      const processor = chosen ?? processorFor(contentType);
      set(values, 'REQUEST_BODY_LENGTH', String(body.length));
      set(values, 'REQBODY_PROCESSOR', processor ?? '');
      bodyProcessor = processor;
      if (body === '') return;
      if (processor === 'URLENCODED' || isForced) set(values, 'REQUEST_BODY', body);
      if (processor !== undefined) fault ??= readBody(processor, body, contentType, bodySink(values, left));
      setCombinedSizes(values);
      set(values, 'REQBODY_ERROR', fault === undefined ? '0' : '1');
      set(values, 'REQBODY_ERROR_MSG', fault ?? '');
    },
    answer(answer) {
      const headers = answer.headers.map(([name, value]) => [toBytes(name), toBytes(value)] as const);
      addHeaders(values, 'RESPONSE_HEADERS', 'RESPONSE_HEADERS_NAMES', headers);
      set(values, 'RESPONSE_STATUS', String(answer.status));
      set(values, 'RESPONSE_PROTOCOL', answer.protocol);
      set(values, 'RESPONSE_CONTENT_TYPE', valueOf(headers, 'content-type'));
      set(values, 'RESPONSE_CONTENT_LENGTH', valueOf(headers, 'content-length'));
    },
    answerBody: body => set(values, 'RESPONSE_BODY', body),
  };
}

function add(values: Values, variable: Variable, key: string, value: string): void {
  const entry = { variable, key, value };
  const list = values.get(variable);
  if (list === undefined) values.set(variable, [entry]);
  else list.push(entry);
}

function set(values: Values, variable: Variable, value: string): void {
  values.set(variable, [{ variable, key: '', value }]);
}

type Headers = readonly (readonly [string, string])[];

function valueOf(headers: Headers, wanted: string): string {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? '';
}

function addHeaders(values: Values, variable: Variable, names: Variable, headers: Headers): void {
  for (const [name, value] of headers) {
    add(values, variable, name, value);
    add(values, names, name, name);
  }
}

function queryOf(target: string): string {
  const mark = target.indexOf('?');
  if (mark < 0) return '';
  const hash = target.indexOf('#', mark);
  return target.slice(mark + 1, hash < 0 ? target.length : hash);
}

function readLine(values: Values, transaction: SecTransaction): void {
  const target = toBytes(transaction.target);
  const method = toBytes(transaction.method);
  // The variable without scheme and host, which only proxies are asked for.
  const local = target.replace(/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]*/, '');
  const path = urlDecode(local.slice(0, local.search(/[?#]|$/)).replaceAll('+', '%2b'));
  set(values, 'REQUEST_METHOD', method);
  set(values, 'REQUEST_PROTOCOL', transaction.protocol);
  set(values, 'REQUEST_LINE', `${method} ${target} ${transaction.protocol}`);
  set(values, 'REQUEST_URI_RAW', target);
  set(values, 'REQUEST_URI', local);
  set(values, 'REQUEST_FILENAME', path);
  set(values, 'PATH_INFO', path);
  set(values, 'REQUEST_BASENAME', path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1));
  set(values, 'QUERY_STRING', queryOf(target));
  set(values, 'REMOTE_ADDR', transaction.clientIp);
  set(values, 'UNIQUE_ID', transaction.id);
  set(values, 'TIME_EPOCH', String(Math.floor(transaction.at / 1000)));
  set(values, 'TIME', new Date(transaction.at).toISOString().slice(11, 19));
  set(values, 'DURATION', String(transaction.at % 1000).padStart(3, '0'));
}

type Taker = (name: string, value: string) => boolean;

function argumentTaker(values: Values, left: { count: number }, origin: 'GET' | 'POST'): Taker {
  return (name, value) => {
    if (--left.count < 0) return false;
    add(values, 'ARGS', name, value);
    add(values, 'ARGS_NAMES', name, name);
    add(values, origin === 'GET' ? 'ARGS_GET' : 'ARGS_POST', name, value);
    add(values, origin === 'GET' ? 'ARGS_GET_NAMES' : 'ARGS_POST_NAMES', name, name);
    return true;
  };
}

function bodySink(values: Values, left: { count: number }): BodySink {
  return {
    argument: argumentTaker(values, left, 'POST'),
    file(name, filename, size) {
      add(values, 'FILES', name, filename);
      add(values, 'FILES_NAMES', name, name);
      add(values, 'FILES_SIZES', name, String(size));
      add(values, 'MULTIPART_FILENAME', name, filename);
      add(values, 'MULTIPART_NAME', name, name);
      return --left.count >= 0;
    },
    partHeader(part, line) {
      add(values, 'MULTIPART_PART_HEADERS', part, line);
      return --left.count >= 0;
    },
    xml(text, attributes) {
      add(values, 'XML', '/*', text);
      for (const value of attributes) add(values, 'XML', '//@*', value);
      left.count -= attributes.length;
      return left.count >= 0;
    },
  };
}

function setCombinedSizes(values: Values): void {
  let size = 0;
  for (const { key, value } of values.get('ARGS') ?? []) size += key.length + value.length;
  set(values, 'ARGS_COMBINED_SIZE', String(size));
  let files = 0;
  for (const { value } of values.get('FILES_SIZES') ?? []) files += Number(value);
  set(values, 'FILES_COMBINED_SIZE', String(files));
}
