import type { PrincipalRef } from '../../core/events.ts';
import { findAccount, getAccount, lockAccount } from '../accounts.ts';
import { foldName, machineDomain, parseName } from '../email.ts';
import type { Ground, Work } from '../ground.ts';
import { change } from '../ground.ts';
import type { User } from '../identity.ts';
import { deleteUser, setDisabled } from '../people.ts';
import { accountRows, getServiceAccount, toAccount } from './account-rows.ts';
import { endCredentialsOf } from './credentials.ts';
import { endKeysOf } from './keys.ts';
import type { MachineScope, ServiceAccount } from './machines.ts';
import { invalid, isWithin, parseScope, writeScope } from './scope.ts';
import { endTokensOf } from './token-rows.ts';

const listMax = 1000;
const perOwnerMax = 50;

/** By name, at most 1,000. */
export async function listAccounts(
  ground: Ground,
  query: { ownerId?: string; search?: string },
): Promise<ServiceAccount[]> {
  let rows = accountRows(ground.db).orderBy('u.name_norm').orderBy('u.id').limit(listMax);
  if (query.ownerId !== undefined) rows = rows.where('u.owner_id', '=', query.ownerId);
  const part = foldName((query.search ?? '').slice(0, 200)).trim();
  const found = (await rows.execute()).map(toAccount);
  return part === '' ? found : found.filter(account => foldName(account.name).includes(part));
}

/** Makes an account without any secret yet. It is always a Member: what it may do comes from roles in projects. */
export async function createServiceAccount(
  ground: Ground,
  by: PrincipalRef,
  input: { name: string; ownerId: string; scope: MachineScope },
): Promise<ServiceAccount> {
  const name = parseName(input.name);
  const scope = parseScope(input.scope);
  return change(ground, async work => {
    const { user: owner } = await lockOwner(work, input.ownerId);
    const own = await work.tx.selectFrom('identity_users').select('id').where('owner_id', '=', owner.id).execute();
    if (own.length >= perOwnerMax) throw invalid('ownerId', `at most ${perOwnerMax} service accounts for each person`);
    const id = ground.newId();
    const email = await freeAddress(work, name, id);
    await work.tx
      .insertInto('identity_users')
      .values({
        ...{ id, email, email_norm: email, name, name_norm: foldName(name), role: 'member', disabled: 0 },
        ...{ created_at: ground.now(), last_sign_in_at: null, revision: 0, kind: 'service', owner_id: owner.id },
      })
      .execute();
    await work.tx
      .insertInto('identity_machines')
      .values({ user_id: id, scope: writeScope(scope) })
      .execute();
    await work.record({
      ...{ type: 'service_account.created', outcome: 'success', principal: by, action: 'service_account.create' },
      resource: { kind: 'service_account', id, name },
      data: { ownerId: owner.id, sites: scope.sites, permissions: scope.permissions },
    });
    await tellUser(work, id);
    return getServiceAccount(work.tx, id);
  });
}

/** See `Machines.update`. */
export function updateServiceAccount(
  ground: Ground,
  by: PrincipalRef,
  id: string,
  input: { name?: string; ownerId?: string; scope?: MachineScope },
): Promise<ServiceAccount> {
  return change(ground, async work => {
    await lockAccount(work, id);
    const held = await getServiceAccount(work.tx, id);
    const name = input.name === undefined ? held.name : parseName(input.name);
    const scope = input.scope === undefined ? held.scope : parseScope(input.scope);
    const ownerId = input.ownerId ?? held.ownerId;
    const isHandedOver = ownerId !== held.ownerId;
    if (isHandedOver) await lockOwner(work, ownerId);
    const hasNewScope = writeScope(scope) !== writeScope(held.scope);
    const changed = [
      ...(name === held.name ? [] : ['name']),
      ...(isHandedOver ? ['owner'] : []),
      ...(hasNewScope ? ['scope'] : []),
    ];
    if (changed.length === 0) return held;
    await work.record({
      ...{ type: 'service_account.updated', outcome: 'success', principal: by, action: 'service_account.update' },
      resource: { kind: 'service_account', id, name },
      data: { changed },
    });
    const row = { name, name_norm: foldName(name), owner_id: ownerId };
    await work.tx.updateTable('identity_users').set(row).where('id', '=', id).execute();
    await work.tx
      .updateTable('identity_machines')
      .set({ scope: writeScope(scope) })
      .where('user_id', '=', id)
      .execute();
    if (isHandedOver) await endCredentialsOf(work, id);
    if (isHandedOver) await endKeysOf(work, id, () => true);
    if (isHandedOver || !isWithin(held.scope, scope)) await endTokensOf(work, { clientId: id });
    if (hasNewScope) await endKeysOf(work, id, key => !isWithin(key, scope));
    await tellUser(work, id);
    return getServiceAccount(work.tx, id);
  });
}

/** Disabled it is nobody's at the next request; enabled again its secrets and keys go on. */
export async function disableServiceAccount(
  ground: Ground,
  by: PrincipalRef,
  id: string,
  disabled: boolean,
): Promise<ServiceAccount> {
  await getServiceAccount(ground.db, id);
  await setDisabled(ground, by, id, disabled);
  return getServiceAccount(ground.db, id);
}

export async function deleteServiceAccount(ground: Ground, by: PrincipalRef, id: string): Promise<void> {
  await getServiceAccount(ground.db, id);
  await deleteUser(ground, by, id);
}

/** A person who can answer for an account, locked. */
async function lockOwner(work: Work, ownerId: string): Promise<{ user: User }> {
  const account = await lockAccount(work, ownerId);
  if (account.user.ownerId !== undefined) throw invalid('ownerId', 'want a person, not a service account');
  if (account.user.disabled) throw invalid('ownerId', `the account of "${account.user.email}" is disabled`);
  return account;
}

/** What stands where people have an e-mail address. No message arrives there (RFC 2606), and no person can have it. */
async function freeAddress(work: Work, name: string, id: string): Promise<string> {
  const slug =
    foldName(name)
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 60) || 'service';
  const email = `${slug}@${machineDomain}`;
  return (await findAccount(work.tx, { norm: email })) === undefined
    ? email
    : `${slug}-${id.slice(-12)}@${machineDomain}`;
}

async function tellUser(work: Work, id: string): Promise<void> {
  work.told.users.set(id, (await getAccount(work.tx, id)).user);
}
