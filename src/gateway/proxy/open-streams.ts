import type { Exchange } from '../exchange.ts';

/** An exchange under way, and how to cut it. */
export interface OpenStream {
  readonly exchange: Exchange;
  /** True for what never ends by itself: WebSockets and event streams. */
  isEndless: boolean;
  close(reason: string): void;
  /** Monotonic time of the last byte, for what has an idle limit. */
  lastByteMs?: number;
}

/** Everything under way, so that a change of policy ends at once what it no longer allows. */
export interface OpenStreams {
  add(stream: OpenStream): void;
  delete(stream: OpenStream): void;
  /** Closes every stream for which `reasonToClose` gives a reason. */
  review(reasonToClose: (stream: OpenStream) => string | undefined): void;
  readonly size: number;
}

export function createOpenStreams(): OpenStreams {
  const open = new Set<OpenStream>();
  return {
    add: stream => open.add(stream),
    delete: stream => open.delete(stream),
    review(reasonToClose) {
      for (const stream of open) {
        const reason = reasonToClose(stream);
        if (reason === undefined) continue;
        open.delete(stream);
        stream.close(reason);
      }
    },
    get size() {
      return open.size;
    },
  };
}
