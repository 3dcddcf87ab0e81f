import { sql } from 'kysely';
import { SallyportError } from '../core/errors.ts';
import type { PrincipalRef } from '../core/events.ts';
import type { Secret } from '../core/secret.ts';
import { changeDisabled, changeProfile } from './account-changes.ts';
import type { Account } from './accounts.ts';
import {
  accountQuery,
  findAccount,
  getAccount,
  hasSecondFactor,
  lockAccount,
  lockOwners,
  refuseLastOwner,
  refuseMachine,
  refuseOverOwner,
  toAccount,
  userNotFound,
} from './accounts.ts';
import { deleteApiKeysOf } from './api-keys.ts';
import { foldEmail, foldName, parseEmail, parseName } from './email.ts';
import type { Ground, Work } from './ground.ts';
import { change, principalOf, resourceOf } from './ground.ts';
import { leaveGroups } from './groups/membership.ts';
import type { SignInContext, User, UserRole } from './identity.ts';
import { beginPersonalAttempt, clearPersonalAttempts, recordFailure } from './lockout.ts';
import { deleteMachineRowsOf } from './machines/account-rows.ts';
import { notify } from './notices/notices.ts';
import { demandGoodPassword, isLongEnough } from './password-policy.ts';
import { forgetPendings } from './pendings.ts';
import { demandOf } from './policy/mfa-policy.ts';
import { tooManyAttempts } from './second-factor.ts';
import { endSessionsOf } from './sessions.ts';

const listMax = 500;

/** By e-mail address, at most 500 after the person `after`. `search` is a part of the address or name, in any case. */
export async function listUsers(
  ground: Ground,
  query: { search?: string; limit?: number; after?: string },
): Promise<User[]> {
  // Who is on the page is found first: what an account is joined from is read for the page alone, whatever the planner thinks.
  let rows = ground.db
    .selectFrom('identity_users as u')
    .select('u.id')
    .where('u.kind', '=', 'person')
    .orderBy('u.email_norm');
  if (query.search !== undefined && query.search !== '') {
    const part = `%${foldName(query.search.slice(0, 200))
      .trim()
      .replace(/[\\%_]/g, '\\$&')}%`;
    rows = rows.where(sql<boolean>`(u.email_norm like ${part} escape '\\' or u.name_norm like ${part} escape '\\')`);
  }
  if (query.after !== undefined) {
    const last = await findAccount(ground.db, { id: query.after });
    if (!last) throw userNotFound(query.after);
    rows = rows.where('u.email_norm', '>', foldEmail(last.user.email));
  }
  const page = await rows.limit(Math.min(Math.max(query.limit ?? 100, 1), listMax)).execute();
  if (page.length === 0) return [];
  const ids = page.map(row => row.id);
  const found = await accountQuery(ground.db).where('u.id', 'in', ids).orderBy('u.email_norm').execute();
  return found.map(row => toAccount(row).user);
}

/** How many people hold the role Owner, able to sign in or not. */
export async function countOwners(ground: Ground): Promise<number> {
  const row = await ground.db
    .selectFrom('identity_users')
    .select(count => count.fn.countAll<number | string | bigint>().as('owners'))
    .where('role', '=', 'owner')
    .executeTakeFirstOrThrow();
  return Number(row.owners);
}

/** Makes an account without a password. */
export function createUser(
  ground: Ground,
  by: PrincipalRef,
  input: { email: string; name: string; role: UserRole },
): Promise<User> {
  return change(ground, async work => {
    await refuseOverOwner(work, by, { next: input.role });
    return insertUser(work, by, input);
  });
}

