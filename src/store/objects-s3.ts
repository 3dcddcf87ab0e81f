import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AwsV4Signer } from 'aws4fetch';
import type { Clock } from '../core/clock.ts';
import { SallyportError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Secret } from '../core/secret.ts';
import {
  isObjectName,
  objectBytesMax,
  objectExists,
  objectNotFound,
  requireListing,
  requireObjectName,
  requireObjectSize,
} from './object-names.ts';
import { readS3ErrorCode, readS3Page } from './s3-xml.ts';
import type { Objects } from './store.ts';

/** What signs the requests. */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  readonly sessionToken?: Secret;
}

/** Where the objects are. */
export interface S3Settings {
  /** The address of the bucket itself, in either style: `https://bucket.s3.eu-central-1.amazonaws.com/` or `https://host/bucket/`. */
  readonly bucketUrl: string;
  readonly region: string;
  /** Goes before every name: `sallyport/`. */
  readonly prefix?: string;
}

interface Deps {
  readonly log: Log;
  readonly clock: Clock;
  readonly fetch: typeof fetch;
  /** Asked before every request, so that temporary credentials may change. */
  readonly credentials: () => Promise<S3Credentials>;
  readonly sleep?: (ms: number) => Promise<unknown>;
}

const attemptsMax = 5;
const attemptTimeoutMs = 60_000;
const pageMax = 1000;
const answerBytesMax = 4 * 1024 * 1024;
const emptyHash = createHash('sha256').digest();

interface Ask {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  readonly key: string;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly body?: Uint8Array<ArrayBuffer>;
}

interface Answer {
  readonly status: number;
  readonly code: string;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
  /** True when an earlier attempt may have been carried out without its answer arriving. */
  readonly isRepeat: boolean;
}

/**
 * Objects in a bucket of S3 or a server that speaks it, signed with SigV4. `put` never overwrites (`If-None-Match: *`), bytes are
 * checked with SHA-256 both ways; a busy or failing server is tried again a few times, then `store.unavailable` is thrown.
 */
export function createS3Objects(settings: S3Settings, deps: Deps): Objects {
  const { prefix = '' } = settings;
  const ask = (request: Ask, bytesMax: number): Promise<Answer> => askPatiently(settings, deps, { request, bytesMax });
  const get = async (name: string): Promise<Uint8Array> => {
    const headers = { 'x-amz-checksum-mode': 'ENABLED' };
    const answer = await ask({ method: 'GET', key: prefix + name, headers }, objectBytesMax);
    if (answer.status === 404 && answer.code === 'NoSuchKey') throw objectNotFound(name);
    requireStatus(answer, [200], name);
    const wanted = answer.headers.get('x-amz-checksum-sha256');
    if (wanted !== null && wanted !== sha256(answer.bytes).toString('base64')) {
      throw new SallyportError(
        'store.unavailable',
        `Cannot read object "${name}": its bytes do not match its checksum`,
      );
    }
    return answer.bytes;
  };
  return {
    get: async name => {
      requireObjectName(name);
      return await get(name);
    },
    async put(name, bytes) {
      requireObjectName(name);
      requireObjectSize(name, bytes.byteLength);
      const body = Uint8Array.from(bytes);
      const headers = { 'if-none-match': '*', 'x-amz-checksum-sha256': sha256(body).toString('base64') };
      const answer = await ask({ method: 'PUT', key: prefix + name, headers, body }, answerBytesMax);
      if (answer.status === 412) {
        // The attempt before may be the one that took the name.
        if (answer.isRepeat && Buffer.from(await get(name)).equals(body)) return;
        throw objectExists(name);
      }
      requireStatus(answer, [200], name);
    },
    async list(from, options) {
      requireListing(from, options);
      const names: string[] = [];
      let after = options.after ?? '';
      for (;;) {
        const count = Math.min(options.countMax - names.length, pageMax);
        const answer = await ask(listing(prefix, { from, after, count }), answerBytesMax);
        requireStatus(answer, [200], from);
        const page = readS3Page(Buffer.from(answer.bytes).toString('utf8'));
        const found = page.keys.map(key => key.slice(prefix.length));
        names.push(...found.filter(isObjectName));
        const last = found.at(-1);
        if (!page.isTruncated || last === undefined || names.length >= options.countMax) return names;
        after = last;
      }
    },
    async delete(name) {
      requireObjectName(name);
      requireStatus(await ask({ method: 'DELETE', key: prefix + name }, answerBytesMax), [200, 204], name);
    },
  };
}

