import { createHash32 } from './hash.ts';

/** How many parts a window is cut into. */
export const segmentsOfWindow = 60;
const ring = segmentsOfWindow + 2;
const slotsPerChunk = 1024;
const sampled = 16;

interface Chunk {
  readonly hi: Uint32Array;
  readonly lo: Uint32Array;
  readonly total: Uint32Array;
  readonly oldest: Float64Array;
  readonly newest: Float64Array;
  readonly counts: Uint16Array | Uint32Array;
  /** How far into its segment the last count of it came, in `unitMs`, rounded up. */
  readonly offsets: Uint16Array;
}

/**
 * Counts per key over a sliding window, in 276 bytes a key. A count leaves together with the newest one of its segment (a sixtieth of the
 * window), so it never leaves early and at most one segment late. Exact for up to `keysMax` keys with counts in the window; beyond, of 16
 * keys looked at, the one with the least counts is forgotten, so that a flood of new keys pushes out its like and not the worst offender.
 */
export interface WindowTable {
  /** Counts of the key that are in the window. */
  used(hi: number, lo: number, nowMs: number): number;
  /** Counts one more. */
  add(hi: number, lo: number, nowMs: number): void;
  /** Milliseconds until at least `units` of the counts have left; 0 when that few are there. */
  leavesInMs(key: { readonly hi: number; readonly lo: number }, units: number, nowMs: number): number;
  readonly size: number;
  readonly bytes: number;
}

export interface WindowTableOptions {
  readonly windowMs: number;
  /** The most one key will ever hold. */
  readonly countMax: number;
  readonly keysMax: number;
  readonly seed: number;
}

