import { Secret } from '../../core/secret.ts';
import type { Ground } from '../ground.ts';
import { change } from '../ground.ts';
import { hashToken } from '../tokens.ts';
import { narrow, readAsked } from './asked.ts';
import { authenticateClient } from './client-auth.ts';
import { accessTokenMs, issueToken } from './issue.ts';
import type { TokenAnswer, TokenRequest } from './machines.ts';
import { answerOf, OAuthRefusal, uncached } from './refusal.ts';
import { exchangeToken } from './token-exchange.ts';
import { endToken, liveTokens } from './token-rows.ts';

const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';
/** RFC 8693 section 2.1, RFC 8707 section 2: these may stand more than once. */
const repeatable: ReadonlySet<string> = new Set(['resource', 'audience']);
const fieldsMax = 50;
const valueCharsMax = 20_000;

/** See `Machines.answerTokenRequest`. */
export function answerTokenRequest(ground: Ground, request: TokenRequest): Promise<TokenAnswer> {
  return orRefusal(async () => {
    const form = readForm(request.form);
    const grant = form.get('grant_type');
    if (grant === undefined) throw new OAuthRefusal('invalid_request', 'want grant_type');
    if (grant !== 'client_credentials' && grant !== exchangeGrant) {
      throw new OAuthRefusal('unsupported_grant_type', `want client_credentials or ${exchangeGrant}`);
    }
    const client = await authenticateClient(ground, request, form);
    const asked = await readAsked(request, form);
    if (grant === exchangeGrant) return exchangeToken(ground, { client, form, asked }, request);
    const { id: userId, scope } = client.account;
    const expiresAt = ground.now() + accessTokenMs;
    const own = { client, userId, actors: [], parents: [], scope: narrow(asked, scope), expiresAt } as const;
    return issueToken(ground, { ...own, grant: 'client_credentials' }, request);
  });
}

/** See `Machines.answerRevocation`. */
export function answerRevocation(ground: Ground, request: Omit<TokenRequest, 'findSite'>): Promise<TokenAnswer> {
  return orRefusal(async () => {
    const form = readForm(request.form);
    const text = form.get('token');
    if (text === undefined) throw new OAuthRefusal('invalid_request', 'want token');
    const { account } = await authenticateClient(ground, request, form);
    const hash = hashToken('access', new Secret(text));
    const done: TokenAnswer = { status: 200, headers: uncached, body: {} };
    if (hash === undefined) return done;
    await change(ground, async work => {
      const row = await liveTokens(work.tx, ground.now())
        .where('token_hash', '=', hash)
        .where('client_id', '=', account.id)
        .executeTakeFirst();
      if (row !== undefined) await endToken(work, { kind: 'user', id: account.id, name: account.name }, row);
    });
    return done;
  });
}

async function orRefusal(act: () => Promise<TokenAnswer>): Promise<TokenAnswer> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof OAuthRefusal) return answerOf(error);
    throw error;
  }
}

/** RFC 6749 section 3.2: no parameter twice, and an empty one is none. */
function readForm(form: URLSearchParams): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let count = 0;
  for (const [name, value] of form) {
    if (++count > fieldsMax || value.length > valueCharsMax)
      throw new OAuthRefusal('invalid_request', 'too much at once');
    if (fields.has(name) && !repeatable.has(name)) {
      throw new OAuthRefusal('invalid_request', 'a parameter stands there twice');
    }
    fields.set(name, value);
  }
  for (const [name, value] of [...fields]) if (value === '') fields.delete(name);
  return fields;
}