/** The row and the record of a new person. Throws `identity.user_exists`. */
export async function insertUser(
  work: Work,
  by: PrincipalRef | undefined,
  input: { email: string; name: string; role: UserRole },
): Promise<User> {
  const { email, norm } = parseEmail(input.email);
  const name = parseName(input.name);
  if (await findAccount(work.tx, { norm })) throw userExists(email);
  const user: User = {
    id: work.ground.newId(),
    email,
    name,
    role: input.role,
    disabled: false,
    hasPassword: false,
    factors: { totp: false, passkeys: 0 },
    createdAt: work.ground.now(),
    lastSignInAt: null,
  };
  // The row comes first here: of two that want one address, the loser must not have been recorded.
  await work.tx
    .insertInto('identity_users')
    .values({
      id: user.id,
      email,
      email_norm: norm,
      name,
      name_norm: foldName(name),
      role: user.role,
      disabled: 0,
      created_at: user.createdAt,
      last_sign_in_at: null,
      revision: 0,
    })
    .execute();
  await work.record({
    type: 'user.created',
    outcome: 'success',
    principal: by ?? principalOf(user),
    action: 'user.create',
    resource: resourceOf(user),
    data: { email, role: user.role },
  });
  work.told.users.set(user.id, user);
  return user;
}

/** Changes the global role and ends the person's sessions. */
export function setRole(ground: Ground, by: PrincipalRef, userId: string, role: UserRole): Promise<User> {
  return change(ground, async work => {
    await lockOwners(work);
    const { user } = await lockAccount(work, userId);
    await refuseOverOwner(work, by, { current: user, next: role });
    if (user.role === role) return user;
    refuseMachine(user);
    if (role !== 'owner') await refuseLastOwner(work, user);
    await work.record({
      type: 'user.role_changed',
      outcome: 'success',
      principal: by,
      action: 'user.set_role',
      resource: resourceOf(user),
      data: { from: user.role, to: role },
    });
    await work.tx.updateTable('identity_users').set({ role }).where('id', '=', userId).execute();
    await forgetPendings(work, userId);
    await voidLinks(work, userId);
    await endSessionsOf(work, userId, { by, reason: 'role_changed' });
    const changed = { ...user, role };
    work.told.users.set(userId, changed);
    return changed;
  });
}

/** Disables (ending all sessions and sign-ins under way) or enables a person. */
export function setDisabled(ground: Ground, by: PrincipalRef, userId: string, disabled: boolean): Promise<User> {
  return change(ground, async work => {
    await lockOwners(work);
    const { user } = await lockAccount(work, userId);
    await refuseOverOwner(work, by, { current: user });
    if (disabled && !user.disabled) await refuseLastOwner(work, user);
    return changeDisabled(work, by, { user, disabled });
  });
}

/** Deletes a person with all their factors and links; their ended sessions and their events stay. */
export async function deleteUser(ground: Ground, by: PrincipalRef, userId: string): Promise<void> {
  await change(ground, async work => {
    await lockOwners(work);
    const { user } = await lockAccount(work, userId);
    await refuseOverOwner(work, by, { current: user });
    await refuseLastOwner(work, user);
    await work.record({
      type: 'user.deleted',
      outcome: 'success',
      principal: by,
      action: 'user.delete',
      resource: resourceOf(user),
      data: { email: user.email },
    });
    await endSessionsOf(work, userId, { by, reason: 'deleted' });
    await forgetPendings(work, userId);
    await deleteApiKeysOf(work, userId);
    await deleteMachineRowsOf(work, userId);
    await leaveGroups(work, by, { user });
    await work.tx.deleteFrom('identity_accounts').where('user_id', '=', userId).execute();
    await work.tx.deleteFrom('identity_scim_people').where('user_id', '=', userId).execute();
    await work.tx.deleteFrom('identity_links').where('user_id', '=', userId).execute();
    await work.tx.deleteFrom('identity_factors').where('user_id', '=', userId).execute();
    await work.tx.deleteFrom('identity_passkeys').where('user_id', '=', userId).execute();
    await work.tx.deleteFrom('identity_notices').where('user_id', '=', userId).execute();
    await work.tx.deleteFrom('identity_enabled').where('user_id', '=', userId).execute();
    await work.tx.deleteFrom('identity_recovery_codes').where('user_id', '=', userId).execute();
    await work.tx.deleteFrom('identity_passwords').where('user_id', '=', userId).execute();
    await work.tx.deleteFrom('identity_users').where('id', '=', userId).execute();
    work.told.users.set(userId, null);
  });
}

export function updateProfile(
  ground: Ground,
  by: PrincipalRef,
  userId: string,
  input: { name: string },
): Promise<User> {
  const name = parseName(input.name);
  return change(ground, async work => {
    const { user } = await lockAccount(work, userId);
    await refuseOverOwner(work, by, { current: user });
    return changeProfile(work, by, { user, email: user.email, name });
  });
}

