import { SallyportError } from '../../core/errors.ts';
import { charClass } from './waf.ts';

/** What one pass over a text found: which sets of needles have one in it, as bits, and the classes of its characters. */
export interface Scan {
  sets: number;
  chars: number;
}

/** One pass over a text tells every set of needles of which one occurs in it, in time linear in the text whatever the needles. */
export interface Prefilter {
  /** Writes into `into`, so that a request of thousands of values allocates nothing here. */
  scan(text: string, into: Scan): void;
  readonly stateCount: number;
}

/** Sets of needles are told apart by the bits of one word. */
export const needleSetsMax = 32;

/** Texts of this length and more go through the encoder: reading bytes is cheaper than reading characters of a string. */
const bytesFrom = 24;
const bytesMax = 3 * 32_768;
const high = 0x80;
const needleCharsMax = 64;
const statesMax = 65_535;

/** The classes of a byte of UTF-8, as bits of `charClass`; a code unit of 0x80 and above is read as 0x80. */
export const classBits: Int32Array = makeClassBits();

/** Aho-Corasick over UTF-8 as one dense table of the bytes that occur in needles; upper case ASCII counts as lower case. */
export function createPrefilter(needles: readonly (readonly string[])[]): Prefilter {
  checkSets(needles);
  const sets = needles.map(set => set.map(needle => Buffer.from(needle).toString('latin1')));
  const { classes, shift } = compactAlphabet(sets);
  const trie = buildTrie(sets, { classes, shift });
  const { next, out, firstOutput } = numberStates(completeTrie(trie, shift), trie.outs, shift);
  const overlap = Math.max(0, trie.depth - 1);
  const held = new Uint8Array(bytesMax);
  const encoder = new TextEncoder();

  /** False when a character is not ASCII, and so not one byte. */
  function scanUnits(text: string, into: Scan): boolean {
    let state = 0;
    let sets = 0;
    let chars = 0;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= high) return false;
      chars |= classBits[unit] ?? 0;
      state = next[(state << shift) | (classes[unit] ?? 0)] ?? 0;
      if (state >= firstOutput) sets |= out[state] ?? 0;
    }
    into.sets = sets;
    into.chars = chars;
    return true;
  }

  /**
   * Both halves side by side, because each step waits for the memory of the one before. The right reader starts early enough to see a
   * needle that crosses the middle; the byte in the middle of an odd length belongs to the left one.
   */
  function scanBytes(bytes: Uint8Array, length: number, into: Scan): void {
    const half = length >> 1;
    let right = Math.max(0, length - half - overlap);
    let a = 0;
    let b = 0;
    let sets = 0;
    let chars = 0;
    for (; right < length - half; right++) b = next[(b << shift) | (classes[bytes[right] ?? 0] ?? 0)] ?? 0;
    for (let left = 0; left < half; left++, right++) {
      const x = bytes[left] ?? 0;
      const y = bytes[right] ?? 0;
      chars |= (classBits[x] ?? 0) | (classBits[y] ?? 0);
      a = next[(a << shift) | (classes[x] ?? 0)] ?? 0;
      b = next[(b << shift) | (classes[y] ?? 0)] ?? 0;
      if (a >= firstOutput) sets |= out[a] ?? 0;
      if (b >= firstOutput) sets |= out[b] ?? 0;
    }
    if (length % 2 === 1) {
      const x = bytes[half] ?? 0;
      chars |= classBits[x] ?? 0;
      sets |= out[next[(a << shift) | (classes[x] ?? 0)] ?? 0] ?? 0;
    }
    into.sets = sets;
    into.chars = chars;
  }

  return {
    stateCount: trie.outs.length,
    scan(text, into) {
      if (text.length < bytesFrom && scanUnits(text, into)) return;
      const bytes = text.length * 3 > bytesMax ? encoder.encode(text) : held;
      scanBytes(bytes, bytes === held ? encoder.encodeInto(text, held).written : bytes.length, into);
    },
  };
}

function checkSets(sets: readonly (readonly string[])[]): void {
  if (sets.length > needleSetsMax) {
    throw new SallyportError('internal', `Cannot build prefilter of ${sets.length} sets: at most ${needleSetsMax}`);
  }
  for (const needle of sets.flat()) {
    if (needle === '' || needle.length > needleCharsMax || /[A-Z]/.test(needle) || !needle.isWellFormed()) {
      const wanted = `1 to ${needleCharsMax} characters in lower case`;
      throw new SallyportError('internal', `Cannot use needle "${needle}": wanted ${wanted}`);
    }
  }
}

interface Alphabet {
  /** By byte; 0 for everything that is in no needle. */
  readonly classes: Uint8Array;
  /** log2 of the classes of a row. */
  readonly shift: number;
}

