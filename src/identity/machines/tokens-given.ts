import { Secret } from '../../core/secret.ts';
import { toKey as toApiKey } from '../api-keys.ts';
import type { Db, Ground } from '../ground.ts';
import { hashToken, sha256 } from '../tokens.ts';
import { findActive } from './account-rows.ts';
import type { MachineScope } from './machines.ts';
import { readScope } from './scope.ts';
import { liveTokens, readList } from './token-rows.ts';

/** A token or API key somebody brought to the exchange, live and with everybody behind it in order. */
export interface GivenToken {
  readonly id: string;
  readonly kind: 'api_key' | 'access' | 'subject';
  readonly hash: string;
  readonly userId: string;
  /** Who asked for it, or may exchange it; undefined for API keys. */
  readonly clientId: string | undefined;
  readonly actors: readonly string[];
  /** Hashes of what it came from. */
  readonly parents: readonly string[];
  readonly scope: MachineScope;
  readonly expiresAt: number;
}

const apiKeyPattern = /^sp_[0-9a-v]{8}_[A-Za-z0-9_-]{43}$/;

/** What a text is, if it is a live token of ours: not ended, nor anything it came from, nor anybody who acts in it. */
export async function findGiven(ground: Ground, text: string): Promise<GivenToken | undefined> {
  const found = await find(ground, text);
  if (found === undefined || !(await areLive(ground, found.parents))) return undefined;
  for (const actor of found.actors) if ((await findActive(ground.db, actor)) === undefined) return undefined;
  return found;
}

async function find(ground: Ground, text: string): Promise<GivenToken | undefined> {
  const now = ground.now();
  if (apiKeyPattern.test(text)) return findKey(ground.db, sha256(text), now);
  const token = new Secret(text);
  for (const kind of ['access', 'subject'] as const) {
    const hash = hashToken(kind, token);
    const row = hash && (await liveTokens(ground.db, now, kind).where('token_hash', '=', hash).executeTakeFirst());
    if (!row) continue;
    return {
      ...{ id: row.id, kind, hash: row.token_hash, userId: row.user_id, clientId: row.client_id },
      ...{ actors: readList(row.actors), parents: readList(row.parents), scope: readScope(row.scope) },
      expiresAt: row.expires_at,
    };
  }
  return undefined;
}

async function findKey(db: Db, hash: string, now: number): Promise<GivenToken | undefined> {
  const row = await db
    .selectFrom('identity_api_keys')
    .selectAll()
    .where('token_hash', '=', hash)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { expiresAt, id, paths, permissions, sites, userId } = toApiKey(row);
  return {
    ...{ id, kind: 'api_key', hash, userId, clientId: undefined, actors: [], parents: [], expiresAt },
    scope: { sites, paths, permissions },
  };
}

async function areLive(ground: Ground, hashes: readonly string[]): Promise<boolean> {
  const now = ground.now();
  for (const hash of hashes) {
    const key = await findKey(ground.db, hash, now);
    const isLive =
      key !== undefined ||
      (await liveTokens(ground.db, now).where('token_hash', '=', hash).executeTakeFirst()) !== undefined;
    if (!isLive) return false;
  }
  return true;
}
