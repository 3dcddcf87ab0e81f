/** Mixes two words into one under a seed: who does not know the seed cannot choose keys that fall together. */
export function createHash32(seed: number): (hi: number, lo: number) => number {
  return (hi, lo) => {
    let h = seed ^ Math.imul(hi, 0xcc9e_2d51);
    h = Math.imul(h ^ (h >>> 15), 0x2c1b_3c6d);
    h ^= lo;
    h = Math.imul(h ^ (h >>> 16), 0x85eb_ca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35);
    return (h ^ (h >>> 16)) >>> 0;
  };
}

/** Hashes text into two words, each under its own seed: two of a million names fall together once in ten million tables. */
export function createTextHash(
  seeds: readonly [number, number],
): (text: string, into: Uint32Array, at: number) => void {
  return (text, into, at) => {
    let a = seeds[0];
    let b = seeds[1];
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      a = Math.imul(a ^ code, 0x9e37_79b1);
      a ^= a >>> 15;
      b = Math.imul(b ^ code, 0x85eb_ca77);
      b ^= b >>> 13;
    }
    a = Math.imul(a ^ (a >>> 16), 0x85eb_ca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2_ae35);
    b = Math.imul(b ^ (b >>> 16), 0x85eb_ca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2_ae35);
    into[at] = a ^ text.length;
    into[at + 1] = b;
  };
}
