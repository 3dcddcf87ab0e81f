import { type ErrorCode, isSallyportError } from '../core/errors.ts';
import type { Reply } from './sqlite-protocol.ts';

// Primary result codes of https://www.sqlite.org/rescode.html that say the file, disk or lock is at fault, not the statement:
// BUSY, LOCKED, NOMEM, READONLY, INTERRUPT, IOERR, CORRUPT, FULL, CANTOPEN, PROTOCOL, NOLFS, NOTADB.
const unavailableCodes = new Set([5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 22, 26]);
// Extended codes: UNIQUE, PRIMARY KEY, ROWID and FOREIGN KEY constraints.
const conflictCodes = new Set([2067, 1555, 2579, 787]);

/** Says which store error a thrown SQLite error is; anything unknown is `internal`. The text holds no bound value. */
export function toFailure(error: unknown): Extract<Reply, { ok: false }> {
  if (isSallyportError(error)) return { ok: false, code: error.code, message: error.message };
  const message = `Cannot run a statement: ${error instanceof Error ? error.message : String(error)}`;
  return { ok: false, code: codeOf(resultCodeOf(error)), message };
}

/** The extended result code of a SQLite error, 0 for any other value. */
export function resultCodeOf(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return 0;
  return typeof error.errcode === 'number' ? error.errcode : 0;
}

/** True when a commit failed because of what a statement did, not because of the disk. */
export const isConstraint = (error: unknown): boolean => (resultCodeOf(error) & 0xff) === 19;

function codeOf(resultCode: number): ErrorCode {
  if (conflictCodes.has(resultCode)) return 'store.conflict';
  return unavailableCodes.has(resultCode & 0xff) ? 'store.unavailable' : 'internal';
}
