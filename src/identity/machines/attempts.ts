import { anonymous } from '../../core/events.ts';
import { canonicalIp, networkOf } from '../../core/ip.ts';
import { printable } from '../email.ts';
import type { Ground } from '../ground.ts';
import type { TokenRequest } from './machines.ts';
import { OAuthRefusal } from './refusal.ts';

const minuteMs = 60_000;
const perClientMax = 120;
const perNetworkMax = 600;

type Origin = Pick<TokenRequest, 'clientIp' | 'requestId'>;

/** Who is trying to be which client, from where. */
export interface Attempt {
  /** As the request says; nobody needs to have it. */
  readonly clientId: string;
  readonly origin: Origin;
}

/**
 * Counts a request before anything of it is judged: by network and, once it says one, by client. Throws the refusal for one too many.
 */
export async function countRequest(ground: Ground, attempt: Attempt): Promise<void> {
  const network = networkOfOrigin(attempt.origin);
  await count(ground, `identity:token-requests:n:${network}`, { max: perNetworkMax, windowMs: minuteMs });
  const client = printable(attempt.clientId, 100);
  await count(ground, `identity:token-requests:c:${client}:${network}`, { max: perClientMax, windowMs: minuteMs });
}

/**
 * Counts an attempt as failed before it is judged, as at sign-in: of a burst of parallel guesses no more are judged than of a slow row. By
 * network, and by client and network: guessing from elsewhere keeps no client out.
 */
export async function beginAttempt(ground: Ground, attempt: Attempt): Promise<{ succeed(): Promise<void> }> {
  const { failuresMax, networkFailuresMax, networkWindowMinutes } = ground.config.lockout;
  const windowMs = networkWindowMinutes * minuteMs;
  const network = networkOfOrigin(attempt.origin);
  const counters = [
    { key: `identity:client-failures:n:${network}`, max: networkFailuresMax },
    { key: `identity:client-failures:c:${printable(attempt.clientId, 100)}:${network}`, max: failuresMax * 4 },
  ];
  const counted: string[] = [];
  const giveBack = async (): Promise<void> => {
    for (const key of counted) await ground.counters.increment(key, -1, windowMs);
  };
  for (const { key, max } of counters) {
    const { expiresInMs, value } = await ground.counters.increment(key, 1, windowMs);
    counted.push(key);
    if (value <= max) continue;
    if (value === max + 1) await recordLock(ground, attempt, ground.now() + expiresInMs);
    // What waits was never judged, so it counts against nobody else.
    counted.pop();
    await giveBack();
    throw tooMany(expiresInMs);
  }
  return { succeed: giveBack };
}

/** Records that an attempt failed. The client id is recorded as it came: it is no secret. */
export function recordFailure(
  ground: Ground,
  attempt: Attempt,
  failed: { factor: 'client_secret' | 'client_key'; reason: string },
): Promise<unknown> {
  return ground.audit.append({
    type: 'auth.failed',
    outcome: 'failure',
    ...about(attempt),
    data: { ...failed, login: attempt.clientId === '' ? '(no client)' : printable(attempt.clientId, 100) },
  });
}

async function recordLock(ground: Ground, attempt: Attempt, untilMs: number): Promise<void> {
  const login = printable(attempt.clientId, 100);
  await ground.audit.append({
    ...{ type: 'auth.locked', outcome: 'denied', ...about(attempt) },
    data: { login, scope: 'network', untilMs },
  });
}

const about = ({ origin }: Attempt) =>
  ({
    principal: anonymous,
    action: 'token.issue',
    clientIp: origin.clientIp,
    requestId: origin.requestId,
  }) as const;

async function count(ground: Ground, key: string, limit: { max: number; windowMs: number }): Promise<void> {
  const { expiresInMs, value } = await ground.counters.increment(key, 1, limit.windowMs);
  if (value > limit.max) throw tooMany(expiresInMs);
}

const tooMany = (retryAfterMs: number): OAuthRefusal =>
  new OAuthRefusal('temporarily_unavailable', 'too many requests: come again later', { retryAfterMs });

function networkOfOrigin({ clientIp }: Origin): string {
  const ip = canonicalIp(clientIp);
  return ip === undefined ? 'unknown' : networkOf(ip);
}
