/**
 * Admin answers "how do people run it?": the sign-in pages, the portal's files and the control-plane API, all on the portal's own origin;
 * on the hosts of sites only what signing in and out there needs. It decides nothing about traffic: it changes what the rooms keep, and
 * they tell the data plane. Pages work without a script, under a policy that allows none.
 */
import { Hono } from 'hono';
import { SallyportError } from '../core/errors.ts';
import type { ControlContext, ControlHandler } from '../gateway/gateway.ts';
import { gatePaths } from '../gateway/gateway.ts';
import type { Activity } from './activity.ts';
import { createActivity } from './activity.ts';
import { auditHandlers } from './api/audit.ts';
import { banHandlers } from './api/bans.ts';
import { elevationHandlers } from './api/elevations.ts';
import { exclusionHandlers } from './api/exclusions.ts';
import { explainHandlers } from './api/explain.ts';
import { factorHandlers } from './api/factors.ts';
import { grantHandlers } from './api/grants.ts';
import { groupHandlers } from './api/groups.ts';
import type { Handlers } from './api/handler.ts';
import { keyHandlers } from './api/keys.ts';
import { machineHandlers } from './api/machines.ts';
import { meHandlers } from './api/me.ts';
import { peopleHandlers } from './api/people.ts';
import { perimeterHandlers } from './api/perimeter.ts';
import { policyHandlers } from './api/policy.ts';
import { projectHandlers } from './api/projects.ts';
import { providerHandlers } from './api/providers.ts';
import { reviewHandlers } from './api/reviews.ts';
import { roleHandlers } from './api/roles.ts';
import { scimClientHandlers } from './api/scim-clients.ts';
import type { AdminEnv } from './api/server.ts';
import { serveContract } from './api/server.ts';
import { siteHandlers } from './api/sites.ts';
import { systemHandlers } from './api/system.ts';
import { findCaller } from './callers.ts';
import { apiBasePath } from './client.ts';
import type { AdminConfig, AdminDeps } from './deps.ts';
import { serveOauth } from './oauth.ts';
import { openApiDocument } from './openapi.ts';
import { serveEnrolment } from './pages/enrol.ts';
import { serveEnter } from './pages/enter.ts';
import { serveErrors, showError } from './pages/errors.ts';
import { servePortalHandoff, serveSiteHandoff } from './pages/handoff.ts';
import { html } from './pages/html.ts';
import { serveLink } from './pages/link.ts';
import { serveNotices } from './pages/notices.ts';
import { loadPageAssets } from './pages/page-files.ts';
import { servePasskeys } from './pages/passkeys.ts';
import { servePlatformAccount } from './pages/platform-account.ts';
import { serveProjectChoice } from './pages/project.ts';
import { serveReauthentication } from './pages/reauthenticate.ts';
import { serveSignIn } from './pages/sign-in.ts';
import { serveSignedOut, serveSignOut } from './pages/sign-out.ts';
import { serveSso } from './pages/sso.ts';
import type { House, PageApp } from './pages/visit.ts';
import { paths, redirect, show, visitOf, withReturn } from './pages/visit.ts';
import type { PerimeterActivity } from './perimeter-activity.ts';
import { createPerimeterActivity } from './perimeter-activity.ts';
import { createPortalFiles } from './portal-files.ts';
import { logFault, problemResponse } from './problems.ts';
import { serveScim } from './scim.ts';

export type { AdminConfig, AdminDeps } from './deps.ts';
export { openApiDocument } from './openapi.ts';

export interface Admin extends Disposable {
  /** Answers everything below `/.sallyport/`, and everything on the portal's own host. Never throws. */
  readonly handle: ControlHandler;
  /** Answers the API for the local operator: whoever may open the socket may do everything but be a person. Never throws. */
  handleOperator(request: Request, requestId: string): Promise<Response>;
}

