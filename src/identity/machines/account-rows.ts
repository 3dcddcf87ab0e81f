import { SallyportError } from '../../core/errors.ts';
import type { Db, Work } from '../ground.ts';
import type { ServiceAccount } from './machines.ts';
import { readScope } from './scope.ts';
import { endTokensOf } from './token-rows.ts';

/** Throws `identity.service_account_not_found`. */
export async function getServiceAccount(db: Db, id: string): Promise<ServiceAccount> {
  const row = await accountRows(db).where('u.id', '=', id).executeTakeFirst();
  if (row === undefined) throw notFound(id);
  return toAccount(row);
}

/** The account and its owner, if both may act now: it, and who answers for it, are there and enabled. */
export async function findActive(db: Db, id: string): Promise<ServiceAccount | undefined> {
  const row = await accountRows(db).where('u.id', '=', id).executeTakeFirst();
  const account = row && toAccount(row);
  return account === undefined || account.disabled || account.owner.state !== 'active' ? undefined : account;
}

/** Takes away with an account what only machines have: its secrets, and every token in its name, got by it or acted in. */
export async function deleteMachineRowsOf(work: Work, userId: string): Promise<void> {
  await endTokensOf(work, { userId });
  await endTokensOf(work, { clientId: userId });
  await work.tx.deleteFrom('identity_client_credentials').where('user_id', '=', userId).execute();
  await work.tx.deleteFrom('identity_machines').where('user_id', '=', userId).execute();
}

/** The columns a service account is made of, with its owner as they are now. */
export function accountRows(db: Db) {
  return db
    .selectFrom('identity_users as u')
    .innerJoin('identity_machines as m', 'm.user_id', 'u.id')
    .leftJoin('identity_users as o', 'o.id', 'u.owner_id')
    .where('u.kind', '=', 'service')
    .select(one =>
      one
        .selectFrom('identity_client_credentials as c')
        .whereRef('c.user_id', '=', 'u.id')
        .select(c => c.fn.max('c.last_used_at').as('at'))
        .as('last_used_at'),
    )
    .select(['u.id', 'u.name', 'u.owner_id', 'u.disabled', 'u.created_at', 'm.scope'])
    .select(['o.name as owner_name', 'o.email as owner_email', 'o.disabled as owner_disabled']);
}

type AccountRow = Awaited<ReturnType<ReturnType<typeof accountRows>['executeTakeFirstOrThrow']>>;

/** A row of `accountRows` as an account. */
export function toAccount(row: AccountRow): ServiceAccount {
  const { id, name, owner_disabled: ownerDisabled, owner_email: email, owner_name: ownerName } = row;
  return {
    ...{ id, name, ownerId: row.owner_id ?? '', scope: readScope(row.scope), disabled: row.disabled !== 0 },
    owner:
      ownerName === null || email === null
        ? { state: 'gone' }
        : { name: ownerName, email, state: ownerDisabled === 0 ? 'active' : 'disabled' },
    ...{ createdAt: row.created_at, lastUsedAt: row.last_used_at },
  };
}

function notFound(id: string): SallyportError {
  return new SallyportError('identity.service_account_not_found', `Cannot find service account "${id}"`);
}
