/**
 * The vault keeps values that must be readable again (platform passwords, TOTP seeds, signing keys) sealed at rest: AES-256-GCM
 * under a data key that is itself sealed by the master key (envelope), bound to a context so that a value moved to another row does not open.
 * The sealed data key is a row of the store, so that every node and every backup has it; the master key never is.
 */
import type { Secret } from '../core/secret.ts';

export interface Vault {
  /** Seals a value for one place. `context` names the place (`identity/totp/<user id>`) and must be given again to open. */
  seal(value: Secret, context: string): string;
  /** Throws `vault.sealed_invalid` for anything not sealed by this vault for this context. */
  open(sealed: string, context: string): Secret;
}

export type { VaultDeps } from './create-vault.ts';
export { createVault } from './create-vault.ts';
export { loadOrCreateMasterKey } from './master-key.ts';
export type { VaultTables } from './tables.ts';
export { vaultMigrations } from './tables.ts';
