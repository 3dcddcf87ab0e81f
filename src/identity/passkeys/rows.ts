import { SallyportError } from '../../core/errors.ts';
import { printable } from '../email.ts';
import type { Db } from '../ground.ts';
import type { IdentityTables } from '../tables.ts';
import type { Passkey } from './passkeys.ts';

export type PasskeyRow = IdentityTables['identity_passkeys'];

export const nameCharsMax = 60;

export async function rowsOf(db: Db, userId: string): Promise<PasskeyRow[]> {
  return db
    .selectFrom('identity_passkeys')
    .selectAll()
    .where('user_id', '=', userId)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

/** Throws `identity.passkey_not_found` also for one of somebody else. */
export async function getRow(db: Db, userId: string, id: string): Promise<PasskeyRow> {
  const row = (await rowsOf(db, userId)).find(one => one.id === id);
  if (row) return row;
  throw new SallyportError(
    'identity.passkey_not_found',
    `Cannot find passkey "${printable(id, 80)}": want one of "${userId}"`,
  );
}

export function toPasskey(row: PasskeyRow): Passkey {
  return {
    id: row.id,
    userId: row.user_id,
    name: row.name,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    synced: row.synced === 1,
    backedUp: row.backed_up === 1,
  };
}

/** A name for people: one line, no controls. */
export function parsePasskeyName(given: string): string {
  const name = printable(given.trim().replace(/\s+/g, ' '), nameCharsMax).trim();
  return name === '' ? 'Passkey' : name;
}

/** A credential as options name it. */
export function descriptorOf(row: PasskeyRow): { id: string; transports?: string[] } {
  const transports = row.transports.split(' ').filter(word => word !== '');
  return { id: row.credential_id, ...(transports.length === 0 ? {} : { transports }) };
}

export function passkeyRefused(detail: string): SallyportError {
  return new SallyportError('identity.passkey_refused', `Cannot take the passkey: ${detail}`, { detail });
}
