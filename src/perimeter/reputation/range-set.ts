import type { AddressWords, Block } from '../address.ts';
import { prefixMask } from '../address.ts';

/** Ranges of addresses, sorted, apart from one another, as pairs of first and last: what a list is compiled into. Survives structured clone. */
export interface Ranges {
  /** Two words a range. */
  readonly v4: Uint32Array;
  /** Eight words a range. */
  readonly v6: Uint32Array;
}

/** Compiles blocks; what overlaps or touches becomes one range. */
export function compileRanges(blocks: readonly Block[]): Ranges {
  return {
    v4: compile(
      blocks.filter(block => block.version === 4),
      1,
    ),
    v6: compile(
      blocks.filter(block => block.version === 6),
      4,
    ),
  };
}

/** True when a range holds the address. Logarithmic, allocates nothing. */
export function holds(ranges: Ranges, version: 4 | 6, address: AddressWords): boolean {
  return version === 4 ? holds4(ranges.v4, address[0] ?? 0) : holds6(ranges.v6, address);
}

function holds4(ranges: Uint32Array, address: number): boolean {
  let low = 0;
  let high = ranges.length >> 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle * 2] ?? 0) <= address) low = middle + 1;
    else high = middle;
  }
  return low > 0 && address <= (ranges[low * 2 - 1] ?? 0);
}

function holds6(ranges: Uint32Array, address: AddressWords): boolean {
  let low = 0;
  let high = ranges.length >> 3;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(ranges, middle * 8, address, 0, 4) <= 0) low = middle + 1;
    else high = middle;
  }
  return low > 0 && compare(ranges, low * 8 - 4, address, 0, 4) >= 0;
}

function compare(a: Uint32Array, at: number, b: Uint32Array, bt: number, words: number): number {
  for (let i = 0; i < words; i++) {
    const difference = (a[at + i] ?? 0) - (b[bt + i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function compile(blocks: readonly Block[], words: number): Uint32Array {
  const sorted = blocks.toSorted((a, b) => compare(a.words, 0, b.words, 0, words) || a.bits - b.bits);
  const out = new Uint32Array(sorted.length * words * 2);
  const last = new Uint32Array(words);
  let at = 0;
  for (const block of sorted) {
    for (let i = 0; i < words; i++) last[i] = (block.words[i] ?? 0) | ~prefixMask(block.bits - i * 32);
    const end = at - words;
    if (at > 0 && reaches(out, end, block.words, words)) {
      if (compare(out, end, last, 0, words) < 0) out.set(last, end);
      continue;
    }
    out.set(block.words.subarray(0, words), at);
    out.set(last, at + words);
    at += words * 2;
  }
  return out.slice(0, at);
}

/** True when the range that ends there overlaps one that begins with `first`, or touches it. */
function reaches(out: Uint32Array, end: number, first: Uint32Array, words: number): boolean {
  if (compare(out, end, first, 0, words) >= 0) return true;
  for (let i = words - 1, carry = 1; i >= 0; i--) {
    const next = ((out[end + i] ?? 0) + carry) >>> 0;
    if (next !== first[i]) return false;
    carry = carry === 1 && next === 0 ? 1 : 0;
  }
  return true;
}
