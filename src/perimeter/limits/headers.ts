import type { LimitDecision } from './rules.ts';

/**
 * The fields that tell a client its quota (draft-ietf-httpapi-ratelimit-headers-10: `q` of `w` seconds, `r` left, more in `t` seconds), and
 * `Retry-After` (RFC 9110 section 10.2.3) when refused. `t` is never before `Retry-After`. Names are lower case.
 */
export function rateLimitHeaders(decision: LimitDecision): Record<string, string> {
  const { policy, limit, windowMs, remaining } = decision;
  const resetSeconds = Math.ceil(Math.max(decision.resetMs, decision.retryAfterMs) / 1000);
  const time = resetSeconds > 0 ? `;t=${resetSeconds}` : '';
  return {
    'ratelimit-policy': `"${policy}";q=${limit};w=${Math.ceil(windowMs / 1000)}`,
    ratelimit: `"${policy}";r=${remaining}${time}`,
    ...(decision.allowed ? {} : { 'retry-after': String(Math.max(1, Math.ceil(decision.retryAfterMs / 1000))) }),
  };
}