export function createAdmin(config: AdminConfig, deps: AdminDeps): Admin {
  const activity = createActivity(deps);
  const perimeterActivity = createPerimeterActivity(deps);
  const house: House = { config, deps, assets: loadPageAssets() };
  const handlers = allHandlers(config, deps, { activity, perimeterActivity });
  const portal = portalApp(house, handlers);
  const site = siteApp(house);
  const operator = operatorApp(house, handlers);
  return {
    async handle(request, control) {
      const app = control.site === undefined ? portal : site;
      const elsewhere = control.site === undefined ? sendHome(config, request, control) : undefined;
      return harden(elsewhere ?? (await answer(house, app, request, { control, isOperator: false })));
    },
    async handleOperator(request, requestId) {
      const control = { requestId, clientIp: '127.0.0.1', origin: config.portalOrigin, site: undefined };
      return answer(house, operator, request, { control, isOperator: true });
    },
    [Symbol.dispose]() {
      activity[Symbol.dispose]();
      perimeterActivity[Symbol.dispose]();
    },
  };
}

/** Even an error page that cannot be made ends in a problem document. */
async function answer(house: House, app: PageApp, request: Request, env: AdminEnv['Bindings']): Promise<Response> {
  try {
    return await app.fetch(request, env);
  } catch (error) {
    logFault(house.deps.log, error, env.control.requestId);
    return problemResponse(error, env.control.requestId);
  }
}

function allHandlers(
  config: AdminConfig,
  deps: AdminDeps,
  { activity, perimeterActivity }: { activity: Activity; perimeterActivity: PerimeterActivity },
): Handlers {
  return {
    ...systemHandlers(config, deps, activity),
    ...meHandlers(config, deps),
    ...peopleHandlers(config, deps),
    ...factorHandlers(deps),
    ...policyHandlers(deps),
    ...projectHandlers(deps),
    ...roleHandlers(deps),
    ...grantHandlers(deps),
    ...elevationHandlers(deps),
    ...explainHandlers(deps),
    ...reviewHandlers(deps),
    ...siteHandlers(deps),
    ...auditHandlers(deps),
    ...perimeterHandlers(deps, perimeterActivity),
    ...exclusionHandlers(deps),
    ...banHandlers(deps),
    ...keyHandlers(deps),
    ...machineHandlers(deps),
    ...groupHandlers(deps),
    ...providerHandlers(deps),
    ...scimClientHandlers(config, deps),
  };
}

/** Everything, on the portal's own origin. */
function portalApp(house: House, handlers: Handlers): PageApp {
  const app = newApp(house);
  serveSignIn(app, house);
  serveSso(app, house);
  serveScim(app, house);
  serveEnrolment(app, house);
  servePasskeys(app, house);
  serveNotices(app, house);
  serveReauthentication(app, house);
  serveLink(app, house);
  serveSignOut(app, house);
  serveSignedOut(app, house);
  servePlatformAccount(app, house);
  servePortalHandoff(app, house);
  serveErrors(app, house);
  serveOauth(app, house);
  servePortal(app, house);
  app.get('/.sallyport/api/openapi.json', () =>
    Response.json(openApiDocument(), { headers: { 'cache-control': 'no-cache' } }),
  );
  app.post(gatePaths.n8nHook, c => house.deps.n8nHook(c.req.raw, c.env.control));
  serveContract(app, { ...house.deps, handlers });
  return app;
}

/** On the hosts of sites: the hand-over of a session, the way into the platform, signing out. */
function siteApp(house: House): PageApp {
  const app = newApp(house);
  serveSiteHandoff(app, house);
  serveEnter(app, house);
  serveProjectChoice(app, house);
  serveSignOut(app, house);
  app.post(gatePaths.n8nHook, c => house.deps.n8nHook(c.req.raw, c.env.control));
  return app;
}

function operatorApp(house: House, handlers: Handlers): PageApp {
  const app = newApp(house);
  serveContract(app, { ...house.deps, handlers });
  return app;
}

