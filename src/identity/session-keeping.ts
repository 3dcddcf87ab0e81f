import type { PrincipalRef } from '../core/events.ts';
import { systemPrincipal } from '../core/events.ts';
import type { Secret } from '../core/secret.ts';
import { everyAccount, findAccount, refuseOverOwner } from './accounts.ts';
import { forgetFlows } from './federation/flows.ts';
import type { Ground, Work } from './ground.ts';
import { change } from './ground.ts';
import type { Session, User } from './identity.ts';
import { knownNetworkMs, knownPrefix } from './lockout.ts';
import { forgetNotices } from './notices/notices.ts';
import { forgetChallenges } from './passkeys/challenges.ts';
import { endSessions, endSessionsOf, familyOf, sessionNotFound, toSession, whyNotLive } from './sessions.ts';
import { hashToken } from './tokens.ts';

const sweepBatch = 200;
const linksKeptMs = 30 * 24 * 3_600_000;
const listMax = 500;

/** The session of a token on this host, while it and its person are good. */
export async function findSession(
  ground: Ground,
  token: Secret,
  host: string,
): Promise<{ session: Session; user: User } | undefined> {
  const hash = hashToken('session', token);
  if (hash === undefined) return undefined;
  const row = await ground.db
    .selectFrom('identity_sessions')
    .selectAll()
    .where('token_hash', '=', hash)
    .executeTakeFirst();
  if (!row || row.host !== host) return undefined;
  const session = toSession(row);
  if (whyNotLive(session, ground.now()) !== undefined) return undefined;
  const account = await findAccount(ground.db, { id: row.user_id });
  return account && !account.user.disabled ? { session, user: account.user } : undefined;
}

/** Newest first, at most 500. */
export async function listSessions(
  ground: Ground,
  query: { userId?: string; includeEnded?: boolean; limit?: number },
): Promise<Session[]> {
  let rows = ground.db.selectFrom('identity_sessions').selectAll().orderBy('created_at', 'desc').orderBy('id', 'desc');
  if (query.userId !== undefined) rows = rows.where('user_id', '=', query.userId);
  if (query.includeEnded !== true) rows = rows.where('ended_at', 'is', null);
  const found = await rows.limit(Math.min(Math.max(query.limit ?? 100, 1), listMax)).execute();
  const sessions = found.map(toSession);
  return query.includeEnded === true
    ? sessions
    : sessions.filter(session => whyNotLive(session, ground.now()) === undefined);
}

/** Ends a session and what was handed off from it. Ending an ended one does nothing. */
export async function endSession(ground: Ground, by: PrincipalRef, sessionId: string, reason: string): Promise<void> {
  await change(ground, async work => {
    const rows = await familyOf(work.tx, sessionId);
    const [first] = rows;
    if (first === undefined) throw sessionNotFound(sessionId);
    await refuseOverOther(work, by, first.user_id);
    await endSessions(work, rows, { by, reason: row => (row.id === sessionId ? reason : 'parent_ended') });
  });
}

export function endAllSessions(
  ground: Ground,
  by: PrincipalRef,
  end: { userId: string; reason: string; keep: string | undefined },
): Promise<number> {
  const { reason, keep } = end;
  return change(ground, async work => {
    await refuseOverOther(work, by, end.userId);
    return endSessionsOf(work, end.userId, { by, reason, ...(keep === undefined ? {} : { keep }) });
  });
}

/** Sessions of an Owner, by a group or for a time too, are ended by Owners and by themselves. Who is gone is nobody's Owner. */
async function refuseOverOther(work: Work, by: PrincipalRef, userId: string): Promise<void> {
  const account = await findAccount(work.tx, { id: userId });
  if (account) await refuseOverOwner(work, by, { current: account.user });
}

/**
 * Moves last-seen times forward, never back and never past now; what had ended, idled out or expired by the time it was seen stays so. A
 * session that others were handed off from stays in use with them.
 */
