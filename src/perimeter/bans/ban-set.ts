import type { Block } from '../address.ts';
import { newAddressWords, prefixMask, readAddress } from '../address.ts';
import type { PrefixTable } from './prefix-table.ts';
import { createPrefixTable } from './prefix-table.ts';

/** Who made a ban: a person, the jail, or a list. */
export const banSources = ['operator', 'automatic', 'list'] as const;
export type BanSource = (typeof banSources)[number];

/** `until` is epoch milliseconds, on the second above; null is for ever. `reason` is an index into what the owner keeps of texts. */
export interface BanEntry {
  readonly block: Block;
  readonly until: number | null;
  readonly reason: number;
  readonly source: BanSource;
}

export interface BanFound {
  readonly until: number | null;
  readonly reason: number;
  readonly source: BanSource;
}

/**
 * Banned addresses and blocks for the data plane: IPv4 from /8 to /32, IPv6 from /32 to /128. Looking up costs one probe per prefix length
 * in use, for each of which there is one table.
 */
export interface BanSet {
  /** Replaces what stands for the same block. False when the set is full, even after what expired was taken out. */
  set(entry: BanEntry): boolean;
  delete(block: Block): boolean;
  /** The ban of the narrowest block that holds the address; undefined for what is none, or no address. */
  find(ip: string): BanFound | undefined;
  /** Takes out what expired among the next `placesMax` places; returns how many. Called again and again it comes round. */
  sweep(placesMax: number): number;
  /** Everything in 16 to 28 bytes an entry, whichever set it came from. */
  export(): ArrayBuffer;
  /** Replaces everything; false and unchanged when this is no export or too large. */
  import(packed: ArrayBuffer): boolean;
  readonly size: number;
  /** What the tables take. */
  readonly bytes: number;
}

export interface BanSetOptions {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Nobody outside can know it. */
  readonly seed: number;
  readonly sizeMax?: number;
}

const sizeMaxDefault = 1_000_000;
const forever = 0xffff_ffff;
const magic = 0x5350_4231;
/** What one entry of an export takes in words: version and length of the prefix, four of address, until, meta; IPv4 saves three. */
const wordsOf = (version: 4 | 6): number => (version === 4 ? 4 : 7);

interface Level {
  readonly version: 4 | 6;
  readonly bits: number;
  readonly masks: readonly [number, number, number, number];
  readonly table: PrefixTable;
}

function newLevel(version: 4 | 6, bits: number, table: PrefixTable): Level {
  const masks = [prefixMask(bits), prefixMask(bits - 32), prefixMask(bits - 64), prefixMask(bits - 96)] as const;
  return { version, bits, masks, table };
}

export function createBanSet(options: BanSetOptions): BanSet {
  const sizeMax = options.sizeMax ?? sizeMaxDefault;
  const client = newAddressWords();
  const masked = newAddressWords();
  /** By version, the longest prefixes first. */
  let levels: { readonly 4: Level[]; readonly 6: Level[] } = { 4: [], 6: [] };
  let cursor = { level: 0, place: 0 };

  const all = (): Level[] => [...levels[4], ...levels[6]];
  const sizeOf = (): number => all().reduce((sum, { table }) => sum + table.size, 0);
  const mask = (from: Uint32Array, { masks }: Level): void => {
    masked[0] = (from[0] ?? 0) & masks[0];
    masked[1] = (from[1] ?? 0) & masks[1];
    masked[2] = (from[2] ?? 0) & masks[2];
    masked[3] = (from[3] ?? 0) & masks[3];
  };

  const levelOf = (block: Pick<Block, 'version' | 'bits'>): Level => {
    const known = levels[block.version].find(level => level.bits === block.bits);
    if (known) return known;
    const table = createPrefixTable(Math.max(1, Math.ceil(block.bits / 32)), options.seed);
    const made = newLevel(block.version, block.bits, table);
    levels[block.version].push(made);
    levels[block.version].sort((a, b) => b.bits - a.bits);
    return made;
  };

  const sweep = (placesMax: number): number => {
    const nowSeconds = options.now() / 1000;
    const order = all();
    let removed = 0;
    let left = placesMax;
    for (let visited = 0; visited <= order.length && left > 0; visited++) {
      const level = order[cursor.level];
      if (level === undefined) {
        cursor = { level: 0, place: 0 };
        continue;
      }
      const { table } = level;
      while (cursor.place < table.capacity && left-- > 0) {
        const until = table.until(cursor.place);
        if (until !== 0 && until !== forever && until <= nowSeconds) {
          // What follows moves here: this place is looked at again.
          table.removeAt(cursor.place);
          removed++;
        } else cursor.place++;
      }
      if (cursor.place >= table.capacity) cursor = { level: cursor.level + 1, place: 0 };
    }
    return removed;
  };

  const set = (entry: BanEntry): boolean => {
    requireBlock(entry.block);
    const level = levelOf(entry.block);
    mask(entry.block.words, level);
    const until = entry.until === null ? forever : Math.max(1, Math.min(forever - 1, Math.ceil(entry.until / 1000)));
    if (level.table.find(masked) < 0 && sizeOf() >= sizeMax) {
      if (sweep(Number.POSITIVE_INFINITY) === 0) return false;
      mask(entry.block.words, level);
    }
    level.table.set(masked, until, packMeta(entry));
    return true;
  };

  return {
    set,
    delete(block) {
      const level = levels[block.version].find(known => known.bits === block.bits);
      if (level === undefined) return false;
      mask(block.words, level);
      return level.table.remove(masked);
    },
    find(ip) {
      const version = readAddress(ip, client);
      if (version === 0) return undefined;
      const own = levels[version];
      for (let i = 0; i < own.length; i++) {
        const level = own[i];
        if (level === undefined || level.table.size === 0) continue;
        mask(client, level);
        const place = level.table.find(masked);
        if (place < 0) continue;
        const until = level.table.until(place);
        if (until !== forever && until * 1000 <= options.now()) continue;
        return { until: until === forever ? null : until * 1000, ...unpackMeta(level.table.meta(place)) };
      }
      return undefined;
    },
    sweep,
    export() {
      const order = all();
      const out = new Uint32Array(
        2 + order.reduce((sum, { version, table }) => sum + table.size * wordsOf(version), 0),
      );
      out[0] = magic;
      out[1] = sizeOf();
      let at = 2;
      for (const { version, bits, table } of order) {
        for (let place = 0; place < table.capacity; place++) {
          if (!table.read(place, masked)) continue;
          out[at] = version * 256 + bits;
          const words = wordsOf(version) - 3;
          for (let i = 0; i < words; i++) out[at + 1 + i] = masked[i] ?? 0;
          out[at + 1 + words] = table.until(place);
          out[at + 2 + words] = table.meta(place);
          at += words + 3;
        }
      }
      return out.buffer;
    },
    import(packed) {
      const entries = readPacked(packed, sizeMax);
      if (entries === undefined) return false;
      const former = levels;
      levels = { 4: [], 6: [] };
      cursor = { level: 0, place: 0 };
      for (const { version, bits, count } of entries.counts) {
        const table = createPrefixTable(Math.max(1, Math.ceil(bits / 32)), options.seed, count);
        levels[version].push(newLevel(version, bits, table));
        levels[version].sort((a, b) => b.bits - a.bits);
      }
      if (fill(entries.words, entries.count, levelOf)) return true;
      levels = former;
      return false;
    },
    get size() {
      return sizeOf();
    },
    get bytes() {
      return all().reduce((sum, { table }) => sum + table.bytes, 0);
    },
  };
}

