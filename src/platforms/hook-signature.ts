import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../core/secret.ts';

/** Headers of a signed hook message: HMAC-SHA-256 (RFC 2104) over purpose, site, time, nonce and body, in hex. */
export const hookHeaders = {
  site: 'x-sallyport-hook-site',
  time: 'x-sallyport-hook-time',
  nonce: 'x-sallyport-hook-nonce',
  signature: 'x-sallyport-hook-signature',
} as const;

export interface SignedMessage {
  /** A question's signature is worth nothing as an answer's. */
  readonly purpose: 'message' | 'answer';
  readonly site: string;
  readonly time: string;
  readonly nonce: string;
  readonly body: string;
}

export function signHookMessage(secret: Secret, message: SignedMessage): string {
  const { purpose, site, time, nonce, body } = message;
  return createHmac('sha256', secret.reveal()).update([purpose, site, time, nonce, body].join('\n')).digest('hex');
}

/** Compares in constant time. */
export function isSignedBy(secret: Secret, message: SignedMessage, signature: string): boolean {
  const wanted = Buffer.from(signHookMessage(secret, message), 'hex');
  const given = /^[0-9a-f]{64}$/.test(signature) ? Buffer.from(signature, 'hex') : Buffer.alloc(wanted.length);
  return timingSafeEqual(wanted, given);
}