export async function touchSessions(ground: Ground, seen: ReadonlyMap<string, number>): Promise<void> {
  if (seen.size === 0) return;
  const now = ground.now();
  await change(ground, async work => {
    const touch = async (id: string, at: number): Promise<string | null> => {
      const row = await work.tx
        .updateTable('identity_sessions')
        .set({ last_seen_at: at })
        .where('id', '=', id)
        .where('ended_at', 'is', null)
        .where('last_seen_at', '<', at)
        .where('expires_at', '>', at)
        .where(where => where(where('last_seen_at', '+', where.ref('idle_timeout_ms')), '>', at))
        .returningAll()
        .executeTakeFirst();
      if (row) work.told.sessions.set(row.id, toSession(row));
      return row?.parent_id ?? null;
    };
    const parents = new Map<string, number>();
    // In one order everywhere, so that two nodes cannot wait for each other in a ring.
    for (const [id, at] of [...seen].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const bounded = Math.min(at, now);
      const parent = await touch(id, bounded);
      if (parent !== null) parents.set(parent, Math.max(bounded, parents.get(parent) ?? 0));
    }
    for (const [id, at] of [...parents].sort(([a], [b]) => (a < b ? -1 : 1))) await touch(id, at);
  });
}

/** Ends what is idle or expired and forgets what is no longer good for anything. */
export async function sweep(ground: Ground): Promise<number> {
  const now = ground.now();
  let ended = 0;
  for (;;) {
    const batch = await change(ground, async work => {
      const rows = await work.tx
        .selectFrom('identity_sessions')
        .selectAll()
        .where('ended_at', 'is', null)
        .where(where =>
          where.or([
            where('expires_at', '<=', now),
            where(where('last_seen_at', '+', where.ref('idle_timeout_ms')), '<=', now),
          ]),
        )
        .orderBy('expires_at')
        .limit(sweepBatch)
        .execute();
      return endSessions(work, rows, {
        by: systemPrincipal,
        reason: row => whyNotLive(toSession(row), now) ?? 'expired',
      });
    });
    ended += batch;
    if (batch < sweepBatch) break;
  }
  await forget(ground, now);
  await forgetFlows(ground);
  return ended;
}

async function forget(ground: Ground, now: number): Promise<void> {
  const { db, config } = ground;
  const endedBefore = now - config.sessions.endedKeptDays * 24 * 3_600_000;
  const lockoutsBefore = now - config.lockout.forgetAfterHours * 3_600_000;
  await Promise.all([
    db.deleteFrom('identity_sessions').where('ended_at', '<', endedBefore).execute(),
    db.deleteFrom('identity_pendings').where('expires_at', '<', now).execute(),
    forgetChallenges(db, now),
    forgetNotices(db, now),
    db.deleteFrom('identity_handoffs').where('expires_at', '<', now).execute(),
    db
      .deleteFrom('identity_links')
      .where('expires_at', '<', now - linksKeptMs)
      .execute(),
    db
      .deleteFrom('identity_lockouts')
      .where('last_at', '<', lockoutsBefore)
      .where(where =>
        where.or([where('key', 'not like', `${knownPrefix}%`), where('last_at', '<', now - knownNetworkMs)]),
      )
      .execute(),
  ]);
}

/** All people and the sessions that are live now. */
export async function load(ground: Ground): Promise<{ users: User[]; sessions: Session[] }> {
  const now = ground.now();
  const [users, rows] = await Promise.all([
    loadUsers(ground),
    ground.db.selectFrom('identity_sessions').selectAll().where('ended_at', 'is', null).execute(),
  ]);
  return {
    users,
    sessions: rows.map(toSession).filter(session => whyNotLive(session, now) === undefined),
  };
}

async function loadUsers({ db }: Ground): Promise<User[]> {
  const users: User[] = [];
  for await (const some of everyAccount(db)) for (const { user } of some) users.push(user);
  return users;
}
