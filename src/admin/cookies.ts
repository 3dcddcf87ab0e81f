import type { Secret } from '../core/secret.ts';
import { sessionCookie } from '../gateway/gateway.ts';

export { formCookie, projectCookie, sessionCookie } from '../gateway/gateway.ts';

/** A sign-in under way: worth nothing but its next step. */
export const pendingCookie = `${sessionCookie}-pending`;
/** The one-time link that is being used, out of the address and so out of history and referrers. */
export const linkCookie = `${sessionCookie}-link`;
/** What ties a sign-in at an identity provider to the browser that began it. */
export const flowCookie = `${sessionCookie}-sso`;
/** The same where the provider's page posts the answer: the one cookie of ours that another site's post brings along. It is good for nothing else. */
export const postedFlowCookie = `${sessionCookie}-saml`;
/** What ties the hand-over of a session to the browser that asked for it. */
export const handoffCookie = `${sessionCookie}-handoff`;

/** The value of one cookie; undefined when absent, and when it was sent twice, as nobody can say which one is meant. */
export function readCookie(request: Request, name: string): string | undefined {
  let found: string | undefined;
  for (const pair of (request.headers.get('cookie') ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at < 0 || pair.slice(0, at).trim() !== name) continue;
    if (found !== undefined) return undefined;
    found = pair.slice(at + 1).trim();
  }
  // Every cookie of ours is a token; anything else was not set by us.
  return found !== undefined && /^[A-Za-z0-9_.~-]{16,512}$/.test(found) ? found : undefined;
}

/** No domain, no other path, never in clear text, never for a script (RFC 6265bis section 4.1.3.2). `maxAgeS` left out makes it end with the browser's session. */
export function setCookie(name: string, value: Secret | string, maxAgeS?: number): string {
  const text = typeof value === 'string' ? value : value.reveal();
  const age = maxAgeS === undefined ? '' : `; Max-Age=${maxAgeS}`;
  return `${name}=${text}; Path=/; Secure; HttpOnly; SameSite=Lax${age}`;
}

/** As `setCookie`, sent along when a page of another site posts here. */
export function setPostedCookie(name: string, value: Secret, maxAgeS: number): string {
  return `${name}=${value.reveal()}; Path=/; Secure; HttpOnly; SameSite=None; Max-Age=${maxAgeS}`;
}

export function dropCookie(name: string): string {
  return `${name}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0`;
}
