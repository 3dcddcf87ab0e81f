import { SallyportError } from '../../core/errors.ts';
import { decoderNeedles } from './decode/readings.ts';
import { createPrefilter, type Scan } from './prefilter.ts';
import { type Category, categories, type Detector, type Paranoia, type Rule, type Zone, zones } from './waf.ts';

/** The bit of the decoders' own needles; detectors have the bits below. */
export const decoderBit = 1 << 31;
/** More detectors than this do not fit into one word beside the decoders. */
export const detectorsMax = 31;

const structural = /^(?:nosqli|deserialisation|prototype|lookup|scanner|prompt)\./;
const half = 13;
const halfMask = (1 << half) - 1;

/** A rule with what the engine looks up for it. */
export interface RosterRule {
  readonly id: Rule['id'];
  readonly number: number;
  readonly category: Category;
  readonly points: number;
  readonly paranoia: Paranoia;
}

/** All detectors made ready: which of them a text wakes is one pass and a few look-ups. */
export interface Roster {
  readonly detectors: readonly Detector[];
  readonly rules: ReadonlyMap<string, RosterRule>;
  scan(text: string, into: Scan): void;
  /** Bits of the detectors that one of the characters wakes. */
  wokenBy(chars: number): number;
  readonly zoneMasks: ReadonlyMap<Zone, number>;
  /** By paranoia level: detectors that have a rule there. */
  readonly levelMasks: readonly number[];
  /** Detectors of what a field's name does to the object that gets it, whoever wrote it. */
  readonly nameMask: number;
  /** Detectors of what a document of names and values may be, beside those of what its strings say. */
  readonly structureMask: number;
  /** Detectors that take a first look. */
  readonly lookMask: number;
}

/**
 * Checks and compiles detectors.
 *
 * @throws SallyportError `internal` for too many of them, a needle that could be missed, or an id that is used twice or misnamed.
 */
export function createRoster(detectors: readonly Detector[]): Roster {
  if (detectors.length > detectorsMax) throw refused(`${detectors.length} detectors`, `at most ${detectorsMax}`);
  const needles = detectors.map(detector => detector.needles);
  while (needles.length < detectorsMax) needles.push([]);
  const prefilter = createPrefilter([...needles, decoderNeedles]);
  const low = makeWakes(detectors, 0);
  const upper = makeWakes(detectors, half);
  const maskOf = (is: (detector: Detector) => boolean): number =>
    detectors.reduce((mask, detector, i) => (is(detector) ? mask | (1 << i) : mask), 0);
  return {
    detectors,
    rules: numberRules(detectors),
    scan: prefilter.scan,
    wokenBy: chars => (low[chars & halfMask] ?? 0) | (upper[(chars >>> half) & halfMask] ?? 0),
    zoneMasks: new Map(zones.map(zone => [zone, maskOf(one => one.zones === undefined || one.zones.includes(zone))])),
    levelMasks: [0, 1, 2, 3, 4].map(level => maskOf(one => one.rules.some(rule => rule.paranoia <= level))),
    nameMask: maskOf(one => one.rules.some(rule => rule.id.startsWith('prototype.'))),
    structureMask: maskOf(one => one.rules.some(rule => structural.test(rule.id))),
    lookMask: maskOf(one => one.mayMatch !== undefined),
  };
}

/** For every set of 13 classes, whom it wakes: two look-ups instead of a question to each detector. */
function makeWakes(detectors: readonly Detector[], shift: number): Int32Array {
  const wakes = new Int32Array(1 << half);
  for (let set = 1; set < wakes.length; set++) {
    const lowest = set & -set;
    let mask = wakes[set ^ lowest] ?? 0;
    detectors.forEach((detector, i) => {
      if ((detector.chars & (lowest << shift)) !== 0) mask |= 1 << i;
    });
    wakes[set] = mask;
  }
  return wakes;
}

function numberRules(detectors: readonly Detector[]): ReadonlyMap<string, RosterRule> {
  const rules = new Map<string, RosterRule>();
  const ids = new Set<string>();
  for (const detector of detectors) {
    if (ids.has(detector.id)) throw refused(`detector "${detector.id}"`, 'each id once');
    ids.add(detector.id);
    for (const { id, points, paranoia } of detector.rules) {
      const category = categories.find(one => id.startsWith(`${one}.`));
      if (category === undefined) throw refused(`rule "${id}"`, 'an id that begins with a category');
      if (rules.has(id)) throw refused(`rule "${id}"`, 'each id once');
      rules.set(id, { id, number: rules.size, category, points, paranoia });
    }
  }
  return rules;
}

function refused(what: string, wanted: string): SallyportError {
  return new SallyportError('internal', `Cannot build firewall with ${what}: wanted ${wanted}`);
}
