import { randomBytes } from 'node:crypto';
import { jsonAnswer, redirectAnswer } from '../answer.ts';
import { contextOf } from '../control-bridge.ts';
import type { Exchange, Verdict } from '../exchange.ts';
import { headerOf, isNavigation, next, originOf } from '../exchange.ts';
import { formCookie, gatePaths } from '../gate-names.ts';
import type { ControlHandler } from '../gateway.ts';
import { nameOf } from '../proxy/cookies.ts';

const signOutTimeoutMs = 10_000;

const signIn: Verdict = { kind: 'challenge', how: 'sign_in' };
const enter: Verdict = { kind: 'challenge', how: 'enter' };

const notHere: Verdict = {
  kind: 'deny',
  code: 'gateway.route_closed',
  reason: 'the gate signs people in',
  type: 'closed_route',
};

const notEnded: Verdict = {
  kind: 'deny',
  code: 'internal',
  reason: 'the session could not be ended',
  type: 'internal',
};

/**
 * Signing in and out as the platform's own pages ask for it, done by the gate: its sign-in page leads to ours, its sign-out ends the
 * gate's session and with it those on every platform. Its own password form never gets an answer.
 */
export function createGateActions(deps: { control: ControlHandler }) {
  return (exchange: Exchange): Verdict | Promise<Verdict> => {
    switch (exchange.classification?.gate) {
      case undefined:
        return next;
      case 'sign_in':
        if (!isNavigation(exchange)) return notHere;
        return exchange.signedIn === undefined ? signIn : enter;
      case 'sign_out':
        // A page that is opened must not end anything: it leads to one that asks.
        if (isNavigation(exchange)) return redirectAnswer(gatePaths.signOut);
        if (exchange.inbound.method !== 'POST') return notHere;
        return exchange.signedIn === undefined ? signedOut([]) : signOut(exchange, deps.control);
      default:
        return notHere;
    }
  };
}

/** Fills in the gate's own sign-out form for the person: the request has passed the same-origin layer already. */
async function signOut(exchange: Exchange, control: ControlHandler): Promise<Verdict> {
  const token = randomBytes(32).toString('base64url');
  const origin = originOf(exchange);
  const kept = (headerOf(exchange, 'cookie') ?? '')
    .split(';')
    .filter(pair => nameOf(pair) !== formCookie.toLowerCase());
  const request = new Request(`${origin}${gatePaths.signOut}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      cookie: [...kept.map(pair => pair.trim()), `${formCookie}=${token}`].join('; '),
      origin,
      'sec-fetch-site': 'same-origin',
      'user-agent': headerOf(exchange, 'user-agent') ?? '',
    },
    body: new URLSearchParams({ form_token: token }).toString(),
    signal: AbortSignal.timeout(signOutTimeoutMs),
  });
  const response = await control(request, contextOf(exchange));
  await response.body?.cancel();
  return response.status < 400 ? signedOut(response.headers.getSetCookie()) : notEnded;
}

/** What n8n and Flowise answer to a sign-out, in one document that both of their pages read. */
function signedOut(cookies: readonly string[]): Verdict {
  const headers = cookies.flatMap(line => ['set-cookie', line]);
  return jsonAnswer(200, { data: { loggedOut: true }, message: 'logged_out', redirectTo: '/signin' }, headers);
}
