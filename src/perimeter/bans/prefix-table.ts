import { createHash32 } from '../limits/hash.ts';

const loadMax = 0.75;
const capacityLeast = 16;

/**
 * Keys of 1 to 4 words, each with two words of value, in open addressing: 12 bytes for an IPv4 address, 16 for a /64, 24 for a /128 and at
 * most 2.7 times that with the room for growth. Taking out moves what follows back, so that nothing is left behind.
 */
export interface PrefixTable {
  /** Returns the place of the key, or -1. Places hold until the next `set` or `remove`. */
  find(key: Uint32Array): number;
  /** True when the key is new. */
  set(key: Uint32Array, until: number, meta: number): boolean;
  remove(key: Uint32Array): boolean;
  removeAt(place: number): void;
  until(place: number): number;
  meta(place: number): number;
  /** False for a place that holds nothing. Writes the key into `into`. */
  read(place: number, into: Uint32Array): boolean;
  readonly size: number;
  readonly capacity: number;
  readonly bytes: number;
}

/** An empty table for keys of so many words. */
export function createPrefixTable(words: number, seed: number, sizeHint = 0): PrefixTable {
  const width = words + 2;
  const hash = createHash32(seed);
  let capacity = capacityFor(sizeHint);
  let mask = capacity - 1;
  // A cell is empty when its `until` is 0: nothing is banned until 1970.
  let cells = new Uint32Array(capacity * width);
  let size = 0;

  const hashOf = (from: Uint32Array, at: number): number => {
    const first = hash(from[at] ?? 0, words > 1 ? (from[at + 1] ?? 0) : 0);
    return words < 3 ? first : hash(first ^ (from[at + 2] ?? 0), words > 3 ? (from[at + 3] ?? 0) : 0);
  };

  /** The cell of the key, or the empty one it would take. */
  const probe = (key: Uint32Array): number => {
    let place = hashOf(key, 0) & mask;
    for (;;) {
      const at = place * width;
      if (cells[at + words] === 0) return place;
      if (
        cells[at] === key[0] &&
        (words === 1 ||
          (cells[at + 1] === key[1] &&
            (words === 2 || (cells[at + 2] === key[2] && (words === 3 || cells[at + 3] === key[3])))))
      )
        return place;
      place = (place + 1) & mask;
    }
  };

  const grow = (): void => {
    const old = cells;
    capacity *= 2;
    mask = capacity - 1;
    cells = new Uint32Array(capacity * width);
    for (let at = 0; at < old.length; at += width) {
      if (old[at + words] === 0) continue;
      let place = hashOf(old, at) & mask;
      while (cells[place * width + words] !== 0) place = (place + 1) & mask;
      for (let i = 0; i < width; i++) cells[place * width + i] = old[at + i] ?? 0;
    }
  };

  const removeAt = (place: number): void => {
    let hole = place;
    let next = place;
    for (;;) {
      next = (next + 1) & mask;
      if (cells[next * width + words] === 0) break;
      const home = hashOf(cells, next * width) & mask;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      cells.copyWithin(hole * width, next * width, (next + 1) * width);
      hole = next;
    }
    cells.fill(0, hole * width, (hole + 1) * width);
    size--;
  };

  return {
    find(key) {
      const place = probe(key);
      return cells[place * width + words] === 0 ? -1 : place;
    },
    set(key, until, meta) {
      let place = probe(key);
      const isNew = cells[place * width + words] === 0;
      if (isNew && size + 1 > capacity * loadMax) {
        grow();
        place = probe(key);
      }
      const at = place * width;
      for (let i = 0; i < words; i++) cells[at + i] = key[i] ?? 0;
      cells[at + words] = until;
      cells[at + words + 1] = meta;
      if (isNew) size++;
      return isNew;
    },
    remove(key) {
      const place = probe(key);
      if (cells[place * width + words] === 0) return false;
      removeAt(place);
      return true;
    },
    removeAt,
    until: place => cells[place * width + words] ?? 0,
    meta: place => cells[place * width + words + 1] ?? 0,
    read(place, into) {
      const at = place * width;
      if (cells[at + words] === 0) return false;
      for (let i = 0; i < 4; i++) into[i] = i < words ? (cells[at + i] ?? 0) : 0;
      return true;
    },
    get size() {
      return size;
    },
    get capacity() {
      return capacity;
    },
    get bytes() {
      return cells.byteLength;
    },
  };
}

function capacityFor(size: number): number {
  return Math.max(capacityLeast, 2 ** Math.ceil(Math.log2(size / loadMax + 1)));
}
