import { isSallyportError, SallyportError } from '../core/errors.ts';
import type { Counters, WindowCount, WindowTake } from './store.ts';

const timeoutMsDefault = 1000;
const waitingMax = 5000;

/** What a process without counters of its own asks of the one that has them. Survives structured clone and JSON. */
export type CountersAsk =
  | {
      readonly id: number;
      readonly act: 'increment';
      readonly key: string;
      readonly by: number;
      readonly ttlMs: number;
    }
  | { readonly id: number; readonly act: 'get' | 'delete'; readonly key: string }
  | { readonly id: number; readonly act: 'claim'; readonly key: string; readonly ttlMs: number }
  | { readonly id: number; readonly act: 'takeWindows'; readonly takes: readonly WindowTake[] };

export type CountersAnswer =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly isFull: boolean; readonly why: string };

/** One end of a channel between two processes. `onMessage` returns the way to stop listening. */
export interface CountersChannel<Out, In> {
  send(message: Out): void;
  onMessage(listener: (message: In) => void): () => void;
}

/** Each kind of question without its number. */
type Question = CountersAsk extends infer Ask ? (Ask extends CountersAsk ? Omit<Ask, 'id'> : never) : never;

/**
 * The counters of another process over a channel: every promise of `Counters` holds as it does there. A call fails with `store.unavailable`
 * when no answer comes in time or the channel is closed; what was asked may have been counted.
 */
export function createChannelCounters(
  channel: CountersChannel<CountersAsk, CountersAnswer>,
  options: { timeoutMs?: number } = {},
): Counters {
  const waiting = new Map<number, { settle: (answer: CountersAnswer) => void; timer: NodeJS.Timeout }>();
  let lastId = 0;
  let isClosed = false;
  const stop = channel.onMessage(answer => {
    const asked = waiting.get(answer.id);
    if (!asked) return;
    waiting.delete(answer.id);
    clearTimeout(asked.timer);
    asked.settle(answer);
  });

  function ask<T>(question: Question): Promise<T> {
    if (isClosed) return Promise.reject(unavailable('the channel is closed'));
    if (waiting.size >= waitingMax)
      return Promise.reject(new SallyportError('core.queue_full', `Cannot ask the counters: ${waitingMax} calls wait`));
    return new Promise<T>((resolve, reject) => {
      const id = ++lastId;
      const timer = setTimeout(() => {
        waiting.delete(id);
        reject(unavailable('no answer in time'));
      }, options.timeoutMs ?? timeoutMsDefault);
      const settle = (answer: CountersAnswer): void => {
        // The other end answers each question with the value its type names.
        if (answer.ok) resolve(answer.value as T);
        else if (answer.isFull) reject(new SallyportError('core.queue_full', answer.why));
        else reject(unavailable(answer.why));
      };
      waiting.set(id, { settle, timer });
      try {
        channel.send({ ...question, id });
      } catch (cause) {
        waiting.delete(id);
        clearTimeout(timer);
        reject(unavailable(String(cause)));
      }
    });
  }

  return {
    increment: (key, by, ttlMs) => ask({ act: 'increment', key, by, ttlMs }),
    get: key => ask({ act: 'get', key }),
    claim: (key, ttlMs) => ask({ act: 'claim', key, ttlMs }),
    delete: key => ask({ act: 'delete', key }),
    takeWindows: takes => ask<WindowCount[]>({ act: 'takeWindows', takes }),
    async [Symbol.asyncDispose]() {
      isClosed = true;
      stop();
      for (const [id, { settle }] of waiting) settle({ id, ok: false, isFull: false, why: 'the channel is closed' });
      for (const { timer } of waiting.values()) clearTimeout(timer);
      waiting.clear();
    },
  };
}

/** Answers what comes over the channel from these counters. Returns the way to stop. */
export function serveCounters(counters: Counters, channel: CountersChannel<CountersAnswer, CountersAsk>): () => void {
  let isStopped = false;
  const answer = (message: CountersAnswer): void => {
    if (isStopped) return;
    try {
      channel.send(message);
    } catch {
      // The other process has ended: nobody waits for this.
      isStopped = true;
    }
  };
  const stop = channel.onMessage(asked => {
    act(counters, asked).then(
      value => answer({ id: asked.id, ok: true, value }),
      (error: unknown) =>
        answer({ id: asked.id, ok: false, isFull: isSallyportError(error, 'core.queue_full'), why: String(error) }),
    );
  });
  return () => {
    isStopped = true;
    stop();
  };
}

async function act(counters: Counters, asked: CountersAsk): Promise<unknown> {
  switch (asked.act) {
    case 'increment':
      return counters.increment(asked.key, asked.by, asked.ttlMs);
    case 'get':
      return counters.get(asked.key);
    case 'claim':
      return counters.claim(asked.key, asked.ttlMs);
    case 'delete':
      return counters.delete(asked.key);
    case 'takeWindows':
      return counters.takeWindows(asked.takes);
    default:
      return asked satisfies never;
  }
}

function unavailable(why: string): SallyportError {
  return new SallyportError('store.unavailable', `Cannot use the counters of the other process: ${why}`);
}
