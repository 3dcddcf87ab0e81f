import type { Context } from 'hono';
import { isSallyportError, SallyportError } from '../../core/errors.ts';
import { networkOf } from '../../core/ip.ts';
import { Secret } from '../../core/secret.ts';
import type { Arrival } from '../../identity/identity.ts';
import { demand } from '../api/handler.ts';
import type { AdminEnv } from '../api/server.ts';
import { rates, readText, spend } from '../bounds.ts';
import { findCaller, signInContext } from '../callers.ts';
import { flowCookie, postedFlowCookie, readCookie, setCookie, setPostedCookie } from '../cookies.ts';
import type { Destination } from '../return-to.ts';
import { proceed, showSignIn } from './sign-in.ts';
import { send, showReport } from './sso-fields.ts';
import type { House, PageApp, Visit } from './visit.ts';
import { destinationOf, paths, redirect, visitOf, withReturn } from './visit.ts';

const postBytesMax = 512 * 1024;
const flowMaxAgeS = 600;
const base = `${paths.sso}/:slug` as const;

/**
 * The ways to identity providers and back, on the portal's origin. What comes back belongs to a sign-in of this very browser, by state and
 * cookie; where it leads on to was settled when it began.
 */
export function serveSso(app: PageApp, house: House): void {
  app.get(`${base}/start`, c => start(visitOf(house, c), slugOf(c)));
  app.get(`${base}/callback`, async c => {
    const visit = visitOf(house, c);
    const url = new URL(visit.url.pathname + visit.url.search, house.config.portalOrigin);
    return finish(visit, slugOf(c), { kind: 'oidc', url, cookie: cookieOf(visit, flowCookie) });
  });
  app.post(`${base}/acs`, async c => {
    const visit = visitOf(house, c);
    const fields = await readPost(visit);
    const cookie = cookieOf(visit, postedFlowCookie);
    const response = onlyField(fields, 'SAMLResponse');
    const relayState = fields.has('RelayState') ? onlyField(fields, 'RelayState') : '';
    return finish(visit, slugOf(c), { kind: 'saml', response, relayState, cookie });
  });
  app.get(`${base}/metadata`, async c => {
    const xml = await house.deps.identity.signOn.metadata(slugOf(c));
    return new Response(xml, { headers: { 'content-type': 'application/samlmetadata+xml; charset=utf-8' } });
  });
  serveLogout(app, house);
}

function serveLogout(app: PageApp, house: House): void {
  const { signOn } = house.deps.identity;
  app.get(`${base}/slo`, async c => {
    const visit = visitOf(house, c);
    await limit(visit);
    const query = visit.url.search.slice(1);
    const answer = await signOn.singleLogout(slugOf(c), { binding: 'redirect', query }, visit.request.signal);
    return answer === null ? redirect(paths.signedOut) : send(visit, answer, []);
  });
  app.post(`${base}/slo`, async c => {
    const visit = visitOf(house, c);
    const fields = Object.fromEntries(await readPost(visit));
    const answer = await signOn.singleLogout(slugOf(c), { binding: 'post', fields }, visit.request.signal);
    return answer === null ? redirect(paths.signedOut) : send(visit, answer, []);
  });
  // OpenID Connect Back-Channel Logout 1.0 section 2.8: 200 when it is done, 400 with an error as of RFC 6749 otherwise.
  app.post(`${base}/logout`, async c => {
    const visit = visitOf(house, c);
    try {
      const token = onlyField(await readPost(visit), 'logout_token');
      await signOn.backChannelLogout(slugOf(c), token, visit.request.signal);
      return new Response(null, { status: 200, headers: { 'cache-control': 'no-store' } });
    } catch (error) {
      if (!isSallyportError(error)) throw error;
      house.deps.log.warn('federation.logout_refused', { provider: slugOf(c), error });
      if (isSallyportError(error, 'identity.provider_unreachable')) throw error;
      return Response.json({ error: 'invalid_request' }, { status: 400, headers: { 'cache-control': 'no-store' } });
    }
  });
}

