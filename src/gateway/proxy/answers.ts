import type { Clock } from '../../core/clock.ts';
import type { LeakStream } from '../../perimeter/perimeter.ts';
import { createLeakStream } from '../../perimeter/perimeter.ts';
import type { Denial, Exchange } from '../exchange.ts';
import type { AnswerPlan } from '../guard/answer-scope.ts';
import { createAnswerScope } from '../guard/answer-scope.ts';
import { answerEvent } from '../guard/matched.ts';
import type { PlaneMessage } from '../snapshot.ts';
import type { Inflate } from './inflate.ts';
import { createInflate } from './inflate.ts';
import type { UpstreamHeaders } from './response-headers.ts';

/** One answer on its way out. */
export interface AnswerWatch {
  /** True while the head must wait: what has come may still be withheld. */
  readonly isHolding: boolean;
  /** What may go on now; a denial withholds the answer, or breaks it off where a part has gone. Nothing is changed in length. */
  feed(chunk: Buffer): Buffer | Denial;
  end(): Buffer | Denial;
  /** The answer goes no further: tells what was found so far, and frees what is held. Does nothing after `end`. */
  close(): void;
  /** Headers that are no longer true of an answer that may be changed. */
  readonly dropped: ReadonlySet<string>;
}

export interface AnswerGuard {
  /** Undefined where nobody wants to look. */
  plan(exchange: Exchange): AnswerPlan | undefined;
  /** Undefined for what is not text; a denial for what cannot be read and would have to be. */
  open(exchange: Exchange, plan: AnswerPlan, headers: UpstreamHeaders): AnswerWatch | Denial | undefined;
}

const scriptBytesMax = 64 * 1024;
/** In block mode an answer is held back this far: shorter ones are judged before a byte has gone. */
const judgedBytesMax = 64 * 1024;
/** Validators and digests of what the upstream sent (RFC 9110 sections 8.8 and 14.3, RFC 9530). */
const untrue: ReadonlySet<string> = new Set([
  ...['etag', 'last-modified', 'accept-ranges', 'content-md5', 'digest', 'content-digest', 'repr-digest'],
]);
const unchanged: ReadonlySet<string> = new Set();
const empty = Buffer.alloc(0);

const withheld = (reason: string): Denial => ({
  kind: 'deny',
  code: 'perimeter.answer_withheld',
  reason,
  type: 'leak',
  hint: 'The answer held something that must not leave. Give the incident number to whoever runs this gate.',
});

/** Watches answers by the site's policy. One event for each answer in which something was found. */
export function createAnswerGuard(deps: { clock: Clock; tell: (message: PlaneMessage) => void }): AnswerGuard {
  const scopeOf = createAnswerScope();
  const inflate = createInflate();
  return {
    plan: exchange => scopeOf(exchange, deps.clock.now()),
    open(exchange, plan, headers) {
      if (exchange.inbound.method === 'HEAD' || exchange.status === 204 || exchange.status === 304) return undefined;
      if (!isText(headers)) return undefined;
      const stream = createLeakStream(plan.scanner, { skip: plan.skip });
      let isTold = false;
      const told = (verdict: Verdict): void => {
        if (isTold) return;
        isTold = true;
        if (stream.count > 0) deps.tell({ kind: 'event', event: answerEvent(exchange, stream, verdict) });
      };
      const encoding = lower(headers['content-encoding']);
      const isPlain = encoding === '' || encoding === 'identity';
      if (plan.mode === 'shadow') {
        return isPlain ? shadow(stream, told) : inflated(inflate, encoding, { stream, told });
      }
      if (exchange.status === 206) return withheld('a part of an answer cannot be judged');
      if (!isPlain)
        return withheld(`an answer in "${encoding.slice(0, 40)}", which was not asked for, cannot be judged`);
      const threshold = exchange.site?.policy.guard.threshold ?? 1;
      return plan.mode === 'redact' ? redacting(stream, told) : blocking(stream, { told, threshold });
    },
  };
}

type Verdict = 'block' | 'would_block' | 'redact';
type Told = (verdict: Verdict) => void;

function shadow(stream: LeakStream, told: Told): AnswerWatch {
  return {
    isHolding: false,
    dropped: unchanged,
    feed(chunk) {
      stream.feed(chunk);
      return chunk;
    },
    end() {
      stream.end();
      told('would_block');
      return empty;
    },
    // Who leaves in the middle has read what came before.
    close() {
      stream.end();
      told('would_block');
    },
  };
}

/** A copy is inflated beside the answer, which goes on as it came. */
function inflated(inflate: Inflate, encoding: string, { stream, told }: { stream: LeakStream; told: Told }) {
  const copy = inflate(encoding, {
    data: chunk => void stream.feed(chunk),
    end() {
      stream.end();
      told('would_block');
    },
  });
  if (copy === undefined) return undefined;
  return {
    isHolding: false,
    dropped: unchanged,
    feed(chunk: Buffer) {
      copy.write(chunk);
      return chunk;
    },
    end() {
      copy.end();
      return empty;
    },
    close: copy.end,
  };
}

function redacting(stream: LeakStream, told: Told): AnswerWatch {
  return {
    isHolding: false,
    dropped: untrue,
    feed: chunk => stream.feed(chunk),
    end() {
      const rest = stream.end();
      told('redact');
      return rest;
    },
    close: () => told('redact'),
  };
}

/** What does not reach the threshold is redacted. */
function blocking(stream: LeakStream, { told, threshold }: { told: Told; threshold: number }): AnswerWatch {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let isHolding = true;
  const judged = (): Denial | undefined => {
    const worst = Object.entries(stream.scores).find(([, points]) => points >= threshold);
    if (worst === undefined) return undefined;
    told('block');
    return withheld(`${worst[0]}: ${stream.found.map(one => one.rule.id).join()}`);
  };
  const release = (): Buffer => {
    isHolding = false;
    const all = Buffer.concat(held);
    held = [];
    return all;
  };
  return {
    get isHolding() {
      return isHolding;
    },
    dropped: untrue,
    feed(chunk) {
      const ready = stream.feed(chunk);
      const denial = judged();
      if (denial !== undefined) return denial;
      if (!isHolding) return ready;
      held.push(Buffer.from(ready));
      heldBytes += ready.length;
      return heldBytes < judgedBytesMax ? empty : release();
    },
    end() {
      const rest = stream.end();
      const denial = judged();
      if (denial !== undefined) return denial;
      told('redact');
      held.push(rest);
      return release();
    },
    close() {
      release();
      told('redact');
    },
  };
}

const lower = (value: string | string[] | undefined): string =>
  (Array.isArray(value) ? value.join() : (value ?? '')).trim().toLowerCase();

/** What people and programs read as text. Event streams stay as they are; scripts are looked at where they are short, as answers are. */
function isText(headers: UpstreamHeaders): boolean {
  const type = lower(headers['content-type']).split(';')[0]?.trim() ?? '';
  if (type === '') return true;
  if (type === 'text/event-stream' || type === 'text/css' || type.startsWith('image/')) return false;
  if (/^(?:text|application)\/(?:x-)?(?:java|ecma)script$/.test(type)) {
    const length = headers['content-length'];
    return typeof length === 'string' && Number(length) <= scriptBytesMax;
  }
  if (type.startsWith('text/') || type.endsWith('+json') || type.endsWith('+xml')) return true;
  return /^application\/(?:json|xml|x-yaml|yaml|x-ndjson|ndjson|jsonl|x-pem-file|x-www-form-urlencoded|graphql)$/.test(
    type,
  );
}
