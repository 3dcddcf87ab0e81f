import { setTimeout as wait } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { Agent, request } from 'undici';

const bodyBytesMax = 262_144;
const answerTimeoutMs = 30_000;
const retryAfterMsMax = 86_400_000;

/** What the server answered, read whole. */
export interface AcmeAnswer {
  readonly status: number;
  readonly body: string;
  readonly header: (name: string) => string | undefined;
  /** How long the server asks to wait (RFC 9110 section 10.2.3), at most a day. */
  readonly retryAfterMs: number | undefined;
}

/** HTTPS to the ACME server: verified certificate, no redirects, 256 KiB and 30 seconds for an answer. */
export interface AcmeHttp {
  head(url: string, signal: AbortSignal): Promise<AcmeAnswer>;
  get(url: string, signal: AbortSignal): Promise<AcmeAnswer>;
  post(url: string, body: string, signal: AbortSignal): Promise<AcmeAnswer>;
  close(): Promise<void>;
}

/** `caPem` is trusted instead of the public authorities, for a certificate authority of one's own. */
export function createAcmeHttp(deps: { caPem: string | undefined; now: () => number }): AcmeHttp {
  const agent = new Agent({ connections: 2, connect: { timeout: 10_000, ...(deps.caPem && { ca: deps.caPem }) } });
  const ask = async (url: string, signal: AbortSignal, options: { method: 'GET' | 'HEAD' | 'POST'; body?: string }) => {
    const address = URL.parse(url);
    if (address?.protocol !== 'https:') throw new TypeError(`Cannot ask ACME server "${url}": want an https address`);
    const given = AbortSignal.any([signal, AbortSignal.timeout(answerTimeoutMs)]);
    const answer = await request(address, {
      method: options.method,
      ...(options.body === undefined ? {} : { body: options.body }),
      headers: {
        'user-agent': 'sallyport',
        'accept-language': 'en',
        ...(options.body !== undefined && { 'content-type': 'application/jose+json' }),
      },
      dispatcher: agent,
      signal: given,
    });
    const one = (name: string) => {
      const value = answer.headers[name];
      return Array.isArray(value) ? value[0] : value;
    };
    const retryAfterMs = parseRetryAfter(one('retry-after'), deps.now());
    return { status: answer.statusCode, body: await readBounded(answer.body, url), header: one, retryAfterMs };
  };
  return {
    head: (url, signal) => ask(url, signal, { method: 'HEAD' }),
    get: (url, signal) => ask(url, signal, { method: 'GET' }),
    post: (url, body, signal) => ask(url, signal, { method: 'POST', body }),
    close: () => agent.destroy(),
  };
}

async function readBounded(body: Dispatcher.ResponseData['body'], url: string): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > bodyBytesMax) throw new TypeError(`Cannot read "${url}": want at most ${bodyBytesMax} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** Seconds or a date; undefined where there is none or it can not be read. */
export function parseRetryAfter(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), retryAfterMsMax);
}

/** Waits, or throws when the signal ends it. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> => wait(ms, undefined, { signal, ref: false });
