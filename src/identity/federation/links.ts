import { SallyportError } from '../../core/errors.ts';
import type { PrincipalRef } from '../../core/events.ts';
import { lockAccount, refuseMachine, refuseOverOwner } from '../accounts.ts';
import { printable } from '../email.ts';
import type { Ground, Work } from '../ground.ts';
import { change, resourceOf } from '../ground.ts';
import { leaveGroups } from '../groups/membership.ts';
import { notify } from '../notices/notices.ts';
import type { SessionRow } from '../sessions.ts';
import { endSessions } from '../sessions.ts';
import { sha256 } from '../tokens.ts';
import { findLink } from './arrive.ts';
import { getProviderRow } from './providers.ts';
import type { ExternalLink } from './sign-on.ts';

const batch = 200;

/** The accounts elsewhere of one person. */
export async function linksOf(ground: Ground, userId: string): Promise<ExternalLink[]> {
  const rows = await ground.db
    .selectFrom('identity_accounts as a')
    .innerJoin('identity_providers as p', 'p.id', 'a.provider_id')
    .select(['a.provider_id', 'p.name', 'a.subject', 'a.email', 'a.created_at', 'a.last_seen_at'])
    .where('a.user_id', '=', userId)
    .orderBy('p.name')
    .execute();
  return rows.map(row => ({
    ...{ providerId: row.provider_id, providerName: row.name, subject: row.subject, email: row.email },
    ...{ createdAt: row.created_at, lastSeenAt: row.last_seen_at },
  }));
}

/** Says which account there is this person's. */
export async function linkByHand(
  ground: Ground,
  by: PrincipalRef,
  input: { userId: string; providerId: string; subject: string },
): Promise<void> {
  const subject = input.subject.trim();
  if (subject === '' || subject.length > 1024 || !subject.isWellFormed()) {
    throw new SallyportError('core.invalid_input', 'Cannot link: want the subject as the provider gives it', {
      detail: 'subject: want 1 to 1024 characters',
    });
  }
  await change(ground, async work => {
    const { user } = await lockAccount(work, input.userId);
    refuseMachine(user);
    await refuseOverOwner(work, by, { current: user });
    const provider = await getProviderRow(work.tx, { id: input.providerId });
    const held = await findLink(work.tx, provider.id, subject);
    if (held?.user_id === user.id) return;
    if (held) throw conflict(`"${printable(subject, 80)}" at "${provider.name}" is somebody else’s`);
    const other = await work.tx
      .selectFrom('identity_accounts')
      .select('subject')
      .where('provider_id', '=', provider.id)
      .where('user_id', '=', user.id)
      .executeTakeFirst();
    if (other) throw conflict(`"${user.email}" is "${printable(other.subject, 80)}" at "${provider.name}" already`);
    await work.record({
      type: 'account.linked',
      outcome: 'success',
      principal: by,
      action: 'account.link',
      resource: resourceOf(user),
      data: { provider: provider.name, subject: printable(subject), how: 'operator' },
    });
    // As a recovery link: somebody else was given a way in.
    const isOwn = by.kind === 'user' && by.id === user.id;
    if (!isOwn) await notify(work, { userId: user.id, kind: 'linked', what: provider.name, by: by.name });
    const now = ground.now();
    await work.tx
      .insertInto('identity_accounts')
      .values({
        ...{ provider_id: provider.id, subject_key: sha256(subject), subject, user_id: user.id },
        ...{ email: null, login: null, keepsake: null, created_at: now, last_seen_at: now, check_at: now },
      })
      .execute();
  });
}

/** Takes a link away: its sessions end, its groups go. Nothing happens when there is none. */
export async function unlink(
  ground: Ground,
  by: PrincipalRef,
  input: { userId: string; providerId: string },
): Promise<void> {
  await change(ground, async work => {
    const { user } = await lockAccount(work, input.userId);
    await refuseOverOwner(work, by, { current: user });
    const provider = await getProviderRow(work.tx, { id: input.providerId });
    const gone = await work.tx
      .deleteFrom('identity_accounts')
      .where('provider_id', '=', provider.id)
      .where('user_id', '=', user.id)
      .returning('subject')
      .executeTakeFirst();
    if (!gone) return;
    await work.record({
      type: 'account.unlinked',
      outcome: 'success',
      principal: by,
      action: 'account.unlink',
      resource: resourceOf(user),
      data: { provider: provider.name, subject: printable(gone.subject) },
    });
    await leaveGroups(work, by, { user, source: { kind: 'provider', id: provider.id } });
    const rows = await providerSessions(work, { providerId: provider.id, userId: user.id });
    await endSessions(work, rows, { by, reason: () => 'unlinked' });
    await work.tx.deleteFrom('identity_pendings').where('user_id', '=', user.id).execute();
  });
}

/** Live sessions begun at a provider, with what was handed off from them. */
export function providerSessions(
  work: Pick<Work, 'tx'>,
  of: { providerId: string; userId?: string; upstream?: readonly string[]; limit?: number },
): Promise<SessionRow[]> {
  let query = work.tx
    .selectFrom('identity_sessions')
    .selectAll()
    .where('provider_id', '=', of.providerId)
    .where('ended_at', 'is', null);
  if (of.userId !== undefined) query = query.where('user_id', '=', of.userId);
  if (of.upstream !== undefined) query = query.where('upstream_session', 'in', of.upstream);
  return query
    .orderBy('id')
    .limit(of.limit ?? 1000)
    .execute();
}

/** Sign-ins that wait for their second factor after this provider vouched are void. */
export async function forgetPendingsOf(work: Work, providerId: string): Promise<void> {
  // The row's JSON begins with it, and an id holds no wildcard.
  await work.tx.deleteFrom('identity_pendings').where('origin', 'like', `{"providerId":"${providerId}"%`).execute();
}

/** Ends every session begun at a provider, some at a time. */
export async function endProviderSessions(
  ground: Ground,
  by: PrincipalRef,
  end: { providerId: string; reason: string },
): Promise<number> {
  let ended = 0;
  for (;;) {
    const some = await change(ground, async work => {
      const rows = await providerSessions(work, { providerId: end.providerId, limit: batch });
      return endSessions(work, rows, { by, reason: () => end.reason });
    });
    ended += some;
    if (some < batch) return ended;
  }
}

function conflict(why: string): SallyportError {
  const message = `Cannot link: ${why}`;
  return new SallyportError('store.conflict', message, { detail: message });
}
