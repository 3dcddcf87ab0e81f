import type { Clock } from '../../core/clock.ts';
import type { Exchange, Verdict } from '../exchange.ts';
import { next } from '../exchange.ts';
import { projectHeader } from '../gate-names.ts';
import { currentProject, holderOf } from './project.ts';
import { standingOf } from './standing.ts';

const enter: Verdict = { kind: 'challenge', how: 'enter' };

const unnamed: Verdict = {
  kind: 'deny',
  code: 'gateway.forbidden',
  reason: 'the API key works in several projects and the request names none',
  type: 'forbidden',
  hint: `Name the project in the header "${projectHeader}": its id, as the portal shows it.`,
};

/**
 * Finds the platform session the gate holds for the person. Without one, a person is sent to get one; what anybody may have passes without.
 * A published route never carries a person's session: it runs as what it is, a call from outside.
 */
export function createPlatformSessionLayer(deps: { clock: Clock }) {
  return (exchange: Exchange): Verdict => {
    const { granted, policy, signedIn, site } = exchange;
    if (site === undefined || policy === undefined || granted === undefined || granted.kind === 'public') return next;
    if (signedIn === undefined || !needsSession(exchange)) return next;
    if (!hasChosen(exchange)) {
      if (granted.kind === 'open') return next;
      return signedIn.apiKey === undefined ? enter : unnamed;
    }
    const session = policy.snapshot.platformSessions.get(`${site.policy.id}|${holderOf(exchange) ?? ''}`);
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

/** Whether it is known in which project this request works: between several, somebody has to say. */
function hasChosen(exchange: Exchange): boolean {
  const { policy, signedIn, site } = exchange;
  if (policy === undefined || signedIn === undefined || site?.policy.accounts !== 'project') return true;
  const standing = standingOf(exchange, signedIn.person, { now: exchange.at, policy });
  return currentProject(exchange, site.policy, standing)?.isChosen !== false;
}