/** Changes the own password after the current one was given; other sessions and sign-ins under way end. */
export async function changePassword(
  ground: Ground,
  by: PrincipalRef,
  input: { userId: string; current: Secret; next: Secret; keepSessionId: string; ctx?: SignInContext },
): Promise<void> {
  const { userId, ctx } = input;
  const account = await getAccount(ground.db, userId);
  const attempt = await beginPersonalAttempt(ground, 'r', userId);
  if (attempt.waitMs > 0) throw tooManyAttempts(attempt.waitMs);
  if (!(await ground.passwords.verify(account.passwordHash, input.current))) {
    const target = ctx && { norm: foldEmail(account.user.email), userId, ctx, factor: 'password' as const };
    if (target) await recordFailure(ground, target, { reason: 'wrong', lock: attempt.lock });
    throw refusedPassword('the current password is not right');
  }
  await demandGoodPassword(
    ground,
    input.next,
    policyFor(ground, { user: account.user, isMfa: await isMfaSure(ground, account) }),
  );
  if (input.current.equals(input.next)) throw refusedPassword('it is the current one');
  const hash = await ground.passwords.hash(input.next);
  await change(ground, async work => {
    const current = await lockAccount(work, userId);
    if (current.passwordHash !== account.passwordHash) throw refusedPassword('it was changed meanwhile');
    await setPassword(work, { user: current.user, hash, password: input.next, by, how: 'self' });
    await clearPersonalAttempts(work, 'r', userId);
    await endSessionsOf(work, userId, { by, reason: 'password_changed', keep: input.keepSessionId });
  });
}

/** The record and the row of a new password; links and sign-ins made possible by the old one are void. */
export async function setPassword(
  work: Work,
  set: { user: User; hash: string; password: Secret; by: PrincipalRef; how: 'self' | 'link' },
): Promise<void> {
  const { user, hash } = set;
  const row = {
    hash,
    changed_at: work.ground.now(),
    single_factor: isLongEnough(set.password, work.ground.config.passwords.lengthMin) ? 1 : 0,
  };
  await work.record({
    type: 'user.password_changed',
    outcome: 'success',
    principal: set.by,
    action: 'user.change_password',
    resource: resourceOf(user),
    data: { by: set.how },
  });
  await work.tx
    .insertInto('identity_passwords')
    .values({ user_id: user.id, ...row })
    .onConflict(conflict => conflict.column('user_id').doUpdateSet(row))
    .execute();
  if (user.hasPassword) await notify(work, { userId: user.id, kind: 'password_changed' });
  await forgetPendings(work, user.id);
  await voidLinks(work, user.id);
  work.told.users.set(user.id, { ...user, hasPassword: true });
}

/** Links that wait are void: whoever was given one knew the person as they were, and might have been less than they now are. */
async function voidLinks(work: Work, userId: string): Promise<void> {
  const now = work.ground.now();
  await work.tx
    .updateTable('identity_links')
    .set({ expires_at: now })
    .where('user_id', '=', userId)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .execute();
}

/** Whether a second factor stands behind the password of this person, or will before the first session. */
export async function isMfaSure(ground: Ground, account: Account): Promise<boolean> {
  return hasSecondFactor(account) || (await demandOf(ground, ground.db, account)) !== 'none';
}

/** What a password of this person must be: shorter is enough only where a second factor stands behind it. */
export function policyFor(
  ground: Ground,
  about: { user: { email: string; name: string }; isMfa: boolean },
): { lengthMin: number; context: readonly string[] } {
  const { lengthMin, lengthMinWithMfa } = ground.config.passwords;
  return { lengthMin: about.isMfa ? lengthMinWithMfa : lengthMin, context: [about.user.email, about.user.name] };
}

export function userExists(email: string): SallyportError {
  const message = `Cannot make an account for "${email}": there is one`;
  return new SallyportError('identity.user_exists', message, { detail: message });
}

function refusedPassword(why: string): SallyportError {
  const message = `Cannot change the password: ${why}`;
  return new SallyportError('identity.password_refused', message, { detail: message });
}