/** Puts every entry of an export into its table; false when one is not a block cleared below its prefix. */
function fill(words: Uint32Array, count: number, levelOf: (block: Pick<Block, 'version' | 'bits'>) => Level): boolean {
  const key = newAddressWords();
  let at = 2;
  for (let i = 0; i < count; i++) {
    const head = words[at] ?? 0;
    const version = head >> 8 === 4 ? 4 : 6;
    const bits = head & 255;
    const wide = wordsOf(version) - 3;
    for (let word = 0; word < 4; word++) {
      key[word] = word < wide ? (words[at + 1 + word] ?? 0) : 0;
      if (((key[word] ?? 0) & ~prefixMask(bits - word * 32)) !== 0) return false;
    }
    const until = words[at + 1 + wide] ?? 0;
    if (until === 0) return false;
    levelOf({ version, bits }).table.set(key, until, words[at + 2 + wide] ?? 0);
    at += wide + 3;
  }
  return true;
}

interface Packed {
  readonly words: Uint32Array;
  readonly count: number;
  readonly counts: readonly { readonly version: 4 | 6; readonly bits: number; readonly count: number }[];
}

/** Walks an export once without believing it. */
function readPacked(packed: ArrayBuffer, sizeMax: number): Packed | undefined {
  if (packed.byteLength % 4 !== 0 || packed.byteLength < 8) return undefined;
  const words = new Uint32Array(packed);
  const count = words[1] ?? 0;
  if (words[0] !== magic || count > sizeMax) return undefined;
  const counts = new Map<number, number>();
  let at = 2;
  for (let i = 0; i < count; i++) {
    const head = words[at] ?? 0;
    const version = head >> 8;
    if ((version !== 4 && version !== 6) || !isPrefix(version, head & 255)) return undefined;
    counts.set(head, (counts.get(head) ?? 0) + 1);
    at += wordsOf(version);
  }
  if (at !== words.length) return undefined;
  return {
    words,
    count,
    counts: [...counts].map(([head, own]) => ({ version: head >> 8 === 4 ? 4 : 6, bits: head & 255, count: own })),
  };
}

const isPrefix = (version: 4 | 6, bits: number): boolean =>
  version === 4 ? bits >= 8 && bits <= 32 : bits >= 32 && bits <= 128;

/** True for a block that may be banned: IPv4 /8 to /32, IPv6 /32 to /128. */
export const isBannable = (block: Pick<Block, 'version' | 'bits'>): boolean => isPrefix(block.version, block.bits);

function requireBlock(block: Block): void {
  if (!isBannable(block)) throw new RangeError(`Cannot ban an IPv${block.version} block of /${block.bits}`);
}

const packMeta = (entry: BanEntry): number =>
  ((banSources.indexOf(entry.source) << 24) | (entry.reason & 0xff_ffff)) >>> 0;

const unpackMeta = (meta: number): { reason: number; source: BanSource } => ({
  reason: meta & 0xff_ffff,
  source: banSources[meta >>> 24] ?? 'list',
});
