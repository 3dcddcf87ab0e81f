import { SallyportError } from '../core/errors.ts';
import { systemPrincipal } from '../core/events.ts';
import { networkOf } from '../core/ip.ts';
import { Secret } from '../core/secret.ts';
import type { ScimAnswer } from '../identity/identity.ts';
import { clearAfter, leavePlatforms } from './api/leaving.ts';
import { scimBasePath } from './api/scim-clients.ts';
import { rates, readText, spend } from './bounds.ts';
import type { House, PageApp, Visit } from './pages/visit.ts';
import { visitOf } from './pages/visit.ts';

const bodyBytesMax = 1024 * 1024;

/** SCIM 2.0 on the portal's origin, by bearer token alone: no cookie counts here, so no page of another site can use one. */
export function serveScim(app: PageApp, house: House): void {
  app.all(`${scimBasePath}/*`, async c => {
    const visit = visitOf(house, c);
    try {
      return await serve(visit);
    } catch (error) {
      const status = error instanceof SallyportError ? statusOf(error) : undefined;
      if (status === undefined) throw error;
      return toResponse(problem(status, error instanceof SallyportError ? (error.detail ?? '') : ''));
    }
  });
}

async function serve(visit: Visit): Promise<Response> {
  const { control, deps, request, url } = visit;
  await spend(deps.counters, rates.provisioning, networkOf(control.clientIp));
  const path = pathOf(url);
  const answer = await deps.identity.scim.answer(tokenOf(request), {
    method: request.method,
    path,
    query: url.searchParams,
    body: await readBody(request),
    ifMatch: request.headers.get('if-match'),
    requestId: control.requestId,
    clientIp: control.clientIp,
  });
  // Guesses cost more than requests.
  if (answer.status === 401) await spend(deps.counters, rates.strangers, networkOf(control.clientIp));
  const userId = answer.status < 300 && request.method !== 'GET' ? /^\/*Users\/([^/]+)\/*$/.exec(path)?.[1] : undefined;
  if (userId !== undefined) await followUp(visit, userId);
  return toResponse(answer);
}

/** Identity has ended what it holds of somebody who was deleted or set inactive; the other rooms hold more. */
async function followUp({ deps, request }: Visit, userId: string): Promise<void> {
  if (request.method === 'DELETE') await clearAfter(deps, systemPrincipal, userId, request.signal);
  else if (deps.roster.person(userId)?.disabled === true) await leavePlatforms(deps, userId, request.signal);
}

/** RFC 6750 section 2.1. */
function tokenOf(request: Request): Secret | undefined {
  const match = /^Bearer ([A-Za-z0-9._~+/-]{1,200}=*)$/i.exec(request.headers.get('authorization') ?? '');
  return match?.[1] === undefined ? undefined : new Secret(match[1]);
}

function pathOf(url: URL): string {
  const path = url.pathname.slice(scimBasePath.length);
  try {
    return decodeURIComponent(path);
  } catch {
    throw new SallyportError('core.invalid_input', `Cannot read path "${path.slice(0, 100)}"`, {
      detail: 'The path cannot be read.',
    });
  }
}

async function readBody(request: Request): Promise<unknown> {
  if (request.method === 'GET' || request.method === 'DELETE') return undefined;
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/scim+json' && type !== 'application/json') {
    throw new SallyportError('core.invalid_input', `Cannot read body: content type "${type}"`, {
      detail: 'Want application/scim+json.',
    });
  }
  try {
    return JSON.parse(await readText(request, bodyBytesMax));
  } catch (error) {
    if (error instanceof SallyportError) throw error;
    throw new SallyportError('core.invalid_input', 'Cannot read body: it is not JSON', { detail: 'Want JSON.' });
  }
}

function statusOf({ code }: SallyportError): number | undefined {
  if (code === 'core.invalid_input') return 400;
  if (code === 'gateway.body_too_large') return 413;
  return code === 'admin.too_many_requests' ? 429 : undefined;
}

const problem = (status: number, detail: string): ScimAnswer => ({
  status,
  headers: status === 429 ? { 'retry-after': '60' } : {},
  body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: `${status}`, detail },
});

function toResponse({ body, headers, status }: ScimAnswer): Response {
  if (body === undefined) return new Response(null, { status, headers });
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...headers, 'content-type': 'application/scim+json; charset=utf-8', 'cache-control': 'no-store' },
  });
}
