import { type ErrorCode, isSallyportError, SallyportError } from '../core/errors.ts';

// PostgreSQL appendix A. Unique and foreign-key violations.
const conflictStates = new Set(['23505', '23503']);
// Read-only server, statement or lock time over, deadlock, serialization failure: the same statement may do later.
const unavailableStates = new Set(['25006', '25P03', '55P03', '57014', '40001', '40P01']);
// Connection exception, insufficient resources (disk full), operator intervention (shutdown), system and internal error.
const unavailableClasses = new Set(['08', '53', '57', '58', 'XX']);

/** Says which store error a thrown PostgreSQL error is. The text names the constraint and holds no stored value. */
export function toPostgresFailure(error: unknown, always?: ErrorCode): SallyportError {
  if (isSallyportError(error)) return error;
  const state = stateOf(error);
  const text = error instanceof Error ? error.message : String(error);
  // The error itself is not kept as the cause: its `detail` quotes the row.
  return new SallyportError(always ?? codeOf(state), `Cannot run a statement: ${text}${state ? ` (${state})` : ''}`);
}

function stateOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined;
}

function codeOf(state: string | undefined): ErrorCode {
  // Without a state it is not the server that speaks: the connection is refused, lost or silent.
  if (state === undefined) return 'store.unavailable';
  if (conflictStates.has(state)) return 'store.conflict';
  return unavailableStates.has(state) || unavailableClasses.has(state.slice(0, 2)) ? 'store.unavailable' : 'internal';
}
