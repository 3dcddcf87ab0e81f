import { z } from 'zod';
import { nodeNamePattern } from './format.ts';

const mebibyte = 1_048_576;

/** The settings of the audit log. Every default is the safe one. */
export const auditConfig = z.strictObject({
  node: z
    .string()
    .regex(nodeNamePattern, 'want lower-case letters, digits and hyphens, at most 63')
    .default('node-1')
    .describe('Name of this node. Each node writes a log of its own; never rename one that has a log.'),
  segmentBytes: z
    .int()
    .min(65_536)
    .max(1024 * mebibyte)
    .default(64 * mebibyte)
    .describe('A new segment file is begun before one grows beyond this many bytes.'),
  segmentMs: z
    .int()
    .min(60_000)
    .max(86_400_000)
    .default(3_600_000)
    .describe('A new segment file is begun when the current one is older than this many milliseconds.'),
  lingerMs: z
    .int()
    .min(0)
    .max(100)
    .default(2)
    .describe('Under load events are gathered this many milliseconds for one sync; an idle log syncs at once.'),
  queueEvents: z
    .int()
    .min(100)
    .max(1_000_000)
    .default(50_000)
    .describe('Events that may wait to be written. Beyond it the gate refuses requests rather than drop a record.'),
  queueBytes: z
    .int()
    .min(mebibyte)
    .max(1024 * mebibyte)
    .default(64 * mebibyte)
    .describe('Bytes of events that may wait to be written.'),
  recoverMs: z
    .int()
    .min(1)
    .max(60_000)
    .default(1_000)
    .describe('After a failed write, milliseconds until the first attempt to go on; it doubles up to 30 seconds.'),
  indexRetentionDays: z
    .int()
    .min(1)
    .max(3_650)
    .default(90)
    .describe('Days that events can be searched. The log itself is kept.'),
  searchWaitMs: z
    .int()
    .min(100)
    .max(60_000)
    .default(5_000)
    .describe('Milliseconds a search waits for the index to see what was just recorded.'),
  acceptShorterLog: z
    .boolean()
    .default(false)
    .describe(
      'Start although the log ends before, or differs from, what the search index has seen, as after restoring an older copy. The event is recorded.',
    ),
});

export type AuditConfig = z.output<typeof auditConfig>;

/** Events and bytes one frame may hold. Larger frames save no time: the disk is then the limit. */
export const batchEventsMax = 8_192;
export const batchBytesMax = 524_288;
