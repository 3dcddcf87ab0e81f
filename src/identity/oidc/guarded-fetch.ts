import { promises as dns } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { Agent, request } from 'undici';
import { SallyportError } from '../../core/errors.ts';
import { reachOf } from './reachable.ts';

/** Names to addresses; the system's own where none is given. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

/** What a provider's settings allow its connections. */
export interface GuardSettings {
  readonly allowsPrivateAddresses: boolean;
  readonly caPem: string | null;
  readonly timeoutMs: number;
  readonly resolve?: Resolve;
}

/** What is sent. Nothing here says where to: that is the address alone. */
export interface GuardedRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>> | Headers;
  readonly body?: string | undefined;
  readonly signal: AbortSignal;
}

/** See `createGuardedFetch`. */
export type GuardedFetch = (address: string, what: GuardedRequest) => Promise<Response>;

const bytesMax = 1_048_576;
const addressesMax = 32;

/**
 * The only way out of this folder. A name is resolved once, every address it has is checked, and one of those checked is dialled; redirects
 * are refused, answers over 1 MiB too, and everything together takes at most `timeoutMs`. Throws `identity.provider_unreachable`, also
 * for answers that say the server is at fault (5xx, 429): such an answer says nothing of a person.
 */
export function createGuardedFetch(settings: GuardSettings): GuardedFetch {
  return async (address, what) => {
    const url = parse(address);
    const signal = AbortSignal.any([what.signal, AbortSignal.timeout(settings.timeoutMs)]);
    try {
      const to = await untilAborted(findAddress(url, settings), signal);
      return await call(url, { ...what, signal }, { to, caPem: settings.caPem });
    } catch (error) {
      if (error instanceof SallyportError) throw error;
      const why = signal.aborted ? 'no answer in time' : error instanceof Error ? error.message : 'no answer';
      throw unreachable(url.href, why, error);
    }
  };
}

/** The address a URL leads to, checked; throws where it leads inside and may not. */
export async function findAddress(url: URL, settings: GuardSettings): Promise<string> {
  const host = url.hostname.replaceAll(/^\[|\]$/g, '');
  const { resolve = resolveBySystem } = settings;
  const addresses = isIP(host) === 0 ? await resolve(host) : [host];
  const [first] = addresses;
  if (first === undefined || addresses.length > addressesMax) throw unreachable(url.href, 'the name has no address');
  for (const address of addresses) {
    const reach = reachOf(address);
    const isMeant = reach === 'public' || (reach !== 'never' && settings.allowsPrivateAddresses);
    if (!isMeant) {
      const hint =
        reach === 'never' ? '' : '; the settings of the provider can allow private addresses (allowsPrivateAddresses)';
      throw unreachable(url.href, `its address ${address} is not public${hint}`);
    }
    // Without TLS nobody but this machine itself may hear it.
    if (url.protocol !== 'https:' && reach !== 'loopback') throw unreachable(url.href, 'want https');
  }
  return first;
}

const resolveBySystem: Resolve = async hostname => {
  const found = await dns.lookup(hostname, { all: true, verbatim: true });
  return found.map(one => one.address);
};

async function call(
  url: URL,
  what: GuardedRequest,
  by: { readonly to: string; readonly caPem: string | null },
): Promise<Response> {
  const family = isIP(by.to);
  const lookup: LookupFunction = (_hostname, options, done) => {
    if (options.all === true) done(null, [{ address: by.to, family }]);
    else done(null, by.to, family);
  };
  const agent = new Agent({
    connect: { lookup, ...(by.caPem === null ? {} : { ca: by.caPem }) },
    allowH2: false,
    connections: 1,
    maxHeaderSize: 16_384,
    // Nothing is kept open: the next call checks anew.
    pipelining: 0,
  });
  try {
    const { method = 'GET', body = null, headers, signal } = what;
    const answer = await request(url, {
      ...{ dispatcher: agent, method, body, signal },
      headers: { 'accept-encoding': 'identity', ...plain(headers) },
    });
    const { statusCode: status } = answer;
    if (status >= 300 && status < 400)
      throw unreachable(url.href, 'it answered with a redirect, which is not followed');
    if (status >= 500 || status === 429) throw unreachable(url.href, `it answered ${status}`);
    const bytes = await read(answer.body, url);
    return new Response(status === 204 ? null : bytes, { status, headers: answerHeaders(answer.headers) });
  } finally {
    await agent.destroy();
  }
}

async function read(body: AsyncIterable<Uint8Array>, url: URL): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) throw unreachable(url.href, `its answer is over ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function answerHeaders(raw: Readonly<Record<string, string | string[] | undefined>>): Headers {
  const headers = new Headers();
  for (const name of ['content-type', 'www-authenticate', 'date']) {
    const value = raw[name];
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return headers;
}

const plain = (headers: GuardedRequest['headers']): Record<string, string> =>
  headers instanceof Headers ? Object.fromEntries(headers) : { ...headers };

function parse(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !['https:', 'http:'].includes(url.protocol) || url.username !== '' || url.password !== '') {
    throw unreachable(address, 'want an https address without a user');
  }
  return url;
}

/** As the promise, or as the signal when that is first. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const give = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    if (signal.aborted) give();
    signal.addEventListener('abort', give, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', give));
  });
}

function unreachable(address: string, why: string, cause?: unknown): SallyportError {
  const message = `Cannot ask identity provider at "${address.slice(0, 300)}": ${why}`;
  return new SallyportError('identity.provider_unreachable', message, {
    detail: message,
    ...(cause === undefined ? {} : { cause }),
  });
}