async function start(visit: Visit, slug: string): Promise<Response> {
  await limit(visit);
  const toward = await destinationOf(visit);
  const purpose = purposeOf(visit);
  const caller = purpose === 'sign_in' ? undefined : await findCaller(visit.deps, visit.request, visit.control);
  if (purpose !== 'sign_in' && caller === undefined) return redirect(withReturn(paths.signIn, toward));
  if (purpose === 'test' && caller) await demand(caller, 'settings.manage');
  const { control, deps, request } = visit;
  const provider = await findProvider(visit, slug);
  const name = provider?.kind === 'saml' ? postedFlowCookie : flowCookie;
  const held = cookieOf(visit, name);
  const begun = await whileItAnswers(
    visit,
    deps.identity.signOn.begin(
      slug,
      {
        ...{ returnTo: toward?.url.href ?? null, purpose },
        ...(caller === undefined ? {} : { sessionId: caller.session.id }),
        ...(held === undefined ? {} : { cookie: held }),
      },
      signInContext(request, control, toward),
      AbortSignal.any([request.signal, AbortSignal.timeout(beginMsMax)]),
    ),
  );
  if (begun === undefined) return showAway(visit, provider?.name, toward);
  const { cookie, dispatch } = begun;
  const kept =
    name === postedFlowCookie ? setPostedCookie(name, cookie, flowMaxAgeS) : setCookie(name, cookie, flowMaxAgeS);
  return send(visit, dispatch, [kept]);
}

const beginMsMax = 15_000;
const finishMsMax = 30_000;

async function finish(
  visit: Visit,
  slug: string,
  answer: Parameters<Visit['deps']['identity']['signOn']['finish']>[1],
): Promise<Response> {
  if (answer.kind === 'oidc') await limit(visit);
  const { control, deps, request } = visit;
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(finishMsMax)]);
  const context = signInContext(request, control);
  const arrival = await whileItAnswers(visit, deps.identity.signOn.finish(slug, answer, context, signal));
  const name = (await findProvider(visit, slug))?.name;
  return arrival === undefined ? showAway(visit, name, undefined) : arrive(visit, name ?? slug, arrival);
}

const findProvider = async (visit: Visit, slug: string) =>
  (await visit.deps.identity.signOn.list()).find(provider => provider.slug === slug);

/** Undefined where the provider is away. Why is for the log: where it stands is nobody's business who is not signed in. */
async function whileItAnswers<T>(visit: Visit, asking: Promise<T>): Promise<T | undefined> {
  try {
    return await asking;
  } catch (error) {
    if (!isSallyportError(error, 'identity.provider_unreachable')) throw error;
    visit.deps.log.error('federation.provider_away', { requestId: visit.control.requestId, error });
    return undefined;
  }
}

/** Other ways in are right there. */
function showAway(visit: Visit, name: string | undefined, toward: Destination | undefined): Promise<Response> {
  const text = `${name ?? 'The identity provider'} does not answer now. Try again in a while, or sign in another way. Reference: ${visit.control.requestId}.`;
  return showSignIn(visit, toward, { refused: { retryAfterMs: undefined, text, status: 503 } });
}

async function arrive(visit: Visit, name: string, arrival: Arrival): Promise<Response> {
  if (arrival.kind === 'tested') return showReport(visit, name, arrival.report);
  const toward = await destinationOf(visit, arrival.returnTo);
  const next = await proceed(visit, arrival.step, toward);
  if (next !== undefined) return next;
  const text = `That sign-in was not accepted. Begin again; if it happens again, tell an Administrator the reference ${visit.control.requestId}.`;
  return showSignIn(visit, toward, { refused: { retryAfterMs: undefined, text } });
}

function purposeOf(visit: Visit): 'sign_in' | 'test' | 'reauthenticate' {
  const text = visit.url.searchParams.get('purpose') ?? 'sign_in';
  if (text === 'sign_in' || text === 'test' || text === 'reauthenticate') return text;
  throw invalid('purpose', 'want sign_in, test or reauthenticate');
}

/** Posts come from a page of the provider: no origin of ours can be demanded, so state, cookie and signature must do. */
async function readPost(visit: Visit): Promise<URLSearchParams> {
  await limit(visit);
  const type = visit.request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') throw invalid('content-type', 'want a form');
  return new URLSearchParams(await readText(visit.request, postBytesMax));
}

function onlyField(fields: URLSearchParams, name: string): string {
  const [value, ...more] = fields.getAll(name);
  if (value === undefined || more.length > 0) throw invalid(name, 'want exactly one');
  return value;
}

const limit = (visit: Visit): Promise<void> =>
  spend(visit.deps.counters, rates.forms, networkOf(visit.control.clientIp));

const slugOf = (c: Context<AdminEnv>): string => c.req.param('slug') ?? '';

function cookieOf(visit: Visit, name: string): Secret | undefined {
  const value = readCookie(visit.request, name);
  return value === undefined ? undefined : new Secret(value);
}

function invalid(what: string, wanted: string): SallyportError {
  const detail = `${what}: ${wanted}`;
  return new SallyportError('core.invalid_input', `Cannot take the request: ${detail}`, { detail });
}
