import type { Readable, TransformCallback } from 'node:stream';
import { Transform } from 'node:stream';
import type { Denial, Exchange } from '../exchange.ts';

/** Bodies up to this are read whole before the upstream is called: a slow client then holds no upstream connection. Of longer ones so much is held back. */
const collectedBytesMax = 128 * 1024;
/** Compressed bodies are judged at their end and so are held whole; what is longer the firewall refuses. */
const compressedBytesMax = 4 * 1024 * 1024;
/** More than any reader of bodies has taken and not yet told: this much is held back whatever happens. */
const heldBackBytes = 64 * 1024;
/** Together: beyond it, less of each is held, and compressed ones are refused. */
const heldBytesMax = 128 * 1024 * 1024;
const blockBytes = 16 * 1024;
/** Long inspections go on in turns with everything else; so many at once. */
const longInspectionsMax = 2;

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

const tooMuchHeld: Denial = {
  kind: 'deny',
  code: 'gateway.overloaded',
  reason: 'as many compressed bodies are under way as may be',
  type: 'overload',
  headers: ['retry-after', '1'],
};

/** Looks at a body as it arrives. Only after `end` said nothing may the last of it be sent on. */
export interface BodyInspection {
  feed(chunk: Buffer): Denial | undefined;
  end(): Denial | undefined;
  /** `end` in pieces, where it may take long; one of the two is called. */
  endInSteps?(): Steps;
}

type Steps = Generator<undefined, Denial | undefined>;

/** Both look; the first that refuses counts. */
export function both(one: BodyInspection | undefined, other: BodyInspection | undefined): BodyInspection | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return {
    feed: chunk => one.feed(chunk) ?? other.feed(chunk),
    end: () => one.end() ?? other.end(),
    *endInSteps() {
      return (yield* stepsOf(one)) ?? (yield* stepsOf(other));
    },
  };
}

const faulty: Denial = { kind: 'deny', code: 'internal', reason: 'the inspection failed', type: 'internal' };

/** One that fails refuses: nothing passes because a reader stumbled over it, and no other request suffers for it. */
export function failingClosed(
  inspection: BodyInspection | undefined,
  onFault: (error: unknown) => void,
): BodyInspection | undefined {
  if (inspection === undefined) return undefined;
  const failed = (error: unknown): Denial => {
    onFault(error);
    return faulty;
  };
  const guarded = (look: () => Denial | undefined): Denial | undefined => {
    try {
      return look();
    } catch (error) {
      return failed(error);
    }
  };
  return {
    feed: chunk => guarded(() => inspection.feed(chunk)),
    end: () => guarded(() => inspection.end()),
    *endInSteps() {
      try {
        return yield* stepsOf(inspection);
      } catch (error) {
        return failed(error);
      }
    },
  };
}

