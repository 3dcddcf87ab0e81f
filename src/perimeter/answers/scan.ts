import type { Scan } from '../waf/prefilter.ts';
import { createPrefilter, needleSetsMax } from '../waf/prefilter.ts';
import type { LeakDetector, LeakMatch, LeakRule } from './answers.ts';

/** Judges one text. */
export interface LeakScanner {
  /** First to last, without overlaps: of two that overlap the earlier one stays, and of two that begin together the longer. */
  scan(text: string): readonly LeakMatch[];
}

const none: readonly LeakMatch[] = [];
const pieceChars = 32_000;
/** Longer than every needle. */
const overlapChars = 64;

/** One pass over the text tells which detectors have anything to look for; the others are not asked. */
export function createLeakScanner(detectors: readonly LeakDetector[]): LeakScanner {
  const rules = new Map<string, LeakRule>(detectors.flatMap(({ rules }) => rules.map(rule => [rule.id, rule])));
  // Detectors share the bits of one word where they are more than it has.
  const sets: string[][] = [];
  const bits = detectors.map(({ needles }, at) => {
    if (needles.length === 0) return 0;
    const set = at % needleSetsMax;
    sets[set] = [...(sets[set] ?? []), ...needles];
    return 1 << set;
  });
  const prefilter = createPrefilter(Array.from({ length: needleSetsMax }, (_, at) => sets[at] ?? []));
  const found: Scan = { sets: 0, chars: 0 };

  function setsIn(text: string): number {
    let all = 0;
    for (let from = 0; from < text.length; from += pieceChars) {
      const isWhole = from === 0 && text.length <= pieceChars + overlapChars;
      prefilter.scan(isWhole ? text : text.slice(from, from + pieceChars + overlapChars), found);
      all |= found.sets;
      if (isWhole) break;
    }
    return all;
  }

  return {
    scan(text) {
      const awake = setsIn(text);
      let matches: LeakMatch[] | undefined;
      detectors.forEach((detector, at) => {
        const bit = bits[at] ?? 0;
        if (bit !== 0 && (awake & bit) === 0) return;
        detector.find(text, (id, start, end) => {
          const rule = rules.get(id);
          if (rule !== undefined && end > start) (matches ??= []).push({ rule, start, end });
        });
      });
      return matches === undefined ? none : apart(matches);
    },
  };
}

function apart(matches: LeakMatch[]): readonly LeakMatch[] {
  matches.sort((a, b) => a.start - b.start || b.end - a.end);
  const kept: LeakMatch[] = [];
  let end = 0;
  for (const match of matches) {
    if (match.start >= end) kept.push(match);
    else if (match.end > end) kept.push({ ...match, start: end });
    end = Math.max(end, match.end);
  }
  return kept;
}
