import { createPublicKey } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import { SallyportError } from '../../core/errors.ts';
import type { PrincipalRef } from '../../core/events.ts';
import type { Secret } from '../../core/secret.ts';
import { lockAccount } from '../accounts.ts';
import { parseName } from '../email.ts';
import type { Ground, Work } from '../ground.ts';
import { change } from '../ground.ts';
import type { IdentityTables } from '../tables.ts';
import { makeToken, sha256 } from '../tokens.ts';
import { getServiceAccount } from './account-rows.ts';
import type { ClientCredential, Machines } from './machines.ts';
import { invalid } from './scope.ts';
import { endTokensOf } from './token-rows.ts';

const dayMs = 86_400_000;
const lifetimeMsMax = 366 * dayMs;
const overlapMsMax = 30 * dayMs;
const liveMax = 5;
const prefixChars = 10;

type Row = IdentityTables['identity_client_credentials'];

/** Live ones, newest first. */
export async function listCredentials(ground: Ground, userId: string): Promise<ClientCredential[]> {
  await getServiceAccount(ground.db, userId);
  return (await liveRows(ground.db, userId, ground.now())).map(toCredential);
}

/** See `Machines.createSecret`. */
export async function createSecret(
  ground: Ground,
  by: PrincipalRef,
  input: Parameters<Machines['createSecret']>[1],
): Promise<{ credential: ClientCredential; secret: Secret }> {
  const { overlapMs = dayMs, replaces, userId } = input;
  if (!Number.isInteger(overlapMs) || overlapMs < 0 || overlapMs > overlapMsMax) {
    throw invalid('overlapMs', 'want 0 to 30 days');
  }
  return change(ground, async work => {
    const { token, hash } = makeToken('client', ground.random);
    const made = { kind: 'secret', prefix: token.reveal().slice(0, prefixChars), hash, jwk: null } as const;
    const credential = await insert(work, by, { ...input, ...made, ...(replaces === undefined ? {} : { replaces }) });
    if (replaces !== undefined) await shorten(work, { userId, id: replaces, until: ground.now() + overlapMs });
    return { credential, secret: token };
  });
}

/** See `Machines.addKey`. */
export async function addKey(
  ground: Ground,
  by: PrincipalRef,
  input: Parameters<Machines['addKey']>[1],
): Promise<ClientCredential> {
  const jwk = readPublicKey(input.jwk);
  const prefix = await calculateJwkThumbprint(jwk);
  const made = { kind: 'key', prefix, hash: sha256(`${input.userId} ${prefix}`), jwk: JSON.stringify(jwk) } as const;
  return change(ground, work => insert(work, by, { ...input, ...made }));
}

/** See `Machines.revokeCredential`. */
export function revokeCredential(ground: Ground, by: PrincipalRef, userId: string, id: string): Promise<void> {
  return change(ground, async work => {
    await lockAccount(work, userId);
    const row = await work.tx
      .selectFrom('identity_client_credentials')
      .selectAll()
      .where('id', '=', id)
      .where('user_id', '=', userId)
      .executeTakeFirst();
    if (row === undefined) throw notFound(id);
    if (row.revoked_at !== null) return;
    await recordCredential(work, by, 'client_credential.revoked', toCredential(row));
    await endCredential(work, id);
  });
}

/** Ends all of an account, with the tokens they got. Needs the account locked. */
export async function endCredentialsOf(work: Work, userId: string): Promise<void> {
  for (const { id } of await liveRows(work.tx, userId, 0)) await endCredential(work, id);
}

async function endCredential(work: Work, id: string): Promise<void> {
  const revoked_at = work.ground.now();
  await work.tx.updateTable('identity_client_credentials').set({ revoked_at }).where('id', '=', id).execute();
  await endTokensOf(work, { credentialId: id });
}

function liveRows(db: Ground['db'], userId: string, now: number): Promise<Row[]> {
  return db
    .selectFrom('identity_client_credentials')
    .selectAll()
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute();
}

