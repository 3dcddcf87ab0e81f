import { mayHaveReadings, type Reading, type ReadingSink, readBelow } from './decode/readings.ts';
import { createLongJson, type LongJson } from './long-json.ts';
import type { Memory } from './memory.ts';
import type { Scan } from './prefilter.ts';
import { decoderBit } from './roster.ts';
import { isWork, type Shape, shapeOf } from './shape.ts';
import { createVerdict, type Rest, type VerdictOptions } from './verdict.ts';
import { type AuthoredFields, type Judgement, type LeafSink, type Place, type Problem, readLimits } from './waf.ts';

/** What one request is judged by. */
export interface JudgeOptions extends VerdictOptions {
  readonly authored: AuthoredFields | undefined;
  readonly onLeaf: LeafSink['leaf'] | undefined;
  readonly memory: Memory;
}

/** Judges the values of one request as they are told. */
export interface Judge extends LeafSink {
  /** Set when the request is too much work; from then on nothing more is judged. */
  readonly problem: Problem | undefined;
  /** Whether the scores so far block. */
  readonly isOver: boolean;
  conclude(rest?: Rest): Judgement;
}

const windowChars = 32_768;
const overlapChars = 512;
const nameCharsMax = 256;
const readingsMax = 8;
/** Characters of all readings of a value together: a multiple of its own, or this where it is short. */
const readingShare = 4;
const readingCharsMin = 1024;
/** A shorter value that wakes nobody is read sooner than looked up. */
const knownCharsMin = 32;
const knownMax = 1024;
/** Characters times detectors: what any request may cost, and what each of its characters may add. */
const workBase = 16 * 1024 * 1024;
const workShare = 100;

/** What one pass over a reading told. */
interface Waking {
  /** Bits of the detectors to ask. */
  readonly woken: number;
  /** Whether there may be readings below. */
  readonly reads: boolean;
  readonly chars: number;
  readonly hasNeedle: boolean;
}

const asleep: Waking = { woken: 0, reads: false, chars: 0, hasNeedle: false };

/** What is left for the readings of one value and all that lies inside it. */
interface Budget {
  chars: number;
}

