import { SallyportError } from '../../core/errors.ts';
import type { IsExcluded } from './exclusions.ts';
import { excerptOf } from './mask.ts';
import type { Roster } from './roster.ts';
import type { Category, FirewallPolicy, Judgement, Match, Place, Problem } from './waf.ts';

/** Keeps the score of one request. */
export interface Verdict {
  /** A rule matched at `[start, end)` of a reading of the value at `place`. */
  count(rule: string, found: Found): void;
  /** Whether a category has reached the threshold, or all together twice that. */
  readonly isOver: boolean;
  judgement(rest: Rest & Pick<Judgement, 'authored'>): Judgement;
}

/** What stands beside the score. */
export interface Rest {
  readonly problem?: Problem | undefined;
  readonly uninspectedBytes?: number | undefined;
}

/** Where a rule matched. */
export interface Found {
  readonly place: Place;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface VerdictOptions {
  readonly roster: Roster;
  readonly policy: FirewallPolicy;
  readonly isExcluded: IsExcluded;
  readonly nowMs: number;
}

const matchesMax = 32;

/** A rule counts once for a request; it is kept in the matches once for each field, so that an exclusion can be proposed for all of them. */
export function createVerdict({ roster, policy, isExcluded, nowMs }: VerdictOptions): Verdict {
  const counted = new Set<string>();
  const scores: Partial<Record<Category, number>> = {};
  const matches: Match[] = [];
  let total = 0;
  let isOver = false;

  return {
    get isOver() {
      return isOver;
    },
    count(id, { place, text, start, end }) {
      const rule = roster.rules.get(id);
      if (rule === undefined) {
        throw new SallyportError('internal', `Cannot count rule "${id}": wanted one that its detector lists`);
      }
      if (rule.paranoia > policy.paranoia || (counted.has(id) && matches.length >= matchesMax)) return;
      if (matches.some(match => match.rule === id && isSamePlace(match.place, place))) return;
      if (isExcluded(id, place, nowMs)) return;
      const { category, points } = rule;
      if (matches.length < matchesMax) {
        const kept = { zone: place.zone, name: place.name, part: place.part };
        matches.push({ rule: rule.id, category, points, place: kept, excerpt: excerptOf(text, start, end) });
      }
      if (counted.has(id)) return;
      counted.add(id);
      if (points === 0) return;
      total += points;
      const score = (scores[category] ?? 0) + points;
      scores[category] = score;
      isOver ||= score >= policy.threshold || total >= 2 * policy.threshold;
    },
    judgement({ authored, problem, uninspectedBytes }) {
      const isStopped = isOver || problem !== undefined;
      const verdict = !isStopped ? 'pass' : policy.mode === 'block' ? 'block' : 'would_block';
      return {
        verdict,
        scores,
        matches,
        authored,
        ...(problem === undefined ? {} : { problem }),
        ...(uninspectedBytes === undefined ? {} : { uninspectedBytes }),
      };
    },
  };
}

function isSamePlace(one: Place, other: Place): boolean {
  return one.name === other.name && one.zone === other.zone && one.part === other.part;
}
