import type { Kysely, Transaction } from 'kysely';
import type { Clock } from '../core/clock.ts';
import { SallyportError } from '../core/errors.ts';
import type { NewEvent, PrincipalRef } from '../core/events.ts';
import type { NewId } from '../core/ids.ts';
import type { AccessChange, Project } from './access.ts';
import type { AccessConfig } from './config.ts';
import { projectRolePermissions } from './roles.ts';
import type { Roster } from './roster.ts';
import type { AccessTables } from './tables.ts';

/** How a review takes away what identity keeps: the same calls as by hand, with the same refusals. */
export interface AccessHands {
  /** Takes a global role away. */
  makeMember(by: PrincipalRef, userId: string): Promise<void>;
  leaveGroup(by: PrincipalRef, input: { groupId: string; userId: string }): Promise<void>;
  /** False when it was no more. */
  revokeKey(by: PrincipalRef, id: string): Promise<boolean>;
}

/** What access needs of the house. */
export interface AccessDeps {
  readonly db: Kysely<AccessTables>;
  readonly audit: { append(event: NewEvent): Promise<unknown> };
  readonly clock: Clock;
  readonly newId: NewId;
  readonly config: AccessConfig;
  /** Read for names and for who holds what; whoever listens to `changed` keeps it. */
  readonly roster: Roster;
  /** Awaited after the commit: when a call returns, every decision is made from the new state. */
  readonly changed: (change: AccessChange) => Promise<void>;
  readonly hands: AccessHands;
  /** The name of a site whose default project this is, if there is one. */
  readonly siteUsing: (projectId: string) => Promise<string | undefined>;
}

export type Db = Kysely<AccessTables>;
export type Tx = Transaction<AccessTables>;

/** The project, with its row locked until the end of the transaction on either database: the update is the lock. */
export async function lockProject(tx: Tx, id: string): Promise<Project> {
  const row = await tx
    .updateTable('access_projects')
    .set(update => ({ revision: update('revision', '+', 1) }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  if (!row) throw projectNotFound(id);
  return toProject(row);
}

/** Locks a role made here against its deletion; one that is built in needs none. Throws `access.role_not_found`. */
export async function lockRole(tx: Tx, role: string): Promise<void> {
  if (Object.hasOwn(projectRolePermissions, role)) return;
  const row = await tx
    .updateTable('access_roles')
    .set(update => ({ revision: update('revision', '+', 1) }))
    .where('id', '=', role)
    .returning('id')
    .executeTakeFirst();
  if (!row) throw roleNotFound(role);
}

export function projectNotFound(id: string): SallyportError {
  return new SallyportError('access.project_not_found', `Cannot find project "${id}": want the id of a project`);
}

export function roleNotFound(id: string): SallyportError {
  const message = `Cannot find role "${id.slice(0, 60)}": want viewer, editor, admin, owner or the id of a role made here`;
  return new SallyportError('access.role_not_found', message, { detail: message });
}

export const toProject = (row: { id: string; name: string; created_at: number }): Project => ({
  id: row.id,
  name: row.name,
  createdAt: row.created_at,
});

/** Folded, so that two names a person cannot tell apart collide on every database. */
export const fold = (name: string): string => name.normalize('NFKC').toLowerCase();

/** A name as people typed it, without what cannot be seen. Throws `core.invalid_input`. */
export function cleanName(what: string, name: string, charsMax: number): string {
  const clean = name.normalize('NFC').trim();
  if (clean.length > 0 && clean.length <= charsMax && !/\p{Cc}/u.test(clean)) return clean;
  throw invalid(
    `Cannot name a ${what} "${name.slice(0, charsMax)}": want 1 to ${charsMax} characters, none of them a control character`,
  );
}

/** What was asked for cannot be done as asked; the message is shown to whoever asked. */
export function invalid(message: string): SallyportError {
  return new SallyportError('core.invalid_input', message, { detail: message });
}
