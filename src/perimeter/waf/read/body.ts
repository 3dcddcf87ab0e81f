import type { BodyReader, LeafSink, Problem, ReadLimits } from '../waf.ts';
import { type ByteReader, fromBytes, fromCharset } from './byte-reader.ts';
import { type Charset, parseCharset } from './charset.ts';
import { createGraphqlReader } from './graphql.ts';
import { createFormBodyReader, createGuessReader } from './guess.ts';
import { createInflater, parseCodings } from './inflate.ts';
import { createJsonReader } from './json.ts';
import { type MediaType, parseMediaType } from './media-type.ts';
import { createMultipartReader } from './multipart.ts';
import { createRunReader, messageRunCharsMin } from './opaque.ts';
import { problem } from './problem.ts';
import { createTeller, createValue, type Teller } from './teller.ts';
import type { TextReader } from './text-reader.ts';
import { createXmlReader } from './xml.ts';
import { fromXmlEncoding } from './xml-encoding.ts';

/** What is known of a body before it arrives. */
export interface BodyInput {
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly sink: LeafSink;
  readonly limits: ReadLimits;
  /** What is read of the body once its content encoding is off; all when left out. A body that is cut has no proper end to break. */
  readonly cut?: Cut;
  /** Given, a form field `_method` that names another one is ambiguous. */
  readonly method?: string;
}

/** Where reading ends, and who is told of the bytes beyond. */
export interface Cut {
  readonly bytesMax: number;
  readonly onBeyond: (bytes: number) => void;
}

/** Smaller pieces are gathered, so that a body that comes byte by byte costs no more than one that comes at once. */
const gatheredBytes = 16 * 1024;

const jsonTypes = new Set(['application/json', 'text/json', 'application/x-json', 'application/csp-report']);
const sequenceTypes = new Set([
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/x-jsonlines',
  'application/jsonlines',
  'application/json-seq',
  'application/stream+json',
]);
const xmlTypes = new Set(['application/xml', 'text/xml']);
const binaryType =
  /^(?:application\/(?:grpc|x-protobuf|protobuf|vnd\.google\.protobuf|x-msgpack|msgpack|cbor|avro|bson|wasm|zip|gzip|pdf)\b|image\/(?!svg)|audio\/|video\/|font\/)/;

/**
 * A reader for a body of this type, or why there can be none. It tells every name and value that a server may find, refuses what two servers
 * may read differently, answers each call at once, and repeats its first problem.
 */
export function createBodyReader(input: BodyInput): BodyReader | Problem {
  const codings = parseCodings(input.contentEncoding);
  if ('kind' in codings) return codings;
  const type = parseMediaType(input.contentType ?? '');
  if ('kind' in type) return type;
  const teller = createTeller(input.sink, input.limits);
  const reader = createByteReader(teller, type, input.method);
  if ('kind' in reader) return reader;
  const gathering = withCut(createGathering(reader), input.cut);
  return createSticky(codings.length === 0 ? gathering : createInflater(gathering, codings, input.limits));
}

function createByteReader(teller: Teller, type: MediaType, method: string | undefined): ByteReader | Problem {
  const { essence } = type;
  const label = type.parameters.get('charset');
  const charset = label === undefined || label === '' ? undefined : parseCharset(label);
  if (typeof charset === 'object') return charset;
  if (sequenceTypes.has(essence))
    return fromCharset(createJsonReader(teller, { isSequence: true, isGuess: false }), charset);
  if (jsonTypes.has(essence) || essence.endsWith('+json')) {
    return fromCharset(createJsonReader(teller, { isSequence: false, isGuess: false }), charset);
  }
  if (essence === 'application/graphql') return fromCharset(createGraphqlReader(teller), charset);
  if (xmlTypes.has(essence) || essence.endsWith('+xml')) {
    return fromXmlEncoding(createXmlReader(teller, { isGuess: false }), charset);
  }
  if (essence === 'application/x-www-form-urlencoded') {
    if (isWide(charset)) return unsupportedCharset();
    const reader = createFormBodyReader(teller, method);
    return fromBytes(method === 'GET' || method === 'HEAD' ? withoutPairs(reader) : reader);
  }
  if (essence.startsWith('multipart/')) {
    if (isWide(charset)) return unsupportedCharset();
    const boundary = type.parameters.get('boundary');
    const reader = createMultipartReader(teller, { boundary, isFormData: essence === 'multipart/form-data', method });
    return 'kind' in reader ? reader : fromBytes(reader);
  }
  if (binaryType.test(essence)) {
    const place = { zone: 'text', name: '', part: 'value' } as const;
    return fromBytes(createRunReader(teller, { place, runCharsMin: messageRunCharsMin }));
  }
  return guessed(teller, charset, method);
}

