import { hash } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import type { Compiled } from '../compiled.ts';
import type { Exchange, SignedIn, Verdict } from '../exchange.ts';
import { next } from '../exchange.ts';
import { sessionCookie } from '../gate-names.ts';
import { cookieValue } from '../proxy/cookies.ts';
import type { PlaneMessage, SessionPolicy } from '../snapshot.ts';
import { createKeyRing } from './api-key.ts';

const tokenCharsMax = 128;
const seenEveryMs = 30_000;

export interface Authenticate {
  readonly judge: (exchange: Exchange) => Verdict;
  /** Who this signed-in person is under a newer policy: undefined when the session ended, ran out, or the person was disabled. */
  renew(signedIn: SignedIn, policy: Compiled, hostname: string): SignedIn | undefined;
  /** Forgets sessions the policy no longer has. */
  sweep(policy: Compiled): void;
}

/**
 * Finds who a request is from, by an API key or the session cookie: a session that is unknown, ended, idle, expired, of another host or of
 * a disabled person is nobody's; a key that is, is refused at once. What a request needs is judged later. Tells when a session was seen, at most once in 30 s.
 */
export function createAuthenticate(deps: { clock: Clock; tell: (message: PlaneMessage) => void }): Authenticate {
  const keys = createKeyRing(deps);
  /** Session id → last seen here, and last told. The snapshot's own time may be older. */
  const seen = new Map<string, { at: number; toldAt: number }>();

  function isLive(session: SessionPolicy, hostname: string): boolean {
    const now = deps.clock.now();
    if (session.host !== hostname || now >= session.expiresAt) return false;
    const lastSeenAt = Math.max(session.lastSeenAt, seen.get(session.id)?.at ?? 0);
    return now - lastSeenAt < session.idleTimeoutMs;
  }

  function find(tokenHash: string, policy: Compiled, hostname: string): SignedIn | undefined {
    const session = policy.snapshot.sessions.get(tokenHash);
    if (session === undefined || !isLive(session, hostname)) return undefined;
    const person = policy.snapshot.people.get(session.userId);
    return person === undefined || person.disabled ? undefined : { hash: tokenHash, session, person };
  }

  function note(sessionId: string): void {
    const now = deps.clock.now();
    const held = seen.get(sessionId);
    if (held !== undefined) held.at = now;
    if (held !== undefined && Math.abs(now - held.toldAt) < seenEveryMs) return;
    seen.set(sessionId, { at: now, toldAt: now });
    deps.tell({ kind: 'seen', sessions: new Map([[sessionId, now]]) });
  }

  return {
    judge(exchange) {
      const byKey = keys.judge(exchange);
      if (byKey !== undefined) return byKey;
      const header = exchange.inbound.req.headers.cookie;
      const token = header === undefined ? undefined : cookieValue(header, sessionCookie);
      if (token === undefined || token.length > tokenCharsMax || exchange.policy === undefined) return next;
      const found = find(hash('sha256', token, 'hex'), exchange.policy, exchange.hostname);
      if (found === undefined) return next;
      exchange.signedIn = found;
      note(found.session.id);
      return next;
    },
    renew: (signedIn, policy, hostname) => {
      if (signedIn.apiKey !== undefined) return keys.find(signedIn.hash, policy, hostname);
      const found = find(signedIn.hash, policy, hostname);
      return found?.person.id === signedIn.person.id ? found : undefined;
    },
    sweep(policy) {
      keys.sweep(policy);
      const live = new Set<string>();
      for (const session of policy.snapshot.sessions.values()) live.add(session.id);
      for (const id of seen.keys()) if (!live.has(id)) seen.delete(id);
    },
  };
}
