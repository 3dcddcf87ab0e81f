/** Which of many words a text could hold at all, after one pass over it. */

/** Words made ready to be asked for by their position. */
export interface Presence {
  /** Takes in a text in lower case; what was taken in before is forgotten. */
  take(lower: string): void;
  /** False only when the word at this position does not stand in the text. */
  mayHold(word: number): boolean;
}

const shift = 5;
const size = 1 << (3 * shift);
const mask = size - 1;
const stampMax = 255;

/** Remembers each run of three characters as one bit of a number; two runs with the same number cost a search, no more. */
export function createPresence(words: readonly string[]): Presence {
  const runs = words.map(runsOf);
  const seen = new Uint8Array(size);
  let stamp = 0;
  return {
    take(lower) {
      if (stamp === stampMax) {
        seen.fill(0);
        stamp = 0;
      }
      stamp++;
      let run = 0;
      for (let at = 0; at < lower.length; at++) {
        run = ((run << shift) ^ lower.charCodeAt(at)) & mask;
        seen[run] = stamp;
      }
    },
    mayHold(word) {
      const wanted = runs[word];
      if (wanted === undefined) return true;
      for (let at = 0; at < wanted.length; at++) if (seen[wanted[at] ?? 0] !== stamp) return false;
      return true;
    },
  };
}

/** The runs of a word; none for one so short that it has none, which is always sought. */
function runsOf(word: string): Uint16Array {
  const runs = new Uint16Array(Math.max(0, word.length - 2));
  let run = 0;
  for (let at = 0; at < word.length; at++) {
    run = ((run << shift) ^ word.charCodeAt(at)) & mask;
    if (at >= 2) runs[at - 2] = run;
  }
  return runs;
}
