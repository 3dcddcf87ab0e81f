/**
 * Addresses as numbers, for everything of the perimeter that is asked at every request. An IPv4 address is one 32-bit word, an IPv6 address
 * four, most significant first; an IPv4-mapped IPv6 address is the IPv4 address (RFC 4291 section 2.5.5.2). Nothing is allocated.
 */

/** 4 or 6, or 0 for what is no address. */
export type AddressVersion = 0 | 4 | 6;

/** Where an address is read into: four words, of which IPv4 uses the first. */
export type AddressWords = Uint32Array;

/** Room for one address. */
export const newAddressWords = (): AddressWords => new Uint32Array(4);

const colon = 58;
const dot = 46;
const textMax = 45;

/**
 * Reads an address in the spelling of RFC 4291 section 2.2 or dotted decimal, strictly: no zone, no port, no octal or short form. What is
 * left in `into` after a 0 means nothing.
 */
export function readAddress(text: string, into: AddressWords): AddressVersion {
  if (text.length < 2 || text.length > textMax) return 0;
  const value = readDotted(text, 0);
  if (value >= 0) {
    into[0] = value;
    return 4;
  }
  return text.includes(':') ? readGroups(text, into) : 0;
}

/** The four decimal bytes from `from` to the end as one word, or -1. */
function readDotted(text: string, from: number): number {
  let value = 0;
  let byte = 0;
  let digits = 0;
  let parts = 1;
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === dot) {
      if (digits === 0 || parts === 4) return -1;
      value = value * 256 + byte;
      parts++;
      byte = 0;
      digits = 0;
      continue;
    }
    // A second digit after a zero would be read as octal by some.
    if (code < 48 || code > 57 || (digits > 0 && byte === 0)) return -1;
    byte = byte * 10 + code - 48;
    digits++;
    if (byte > 255) return -1;
  }
  return parts === 4 && digits > 0 ? value * 256 + byte : -1;
}

function readGroups(text: string, into: AddressWords): AddressVersion {
  into.fill(0);
  let count = 0;
  /** How many groups stand before `::`; -1 while there was none. */
  let gapAt = -1;
  let value = 0;
  let digits = 0;
  let at = 0;
  if (text.charCodeAt(0) === colon) {
    if (text.charCodeAt(1) !== colon) return 0;
    gapAt = 0;
    at = 2;
  }
  let start = at;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const digit = hexDigit(code);
    if (digit >= 0) {
      if (++digits > 4) return 0;
      value = value * 16 + digit;
      continue;
    }
    if (code === dot) {
      const dotted = readDotted(text, start);
      if (dotted < 0 || count > 6) return 0;
      setGroup(into, count++, Math.floor(dotted / 65_536));
      setGroup(into, count++, dotted % 65_536);
      digits = 0;
      break;
    }
    if (code !== colon || digits === 0 || count > 7) return 0;
    setGroup(into, count++, value);
    value = 0;
    digits = 0;
    start = at + 1;
    if (start === text.length) return 0;
    if (text.charCodeAt(start) !== colon) continue;
    if (gapAt >= 0) return 0;
    gapAt = count;
    at++;
    start++;
  }
  if (digits > 0) {
    if (count > 7) return 0;
    setGroup(into, count++, value);
  }
  if (gapAt < 0 ? count !== 8 : count > 7) return 0;
  if (gapAt >= 0) openGap(into, gapAt, count);
  return isMapped(into) ? 4 : 6;
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/** Writes one of eight groups. */
function setGroup(into: AddressWords, index: number, value: number): void {
  const word = index >> 1;
  into[word] = (index & 1) === 0 ? ((into[word] ?? 0) & 0xffff) | (value << 16) : ((into[word] ?? 0) & ~0xffff) | value;
}

function groupAt(words: AddressWords, index: number): number {
  const word = words[index >> 1] ?? 0;
  return (index & 1) === 0 ? word >>> 16 : word & 0xffff;
}

