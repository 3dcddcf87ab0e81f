import type { EventOrigin } from '../core/events.ts';
import type { PlatformFact } from './platforms.ts';

/** Tells a fact that several sources see once. */
export interface FactJoiner {
  /** True when this is news: tell it. False when another source told this occurrence already. */
  offer(site: string, fact: PlatformFact): boolean;
  /** What was news could not be told: the next who offers it, this source again or another, has news. */
  retract(site: string, fact: PlatformFact): void;
  /** Keys remembered now; never over `keysMax`. */
  readonly size: number;
}

/**
 * Lines the sources up by key: the n-th occurrence that a source sees is the n-th occurrence, and whoever sees it first tells it. An
 * occurrence that a source missed is forgotten after `windowMs`, so one lost line hides no later fact for longer. A fact about one execution
 * occurs once. Memory is bounded: the key longest untouched is forgotten first.
 */
export function createFactJoiner(options: { now: () => number; windowMs?: number; keysMax?: number }): FactJoiner {
  const { now, windowMs = 60_000, keysMax = 20_000 } = options;
  const seen = new Map<string, Occurrence[]>();
  return {
    offer(site, fact) {
      const key = `${site}|${fact.key}`;
      const at = now();
      const kept = (seen.get(key) ?? []).filter(one => at - one.at < windowMs);
      const isOnce = fact.type.startsWith('execution.');
      const told = isOnce ? kept[0] : kept.find(one => !one.by.has(fact.origin));
      if (told) told.by.add(fact.origin);
      else kept.push({ at, by: new Set([fact.origin]) });
      if (kept.length > occurrencesMax) kept.shift();
      seen.delete(key);
      seen.set(key, kept);
      if (seen.size > keysMax) forgetOldest(seen);
      return told === undefined;
    },
    retract(site, fact) {
      const key = `${site}|${fact.key}`;
      const kept = seen.get(key) ?? [];
      const at = kept.findLastIndex(one => one.by.has(fact.origin));
      if (at !== -1) kept.splice(at, 1);
      if (kept.length === 0) seen.delete(key);
    },
    get size() {
      return seen.size;
    },
  };
}

interface Occurrence {
  readonly at: number;
  readonly by: Set<EventOrigin>;
}

const occurrencesMax = 256;

function forgetOldest(seen: Map<string, Occurrence[]>): void {
  const oldest = seen.keys().next();
  if (oldest.done !== true) seen.delete(oldest.value);
}
