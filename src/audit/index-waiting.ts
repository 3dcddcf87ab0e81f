import type { IndexableFrame } from './index-source.ts';

const rowsPerStep = 1_000;
/** Frames kept in memory for the index; beyond it they are read from disk again. */
const rowsMax = 20_000;

/** Frames that are on disk and wait to be indexed: a shortcut, the log itself is the queue. */
export interface WaitingFrames {
  push(frame: IndexableFrame): void;
  /** The frames right after `indexedSeq`, if they are still here; nothing when the disk must be asked. */
  takeAfter(indexedSeq: number): IndexableFrame[];
}

export function createWaitingFrames(): WaitingFrames {
  let frames: IndexableFrame[] = [];
  let rows = 0;
  return {
    push(frame) {
      rows += frame.records.length;
      frames.push(frame);
      if (rows <= rowsMax) return;
      frames = [];
      rows = 0;
    },
    takeAfter(indexedSeq) {
      const fresh = frames.filter(frame => frame.firstSeq > indexedSeq);
      let taken = 0;
      let count = 0;
      for (const frame of fresh) {
        if (frame.firstSeq !== indexedSeq + 1 + taken) break;
        if (count > 0 && taken + frame.records.length > rowsPerStep) break;
        taken += frame.records.length;
        count++;
      }
      frames = fresh.slice(count);
      rows = frames.reduce((sum, frame) => sum + frame.records.length, 0);
      return fresh.slice(0, count);
    },
  };
}
