import { SallyportError } from '../core/errors.ts';
import type { AuthMethod, PrincipalRef } from '../core/events.ts';
import type { Secret } from '../core/secret.ts';
import type { Account } from './accounts.ts';
import { refuseMachine } from './accounts.ts';
import { printable } from './email.ts';
import type { Origin } from './federation/origin.ts';
import type { Db, Work } from './ground.ts';
import { principalOf, whence } from './ground.ts';
import type { Session, SignInContext, User } from './identity.ts';
import { networkOfClient } from './lockout.ts';
import { notify } from './notices/notices.ts';
import type { IdentityTables } from './tables.ts';
import { makeToken } from './tokens.ts';

export type SessionRow = IdentityTables['identity_sessions'];

/** How far apart the clocks of nodes may be before a session seems to come from the future. */
const clockSkewMaxMs = 5 * 60_000;
const userAgentCharsMax = 256;

/** Why a session is not usable now; undefined when it is. A session from the future was written before the clock was set back. */
export function whyNotLive(
  session: Pick<Session, 'endedAt' | 'expiresAt' | 'lastSeenAt' | 'idleTimeoutMs'>,
  now: number,
): 'ended' | 'expired' | 'idle' | 'clock' | undefined {
  if (session.endedAt !== null) return 'ended';
  const idleAt = session.lastSeenAt + session.idleTimeoutMs;
  if (now >= Math.min(idleAt, session.expiresAt)) return idleAt < session.expiresAt ? 'idle' : 'expired';
  return session.lastSeenAt > now + clockSkewMaxMs ? 'clock' : undefined;
}

/** What a new session is opened with. `from` is the session it continues on another host. */
export interface Opening {
  readonly account: Account;
  readonly methods: readonly AuthMethod[];
  readonly ctx: SignInContext;
  readonly from?: SessionRow;
  /** The provider the first factor was given at. */
  readonly origin?: Origin | undefined;
}

/** Opens a session with a new id and token. The oldest of this person's end when there are too many. Needs the account locked. */
export async function openSession(
  work: Work,
  opening: Opening,
): Promise<{ token: Secret; session: Session; user: User }> {
  const { ground, tx } = work;
  const { account, ctx, from } = opening;
  refuseMachine(account.user);
  const now = ground.now();
  const { token, hash } = makeToken('session', ground.random);
  const row = newRow(work, { ...opening, hash, now });
  if (!from) await tellNewNetwork(work, account.user, row);
  await endSurplus(work, account.user, row.parent_id);
  const user = from ? account.user : { ...account.user, lastSignInAt: now };
  await work.record({
    type: 'session.opened',
    outcome: 'success',
    principal: principalOf(user),
    action: 'session.open',
    resource: { kind: 'session', id: row.id },
    ...whence(ctx),
    data: { sessionId: row.id, methods: opening.methods, userAgent: row.user_agent },
  });
  await tx.insertInto('identity_sessions').values(row).execute();
  if (!from) {
    await tx.updateTable('identity_users').set({ last_sign_in_at: now }).where('id', '=', user.id).execute();
    work.told.users.set(user.id, user);
  }
  const session = toSession(row);
  work.told.sessions.set(session.id, session);
  return { token, session, user };
}

/** Replaces a session after a new proof: new id, new token, new times; what was handed off from it goes along. */
export async function renewSession(
  work: Work,
  renewal: {
    account: Account;
    old: SessionRow;
    methods: readonly AuthMethod[];
    ctx: SignInContext;
    origin?: Origin | undefined;
  },
): Promise<{ token: Secret; session: Session; user: User }> {
  const { ground, tx } = work;
  const { account, old, ctx, origin } = renewal;
  const now = ground.now();
  const { token, hash } = makeToken('session', ground.random);
  const fresh = newRow(work, { account, methods: renewal.methods, ctx, hash, now, origin });
  // What was begun at a provider stays bound to it, and a session on another host never outlives the one it came from.
  const isBound = old.parent_id !== null || (origin === undefined && old.provider_id !== null);
  const { keepsake, provider_id, upstream_session } = origin === undefined ? old : fresh;
  const row = {
    ...fresh,
    ...{ keepsake, provider_id, upstream_session, parent_id: old.parent_id },
    expires_at: isBound ? Math.min(old.expires_at, fresh.expires_at) : fresh.expires_at,
  };
  await work.record({
    type: 'session.renewed',
    outcome: 'success',
    principal: principalOf(account.user),
    action: 'session.renew',
    resource: { kind: 'session', id: row.id },
    ...whence(ctx),
    data: { sessionId: row.id, previousId: old.id, reason: 'reauthenticated' },
  });
  await tx.insertInto('identity_sessions').values(row).execute();
  await tx.updateTable('identity_sessions').set({ parent_id: row.id }).where('parent_id', '=', old.id).execute();
  const ended = { ended_at: now, end_reason: 'renewed' };
  await tx.updateTable('identity_sessions').set(ended).where('id', '=', old.id).execute();
  work.told.sessions.set(old.id, toSession({ ...old, ...ended }));
  const session = toSession(row);
  work.told.sessions.set(session.id, session);
  return { token, session, user: account.user };
}

/** Ends these sessions, each recorded; their rows stay. The records are made at once, so that they share their way to the disk. */
export async function endSessions(
  work: Work,
  rows: readonly SessionRow[],
  end: { readonly by: PrincipalRef; readonly reason: (row: SessionRow) => string },
): Promise<number> {
  const now = work.ground.now();
  const live = rows.filter(row => row.ended_at === null);
  await Promise.all(
    live.map(row =>
      work.record({
        type: 'session.ended',
        outcome: 'success',
        principal: end.by,
        action: 'session.end',
        resource: { kind: 'session', id: row.id },
        data: { sessionId: row.id, reason: end.reason(row) },
      }),
    ),
  );
  for (const row of live) {
    const ended = { ended_at: now, end_reason: end.reason(row) };
    await work.tx.updateTable('identity_sessions').set(ended).where('id', '=', row.id).execute();
    work.told.sessions.set(row.id, toSession({ ...row, ...ended }));
  }
  return live.length;
}

