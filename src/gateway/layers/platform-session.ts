import type { Clock } from '../../core/clock.ts';
import type { Exchange, Verdict } from '../exchange.ts';
import { next } from '../exchange.ts';

const enter: Verdict = { kind: 'challenge', how: 'enter' };

/**
 * Finds the platform session the gate holds for the person. Without one, a person is sent to get one; what anybody may have passes without.
 * A published route never carries a person's session: it runs as what it is, a call from outside.
 */
export function createPlatformSessionLayer(deps: { clock: Clock }) {
  return (exchange: Exchange): Verdict => {
    const { granted, policy, signedIn, site } = exchange;
    if (site === undefined || policy === undefined || granted === undefined || granted.kind === 'public') return next;
    if (signedIn === undefined || !needsSession(exchange)) return next;
    const session = policy.snapshot.platformSessions.get(`${site.policy.id}|${signedIn.person.id}`);
    if (session !== undefined && session.expiresAt > deps.clock.now()) {
      exchange.platformSession = session;
      return next;
    }
    return granted.kind === 'open' ? next : enter;
  };
}

/** True when people act on this platform by a session of its own. */
export function needsSession(exchange: Exchange): boolean {
  // A service of its own must not get the session of the platform beside it.
  if (exchange.api !== undefined && exchange.api.settings.upstream !== null) return false;
  return exchange.site?.policy.accounts !== 'none' && exchange.platform?.createSignIn !== undefined;
}
