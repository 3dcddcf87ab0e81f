import { sql } from 'kysely';
import { SallyportError } from '../core/errors.ts';
import type { PrincipalRef } from '../core/events.ts';
import type { Db, Work } from './ground.ts';
import type { User, UserRole } from './identity.ts';

const accountsAtOnce = 5000;

/** A person with what only this room may see. */
export interface Account {
  readonly user: User;
  readonly passwordHash: string | null;
  /** Whether the password is long enough to be the only factor. */
  readonly isSingleFactor: boolean;
  readonly totp: { readonly sealed: string; readonly lastStep: number } | null;
}

/** One account, read once. */
export async function findAccount(db: Db, by: { id: string } | { norm: string }): Promise<Account | undefined> {
  const row = await accountQuery(db)
    .where('id' in by ? 'u.id' : 'u.email_norm', '=', 'id' in by ? by.id : by.norm)
    .executeTakeFirst();
  return row === undefined ? undefined : toAccount(row);
}

/** As `findAccount`, throwing `identity.user_not_found`. */
export async function getAccount(db: Db, id: string): Promise<Account> {
  const account = await findAccount(db, { id });
  if (!account) throw userNotFound(id);
  return account;
}

/** The account, its row locked until the transaction ends: changes of one person happen one after another. */
export async function lockAccount(work: Work, id: string): Promise<Account> {
  await work.tx
    .updateTable('identity_users')
    .set(update => ({ revision: update('revision', '+', 1) }))
    .where('id', '=', id)
    .execute();
  return getAccount(work.tx, id);
}

/** The columns an account is made of. */
export function accountQuery(db: Db) {
  return db
    .selectFrom('identity_users as u')
    .leftJoin('identity_passwords as p', 'p.user_id', 'u.id')
    .leftJoin('identity_factors as f', join =>
      join.onRef('f.user_id', '=', 'u.id').on('f.kind', '=', sql.lit('totp')).on('f.ref', '=', sql.lit('active')),
    )
    .select(count =>
      count
        .selectFrom('identity_passkeys as k')
        .whereRef('k.user_id', '=', 'u.id')
        .select(one => one.fn.countAll<number | string | bigint>().as('n'))
        .as('passkeys'),
    )
    .select([
      'u.id',
      'u.email',
      'u.name',
      'u.role',
      'u.disabled',
      'u.created_at',
      'u.last_sign_in_at',
      'u.owner_id',
      'p.hash',
      'p.single_factor',
      'f.sealed',
      'f.last_step',
    ]);
}

type AccountRow = Awaited<ReturnType<ReturnType<typeof accountQuery>['executeTakeFirstOrThrow']>>;

/** A row of `accountQuery` as an account. */
export function toAccount(row: AccountRow): Account {
  return {
    user: {
      id: row.id,
      email: row.email,
      name: row.name,
      role: row.role,
      disabled: row.disabled !== 0,
      hasPassword: row.hash !== null,
      factors: { totp: row.sealed !== null, passkeys: Number(row.passkeys) },
      createdAt: row.created_at,
      lastSignInAt: row.last_sign_in_at,
      ...(row.owner_id === null ? {} : { ownerId: row.owner_id }),
    },
    passwordHash: row.hash,
    isSingleFactor: row.single_factor === 1,
    totp: row.sealed === null ? null : { sealed: row.sealed, lastStep: row.last_step ?? 0 },
  };
}

/** Everybody, some at a time: rows on their way from the store take many times the room of what is kept of them. */
export async function* everyAccount(db: Db): AsyncGenerator<readonly Account[]> {
  for (let after = ''; ; ) {
    const rows = await accountQuery(db).where('u.id', '>', after).orderBy('u.id').limit(accountsAtOnce).execute();
    yield rows.map(toAccount);
    if (rows.length < accountsAtOnce) return;
    after = rows.at(-1)?.id ?? '';
  }
}

/** Whether the account has something that proves more than a password. */
export function hasSecondFactor({ user }: Account): boolean {
  return user.factors.totp || user.factors.passkeys > 0;
}

/** Makes changes of who is Owner wait for each other. Taken before any account, so that two changes cannot wait in a ring. */
export async function lockOwners(work: Work): Promise<void> {
  await work.tx
    .insertInto('identity_locks')
    .values({ name: 'owners', revision: 1 })
    .onConflict(conflict =>
      conflict.column('name').doUpdateSet(update => ({ revision: update('identity_locks.revision', '+', 1) })),
    )
    .execute();
}

/** Throws `access.last_owner` when this person is the only Owner who can sign in. Needs `lockOwners`. */
export async function refuseLastOwner(work: Work, user: User): Promise<void> {
  if (user.role !== 'owner' || user.disabled || !user.hasPassword) return;
  const other = await work.tx
    .selectFrom('identity_users as u')
    .innerJoin('identity_passwords as p', 'p.user_id', 'u.id')
    .select('u.id')
    .where('u.role', '=', 'owner')
    .where('u.disabled', '=', 0)
    .where('u.id', '!=', user.id)
    .executeTakeFirst();
  if (other) return;
  const message = `Cannot demote, disable or delete "${user.email}": the last Owner who can sign in must stay`;
  throw new SallyportError('access.last_owner', message, { detail: message });
}

/**
 * Only an Owner changes an Owner or makes one. The caller has decided already; this is the second wall, where the roles are kept: a mistake
 * above cannot hand out the house.
 */
export async function refuseOverOwner(
  work: Work,
  by: PrincipalRef,
  about: { readonly current?: User; readonly next?: UserRole },
): Promise<void> {
  if (by.kind === 'system' || by.kind === 'operator') return;
  const isOwn = by.id === about.current?.id && about.next === undefined;
  const touchesOwner =
    about.current?.role === 'owner' || about.next === 'owner' || isMappedOwner(work, about.current?.id);
  // A SCIM client acts as a platform.
  if ((by.kind === 'user' && isOwn) || ((by.kind === 'user' || by.kind === 'platform') && !touchesOwner)) return;
  const actor = by.kind === 'user' ? await findAccount(work.tx, { id: by.id }) : undefined;
  const isOwner = actor !== undefined && (actor.user.role === 'owner' || isMappedOwner(work, actor.user.id));
  if (isOwner && !actor.user.disabled) return;
  throw new SallyportError('access.denied', `Cannot change an Owner as "${by.name}": want an Owner`, {
    detail: 'Only an Owner can change an Owner or make one.',
  });
}

/** Whether this person is Owner by a group or for a time. */
function isMappedOwner(work: Work, userId: string | undefined): boolean {
  return userId !== undefined && work.ground.roleOf?.(userId) === 'owner';
}

/** A service account has no global role but Member, no password and no sessions, whoever asks. */
export function refuseMachine(user: User): void {
  if (user.ownerId === undefined) return;
  const message = `Cannot do this with "${user.name}": it is a service account, want a person`;
  throw new SallyportError('store.conflict', message, { detail: message });
}

export function userNotFound(id: string): SallyportError {
  return new SallyportError('identity.user_not_found', `Cannot find person "${id}": want the id of a person`);
}
