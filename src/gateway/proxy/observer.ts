import type { Log } from '../../core/log.ts';
import type { Exchange } from '../exchange.ts';
import { principalOf } from '../exchange.ts';
import type { PlaneMessage } from '../snapshot.ts';

/** Keeps the beginning of one answer, up to its bound, and reads facts from it at the end. */
export interface Observer {
  take(chunk: Buffer): void;
  end(): void;
}

/**
 * An observer where the platform's table asks for one and the answer is a success that can be read; otherwise undefined. Of a longer answer
 * the platform is shown the beginning: it reads cut-off documents. Never changes or delays the answer.
 */
export function createObserver(
  exchange: Exchange,
  answer: { status: number; encoding: string | undefined; at: number },
  deps: { log: Log; tell: (message: PlaneMessage) => void },
): Observer | undefined {
  const { classification, platform, request, site } = exchange;
  const bytesMax = classification?.observeBytesMax;
  if (
    classification === undefined ||
    bytesMax === undefined ||
    platform === undefined ||
    request === undefined ||
    site === undefined
  )
    return undefined;
  if (answer.status < 200 || answer.status > 299) return undefined;
  if (answer.encoding !== undefined && answer.encoding !== 'identity') return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  return {
    take(chunk) {
      if (size >= bytesMax) return;
      // Copied where it is cut, so that a small piece does not keep a large buffer alive.
      const part = size + chunk.length > bytesMax ? Buffer.from(chunk.subarray(0, bytesMax - size)) : chunk;
      size += part.length;
      chunks.push(part);
    },
    end() {
      const body = Buffer.concat(chunks).toString();
      const principal = principalOf(exchange);
      const userId = principal.kind === 'user' ? principal.id : null;
      try {
        const facts = platform.observe({ request, classification, status: answer.status, body, at: answer.at });
        for (const fact of facts) {
          deps.tell({ kind: 'fact', site: site.policy.id, userId, fact, requestId: exchange.requestId });
        }
      } catch (error) {
        // What the upstream sent is no reason to fail a request that has succeeded; the request itself is recorded.
        deps.log.warn('gateway.observe_failed', { requestId: exchange.requestId, error });
      }
    },
  };
}
