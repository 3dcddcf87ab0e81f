import { SallyportError } from '../core/errors.ts';
import type { PrincipalRef } from '../core/events.ts';
import type { Permission } from '../core/permissions.ts';
import type { Secret } from '../core/secret.ts';
import { lockAccount } from './accounts.ts';
import type { Ground, Work } from './ground.ts';
import { change } from './ground.ts';
import type { ApiKey, ApiKeyInput, User } from './identity.ts';
import { getServiceAccount } from './machines/account-rows.ts';
import type { MachineScope } from './machines/machines.ts';
import { isWithin, parseScope } from './machines/scope.ts';
import { notify } from './notices/notices.ts';
import type { IdentityTables } from './tables.ts';
import { makeApiKey } from './tokens.ts';

const dayMs = 24 * 3_600_000;
/** A key that nobody has to think of again within a year is one that nobody thinks of. */
export const apiKeyLifetimeMsMax = 366 * dayMs;
const overlapMsMax = 30 * dayMs;
const perOwnerMax = 50;
const listDefault = 1000;
const listMax = 250_000;

type Row = IdentityTables['identity_api_keys'];

/** Makes a key; the secret is in the answer and nowhere else. */
export function createApiKey(
  ground: Ground,
  by: PrincipalRef,
  input: ApiKeyInput,
): Promise<{ key: ApiKey; token: Secret }> {
  const clean = parse(input, ground.now());
  return change(ground, async work => {
    const { user } = await lockAccount(work, clean.userId);
    if (user.disabled) throw invalid('userId', `the account of "${user.email}" is disabled`);
    const live = await work.tx
      .selectFrom('identity_api_keys')
      .select('id')
      .where('user_id', '=', user.id)
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', ground.now())
      .execute();
    await refuseAboveMachine(work, user, clean);
    if (live.length >= perOwnerMax) throw invalid('userId', `at most ${perOwnerMax} live keys for each person`);
    const made = await insert(work, user, clean);
    await record(work, by, { type: 'api_key.created', action: 'api_key.create', key: made.key });
    await notify(work, { userId: made.key.userId, kind: 'key_made', what: made.key.name });
    return made;
  });
}

/** Of one person, or of all; newest first, at most 1,000 unless more are asked for. */
export async function listApiKeys(
  ground: Ground,
  query: { userId?: string; includeEnded?: boolean; limit?: number },
): Promise<ApiKey[]> {
  let select = ground.db
    .selectFrom('identity_api_keys')
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(Math.min(Math.max(query.limit ?? listDefault, 1), listMax));
  if (query.userId !== undefined) select = select.where('user_id', '=', query.userId);
  if (query.includeEnded !== true)
    select = select.where('revoked_at', 'is', null).where('expires_at', '>', ground.now());
  return (await select.execute()).map(toKey);
}

/** Throws `identity.api_key_not_found`. */
export async function getApiKey(ground: Ground, id: string): Promise<ApiKey> {
  const row = await ground.db.selectFrom('identity_api_keys').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw notFound(id);
  return toKey(row);
}

/** Ended when it returns: the next request with it is nobody's. Once more changes nothing. */
export function revokeApiKey(ground: Ground, by: PrincipalRef, id: string): Promise<void> {
  return change(ground, async work => {
    const key = await lockKey(work, id);
    if (key.revokedAt !== null) return;
    const revoked = { ...key, revokedAt: ground.now() };
    await record(work, by, { type: 'api_key.revoked', action: 'api_key.revoke', key: revoked });
    await work.tx
      .updateTable('identity_api_keys')
      .set({ revoked_at: revoked.revokedAt })
      .where('id', '=', id)
      .execute();
    work.told.keys.set(id, revoked);
  });
}

/** A new secret for the same scopes; the old one goes on for `overlapMs`, so that nobody has to change two places at once. */
export function rotateApiKey(
  ground: Ground,
  by: PrincipalRef,
  input: { id: string; overlapMs: number; expiresAt: number },
): Promise<{ key: ApiKey; token: Secret }> {
  const { overlapMs } = input;
  if (!Number.isInteger(overlapMs) || overlapMs < 0 || overlapMs > overlapMsMax) {
    throw invalid('overlapMs', 'want 0 to 30 days');
  }
  return change(ground, async work => {
    const now = ground.now();
    const old = await lockKey(work, input.id);
    if (old.revokedAt !== null || old.expiresAt <= now) throw invalid('id', 'the key has ended; make a new one');
    const { user } = await lockAccount(work, old.userId);
    if (user.disabled) throw invalid('id', `the account of "${user.email}" is disabled`);
    await refuseAboveMachine(work, user, old);
    const made = await insert(work, user, parse({ ...old, expiresAt: input.expiresAt }, now));
    const ending = { ...old, expiresAt: Math.min(old.expiresAt, now + overlapMs) };
    await record(work, by, { type: 'api_key.rotated', action: 'api_key.rotate', key: made.key, previousId: old.id });
    await work.tx
      .updateTable('identity_api_keys')
      .set({ expires_at: ending.expiresAt })
      .where('id', '=', old.id)
      .execute();
    work.told.keys.set(old.id, ending);
    return made;
  });
}

/** What the data plane saw: raises the last use. */
export async function touchApiKeys(ground: Ground, used: ReadonlyMap<string, number>): Promise<void> {
  for (const [id, at] of used) {
    await ground.db
      .updateTable('identity_api_keys')
      .set({ last_used_at: at })
      .where('id', '=', id)
      .where(eb => eb.or([eb('last_used_at', 'is', null), eb('last_used_at', '<', at)]))
      .execute();
  }
}