function isWide(charset: Charset | undefined): boolean {
  return charset?.startsWith('utf-16') === true;
}

/**
 * RFC 9110 section 9.3.1: what a GET brings has no meaning, and a cache keys without it; some servers take its pairs over those of the
 * query. Other texts pass: searches in JSON are sent so with the type that curl writes.
 */
function withoutPairs(reader: TextReader): TextReader {
  let isFirst = true;
  return {
    write(text) {
      const isForm = isFirst && /^[\w.[\]%-]{1,64}=/.test(text.slice(0, 80));
      isFirst = false;
      return isForm ? problem('ambiguous', 'a form in the body of a GET') : reader.write(text);
    },
    end: () => reader.end(),
  };
}

/** In UTF-16 the separators of these formats are other bytes, and only some servers heed that. */
function unsupportedCharset(): Problem {
  return problem('unsupported', 'UTF-16 in a form');
}

/** Text that is said to be UTF-16 is told as that, and as what those see who do not heed it. */
function guessed(teller: Teller, charset: Charset | undefined, method: string | undefined): ByteReader {
  const plain = fromBytes(createGuessReader(teller, method));
  if (!isWide(charset)) return plain;
  const value = createValue(teller, { zone: 'text', name: '', part: 'value' });
  const wide = fromCharset(
    {
      write(text) {
        value.write(text);
        return teller.problem;
      },
      end() {
        value.end();
        return teller.problem;
      },
    },
    charset,
  );
  return { write: bytes => plain.write(bytes) ?? wide.write(bytes), end: () => plain.end() ?? wide.end() };
}

function createGathering(reader: ByteReader): BodyReader {
  let held: Buffer | undefined;
  let length = 0;
  function flush(): Problem | undefined {
    if (held === undefined || length === 0) return undefined;
    const bytes = held.subarray(0, length);
    length = 0;
    return reader.write(bytes);
  }
  return {
    feed(chunk) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      if (bytes.length + length >= gatheredBytes) return flush() ?? reader.write(bytes);
      held ??= Buffer.allocUnsafe(gatheredBytes);
      bytes.copy(held, length);
      length += bytes.length;
      return undefined;
    },
    end: () => flush() ?? reader.end(),
  };
}

function withCut(reader: BodyReader, cut: Cut | undefined): BodyReader {
  if (cut === undefined) return reader;
  const { bytesMax, onBeyond } = cut;
  let bytes = 0;
  return {
    feed(chunk) {
      const room = Math.max(0, bytesMax - bytes);
      bytes += chunk.length;
      if (chunk.length <= room) return reader.feed(chunk);
      onBeyond(chunk.length - room);
      return room === 0 ? undefined : reader.feed(chunk.subarray(0, room));
    },
    end() {
      // What the reader still held is told by asking for its end.
      const last = reader.end();
      return bytes > bytesMax && last?.kind === 'malformed' ? undefined : last;
    },
  };
}

/** Repeats the first problem, whatever is asked later. */
function createSticky(reader: BodyReader): BodyReader {
  let first: Problem | undefined;
  return {
    feed: chunk => (first ??= reader.feed(chunk)),
    end: () => (first ??= reader.end()),
    *endInSteps() {
      if (first === undefined) first = reader.endInSteps === undefined ? reader.end() : yield* reader.endInSteps();
      return first;
    },
  };
}