/** An empty table; memory grows with the keys and never beyond `keysMax`. */
export function createWindowTable(options: WindowTableOptions): WindowTable {
  const { windowMs, keysMax } = options;
  const segmentMs = Math.ceil(windowMs / segmentsOfWindow);
  const unitMs = Math.ceil(segmentMs / 0xffff);
  const hash = createHash32(options.seed);
  const indexSize = 2 ** Math.ceil(Math.log2(Math.max(16, keysMax * 2)));
  const mask = indexSize - 1;
  const index = new Uint32Array(indexSize);
  const chunks: Chunk[] = [];
  let size = 0;
  let hand = 0;

  const chunkOf = (slot: number): Chunk => {
    const chunk = chunks[(slot / slotsPerChunk) | 0];
    if (chunk === undefined) throw new Error('no such slot');
    return chunk;
  };

  /** Where in the index the key is, or the empty place it would take. */
  const probe = (hi: number, lo: number): number => {
    let at = hash(hi, lo) & mask;
    for (;;) {
      const slot = (index[at] ?? 0) - 1;
      if (slot < 0) return at;
      const chunk = chunkOf(slot);
      const i = slot % slotsPerChunk;
      if (chunk.lo[i] === lo && chunk.hi[i] === hi) return at;
      at = (at + 1) & mask;
    }
  };

  /** Drops what has left the window; returns what is in it. */
  const advance = (chunk: Chunk, i: number, nowMs: number): number => {
    let total = chunk.total[i] ?? 0;
    if (total === 0) return 0;
    let segment = chunk.oldest[i] ?? 0;
    const base = i * ring;
    while (total > 0) {
      const cell = base + (segment % ring);
      const count = chunk.counts[cell] ?? 0;
      if (count > 0) {
        if (segment * segmentMs + (chunk.offsets[cell] ?? 0) * unitMs + windowMs > nowMs) break;
        total -= count;
        chunk.counts[cell] = 0;
      }
      segment++;
    }
    chunk.oldest[i] = segment;
    chunk.total[i] = total;
    return total;
  };

  const remove = (slot: number): void => {
    const chunk = chunkOf(slot);
    const i = slot % slotsPerChunk;
    let hole = probe(chunk.hi[i] ?? 0, chunk.lo[i] ?? 0);
    let at = hole;
    for (;;) {
      at = (at + 1) & mask;
      const next = (index[at] ?? 0) - 1;
      if (next < 0) break;
      const other = chunkOf(next);
      const home = hash(other.hi[next % slotsPerChunk] ?? 0, other.lo[next % slotsPerChunk] ?? 0) & mask;
      // An entry moves back only as far as its own home.
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      index[hole] = next + 1;
      hole = at;
    }
    index[hole] = 0;
    chunk.counts.fill(0, i * ring, (i + 1) * ring);
    chunk.total[i] = 0;
  };

  /** A slot of a key that is over, or of the least one among some. */
  const reclaim = (nowMs: number): number => {
    let least = hand;
    let leastTotal = Number.POSITIVE_INFINITY;
    for (let i = 0; i < sampled && leastTotal > 0; i++) {
      hand = hand + 1 >= size ? 0 : hand + 1;
      const total = advance(chunkOf(hand), hand % slotsPerChunk, nowMs);
      if (total < leastTotal) {
        least = hand;
        leastTotal = total;
      }
    }
    remove(least);
    return least;
  };

  const addKey = (hi: number, lo: number, nowMs: number): number => {
    let slot = size;
    if (size >= keysMax) slot = reclaim(nowMs);
    else if (size++ % slotsPerChunk === 0) chunks.push(newChunk(options.countMax));
    const chunk = chunkOf(slot);
    chunk.hi[slot % slotsPerChunk] = hi;
    chunk.lo[slot % slotsPerChunk] = lo;
    // Asked for anew: taking a key out moves others.
    index[probe(hi, lo)] = slot + 1;
    return slot;
  };

  return {
    used(hi, lo, nowMs) {
      const slot = (index[probe(hi, lo)] ?? 0) - 1;
      return slot < 0 ? 0 : advance(chunkOf(slot), slot % slotsPerChunk, nowMs);
    },
    add(hi, lo, nowMs) {
      let slot = (index[probe(hi, lo)] ?? 0) - 1;
      if (slot < 0) slot = addKey(hi, lo, nowMs);
      const chunk = chunkOf(slot);
      const i = slot % slotsPerChunk;
      const total = advance(chunk, i, nowMs);
      const segment = Math.floor(nowMs / segmentMs);
      if (total === 0) chunk.oldest[i] = segment;
      chunk.newest[i] = segment;
      const cell = i * ring + (segment % ring);
      chunk.counts[cell] = (chunk.counts[cell] ?? 0) + 1;
      chunk.offsets[cell] = Math.ceil((nowMs - segment * segmentMs) / unitMs);
      chunk.total[i] = total + 1;
    },
    leavesInMs({ hi, lo }, units, nowMs) {
      const slot = (index[probe(hi, lo)] ?? 0) - 1;
      if (slot < 0 || units <= 0) return 0;
      const chunk = chunkOf(slot);
      const i = slot % slotsPerChunk;
      if (advance(chunk, i, nowMs) === 0) return 0;
      let left = units;
      const newest = chunk.newest[i] ?? 0;
      for (let segment = chunk.oldest[i] ?? 0; segment <= newest; segment++) {
        const cell = i * ring + (segment % ring);
        const count = chunk.counts[cell] ?? 0;
        if (count === 0) continue;
        left -= count;
        if (left <= 0 || segment === newest)
          return Math.max(0, segment * segmentMs + (chunk.offsets[cell] ?? 0) * unitMs + windowMs - nowMs);
      }
      return 0;
    },
    get size() {
      return size;
    },
    get bytes() {
      const wide = options.countMax > 0xffff ? 4 : 2;
      return index.byteLength + chunks.length * slotsPerChunk * (28 + ring * (wide + 2));
    },
  };
}

function newChunk(countMax: number): Chunk {
  const cells = slotsPerChunk * ring;
  return {
    hi: new Uint32Array(slotsPerChunk),
    lo: new Uint32Array(slotsPerChunk),
    total: new Uint32Array(slotsPerChunk),
    oldest: new Float64Array(slotsPerChunk),
    newest: new Float64Array(slotsPerChunk),
    counts: countMax > 0xffff ? new Uint32Array(cells) : new Uint16Array(cells),
    offsets: new Uint16Array(cells),
  };
}
