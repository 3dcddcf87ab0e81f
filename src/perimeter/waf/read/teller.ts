import type { LeafSink, Place, Problem, ReadLimits } from '../waf.ts';
import { problem } from './problem.ts';

/** A value longer than this goes to the sink in several windows. */
export const windowChars = 32 * 1024;
/** What a window repeats of the one before. */
export const overlapChars = 512;

/** Counts what is told and cuts long values into windows. */
export interface Teller {
  readonly limits: ReadLimits;
  /** Set once too much was told; from then on nothing more reaches the sink. */
  readonly problem: Problem | undefined;
  /** One whole value. Empty ones are counted and not passed on: there is nothing to judge. */
  tell(place: Place, text: string): void;
  /** One window of a value; `isFirst` counts the value. */
  window(place: Place, text: string, turn: { readonly isFirst: boolean; readonly isPartial: boolean }): void;
}

/** A teller that passes at most `limits.leavesMax` leaves to the sink. */
export function createTeller(sink: LeafSink, limits: ReadLimits): Teller {
  let left = limits.leavesMax;
  let over: Problem | undefined;
  function mayCount(place: Place): boolean {
    if (--left >= 0) return true;
    over ??= problem('too_many', `more than ${limits.leavesMax} names and values`, place);
    return false;
  }
  return {
    limits,
    get problem() {
      return over;
    },
    tell(place, text) {
      if (!mayCount(place) || text === '') return;
      if (text.length <= windowChars) sink.leaf(place, text);
      else tellWindows(sink, place, text);
    },
    window(place, text, { isFirst, isPartial }) {
      if (over !== undefined || (isFirst && !mayCount(place))) return;
      if (isPartial) sink.leaf(place, text, true);
      else sink.leaf(place, text);
    },
  };
}

function tellWindows(sink: LeafSink, place: Place, text: string): void {
  let start = 0;
  for (; text.length - start > windowChars; start += windowChars - overlapChars) {
    sink.leaf(place, text.slice(start, start + windowChars), true);
  }
  sink.leaf(place, text.slice(start));
}

/** A value that arrives in pieces; what reaches the sink does not depend on where it was cut. Windows of several values may come in turn. */
export interface ValueWriter {
  write(text: string): void;
  end(): void;
}

/** Writes one value, holding no more than a window and the piece just given. */
export function createValue(teller: Teller, place: Place): ValueWriter {
  let held = '';
  let isFirst = true;
  return {
    write(text) {
      held = held === '' ? text : held + text;
      if (held.length <= windowChars) return;
      let start = 0;
      for (; held.length - start > windowChars; start += windowChars - overlapChars) {
        teller.window(place, held.slice(start, start + windowChars), { isFirst, isPartial: true });
        isFirst = false;
      }
      held = held.slice(start);
    },
    end() {
      if (held !== '') teller.window(place, held, { isFirst, isPartial: false });
      held = '';
      isFirst = true;
    },
  };
}
