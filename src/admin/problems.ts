import { toProblem } from '../core/errors.ts';
import type { Log } from '../core/log.ts';

/** How long a proof of who one is counts as fresh, in milliseconds. */
export const stepUpMs = 15 * 60_000;

/** An RFC 9457 answer that shows nothing but what was meant to be shown, with the challenges that RFC 9110 and RFC 9470 ask for. */
export function problemResponse(error: unknown, requestId: string): Response {
  const problem = toProblem(error, requestId);
  const headers = new Headers({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
  if (problem.code === 'admin.step_up') {
    const challenge = 'Bearer realm="sallyport", error="insufficient_user_authentication"';
    headers.set(
      'www-authenticate',
      `${challenge}, error_description="A fresh proof is needed", max_age="${stepUpMs / 1000}"`,
    );
  } else if (problem.status === 401) {
    headers.set('www-authenticate', 'Bearer realm="sallyport"');
  }
  if (typeof problem['retryAfterS'] === 'number') headers.set('retry-after', `${problem['retryAfterS']}`);
  return new Response(JSON.stringify(problem), { status: problem.status, headers });
}

/** Logs what a client must not see: faults of ours, with their cause. Refusals are the caller's matter. */
export function logFault(log: Log, error: unknown, requestId: string): void {
  if (toProblem(error).status >= 500) log.error('admin.request_failed', { requestId, error });
}
