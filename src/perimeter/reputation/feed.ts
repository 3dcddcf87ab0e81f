/** The part of `fetch` that feeds need. */
export type FeedFetch = (
  url: string,
  init: { readonly headers: Record<string, string>; readonly redirect: 'manual'; readonly signal: AbortSignal },
) => Promise<FeedResponse>;

export interface FeedResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array> | null;
}

export type FeedAnswer =
  | { readonly kind: 'new'; readonly text: string; readonly etag: string | undefined }
  | { readonly kind: 'same' }
  | { readonly kind: 'failed'; readonly why: string };

const timeoutMs = 30_000;

/**
 * Asks a feed once, over HTTPS, with the tag of what is held (RFC 9110 section 13.1.2). Goes nowhere but to the address given: a redirect is a
 * failure. Never throws.
 */
export async function fetchFeed(
  fetch: FeedFetch,
  ask: {
    readonly url: string;
    readonly etag: string | undefined;
    readonly bytesMax: number;
    readonly signal: AbortSignal;
  },
): Promise<FeedAnswer> {
  try {
    if (!ask.url.startsWith('https://')) return { kind: 'failed', why: 'want an https address' };
    const res = await fetch(ask.url, {
      headers: { accept: '*/*', ...(ask.etag === undefined ? {} : { 'if-none-match': ask.etag }) },
      redirect: 'manual',
      signal: AbortSignal.any([ask.signal, AbortSignal.timeout(timeoutMs)]),
    });
    // Left unread, a body would hold its connection.
    if (res.status !== 200) await res.body?.[Symbol.asyncIterator]().return?.();
    if (res.status === 304 && ask.etag !== undefined) return { kind: 'same' };
    if (res.status !== 200) return { kind: 'failed', why: `the feed answers ${res.status}` };
    const text = await readText(res, ask.bytesMax);
    if (text === undefined) return { kind: 'failed', why: `the feed is larger than ${ask.bytesMax} bytes` };
    return { kind: 'new', text, etag: res.headers.get('etag') ?? undefined };
  } catch (error) {
    return {
      kind: 'failed',
      why: `the feed cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

async function readText(res: FeedResponse, bytesMax: number): Promise<string | undefined> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of res.body ?? []) {
    bytes += part.byteLength;
    if (bytes > bytesMax) return undefined;
    parts.push(part);
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts));
}
