import { readBlock } from '../address.ts';
import type { BanSet } from './ban-set.ts';
import { createBanSet } from './ban-set.ts';
import type { Ban, BanChange } from './bans.ts';

/** What a layer needs to refuse and to say why. */
export interface BanHit {
  readonly until: number | null;
  readonly reason: string;
  readonly source: 'operator' | 'automatic' | 'list';
}

/** The bans of one data plane: the whole at the start, changes after. */
export interface BanPlane {
  load(bans: readonly Ban[]): void;
  /** In force for the next look-up. Returns how many could not be held because the set is full. */
  apply(change: BanChange): number;
  find(ip: string): BanHit | undefined;
  /** Takes out some of what expired: call it every second or so. */
  sweep(): void;
  readonly size: number;
  readonly bytes: number;
}

const reasonsMax = 10_000;
const sweepPlaces = 65_536;
const otherReason = 'banned';

/** `seed` is a whole number below 2^32 that nobody outside can know. */
export function createBanPlane(options: { now: () => number; seed: number; sizeMax?: number }): BanPlane {
  const bans: BanSet = createBanSet(options);
  /** Jail reasons repeat; what is beyond the most kept is told by its number's last resort, the first text. */
  let texts: string[] = [otherReason];
  let indexes = new Map<string, number>([[otherReason, 0]]);

  const indexOf = (reason: string): number => {
    const known = indexes.get(reason);
    if (known !== undefined) return known;
    if (texts.length >= reasonsMax) return 0;
    indexes.set(reason, texts.length);
    texts.push(reason);
    return texts.length - 1;
  };

  const put = (ban: Ban): boolean => {
    const block = readBlock(ban.network);
    if (block === undefined) return false;
    return bans.set({ block, until: ban.until, reason: indexOf(ban.reason), source: ban.source });
  };

  const apply = (change: BanChange): number => {
    for (const network of change.lifted) {
      const block = readBlock(network);
      if (block) bans.delete(block);
    }
    return change.bans.filter(ban => !put(ban)).length;
  };

  return {
    load(all) {
      texts = [otherReason];
      indexes = new Map([[otherReason, 0]]);
      const empty = createBanSet({ ...options, sizeMax: 1 }).export();
      bans.import(empty);
      for (const ban of all) put(ban);
    },
    apply,
    find(ip) {
      const found = bans.find(ip);
      return found && { until: found.until, source: found.source, reason: texts[found.reason] ?? otherReason };
    },
    sweep: () => void bans.sweep(sweepPlaces),
    get size() {
      return bans.size;
    },
    get bytes() {
      return bans.bytes;
    },
  };
}