async function insert(
  work: Work,
  by: PrincipalRef,
  what: Pick<Row, 'kind' | 'name' | 'prefix' | 'hash' | 'jwk'> & {
    userId: string;
    expiresAt: number;
    replaces?: string;
  },
): Promise<ClientCredential> {
  const { ground, tx } = work;
  const { expiresAt, hash, jwk, kind, prefix, userId } = what;
  const now = ground.now();
  const name = parseName(what.name);
  if (!Number.isSafeInteger(expiresAt) || expiresAt <= now || expiresAt > now + lifetimeMsMax) {
    throw invalid('expiresAt', 'want a time to come, within a year');
  }
  await lockAccount(work, userId);
  const account = await getServiceAccount(tx, userId);
  if (account.disabled) throw invalid('userId', `the service account "${account.name}" is disabled`);
  const live = await liveRows(tx, userId, now);
  if (what.replaces !== undefined && !live.some(row => row.id === what.replaces)) throw notFound(what.replaces);
  if (live.length >= liveMax) throw invalid('userId', `at most ${liveMax} live secrets and keys for each account`);
  if (live.some(row => row.hash === hash)) throw invalid('jwk', 'this key is there already');
  // A key that was revoked comes back by being added again: its row is free for it.
  await tx.deleteFrom('identity_client_credentials').where('hash', '=', hash).execute();
  const row: Row = {
    ...{ id: ground.newId(), user_id: userId, kind, name, prefix, hash, jwk },
    ...{ created_at: now, expires_at: expiresAt, last_used_at: null, revoked_at: null },
  };
  const credential = toCredential(row);
  await recordCredential(work, by, 'client_credential.created', credential);
  await tx.insertInto('identity_client_credentials').values(row).execute();
  return credential;
}

async function shorten(work: Work, old: { userId: string; id: string; until: number }): Promise<void> {
  await work.tx
    .updateTable('identity_client_credentials')
    .set({ expires_at: old.until })
    .where('id', '=', old.id)
    .where('user_id', '=', old.userId)
    .where('expires_at', '>', old.until)
    .execute();
}

function recordCredential(
  work: Work,
  by: PrincipalRef,
  type: 'client_credential.created' | 'client_credential.revoked',
  { id, userId, kind, name, prefix, expiresAt }: ClientCredential,
): Promise<void> {
  return work.record({
    ...{ type, outcome: 'success', principal: by },
    action: type === 'client_credential.created' ? 'client_credential.create' : 'client_credential.revoke',
    resource: { kind: 'client_credential', id, name },
    data: { userId, kind, prefix, expiresAt },
  });
}

const publicMembers = ['kty', 'n', 'e', 'crv', 'x', 'y'] as const;

/** The public half alone, of a key that is strong enough. Throws `core.invalid_input`, also for a private key: it belongs to the program. */
function readPublicKey(jwk: Readonly<Record<string, unknown>>): Record<string, string> {
  if (Object.hasOwn(jwk, 'd') || Object.hasOwn(jwk, 'k')) {
    throw invalid('jwk', 'want the public half alone; a private key that was sent is to be replaced');
  }
  const kept: Record<string, string> = {};
  for (const name of publicMembers) {
    const value = jwk[name];
    if (typeof value === 'string' && value.length <= 2000) kept[name] = value;
  }
  let details: { type: string | undefined; bits: number; curve: string | undefined };
  try {
    const key = createPublicKey({ key: kept, format: 'jwk' });
    const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
    details = { type: key.asymmetricKeyType, bits: modulusLength, curve: namedCurve };
  } catch {
    throw invalid('jwk', 'it cannot be read: want a public JWK (RFC 7517)');
  }
  const { bits, curve = '', type } = details;
  const isRsa = type === 'rsa' && bits >= 2048 && bits <= 8192;
  const isEc = type === 'ec' && ['prime256v1', 'secp384r1'].includes(curve);
  if (!isRsa && !isEc && type !== 'ed25519') {
    throw invalid('jwk', 'want RSA of 2048 bits or more, EC P-256 or P-384, or Ed25519');
  }
  return kept;
}

function toCredential(row: Row): ClientCredential {
  return {
    ...{ id: row.id, userId: row.user_id, kind: row.kind, name: row.name, prefix: row.prefix },
    ...{ createdAt: row.created_at, expiresAt: row.expires_at },
    ...{ lastUsedAt: row.last_used_at, revokedAt: row.revoked_at },
  };
}

function notFound(id: string): SallyportError {
  return new SallyportError('identity.credential_not_found', `Cannot find secret or key "${id}"`);
}
