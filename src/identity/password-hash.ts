import { hash, parseOptions, verify } from '@node-rs/argon2';
import type { Limiter } from '../core/limiter.ts';
import { createLimiter } from '../core/limiter.ts';
import type { Secret } from '../core/secret.ts';
import type { IdentityConfig } from './config.ts';

/** Password computations. At most `activeMax` at once; when too many wait, the next throws `identity.busy`. */
export interface PasswordHasher {
  hash(password: Secret): Promise<string>;
  /** Compares with the hash, or with one that nothing matches when there is none: an unknown person costs the same time. */
  verify(stored: string | null, password: Secret): Promise<boolean>;
  /** True when the hash was made with other parameters than are configured now. */
  isOutdated(stored: string): boolean;
}

// The library's own numbers; its names for them are types only.
const argon2id = 2;
const saltBytes = 16;
const outputBytes = 32;
/** 128 code points of 4 bytes: nothing longer was ever accepted as a password. */
const passwordBytesMax = 512;

/** argon2id (RFC 9106) with the configured parameters; passwords are taken exactly as received (ASVS 6.2.8), as UTF-8. */
export function createPasswordHasher(
  config: IdentityConfig['passwords'],
  random: (bytes: number) => Buffer,
): PasswordHasher {
  const { memoryKib, passes, lanes, activeMax, waitingMax } = config;
  const options = {
    algorithm: argon2id,
    memoryCost: memoryKib,
    timeCost: passes,
    parallelism: lanes,
    outputLen: outputBytes,
  };
  // Few at once, also because they share the thread pool with the file writes of the audit log.
  const limit: Limiter = createLimiter({ activeMax, waitingMax, code: 'identity.busy' });
  const unmatched = `$argon2id$v=19$m=${memoryKib},t=${passes},p=${lanes}$${base64(random(saltBytes))}$${base64(random(outputBytes))}`;
  return {
    hash: password => limit(() => hash(password.reveal(), { ...options, salt: random(saltBytes) })),
    async verify(stored, password) {
      const text = password.reveal();
      const isPossible =
        text.length <= passwordBytesMax && Buffer.byteLength(text) <= passwordBytesMax && text.isWellFormed();
      const matches = await limit(() => verify(isPossible ? (stored ?? unmatched) : unmatched, isPossible ? text : ''));
      return matches && isPossible && stored !== null;
    },
    isOutdated(stored) {
      const made = parseOptions(stored);
      return (
        made.algorithm !== argon2id ||
        made.memoryCost !== memoryKib ||
        made.timeCost !== passes ||
        made.parallelism !== lanes
      );
    },
  };
}

/** Base64 without padding, as in the PHC string format. */
const base64 = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');
