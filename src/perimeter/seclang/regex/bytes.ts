/** Which of the 256 bytes belong: 1 or 0 by index. */
export type ByteSet = Uint8Array;

/** The set of all bytes in the given inclusive ranges. */
export function byteSet(...ranges: readonly (readonly [number, number])[]): ByteSet {
  const set = new Uint8Array(256);
  for (const [first, last] of ranges) set.fill(1, first, last + 1);
  return set;
}

/** All bytes that are not in the set. */
export function invert(set: ByteSet): ByteSet {
  return set.map(has => 1 - has);
}

/** The set with both cases of every ASCII letter in it. */
export function foldCase(set: ByteSet): ByteSet {
  const out = set.slice();
  for (let code = 65; code <= 90; code++) {
    const has = (set[code] ?? 0) | (set[code + 32] ?? 0);
    out[code] = has;
    out[code + 32] = has;
  }
  return out;
}

const digit = byteSet([48, 57]);
const word = byteSet([48, 57], [65, 90], [95, 95], [97, 122]);
const space = byteSet([9, 13], [32, 32]);
const horizontal = byteSet([9, 9], [32, 32], [160, 160]);
const vertical = byteSet([10, 13], [133, 133]);

/** Sets by the letter of their escape, as PCRE has them over bytes in the C locale. */
export const escapeSets: ReadonlyMap<string, ByteSet> = new Map([
  ['d', digit],
  ['D', invert(digit)],
  ['w', word],
  ['W', invert(word)],
  ['s', space],
  ['S', invert(space)],
  ['h', horizontal],
  ['H', invert(horizontal)],
  ['v', vertical],
  ['V', invert(vertical)],
  ['N', invert(byteSet([10, 10]))],
]);

/** Sets by their name inside `[: :]`. */
export const posixSets: ReadonlyMap<string, ByteSet> = new Map([
  ['alpha', byteSet([65, 90], [97, 122])],
  ['digit', digit],
  ['alnum', byteSet([48, 57], [65, 90], [97, 122])],
  ['upper', byteSet([65, 90])],
  ['lower', byteSet([97, 122])],
  ['space', space],
  ['blank', byteSet([9, 9], [32, 32])],
  ['punct', byteSet([33, 47], [58, 64], [91, 96], [123, 126])],
  ['cntrl', byteSet([0, 31], [127, 127])],
  ['print', byteSet([32, 126])],
  ['graph', byteSet([33, 126])],
  ['xdigit', byteSet([48, 57], [65, 70], [97, 102])],
  ['word', word],
  ['ascii', byteSet([0, 127])],
]);

/** True for the bytes of `\w`. */
export function isWordByte(code: number): boolean {
  return word[code] === 1;
}
