import type { ErrorCode } from '../core/errors.ts';

/** What can be bound and read: no booleans or dates, because the dialects would store them differently. */
export type SqlValue = string | number | bigint | null | Uint8Array;

export interface Statement {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

/** The answer to one statement. Errors cross the thread as data: a structured clone would drop their code. */
export type Reply =
  | { readonly ok: true; readonly rows: unknown[]; readonly changes: number; readonly insertId: number }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string };

/** What the store asks of its worker. Everything but `backup` is answered in the order it was asked. */
export type Ask =
  | { readonly kind: 'read'; readonly statements: readonly Statement[] }
  | { readonly kind: 'write'; readonly statements: readonly Statement[] }
  | { readonly kind: 'begin' }
  | { readonly kind: 'inside'; readonly statement: Statement }
  | { readonly kind: 'commit' }
  | { readonly kind: 'rollback' }
  | { readonly kind: 'backup'; readonly file: string }
  | { readonly kind: 'close' };

export interface AskMessage {
  readonly id: number;
  readonly ask: Ask;
}

export interface ReplyMessage {
  readonly id: number;
  readonly replies: readonly Reply[];
  /** How many durable commits the answer stands for. */
  readonly commits: number;
}

/** How the worker opens the file. `create` is false after a restart: a lost file must not come back empty. */
export interface WorkerOpen {
  readonly file: string;
  readonly create: boolean;
  /** A bound on the file, in pages; 0 is none. */
  readonly pagesMax: number;
}

export const done: Reply = { ok: true, rows: [], changes: 0, insertId: 0 };
