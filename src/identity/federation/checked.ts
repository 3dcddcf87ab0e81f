import { systemPrincipal } from '../../core/events.ts';
import { changeDisabled } from '../account-changes.ts';
import { findAccount, lockAccount } from '../accounts.ts';
import { revokeApiKeysOf } from '../api-keys.ts';
import type { Ground, Work } from '../ground.ts';
import { change } from '../ground.ts';
import { leaveGroups, syncProviderGroups } from '../groups/membership.ts';
import type { User } from '../identity.ts';
import { endTokensOf } from '../machines/token-rows.ts';
import { forgetPendings } from '../pendings.ts';
import { endSessions, endSessionsOf } from '../sessions.ts';
import type { AccountRow } from './arrive.ts';
import { accountContext, findLink } from './arrive.ts';
import type { ExternalIdentity, ExternalRefusal, Provider } from './federation.ts';
import { providerSessions } from './links.ts';
import { followProfile } from './profile.ts';
import { isEnabled } from './providers.ts';

/** Takes over what the provider says now. Nothing is written for who is as before. */
export async function keepFresh(
  ground: Ground,
  provider: Provider,
  link: AccountRow,
  identity: ExternalIdentity,
): Promise<void> {
  const { keepsake } = identity;
  if (keepsake !== null) {
    await ground.db
      .updateTable('identity_accounts')
      .set({ keepsake: ground.vault.seal(keepsake, accountContext(provider.id, identity.subject)) })
      .where('provider_id', '=', provider.id)
      .where('subject_key', '=', link.subject_key)
      .execute();
  }
  if (await isAsBefore(ground, provider, link, identity)) return;
  await change(ground, async work => {
    const { user } = await lockAccount(work, link.user_id);
    if (!(await isStillLinked(work, provider, link))) return;
    const current = await followProfile(work, { user, identity, provider, isNew: false });
    await syncProviderGroups(work, systemPrincipal, {
      ...{ user: current, providerId: provider.id, names: identity.groups },
      isCaseless: provider.kind === 'ldap',
    });
  });
}

/** The answer took its time: whoever was unlinked meanwhile, or whose provider was switched off, gets nothing of it. */
async function isStillLinked(work: Work, provider: Provider, link: AccountRow): Promise<boolean> {
  const held = await findLink(work.tx, provider.id, link.subject);
  return held?.user_id === link.user_id && (await isEnabled(work.tx, provider.id));
}

async function isAsBefore(
  ground: Ground,
  provider: Provider,
  link: AccountRow,
  identity: ExternalIdentity,
): Promise<boolean> {
  const account = await findAccount(ground.db, { id: link.user_id });
  if (!account) return true;
  const { user } = account;
  if (identity.name !== null && identity.name !== user.name) return false;
  if (identity.email !== null && identity.email !== user.email) return false;
  const rows = await ground.db
    .selectFrom('identity_members as m')
    .innerJoin('identity_groups as g', 'g.id', 'm.group_id')
    .select('g.external_id')
    .where('m.user_id', '=', link.user_id)
    .where('g.source_kind', '=', 'provider')
    .where('g.source_id', '=', provider.id)
    .execute();
  const held = new Set(rows.map(row => row.external_id));
  return held.size === identity.groups.length && identity.groups.every(name => held.has(name));
}

/** What a refusal of somebody with a session means: gone for good ends keys too; for now ends nothing that a lock by others could end. */
const meanings = {
  unknown: 'gone',
  disabled: 'gone',
  expired: 'gone',
  denied: 'out',
  ambiguous: 'out',
  invalid: 'out',
  time_restricted: 'out',
  wrong: 'out',
  empty_password: 'out',
  // Anybody can lock an account by guessing, and an old password is asked for at the next sign-in.
  locked: 'stays',
  password_expired: 'stays',
  must_change: 'stays',
} as const satisfies Record<ExternalRefusal['reason'], 'gone' | 'out' | 'stays'>;

/**
 * Ends the sessions begun at a provider of somebody it no longer vouches for. Who is gone there also leaves its groups and, unless
 * they can sign in some other way, loses all that would go on without them. Returns how many sessions ended.
 */
export function endGone(
  ground: Ground,
  provider: Provider,
  link: AccountRow,
  refusal: ExternalRefusal,
): Promise<number> {
  const meaning = meanings[refusal.reason];
  ground.log.warn('federation.person_refused', {
    ...{ provider: provider.slug, userId: link.user_id, reason: refusal.reason, detail: refusal.detail, meaning },
  });
  if (meaning === 'stays') return Promise.resolve(0);
  return change(ground, async work => {
    const { user } = await lockAccount(work, link.user_id);
    if (meaning === 'gone') {
      await leaveGroups(work, systemPrincipal, { user, source: { kind: 'provider', id: provider.id } });
      const other = await work.tx
        .selectFrom('identity_accounts')
        .select('provider_id')
        .where('user_id', '=', user.id)
        .where('provider_id', '!=', provider.id)
        .executeTakeFirst();
      if (!user.hasPassword && other === undefined) return closeBehind(work, user, `provider_${refusal.reason}`);
    }
    await work.tx.deleteFrom('identity_pendings').where('user_id', '=', user.id).execute();
    const rows = await providerSessions(work, { providerId: provider.id, userId: user.id });
    return endSessions(work, rows, { by: systemPrincipal, reason: () => `provider_${refusal.reason}` });
  });
}

/**
 * Nothing goes on in the name of who is gone: not their keys, the tokens that programs have of them, nor the programs they answer for, whose
 * secrets they hold. The programs are disabled: enabled again, or under somebody else, they go on.
 */
async function closeBehind(work: Work, user: User, reason: string): Promise<number> {
  const by = systemPrincipal;
  await revokeApiKeysOf(work, by, user.id);
  await endTokensOf(work, { userId: user.id });
  const programs = await work.tx
    .selectFrom('identity_users')
    .select('id')
    .where('owner_id', '=', user.id)
    .where('disabled', '=', 0)
    .orderBy('id')
    .execute();
  for (const { id } of programs) {
    const { user: program } = await lockAccount(work, id);
    await changeDisabled(work, by, { user: program, disabled: true });
  }
  await forgetPendings(work, user.id);
  return endSessionsOf(work, user.id, { by, reason });
}
