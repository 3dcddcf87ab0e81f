/** Chance that repeats: everything the corpus makes comes from a seed, so that making it again gives the same bytes. */
export interface Chance {
  /** A whole number in `[0, below)`. */
  below(limit: number): number;
  pick<T>(list: readonly T[]): T;
  /** Letters and digits. */
  word(length: number): string;
  hex(length: number): string;
  uuid(): string;
}

/** A source of chance from a text: the same text, the same sequence. */
export function chanceFrom(seed: string): Chance {
  let state = 2166136261;
  for (const char of seed) state = Math.imul(state ^ (char.codePointAt(0) ?? 0), 16777619);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  const pick = <T>(list: readonly T[]): T => {
    if (list.length === 0) throw new Error('Cannot pick from an empty list');
    // The index is within the list.
    return list[below(list.length)] as T;
  };
  const from = (alphabet: string, length: number): string =>
    Array.from({ length }, () => alphabet[below(alphabet.length)]).join('');
  const hex = (length: number): string => from('0123456789abcdef', length);
  return {
    below,
    pick,
    word: length => from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', length),
    hex,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
  };
}
