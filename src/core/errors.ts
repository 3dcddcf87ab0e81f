/** Every error code with its HTTP status and its title for people. Codes are never renamed or reused. */
export const errorCodes = {
  internal: { status: 500, title: 'Internal error' },
  'core.queue_full': { status: 503, title: 'Too much work is waiting' },
  'core.invalid_input': { status: 400, title: 'Invalid input' },
  'store.unavailable': { status: 503, title: 'The store is not available' },
  'store.conflict': { status: 409, title: 'Conflicts with what is stored' },
  'store.migration_failed': { status: 500, title: 'The store could not be migrated' },
  'store.locked': { status: 503, title: 'The data directory is in use by another process' },
  'store.object_not_found': { status: 404, title: 'No such object' },
  'store.object_exists': { status: 409, title: 'The object already exists' },
  'audit.unavailable': { status: 503, title: 'The audit log cannot record' },
  'audit.corrupt': { status: 500, title: 'The audit log does not verify' },
  'vault.key_invalid': { status: 500, title: 'The master key cannot be used' },
  'vault.sealed_invalid': { status: 500, title: 'A sealed value cannot be opened' },
  'identity.user_not_found': { status: 404, title: 'No such person' },
  'identity.user_exists': { status: 409, title: 'A person with this e-mail address exists' },
  'identity.password_refused': { status: 422, title: 'The password is not acceptable' },
  'identity.link_invalid': { status: 410, title: 'The link is used, expired or unknown' },
  'identity.code_invalid': { status: 422, title: 'The code is not valid' },
  'identity.session_not_found': { status: 404, title: 'No such session' },
  'identity.owner_exists': { status: 409, title: 'An Owner exists already' },
  'identity.mfa_compulsory': { status: 409, title: 'A second factor is compulsory' },
  'identity.passkey_refused': { status: 422, title: 'The passkey was not accepted' },
  'identity.passkey_not_found': { status: 404, title: 'No such passkey' },
  'identity.too_many_attempts': { status: 429, title: 'Too many attempts' },
  'identity.busy': { status: 503, title: 'Too many sign-ins are waiting' },
  'identity.api_key_not_found': { status: 404, title: 'No such API key' },
  'identity.service_account_not_found': { status: 404, title: 'No such service account' },
  'identity.credential_not_found': { status: 404, title: 'No such client secret or key' },
  'identity.token_not_found': { status: 404, title: 'No such access token' },
  'identity.provider_not_found': { status: 404, title: 'No such identity provider' },
  'identity.provider_unreachable': { status: 502, title: 'The identity provider does not answer' },
  'identity.provider_refused': { status: 403, title: 'The identity provider did not vouch for this sign-in' },
  'identity.scim_client_not_found': { status: 404, title: 'No such SCIM client' },
  'identity.group_not_found': { status: 404, title: 'No such group' },
  'access.denied': { status: 403, title: 'Not permitted' },
  'access.project_not_found': { status: 404, title: 'No such project' },
  'access.project_exists': { status: 409, title: 'A project with this name exists' },
  'access.last_owner': { status: 409, title: 'The last Owner cannot be removed' },
  'access.role_not_found': { status: 404, title: 'No such role' },
  'access.role_exists': { status: 409, title: 'A role with this name exists' },
  'access.role_in_use': { status: 409, title: 'The role is in use' },
  'access.grant_not_found': { status: 404, title: 'No such grant' },
  'access.elevation_not_found': { status: 404, title: 'No such elevation' },
  'access.elevation_settled': { status: 409, title: 'The elevation is settled already' },
  'access.review_not_found': { status: 404, title: 'No such review' },
  'access.review_closed': { status: 409, title: 'The review is closed' },
  'platforms.unreachable': { status: 502, title: 'The platform does not answer' },
  'platforms.refused': { status: 502, title: 'The platform refused the sign-in' },
  'platforms.setup_needed': { status: 409, title: 'The platform has an owner already' },
  'perimeter.exclusion_not_found': { status: 404, title: 'No such exclusion' },
  'perimeter.blocked': { status: 403, title: 'The request was stopped' },
  'perimeter.malformed': { status: 400, title: 'The request cannot be read in one way' },
  'perimeter.ban_exempt': { status: 409, title: 'This address cannot be banned' },
  'perimeter.ban_not_found': { status: 404, title: 'No such ban' },
  'perimeter.list_invalid': { status: 422, title: 'The list cannot be used' },
  'perimeter.geo_unavailable': { status: 503, title: 'The country data cannot be read' },
  'perimeter.banned': { status: 403, title: 'Requests from this address are not taken' },
  'perimeter.rate_limited': { status: 429, title: 'Too many requests' },
  'perimeter.country_refused': { status: 403, title: 'Requests from this country are not taken' },
  'perimeter.challenge': { status: 403, title: 'A proof is needed first' },
  'perimeter.answer_withheld': { status: 502, title: 'The answer was withheld' },
  'perimeter.rules_invalid': { status: 500, title: 'The rule files cannot be used' },
  'gateway.bad_request': { status: 400, title: 'The request is malformed' },
  'gateway.path_refused': { status: 400, title: 'The path is not acceptable' },
  'gateway.unauthenticated': { status: 401, title: 'Sign-in needed' },
  'gateway.step_up': { status: 401, title: 'A fresh or stronger proof of who you are is needed' },
  'gateway.forbidden': { status: 403, title: 'Not permitted' },
  'gateway.unknown_site': { status: 421, title: 'No site answers to this name' },
  'gateway.route_closed': { status: 404, title: 'Not found' },
  'gateway.body_too_large': { status: 413, title: 'The request body is too large' },
  'gateway.headers_too_large': { status: 431, title: 'The request header is too large' },
  'gateway.timeout': { status: 408, title: 'The request took too long' },
  'gateway.upstream_unavailable': { status: 502, title: 'The platform does not answer' },
  'gateway.upstream_timeout': { status: 504, title: 'The platform took too long' },
  'gateway.overloaded': { status: 503, title: 'Too many requests' },
  'gateway.not_recording': { status: 503, title: 'The request cannot be recorded' },
  'gateway.tls_invalid': { status: 500, title: 'The certificate cannot be used' },
  'gateway.acme_failed': { status: 502, title: 'The certificate authority gave no certificate' },
  'gateway.certificate_needed': { status: 403, title: 'A client certificate is needed' },
  'gateway.site_exists': { status: 409, title: 'A site with this name or address exists' },
  'gateway.request_invalid': { status: 400, title: 'The request does not fit the description of the API' },
  'gateway.api_route_unknown': { status: 404, title: 'The API has no such route' },
  'gateway.api_key_needed': { status: 401, title: 'An API key is needed' },
  'gateway.site_not_found': { status: 404, title: 'No such site' },
  'admin.csrf': { status: 403, title: 'The request did not come from this site' },
  'admin.not_found': { status: 404, title: 'Not found' },
  'admin.step_up': { status: 401, title: 'Sign in again to do this' },
  'admin.proof_refused': { status: 422, title: 'The password or the code is not right' },
  'admin.too_many_requests': { status: 429, title: 'Too many requests' },
  'server.config_invalid': { status: 500, title: 'The configuration is not valid' },
  'server.insecure': { status: 500, title: 'Refusing to start: the settings are not safe' },
  'server.not_running': { status: 503, title: 'Sallyport is not running' },
  'server.usage': { status: 400, title: 'The command was not understood' },
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** An error whose `code` callers may decide on. `message` and `cause` go to the log; only `detail` is shown to a client. */
export class SallyportError extends Error {
  override readonly name = 'SallyportError';
  readonly code: ErrorCode;
  readonly detail: string | undefined;
  /** Further members of the problem document (RFC 9457 section 3.2), safe to show. */
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: { detail?: string; cause?: unknown; extensions?: Record<string, unknown> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.detail = options.detail;
    this.extensions = options.extensions ?? {};
  }
}

/** RFC 9457 section 3.1. `type` is a relative reference into the error reference page. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail?: string;
  readonly requestId?: string;
  readonly [extension: string]: unknown;
}

/** Turns any thrown value into a problem document that shows nothing but what was meant to be shown. */
export function toProblem(error: unknown, requestId?: string): Problem {
  const known = error instanceof SallyportError ? error : undefined;
  const code = known?.code ?? 'internal';
  return {
    ...known?.extensions,
    type: `/.sallyport/errors#${code}`,
    title: errorCodes[code].title,
    status: errorCodes[code].status,
    code,
    ...(known?.detail === undefined ? {} : { detail: known.detail }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

/** True when the value is a SallyportError, with that code if one is given. */
export function isSallyportError(error: unknown, code?: ErrorCode): error is SallyportError {
  return error instanceof SallyportError && (code === undefined || error.code === code);
}
