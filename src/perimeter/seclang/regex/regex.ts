import type { Dfa } from './dfa.ts';
import { createDfa } from './dfa.ts';
import type { AnyOf } from './literals.ts';
import { requiredLiterals } from './literals.ts';
import { parseExpression } from './parse.ts';
import { compileProgram, loosen } from './program.ts';
import type { Budget } from './search.ts';
import { search } from './search.ts';

export type { Budget } from './search.ts';

/**
 * An expression over bytes (a string of characters below 256) that answers in time linear in the text for every text: an automaton decides,
 * and only what automata cannot say (looking around, back references, possessive repeats) is then verified within a bounded number of steps.
 */
export interface Regex {
  /** In lower case: each list has one string that stands in every text that matches. */
  readonly required: readonly AnyOf[];
  /** When the budget for verification is used up the answer is true: what cannot be judged counts as found. */
  test(text: string, budget?: Budget): boolean;
  /** Group 0 and the capturing groups up to 9 of the leftmost match; undefined where the text does not match or is too large to tell. */
  capture(text: string, budget?: Budget): readonly string[] | undefined;
}

/** Steps where nobody gives a budget: about ten milliseconds. */
const stepsMax = 1_000_000;
const capturesMax = 9;
/** A longer text is narrowed to the surroundings of the match before its groups are looked for. */
const captureCharsMax = 8192;

/** Compiles an expression; throws a RangeError that says what in it is not understood. */
export function compileRegex(source: string): Regex {
  const { tree, groups } = parseExpression(source);
  const loose = loosen(tree);
  const looseProgram = compileProgram(loose.tree);
  // Laid out at once so that an expression beyond the bounds fails when it is loaded, not when it is used.
  const exactProgram = compileProgram(tree);
  let dfa: Dfa | undefined;
  const find = (text: string) => (dfa ??= createDfa(looseProgram)).find(text);
  const verify = (text: string, budget: Budget = { steps: stepsMax }) => search(exactProgram, text, groups, budget);

  return {
    required: requiredLiterals(tree),
    test(text, budget) {
      if (find(text) < 0) return false;
      return loose.isExact || verify(text, budget) !== null;
    },
    capture(text, budget) {
      const end = find(text);
      if (end < 0) return undefined;
      const from = text.length > captureCharsMax ? Math.max(0, end - captureCharsMax / 2) : 0;
      const part = text.length > captureCharsMax ? text.slice(from, from + captureCharsMax) : text;
      const slots = verify(part, budget);
      if (slots === null || slots === undefined) return undefined;
      const out: string[] = [];
      for (let group = 0; group <= Math.min(groups, capturesMax); group++) {
        const start = slots[group * 2] ?? -1;
        out.push(start < 0 ? '' : part.slice(start, slots[group * 2 + 1]));
      }
      return out;
    },
  };
}
