/**
 * The audit log answers "was it recorded?". Every event is appended to an append-only, chained, fsynced log; `append` resolves
 * only when the event is on disk. What is told on the bus is what was recorded, in the same order. The search index is derived
 * from the log and can be rebuilt from it; it is never the truth. The file format is docs/reference/audit-log.md.
 */
import type { NewEvent, Outcome, SecurityEvent } from '../core/events.ts';

export type { AuditConfig } from './config.ts';
export { auditConfig } from './config.ts';
export type { AuditDeps } from './create-audit.ts';
export { createAudit } from './create-audit.ts';
export type { AuditTables } from './tables.ts';
export { auditMigrations } from './tables.ts';
export type { Fault, VerifyOptions } from './verify.ts';
export { verifyLog } from './verify.ts';

export interface Audit extends AsyncDisposable {
  /** Resolves with the event as recorded once it is durable. Throws `audit.unavailable`; the caller must then not act. */
  append(event: NewEvent): Promise<SecurityEvent>;
  /**
   * Queues an event for the next group commit and returns at once: for request records. Throws `core.queue_full` when the
   * bounded queue is full, so that the caller can refuse further work; nothing accepted is dropped.
   */
  enqueue(event: NewEvent): void;
  /** False when the log cannot take events now (disk full, I/O error, queue nearly full): the gate then refuses requests. */
  isRecording(): boolean;
  /** Newest first. Sees every event appended before the call. */
  search(query: AuditQuery): Promise<AuditPage>;
  /** Counts by bucket (epoch ms of its start) and outcome of exactly the events that a search with the same conditions finds. */
  histogram(query: AuditHistogramQuery): Promise<{ start: number; outcome: Outcome; count: number }[]>;
  /** Re-reads the whole log from disk and checks every hash and sequence number, up to what is acknowledged when called. */
  verify(options?: { onProgress?: (done: VerifyProgress) => void; signal?: AbortSignal }): Promise<AuditVerification>;
  /** Makes the search index anew from the log, with what the retention allows. Resolves with the last sequence number indexed. */
  rebuildIndex(): Promise<number>;
  /** Resolves when everything accepted so far is durable and indexed. */
  flush(): Promise<void>;
}

export interface AuditQuery {
  readonly from?: number;
  readonly to?: number;
  /** Matches the id exactly or the name by case-insensitive substring. */
  readonly principal?: string;
  /** Exact (`workflow.update`) or a prefix ending in `*` (`workflow.*`). */
  readonly action?: string;
  readonly type?: string;
  /** Matches the resource id exactly or its name by substring; `kind:id` narrows to a kind. */
  readonly resource?: string;
  readonly outcome?: Outcome;
  readonly site?: string;
  readonly requestId?: string;
  /** Leaves out successful `request.finished` events of reads, which are most of the volume, and TLS handshakes that came to nothing. */
  readonly importantOnly?: boolean;
  /** 1..500. */
  readonly limit: number;
  /** The `next` of the page before. */
  readonly cursor?: string;
}

/** The conditions of a search over a closed period, and how wide a bucket is. */
export interface AuditHistogramQuery extends Omit<AuditQuery, 'limit' | 'cursor'> {
  readonly from: number;
  readonly to: number;
  readonly bucketMs: number;
}

export interface AuditPage {
  readonly events: readonly (SecurityEvent & { readonly seq: number })[];
  readonly next: string | undefined;
}

export interface VerifyProgress {
  readonly segments: number;
  readonly segmentsTotal: number;
  readonly records: number;
}

export interface AuditVerification {
  readonly ok: boolean;
  readonly records: number;
  readonly segments: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Hex SHA-256 of the last frame: compare it with one noted earlier. */
  readonly head: string;
  /** Where and how it fails, one line each; empty when ok. */
  readonly problems: readonly string[];
}
