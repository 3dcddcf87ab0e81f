import type { SecurityEvent } from '../core/events.ts';

/** An accepted event on its way to disk, already serialised: what is written is what was said when it was accepted. */
export interface Entry {
  readonly event: SecurityEvent;
  readonly line: string;
  /** UTF-8 bytes of the line with its newline. */
  readonly bytes: number;
  /** Somebody awaits this one; it is refused, not kept, when the log fails. */
  readonly waiter?: { resolve(event: SecurityEvent): void; reject(error: Error): void };
}

/** Entries in the order they were accepted. Bounds are the caller's matter. */
export interface Pending {
  push(entry: Entry): void;
  /** Takes from the front: at least one if there is any, else as many as fit. */
  take(countMax: number, bytesMax: number): Entry[];
  /** Gives back to the front what could not be written, and returns all entries that somebody awaits, no longer pending. */
  retreat(taken: readonly Entry[]): Entry[];
  readonly count: number;
  readonly bytes: number;
}

export function createPending(): Pending {
  let entries: Entry[] = [];
  let head = 0;
  let bytes = 0;
  return {
    push(entry) {
      entries.push(entry);
      bytes += entry.bytes;
    },
    take(countMax, bytesMax) {
      let taken = 0;
      let end = head;
      while (end < entries.length && end - head < countMax) {
        const size = entries[end]?.bytes ?? 0;
        if (taken > 0 && taken + size > bytesMax) break;
        taken += size;
        end++;
      }
      const batch = entries.slice(head, end);
      head = end;
      bytes -= taken;
      if (head === entries.length) {
        entries = [];
        head = 0;
      } else if (head > 4096 && head * 2 > entries.length) {
        entries = entries.slice(head);
        head = 0;
      }
      return batch;
    },
    retreat(taken) {
      const all = [...taken, ...entries.slice(head)];
      entries = all.filter(entry => entry.waiter === undefined);
      head = 0;
      bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
      return all.filter(entry => entry.waiter !== undefined);
    },
    get count() {
      return entries.length - head;
    },
    get bytes() {
      return bytes;
    },
  };
}
