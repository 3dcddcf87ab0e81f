import type { Denial } from '../exchange.ts';

const late: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** What a client is told of an upstream that did not answer: 504 when it was late, 503 when the gate holds enough for it, otherwise 502. */
export function toDenial(error: unknown): Denial {
  if (error === 'full') {
    return {
      kind: 'deny',
      code: 'gateway.overloaded',
      reason: 'every upstream has as many requests as it may',
      type: 'overload',
      headers: ['retry-after', '1'],
    };
  }
  const code = errorCodeOf(error);
  const reason = code === undefined ? 'no upstream is known' : `the upstream failed: ${code}`;
  if (code !== undefined && late.has(code)) {
    return { kind: 'deny', code: 'gateway.upstream_timeout', reason, type: 'upstream' };
  }
  return {
    kind: 'deny',
    code: 'gateway.upstream_unavailable',
    reason,
    type: 'upstream',
    headers: ['retry-after', '5'],
  };
}

/** The code of a socket or client error, also inside an aggregate (several addresses tried); bounded to plain words. */
function errorCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError) return errorCodeOf(error.errors[0]);
  return error.name;
}
