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
 * Throws the refusal while there were too many failures: by network, and by client and network, so that guessing from elsewhere keeps no client
 * out. Unlike a password, what is guessed here has 256 bits: a burst in parallel is bounded by `countRequest` alone, and a program that asks
 * often at once is not taken for one that guesses.
 */
export async function refuseAfterFailures(ground: Ground, attempt: Attempt): Promise<void> {
  for (const { key, max, windowMs } of failureCounters(ground, attempt)) {
    const { expiresInMs, value } = await ground.counters.increment(key, 0, windowMs);
    if (value >= max) throw tooMany(expiresInMs);
  }
}

/** Counts and records a failure, and once the lock it set. The client id is recorded as it came: it is no secret. */
export async function recordFailure(
  ground: Ground,
  attempt: Attempt,
  failed: { factor: 'client_secret' | 'client_key'; reason: string },
): Promise<void> {
  const login = attempt.clientId === '' ? '(no client)' : printable(attempt.clientId, 100);
  await ground.audit.append({
    ...{ type: 'auth.failed', outcome: 'failure', ...about(attempt) },
    data: { ...failed, login },
  });
  for (const { key, max, windowMs } of failureCounters(ground, attempt)) {
    const { expiresInMs, value } = await ground.counters.increment(key, 1, windowMs);
    if (value !== max) continue;
    await ground.audit.append({
      ...{ type: 'auth.locked', outcome: 'denied', ...about(attempt) },
      data: { login, scope: 'network', untilMs: ground.now() + expiresInMs },
    });
  }
}

function failureCounters(ground: Ground, attempt: Attempt) {
  const { failuresMax, networkFailuresMax, networkWindowMinutes } = ground.config.lockout;
  const windowMs = networkWindowMinutes * minuteMs;
  const network = networkOfOrigin(attempt.origin);
  const client = printable(attempt.clientId, 100);
  return [
    { key: `identity:client-failures:n:${network}`, max: networkFailuresMax, windowMs },
    { key: `identity:client-failures:c:${client}:${network}`, max: failuresMax * 4, windowMs },
  ];
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
