import type { z } from 'zod';
import { SallyportError } from '../core/errors.ts';
import { Secret } from '../core/secret.ts';

export interface RestAnswer {
  readonly status: number;
  readonly body: unknown;
  /** Cookies that were set, by name; an emptied one is left out. */
  readonly cookies: ReadonlyMap<string, { readonly value: Secret; readonly maxAgeS: number | undefined }>;
}

export interface RestRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | Secret>>;
  readonly json?: unknown;
}

export type RestClient = (request: RestRequest, signal: AbortSignal) => Promise<RestAnswer>;

const timeoutMs = 20_000;
const bodyBytesMax = 2_000_000;
/** A platform that asks for patience gets it once, and not for longer than this. */
const patienceMs = 5000;

/**
 * Small JSON calls to one platform: each has a time limit and a limit on the answer's size, follows no redirect, and waits out one 429.
 * Throws `platforms.unreachable`; any status that came back is an answer.
 */
export function createRestClient(deps: { baseUrl: string; fetch: typeof globalThis.fetch }): RestClient {
  return async (request, signal) => {
    const answer = await callOnce(deps, request, signal);
    if (answer.status !== 429) return answer;
    await pause(Math.min(answer.retryAfterMs ?? 1000, patienceMs), signal);
    return callOnce(deps, request, signal);
  };
}

async function callOnce(
  deps: { baseUrl: string; fetch: typeof globalThis.fetch },
  request: RestRequest,
  signal: AbortSignal,
): Promise<RestAnswer & { retryAfterMs: number | undefined }> {
  const headers: Record<string, string> = { accept: 'application/json', 'user-agent': 'sallyport' };
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    headers[name] = value instanceof Secret ? value.reveal() : value;
  }
  if (request.json !== undefined) headers['content-type'] = 'application/json';
  try {
    const response = await deps.fetch(new URL(request.path, deps.baseUrl), {
      method: request.method,
      headers,
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      ...(request.json === undefined ? {} : { body: JSON.stringify(request.json) }),
    });
    const text = await readBounded(response);
    const retryAfterS = Number(response.headers.get('retry-after') ?? Number.NaN);
    return {
      status: response.status,
      body: parse(text),
      cookies: cookiesOf(response.headers),
      retryAfterMs: Number.isFinite(retryAfterS) && retryAfterS >= 0 ? retryAfterS * 1000 : undefined,
    };
  } catch (cause) {
    if (cause instanceof SallyportError) throw cause;
    const message = `Cannot call ${request.method} "${request.path}" of the platform at "${deps.baseUrl}"`;
    throw new SallyportError('platforms.unreachable', message, { detail: 'The platform does not answer.', cause });
  }
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  if (response.body === null) return '';
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    if (bytes > bodyBytesMax) {
      throw new SallyportError(
        'platforms.unreachable',
        `Cannot read the platform's answer: over ${bodyBytesMax} bytes`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function cookiesOf(headers: Headers): RestAnswer['cookies'] {
  const cookies = new Map<string, { value: Secret; maxAgeS: number | undefined }>();
  for (const line of headers.getSetCookie()) {
    const [pair = '', ...attributes] = line.split(';').map(part => part.trim());
    const equals = pair.indexOf('=');
    if (equals < 1 || equals === pair.length - 1) continue;
    const maxAge = attributes.find(attribute => attribute.toLowerCase().startsWith('max-age='))?.slice(8);
    const maxAgeS = maxAge !== undefined && /^\d{1,10}$/.test(maxAge) ? Number(maxAge) : undefined;
    cookies.set(pair.slice(0, equals), { value: new Secret(pair.slice(equals + 1)), maxAgeS });
  }
  return cookies;
}

/** Waits, or throws `platforms.unreachable` when the call is given up. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(new SallyportError('platforms.unreachable', 'Cannot wait for the platform: the call was given up'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

/** The answer's body in the shape that was expected; anything else, or another status, throws `platforms.refused`. */
export function expectAnswer<T extends z.ZodType>(answer: RestAnswer, schema: T, act: string): z.infer<T> {
  const parsed = answer.status >= 200 && answer.status < 300 ? schema.safeParse(answer.body) : undefined;
  if (parsed?.success) return parsed.data;
  const why = parsed
    ? 'its answer has another shape than this version of the gate knows'
    : `it answered ${answer.status}`;
  throw new SallyportError('platforms.refused', `Cannot ${act}: ${why}`, {
    detail: `The platform refused: cannot ${act}.`,
  });
}
