import type { Kysely, Selectable } from 'kysely';
import { z } from 'zod';
import { Secret } from '../core/secret.ts';
import type { Vault } from '../vault/vault.ts';
import type { PlatformsTables } from './account-tables.ts';
import type { PlatformSession } from './platforms.ts';

export interface KnownAccount {
  readonly account: string;
  readonly password: Secret;
}

export type AdminAccount = KnownAccount & { readonly userId: string | null };

/** The rows of accounts, sealed going in and opened coming out; each value is bound to its site and person. */
export interface AccountRows {
  findAdmin(siteId: string): Promise<AdminAccount | undefined>;
  saveAdmin(siteId: string, admin: AdminAccount): Promise<void>;
  find(
    siteId: string,
    userId: string,
  ): Promise<(KnownAccount & { readonly session: PlatformSession | undefined }) | undefined>;
  save(siteId: string, userId: string, account: KnownAccount): Promise<void>;
  /** Null forgets the session. Nothing happens when there is no such account. */
  saveSession(siteId: string, userId: string, session: PlatformSession | null): Promise<void>;
  /** Every session of a person, or of everybody, that has not expired. */
  sessions(userId?: string): Promise<{ siteId: string; userId: string; session: PlatformSession }[]>;
  forgetSessions(userId: string): Promise<void>;
  forgetPerson(userId: string): Promise<void>;
  forgetSite(siteId: string): Promise<void>;
  findPerson(siteId: string, account: string): Promise<string | undefined>;
}

const headers = z.record(z.string(), z.string());
const passwordAt = (siteId: string, userId: string): string => `platforms/password/${siteId}/${userId}`;
const sessionAt = (siteId: string, userId: string): string => `platforms/session/${siteId}/${userId}`;
const adminAt = (siteId: string): string => `platforms/admin/${siteId}`;

export function createAccountRows(deps: { db: Kysely<PlatformsTables>; vault: Vault; now: () => number }): AccountRows {
  const { db, vault, now } = deps;
  const openSession = (row: Selectable<PlatformsTables['platform_accounts']>): PlatformSession | undefined => {
    if (row.sealed_session === null || row.session_expires_at === null || row.session_expires_at <= now())
      return undefined;
    const opened = vault.open(row.sealed_session, sessionAt(row.site_id, row.user_id));
    const plain = headers.parse(JSON.parse(opened.reveal()));
    const secrets = Object.entries(plain).map(([name, value]) => [name, new Secret(value)] as const);
    return { account: row.account, headers: Object.fromEntries(secrets), expiresAt: row.session_expires_at };
  };
  return {
    async findAdmin(siteId) {
      const row = await db.selectFrom('platform_admins').selectAll().where('site_id', '=', siteId).executeTakeFirst();
      return (
        row && { account: row.account, password: vault.open(row.sealed_password, adminAt(siteId)), userId: row.user_id }
      );
    },
    async saveAdmin(siteId, { account, password, userId }) {
      const values = { account, sealed_password: vault.seal(password, adminAt(siteId)), user_id: userId };
      await db
        .insertInto('platform_admins')
        .values({ site_id: siteId, created_at: now(), ...values })
        .onConflict(conflict => conflict.column('site_id').doUpdateSet(values))
        .execute();
    },
    async find(siteId, userId) {
      const row = await rowOf(db, siteId, userId);
      if (!row) return undefined;
      const password = vault.open(row.sealed_password, passwordAt(siteId, userId));
      return { account: row.account, password, session: openSession(row) };
    },
    async save(siteId, userId, { account, password }) {
      const values = {
        account,
        sealed_password: vault.seal(password, passwordAt(siteId, userId)),
        sealed_session: null,
        session_expires_at: null,
      };
      await db
        .insertInto('platform_accounts')
        .values({ site_id: siteId, user_id: userId, created_at: now(), ...values })
        .onConflict(conflict => conflict.columns(['site_id', 'user_id']).doUpdateSet(values))
        .execute();
    },
    async saveSession(siteId, userId, session) {
      const plain = session && Object.entries(session.headers).map(([name, value]) => [name, value.reveal()] as const);
      const sealed =
        plain && vault.seal(new Secret(JSON.stringify(Object.fromEntries(plain))), sessionAt(siteId, userId));
      await db
        .updateTable('platform_accounts')
        .set({ sealed_session: sealed, session_expires_at: session?.expiresAt ?? null })
        .where('site_id', '=', siteId)
        .where('user_id', '=', userId)
        .execute();
    },
    async sessions(userId) {
      let query = db.selectFrom('platform_accounts').selectAll().where('session_expires_at', '>', now());
      if (userId !== undefined) query = query.where('user_id', '=', userId);
      return (await query.execute()).flatMap(row => {
        const session = openSession(row);
        return session ? [{ siteId: row.site_id, userId: row.user_id, session }] : [];
      });
    },
    async forgetSessions(userId) {
      const nothing = { sealed_session: null, session_expires_at: null };
      await db.updateTable('platform_accounts').set(nothing).where('user_id', '=', userId).execute();
    },
    async forgetPerson(userId) {
      await db.deleteFrom('platform_accounts').where('user_id', '=', userId).execute();
      // The owner's account is the site's as much as theirs: it stays, and is nobody's own from here on.
      await db.updateTable('platform_admins').set({ user_id: null }).where('user_id', '=', userId).execute();
    },
    async forgetSite(siteId) {
      await db.deleteFrom('platform_accounts').where('site_id', '=', siteId).execute();
      await db.deleteFrom('platform_admins').where('site_id', '=', siteId).execute();
    },
    async findPerson(siteId, account) {
      const row = await db
        .selectFrom('platform_accounts')
        .select('user_id')
        .where('site_id', '=', siteId)
        .where('account', '=', account.toLowerCase())
        .limit(2)
        .execute();
      // An account that several people share names nobody.
      return row.length === 1 ? row[0]?.user_id : undefined;
    },
  };
}

function rowOf(
  db: Kysely<PlatformsTables>,
  siteId: string,
  userId: string,
): Promise<Selectable<PlatformsTables['platform_accounts']> | undefined> {
  return db
    .selectFrom('platform_accounts')
    .selectAll()
    .where('site_id', '=', siteId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
}
