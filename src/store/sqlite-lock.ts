import { chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SallyportError } from '../core/errors.ts';
import { resultCodeOf } from './sqlite-errors.ts';

/**
 * Keeps every other Sallyport off the same file until disposed. The lock is the operating system's own on an empty SQLite
 * file beside it, so it is gone the moment the process is, however it ended. Throws `store.locked`.
 */
export function lockFile(file: string): Disposable {
  const path = `${file}.lock`;
  let db: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    db = new DatabaseSync(path, { timeout: 0 });
    db.exec('BEGIN EXCLUSIVE');
    chmodSync(path, 0o600);
  } catch (error) {
    db?.close();
    if ((resultCodeOf(error) & 0xff) === 5) {
      const message = `Cannot open "${file}": another Sallyport is using it, stop that one first`;
      throw new SallyportError('store.locked', message, { detail: message, cause: error });
    }
    throw new SallyportError('store.unavailable', `Cannot lock "${path}": want a directory that can be written`, {
      cause: error,
    });
  }
  const held = db;
  return { [Symbol.dispose]: () => held.close() };
}
