import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/log.ts';
import type { Counters, WindowTake } from '../../store/store.ts';

/** The most that all nodes together may allow beyond a limit while none asks for each request. */
const overshootShare = 0.02;
const knownMax = 50_000;
const takesPerCall = 500;
/** Beyond this many requests waiting for an answer the node decides alone. */
const waitingMax = 10_000;

/** `exact`: one node and nothing shared; `shared`: with the others; `local_only`: the shared counters are away, each node counts alone. */
export type LimiterState = 'exact' | 'shared' | 'local_only';

export interface SharedOptions {
  /** How many nodes or workers share the counters. */
  readonly nodes: number;
  readonly timeoutMs: number;
  readonly flushEveryMs: number;
  readonly retryEveryMs: number;
}

export const sharedDefaults: SharedOptions = { nodes: 3, timeoutMs: 50, flushEveryMs: 10, retryEveryMs: 1000 };

export interface SharedKey {
  readonly name: string;
  readonly limit: number;
  readonly windowMs: number;
}

/** The answer to a request that asked: granted, refused until, or undefined when the counters are away. */
export type SharedAnswer = { readonly retryAfterMs: number; readonly used: number } | undefined;

interface Known extends SharedKey {
  used: number;
  fullUntilMs: number;
  /** Allowed here and not told yet, and told but not answered yet: together never above the share of this node. */
  unsent: number;
  inFlight: number;
  waiting: ((answer: SharedAnswer) => void)[];
  isQueued: boolean;
}

/**
 * Windows shared with other nodes. Far below a limit a request is allowed at once and told afterwards; what a node has allowed and not
 * yet told is bounded by its share of two per cent of the limit, however stale its knowledge is, so all nodes together allow at most that
 * much too many. Near the limit, and for limits too small to share out, the counters are asked first. One call is under way at a time and
 * carries everything that waits.
 */
export interface SharedWindows {
  /** `taken`, a time to wait, or `ask`. */
  tryNow(key: SharedKey): 'taken' | 'ask' | { readonly retryAfterMs: number; readonly used: number };
  ask(key: SharedKey): Promise<SharedAnswer>;
  /** How long the window is known to be full; 0 when it is not. */
  fullForMs(name: string): number;
  used(key: SharedKey): number;
  state(): 'shared' | 'local_only';
  close(): void;
}

