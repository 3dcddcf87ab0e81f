import { SallyportError } from '../core/errors.ts';
import type { SqlValue } from './sqlite-protocol.ts';

/** Lets through only what both dialects store the same way. Throws `internal`, or `core.invalid_input` for a NUL in a text. */
export function toSqlValue(value: unknown): SqlValue {
  if (typeof value === 'string') {
    if (!value.includes('\0')) return value;
    throw new SallyportError('core.invalid_input', 'Cannot store a text with a NUL character: want text without it');
  }
  if (typeof value === 'bigint' || typeof value === 'number' || value === null || value instanceof Uint8Array)
    return value;
  throw new SallyportError(
    'internal',
    `Cannot bind a value of type "${typeof value}": want text, number, bytes or null`,
  );
}
