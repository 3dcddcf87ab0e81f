import { errors } from 'jose';
import * as client from 'openid-client';
import { SallyportError } from '../../core/errors.ts';
import { printable } from '../email.ts';
import type { ExternalOutcome, ExternalRefusal } from '../federation/federation.ts';

const detailMax = 500;

/** The provider did not vouch, found somewhere deep inside; `outcomeOf` turns it into the refusal. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly reason: ExternalRefusal['reason'];

  constructor(detail: string, reason: ExternalRefusal['reason'] = 'invalid') {
    super(detail);
    this.reason = reason;
  }
}

/** Errors of an authorization response (RFC 6749 section 4.1.2.1, OpenID Connect Core 1.0 section 3.1.2.6) that are a word about the person. */
const personal: ReadonlySet<string> = new Set([
  'access_denied',
  'login_required',
  'interaction_required',
  'consent_required',
  'account_selection_required',
]);
const passing: ReadonlySet<string> = new Set(['server_error', 'temporarily_unavailable']);

/**
 * A failed exchange as a refusal; throws on what says nothing of the person: a provider that cannot be reached, a bug of ours. Details
 * name what was wrong, never a value from a token.
 */
export function outcomeOf(error: unknown): ExternalOutcome {
  const house = houseError(error);
  if (house?.code === 'identity.provider_refused') return refused('invalid', house.message);
  if (house !== undefined) throw house;
  if (error instanceof Refused) return refused(error.reason, error.message);
  if (error instanceof client.AuthorizationResponseError) {
    if (passing.has(error.error)) throw unreachable(error.error, error);
    return refused(personal.has(error.error) ? 'denied' : 'invalid', `it answered "${error.error}"`);
  }
  if (error instanceof client.ResponseBodyError) {
    if (passing.has(error.error)) throw unreachable(error.error, error);
    return refused('invalid', `its token endpoint answered "${error.error}"`);
  }
  if (isOfProtocol(error)) return refused('invalid', [error.message, ...causesOf(error)].join(': '));
  throw error;
}

/** A word about the connection, not the person. */
export function unreachable(why: string, cause: unknown): SallyportError {
  const message = `Cannot use identity provider: it answered "${printable(why, 200)}"`;
  return new SallyportError('identity.provider_unreachable', message, { detail: message, cause });
}

const refused = (reason: ExternalRefusal['reason'], detail: string): ExternalOutcome => ({
  kind: 'refused',
  refusal: { reason, detail: printable(detail, detailMax) },
});

function isOfProtocol(error: unknown): error is Error {
  if (error instanceof client.ClientError || error instanceof client.WWWAuthenticateChallengeError) return true;
  if (error instanceof errors.JOSEError) return true;
  // What openid-client throws for metadata it cannot use.
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_INVALID_ARG');
}

/** Texts only: the cause of a library error may be the whole token. */
function causesOf(error: Error): string[] {
  const cause = error.cause instanceof Error ? error.cause : undefined;
  return cause === undefined || cause.message === error.message ? [] : [cause.message];
}

/** The error of ours that a library wrapped. */
function houseError(error: unknown): SallyportError | undefined {
  let at: unknown = error;
  for (let depth = 0; depth < 5 && at instanceof Error; depth++) {
    if (at instanceof SallyportError) return at;
    at = at.cause;
  }
  return undefined;
}
