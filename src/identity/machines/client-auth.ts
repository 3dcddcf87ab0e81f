import { Secret } from '../../core/secret.ts';
import type { Ground } from '../ground.ts';
import type { IdentityTables } from '../tables.ts';
import { hashToken, sha256 } from '../tokens.ts';
import { findActive } from './account-rows.ts';
import { countRequest, recordFailure, refuseAfterFailures } from './attempts.ts';
import { readClientAssertion } from './client-assertion.ts';
import type { ServiceAccount, TokenRequest } from './machines.ts';
import { OAuthRefusal } from './refusal.ts';

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** A service account that proved itself, and by what. */
export interface Client {
  readonly account: ServiceAccount;
  readonly credentialId: string;
}

interface Claim {
  readonly clientId: string;
  readonly factor: 'client_secret' | 'client_key';
  readonly proof: string;
}

/**
 * The service account a request is from (RFC 6749 section 2.3): by secret in the header or the form, or by a signed assertion, and by exactly
 * one of them. Unknown, disabled, without an owner, wrong and used before are one answer; the record tells them apart.
 */
export async function authenticateClient(
  ground: Ground,
  request: Omit<TokenRequest, 'findSite'>,
  form: ReadonlyMap<string, string>,
): Promise<Client> {
  const claim = readClaim(request.authorization, form);
  const attempt = { clientId: claim.clientId, origin: request };
  await countRequest(ground, attempt);
  await refuseAfterFailures(ground, attempt);
  const found = await judge(ground, claim, request.issuer);
  if (typeof found === 'string') {
    await recordFailure(ground, attempt, { factor: claim.factor, reason: found });
    throw new OAuthRefusal('invalid_client', 'the client is unknown or did not prove itself');
  }
  return found;
}

/** The client, or why not. */
async function judge(ground: Ground, claim: Claim, issuer: string): Promise<Client | string> {
  const rows = await ground.db
    .selectFrom('identity_client_credentials')
    .selectAll()
    .where('user_id', '=', claim.clientId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', ground.now())
    .execute();
  const credentialId =
    claim.factor === 'client_secret' ? checkSecret(rows, claim.proof) : await checkKey(ground, rows, claim, issuer);
  if (credentialId === undefined) return rows.length === 0 ? 'unknown' : 'wrong';
  const account = await findActive(ground.db, claim.clientId);
  if (account === undefined) return 'disabled';
  return { account, credentialId };
}

type Row = IdentityTables['identity_client_credentials'];

function checkSecret(rows: readonly Row[], proof: string): string | undefined {
  const hash = hashToken('client', new Secret(proof));
  return hash === undefined ? undefined : rows.find(row => row.kind === 'secret' && row.hash === hash)?.id;
}

async function checkKey(
  ground: Ground,
  rows: readonly Row[],
  claim: Claim,
  issuer: string,
): Promise<string | undefined> {
  const keys = rows.flatMap(({ id, jwk, kind }) => (kind === 'key' && jwk !== null ? [{ id, jwk }] : []));
  const audiences = [issuer, `${issuer}/.sallyport/oauth/token`, `${issuer}/.sallyport/oauth/revoke`];
  const { clientId } = claim;
  const assertion = await readClientAssertion(claim.proof, { clientId, keys, audiences, now: ground.now() });
  if (assertion === undefined) return undefined;
  // Exactly one caller gets the row: an assertion is good once, also for two that come together.
  const taken = await ground.db
    .insertInto('identity_client_assertions')
    .values({ key: sha256(`${clientId} ${assertion.id}`), expires_at: assertion.expiresAt })
    .onConflict(conflict => conflict.doNothing())
    .returning('key')
    .executeTakeFirst();
  return taken === undefined ? undefined : assertion.credentialId;
}

/** RFC 6749 section 2.3: not more than one way in one request. */
function readClaim(authorization: string | undefined, form: ReadonlyMap<string, string>): Claim {
  const [id, secret] = [form.get('client_id'), form.get('client_secret')];
  const [type, assertion] = [form.get('client_assertion_type'), form.get('client_assertion')];
  const ways = [authorization, secret, assertion].filter(way => way !== undefined);
  if (ways.length > 1) throw new OAuthRefusal('invalid_request', 'want one way of client authentication');
  if (authorization !== undefined) return readBasic(authorization, id);
  if (secret !== undefined) {
    if (id === undefined) throw new OAuthRefusal('invalid_request', 'want client_id with client_secret');
    return { clientId: id, factor: 'client_secret', proof: secret };
  }
  if (assertion !== undefined) {
    if (type !== assertionType)
      throw new OAuthRefusal('invalid_request', `want client_assertion_type ${assertionType}`);
    return { clientId: id ?? subjectOf(assertion), factor: 'client_key', proof: assertion };
  }
  throw new OAuthRefusal('invalid_client', 'want client authentication');
}

/** RFC 6749 section 2.3.1: id and secret are form-encoded before they are joined. */
function readBasic(authorization: string, id: string | undefined): Claim {
  const [, encoded] = /^basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization) ?? [];
  const text = Buffer.from(encoded ?? '', 'base64').toString('utf8');
  const colon = text.indexOf(':');
  const [clientId, proof] = [decode(text.slice(0, colon)), decode(text.slice(colon + 1))];
  if (encoded === undefined || colon === -1 || clientId === undefined || proof === undefined) {
    throw new OAuthRefusal('invalid_client', 'want "Basic" with client id and secret');
  }
  if (id !== undefined && id !== clientId) throw new OAuthRefusal('invalid_request', 'two client ids in one request');
  return { clientId, factor: 'client_secret', proof };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

/** Whom an assertion claims to be from; believed by nobody until its signature is checked with the key of that client. */
function subjectOf(assertion: string): string {
  try {
    const payload: unknown = JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const subject = typeof payload === 'object' && payload !== null && 'sub' in payload ? payload.sub : undefined;
    return typeof subject === 'string' ? subject.slice(0, 200) : '';
  } catch {
    return '';
  }
}
