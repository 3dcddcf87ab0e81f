import type { Kysely, Transaction } from 'kysely';
import type { Clock } from '../core/clock.ts';
import type { NewEvent, PrincipalRef } from '../core/events.ts';
import type { NewId } from '../core/ids.ts';
import type { Log } from '../core/log.ts';
import type { Secret } from '../core/secret.ts';
import type { IdentityConfig } from './config.ts';
import type { Protocols } from './federation/connections.ts';
import type { Group } from './groups/groups.ts';
import type { ApiKey, IdentityChange, Session, SignInContext, User, UserRole } from './identity.ts';
import type { PasswordHasher } from './password-hash.ts';
import type { Strength } from './passwords/strength.ts';
import type { IdentityTables } from './tables.ts';

/** What identity needs of the house. */
export interface IdentityDeps {
  readonly db: Kysely<IdentityTables>;
  readonly counters: {
    increment(key: string, by: number, ttlMs: number): Promise<{ value: number; expiresInMs: number }>;
  };
  readonly audit: { append(event: NewEvent): Promise<unknown> };
  readonly vault: { seal(value: Secret, context: string): string; open(sealed: string, context: string): Secret };
  readonly clock: Clock;
  readonly random: (bytes: number) => Buffer;
  readonly newId: NewId;
  readonly log: Log;
  /** Where portal and sign-in pages are, as `https://gate.example.org`: passkeys are bound to its name. Asked when needed, not before. */
  readonly portalOrigin: () => string;
  /** Whether a password is known to have been stolen; left out where there is no list. What it throws refuses the password. */
  readonly isBreached?: (password: Secret) => Promise<boolean>;
  /** Judges passwords; left out, a thread of its own does. */
  readonly strength?: Strength;
  /** The global role a person holds in effect, by groups and for a time too; left out, the one in the account counts alone. */
  readonly roleOf?: (userId: string) => UserRole | undefined;
  /** Other ways of speaking to identity providers than the real ones, for tests. */
  readonly protocols?: Partial<Protocols>;
  /** Awaited after the commit: when a call returns, an ended session is refused everywhere. */
  readonly changed: (change: IdentityChange) => Promise<void>;
}

/** What every file of this room stands on. */
export interface Ground extends IdentityDeps {
  readonly strength: Strength;
  readonly config: IdentityConfig;
  /** Unix time that does not go back. */
  readonly now: () => number;
  readonly passwords: PasswordHasher;
}

export type Db = Kysely<IdentityTables>;
export type Tx = Transaction<IdentityTables>;

/** One change under way: its transaction, its records, and what will be told once it is committed. */
export interface Work {
  readonly ground: Ground;
  readonly tx: Tx;
  /** Durable when it resolves; throws `audit.unavailable`, which rolls everything back. */
  record(event: NewEvent): Promise<void>;
  readonly told: {
    readonly users: Map<string, User | null>;
    readonly sessions: Map<string, Session>;
    readonly keys: Map<string, ApiKey>;
    /** By person: all their groups as they are now. */
    readonly groups: Map<string, readonly string[]>;
    /** By group: its name and source; null when it is deleted. */
    readonly groupRows: Map<string, Pick<Group, 'id' | 'name' | 'source'> | null>;
  };
}

/**
 * Runs one change of state: checks, records and rows in one transaction, then `changed`. The record is durable before the commit, so that
 * nothing happens unrecorded; a record of a change whose commit then failed is the price.
 */
export async function change<T>(ground: Ground, act: (work: Work) => Promise<T>): Promise<T> {
  const told = {
    users: new Map<string, User | null>(),
    sessions: new Map<string, Session>(),
    keys: new Map<string, ApiKey>(),
    groups: new Map<string, readonly string[]>(),
    groupRows: new Map<string, Pick<Group, 'id' | 'name' | 'source'> | null>(),
  };
  const result = await ground.db.transaction().execute(tx => {
    // A database may run the same transaction twice; only what the last run tells is true.
    told.users.clear();
    told.sessions.clear();
    told.keys.clear();
    told.groups.clear();
    told.groupRows.clear();
    const record = async (event: NewEvent): Promise<void> => {
      await ground.audit.append(event);
    };
    return act({ ground, tx, record, told });
  });
  const sessions = [...told.sessions.values()].map(session => ({ kind: 'session' as const, session }));
  const users = [...told.users].map(([userId, user]) => ({ kind: 'user' as const, userId, user }));
  const keys = [...told.keys.values()].map(key => ({ kind: 'api_key' as const, key }));
  const groups = [...told.groups].map(([userId, groupIds]) => ({ kind: 'groups' as const, userId, groupIds }));
  const rows = [...told.groupRows].map(([groupId, group]) => ({ kind: 'group' as const, groupId, group }));
  // A group is told before who is in it, a person before their groups.
  await Promise.all([...sessions, ...users, ...keys, ...rows, ...groups].map(one => ground.changed(one)));
  return result;
}

/** Where a sign-in came from, as an event carries it. */
export function whence(ctx: SignInContext) {
  return {
    requestId: ctx.requestId,
    clientIp: ctx.clientIp,
    ...(ctx.site === undefined ? {} : { site: ctx.site }),
    ...(ctx.platform === undefined ? {} : { platform: ctx.platform }),
  };
}

/** A person as the one who acts. */
export const principalOf = (user: User): PrincipalRef => ({ kind: 'user', id: user.id, name: user.email });

/** A person as the one it is done to. */
export const resourceOf = (user: User) => ({ kind: 'user', id: user.id, name: user.email });