export function createSharedWindows(
  deps: { counters: Counters; clock: Clock; log: Log },
  options: SharedOptions,
): SharedWindows {
  const known = new Map<string, Known>();
  let queue: Known[] = [];
  let waitingCount = 0;
  let isAway = false;
  let isClosed = false;
  let isCalling = false;
  let triedAtMs = 0;
  let timer: NodeJS.Timeout | undefined;

  const budgetOf = (limit: number): number => Math.floor((limit * overshootShare) / options.nodes);

  const entryOf = (key: SharedKey): Known => {
    const found = known.get(key.name);
    if (found) return found;
    if (known.size >= knownMax) forgetOne();
    const made: Known = { ...key, used: 0, fullUntilMs: 0, unsent: 0, inFlight: 0, waiting: [], isQueued: false };
    known.set(key.name, made);
    return made;
  };

  // The first in the map was made first; one with counts to tell is put behind the others instead.
  const forgetOne = (): void => {
    for (const [name, entry] of known) {
      known.delete(name);
      if (!entry.isQueued && entry.inFlight === 0) return;
      known.set(name, entry);
      if (known.size > knownMax * 2) return;
    }
  };

  const enqueue = (entry: Known): void => {
    if (entry.isQueued) return;
    entry.isQueued = true;
    queue.push(entry);
  };

  /** Calls now when somebody waits, soon when there is only something to tell. */
  const schedule = (isUrgent: boolean): void => {
    if (isCalling || isClosed) return;
    if (isUrgent) {
      clearTimeout(timer);
      timer = undefined;
      isCalling = true;
      // After what else this turn of the event loop brings, which joins the call.
      setImmediate(() => void flush());
    } else if (timer === undefined) {
      timer = setTimeout(() => {
        timer = undefined;
        if (isCalling || isClosed) return;
        isCalling = true;
        void flush();
      }, options.flushEveryMs);
      timer.unref();
    }
  };

  const flush = async (): Promise<void> => {
    const batch = queue.slice(0, takesPerCall / 2);
    queue = queue.slice(batch.length);
    const calls = batch.map(toCall);
    for (const { entry } of calls) entry.isQueued = false;
    const takes = calls.flatMap(call => call.takes);
    const counts = takes.length === 0 ? [] : await inTime(() => deps.counters.takeWindows(takes), options.timeoutMs);
    if (counts === undefined) goAway();
    let at = 0;
    for (const call of calls) {
      const own = counts?.slice(at, at + call.takes.length);
      at += call.takes.length;
      settle(call, own?.length === call.takes.length ? own : undefined);
    }
    isCalling = false;
    if (queue.length > 0) schedule(true);
  };

  const toCall = (entry: Known): Call => {
    const asked = entry.waiting;
    entry.waiting = [];
    entry.inFlight = entry.unsent;
    entry.unsent = 0;
    const base = { key: entry.name, limit: entry.limit, windowMs: entry.windowMs };
    return {
      entry,
      asked,
      takes: [
        ...(entry.inFlight > 0 ? [{ ...base, by: entry.inFlight, isForced: true }] : []),
        ...(asked.length > 0 ? [{ ...base, by: asked.length }] : []),
      ],
    };
  };

  const settle = (
    call: Call,
    counts: readonly { granted: number; used: number; freeInMs: number }[] | undefined,
  ): void => {
    const { entry, asked } = call;
    entry.inFlight = 0;
    waitingCount -= asked.length;
    const last = counts?.at(-1);
    if (last === undefined) {
      for (const tell of asked) tell(undefined);
      return;
    }
    entry.used = last.used;
    entry.fullUntilMs = last.freeInMs > 0 ? deps.clock.monotonicMs() + last.freeInMs : 0;
    asked.forEach((tell, i) =>
      tell({ used: last.used, retryAfterMs: i < last.granted ? 0 : Math.max(1, last.freeInMs) }),
    );
  };

  const goAway = (): void => {
    triedAtMs = deps.clock.monotonicMs();
    if (isAway || isClosed) return;
    isAway = true;
    // What was allowed meanwhile is not made good later: it would weigh on people for a time that is past.
    for (const entry of known.values()) entry.unsent = 0;
    // Nobody waits for a call that would fail too.
    for (const entry of queue) {
      entry.isQueued = false;
      waitingCount -= entry.waiting.length;
      for (const tell of entry.waiting.splice(0)) tell(undefined);
    }
    queue = [];
    deps.log.warn('limits.local_only', { timeoutMs: options.timeoutMs });
  };

  const comeBack = async (): Promise<void> => {
    const value = await inTime(() => deps.counters.get('limits.alive'), options.timeoutMs);
    isCalling = false;
    if (value === undefined || isClosed) return;
    isAway = false;
    known.clear();
    deps.log.info('limits.shared', {});
  };

  const tryAgain = (): void => {
    const nowMs = deps.clock.monotonicMs();
    if (isCalling || isClosed || nowMs - triedAtMs < options.retryEveryMs) return;
    triedAtMs = nowMs;
    isCalling = true;
    void comeBack();
  };

  return {
    tryNow(key) {
      if (isAway) {
        tryAgain();
        return 'taken';
      }
      const entry = entryOf(key);
      const waitMs = entry.fullUntilMs === 0 ? 0 : entry.fullUntilMs - deps.clock.monotonicMs();
      if (waitMs > 0) return { retryAfterMs: Math.ceil(waitMs), used: entry.used };
      const budget = budgetOf(key.limit);
      const unanswered = entry.unsent + entry.inFlight;
      if (unanswered >= budget || entry.used + unanswered >= key.limit - budget * options.nodes) return 'ask';
      entry.unsent++;
      enqueue(entry);
      schedule(entry.unsent * 2 > budget);
      return 'taken';
    },
    ask(key) {
      if (isAway || isClosed || waitingCount >= waitingMax) return Promise.resolve(undefined);
      const entry = entryOf(key);
      waitingCount++;
      return new Promise(resolve => {
        entry.waiting.push(resolve);
        enqueue(entry);
        schedule(true);
      });
    },
    fullForMs(name) {
      const entry = isAway ? undefined : known.get(name);
      if (entry === undefined || entry.fullUntilMs === 0) return 0;
      return Math.max(0, Math.ceil(entry.fullUntilMs - deps.clock.monotonicMs()));
    },
    used(key) {
      const entry = known.get(key.name);
      return entry === undefined ? 0 : entry.used + entry.unsent + entry.inFlight;
    },
    state: () => (isAway ? 'local_only' : 'shared'),
    close() {
      isClosed = true;
      clearTimeout(timer);
      for (const entry of queue) for (const tell of entry.waiting.splice(0)) tell(undefined);
      queue = [];
      known.clear();
    },
  };
}

interface Call {
  readonly entry: Known;
  readonly asked: readonly ((answer: SharedAnswer) => void)[];
  readonly takes: readonly WindowTake[];
}

/** Undefined when it fails or takes too long. */
async function inTime<T>(act: () => Promise<T>, timeoutMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>(resolve => {
    timer = setTimeout(() => resolve(undefined), timeoutMs);
  });
  try {
    return await Promise.race([act().catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}
