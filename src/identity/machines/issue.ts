import type { PrincipalRef } from '../../core/events.ts';
import { lockAccount } from '../accounts.ts';
import type { Ground, Work } from '../ground.ts';
import { change } from '../ground.ts';
import { makeToken } from '../tokens.ts';
import { findActive } from './account-rows.ts';
import type { Client } from './client-auth.ts';
import type { MachineScope, TokenAnswer, TokenRequest } from './machines.ts';
import { OAuthRefusal, uncached } from './refusal.ts';
import { isWithin, writeScope } from './scope.ts';
import type { TokenRow } from './token-rows.ts';
import { liveTokens, toKey } from './token-rows.ts';

/** The longest an access token lives. */
export const accessTokenMs = 3_600_000;
const liveMax = 100;

/** What an access token is to be. */
export interface Issue {
  readonly client: Client;
  readonly grant: 'client_credentials' | 'token_exchange';
  readonly userId: string;
  readonly actors: readonly string[];
  readonly parents: readonly string[];
  readonly scope: MachineScope;
  readonly expiresAt: number;
  /** The subject token it is exchanged for, which is good once. */
  readonly consumes?: string;
}

/** Makes an access token of 256 random bits; it is in force at the gate when this returns. */
export function issueToken(ground: Ground, issue: Issue, request: TokenRequest): Promise<TokenAnswer> {
  return change(ground, async work => {
    const { account, credentialId } = issue.client;
    // In one order everywhere, so that two requests cannot wait for each other in a ring; requests of one client wait in a row.
    for (const id of [...new Set([account.id, issue.userId])].sort()) await lockAccount(work, id);
    await refuseStale(work, issue);
    const now = ground.now();
    const { token, hash } = makeToken('access', ground.random);
    const row: TokenRow = {
      ...{ id: ground.newId(), kind: 'access', token_hash: hash, user_id: issue.userId, client_id: account.id },
      ...{ credential_id: credentialId, actors: JSON.stringify(issue.actors), parents: JSON.stringify(issue.parents) },
      ...{ scope: writeScope(issue.scope), created_at: now, expires_at: issue.expiresAt },
      ...{ last_used_at: null, revoked_at: null },
    };
    await recordIssue(work, issue, row, request);
    await work.tx.insertInto('identity_access_tokens').values(row).execute();
    await work.tx
      .updateTable('identity_client_credentials')
      .set({ last_used_at: now })
      .where('id', '=', credentialId)
      .execute();
    work.told.keys.set(row.id, toKey(row));
    return {
      status: 200,
      headers: uncached,
      body: {
        access_token: token.reveal(),
        ...(issue.grant === 'token_exchange'
          ? { issued_token_type: 'urn:ietf:params:oauth:token-type:access_token' }
          : {}),
        ...{ token_type: 'Bearer', expires_in: Math.floor((issue.expiresAt - now) / 1000) },
        scope: issue.scope.permissions.join(' '),
      },
    };
  });
}

/** What was right when it was read may have ended while this waited for its turn. */
async function refuseStale(work: Work, { client, consumes, scope }: Issue): Promise<void> {
  const { ground, tx } = work;
  const now = ground.now();
  const credential = await tx
    .selectFrom('identity_client_credentials')
    .select('id')
    .where('id', '=', client.credentialId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  const account = await findActive(tx, client.account.id);
  if (credential === undefined || account === undefined) {
    throw new OAuthRefusal('invalid_client', 'the client is unknown or did not prove itself');
  }
  if (!isWithin(scope, account.scope)) {
    throw new OAuthRefusal('invalid_scope', 'what the client may has been changed: ask again');
  }
  const live = await liveTokens(tx, now)
    .where('client_id', '=', client.account.id)
    .orderBy('expires_at')
    .limit(liveMax)
    .execute();
  const [first] = live;
  if (live.length >= liveMax && first !== undefined) {
    const retryAfterMs = first.expires_at - now;
    const description = `at most ${liveMax} live tokens for each client: use them until they expire, or revoke them`;
    throw new OAuthRefusal('temporarily_unavailable', description, { retryAfterMs });
  }
  if (consumes === undefined) return;
  const taken = await tx
    .updateTable('identity_access_tokens')
    .set({ revoked_at: now })
    .where('token_hash', '=', consumes)
    .where('kind', '=', 'subject')
    .where('revoked_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  if (taken === undefined) throw new OAuthRefusal('invalid_request', 'the subject token has been used');
}

function recordIssue(work: Work, issue: Issue, row: TokenRow, request: TokenRequest): Promise<void> {
  const { account } = issue.client;
  const principal: PrincipalRef = { kind: 'user', id: account.id, name: account.name };
  const { sites, permissions } = issue.scope;
  return work.record({
    ...{ type: 'token.issued', outcome: 'success', principal, action: 'token.issue' },
    resource: { kind: 'access_token', id: row.id },
    ...{ clientIp: request.clientIp, requestId: request.requestId },
    data: {
      ...{ grant: issue.grant, clientId: account.id, subjectId: issue.userId, actors: issue.actors },
      ...{ sites, permissions, expiresAt: issue.expiresAt },
    },
  });
}
