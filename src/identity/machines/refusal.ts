import type { TokenAnswer } from './machines.ts';

/** RFC 6749 section 5.2, RFC 8693 section 2.2.2, and for too many requests the word of section 4.1.2.1 that fits. */
export type OAuthError =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  | 'invalid_target'
  | 'temporarily_unavailable';

/** A request at the token endpoint that gets no token. Its description is for the developer of the program and holds nothing secret. */
export class OAuthRefusal extends Error {
  override readonly name = 'OAuthRefusal';
  readonly code: OAuthError;
  /** For `temporarily_unavailable`. */
  readonly retryAfterMs: number | undefined;
  /** What is recorded as a failed attempt; undefined for requests that were only malformed. */
  readonly failure: string | undefined;

  constructor(code: OAuthError, description: string, more: { retryAfterMs?: number; failure?: string } = {}) {
    super(description);
    this.code = code;
    this.retryAfterMs = more.retryAfterMs;
    this.failure = more.failure;
  }
}

const statuses: Partial<Record<OAuthError, number>> = { invalid_client: 401, temporarily_unavailable: 429 };

/** RFC 6749 section 5.1: no answer of these endpoints is ever kept. */
export const uncached = { 'cache-control': 'no-store', pragma: 'no-cache' } as const;

/** The answer that says so. A client that came by the Authorization header is told how to come (RFC 6749 section 5.2). */
export function answerOf(refusal: OAuthRefusal): TokenAnswer {
  const { code, message, retryAfterMs } = refusal;
  return {
    status: statuses[code] ?? 400,
    headers: {
      ...uncached,
      ...(code === 'invalid_client' ? { 'www-authenticate': 'Basic realm="sallyport", charset="UTF-8"' } : {}),
      ...(retryAfterMs === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1000))) }),
    },
    body: { error: code, error_description: message },
  };
}
