import type { Dialect } from './store.ts';

/** The portable column types, for migrations: the same data reads back the same from both dialects. */
export const columnTypes = {
  /** Ids, names, JSON (parsed in code), anything readable. */
  text: 'text',
  /** Epoch milliseconds and counts: whole numbers up to 2^53. */
  bigint: 'bigint',
  /** 0 or 1. */
  flag: 'smallint',
  /** The one type the dialects name differently. */
  bytes: (dialect: Dialect) => (dialect === 'postgres' ? ('bytea' as const) : ('blob' as const)),
} as const;