/** Revokes all live keys of a person. Needs the account locked. Returns how many. */
export async function revokeApiKeysOf(work: Work, by: PrincipalRef, userId: string): Promise<number> {
  const now = work.ground.now();
  const rows = await work.tx
    .selectFrom('identity_api_keys')
    .selectAll()
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .execute();
  for (const row of rows) {
    const revoked = { ...toKey(row), revokedAt: now };
    await record(work, by, { type: 'api_key.revoked', action: 'api_key.revoke', key: revoked });
    await work.tx.updateTable('identity_api_keys').set({ revoked_at: now }).where('id', '=', row.id).execute();
    work.told.keys.set(row.id, revoked);
  }
  return rows.length;
}

/** Takes a person's keys away with the person. */
export async function deleteApiKeysOf(work: Work, userId: string): Promise<void> {
  const rows = await work.tx.selectFrom('identity_api_keys').selectAll().where('user_id', '=', userId).execute();
  const now = work.ground.now();
  for (const row of rows) work.told.keys.set(row.id, { ...toKey(row), revokedAt: row.revoked_at ?? now });
  await work.tx.deleteFrom('identity_api_keys').where('user_id', '=', userId).execute();
}

async function insert(work: Work, user: User, clean: ApiKeyInput): Promise<{ key: ApiKey; token: Secret }> {
  const { token, hash, prefix } = makeApiKey(work.ground.random);
  const { name, sites, paths, permissions: allowed, expiresAt } = clean;
  const key: ApiKey = {
    ...{ id: work.ground.newId(), userId: user.id, name, prefix, tokenHash: hash, sites, paths, permissions: allowed },
    ...{ createdAt: work.ground.now(), expiresAt, lastUsedAt: null, revokedAt: null },
  };
  await work.tx
    .insertInto('identity_api_keys')
    .values({
      ...{ id: key.id, user_id: user.id, name, prefix, token_hash: hash, created_at: key.createdAt },
      scope: JSON.stringify({ sites, paths, permissions: allowed }),
      ...{ expires_at: expiresAt, last_used_at: null, revoked_at: null },
    })
    .execute();
  work.told.keys.set(key.id, key);
  return { key, token };
}

async function lockKey(work: Work, id: string): Promise<ApiKey> {
  const row = await work.tx.selectFrom('identity_api_keys').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw notFound(id);
  // The person's row is the lock of everything that is theirs.
  await lockAccount(work, row.user_id);
  return toKey(
    await work.tx.selectFrom('identity_api_keys').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
  );
}

function record(
  work: Work,
  by: PrincipalRef,
  what: {
    type: 'api_key.created' | 'api_key.revoked' | 'api_key.rotated';
    action: string;
    key: ApiKey;
    previousId?: string;
  },
): Promise<void> {
  const { key, type, action, previousId } = what;
  const { expiresAt, name, paths, permissions: allowed, prefix, sites, userId } = key;
  return work.record({
    type,
    outcome: 'success',
    principal: by,
    action,
    resource: { kind: 'api_key', id: key.id, name: `${name} (${prefix})` },
    data: {
      userId,
      prefix,
      sites,
      paths,
      permissions: allowed,
      expiresAt,
      ...(previousId === undefined ? {} : { previousId }),
    },
  });
}

/** A key of a service account is good for nothing that the account is not for. */
async function refuseAboveMachine(work: Work, user: User, key: MachineScope): Promise<void> {
  if (user.ownerId === undefined) return;
  const { scope } = await getServiceAccount(work.tx, user.id);
  if (!isWithin(key, scope)) throw invalid('scope', `want sites, paths and permissions that "${user.name}" is for`);
}

function parse(input: ApiKeyInput, now: number): ApiKeyInput {
  const { expiresAt, name, paths, permissions: allowed, sites, userId } = input;
  if (name.trim() === '' || name.length > 100) throw invalid('name', 'want 1 to 100 characters');
  const scope = parseScope({ sites, paths, permissions: allowed });
  if (!Number.isSafeInteger(expiresAt) || expiresAt <= now || expiresAt > now + apiKeyLifetimeMsMax) {
    throw invalid('expiresAt', 'want a time to come, within a year');
  }
  return { userId, name: name.trim(), ...scope, expiresAt };
}

/** Rows that have not ended, for the snapshot. */
export async function loadApiKeys(ground: Ground): Promise<ApiKey[]> {
  const rows = await ground.db
    .selectFrom('identity_api_keys')
    .selectAll()
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', ground.now())
    .execute();
  return rows.map(toKey);
}

/** A row as a key. */
export function toKey(row: Row): ApiKey {
  const scope = JSON.parse(row.scope) as { sites: string[]; paths: string[]; permissions: Permission[] };
  return {
    ...{ id: row.id, userId: row.user_id, name: row.name, prefix: row.prefix, tokenHash: row.token_hash, ...scope },
    ...{
      createdAt: row.created_at,
      expiresAt: row.expires_at,
      lastUsedAt: row.last_used_at,
      revokedAt: row.revoked_at,
    },
  };
}

function notFound(id: string): SallyportError {
  return new SallyportError('identity.api_key_not_found', `Cannot find API key "${id}"`);
}

function invalid(field: string, wanted: string): SallyportError {
  const detail = `${field}: ${wanted}`;
  return new SallyportError('core.invalid_input', `Cannot take API key, ${detail}`, { detail });
}
