import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import type { Denial, Exchange } from '../exchange.ts';

/** Bodies of a known length up to this are read whole before the upstream is called: a slow client then holds no upstream connection. */
const collectedBytesMax = 16 * 1024;

/** What a request brings with it. */
export type RequestBody =
  | { readonly kind: 'none' }
  /** Read whole; can be sent again. */
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  /** Sent on as it arrives, once. */
  | { readonly kind: 'stream'; readonly stream: Readable; readonly length: number | undefined };

/** What a stream fails with that is longer than it may be. */
export class BodyTooLarge extends Error {}

export const bodyTooLarge: Denial = {
  kind: 'deny',
  code: 'gateway.body_too_large',
  reason: 'the body is longer than may be',
  type: 'body_too_large',
};

/** The length a request announces; undefined when it does not, or has no body at all (`none`). */
export function announcedLength(exchange: Exchange): number | 'none' | undefined {
  const { inbound } = exchange;
  const { headers } = inbound.req;
  const length = headers['content-length'];
  if (length !== undefined) return length === '0' ? 'none' : Number(length);
  if (inbound.httpVersion === '2') {
    return 'stream' in inbound.req && inbound.req.stream.endAfterHeaders ? 'none' : undefined;
  }
  return headers['transfer-encoding'] === undefined ? 'none' : undefined;
}

/**
 * Gives the body to `ready`, at once where that is possible; a short one is read whole first. `gone` is called instead when the client
 * leaves before that. A stream longer than `bytesMax` fails with `BodyTooLarge`. Counts into `exchange.bytesIn`.
 */
export function takeBody(
  exchange: Exchange,
  bytesMax: number,
  done: { ready: (body: RequestBody) => void; gone: () => void },
): void {
  const length = announcedLength(exchange);
  const { req } = exchange.inbound;
  if (length === 'none') return done.ready({ kind: 'none' });
  if (length === undefined) {
    return done.ready({ kind: 'stream', stream: limited(exchange, req, bytesMax), length: undefined });
  }
  exchange.bytesIn = length;
  if (length > collectedBytesMax) return done.ready({ kind: 'stream', stream: req, length });
  collect(req, length, done);
}

function collect(req: Readable, length: number, done: { ready: (body: RequestBody) => void; gone: () => void }): void {
  const chunks: Buffer[] = [];
  let size = 0;
  let isDone = false;
  req.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
  });
  req.on('end', () => {
    if (isDone) return;
    isDone = true;
    // The parser ends a body at its announced length; anything else is a connection that broke.
    if (size !== length) return done.gone();
    const [first] = chunks;
    done.ready({ kind: 'whole', bytes: chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks) });
  });
  const leave = (): void => {
    if (isDone) return;
    isDone = true;
    done.gone();
  };
  req.on('error', leave);
  req.on('close', leave);
}

function limited(exchange: Exchange, source: Readable, bytesMax: number): Readable {
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      exchange.bytesIn += chunk.length;
      if (exchange.bytesIn > bytesMax) callback(new BodyTooLarge('the body is longer than the site takes'));
      else callback(null, chunk);
    },
  });
  source.on('error', error => counter.destroy(error));
  source.on('close', () => {
    if (!source.readableEnded) counter.destroy(new Error('the client left'));
  });
  return source.pipe(counter);
}