/** An application that turns every error into a page for a person or a problem document for a program. */
function newApp(house: House): PageApp {
  const app = new Hono<AdminEnv>();
  app.get('/.sallyport/assets/*', c => house.assets.serve(c.req.path) ?? c.notFound());
  app.notFound(c => {
    const message = `Cannot find "${c.req.path}": no such route`;
    return answerError(house, c.req.raw, c.env, new SallyportError('admin.not_found', message));
  });
  app.onError((error, c) => answerError(house, c.req.raw, c.env, error));
  return app;
}

function answerError(house: House, request: Request, env: AdminEnv['Bindings'], error: unknown): Response {
  const { control, isOperator } = env;
  logFault(house.deps.log, error, control.requestId);
  const url = new URL(request.url);
  const wantsPage =
    !isOperator && !url.pathname.startsWith(apiBasePath) && /\btext\/html\b/.test(request.headers.get('accept') ?? '');
  if (!wantsPage) return problemResponse(error, control.requestId);
  return showError({ ...house, request, control, url }, error);
}

/** The portal's files are for anybody; its page is for who is signed in, everybody else is sent to sign in first. */
function servePortal(app: PageApp, house: House): void {
  const files = createPortalFiles(house.config.portalDir);
  app.get('/', () => redirect(paths.portal));
  app.get('/.sallyport', () => redirect(paths.portal));
  app.get('/.sallyport/portal', () => redirect(paths.portal));
  app.get(`${paths.portal}*`, async c => {
    const visit = visitOf(house, c);
    const name = c.req.path.slice(paths.portal.length);
    const file = name === '' || name === 'index.html' ? undefined : await files.find(name);
    if (file !== undefined) return file;
    // What looks like a file and is none is an error, not the portal's page: a script must not get HTML.
    if (name.startsWith('assets/')) return c.notFound();
    if ((await findCaller(house.deps, visit.request, visit.control)) === undefined) {
      const url = new URL(visit.url.pathname + visit.url.search, house.config.portalOrigin);
      return redirect(withReturn(paths.signIn, { url, site: undefined }));
    }
    return (await files.index()) ?? show(visit, { title: 'The portal is not built', content: notBuilt, status: 503 });
  });
}

const notBuilt = html`
<p class="lead">You are signed in and the gate works; only the files of the admin portal are missing. Whoever runs Sallyport builds them once:</p>
<code class="secret">npm run build --workspace portal</code>
<a class="button second" href="${paths.signOut}">Sign out</a>`;

/** The portal has one origin. Reached by another name (127.0.0.1 for localhost), reading leads there and nothing else is answered. */
function sendHome(config: AdminConfig, request: Request, control: ControlContext): Response | undefined {
  if (control.origin === config.portalOrigin) return undefined;
  const url = new URL(request.url);
  if (url.pathname === gatePaths.n8nHook) return undefined;
  if (request.method === 'GET' && !url.pathname.startsWith(apiBasePath)) {
    return redirect(`${config.portalOrigin}${url.pathname}${url.search}`);
  }
  const message = `Refused: origin "${control.origin}" is not the portal's "${config.portalOrigin}"`;
  return problemResponse(new SallyportError('gateway.unknown_site', message), control.requestId);
}

/** What every answer carries, whichever page or call it is of. */
function harden(response: Response): Response {
  const headers = new Headers(response.headers);
  headers.set('x-content-type-options', 'nosniff');
  headers.set('cross-origin-resource-policy', 'same-origin');
  headers.set('cross-origin-opener-policy', 'same-origin');
  headers.set('x-frame-options', 'DENY');
  headers.set('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()');
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
  if (!headers.has('referrer-policy')) headers.set('referrer-policy', 'same-origin');
  if (!headers.has('content-security-policy')) {
    headers.set('content-security-policy', "default-src 'none'; frame-ancestors 'none'; base-uri 'none'");
  }
  return new Response(response.body, { status: response.status, headers });
}
