import { findAccount } from '../accounts.ts';
import type { Ground } from '../ground.ts';
import type { Asked } from './asked.ts';
import { narrow } from './asked.ts';
import { recordFailure } from './attempts.ts';
import type { Client } from './client-auth.ts';
import { accessTokenMs, issueToken } from './issue.ts';
import type { TokenAnswer, TokenRequest } from './machines.ts';
import { OAuthRefusal } from './refusal.ts';
import { intersect } from './scope.ts';
import type { GivenToken } from './tokens-given.ts';
import { findGiven } from './tokens-given.ts';

const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';
const chainMax = 3;

/**
 * A program acts for a person (RFC 8693): it brings a token of theirs and one of its own and gets one that says both, with what both tokens
 * allow and no longer than either. The new token ends with the tokens it came from. At most three programs stand in one chain.
 */
export async function exchangeToken(
  ground: Ground,
  given: { readonly client: Client; readonly form: ReadonlyMap<string, string>; readonly asked: Asked },
  request: TokenRequest,
): Promise<TokenAnswer> {
  const { client, form } = given;
  const [subject, actor] = await readTokens(ground, client, form, request);
  const actors = [client.account.id, ...subject.actors];
  if (actors.length > chainMax) {
    throw new OAuthRefusal('invalid_request', `at most ${chainMax} programs act in one chain`);
  }
  const scope = narrow(given.asked, intersect(intersect(subject.scope, actor.scope), client.account.scope));
  const now = ground.now();
  const expiresAt = Math.min(now + accessTokenMs, subject.expiresAt, actor.expiresAt);
  if (expiresAt < now + 1000) throw new OAuthRefusal('invalid_request', 'the tokens are about to end');
  const isOnce = subject.kind === 'subject';
  const parents = [...new Set([...(isOnce ? [] : [subject.hash]), actor.hash, ...subject.parents, ...actor.parents])];
  const issue = { client, grant: 'token_exchange', userId: subject.userId, actors, parents, scope, expiresAt } as const;
  return issueToken(ground, isOnce ? { ...issue, consumes: subject.hash } : issue, request);
}

async function readTokens(
  ground: Ground,
  client: Client,
  form: ReadonlyMap<string, string>,
  request: TokenRequest,
): Promise<readonly [GivenToken, GivenToken]> {
  const requested = form.get('requested_token_type');
  if (requested !== undefined && requested !== accessTokenType) {
    throw new OAuthRefusal('invalid_request', `want requested_token_type ${accessTokenType}, or none`);
  }
  const subject = await find(ground, form, 'subject_token');
  const actor = await find(ground, form, 'actor_token');
  const why = (await whyNotSubject(ground, subject, client)) ?? whyNotActor(actor, client);
  if (subject !== undefined && actor !== undefined && why === undefined) return [subject, actor];
  const attempt = { clientId: client.account.id, origin: request };
  await recordFailure(ground, attempt, { factor: 'client_secret', reason: why ?? 'token_unknown' });
  const which = why?.startsWith('actor') === true ? 'actor_token' : 'subject_token';
  throw new OAuthRefusal('invalid_request', `the ${which} is unknown, has ended, or is not for this`);
}

async function find(
  ground: Ground,
  form: ReadonlyMap<string, string>,
  name: 'subject_token' | 'actor_token',
): Promise<GivenToken | undefined> {
  const text = form.get(name);
  // Without an actor the token would be the person's own, which no program may hold.
  if (text === undefined) throw new OAuthRefusal('invalid_request', `want ${name}`);
  if (form.get(`${name}_type`) !== accessTokenType) {
    throw new OAuthRefusal('invalid_request', `want ${name}_type ${accessTokenType}`);
  }
  return findGiven(ground, text);
}

async function whyNotSubject(
  ground: Ground,
  subject: GivenToken | undefined,
  client: Client,
): Promise<string | undefined> {
  if (subject === undefined) return 'subject_token_unknown';
  const account = await findAccount(ground.db, { id: subject.userId });
  if (account === undefined || account.user.disabled) return 'subject_disabled';
  if (account.user.ownerId !== undefined) return 'subject_not_a_person';
  // What a person made for one agent is worth nothing to another.
  const isForOther = subject.kind === 'subject' && subject.clientId !== client.account.id;
  return isForOther ? 'subject_token_for_other' : undefined;
}

function whyNotActor(actor: GivenToken | undefined, client: Client): string | undefined {
  if (actor === undefined) return 'actor_token_unknown';
  if (actor.kind === 'subject' || actor.actors.length > 0) return 'actor_token_not_own';
  return actor.userId === client.account.id ? undefined : 'actor_token_of_other';
}
