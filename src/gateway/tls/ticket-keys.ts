import { randomBytes, randomInt } from 'node:crypto';

const rotateEveryMs = 8 * 3_600_000;
const jitterMs = 3_600_000;
/** Node wants 48 bytes: name, HMAC key, AES key. */
const keyBytes = 48;

/** The key that seals session tickets (RFC 5077, RFC 8446 section 4.6.1). It lives in memory alone, so that nobody finds it later. */
export interface TicketKeys {
  /** In base64. */
  readonly current: string;
  /** A new key once the held one is about eight hours old; true when it changed. Tickets under the old key mean a full handshake. */
  rotate(): boolean;
}

export function createTicketKeys(deps: { monotonicMs: () => number }): TicketKeys {
  const made = () => randomBytes(keyBytes).toString('base64');
  const dueMs = () => deps.monotonicMs() + rotateEveryMs + randomInt(-jitterMs, jitterMs);
  let current = made();
  let nextMs = dueMs();
  return {
    get current() {
      return current;
    },
    rotate() {
      if (deps.monotonicMs() < nextMs) return false;
      current = made();
      nextMs = dueMs();
      return true;
    },
  };
}
