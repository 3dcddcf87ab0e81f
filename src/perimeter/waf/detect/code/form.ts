import type { Rule } from '../../waf.ts';

/** How a piece of code looks where it runs something: a literal to find, and what must stand around it. */
export interface Form {
  /** Lower case; wakes the detector and is where the form is tried. */
  readonly needle: string;
  /** Tried from the needle on, over at most 240 characters of the lower-case text. */
  readonly form: RegExp;
  readonly rule: Rule['id'];
  /** What stands before must be no letter, digit, underscore, dot or dollar sign: a function's own name. */
  readonly isName?: boolean;
  /** Nothing but blanks may stand before it: the code is the whole value. */
  readonly isWhole?: boolean;
  /** Unmistakable: counts in documents and prose too. */
  readonly isSure?: boolean;
  /** The value must begin as a formula of a spreadsheet does. */
  readonly isFormula?: boolean;
}
