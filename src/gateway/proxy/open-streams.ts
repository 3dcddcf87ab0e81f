import { canonicalIp, networkOf } from '../../core/ip.ts';
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
  /** Requests and tunnels under way to the same site by the same person; of people who are not signed in, from the same network. */
  countLike(exchange: Exchange): number;
  readonly size: number;
}

export function createOpenStreams(): OpenStreams {
  const open = new Set<OpenStream>();
  const counts = new Map<string, number>();
  const remove = (stream: OpenStream): void => {
    if (!open.delete(stream)) return;
    const key = keyOf(stream.exchange);
    const left = (counts.get(key) ?? 1) - 1;
    if (left === 0) counts.delete(key);
    else counts.set(key, left);
  };
  return {
    add(stream) {
      if (open.has(stream)) return;
      open.add(stream);
      const key = keyOf(stream.exchange);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    delete: remove,
    countLike: exchange => counts.get(keyOf(exchange)) ?? 0,
    review(reasonToClose) {
      for (const stream of open) {
        const reason = reasonToClose(stream);
        if (reason === undefined) continue;
        remove(stream);
        stream.close(reason);
      }
    },
    get size() {
      return open.size;
    },
  };
}

/** Neither the person nor the site of an exchange changes once it is under way. */
function keyOf({ clientIp, signedIn, site }: Exchange): string {
  const ip = canonicalIp(clientIp);
  return `${site?.policy.id}|${signedIn?.person.id ?? (ip === undefined ? clientIp : networkOf(ip))}`;
}