function compactAlphabet(sets: readonly (readonly string[])[]): Alphabet {
  const used = [...new Set(sets.flat().join(''))].sort();
  const classes = new Uint8Array(256);
  used.forEach((char, i) => {
    classes[char.charCodeAt(0)] = i + 1;
    if (/[a-z]/.test(char)) classes[char.charCodeAt(0) - 32] = i + 1;
  });
  return { classes, shift: Math.ceil(Math.log2(used.length + 1)) };
}

interface Trie {
  /** Row by row; -1 where there is no child. */
  readonly next: number[];
  readonly outs: number[];
  readonly depth: number;
}

function buildTrie(sets: readonly (readonly string[])[], { classes, shift }: Alphabet): Trie {
  const row = new Array<number>(1 << shift).fill(-1);
  const next = [...row];
  const outs = [0];
  sets.forEach((needles, set) => {
    for (const needle of needles) {
      let state = 0;
      for (let i = 0; i < needle.length; i++) {
        const at = (state << shift) | (classes[needle.charCodeAt(i)] ?? 0);
        const known = next[at] ?? -1;
        state = known < 0 ? outs.length : known;
        if (known >= 0) continue;
        next[at] = state;
        outs.push(0);
        for (const empty of row) next.push(empty);
      }
      outs[state] = (outs[state] ?? 0) | (1 << set);
    }
  });
  if (outs.length > statesMax) {
    throw new SallyportError('internal', `Cannot build prefilter of ${outs.length} states: at most ${statesMax}`);
  }
  return { next, outs, depth: Math.max(0, ...sets.flat().map(needle => needle.length)) };
}

/** Fills in where a miss leads, breadth first, and hands outputs down; returns the states in that order. */
function completeTrie({ next, outs }: Trie, shift: number): { next: number[]; order: number[] } {
  const width = 1 << shift;
  const fail = new Int32Array(outs.length);
  const order = [0];
  for (let head = 0; head < order.length; head++) {
    const state = order[head] ?? 0;
    for (let letter = 0; letter < width; letter++) {
      const at = (state << shift) | letter;
      const child = next[at] ?? -1;
      const missed = state === 0 ? 0 : (next[((fail[state] ?? 0) << shift) | letter] ?? 0);
      if (child < 0) {
        next[at] = missed;
        continue;
      }
      fail[child] = missed;
      outs[child] = (outs[child] ?? 0) | (outs[missed] ?? 0);
      order.push(child);
    }
  }
  return { next, order };
}

/** Numbers the states breadth first (the much used ones lie together), those with an output last: one comparison tells them. */
function numberStates(trie: { next: number[]; order: number[] }, outs: readonly number[], shift: number) {
  const quiet = trie.order.filter(state => outs[state] === 0);
  const order = [...quiet, ...trie.order.filter(state => outs[state] !== 0)];
  const numberOf = new Uint16Array(order.length);
  order.forEach((state, i) => {
    numberOf[state] = i;
  });
  const width = 1 << shift;
  const next = new Uint16Array(order.length * width);
  const out = new Int32Array(order.length);
  order.forEach((state, i) => {
    out[i] = outs[state] ?? 0;
    for (let letter = 0; letter < width; letter++) {
      next[i * width + letter] = numberOf[trie.next[state * width + letter] ?? 0] ?? 0;
    }
  });
  return { next, out, firstOutput: quiet.length };
}

function makeClassBits(): Int32Array {
  const bits = new Int32Array(256).fill(charClass.high, high);
  const set = (chars: string, value: number): void => {
    for (let i = 0; i < chars.length; i++) bits[chars.charCodeAt(i)] = value;
  };
  bits.fill(charClass.control, 0, 0x20);
  bits[0x7f] = charClass.control;
  bits.fill(charClass.letter, 0x41, 0x5b);
  bits.fill(charClass.letter, 0x61, 0x7b);
  bits.fill(charClass.digit, 0x30, 0x3a);
  set(' \t', charClass.space);
  set('\r\n', charClass.newline);
  set('-_.~,:@+', charClass.plain);
  set('!?^', charClass.mark);
  set('{}', charClass.brace);
  set('[]', charClass.bracket);
  set('()', charClass.paren);
  set("'", charClass.singleQuote);
  set('"', charClass.doubleQuote);
  set('`', charClass.backtick);
  set('<', charClass.less);
  set('>', charClass.greater);
  set('/', charClass.slash);
  set('\\', charClass.backslash);
  set('$', charClass.dollar);
  set('%', charClass.percent);
  set('&', charClass.ampersand);
  set(';', charClass.semicolon);
  set('|', charClass.pipe);
  set('=', charClass.equals);
  set('#', charClass.hash);
  set('*', charClass.star);
  return bits;
}
