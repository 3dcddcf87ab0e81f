import { toProblem } from '../core/errors.ts';
import { permissions } from '../core/permissions.ts';
import type { ControlContext } from '../gateway/gateway.ts';
import type { TokenAnswer } from '../identity/identity.ts';
import { readText } from './bounds.ts';
import type { AdminDeps } from './deps.ts';
import type { House, PageApp } from './pages/visit.ts';
import { logFault } from './problems.ts';

const formBytesMax = 64 * 1024;
const authMethods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'];
const signingAlgorithms = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'];

export const oauthPaths = {
  token: '/.sallyport/oauth/token',
  revoke: '/.sallyport/oauth/revoke',
  metadata: '/.well-known/oauth-authorization-server',
} as const;

/** The OAuth endpoints of programs, on the portal's own origin: they know no cookie, so no page of another site can use them. */
export function serveOauth(app: PageApp, house: House): void {
  const { deps } = house;
  const issuer = house.config.portalOrigin;
  const { machines } = deps.identity;
  app.post(oauthPaths.token, c =>
    answer(house, c.req.raw, c.env.control, form =>
      machines.answerTokenRequest({ ...form, issuer, findSite: named => findSite(deps, named) }),
    ),
  );
  app.post(oauthPaths.revoke, c =>
    answer(house, c.req.raw, c.env.control, form => machines.answerRevocation({ ...form, issuer })),
  );
  for (const path of [oauthPaths.token, oauthPaths.revoke]) {
    app.all(path, () => refuse(405, 'want POST', { allow: 'POST' }));
  }
  // RFC 8414 section 2.
  app.get(oauthPaths.metadata, () =>
    Response.json(
      {
        issuer,
        token_endpoint: `${issuer}${oauthPaths.token}`,
        revocation_endpoint: `${issuer}${oauthPaths.revoke}`,
        grant_types_supported: ['client_credentials', 'urn:ietf:params:oauth:grant-type:token-exchange'],
        response_types_supported: [],
        scopes_supported: permissions,
        token_endpoint_auth_methods_supported: authMethods,
        token_endpoint_auth_signing_alg_values_supported: signingAlgorithms,
        revocation_endpoint_auth_methods_supported: authMethods,
        revocation_endpoint_auth_signing_alg_values_supported: signingAlgorithms,
      },
      { headers: { 'cache-control': 'public, max-age=3600' } },
    ),
  );
}

interface Form {
  readonly form: URLSearchParams;
  readonly authorization: string | undefined;
  readonly clientIp: string;
  readonly requestId: string;
}

/** Whatever happens, a program gets a document of RFC 6749 section 5.2 and can tell what to do next. */
async function answer(
  house: House,
  request: Request,
  control: ControlContext,
  act: (form: Form) => Promise<TokenAnswer>,
): Promise<Response> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type)) {
    return refuse(400, 'want the parameters as application/x-www-form-urlencoded');
  }
  const { clientIp, requestId } = control;
  try {
    const form = new URLSearchParams(await readText(request, formBytesMax));
    const authorization = request.headers.get('authorization') ?? undefined;
    const { body, headers, status } = await act({ form, authorization, clientIp, requestId });
    return Response.json(body, { status, headers });
  } catch (error) {
    logFault(house.deps.log, error, requestId);
    const { detail, status } = toProblem(error);
    if (status < 500) return refuse(status, detail ?? 'the request cannot be read');
    return refuse(
      503,
      'the gate cannot answer now: come again later',
      { 'retry-after': '5' },
      'temporarily_unavailable',
    );
  }
}

function refuse(
  status: number,
  description: string,
  headers: Record<string, string> = {},
  error = 'invalid_request',
): Response {
  const all = { 'cache-control': 'no-store', pragma: 'no-cache', ...headers };
  return Response.json({ error, error_description: description }, { status, headers: all });
}

/** A site by id, by name, or by an address at its origin (RFC 8707 section 2). */
async function findSite(deps: AdminDeps, named: string): Promise<string | undefined> {
  const origin = URL.canParse(named) ? new URL(named).origin : undefined;
  const sites = await deps.sites.list();
  const found = sites.find(
    site =>
      site.id === named || site.name === named || (origin !== undefined && deps.siteOrigins(site).includes(origin)),
  );
  return found?.enabled === true ? found.id : undefined;
}
