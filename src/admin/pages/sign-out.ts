import type { Dispatch } from '../../identity/identity.ts';
import { signOut } from '../api/me.ts';
import { findCaller } from '../callers.ts';
import { dropCookie, pendingCookie, sessionCookie } from '../cookies.ts';
import { html } from './html.ts';
import { showLogoutOffer } from './sso-fields.ts';
import type { House, PageApp, Visit } from './visit.ts';
import { formFields, paths, readForm, redirect, show, visitOf } from './visit.ts';

/**
 * Signing out, on the portal and on sites. Reading the page ends nothing. From a site it ends at the portal, which asks again should another
 * person be signed in there.
 */
export function serveSignOut(app: PageApp, house: House): void {
  app.get(paths.signOut, async c => {
    const visit = visitOf(house, c);
    const caller = await findCaller(house.deps, visit.request, visit.control);
    return caller === undefined ? redirect(afterSignOut(visit)) : showSignOut(visit, caller.user.email);
  });
  app.post(paths.signOut, async c => {
    const visit = visitOf(house, c);
    await readForm(visit);
    const caller = await findCaller(house.deps, visit.request, visit.control);
    const { request } = visit;
    const elsewhere = caller && (await logoutElsewhere(visit, caller.session.id));
    if (caller !== undefined) await signOut(house.deps, caller, request.signal);
    const dropped = [dropCookie(sessionCookie), dropCookie(pendingCookie)];
    return elsewhere ? showLogoutOffer(visit, elsewhere, dropped) : redirect(afterSignOut(visit), dropped);
  });
}

/** Asked before the session ends: afterwards nobody knows where it was begun. */
function logoutElsewhere(visit: Visit, sessionId: string): Promise<Dispatch | null> {
  const { deps, request } = visit;
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(5000)]);
  return deps.identity.signOn.beginLogout(sessionId, `${visit.config.portalOrigin}${paths.signedOut}`, signal);
}

export function serveSignedOut(app: PageApp, house: House): void {
  app.get(paths.signedOut, c => {
    const visit = visitOf(house, c);
    const content = html`
<p class="lead">Your session has ended here and in the platforms behind the gate. Close the browser if others use it.</p>
<a class="button" href="${paths.signIn}">Sign in again</a>`;
    return show(visit, { title: 'You are signed out', content });
  });
}

/** From a site: the portal's own sign-out, which says that all has ended, or asks about what is left. */
function afterSignOut(visit: Visit): string {
  if (visit.control.site === undefined) return paths.signedOut;
  return `${visit.config.portalOrigin}${paths.signOut}`;
}

function showSignOut(visit: Visit, email: string): Response {
  const { fields, cookies } = formFields(visit, undefined);
  const content = html`
<p class="lead">You are signed in as <strong>${email}</strong>. Signing out ends this session.</p>
<form method="post" action="${paths.signOut}">
${fields}
<button>Sign out</button>
</form>
<a class="button second" href="${visit.config.portalOrigin}${paths.portal}">Stay signed in</a>`;
  const page = { title: 'Sign out?', content, cookies };
  if (visit.control.site === undefined) return show(visit, page);
  const url = new URL(visit.config.portalOrigin);
  return show(visit, page, { url, site: undefined });
}
