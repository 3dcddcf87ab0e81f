import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { Secret } from '../../core/secret.ts';
import type { Db, Ground } from '../ground.ts';
import type { SignInContext } from '../identity.ts';
import { sha256 } from '../tokens.ts';
import type { FederationTables } from './tables.ts';

export const flowMs = 10 * 60_000;
const underWayMax = 20_000;
const tokenPattern = /^[A-Za-z0-9_-]{43}$/;

const purposes = ['sign_in', 'test', 'reauthenticate', 'logout'] as const;
export type FlowPurpose = (typeof purposes)[number];

const aboutSchema = z.strictObject({
  returnTo: z.string().nullable(),
  sessionId: z.string().optional(),
});

/** A sign-in that went out to a provider, come back to the browser it left. */
export interface Flow {
  readonly purpose: FlowPurpose;
  readonly returnTo: string | null;
  readonly sessionId: string | undefined;
  readonly requestId: string | null;
  readonly kept: Secret | undefined;
  readonly startedAt: number;
}

/** Two tokens of 256 bits: `state` travels by the provider, `cookie` stays in the browser. */
export function newFlowTokens(ground: Ground): { state: string; cookie: Secret } {
  return {
    state: ground.random(32).toString('base64url'),
    cookie: new Secret(ground.random(32).toString('base64url')),
  };
}

/** Keeps a flow for ten minutes, by hashes only. */
export async function keepFlow(
  ground: Ground,
  flow: {
    providerId: string;
    state: string;
    cookie: Secret;
    ctx: SignInContext;
    purpose: FlowPurpose;
    returnTo: string | null;
    sessionId?: string | undefined;
    requestId?: string | undefined;
    kept?: Secret | undefined;
  },
): Promise<void> {
  const now = ground.now();
  const stateHash = sha256(flow.state);
  await makeRoom(ground.db);
  const about = { returnTo: flow.returnTo, ...(flow.sessionId === undefined ? {} : { sessionId: flow.sessionId }) };
  await ground.db
    .insertInto('identity_flows')
    .values({
      state_hash: stateHash,
      provider_id: flow.providerId,
      cookie_hash: sha256(flow.cookie.reveal()),
      host: flow.ctx.host,
      purpose: flow.purpose,
      about: JSON.stringify(about),
      request_id: flow.requestId ?? null,
      sealed: flow.kept === undefined ? null : ground.vault.seal(flow.kept, flowContext(stateHash)),
      created_at: now,
      expires_at: now + flowMs,
      used_at: null,
    })
    .execute();
}

/**
 * The flow of a state, for exactly one caller: of this provider (so that an answer of one never finishes what was begun at another), on this
 * host, in the browser that holds the cookie. A state shown with the wrong cookie is spent all the same: it has leaked.
 */
export async function takeFlow(
  ground: Ground,
  shown: { providerId: string; state: string; cookie: Secret | undefined; host: string },
): Promise<Flow | undefined> {
  if (!tokenPattern.test(shown.state)) return undefined;
  const now = ground.now();
  const row = await ground.db
    .updateTable('identity_flows')
    .set({ used_at: now })
    .where('state_hash', '=', sha256(shown.state))
    .where('provider_id', '=', shown.providerId)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returningAll()
    .executeTakeFirst();
  if (row === undefined || shown.cookie === undefined || row.host !== shown.host) return undefined;
  const isHis = timingSafeEqual(Buffer.from(sha256(shown.cookie.reveal())), Buffer.from(row.cookie_hash));
  return isHis ? toFlow(ground, row) : undefined;
}

function toFlow(ground: Ground, row: FederationTables['identity_flows']): Flow {
  const { returnTo, sessionId } = aboutSchema.parse(JSON.parse(row.about));
  return {
    purpose: z.enum(purposes).parse(row.purpose),
    ...{ returnTo, sessionId, requestId: row.request_id, startedAt: row.created_at },
    kept: row.sealed === null ? undefined : ground.vault.open(row.sealed, flowContext(row.state_hash)),
  };
}

/** True for the first who shows an id that is good once; kept until it is worth nothing anyway. */
export async function takeOnce(ground: Ground, kind: string, id: string, expiresAt: number): Promise<boolean> {
  const inserted = await ground.db
    .insertInto('identity_taken')
    .values({ key: `${kind}:${sha256(id)}`, expires_at: Math.max(expiresAt, ground.now()) + clockSkewMs })
    .onConflict(conflict => conflict.column('key').doNothing())
    .returning('key')
    .executeTakeFirst();
  return inserted !== undefined;
}

const clockSkewMs = 10 * 60_000;

/** Forgets flows and ids that are worth nothing any more. */
export async function forgetFlows(ground: Ground): Promise<void> {
  const now = ground.now();
  await ground.db.deleteFrom('identity_flows').where('expires_at', '<', now).execute();
  await ground.db.deleteFrom('identity_taken').where('expires_at', '<', now).execute();
}

const flowContext = (stateHash: string): string => `identity/flow/${stateHash}`;

/** Anybody can begin: the oldest give way before they fill the disk. */
async function makeRoom(db: Db): Promise<void> {
  const oldest = await db
    .selectFrom('identity_flows')
    .select('expires_at')
    .orderBy('expires_at', 'desc')
    .offset(underWayMax)
    .limit(1)
    .executeTakeFirst();
  if (oldest) await db.deleteFrom('identity_flows').where('expires_at', '<=', oldest.expires_at).execute();
}
