import type { Context, Hono } from 'hono';
import { SallyportError } from '../../core/errors.ts';
import { networkOf } from '../../core/ip.ts';
import { Secret } from '../../core/secret.ts';
import type { ControlContext, SiteRecord } from '../../gateway/gateway.ts';
import { gatePaths } from '../../gateway/gateway.ts';
import type { AdminEnv } from '../api/server.ts';
import { rates, readText, spend } from '../bounds.ts';
import { hostOf } from '../callers.ts';
import { dropCookie, formCookie, pendingCookie, readCookie, sessionCookie, setCookie } from '../cookies.ts';
import type { AdminConfig, AdminDeps } from '../deps.ts';
import type { Destination, KnownOrigins } from '../return-to.ts';
import { localPart, readReturnTo } from '../return-to.ts';
import { demandSameOrigin, sameText } from '../same-origin.ts';
import type { Html } from './html.ts';
import { html } from './html.ts';
import type { Page } from './layout.ts';
import { renderPage } from './layout.ts';
import type { PageAssets } from './page-files.ts';

/** What every page is made from. */
export interface House {
  readonly config: AdminConfig;
  readonly deps: AdminDeps;
  readonly assets: PageAssets;
}

/** One request for a page. */
export interface Visit extends House {
  readonly request: Request;
  readonly control: ControlContext;
  readonly url: URL;
}

export type PageApp = Hono<AdminEnv>;

export const paths = {
  portal: '/.sallyport/portal/',
  signIn: gatePaths.signIn,
  code: '/.sallyport/sign-in/code',
  enrol: '/.sallyport/sign-in/enrol',
  reauthenticate: '/.sallyport/reauthenticate',
  notices: '/.sallyport/notices',
  link: '/.sallyport/link',
  signOut: gatePaths.signOut,
  signedOut: '/.sallyport/signed-out',
  enter: gatePaths.enter,
  project: gatePaths.project,
  platformAccount: '/.sallyport/platform-account',
  handoff: '/.sallyport/handoff',
  errors: '/.sallyport/errors',
  sso: '/.sallyport/sso',
} as const;

/** Where the page's script sends what a passkey answered; its options are one segment below. */
export const passkeyPaths = {
  signIn: `${paths.signIn}/passkey`,
  code: `${paths.code}/passkey`,
  enrol: `${paths.enrol}/passkey`,
  reauthenticate: `${paths.reauthenticate}/passkey`,
} as const;

/** A first factor is worth its next step for ten minutes. */
export const pendingMaxAgeS = 600;

const formBytesMax = 16 * 1024;

export function visitOf(house: House, c: Context<AdminEnv>): Visit {
  return { ...house, request: c.req.raw, control: c.env.control, url: new URL(c.req.raw.url) };
}

/** Shows a page; `toward` is where its form may lead on to. */
export function show(visit: Visit, page: Page, toward?: Destination): Response {
  const formTargets = toward?.site === undefined ? [] : [toward.url.origin];
  return renderPage(page, { assets: visit.assets, host: new URL(visit.control.origin).host, formTargets });
}

/** 303 (RFC 9110 section 15.4.4): whatever the method was, the next request is a GET. */
export function redirect(to: string, cookies: readonly string[] = []): Response {
  const headers = new Headers({ location: to, 'cache-control': 'no-store', 'referrer-policy': 'same-origin' });
  for (const cookie of cookies) headers.append('set-cookie', cookie);
  return new Response(null, { status: 303, headers });
}

/** The site origins as they are now. */
async function knownOrigins(house: House): Promise<KnownOrigins> {
  const sites = new Map<string, SiteRecord>();
  for (const site of await house.deps.sites.list()) {
    for (const origin of house.deps.siteOrigins(site)) sites.set(origin, site);
  }
  return { portalOrigin: house.config.portalOrigin, sites };
}

/** Where the visitor wants to be sent on to; undefined when that is nowhere of ours. */
export async function destinationOf(visit: Visit, text?: string | null): Promise<Destination | undefined> {
  const wanted = text === undefined ? visit.url.searchParams.get('return_to') : text;
  return wanted ? readReturnTo(wanted, await knownOrigins(visit)) : undefined;
}

/** A path of ours that remembers where to go on to. */
export function withReturn(
  path: string,
  toward: Destination | undefined,
  extra: Readonly<Record<string, string>> = {},
): string {
  const query = new URLSearchParams(extra);
  if (toward !== undefined) query.set('return_to', toward.url.href);
  const printed = query.toString();
  return printed === '' ? path : `${path}?${printed}`;
}

/** The address a signed-in person goes on to: another host first gets a session of its own by the hand-over. */
export function onward(visit: Visit, toward: Destination | undefined): string {
  if (toward === undefined) return paths.portal;
  if (toward.url.hostname === hostOf(visit.config.portalOrigin)) return toward.url.href;
  const query = new URLSearchParams({ return_to: localPart(toward.url) });
  return `${toward.url.origin}${paths.handoff}?${query.toString()}`;
}

/** The cookies of somebody who is now signed in: a new session, and nothing left of the way there. */
export function signedInCookies(token: Secret): string[] {
  return [setCookie(sessionCookie, token), dropCookie(pendingCookie)];
}

/** The hidden fields of a form, and the cookie that makes them count. */
export function formFields(visit: Visit, toward: Destination | undefined): { fields: Html; cookies: string[] } {
  const kept = readCookie(visit.request, formCookie);
  const token = kept ?? visit.deps.random(32).toString('base64url');
  const fields = html`<input type="hidden" name="form_token" value="${token}">${
    toward !== undefined && html`<input type="hidden" name="return_to" value="${toward.url.href}">`
  }`;
  return { fields, cookies: kept === undefined ? [setCookie(formCookie, token)] : [] };
}

/** The fields of a form: the first value of each, or an empty text. */
export type Form = (name: string) => string;

/**
 * Reads a posted form. Refuses (`admin.csrf`) unless a page of this origin sent it and it carries the token of the browser's cookie, which
 * also keeps others from signing a browser in to an account of theirs.
 */
export async function readForm(visit: Visit): Promise<Form> {
  const { request, control, deps } = visit;
  demandSameOrigin(request, control.origin);
  await spend(deps.counters, rates.forms, networkOf(control.clientIp));
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') {
    throw new SallyportError('core.invalid_input', `Cannot read form: content type "${type}"`, {
      detail: 'Want a form.',
    });
  }
  const fields = new URLSearchParams(await readText(request, formBytesMax));
  const token = readCookie(request, formCookie);
  if (token === undefined || !sameText(token, fields.get('form_token') ?? '')) {
    throw new SallyportError('admin.csrf', 'Cannot accept form: its token is not that of the cookie', {
      detail:
        'The form was too old, or cookies are off. Go back, reload the page and try again; this address needs its cookies.',
    });
  }
  return name => fields.get(name) ?? '';
}

/** A posted form and where it leads on to. */
export interface Posted {
  readonly form: Form;
  readonly toward: Destination | undefined;
}

/** Reads both. Refuses as `readForm` does. */
export async function readPosted(visit: Visit): Promise<Posted> {
  const form = await readForm(visit);
  return { form, toward: await destinationOf(visit, form('return_to')) };
}

/** The password of a form, cut to the longest there can be. */
export const typedPassword = (form: Form): Secret => new Secret(form('password').slice(0, 1024));

/** The code of a form, cut to the longest there can be; empty where none was typed. */
export const typedCode = (form: Form): string => form('code').trim().slice(0, 40);