/** See `Judge`. Equal values at the same field are judged once; the work for a request is bounded by counting it, never by a clock. */
export function createJudge(options: JudgeOptions): Judge {
  const { roster, policy, authored, memory, onLeaf } = options;
  const { paranoia } = policy;
  const levelMask = roster.levelMasks[paranoia] ?? 0;
  const verdict = createVerdict(options);
  const scan: Scan = { sets: 0, chars: 0 };
  let known: Map<string, Place> | undefined;
  /** By depth. */
  const long: LongJson[] = [];
  let authoredCount = 0;
  let work = workBase;
  let problem: Problem | undefined;
  /** Grows with every match and everything left unjudged: where it stays the same, a value holds nothing for anybody. */
  let notable = 0;

  function judge(place: Place, first: Reading, among: number, budget?: Budget): void {
    const mask = among & (roster.zoneMasks.get(place.zone) ?? 0);
    let waking = wake(first, place, mask);
    if (waking.woken === 0 && !waking.reads) return;
    const judges = { mask, paranoia };
    const isRemembered = first.depth === 0 && (waking.woken !== 0 || first.text.length >= knownCharsMin);
    if (isRemembered && (memory.has(place, first.text, judges) || isKnown(place, first.text))) return;
    const before = notable;
    const readings = [first];
    const left = budget ?? budgetOf(first.text);
    // Breadth first: what one encoding hides is judged before what two hide.
    for (let i = 0; i < readings.length; i++) {
      const reading = readings[i] ?? first;
      if (i > 0) waking = wake(reading, place, mask);
      const { chars, hasNeedle } = waking;
      const isJson = waking.reads && readBelow(reading, chars, hasNeedle, below(place, reading, { readings, left }));
      // The quotes of JSON are its own, and its strings are judged apart: what remains is what the whole may be read into.
      const woken = isJson ? waking.woken & roster.structureMask : waking.woken;
      if (woken !== 0) ask({ ...waking, woken }, place, reading);
    }
    if (!isRemembered || problem !== undefined) return;
    if (notable === before) memory.add(place, first.text, judges);
    else know(place, first.text);
  }

  function below(
    place: Place,
    reading: Reading,
    { readings, left }: { readings: Reading[]; left: Budget },
  ): ReadingSink {
    const depth = reading.depth + 1;
    return {
      add(decoded, isUnwrapped, percents) {
        if (readings.length > readingsMax || left.chars <= 0) return;
        const text = decoded.length > left.chars ? decoded.slice(0, left.chars) : decoded;
        if (text === '' || readings.some(one => one.text === text)) return;
        left.chars -= text.length;
        readings.push({ text, depth, isUnwrapped, percents });
      },
      inside(path, text, part, isUnwrapped) {
        if (text === '' || left.chars <= 0) return;
        const name = (place.name === '' ? path.replace(/^\./, '') : place.name + path).slice(0, nameCharsMax);
        const inner: Place = { zone: place.zone, name, part: place.part === 'name' ? 'name' : part };
        const among = whoJudges(inner);
        if (among === 0) return;
        left.chars -= text.length;
        judge(inner, { text, depth, isUnwrapped: isUnwrapped ?? reading.isUnwrapped, percents: 0 }, among, left);
      },
    };
  }

  function wake({ text, depth }: Reading, place: Place, mask: number): Waking {
    roster.scan(text, scan);
    const { chars, sets } = scan;
    const hasNeedle = (sets & decoderBit) !== 0;
    let woken = (sets | roster.wokenBy(chars)) & mask;
    for (let left = woken & roster.lookMask; left !== 0; left &= left - 1) {
      const bit = left & -left;
      const look = { text, chars, place, paranoia, hasNeedle: (sets & bit) !== 0 };
      if (roster.detectors[31 - Math.clz32(bit)]?.mayMatch?.(look) === false) woken ^= bit;
    }
    const reads = depth < readLimits.decodingsMax && mayHaveReadings(text, chars, hasNeedle);
    return woken === 0 && !reads ? asleep : { woken, reads, chars, hasNeedle };
  }

  function ask({ woken, chars }: Waking, place: Place, { text, isUnwrapped }: Reading): void {
    const lower = lowerOf(text);
    const input = { text, lower, place, paranoia, chars, isUnwrapped };
    let known: Shape | undefined;
    const shape = (): Shape => (known ??= isUnwrapped ? 'other' : shapeOf(text));
    const hit = (rule: string, start: number, end: number): void => {
      if (isWork(rule, { place, text, start, shape })) return;
      notable++;
      verdict.count(rule, { place, text, start, end });
    };
    for (let left = woken; left !== 0 && problem === undefined; left &= left - 1) {
      work -= text.length;
      if (work < 0) problem = { kind: 'too_large', detail: 'the values take too much work to judge', place };
      roster.detectors[31 - Math.clz32(left & -left)]?.detect(input, hit);
    }
  }

  /** Judges a value window by window; where it is JSON too long to be read at once, also what stands in it. */
  function windows(place: Place, text: string, how: { among: number; depth: number; isPartial: boolean }): void {
    const { among, depth, isPartial } = how;
    for (let start = 0; ; start += windowChars - overlapChars) {
      const isLast = start + windowChars >= text.length;
      const window = start === 0 && isLast ? text : text.slice(start, start + windowChars);
      judge(place, { text: window, depth, isUnwrapped: false, percents: 0 }, among);
      const goesOn = isPartial || !isLast;
      if ((goesOn || long.length > depth) && depth < readLimits.decodingsMax) {
        problem ??= longAt(depth).window(place, window, goesOn);
      }
      if (isLast) return;
    }
  }

  function longAt(depth: number): LongJson {
    const known = long[depth];
    if (known !== undefined) return known;
    const made = createLongJson((inner, value, isPartial = false) => {
      const among = problem === undefined ? whoJudges(inner) : 0;
      if (among !== 0) windows(inner, value, { among, depth: depth + 1, isPartial });
    });
    long[depth] = made;
    return made;
  }

  /** Whether this very value matched before at this field: it would say the same again. */
  function isKnown({ zone, name, part }: Place, text: string): boolean {
    const before = known?.get(text);
    return before !== undefined && before.name === name && before.zone === zone && before.part === part;
  }

  function know({ zone, name, part }: Place, text: string): void {
    known ??= new Map();
    if (known.size < knownMax) known.set(text, { zone, name, part });
  }

  /** The detectors for a place. In fields that are the author's own work nobody judges values, and names only for what they do as names. */
  function whoJudges(place: Place): number {
    if (authored === undefined || !authored(place.zone, place.name)) return levelMask;
    notable++;
    if (place.part === 'name') return levelMask & roster.nameMask;
    authoredCount++;
    return 0;
  }

  return {
    get problem() {
      return problem;
    },
    get isOver() {
      return verdict.isOver;
    },
    leaf(place, text, isPartial = false) {
      onLeaf?.(place, text, isPartial);
      const among = problem === undefined ? whoJudges(place) : 0;
      if (among === 0) return;
      work += workShare * text.length;
      windows(place, text, { among, depth: 0, isPartial });
    },
    found(rule, place, text) {
      // A firewall has the rules of the detectors it is made of.
      if (roster.rules.has(rule)) verdict.count(rule, { place, text, start: 0, end: text.length });
    },
    conclude: rest => verdict.judgement({ ...rest, problem: problem ?? rest?.problem, authored: authoredCount }),
  };
}

function budgetOf(text: string): Budget {
  return { chars: readingShare * text.length + readingCharsMin };
}

/** Places in the lower case must be places in the text, so the few letters whose lower case is longer keep their form. */
function lowerOf(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text.replaceAll(/[A-Z]+/g, letters => letters.toLowerCase());
}
