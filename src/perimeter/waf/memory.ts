import { randomFillSync } from 'node:crypto';
import type { Place } from './waf.ts';

/**
 * Remembers values that were judged and found to hold nothing, until newer ones take their room. It keeps 64-bit digests under a random
 * key (HalfSipHash-1-3), never the values, which may be secrets; that another value has the digest of a remembered one has a chance of
 * one in 2^64 for each look, and nobody outside can tell when it happens.
 */
export interface Memory {
  /** Whether this value was judged at this place by these detectors, and held nothing. */
  has(place: Place, text: string, judges: Judges): boolean;
  /** To be called after `has` said no. */
  add(place: Place, text: string, judges: Judges): void;
}

const slots = 65_536;

/** Who judges: bits of the detectors, and the level they are asked at. */
export interface Judges {
  readonly mask: number;
  readonly paranoia: number;
}

/** A table of fixed size (512 KiB): a digest has one slot, and the last to come has it. */
export function createMemory(): Memory {
  const table = new Int32Array(2 * slots);
  const secret = randomFillSync(new Int32Array(2));
  const digest = new Int32Array(2);
  const placeKey = new Int32Array(2);

  /** The digest of the place is the key for the text. */
  function slotOf({ zone, part, name }: Place, text: string, { mask, paranoia }: Judges): number {
    sip(name, secret[0] ?? 0, secret[1] ?? 0, placeKey);
    sip(zone, (placeKey[0] ?? 0) ^ mask, (placeKey[1] ?? 0) ^ paranoia ^ (part === 'name' ? 8 : 0), placeKey);
    sip(text, placeKey[0] ?? 0, placeKey[1] ?? 0, digest);
    return ((digest[0] ?? 0) & (slots - 1)) * 2;
  }

  return {
    has(place, text, judges) {
      const slot = slotOf(place, text, judges);
      return table[slot] === digest[0] && table[slot + 1] === digest[1];
    },
    add(place, text, judges) {
      const slot = slotOf(place, text, judges);
      table[slot] = digest[0] ?? 0;
      table[slot + 1] = digest[1] ?? 0;
    },
  };
}

/** HalfSipHash with one round for a word (two UTF-16 code units), three at the end, and 64 bits of result. */
function sip(text: string, key0: number, key1: number, into: Int32Array): void {
  let v0 = key0;
  let v1 = key1 ^ 0xee;
  let v2 = key0 ^ 0x6c79_6765;
  let v3 = key1 ^ 0x7465_6462;
  const words = (text.length >> 1) + 1;
  // The last words are the odd code unit with the length, then what finishes the first and the second half of the result.
  for (let i = 0; i < words + 6; i++) {
    let word = 0;
    if (i < words - 1) word = text.charCodeAt(2 * i) | (text.charCodeAt(2 * i + 1) << 16);
    else if (i === words - 1)
      word = (text.length % 2 === 1 ? text.charCodeAt(text.length - 1) : 0) | (text.length << 16);
    else if (i === words) v2 ^= 0xee;
    else if (i === words + 3) {
      into[0] = v1 ^ v3;
      v1 ^= 0xdd;
    }
    v3 ^= word;
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
    v0 ^= word;
  }
  into[1] = v1 ^ v3;
}
