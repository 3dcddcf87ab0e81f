/** Puts one text before one detector as the engine would, for the tests of the detectors. */

import { classBits } from '../prefilter.ts';
import type { Detector, DetectorInput, Paranoia, Place, Rule, Zone } from '../waf.ts';

export interface Trial {
  readonly points: number;
  readonly rules: readonly Rule['id'][];
}

/** Sums each rule once; a detector that would not have been woken finds nothing. */
export function trial(
  detector: Detector,
  text: string,
  at: { zone?: Zone; name?: string; part?: Place['part']; paranoia?: Paranoia } = {},
): Trial {
  const { zone = 'query', name = 'q', part = 'value', paranoia = 1 } = at;
  const lower = text.toLowerCase();
  let chars = 0;
  for (let index = 0; index < text.length; index++) chars |= classBits[Math.min(text.charCodeAt(index), 0x80)] ?? 0;
  const isWoken = (detector.chars & chars) !== 0 || detector.needles.some(needle => lower.includes(needle));
  if (!isWoken || (detector.zones !== undefined && !detector.zones.includes(zone))) return { points: 0, rules: [] };
  const input: DetectorInput = {
    text,
    lower,
    place: { zone, name, part },
    paranoia,
    chars,
    isUnwrapped: false,
  };
  const found = new Set<Rule['id']>();
  let points = 0;
  detector.detect(input, (id, start, end) => {
    const rule = detector.rules.find(one => one.id === id);
    if (rule === undefined) throw new Error(`${detector.id} reports "${id}", which is none of its rules`);
    if (!(start >= 0 && end >= start && end <= text.length + 512))
      throw new Error(`${id} at ${start}..${end} is outside the text`);
    if (rule.paranoia > paranoia || found.has(id)) return;
    found.add(id);
    points += rule.points;
  });
  return { points, rules: [...found] };
}

/** The units whose repetition takes more than in proportion to its length; empty is what a test wants. */
export function slowest(detector: Detector, units: readonly string[]): readonly string[] {
  const slow: string[] = [];
  for (const unit of units) {
    const small = bestOf(detector, unit.repeat(Math.ceil(8192 / unit.length)));
    const large = bestOf(detector, unit.repeat(Math.floor(32_768 / unit.length)));
    if (large > Math.max(4 * small * 3, 60)) slow.push(`${JSON.stringify(unit)}: ${small} ms, then ${large} ms`);
  }
  return slow;
}

/** The best of three, in milliseconds. */
function bestOf(detector: Detector, text: string): number {
  let best = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < 3; turn++) {
    const begin = performance.now();
    trial(detector, text, { paranoia: 4 });
    best = Math.min(best, performance.now() - begin);
  }
  return best;
}
