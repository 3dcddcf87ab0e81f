import { readFileSync, statSync } from 'node:fs';
import { SallyportError } from '../core/errors.ts';
import { Secret } from '../core/secret.ts';

/** What a secret setting may say: where the secret is, never the secret. */
export const secretReferencePattern = /^(env:[A-Z_][A-Z0-9_]*|file:\/.+)$/;

/**
 * Reads `env:NAME` or `file:/path` (at most 64 KiB, not readable by others, one trailing line break taken off).
 * Throws `server.config_invalid` naming the reference, never the value.
 */
export function resolveSecret(reference: string, env: Readonly<Record<string, string | undefined>>): Secret {
  // What is not a reference may be the secret itself: it is not repeated.
  if (!secretReferencePattern.test(reference)) throw invalid('…', 'want env:NAME or file:/absolute/path');
  const [kind, where] = [reference.slice(0, reference.indexOf(':')), reference.slice(reference.indexOf(':') + 1)];
  const value = kind === 'env' ? env[where] : readSecretFile(reference, where);
  if (value === undefined || value === '') throw invalid(reference, 'it is not set or empty');
  return new Secret(value);
}

function readSecretFile(reference: string, file: string): string {
  try {
    const stat = statSync(file);
    if (!stat.isFile() || stat.size > 65_536) throw invalid(reference, 'want a file of at most 64 KiB');
    if (process.platform !== 'win32' && (stat.mode & 0o077) !== 0) {
      throw invalid(reference, `others may read it (mode ${(stat.mode & 0o777).toString(8)}): chmod 600`);
    }
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    if (error instanceof SallyportError) throw error;
    throw invalid(reference, 'the file cannot be read', error);
  }
}

function invalid(reference: string, wanted: string, cause?: unknown): SallyportError {
  const message = `Cannot read secret "${reference}": ${wanted}`;
  return new SallyportError('server.config_invalid', message, { detail: message, cause });
}
