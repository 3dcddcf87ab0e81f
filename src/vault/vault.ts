/**
 * The vault keeps values that must be readable again (platform passwords, TOTP seeds, signing keys) sealed at rest: AES-256-GCM
 * under a data key that is itself sealed by the master key (envelope), bound to a context so that a value moved to another row does not open.
 */
import type { Secret } from '../core/secret.ts';

export interface Vault {
  /** Seals a value for one place. `context` names the place (`identity/totp/<user id>`) and must be given again to open. */
  seal(value: Secret, context: string): string;
  /** Throws `vault.sealed_invalid` for anything not sealed by this vault for this context. */
  open(sealed: string, context: string): Secret;
}
