/** Changes of an account that more than one way leads to: by hand, by a provider's word, by SCIM. Each is the same whoever makes it. */
import type { PrincipalRef } from '../core/events.ts';
import { revokeApiKeysOf } from './api-keys.ts';
import { foldEmail, foldName } from './email.ts';
import type { Db, Work } from './ground.ts';
import { resourceOf } from './ground.ts';
import type { User } from './identity.ts';
import { endTokensOf } from './machines/token-rows.ts';
import { forgetPendings } from './pendings.ts';
import { endSessionsOf } from './sessions.ts';

/** Name and address become these; nothing happens when they are so. That nobody else has the address is seen to before. */
export async function changeProfile(
  work: Work,
  by: PrincipalRef,
  { email, name, user }: { readonly user: User; readonly email: string; readonly name: string },
): Promise<User> {
  const changed = [...(name === user.name ? [] : ['name']), ...(email === user.email ? [] : ['email'])];
  if (changed.length === 0) return user;
  const next = { ...user, name, email };
  await work.record({
    type: 'user.updated',
    outcome: 'success',
    principal: by,
    action: 'user.update',
    resource: resourceOf(next),
    data: { changed },
  });
  await work.tx
    .updateTable('identity_users')
    .set({ name, name_norm: foldName(name), email, email_norm: foldEmail(email) })
    .where('id', '=', user.id)
    .execute();
  work.told.users.set(user.id, next);
  return next;
}

/**
 * Disables (ending all sessions, tokens and sign-ins under way) or enables; who is enabled is not inactive from then on. API keys wait with
 * their person unless they are to be revoked. Needs the account locked, and that the last Owner stays is seen to before.
 */
export async function changeDisabled(
  work: Work,
  by: PrincipalRef,
  { disabled, revokesKeys = false, user }: { readonly user: User; readonly disabled: boolean; revokesKeys?: boolean },
): Promise<User> {
  if (user.disabled === disabled) return user;
  await work.record({
    type: disabled ? 'user.disabled' : 'user.enabled',
    outcome: 'success',
    principal: by,
    action: disabled ? 'user.disable' : 'user.enable',
    resource: resourceOf(user),
    data: { email: user.email },
  });
  await work.tx
    .updateTable('identity_users')
    .set({ disabled: disabled ? (by.kind === 'platform' ? disabledElsewhere : disabledHere) : 0 })
    .where('id', '=', user.id)
    .execute();
  await forgetPendings(work, user.id);
  if (disabled) {
    await endSessionsOf(work, user.id, { by, reason: 'disabled' });
    await endTokensOf(work, { userId: user.id });
    if (revokesKeys) await revokeApiKeysOf(work, by, user.id);
  } else {
    const at = work.ground.now();
    await work.tx
      .insertInto('identity_enabled')
      .values({ user_id: user.id, at })
      .onConflict(conflict => conflict.column('user_id').doUpdateSet({ at }))
      .execute();
  }
  const changed = { ...user, disabled };
  work.told.users.set(user.id, changed);
  return changed;
}

/** Who disabled an account, as its row says: people or jobs of this house, or a client that provisions. */
const disabledHere = 1;
const disabledElsewhere = 2;

/** Whether only this house may enable the account again. */
export async function isDisabledHere(db: Db, userId: string): Promise<boolean> {
  const row = await db
    .selectFrom('identity_users')
    .select('id')
    .where('id', '=', userId)
    .where('disabled', '=', disabledHere)
    .executeTakeFirst();
  return row !== undefined;
}