/** Moves what stands after `::` to the end. */
function openGap(into: AddressWords, gapAt: number, count: number): void {
  const shift = 8 - count;
  for (let i = 7; i >= gapAt + shift; i--) setGroup(into, i, groupAt(into, i - shift));
  for (let i = gapAt; i < gapAt + shift; i++) setGroup(into, i, 0);
}

function isMapped(into: AddressWords): boolean {
  if (into[0] !== 0 || into[1] !== 0 || into[2] !== 0xffff) return false;
  into[0] = into[3] ?? 0;
  into[1] = 0;
  into[2] = 0;
  into[3] = 0;
  return true;
}

/** An address block as numbers: what lies below the prefix is zero. */
export interface Block {
  readonly version: 4 | 6;
  readonly bits: number;
  readonly words: AddressWords;
}

/** Reads `203.0.113.0/24`, `2001:db8::/32` or one address; bits below the prefix are cleared. Undefined for anything else. */
export function readBlock(text: string): Block | undefined {
  const slash = text.indexOf('/');
  const words = newAddressWords();
  const version = readAddress(slash < 0 ? text : text.slice(0, slash), words);
  if (version === 0) return undefined;
  const isMappedText = version === 4 && text.includes(':');
  const bitsMax = version === 4 ? 32 : 128;
  let bits = bitsMax;
  if (slash >= 0) {
    const prefix = text.slice(slash + 1);
    if (!/^(0|[1-9]\d{0,2})$/.test(prefix)) return undefined;
    bits = Number(prefix) - (isMappedText ? 96 : 0);
    if (bits < 0 || bits > bitsMax) return undefined;
  }
  clearBelow(words, bits);
  return { version, bits, words };
}

/** Clears every bit after the first `bits`. */
export function clearBelow(words: AddressWords, bits: number): void {
  for (let i = 0; i < 4; i++) words[i] = (words[i] ?? 0) & prefixMask(bits - i * 32);
}

/** The mask of the first `bits` of one word; all of them above 32, none below 0. */
export function prefixMask(bits: number): number {
  if (bits >= 32) return 0xffff_ffff;
  return bits <= 0 ? 0 : (0xffff_ffff << (32 - bits)) >>> 0;
}

/** The block as people write it; a single address stands alone. */
export function formatBlock(block: Block): string {
  const address = formatAddress(block.version, block.words);
  return block.bits === (block.version === 4 ? 32 : 128) ? address : `${address}/${block.bits}`;
}

/** The canonical text of an address (RFC 5952). */
export function formatAddress(version: 4 | 6, words: AddressWords): string {
  const first = words[0] ?? 0;
  if (version === 4) return `${first >>> 24}.${(first >>> 16) & 255}.${(first >>> 8) & 255}.${first & 255}`;
  const groups = Array.from({ length: 8 }, (_, i) => groupAt(words, i));
  const gap = longestZeros(groups);
  const hex = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map(group => group.toString(16))
      .join(':');
  return gap.length < 2 ? hex(0, 8) : `${hex(0, gap.at)}::${hex(gap.at + gap.length, 8)}`;
}

function longestZeros(groups: readonly number[]): { at: number; length: number } {
  let best = { at: 0, length: 0 };
  let start = 0;
  for (let i = 0; i <= groups.length; i++) {
    if (groups[i] === 0) continue;
    if (i - start > best.length) best = { at: start, length: i - start };
    start = i + 1;
  }
  return best;
}

/**
 * True for an address that belongs to no one in particular: this machine, private and link-local networks and those of carriers
 * (RFC 6890 and RFC 4193). What the world knows of addresses says nothing about these.
 */
export function isPrivateAddress(version: 4 | 6, words: AddressWords): boolean {
  const first = words[0] ?? 0;
  if (version === 4) {
    const byte = first >>> 24;
    if (byte === 10 || byte === 127 || byte === 0) return true;
    const two = first >>> 16;
    return two === 0xc0a8 || two === 0xa9fe || first >>> 20 === 0xac1 || first >>> 22 === 0x191;
  }
  if (first >>> 25 === 0x7e || first >>> 22 === 0x3fa) return true;
  return first === 0 && words[1] === 0 && words[2] === 0 && (words[3] ?? 0) <= 1;
}
