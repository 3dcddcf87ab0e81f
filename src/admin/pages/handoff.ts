import { createHash } from 'node:crypto';
import { Secret } from '../../core/secret.ts';
import { findCaller, hostOf, signInContext } from '../callers.ts';
import { dropCookie, handoffCookie, readCookie, setCookie } from '../cookies.ts';
import { localPart, readReturnTo } from '../return-to.ts';
import { sameText } from '../same-origin.ts';
import { html } from './html.ts';
import { endFormerSession } from './sign-in.ts';
import type { House, PageApp, Visit } from './visit.ts';
import { destinationOf, paths, redirect, show, signedInCookies, visitOf, withReturn } from './visit.ts';

/**
 * Hands a session over from the portal's host to a site's host, as cookies do not reach there: the site remembers the browser by a state
 * cookie, the portal issues a code for that host (30 s, single use), the site exchanges it. A code that somebody else's browser brings is
 * worth nothing, so nobody can be signed in to another's account by a link. Where the hosts are the same, the cookie serves already.
 */
export function servePortalHandoff(app: PageApp, house: House): void {
  app.get(paths.handoff, async c => {
    const visit = visitOf(house, c);
    const toward = await destinationOf(visit);
    const state = visit.url.searchParams.get('state') ?? '';
    if (toward?.site === undefined || !isStateHash(state)) return showBroken(visit);
    const host = hostOf(toward.url.origin);
    if (host === hostOf(house.config.portalOrigin)) return redirect(toward.url.href);
    const caller = await findCaller(house.deps, visit.request, visit.control);
    if (caller === undefined) return redirect(withReturn(paths.signIn, toward));
    const code = await house.deps.identity.issueHandoff(caller.session.id, host);
    const query = new URLSearchParams({ code: code.reveal(), state, return_to: localPart(toward.url) });
    return leave(`${toward.url.origin}${paths.handoff}?${query.toString()}`);
  });
}

/** The site's half. */
export function serveSiteHandoff(app: PageApp, house: House): void {
  app.get(paths.handoff, async c => {
    const visit = visitOf(house, c);
    const { portalOrigin } = house.config;
    const { origin } = visit.control;
    const own = { portalOrigin: origin, sites: new Map() };
    const path = localPart(readReturnTo(visit.url.searchParams.get('return_to'), own)?.url ?? new URL('/', origin));
    if (hostOf(origin) === hostOf(portalOrigin)) return redirect(path);
    const code = visit.url.searchParams.get('code');
    return code === null ? askPortal(visit, path) : redeem(visit, code, path);
  });
}

const stateMaxAgeS = 120;

function askPortal(visit: Visit, path: string): Response {
  const state = visit.deps.random(32).toString('base64url');
  const query = new URLSearchParams({ return_to: `${visit.control.origin}${path}`, state: hashState(state) });
  const url = `${visit.config.portalOrigin}${paths.handoff}?${query.toString()}`;
  return redirect(url, [setCookie(handoffCookie, state, stateMaxAgeS)]);
}

async function redeem(visit: Visit, code: string, path: string): Promise<Response> {
  const state = readCookie(visit.request, handoffCookie);
  const given = visit.url.searchParams.get('state') ?? '';
  if (state === undefined || !sameText(hashState(state), given) || code.length > 512) return showBroken(visit);
  const step = await visit.deps.identity.redeemHandoff(new Secret(code), signInContext(visit.request, visit.control));
  if (step.state !== 'signed_in') return showBroken(visit);
  await endFormerSession(visit, step.session.id);
  const response = leave(path);
  for (const cookie of [...signedInCookies(step.token), dropCookie(handoffCookie)]) {
    response.headers.append('set-cookie', cookie);
  }
  return response;
}

/** The address one leaves holds a code: it is in no referrer. */
function leave(to: string): Response {
  const response = redirect(to);
  response.headers.set('referrer-policy', 'no-referrer');
  return response;
}

function hashState(state: string): string {
  return createHash('sha256').update(state).digest('base64url');
}

function isStateHash(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text);
}

function showBroken(visit: Visit): Response {
  const content = html`
<p class="lead">The way from sign-in to this site was interrupted, or the address was used before. Nothing is wrong with your account.</p>
<a class="button" href="${visit.control.site === undefined ? paths.portal : '/'}">Try again</a>`;
  return show(visit, {
    title: 'Sign-in could not be finished',
    content,
    status: 400,
    cookies: [dropCookie(handoffCookie)],
  });
}
