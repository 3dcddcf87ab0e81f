import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import type { Denial, Exchange } from '../exchange.ts';

/** Bodies of a known length up to this are read whole before the upstream is called: a slow client then holds no upstream connection. */
const collectedBytesMax = 128 * 1024;
/** Together: beyond it, bodies are sent on as they arrive. */
const heldBytesMax = 128 * 1024 * 1024;

/** What a request brings with it. */
export type RequestBody =
  | { readonly kind: 'none' }
  /** Read whole; can be sent again. */
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  /** Sent on as it arrives, once. */
  | { readonly kind: 'stream'; readonly stream: Readable; readonly length: number | undefined };

/** What a stream fails with that is longer than it may be. */
export class BodyTooLarge extends Error {}

/** What a stream fails with that the firewall stopped on the way. */
export class BodyRefused extends Error {
  readonly denial: Denial;

  constructor(denial: Denial) {
    super(denial.reason);
    this.denial = denial;
  }
}

export const bodyTooLarge: Denial = {
  kind: 'deny',
  code: 'gateway.body_too_large',
  reason: 'the body is longer than may be',
  type: 'body_too_large',
};

/** Looks at a body as it arrives. Only after `end` said nothing may the last of it be sent on. */
export interface BodyInspection {
  feed(chunk: Buffer): Denial | undefined;
  end(): Denial | undefined;
}

/** Both look; the first that refuses counts. */
export function both(one: BodyInspection | undefined, other: BodyInspection | undefined): BodyInspection | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return { feed: chunk => one.feed(chunk) ?? other.feed(chunk), end: () => one.end() ?? other.end() };
}

/** Bytes of bodies that are held now, over all requests. */
export interface HeldBytes {
  bytes: number;
}

export interface BodyRules {
  readonly bytesMax: number;
  readonly inspection: BodyInspection | undefined;
  readonly held: HeldBytes;
}

interface Taken {
  readonly ready: (body: RequestBody) => void;
  readonly refused: (denial: Denial) => void;
  readonly gone: () => void;
}

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
 * Gives the body to `ready`, at once where that is possible; a short one is read whole and inspected first, and `refused` is called when it
 * may not pass. `gone` is called instead when the client leaves before that. A stream fails with `BodyTooLarge` or `BodyRefused`: its last
 * piece is held back until the inspection has seen the end, so no upstream gets a refused body whole. Counts into `exchange.bytesIn`.
 */
export function takeBody(exchange: Exchange, rules: BodyRules, done: Taken): void {
  const length = announcedLength(exchange);
  const { req } = exchange.inbound;
  if (length === 'none') return done.ready({ kind: 'none' });
  if (length !== undefined && length <= collectedBytesMax && rules.held.bytes + length <= heldBytesMax) {
    exchange.bytesIn = length;
    return collect(req, length, { rules, done });
  }
  if (length !== undefined) exchange.bytesIn = length;
  if (length !== undefined && rules.inspection === undefined)
    return done.ready({ kind: 'stream', stream: req, length });
  done.ready({ kind: 'stream', stream: watched(exchange, req, rules), length });
}

function collect(req: Readable, length: number, { rules, done }: { rules: BodyRules; done: Taken }): void {
  const chunks: Buffer[] = [];
  let size = 0;
  let isDone = false;
  rules.held.bytes += length;
  const finish = (tell: () => void): void => {
    if (isDone) return;
    isDone = true;
    rules.held.bytes -= length;
    tell();
  };
  const stop = (denial: Denial): void =>
    finish(() => {
      // What is still to come is read and dropped: the answer must reach a client that is still sending.
      req.resume();
      done.refused(denial);
    });
  req.on('data', (chunk: Buffer) => {
    if (isDone) return;
    chunks.push(chunk);
    size += chunk.length;
    const denial = rules.inspection?.feed(chunk);
    if (denial !== undefined) stop(denial);
  });
  req.on('end', () => {
    if (isDone) return;
    // The parser ends a body at its announced length; anything else is a connection that broke.
    if (size !== length) return finish(done.gone);
    const denial = rules.inspection?.end();
    if (denial !== undefined) return stop(denial);
    const [first] = chunks;
    const bytes = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
    finish(() => done.ready({ kind: 'whole', bytes }));
  });
  const leave = (): void => finish(done.gone);
  req.on('error', leave);
  req.on('close', leave);
}

/** The stream counted, bounded and inspected, always one piece behind. */
function watched(exchange: Exchange, source: Readable, { bytesMax, inspection }: BodyRules): Readable {
  const isCounted = announcedLength(exchange) === undefined;
  let held: Buffer | undefined;
  const watch = new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      if (isCounted) exchange.bytesIn += chunk.length;
      if (exchange.bytesIn > bytesMax) return callback(new BodyTooLarge('the body is longer than the site takes'));
      const denial = inspection?.feed(chunk);
      if (denial !== undefined) return callback(new BodyRefused(denial));
      const before = held;
      held = chunk;
      callback(null, before);
    },
    flush(callback) {
      const denial = inspection?.end();
      if (denial !== undefined) callback(new BodyRefused(denial));
      else callback(null, held);
    },
  });
  source.on('error', error => watch.destroy(error));
  source.on('close', () => {
    if (!source.readableEnded) watch.destroy(new Error('the client left'));
  });
  return source.pipe(watch);
}