function* stepsOf(inspection: BodyInspection): Steps {
  return inspection.endInSteps === undefined ? inspection.end() : yield* inspection.endInSteps();
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
 * Gives the body to `ready`: one that is short, of unknown length or not, or compressed, is read whole and inspected first, and `refused` is
 * called when it may not pass. `gone` is called instead when the client leaves before that. A stream fails with `BodyTooLarge` or
 * `BodyRefused`: its last 128 KiB are held back until the inspection has seen the end, so no upstream ever gets a refused body whole, nor what
 * the inspection has not yet read. Counts into `exchange.bytesIn`.
 */
export function takeBody(exchange: Exchange, rules: BodyRules, done: Taken): void {
  const length = announcedLength(exchange);
  const { req } = exchange.inbound;
  if (length === 'none') return done.ready({ kind: 'none' });
  if (length !== undefined) exchange.bytesIn = length;
  const isLong = length !== undefined && (length > collectedBytesMax || rules.held.bytes + length > heldBytesMax);
  if (isLong && rules.inspection === undefined) return done.ready({ kind: 'stream', stream: req, length });
  take(exchange, rules, done);
}

/** The body counted, bounded and inspected, so much behind as may be held. */
function take(exchange: Exchange, rules: BodyRules, done: Taken): void {
  const { bytesMax, held: all, inspection } = rules;
  const source: Readable = exchange.inbound.req;
  const length = announcedLength(exchange);
  const isCompressed = inspection !== undefined && isEncoded(exchange);
  const isStraight = inspection === undefined && length === undefined;
  const heldMax = isCompressed ? compressedBytesMax : isStraight ? 0 : collectedBytesMax;
  const held = createHolding(all);
  let size = 0;
  let hasBegun = false;
  let isOver = false;

  function stop(denial: Denial, error: Error, callback: TransformCallback): void {
    isOver = true;
    held.release();
    if (hasBegun) return callback(error);
    source.unpipe(watch);
    // What is still to come is read and dropped: the answer must reach a client that is still sending.
    source.resume();
    done.refused(denial);
  }
  function begin(): void {
    if (hasBegun) return;
    hasBegun = true;
    done.ready({ kind: 'stream', stream: watch, length: length === 'none' ? undefined : length });
  }

  const watch = new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      if (isOver) return callback();
      size += chunk.length;
      if (typeof length !== 'number') exchange.bytesIn = size;
      if (size > bytesMax)
        return stop(bodyTooLarge, new BodyTooLarge('the body is longer than the site takes'), callback);
      const denial = inspection?.feed(chunk);
      if (denial !== undefined) return stop(denial, new BodyRefused(denial), callback);
      held.add(chunk);
      if (isCompressed && !hasBegun && all.bytes > heldBytesMax)
        return stop(tooMuchHeld, new BodyRefused(tooMuchHeld), callback);
      const most = all.bytes > heldBytesMax ? Math.min(heldMax, heldBackBytes) : heldMax;
      if (held.bytes > most) begin();
      while (held.bytes > most) this.push(held.first());
      callback();
    },
    flush(callback) {
      const pass = (denial: Denial | undefined): void => {
        if (isOver) return;
        if (denial !== undefined) return stop(denial, new BodyRefused(denial), callback);
        isOver = true;
        const rest = held.all();
        held.release();
        if (hasBegun) return callback(null, rest);
        done.ready({ kind: 'whole', bytes: rest });
      };
      // The parser ends a body at its announced length; anything else is a connection that broke.
      if (typeof length === 'number' && size !== length) watch.destroy(new Error('the body broke off'));
      else if (inspection === undefined) pass(undefined);
      else if (isCompressed) conclude(inspection, { isOver: () => isOver, done: pass });
      else pass(inspection.end());
    },
  });
  watch.on('close', () => {
    held.release();
    if (isOver) return;
    isOver = true;
    if (!hasBegun) done.gone();
  });
  connect(source, watch);
}

function connect(source: Readable, watch: Transform): void {
  watch.on('error', () => {});
  source.on('error', error => watch.destroy(error));
  source.on('close', () => {
    if (!source.readableEnded) watch.destroy(new Error('the client left'));
  });
  source.pipe(watch);
}

/** What is held of one body, counted into what is held of all. Small pieces are put together: a body that comes byte by byte takes no more room. */
function createHolding(total: HeldBytes) {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let block: Buffer | undefined;
  let filled = 0;
  function count(by: number): void {
    bytes += by;
    total.bytes += by;
  }
  function closeBlock(): void {
    if (block !== undefined && filled > 0) chunks.push(block.subarray(0, filled));
    block = undefined;
    filled = 0;
  }
  return {
    get bytes() {
      return bytes;
    },
    add(chunk: Buffer): void {
      count(chunk.length);
      if (block !== undefined && filled + chunk.length > blockBytes) closeBlock();
      if (chunk.length > blockBytes / 4) {
        closeBlock();
        chunks.push(chunk);
        return;
      }
      block ??= Buffer.allocUnsafe(blockBytes);
      chunk.copy(block, filled);
      filled += chunk.length;
    },
    first(): Buffer | undefined {
      if (chunks.length === 0) closeBlock();
      const chunk = chunks.shift();
      count(-(chunk?.length ?? 0));
      return chunk;
    },
    all(): Buffer {
      closeBlock();
      return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
    },
    release(): void {
      closeBlock();
      chunks.length = 0;
      count(-bytes);
    },
  };
}

/** Whether the firewall sees what is in it only at its end. */
function isEncoded(exchange: Exchange): boolean {
  const coding = (exchange.inbound.req.headers['content-encoding'] ?? '').toLowerCase();
  return /[^ \t,]/.test(coding.replaceAll('identity', ''));
}

interface Conclusion {
  readonly isOver: () => boolean;
  readonly done: (denial: Denial | undefined) => void;
}

const ended: IteratorResult<undefined, Denial | undefined> = { done: true, value: undefined };
let concluding = 0;
const waiting: (() => void)[] = [];

/** Ends an inspection step by step, so that whoever else asks something is answered between; of many, some wait for the others. */
function conclude(inspection: BodyInspection, { isOver, done }: Conclusion): void {
  const start = (): void => {
    concluding++;
    const steps = stepsOf(inspection);
    const go = (): void => {
      const step = isOver() ? ended : steps.next();
      if (step.done !== true) return void setImmediate(go);
      leave();
      done(step.value);
    };
    go();
  };
  const leave = (): void => {
    concluding--;
    waiting.shift()?.();
  };
  if (concluding < longInspectionsMax) start();
  else waiting.push(start);
}
