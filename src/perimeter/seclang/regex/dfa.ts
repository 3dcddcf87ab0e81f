import { isWordByte } from './bytes.ts';
import type { Assertion } from './parse.ts';
import type { Program } from './program.ts';

/** Finds whether a regular program matches anywhere in a text of bytes. */
export interface Dfa {
  /** The position behind the shortest match that ends first, or -1. Time linear in the text whatever the text. */
  find(text: string): number;
}

const unknown = 0;
const dead = -1;
const matched = -2;
/** Entries of one automaton's table; when it is full it is begun anew, which costs time but never an answer. */
const entriesMax = 1 << 20;

/** What stood before a position, as far as assertions care. */
const before = { start: 0, newline: 1, word: 2, other: 3 } as const;

interface Classes {
  readonly of: Uint8Array;
  readonly count: number;
  /** One byte of each class; the last class is the end of the text. */
  readonly samples: readonly number[];
}

/**
 * Builds states while it reads, each the set of steps that the text so far may have led to. A set is closed over what costs no byte only when
 * the next byte is known, so that word boundaries and line ends are exact.
 */
export function createDfa(program: Program): Dfa {
  const classes = classify(program);
  const width = classes.count + 1;
  const isAnchored = beginsAtStart(program);
  let table = new Int32Array(width * 16);
  let sets: Int32Array[] = [];
  let ids = new Map<string, number>();

  const stateOf = (steps: Int32Array, kind: number): number => {
    const key = String.fromCharCode(kind, ...steps);
    const known = ids.get(key);
    if (known !== undefined) return known;
    // State 0 stays unused so that an entry of 0 means "not yet worked out".
    const id = (sets.length + 1) * width;
    if (id + width > table.length) {
      const larger = new Int32Array(table.length * 2);
      larger.set(table);
      table = larger;
    }
    ids.set(key, id);
    sets.push(Int32Array.of(kind, ...steps));
    return id;
  };
  let first = 0;
  const begin = () => (first ||= stateOf(Int32Array.of(program.start), before.start));
  const forget = () => {
    table = new Int32Array(width * 16);
    sets = [];
    ids = new Map();
    first = 0;
  };
  const closure = createClosure(program);

  const advance = (state: number, symbol: number): number => {
    const set = sets[state / width - 1];
    if (set === undefined) return dead;
    const sample = classes.samples[symbol] ?? -1;
    const next = closure(set, symbol === classes.count ? -1 : sample);
    if (next === undefined) return matched;
    if (symbol === classes.count) return dead;
    const targets = isAnchored ? next : withStart(next, program.start);
    if (targets.length === 0) return dead;
    return stateOf(targets, kindOf(sample));
  };

  return {
    find(text) {
      let state = begin();
      const of = classes.of;
      const length = text.length;
      for (let at = 0; at <= length; at++) {
        const symbol = at === length ? classes.count : (of[text.charCodeAt(at) & 255] ?? 0);
        let next = table[state + symbol] ?? dead;
        if (next === unknown) {
          if ((sets.length + 2) * width > entriesMax) {
            const current = sets[state / width - 1] ?? new Int32Array(0);
            forget();
            state = stateOf(current.subarray(1), current[0] ?? 0);
          }
          next = advance(state, symbol);
          table[state + symbol] = next;
        }
        if (next < 0) return next === matched ? at : -1;
        state = next;
      }
      return -1;
    },
  };
}

function kindOf(code: number): number {
  if (code === 10) return before.newline;
  return isWordByte(code) ? before.word : before.other;
}

function withStart(steps: Int32Array, start: number): Int32Array {
  if (steps.includes(start)) return steps;
  const out = new Int32Array(steps.length + 1);
  out.set(steps);
  out[steps.length] = start;
  return out.sort();
}

/** Bytes that no step and no assertion of the program tells apart share a class. */
function classify(program: Program): Classes {
  const keys: string[] = Array.from({ length: 256 }, () => '');
  const sets = new Set<Uint8Array>();
  let asserts = false;
  for (const step of program.steps) {
    if (step.op === 'set') sets.add(step.set);
    if (step.op === 'assert') asserts = true;
  }
  const unique = new Map([...sets].map(set => [String(set), set]));
  for (let code = 0; code < 256; code++) {
    let key = asserts ? String(kindOf(code)) : '';
    for (const set of unique.values()) key += set[code];
    keys[code] = key;
  }
  const of = new Uint8Array(256);
  const numbers = new Map<string, number>();
  const samples: number[] = [];
  for (let code = 0; code < 256; code++) {
    const key = keys[code] ?? '';
    let number = numbers.get(key);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(key, number);
      samples.push(code);
    }
    of[code] = number;
  }
  return { of, count: numbers.size, samples };
}

/** True when every way into the program asks for the start of the text, so that later beginnings are in vain. */
function beginsAtStart(program: Program): boolean {
  const seen = new Set<number>();
  const stack = [program.start];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const step = program.steps[at];
    if (step === undefined || step.op === 'match' || step.op === 'set') return false;
    if (step.op === 'assert') {
      if (step.kind === 'start') continue;
      stack.push(step.next);
    } else if (step.op === 'split') stack.push(step.next, step.other);
    else stack.push(step.next);
  }
  return true;
}

/**
 * A function from a state and the next byte (-1 at the end) to the sorted steps behind that byte; nothing when the match is complete before
 * the byte is taken.
 */
function createClosure(program: Program): (set: Int32Array, next: number) => Int32Array | undefined {
  const marks = new Int32Array(program.steps.length);
  const targets = new Int32Array(program.steps.length);
  const stack: number[] = [];
  let round = 0;
  return (set, code) => {
    round += 1;
    const kind = set[0] ?? 0;
    let isMatch = false;
    const out: number[] = [];
    for (let i = 1; i < set.length; i++) stack.push(set[i] ?? 0);
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (marks[at] === round) continue;
      marks[at] = round;
      const step = program.steps[at];
      if (step === undefined) continue;
      if (step.op === 'match') isMatch = true;
      else if (step.op === 'set') {
        if (code >= 0 && step.set[code] === 1 && targets[step.next] !== round) {
          targets[step.next] = round;
          out.push(step.next);
        }
      } else if (step.op === 'split') stack.push(step.other, step.next);
      else if (step.op !== 'assert' || holds(step.kind, kind, code)) stack.push(step.next);
    }
    return isMatch ? undefined : Int32Array.from(out).sort();
  };
}

/** Whether the assertion holds between what stood before and the next byte. `lastLine` is taken for "before a newline or the end". */
function holds(kind: Assertion, previous: number, next: number): boolean {
  const isWordBefore = previous === before.word;
  const isWordNext = next >= 0 && isWordByte(next);
  switch (kind) {
    case 'start':
      return previous === before.start;
    case 'lineStart':
      return previous === before.start || previous === before.newline;
    case 'end':
      return next < 0;
    case 'lastLine':
    case 'lineEnd':
      return next < 0 || next === 10;
    case 'word':
      return isWordBefore !== isWordNext;
    case 'notWord':
      return isWordBefore === isWordNext;
    default:
      return kind satisfies never;
  }
}