/** Ends all of a person's sessions but one family: the kept session, what it was handed off from and what was handed off from that. */
export async function endSessionsOf(
  work: Work,
  userId: string,
  end: { readonly by: PrincipalRef; readonly reason: string; readonly keep?: string },
): Promise<number> {
  const rows = await liveRows(work.tx, userId);
  const kept = rows.find(row => row.id === end.keep);
  const root = kept && (kept.parent_id ?? kept.id);
  const others = rows.filter(row => root === undefined || (row.id !== root && row.parent_id !== root));
  return endSessions(work, others, { by: end.by, reason: () => end.reason });
}

/** The session with what was handed off from it. */
export async function familyOf(db: Db, sessionId: string): Promise<SessionRow[]> {
  return db
    .selectFrom('identity_sessions')
    .selectAll()
    .where(where => where.or([where('id', '=', sessionId), where('parent_id', '=', sessionId)]))
    .orderBy('id')
    .execute();
}

/** A session that is live now, by id. Throws `identity.session_not_found`. */
export async function getLiveRow(db: Db, id: string, now: number): Promise<SessionRow> {
  const row = await db.selectFrom('identity_sessions').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row || whyNotLive(toSession(row), now) !== undefined) throw sessionNotFound(id);
  return row;
}

export function toSession(row: SessionRow): Session {
  return {
    id: row.id,
    userId: row.user_id,
    tokenHash: row.token_hash,
    host: row.host,
    methods: parseMethods(row.methods),
    createdAt: row.created_at,
    authenticatedAt: row.authenticated_at,
    lastSeenAt: row.last_seen_at,
    idleTimeoutMs: row.idle_timeout_ms,
    expiresAt: row.expires_at,
    clientIp: row.client_ip,
    userAgent: row.user_agent,
    endedAt: row.ended_at,
    endReason: row.end_reason,
  };
}

/** Methods as rows keep them: words joined by spaces. */
export const writeMethods = (methods: readonly AuthMethod[]): string => [...new Set(methods)].join(' ');

const knownMethods = [
  'password',
  'totp',
  'recovery_code',
  'link',
  'passkey',
  'ldap',
  'saml',
  'oidc',
  'provider_mfa',
] as const satisfies readonly AuthMethod[];

export function parseMethods(text: string): AuthMethod[] {
  return knownMethods.filter(method => text.split(' ').includes(method));
}

export function sessionNotFound(id: string): SallyportError {
  return new SallyportError(
    'identity.session_not_found',
    `Cannot find session "${printable(id, 80)}": want a live one`,
  );
}

function liveRows(db: Db, userId: string): Promise<SessionRow[]> {
  return db
    .selectFrom('identity_sessions')
    .selectAll()
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

/** Tells a person who signed in before that this time it is from a network they never came from. */
async function tellNewNetwork(work: Work, user: User, row: SessionRow): Promise<void> {
  if (user.lastSignInAt === null) return;
  const known = await work.tx
    .selectFrom('identity_sessions')
    .select('id')
    .where('user_id', '=', user.id)
    .where('network', '=', row.network)
    .limit(1)
    .executeTakeFirst();
  if (!known) await notify(work, { userId: user.id, kind: 'new_network', clientIp: row.client_ip });
}

/** Makes room: sessions signed in to and sessions handed off are counted each by themselves. */
async function endSurplus(work: Work, user: User, parentId: string | null): Promise<void> {
  const most = work.ground.config.sessions.perPersonMax;
  const rows = await liveRows(work.tx, user.id);
  const alike = rows.filter(row => row.parent_id === parentId);
  const surplus = alike.slice(0, Math.max(0, alike.length - most + 1)).map(row => row.id);
  const ending = rows.filter(row => surplus.includes(row.id) || surplus.includes(row.parent_id ?? ''));
  await endSessions(work, ending, { by: principalOf(user), reason: () => 'too_many' });
}

function newRow(work: Work, opening: Opening & { hash: string; now: number }): SessionRow {
  const { config, newId } = work.ground;
  const { account, ctx, from, now, origin } = opening;
  const longest = now + config.sessions.absoluteHours * 3_600_000;
  return {
    id: newId(),
    token_hash: opening.hash,
    user_id: account.user.id,
    parent_id: from ? (from.parent_id ?? from.id) : null,
    host: ctx.host,
    methods: writeMethods(opening.methods),
    created_at: now,
    // A provider's own session may be hours old: that is no fresh proof.
    authenticated_at: from?.authenticated_at ?? Math.min(now, origin?.authenticatedAt ?? now),
    last_seen_at: now,
    idle_timeout_ms: config.sessions.idleMinutes * 60_000,
    expires_at: from?.expires_at ?? Math.min(longest, origin?.endsAt ?? longest),
    client_ip: printable(ctx.clientIp, 64),
    network: networkOfClient(ctx),
    user_agent: printable(ctx.userAgent, userAgentCharsMax),
    ended_at: null,
    end_reason: null,
    provider_id: from?.provider_id ?? origin?.providerId ?? null,
    upstream_session: from?.upstream_session ?? origin?.upstreamSession ?? null,
    keepsake: origin?.keepsake ?? null,
  };
}
