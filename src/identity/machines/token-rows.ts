import { SallyportError } from '../../core/errors.ts';
import type { PrincipalRef } from '../../core/events.ts';
import type { Db, Ground, Work } from '../ground.ts';
import { change } from '../ground.ts';
import type { ApiKey } from '../identity.ts';
import type { IdentityTables } from '../tables.ts';
import type { AccessToken } from './machines.ts';
import { readScope } from './scope.ts';

export type TokenRow = IdentityTables['identity_access_tokens'];

const sweepBatch = 500;
const endedKeptMs = 7 * 86_400_000;
const listMax = 500;

/** Live access tokens, newest first, at most 500. */
export async function listTokens(
  ground: Ground,
  query: { userId?: string; clientId?: string },
): Promise<AccessToken[]> {
  let rows = liveTokens(ground.db, ground.now()).orderBy('created_at', 'desc').orderBy('id').limit(listMax);
  if (query.userId !== undefined) rows = rows.where('user_id', '=', query.userId);
  if (query.clientId !== undefined) rows = rows.where('client_id', '=', query.clientId);
  return (await rows.execute()).map(toAccessToken);
}

/** Throws `identity.token_not_found`. */
export async function getToken(ground: Ground, id: string): Promise<AccessToken> {
  const row = await liveTokens(ground.db, ground.now()).where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw new SallyportError('identity.token_not_found', `Cannot find access token "${id}"`);
  return toAccessToken(row);
}

/** Ended when it returns. Once more changes nothing. */
export function revokeToken(ground: Ground, by: PrincipalRef, id: string): Promise<void> {
  return change(ground, async work => {
    const row = await liveTokens(work.tx, ground.now()).where('id', '=', id).executeTakeFirst();
    if (row !== undefined) await endToken(work, by, row);
  });
}

/** Ends one, recorded. */
export async function endToken(work: Work, by: PrincipalRef, row: TokenRow): Promise<void> {
  await work.record({
    ...{ type: 'token.revoked', outcome: 'success', principal: by, action: 'token.revoke' },
    resource: { kind: 'access_token', id: row.id },
    data: { clientId: row.client_id, subjectId: row.user_id },
  });
  await end(work, [row]);
}

/** Ends every live token of those, subject tokens with them; what told of their end is recorded by the caller. */
export async function endTokensOf(
  work: Work,
  of: { userId: string } | { clientId: string } | { credentialId: string },
): Promise<void> {
  const column = 'userId' in of ? 'user_id' : 'clientId' in of ? 'client_id' : 'credential_id';
  const value = 'userId' in of ? of.userId : 'clientId' in of ? of.clientId : of.credentialId;
  const rows = await work.tx
    .selectFrom('identity_access_tokens')
    .selectAll()
    .where(column, '=', value)
    .where('revoked_at', 'is', null)
    .execute();
  await end(work, rows);
}

async function end(work: Work, rows: readonly TokenRow[]): Promise<void> {
  const now = work.ground.now();
  for (let at = 0; at < rows.length; at += sweepBatch) {
    const ids = rows.slice(at, at + sweepBatch).map(row => row.id);
    await work.tx.updateTable('identity_access_tokens').set({ revoked_at: now }).where('id', 'in', ids).execute();
  }
  for (const row of rows) if (row.kind === 'access') work.told.keys.set(row.id, { ...toKey(row), revokedAt: now });
}

/** Takes tokens whose time has come out of every snapshot, and forgets old ones and taken assertions. */
export async function sweepTokens(ground: Ground): Promise<void> {
  const now = ground.now();
  for (;;) {
    const ended = await change(ground, async work => {
      const rows = await work.tx
        .selectFrom('identity_access_tokens')
        .selectAll()
        .where('revoked_at', 'is', null)
        .where('expires_at', '<=', now)
        .limit(sweepBatch)
        .execute();
      await end(work, rows);
      return rows.length;
    });
    if (ended < sweepBatch) break;
  }
  await ground.db
    .deleteFrom('identity_access_tokens')
    .where('expires_at', '<=', now - endedKeptMs)
    .execute();
  await ground.db.deleteFrom('identity_client_assertions').where('expires_at', '<=', now).execute();
}

/** Live access tokens as the data plane takes them: like API keys. */
export async function loadTokens(ground: Ground): Promise<ApiKey[]> {
  return (await liveTokens(ground.db, ground.now()).execute()).map(toKey);
}

/** What the data plane saw: raises the last use. */
export async function touchTokens(ground: Ground, used: ReadonlyMap<string, number>): Promise<void> {
  const now = ground.now();
  for (const [id, seen] of used) {
    const at = Math.min(seen, now);
    await ground.db
      .updateTable('identity_access_tokens')
      .set({ last_used_at: at })
      .where('id', '=', id)
      .where(eb => eb.or([eb('last_used_at', 'is', null), eb('last_used_at', '<', at)]))
      .execute();
  }
}

/** Rows that are good now. */
export function liveTokens(db: Db, now: number, kind: TokenRow['kind'] = 'access') {
  return db
    .selectFrom('identity_access_tokens')
    .selectAll()
    .where('kind', '=', kind)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now);
}

export const readList = (json: string): string[] => JSON.parse(json) as string[];

function toAccessToken(row: TokenRow): AccessToken {
  return {
    ...{ id: row.id, userId: row.user_id, clientId: row.client_id, actors: readList(row.actors) },
    ...{ scope: readScope(row.scope), createdAt: row.created_at, expiresAt: row.expires_at },
    lastUsedAt: row.last_used_at,
  };
}

/** An access token as a key: the data plane judges both alike. */
export function toKey(row: TokenRow): ApiKey {
  return {
    ...{ id: row.id, userId: row.user_id, name: 'access token', prefix: 'sp_at', tokenHash: row.token_hash },
    ...readScope(row.scope),
    ...{ createdAt: row.created_at, expiresAt: row.expires_at },
    ...{ lastUsedAt: row.last_used_at, revokedAt: row.revoked_at },
    token: { clientId: row.client_id, actors: readList(row.actors), parents: readList(row.parents) },
  };
}
