/**
 * The words of the answer side: what may leak in an answer, and how a rule says so. Texts here hold one character per byte (Latin-1), so
 * that places found in a text are places in the bytes; every rule looks for ASCII.
 */

/** What leaks. */
export const leakCategories = ['error', 'disclosure', 'secret', 'card', 'identity'] as const;
export type LeakCategory = (typeof leakCategories)[number];

/** One thing an answer can give away. Ids are never renamed or reused: records name them. */
export interface LeakRule {
  readonly id: `leak.${string}`;
  /** For people: `a Node stack trace`. */
  readonly title: string;
  readonly category: LeakCategory;
  /** As the firewall's rules have them; below 3 it is recorded and never redacted. */
  readonly points: 2 | 3 | 4 | 5;
}

/** Says that a rule matches at `[start, end)`. */
export type LeakHit = (rule: LeakRule['id'], start: number, end: number) => void;

/**
 * Looks for one kind of leak. Pure; time linear in the text: it goes from literal to literal and reads a bounded number of characters
 * around each. A match is at most `matchCharsMax` long, but for keys, which the stream follows to their end.
 */
export interface LeakDetector {
  readonly rules: readonly LeakRule[];
  /** In lower case: a text with none of them is not looked at. Empty: it is asked about every text. */
  readonly needles: readonly string[];
  find(text: string, hit: LeakHit): void;
}

/** What was found in one text, first to last, without overlaps. */
export interface LeakMatch {
  readonly rule: LeakRule;
  readonly start: number;
  readonly end: number;
}

export const matchCharsMax = 1024;