function listing(prefix: string, options: { from: string; after: string; count: number }): Ask {
  const query: Record<string, string> = {
    'list-type': '2',
    'encoding-type': 'url',
    'max-keys': String(options.count),
    prefix: prefix + options.from,
  };
  if (options.after !== '') query['start-after'] = prefix + options.after;
  return { method: 'GET', key: '', query };
}

async function askPatiently(
  settings: S3Settings,
  deps: Deps,
  { request, bytesMax }: { request: Ask; bytesMax: number },
): Promise<Answer> {
  const sleep = deps.sleep ?? ((ms: number) => delay(ms));
  let isRepeat = false;
  let problem = '';
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    try {
      const answer = await askOnce(settings, deps, { request, bytesMax });
      if (!isWorthRepeating(answer)) return { ...answer, isRepeat };
      problem = `${answer.status} ${answer.code}`;
      // A SlowDown was not carried out; after any other server error nobody knows.
      if (answer.code !== 'SlowDown') isRepeat = true;
    } catch (error) {
      if (error instanceof SallyportError) throw error;
      problem = String(error);
      isRepeat = true;
    }
    deps.log.warn('store.object_retry', { attempt, problem });
    // Doubling with jitter, so that many nodes do not come back at once.
    if (attempt < attemptsMax) await sleep(100 * 2 ** attempt * (0.5 + Math.random() / 2));
  }
  const name = `${request.method} ${request.key}`;
  throw new SallyportError(
    'store.unavailable',
    `Cannot reach the bucket for "${name}" in ${attemptsMax} attempts: ${problem}`,
  );
}

const isWorthRepeating = ({ status, code }: { status: number; code: string }): boolean =>
  status >= 500 || status === 429 || code === 'RequestTimeout' || code === 'ConditionalRequestConflict';

async function askOnce(
  settings: S3Settings,
  deps: Deps,
  { request, bytesMax }: { request: Ask; bytesMax: number },
): Promise<Omit<Answer, 'isRepeat'>> {
  const { accessKeyId, secretAccessKey, sessionToken } = await deps.credentials();
  const base = settings.bucketUrl.endsWith('/') ? settings.bucketUrl : `${settings.bucketUrl}/`;
  const url = new URL(request.key, base);
  for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value);
  const hash = request.body ? sha256(request.body) : emptyHash;
  const signed = await new AwsV4Signer({
    method: request.method,
    url: url.href,
    headers: { ...request.headers, 'x-amz-content-sha256': hash.toString('hex') },
    accessKeyId,
    secretAccessKey: secretAccessKey.reveal(),
    ...(sessionToken ? { sessionToken: sessionToken.reveal() } : {}),
    service: 's3',
    region: settings.region,
    datetime: new Date(deps.clock.now()).toISOString().replace(/[:-]|\.\d{3}/g, ''),
  }).sign();
  const response = await deps.fetch(signed.url, {
    method: request.method,
    headers: signed.headers,
    redirect: 'manual',
    signal: AbortSignal.timeout(attemptTimeoutMs),
    ...(request.body ? { body: request.body } : {}),
  });
  const bytes = await readBounded(response, response.ok ? bytesMax : answerBytesMax);
  const code = response.ok ? '' : readS3ErrorCode(Buffer.from(bytes).toString('utf8'));
  return { status: response.status, code, headers: response.headers, bytes };
}

async function readBounded(response: Response, bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > bytesMax) {
      throw new SallyportError(
        'store.unavailable',
        `Cannot read the answer of the bucket: want at most ${bytesMax} bytes`,
      );
    }
    chunks.push(chunk);
  }
  return Uint8Array.from(Buffer.concat(chunks));
}

function requireStatus(answer: Answer, wanted: readonly number[], name: string): void {
  if (wanted.includes(answer.status)) return;
  throw new SallyportError(
    'store.unavailable',
    `Cannot use "${name}" in the bucket: it answered ${answer.status} ${answer.code}`,
  );
}

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
