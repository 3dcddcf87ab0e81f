import { untilAborted } from './guarded-fetch.ts';

/** A value that is fetched when it is needed and old; see `createOnceInAWhile`. */
export interface OnceInAWhile<T> {
  get(signal: AbortSignal): Promise<T>;
  /** Fetches again although it is not old, unless it was fetched within the cooldown. */
  again(signal: AbortSignal): Promise<T>;
}

/**
 * Keeps what `load` gave for `keptMs`. However many ask, one load runs at a time and it belongs to nobody: who gives up waiting ends their
 * waiting, not the load, which has a time limit of its own. What failed is not kept.
 */
export function createOnceInAWhile<T>(made: {
  readonly load: (signal: AbortSignal) => Promise<T>;
  readonly now: () => number;
  readonly keptMs: number;
  readonly cooldownMs: number;
  readonly timeoutMs: number;
}): OnceInAWhile<T> {
  let held: { readonly value: T; readonly at: number } | undefined;
  let running: Promise<T> | undefined;

  function load(): Promise<T> {
    running ??= made
      .load(AbortSignal.timeout(made.timeoutMs))
      .then(value => {
        held = { value, at: made.now() };
        return value;
      })
      .finally(() => {
        running = undefined;
      });
    return running;
  }

  const ifYounger = (ms: number): typeof held =>
    held !== undefined && Math.abs(made.now() - held.at) < ms ? held : undefined;

  async function get(within: number, signal: AbortSignal): Promise<T> {
    const young = ifYounger(within);
    return young === undefined ? untilAborted(load(), signal) : young.value;
  }

  return { get: signal => get(made.keptMs, signal), again: signal => get(made.cooldownMs, signal) };
}
